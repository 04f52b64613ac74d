"""Sweeps: many seeds at once, each with the bits of a trainer of its own."""

from __future__ import annotations

import json
import math
import os
import signal
import time
from collections.abc import Iterable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hltcore
from hltcore._torch import torch
from hltcore.sweeps import training
from hltcore.sweeps.machine import Known
from hltcore.sweeps.mersenne import uniform
from hltcore.sweeps.outcome import Outcome, Shard
from hltcore.sweeps.plan import Piece, Plan
from hltcore.sweeps.processes import processes
from hltcore.sweeps.result import Sweep
from hltcore.sweeps.statistics import quantiles, wilson
from hltcore.sweeps.summation import reveal
from hltcore.sweeps.sweeping import shards, share
from hltcore.sweeps.training import Shards
from hltcore.units import dead_units

KNOWN = Known()
"""What is found out about this machine, once for all tests."""

XOR = "two-layer/xor/mse/sgd lr=0.1"
LOSSES = ["difference", "l1", "mse", "cross-entropy"]
MODELS = ["logistic-regression", "two-layer", "eight-layer", "mlp"]
DATA = ["language-id", "and", "or", "xor", "language-id-one-hot", "language-id-letters"]
DATA += [f"{cloud} size=6" for cloud in ("gaussians", "circles", "moons", "xor-clouds", "spiral")]
RUNS = [f"{model}/{data}" for model in MODELS for data in DATA]
RUNS += [f"embedding/{data}" for data in ("language-id-one-hot", "language-id-letters")]
RUNS += [f"{model}/word-list held_out=0.9 batch=20" for model in MODELS]
RUNS += ["embedding/word-list features=letters held_out=0.9 batch=20"]
SETTINGS = [
    "two-layer/xor/mse/sgd momentum=0.9 nesterov=true weight_decay=0.1",
    "two-layer/xor/mse/adam lr=0.01",
    "two-layer/xor/mse/adamw lr=0.01",
    "two-layer/xor/mse/rmsprop lr=0.01 momentum=0.5",
    "two-layer/xor/mse/adagrad",
    "two-layer/xor batch=all",
    "two-layer/language-id batch=4",
    "two-layer/language-id shuffle=true",
    "two-layer/xor batch=3 shuffle=true",
    "embedding/language-id-letters/cross-entropy/adam batch=all dim=3",
    "embedding/language-id-letters shuffle=true",
    "two-layer/xor l1=0.01 l2=0.03 batch=2",
    "two-layer/xor l2=0.03",
    "two-layer/xor frozen=linear1.bias+linear2.weight[0,1]",
    "two-layer/xor updates=logistic-regression",
    "two-layer/xor init=zeros",
    "two-layer/xor init=ones",
    "two-layer/xor init=normal",
    "two-layer/xor init=xavier",
    "two-layer/xor init=kaiming seed=4294967290",
    "mlp/xor activation=sigmoid hidden=33 depth=2",
    "mlp/xor activation=relu hidden=7 depth=2 batch=all",
    "mlp/xor activation=identity",
    "mlp/spiral/mse hidden=20 depth=2 batch=32",
    "eight-layer/language-id/difference lr=1",
    "mlp/language-id/mse lr=50 activation=relu",
]


def trained(spec: hltcore.RunSpec, epochs: int) -> hltcore.Trainer:
    """A run taken as far as it goes."""
    trainer = hltcore.Trainer.from_spec(spec, checks=False)
    try:
        for _ in trainer.run(epochs=epochs):
            pass
    except hltcore.HltError:
        pass
    return trainer


