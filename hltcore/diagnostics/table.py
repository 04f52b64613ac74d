"""The checks of this library, in the order in which they look."""

from __future__ import annotations

from hltcore.diagnostics import (
    accumulating_gradient,
    carried_parameters,
    constant_output,
    contradicting_examples,
    dead_unit,
    diverging,
    exploding_gradient,
    linear_stack,
    loss_below_zero,
    not_finite,
    not_separable,
    overfitting,
    plateau,
    saturated_unit,
    step_too_large,
    step_too_small,
    summed_batch,
    twin_units,
    unbounded_output,
    unmoved_parameter,
    unowned_parameters,
    vanishing_gradient,
)
from hltcore.diagnostics.check import register

__all__ = ["CHECKS"]

CHECKS = (
    register(
        "contradicting-examples",
        contradicting_examples.check,
        when="start",
        classes=True,
        summary="same x, different targets",
    ),
    register(
        "not-separable",
        not_separable.check,
        when="start",
        layers=True,
        classes=True,
        summary="no straight line tells the classes",
    ),
    register("linear-stack", linear_stack.check, when="start", layers=True, summary="layers with nothing between them"),
    register("twin-units", twin_units.check, when="start", layers=True, summary="units that start and stay alike"),
    register(
        "unowned-parameters", unowned_parameters.check, when="start", summary="the optimizer holds another model's"
    ),
    register("carried-parameters", carried_parameters.check, when="start", summary="trained on other data before"),
    register("unbounded-output", unbounded_output.check, when="start", summary="an output that does not fit the loss"),
    register("not-finite", not_finite.check, when="odd-step", summary="a number is infinite or NaN"),
    register("loss-below-zero", loss_below_zero.check, when="odd-step", summary="the loss rewards being wrong"),
    register("dead-unit", dead_unit.check, lasting=2, layers=True, summary="a unit that no example opens"),
    register("saturated-unit", saturated_unit.check, lasting=2, layers=True, summary="a unit flat on all examples"),
    register("constant-output", constant_output.check, lasting=2, summary="the same prediction for every example"),
    register("unmoved-parameter", unmoved_parameter.check, lasting=2, summary="a gradient, but no change"),
    register(
        "accumulating-gradient", accumulating_gradient.check, layers=True, summary="gradients that are not emptied"
    ),
    register(
        "vanishing-gradient",
        vanishing_gradient.check,
        lasting=2,
        layers=True,
        summary="next to none at the first layer",
    ),
    register("exploding-gradient", exploding_gradient.check, lasting=4, summary="the gradient grows and grows"),
    register("summed-batch", summed_batch.check, lasting=2, summary="a sum over the batch makes the step too large"),
    register("diverging", diverging.check, summary="the mean loss grows"),
    register("plateau", plateau.check, classes=True, summary="no progress: next to no gradient"),
    register("step-too-large", step_too_large.check, classes=True, summary="no progress: steps undo each other"),
    register("step-too-small", step_too_small.check, classes=True, summary="no progress: the parameters hardly move"),
    register("overfitting", overfitting.check, summary="held-out loss rises, training loss falls"),
)
"""Each of them; ``registry`` has those that others added, too."""
