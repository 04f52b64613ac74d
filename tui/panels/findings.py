"""Findings: what the checks have found out about the run, the newest first, and which checks have looked at all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from hltcore.diagnostics.finding import Finding
from tui.formatting import plain, tally
from tui.moment import Moment
from tui.theme import Palette
from tui.widgets.lines import line, prose

__all__ = ["FindingView", "chosen_among", "finding_view", "findings_title"]

_INDENT = "    "
_LEAST = 20  # columns of text


@dataclass(frozen=True)
class FindingView:
    """The panel, and where each finding stands on it.

    Attributes:
        lines: What is drawn.
        places: Each finding, from the newest on, with its lines.
    """

    lines: list[Strip]
    places: tuple[tuple[Finding, range], ...]

    def at(self, line: int) -> Finding | None:
        """The finding that stands there, or None."""
        return next((finding for finding, lines in self.places if line in lines), None)

    def beside(self, chosen: Finding | None, places: int) -> tuple[Finding, range] | None:
        """The finding so many places below another one, with its lines; None where there is none."""
        found = [place + places for place, (finding, _) in enumerate(self.places) if finding == chosen]
        return self.places[found[0]] if found and 0 <= found[0] < len(self.places) else None


def findings_title(snapshot: Moment) -> str:
    """How many there are, and how many checks have looked."""
    every = len(snapshot.checked) + len(snapshot.unchecked)
    checks = f" · {len(snapshot.checked)} of {every} checks have looked" if every else ""
    found = f": {len(snapshot.findings)}" if snapshot.findings else ""
    return f"Findings{found}{checks}" + (" · ↑ ↓, enter goes there" if found else "")


def chosen_among(snapshot: Moment, chosen: Finding | None) -> Finding | None:
    """The chosen finding, or the newest where that one is not there; None where there is none."""
    if chosen in snapshot.findings:
        return chosen
    return snapshot.findings[-1] if snapshot.findings else None


def finding_view(snapshot: Moment, palette: Palette, width: int, chosen: Finding | None = None) -> FindingView:
    """Each finding: the step and the check, what was found, and what to try; then the checks.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
        chosen: The finding that ``enter`` goes to; the newest where it is not there.
    """
    chosen = chosen_among(snapshot, chosen)
    lines: list[Strip] = []
    places = []
    for finding in reversed(snapshot.findings):
        start = len(lines)
        lines += _told(finding, snapshot.steps, palette, width, is_chosen=finding == chosen)
        places.append((finding, range(start, len(lines))))
    if not snapshot.findings:
        told = (
            "Nothing was found so far. Checks look at each step with an odd loss, and now and then at an epoch's end."
            if snapshot.ready
            else "The run is being built: no check has looked yet."
        )
        lines += prose(told, palette.muted, width)
    return FindingView([*lines, *_checks(snapshot, palette, width)], tuple(places))


def _told(finding: Finding, here: int, palette: Palette, width: int, *, is_chosen: bool) -> list[Strip]:
    ahead = finding.step > here
    heading = f" {finding.check} {plain(finding.where)}".rstrip()
    since = f", since step {finding.since}" if finding.since < finding.step else ""
    place = f"  after step {finding.step}{since}" + (", ahead" if ahead else "")
    room = max(width - 1 - cell_len(heading), 0)
    if room < cell_len(place):  # what is found counts more than where
        heading = f" {finding.check}"
    style = palette.focus if is_chosen else palette.muted if ahead else palette.strong
    lines = [line(("!", palette.bad), (heading, style), (place, palette.muted)).crop(0, max(width, 0))]
    lines += _text(finding.told, palette.muted if ahead else palette.text, width)
    return lines + _text(finding.advice, palette.muted, width)


def _text(text: str, style: Style, width: int) -> list[Strip]:
    return [line((row, style)) for row in _wrapped(f"{_INDENT}{plain(text)}", width)]


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, max(width, _LEAST), subsequent_indent=_INDENT, break_on_hyphens=False)


def _checks(snapshot: Moment, palette: Palette, width: int) -> list[Strip]:
    """Which checks have looked, and which have not, with why."""
    groups: list[tuple[str, tuple[str, ...]]] = []
    if snapshot.checked:
        groups.append((f"{tally(len(snapshot.checked), 'check')} looked at this run", snapshot.checked))
    for why, items in groupby(sorted(snapshot.unchecked, key=lambda item: item.why), lambda item: item.why):
        names = tuple(item.check for item in items)
        groups.append((f"{tally(len(names), 'check')} did not. {why.rstrip('.')}", names))
    lines: list[Strip] = []
    for told, checks in groups:
        rows = _wrapped(plain(f"{told}: {', '.join(checks)}."), width)
        lines += [line(), *(line((row, palette.muted)) for row in rows)]
    return lines
