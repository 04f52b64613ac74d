"""Questions: what the app asks for in one line, with examples that fit the run."""

from __future__ import annotations

from dataclasses import dataclass

from hltcore.spec import RunSpec
from tui.cells import Focus, place_text
from tui.snapshot import Snapshot

__all__ = ["EDIT", "GO_TO", "TWIN", "UNTIL", "Question", "Suggestions", "conditions_for", "twins_for"]

Suggestions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """One line that is asked for.

    Attributes:
        title: What is asked for.
        hints: How it is written.
        suggestions: Texts to take over, each with a note.
    """

    title: str
    hints: tuple[str, ...] = ()
    suggestions: Suggestions = ()


GO_TO = Question(
    "Go to",
    ("What has not been run yet is run.",),
    (
        ("120", "120 steps are complete"),
        ("12e", "12 epochs are complete"),
        ("12e+3", "and 3 steps of the next one"),
        ("12e+3:backward", "and inside the step that follows, after backward"),
    ),
)
UNTIL = Question("Run until", ("p stops it. At most 10,000 steps are done.",))
EDIT = Question("Set a number", ("enter sets it: a change of the run at this very step",))
TWIN = Question("A twin that differs in", ("Both go in lock-step from here; t ends the twin.",))


def conditions_for(snapshot: Snapshot, focus: Focus | None) -> Suggestions:
    """Conditions that this run can meet; those of one number are of the focused one."""
    from hltcore.conditions import EXAMPLES  # late: the first frame asks for nothing

    number = place_text(focus) if focus else ""
    label = snapshot.dataset.labels[0]
    fitted = []
    for words, meaning in EXAMPLES:
        if "[" in words and not number:
            continue
        word = words.split()[0] + f" {number}" if "[" in words else words.replace("LABEL", label)
        fitted.append((word, meaning))
    return tuple(fitted)


def twins_for(settings: RunSpec) -> Suggestions:
    """What is worth comparing with this run."""
    model = "logistic-regression" if settings.model != "logistic-regression" else "two-layer"
    optimizer = "adam" if settings.optimizer != "adam" else "sgd"
    return (
        (f"lr={settings.lr * 10:g}", "a larger step"),
        (f"seed={settings.seed + 1}", "another start"),
        (f"optimizer={optimizer}", "another rule for the update"),
        (f"model={model}", "another model"),
        ("loss=" + ("l1" if settings.loss != "l1" else "mse"), "another loss"),
    )
