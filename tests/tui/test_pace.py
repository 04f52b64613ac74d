"""The metronome of a play, with a clock of its own."""

import pytest

from tui.pace import SPEEDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(pace: Pace, clock: Clock, seconds: float, tick: float = 0.01) -> int:
    steps = 0
    for _ in range(round(seconds / tick)):
        while pace.take():
            steps += 1
        clock.now += tick
    return steps


def test_ten_steps_a_second_to_begin_with(clock: Clock) -> None:
    pace = Pace(clock)
    pace.start()
    assert str(pace) == "10 steps/s"
    assert taken(pace, clock, 3.0) in (30, 31)


def test_what_was_not_played_is_not_made_up_for(clock: Clock) -> None:
    pace = Pace(clock)
    pace.start()
    assert pace.take()
    clock.now += 60
    assert sum(pace.take() for _ in range(100)) <= 2


def test_the_speed_stays_true_when_wake_ups_are_late(clock: Clock) -> None:
    pace = Pace(clock)
    pace.start()
    assert 95 <= taken(pace, clock, 10.0, tick=0.033) <= 101


def test_it_waits_until_the_next_step(clock: Clock) -> None:
    pace = Pace(clock)
    pace.start()
    assert pace.wait == 0
    assert pace.take()
    assert pace.wait == pytest.approx(0.1)


@pytest.mark.parametrize("places", [-100, 100])
def test_there_is_a_slowest_and_a_fastest(clock: Clock, places: int) -> None:
    pace = Pace(clock)
    pace.start()
    pace.change(places)
    assert str(pace) == ("1 step/s" if places < 0 else "full speed")
    if places > 0:
        assert all(pace.take() for _ in range(1000))
        assert SPEEDS[-1] == float("inf")
