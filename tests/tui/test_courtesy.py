"""Whoever has time waits while a key is answered, but never for long, and never is stopped by a key that is held."""

from __future__ import annotations

import sys
import threading
import time
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from tui.courtesy import Courtesy


def test_nobody_waits_unless_asked() -> None:
    assert Courtesy().wait == 0


def test_a_key_that_is_held_leaves_time_to_others() -> None:
    courtesy = Courtesy()
    free, end = 0.0, time.monotonic() + 0.5
    while (now := time.monotonic()) < end:
        courtesy.ask()
        time.sleep(0.001)
        if not courtesy.wait:
            free += time.monotonic() - now
    assert 0.1 < free < 0.4


@pytest.mark.parametrize("asked", [False, True])
def test_imports_wait_on_the_thread_that_lets_them(
    asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"one_{asked}.py").touch()
    (tmp_path / f"other_{asked}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    courtesy, begun, ended = Courtesy(), threading.Event(), threading.Event()
    took = {}

    def timed(name: str) -> None:
        began = time.monotonic()
        import_module(f"{name}_{asked}")
        took[name] = time.monotonic() - began

    def loads() -> None:
        with courtesy.between_imports():
            if asked:
                courtesy.ask()
            begun.set()
            timed("one")
        ended.set()

    before = list(sys.meta_path)
    threading.Thread(target=loads).start()
    begun.wait()
    timed("other")
    assert ended.wait(5)
    assert (took["one"] > 0.03) == asked
    assert took["other"] < 0.03
    assert sys.meta_path == before
    module = sys.modules[f"one_{asked}"]
    assert module.__spec__ is not None
    assert type(module.__loader__) is type(module.__spec__.loader) is SourceFileLoader
