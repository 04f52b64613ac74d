"""Gradcheck: ``python -m hltcore gradcheck`` puts autograd's gradients beside differences of the loss."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from hltcore import printing
from hltcore.commands.arguments import add_spec, spec_of
from hltcore.commands.command import Command
from hltcore.errors import printable

__all__ = ["GRADCHECK"]


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    spec = spec_of(arguments)
    from hltcore.trainer import Trainer

    trainer = Trainer.from_spec(spec, checks=False)
    checks = trainer.check_gradients()
    wrong = [printable(check.name) for check in checks if not check.agrees]
    arguments.code = int(bool(wrong))
    yield from printing.gradients(checks)
    where = f"after step {trainer.steps} of {printable(trainer.spec)}"
    if wrong:
        yield f"{len(wrong)} of {len(checks)} gradients are wrong {where}: {', '.join(wrong)}"
    else:
        yield f"None of {len(checks)} gradients is wrong {where}"


GRADCHECK = Command(
    "gradcheck",
    "compare each gradient with differences of the loss",
    "Compare the gradient of each parameter, as autograd computes it, with differences of the loss over all\n"
    "examples, in float64: a test for models and losses of your own. The exit code is 1 when any is wrong.\n"
    "SPEC is as for train; the check is made at its last point, which is the start if it names none.",
    add_spec,
    _lines,
    rest="spec",
)
