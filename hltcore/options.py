"""Option: one named setting with its type, default and limits, the same for specs, keyword arguments and forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from hltcore.errors import OptionError, nearest, quoted
from hltcore.packing import float32

__all__ = ["Option", "Value", "choice", "flag", "integer", "number", "several", "word"]

Value: TypeAlias = "bool | int | float | str"

T = TypeVar("T")

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


@dataclass(frozen=True)
class Option:
    """One setting.

    Attributes:
        name: The word that sets it, as in ``lr=0.1``.
        default: The value when nobody sets it.
        help: What it does, in a few words.
        read: Turns text or a Python value into the option's value, or raises ``OptionError``.
        choices: Tells the words that it can take; None where any number or text of its kind will do.
        joined: Whether it can take several of them at once, joined by "+".
        sets: Values worth laying side by side; empty where nobody said.
        resets: Other options that go back to their defaults when this one is set to something else.
    """

    name: str
    default: Value
    help: str
    read: Callable[[object], Value]
    choices: Callable[[], tuple[str, ...]] | None = None
    joined: bool = False
    sets: tuple[str, ...] = ()
    resets: tuple[str, ...] = ()


def write(value: Value) -> str:
    """The text of a value, which ``Option.read`` turns into the same value again."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def number(
    name: str,
    default: float,
    help: str,
    *,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    below: float = math.inf,
) -> Option:
    """A real number that is finite in float32, from ``minimum`` to ``maximum`` and less than ``below``."""

    def read(value: object) -> float:
        result = _convert(float, name, value, "a number")
        if not math.isfinite(float32(result)) or not minimum <= result <= maximum or result >= below:
            upper = "" if maximum == math.inf else f" and at most {maximum:g}"
            upper += "" if below == math.inf else f" and below {below:g}"
            limits = f"a finite number{_at_least(minimum)}{upper}"
            raise OptionError(f"{name}={_shown(value)} is not allowed: it must be {limits}.")
        return result

    return Option(name, default, help, read)


def integer(name: str, default: int, help: str, *, minimum: int = 0, maximum: int = 2**63 - 1) -> Option:
    """A whole number from ``minimum`` to ``maximum``."""

    def read(value: object) -> int:
        if isinstance(value, float) and not value.is_integer():
            raise OptionError(f"{name}={_shown(value)} is not allowed: it must be a whole number.")
        result = _convert(int, name, value, "a whole number")
        if not minimum <= result <= maximum:
            upper = "" if maximum == 2**63 - 1 else f" and at most {maximum}"
            raise OptionError(f"{name}={_shown(value)} is not allowed: it must be{_at_least(minimum)}{upper}.")
        return result

    return Option(name, default, help, read)


def flag(name: str, default: bool, help: str) -> Option:
    """True or false."""

    def read(value: object) -> bool:
        text = str(value).casefold()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise OptionError(f"{name}={_shown(value)} is not allowed: it must be true or false.")

    return Option(name, default, help, read, lambda: ("true", "false"))


def word(
    name: str,
    default: str,
    help: str,
    check: Callable[[str], str],
    *,
    choices: Callable[[], tuple[str, ...]] | None = None,
) -> Option:
    """A name that ``check`` takes (and may put into its canonical form) or refuses with an error of its own."""
    return Option(name, default, help, lambda value: check(str(value)), choices)


def choice(name: str, default: str, help: str, choices: tuple[str, ...]) -> Option:
    """One of a few words, all in lower case."""

    def read(value: object) -> str:
        return _chosen(name, str(value), choices)

    return Option(name, default, help, read, lambda: choices)


def several(name: str, default: str, help: str, choices: tuple[str, ...], sets: tuple[str, ...] = ()) -> Option:
    """One or more of a few words, joined by "+"; read in the order of the choices, each once."""

    def read(value: object) -> str:
        given = {_chosen(name, text, choices) for text in str(value).split("+")}
        return "+".join(text for text in choices if text in given)

    return Option(name, default, help, read, lambda: choices, joined=True, sets=sets)


def _chosen(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text.casefold() not in choices:
        raise OptionError(f"{name}={_shown(text)} is not allowed: {nearest(text, choices)}")
    return text.casefold()


def _convert(kind: Callable[[Any], T], name: str, value: object, what: str) -> T:
    if isinstance(value, bool):
        raise OptionError(f"{name}={value} is not allowed: it must be {what}.")
    try:
        return kind(value)
    except (TypeError, ValueError, OverflowError):
        raise OptionError(f"{name}={_shown(value)} is not allowed: it must be {what}.") from None


def _at_least(minimum: float) -> str:
    return "" if minimum == -math.inf else f" at least {minimum:g}"


def _shown(value: object) -> str:
    return quoted(value)[1:-1]
