"""Compose: the script of a run, section by section, from its plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hltcore import places
from hltcore.dataset import Dataset
from hltcore.edits import LoadParameters, Position, SetParameter
from hltcore.errors import printable
from hltcore.export import data as written_data
from hltcore.export import parts
from hltcore.export.gather import FUTURE
from hltcore.export.loop import Body, batching, inline_loop, loops, update_function
from hltcore.export.plan import Stage, completed, plan
from hltcore.export.printed import HEADING
from hltcore.export.script import Line, Script, Section, code
from hltcore.models import registry as models
from hltcore.optimizers import registry as optimizers
from hltcore.packing import text
from hltcore.spec import RunSpec
from hltcore.written import Written

__all__ = ["compose"]

_DEFINED = re.compile(r"^(?:class|def) (\w+)", re.MULTILINE)


def compose(
    spec: RunSpec,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    data: str = "",
    notebook: bool = False,
) -> Script:
    """A run as a script.

    Args:
        spec: The run.
        steps: How many steps it goes on from its last point.
        epochs: How many epochs it goes on.
        data: The beginning of the names of files for examples that are too many for the script itself.
        notebook: Whether it is for a notebook, which does not know where its own file is.

    Raises:
        ExportError: A part cannot be written.
        HltError: A point of the run does not exist.
    """
    line = completed(spec, steps=steps, epochs=epochs)
    return _Composer(line, plan(line), data or "run", notebook).script()


class _Composer:
    def __init__(self, spec: RunSpec, stages: tuple[Stage, ...], data: str, notebook: bool) -> None:
        self._spec = spec
        self._stages = stages
        self._data = data
        self._notebook = notebook
        self._body = Body.of(stages)
        count = sum(len(stage.loops) for stage in stages)
        self._inline = count <= 1
        self._said: dict[str, object] = {}
        self._defined: dict[str, str] = {}
        self._imports: dict[str, None] = {}
        self._files: list[tuple[str, Dataset]] = []

    def script(self) -> Script:
        first, *rest = self._stages
        sections = [*self._first(first)]
        for before, stage in zip(self._stages, rest):
            sections.append(self._edited(before, stage))
        sections.append(
            Section(
                "The parameters it ends with",
                lines=tuple(
                    code("for name, parameter in model.named_parameters():\n    print(name, digits(parameter))")
                ),
            )
        )
        imports = sorted(self._imports, key=lambda line: (line != FUTURE, line.startswith("from"), line))
        head = [*imports, *([""] if imports else []), "import torch", *self._digits()]
        sections.insert(0, Section("", lines=tuple(code(head))))
        spec = self._spec
        title = f"Train {spec.model} on {spec.dataset}, with {spec.loss} and {spec.optimizer}."
        return Script(
            printable(title),
            (
                f"hlt-tui's run  {printable(spec)}  as plain PyTorch: the same numbers, bit for bit. Each line "
                "that it prints is a step.",
            ),
            tuple(sections),
            tuple(self._files),
        )

    @staticmethod
    def _digits() -> list[str]:
        return [
            "",
            "",
            "def digits(tensor):",
            '    """Its numbers with nine digits, which tell any two of them apart."""',
            '    return " ".join(f"{n:.9g}" for n in tensor.flatten().tolist())',
        ]

    def _first(self, stage: Stage) -> Iterator[Section]:
        spec, entries = stage.spec, stage.spec.entries
        names = enumerate(stage.dataset.classes)
        classes = " and ".join(f"{number} is {printable(name)}" for number, name in names) or "numbers"
        columns = ", ".join(map(printable, stage.dataset.features[:8])) + ", …" * (len(stage.dataset.features) > 8)
        yield Section(
            f"The data: {printable(spec.dataset)}",
            (*_sentences(entries["dataset"].summary), f"Columns of x: {columns}. In y, {classes}.", *_held_out(stage)),
            tuple(self._data_lines(stage)),
        )
        note = models.get(spec.model).note
        yield Section(
            f"The model: {printable(spec.model)}",
            (*_sentences(entries["model"].summary), *_sentences(note)),
            tuple(self._model_lines(stage)),
        )
        output = models.get(spec.model).output
        formula = entries["loss"].form_for(output).formula  # type: ignore[attr-defined]
        yield Section(
            f"The loss: {printable(spec.loss)}",
            _sentences(f"{entries['loss'].summary}{': ' + formula if formula else ''}"),
            tuple(self._loss_lines(stage)),
        )
        rule = optimizers.get(spec.optimizer).formula
        yield Section(
            f"The optimizer: {printable(spec.optimizer)}",
            (*_sentences(f"{entries['optimizer'].summary}{': ' + rule if rule else ''}"), *self._stale_told(stage)),
            tuple(self._optimizer_lines(None, stage)),
        )
        training = [*self._setting_lines(stage)]
        heading = code(f'print("{HEADING}")')
        if not self._inline:
            training += [*([Line("")] * bool(training)), *update_function(self._body), *heading]
            training += loops(stage, self._body)
        else:
            training += heading
            training += [line for loop in stage.loops for line in inline_loop(stage, loop, self._body)]
        yield Section(
            "Training",
            ("Forward, loss, zero the gradients, backward, update: for each example, epoch after epoch.",)
            if spec.batch == "1"
            else ("Forward, loss, zero the gradients, backward, update: for each batch, epoch after epoch.",),
            tuple(training),
        )

    def _edited(self, before: Stage, stage: Stage) -> Section:
        title = stage.edit.title if stage.edit is not None else ""
        lines: list[Line] = [*self._edit_lines(stage), *self._data_lines(stage)]
        lines += self._model_lines(stage) if stage.fresh else []
        lines += [*self._loss_lines(stage), *self._optimizer_lines(before, stage), *self._setting_lines(stage)]
        if self._inline:
            looped = [line for loop in stage.loops for line in inline_loop(stage, loop, self._body)]
        else:
            looped = loops(stage, self._body)
        if lines and looped:
            lines.append(Line(""))
        return Section(f"{_after(stage.position)}: {printable(title)}", self._stale_told(stage), (*lines, *looped))

    def _changed(self, name: str, value: object) -> bool:
        """Whether the script has not said this last."""
        before, self._said[name] = self._said.get(name), value
        return before != value

    def _made(self, name: str, written: Written) -> Iterator[Line]:
        """What makes a part, with what it needs, as far as the script does not have it."""
        self._imports.update(dict.fromkeys(written.imports))
        yield from self._definition(written)
        yield from code(f"{name} = {written.call}")

    def _definition(self, written: Written) -> Iterator[Line]:
        """What a part needs defined, unless that is what its names stand for already."""
        names = _DEFINED.findall(written.define)
        if any(self._defined.get(name) != written.define for name in names):
            self._defined.update(dict.fromkeys(names, written.define))
            yield from code(f"{written.define}\n")

    def _data_lines(self, stage: Stage) -> Iterator[Line]:
        data = stage.dataset
        if self._changed("data", stage.spec.data):
            if written_data.fits_inline(data):
                yield from code(written_data.inline(data))
            else:
                yield from code(written_data.reading(self._table(stage), notebook=self._notebook))
                self._imports["import csv"] = None
                self._imports["from pathlib import Path"] = None
        batches = batching(stage.spec, data)
        if stage.spec.shuffle:
            self._imports["import random"] = None
        if self._changed("batches", (stage.spec.data, batches)) and batches:
            yield Line("")
            yield from code(batches)

    def _table(self, stage: Stage) -> str:
        for name, data in self._files:
            if data == stage.dataset:
                return name
        number = f"-{len(self._files) + 1}" if self._files else ""
        name = f"{self._data}-data{number}.csv"
        self._files.append((name, stage.dataset))
        return name

    def _model_lines(self, stage: Stage) -> Iterator[Line]:
        written = parts.model(stage.spec, len(stage.dataset.features))
        made = list(self._made("model", written))
        yield from made[:-1]
        yield from code(f"torch.manual_seed({stage.spec.seed})")
        yield from made[-1:]
        filled = parts.initialisation(stage.spec)
        self._imports.update(dict.fromkeys(filled.imports))
        yield from self._definition(filled)
        if filled.call:
            yield from code(filled.call)
        if self._body.penalised:
            yield from code("weights = [p for p in model.parameters() if p.dim() > 1]  # no biases")

    def _loss_lines(self, stage: Stage) -> Iterator[Line]:
        written = parts.criterion(stage.spec)
        if self._changed("loss", written):
            yield from self._made("criterion", written)

    def _optimizer_lines(self, before: Stage | None, stage: Stage) -> Iterator[Line]:
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

    @staticmethod
    def _stale_told(stage: Stage) -> tuple[str, ...]:
        if not stage.spec.updates:
            return ()
        return (
            f"The optimizer holds the parameters of another model, {printable(stage.spec.updates)}, as happens by "
            "mistake: this model's never move, and its gradients, which nobody zeroes, add up.",
        )

    def _setting_lines(self, stage: Stage) -> Iterator[Line]:
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
    def _edit_lines(stage: Stage) -> Iterator[Line]:
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


def _sentences(text: str) -> tuple[str, ...]:
    told = printable(text)
    return (f"{told[:1].upper()}{told[1:]}{'' if told.endswith('.') else '.'}",) if told else ()


def _float(value: float) -> str:
    """A float32 as Python; with a point, or -0 would be a whole number and lose its sign."""
    told = text(value)
    return told if set(told) & set(".en") else f"{told}.0"


def _held_out(stage: Stage) -> tuple[str, ...]:
    rest = stage.dataset.held_out
    return () if rest is None else (f"{len(rest)} more are held out, and not trained on.",)


def _after(position: Position) -> str:
    done = [f"{position.epoch} epoch{'s' * (position.epoch != 1)}"] if position.epoch else []
    done += [f"{position.step} step{'s' * (position.step != 1)}"] if position.step else []
    return f"After {' and '.join(done)}" if done else "Before the first step"
