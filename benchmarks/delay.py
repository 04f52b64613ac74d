"""``python -m benchmarks.delay HOST PORT SECONDS``: a line that is slow to answer, as ssh's ``ProxyCommand``.

What comes on standard input goes to the host, and what the host says to standard output, each so many seconds later.
The stages are threads that read, and threads that wait until it is time and write: nothing is held up by what follows.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

__all__ = ["relay"]

_AT_ONCE = 65536
"""Bytes that are read at once."""


def relay(read: Callable[[int], bytes], write: Callable[[bytes], object], seconds: float) -> threading.Thread:
    """Begin to hand on what is read, each piece so many seconds after it came, until an empty one ends it.

    Args:
        read: Gives at most so many bytes; none at the end.
        write: Takes all of them.
        seconds: The delay.

    Returns:
        The thread that writes, which ends after the last piece.
    """
    pieces: SimpleQueue[tuple[float, bytes]] = SimpleQueue()

    def take() -> None:
        data = b"."
        while data:
            try:
                data = read(_AT_ONCE)
            except OSError:  # the other end has gone
                data = b""
            pieces.put((time.monotonic() + seconds, data))

    def give() -> None:
        while True:
            due, data = pieces.get()
            time.sleep(max(due - time.monotonic(), 0.0))
            if not data:
                return
            write(data)

    threading.Thread(target=take, daemon=True).start()
    writer = threading.Thread(target=give, daemon=True)
    writer.start()
    return writer


def _write_out(data: bytes) -> None:
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]


def main() -> None:
    """Relay between standard input and output and a host."""
    host, port, seconds = sys.argv[1:]
    with socket.create_connection((host, int(port))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        relay(lambda most: os.read(sys.stdin.fileno(), most), line.sendall, float(seconds))
        relay(line.recv, _write_out, float(seconds)).join()


if __name__ == "__main__":
    main()
