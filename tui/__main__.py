"""hlt-tui: reads the command line, and imports the app only when it is about to run."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hltcore import __version__, file_arguments
from hltcore.errors import HltError, LogError
from hltcore.spec import RunSpec
from tui.course.fields import LessonError
from tui.course.guide import Guide
from tui.course.journal import Journal, progress_file, read_progress
from tui.course.library import Library
from tui.course.sources import folders
from tui.formatting import plain
from tui.keeper import Keeper, session_file
from tui.log_help import add_common_options, log_help
from tui.printout import print_lines
from tui.session import Session, SessionError, directory, newest, read
from tui.terminal import capabilities, served, terminal_gone, unfit_terminal
from tui.tidying import Tidier
from tui.web.command import add_options, passed_on

if TYPE_CHECKING:
    from hltcore.plugins import Plugin
    from tui.app import HltApp
    from tui.course.lesson import Lesson

__all__ = ["main"]

_LARGE = 4 * 2**20  # bytes
_LOGS = {"attach": True, "replay": False}
"""The words that open event logs in place of a run, and whether the end of a log is followed as it grows."""
_OF_RUNS = ("resume", "lesson", "data", "target", "features", "text", "split", "web", "web_host", "web_port")
"""Options that say something of a run that is to be trained, and nothing of a log."""
_HEADLESS = "without a terminal, train with: python -m hltcore train"


def main(arguments: list[str] | None = None) -> int:
    """Run the app.

    Args:
        arguments: The command line without the program's name; None for the process's own.

    Returns:
        The exit status: 0, 1 for a crash, 2 for a bad spec, session, plugin or lesson, or an unfit terminal; 141
        where the reader of a pipe has gone.
    """
    parser = _parser()
    options, unknown = parser.parse_known_intermixed_args(arguments)  # settings may stand behind options
    if options.help:
        about = options.spec[0] if options.spec else ""
        return print_lines((log_help(about) if about in _LOGS else parser.format_help()).splitlines())
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(map(plain, unknown))}")
    # A lab machine is shared, and for nets as small as these a second thread only waits for the first. A plugin may
    # import torch, which asks for this once.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        loaded = _loaded(options.plugin)
        library = Library(Path(options.lessons) if options.lessons is not None else None, folders(loaded))
        if options.progress:
            return _print_progress(library, options.progress)
        if options.spec and options.spec[0] in _LOGS:
            return _recorded(library, loaded, options)
        lesson = _lesson(library, options)
        spec, session = _opened(options)
        if options.web:
            return _serve(
                sys.argv[1:] if arguments is None else arguments, options, str(lesson.name if lesson else spec)
            )
        if options.web_host is not None or options.web_port is not None:
            raise HltError("--web-host and --web-port say where --web serves the app: add --web.")
    except HltError as error:
        return _refuse(str(error))
    unfit = unfit_terminal()
    if unfit:
        return _refuse(f"{unfit}; {_HEADLESS} {str(spec)!r}")

    tidier = _prepare()
    from tui.app import HltApp

    guide = Guide(library, Journal(progress_file()))
    if lesson is not None:
        reading = guide.open(lesson)
        spec = lesson.run_of(reading.number)
    keeper = Keeper(session_file(), session, loaded)
    try:
        app = HltApp(spec, capabilities(options.ascii), keeper, guide, plugins=loaded, tidier=tidier)
    except HltError as error:
        return _refuse(str(error))
    _run(app)
    for broken in library.broken:  # only now: to look for lessons takes time, and what is printed before is covered
        print(f"hlt-tui: {plain(broken.told)}", file=sys.stderr)
    if app.return_code and keeper.saved:
        words = "".join(f" --plugin {plain(shlex.quote(plugin.anywhere))}" for plugin in loaded)
        again = f"hlt-tui --resume{words} goes on."
        print(f"hlt-tui: The session is saved in {plain(keeper.path)}; {again}", file=sys.stderr)
    return app.return_code or 0


def _prepare() -> Tidier:
    """Set the process up for the app."""
    for name in () if served() else ("COLUMNS", "LINES"):  # of another moment: the terminal itself knows its size
        os.environ.pop(name, None)
    tidier = Tidier()
    tidier.begin()
    return tidier


def _run(app: HltApp) -> None:
    """Run the app, unless its terminal went while it was imported: what is written now would wait for ever."""
    failure = None if terminal_gone() and not served() else app.run()
    if failure:
        _refuse(failure)


def _recorded(library: Library, loaded: tuple[Plugin, ...], options: argparse.Namespace) -> int:
    """Show event logs in place of a run.

    Raises:
        HltError: They cannot be opened, or something else is to be opened, too.
    """
    command, *names = options.spec
    if not names:
        raise LogError(f"hlt-tui {command} needs an event log, as in: hlt-tui {command} run.jsonl")
    for name in _OF_RUNS:
        if getattr(options, name) not in (None, False):
            raise LogError(f"hlt-tui {command} shows event logs: give it no --{name.replace('_', '-')}.")
    from tui.logs import open_logs  # late: --help has no need of it

    opens = open_logs(names, follows=_LOGS[command])
    unfit = unfit_terminal()
    if unfit:
        raise LogError(f"{unfit}.")
    tidier = _prepare()
    from tui.app import HltApp

    app = HltApp(
        RunSpec(), capabilities(options.ascii), guide=Guide(library), opens=opens, plugins=loaded, tidier=tidier
    )
    _run(app)
    return app.return_code or 0


def _loaded(words: list[str]) -> tuple[Plugin, ...]:
    """The plugins.

    Raises:
        PluginError: One cannot be loaded.
    """
    if not words:
        return ()
    from hltcore.plugins import load  # late: it imports every check, which --help has no need of

    return load(*words)


def _opened(options: argparse.Namespace) -> tuple[RunSpec, Session | None]:
    """The run to open first, and the saved session that it begins.

    Raises:
        HltError: The spec or the session cannot be read.
    """
    words, resume, share = " ".join(options.spec), options.resume, options.split
    if resume is None:
        _announce(options.data)
        spec = file_arguments.opened(words, options)
        return file_arguments.held_out(spec, share), None
    if words or share is not None or _file_options(options):
        raise SessionError("--resume takes a session from its file: give it no spec and no --data, or leave it out.")
    session = read(Path(resume) if resume else newest(directory()))
    return session.opening, session


def _file_options(options: argparse.Namespace) -> bool:
    """Whether something is said of a data file."""
    return any(getattr(options, name) is not None for name in ("data", "target", "features", "text"))


def _announce(path: str | None) -> None:
    """Say that a large file is being read: that takes seconds, and nothing is on the screen yet."""
    with suppress(OSError, ValueError):
        if path is not None and os.path.getsize(path) > _LARGE:
            print(f"hlt-tui: Reading {plain(path)} …", file=sys.stderr)


def _lesson(library: Library, options: argparse.Namespace) -> Lesson | None:
    """The lesson to open first; None for none.

    Raises:
        LessonError: There is none of that name, or something else is to be opened, too.
    """
    if options.lesson is None:
        return None
    if options.spec or options.resume is not None or options.split is not None or _file_options(options):
        raise LessonError(
            "--lesson opens the lesson's own run: give it no spec, no --split, no --data and no --resume."
        )
    return library.get(options.lesson)


def _serve(arguments: list[str], options: argparse.Namespace, opened: str) -> int:
    """Serve the app to browsers, until somebody ends it.

    Raises:
        HltError: It cannot be served.
    """
    from tui.web.address import Address
    from tui.web.serving import serve

    session = None if options.resume is None else Path(options.resume or newest(directory()))
    address = Address.parse(options.web_host, options.web_port)
    return serve(passed_on(arguments, session), address, f"hlt-tui {opened}")


def _print_progress(library: Library, form: str) -> int:
    """Print how far each lesson was read.

    Raises:
        ProgressError: What is kept cannot be read.
    """
    from tui.course.report import as_json, as_table

    progress = read_progress(progress_file())
    if form == "json":
        return print_lines([as_json(library, progress)])
    return print_lines([*as_table(library, progress), *(plain(broken.told) for broken in library.broken)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hlt-tui",
        add_help=False,
        description="Watch a small neural network learn: every step, every number.",
        epilog="A spec is MODEL/DATASET/LOSS/OPTIMIZER and settings, as in: "
        "hlt-tui two-layer/xor/mse/sgd lr=0.1 seed=3 @12e+3 (12 epochs and 3 steps). "
        "python -m hltcore list names everything there is. "
        "hlt-tui replay FILE... walks through the event logs of runs that were recorded (hltcore.watch, or python -m "
        "hltcore train SPEC --format jsonl); hlt-tui attach FILE... follows them as they grow: each has a --help of "
        "its own.",
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this help message and exit")
    parser.add_argument(
        "spec",
        nargs="*",
        metavar="SPEC",
        help="the run to open (logistic-regression/language-id); or replay FILE... or attach FILE...",
    )
    file_arguments.add_arguments(parser)
    add_common_options(parser)
    parser.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="FILE",
        help="go on with the session that was saved last, or with the one in FILE",
    )
    parser.add_argument("--lesson", metavar="NAME", help="open a lesson: --progress lists them")
    parser.add_argument("--lessons", metavar="DIR", help="add the lessons in a folder (NAME.toml)")
    parser.add_argument(
        "--progress",
        nargs="?",
        const="table",
        choices=("table", "json"),
        help="print how far you are in each lesson, and end",
    )
    add_options(parser)
    parser.add_argument("--version", action="version", version=f"hlt-tui {__version__}")
    return parser


def _refuse(sentence: str) -> int:
    print(f"hlt-tui: {plain(sentence)}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
