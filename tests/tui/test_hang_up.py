"""A terminal that goes away takes the program with it, whatever the program was doing."""

import signal

import pytest

from tests.tui.terminal import Terminal


@pytest.mark.parametrize(
    "busy", [(), ("p",), ("p", "+", "+", "+", "+", "+"), ("M",)], ids=["idle", "play", "fast", "list"]
)
def test_a_terminal_that_is_gone_ends_it(busy):
    with Terminal("two-layer/xor") as terminal:
        terminal.wait_for("Press space")
        terminal.press(*busy)
        terminal.read(0.5)
        terminal.hang_up()
        # What a terminal multiplexer sends when its server is killed: the wake-up makes Textual start again.
        terminal.signal(signal.SIGHUP)
        terminal.signal(signal.SIGCONT)
        terminal.ended(timeout=15.0)


def test_where_no_signal_tells_that_it_is_gone_it_ends_too():
    # Opened by somebody else, the terminal is not this session's own, and the system tells nobody when it goes.
    with Terminal("two-layer/xor", shell='exec "$@"', own=False) as terminal:
        terminal.wait_for("Press space")
        terminal.hang_up()
        terminal.ended(timeout=15.0)


def test_a_terminal_that_takes_no_output_is_left():
    with Terminal("eight-layer/language-id", size=(200, 60)) as terminal:
        terminal.wait_for("Press space")
        terminal.press("p", "+", "+", "+")
        # Nobody reads from here on: the line fills up and blocks.
        terminal.process.poll()
        import time

        time.sleep(1.5)
        terminal.signal(signal.SIGTERM)
        terminal.process.wait(timeout=15.0)
