"""Switches: the next model, data set, loss and optimizer; lists of them; reset and seeds."""

from __future__ import annotations

import pytest

from hltcore import Trainer
from hltcore.settings import REGISTRIES
from tests.tui.support import Seen, numbers_in, opened, parameters_of
from tui.screens.choose import ChooseScreen

KEYS = {"model": "m", "dataset": "d", "loss": "l", "optimizer": "o"}


def named(seen: Seen) -> dict[str, str]:
    """What the first line of the status names, by kind."""
    return dict(zip(REGISTRIES, seen.status.splitlines()[0].split("   ")[0].split(" / ")))


@pytest.mark.parametrize("kind", KEYS)
async def test_a_key_goes_round_all_of_a_kind(kind: str) -> None:
    names = tuple(name for name in REGISTRIES[kind].names() if name != "file")  # none was named
    fits_all = "two-layer/language-id-letters" if kind == "model" else "two-layer/xor"
    async with opened(fits_all, (140, 40)) as seen:
        at = names.index(named(seen)[kind])
        for turn in range(1, len(names) + 1):
            following = names[(at + turn) % len(names)]
            await seen.press(KEYS[kind], until=lambda: named(seen)[kind] == following)  # noqa: B023
            assert "✗" not in seen.status.splitlines()[2]


@pytest.mark.parametrize("key", ["d", "l", "o"])
async def test_weights_stay(key: str) -> None:
    kind = {key: kind for kind, key in KEYS.items()}[key]
    async with opened("two-layer/or @9") as seen:
        before, was = numbers_in(seen.parameters), named(seen)[kind]
        await seen.press(key, until=lambda: named(seen)[kind] != was)
        assert numbers_in(seen.parameters) == before
        assert "9 steps done" in seen.status


async def test_training_goes_on_as_the_library_does() -> None:
    trainer = Trainer.from_spec("two-layer/and @6")
    trainer.switch(dataset="or")
    trainer.switch(loss="cross-entropy")
    steps = trainer.steps + len(list(trainer.run(epochs=1)))
    async with opened("two-layer/and @6") as seen:
        await seen.press("d", "l", "e", until=f"{steps} steps done")
        assert seen.status.startswith(" ".join(("two-layer", "/", "or", "/", "cross-entropy")))
        assert numbers_in(seen.parameters) == parameters_of(trainer)
        assert await seen.ask(lambda t: t.history.losses) == trainer.history.losses


async def test_a_new_model_starts_from_the_seed() -> None:
    async with opened("logistic-regression/xor seed=4 @9") as seen:
        await seen.press("m", until="two-layer")
        assert numbers_in(seen.parameters) == parameters_of(Trainer("two-layer", "xor", seed=4))


async def test_reset_starts_again_from_the_same_numbers() -> None:
    async with opened("two-layer/xor seed=2") as seen:
        start = seen.parameters, seen.examples
        await seen.press("e", "space", until="5 steps done")
        assert (seen.parameters, seen.examples) != start
        await seen.press("r", until="0 steps done")
        assert (seen.parameters, seen.examples) == start
        assert "more in history" not in seen.status


async def test_a_new_seed_starts_from_other_numbers() -> None:
    async with opened("two-layer/xor seed=2") as seen:
        await seen.press("n", until="seed=3")
        assert numbers_in(seen.parameters) == parameters_of(Trainer("two-layer", "xor", seed=3))


@pytest.mark.parametrize("kind", KEYS)
async def test_a_list_to_choose_from(kind: str) -> None:
    registry = REGISTRIES[kind]
    async with opened("two-layer/xor") as seen:
        await seen.press(
            "F" if kind == "loss" else KEYS[kind].upper(), until=lambda: isinstance(seen.app.screen, ChooseScreen)
        )
        await seen.until(lambda: "enter chooses" in seen.text)
        rows = seen.text.splitlines()
        for entry in registry:
            row = next(row for row in rows if entry.name in row.split() and entry.summary[:40] in row)
            assert ("●" in row) == (entry.name == getattr(seen.snapshot.settings, kind))


async def test_the_chosen_one_is_taken() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("M", until=lambda: "enter chooses" in seen.text)
        await seen.press("down", "enter", until="eight-layer / xor")
        assert "two-layer" not in seen.status


@pytest.mark.parametrize("key", ["escape", "q", "enter"])
async def test_leaving_the_list_changes_nothing(key: str) -> None:
    async with opened("two-layer/xor @5") as seen:
        before = seen.status, seen.parameters, seen.examples
        await seen.press("F", until=lambda: "enter chooses" in seen.text)
        await seen.press(*(() if key == "enter" else ("down",)), key, until=lambda: seen.app.screen is seen.main)
        assert (seen.status, seen.parameters, seen.examples) == before
        assert str(await seen.ask(lambda t: t.spec)) == "two-layer/xor/mse/sgd @1e+1"


async def test_keys_of_the_main_screen_rest_under_a_list() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("D", until=lambda: "enter chooses" in seen.text)
        await seen.press("e", "n", "escape", until=lambda: seen.app.screen is seen.main)
        await seen.press("space", until="1 step done")
        assert "seed=0" in seen.status


async def test_a_switch_that_does_not_fit_changes_nothing() -> None:
    async with opened("two-layer/language-id batch=6 @2") as seen:
        before = seen.parameters, seen.examples
        await seen.press("D", until=lambda: "Choose" in seen.text)
        await seen.press("down", "enter", until="✗ batch=6 is not allowed: and has 4 examples.")
        assert (seen.parameters, seen.examples) == before
        assert "language-id" in seen.status
        await seen.press("space", until="3 steps done")
