"""Findings: what the checks have found out about the run, the newest first, with the numbers and what to try."""

from __future__ import annotations

from textwrap import wrap

from textual.strip import Strip

from hltcore.diagnostics.finding import Finding
from tui.formatting import plain
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import line

__all__ = ["finding_lines", "findings_title"]

_INDENT = "    "


def findings_title(snapshot: Snapshot) -> str:
    """How many there are."""
    return f"Findings: {len(snapshot.findings)}" if snapshot.findings else "Findings"


def finding_lines(snapshot: Snapshot, palette: Palette, width: int) -> list[Strip]:
    """Each finding: the step and the check, what was found, and what to try.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
    """
    if not snapshot.findings:
        told = "Nothing was found so far. Checks look at every step and at the end of every epoch."
        return [line((text, palette.muted)) for text in wrap(told, max(width, 1))]
    newest_first = reversed(snapshot.findings)
    return [strip for finding in newest_first for strip in _told(finding, snapshot.steps, palette, width)]


def _told(finding: Finding, here: int, palette: Palette, width: int) -> list[Strip]:
    ahead = finding.step > here
    heading = f" {finding.check}"
    place = f"  after step {finding.step}" + (", ahead" if ahead else "")
    lines = [line(("!", palette.bad), (heading, palette.muted if ahead else palette.strong), (place, palette.muted))]
    for text, style in ((finding.told, palette.muted if ahead else palette.text), (finding.advice, palette.muted)):
        rows = wrap(plain(text), max(width, 20), initial_indent=_INDENT, subsequent_indent=_INDENT)
        lines += [line((row, style)) for row in rows]
    return lines
