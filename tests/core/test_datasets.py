"""The data sets, row by row."""

from __future__ import annotations

import pytest

from hltcore import Dataset, RunSpec, datasets, errors


def made(name: str) -> Dataset:
    return datasets.registry.get(name).factory()


def test_language_id() -> None:
    words = made("language-id")
    assert words.labels == ("gatos", "cat", "hola", "gata", "hello", "at")
    assert words.xs == ((0.4, 5.0), (0.33, 3.0), (0.5, 4.0), (0.5, 4.0), (0.2, 5.0), (0.5, 2.0))
    assert words.targets == (0.0, 1.0, 0.0, 0.0, 1.0, 1.0)
    assert words.classes == ("Spanish", "English")
    assert words.features == ("share of a and o", "length")
    assert [float(len(word)) for word in words.labels] == [x[1] for x in words.xs]


@pytest.mark.parametrize(
    ("name", "targets"),
    [("and", (0.0, 0.0, 0.0, 1.0)), ("or", (0.0, 1.0, 1.0, 1.0)), ("xor", (0.0, 1.0, 1.0, 0.0))],
)
def test_logic(name: str, targets: tuple[float, ...]) -> None:
    data = made(name)
    assert data.xs == ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    assert data.targets == targets
    assert data.labels == (f"0 {name} 0", f"1 {name} 0", f"0 {name} 1", f"1 {name} 1")
    assert data.classes == ("false", "true")
    assert len(data.features) == 2


def test_they_come_from_simple_to_involved() -> None:
    words, logic = ("language-id-one-hot", "language-id-letters", "word-list"), ("and", "or", "xor")
    clouds = ("gaussians", "circles", "moons", "xor-clouds", "spiral")
    assert datasets.registry.names() == ("language-id", *logic, *words, *clouds, "file")
    assert all(entry.summary for entry in datasets.registry)
    assert RunSpec().dataset == "language-id"


def test_rows_are_kept_as_tuples_of_floats() -> None:
    data = Dataset("d", ["x", "y"], ["a"], [[1, 2]], [True], ["no", "yes"])  # type: ignore[arg-type]
    assert data == Dataset("d", ("x", "y"), ("a",), ((1.0, 2.0),), (1.0,), ("no", "yes"))
    assert hash(data) == hash(Dataset("d", ("x", "y"), ("a",), ((1.0, 2.0),), (1.0,), ("no", "yes")))
    assert type(data.targets[0]) is float


@pytest.mark.parametrize(
    ("features", "labels", "xs", "targets", "sentence"),
    [
        (("x",), (), (), (), 'The data set "d" needs at least one row and one feature.'),
        ((), ("a",), ((),), (0.0,), 'The data set "d" needs at least one row and one feature.'),
        (("x",), ("a",), ((1.0,), (2.0,)), (0.0, 1.0), 'The data set "d" has 2 rows of x, but 1 labels and 2 targets.'),
        (("x",), ("a",), ((1.0,),), (), 'The data set "d" has 1 rows of x, but 1 labels and 0 targets.'),
        (("x",), ("a",), ((1.0, 2.0),), (0.0,), 'Row "a" of "d" has 2 numbers for 1 features.'),
        (("x",), ("a",), ((float("inf"),),), (0.0,), 'Row "a" of "d" has a number that is not finite.'),
        (("x",), ("a",), ((1e39,),), (0.0,), 'Row "a" of "d" has a number that is not finite.'),
        (("x",), ("a",), ((1.0,),), (float("nan"),), 'Row "a" of "d" has a number that is not finite.'),
        (("x",), ("a",), (("one",),), (0.0,), 'The data set "d" has something that is not a number.'),
        (("x",), ("a",), (1.0,), (0.0,), 'The data set "d" has something that is not a number.'),
    ],
)
def test_what_is_no_data_set(features: object, labels: object, xs: object, targets: object, sentence: str) -> None:
    with pytest.raises(errors.ShapeError) as raised:
        Dataset("d", features, labels, xs, targets)  # type: ignore[arg-type]
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"features": "x"}, 'The features of the data set "d" must be several texts, not "x".'),
        ({"features": (1,)}, 'The features of the data set "d" must be several texts, not "(1,)".'),
        ({"labels": (None,)}, 'The labels of the data set "d" must be several texts, not "(None,)".'),
        ({"labels": 3}, 'The labels of the data set "d" must be several texts, not "3".'),
        ({"classes": (0, 1)}, 'The classes of the data set "d" must be several texts, not "(0, 1)".'),
        ({"classes": "no"}, 'The classes of the data set "d" must be several texts, not "no".'),
        ({"classes": ("a",)}, 'The data set "d" needs two classes, what 0 and 1 stand for, or none, not 1.'),
        ({"classes": ("a", "b", "c")}, 'The data set "d" needs two classes, what 0 and 1 stand for, or none, not 3.'),
    ],
)
def test_names_are_texts(names: dict[str, object], sentence: str) -> None:
    given: dict[str, object] = {"features": ("x",), "labels": ("a",), "xs": ((1.0,),), "targets": (0.0,), **names}
    with pytest.raises(errors.ShapeError) as raised:
        Dataset("d", **given)  # type: ignore[arg-type]
    assert str(raised.value) == sentence


POINT = {"axes": ("x", "y"), "points": ((1, 2),), "encode_point": lambda x, y: (x * y,)}


def one(**more: object) -> Dataset:
    given: dict[str, object] = {"features": ("x",), "labels": ("a",), "xs": ((2.0,),), "targets": (0.0,), **more}
    return Dataset("d", **given)  # type: ignore[arg-type]


def test_two_features_are_a_plane_and_others_are_one_when_told() -> None:
    words = made("language-id")
    assert (words.has_plane, words.axes, words.points) == (True, words.features, words.xs)
    assert words.encode_point is not None
    assert words.encode_point(0.25, 7.0) == (0.25, 7.0)
    bare, told = one(), one(**POINT)
    assert (bare.has_plane, bare.axes, bare.points, bare.encode_point) == (False, (), (), None)
    assert (told.has_plane, told.points) == (True, ((1.0, 2.0),))
    assert told.encode_point is not None
    assert told.encode_point(3.0, 2.0) == (6.0,)


@pytest.mark.parametrize(
    "change",
    [
        {"axes": ()},
        {"axes": ("x", "y", "z")},
        {"points": ()},
        {"points": ((1, 2), (3, 4))},
        {"points": ((1, 2, 3),)},
        {"points": ((1, float("nan")),)},
        {"encode_point": None},
    ],
    ids=str,
)
def test_a_part_of_a_plane_is_none(change: dict[str, object]) -> None:
    with pytest.raises(errors.ShapeError, match=r'^The data set "d" needs all of its plane or nothing: '):
        one(**{**POINT, **change})


def test_held_out_rows_are_of_the_same_kind() -> None:
    assert one(held_out=one(labels=("b",))).held_out == one(labels=("b",))
    for other in (one(features=("z",)), one(classes=("no", "yes")), one(held_out=one())):
        with pytest.raises(errors.ShapeError, match=r'^The rows held out of the data set "d" must have its features'):
            one(held_out=other)


def test_counts_are_not_below_zero() -> None:
    assert one(xs=((2.0,),), counts=True).counts
    with pytest.raises(errors.ShapeError, match="count below 0: -1"):
        one(xs=((-1.0,),), counts=True)
    with pytest.raises(errors.ShapeError):
        one(held_out=one(counts=True))
