"""RunSpec: one line that names a whole run, such as ``two-layer/xor/mse/sgd lr=0.1 seed=0 @12e+3``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from hltcore import datasets, optimizers
from hltcore.edits import Mark, Position, Switch, parse_edit, setting
from hltcore.errors import OptionError, SpecError, nearest, quoted
from hltcore.options import Value, write
from hltcore.registry import Entry, Own
from hltcore.settings import REGISTRIES, SETTINGS

__all__ = ["RunSpec"]


@dataclass(frozen=True)
class RunSpec:
    """A whole run: what is trained on what, how, and how far, with everything done to it on the way.

    Attributes:
        model: Name of the model; aliases are replaced by the full name, here and below.
        dataset: Name of the data set.
        loss: Name of the loss.
        optimizer: Name of the optimizer.
        lr: Learning rate.
        seed: Seed of the initialisation and of the shuffling.
        batch: Examples in one step: a number, or "all".
        shuffle: Whether each epoch has an order of its own.
        init: Name of the initialisation.
        l1: Strength of L1 regularisation, which adds l1·Σ|w| over the weights (not the biases) to each step's loss.
        l2: Strength of L2 regularisation, which adds (l2/2)·Σw².
        updates: A model whose parameters the optimizer was given by mistake, or "".
        frozen: Places in the parameters that no update changes, joined by "+": ``linear1.bias+linear1.weight[0,1]``.
        options: Settings of the model, data set, loss and optimizer that are not at their defaults, sorted by name.
        marks: Points to run to, in order, each with the edit made there.

    Raises:
        UnknownNameError: A name is in no registry.
        OptionError: A setting is unknown or its value not allowed.
    """

    model: str = "logistic-regression"
    dataset: str = "language-id"
    loss: str = "mse"
    optimizer: str = "sgd"
    lr: float = 0.1
    seed: int = 0
    batch: str = "1"
    shuffle: bool = False
    init: str = "pytorch"
    l1: float = 0.0
    l2: float = 0.0
    updates: str = ""
    frozen: str = ""
    options: tuple[tuple[str, Value], ...] = ()
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        canonical: dict[str, Any] = {
            kind: registry.canonical(getattr(self, kind)) for kind, registry in REGISTRIES.items()
        }
        canonical.update({option.name: option.read(getattr(self, option.name)) for option in SETTINGS})
        if canonical["updates"] == canonical["model"]:
            canonical["updates"] = ""
        for name, value in canonical.items():
            object.__setattr__(self, name, value)
        entries = self.entries
        _check_names(entries)
        known = {option.name: option for entry in entries.values() for option in entry.options}
        for name, _ in self.options:
            if name not in known:
                raise OptionError(f"Unknown setting {quoted(name)}: {nearest(name, [*known, *_KEYWORDS])}")
        given = {name: known[name].read(value) for name, value in self.options}
        kept = sorted((name, value) for name, value in given.items() if value != known[name].default)
        object.__setattr__(self, "options", tuple(kept))
        check = optimizers.registry.get(self.optimizer).check
        if check is not None:
            check(self.options_of("optimizer"))

    @property
    def entries(self) -> dict[str, Entry]:
        """The registry entries of the model, data set, loss and optimizer, by kind."""
        return {kind: registry.get(getattr(self, kind)) for kind, registry in REGISTRIES.items()}

    def options_of(self, kind: str) -> dict[str, Value]:
        """All options of the "model", "dataset", "loss" or "optimizer", defaults included."""
        entry = self.entries[kind]
        return entry.complete({name: value for name, value in self.options if entry.option(name)})

    @property
    def data(self) -> tuple[str, dict[str, Value]]:
        """What makes the data: the name of the data set, and all its options."""
        return self.dataset, self.options_of("dataset")

    @property
    def pinned(self) -> RunSpec:
        """The same run with what a line must say to find data that lie outside the program: a file's digest.

        Raises:
            HltError: They are not there.
        """
        pin = datasets.registry.get(self.dataset).pin
        return self if pin is None else self.changed(**pin(self.options_of("dataset")))

    @property
    def own(self) -> tuple[str, ...]:
        """The parts, here and on the way, that a script passed as objects: no line can name them anywhere else."""
        switched = (value for mark in self.marks for value in _switched_to(mark))
        parts = (*(getattr(self, kind) for kind in REGISTRIES), *switched)
        return tuple(dict.fromkeys(part for part in parts if isinstance(part, Own)))

    @property
    def position(self) -> Position:
        """The point to run to."""
        return self.marks[-1].position if self.marks else Position()

    @property
    def start(self) -> RunSpec:
        """The same run before its first step."""
        return replace(self, marks=())

    @property
    def end(self) -> RunSpec:
        """The settings in force after its last edit, as a run of their own before its first step."""
        spec = self.start
        for mark in self.marks:
            if isinstance(mark.edit, Switch):
                spec, _ = spec.switched(dict(mark.edit.changes))
        return spec

    def changed(self, **changes: Any) -> RunSpec:
        """The same run with other settings; the options of a part that is replaced go with it.

        So does what is frozen, when the model or one of its options changes: its places were the old model's.

        Raises:
            UnknownNameError: A name is in no registry.
            OptionError: A setting is unknown or its value not allowed.
        """
        new = {name: value for name, value in changes.items() if name in _KEYWORDS}
        options = {name: value for name, value in changes.items() if name not in _KEYWORDS}
        for kind in REGISTRIES:
            REGISTRIES[kind].get(new.get(kind, getattr(self, kind)))
        parts = replace(self, options=(), **new)
        stays = {o.name for kind, e in parts.entries.items() if e == self.entries[kind] for o in e.options}
        reset = {n for e in parts.entries.values() for o in e.options if o.name in options for n in o.resets}
        kept = {name: value for name, value in self.options if name in stays - reset}
        result = replace(parts, options=tuple({**kept, **options}.items()))
        same_model = (result.model, result.options_of("model")) == (self.model, self.options_of("model"))
        return result if same_model or "frozen" in changes else replace(result, frozen="")

    def split(self, share: float | str) -> RunSpec:
        """The same run with a share of its first data set's examples held out: its option ``held_out``.

        Raises:
            OptionError: The data set holds none out, or not that share.
        """
        if datasets.registry.get(self.dataset).option("held_out") is None:
            able = ", ".join(entry.name for entry in datasets.registry if entry.option("held_out"))
            raise OptionError(f"{quoted(self.dataset)} holds out no examples: these data sets can: {able}.")
        return self.changed(held_out=share)

    def switched(self, changes: Mapping[str, Any]) -> tuple[RunSpec, Switch]:
        """The same run with other settings, and the switch that leads there: what differs, and any seed.

        Raises:
            UnknownNameError: A name is in no registry.
            OptionError: A setting is unknown or its value not allowed.
        """
        new = self.changed(**changes)
        before, after = self._values(), new._values()
        differs = [name for name in changes if name == "seed" or before.get(name) != after[name]]
        return new, Switch(tuple((name, after[name]) for name in differs))

    def differences(self, other: RunSpec) -> dict[str, tuple[Value | None, Value | None]]:
        """By name, the settings and options that two runs have different: this one's value and the other's.

        None stands for an option that one of them does not have.
        """
        mine, its = self._values(), other._values()
        names = dict.fromkeys((*mine, *its))
        return {name: (mine.get(name), its.get(name)) for name in names if mine.get(name) != its.get(name)}

    def _values(self) -> dict[str, Value]:
        values: dict[str, Value] = {name: getattr(self, name) for name in _KEYWORDS}
        for kind in REGISTRIES:
            values.update(self.options_of(kind))
        return values

    @classmethod
    def parse(cls, text: str) -> RunSpec:
        """Read a spec.

        Args:
            text: ``MODEL[/DATASET[/LOSS[/OPTIMIZER]]] [NAME=VALUE …] [@POINT [EDIT …] …]``. A point is ``120``
                (steps), ``12e`` (epochs), ``12e+3`` or ``12e+3:backward``; an edit is a setting or
                ``PARAMETER[INDEX]=NUMBER``.

        Raises:
            SpecError: The line does not have that form.
            UnknownNameError: A name is in no registry.
            OptionError: A setting is unknown or its value not allowed.
        """
        words = str(text).split()
        if not words:
            raise SpecError("The spec is empty: write MODEL/DATASET/LOSS/OPTIMIZER, such as two-layer/xor/mse/sgd.")
        names: list[str] = []
        if "=" not in words[0] and not words[0].startswith("@"):
            names = words.pop(0).split("/")
            if len(names) > len(REGISTRIES) or "" in names:
                raise SpecError(f"{quoted('/'.join(names))} is not of the form MODEL/DATASET/LOSS/OPTIMIZER.")
        first = next((i for i, item in enumerate(words) if item.startswith("@")), len(words))
        given: dict[str, Any] = dict(zip(REGISTRIES, names))
        for name, value in map(setting, words[:first]):
            if name in given:
                raise SpecError(f"{quoted(name)} is given twice.")
            given[name] = value
        spec = cls().changed(**given)
        return replace(spec, marks=_marks(words[first:], spec))

    def __str__(self) -> str:
        words = ["/".join(getattr(self, kind) for kind in REGISTRIES)]
        settings = ((option.name, getattr(self, option.name), option.default) for option in SETTINGS)
        words += [f"{name}={write(value)}" for name, value, default in settings if value != default]
        words += [f"{name}={write(value)}" for name, value in self.options]
        return " ".join([*words, *map(str, self.marks)])


_KEYWORDS = tuple(field.name for field in fields(RunSpec) if field.name not in ("options", "marks"))


def _switched_to(mark: Mark) -> Iterator[object]:
    if isinstance(mark.edit, Switch):
        yield from (value for _, value in mark.edit.changes)


def _check_names(entries: Mapping[str, Entry]) -> None:
    """Refuse two parts that have an option of one name: a spec could not tell them apart."""
    owners: dict[str, str] = {}
    for kind, entry in entries.items():
        for option in entry.options:
            if option.name in owners:
                raise OptionError(
                    f"The {owners[option.name]} and the {kind} {quoted(entry.name)} both have an option "
                    f"{quoted(option.name)}: one of them must call it something else."
                )
            owners[option.name] = f"{kind} {quoted(entry.name)}"


def _marks(words: list[str], spec: RunSpec) -> tuple[Mark, ...]:
    groups: list[list[str]] = []
    for item in words:
        groups.append([item]) if item.startswith("@") else groups[-1].append(item)
    marks: list[Mark] = []
    for position, *edit_words in groups:
        mark = Mark(Position.parse(position[1:]), parse_edit(edit_words))
        if mark.position.phase is not None and (mark.edit is not None or len(marks) + 1 < len(groups)):
            raise SpecError(
                f"{quoted(position)} stops inside a step: only the last point can, and nothing can be changed there."
            )
        if isinstance(mark.edit, Switch):
            spec, switch = spec.switched(dict(mark.edit.changes))
            mark = replace(mark, edit=switch if switch.changes else None)
        marks.append(mark)
    return tuple(marks)
