"""Loop: the loops of a run as a script writes them, and the step inside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hltcore.dataset import Dataset
from hltcore.export.plan import Loop, Stage
from hltcore.export.script import Line, code
from hltcore.phase import Phase
from hltcore.spec import RunSpec

__all__ = ["Body", "batching", "inline_loop", "loops", "update_function"]


@dataclass(frozen=True)
class Body:
    """What a step does besides what every step does.

    Attributes:
        l1: The strength of L1 regularisation as Python; empty for none.
        l2: The same of L2, halved.
        asks: Whether a strength may be 0, so that it is asked for.
        frozen: Whether some numbers are put back after the update.
    """

    l1: str = ""
    l2: str = ""
    asks: bool = False
    frozen: bool = False

    @classmethod
    def of(cls, stages: Iterable[Stage]) -> Body:
        """The body that does for all of some stages."""
        specs = [stage.spec for stage in stages]
        same = len({(spec.l1, spec.l2) for spec in specs}) == 1
        l1, l2 = any(spec.l1 for spec in specs), any(spec.l2 for spec in specs)
        first = specs[0]
        return cls(
            (repr(first.l1) if same else "l1") if l1 else "",
            (f"{first.l2!r} / 2" if same else "l2 / 2") if l2 else "",
            not same,
            any(spec.frozen for spec in specs),
        )

    @property
    def penalised(self) -> bool:
        """Whether the weights are asked for."""
        return bool(self.l1 or self.l2)

    def lines(self, x: str, y: str, until: Phase | None = None) -> list[Line]:
        """The step on x and y, as Python; up to a phase, or completed and printed."""
        done = [
            *code(f"y_pred = model({x})", Phase.FORWARD),
            *code(f"loss = criterion(y_pred, {y})", Phase.LOSS),
            *code(self._penalties(), Phase.LOSS),
            *code("optimizer.zero_grad()", Phase.ZERO_GRAD),
            *code("loss.backward()", Phase.BACKWARD),
            *code(self._update(), Phase.UPDATE),
        ]
        if until is not None:
            return [line for line in done if line.phase is not None and line.phase.number <= until.number]
        return [*done, *code(f'print(f"{{epoch}}: {{digits(y_pred)}} | {{digits({y})}} | {{digits(loss)}}")')]

    def _penalties(self) -> Iterator[str]:
        for name, strength, term in (("l1", self.l1, "w.abs().sum()"), ("l2", self.l2, "(w * w).sum()")):
            if strength:
                added = f"loss = loss + {strength} * sum({term} for w in weights)"
                yield from (f"if {name}:", f"    {added}") if self.asks else (added,)

    def _update(self) -> tuple[str, ...]:
        if not self.frozen:
            return ("optimizer.step()",)
        return (
            "kept = [numbers.clone() for numbers in frozen]",
            "optimizer.step()",
            "for numbers, value in zip(frozen, kept):",
            "    numbers.copy_(value)  # no update changes what is frozen",
        )


def batching(spec: RunSpec, dataset: Dataset) -> list[str]:
    """What cuts ``xs`` and ``ys`` into the steps of an epoch; nothing where that needs no saying."""
    rows = len(dataset)
    size = rows if spec.batch == "all" else int(spec.batch)
    alone = ".squeeze(0)" if size > 1 and rows % size == 1 else ""
    why = ["# The last one is a single example: squeezed, it is a vector."] if alone else []
    if spec.shuffle:
        each = (
            ["return [(xs[row], ys[row]) for row in order]"]
            if size == 1
            else [
                f"batches = torch.tensor(order).split({size})",
                *why,
                f"return [(xs[rows]{alone}, ys[rows]{alone}) for rows in batches]",
            ]
        )
        return [
            "def shuffled(epoch):",
            "    order = list(range(len(xs)))",
            f'    random.Random(f"{spec.seed}:{{epoch}}").shuffle(order)',
            *(f"    {line}" for line in each),
        ]
    if size == 1 or size == rows:
        return []
    return [
        *why,
        f"batches = torch.arange(len(xs)).split({size})",
        f"batches = [(xs[rows]{alone}, ys[rows]{alone}) for rows in batches]",
    ]


def _steps(stage: Stage, loop: Loop, epoch: str) -> str:
    """What a loop goes through in an epoch; empty where all examples are one step."""
    spec = stage.spec
    part = "" if loop.start == 0 and loop.stop is None else f"[{loop.start or ''}:{loop.stop or ''}]"
    if spec.shuffle:
        return f"shuffled({epoch}){part}"
    if spec.batch == "1" or len(stage.dataset) == 1:
        return f"zip(xs{part}, ys{part})"
    return "" if spec.batch in ("all", str(len(stage.dataset))) else f"batches{part}"


def _nested(stage: Stage, loop: Loop, inner: list[Line], epoch: str) -> Iterator[Line]:
    """The lines of a step within the loop over the examples, and that over the epochs where there are several."""
    steps = _steps(stage, loop, epoch)
    if loop.whole:
        first = f"{loop.first}, " if loop.first else ""
        yield Line(f"for epoch in range({first}{loop.last}):")
    indent = "    " if loop.whole else ""
    if steps:
        yield Line(f"{indent}for x, y in {steps}:")
        indent += "    "
    yield from (Line(f"{indent}{line.text}", line.phase) for line in inner)


def _names(stage: Stage, loop: Loop) -> tuple[str, str]:
    return ("x", "y") if _steps(stage, loop, "epoch") else ("xs", "ys")


def inline_loop(stage: Stage, loop: Loop, body: Body) -> list[Line]:
    """A loop with the step written out."""
    before = [] if loop.whole or loop.phase else code(f"epoch = {loop.first}")
    return [*before, *_nested(stage, loop, body.lines(*_names(stage, loop), until=loop.phase), "epoch")]


def loops(stage: Stage, body: Body) -> list[Line]:
    """A stage's loops, which call ``update`` for each step."""
    lines: list[Line] = []
    for loop in stage.loops:
        x, y = _names(stage, loop)
        epoch = "epoch" if loop.whole else str(loop.first)
        inner = body.lines(x, y, until=loop.phase) if loop.phase else code(f"update({epoch}, {x}, {y})")
        lines += [*([Line("")] * bool(lines)), *_nested(stage, loop, inner, epoch)]
    return lines


def update_function(body: Body) -> list[Line]:
    """The step as a function."""
    return [Line("def update(epoch, x, y):"), *(Line(f"    {line.text}", line.phase) for line in body.lines("x", "y"))]
