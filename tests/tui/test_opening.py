"""What is there when the app opens, and what becomes of keys that come before PyTorch has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import hltcore.trainer
from hltcore import Trainer
from hltcore.spec import RunSpec
from tests.tui.support import Seen, numbers_in, opened, parameters_of
from tui.bridge import Bridge


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[Seen], None]:
    """PyTorch does not begin to load until this is called."""
    start = Bridge.start
    monkeypatch.setattr(Bridge, "start", lambda bridge: None)
    return lambda seen: start(seen.app.bridge)


Load = Callable[[Seen], None]


def loading(seen: Seen) -> bool:
    return "loading" in seen.status


async def test_opens_on_the_lectures_first_model() -> None:
    async with opened() as seen:
        assert seen.status.splitlines()[0].split() == (
            ["logistic-regression", "/", "language-id", "/", "mse", "/", "sgd", "lr=0.1", "seed=0"]
        )
        assert "0 steps done   epoch 0, 0 of 6 steps" in seen.status
        assert "paused" in seen.status
        assert numbers_in(seen.parameters) == parameters_of(Trainer("logistic-regression", "language-id"))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("two-layer/xor/l1/adam lr=0.05 seed=3", "0 steps done"),
        ("two-layer/xor @12e+3", "51 steps done   epoch 12, 3 of 4 steps"),
        ("eight-layer/and seed=2 @7", "7 steps done   epoch 1, 3 of 4 steps"),
        ("logistic-regression/language-id batch=4 @1e+1", "3 steps done   epoch 1, 1 of 2 steps"),
        ("two-layer/or @3 lr=0.5 @5", "5 steps done"),
        ("two-layer/or @2e+1:loss", "phase 2 of 5: loss"),
    ],
)
async def test_a_spec_opens_at_its_point(spec: str, said: str) -> None:
    trainer = Trainer.from_spec(spec)
    async with opened(spec) as seen:
        assert said in seen.status
        assert str(await seen.ask(lambda t: t.spec)) == str(trainer.spec)
        assert numbers_in(seen.parameters) == parameters_of(trainer)


async def test_the_first_frame_needs_no_pytorch(load: Load) -> None:
    async with opened("two-layer/language-id", ready=False) as seen:
        await seen.until(lambda: loading(seen))
        assert [row.split()[0] for row in seen.examples] == ["gatos", "cat", "hola", "gata", "hello", "at"]
        assert "PyTorch is loading" in seen.status
        assert "quit" in seen.text
        load(seen)
        await seen.until(lambda: "paused" in seen.status)


async def test_switches_act_on_the_spec_while_it_loads(load: Load) -> None:
    async with opened(ready=False) as seen:
        await seen.press("m", "d", "l", "o", "n", until=lambda: "seed=1" in seen.status)
        assert loading(seen)
        head = seen.status.splitlines()[0]
        assert not {"logistic-regression", "language-id", "mse", "sgd"} & set(head.split())
        assert seen.examples[1].startswith("  1 and 0")
        load(seen)
        await seen.until(lambda: "paused" in seen.status)
        assert seen.status.splitlines()[0] == head
        assert not (await seen.ask(lambda t: t.spec)).marks


async def test_steps_are_kept_until_it_has_loaded(load: Load) -> None:
    async with opened(ready=False) as seen:
        await seen.press("m", "space", "space", "e", "b", until=lambda: loading(seen))
        load(seen)
        await seen.until(lambda: "5 steps done" in seen.status and "1 more in history" in seen.status)


async def test_keys_keep_their_order_while_it_loads(load: Load) -> None:
    async with opened("two-layer/xor", ready=False) as seen:
        await seen.press("space", "d", until=lambda: loading(seen))
        load(seen)
        await seen.until(lambda: "one-hot" in seen.status and "paused" in seen.status)
        assert str(await seen.ask(lambda t: t.spec)) == "two-layer/xor/mse/sgd @0e+1 dataset=language-id-one-hot"


async def test_a_switch_that_does_not_fit_is_refused_while_it_loads_too(load: Load) -> None:
    async with opened("logistic-regression/language-id batch=6", ready=False) as seen:
        await seen.until(lambda: loading(seen))
        seen.app.bridge.switch(dataset="and")  # what choosing it from the list does
        load(seen)
        await seen.until(lambda: "batch=6 is not allowed: and has 4 examples." in seen.status)
        assert "language-id" in seen.status
        assert "paused" in seen.status


async def test_a_spec_that_cannot_be_built_ends_it_with_a_sentence() -> None:
    async with opened("two-layer/xor batch=9", ready=False) as seen:
        await seen.until(lambda: not seen.app.is_running)
    assert seen.app.return_value == "batch=9 is not allowed: xor has 4 examples."
    assert seen.app.return_code == 2


async def test_a_run_that_crashes_does_not_load_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(spec: RunSpec) -> Trainer:
        raise ImportError("no module named torch")

    monkeypatch.setattr(hltcore.trainer.Trainer, "from_spec", broken)
    async with opened(ready=False) as seen:
        await seen.until(lambda: not seen.app.is_running)
    assert "no module named torch" in (seen.app.return_value or "")


async def test_quitting_while_it_loads_is_quiet(load: Load, capfd: pytest.CaptureFixture[str]) -> None:
    async with opened(ready=False) as seen:
        load(seen)
        seen.app.simulate_key("q")
        await seen.until(lambda: not seen.app.is_running)
    assert capfd.readouterr().err == ""
