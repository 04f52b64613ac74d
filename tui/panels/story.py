"""Story: one number of one parameter: its value, where its gradient came from, what that did, and its path so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.errors import ChainError
from hltcore.phase import Phase
from tui.cells import Focus, holds, is_frozen, place_text, value_at
from tui.formatting import NUMBER_WIDTH, change_mark, clip, number, plain, short
from tui.moment import Moment
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, line, prose
from tui.widgets.sparkline import sparkline

if TYPE_CHECKING:
    from hltcore.chain import Factor, Story
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["SYMBOL", "path_rows", "story_lines", "story_title", "total"]

SYMBOL = 22
"""Columns of what stands before a number."""

_AXIS = NUMBER_WIDTH + 1
_PLOT_AT_MOST = 8  # lines
_PRODUCTS = 2  # examples of a batch that are told one by one


def story_title(snapshot: Snapshot) -> str:
    """Which number it is."""
    if snapshot.focus is None:
        return "One number"
    return f"One number: {plain(place_text(snapshot.focus))}"


def story_lines(snapshot: Snapshot, palette: Palette, width: int, height: int) -> list[Strip]:
    """The focused number's story.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand; the plot of its path takes what the rest leaves.
    """
    focus = snapshot.focus
    if focus is None or not holds(snapshot.parameters, focus):
        told = "The arrow keys choose a number of the model, and its story stands here: value, gradient, change, path."
        return prose(told, palette.muted, width)
    event = snapshot.phase_event or snapshot.event
    rows = [_value_row(snapshot, focus, value_at(snapshot.parameters, focus), palette)]
    if event is not None:
        rows += _gradient_rows(snapshot, event, focus, palette, width)
        rows += _update_rows(snapshot, event, focus, palette, width)
    room = min(height - len(rows) - 2, _PLOT_AT_MOST)
    plot = path_rows(snapshot, palette, width, room) if room >= 2 else []
    return [ended(line(*row), width, palette.muted) for row in [*rows, *plot]]


def _value_row(snapshot: Snapshot, focus: Focus, value: float, palette: Palette) -> list[Piece]:
    frozen = "  = frozen: no update moves it" if is_frozen(snapshot.settings.frozen, focus) else ""
    return [
        ("value".ljust(SYMBOL), palette.muted),
        (number(value), palette.signed(value)),
        (frozen, palette.accent),
    ]


def _gradient_rows(
    snapshot: Snapshot, event: StepEvent | PhaseEvent, focus: Focus, palette: Palette, width: int
) -> list[list[Piece]]:
    phase = snapshot.phase_event.phase if snapshot.phase_event else Phase.UPDATE
    if phase.number < Phase.BACKWARD.number:
        return [[("The backward pass has not come yet: . goes on to it", palette.muted)]]
    gradient = value_at(event.gradients, focus)
    try:
        story = snapshot.chain_of(event).story(*focus)
    except ChainError as error:
        return [total("gradient", gradient, palette), [(plain(error), palette.muted)]]
    several = len(story.products) > 1
    rows: list[list[Piece]] = [_gradient_row(story, gradient, palette)]
    for label, factors in story.products[: _PRODUCTS if several else 1]:
        symbols = " · ".join(factor.symbol for factor in factors)
        product = _product(factors) if several else ""
        rows.append(
            [(f"{clip(label, 12).rstrip()}: ", palette.accent), (palette.spelled(symbols) + product, palette.text)]
        )
        rows += [_factor_row(factor, palette, width) for factor in factors]
    if len(story.products) > _PRODUCTS:
        rows.append([(f"and {len(story.products) - _PRODUCTS} more examples", palette.muted)])
    return [*rows, *(_factor_row(penalty, palette, width) for penalty in story.penalties)]


def _product(factors: tuple[Factor, ...]) -> str:
    return f" = {number(math.prod(factor.value for factor in factors)).strip()}"


def _factor_row(factor: Factor, palette: Palette, width: int) -> list[Piece]:
    room = max(width - SYMBOL - NUMBER_WIDTH - 3, 0)
    formula = f"   {palette.spelled(factor.formula)}"
    if cell_len(formula) > room + 3:
        formula = formula[: room + 2] + "…"
    return [
        (f"  {palette.spelled(factor.symbol)}".ljust(SYMBOL), palette.text),
        (number(factor.value), palette.signed(factor.value)),
        (formula if factor.formula else "", palette.muted),
    ]


def _gradient_row(story: Story, gradient: float, palette: Palette) -> list[Piece]:
    """The gradient, and what it is the product or the sum of."""
    (_, factors), *others = story.products
    told = f"the sum over {len(others) + 1} examples" if others else " · ".join(short(f.value) for f in factors)
    if story.penalties:
        told += " and the penalty" if others else " + " + " + ".join(short(p.value) for p in story.penalties)
    return [*total("gradient", gradient, palette), (f" = {palette.spelled(told)}", palette.muted)]


def total(name: str, value: float, palette: Palette) -> list[Piece]:
    """A number with its name before it."""
    return [(name.ljust(SYMBOL), palette.muted), (number(value), palette.signed(value))]


def _update_rows(
    snapshot: Snapshot, event: StepEvent | PhaseEvent, focus: Focus, palette: Palette, width: int
) -> list[list[Piece]]:
    if event.updated is None:
        return []
    before, after = value_at(event.parameters, focus), value_at(event.updated, focus)
    change = after - before
    gradient = value_at(event.gradients, focus)
    rule = ""
    if snapshot.optimizer_rule == "θ − lr·g" and change == change and not is_frozen(snapshot.settings.frozen, focus):
        rule = f"   −lr·gradient = −{event.lr:g}·{short(gradient)}"
    rows = [
        [
            (f"  {name}".ljust(SYMBOL), palette.muted),
            (number(value), palette.signed(value)),
        ]
        for name, value in snapshot.optimizer_state_of(focus)
    ]
    return [
        *rows,
        [
            ("change in this step".ljust(SYMBOL), palette.muted),
            (number(change), palette.signed(change)),
            (" " + change_mark(before, after), palette.accent),
            (palette.spelled(rule), palette.muted),
        ],
        *_before_and_after(before, after, palette, width),
    ]


def _before_and_after(before: float, after: float, palette: Palette, width: int) -> list[list[Piece]]:
    if width < SYMBOL + 2 * NUMBER_WIDTH + 2:
        return [total("before", before, palette), total("after", after, palette)]
    return [[*total("before → after", before, palette), (" →", palette.muted), (number(after), palette.signed(after))]]


def path_rows(snapshot: Moment, palette: Palette, width: int, height: int, named: str = "path") -> list[list[Piece]]:
    """The path of what is focused as a plot of so many lines, with a heading and an axis; nothing where it is unknown.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
        height: Lines of the plot itself.
        named: What is plotted.
    """
    points = snapshot.path
    finite = [value for _, value in points if math.isfinite(value)]
    if len(points) < 2 or not finite:
        return []
    room = max(width - _AXIS - 1, 1)
    drawn = sparkline(points, room, height)
    low, high = min(finite), max(finite)
    ends = {0: number(high), height - 1: number(low)} if low < high else {height // 2: number(low)}
    rows = [
        [(ends.get(y, "").rjust(NUMBER_WIDTH) + "│", palette.muted), (text, palette.accent)]
        for y, text in enumerate(drawn)
    ]
    heading = [(named, palette.muted), (f"   steps {points[0][0]:,} to {points[-1][0]:,}", palette.muted)]
    axis = " " * NUMBER_WIDTH + "└" + _axis(snapshot.steps - points[0][0], points[-1][0] - points[0][0], room)
    return [heading, *rows, [(axis, palette.muted)]]


def _axis(here: int, last: int, width: int) -> str:
    """A line under the plot, with a mark at this step."""
    place = max(min(here * (width - 1) // max(last, 1), width - 1), 0)
    return "─" * place + "▲" + "─" * (width - 1 - place)
