"""The programs that are measured, and those that they are measured against."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

__all__ = ["IMPORTS", "OURS", "SMALLEST", "SPEC", "TORCH", "headless", "milliseconds"]

SPEC = "two-layer/xor"
_PYTHON = (sys.executable, "-W", "ignore", "-c")
OURS = (sys.executable, "-m", "tui")
TORCH = (*_PYTHON, "import torch")

IMPORTS = (
    *_PYTHON,
    "import torch, textual.app, textual.widgets, time; textual.widgets.Static; print(flush=True); time.sleep(600)",
)
"""What only imports torch and Textual, and says so with a line."""

SMALLEST = (
    *_PYTHON,
    """
from textual.app import App
from textual.widgets import Static

class Smallest(App):
    BINDINGS = [("space", "count", "count"), ("q", "quit", "quit")]
    count = 0

    def compose(self):
        yield Static("ready 0")

    def action_count(self):
        self.count += 1
        self.query_one(Static).update(f"ready {self.count}")

Smallest().run()
""",
)
"""The smallest Textual app that answers a key: one Static, which counts."""

_HEADLESS = (
    *_PYTHON,
    """
import sys, time
from hltcore import Trainer
trainer = Trainer.from_spec(sys.argv[1])
for _ in trainer.run(steps=500): pass
start = time.perf_counter()
steps = 0
while time.perf_counter() - start < float(sys.argv[2]):
    for _ in trainer.run(steps=100): pass
    steps += 100
print(steps / (time.perf_counter() - start))
""",
)


def milliseconds(command: tuple[str, ...]) -> float:
    """How long a program runs."""
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (perf_counter() - began) * 1000


def headless(spec: str, seconds: float) -> float:
    """Steps a second of the library's own run of a spec, with all its events and no screen."""
    command = [*_HEADLESS, spec, str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
