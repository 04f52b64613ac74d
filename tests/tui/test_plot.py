"""The loss plot: drawn again without a new step, on a logarithmic scale, with huge and tiny losses."""

from __future__ import annotations

import pytest

from tests.tui.support import opened


async def test_a_logarithmic_plot_can_be_drawn_again() -> None:
    async with opened("two-layer/xor seed=11") as seen:
        await seen.press("a", "e", until="4 steps done")
        await seen.until(lambda: "log scale" in seen.text)
        for _ in range(2):
            await seen.press("T")
            await seen.pilot.resize_terminal(100, 30)
            await seen.until(lambda: "log scale" in seen.text)
            await seen.pilot.resize_terminal(80, 24)
        await seen.press("d", until="/ language-id-one-hot /")
        await seen.press("space", until="5 steps done")
        assert "log scale" in seen.text


@pytest.mark.parametrize(
    "spec", ["eight-layer/xor/difference @40", "two-layer/xor lr=10 @9e", "logistic-regression/language-id lr=10 @30e"]
)
async def test_no_number_on_the_axis_pushes_the_plot_away(spec: str) -> None:
    async with opened(spec) as seen:
        await seen.until(lambda: "┤" in seen.text)
        left = seen.plot.region.x
        for key in ("space", "a"):
            await seen.press(key)
            axis = [row.index("┤") for row in seen.text.splitlines() if "┤" in row]
            assert all(place - left <= 12 for place in axis)


async def test_changes_are_marked() -> None:
    async with opened("two-layer/xor @5e") as seen:
        await seen.until(lambda: "┤" in seen.text)
        whole = seen.text.count("│")
        await seen.press("l", until="/ cross-entropy /")
        await seen.press("e", until="24 steps done")
        await seen.until(lambda: seen.text.count("│") > whole + 4)


async def test_what_is_drawn_stands_still_while_steps_come() -> None:
    async with opened("two-layer/xor seed=11 @13") as seen:
        await seen.until(lambda: "┤" in seen.text)

        def drawn() -> list[str]:
            rows = seen.text.splitlines()
            axis = next(row for row in rows if "└┬" in row).index("└")
            return [row[axis:] for row in rows if row[axis : axis + 1] in ("┤", "│")]

        before, axis = drawn(), [row for row in seen.text.splitlines() if "└┬" in row]
        await seen.press("space", until=lambda: drawn() != before)
        end = max(len(row.rstrip()) for row in before) - 1  # the curve's last cell may take another dot
        assert [row[:end] for row in drawn()] == [row[:end] for row in before]
        assert axis == [row for row in seen.text.splitlines() if "└┬" in row]
