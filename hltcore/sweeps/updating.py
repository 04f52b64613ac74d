"""Updating: what the optimizer does in a step, for all seeds at once.

PyTorch's optimizers treat every number alike, so that the very class a run has does for one large parameter.
"""

from __future__ import annotations

import math

from hltcore import optimizers, places
from hltcore._torch import torch
from hltcore.engine import Engine
from hltcore.spec import RunSpec
from hltcore.sweeps.network import Network
from hltcore.sweeps.program import Program

__all__ = ["update_of"]


def update_of(engine: Engine, spec: RunSpec, network: Network) -> Program:
    """The update of all parameters by their gradients.

    Args:
        engine: A run of the kind.
        spec: The settings.
        network: The parameters and gradients.
    """
    program = Program()
    if spec.updates:  # the optimizer holds another model's parameters
        return program
    values, gradients = network.values, network.gradients
    _penalise(program, spec, network)
    entry = optimizers.registry.get(spec.optimizer)
    options = spec.options_of("optimizer")
    frozen = torch.tensor(sorted({number for place in places.read(spec.frozen) for number in _rows(engine, place)}))
    kept = torch.empty((len(frozen), values.shape[1]))
    if len(frozen):
        program.add(torch.index_select, values, 0, frozen, out=kept)
    if entry.plain is not None and options == dict(entry.plain):
        program.add(values.add_, gradients, alpha=-spec.lr)
    else:
        parameter = torch.nn.Parameter(values)
        parameter.grad = gradients
        program.add(entry.factory([parameter], spec.lr, **options).step)
    if len(frozen):
        program.add(values.index_copy_, 0, frozen, kept)
    return program


def _penalise(program: Program, spec: RunSpec, network: Network) -> None:
    """Add the gradients of what L1 and L2 add to the loss, in the order in which autograd does."""
    for weights, into in zip(network.weights, network.into):
        weight = weights.weight
        terms = []
        if spec.l2:  # w·w has two factors, and so sends two gradients
            terms.append(torch.empty(weight.shape))
            program.add(torch.mul, weight, spec.l2 / 2, out=terms[-1])
            program.add(torch.add, terms[-1], terms[-1], out=terms[-1])
        if spec.l1:
            terms.append(torch.empty(weight.shape))
            program.add(torch.sgn, weight, out=terms[-1])
            program.add(torch.mul, terms[-1], spec.l1, out=terms[-1])
        if len(terms) == 2:
            program.add(terms[0].add_, terms[1])
        if terms:
            program.add(into.weight.add_, terms[0])


def _rows(engine: Engine, place: places.Place) -> range:
    """Where the numbers of a place stand among all of the model's, without the gaps of a run's own buffer."""
    buffer, layout = engine.buffer, engine.buffer.layout
    index = layout.names.index(place.name) if place.name in layout.names else 0
    numbers = buffer.numbers(place)
    first = buffer.numbers(places.Place(place.name)).start
    start = sum(map(math.prod, layout.shapes[:index])) + numbers.start - first
    return range(start, start + len(numbers))
