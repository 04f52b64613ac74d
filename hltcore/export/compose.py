"""Compose: the script of a run, section by section, from its plan."""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.edits import Position
from hltcore.errors import printable
from hltcore.export.gather import FUTURE
from hltcore.export.loop import Body, inline_loop, loops, update_function
from hltcore.export.making import Maker
from hltcore.export.plan import Stage, completed, plan
from hltcore.export.printed import HEADING
from hltcore.export.script import Line, Script, Section, code
from hltcore.models import registry as models
from hltcore.optimizers import registry as optimizers
from hltcore.spec import RunSpec

__all__ = ["compose"]


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
        self._body = Body.of(stages)
        count = sum(len(stage.loops) for stage in stages)
        self._inline = count <= 1
        self._maker = Maker(self._body, data, notebook)

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
        imports = sorted(self._maker.imports, key=lambda line: (line != FUTURE, line.startswith("from"), line))
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
            tuple(self._maker.files),
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
            tuple(self._maker.data(stage)),
        )
        note = models.get(spec.model).note
        yield Section(
            f"The model: {printable(spec.model)}",
            (*_sentences(entries["model"].summary), *_sentences(note)),
            tuple(self._maker.model(stage)),
        )
        output = models.get(spec.model).output
        formula = entries["loss"].form_for(output).formula  # type: ignore[attr-defined]
        yield Section(
            f"The loss: {printable(spec.loss)}",
            _sentences(f"{entries['loss'].summary}{': ' + formula if formula else ''}"),
            tuple(self._maker.loss(stage)),
        )
        rule = optimizers.get(spec.optimizer).formula
        yield Section(
            f"The optimizer: {printable(spec.optimizer)}",
            (*_sentences(f"{entries['optimizer'].summary}{': ' + rule if rule else ''}"), *_stale_told(stage)),
            tuple(self._maker.optimizer(None, stage)),
        )
        training = [*self._maker.settings(stage)]
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
        lines: list[Line] = [*self._maker.edit(stage), *self._maker.data(stage)]
        lines += self._maker.model(stage) if stage.fresh else []
        lines += [*self._maker.loss(stage), *self._maker.optimizer(before, stage), *self._maker.settings(stage)]
        if self._inline:
            looped = [line for loop in stage.loops for line in inline_loop(stage, loop, self._body)]
        else:
            looped = loops(stage, self._body)
        if lines and looped:
            lines.append(Line(""))
        return Section(f"{_after(stage.position)}: {printable(title)}", _stale_told(stage), (*lines, *looped))


def _sentences(text: str) -> tuple[str, ...]:
    told = printable(text)
    return (f"{told[:1].upper()}{told[1:]}{'' if told.endswith('.') else '.'}",) if told else ()


def _stale_told(stage: Stage) -> tuple[str, ...]:
    if not stage.spec.updates:
        return ()
    return (
        f"The optimizer holds the parameters of another model, {printable(stage.spec.updates)}, as happens by "
        "mistake: this model's never move, and its gradients, which nobody zeroes, add up.",
    )


def _held_out(stage: Stage) -> tuple[str, ...]:
    rest = stage.dataset.held_out
    return () if rest is None else (f"{len(rest)} more are held out, and not trained on.",)


def _after(position: Position) -> str:
    done = [f"{position.epoch} epoch{'s' * (position.epoch != 1)}"] if position.epoch else []
    done += [f"{position.step} step{'s' * (position.step != 1)}"] if position.step else []
    return f"After {' and '.join(done)}" if done else "Before the first step"
