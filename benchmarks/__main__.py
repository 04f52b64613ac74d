"""``python -m benchmarks [--quick] [history] [steps] [sweeps] [startup] [watching]``: prints Markdown tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from benchmarks import history, screen, startup, steps, sweeps, watching
from hltcore._torch import torch


def machine() -> list[str]:
    """The machine, as lines of Markdown."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    rows = {
        "processor": f"{model}, {os.cpu_count()} cores seen, one thread used",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "PyTorch": torch.__version__,
    }
    return ["| machine | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items())]


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text} …", end="", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed and memory on this machine.")
    named = "history, steps, sweeps, startup, screen, watching (default: all)"
    parser.add_argument("parts", nargs="*", metavar="PART", help=named)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and a history of 100,000 steps")
    arguments = parser.parse_args()
    quick = arguments.quick
    parts = {
        # First of all, while no memory that others have freed could hold it.
        "history": lambda: history.table(100_000 if quick else 1_000_000, progress),
        "steps": lambda: steps.table(7 if quick else 41, progress),
        "sweeps": lambda: sweeps.table(3 if quick else 11, progress),
        "startup": lambda: startup.table(5 if quick else 15, progress),
        "screen": lambda: screen.table(5 if quick else 15, 10_000 if quick else 1_000_000, progress),
        "watching": lambda: watching.table(7 if quick else 41, 100_000 if quick else 1_000_000, progress),
    }
    for part in arguments.parts:
        if part not in parts:
            parser.error(f"there is no part {part!r}: choose from {', '.join(parts)}")
    torch.set_num_threads(1)
    print(*machine(), sep="\n")
    for name, table in parts.items():
        if not arguments.parts or name in arguments.parts:
            lines = list(table())
            if sys.stderr.isatty():
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            print("", *lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
