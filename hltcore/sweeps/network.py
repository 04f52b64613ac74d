"""Network: a model's steps and predictions for all seeds at once, as programs on buffers that stay."""

from __future__ import annotations

from hltcore._torch import torch
from hltcore.feed import Examples
from hltcore.layers import is_table
from hltcore.spec import RunSpec
from hltcore.sweeps import functions
from hltcore.sweeps.criteria import emit_slope
from hltcore.sweeps.functions import activate, slope
from hltcore.sweeps.layer import Entering, Weights, emit_backward, emit_forward
from hltcore.sweeps.machine import Machine
from hltcore.sweeps.program import Program, Scratch
from hltcore.sweeps.sums import LayerSums

__all__ = ["Network"]

Tensor = torch.Tensor


class Network:
    """The parameters and gradients of many seeds, and what is computed with them.

    Args:
        machine: How the machine adds.
        spec: The settings that all seeds share.
        seeds: How many seeds, a multiple of ``functions.LANES``.
        strict: Whether nothing is left out of a sum that could count only if a number is not finite.

    Attributes:
        values: All parameters, of shape (numbers, seeds), in the order of the model's.
        gradients: Their gradients.
        weights: The same parameters by layer.
        into: The same gradients by layer.
    """

    def __init__(self, machine: Machine, spec: RunSpec, seeds: int, *, strict: bool) -> None:
        self._machine = machine
        self._spec = spec
        self._seeds = seeds
        self._strict = strict or bool(spec.frozen)  # what is frozen stays finite, whatever has reached it
        self._output = machine.engine.output
        self._scratch = Scratch()
        numbers = machine.engine.buffer.layout.size
        self.values = torch.zeros(numbers, seeds)
        self.gradients = torch.zeros(numbers, seeds)
        self.weights = self._by_layer(self.values)
        self.into = self._by_layer(self.gradients)

    def _by_layer(self, flat: Tensor) -> list[Weights]:
        found, start = [], 0
        for layer in self._machine.layers:
            size = layer.weight.numel()
            weight = flat[start : start + size].view(*layer.weight.shape, self._seeds)
            start += size
            if layer.bias is None:
                found.append(Weights(weight.transpose(0, 1), None))
            else:
                found.append(Weights(weight, flat[start : start + layer.width]))
                start += layer.width
        return found

    def entering(self, examples: Examples) -> Entering:
        """What enters with examples that all seeds have in common."""
        x = examples.x.reshape(len(examples.batch.rows), -1)
        if self._strict:
            return Entering(x[..., None])
        columns = range(x.shape[1])
        zeros = frozenset(j for j in columns if not x[:, j].any())
        ones = frozenset(j for j in columns if bool((x[:, j] == 1).all()))
        return Entering(x[..., None], zeros, ones)

    def step(self, examples: Examples, entering: Entering, target: Tensor) -> Program:
        """Forward and backward: the gradients of the loss on a batch.

        Args:
            examples: Says how the batch lies in memory.
            entering: What enters.
            target: Of shape (rows, 1, 1) or (rows, 1, seeds).

        Raises:
            UnknownOrder: The machine does not compute it in a way that is known.
        """
        program = Program()
        sums = self._machine.sums(examples)
        rows = len(examples.batch.rows)
        inputs, zs, activations = self._forward(program, sums, entering, rows, rows, "step")
        prediction = activations[-1]
        gradient = self._gradient(len(zs) - 1, rows, self._machine.layers[-1].activation == "identity")
        numbers: tuple[bool, ...] = ()
        if self._output == "real" and self._spec.loss == "cross-entropy":
            numbers = self._machine.paths(activate["sigmoid"], rows)
        emit_slope(program, self._spec, self._output, prediction, target, gradient, numbers, self._scratch)
        for number in reversed(range(len(zs))):
            of_z = self._through(program, number, rows, gradient, zs[number], activations[number], inputs[number])
            reached = None
            if number:
                plain = self._machine.layers[number - 1].activation == "identity"
                reached = self._gradient(number - 1, rows, plain)
            emit_backward(
                program,
                sums[number],
                inputs[number],
                self.weights[number],
                of_z,
                self.into[number],
                reached,
                self._scratch,
            )
            if reached is not None:
                gradient = reached
        return program

    def _gradient(self, number: int, rows: int, of_z: bool) -> Tensor:
        """Where the gradient of a layer's activations goes; of one row's z it is the bias's, too."""
        bias = self.into[number].bias
        if of_z and rows == 1 and bias is not None:
            return bias[None]
        return self._scratch(f"gradient {number}", (rows, self._machine.layers[number].width, self._seeds))

    def _through(
        self, program: Program, number: int, rows: int, gradient: Tensor, z: Tensor, a: Tensor, entering: Entering
    ) -> Tensor:
        """The gradient of z from that of the activation."""
        function = self._machine.layers[number].activation
        if function == "identity":
            return gradient
        bias = self.into[number].bias
        at_once = rows == 1 and bias is not None
        out = bias[None] if at_once and bias is not None else self._scratch(f"of z {number}", tuple(z.shape))
        if is_table(function):
            program.add(torch.div, gradient, self._counts(program, entering), out=out)
            return out
        of_z = slope[function]
        if function == "clamp" and not self._strict:
            of_z = functions.FINITE_CLAMP_SLOPE
        numbers = self._machine.paths(of_z, rows * z.shape[1])
        functions.emit(program, of_z, [gradient, z if function == "clamp" else a], out, numbers, self._scratch)
        return out

    def _forward(
        self, program: Program, sums: tuple[LayerSums, ...], entering: Entering, rows: int, together: int, use: str
    ) -> tuple[list[Entering], list[Tensor], list[Tensor]]:
        """Write down a forward pass; ``together`` says how many rows a run's own tensors have."""
        inputs, zs, activations = [], [], []
        for number, layer in enumerate(self._machine.layers):
            shape = (rows, layer.width, self._seeds)
            z = self._scratch(f"{use} z {number}", shape)
            emit_forward(program, sums[number].forward, entering, self.weights[number], z, self._scratch)
            a = z
            if is_table(layer.activation):
                program.add(torch.div, z, self._counts(program, entering), out=z)
            elif layer.activation != "identity":
                a = self._scratch(f"{use} a {number}", shape)
                function = activate[layer.activation]
                paths = self._machine.paths(function, together * layer.width) * (rows // together)
                functions.emit(program, function, [z], a, paths, self._scratch)
            inputs.append(entering)
            zs.append(z)
            activations.append(a)
            entering = Entering(a)
        return inputs, zs, activations

    def _counts(self, program: Program, entering: Entering) -> Tensor:
        """What a table divides by: how many are counted, or 1 for none."""
        x = entering.values
        total = x.sum(1, keepdim=True)
        if x.shape[-1] > 1:  # every seed has examples of its own, which change
            none = torch.zeros(total.shape, dtype=torch.bool)
            program.add(torch.sum, x, 1, keepdim=True, out=total)
            program.add(torch.eq, total, 0, out=none)
            program.add(torch.add, total, none, out=total)
            return total
        return total + (total == 0)

    def predict(self, examples: list[Examples]) -> tuple[Program, list[Tensor], Tensor]:
        """The predictions for examples of which a run computes each by itself.

        Returns:
            The program; where it puts each layer's z, of shape (rows, units, seeds); where it puts the predictions.

        Raises:
            UnknownOrder: The machine does not compute it in a way that is known.
        """
        program = Program()
        sums = self._machine.sums_of_each(examples)
        x = torch.stack([example.x for example in examples])
        absent = (j for j in range(x.shape[1]) if not x[:, j].any())
        zeros: frozenset[int] = frozenset() if self._strict else frozenset(absent)
        entering = Entering(x[..., None], zeros)
        _, zs, activations = self._forward(program, sums, entering, len(examples), 1, "predict")
        return program, zs, activations[-1]
