"""The findings panel: newest first, a finding to choose and to go to, and the checks that looked or did not."""

from __future__ import annotations

import pytest
from textual.geometry import Offset

from hltcore import RunSpec, Trainer, diagnostics
from tests.tui.panels import check_size, look, texts
from tests.tui.support import SMALL, WIDE, Seen, opened
from tui.observer import unbuilt
from tui.panels.findings import finding_view, findings_title
from tui.theme import DARK, palette_of

PALETTE = palette_of(DARK)
DYING = "two-layer/xor seed=3 @12e"


def chosen(seen: Seen) -> str:
    """The heading in the style of the choice, where it can be seen."""
    panel = seen.main.query_one("#findings")
    lines = seen.main.query_one("#findings-lines")
    top = panel.scroll_offset.y
    shown = range(top, min(top + panel.content_size.height, lines.size.height))
    segments = [segment for y in shown for segment in lines.render_line(y)]
    return " ".join(s.text.strip() for s in segments if s.style is not None and s.style.reverse)


@pytest.mark.parametrize("width", [24, 40, 78, 138])
def test_all_is_told_in_any_width_the_newest_first(width: int) -> None:
    snapshot = look("eight-layer/language-id/difference seed=1 @9e")
    view = finding_view(snapshot, PALETTE, width)
    check_size(view.lines, width, 10_000)
    told = " ".join(" ".join(texts(view.lines)).split())
    assert [finding for finding, _ in view.places] == list(reversed(snapshot.findings))
    for finding, lines in view.places:
        assert all(view.at(y) == finding for y in lines)
        assert " ".join(f"{finding.told} {finding.advice}".split()) in told
    assert view.at(len(view.lines)) is None


def test_it_says_which_checks_looked_and_why_others_did_not() -> None:
    start = look("two-layer/xor")
    told = " ".join(" ".join(texts(finding_view(start, PALETTE, 78).lines)).split())
    first = [check.name for check in diagnostics.CHECKS if check.when == "start"]
    later = [check.name for check in diagnostics.CHECKS if check.when == "epoch"]
    assert f"{len(first)} checks looked at this run: {', '.join(first)}." in told
    assert f"{len(later)} checks did not. No epoch is complete yet: {', '.join(later)}." in told
    assert findings_title(start) == f"Findings · {len(first)} of {len(diagnostics.CHECKS)} checks have looked"

    def broken(facts: diagnostics.StepFacts) -> tuple[diagnostics.Finding, ...]:
        raise ValueError("no [b]such[/b] thing")

    diagnostics.register("broken", broken, when="step")
    try:
        lines = texts(finding_view(look("two-layer/xor @1"), PALETTE, 78).lines)
    finally:
        diagnostics.registry.remove("broken")
    assert "1 check did not. ValueError: no [b]such[/b] thing: broken." in lines


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_arrows_choose_a_finding_and_enter_goes_to_where_it_began(size: tuple[int, int]) -> None:
    findings = list(reversed(Trainer.from_spec(DYING).findings))
    async with opened(DYING, size) as seen:
        await seen.press("8", until=lambda: chosen(seen) == findings[0].check)
        for finding in (*findings[1:], findings[-1]):
            await seen.press("down", until=lambda f=finding: chosen(seen) == f"{f.check} {f.where}")
        await seen.press("up", until=lambda: chosen(seen) == f"{findings[-2].check} {findings[-2].where}")
        await seen.press("enter", until=f"   {findings[-2].since} steps done")
        await seen.until(lambda: seen.app.main_screen.focus_cell == findings[-2].place)
        assert findings[-2].told[:40] in seen.status
        assert seen.snapshot.recorded == 48
        await seen.press("8", until=lambda: chosen(seen) == f"{findings[-2].check} {findings[-2].where}")


async def test_a_click_goes_there_too() -> None:
    async with opened(DYING) as seen:
        await seen.press("8", until=lambda: "dead-unit" in seen.text)
        finding, lines = finding_view(seen.snapshot, PALETTE, 77).places[1]
        await seen.pilot.click("#findings-lines", offset=Offset(6, lines[1]))
        await seen.until(lambda: seen.app.main_screen.focus_cell == finding.place)
        assert seen.snapshot.steps == finding.since


async def test_with_nothing_found_the_arrows_scroll_and_enter_does_nothing() -> None:
    async with opened("logistic-regression/and @3", (60, 16)) as seen:
        panel = seen.main.query_one("#findings")
        await seen.press("8", until=lambda: "Nothing was found" in seen.text)
        await seen.press("down", until=lambda: panel.scroll_offset.y == 1)
        await seen.press("enter", "up", until=lambda: panel.scroll_offset.y == 0)
        assert seen.app.main_screen.focus_cell is None
        assert seen.app.screen is seen.main


def test_nothing_is_said_to_be_found_or_not_before_there_is_a_run() -> None:
    told = " ".join(texts(finding_view(unbuilt(RunSpec.parse("eight-layer/xor")), PALETTE, 78).lines))
    assert "no check has looked yet" in told
    assert "Nothing was found" not in told
