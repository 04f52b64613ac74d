"""Every key in one table: bindings, footer, help and palette are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

__all__ = ["KEYS", "Key", "bindings"]


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
    """

    id: str
    keys: str
    shown: str
    action: str
    short: str
    description: str
    group: str
    footer: int = 0


KEYS: tuple[Key, ...] = (
    Key("step", "space", "space", "step", "step", "Do one step: one update of the parameters", "Forward and back", 1),
    Key("phase", "full_stop", ".", "phase", "phase", "Do one phase of a step and stop there", "Forward and back", 10),
    Key("epoch", "e", "e", "epoch", "epoch", "Run to the end of the epoch (one pass)", "Forward and back", 9),
    Key("back", "b,left", "b", "step_back", "back", "Go one step back", "Forward and back", 5),
    Key("play", "p", "p", "play", "play", "Play, and pause again", "Forward and back", 4),
    Key("faster", "plus,equals_sign", "+", "speed(1)", "faster", "Play faster", "Forward and back", 14),
    Key("slower", "minus", "-", "speed(-1)", "slower", "Play slower", "Forward and back", 15),
    Key("model", "m", "m", "cycle('model')", "model", "Next model, from its seed", "What is trained", 6),
    Key("dataset", "d", "d", "cycle('dataset')", "data", "Next data set; weights that fit go on", "What is trained", 7),
    Key("loss", "l", "l", "cycle('loss')", "loss", "Next loss; weights go on", "What is trained", 8),
    Key(
        "optimizer",
        "o",
        "o",
        "cycle('optimizer')",
        "optim",
        "Next optimizer; weights go on",
        "What is trained",
        18,
    ),
    Key("choose-model", "M", "M", "choose('model')", "", "Choose a model from a list", "What is trained"),
    Key("choose-dataset", "D", "D", "choose('dataset')", "", "Choose a data set from a list", "What is trained"),
    Key("choose-loss", "L", "L", "choose('loss')", "", "Choose a loss from a list", "What is trained"),
    Key("choose-optimizer", "O", "O", "choose('optimizer')", "", "Choose an optimizer from a list", "What is trained"),
    Key("reset", "r", "r", "reset", "reset", "Start again at step 0, from the same seed", "What is trained", 12),
    Key("seed", "n", "n", "new_seed", "seed", "Start the parameters anew from the next seed", "What is trained", 13),
    Key("settings", "s", "s", "settings", "set", "All settings in one sheet", "What is trained", 20),
    Key("try", "w", "w", "try_it", "try", "Try any word or point on the model", "Look closer", 21),
    Key("spec", "y", "y", "spec", "share", "The run in one line, to copy", "Look closer", 22),
    Key("parameters", "1", "1", "panel('parameters')", "", "Parameters alone, or all panels again", "The screen"),
    Key("examples", "2", "2", "panel('examples')", "", "Examples alone, or all panels again", "The screen"),
    Key("plot", "3", "3", "panel('loss')", "", "Loss plot alone, or all panels again", "The screen"),
    Key(
        "inside",
        "4",
        "4",
        "panel('inside')",
        "inside",
        "Inside the step: the phase in numbers",
        "The screen",
        11,
    ),
    Key("panels", "0,escape", "0", "panel('')", "", "All panels", "The screen"),
    Key("by-epoch", "v", "v", "by_epoch", "view", "Loss plot by step, or by epoch (its mean)", "The screen", 17),
    Key("log", "a", "a", "log_scale", "log", "Loss plot on a linear or a logarithmic scale", "The screen", 16),
    Key("theme", "T", "T", "next_theme", "theme", "Dark or light", "The screen", 19),
    Key("help", "question_mark,f1", "?", "help", "help", "This page", "The screen", 2),
    Key("palette", "ctrl+p", "ctrl+p", "command_palette", "", "Find any of these by name", "The screen"),
    Key("suspend", "ctrl+z", "ctrl+z", "suspend_process", "", "Back to the shell; fg returns", "The screen"),
    Key("quit", "q,ctrl+q,ctrl+c", "q", "quit", "quit", "Quit", "The screen", 3),
)


def bindings() -> list[BindingType]:
    """The table as Textual's bindings."""
    return [
        # Those with ctrl act whatever lies over the main screen.
        Binding(name, key.action, key.description, False, key.shown, name.startswith("ctrl+"), id=key.id)
        for key in KEYS
        for name in key.keys.split(",")
    ]
