"""RunLog: an event log read at any step, whatever has become of it, and whoever has written it."""

from __future__ import annotations

import base64
import io
import json
import math
import os
import struct
import threading
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Trainer, recording
from hltcore.events import Edited, EpochEvent
from hltcore.log import RunLog
from hltcore.log_lines import LONGEST, read_line
from hltcore.logged import LogStarted, LogStep, Summary, WholeTensor

HEAD = '{"event":"run-started","version":"1.0","model":"Net","every":1,"shapes":{"w":[2]}}\n'


def packed(*values: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def line(step: int, loss: Any = None, **fields: Any) -> str:
    loss = step / 2 if loss is None else loss
    tensors = {"updated": {"w": f"f4[2]:{packed(step, -step)}"}}
    record = {"event": "step", "step": step, "epoch": step // 4, "lr": 0.1, "loss": loss, **tensors, **fields}
    return json.dumps(record, separators=(",", ":")) + "\n"


def write(path: Path, text: str | Iterable[str]) -> Path:
    path.write_text(text if isinstance(text, str) else "".join(text), "utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def read_through(log: RunLog) -> RunLog:
    while log.scanned < 1:
        log.refresh()
    return log


# -- what is in it


def test_a_run_of_this_library(path: Path) -> None:
    trainer = Trainer.from_spec("two-layer/gaussians/cross-entropy batch=8 held_out=0.25 seed=2")
    events = [trainer.started, *trainer.with_epochs(trainer.run(epochs=3))]
    trainer.switch(lr=0.5)
    events += [Edited(trainer.steps, "lr=0.5", str(trainer.spec)), *trainer.run(epochs=1)]
    with path.open("w") as file:
        recording.write(events, file)
    steps = [event for event in events if type(event).__name__ == "StepEvent"]
    with RunLog(path) as log:
        assert log.started == LogStarted(
            (1, 0), trainer.started.spec, trainer.started.features, trainer.started.classes
        )
        assert log.steps == len(steps)
        for k, event in enumerate(steps):
            step = log.at(k)
            assert step is not None
            assert step.event == event
            assert (step.loss, step.lr, step.epoch) == (event.loss, event.lr, event.epoch)
            assert {name: tensor.values for name, tensor in step.updated.items()} == event.updated  # type: ignore[union-attr]
            assert {n: t.values for n, t in step.activations.items()} == event.activations  # type: ignore[union-attr]
        read_through(log)
        assert log.edits == tuple(event for event in events if isinstance(event, Edited))
        assert log.epoch_scores == tuple(event for event in events if isinstance(event, EpochEvent))
        assert log.problems == ()


def test_steps_are_found_in_any_order_and_have_what_was_before(path: Path) -> None:
    with RunLog(write(path, [HEAD, *map(line, range(3000))])) as log:
        assert (log.first, log.last, log.steps, log.following) == (0, 2999, 3000, True)
        for k in (2999, 0, 1500, 7, 2048, 2998, 1):
            step = log.at(k)
            assert step is not None
            assert (step.step, step.loss) == (k, k / 2)
            assert step.updated == {"w": WholeTensor((2,), struct.pack("2f", k, -k))}
            if k:
                assert step.parameters["w"].values == (k - 1, 1 - k)  # type: ignore[union-attr]
        assert log.at(-1) is None
        late = log.at(10**9)
        assert late is not None
        assert late.step == 2999


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1, max_size=120),
    st.lists(st.integers(0, 4000), max_size=8),
    st.integers(0, 40),
)
def test_the_nearest_step_before_is_found_where_lines_are_missing_or_broken(
    gaps: list[tuple[int, bool]], goals: list[int], padding: int
) -> None:
    steps, text, last = [], HEAD, -1
    for gap, sound in gaps:
        last += gap
        whole = line(last, model="x" * padding**2)
        text += whole if sound else whole[:-9] + "\n"
        steps += [last] if sound else []
    with RunLog(io.BytesIO(text.encode())) as log:
        while not log.complete:
            log.refresh(0.0)
        for goal in [*goals, *steps]:
            before = [step for step in steps if step <= goal]
            found = log.at(goal)
            assert (found.step if found else None) == (before[-1] if before else None)
        assert log.problem_count == len(gaps) - len(steps)
        assert (log.first, log.last) == ((steps[0], steps[-1]) if steps else (None, None))


def test_all_of_a_line(path: Path) -> None:
    summary = {
        **{"shape": [300, 200], "norm": 2.5, "low": "-inf", "high": "nan", "mean": 0, "mean_size": 0.25},
        **{"not_finite": 3, "quantiles": [1, 2, 3, 4, 5], "matrix": f"f4[1,2]:{packed(1, 2)}"},
    }
    text = line(
        0,
        "nan",
        gradients={"w": [0.5, "inf"], "big": summary},
        x=[[1, 2]],
        target=3,
        activations={"r": [0.0]},
        future=1,
    )
    step = read_line(text.encode())
    assert isinstance(step, LogStep)
    assert math.isnan(step.loss or 0)
    assert (step.x, step.target, step.prediction) == (
        WholeTensor((1, 2), struct.pack("2f", 1, 2)),
        WholeTensor((), struct.pack("f", 3)),
        None,
    )
    assert step.gradients["w"].not_finite == 1
    big = step.gradients["big"]
    assert isinstance(big, Summary)
    assert (big.size, big.low, big.quantiles, big.matrix.values) == (60000, -math.inf, (1, 2, 3, 4, 5), ((1.0, 2.0),))
    assert WholeTensor((2, 2, 2), bytes(32)).matrix.shape == (2, 4)
    assert (WholeTensor((3,), bytes(12)).matrix.shape, WholeTensor((), bytes(4)).matrix.shape) == ((1, 3), (1, 1))


# -- a log that goes on


def test_a_growing_file_and_a_torn_last_line(path: Path) -> None:
    write(path, "")
    with RunLog(path) as log:
        assert (log.started, log.last, log.at(0), log.refresh()) == (None, None, None, False)
        for k in range(20):
            text = (HEAD if k == 0 else "") + line(k)
            with path.open("a") as file:
                file.write(text[:-5])
            log.refresh()
            assert log.last == (k - 1 if k else None)
            with path.open("a") as file:
                file.write(text[-5:])
            assert log.refresh()
            assert log.last == k
        assert log.losses.exact
        assert log.losses.highs[-1] == 19 / 2
        with path.open("a") as file:
            file.write('{"event":"run-ended","steps":20,"error":"KeyboardInterrupt"}\n')
        log.refresh()
        assert log.ended is not None
        assert (log.ended.error, log.following, log.generation) == ("KeyboardInterrupt", False, 0)


@pytest.mark.parametrize("how", ["written over", "replaced", "cut short"])
def test_another_run_in_its_place(how: str, path: Path) -> None:
    with RunLog(write(path, [HEAD, *map(line, range(9))])) as log:
        text = HEAD.replace("Net", "Other") + "".join(line(k, 5.0) for k in range(3 if how == "cut short" else 30))
        if how == "replaced":
            write(path.with_suffix(".new"), text).replace(path)
        else:
            write(path, text)
        assert log.refresh()
        assert (log.generation, log.started and log.started.model) == (1, "Other")
        step = log.at(2)
        assert step is not None
        assert (step.loss, log.steps) == (5.0, 3 if how == "cut short" else 30)


def test_a_log_that_is_gone_can_still_be_read(path: Path) -> None:
    with RunLog(write(path, [HEAD, line(0)])) as log:
        if os.name == "posix":
            path.unlink()
        assert not log.refresh() or log.scanned == 1
        assert log.at(0) is not None


def test_a_stream_that_comes_in_pieces_and_was_joined_later() -> None:
    read, written = os.pipe()
    with open(read, "rb") as stream, RunLog(stream) as log:
        os.write(written, "".join(map(line, range(40, 50))).encode())
        until = time.monotonic() + 5
        while log.last != 49 and time.monotonic() < until:
            log.refresh()
            time.sleep(0.002)
        assert (log.started, log.first, log.last, log.following) == (None, 40, 49, True)
        step = log.at(45)
        assert step is not None
        assert step.updated["w"].shape == (2,)
        os.close(written)
        while log.following and time.monotonic() < until:
            log.refresh()
            time.sleep(0.002)
        assert not log.following
        assert log.losses.count == 50


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: pipe.write_text(HEAD + line(0))).start()
    with RunLog(pipe) as log:
        until = time.monotonic() + 5
        while log.last is None and time.monotonic() < until:
            log.refresh()
            time.sleep(0.002)
        assert log.steps == 1


