"""Event logs for tests of the screen: of runs of this library, and of a training loop written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hltcore import Trainer, recording
from hltcore.edits import Mark
from hltcore.events import Edited, RunStarted
from hltcore.spec import RunSpec
from hltcore.watching import watch


def log_of(spec: str, path: Path) -> Path:
    """A run's log as ``python -m hltcore train --format jsonl`` writes it."""
    whole = RunSpec.parse(spec)
    trainer = Trainer.from_spec(whole.start)
    data = trainer.dataset
    with path.open("w", encoding="utf-8") as file:
        recording.write([RunStarted(str(whole.start), data.features, data.classes)], file)
        for mark in whole.marks:
            recording.write(list(trainer.follow([Mark(mark.position)])), file)
            if mark.edit is not None:
                trainer.apply(mark.edit)
                recording.write([Edited(trainer.steps, str(mark.edit), str(trainer.spec))], file)
    return path


def watched(path: Path, *, steps: int = 40, every: int = 4, name: str = "conv") -> Path:
    """The log of a small net with a convolution, whose last layer is too large to be recorded whole."""
    from hltcore._torch import torch

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.add_module(name, torch.nn.Conv2d(1, 4, 3))
            self.head = torch.nn.Linear(4 * 36, 64)

        def forward(self, x: Any) -> Any:
            return self.head(torch.relu(getattr(self, name)(x)).flatten(1)).mean(1)

    torch.manual_seed(0)
    model = Net()
    # Importing one of torch's own optimizers takes longer than all the rest.
    with watch(model, None, path, every=every, limit=1000, activations=True) as watching:
        for _ in range(steps):
            x, y = torch.rand(3, 1, 8, 8), torch.rand(3)
            out = model(x)
            loss = ((out - y) ** 2).mean()
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= 0.1 * parameter.grad
            watching.step(loss=loss, x=x, target=y, prediction=out)
    return path


def step_lines(first: int, count: int) -> str:
    """Lines of steps with nothing but a loss."""
    lines = (
        f'{{"event":"step","step":{step},"epoch":{step // 10},"lr":0.1,"loss":{1 / (step + 1):.9g}}}\n'
        for step in range(first, first + count)
    )
    return "".join(lines)


BEGINNING = (
    '{"event":"run-started","version":"1.0","spec":"","features":[],"classes":[],"every":1,"layers":{},'
    '"model":"Net","optimizer":"SGD","limit":4096,"shapes":{},"frozen":[],"unowned":[],"strangers":0,"parameters":{}}\n'
)
ENDING = '{"event":"run-ended","steps":%d,"error":""}\n'
