"""A run that is exported as a script prints, when it is run, what the run itself computes, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hltcore import Trainer, datasets, initialisations, losses, models, optimizers
from hltcore.__main__ import main
from hltcore._torch import torch
from hltcore.errors import ExportError, HltError, TargetError
from hltcore.export.compose import compose
from hltcore.fitting import check_fit
from hltcore.registry import Registry
from hltcore.settings import REGISTRIES
from hltcore.spec import RunSpec
from tests.core.scripts import check, expected


def fits(model: str, dataset: str) -> bool:
    entry = datasets.registry.get(dataset)
    try:
        check_fit(models.registry.get(model), entry, entry.factory(**entry.complete({})))
    except TargetError:
        return False
    return True


MODELS = ("logistic-regression", "two-layer", "eight-layer", "mlp", "embedding", "linear-regression")
DATA = tuple(name for name in datasets.registry.names() if name != "file")  # of which there is none by default
LOSSES = ("difference", "l1", "mse", "cross-entropy")


@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_every_data_and_loss(model: str, tmp_path: Path) -> None:
    tried = 0
    for dataset in DATA:
        if fits(model, dataset):
            for loss in LOSSES:
                check(f"{model}/{dataset}/{loss} lr=0.05", tmp_path, steps=9)
                tried += 1
    assert tried == 4 * (2 if model == "embedding" else len(DATA))


@pytest.mark.parametrize("init", ["pytorch", "zeros", "ones", "normal", "xavier", "kaiming"])
def test_every_initialisation(init: str, tmp_path: Path) -> None:
    check(f"mlp/xor depth=2 activation=relu seed=5 init={init} @2e", tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        "sgd momentum=0.9",
        "sgd momentum=0.5 nesterov=true weight_decay=0.01",
        "adam",
        "adam beta1=0.8 weight_decay=0.1",
        "adamw beta2=0.99",
        "rmsprop alpha=0.9 momentum=0.2",
        "adagrad weight_decay=0.02",
    ],
)
def test_every_optimizer(settings: str, tmp_path: Path) -> None:
    check(f"two-layer/language-id/mse/{settings} lr=0.01 @5e", tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "two-layer/xor lr=0.05 @3e loss=l1 @5e",
        "two-layer/xor @3 linear1.weight[0,1]=0.5 @7 linear1.bias[]=1e-07,-2 @2e+3",
        "two-layer/xor/mse/adam @2e lr=0.01 @3e+1 optimizer=sgd momentum=0.9 @5e",
        "two-layer/xor @2e model=eight-layer updates=two-layer @4e updates= @5e",
        "two-layer/xor updates=logistic @3e",
        "logistic/language-id batch=4 shuffle=true @3 batch=5 @2e+1 shuffle=false @4e batch=all @6e seed=4 @7e",
        "two-layer/xor l1=0.01 @2e l1=0 l2=0.1 @4e l2=0 @5e",
        "two-layer/xor l1=0.01 l2=0.02 batch=3 @4e",
        "two-layer/xor/mse/adam frozen=linear1.bias+linear1.weight[0,1] @3e frozen=linear2.bias @4e frozen= @6e",
        "logistic/and/cross-entropy @2e model=two-layer @3e dataset=language-id-letters @4e dataset=or @5e",
        "mlp/or depth=1 @1e depth=3 activation=relu @2e depth=1 activation=identity @3e",
        "embedding/word-list/cross-entropy features=letters @15",
        "embedding/language-id-letters/cross-entropy dim=3 batch=all lr=0.5 @3e dataset=language-id-one-hot @5e",
        "two-layer/moons size=9 held_out=0 features=x2+sinx batch=4 shuffle=true seed=8 @2e+1 loss=cross-entropy @4e",
        "two-layer/xor @2e+1:backward",
        "two-layer/xor @0",
        "two-layer/xor @2 @3 @2e @3e+1 @3e+2 @5e",
    ],
)
def test_what_happens_on_the_way(line: str, tmp_path: Path) -> None:
    check(line, tmp_path)


def test_a_run_that_goes_to_infinity_and_breaks(tmp_path: Path) -> None:
    broken, infinite = map(
        RunSpec.parse,
        ("logistic/and/cross-entropy lr=3e38 weight_decay=10 @9e", "eight-layer/xor/difference lr=1 @30e"),
    )
    assert not expected(broken)[1]
    assert "nan" in str(expected(infinite)[0])
    check(broken, tmp_path)
    check(infinite, tmp_path)


changes = st.sampled_from(
    [
        "loss=l1",
        "loss=difference",
        "lr=0.2",
        "lr=0.0",
        "optimizer=adam",
        "optimizer=rmsprop",
        "optimizer=sgd momentum=0.5",
        "model=two-layer",
        "model=mlp activation=sigmoid",
        "hidden=3",
        "dataset=or",
        "dataset=language-id",
        "dataset=circles size=6",
        "batch=2",
        "batch=all",
        "shuffle=true",
        "shuffle=false",
        "seed=3",
        "seed=0",
        "init=normal",
        "l1=0.1",
        "l1=0",
        "l2=0.3",
        "updates=logistic",
        "updates=",
        "frozen=linear1.bias",
        "frozen=",
        "linear1.weight[0,0]=-0.5",
        "linear1.bias[1]=-0",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["two-layer/xor", "mlp/and/mse/adam shuffle=true", "two-layer/language-id batch=4"]), st.data())
def test_any_edits(tmp_path: Path, start: str, data: st.DataObject) -> None:
    line, done = start, 0
    for edit in data.draw(st.lists(changes, max_size=4)):
        done += data.draw(st.integers(0, 7))
        further = f"{line} @{done} {edit}"
        try:
            trainable = expected(RunSpec.parse(further))
        except HltError:
            continue
        line = further if trainable[1] else line
    check(f"{line} @{done + 5}", tmp_path)


def test_it_runs_by_itself_as_the_command_line_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["two-layer/word-list/cross-entropy", "lr=0.01", "batch=64", "@1e", "loss=mse", "@2e"]
    script = tmp_path / "run.py"
    assert main(["export", *words, "--out", str(script)]) == 0
    assert capsys.readouterr().out == f"Wrote {script}, {tmp_path / 'run-data.csv'}\n"
    assert main(["train", *words, "--format", "script"]) == 0
    told = capsys.readouterr().out
    command = [sys.executable, "-W", "ignore", str(script)]
    printed = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, cwd="/"
    ).stdout
    assert printed == told
    assert printed.count("\n") == 1 + 16 + 4


def test_a_script_is_python_of_at_most_so_many_columns() -> None:
    for line in ("eight-layer/language-id-letters batch=4 shuffle=true l1=0.1", "two-layer/spiral frozen=linear1.bias"):
        text = compose(RunSpec.parse(line), epochs=49).text()
        assert max(map(len, text.splitlines())) <= 75
        assert "\n\n\n\n" not in text
        assert not any(row != row.rstrip() for row in text.splitlines())


HOSTILE = "gato\n]); import os; os.abort()\x1b[31m"


def test_text_of_the_data_stays_text(tmp_path: Path) -> None:
    def hostile() -> datasets.Dataset:
        return datasets.Dataset(
            HOSTILE, (HOSTILE, '"""'), (HOSTILE, "\\"), ((0.1, 1e-300), (1.0, -0.0)), (0.0, 1.0), (HOSTILE, "\u2028")
        )

    datasets.register("hostile", hostile, summary=HOSTILE)
    try:
        text = check("logistic/hostile/cross-entropy @3e", tmp_path)
        assert text.isascii() or all(character.isprintable() or character == "\n" for character in text)
    finally:
        datasets.registry.remove("hostile")