# -- a log of any length


def test_a_file_of_two_gigabytes_of_nothing_costs_no_memory(path: Path) -> None:
    write(path, [HEAD, *map(line, range(50))])
    with path.open("r+b") as file:
        file.seek(2 << 30)
        file.write(("\n" + "".join(map(line, range(50, 90)))).encode())
    tracemalloc.start()
    begun = time.perf_counter()
    with RunLog(path) as log:
        assert (log.first, log.last) == (0, 89)
        found = [log.at(k) for k in (0, 49, 60, 89)]
        assert [step and step.step for step in found] == [0, 49, 60, 89]
        opened = time.perf_counter() - begun
        log.refresh()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * LONGEST
    assert opened < 5


def test_a_line_that_is_too_long_is_passed_over(path: Path) -> None:
    text = [HEAD, line(0), line(1, note="x" * (LONGEST + 1)), line(2)]
    with RunLog(write(path, text)) as log:
        read_through(log)
        assert [problem.line for problem in log.problems] == [3]
        assert [step.step for k in range(3) if (step := log.at(k))] == [0, 0, 2]


def test_a_long_log_opens_and_is_walked_at_once_and_its_losses_get_exact(path: Path) -> None:
    count = 30_000
    losses = [math.sin(k / 50) + (9.0 if k == 12_345 else 0) for k in range(count)]
    with path.open("w") as file:
        file.write(HEAD)
        file.writelines(line(k, losses[k]) for k in range(count))
    begun = time.perf_counter()
    with RunLog(path) as log:
        sample = log.losses
        assert (log.steps, sample.exact, sample.count) == (count, False, count)
        assert sum(not math.isnan(low) for low in sample.lows) > 100
        for k in range(0, count, 997):
            step = log.at(k)
            assert step is not None
            assert step.step == k
        assert time.perf_counter() - begun < 2
        read_through(log)
        view = log.losses
        assert view.exact
        assert len(view.lows) <= 1024
        for place, (low, high) in enumerate(zip(view.lows, view.highs)):
            part = losses[place * view.stride : (place + 1) * view.stride]
            assert (low, high) == (min(part), max(part))
