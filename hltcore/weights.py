"""Weights: a model's parameters as a file, safetensors or a state_dict, and back; reading one executes nothing."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from hltcore._torch import torch
from hltcore.errors import ExportError, MissingError, OptionError, ShapeError, nearest, quoted, quoted_path, reason

__all__ = ["FORMATS", "check_format", "read_weights", "saved"]

_ZIP = b"PK\x03\x04"  # how a file of torch.save begins


def _safetensors() -> Any:
    try:
        import safetensors.torch
    except ImportError:
        raise MissingError("This form of weights", "safetensors", "weights") from None
    return safetensors.torch


def _as_safetensors(tensors: dict[str, torch.Tensor], spec: str) -> bytes:
    packed: bytes = _safetensors().save(tensors, metadata={"spec": spec})
    return packed


def _as_state_dict(tensors: dict[str, torch.Tensor], spec: str) -> bytes:
    out = io.BytesIO()
    torch.save(tensors, out)
    return out.getvalue()


FORMATS: dict[str, Callable[[dict[str, torch.Tensor], str], bytes]] = {
    "safetensors": _as_safetensors,
    "state_dict": _as_state_dict,
}
"""By name, what makes a file's bytes of tensors and of the spec that led to them."""


def check_format(format: str) -> None:
    """Refuse, before a long run, what could not be written after it.

    Raises:
        MissingError: The library that writes it is not installed.
    """
    if format == "safetensors":
        _safetensors()


def saved(model: torch.nn.Module, spec: str, format: str) -> bytes:
    """A model's parameters as the bytes of a file.

    Args:
        model: The model.
        spec: The line that leads to it, which safetensors keeps beside.
        format: A key of ``FORMATS``.

    Raises:
        OptionError: There is no such format.
        MissingError: The library that writes it is not installed.
    """
    if format not in FORMATS:
        raise OptionError(f"There is no format {quoted(format)}: {nearest(format, FORMATS)}")
    tensors = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    return FORMATS[format](tensors, spec)


def read_weights(
    path: str | PathLike[str], shapes: Mapping[str, tuple[int, ...]]
) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """The parameters in a file that ``saved`` or ``torch.save(model.state_dict(), …)`` wrote.

    Args:
        path: The file.
        shapes: By name, the shape that each parameter has; all of them must be there, and no other.

    Returns:
        Each parameter's name with its numbers in row-major order, in the order of ``shapes``.

    Raises:
        ExportError: The file cannot be read, or is neither.
        MissingError: The library that reads it is not installed.
        ShapeError: Names, shapes or numbers are not the model's.
    """
    file = Path(path)
    tensors = _read(file)
    for name in tensors:
        if name not in shapes:
            raise ShapeError(
                f"The model has no parameter {quoted(name)}, which {quoted_path(file)} has: {nearest(name, shapes)}"
            )
    return tuple((name, _numbers(file, name, tensors.get(name), shape)) for name, shape in shapes.items())


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            pickled = file.read(len(_ZIP)) == _ZIP
        found = _unpickled(path) if pickled else _safetensors().load_file(path)
    except OSError as error:
        raise ExportError(f"Cannot read {quoted_path(path)}: {error.strerror or error}.") from None
    except MissingError:
        raise
    except pickle.UnpicklingError:  # torch's own words tell how to run what is in it
        raise ExportError(f"{quoted_path(path)} holds no weights, or more than weights, which is not run.") from None
    except Exception as error:  # whatever a damaged or hostile file makes its library say
        raise ExportError(f"{quoted_path(path)} holds no weights: {reason(error)}") from None
    if not isinstance(found, Mapping) or not all(isinstance(name, str) for name in found):
        raise ExportError(f"{quoted_path(path)} holds no weights by name, as model.state_dict() gives them.")
    return dict(found)


def _unpickled(path: Path) -> Any:
    """What ``torch.save`` wrote; of anything but tensors and plain containers nothing is made, nor run."""
    return torch.load(path, map_location="cpu", weights_only=True)


def _numbers(path: Path, name: str, tensor: Any, shape: tuple[int, ...]) -> tuple[float, ...]:
    if tensor is None:
        raise ShapeError(f"{quoted_path(path)} has no {quoted(name)}, which the model has.")
    if not isinstance(tensor, torch.Tensor) or tensor.layout != torch.strided or not tensor.is_floating_point():
        raise ShapeError(f"{quoted(name)} in {quoted_path(path)} is no tensor of real numbers.")
    if tuple(tensor.shape) != shape:
        told, wanted = ("×".join(map(str, size)) or "of one number" for size in (tensor.shape, shape))
        raise ShapeError(f"{quoted(name)} in {quoted_path(path)} has shape {told}, and the model's has {wanted}.")
    numbers = tuple(tensor.detach().to(torch.float32).reshape(-1).tolist())
    if not all(map(math.isfinite, numbers)):
        raise ShapeError(f"{quoted(name)} in {quoted_path(path)} has a number that is not finite in float32.")
    return numbers
