"""Activation hooks: what chosen modules of a model said last, while it trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hltcore._torch import torch
from hltcore.errors import LogError, nearest, quoted

__all__ = ["ActivationHooks"]

_HOME = "torch.nn.modules.activation"


class ActivationHooks:
    """Keeps what modules gave in the last forward pass in training mode, when it is wanted.

    Args:
        model: The model.
        chosen: Names of its modules; True for all without modules in them, False for none.

    Attributes:
        kinds: By name, the class of each module chosen.
        wanted: Whether the next forward pass is to be kept.

    Raises:
        LogError: There is no module of a name.
    """

    def __init__(self, model: torch.nn.Module, chosen: bool | Iterable[str]) -> None:
        modules = dict(model.named_modules())
        if isinstance(chosen, bool):
            leaves = [name for name, module in modules.items() if name and not any(True for _ in module.children())]
            names = leaves if chosen else []
        else:
            names = [chosen] if isinstance(chosen, str) else list(dict.fromkeys(chosen))
        for name in names:
            if name not in modules:
                raise LogError(f"The model has no module {quoted(name)}: {nearest(str(name), filter(None, modules))}")
        self.kinds = {name: type(modules[name]).__name__ for name in names}
        self.wanted = False
        self._seen: dict[str, tuple[torch.Tensor | None, torch.Tensor]] = {}
        self._handles = [modules[name].register_forward_hook(self._hook(name)) for name in names]

    def take(self) -> list[tuple[str, str | None, torch.Tensor]]:
        """Field, name and tensor of each that was kept, in the order in which they were computed; none is kept on."""
        if not self._seen:
            return []
        seen, self._seen = self._seen, {}
        before = [("pre_activations", name, z) for name, (z, _) in seen.items() if z is not None]
        return [*before, *(("activations", name, output) for name, (_, output) in seen.items())]

    def remove(self) -> None:
        """Take the hooks off the model; again, it does nothing."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._seen.clear()

    def _hook(self, name: str) -> Any:
        def keep(module: torch.nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if self.wanted and module.training and isinstance(output, torch.Tensor) and output.numel():
                function = type(module).__module__ == _HOME and inputs and isinstance(inputs[0], torch.Tensor)
                z = _copy(inputs[0]) if function and inputs[0].numel() else None
                self._seen.pop(name, None)
                self._seen[name] = (z, _copy(output))

        return keep


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor as it is now: what comes after may change it in place."""
    kept = tensor.detach().clone()
    return kept if kept.is_floating_point() else kept.float()
