"""A step of the trainer against a step of the plain loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.figures import Figure, Part, Progress, between, seconds
from benchmarks.plain import PlainRun
from hltcore import Trainer
from hltcore._torch import torch

__all__ = ["PART"]

EPOCHS = 49
TARGETS = {"logistic-regression": 0.65, "two-layer": 0.70, "eight-layer": 0.75}
CHECKS = 1.15
"""A run with checks by one without."""


def run_steps(trainer: Trainer) -> None:
    for _ in trainer.run(epochs=EPOCHS):
        pass


def run_phases(trainer: Trainer) -> None:
    phase = trainer.phase
    for _ in range(5 * EPOCHS * trainer.steps_per_epoch):
        phase()


def pair(
    model: str, dataset: str, seed: int, train: Callable[[Trainer], None], *, checks: bool = False
) -> tuple[float, float]:
    """Seconds of the trainer and of the plain loop, one right after the other, which one first by turns."""
    trainer = Trainer(model, dataset, seed=seed, checks=checks)
    plain = PlainRun(model, trainer.dataset, trainer.model)
    if seed % 2:
        ours, theirs = seconds(lambda: train(trainer)), seconds(lambda: plain.run(EPOCHS))
    else:
        theirs, ours = seconds(lambda: plain.run(EPOCHS)), seconds(lambda: train(trainer))
    for (name, mine), parameter in zip(trainer.model.named_parameters(), plain.model.parameters()):
        same = torch.equal(mine.detach().view(torch.int32), parameter.detach().view(torch.int32))
        assert same, f"{name} of {trainer.spec} is not what the plain loop computes"
    return ours, theirs


def check_cost(model: str, dataset: str, seed: int) -> tuple[float, float]:
    """Seconds of a run with checks and of the same run without, which one first by turns."""
    with_checks, without = (Trainer(model, dataset, seed=seed, checks=checks) for checks in (True, False))
    if seed % 2:
        checked, bare = seconds(lambda: run_steps(with_checks)), seconds(lambda: run_steps(without))
    else:
        bare, checked = seconds(lambda: run_steps(without)), seconds(lambda: run_steps(with_checks))
    assert with_checks.parameters == without.parameters
    return checked, bare


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    rounds = 7 if quick else 41
    for dataset in ("xor", "language-id"):
        for model, target in TARGETS.items():
            progress(f"steps: {model}/{dataset}")
            pair(model, dataset, 0, run_steps)
            whole, phased, checked, looked = [], [], [], []
            for seed in range(1, rounds + 1):
                whole.append(pair(model, dataset, seed, run_steps))
                phased.append(pair(model, dataset, seed, run_phases))
                looked.append(pair(model, dataset, seed, run_steps, checks=True))
                checked.append(check_cost(model, dataset, seed))
            each = 1e6 / (EPOCHS * Trainer(model, dataset).steps_per_epoch)
            run = f"{model}/{dataset}"
            yield between(f"{run}: a step of `run()`", whole, "µs", "the plain loop", target, scale=each)
            yield between(f"{run}: five times `phase()`", phased, "µs", "the plain loop", scale=each)
            yield between(f"{run}: a step with checks", looked, "µs", "the plain loop", target, scale=each)
            yield between(f"{run}: a step with checks", checked, "µs", "without", CHECKS, scale=each)


PART = Part("A step with all its events", _figures)
