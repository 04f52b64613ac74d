"""Report: a sweep as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hltcore.errors import printable
from hltcore.sweeps.outcome import Outcome
from hltcore.sweeps.result import Sweep, Variant
from hltcore.sweeps.statistics import QUANTILES

__all__ = ["lines"]


def lines(sweep: Sweep) -> Iterator[str]:
    """A table with a row for each of the settings, then the best and the worst seed of each, and any notes."""
    plan = sweep.plan
    grid = any(plan.changed)
    parts = dict.fromkeys(f"{v.model}/{v.dataset}/{v.loss}/{v.optimizer}" for v in plan.variants)
    what = ", ".join(parts) if grid else str(plan.variants[0].changed(seed=0))
    yield f"-- {printable(what)}"
    yield f"{_counted(len(plan.seeds), 'seed')} from {plan.seeds[0]}, {_counted(plan.epochs, 'epoch')} each"
    named = [(plan.named(place), variant) for place, variant in enumerate(sweep) if variant.outcomes]
    if not named:
        return
    head = ["solved", "95 % interval", *(f"{share:.0%}" for share in QUANTILES), "dead"]
    rows = [["settings", *head], *([name, *_row(variant)] for name, variant in named)]
    yield from _aligned(rows if grid else [row[1:] for row in rows], left=int(grid))
    yield "solved: all examples right at the end; 5% to 95%: the mean loss that so many"
    yield "seeds stay below; dead: seeds with a unit that no example opens"
    for name, variant in named:
        yield from _ends(name, variant)
    variants = [variant for _, variant in named]
    for note in dict.fromkeys(note for variant in variants for note in variant.notes):
        yield f"note: {note}"


def _row(variant: Variant) -> list[str]:
    low, high = variant.interval
    interval = f"{100 * low:.1f} to {_percent(high)}"
    return [_percent(variant.share), interval, *map(_short, variant.losses()), _percent(_dead(variant))]


def _dead(variant: Variant) -> float:
    return sum(bool(outcome.dead) for outcome in variant.outcomes) / len(variant.outcomes)


def _ends(name: str, variant: Variant) -> Iterator[str]:
    if name:
        yield f"-- {printable(name)}"
    total = len(variant.outcomes)
    yield f"solved  {variant.solved:,} of {total:,}; {variant.ever:,} had all right at some epoch's end"
    found = Counter(name for outcome in variant.outcomes for name in outcome.findings)
    for check, count in found.most_common():
        solved = sum(check in outcome.findings and outcome.solved for outcome in variant.outcomes)
        yield f"{check}  {count:,} of {total:,}, of which {solved:,} are solved"
    for word, outcome in (("best", variant.best), ("worst", variant.worst)):
        if outcome is not None:
            yield f"{word:5}  {_told(variant, outcome)}"


def _told(variant: Variant, outcome: Outcome) -> str:
    stopped = "" if outcome.stopped is None else f", could not go on after step {outcome.stopped:,}"
    return f"{outcome.right} right, loss {_short(outcome.loss)}{stopped}: {printable(variant.spec_of(outcome))}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _short(value: float) -> str:
    return f"{value:.3g}"


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _aligned(rows: list[list[str]], left: int) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.ljust(w) if i < left else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        yield "  ".join(cells).rstrip()
