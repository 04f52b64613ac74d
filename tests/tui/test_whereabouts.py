"""Whether a run stands where a spec leads to: then a lesson's page need not open it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hltcore import Trainer
from hltcore.spec import RunSpec
from tests.tui.support import opened
from tui.course.guide import Guide
from tui.course.library import Library
from tui.whereabouts import stands_at

EDITED = "logistic/and @2e lr=0.5 @3e+1"


@pytest.mark.parametrize(
    "spec",
    [
        "logistic/and",
        "logistic/and @7",
        "logistic/and @1e+3:backward",
        EDITED,
        f"{EDITED}:loss",
        "logistic/and @9 lr=0.5",
        "logistic/and @9 dataset=or",
        "logistic/and @0 W.bias[0]=0.3",
    ],
)
def test_a_run_stands_where_it_was_run_to_and_nowhere_else(spec: str) -> None:
    trainer = Trainer.from_spec(spec)
    assert stands_at(trainer, RunSpec.parse(spec))
    assert stands_at(trainer, RunSpec.parse(str(trainer.spec)))
    for other in ("logistic/and seed=1", "logistic/and @8", "logistic/and @2e lr=0.4 @3e+1", "logistic/and @0:loss"):
        assert not stands_at(trainer, RunSpec.parse(other))
    trainer.step()
    assert not stands_at(trainer, RunSpec.parse(spec))
    trainer.back()
    assert not stands_at(trainer, RunSpec.parse(spec)), "a step of this line lies ahead"


async def test_a_page_opens_no_line_that_stands_there_already() -> None:
    guide = Guide(Library(Path(__file__).parent / "lessons"))
    async with opened("logistic/language-id", guide=guide) as seen:
        names = [lesson.name for lesson in guide.library.lessons]
        await seen.press("L", until=lambda: "enter opens it" in seen.text)
        await seen.press("home", *["down"] * names.index("sample"), "enter", until="The run already stands where")
        assert seen.snapshot.lines == 1
        await seen.press("space", "b", until=lambda: "✓ done" in seen.text)
        await seen.press("R", until="as line 2 of history")