def small_factor() -> float:
    return SCALE


model = x = "names that functions here have for something else"


SCALE = 0.25


def scaled_net(inputs: int, hidden: int):
    from torch import nn

    scale = small_factor()

    class Scaled(nn.Sequential):
        def forward(self, x):
            return super().forward(scale * x)

    return Scaled(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, 1))


def test_a_plugin_is_written_with_its_own_source(tmp_path: Path) -> None:
    from hltcore.options import integer

    models.register("scaled", scaled_net, options=(integer("hidden", 3, "", minimum=1),))
    try:
        text = check("scaled/xor/cross-entropy/adam hidden=4 frozen=0.weight @3 0.weight[1,1]=0.5 @4e", tmp_path)
        assert "SCALE = 0.25" in text
        assert "model = scaled_net(2, hidden=4)" in text
    finally:
        models.registry.remove("scaled")


def test_the_examples_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "examples"))
    names = ("model", "dataset", "loss", "optimizer", "initialisation")
    parts = {name: import_module(f"hlt_examples.{name}").entry for name in names}
    try:
        line = "skip-net/majority/log-cosh/sign-sgd lr=0.01 init=identity width=2 @2e optimizer=adam @3e"
        assert "class SkipNet(torch.nn.Module):" in check(line, tmp_path)
    finally:
        for kind, entry in parts.items():
            registry(kind).remove(entry.name)
            del sys.modules[f"hlt_examples.{kind}"]


def registry(kind: str) -> Registry[Any]:
    return initialisations.registry if kind == "initialisation" else REGISTRIES[kind]


def test_what_has_no_source_is_refused_with_the_reason() -> None:
    hidden = 3

    def closed(inputs: int):
        return hidden

    for factory, why in ((lambda inputs: None, "no function or class of its own"), (closed, "of its own in a module")):
        models.register("closed", factory)
        try:
            with pytest.raises(ExportError, match=f"The model closed cannot be written as a script: .*{why}"):
                compose(RunSpec.parse("closed/xor @1e"))
        finally:
            models.registry.remove("closed")


def test_an_object_that_a_script_passed_is_refused_and_its_data_are_not(tmp_path: Path) -> None:
    data = datasets.Dataset("mine", ("a",), ("p", "q"), ((0.5,), (1.5,)), (0.0, 1.0))
    with pytest.raises(ExportError, match="is an object that a script passed"):
        compose(Trainer(model=torch.nn.Linear(1, 1), dataset=data).spec)
    trainer = Trainer("two-layer", data)
    trainer.step()
    assert "[0.5],  # p" in check(trainer.spec, tmp_path)


def test_a_plugin_can_say_how_it_is_written(tmp_path: Path) -> None:
    from hltcore.written import Written

    def half(output: str):
        return lambda prediction, target: (prediction - target).abs().sum() / 2

    losses.register(
        "half",
        half,
        script=lambda output: Written("half", "def half(y_pred, y):\n    return (y_pred - y).abs().sum() / 2"),
    )
    try:
        assert "criterion = half" in check("two-layer/xor/half @2e", tmp_path)
    finally:
        losses.registry.remove("half")


def test_every_part_of_this_package_says_how_it_is_written() -> None:
    for parts in (models.registry, losses.registry, optimizers.registry, initialisations.registry):
        for entry in parts:
            assert entry.script is not None, entry.name
