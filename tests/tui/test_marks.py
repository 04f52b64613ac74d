"""Marks: what a step changed, which example it used, and which examples are right."""

from __future__ import annotations

import math
import re

import pytest

from hltcore import Trainer
from tests.tui.support import Seen, opened
from tui.formatting import change_mark, flat, number, tally

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
        await seen.press("v", "a", "space", until="197 steps done")
        await seen.until(lambda: "not finite, not drawn" in str(seen.plot.border_title))