def same_bits(spec: hltcore.RunSpec, epochs: int, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        trainer = trained(spec.changed(seed=outcome.seed), epochs)
        own = torch.cat([parameter.detach().reshape(-1) for parameter in trainer.model.parameters()])
        found = torch.frombuffer(bytearray(outcome.parameters), dtype=torch.float32)
        same = (own.view(torch.int32) == found.view(torch.int32)) | (own.isnan() & found.isnan())
        assert bool(same.all()), f"{spec} seed={outcome.seed}"


def check(spec: hltcore.RunSpec, seeds: list[int], epochs: int) -> None:
    """Train some seeds at once; they compare one with a run of its own themselves, and we all the others."""
    shard = Shards(spec, epochs, KNOWN).train(seeds)
    assert (shard.note, shard.singly) == ("", 0)
    outcomes = list(shard.outcomes)
    del outcomes[len(seeds) * 2 // 3]
    same_bits(spec, epochs, outcomes)


@pytest.mark.parametrize("run", RUNS)
def test_every_seed_has_the_bits_of_a_trainer(run: str) -> None:
    for loss in LOSSES:
        check(hltcore.RunSpec.parse(run).changed(loss=loss), [0, 2**40 + 7], 1)


@pytest.mark.parametrize("run", SETTINGS)
def test_so_it_has_under_all_settings(run: str) -> None:
    spec = hltcore.RunSpec.parse(run)
    check(spec, [spec.seed, spec.seed + 1, spec.seed + 6], 3)


def test_what_comes_of_a_seed_is_what_its_trainer_tells() -> None:
    (variant,) = hltcore.sweep("two-layer/xor", seeds=[0, 1, 11, 14], epochs=49)
    assert variant.solved == 2
    for outcome in variant.outcomes:
        trainer = hltcore.Trainer.from_spec(variant.spec_of(outcome), checks=False)
        evaluation = trainer.evaluate()
        right = [(p >= 0.5) == (y >= 0.5) for p, y in zip(evaluation.predictions, trainer.dataset.targets)]
        assert (outcome.right, outcome.solved) == (sum(right), all(right))
        assert outcome.loss == pytest.approx(sum(evaluation.losses) / 4, rel=1e-6)


def test_dead_units_and_other_findings() -> None:
    (variant,) = hltcore.sweep("two-layer/xor", seeds=6, epochs=9)
    for outcome in variant.outcomes:
        trainer = hltcore.Trainer.from_spec(variant.spec_of(outcome), checks=False)
        dead = dead_units(trainer.parameters, trainer.functions, trainer.dataset.xs)
        assert set(outcome.dead) == {f"{name}[{unit}]" for name, unit in dead}
        assert ("dead-unit" in outcome.findings) == bool(outcome.dead)
    (variant,) = hltcore.sweep("eight-layer/language-id/difference lr=1", seeds=4, epochs=9)
    assert {"not-finite"} <= {name for outcome in variant.outcomes for name in outcome.findings}


def test_how_often_the_two_layer_net_learns_xor() -> None:
    (variant,) = hltcore.sweep(XOR)
    assert variant.solved == pytest.approx(1570, abs=70)
    assert variant.interval == pytest.approx((0.150, 0.164), abs=0.008)
    assert variant.best is not None
    assert variant.best.solved
    assert variant.worst is not None
    assert not variant.worst.solved
    fan = variant.fan((0.25, 0.5, 0.75))
    assert len(fan) == len(variant.points) == 50
    assert fan[-1] == pytest.approx(variant.losses((0.25, 0.5, 0.75)))
    assert fan[0][1] > fan[-1][1]


def test_the_epoch_is_the_first_at_whose_end_all_are_right() -> None:
    (variant,) = hltcore.sweep("two-layer/and", seeds=12, epochs=25)
    reached = [outcome for outcome in variant.outcomes if outcome.epoch]
    assert reached
    for outcome in reached[:3]:
        until = hltcore.Trainer.from_spec(variant.spec.changed(seed=outcome.seed), checks=False)
        ends = [all((p >= 0.5) == (y >= 0.5) for p, y in zip(until.evaluate().predictions, until.dataset.targets))]
        for _ in range(25):
            for _ in until.run(epochs=1):
                pass
            predictions = until.evaluate().predictions
            ends.append(all((p >= 0.5) == (y >= 0.5) for p, y in zip(predictions, until.dataset.targets)))
        assert ends.index(True) == outcome.epoch


def test_a_grid_lays_settings_side_by_side() -> None:
    sweep = hltcore.sweep("two-layer/xor", seeds=5, epochs=2, lr=[0.01, 0.1], hidden=(2, 3), init="xavier")
    told = [dict(variant.changed) for variant in sweep]
    assert told == [{"lr": lr, "hidden": hidden, "init": "xavier"} for lr in (0.01, 0.1) for hidden in (2, 3)]
    assert [str(variant.spec) for variant in sweep][-1] == "two-layer/xor/mse/sgd init=xavier hidden=3"
    assert len(sweep) == 4
    assert sweep.runs == 20
    assert sweep.complete
    optimizers = hltcore.sweep("two-layer/xor lr=0.01", seeds=3, epochs=1, optimizer=["sgd", "adam"])
    assert [variant.spec.optimizer for variant in optimizers] == ["sgd", "adam"]


def test_seeds_are_counted_from_the_specs_own() -> None:
    (variant,) = hltcore.sweep("two-layer/xor seed=7", seeds=3, epochs=0)
    assert [outcome.seed for outcome in variant.outcomes] == [7, 8, 9]
    (variant,) = hltcore.sweep("two-layer/xor seed=7", seeds=[5, 1], epochs=0)
    assert [outcome.seed for outcome in variant.outcomes] == [5, 1]
    assert str(variant.spec_of(variant.outcomes[0])) == "two-layer/xor/mse/sgd seed=5"


def test_a_run_that_cannot_go_on_is_told_of() -> None:
    (variant,) = hltcore.sweep("logistic-regression/or/cross-entropy lr=3e38 batch=all", seeds=4, epochs=5)
    stopped = [outcome for outcome in variant.outcomes if outcome.stopped is not None]
    assert 0 < len(stopped) < 4
    assert variant.singly == 2
    assert "left the finite" in variant.notes[0]
    same_bits(variant.spec, variant.epochs, variant.outcomes)
    for outcome in stopped:
        assert trained(variant.spec.changed(seed=outcome.seed), 5).steps == outcome.stopped


@pytest.fixture
def custom() -> Any:
    """A model that is not a row of layers."""

    class Squared(torch.nn.Module):
        def __init__(self, inputs: int) -> None:
            super().__init__()
            self.linear = torch.nn.Linear(inputs, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(x) ** 2

    hltcore.models.register("squared-sweep", Squared)
    hltcore.losses.register("cubed-sweep", lambda output: lambda p, y: ((p - y).abs() ** 3).sum())
    return "squared-sweep/xor/mse"


def test_a_model_that_is_not_known_is_trained_seed_by_seed_and_says_so(custom: str) -> None:
    (variant,) = hltcore.sweep(custom, seeds=3, epochs=2)
    assert variant.singly == 3
    assert "trained by itself" in variant.notes[0]
    same_bits(variant.spec, variant.epochs, variant.outcomes)


def test_a_loss_of_ones_own_is_trained_at_once(custom: str) -> None:
    (variant,) = hltcore.sweep("two-layer/xor/cubed-sweep", seeds=3, epochs=2)
    assert variant.notes == ()
    same_bits(variant.spec, variant.epochs, variant.outcomes)


def test_what_a_machine_rounds_otherwise_is_trained_seed_by_seed_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = training.Block.train

    def rounds_otherwise(self: Any, epochs: int, points: Any, after: Any) -> None:
        def later(epoch: int) -> None:
            self.values.mul_(1 + 2**-22)
            after(epoch)

        honest(self, epochs, points, later)

    monkeypatch.setattr(training.Block, "train", rounds_otherwise)
    (variant,) = hltcore.sweep(XOR, seeds=4, epochs=2)
    assert variant.singly == 4
    assert "other bits" in variant.notes[0]
    same_bits(variant.spec, variant.epochs, variant.outcomes)


@pytest.mark.parametrize("largest", [64, 100])
def test_outcomes_do_not_depend_on_the_shards(largest: int) -> None:
    plan = Plan.make("mlp/xor/cross-entropy", 150, 5, {})
    whole, cut = (Sweep(plan, dict(shards(plan, largest=size)))[0] for size in (150, largest))
    assert whole.outcomes == cut.outcomes
    assert whole.fan() == cut.fan()


def test_executors_give_the_same() -> None:
    plan = Plan.make(XOR, 100, 3, {"lr": [0.1, 0.2]})
    here = Sweep(plan, dict(shards(plan)))
    with ThreadPoolExecutor(2) as pool:
        there = Sweep(plan, dict(shards(plan, executor=pool, largest=64)))
    assert [variant.outcomes for variant in here] == [variant.outcomes for variant in there]


class _Losing(Executor):
    """Loses every other shard, and breaks in the end."""

    def __init__(self, lives: int) -> None:
        self.calls = 0
        self._lives = lives

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        self.calls += 1
        if self.calls > self._lives:
            raise BrokenExecutor
        future: Future[Any] = Future()
        if self.calls % 2:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(function(*arguments, **options))
        return future


@pytest.mark.parametrize("lives", [3, 100])
def test_lost_shards_are_trained_again(lives: int) -> None:
    plan = Plan.make(XOR, 100, 2, {})
    found = Sweep(plan, dict(shards(plan, executor=_Losing(lives), largest=64)))
    assert found[0].outcomes == Sweep(plan, dict(shards(plan)))[0].outcomes


def test_ctrl_c_keeps_what_an_executor_has_done(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan.make(XOR, 200, 2, {})

    def interrupted(futures: Any, **options: Any) -> Any:
        wait(futures)  # all are done, and nobody has been told
        raise KeyboardInterrupt

    monkeypatch.setattr("hltcore.sweeps.sweeping.wait", interrupted)
    done: dict[Piece, Shard] = {}
    with ThreadPoolExecutor(2) as pool, pytest.raises(KeyboardInterrupt):
        done.update(shards(plan, executor=pool, largest=64))
    assert Sweep(plan, done).complete
    assert Sweep(plan, done)[0].outcomes == Sweep(plan, dict(shards(plan)))[0].outcomes


@pytest.mark.parametrize(
    ("seeds", "workers", "size"),
    [(1000, 1, 2048), (1000, 2, 1024), (1000, 3, 704), (1000, 100, 64), (5000, 2, 2560), (50_000, 2, 3904)],
)
def test_each_worker_has_as_much_to_do_in_shards_that_are_not_small(seeds: int, workers: int, size: int) -> None:
    assert share(Plan.make(XOR, seeds, 2, {"lr": [0.1, 0.2]}), workers) == size


def test_what_cannot_be_trained_is_refused_wherever_it_is_trained() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(hltcore.HltError, match="needs data that count"):
        hltcore.sweep("embedding/xor", seeds=2, executor=pool)


def test_a_sweep_goes_on_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "sweep"
    plan = Plan.make(XOR, 200, 4, {"hidden": [2, 3]})
    begun = shards(plan, resume=path, largest=64)
    early = [next(begun)[0] for _ in range(5)]
    begun.close()
    with path.open("ab") as file:
        file.write(b'{"piece": [0, ')  # the machine went down here
    whole = Sweep(plan, dict(shards(plan)))
    done: list[float] = []
    resumed = dict(shards(plan, resume=path, largest=100, progress=done.append))
    assert done[0] == sum(piece.stop - piece.start for piece in early)
    assert [v.outcomes for v in Sweep(plan, resumed)] == [v.outcomes for v in whole]
    assert [v.outcomes for v in Sweep(plan, dict(shards(plan, resume=path)))] == [v.outcomes for v in whole]
    with pytest.raises(hltcore.HltError, match="another sweep's"):
        hltcore.sweep(XOR, 200, 5, resume=path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notes\n", "is not a sweep's file"),
        ("[]\n", "is not a sweep's file"),
        (json.dumps({"format": "hltcore sweep", "version": 9, "digest": ""}) + "\n", 'version "9"'),
    ],
)
def test_other_files_are_refused_and_left_alone(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(hltcore.HltError, match=said):
        hltcore.sweep(XOR, 3, 1, resume=path)
    assert path.read_text() == text


def test_an_object_of_ones_own_is_trained_but_not_kept_in_a_file(tmp_path: Path) -> None:
    class Mine(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = torch.nn.Linear(2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(x)

    own = hltcore.Trainer(Mine(), "xor").settings
    (variant,) = hltcore.sweep(own, seeds=2, epochs=1)
    same_bits(variant.spec, 1, variant.outcomes)
    with pytest.raises(hltcore.HltError, match="is an object"):
        hltcore.sweep(own, seeds=2, epochs=1, resume=tmp_path / "file")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"spec": XOR + " @3e"}, "leave out"),
        ({"seeds": 0}, "how many seeds"),
        ({"seeds": "7"}, "how many seeds"),
        ({"seeds": [1, -1]}, "seed=-1"),
        ({"seeds": 10**9}, "too many"),
        ({"epochs": -1}, "epochs=-1"),
        ({"seed": [1, 2]}, "seed"),
        ({"lr": []}, "lr has no value"),
        ({"lrr": [0.1]}, 'did you mean "lr"'),
        ({"lr": [0.1, -2]}, "lr=-2"),
    ],
)
def test_refusals(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(hltcore.HltError, match=said):
        hltcore.sweep(**{"spec": XOR, "seeds": 2, "epochs": 1, **arguments})


@settings(max_examples=25)
@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3), st.integers(1, 227))
def test_the_generator_draws_pytorchs_numbers(seeds: list[int], count: int) -> None:
    drawn = uniform(seeds, count)
    for place, seed in enumerate(seeds):
        assert torch.equal(drawn[:, place], torch.rand(count, generator=torch.Generator().manual_seed(seed)))


@st.composite
def orders(draw: Any) -> Any:
    """Any order of some terms."""
    parts: list[Any] = list(range(draw(st.integers(1, 12))))
    while len(parts) > 1:
        one = parts.pop(draw(st.integers(0, len(parts) - 1)))
        other = parts.pop(draw(st.integers(0, len(parts) - 1)))
        lowest = sorted((one, other), key=lowest_term)
        parts.append((lowest[0], lowest[1]))
    return parts[0]


def lowest_term(order: Any) -> int:
    return order if isinstance(order, int) else lowest_term(order[0])


@given(st.lists(orders(), min_size=1, max_size=3))
def test_any_order_of_a_sum_is_found_out(every: list[Any]) -> None:
    def terms(order: Any) -> int:
        return 1 if isinstance(order, int) else terms(order[0]) + terms(order[1])

    same = [order for order in every if terms(order) == terms(every[0])]

    def total(order: Any, values: list[float]) -> float:
        if isinstance(order, int):
            return values[order]
        parts = torch.tensor([total(order[0], values), total(order[1], values)])
        return float(parts[0] + parts[1])

    assert reveal(lambda values: [total(order, values) for order in same], terms(same[0])) == same


def test_statistics() -> None:
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)  # Newcombe (1998), table I, method 3
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)
    assert quantiles([3.0, 1.0, 2.0], (0.0, 0.25, 1.0)) == (1.0, 1.5, 3.0)
    assert quantiles([math.nan, 1.0], (0.0, 1.0)) == (1.0, math.inf)


