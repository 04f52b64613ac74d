"""Recorded runs: what a log shows is what the run itself showed; what is not recorded is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hltcore import Trainer
from hltcore.edits import Position
from hltcore.log import RunLog
from hltcore.options import write
from hltcore.table_file import options_for
from tests.core.test_hygiene import loaded, packages
from tests.tui.recorded import BEGINNING, log_of, step_lines, watched
from tui.deck import Deck
from tui.observer import Observer
from tui.screens.live import RunStage
from tui.screens.stage import Looks, Stage
from tui.snapshot import Snapshot
from tui.terminal import Capabilities
from tui.theme import DARK, palette_of
from tui.view import View

PALETTE = palette_of(DARK)
PANELS = ("script", "examples", "inside", "surface", "network", "story", "embedding")
LOOKS = Looks(PALETTE)


def staged(deck: Deck) -> Stage:
    return deck.stage(note="", error=False, playing=False, speed="")


OPEN: list[RunLog] = []


@pytest.fixture(autouse=True)
def logs_are_closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def opened(*paths: Path, follows: bool = False) -> Deck:
    logs = [RunLog(path) for path in paths]
    OPEN.extend(logs)
    deck = Deck(logs, follows=follows)
    read(deck)
    return deck


def read(deck: Deck) -> None:
    for _ in range(1000):
        deck.refresh(0.1)
        if not deck.is_busy:
            return
    raise AssertionError("it is never read through")


def lines(stage: Stage, name: str, looks: Looks = LOOKS, width: int = 70, height: int = 30) -> list[str]:
    if name == "parameters":
        return [line.text for line in stage.parameters(looks, width, gradients=True).lines]
    return [line.text for line in stage.lines(name, looks, width, height)]


@pytest.mark.parametrize(
    "spec",
    [
        "two-layer/xor @7e",
        "two-layer/xor @3 lr=0.5 @3 linear1.weight[0,0]=2 @9 loss=l1 @9 dataset=and @20",
        "eight-layer/language-id/cross-entropy updates=two-layer @8",
        "logistic-regression/xor batch=3 @9",
        "embedding/language-id-one-hot/cross-entropy @5",
    ],
)
def test_the_panels_are_those_of_the_run_itself_in_every_phase(spec: str, tmp_path: Path) -> None:
    deck = opened(log_of(spec, tmp_path / "run.jsonl"))
    trainer, observer = Trainer.from_spec(spec), Observer()
    end = trainer.steps
    deck.view = observer.view = View(None, (12, 6), (4, 3), network=True, embedding=True, script=True)
    for point in sorted({0, 3, 9, end - 1, end} & set(range(end + 1))):
        trainer.seek(point)
        deck.reel.go(point)
        for _ in range(5 if point < end else 1):
            live, recorded = RunStage(observer.observe(trainer)), staged(deck)
            for name in ("parameters", *PANELS):
                assert lines(recorded, name) == lines(live, name), (point, name)
            assert (
                recorded.status(PALETTE, 200)[1].text.split("   ")[:3]
                == live.status(PALETTE, 200)[1].text.split("   ")[:3]
            )
            if point < end:
                trainer.phase()
                deck.reel.phase_on()
        assert staged(deck).moment.epochs == trainer.position.epoch


@pytest.fixture
def line(tmp_path: Path) -> str:
    """A run on numbers of a file of one's own."""
    path = tmp_path / "line.csv"
    path.write_text("x,y\n" + "".join(f"{x / 9},{x / 3 - 1}\n" for x in range(6)))
    options = " ".join(f"{name}={write(value)}" for name, value in options_for(str(path)).items())
    return f"linear-regression/file {options} held_out=0.34"


def test_numbers_of_a_file_are_shown_as_the_run_itself_showed_them(line: str, tmp_path: Path) -> None:
    deck, trainer, observer = opened(log_of(f"{line} @6", tmp_path / "run.jsonl")), Trainer.from_spec(line), Observer()
    deck.view = observer.view = View(None, (12, 6), (4, 3), network=True)
    for point in (0, 4):
        trainer.seek(Position(point)) if point <= trainer.steps else list(trainer.run(steps=point))
        deck.reel.go(point)
        for _ in range(2):
            live, recorded = RunStage(observer.observe(trainer)), staged(deck)
            for name in ("parameters", *PANELS):
                for width in (70, 20):
                    if name != "script":
                        assert lines(recorded, name, width=width) == lines(live, name, width=width), (point, name)
            trainer.phase()
            deck.reel.phase_on()


