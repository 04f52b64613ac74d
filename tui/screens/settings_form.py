"""The settings sheet's form: its rows, what has been typed, and what taking it over would do; no torch, no screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from hltcore import datasets
from hltcore.errors import HltError
from hltcore.options import Option, Value, word, write
from hltcore.registry import Entry, Own
from hltcore.settings import REGISTRIES, SETTINGS
from hltcore.spec import RunSpec
from tui.formatting import tally

__all__ = ["Form", "Row", "Verdict"]

_HEADINGS = {"model": "Model", "dataset": "Data", "loss": "Loss", "optimizer": "Optimizer", "run": "Run"}
_HOMES = {
    "init": "model",
    "frozen": "model",
    "batch": "dataset",
    "shuffle": "dataset",
    "l1": "loss",
    "l2": "loss",
    "lr": "optimizer",
    "updates": "optimizer",
}


@dataclass(frozen=True)
class Row:
    """One setting.

    Attributes:
        name: Its name.
        text: What its field shows.
        help: What it does.
        before: Its value in force; None for a setting that the parts in force do not have.
        default: Its value when nobody sets it.
        changed: Whether the text asks for another value than there would be without it.
        choices: All it can be, where that can be listed.
        joined: Whether it can be several of these, joined by "+".
        refusal: Why the text is no value for it; empty when it is one.
        is_part: Whether it is the model, the data set, the loss or the optimizer.
    """

    name: str
    text: str
    help: str
    before: str | None
    default: str
    changed: bool
    choices: tuple[str, ...] = ()
    joined: bool = False
    refusal: str = ""
    is_part: bool = False


@dataclass(frozen=True)
class Verdict:
    """What taking the form over would do.

    Attributes:
        sentence: What would happen, or why nothing can.
        refused: Whether it cannot be taken over.
        row: The setting that this is about, where that can be told.
    """

    sentence: str
    refused: bool = False
    row: str = ""


@dataclass(frozen=True)
class Form:
    """All settings of a run, and the texts typed for them.

    Attributes:
        spec: The settings in force.
        texts: What was typed, by setting, where it is another text than there would be without it. A text is kept
            for a setting that the chosen parts do not have, in case they are chosen again.
        parts: The last known model, data set, loss and optimizer typed, by kind.
    """

    spec: RunSpec
    texts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    def typed(self, name: str, text: str) -> Form:
        """The form with another text for a setting."""
        texts = {key: value for key, value in self.texts.items() if key != name}
        if text != self._untyped().get(name):
            texts[name] = text
        parts = self.parts
        if name in REGISTRIES:
            with suppress(HltError):  # in the middle of a word the rows stay those of the last one
                parts = {**parts, name: self._canonical(name, text.strip())}
        return replace(self, texts=texts, parts=parts)

    def sections(self) -> list[tuple[str, list[Row]]]:
        """The rows under their headings."""
        rows: dict[str, list[Row]] = {kind: [] for kind in _HEADINGS}
        for kind, registry in REGISTRIES.items():
            entry = self._entry(kind)
            part = word(kind, getattr(RunSpec(), kind), entry.summary, partial(self._canonical, kind))
            own = (str(entry.name),) if isinstance(entry.name, Own) else ()  # a field holds text
            rows[kind].append(self._row(part, getattr(self.spec, kind), (*registry.names(), *own)))
            rows[kind] += [self._row(option, self._in_force(kind, option)) for option in entry.options]
        for option in SETTINGS:
            home = _HOMES.get(option.name, "run")
            rows[home].append(self._row(option, getattr(self.spec, option.name)))
        return [(_HEADINGS[kind], listed) for kind, listed in rows.items() if listed]

    def changes(self) -> dict[str, str]:
        """What to switch to."""
        return {row.name: row.text.strip() for row in self._rows() if row.changed}

    def verdict(self) -> Verdict:
        """What taking the form over would do."""
        refused = next((row for row in self._rows() if row.refusal), None)
        if refused is not None:
            return Verdict(refused.refusal, True, refused.name)
        changes = self.changes()
        if not changes:
            return Verdict("Nothing is changed.")
        try:
            new, _ = self.spec.switched(changes)
            effect = _effect(self.spec, new, "seed" in changes)
        except HltError as error:
            return Verdict(str(error), True, self.about(str(error)))
        return Verdict(f"{tally(len(changes), 'change')}: {effect}.")

    def about(self, sentence: str) -> str:
        """The setting that a refusal begins with, or empty."""
        return next((row.name for row in self._rows() if sentence.startswith(f"{row.name}=")), "")

    def _canonical(self, kind: str, text: str) -> str:
        """The full name of a part; the text of one that a script passed, where it is in force, is that one."""
        here: str = getattr(self.spec, kind)
        return here if text == str(here) else REGISTRIES[kind].canonical(text)

    def _rows(self) -> Iterator[Row]:
        for _, rows in self.sections():
            yield from rows

    def _entry(self, kind: str) -> Entry:
        entry: Entry = REGISTRIES[kind].get(self.parts.get(kind, getattr(self.spec, kind)))
        return entry

    def _in_force(self, kind: str, option: Option) -> Value | None:
        same = self._entry(kind) == self.spec.entries[kind]
        return self.spec.options_of(kind)[option.name] if same else None

    def _untyped(self) -> dict[str, str]:
        return {row.name: row.default if row.before is None else row.before for row in self._rows()}

    def _row(self, option: Option, in_force: Value | None, choices: tuple[str, ...] = ()) -> Row:
        before = None if in_force is None else write(in_force)
        base = option.default if in_force is None else in_force
        text = self.texts.get(option.name, write(base))
        changed, refusal = False, ""
        try:
            changed = option.read(text.strip()) != base
        except HltError as error:
            changed, refusal = True, str(error)
        return Row(
            option.name,
            text,
            option.help,
            before,
            write(option.default),
            changed,
            choices or _choices(option),
            option.joined,
            refusal,
            option.name in REGISTRIES,
        )


def _choices(option: Option) -> tuple[str, ...]:
    if isinstance(option.default, bool):
        return ("false", "true")
    return option.choices() if option.choices is not None else ()


def _effect(spec: RunSpec, new: RunSpec, reseeded: bool) -> str:
    """What a switch does to the parameters and to the order of the data."""
    model = [(s.model, s.options_of("model"), s.init, s.seed) for s in (spec, new)]
    data = [(s.dataset, s.options_of("dataset")) for s in (spec, new)]
    inputs = [len(_features(s)) for s in (spec, new)] if data[0] != data[1] else [0, 0]
    if reseeded or model[0] != model[1] or inputs[0] != inputs[1]:
        return f"the parameters start anew, from seed {new.seed}"
    order = [(s.batch, s.shuffle) for s in (spec, new)]
    optimizer = [(s.optimizer, s.options_of("optimizer"), s.updates) for s in (spec, new)]
    effects = ["the weights go on"]
    effects += ["a new epoch begins"] * (data[0] != data[1] or order[0] != order[1])
    effects += ["the optimizer begins anew"] * (optimizer[0] != optimizer[1])
    return ", ".join(effects)


def _features(spec: RunSpec) -> tuple[str, ...]:
    features: tuple[str, ...] = datasets.registry.get(spec.dataset).factory(**spec.options_of("dataset")).features
    return features
