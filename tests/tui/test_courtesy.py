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
    now = 0.0
    courtesy = Courtesy(lambda: now)
    free = 0
    for millisecond in range(600):
        now = millisecond / 1000
        courtesy.ask()
        free += not courtesy.wait
    assert 150 < free < 250


class Asked(Courtesy):
    """Somebody has asked, and for long."""

    wait = 0.5  # type: ignore[assignment]


@pytest.mark.parametrize("courtesy", [Courtesy(), Asked()])
def test_imports_wait_on_the_thread_that_lets_them(
    courtesy: Courtesy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type(courtesy).__name__.lower()
    for name in ("one", "other"):
        (tmp_path / f"{name}_{kind}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    begun, took = threading.Event(), []

    def loads() -> None:
        with courtesy.between_imports():
            begun.set()
            began = time.monotonic()
            import_module(f"one_{kind}")
            took.append(time.monotonic() - began)

    before = list(sys.meta_path)
    thread = threading.Thread(target=loads)
    thread.start()
    begun.wait()
    import_module(f"other_{kind}")
    assert not (courtesy.wait and took)  # the other thread still waits, and this one has not
    thread.join(20)
    assert took[0] >= courtesy.wait
    assert sys.meta_path == before
    module = sys.modules[f"one_{kind}"]
    assert module.__spec__ is not None
    assert type(module.__loader__) is type(module.__spec__.loader) is SourceFileLoader
