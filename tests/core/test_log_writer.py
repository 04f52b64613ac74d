"""The writer of an event log: what it writes is soon there, once, and whole; and it is the only one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hltcore.errors import LogError
from hltcore.log import RunLog
from hltcore.log_writer import LogWriter

HEAD = b'{"event":"run-started","version":"1.0"}\n'


def step(number: int) -> bytes:
    return json.dumps({"event": "step", "step": number, "epoch": 0, "lr": 0.1, "loss": 1.0}).encode() + b"\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def test_lines_are_there_soon_though_nothing_more_is_said(path: Path) -> None:
    writer = LogWriter(path)
    writer.write(HEAD)
    writer.write(step(0))
    begun = time.monotonic()
    while path.read_bytes() != HEAD + step(0) and time.monotonic() - begun < 5:
        time.sleep(0.005)
    took = time.monotonic() - begun
    writer.close()
    assert took < 1, "a tenth of a second is meant, on a machine that has time"
    writer.close()
    assert path.read_bytes() == HEAD + step(0)


def test_many_lines_do_not_wait_in_memory(path: Path) -> None:
    writer = LogWriter(path)
    for _ in range(100):
        writer.write(b"x" * 100_000 + b"\n")
    assert path.stat().st_size > 8_000_000
    writer.close()
    assert path.stat().st_size == 100 * 100_001


def test_two_writers(path: Path) -> None:
    first = LogWriter(path)
    first.write(HEAD)
    for resume in (False, True):
        with pytest.raises(LogError, match="is being written by another run"):
            LogWriter(path, resume=resume)
    first.write(step(0))
    first.close()
    assert path.read_bytes() == HEAD + step(0)
    LogWriter(path).close()
    assert path.read_bytes() == b""


@pytest.mark.parametrize("content", [b"name,age\nEva,3\n", b"{}\n", b"torch weights \x00\x01", step(0)])
def test_what_is_no_event_log_is_left_as_it_is(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(LogError, match="is no event log: it is left as it is"):
        LogWriter(path)
    assert path.read_bytes() == content


def test_a_log_whose_first_line_was_torn_is_written_anew(path: Path) -> None:
    path.write_bytes(HEAD[:30])
    LogWriter(path).close()
    assert path.read_bytes() == b""


@pytest.mark.parametrize("name", [".", "none/run.jsonl", "a\0b"])
def test_where_nothing_can_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be written"):
        LogWriter(os.path.join(tmp_path, name))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_full_disk_leaves_complete_lines_and_is_told(path: Path) -> None:
    import resource

    writer = LogWriter(path)
    writer.write(HEAD)
    writer.flush()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(HEAD) + 2 * len(step(0)) + 10, hard))
    try:
        for number in range(5):
            writer.write(step(number))
        writer.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert writer.failure is not None
    assert path.read_bytes() == HEAD + step(0) + step(1)
    writer.write(step(5))
    writer.close()
    assert path.read_bytes() == HEAD + step(0) + step(1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
def test_a_device_that_is_full() -> None:
    writer = LogWriter("/dev/full")
    writer.write(HEAD)
    writer.flush()
    assert writer.failure is not None
    writer.close()


KILLED = """
import sys, time
from hltcore.log_writer import LogWriter
writer = LogWriter(sys.argv[1])
writer.write(b'{"event":"run-started","version":"1.0"}\\n')
for number in range(10**9):
    writer.write(b'{"event":"step","step":%d,"epoch":0,"lr":0.1,"loss":1.0}\\n' % number)
    if number == 1000:
        writer.flush()
        print("there", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_killed_writer_leaves_a_log_that_can_be_read_and_written_anew(path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"there\n"
    with pytest.raises(LogError, match="another run"):
        LogWriter(path)
    writer.kill()
    writer.wait()
    writer.stdout.close()
    with RunLog(path) as log:
        assert log.last is not None
        assert log.last >= 1000
        assert log.ended is None
        found = log.at(log.last)
        assert found is not None
        assert found.step == log.last
    LogWriter(path).close()


FORKED = """
import os, sys
from hltcore.log_writer import LogWriter
writer = LogWriter(sys.argv[1])
writer.write(b'{"event":"run-started","version":"1.0"}\\n')
child = os.fork()
if not child:
    writer.write(b"of the child")
    sys.exit()  # with all that a process does at its end
os.waitpid(child, 0)
writer.write(b'{"event":"step","step":0,"epoch":0,"lr":0.1,"loss":1.0}\\n')
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_writes_nothing(path: Path) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED, str(path)], check=True)
    assert path.read_bytes().count(b"\n") == 2
    with RunLog(path) as log:
        assert log.steps == 1


def test_a_process_that_ends_without_closing_loses_nothing(path: Path) -> None:
    code = KILLED.replace("10**9", "5").replace("time", "os")
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    with RunLog(path) as log:
        assert log.steps == 5
