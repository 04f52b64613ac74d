"""The table of keys: complete, without clashes, and every entry does something."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from hltcore import datasets
from hltcore.logged import LogStarted
from hltcore.settings import REGISTRIES
from hltcore.spec import RunSpec
from tui.app import HltApp
from tui.curve import CurveView
from tui.footage import Footage
from tui.keymap import KEYS, bindings, offered
from tui.moment import Moment, Tape
from tui.snapshot import Snapshot

XOR = datasets.registry.get("xor").factory()
PROMISED = {
    "space": "step", "full_stop": "phase", "e": "epoch", "p": "play", "plus": "faster", "minus": "slower",
    "b": "back", "m": "model", "d": "dataset", "l": "loss", "o": "optimizer", "M": "choose-model",
    "D": "choose-dataset", "F": "choose-loss", "L": "lessons", "O": "choose-optimizer", "r": "reset", "n": "seed",
    "question_mark": "help", "ctrl+p": "palette", "q": "quit",
}  # fmt: skip


def test_ids_and_keys_are_unique() -> None:
    ids = [key.id for key in KEYS]
    keys = [name for key in KEYS for name in key.keys.split(",")]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)


def test_promised_keys_are_there() -> None:
    table = {name: key.id for key in KEYS for name in key.keys.split(",")}
    assert {name: table.get(name) for name in PROMISED} == PROMISED


def test_every_key_has_an_action_and_says_what_it_does() -> None:
    app = HltApp(RunSpec())
    for key in KEYS:
        assert hasattr(app, f"action_{re.split(r'[(]', key.action)[0]}"), key
        assert key.shown
        assert key.group
        assert key.description[0].isupper()
        assert bool(key.short) >= bool(key.footer)


def test_groups_stand_together() -> None:
    groups = [key.group for key in KEYS]
    assert len(list(groupby(groups))) == len(set(groups))


def test_footer_ranks_are_unique_and_begin_with_the_way_out() -> None:
    ranked = sorted((key for key in KEYS if key.footer), key=lambda key: key.footer)
    assert [key.footer for key in ranked] == list(range(1, len(ranked) + 1))
    assert {"help", "quit", "step"} == {key.id for key in ranked[:3]}


def missing(moment: Moment) -> set[str]:
    return {key.id for key in KEYS if key.fits(moment.kind)} - {key.id for key in offered(moment)}


def test_a_run_that_is_trained_here_is_offered_all_but_the_next_log() -> None:
    live = Snapshot(RunSpec(), XOR)
    assert {key.id for key in KEYS} - {key.id for key in offered(live)} == {"next-log"}


def test_a_recorded_run_is_offered_what_changes_nothing() -> None:
    one, two = Tape(("a",), (CurveView(),)), Tape(("a", "b"), 2 * (CurveView(),))
    ours = Snapshot(RunSpec(), XOR, tape=two, epoch_losses=CurveView(count=3))
    assert missing(ours) == set()
    assert missing(Snapshot(RunSpec(), XOR, tape=one)) == {"next-log", "by-epoch"}
    ids = {key.id for key in offered(ours)}
    assert {"surface", "embedding", "script", "try", "spec", "network", "data", "next-log"} <= ids
    assert not {"model", "seed", "settings", "lessons", "twin", "freeze"} & ids


def test_a_training_loop_of_ones_own_is_offered_what_it_recorded() -> None:
    two = Tape(("a", "b"), 2 * (CurveView(),))
    bare = Footage(tape=two)
    ids = {key.id for key in offered(bare)}
    assert not {"surface", "embedding", "script", "try", "spec", "model", "twin"} & ids
    assert {"step", "back", "play", "story", "inside", "findings", "matrix", "data", "log", "next-log"} <= ids
    numbers = {"next-change", "previous-change", "next-sign", "previous-sign"}
    assert missing(bare) == {"by-epoch", "epoch", "back-epoch", "network", *numbers}
    started = LogStarted((1, 0), layers={"conv": "Conv2d"})
    rich = Footage(tape=two, started=started, tells_epochs=True, parameters={"w": (0.5,)})
    assert missing(rich) == {"by-epoch"}


def test_bindings_are_the_table() -> None:
    made = [(binding.id, binding.key, binding.action) for binding in bindings()]  # type: ignore[union-attr]
    assert made == [(key.id, name, key.action) for key in KEYS for name in key.keys.split(",")]


def test_what_the_readme_chooses_is_in_the_list_of_that_key() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    chosen = re.findall(r"Press `(\w)` and choose\s+`([\w-]+)`", text)
    assert chosen
    lists = {key.keys: re.fullmatch(r"choose\('(\w+)'\)", key.action) for key in KEYS}
    for key, name in chosen:
        kind = lists[key]
        assert kind is not None, f"{key} opens no list"
        assert name in REGISTRIES[kind[1]].names()
