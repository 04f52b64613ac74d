"""hlt-tui: reads the command line, and imports the app only when it is about to run."""

from __future__ import annotations

import argparse
import sys

from hltcore import __version__
from hltcore.errors import HltError
from hltcore.spec import RunSpec
from tui.formatting import plain
from tui.terminal import capabilities, unfit_terminal

__all__ = ["main"]

_HEADLESS = "without a terminal, train with: python -m hltcore train"


def main(arguments: list[str] | None = None) -> int:
    """Run the app.

    Args:
        arguments: The command line without the program's name; None for the process's own.

    Returns:
        The exit status: 0, or 2 for a bad spec or an unfit terminal.
    """
    options = _parser().parse_args(arguments)
    try:
        spec = RunSpec.parse(" ".join(options.spec)) if options.spec else RunSpec()
    except HltError as error:
        return _refuse(str(error))
    unfit = unfit_terminal()
    if unfit:
        return _refuse(f"{unfit}; {_HEADLESS} {str(spec)!r}")

    from tui.app import HltApp

    try:
        app = HltApp(spec, capabilities(options.ascii))
    except HltError as error:
        return _refuse(str(error))
    failure = app.run()
    return _refuse(failure) if failure else app.return_code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hlt-tui",
        description="Watch a small neural network learn: every step, every number.",
        epilog="A spec is MODEL/DATASET/LOSS/OPTIMIZER and settings, as in: "
        "hlt-tui two-layer/xor/mse/sgd lr=0.1 seed=3 @12e+3 (12 epochs and 3 steps). "
        "python -m hltcore list names everything there is.",
    )
    parser.add_argument("spec", nargs="*", metavar="SPEC", help="the run to open (logistic-regression/language-id)")
    parser.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        help="draw with ASCII only (default: if the locale's encoding is not UTF-8)",
    )
    parser.add_argument("--version", action="version", version=f"hlt-tui {__version__}")
    return parser


def _refuse(sentence: str) -> int:
    print(f"hlt-tui: {plain(sentence)}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
