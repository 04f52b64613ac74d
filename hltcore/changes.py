"""Changes: an edit checked against a run, ready to be made without failing half-way."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hltcore.edits import Edit, LoadParameters, SetParameter, Switch
from hltcore.engine import Engine
from hltcore.errors import OptionError, ShapeError, quoted
from hltcore.packing import float32, pack

__all__ = ["Change", "prepare", "whole"]


def _nothing() -> None:
    """Write no parameter."""


@dataclass(frozen=True)
class Change:
    """What an edit will do.

    Attributes:
        edit: The edit in its canonical form: full names, typed values, float32 numbers.
        engine: The engine to go on with.
        write: Sets parameters by hand.
        new_pass: Whether the data begin again from the first batch.
        anew: Whether no number of the parameters is left of what it was.
    """

    edit: Edit
    engine: Engine
    write: Callable[[], None] = _nothing
    new_pass: bool = False
    anew: bool = False


def prepare(engine: Engine, edit: Edit) -> Change:
    """Check an edit against the run as it is; nothing is changed yet.

    Raises:
        HltError: It is not allowed.
    """
    try:
        check = _PREPARE[type(edit)]
    except KeyError:
        raise OptionError(
            f"{quoted(edit)} is not an edit: write Switch, SetParameter or LoadParameters, or call switch()."
        ) from None
    return check(engine, edit)


def _switch(engine: Engine, edit: Switch) -> Change:
    asked = dict(edit.changes)
    spec, _ = engine.spec.switched(asked)
    found = {name: value for name, (value, _) in spec.pinned.differences(spec).items()}
    spec, canonical = engine.spec.switched({**asked, **found})
    reseeded = any(name == "seed" for name, _ in canonical.changes)
    new = Engine(spec, keep=None if reseeded else engine)
    order = (engine.spec.data, engine.spec.batch, engine.spec.shuffle)
    same_order = order == (spec.data, spec.batch, spec.shuffle)
    return Change(canonical, new, new_pass=new.fresh or not same_order, anew=new.fresh)


def _set_parameter(engine: Engine, edit: SetParameter) -> Change:
    buffer = engine.buffer
    index = whole(edit.index)
    place = buffer.place(edit.name, index)
    value = _finite(edit.name, edit.value)
    if pack((buffer.values[place].item(),)) == pack((value,)):  # in bits: 0 and -0 differ
        return Change(Switch(()), engine)
    if not index:  # a parameter that is a single number
        return _load_parameters(engine, LoadParameters(((edit.name, (value,)),)))

    def write() -> None:
        buffer.values[place] = value

    return Change(SetParameter(edit.name, index, value), engine, write)


def whole(index: Any) -> tuple[int, ...]:
    """The place of a number in a parameter, from one whole number or a sequence of them.

    Raises:
        ShapeError: It is neither.
    """
    try:
        return tuple(operator.index(i) for i in (index if isinstance(index, Sequence) else (index,)))
    except TypeError:
        raise ShapeError(f"{quoted(index)} is not the place of a number: write whole numbers from 0 on.") from None


def _load_parameters(engine: Engine, edit: LoadParameters) -> Change:
    buffer = engine.buffer
    values = []
    for name, numbers in edit.values:
        buffer.check_count(name, len(numbers))
        values.append((name, tuple(_finite(name, number) for number in numbers)))

    def write() -> None:
        for name, numbers in values:
            buffer.fill(name, numbers)

    every = {name for name, _ in values} == set(buffer.layout.names)
    return Change(LoadParameters(tuple(values)), engine, write, anew=every)


def _finite(name: str, value: Any) -> float:
    try:
        number = float32(float(value))
    except (TypeError, ValueError):
        raise ShapeError(f"{name} cannot be set to {quoted(value)}: it must be a number.") from None
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ShapeError(f"{name} cannot be set to {quoted(value)}: it must be finite in float32.")
    return number


_PREPARE: dict[type[Any], Callable[[Engine, Any], Change]] = {
    Switch: _switch,
    SetParameter: _set_parameter,
    LoadParameters: _load_parameters,
}
