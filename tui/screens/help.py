"""Help: the keys by group, and the words of the screen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import chain, groupby, zip_longest
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.keymap import Key
from tui.screens.sheet import Sheet

__all__ = ["HelpScreen"]

_PHASES = (
    ("forward", "the model computes its prediction ŷ from the input x"),
    ("loss", "one number says how far ŷ is from the target y"),
    ("zero-grad", "the gradients of the step before are thrown away"),
    ("backward", "the chain rule gives each parameter its gradient"),
    ("update", "the optimizer moves each parameter against its gradient"),
)
_WORDS = (
    ("parameter", "a weight or a bias: one of the numbers that the model learns"),
    ("gradient", "how the loss changes when a parameter grows a little"),
    ("lr", "the learning rate: how far an update goes against the gradient"),
    ("batch", "the examples that one step looks at"),
    ("step", "one update of the parameters, from one batch"),
    ("epoch", "one pass through the data; other data begin a new one"),
    ("seed", "where random numbers start: the same seed, the same run"),
    ("12e+3", "a point in a run: 12 epochs and 3 steps are complete"),
    ("spec", "the one line that names a run and leads to the same state anywhere"),
)
_MARKS = (
    ("▲ ▼", "this number went up, or down, in the last step"),
    ("= ≠", "frozen: no update moves it; in a twin: another number than the other run's"),
    ("● ◆ ┴ !", "on the timeline: this point, a change, a fork to another line of history, a finding"),
    ("☠", "a dead unit: no example opens it, so no gradient reaches its weights"),
    ("y  ŷ", "the target, and the prediction with the parameters as now"),
    ("σ(ŷ)", "the sigmoid of ŷ: an output of any size as a probability"),
    ("▸", "the example that the last step or phase used, and the rows of a table that it picked"),
    ("✓ ✗", "the prediction is on the right, or the wrong side"),
    ("‹ ›", "ŷ lies below 0, or above 1"),
    ("○ ✓ ?", "in a lesson: to do, done, and a question before it is answered"),
    ("• ?", "changed from or to no number; no number"),
    ("◌ ●", "PyTorch is loading; the one in use, in a list"),
    ("* ✗", "in a sheet: another value than the one in force; no value"),
)
_SHEETS = (
    ("↑ ↓", "the row above or below; in a line to type, a suggestion"),
    ("space", "the next choice, where there are some; → completes a word"),
    ("enter", "take it; what is refused stays, with the reason"),
    ("escape", "leave everything as it is"),
)
_TWO_COLUMNS = 100  # columns of the page from which on it has two
_LEFT = 58
_BETWEEN = 4


class HelpScreen(Sheet[None]):
    """A page to learn the program from.

    Args:
        keys: Those that it is to tell of.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (128, "-wide")]  # noqa: RUF012 (Textual does not declare it ClassVar)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss_none", "Close", show=False)]

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._told = tuple(keys)

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        with VerticalScroll(classes="dialog -page -help"):
            yield _Page(self._told)

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_dismiss_none(self) -> None:
        """Close."""
        self.dismiss(None)


class _Page(Widget):
    """The page, laid out for the width there is."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        super().__init__(id="help-text")
        self._shown = keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Textual asks how high it is."""
        return len(_page(width, self._shown))

    def render(self) -> Content:
        """Textual asks for all of it."""
        return Content("\n").join(_page(self.size.width, self._shown))


def _page(width: int, shown: tuple[Key, ...]) -> list[Content]:
    tables = [
        (group, [(key.shown, key.description) for key in keys])
        for group, keys in groupby(shown, key=lambda key: key.group)
    ]
    tables += [
        ("In a list or a sheet", list(_SHEETS)),
        ("A step has five phases", list(_PHASES)),
        ("Words", list(_WORDS)),
        ("Marks", list(_MARKS)),
    ]
    if width >= _TWO_COLUMNS:
        lines = _two_columns(tables, width)
    else:
        lines = list(chain.from_iterable(_table(title, rows, width) for title, rows in tables))
    return [*lines, Content.styled("escape closes this page", "$foreground-muted")]


def _table(title: str, rows: list[tuple[str, str]], width: int) -> list[Content]:
    """A heading, its rows with the second column wrapped under itself, and an empty line."""
    margin = max(len(left) for left, _ in rows) + 4
    lines = [Content.styled(title, "bold $accent")]
    for left, right in rows:
        first, *rest = textwrap.wrap(right, max(width - margin, 1)) or [""]
        lines.append(Content.assemble((f"  {left}".ljust(margin), "bold"), first))
        lines += [Content(" " * margin + more) for more in rest]
    return [*lines, Content("")]


def _two_columns(tables: list[tuple[str, list[tuple[str, str]]]], width: int) -> list[Content]:
    """The tables in two columns, broken where these come out most alike."""
    left = [_table(title, rows, _LEFT) for title, rows in tables]
    right = [_table(title, rows, width - _LEFT - _BETWEEN) for title, rows in tables]
    halves = [(list(chain(*left[:at])), list(chain(*right[at:]))) for at in range(len(tables) + 1)]
    return [
        Content.assemble(one.pad_right(_LEFT + _BETWEEN - one.cell_length), other)
        for one, other in zip_longest(*min(halves, key=lambda half: max(map(len, half))), fillvalue=Content(""))
    ]
