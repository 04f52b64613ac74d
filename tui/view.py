"""View: what the screen looks at, so that a snapshot carries no more than is shown."""

from __future__ import annotations

from dataclasses import dataclass

from tui.cells import Focus

__all__ = ["View"]


@dataclass(frozen=True)
class View:
    """What a snapshot is to carry besides the run's own state.

    Attributes:
        focus: The number whose path is wanted.
        surface: Columns and rows of the picture of the prediction over the plane; None where none is shown.
        units: Columns and rows of the picture of each hidden unit; None where none is shown.
        network: Whether the diagram of the network is shown.
        embedding: Whether the rows of the embedding table are shown as points.
        story: Whether the story of one number or tensor is shown.
        script: Whether the script of the run is shown.
    """

    focus: Focus | None = None
    surface: tuple[int, int] | None = None
    units: tuple[int, int] | None = None
    network: bool = False
    embedding: bool = False
    story: bool = False
    script: bool = False
