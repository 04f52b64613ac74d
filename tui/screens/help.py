"""Help: the keys by group, and the words of the screen."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.keymap import KEYS

__all__ = ["HelpScreen"]

_PHASES = (
    ("forward", "the model computes its prediction ŷ from the input x"),
    ("loss", "one number says how far ŷ is from the target y"),
    ("zero-grad", "the gradients of the step before are thrown away"),
    ("backward", "the chain rule gives each parameter its gradient"),
    ("update", "the optimizer moves each parameter against its gradient"),
)
_WORDS = (
    ("step", "one update of the parameters, from one batch"),
    ("epoch", "one pass through the data; other data begin a new one"),
    ("12e+3", "a point in a run: 12 epochs and 3 steps are complete"),
    ("▲ ▼", "this number went up, or down, in the last step"),
    ("y  ŷ", "the target, and the prediction with the parameters as now"),
    ("σ(ŷ)", "the sigmoid of ŷ: an output of any size as a probability"),
    ("▸", "the example that the last step or phase used"),
    ("✓ ✗", "the prediction is on the right, or the wrong side"),
    ("‹ ›", "ŷ lies below 0, or above 1"),
    ("• ?", "changed from or to no number; no number"),
    ("◌ ●", "PyTorch is loading; the one in use, in a list"),
)


class HelpScreen(ModalScreen[None]):
    """A page to learn the program from."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss_none", "Close", show=False)]

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        with VerticalScroll(classes="dialog -page"):
            yield Static(_page(), id="help-text")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_dismiss_none(self) -> None:
        """Close."""
        self.dismiss(None)


def _page() -> Content:
    parts: list[Content] = []
    for group, keys in groupby(KEYS, key=lambda key: key.group):
        parts.append(_table(group, [(key.shown, key.description) for key in keys]))
    parts.append(_table("A step has five phases", list(_PHASES)))
    parts.append(_table("Words and marks", list(_WORDS)))
    parts.append(Content.styled("escape closes this page", "$text-muted"))
    return Content("\n\n").join(parts)


def _table(title: str, rows: list[tuple[str, str]]) -> Content:
    width = max(len(left) for left, _ in rows)
    lines = [Content.styled(title, "bold $accent")]
    lines += [Content.assemble((f"  {left.ljust(width)}  ", "bold"), (right, "$text")) for left, right in rows]
    return Content("\n").join(lines)
