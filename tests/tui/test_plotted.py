"""A chart is the very one that plotext draws of all points, though plotext is asked for its frame alone."""

from __future__ import annotations

import plotext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.panels import check_size, texts
from tui.panels.plotted import Chart, Line, plotted
from tui.theme import DARK, palette_of

PALETTE = palette_of(DARK)
HEIGHTS = st.floats(-50, 50, allow_subnormal=False).map(lambda y: round(y, 6))
NAMES = st.sampled_from(["0", "1.25", "-3e+04"])


def by_plotext(chart: Chart, width: int, height: int) -> list[str]:
    """The same chart with every point of every curve."""
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.grid(False, False)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xticks(chart.ticks, [f"{tick:,.0f}" for tick in chart.ticks])
    plotext.yticks([level for level, _ in chart.levels], [name for _, name in chart.levels])
    plotext.xlim(1, max(chart.last, 2))
    plotext.xlabel(chart.unit)
    for place, _ in chart.verticals:
        plotext.vline(place)
    for line in chart.lines:
        plotext.plot(line.xs, line.ys, marker=line.mark or "braille")
    return [plotext.uncolorize(row) for row in plotext.build().splitlines()]


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    last = draw(st.integers(1, 3000))
    lines = []
    for _ in range(draw(st.integers(1, 2))):
        xs = sorted(draw(st.lists(st.integers(1, last), min_size=1, max_size=40)))
        ys = draw(st.lists(HEIGHTS, min_size=len(xs), max_size=len(xs)))
        lines.append(Line(xs, ys, draw(st.sampled_from(["", "•", "*"])), PALETTE.accent))
    heights = [y for line in lines for y in line.ys]
    levels = [(level, draw(NAMES)) for level in sorted({min(heights), max(heights)})]
    verticals = [(draw(st.integers(1, last)), PALETTE.muted) for _ in range(draw(st.integers(0, 2)))]
    return Chart(lines, last, [1, max(last, 2)], levels, verticals, "step")


@settings(max_examples=60)
@given(charts(), st.integers(16, 60), st.integers(5, 14))
def test_it_is_as_plotext_draws_it(chart: Chart, width: int, height: int) -> None:
    strips = plotted(chart, PALETTE, width, height)
    check_size(strips, width, height)
    assert texts(strips) == [row.rstrip() for row in by_plotext(chart, width, height)]


@given(st.integers(0, 9), st.integers(0, 6))
def test_it_fits_where_there_is_hardly_room(width: int, height: int) -> None:
    line = Line([1.0, 2.0], [0.0, 1.0], "", PALETTE.accent)
    check_size(
        plotted(Chart([line], 2, [1, 2], [(0.0, "0"), (1.0, "1")], [], "step"), PALETTE, width, height), width, height
    )


@given(st.integers(1, 200), st.integers(1, 20), st.text("step", min_size=1, max_size=9))
def test_without_curves_it_is_as_plotext_draws_it(width: int, height: int, unit: str) -> None:
    chart = Chart([], 1, [], [], [], unit)
    strips = plotted(chart, PALETTE, width, height)
    check_size(strips, width, height)
    assert texts(strips) == [row.rstrip() for row in by_plotext(chart, width, height)]
