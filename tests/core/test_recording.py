"""Recordings: JSON lines that lose no bit, and say which line is broken."""

from __future__ import annotations

import io
import json
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hltcore import Trainer, errors, recording
from hltcore.events import Batch, Edited, Event, Layout, PhaseEvent, RunStarted, StepEvent
from hltcore.packing import TensorLayout
from hltcore.phase import Phase

texts = st.text(st.characters(exclude_categories=["Cs"]))


def quiet(bits: int) -> int:
    """A NaN as arithmetic gives it: signalling ones cannot arise in a run."""
    return bits | 0x400000 if bits & 0x7F800000 == 0x7F800000 and bits & 0x7FFFFF else bits


float32_bits = st.integers(0, 2**32 - 1).map(quiet)
doubles = st.floats(allow_nan=False, allow_infinity=False)
shapes = st.one_of(st.just(()), st.tuples(st.integers(1, 3)), st.tuples(st.integers(1, 3), st.integers(1, 2)))


def layouts(min_size: int = 0) -> st.SearchStrategy[TensorLayout]:
    named = st.dictionaries(texts, shapes, min_size=min_size, max_size=3)
    return named.map(lambda d: TensorLayout(tuple(d), tuple(d.values())))


@st.composite
def packed(draw: st.DrawFn, size: int) -> bytes:
    return struct.pack(f"{size}I", *draw(st.lists(float32_bits, min_size=size, max_size=size)))


losses = st.one_of(packed(1), packed(2))
"""Without and with a penalty."""


@st.composite
def steps(draw: st.DrawFn) -> StepEvent | PhaseEvent:
    rows = draw(st.integers(1, 3))
    parameters, pre, post = draw(layouts(1)), draw(layouts()), draw(layouts())
    out = draw(texts.filter(lambda name: name not in pre.names + post.names))
    pre = TensorLayout((*pre.names, out), (*pre.shapes, (1,) if rows == 1 else (rows, 1)))
    layout = Layout(parameters, pre, post)
    several = {"min_size": rows, "max_size": rows}
    batch = Batch(
        tuple(draw(st.lists(st.integers(0, 99), **several))),
        tuple(draw(st.lists(texts, **several))),
        tuple(draw(st.lists(st.tuples(doubles, doubles), **several))),
        tuple(draw(st.lists(doubles, **several))),
    )
    size = parameters.size
    facts = (draw(st.integers(0, 10**9)), draw(st.integers(0, 10**6)), draw(doubles), batch, layout)
    numbers = (draw(packed(size)), draw(packed(pre.size + post.size)), draw(packed(size)))
    if draw(st.booleans()):
        return StepEvent(*facts, *numbers, draw(losses), draw(packed(size)))
    maybe = [draw(st.one_of(st.none(), some)) for some in (losses, packed(size), packed(size))]
    return PhaseEvent(*facts, *numbers, draw(st.sampled_from(Phase)), *maybe)


events = st.one_of(
    steps(),
    st.builds(RunStarted, texts, st.lists(texts).map(tuple), st.tuples(texts, texts)),
    st.builds(Edited, st.integers(0, 10**9), texts, texts),
)


@given(events)
def test_every_event_comes_back_bit_for_bit(event: Event) -> None:
    line = recording.dumps(event)
    assert "\n" not in line
    assert "\r" not in line
    again = recording.loads(line)
    assert again == event
    assert recording.dumps(again) == line
    json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@given(st.lists(events, max_size=4))
def test_a_file_of_events(some: list[Event]) -> None:
    file = io.StringIO()
    recording.write(some, file)
    assert file.getvalue().count("\n") == len(some)
    assert list(recording.read(io.StringIO(file.getvalue()))) == some


def test_a_run_is_read_back_as_it_was_with_blank_lines_between() -> None:
    trainer = Trainer("eight-layer", "language-id", batch=4)
    run = [trainer.started, *trainer.run(epochs=3), trainer.phase(), trainer.phase(), trainer.phase()]
    text = "\n \n".join(map(recording.dumps, run))
    assert list(recording.read(text.splitlines())) == run


def test_the_numbers_are_the_shortest_that_read_back() -> None:
    trainer = Trainer("logistic-regression", "xor")
    trainer.load_parameters([[0.1, -0.25], [0]])
    record = json.loads(recording.dumps(trainer.step()))
    assert record["parameters"] == {"W.weight": [[0.1, -0.25]], "W.bias": [0.0]}
    assert (record["event"], record["step"], record["examples"], record["target"]) == ("step", 0, [0], [0.0])


GOOD = recording.dumps(Trainer("two-layer", "xor").step())
BROKEN = {
    "nothing": "",
    "no JSON": "step 1",
    "half a line": GOOD[: len(GOOD) // 2],
    "a number": "3",
    "a list": "[]",
    "no kind": "{}",
    "an unknown kind": '{"event": "epoch"}',
    "a kind that is no text": '{"event": []}',
    "missing fields": '{"event": "step", "step": 1}',
    "a huge number": GOOD.replace('"loss": ', '"loss": 1' + "0" * 400 + ', "was": '),
    "a very huge number": GOOD.replace('"loss": ', '"loss": 1' + "0" * 5000 + ', "was": '),
    "a word for a number": GOOD.replace('"loss": ', '"loss": "many", "was": '),
    "bad NaN bits": GOOD.replace('"loss": ', '"loss": "nan:00", "was": '),
    "deep": "[" * 100_000,
    "a parameter too few": GOOD.replace('"linear2.bias":', '"linear3.bias": [], "linear2.bias":', 1),
    "gradients of other parameters": json.dumps({**json.loads(GOOD), "gradients": {"linear1.bias": [1.0]}}),
    "text for a rate": json.dumps({**json.loads(GOOD), "lr": "0.1"}),
    "no rate": json.dumps({**json.loads(GOOD), "lr": None}),
    "a list for a row": json.dumps({**json.loads(GOOD), "examples": [[0]]}),
    "a row below the first": json.dumps({**json.loads(GOOD), "examples": [-1]}),
    "a number for a name": json.dumps({**json.loads(GOOD), "labels": [1]}),
    "too many functions": json.dumps({**json.loads(GOOD), "functions": ["tanh"] * 9}),
    "a function that is none": json.dumps({**json.loads(GOOD), "functions": [{}, None]}),
    "ragged rows": json.dumps({**json.loads(GOOD), "updated": {"linear1.weight": [[1, 2], [3]]}}),
    "ragged parameters": json.dumps({**json.loads(GOOD), "parameters": {"linear1.weight": [[1, 2], [3]]}}),
    "no layers": json.dumps({**json.loads(GOOD), "pre_activations": {}}),
    "more labels than rows": json.dumps({**json.loads(GOOD), "labels": ["a", "b"]}),
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_broken_line(line: str) -> None:
    with pytest.raises(errors.RecordingError, match="is not a recorded event") as raised:
        recording.loads(line)
    assert len(str(raised.value)) < 200
    if line:
        with pytest.raises(errors.RecordingError, match=r"^Line 3: "):
            list(recording.read([GOOD, "\n", line]))


@given(st.text())
@example("\x00")
def test_any_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(errors.RecordingError) as raised:
        recording.loads(text)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"event": "edited", "step": 3, "edit": "lr=1"}', '("spec" is missing)'),
        ('{"step": 3}', '("event" is missing)'),
        ('{"event": "stepp"}', '(there is no event "stepp")'),
    ],
)
def test_a_missing_or_bad_field_is_named(line: str, said: str) -> None:
    with pytest.raises(errors.RecordingError) as raised:
        recording.loads(line)
    assert said in str(raised.value)
