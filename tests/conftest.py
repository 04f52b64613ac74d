"""For all tests: one thread for PyTorch, in them and in the programs they start; little for the collector to do.

Nets as small as these gain nothing from a second thread, and where other tests run beside, each waits for the other.

Where Python is told to keep no compiled modules, it keeps them here all the same: a hundred programs are started, each
of which would compile all of this project again, as pytest would all tests.

What a test registers is gone when it ends, so that none depends on those before it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest

from hltcore.plugins import ADDED

os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the tests' modules have loaded stays to the end: with torch among it, each full collection takes 0.1 s."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _registries_put_back() -> Iterator[None]:
    put_back = [registry.saved() for registry in ADDED.values()]
    yield
    for restore in put_back:
        restore()
