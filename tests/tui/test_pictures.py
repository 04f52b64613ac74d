"""When pictures are drawn: with what a key changed unless they are slow, and while it plays four times a second."""

from __future__ import annotations

from tui.screens.pictures import Pictures


def test_slow_ones_come_behind() -> None:
    now = [0.0]
    pictures = Pictures(lambda: now[0])
    assert pictures.slow  # nobody knows yet
    for took, slow in ((0.01, False), (0.2, True), (0.02, False)):
        with pictures.drawing():
            now[0] += took
        assert pictures.slow == slow


def test_while_it_plays_they_come_seldom() -> None:
    now = [0.0]
    pictures = Pictures(lambda: now[0])
    drawn = []
    for frame in range(11):
        now[0] = frame / 10
        drawn.append(pictures.due(playing=True))
    assert drawn.count(True) == 4
    assert pictures.due(playing=False)
    assert pictures.due(playing=False)
