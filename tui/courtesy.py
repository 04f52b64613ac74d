"""Courtesy: who has time lets a key be answered first.

Python runs one thread at a time. Without this a key that comes while the run's thread plays, or imports torch, is
answered at half the speed.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader  # which imports a lot, and is not needed by what Python calls

__all__ = ["Courtesy"]

_ANSWER = 0.04  # seconds in which most keys are answered
_TURN = 0.02  # seconds after that which nobody takes from the run's thread, or a key that is held would stop it


class Courtesy:
    """Whether somebody waits for an answer.

    Args:
        clock: Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = -math.inf

    def ask(self) -> None:
        """Somebody does, from now on."""
        now = self._clock()
        if now >= self._until + _TURN:
            self._until = now + _ANSWER

    @property
    def wait(self) -> float:
        """Seconds that one who has time should wait."""
        return max(self._until - self._clock(), 0.0)

    @contextmanager
    def between_imports(self) -> Iterator[None]:
        """Wait before each module that this thread imports."""
        finder = _Finder(self)
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)


class _Finder:
    """Is asked first where a module is; finds what is found without it, too."""

    def __init__(self, courtesy: Courtesy) -> None:
        self._courtesy = courtesy
        self._thread = threading.get_ident()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Called by Python before a module is imported, under a lock that other threads' imports need."""
        spec = PathFinder.find_spec(name, path, target) if threading.get_ident() == self._thread else None
        if spec is None or spec.loader is None:
            return None
        spec.loader = cast("Loader", _Waiting(spec.loader, self._courtesy))
        return spec


class _Waiting:
    """Waits before a module is executed, and leaves no trace in it."""

    def __init__(self, loader: Loader, courtesy: Courtesy) -> None:
        self._loader = loader
        self._courtesy = courtesy

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Called by Python for a new module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Called by Python to fill it."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        if wait := self._courtesy.wait:
            time.sleep(wait)
        self._loader.exec_module(module)
