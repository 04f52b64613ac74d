"""Field: one line to type into, one row high, that takes nothing a terminal would obey."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.suggester import SuggestFromList
from textual.widgets import Input

__all__ = ["Choice", "Field", "Several"]


class Field(Input):
    """A line of text; blanks of any kind become spaces, and what is not printable is left out.

    Args:
        value: The text to begin with.
        id: Its name on the screen.
        select_on_focus: Whether typing begins with replacing the text.
        completions: What the text may be completed to.
    """

    def __init__(
        self,
        value: str = "",
        *,
        id: str | None = None,
        select_on_focus: bool = False,
        completions: Sequence[str] = (),
    ) -> None:
        suggester = SuggestFromList(completions, case_sensitive=False) if completions else None
        super().__init__(_clean(value), id=id, compact=True, select_on_focus=select_on_focus, suggester=suggester)

    def validate_value(self, value: str) -> str:
        """Clean what was typed or pasted."""
        return _clean(value)

    def on_key(self, event: events.Key) -> None:
        """Act at once: Textual runs a binding only after letters that were typed behind it are in the text."""
        if event.key not in ("enter", "backspace"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(self.Submitted(self, self.value))
        else:
            self.action_delete_left()


class Choice(Field):
    """A field for one of several words, which the space bar goes through; typing a word works as well.

    Args:
        value: The text to begin with.
        choices: The words.

    Attributes:
        choices: The words.
    """

    def __init__(self, value: str, choices: Sequence[str]) -> None:
        super().__init__(value, select_on_focus=True, completions=choices)
        self.choices = tuple(choices)

    def on_key(self, event: events.Key) -> None:
        """Take the next word, or the one before."""
        step = {"space": 1, "ctrl+right": 1, "ctrl+left": -1}.get(event.key)
        if step is not None:
            event.stop()
            event.prevent_default()
            self.value = self.beside(step)
            self.action_select_all()

    def beside(self, step: int) -> str:
        """The next choice, or the one before."""
        here = self.choices.index(self.value) if self.value in self.choices else -step
        return self.choices[(here + step) % len(self.choices)]


class Several(Choice):
    """A field for some of several words, joined by "+"; the space bar adds one more, and begins again after all."""

    def beside(self, step: int) -> str:
        """With one word more, or with one less."""
        words = [word for word in self.value.split("+") if word in self.choices]
        absent = [choice for choice in self.choices if choice not in words]
        words = [*words, *absent[:1]] if step > 0 and absent else words[:-1] if step < 0 else []
        return "+".join(words or self.choices[:1])


def _clean(text: str) -> str:
    return "".join(c for c in (" " if c.isspace() else c for c in text) if c.isprintable())
