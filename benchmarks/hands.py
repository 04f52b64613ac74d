"""Hands: what somebody might do with the app, at random, and the same again from the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

__all__ = ["ESCAPE", "Move", "moves"]

ESCAPE = "\x1b"
_ENTER = "\r"
_UP, _DOWN, _RIGHT, _LEFT = (f"\x1b[{letter}" for letter in "ABCD")
_HOME, _END, _PAGE_UP, _PAGE_DOWN, _PALETTE = "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\x10"
_HOLD = 0.15
"""Seconds after an escape, before which the next key would be read as one with alt."""
_SIZES = ((40, 10), (200, 60))
_POINTS = ("7", "1e", "2e+1:loss", "3:backward", "12e+3", "300", "@0", "[b]x", "")
_CONDITIONS = ("loss<0.1", "loss<-1", "all-right", "crosses", "finding", "12e", "grad")
_VALUES = ("0.25", "-1.5", "0", "nan", "-1e30", "half", "")
_TWINS = ("lr=0.5", "seed=3", "optimizer=adam", "model=mlp", "hidden=3", "loss=l1", "lr=")
_TRIED = ("gatos", "perro", "1 0", "0.5 0.5", "house", "ñandú", "\U0001f600")
_RATES = ("0.01", "0.3", "2", "1e-4", "-1", "fast")
_SEARCHED = ("theme", "step", "panel", "loss", "epoch", "line", "zzz")
_COMMON = 'abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRTUVXYZ0123456789.,<>?+-=[] "\r\t'
"""What fingers may hit: all but the keys that end the app, and the sweep, which has a move of its own."""

Strokes = list[tuple[str, float]]
"""Keys, each with the seconds until the next."""


class Move(NamedTuple):
    """One thing that somebody does.

    Attributes:
        name: What it is.
        strokes: Keys, each with the seconds until the next.
        size: Columns and rows of the terminal from here on; None to leave it.
    """

    name: str
    strokes: Strokes
    size: tuple[int, int] | None = None


def _typed(random: Random, *keys: str) -> Strokes:
    pause = random.choice((0.0, 0.02, 0.05, 0.1))
    return [(key, _HOLD if key == ESCAPE else pause) for key in keys]


def _some(random: Random, keys: str, most: int) -> Strokes:
    return _typed(random, *(random.choice(keys) for _ in range(random.randint(1, most))))


def _asked(random: Random, key: str, texts: tuple[str, ...]) -> Strokes:
    """A sheet of one line: a text, and enter; where that was refused, escape leaves it."""
    text = random.choice(texts)
    return _typed(random, key, *text, *random.choice(((_ENTER,), (_ENTER, ESCAPE), (ESCAPE,))))


def _chosen(random: Random, keys: str) -> Strokes:
    """A list: some way down, and enter or escape."""
    way = [random.choice((_DOWN, _DOWN, _UP)) for _ in range(random.randint(0, 9))]
    return _typed(random, random.choice(keys), *way, random.choice((_ENTER, _ENTER, ESCAPE)))


def _play(random: Random) -> Strokes:
    faster = random.choice("+-") * random.randint(0, 5)
    again = "p" if random.random() < 0.9 else ""
    return [*_typed(random, *faster), ("p", random.uniform(0.2, 2.0)), (again, 0.05)]


def _edit(random: Random) -> Strokes:
    way = [random.choice((_UP, _DOWN, _RIGHT, _LEFT)) for _ in range(random.randint(1, 5))]
    return _typed(random, *way) + _asked(random, _ENTER, _VALUES)


def _settings(random: Random) -> Strokes:
    way = [random.choice((_DOWN, _UP)) for _ in range(random.randint(0, 16))]
    change = random.choice((" ", "  ", _RIGHT))
    return _typed(random, "s", *way, *change, random.choice((_ENTER, ESCAPE)), ESCAPE)


def _rate(random: Random) -> Strokes:
    """The learning rate, which stands last on the sheet of settings."""
    return _typed(random, "s", _UP, *random.choice(_RATES), _ENTER, ESCAPE)


def _twin(random: Random) -> Strokes:
    rest = [*(" " * random.randint(0, 4)), *random.choice(("t", "tb", ""))]
    return _asked(random, "t", _TWINS) + _typed(random, ESCAPE, *rest)


def _lesson(random: Random) -> Strokes:
    pages = [random.choice((">", ">", ">", "<", "R", _PAGE_DOWN, _PAGE_UP)) for _ in range(random.randint(0, 8))]
    return [*_chosen(random, "L"), *_typed(random, *pages)]


def _slow_sheet(key: str) -> Callable[[Random], Strokes]:
    """A sheet that trains on its own: looked at for a moment, and left."""

    def strokes(random: Random) -> Strokes:
        way = _some(random, "x1", 2)
        return [(key, random.uniform(0.1, 2.5)), *way, *_typed(random, random.choice((_ENTER, ESCAPE)), ESCAPE)]

    return strokes


def _mouse(random: Random) -> Strokes:
    x, y = random.randint(1, 120), random.randint(1, 40)
    button = random.choice((0, 0, 64, 65))
    return [(f"\x1b[<{button};{x};{y}M", 0.01), (f"\x1b[<{button};{x};{y}m", 0.05)]


def _pasted(random: Random) -> Strokes:
    text = random.choice(("two-layer/xor @3", "0.5\n0.25", "x" * 3000, "\x1b[31mred"))
    return [(f"\x1b[200~{text}\x1b[201~", 0.1)]


_MOVES: tuple[tuple[int, str, Callable[[Random], Strokes]], ...] = (
    (16, "steps", lambda random: _some(random, " ", 8)),
    (8, "phases", lambda random: _some(random, ".", 7)),
    (10, "back", lambda random: _some(random, "bbb,,B", 5)),
    (4, "epochs", lambda random: _some(random, "e", 4)),
    (4, "ends", lambda random: _typed(random, random.choice((_HOME, _END)))),
    (4, "lines of history", lambda random: _some(random, "[]", 3)),
    (9, "play", _play),
    (10, "switches", lambda random: _some(random, "mdlo", 4)),
    (4, "starts", lambda random: _some(random, "rn", 2)),
    (6, "an edit", _edit),
    (3, "freezing", lambda random: _typed(random, _DOWN, "f", *(" " * random.randint(0, 3)))),
    (4, "changes", lambda random: _typed(random, _DOWN, *random.choice(("c", "C", "x", "X", "cc")))),
    (4, "a point", lambda random: _asked(random, "g", _POINTS)),
    (2, "until", lambda random: _asked(random, "u", _CONDITIONS)),
    (10, "panels", lambda random: _some(random, "1234567890Kv", 4)),
    (5, "views", lambda random: _some(random, "VazZkT", 3)),
    (4, "a list", lambda random: _chosen(random, "MDFO")),
    (4, "settings", _settings),
    (3, "learning rate", _rate),
    (4, "twin", _twin),
    (4, "a lesson", _lesson),
    (2, "help", lambda random: _typed(random, "?", _PAGE_DOWN, _PAGE_DOWN, ESCAPE)),
    (2, "the line", lambda random: _typed(random, "y", random.choice("123"), ESCAPE)),
    (2, "a word", lambda random: _asked(random, "w", _TRIED) + _typed(random, ESCAPE)),
    (3, "palette", lambda random: _asked(random, _PALETTE, _SEARCHED) + _typed(random, ESCAPE)),
    (1, "a sweep", _slow_sheet("S")),
    (1, "a comparison", _slow_sheet("W")),
    (3, "mouse", _mouse),
    (1, "a paste", _pasted),
    (3, "fingers", lambda random: _some(random, _COMMON, 15)),
    (3, "escapes", lambda random: _typed(random, *(ESCAPE * random.randint(1, 3)))),
)


def moves(seed: int) -> Iterator[Move]:
    """Moves without end; the same ones for the same seed."""
    random = Random(seed)
    weights = [weight for weight, _, _ in _MOVES]
    (least_columns, least_rows), (most_columns, most_rows) = _SIZES
    while True:
        if random.random() < 0.06:
            size = random.randint(least_columns, most_columns), random.randint(least_rows, most_rows)
            yield Move("resize to {}×{}".format(*size), [("", random.choice((0.0, 0.1, 0.5)))], size)
        _, name, strokes = random.choices(_MOVES, weights)[0]
        yield Move(name, strokes(random))
