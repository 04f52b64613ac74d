"""Garbage is looked for once nothing happens, and not before."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Iterator

import pytest

from tui.tidying import Tidier


class Ring:
    """An object that only a look for garbage finds to be gone."""

    def __init__(self) -> None:
        self.own = self


def old_garbage() -> weakref.ref[Ring]:
    """A ring that was alive until looks for young garbage had passed it by."""
    ring = Ring()
    gc.collect(1)
    gc.collect(1)
    return weakref.ref(ring)


@pytest.fixture
def tidier() -> Iterator[Tidier]:
    before = gc.get_threshold()
    tidier = Tidier()
    tidier.begin()
    tidier.settle()
    yield tidier
    gc.unfreeze()
    gc.set_threshold(*before)


async def test_garbage_goes_when_nothing_happens_and_not_while_something_does(tidier: Tidier) -> None:
    ring = old_garbage()
    for _ in range(4):
        gc.collect(0)
    for _ in range(5):
        tidier.stir()
        stirred = time.monotonic()
        await asyncio.sleep(0.1)
        assert ring() is not None or time.monotonic() - stirred > 0.25  # a busy machine
    end = time.monotonic() + 20
    while ring() is not None:
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def test_it_is_not_looked_for_where_little_was_made(tidier: Tidier) -> None:
    await test_garbage_goes_when_nothing_happens_and_not_while_something_does(tidier)
    ring = old_garbage()
    tidier.stir()
    await asyncio.sleep(0.5)
    assert ring() is not None


async def test_without_being_told_to_begin_it_leaves_the_process_alone() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    tidier = Tidier()
    tidier.settle()
    ring = old_garbage()
    for _ in range(4):
        gc.collect(0)
    tidier.stir()
    await asyncio.sleep(0.5)
    assert ring() is not None
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)
