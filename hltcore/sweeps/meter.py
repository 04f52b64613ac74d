"""Meter: a bar on the terminal that shows how far a sweep has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

__all__ = ["shown"]

_EVERY = 0.05
"""Seconds between two changes of the bar."""


@contextmanager
def shown(runs: int, stream: TextIO | None) -> Iterator[Callable[[float], None]]:
    """Show a bar while something goes on, if somebody can see it; afterwards it is gone.

    Args:
        runs: How many runs there are to do.
        stream: Where to; a bar is drawn only on a terminal.

    Yields:
        What is to be told how many runs are done.
    """
    if stream is None or not stream.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeRemainingColumn(),
    )
    last = 0.0
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("Sweeping", total=runs)

        def tell(done: float) -> None:
            nonlocal last
            if done >= runs or monotonic() - last >= _EVERY:
                last = monotonic()
                bar.update(task, completed=int(done))

        yield tell
