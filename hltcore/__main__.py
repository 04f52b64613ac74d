"""``python -m hltcore``: train runs and list what they are made of, with no screen."""

from __future__ import annotations

import argparse
import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NoReturn, TextIO

from hltcore import __version__, plugins
from hltcore.broken_output import give_up
from hltcore.commands import COMMANDS, Command
from hltcore.errors import HltError, printable

__all__ = ["main"]

# What a terminal without Unicode gets in place of the formulas' characters.
_ASCII = dict(zip("−×±√²ŷθσΣ·…", ("-", "x", "+-", "sqrt", "^2", "y^", "theta", "sigma", "sum ", "*", "...")))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="hltcore", description="Train small networks and look at every step.")
    parser.add_argument("--version", action="version", version=f"hltcore {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = commands.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.arguments(sub)
        sub.add_argument(
            "--plugin",
            action="append",
            default=[],
            metavar="MODULE",
            help="add what a module or a file (NAME.py) registers; this runs its code",
        )
        sub.set_defaults(command=command, code=0)
    return parser


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_ASCII.get(c, "?") for c in error.object[error.start : error.end]), error.end


def _prepare(json: bool) -> None:
    """Let both streams print any text; JSON is UTF-8 wherever it goes."""
    codecs.register_error("hltcore.plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if json and stream is sys.stdout:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
            else:
                stream.reconfigure(errors="hltcore.plain")


def _write(lines: Callable[[], Iterable[str]], out: TextIO) -> int:
    try:
        for line in lines():
            out.write(line + "\n")
    except HltError as error:
        out.flush()
        print(f"hltcore: {printable(error)}", file=sys.stderr)
        return 2
    out.flush()
    return 0


def _lines(command: Command, parsed: argparse.Namespace) -> Iterable[str]:
    plugins.load(*parsed.plugin)
    return command.lines(parsed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The words after ``python -m hltcore``; the process's own when left out.

    Returns:
        The exit code: 0; 1 when the output cannot be written, or a check found something; 2 for bad input; 130
        after Ctrl-C; 141 when the reader of a pipe has gone.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for nets as small as these a second thread only waits
    parser = _parser()
    parsed, more = parser.parse_known_args(arguments)
    command: Command = parsed.command
    if more and (not command.rest or any(word.startswith("-") for word in more)):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    elif more:
        getattr(parsed, command.rest).extend(more)
    if command.rest and not getattr(parsed, command.rest) and parsed.data is None:
        parser.error("the following arguments are required: SPEC, or --data FILE")
    _prepare(command.json(parsed))
    out = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - standard output was closed: the process ends soon
    try:
        return _write(lambda: _lines(command, parsed), out) or int(parsed.code)
    except KeyboardInterrupt:
        with suppress(OSError):
            out.flush()
            return 130
        give_up(out)
        return 130
    except BrokenPipeError:
        give_up(out)
        return 141
    except OSError as error:
        give_up(out)
        print(f"hltcore: cannot write the output: {error.strerror}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
