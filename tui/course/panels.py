"""Panels: the names by which a lesson asks for one."""

from __future__ import annotations

__all__ = ["PANELS"]

PANELS = ("parameters", "examples", "loss", "inside", "story", "surface", "network", "findings", "embedding", "script")
"""Every panel that shows one run."""
