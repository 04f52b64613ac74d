"""Printing: a run, and lists of what there is, as lines for a terminal or a pipe; fixed widths, no torch."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from hltcore import recording
from hltcore.contenders import Compared, best
from hltcore.datasets import Dataset
from hltcore.diagnostics import Finding, Unchecked
from hltcore.errors import HltError, printable
from hltcore.events import Edited, EpochEvent, Event, PhaseEvent, RunStarted, Score, StepEvent
from hltcore.options import Option, write
from hltcore.registry import Entry, Registry

if TYPE_CHECKING:
    from hltcore.gradcheck import Gap, GradientCheck

__all__ = ["Table", "comparison", "findings", "gradients", "jsonl", "looked", "named", "number", "options"]

_LABEL = 24
_PLACES = 4
_FEATURES = 6


def number(value: float) -> str:
    """A real number in 11 columns, whatever it is."""
    plain = value == 0 or 1e-5 <= abs(value) < 999.9
    return f"{value:11.6f}" if plain else f"{value:11.4e}"


def jsonl(events: Iterable[Event]) -> Iterator[str]:
    """Events as JSON, one a line."""
    return map(recording.dumps, events)


class Table:
    """Events as rows of a table: a line for each example of a step.

    Args:
        dataset: Tells the data now in use; column widths come from all of it, so that none changes while it prints.
    """

    def __init__(self, dataset: Callable[[], Dataset]) -> None:
        self._dataset = dataset
        self._header = ""

    def lines(self, events: Iterable[Event]) -> Iterator[str]:
        """The lines, as the events come."""
        for event in events:
            yield from self._LINES[type(event)](self, event)

    def _started(self, event: RunStarted) -> Iterator[str]:
        yield f"-- {printable(event.spec)}"
        yield from self._begin()

    def _edited(self, event: Edited) -> Iterator[str]:
        yield f"-- before step {event.step}: {printable(event.edit)}"
        yield from self._begin()

    def _phase(self, event: PhaseEvent) -> Iterator[str]:
        """Of a step that the run stops in."""
        yield f"-- in step {event.step}: {event.phase} done"

    def _epoch(self, event: EpochEvent) -> Iterator[str]:
        training, held_out = map(_scored, (event.training, event.held_out))
        yield f"-- {event.epoch} epoch{'s' * (event.epoch != 1)} done: trained on {training}; held out {held_out}"

    def _begin(self) -> Iterator[str]:
        data = self._dataset().excerpt
        self._x = _told(data) if data.sparse else _spelled_out(data)
        self._label = max(len("example"), *(_width(_short(label)) for label in data.labels))
        self._target = max(len("target"), *(len(f"{y:g}") for y in data.targets))
        x = _padded("x", _width(self._x(data.xs[0])))
        example = _padded("example", self._label)
        header = f"    step   epoch  {example}  {x}  {'target':>{self._target}}   prediction         loss"
        if header != self._header:
            self._header = header
            yield header

    def _rows(self, event: StepEvent) -> Iterator[str]:
        count, loss = f"{event.step:8} {event.epoch:7}", number(event.loss)
        batch = event.batch
        for label, xs, target, prediction in zip(batch.labels, batch.xs, batch.targets, event.predictions):
            example = _padded(_short(label), self._label)
            row = f"{count}  {example}  {self._x(xs)}  {target:{self._target}g}  {number(prediction)}  {loss}"
            yield row.rstrip()
            count, loss = " " * len(count), ""  # a batch has one number, one epoch and one loss

    _LINES: ClassVar[dict[type[Any], Callable[[Table, Any], Iterator[str]]]] = {
        RunStarted: _started,
        Edited: _edited,
        PhaseEvent: _phase,
        EpochEvent: _epoch,
        StepEvent: _rows,
    }


def comparison(rows: Sequence[Compared]) -> Iterator[str]:
    """Runs with different features as a table, the one that does best on what it has never seen marked."""
    first = best(rows)
    width = max(len("features"), *(len(row.features) for row in rows))
    yield f"  {'features':{width}}  columns  epochs        trained on          held out  held-out loss"
    for row in rows:
        told = f"{'*' if row is first else ' '} {printable(row.features):{width}}  {row.columns:7}  {row.epochs:6}"
        for score in (row.training, row.held_out):
            share = "" if score is None else _share(score)
            told += f"  {share:>16}"
        told += "" if row.held_out is None else f"    {number(row.held_out.loss)}"
        yield told.rstrip()
        if row.refusal:
            yield f"  {'':{width}}  {printable(row.refusal)}"
    if first is not None:
        numbers = first.held_out is not None and first.held_out.right is None
        yield "* the lowest held-out loss" if numbers else "* the most held-out examples right"


def _spelled_out(data: Dataset) -> Callable[[tuple[float, ...]], str]:
    """Writes the first columns of a row."""
    widths = [max(len(f"{x:g}") for x in column) for column in list(zip(*data.xs))[:_FEATURES]]
    more = " ..." if len(data.features) > _FEATURES else ""
    return lambda xs: " ".join(f"{value:{width}g}" for value, width in zip(xs, widths)) + more


def _told(data: Dataset) -> Callable[[tuple[float, ...]], str]:
    """Writes what is not 0 in a row."""
    width = max(_width(_short(told)) for told in data.rows_told)
    return lambda xs: _padded(_short(data.told(xs)), width)


def _share(score: Score) -> str:
    if score.right is None:
        return f"loss {number(score.loss).strip()}"
    return f"{score.right} of {score.count} {score.accuracy:6.1%}"


def _scored(score: Score) -> str:
    if score.right is None:
        return f"{score.count} examples, loss {number(score.loss).strip()}"
    return f"{score.right} of {score.count} right, loss {number(score.loss).strip()}"


def findings(found: Iterable[Finding], unchecked: Iterable[Unchecked]) -> Iterator[str]:
    """What checks found, and those that have not looked, as lines."""
    for finding in found:
        since = f" (since step {finding.since})" if finding.since < finding.step else ""
        where = f" {printable(finding.where)}" if finding.where else ""
        yield f"step {finding.step}{since}: {finding.check}{where}"
        yield f"    {printable(finding.told)}"
        yield f"    {printable(finding.advice)}"
    reasons: dict[str, list[str]] = {}
    for item in unchecked:
        reasons.setdefault(item.why, []).append(item.check)
    for why, names in reasons.items():
        yield f"not checked: {', '.join(names)}: {printable(why)}"


def looked(
    found: Sequence[Finding], checked: Sequence[str], unchecked: Sequence[Unchecked], steps: int, run: object
) -> Iterator[str]:
    """How many checks looked at a run, and what came of it."""
    yield f"{len(checked)} of {len(checked) + len(unchecked)} checks looked"
    yield f"{len(found)} finding{'' if len(found) == 1 else 's'} in {steps} steps of {printable(run)}"


def gradients(checks: Iterable[GradientCheck]) -> Iterator[str]:
    """A gradient check as a table, and where a loss has no derivative."""
    checks = tuple(checks)
    width = max(len("parameter"), *(len(check.name) for check in checks))
    yield f"  {'parameter':{width}}  {'compared':>13}  {'absolute':>8} at {'':12}  {'relative':>8} at"
    for check in checks:
        compared = f"{len(check.gaps)} of {check.count}"
        absolute, relative = (_largest(check.gaps, of) for of in ("absolute", "relative"))
        verdict = "" if check.agrees else "  WRONG"
        yield f"  {printable(check.name):{width}}  {compared:>13}  {absolute:24}  {relative}{verdict}".rstrip()
    for check in checks:
        name = printable(check.name)
        if check.wrong:
            gap = check.wrong[0]
            yield (
                f"{name}: wrong at {len(check.wrong)} of {len(check.gaps)}, most at {_index(gap.index)}: "
                f"{gap.autograd:.6g} by autograd, {gap.difference:.6g} by differences"
            )
        if check.kinks:
            places = " ".join(map(_index, check.kinks[:_PLACES])) + " ..." * (len(check.kinks) > _PLACES)
            yield f"{name}: not compared at {places}: the loss has a kink there, and so no derivative"


def _largest(gaps: Iterable[Gap], of: Literal["absolute", "relative"]) -> str:
    sizes = {gap.index: gap.absolute if of == "absolute" else gap.relative for gap in gaps}
    if not sizes:
        return f"{'-':>8}"
    place = max(sizes, key=lambda index: (sizes[index] != sizes[index], sizes[index]))
    return f"{sizes[place]:8.1e} at {_index(place)}"


def _index(index: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, index))}]"


def named(entries: Registry[Entry]) -> Iterator[str]:
    """What a registry holds, as lines of a list."""
    names = entries.names()
    width = max(map(len, names), default=0)
    told: dict[tuple[Option, ...], str] = {}
    for name in names:
        try:
            entry = entries.get(name)
        except HltError as error:
            yield f"  {name:{width}}  {printable(str(error))}"
            continue
        yield f"  {name:{width}}  {printable(entry.summary)}"
        notes = [f"also {', '.join(entry.aliases)}"] if entry.aliases else []
        notes += entry.notes
        if entry.options:
            same = told.setdefault(entry.options, name)
            notes += options(entry.options, choices=True) if same == name else [f"settings as for {same}"]
        yield from (f"  {'':{width}}    {printable(note)}" for note in notes)


def options(settings: Iterable[Option], *, choices: bool = False) -> Iterator[str]:
    """Settings with their defaults.

    Args:
        settings: The settings.
        choices: Whether to say which words they can take, where these are few and not plain true and false.
    """
    shown = [
        (f"{option.name}={write(option.default)}", option.help + (_choices(option) if choices else ""))
        for option in settings
    ]
    width = max((len(setting) for setting, _ in shown), default=0)
    yield from (f"{setting:{width}}  {help}" for setting, help in shown)


def _choices(option: Option) -> str:
    if option.choices is None or isinstance(option.default, bool):
        return ""
    return f": {', '.join(option.choices())}{' (joined by +)' if option.joined else ''}"


def _short(label: str) -> str:
    text = printable(label)
    return text if len(text) <= _LABEL else text[: _LABEL - 3] + "..."


def _width(text: str) -> int:
    """Columns on a terminal, where some characters take two and combining ones none."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
