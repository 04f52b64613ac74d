"""What a spec that cannot be read is told."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hltcore import HltError, RunSpec, errors


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("", errors.SpecError, "The spec is empty: write MODEL/DATASET/LOSS/OPTIMIZER, such as two-layer/xor/mse/sgd."),
        ("two-layer//mse", errors.SpecError, '"two-layer//mse" is not of the form MODEL/DATASET/LOSS/OPTIMIZER.'),
        ("a/b/c/d/e", errors.SpecError, '"a/b/c/d/e" is not of the form MODEL/DATASET/LOSS/OPTIMIZER.'),
        ("two-layer lr=0.1 lr=0.2", errors.SpecError, '"lr" is given twice.'),
        ("two-layer model=two-layer", errors.SpecError, '"model" is given twice.'),
        ("two-layer @3 lr=1 lr=2", errors.SpecError, '"lr" is given twice.'),
        ("two-layer @", errors.SpecError, '"" is not a point in a run: write 120 (steps), 12e (epochs) or 12e+3.'),
        ("two-layer @-3", errors.SpecError, '"-3" is not a point in a run: write 120 (steps), 12e (epochs) or 12e+3.'),
        ("two-layer @3:back", errors.SpecError, 'Unknown phase "back" in "3:back": did you mean "backward"?'),
        ("two-layer @3:update", errors.SpecError, 'Unknown phase "update" in "3:update": '),
        (
            "two-layer @3:loss @4",
            errors.SpecError,
            '"@3:loss" stops inside a step: only the last point can, and nothing can be changed there.',
        ),
        (
            "two-layer @3 loss=l1 b[0]=1",
            errors.SpecError,
            "Two edits at one point need a position each, as in @3 loss=l1 @3 W.weight[0,1]=0.5.",
        ),
        ("two-layer @3 b[0]=x", errors.SpecError, '"b[0]=x" does not set a parameter to a number.'),
        ("two-layer @3 b[,]=1", errors.SpecError, '"b[,]=1" does not set a parameter to a number.'),
        ("two-layer @3 b[0]=1,2", errors.SpecError, '"b[0]=1,2" sets one number to 2.'),
        ("two-layer =3", errors.OptionError, '"=3" is not a setting: write name=value, as in lr=0.1.'),
        ("two-layer lr=", errors.OptionError, "lr= is not allowed: it must be a number."),
        ("two-layer lr", errors.OptionError, "lr=true is not allowed: it must be a number."),
        ("two-layer lr=1e999", errors.OptionError, "lr=1e999 is not allowed: it must be a finite number at least 0."),
        ("two-layer lr=NaN", errors.OptionError, "lr=NaN is not allowed: it must be a finite number at least 0."),
        ("two-layer seed=1.5", errors.OptionError, "seed=1.5 is not allowed: it must be a whole number."),
        ("two-layer seed=9223372036854775808", errors.OptionError, "seed=9223372036854775808 is not allowed: "),
        (
            "two-layer hidden=257",
            errors.OptionError,
            "hidden=257 is not allowed: it must be at least 1 and at most 256.",
        ),
        ("mlp activation=tahn", errors.OptionError, 'activation=tahn is not allowed: did you mean "tanh"?'),
        (
            "mlp activation=",
            errors.OptionError,
            "activation= is not allowed: choose from relu, tanh, sigmoid, identity.",
        ),
        ("mlp depth=9", errors.OptionError, "depth=9 is not allowed: it must be at least 1 and at most 8."),
        ("two-layer widht=3", errors.OptionError, 'Unknown setting "widht": '),
        ("two-layer hiden=3", errors.OptionError, 'Unknown setting "hiden": did you mean "hidden"?'),
        ("logistic-regression hidden=3", errors.OptionError, 'Unknown setting "hidden": '),
        ("two-layer beta1=0.5", errors.OptionError, 'Unknown setting "beta1": '),
        ("two-layer marks=3", errors.OptionError, 'Unknown setting "marks": '),
        ("two-leyer", errors.UnknownNameError, 'Unknown model "two-leyer": did you mean "two-layer"?'),
        (
            "two-layer/nand",
            errors.UnknownNameError,
            'Unknown data set "nand": did you mean "and"?',
        ),
        (
            "qqq",
            errors.UnknownNameError,
            'Unknown model "qqq": choose from logistic-regression, two-layer, eight-layer, mlp, embedding, '
            "linear-regression.",
        ),
        ("two-layer @3 dataset=xro", errors.UnknownNameError, 'Unknown data set "xro": did you mean "xor"?'),
        ("\x1b[31mred", errors.UnknownNameError, 'Unknown model "\\x1b[31mred": choose from '),
        ("[red]x", errors.UnknownNameError, 'Unknown model "[red]x": choose from '),
        ("m" * 100, errors.UnknownNameError, f'Unknown model "{"m" * 59}…": choose from '),
    ],
)
def test_the_sentence(text: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as raised:
        RunSpec.parse(text)
    assert type(raised.value) is error
    assert str(raised.value).startswith(sentence)
    assert str(raised.value).isprintable()


words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(("two-layer", "two-layer/xor", "lr", "batch", "updates", "hidden", "@3", "@1e+2:loss", "b[0]")),
    st.sampled_from(("=", "=NaN", "=-inf", "=1e999", "=" + "9" * 5000, "=\u0663", "=0x10", "=1_0", "=true", "[]=1,")),
    st.sampled_from(("@" + "9" * 5000, "@" + "9" * 400 + "e", "@\u0663", "W[" + "9" * 5000 + "]=1", "\x00", "é")),
)
lines = st.one_of(st.lists(words).map("".join), st.lists(words).map(" ".join))


@given(lines)
@example("two-layer @" + "9" * 5000)
@example("two-layer @3 b[" + "9" * 5000 + "]=1")
@example("two-layer seed=" + "9" * 5000)
@example("two-layer lr=" + "9" * 5000)
@example("two-layer " * 2000)
@example("\ud800")
def test_any_text_is_a_spec_or_gets_one_printable_sentence(text: str) -> None:
    try:
        line = str(RunSpec.parse(text))
    except HltError as error:
        sentence = str(error)
        line = "two-layer"
    else:
        sentence = "It is a spec."
    assert sentence.isprintable()
    assert len(sentence) < 1000
    assert str(RunSpec.parse(str(RunSpec.parse(line)))) == str(RunSpec.parse(line))
