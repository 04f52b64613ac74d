"""Colours: two themes of the app's own, and the palette that the panels draw with under any theme and terminal.

Sign is shown on a scale from blue (negative) to orange (positive), which people with any of the common colour
blindnesses can tell apart; every meaning also has a mark of its own. A terminal with 8 or 16 colours takes the nearest
of its own, which makes one grey of many: so it gets themes and a palette of nothing but those colours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from tui.glyphs import spelled
from tui.terminal import ANY, Capabilities

__all__ = ["DARK", "LIGHT", "RAMP", "Palette", "palette_of", "themes_for"]

DARK = Theme(
    name="hlt-dark",
    primary="#7aa2f7",
    secondary="#5b6b8c",
    accent="#e0af68",
    foreground="#d5dae6",
    background="#14171f",
    surface="#191d27",
    panel="#232938",
    success="#7dcfa0",
    warning="#e0af68",
    error="#f07178",
    dark=True,
)
LIGHT = Theme(
    name="hlt-light",
    primary="#2553a8",
    secondary="#66738c",
    accent="#8f5400",
    foreground="#1d2430",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e4e1d8",
    success="#1d7a4b",
    warning="#8f5400",
    error="#b3261e",
    dark=False,
)

_BLACK, _DARK_GREY, _GREY, _WHITE = "#000000", "#555555", "#aaaaaa", "#ffffff"
_CURSOR = {"block-cursor-text-style": "bold underline"}  # a terminal that has no colour at all underlines
_FEW_DARK = replace(
    DARK,
    primary="#55ffff",
    secondary=_GREY,
    accent="#ff55ff",
    foreground=_WHITE,
    background=_BLACK,
    surface=_BLACK,
    panel=_BLACK,
    boost=_BLACK,
    success="#55ff55",
    warning="#ffff55",
    error="#ff5555",
    variables={
        "block-cursor-foreground": _BLACK,
        "block-cursor-background": _WHITE,
        "scrollbar": _GREY,
        "scrollbar-background": _BLACK,
        **_CURSOR,
    },
)
_FEW_LIGHT = replace(
    LIGHT,
    primary="#0000aa",
    secondary=_DARK_GREY,
    accent="#aa00aa",
    foreground=_BLACK,
    background=_WHITE,
    surface=_WHITE,
    panel=_WHITE,
    boost=_WHITE,
    success="#00aa00",
    warning="#aa5500",
    error="#aa0000",
    variables={
        "block-cursor-foreground": _WHITE,
        "block-cursor-background": _BLACK,
        "scrollbar": _DARK_GREY,
        "scrollbar-background": _WHITE,
        **_CURSOR,
    },
)

_NEGATIVE = {True: "#57a9ff", False: "#0057b8"}
_POSITIVE = {True: "#ff9f43", False: "#a84300"}
_HALF_RAMP = 16
RAMP = 2 * _HALF_RAMP + 1
"""Colours in a palette's ramp, where it has one."""

