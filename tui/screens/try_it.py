"""Try it: any word, or any point, and what the model says of it now."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from hltcore.dataset import Dataset
from hltcore.errors import HltError, OptionError, quoted
from hltcore.nearest import nearest_rows
from tui.formatting import clip, feature, number, plain
from tui.screens.ask import AskScreen
from tui.theme import palette_of
from tui.widgets.bar import bar, sigmoid
from tui.widgets.field import Field

__all__ = ["Predict", "TryScreen", "encoded", "nearest_told", "seen"]

Predict: TypeAlias = "Callable[[Sequence[tuple[float, ...]]], Awaitable[Sequence[float]]]"
"""The model's predictions for rows of features, all under the same parameters."""

_KEPT = 8
_LABEL = 16
_BAR = 10
_EXAMPLES = 30
_LONGEST = 20_000  # characters: a long row of numbers is shorter
_NAMED = 3  # examples that are nearest
_BETWEEN = re.compile(r"[\s,;]+")


def encoded(data: Dataset, text: str) -> tuple[float, ...]:
    """The features of a word, of a point of the plane, or of a whole row of numbers.

    Raises:
        OptionError: The text is nothing that this data set has features for, or too long to be looked at in a moment.
    """
    if len(text) > _LONGEST:
        raise OptionError(f"{quoted(text)} has {len(text):,} characters: {_LONGEST:,} are the most.")
    numbers = _numbers(text)
    if numbers and len(numbers) == len(data.features):
        return numbers
    if len(numbers) == 2 and data.encode_point is not None:
        return data.encode_point(*numbers)
    if data.encode_text is not None and not numbers:
        return data.encode_text(text)
    names = data.axes or data.features
    raise OptionError(f"{quoted(text)} is no point: write {len(names)} numbers ({', '.join(map(plain, names))}).")


def _numbers(text: str) -> tuple[float, ...]:
    inside = text.strip().removeprefix("(").removesuffix(")").strip()
    try:
        numbers = tuple(map(float, _BETWEEN.split(inside)))
    except ValueError:
        return ()
    return numbers if all(map(math.isfinite, numbers)) else ()


def seen(data: Dataset, x: tuple[float, ...]) -> str:
    """What the model sees: every number by name, or of many that are mostly 0 the others."""
    if data.sparse:
        return plain(data.told(x))
    return ", ".join(f"{plain(name)} {feature(value)}" for name, value in zip(data.features, x))


def nearest_told(data: Dataset, x: tuple[float, ...]) -> str:
    """The examples trained on that are nearest to a row, with their classes, and how far they are, as it is in x."""
    near = nearest_rows(data.xs, x)
    if not near:
        return "none"
    away = "the very same x" if near[0].distance == 0 else f"{number(near[0].distance).strip()} away in x"
    if len(near) == len(data) > 1:
        return f"all {len(data)} examples alike, {away}"
    if data.rows:
        away += f" (of the {len(data):,} examples shown)"
    names = ", ".join(plain(data.labels[row]) for row, _ in near[:_NAMED])
    more = f" and {len(near) - _NAMED} more" if len(near) > _NAMED else ""
    if not data.classes:
        ys = ", ".join(feature(data.targets[row]) for row, _ in near[:_NAMED])
        return f"{names}{more} (y {ys}), {away}"
    sides = [int(data.targets[row] >= 0.5) for row, _ in near]
    told = [f"{sides.count(side)} " * (len(near) > 1) + plain(data.classes[side]) for side in (0, 1) if side in sides]
    return f"{names}{more} ({', '.join(told)}), {away}"


