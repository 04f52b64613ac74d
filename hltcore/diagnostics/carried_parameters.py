"""Carried parameters: they were trained on one data set, and go on with another.

Condition: right after an edit, the parameters have been trained for a step or more since they last started anew or were
all set by hand, the last of it on other data than those at hand; steps that could change none of them do not count.
Meant, it is fine-tuning (Goodfellow, Bengio and Courville, Deep Learning, 2016, section 15.2: transfer learning); else
the run does not begin where its seed says, and it may do worse for it (Ash and Adams, "On Warm-Starting Neural Network
Training", 2020).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.options import write

__all__ = ["check"]


def check(facts: StartFacts) -> Iterator[Finding]:
    """Compare the data that the parameters come from with the data at hand."""
    carried = facts.carried
    if carried is None:
        return
    data, seed = facts.dataset.name, facts.settings.seed
    steps = f"{carried.steps} step{'' if carried.steps == 1 else 's'}"
    told = f'The parameters were trained for {steps} on "{carried.dataset}", and now go on with '
    told += "".join(f"{name}={write(now)}, was {write(then)}, " for name, (now, then) in carried.options.items())
    told += f'{"of " * bool(carried.options)}"{data}": they '
    if carried.now.right is None:
        told += f"have a mean loss of {carried.now.loss:.4g} on its {carried.now.count} examples"
    else:
        told += f"are right on {carried.now.right} of its {carried.now.count} examples "
        told += f"with a mean loss of {carried.now.loss:.4g}"
    if carried.anew is None:
        told += f", and a new start from seed {seed} cannot be made to compare: {carried.why.removesuffix('.')}"
    else:
        on = "with" if carried.anew.right is None else f"on {carried.anew.right} with"
        told += f", those of a new start from seed {seed} {on} {carried.anew.loss:.4g}"
    advice = (
        f"Meant, this is fine-tuning; otherwise start the parameters anew: reset the run, or take seed={seed} again."
    )
    yield Finding("carried-parameters", facts.step, facts.step, facts.settings.dataset, f"{told}.", advice)