_LEVELS = (0.05, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Palette:
    """The styles that panels draw with.

    Attributes:
        text: Ordinary text.
        strong: What the eye should find first.
        muted: Names and units.
        faint: Rules and empty parts of bars.
        accent: The one accent: the current example, the mark of a change.
        focus: The number that the arrow keys stand on.
        good: Right.
        bad: Wrong, and errors.
        negative: From nearly 0 to large, below 0.
        positive: The same above 0.
        ramp: Colours of a surface, from surely class 0 over the background in the middle to surely class 1; empty
            where there are too few of them, and a texture stands for them.
        contour: The line where the decision turns.
        mark: An example on a surface.
        chosen: The example of the present step there, on a ground of its own.
        unicode: Whether the terminal shows more than ASCII.
        quotes: Whether keys in running text are quoted, as nothing else makes them stand out.
    """

    text: Style
    strong: Style
    muted: Style
    faint: Style
    accent: Style
    focus: Style
    good: Style
    bad: Style
    negative: tuple[Style, ...]
    positive: tuple[Style, ...]
    ramp: tuple[RichColor, ...]
    contour: Style
    mark: Style
    chosen: Style
    unicode: bool = True
    quotes: bool = False

    def signed(self, value: float) -> Style:
        """The style of a number by its sign and size."""
        if value == 0 or value != value:
            return self.muted
        size = abs(value)
        level = sum(size >= limit for limit in _LEVELS)
        return (self.negative if value < 0 else self.positive)[level]

    def spelled(self, text: str) -> str:
        """A formula as the terminal can show it."""
        return text if self.unicode else spelled(text)


def themes_for(terminal: Capabilities) -> tuple[Theme, Theme]:
    """The app's own dark and light theme as a terminal can show them."""
    return (DARK, LIGHT) if terminal.many_colors else (_FEW_DARK, _FEW_LIGHT)


def palette_of(theme: Theme, terminal: Capabilities = ANY) -> Palette:
    """The palette that goes with a theme, on a terminal."""
    signs = terminal.unicode, not (terminal.unicode and terminal.colors)
    if not terminal.many_colors:
        return _few_colors(theme.dark, *signs)
    own = DARK if theme.dark else LIGHT
    colors = theme.to_color_system().generate()
    text, ground = colors["foreground"], colors["background"]
    if Color.parse(text).ansi is not None:  # the terminal's own colours, which nobody can tell
        text, ground = str(own.foreground), str(own.background)
    # Right and wrong as in the app's own themes: those of some others are too pale to be read as text.
    return _palette(text, ground, str(own.success), str(own.error), theme.dark, *signs)


@lru_cache(maxsize=32)
def _palette(foreground: str, background: str, good: str, bad: str, dark: bool, unicode: bool, quotes: bool) -> Palette:
    text, ground = Color.parse(foreground), Color.parse(background)
    ends = Color.parse(_NEGATIVE[dark]), Color.parse(_POSITIVE[dark])
    muted = ground.blend(text, 0.62 if dark else 0.7)
    accent = Color.parse((DARK if dark else LIGHT).accent or foreground)
    negative, positive = (
        tuple(_style(muted.blend(end, 0.25 + 0.15 * level)) for level in range(len(_LEVELS) + 1)) for end in ends
    )
    return Palette(
        text=_style(text),
        strong=_style(text, bold=True),
        muted=_style(muted),
        faint=_style(ground.blend(text, 0.28)),
        accent=_style(accent, bold=True),
        focus=_style(accent, bold=True) + Style(reverse=True),
        good=_style(Color.parse(good)),
        bad=_style(Color.parse(bad), bold=True),
        negative=negative,
        positive=positive,
        ramp=_ramp(ground, *ends, dark),
        contour=_style(text, bold=True),
        mark=_style(text, bold=True),
        chosen=_style(ground, bold=True) + Style(bgcolor=_rich(text)),
        unicode=unicode,
        quotes=quotes,
    )


@lru_cache(maxsize=8)
def _few_colors(dark: bool, unicode: bool, quotes: bool) -> Palette:
    """A palette of colours that every terminal has; size shows as bold."""
    theme = _FEW_DARK if dark else _FEW_LIGHT
    text, muted, faint = (_WHITE, _GREY, _DARK_GREY) if dark else (_BLACK, _DARK_GREY, _GREY)
    negative, positive = (
        tuple(_style(Color.parse(end), bold=level > 2) for level in range(len(_LEVELS) + 1))
        for end in (theme.primary, str(theme.warning))
    )
    return Palette(
        text=_style(Color.parse(text)),
        strong=_style(Color.parse(text), bold=True),
        muted=_style(Color.parse(muted)),
        faint=_style(Color.parse(faint)),
        accent=_style(Color.parse(str(theme.accent)), bold=True),
        focus=_style(Color.parse(text), bold=True) + Style(reverse=True),
        good=_style(Color.parse(str(theme.success))),
        bad=_style(Color.parse(str(theme.error)), bold=True),
        negative=negative,
        positive=positive,
        ramp=(),
        contour=_style(Color.parse(text), bold=True),
        mark=_style(Color.parse(text), bold=True),
        chosen=_style(Color.parse(text), bold=True) + Style(reverse=True),
        unicode=unicode,
        quotes=quotes,
    )


def _ramp(ground: Color, negative: Color, positive: Color, dark: bool) -> tuple[RichColor, ...]:
    """From one end over the ground to the other; the ends are held back so that marks stand out on them."""
    most = 0.78 if dark else 0.62
    least = 0.1  # so that the sides can be told apart up to the line between them
    strengths = [least + (most - least) * (step / _HALF_RAMP) ** 0.9 for step in range(1, _HALF_RAMP + 1)]
    below = [ground.blend(negative, strength) for strength in reversed(strengths)]
    return tuple(map(_rich, (*below, ground, *(ground.blend(positive, strength) for strength in strengths))))


def _style(color: Color, bold: bool = False) -> Style:
    return Style(color=_rich(color), bold=bold)


def _rich(color: Color) -> RichColor:
    r, g, b = color.rgb
    return RichColor.from_rgb(r, g, b)
