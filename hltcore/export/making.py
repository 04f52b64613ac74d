"""Making: the lines of a script that make a run's parts and change them, none that the script has said already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hltcore import places
from hltcore.dataset import Dataset
from hltcore.edits import LoadParameters, SetParameter
from hltcore.export import data as written_data
from hltcore.export import parts
from hltcore.export.loop import Body, batching
from hltcore.export.plan import Stage
from hltcore.export.script import Line, code
from hltcore.packing import text
from hltcore.written import Written

__all__ = ["Maker"]

_DEFINED = re.compile(r"^(?:class|def) (\w+)", re.MULTILINE)


class Maker:
    """Writes the parts of one stage of a run after the other.

    Args:
        body: What the body of each loop does.
        data: The beginning of the names of files for examples that are too many for the script itself.
        notebook: Whether it is for a notebook, which does not know where its own file is.

    Attributes:
        imports: The lines that import what was written so far needs, each once.
        files: The files that it reads, by name.
    """

    def __init__(self, body: Body, data: str, notebook: bool) -> None:
        self.imports: dict[str, None] = {}
        self.files: list[tuple[str, Dataset]] = []
        self._body = body
        self._data = data
        self._notebook = notebook
        self._said: dict[str, object] = {}
        self._defined: dict[str, str] = {}

    def _changed(self, name: str, value: object) -> bool:
        """Whether the script has not said this last."""
        before, self._said[name] = self._said.get(name), value
        return before != value

    def _made(self, name: str, written: Written) -> Iterator[Line]:
        """What makes a part, with what it needs, as far as the script does not have it."""
        self.imports.update(dict.fromkeys(written.imports))
        yield from self._definition(written)
        yield from code(f"{name} = {written.call}")

    def _definition(self, written: Written) -> Iterator[Line]:
        """What a part needs defined, unless that is what its names stand for already."""
        names = _DEFINED.findall(written.define)
        if any(self._defined.get(name) != written.define for name in names):
            self._defined.update(dict.fromkeys(names, written.define))
            yield from code(f"{written.define}\n")

    def data(self, stage: Stage) -> Iterator[Line]:
        """The data, and how they are cut into batches."""
        data = stage.dataset
        if self._changed("data", stage.spec.data):
            if written_data.fits_inline(data):
                yield from code(written_data.inline(data))
            else:
                yield from code(written_data.reading(self._table(stage), notebook=self._notebook))
                self.imports["import csv"] = None
                self.imports["from pathlib import Path"] = None
        batches = batching(stage.spec, data)
        if stage.spec.shuffle:
            self.imports["import random"] = None
        if self._changed("batches", (stage.spec.data, batches)) and batches:
            yield Line("")
            yield from code(batches)

    def _table(self, stage: Stage) -> str:
        for name, data in self.files:
            if data == stage.dataset:
                return name
        number = f"-{len(self.files) + 1}" if self.files else ""
        name = f"{self._data}-data{number}.csv"
        self.files.append((name, stage.dataset))
        return name

    def model(self, stage: Stage) -> Iterator[Line]:
        """The model from its seed, and its parameters' first values."""
        written = parts.model(stage.spec, len(stage.dataset.features))
        made = list(self._made("model", written))
        yield from made[:-1]
        yield from code(f"torch.manual_seed({stage.spec.seed})")
        yield from made[-1:]
        filled = parts.initialisation(stage.spec)
        self.imports.update(dict.fromkeys(filled.imports))
        yield from self._definition(filled)
        if filled.call:
            yield from code(filled.call)
        if self._body.penalised:
            yield from code("weights = [p for p in model.parameters() if p.dim() > 1]  # no biases")

    def loss(self, stage: Stage) -> Iterator[Line]:
        """The loss."""
        written = parts.criterion(stage.spec)
        if self._changed("loss", written):
            yield from self._made("criterion", written)

    def optimizer(self, before: Stage | None, stage: Stage) -> Iterator[Line]:
        """The optimizer, or what changes in it; ``before`` is the stage before, None at the start."""
        spec = stage.spec
        old = before.spec if before is not None else None
        if spec.updates:
            if old is not None and (old.updates == spec.updates or (stage.fresh and old.model == spec.updates)):
                return  # the optimizer that is there holds another model's parameters already
            other = parts.other_model(spec.updates, len(stage.dataset.features))
            yield from self._made("other", other)
            yield from self._made("optimizer", parts.optimizer(spec, "other.parameters()"))
            return
        part = (spec.optimizer, spec.options_of("optimizer"), "")
        if old is None or stage.fresh or (old.optimizer, old.options_of("optimizer"), old.updates) != part:
            yield from self._made("optimizer", parts.optimizer(spec, "model.parameters()"))
        elif old.lr != spec.lr:
            yield from code(f'for group in optimizer.param_groups:\n    group["lr"] = {spec.lr!r}')

    def settings(self, stage: Stage) -> Iterator[Line]:
        """Strengths of regularisation that change on the way, and what is frozen."""
        spec = stage.spec
        for name, value in (("l1", spec.l1), ("l2", spec.l2)):
            if self._body.asks and getattr(self._body, name) and self._changed(name, value):
                yield from code(f"{name} = {value!r}")
        if stage.fresh:
            self._said.pop("frozen", None)
        if self._body.frozen and self._changed("frozen", spec.frozen):
            frozen = [parts.numbers(place) for place in places.read(spec.frozen)]
            short = f"frozen = [{', '.join(frozen)}]"
            many = ["frozen = [", *(f"    {numbers}," for numbers in frozen), "]"]
            yield from code(short if len(short) <= written_data.WIDTH else many)

    @staticmethod
    def edit(stage: Stage) -> Iterator[Line]:
        """What somebody changed by hand."""
        edit = stage.edit
        if isinstance(edit, SetParameter):
            place = places.Place(edit.name, edit.index)
            yield from code(f"{parts.numbers(place)} = {_float(edit.value)}")
        elif isinstance(edit, LoadParameters):
            for name, values in edit.values:
                numbers = parts.numbers(places.Place(name))
                yield from code(f"{numbers}.copy_(torch.tensor([")
                yield from code(written_data.packed(f"{_float(value)}," for value in values))
                yield from code(f"]).view_as({numbers}))")


def _float(value: float) -> str:
    """A float32 as Python; with a point, or -0 would be a whole number and lose its sign."""
    told = text(value)
    return told if set(told) & set(".en") else f"{told}.0"
