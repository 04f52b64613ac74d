"""Marks: what a step changed, which example it used, and which examples are right."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from hltcore import Trainer
from tests.tui.panels import look, texts
from tests.tui.support import Seen, opened
from tui.formatting import change_mark, flat, number, tally
from tui.panels.status import status_lines
from tui.panels.step import step_lines
from tui.screens.drawn import parameters_title
from tui.terminal import ANY
from tui.theme import DARK, palette_of

_CELL = re.compile(r"(-?\d+\.\d+(?:e[+-]\d+)?)([▲▼ ]|$)")
SPECS = ["logistic-regression/language-id", "two-layer/xor seed=3", "two-layer/or/cross-entropy", "eight-layer/and/l1"]


def marked(seen: Seen) -> list[tuple[str, str]]:
    """Every number of the parameters with its mark, sorted."""
    rows = [row for row in seen.parameters.splitlines() if re.match(r" *-?\d+\.", row)]
    return sorted((value, mark or " ") for row in rows for value, mark in _CELL.findall(row))


@pytest.mark.parametrize("spec", SPECS)
async def test_marks_say_which_way_each_parameter_went(spec: str) -> None:
    trainer = Trainer.from_spec(spec)
    async with opened(spec) as seen:
        assert not {"▲", "▼"} & set(seen.parameters)
        for count in range(1, 5):
            event = trainer.step()
            pairs = [
                (a, b)
                for name in event.updated
                for a, b in zip(flat(event.parameters[name]), flat(event.updated[name]))
            ]
            await seen.press("space", until=f"{tally(count, 'step')} done")
            assert marked(seen) == sorted(
                (number(after).strip(), change_mark(before, after)) for before, after in pairs
            )
            moved = sum(before != after for before, after in pairs)
            assert (f"{moved} of {len(pairs)} parameters moved" if moved else "no parameter moved") in seen.status


async def test_no_change_is_marked_inside_a_step() -> None:
    async with opened("two-layer/xor @3") as seen:
        assert {"▲", "▼"} & set(seen.parameters)
        await seen.press("full_stop", until="phase 1")
        assert not {"▲", "▼"} & set(seen.parameters)


async def test_the_example_in_hand_is_marked() -> None:
    trainer = Trainer("logistic-regression", "language-id", shuffle=True)
    async with opened("logistic-regression/language-id shuffle=true") as seen:
        assert not any("▸" in row for row in seen.examples)
        for count in range(1, 8):
            event = trainer.step()
            await seen.press("full_stop", until="phase 1")
            assert [place for place, row in enumerate(seen.examples) if "▸" in row] == [event.example]
            await seen.press("space", until=f"{tally(count, 'step')} done")
            assert [place for place, row in enumerate(seen.examples) if "▸" in row] == [event.example]


async def test_all_examples_of_a_batch_are_marked() -> None:
    async with opened("two-layer/xor batch=all") as seen:
        await seen.press("space", until="1 step done")
        assert all(row.startswith("▸") for row in seen.examples)
        assert "4 examples" in seen.status


@pytest.mark.parametrize("spec", SPECS)
async def test_examples_show_the_librarys_figures(spec: str) -> None:
    trainer = Trainer.from_spec(f"{spec} @9")
    found, data = trainer.evaluate(), trainer.dataset
    async with opened(f"{spec} @9", (100, 30)) as seen:
        for row, shown in enumerate(seen.examples):
            prediction, loss = found.predictions[row], found.losses[row]
            right = (prediction >= found.threshold) == (data.targets[row] >= 0.5)
            words = shown.removeprefix("▸").split()
            assert shown[2:].startswith(data.labels[row])
            assert number(prediction).strip() in words
            assert number(loss).strip() in words
            assert ("✓" in words, "✗" in words) == (right, not right)


async def test_numbers_that_are_lost_are_shown_and_not_raised() -> None:
    spec = "eight-layer/xor/difference lr=3"
    trainer = Trainer.from_spec(f"{spec} @49e")
    assert not all(map(math.isfinite, trainer.evaluate().predictions))
    async with opened(spec) as seen:
        await seen.press(*["e"] * 49, until="196 steps done")
        assert "nan" in seen.parameters or "inf" in seen.parameters
        assert "?" in "".join(seen.examples) or "inf" in "".join(seen.examples)
        await seen.press("V", "a", "space", until="197 steps done")
        await seen.until(lambda: "not finite, not drawn" in str(seen.plot.border_title))


def test_a_number_that_was_none_before_has_not_moved() -> None:
    snapshot = look("two-layer/xor lr=1e30 @10")
    assert snapshot.event is not None
    before, after = snapshot.event.parameters, snapshot.event.updated
    marks = [change_mark(a, b) for name in before for a, b in zip(flat(before[name]), flat(after[name]))]
    status = texts(status_lines(snapshot, palette_of(DARK, ANY), 120))[-1]
    assert 0 == sum(mark != " " for mark in marks) < sum(math.isnan(value) for value in flat(after["linear2.weight"]))
    assert "no parameter moved" in status
    assert not {"▲", "▼"} & set("".join(texts(step_lines(snapshot, palette_of(DARK, ANY), 120))))


def test_a_gradient_that_is_no_number_is_the_largest() -> None:
    trainer = Trainer.from_spec("two-layer/xor lr=1e30 @10:backward")
    status = texts(status_lines(look(trainer), palette_of(DARK, ANY), 120))[-1]
    assert "linear2" in status
    assert "nan" in status


@pytest.mark.parametrize("point", ["@0:forward", "@0:backward", "@1"])
def test_a_large_net_is_told_in_part(point: str) -> None:
    lines = texts(step_lines(look(f"mlp/circles hidden=256 depth=3 batch=2 {point}"), palette_of(DARK, ANY), 80))
    assert 400 <= len(lines) < 410
    assert "… and more" in lines[-1]


def test_before_a_twin_began_the_two_are_one() -> None:
    alone = look("two-layer/xor lr=1e30 @10")  # with numbers that are none
    again = look("two-layer/xor lr=1e30 @10")
    other = look("two-layer/xor lr=1e30 @0 linear1.bias[0]=1 @10")
    assert parameters_title(replace(alone, twin=again)) == "A · the same settings and numbers"
    assert parameters_title(replace(alone, twin=other)) == "A · the same settings, other numbers"


def test_what_is_cut_off_the_status_is_marked() -> None:
    palette = palette_of(DARK, ANY)
    long = look("logistic-regression/language-id/cross-entropy/sgd lr=0.5 batch=all seed=2 @9")
    spec, _, sentence = texts(status_lines(long, palette, 78))
    assert spec == "logistic-regression/language-id/cross-entropy/sgd  lr=0.5 batch=all seed=2"
    assert sentence.startswith("! diverging: ")
    assert (len(sentence), sentence[-1]) == (78, "…")
