"""Script: the run as a plain script, kept until something in it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hltcore.edits import Mark, Position
from hltcore.errors import HltError
from hltcore.spec import RunSpec

if TYPE_CHECKING:
    from hltcore.export.script import Line

__all__ = ["Scribe", "Script"]

_EPOCHS = 49
"""So many it trains at least, as ``python -m hltcore export`` does."""


@dataclass(frozen=True)
class Script:
    """A run as a script.

    Attributes:
        lines: Its lines; none where it cannot be written.
        refusal: Why not.
    """

    lines: tuple[Line, ...] = ()
    refusal: str = ""


class Scribe:
    """Writes the script of a run as it stands, again only when it is another one."""

    def __init__(self) -> None:
        self._spec: RunSpec | None = None
        self._script = Script()

    def write(self, spec: RunSpec) -> Script:
        """The script of a run.

        Its last loop goes to the end of the present epoch, or of the 49th: so it stays the same from step to step.

        Args:
            spec: The line to the state that is looked at.
        """
        here = spec.position
        edits = tuple(mark for mark in spec.marks if mark.edit is not None)
        end = Mark(Position(0, max((here.epoch or 0) + 1, _EPOCHS)))
        line = replace(spec, marks=(*edits, end))
        if line != self._spec:
            from hltcore.export.compose import compose  # late: the panel is one that is asked for

            self._spec = line
            try:
                self._script = Script(tuple(compose(line).lines()))
            except HltError as error:
                self._script = Script(refusal=str(error))
        return self._script
