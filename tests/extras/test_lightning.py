"""A fit of Lightning's real Trainer is recorded, and trains as it does without."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

lightning = pytest.importorskip("lightning", reason="Lightning is not installed: make extras")

import torch  # noqa: E402
from torch import nn  # noqa: E402

from hltcore.integrations.lightning import WatchCallback  # noqa: E402
from hltcore.log import RunLog  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

X = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


class Xor(lightning.LightningModule):
    def __init__(self, fails_at: int = -1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Dropout(0.2), nn.Linear(3, 1))
        self.fails_at = fails_at
        self.seen: list[float] = []

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        if self.global_step == self.fails_at:
            raise RuntimeError("as planned")
        x, y = batch
        loss = nn.functional.mse_loss(self.net(x), y)
        self.seen.append(loss.item())
        return loss

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        return [optimizer], [{"scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5), "interval": "step"}]


def fit(folder: Path, model: Xor, callbacks: list[Any], **settings: Any) -> Xor:
    torch.manual_seed(1)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, Y), batch_size=1)
    trainer = lightning.Trainer(
        **{"max_epochs": 2, "accelerator": "cpu", "logger": False, "enable_checkpointing": False, **settings},
        **{"enable_progress_bar": False, "enable_model_summary": False},
        **{"callbacks": callbacks, "default_root_dir": folder},
    )
    trainer.fit(model, data)
    return model


def test_each_step_is_recorded_with_its_loss_and_rate(tmp_path: Path) -> None:
    model = fit(tmp_path, Xor(), [WatchCallback(tmp_path / "run.jsonl", activations=["net.0"])])
    with RunLog(tmp_path / "run.jsonl") as log:
        steps = [log.at(number) for number in range(log.steps)]
        assert log.ended is not None
        assert not log.ended.error
        assert log.started is not None
        assert log.started.optimizer == "SGD"
        assert log.started.model == "Xor"
    assert [step.loss for step in steps if step] == model.seen
    assert len(steps) == 8
    assert [step.lr for step in steps if step] == [0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125]
    assert [step.epoch for step in steps if step] == [0, 0, 0, 0, 1, 1, 1, 1]
    last = steps[-1]
    assert last is not None
    assert last.updated["net.3.bias"].values == tuple(model.net[3].bias.tolist())
    assert last.gradients["net.3.bias"].values == tuple(model.net[3].bias.grad.tolist())
    assert last.activations or last.pre_activations


def test_it_changes_nothing(tmp_path: Path) -> None:
    bare, watched = fit(tmp_path, Xor(), []), fit(tmp_path, Xor(), [WatchCallback(tmp_path / "run.jsonl")])
    assert all(torch.equal(a, b) for a, b in zip(bare.parameters(), watched.parameters()))
    assert bare.seen == watched.seen


def test_gradients_that_are_accumulated_make_one_step(tmp_path: Path) -> None:
    model = fit(tmp_path, Xor(), [WatchCallback(tmp_path / "run.jsonl")], accumulate_grad_batches=3)
    with RunLog(tmp_path / "run.jsonl") as log:
        losses = [step.loss for step in map(log.at, range(log.steps)) if step]
    batches = [model.seen[start:end] for start, end in ((0, 3), (3, 4), (4, 7), (7, 8))]
    assert losses == pytest.approx([sum(batch) / 3 for batch in batches], rel=1e-6)


def test_a_fit_that_breaks_says_so_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="as planned"):
        fit(tmp_path, Xor(fails_at=3), [WatchCallback(tmp_path / "run.jsonl")])
    with RunLog(tmp_path / "run.jsonl") as log:
        assert log.steps == 3
        assert log.ended is not None
        assert log.ended.error == "RuntimeError"


class TwoOptimizers(Xor):
    """Steps both halves by hand, and returns no loss."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch: Any, index: int) -> None:  # type: ignore[override]
        first, second = self.optimizers()
        loss = nn.functional.mse_loss(self.net(batch[0]), batch[1])
        first.zero_grad(), second.zero_grad()
        self.manual_backward(loss)
        first.step(), second.step()

    def configure_optimizers(self) -> Any:
        return [torch.optim.SGD(self.net[0].parameters(), lr=0.1), torch.optim.Adam(self.net[3].parameters())]


def test_several_optimizers_are_one_step_a_batch(tmp_path: Path) -> None:
    model = fit(tmp_path, TwoOptimizers(), [WatchCallback(tmp_path / "run.jsonl")])
    with RunLog(tmp_path / "run.jsonl") as log:
        assert log.steps == 8
        assert log.started is not None
        assert not log.started.unowned
        assert not log.started.strangers
        last = log.at(7)
    assert last is not None
    assert last.loss is None
    assert last.updated["net.0.bias"].values == tuple(model.net[0].bias.tolist())
