"""A terminal that goes away takes the program with it, whatever the program was doing."""

import signal
import sys

import pytest

from tests.tui.terminal import Terminal

ENTERED = "\x1b[?1049h"
HELD_UP = """
import sys, time
from tui import __main__ as program, driver, terminal

def late(*arguments, begin={0}, **named):
    print("starting", flush=True)
    while not terminal.terminal_gone():
        time.sleep(0.01)
    return begin(*arguments, **named)

{0} = late
sys.exit(program.main(["two-layer/xor"]))
"""


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


@pytest.mark.parametrize("before", ["program.capabilities", "driver.SparingDriver.__init__"])
def test_where_it_goes_while_the_app_starts_it_ends_too(before):
    with Terminal(shell=f"exec {sys.executable} -c '{HELD_UP.format(before)}'", own=False) as terminal:
        terminal.wait_for("starting")
        terminal.hang_up()
        terminal.ended(timeout=15.0)


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_screen_is_entered_leaves_the_terminal_as_it_was(which):
    with Terminal("two-layer/xor") as terminal:
        terminal.wait_until(lambda: ENTERED in terminal.raw)
        terminal.signal(which)
        terminal.ended(timeout=15.0)
        assert terminal.unrestored == []
        assert terminal.printed == ""


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
