"""For all tests: one thread for PyTorch, in them and in the programs they start; little for the collector to do.

Nets as small as these gain nothing from a second thread, and where other tests run beside, each waits for the other.
"""

from __future__ import annotations

import gc
import os

import pytest

os.environ["OMP_NUM_THREADS"] = "1"


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the tests' modules have loaded stays to the end: with torch among it, each full collection takes 0.1 s."""
    gc.collect()
    gc.freeze()
