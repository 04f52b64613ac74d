"""Any keys, in any order, at any size: the app goes on, and what it shows is what the library says."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hltcore import Trainer
from tests.tui.support import Seen, opened
from tui.formatting import flat, number
from tui.keymap import KEYS
from tui.widgets.field import Field
from tui.widgets.too_small import COLUMNS, ROWS, TooSmall

T = TypeVar("T")
EXAMPLES, LENGTH = 3, 30  # for each of the runs below: with what is typed, about a thousand keys in all

SPECS = (
    "two-layer/xor",
    "logistic-regression/language-id/cross-entropy/adam batch=4 shuffle=true @2e",
    "eight-layer/or/l1 hidden=6 @9",
    "mlp/xor-clouds/mse/sgd momentum=0.9 hidden=16 activation=tanh l2=0.01 batch=7 @1e+3",
)
NOT_PRESSED = ("quit", "suspend", "palette")
PRESSED = [name for key in KEYS if key.id not in NOT_PRESSED for name in key.keys.split(",")]
WALKED = ["up", "down", "left", "right", "space", "b", "full_stop", "comma", "escape", "enter"]
ASKED = ["g", "u", "enter", "t", "s", "w", "M", "D"]
TYPED = [
    *("7", "1e", "2e+1:loss", "3:backward", "@0", "loss<0.3", "loss<-1", "all-right", "crosses", "lr=0.5", "seed=3"),
    *("0.25", "-1e30", "nan", "", "[b]x", "hidden=3", "linear1.weight[0,1]=0.5", "optimizer=adam", "model=mlp", "1 0"),
]
LEFT = [("enter",), ("enter", "escape"), ("escape",)]
SIZES = [(20, 5), (59, 40), (60, 16), (80, 24), (97, 33), (113, 29), (131, 41), (200, 60)]
ACTIONS = st.one_of(
    st.sampled_from(PRESSED),
    st.sampled_from(WALKED),
    st.tuples(st.sampled_from(ASKED), st.sampled_from(TYPED), st.sampled_from(LEFT)),
    st.sampled_from(SIZES),
)
_NUMBER = re.compile(r"(?<![\w.])(?:-?\d+\.\d{4}(?!\d)|-?\d\.\de[+-]\d+|-?inf|nan)(?![\w(])")
_STEPS = re.compile(r"([\d,]+)(?: of [\d,]+)? steps?")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # one of the keys saves a picture in the current directory


@pytest.mark.parametrize("spec", SPECS)
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],  # to find a shorter way to a mistake takes longer than to read the long one
    suppress_health_check=list(HealthCheck),
)
@given(actions=st.lists(ACTIONS, min_size=LENGTH, max_size=LENGTH))
async def test_whatever_is_pressed(spec: str, actions: list[Any]) -> None:
    done: list[Any] = [spec]
    async with opened(spec) as seen:
        try:
            for action in actions:
                done.append(action)
                await act(seen, action)
                await check(seen)
            await leave_all(seen)
            await check(seen)
            await check_back_and_forward(seen)
            await check_spec(seen)
        except BaseException as error:
            error.add_note(f"after {done}")
            raise


async def act(seen: Seen, action: Any) -> None:
    """Press a key, resize, or open a sheet, type something and leave it."""
    if isinstance(action, str):
        await press(seen, action)
    elif isinstance(action[0], int):
        await seen.pilot.resize_terminal(*action)
    else:
        key, text, last = action
        await press(seen, key)
        if isinstance(seen.app.focused, Field):
            for character in text:
                seen.app.simulate_key(character)
        for key in last:
            await press(seen, key)


async def press(seen: Seen, key: str) -> None:
    """Press a key, and let the app come to what it has to do now."""
    seen.app.simulate_key(key)
    for pump in (seen.app, seen.app.screen, seen.app):
        handled = asyncio.Event()
        if pump.call_later(handled.set):
            await asyncio.wait_for(handled.wait(), 10)


async def leave_all(seen: Seen) -> None:
    """Close what lies over the main screen, and end the play."""
    end = time.monotonic() + 15
    while seen.app.screen is not seen.main or seen.snapshot.playing:
        assert time.monotonic() < end, seen.text
        await press(seen, "escape" if seen.app.screen is not seen.main else "p")
        await asyncio.sleep(0.03)


async def check(seen: Seen) -> None:
    """What is on the screen agrees with the run, as soon as it has come to rest; a play is ended sooner or later."""
    end = time.monotonic() + 15
    while True:
        assert seen.app.is_running, seen.app.return_value
        if seen.app.screen is seen.main and seen.snapshot.playing:
            await press(seen, "p")
        wrong = [] if seen.snapshot.playing else await differences(seen) + misplaced(seen)
        if not wrong:
            return
        assert time.monotonic() < end, "\n".join([*wrong, seen.text])
        await asyncio.sleep(0.005)


async def differences(seen: Seen) -> list[str]:
    """What the main screen shows and the library does not say."""
    steps, parameters, event = await asked(seen, lambda t: (t.steps, t.parameters, t.last_phase or t.last_event))
    wrong = []
    shown = _STEPS.search(seen.status.splitlines()[1])
    if not too_small(seen) and (shown is None or int(shown[1].replace(",", "")) != steps):
        wrong.append(f"{steps} steps are complete, and it says {shown}")
    if seen.main.query_one("#parameters").display and not too_small(seen):
        numbers = Counter(_NUMBER.findall(seen.parameters))
        held = Counter(number(value).strip() for tensor in parameters.values() for value in flat(tensor))
        gradients = event.gradients if event else parameters
        known = held + Counter(number(value).strip() for tensor in gradients.values() for value in flat(tensor))
        if numbers - known:
            wrong.append(f"these are not the library's: {numbers - known}")
        if held - numbers and not re.search(r"\d+-\d+ of \d+", seen.parameters):
            wrong.append(f"these are not shown: {held - numbers}")
    return wrong


def misplaced(seen: Seen) -> list[str]:
    """What overlaps, sticks out, or is cut off."""
    covered = seen.main.query_one(TooSmall).display
    wrong = [] if covered == too_small(seen) else [f"it is {'' if covered else 'not '}said to be too small"]
    if too_small(seen):
        return wrong
    panels = [panel for panel in seen.main.query(".panel") if panel.display]
    wrong += [f"{a} overlaps {b}" for a, b in combinations(panels, 2) if a.region.overlaps(b.region)]
    parts = [*panels, seen.main.query_one("#status"), seen.main.query_one("#keys")]
    wrong += [f"{part} sticks out" for part in parts if not seen.app.size.region.contains_region(part.region)]
    if sum(part.region.area for part in parts) != seen.app.size.area:
        wrong.append("there are gaps")
    for lines in (lines for lines in seen.main.query(".panel Lines") if lines.size):
        if lines.get_content_width(lines.size, lines.size) > lines.size.width:
            drawn = [lines.render_line(y).text for y in range(lines.size.height)]
            wrong.append(f"a line of {lines} is cut off, perhaps {[row for row in drawn if row[-1:].strip()][:3]}")
    return wrong


def too_small(seen: Seen) -> bool:
    return seen.app.size.width < COLUMNS or seen.app.size.height < ROWS


async def asked(seen: Seen, question: Callable[[Trainer], T]) -> T:
    """What the run's own trainer answers; a long run on the way there is stopped."""
    answer = asyncio.ensure_future(seen.ask(question))
    end = time.monotonic() + 15
    while not (await asyncio.wait([answer], timeout=0.05))[0]:
        assert seen.app.is_running, seen.app.return_value
        assert time.monotonic() < end, "no answer"
        if seen.app.screen is seen.main and seen.snapshot.playing:
            await press(seen, "p")
    return answer.result()


async def state(seen: Seen) -> str:
    """All that a step goes on from, to the last bit."""
    facts = await asked(seen, lambda t: (t.position, t.parameters, t.optimizer_state, t.last_phase))
    return repr(facts)


async def check_back_and_forward(seen: Seen) -> None:
    before = await state(seen)
    steps, inside = await asked(seen, lambda t: (t.steps, t.last_phase is not None))
    ways = [("comma", "full_stop")] * bool(steps or inside) + [("b", "space")] * bool(steps and not inside)
    for there, back in ways:
        await press(seen, there)
        assert await state(seen) != before
        await press(seen, back)
        assert await state(seen) == before, (there, back)


async def check_spec(seen: Seen) -> None:
    spec, parameters = await asked(seen, lambda t: (str(t.spec), t.parameters))
    assert repr(Trainer.from_spec(spec).parameters) == repr(parameters), spec
