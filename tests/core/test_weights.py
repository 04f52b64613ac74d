"""Weights come back from a file to the bit, and a file that is not theirs is refused and runs nothing."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from hltcore import Trainer
from hltcore._torch import torch
from hltcore.errors import ExportError, HltError, OptionError, ShapeError
from tests.core import plain

LINE = "two-layer/xor/mse/adam seed=3 @9"
FORMATS = ("safetensors", "state_dict")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("line", [LINE, "eight-layer/language-id @3", "embedding/language-id-letters @2"])
def test_they_come_back_to_the_bit(tmp_path: Path, form: str, line: str) -> None:
    trained = Trainer.from_spec(line)
    trained.set_parameter(next(iter(trained.parameters)), (0, 1), -0.0)
    trained.save_weights(tmp_path / "w", format=form)
    other = Trainer.from_spec(trained.spec.start)
    other.load_weights(tmp_path / "w")
    assert plain.all_bits(other.parameters) == plain.all_bits(trained.parameters)
    again = Trainer.from_spec(str(other.spec))  # its line leads there without the file
    assert plain.all_bits(again.parameters) == plain.all_bits(trained.parameters)
    other.back(0)
    other.step()
    other.back()
    assert plain.all_bits(other.parameters) == plain.all_bits(trained.parameters)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_is_there_stays(tmp_path: Path, form: str) -> None:
    trainer = Trainer.from_spec(LINE)
    (tmp_path / "w").write_text("mine")
    with pytest.raises(ExportError, match="already"):
        trainer.save_weights(tmp_path / "w", format=form)
    assert (tmp_path / "w").read_text() == "mine"
    trainer.save_weights(tmp_path / "w", format=form, force=True)
    trainer.load_weights(tmp_path / "w")


def test_plain_pytorch_reads_them(tmp_path: Path) -> None:
    from safetensors import safe_open

    trainer = Trainer.from_spec(LINE)
    for form in FORMATS:
        trainer.save_weights(tmp_path / form, format=form)
    state = torch.load(tmp_path / "state_dict", weights_only=True)
    trainer.model.load_state_dict(state)
    with safe_open(tmp_path / "safetensors", framework="pt") as file:
        assert file.metadata() == {"spec": str(trainer.spec)}
        assert all(torch.equal(file.get_tensor(name), tensor) for name, tensor in state.items())


class Evil:
    def __reduce__(self) -> Any:
        return (Path.touch, (Path("executed"),))


def good() -> dict[str, Any]:
    return {name: p.detach().clone() for name, p in Trainer("two-layer", "xor").model.named_parameters()}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"linear9.weight": torch.zeros(1)}, 'no parameter "linear9.weight".*did you mean "linear'),
        ({"linear1.bias": 3.0}, "is no tensor of real numbers"),
        ({"linear1.bias": torch.zeros(3)}, "has shape 3, and the model's has 2"),
        ({"linear1.weight": torch.zeros(4)}, "has shape 4, and the model's has 2×2"),
        ({"linear1.bias": torch.tensor([1.0, float("nan")])}, "not finite"),
        ({"linear1.bias": torch.tensor([1.0, 1e300], dtype=torch.float64)}, "not finite in float32"),
        ({"linear1.bias": torch.tensor([1, 2])}, "is no tensor of real numbers"),
        ({"linear1.bias": torch.zeros(2).to_sparse()}, "is no tensor of real numbers"),
        ({3: torch.zeros(2)}, "no weights by name"),
        ({"linear1.bias": Evil()}, "holds no weights, or more than weights, which is not run.$"),
    ],
)
def test_what_is_not_the_models_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[Any, Any], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({**good(), **change}, "w")
    refuse(Path("w"), why)
    assert not Path("executed").exists()


def refuse(path: Path, why: str) -> None:
    trainer = Trainer.from_spec(LINE)
    before, line = plain.all_bits(trainer.parameters), trainer.spec
    with pytest.raises(HltError, match=why) as caught:
        trainer.load_weights(path)
    assert isinstance(caught.value, ShapeError | ExportError)
    assert "\n" not in str(caught.value)
    assert (plain.all_bits(trainer.parameters), trainer.spec) == (before, line)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\xff" * 100,
        b"\x10\x00\x00\x00\x00\x00\x00\x00{}",
        pickle.dumps(Evil()),
        b"[]",
        b"\x1b[31m\n",
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w").write_bytes(content)
    refuse(Path("w"), "holds no weights")
    assert not Path("executed").exists()


def test_a_part_of_the_parameters_is_not_enough(tmp_path: Path) -> None:
    torch.save({"linear1.bias": torch.zeros(2)}, tmp_path / "w")
    refuse(tmp_path / "w", 'has no "linear1.weight", which the model has')
    refuse(tmp_path / "none", "No such file")
    refuse(tmp_path, "Is a directory")


def test_a_format_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(OptionError, match='did you mean "safetensors"'):
        Trainer("two-layer", "xor").save_weights("w", format="safetensor")
