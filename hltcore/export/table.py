"""Table: the steps of a run as CSV, a row for each example of a step."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from hltcore.dataset import Dataset
from hltcore.errors import printable
from hltcore.events import Edited, Event, RunStarted, StepEvent
from hltcore.packing import text

__all__ = ["csv_lines"]


def csv_lines(events: Iterable[Event], features: Sequence[str], dataset: Callable[[], Dataset]) -> Iterator[str]:
    """The lines of the table, as the events come.

    A batch has a row for each of its examples, which all tell the step's one loss. Numbers are the shortest that read
    back as the same float32. A step that follows an edit tells it; features that a step's data have not are empty.

    Args:
        events: The run.
        features: The features of all data that it is trained on, each once.
        dataset: Tells the data now in use.
    """
    yield _line(("step", "epoch", "example", "label", *features, "target", "prediction", "loss", "lr", "edit"))
    edit = ""
    names: tuple[str, ...] = ()
    for event in events:
        if isinstance(event, RunStarted | Edited):
            names = dataset().features
        if isinstance(event, Edited):
            edit = f"{edit} {event.edit}".lstrip()
        if isinstance(event, StepEvent):
            batch, loss, lr = event.batch, text(event.loss), repr(event.lr)
            rows = zip(batch.rows, batch.labels, batch.xs, batch.targets, event.predictions)
            for row, label, xs, target, prediction in rows:
                named = dict(zip(names, map(text, xs)))
                told = [named.get(feature, "") for feature in features]
                yield _line(
                    (event.step, event.epoch, row, label, *told, text(target), text(prediction), loss, lr, edit)
                )
            edit = ""


def _line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(map(printable, values))
    return out.getvalue()