@pytest.mark.slow
def test_processes_give_the_same() -> None:
    plan = Plan.make(XOR, 130, 3, {})
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = Sweep(plan, dict(shards(plan, executor=pool, largest=64)))
    assert there[0].outcomes == Sweep(plan, dict(shards(plan)))[0].outcomes


@pytest.mark.slow
def test_ctrl_c_ends_processes_at_once_and_reaches_none_of_them() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), processes(1) as pool:  # noqa: PT012 - what is raised comes from inside
        child = pool.submit(os.getpid).result()
        os.kill(child, signal.SIGINT)
        assert pool.submit(os.getpid).result() == child
        begun, futures = time.monotonic(), [pool.submit(time.sleep, 60) for _ in range(3)]
        assert futures[-1].cancel()
        raise KeyboardInterrupt
    assert not wait(futures, 30).not_done
    assert time.monotonic() - begun < 30
    assert child not in [process.pid for process in active_children()]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.slow
def test_ctrl_c_is_not_lost_while_a_process_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = ProcessPoolExecutor.submit

    def pressed(*arguments: Any) -> Future[Any]:
        signal.raise_signal(signal.SIGINT)
        return begin(*arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", pressed)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), processes(1) as pool:
            pool.submit(os.getpid)
    finally:
        assert signal.signal(signal.SIGINT, before) is signal.default_int_handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
