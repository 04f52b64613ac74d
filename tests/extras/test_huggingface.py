"""A training of the real transformers.Trainer is recorded, and trains as it does without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

transformers = pytest.importorskip("transformers", reason="transformers is not installed: make extras")

import torch  # noqa: E402
from torch import nn  # noqa: E402
from transformers import Trainer, TrainerCallback, TrainingArguments  # noqa: E402
from transformers.modeling_outputs import SequenceClassifierOutput  # noqa: E402

from hltcore.integrations.huggingface import WatchCallback  # noqa: E402
from hltcore.log import RunLog  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")
ROWS = [{"x": torch.tensor([a, b]), "labels": torch.tensor(a != b).long()} for a in (0.0, 1.0) for b in (0.0, 1.0)]


class Xor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Dropout(0.2), nn.Linear(3, 2))

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None = None) -> SequenceClassifierOutput:
        logits = self.net(x)
        return SequenceClassifierOutput(nn.functional.cross_entropy(logits, labels), logits)


class Summed(Xor):
    """Divides by the items of all batches of a step, as language models do."""

    def forward(  # type: ignore[override]
        self, x: torch.Tensor, labels: torch.Tensor | None = None, num_items_in_batch: Any = None, **kwargs: Any
    ) -> SequenceClassifierOutput:
        logits = self.net(x)
        total = nn.functional.cross_entropy(logits, labels, reduction="sum")
        return SequenceClassifierOutput(total / (num_items_in_batch or len(x)), logits)


class Objective(TrainerCallback):
    """What Trainer itself logs: the loss of each step."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.rates: list[float] = []

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if "loss" in logs:
            self.losses.append(float(logs["loss"]))

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.rates.append(kwargs["optimizer"].param_groups[0]["lr"])


def train(folder: Path, model: nn.Module, callbacks: list[Any], **settings: Any) -> nn.Module:
    arguments = TrainingArguments(
        **{"output_dir": str(folder), "num_train_epochs": 3, "per_device_train_batch_size": 1, "learning_rate": 0.1},
        **{"logging_steps": 1, "save_strategy": "no", "report_to": [], "use_cpu": True, "disable_tqdm": True},
        **{"eval_strategy": "epoch", "dataloader_pin_memory": False, **settings},
    )
    Trainer(model, arguments, train_dataset=ROWS, eval_dataset=ROWS, callbacks=callbacks).train()
    return model


def test_each_step_is_recorded_with_its_loss_rate_and_gradients(tmp_path: Path) -> None:
    told = Objective()
    model = train(tmp_path, Xor(), [told, WatchCallback(tmp_path / "run.jsonl")])
    with RunLog(tmp_path / "run.jsonl") as log:
        steps = [step for step in map(log.at, range(log.steps)) if step]
        assert log.ended is not None
        assert log.started is not None
        assert not log.started.unowned
    assert [step.loss for step in steps] == pytest.approx(told.losses, abs=1e-4)
    assert len(steps) == 12
    assert [step.lr for step in steps] == told.rates
    assert all(any(step.gradients["net.3.bias"].values) for step in steps)
    assert steps[-1].updated["net.3.bias"].values == tuple(model.net[3].bias.tolist())


def test_it_changes_nothing(tmp_path: Path) -> None:
    bare, watched = train(tmp_path, Xor(), []), train(tmp_path, Xor(), [WatchCallback(tmp_path / "run.jsonl")])
    assert all(torch.equal(a, b) for a, b in zip(bare.parameters(), watched.parameters()))


@pytest.mark.parametrize("model", [Xor, Summed])
def test_gradients_that_are_accumulated_make_one_step_with_the_loss_that_trainer_means(
    tmp_path: Path, model: type[nn.Module]
) -> None:
    told = Objective()
    train(tmp_path, model(), [told, WatchCallback(tmp_path / "run.jsonl")], gradient_accumulation_steps=3)
    with RunLog(tmp_path / "run.jsonl") as log:
        losses = [step.loss for step in map(log.at, range(log.steps)) if step]
    assert losses == pytest.approx(told.losses, abs=1e-4)
    assert len(losses) == 6
