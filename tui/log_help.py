"""Log help: what ``hlt-tui attach --help`` and ``replay --help`` print: what concerns event logs alone."""

from __future__ import annotations

import argparse

__all__ = ["add_common_options", "log_help"]

_WHAT = {
    "attach": "Follow the event logs of runs as they grow, step by step, as the panels of a run show them. A log may "
    "be there already, or be written later: its folder is enough.",
    "replay": "Walk forward and back through the event logs of runs that were recorded, as the panels of a run show "
    "them.",
}
_ELSE = {
    "attach": "b and the other keys that go back end the following, and end takes it up again. hlt-tui replay FILE "
    "begins at the first step.",
    "replay": "hlt-tui attach FILE begins at the last step, and follows a log that grows.",
}
_MADE = (
    "hltcore.watch(model, optimizer, 'run.jsonl') records a training loop of your own; python -m hltcore train SPEC "
    "--format jsonl > run.jsonl one of this program's."
)


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add what is said in the same way of a run and of event logs."""
    parser.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        help="draw with ASCII only (default: if the locale's encoding is not UTF-8)",
    )
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="MODULE",
        help="add what a module or a file (NAME.py) registers, and the lessons in the folder lessons beside it; this "
        "runs its code (may be given again)",
    )


def log_help(command: str) -> str:
    """The help of the word that opens event logs.

    Args:
        command: That word: "attach" or "replay".
    """
    parser = argparse.ArgumentParser(
        prog=f"hlt-tui {command}", description=_WHAT[command], epilog=f"{_ELSE[command]} {_MADE}"
    )
    parser.add_argument(
        "logs",
        nargs="+",
        metavar="FILE",
        help="an event log; of several (at most 6) N shows the next, and all losses stand in one plot; - is standard "
        f"input, as in: ssh HOST tail -n +1 -f run.jsonl | hlt-tui {command} -",
    )
    add_common_options(parser)
    return parser.format_help()
