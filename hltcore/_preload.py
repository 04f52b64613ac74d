"""Preload: torch's shared libraries, opened with Python's lock let go, for a program that answers keys meanwhile.

``import torch`` opens them, too, but holds the lock for the sixth of a second that it takes, in which no other thread
of Python does anything. What is open already it finds open.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

__all__ = ["preload"]

_LIBRARY = "libtorch_python.so"
"""It brings along all others; those for CUDA, too, where torch is built with it."""


def preload() -> None:
    """Open them; where they are called otherwise, or are elsewhere, do nothing: ``import torch`` knows its way."""
    spec = find_spec("torch") if sys.platform == "linux" and "torch" not in sys.modules else None
    if spec is None or spec.origin is None:
        return
    path = Path(spec.origin).parent / "lib" / _LIBRARY
    if not path.is_file():
        return
    import ctypes  # late, as this is the only use of it
    import os

    # Called as any function of the C library, unlike ctypes.CDLL(path), which holds the lock.
    opens = ctypes.CDLL(None).dlopen
    opens.argtypes, opens.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    opens(os.fsencode(path), os.RTLD_NOW)
