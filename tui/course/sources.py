"""Sources: where lessons come from besides this package: packages that are installed, and plugins.

A lesson is data, so its package is looked for and not imported. What a lesson's runs are made of may be in a package,
too: that is loaded by its own entry points, as for any spec that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hltcore.plugins import Plugin

__all__ = ["GROUP", "folders"]

GROUP = "hlt_tui.lessons"
"""The entry points that name a package, or a folder in one, with lessons: ``course = "course.lessons"``."""
_BESIDE = "lessons"


def folders(plugins: Iterable[Plugin] = ()) -> Iterator[Path]:
    """The folders with lessons, those of installed packages first; one that is not there is among them, too.

    Args:
        plugins: What was loaded: the folder ``lessons`` beside a plugin's file, or in its package, is one of these.
    """
    from importlib import metadata  # late: looking through what is installed takes longer than the first frame

    for point in metadata.entry_points(group=GROUP):
        yield _folder(point.module)
    for plugin in plugins:
        if plugin.folder is not None and (plugin.folder / _BESIDE).is_dir():
            yield plugin.folder / _BESIDE


def _folder(module: str) -> Path:
    """Where a package lies, not importing any."""
    from importlib.util import find_spec

    top, *rest = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places or ()), top), *rest)
