"""Timeline: where in the run this is, and what was done on the way, on one line."""

from __future__ import annotations

from textual.strip import Strip

from tui.moment import Moment
from tui.theme import Palette
from tui.widgets.canvas import strip_of
from tui.widgets.lines import line

__all__ = ["timeline_line"]

HERE, EDIT, FORK, FINDING = "●", "◆", "┴", "!"


def timeline_line(snapshot: Moment, palette: Palette, width: int) -> Strip:
    """The run from its first step to the last one recorded: done, still ahead, edits, forks, findings, and this point.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
    """
    lines = f"  line {snapshot.line_number} of {snapshot.lines}" if snapshot.lines > 1 else ""
    end = f" {snapshot.recorded:,}"
    start = f"{snapshot.first:,} "
    room = max(width - len(start) - len(end) - len(lines), 4)
    recorded = max(snapshot.recorded - snapshot.first, 1)

    def column(step: int) -> int:
        return max(min((step - snapshot.first) * (room - 1) // recorded, room - 1), 0)

    here = column(snapshot.steps) if snapshot.recorded else 0
    track = ["━" if place < here else "─" for place in range(room)]
    styles = [palette.muted if place < here else palette.faint for place in range(room)]
    for steps, mark, style in (
        (snapshot.forks, FORK, palette.muted),
        (snapshot.edits, EDIT, palette.text),
        (tuple(finding.step for finding in snapshot.findings), FINDING, palette.bad),
        ((snapshot.steps,) if snapshot.ready else (), HERE, palette.accent),
    ):
        for step in steps:
            track[column(step)], styles[column(step)] = mark, style
    return Strip.join([line((start, palette.muted)), strip_of(track, styles), line((end + lines, palette.muted))])
