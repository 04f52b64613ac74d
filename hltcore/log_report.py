"""Log report: what the checks find in an event log, as lines for ``python -m hltcore check run.jsonl``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from time import sleep
from typing import cast

from hltcore import printing
from hltcore.errors import LogError, printable
from hltcore.log import RunLog
from hltcore.log_findings import LogCheckup

__all__ = ["lines"]

_PATIENCE = 0.05
"""Seconds between two looks at a stream that brings nothing."""


def lines(arguments: argparse.Namespace) -> Iterator[str]:
    """The findings in the log that is named in the place of a spec; sets ``code``, the exit code.

    Raises:
        LogError: It cannot be read, or there are arguments that are for a run which is trained.
    """
    if arguments.epochs is not None or arguments.split is not None:
        raise LogError("--epochs and --split are for a run that is trained, and an event log is of one that was.")
    name = arguments.spec[0]
    if name == "-" and sys.stdin is None:
        raise LogError("Standard input is closed: there is no event log to read.")
    with RunLog(cast(io.BufferedIOBase, sys.stdin.buffer) if name == "-" else name) as log:
        checkup = LogCheckup(log)
        while not log.complete:
            if not log.refresh():
                sleep(_PATIENCE)
            checkup.advance()
        while not checkup.done:
            checkup.advance(1.0)
        arguments.code = int(bool(checkup.findings))
        yield from printing.findings(checkup.findings, checkup.unchecked)
        yield from _passed_over(log)
        if checkup.unmarked:
            yield "where the log does not say that an epoch is over, it is taken to be after 1000 steps"
        yield from printing.looked(checkup.findings, checkup.checked, checkup.unchecked, log.steps, log.name)


def _passed_over(log: RunLog) -> Iterator[str]:
    for problem in log.problems:
        yield f"line {problem.line} is passed over: {printable(problem.why)}"
    if log.problem_count > len(log.problems):
        yield f"{log.problem_count} lines are passed over in all"
