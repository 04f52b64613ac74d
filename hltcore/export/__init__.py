"""Export: a run to take away: as a plain script, a notebook, a table, a plot, or its weights."""

from __future__ import annotations
