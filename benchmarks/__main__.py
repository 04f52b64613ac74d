"""``python -m benchmarks [--quick] [PART ...]``: measures, prints tables in Markdown and writes all figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

from benchmarks import history, keys, many, playing, resting, soak, ssh, starting, steps, sweeps, watching
from benchmarks.figures import Figure, Part, rows
from hltcore._torch import torch

SEED = 1
PARTS: dict[str, Part] = {
    # First of all, while no memory that others have freed could hold it.
    "history": history.PART,
    "steps": steps.PART,
    "sweeps": sweeps.PART,
    "watching": watching.PART,
    "starting": starting.PART,
    "keys": keys.PART,
    "playing": playing.PART,
    "resting": resting.PART,
    "many": many.PART,
    "ssh": ssh.PART,
    "soak": soak.part(SEED),
}


PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
MARK = "<!-- figures: written by python -m benchmarks --page -->"


def machine() -> dict[str, str]:
    """What it was measured on."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return {
        "date": date.today().isoformat(),
        "processor": f"{model}, {os.cpu_count()} cores seen",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "PyTorch": torch.__version__,
    }


def progress(text: str) -> None:
    """Tell what is being measured, where somebody looks on."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text} …" if text else "\r\x1b[K", end="", file=sys.stderr, flush=True)


def write(path: Path, where: dict[str, str], figures: dict[str, list[Figure]]) -> None:
    """Write all figures to a file, as JSON."""
    parts = {name: [{**figure._asdict(), "met": figure.met} for figure in some] for name, some in figures.items()}
    path.write_text(json.dumps({"machine": where, "parts": parts}, indent=1, ensure_ascii=False) + "\n")


def write_page(lines: list[str]) -> None:
    """Put the tables at the end of the page that says how to read them."""
    text, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{PAGE} has no line {MARK}"
    PAGE.write_text("\n".join([text + mark, "", *lines]) + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed and memory on this machine.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and shorter runs")
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), metavar="FILE", help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="of the soak's keys (%(default)s)")
    parser.add_argument("--page", action="store_true", help="write the tables into docs/benchmarks.md, too")
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"there is no part {part!r}: choose from {', '.join(PARTS)}")
    return options


def main() -> None:
    """Measure what is asked for."""
    options = arguments()
    torch.set_num_threads(1)
    where = machine()
    lines = ["| machine | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in where.items())]
    print(*lines, sep="\n")
    figures: dict[str, list[Figure]] = {}
    for name in [name for name in PARTS if not options.parts or name in options.parts]:
        part = soak.part(options.seed) if name == "soak" else PARTS[name]
        figures[name] = list(part.figures(options.quick, progress))
        progress("")
        table = ["", f"### {part.title}", "", *rows(figures[name])]
        print(*table, sep="\n", flush=True)
        lines += table
        write(options.json, where, figures)
    if options.page:
        write_page(lines)


if __name__ == "__main__":
    main()
