"""Export: a run to take away: as a plain script, a notebook, a table, a plot, or its weights."""

from __future__ import annotations

from hltcore.export.compose import compose
from hltcore.export.notebook import notebook
from hltcore.export.script import Script

__all__ = ["Script", "compose", "notebook"]