def test_of_very_many_rows_the_same_are_shown_as_in_the_run_itself(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("x,y\n" + "".join(f"{x % 97},{x}\n" for x in range(3000)))
    options = " ".join(f"{name}={write(value)}" for name, value in options_for(str(path)).items())
    spec = f"linear-regression/file {options} lr=1e-9 @2"
    recorded = staged(opened(log_of(spec, tmp_path / "run.jsonl"))).moment
    live = Observer().observe(Trainer.from_spec(spec))
    assert isinstance(recorded, Snapshot)
    assert recorded.dataset.rows == live.dataset.rows != ()
    assert recorded.steps_per_epoch == live.steps_per_epoch == 3000


def test_a_log_whose_data_are_gone_shows_its_tensors_and_says_why(line: str, tmp_path: Path) -> None:
    log = log_of(f"{line} @6", tmp_path / "run.jsonl")
    log.write_text(log.read_text().replace("line.csv", "gone.csv"))
    deck = opened(log)
    assert "W.weight" in " ".join(lines(staged(deck), "parameters")), "those before the first step"
    assert deck.missing.startswith("Only its tensors are shown: The data")
    assert "there is no such file" in deck.missing


@pytest.mark.parametrize(
    "claimed",
    ["embedding/language-id-one-hot/cross-entropy", "two-layer/xor"],
)
def test_a_log_that_says_it_is_another_run_is_shown_by_its_tensors(claimed: str, tmp_path: Path) -> None:
    path = log_of("mlp/circles size=20 @9", tmp_path / "run.jsonl")
    path.write_text(path.read_text().replace("mlp/circles/mse/sgd size=20", claimed))
    deck = opened(path)
    deck.reel.go(8)
    assert any("linear1.weight" in row for row in lines(staged(deck), "parameters"))
    assert not isinstance(staged(deck).moment, Snapshot)
    assert "its numbers are not those of" in deck.missing


def test_epochs_are_the_means_of_their_losses(tmp_path: Path) -> None:
    spec = "two-layer/xor @7e"
    live = Observer().observe(Trainer.from_spec(spec)).epoch_losses
    assert staged(opened(log_of(spec, tmp_path / "run.jsonl"))).moment.epoch_losses == live


def test_phases_go_back_the_way_they_came(tmp_path: Path) -> None:
    reel = opened(log_of("two-layer/xor @3e", tmp_path / "run.jsonl")).reel
    places = []
    for _ in range(23):
        places.append((reel.here, reel.phase))
        reel.phase_on()
    for place in reversed(places):
        reel.phase_back()
        assert (reel.here, reel.phase) == place


def test_what_adam_keeps_is_said_not_to_be_recorded(tmp_path: Path) -> None:
    path = log_of("logistic-regression/and/mse/sgd @2e", tmp_path / "run.jsonl")
    path.write_text(path.read_text().replace("mse/sgd", "mse/adam"))
    deck = opened(path)
    deck.reel.go(3)
    assert any("What adam keeps is not recorded" in line for line in lines(staged(deck), "inside"))


@pytest.fixture(scope="module")
def convolution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return watched(tmp_path_factory.mktemp("watched") / "run.jsonl")


def test_any_model_is_shown_by_its_tensors(convolution: Path) -> None:
    deck = opened(convolution)
    deck.reel.go(20)
    stage = staged(deck)
    rows = "\n".join(lines(stage, "parameters"))
    assert "conv.weight  4×1×3×3" in rows
    assert "head.weight   64×144" in rows
    assert "tensors as after step 17, recorded every 4" in stage.status(PALETTE, 100)[2].text
    deck.reel.go(21)
    stage = staged(deck)
    row = next(row for row in lines(stage, "story", replace(LOOKS, focus=("conv.weight", ())), 68) if "95 %" in row)
    assert row.startswith("5 25 50 75 95 % below")
    assert len(row.split()) == 7 + 5
    held = deck.reel.held_at(21)
    assert held is not None
    assert "tensors" not in stage.status(PALETTE, 100)[2].text
    at_last = replace(LOOKS, focus=("head.weight", ()))
    assert "summed up" in "\n".join(lines(stage, "story", at_last))
    assert "recorded as 16×16 means of 4×9" in lines(stage, "matrix", at_last)[0]
    assert lines(stage, "matrix", at_last, width=33)[-1].endswith("-- below 0")
    assert "4×1×3×3 as 4×9" in stage.title("matrix", LOOKS)
    assert "-0.0" not in "\n".join(line for line in lines(stage, "inside") if "head.weight" in line).replace("e-0", "")
    assert "conv Conv2d" in "\n".join(lines(stage, "network"))
    batch = lines(stage, "examples")
    assert any("3×1×8×8" in line for line in batch)
    assert f"{held.prediction.whole.flat[0]:.4f}" in "\n".join(batch)  # type: ignore[union-attr]
    assert "does not record it" in " ".join(lines(stage, "surface"))


def test_a_change_that_cannot_be_known_is_not_shown_as_0(convolution: Path) -> None:
    deck = opened(convolution)
    deck.reel.go(21)
    row = next(line for line in lines(staged(deck), "inside") if line.startswith("head.weight"))
    assert row.split()[2:] == ["-", "-"]


def test_the_next_tensors_are_gone_to_and_back(convolution: Path) -> None:
    reel = opened(convolution).reel
    points = []
    for _ in range(12):
        points.append(reel.here)
        reel.phase_on()
    assert points[:4] == [0, 1, 5, 9]
    assert points[-1] == 40  # the last step
    reel.go(9)
    reel.phase_back()
    assert reel.here == 5


def test_the_path_of_a_tensor_is_that_of_its_norms(convolution: Path) -> None:
    deck = opened(convolution)
    deck.view = View(("conv.bias", ()), story=True)
    deck.reel.end(follow=False)
    for _ in range(60):
        path = staged(deck).moment.path
    log = deck.reel.log
    assert path[0] == (0, pytest.approx(log.started.parameters["conv.bias"].norm))  # type: ignore[union-attr]
    assert [point for point, _ in path[1:]] == list(range(1, 40, 4))
    assert path[-1][1] == pytest.approx(log.at(36).updated["conv.bias"].norm)  # type: ignore[union-attr]


def test_names_from_a_log_are_never_obeyed(tmp_path: Path) -> None:
    path = watched(tmp_path / "run.jsonl", steps=2, every=1, name="c[bold]\x1b[31m =x")
    deck = opened(path)
    deck.reel.go(1)
    stage = staged(deck)
    for name in ("parameters", "matrix", "inside", "story", "network", "findings"):
        for text in (*lines(stage, name), stage.title(name, LOOKS)):
            assert "\x1b" not in text
    assert "[bold]" in "\n".join(lines(stage, "inside"))


def test_thousands_of_tensors_are_drawn_around_the_chosen_one(tmp_path: Path) -> None:
    tensors = ",".join(f'"layer{place}.bias":[0.5]' for place in range(3000))
    started = BEGINNING.replace('"parameters":{}', f'"parameters":{{{tensors}}}')
    path = tmp_path / "run.jsonl"
    path.write_text(started + step_lines(0, 1))
    stage = staged(opened(path))
    looks = replace(LOOKS, focus=("layer1500.bias", ()))
    rows = lines(stage, "parameters", looks)
    assert len(rows) < 300
    assert any(row.startswith("▸layer1500.bias") for row in rows)
    assert "1,400 above" in rows[1]
    assert stage.walk(looks.focus, "down") == ("layer1501.bias", ())


def test_epochs_of_a_training_loop_are_found(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(BEGINNING + step_lines(0, 35))
    reel = opened(path).reel
    reel.go(12)
    assert (reel.epoch_start(12), reel.epoch_end(), reel.epoch_begin(3)) == (10, 20, 30)
    reel.go(33)
    assert reel.epoch_end() == 35
    reel.go(0)
    assert list(reel.losses_where(0.0, 0.09))[-1] == 12  # 1/12 is the first loss below it


def test_neither_replay_nor_attach_imports_torch(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    log_of("two-layer/xor @2e", path)
    code = f"""
from tui.app import HltApp
from tui.logs import open_logs
from tui.theme import DARK, palette_of
playback = open_logs([{str(path)!r}], follows=True)(lambda: None)
playback.stage.status(palette_of(DARK), 80)
from hltcore.spec import RunSpec
playback.start(); playback.home(); playback.step(); playback.phase(); playback.spec_here().result(5)
playback.predict([(0.0, 1.0)]).result(5)
playback.stop()
"""
    assert "torch" not in packages(loaded(code))


def test_ascii_terminals_have_marks_for_every_log(tmp_path: Path) -> None:
    from tui.panels.loss import _mark  # the marks are all that tells curves apart there
    from tui.panels.series import loss_series

    paths = [tmp_path / f"{name}.jsonl" for name in "abc"]
    for path in paths:
        path.write_text(BEGINNING + step_lines(0, 5))
    series = loss_series(staged(opened(*paths)).moment, by_epoch=False)
    for unicode in (True, False):
        palette = palette_of(DARK, Capabilities(unicode=unicode))
        assert len({_mark(item, palette) for item in series}) == 3
    assert [item.name for item in series] == ["a.jsonl", "b.jsonl", "c.jsonl"]
