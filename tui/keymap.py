"""Every key in one table: bindings, footer, help and palette are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

from tui.moment import Kind, Moment

__all__ = ["FIRST", "KEYS", "Key", "bindings", "offered"]

FIRST = 3
"""Ranks in the footer that come before all others: the way on, to help, and out."""


@dataclass(frozen=True)
class Key:
    """One thing that a key does.

    Attributes:
        id: Its name in a keymap.
        keys: The keys, as Textual names them, separated by commas.
        shown: The key as a person reads it.
        action: The app's action.
        short: What it does, in a word.
        description: What it does, in a sentence.
        group: The heading under which help lists it.
        footer: Its rank in the footer, where a small terminal has room for the first few; 0 to leave it out.
        lesson: Whether it has a meaning only while a lesson is open.
        runs: The runs it has a meaning for: "any"; "live" ones alone, which are trained here; "recorded" ones alone; or
            "own" ones, which are of this library's parts and trained here or recorded. Empty for "live" in the groups
            of keys that change a run, and "any" in others.
    """

    id: str
    keys: str
    shown: str
    action: str
    short: str
    description: str
    group: str
    footer: int = 0
    lesson: bool = False
    runs: str = ""

    def fits(self, kind: Kind) -> bool:
        """Whether it has a meaning for a run of that kind."""
        return kind in _KINDS[self.runs or ("live" if self.group in (_RUN, _LESSONS) else "any")]


_TIME, _CLOSE, _RUN, _SCREEN = "Forward and back", "Look closer", "What is trained", "The screen"
_LESSONS = "Lessons"
_KINDS: dict[str, tuple[Kind, ...]] = {
    "any": ("live", "recorded", "watched"),
    "live": ("live",),
    "recorded": ("recorded", "watched"),
    "own": ("live", "recorded"),
}

KEYS: tuple[Key, ...] = (
    Key("step", "space", "space", "step", "step", "Do one step: one update of the parameters", _TIME, 1),
    Key(
        "phase",
        "full_stop",
        ".",
        "phase",
        "phase",
        "Do one phase of a step; in a log without phases, go to the next tensors",
        _TIME,
        10,
    ),
    Key("epoch", "e", "e", "epoch", "epoch", "Run to the end of the epoch (one pass)", _TIME, 9),
    Key("back", "b", "b", "step_back", "back", "Go one step back (← too, with nothing focused)", _TIME, 5),
    Key("back-phase", "comma", ",", "phase_back", "", "Go one phase back, or to the tensors before", _TIME),
    Key("back-epoch", "B", "B", "epoch_back", "", "Go back to where an epoch began", _TIME),
    Key("home", "home", "home", "home", "", "Go to the start", _TIME),
    Key("end", "end", "end", "end", "", "Go to the last step that was run", _TIME),
    Key("go-to", "g", "g", "go_to", "go to", "Go to a point, such as 120, 12e or 12e+3", _TIME, 20),
    Key("until", "u", "u", "until", "until", "Run until something holds, such as loss<0.01", _TIME, 21),
    Key("play", "p", "p", "play", "play", "Play, and pause again; also stops a long run", _TIME, 4),
    Key("faster", "plus,equals_sign", "+", "speed(1)", "faster", "Play faster", _TIME, 14),
    Key("slower", "minus", "-", "speed(-1)", "slower", "Play slower", _TIME, 15),
    Key(
        "next-line",
        "right_square_bracket",
        "]",
        "line(1)",
        "",
        "Next line of history, where it was forked",
        _TIME,
        runs="live",
    ),
    Key("previous-line", "left_square_bracket", "[", "line(-1)", "", "Previous line of history", _TIME, runs="live"),
    Key("next-log", "N", "N", "next_log", "next log", "Show the next of several logs", _TIME, 38, runs="recorded"),
    Key("up", "up", "↑", "walk('up')", "", "Focus the number above, or the finding", _CLOSE),
    Key("down", "down", "↓", "walk('down')", "", "Focus the number below, or the finding", _CLOSE),
    Key("left", "left", "←", "walk('left')", "", "Focus the number to the left", _CLOSE),
    Key("right", "right", "→", "walk('right')", "", "Focus the number to the right", _CLOSE),
    Key("story", "5", "5", "panel('story')", "story", "The story of the focused number", _CLOSE, 12),
    Key("next-change", "c", "c", "change(True, False)", "", "Go to the next step that changed the number", _CLOSE),
    Key("previous-change", "C", "C", "change(False, False)", "", "Go to the step before that changed it", _CLOSE),
    Key("next-sign", "x", "x", "change(True, True)", "", "Go to the next step that changed its sign", _CLOSE),
    Key("previous-sign", "X", "X", "change(False, True)", "", "Go to the step before that changed its sign", _CLOSE),
    Key("edit", "enter", "enter", "edit", "", "Set the focused number; in findings, go there", _CLOSE),
    Key("freeze", "f", "f", "freeze", "", "Freeze the focused number, or let it go", _CLOSE, runs="live"),
    Key("inside", "4", "4", "panel('inside')", "inside", "Inside the step: the phase in numbers", _CLOSE, 11),
    Key("surface", "6", "6", "panel('surface')", "surface", "The prediction over the plane", _CLOSE, 22, runs="own"),
    Key("network", "7", "7", "panel('network')", "network", "The network as a diagram, or a log's layers", _CLOSE, 23),
    Key("embedding", "9", "9", "panel('embedding')", "embedding", "Embedded words as points", _CLOSE, 30, runs="own"),
    Key("findings", "8", "8", "panel('findings')", "findings", "What the checks have found", _CLOSE, 29),
    Key("matrix", "K", "K", "panel('matrix')", "matrix", "One tensor as a matrix; alone, arrows scroll it", _CLOSE, 39),
    Key("zoom-in", "z", "z", "zoom(1)", "zoom", "See less of the matrix, more closely", _CLOSE, 40),
    Key("zoom-out", "Z", "Z", "zoom(-1)", "", "See more of the matrix", _CLOSE),
    Key("extreme", "k", "k", "extreme", "", "Cells of a matrix: means of their blocks, or extremes", _CLOSE),
    Key("script", "v", "v", "panel('script')", "script", "The run as a plain PyTorch script", _CLOSE, 36, runs="own"),
    Key("settings", "s", "s", "settings", "settings", "Every setting of the run on one sheet", _RUN, 16),
    Key("model", "m", "m", "cycle('model')", "model", "Next model, from its seed", _RUN, 6),
    Key("dataset", "d", "d", "cycle('dataset')", "data", "Next data set; weights that fit go on", _RUN, 7),
    Key("loss", "l", "l", "cycle('loss')", "loss", "Next loss; weights go on", _RUN, 8),
    Key("optimizer", "o", "o", "cycle('optimizer')", "optim", "Next optimizer; weights go on", _RUN, 24),
    Key("choose-model", "M", "M", "choose('model')", "", "Choose a model from a list", _RUN),
    Key("choose-dataset", "D", "D", "choose('dataset')", "", "Choose a data set from a list", _RUN),
    Key("choose-loss", "F", "F", "choose('loss')", "", "Choose a loss from a list", _RUN),
    Key("choose-optimizer", "O", "O", "choose('optimizer')", "", "Choose an optimizer from a list", _RUN),
    Key("reset", "r", "r", "reset", "reset", "Start again at step 0, from the same seed", _RUN, 17),
    Key("seed", "n", "n", "new_seed", "seed", "Start the parameters anew from the next seed", _RUN, 18),
    Key("twin", "t", "t", "twin", "twin", "A twin with one thing different; t ends it", _RUN, 13),
    Key("compare", "W", "W", "compare", "compare", "Compare features: which get how far on new examples", _RUN, 35),
    Key("sweep", "S", "S", "sweep", "sweep", "Sweep: many seeds of this run, how many of them learn", _RUN, 37),
    Key("try", "w", "w", "try_it", "try", "Try any word or point", _RUN, 25, runs="own"),
    Key("data", "i", "i", "data", "", "What your own file holds: its columns (--data), or a log", _RUN, runs="any"),
    Key("spec", "y", "y", "spec", "copy", "The line that opens this very state, to copy", _RUN, 19, runs="own"),
    Key("lessons", "L", "L", "lessons", "lessons", "Choose a lesson, or leave the one that is open", _LESSONS, 31),
    Key("next-page", "greater_than_sign", ">", "turn(1)", "next", "Next page; first its question", _LESSONS, 32, True),
    Key("previous-page", "less_than_sign", "<", "turn(-1)", "page before", "The page before", _LESSONS, 33, True),
    Key("page-run", "R", "R", "reopen", "its run again", "Open the page's run again", _LESSONS, 34, True),
    Key("lesson-down", "pagedown", "pgdn", "scroll_lesson(1)", "", "Scroll the lesson's text down", _LESSONS, 0, True),
    Key("lesson-up", "pageup", "pgup", "scroll_lesson(-1)", "", "Scroll the lesson's text up", _LESSONS, 0, True),
    Key("parameters", "1", "1", "panel('parameters')", "", "Parameters alone, or all panels again", _SCREEN),
    Key("examples", "2", "2", "panel('examples')", "", "Examples alone, or all panels again", _SCREEN),
    Key("plot", "3", "3", "panel('loss')", "", "Loss plot alone, or all panels again", _SCREEN),
    Key("panels", "0,escape", "0", "leave", "", "All panels; or let the focused number go", _SCREEN),
    Key("by-epoch", "V", "V", "by_epoch", "view", "Loss plot by step, by epoch, or what is right", _SCREEN, 27),
    Key("log", "a", "a", "log_scale", "log", "Loss plot on a linear or a logarithmic scale", _SCREEN, 26),
    Key("theme", "T", "T", "next_theme", "theme", "Dark or light", _SCREEN, 28),
    Key("picture", "ctrl+s", "ctrl+s", "picture", "", "Save the screen as a picture (SVG)", _SCREEN),
    Key("help", "question_mark,f1", "?", "help", "help", "This page", _SCREEN, 2),
    Key("palette", "ctrl+p", "ctrl+p", "command_palette", "", "Find any of these by name", _SCREEN),
    Key("suspend", "ctrl+z", "ctrl+z", "suspend_process", "", "Back to the shell; fg returns", _SCREEN),
    Key("quit", "q,ctrl+q,ctrl+c", "q", "quit", "quit", "Quit", _SCREEN, 3),
)


def offered(moment: Moment) -> tuple[Key, ...]:
    """The keys that do something for a run, as far as it is known, in the table's order."""
    kind, lacks = moment.kind, moment.lacks
    return tuple(key for key in KEYS if key.fits(kind) and key.id not in lacks)


def bindings() -> list[BindingType]:
    """The table as Textual's bindings."""
    return [
        # Those with ctrl act whatever lies over the main screen.
        Binding(name, key.action, key.description, False, key.shown, name.startswith("ctrl+"), id=key.id)
        for key in KEYS
        for name in key.keys.split(",")
    ]
