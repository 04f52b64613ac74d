"""A sweep on a Dask cluster: two workers on this machine, each a process of its own that is reached over TCP."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from hltcore.sweeps.plan import Plan
from hltcore.sweeps.result import Sweep
from hltcore.sweeps.sweeping import shards

distributed = pytest.importorskip("distributed", reason="needs Dask: pip install 'hlt-tui[dask]'")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

PLAN = Plan.make("two-layer/xor/mse/sgd lr=0.1", 200, 20, {"hidden": [2, 3]})


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        yield client


def test_a_cluster_of_two_gives_the_same(client: Any) -> None:
    assert len({os.getpid(), *client.run(os.getpid).values()}) == 3
    with client.get_executor(pure=False) as executor:
        there = Sweep(PLAN, dict(shards(PLAN, executor=executor, largest=64)))
    here = Sweep(PLAN, dict(shards(PLAN)))
    assert [variant.outcomes for variant in there] == [variant.outcomes for variant in here]
    assert [variant.fan() for variant in there] == [variant.fan() for variant in here]
    assert all(not variant.notes for variant in there)


def test_what_a_lost_worker_had_is_trained_by_the_other(client: Any) -> None:
    long = Plan.make("two-layer/xor/mse/sgd lr=0.1", 1000, 400, {})
    done = {}
    with client.get_executor(pure=False) as executor:
        for piece, shard in shards(long, executor=executor, largest=64):
            if not done:  # the others are under way or wait
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
            done[piece] = shard
    assert Sweep(long, done)[0].outcomes == Sweep(long, dict(shards(long)))[0].outcomes