class TryScreen(AskScreen):
    """Shows the prediction while one types; enter keeps it in a list, so that several can be compared.

    Args:
        data: The data in use.
        threshold: The prediction from which on class 1 is predicted; None where targets are numbers.
        predict: Called for what is typed and what is kept.
        tried: Called with what was typed, when there is a prediction for it.
    """

    def __init__(
        self, data: Dataset, threshold: float | None, predict: Predict, tried: Callable[[str], None] = lambda text: None
    ) -> None:
        words = data.encode_text is not None
        point = f"{'or a' if words else 'a'} point ({', '.join(map(plain, data.axes or data.features))})"
        written = f"{point}, as {_point(data, 0)}"
        if words and data.sparse:  # nobody writes so many numbers
            written = "any word; letters are all that counts"
        hints = [written, "enter keep it here  ↑↓ example  escape leave"]
        super().__init__(
            "Try a word" if words else "Try a point",
            hints,
            "",
            self._keep,
            preview=self._look,
            suggestions=_examples(data),
        )
        self._data = data
        self._threshold = threshold
        self._predict = predict
        self._tried = tried
        self._kept: list[tuple[str, tuple[float, ...]]] = []

    def compose_more(self) -> ComposeResult:
        """What was tried."""
        yield Static(id="tries")

    def accepted(self, text: str) -> None:
        """Keep it, and be ready for the next."""
        self.query_one(Field).action_select_all()
        self.look_ahead(text)

    async def _keep(self, text: str) -> None:
        x = encoded(self._data, text)
        self._kept = [(text, x), *(kept for kept in self._kept if kept[0] != text)][:_KEPT]

    async def _look(self, text: str) -> Sequence[tuple[str, str | Content]] | str:
        """Predict anew all that is on the sheet, so that every number is of the same parameters."""
        refusal = ""
        current: tuple[float, ...] = ()
        if text.strip():
            try:
                current = encoded(self._data, text)
            except HltError as error:
                refusal = str(error)
        rows = [x for _, x in self._kept] + ([current] if current else [])
        predictions = await self._predict(rows) if rows else ()
        if self.gone:
            return ""
        self._show_kept(predictions)
        if not current:
            return refusal
        self._tried(text)
        return [
            ("x", seen(self._data, current)),
            ("ŷ", self._said(predictions[-1])),
            ("nearest", nearest_told(self._data, current)),
        ]

    def _said(self, prediction: float) -> Content:
        if math.isnan(prediction):
            return Content(f"{number(prediction)}  no class")
        if self._threshold is None:
            return Content(number(prediction))
        says = prediction >= self._threshold
        filled, rest = bar(sigmoid(prediction) if self._threshold == 0 else prediction, _BAR)
        palette = palette_of(self.app.current_theme)
        side = palette.positive if says else palette.negative
        share = Content.from_rich_text(Text.assemble((filled, side[3]), (rest, palette.faint)))
        return Content.assemble(f"{number(prediction)}  ", share, f"  {plain(self._data.classes[says])}")

    def _show_kept(self, predictions: Sequence[float]) -> None:
        width = min(max((cell_len(plain(text)) for text, _ in self._kept), default=0), _LABEL)
        lines = [
            Content.assemble((clip(text, width) + "  ", "bold"), self._said(prediction))
            for (text, _), prediction in zip(self._kept, predictions)
        ]
        for tries in self.query("#tries").results(Static):  # none, where the sheet was closed meanwhile
            tries.update(Content("\n").join(lines))
            tries.display = bool(lines)


def _point(data: Dataset, row: int) -> str:
    return " ".join(map(feature, data.points[row] if data.has_plane else data.xs[row]))


def _examples(data: Dataset) -> list[tuple[str, str]]:
    """The data's own rows to begin with, as one would type them."""
    rows = range(min(len(data), _EXAMPLES))
    ys = (data.targets[row] for row in rows)
    said = [plain(data.classes[y >= 0.5]) if data.classes else f"y {feature(y)}" for y in ys]
    if data.encode_text is not None:
        return [(data.labels[row], said[row]) for row in rows]
    return [(_point(data, row), f"{plain(data.labels[row])}: {said[row]}") for row in rows]
