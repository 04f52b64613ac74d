"""What goes wrong in the lecture: a lesson opens it, a finding names it, and what cures it is done."""

from __future__ import annotations

import pytest

from hltcore import RunSpec, Trainer
from tui.course.lesson import Page
from tui.course.library import Library

ACCIDENTS = {
    # finding: the lesson, a run that shows it, and what is done about it, once the finding is named
    "loss-below-zero": ("the-signed-loss", "logistic-regression/language-id/difference @2e", "loss=mse"),
    "dead-unit": ("two-layers", "two-layer/language-id seed=2 @2e", "right=all"),
    "linear-stack": ("eight-layers", "eight-layer/language-id seed=2", "no-finding"),
    "unowned-parameters": ("eight-layers", "eight-layer/language-id updates=two-layer", "updates=eight-layer"),
    "not-separable": ("logic", "logistic-regression/xor", "no-finding"),
    "carried-parameters": ("carried-over", "two-layer/and seed=38 @49e dataset=xor", "no-finding"),
}


@pytest.mark.parametrize("check", ACCIDENTS)
def test_each_accident_is_opened_named_and_cured(check: str) -> None:
    name, spec, cure = ACCIDENTS[check]
    lesson = Library().get(name)
    opened = [
        str(RunSpec.parse(line).start) for line in (lesson.spec, *(page.spec or "" for page in lesson.pages)) if line
    ]
    assert str(RunSpec.parse(spec).start) in opened
    assert check in {finding.check for finding in Trainer.from_spec(spec).findings}
    named = [number for number, page in enumerate(lesson.pages) if _names(page, check)]
    cured = [n for n, page in enumerate(lesson.pages) if page.task and cure in map(str, page.task.done)]
    assert named
    assert cured
    assert min(named) <= max(cured)


def _names(page: Page, check: str) -> bool:
    texts = [page.text, page.question.told if page.question else "", *(map(str, page.task.done) if page.task else ())]
    return any(f"`{check}`" in text or f"finding={check}" in text for text in texts)
