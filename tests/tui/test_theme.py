"""The palette under every theme: signs, marks and text can be told from the ground and from each other."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.tui.support import opened
from tui.terminal import Capabilities
from tui.theme import DARK, LIGHT, palette_of, themes_for

THEMES = {**BUILTIN_THEMES, DARK.name: DARK, LIGHT.name: LIGHT}


def colour(style: Style) -> Color:
    assert style.color is not None
    return Color.from_rich_color(style.color)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines, from 1 to 21."""

    def luminance(color: Color) -> float:
        parts = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in color.normalized)
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ground(theme: Theme) -> Color:
    surface = Color.parse(theme.to_color_system().generate()["surface"])
    return surface if surface.a and surface.ansi is None else Color.parse("#000000" if theme.dark else "#ffffff")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_style_can_be_read(theme: Theme) -> None:
    palette = palette_of(theme)
    least = 4.5 if theme in (DARK, LIGHT) else 2.0
    for style in (palette.text, palette.muted, palette.accent, *palette.negative, *palette.positive):
        assert contrast(colour(style), ground(theme)) >= least, (theme.name, style)
    assert contrast(colour(palette.good), ground(theme)) >= min(least, 2.0)
    assert contrast(colour(palette.bad), ground(theme)) >= min(least, 2.0)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_signs_differ_and_grow_apart(theme: Theme) -> None:
    palette = palette_of(theme)
    apart = [
        sum(abs(a - b) for a, b in zip(colour(one).rgb, colour(other).rgb))
        for one, other in zip(palette.negative, palette.positive)
    ]
    assert apart == sorted(apart)
    assert apart[0] > 30
    assert apart[-1] > 200
    # Blue for below 0, orange for above it, whatever the theme.
    assert colour(palette.negative[-1]).b > colour(palette.negative[-1]).r
    assert colour(palette.positive[-1]).r > colour(palette.positive[-1]).b


def test_size_decides_the_strength() -> None:
    palette = palette_of(DARK)
    sizes = (0.01, 0.1, 0.3, 0.7, 1.5, 10.0)
    assert [palette.signed(size) for size in sizes] == list(palette.positive)
    assert [palette.signed(-size) for size in sizes] == list(palette.negative)
    assert palette.signed(0.0) == palette.signed(float("nan")) == palette.muted
    assert palette.signed(float("inf")) == palette.positive[-1]


FEW = Capabilities(many_colors=False)


@pytest.mark.parametrize("theme", themes_for(FEW), ids=lambda theme: theme.name)
@pytest.mark.parametrize("grey", [False, True], ids=["colours", "NO_COLOR"])
def test_sixteen_colours_can_be_told_apart(theme: Theme, grey: bool) -> None:
    palette = palette_of(theme, FEW)
    base = ground(theme).rich_color.downgrade(ColorSystem.STANDARD)
    styles = (palette.text, palette.muted, palette.faint, palette.accent, palette.good, palette.bad)
    for style in (*styles, *palette.negative, *palette.positive):
        shown = colour(style).monochrome if grey else colour(style)
        assert shown.rich_color.downgrade(ColorSystem.STANDARD) != base, style
        assert style is palette.faint or contrast(shown, ground(theme)) >= 2.9, style
    told = {colour(style).rgb for style in (palette.text, palette.muted, palette.accent, palette.good, palette.bad)}
    assert len(told | {colour(palette.negative[0]).rgb, colour(palette.positive[0]).rgb}) == 7


async def test_the_app_runs_under_every_theme() -> None:
    async with opened("two-layer/xor @3") as seen:
        shown = seen.status, seen.parameters, seen.examples
        for name in BUILTIN_THEMES:
            seen.app.theme = name
            await seen.until(lambda: "two-layer" in seen.text)
            assert (seen.status, seen.parameters, seen.examples) == shown
