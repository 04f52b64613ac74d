"""How long a new process takes before it is of use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

__all__ = ["table"]

COMMANDS = {
    'python -c "import hltcore"': ["-c", "import hltcore"],
    "python -m hltcore list": ["-m", "hltcore", "list"],
    "hlt-tui --help": ["-m", "tui", "--help"],
    'python -c "import torch"': ["-W", "ignore", "-c", "import torch"],
}


def milliseconds(arguments: list[str]) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return (perf_counter() - start) * 1000


def table(rounds: int, progress: Callable[[str], None]) -> Iterator[str]:
    """Median times and ratios to an empty process, as lines of Markdown."""
    yield '| a new process | ms | ratio to `python -c "pass"` |'
    yield "| --- | ---: | ---: |"
    for name, arguments in COMMANDS.items():
        progress(f"start-up: {name}")
        milliseconds(arguments)
        pairs = [(milliseconds(["-c", "pass"]), milliseconds(arguments)) for _ in range(rounds)]
        yield f"| `{name}` | {median(own for _, own in pairs):.0f} | {median(own / base for base, own in pairs):.1f} |"
