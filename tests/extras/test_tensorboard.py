"""Scalars that PyTorch's own writer wrote for TensorBoard are read as an event log."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("tensorboard", reason="TensorBoard is not installed: make extras")

from hltcore.__main__ import main
from hltcore.errors import LogError
from hltcore.integrations import tensorboard
from hltcore.log import RunLog

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from torch.utils.tensorboard import SummaryWriter

    folder = tmp_path_factory.mktemp("runs")
    with SummaryWriter(str(folder)) as writer:
        for step in range(0, 3000, 10):
            writer.add_scalar("train/loss", 1 / (step + 1), step)
            writer.add_scalar("accuracy", 0.5, step)
        writer.add_scalar("train/loss", math.nan, 3000)
        writer.add_scalar("train/loss", 7.0, 0)  # written again
    return folder


def test_the_loss_is_a_log_that_can_be_read(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tensorboard", str(run)]) == 0
    path = tmp_path / "run.jsonl"
    path.write_text(capsys.readouterr().out)
    with RunLog(path) as log:
        assert log.started is not None
        assert log.started.model == "train/loss"
        assert log.last == 3000
        first, tenth, between, last = map(log.at, (0, 10, 15, 3000))
    assert first is not None
    assert first.loss == 7.0
    assert tenth is not None
    assert tenth.loss == pytest.approx(1 / 11)
    assert between is not None
    assert between.step == 10
    assert last is not None
    assert last.loss is not None
    assert math.isnan(last.loss)


def test_what_is_not_there_is_one_sentence(run: Path, tmp_path: Path) -> None:
    with pytest.raises(LogError, match='has no scalar "acuracy": did you mean "accuracy"'):
        list(tensorboard.lines(run, "acuracy"))
    with pytest.raises(LogError, match="has no scalars"):
        list(tensorboard.lines(tmp_path))
    with pytest.raises(LogError, match="There is no"):
        list(tensorboard.lines(tmp_path / "none"))
