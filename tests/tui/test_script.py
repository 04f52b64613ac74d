"""The script beside the panels: the present phase's lines marked, in view, and always this run's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hltcore import Trainer, datasets, models
from hltcore.export.compose import compose
from hltcore.spec import RunSpec
from tests.tui.panels import check_size, texts
from tests.tui.support import SMALL, WIDE, opened
from tui.observer import Observer
from tui.panels.script import marked_place, script_lines, script_title
from tui.snapshot import Snapshot
from tui.theme import DARK, palette_of
from tui.view import View

PALETTE = palette_of(DARK)


def look(line: str) -> Snapshot:
    observer = Observer()
    observer.view = View(script=True)
    return observer.observe(Trainer.from_spec(line))


def marked(snapshot: Snapshot) -> list[str]:
    return [row[2:].strip() for row in texts(script_lines(snapshot, PALETTE, 80)) if row.startswith("▸")]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("two-layer/xor", []),
        ("two-layer/xor @3:forward", ["y_pred = model(x)"]),
        ("two-layer/xor @3:loss", ["loss = criterion(y_pred, y)"]),
        ("two-layer/xor @3:zero-grad", ["optimizer.zero_grad()"]),
        ("two-layer/xor @3:backward", ["loss.backward()"]),
        ("two-layer/xor @3", ["optimizer.step()"]),
        ("two-layer/xor @2 loss=l1 @3:backward", ["loss.backward()"]),
        ("two-layer/xor @2 loss=l1", []),
        (
            "two-layer/xor l1=0.5 @1:loss",
            ["loss = criterion(y_pred, y)", "loss = loss + 0.5 * sum(w.abs().sum() for w in weights)"],
        ),
    ],
)
def test_the_lines_of_the_phase_done_last_are_marked(line: str, rows: list[str]) -> None:
    snapshot = look(line)
    assert marked(snapshot) == rows
    place = marked_place(snapshot)
    assert (place is None) == (not rows)
    if place is not None:
        assert texts(script_lines(snapshot, PALETTE, 80))[place.marked].endswith(rows[0])
        assert place.marked in place.block


def test_it_is_the_script_that_is_exported() -> None:
    for line in ("two-layer/xor @7", "mlp/moons batch=4 shuffle=true @0e+2 loss=l1 @5"):
        edits = RunSpec.parse(line.rpartition(" ")[0])
        exported = compose(edits, epochs=49).text().splitlines()
        assert [row[2:] for row in texts(script_lines(look(line), PALETTE, 200))] == exported


def test_it_stays_the_same_from_step_to_step_and_follows_edits() -> None:
    observer, trainer = Observer(), Trainer("two-layer", "xor")
    assert observer.observe(trainer).script is None
    observer.view = View(script=True)
    first = observer.observe(trainer).script
    for _ in trainer.run(epochs=3):
        assert observer.observe(trainer).script is first
    trainer.set_parameter("linear1.bias", 0, 0.25)
    edited = observer.observe(trainer).script
    assert "model.linear1.bias.data[0] = 0.25" in [item.text for item in edited.lines]
    trainer.back()
    assert observer.observe(trainer).script.lines == first.lines
    for _ in trainer.run(epochs=60):
        pass
    trainer.step()
    assert "for epoch in range(3, 63):" in [item.text for item in observer.observe(trainer).script.lines]


def test_it_fits_any_width() -> None:
    snapshot = look("eight-layer/word-list batch=4 shuffle=true frozen=linear1.bias @3 loss=l1 @4")
    for width in (1, 10, 40, 77, 140):
        lines = script_lines(snapshot, PALETTE, width)
        check_size(lines, width, len(lines))
    assert not any(row.endswith("…") for row in texts(script_lines(snapshot, PALETTE, 77)))
    assert script_title(snapshot).endswith("▸ update")


@pytest.fixture
def hostile() -> Iterator[str]:
    text = "[bold]\x1b[31m\n"
    data = datasets.Dataset(text, (text,), (text, "b"), ((0.0,), (1.0,)), (0.0, 1.0), (text, "b"))
    datasets.register("hostile-script", lambda: data, summary=text)
    yield "logistic/hostile-script @1"
    datasets.registry.remove("hostile-script")


def test_text_of_the_data_is_never_markup(hostile: str) -> None:
    snapshot = look(hostile)
    lines = script_lines(snapshot, PALETTE, 77)
    check_size(lines, 77, len(lines))
    assert any("[bold]\\x1b[31m\\n" in row for row in texts(lines))


def test_what_cannot_be_written_says_so() -> None:
    models.register("unwritten", lambda inputs: models.registry.get("two-layer").factory(inputs, hidden=2))
    try:
        told = " ".join(texts(script_lines(look("unwritten/xor @1"), PALETTE, 60)))
        assert told.startswith("The model unwritten cannot be written as a script:")
    finally:
        models.registry.remove("unwritten")


def seen_rows(seen) -> list[str]:  # type: ignore[no-untyped-def]
    """The lines of the panel that are in view."""
    panel = seen.main.query_one("#script")
    top = round(panel.scroll_y)
    return seen.rows("script-lines")[top : top + panel.size.height]


async def test_alone_on_a_small_screen_it_scrolls_along_and_follows_the_settings() -> None:
    async with opened("two-layer/xor", SMALL) as seen:
        await seen.press("v", until=lambda: "# Train two-layer on xor, with mse and sgd." in str(seen_rows(seen)))
        assert not seen.main.query_one("#parameters").display
        for phase, row in (("forward", "y_pred = model(x)"), ("loss", "loss = criterion(y_pred, y)")):
            await seen.press("full_stop", until=lambda row=row: f"▸         {row}" in seen_rows(seen))
            assert seen.main.query_one("#script").border_title.endswith(phase)
        await seen.press(
            "l", until=lambda: "criterion = torch.nn.BCEWithLogitsLoss" in "\n".join(seen.rows("script-lines"))
        )
        top = seen.main.query_one("#script").scroll_y
        await seen.press("up", until=lambda: seen.main.query_one("#script").scroll_y < top)
        await seen.press("v", until=lambda: seen.main.query_one("#parameters").display)


async def test_beside_the_panels_on_a_wide_one() -> None:
    async with opened("two-layer/xor", WIDE) as seen:
        await seen.press("space", until="1 step done")
        await seen.press("v", until=lambda: "▸         optimizer.step()" in seen_rows(seen))  # as soon as it is opened
        shown = [
            name for name in ("parameters", "examples", "inside", "loss") if seen.main.query_one(f"#{name}").display
        ]
        assert shown == ["parameters", "examples", "inside", "loss"]
        await seen.press("down", until=lambda: seen.main.focus_cell == ("linear1.weight", (0, 0)))
        await seen.press("4", until=lambda: not seen.main.query_one("#script").display)
