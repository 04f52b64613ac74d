"""Trainer: a run that can be stepped, paused in any phase, taken back, changed and forked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from os import PathLike
from pathlib import Path
from typing import Any

from hltcore import places
from hltcore._torch import torch
from hltcore.changes import whole
from hltcore.dataset import Dataset
from hltcore.edits import Edit, LoadParameters, SetParameter
from hltcore.errors import OptionError, ShapeError, quoted
from hltcore.events import PhaseEvent, StepEvent
from hltcore.files import refuse_existing, write_all
from hltcore.own import named
from hltcore.run import Run
from hltcore.spec import RunSpec
from hltcore.travel import Travel
from hltcore.weights import read_weights, saved

__all__ = ["Trainer"]


class Trainer(Travel):
    """Owns a run: trains it step by step, and takes it to any point it has been at.

    Args:
        model: Name of the model; or a ``torch.nn.Module`` of your own that gives one number for each row of x. The run
            trains copies of it, from the numbers that it has now, and never the object itself: ``trainer.model`` is
            the one at work. No line can name it, so ``spec`` opens this run again in this program alone.
        dataset: Name of the data set, or a ``Dataset``.
        checks: Whether checks look at the run as it goes, for ``findings``; a small model's steps take up to a fifth
            as long again with them, and up to two thirds where an epoch is one step.
        settings: Any other setting of ``RunSpec``, and any option of the model, data set, loss or optimizer:
            ``loss``, ``optimizer``, ``lr``, ``seed``, ``batch``, ``shuffle``, ``init``, ``l1``, ``l2``, ``updates``,
            ``frozen``, ``hidden``, …

    Raises:
        UnknownNameError: A name is in no registry.
        OptionError: A setting is unknown or its value not allowed.
        TargetError: The data set's targets do not fit the loss.
        ShapeError: The data are none, or the model's parameters or output are not what a run can keep.
        RegistryError: A package that should provide a part fails to.
    """

    def __init__(
        self,
        model: str | torch.nn.Module = "logistic-regression",
        dataset: str | Dataset = "language-id",
        *,
        checks: bool = True,
        **settings: Any,
    ) -> None:
        parts = {"model": model, "dataset": dataset, **settings}
        seed = RunSpec(seed=settings.get("seed", 0)).seed
        super().__init__(Run(RunSpec().changed(**named(parts, seed=seed)), checks=checks))

    def copy(self) -> Trainer:
        """A run of its own with this line of history, that stands after the same step, between two steps."""
        twin = type(self).__new__(type(self))
        Travel.__init__(twin, self._run.copy())
        return twin

    @classmethod
    def from_spec(cls, spec: str | RunSpec, *, checks: bool = True) -> Trainer:
        """Make the run that a spec names, and run it to the spec's point.

        Args:
            spec: The line.
            checks: As for a trainer made from names.

        Raises:
            HltError: The line cannot be read, or its marks cannot be reached.
        """
        line = RunSpec.parse(spec) if isinstance(spec, str) else spec
        trainer = cls.__new__(cls)
        Travel.__init__(trainer, Run(line.start, checks=checks))
        for _ in trainer.follow(line.marks):
            pass
        return trainer

    def step(self) -> StepEvent:
        """Do one step, or what is left of a paused one.

        Returns:
            What it did.

        Raises:
            StepError: The model, the loss or the optimizer cannot do it; the step is as if not begun.
        """
        return self._run.step()

    def phase(self) -> PhaseEvent:
        """Do the next phase of a step; the fifth completes it.

        Returns:
            What is known by then.

        Raises:
            StepError: The model, the loss or the optimizer cannot do it; the step is as if not begun.
        """
        return self._run.next_phase()

    def run(self, *, steps: int | None = None, epochs: int | None = None) -> Iterator[StepEvent]:
        """Do many steps, each when its event is asked for.

        Args:
            steps: How many steps.
            epochs: How many epochs; the present one counts, if it has begun.

        Returns:
            The events, one for each step.

        Raises:
            OptionError: Not exactly one of the two is given, or it is no whole number from 0 on.
        """
        if (steps is None) == (epochs is None):
            raise OptionError("run() takes either steps or epochs.")
        if epochs is None:
            return self._while_steps(_whole(steps))
        end = self._run.epoch + _whole(epochs)
        return self._while(lambda: self._run.epoch < end)

    def switch(self, **changes: Any) -> None:
        """Go on with other settings: ``model``, ``dataset``, ``loss``, ``optimizer``, ``lr``, any of ``RunSpec``.

        A model and data may be objects of your own, as when a trainer is made.
        Parameters go on where they fit. Another model, hidden size, initialisation or seed, or data with another
        number of features, starts them anew from the seed. Another data set or batch begins a new epoch.

        Raises:
            HltError: A name is unknown, a value is not allowed, or the parts do not fit; nothing has changed.
        """
        settings = self.settings
        seed = settings.changed(seed=changes["seed"]).seed if "seed" in changes else settings.seed
        parts = named(changes, seed=seed, like=(settings.model, settings.dataset))
        _, switch = settings.switched(parts)
        if switch.changes:
            self.apply(switch)

    def reseed(self, seed: int) -> None:
        """Start the parameters anew from a seed, here in the history.

        A model of your own has the numbers that it came with at the seed that it came with; for any other, each of its
        parts draws its own by ``reset_parameters``.

        Raises:
            OptionError: It is not a seed, or a parameter of your own model belongs to no part that can draw it;
                nothing has changed.
        """
        self.switch(seed=seed)

    def reset(self) -> None:
        """Start again before the first step, with the present settings and the seed's initialisation."""
        self._run.restart()

    def set_parameter(self, name: str, index: int | Sequence[int], value: float) -> None:
        """Set one number of one parameter.

        Args:
            name: The parameter ("linear1.weight").
            index: Its place, one number for each dimension.
            value: The new value.

        Raises:
            ShapeError: There is no such number, or the value is not finite; nothing has changed.
        """
        self.apply(SetParameter(name, whole(index), value))

    def load_parameters(self, values: Sequence[Sequence[float]]) -> None:
        """Set all parameters.

        Args:
            values: One flat list for each parameter, in ``model.parameters()`` order.

        Raises:
            ShapeError: A list has the wrong length, or a number is not finite; nothing has changed.
        """
        names = self._run.engine.buffer.layout.names
        try:
            lists = [tuple(numbers) for numbers in values]
        except TypeError:
            raise ShapeError(f"{quoted(values)} is not one list of numbers for each of {', '.join(names)}.") from None
        if len(lists) != len(names):
            raise ShapeError(f"The model has {len(names)} parameters ({', '.join(names)}), not {len(lists)}.")
        self.apply(LoadParameters(tuple(zip(names, lists))))

    def load_weights(self, path: str | PathLike[str]) -> None:
        """Set all parameters from a file of safetensors, or one that ``torch.save(model.state_dict(), …)`` wrote.

        Nothing in the file is executed; what it sets is part of this run's history and of its line, as an edit.

        Args:
            path: The file.

        Raises:
            ExportError: The file cannot be read, or holds no weights.
            MissingError: The library that reads it is not installed.
            ShapeError: Names, shapes or numbers are not this model's; nothing has changed.
        """
        layout = self._run.engine.buffer.layout
        self.apply(LoadParameters(read_weights(path, dict(zip(layout.names, layout.shapes)))))

    def save_weights(self, path: str | PathLike[str], *, format: str = "safetensors", force: bool = False) -> None:
        """Write all parameters to a file, which ``load_weights`` reads.

        Args:
            path: The file.
            format: "safetensors", which keeps the run's line beside them, or "state_dict", as ``torch.save`` writes.
            force: Whether a file that is there may be replaced.

        Raises:
            OptionError: There is no such format.
            ExportError: The file cannot be written, or is there already.
            MissingError: The library that writes it is not installed.
        """
        file = Path(path)
        refuse_existing([file], force=force)
        write_all({file: [saved(self.model, str(self.spec), format)]})

    def freeze(self, name: str, index: int | Sequence[int] = ()) -> None:
        """Let no update change a number, or with no index a whole parameter, from here on.

        Raises:
            ShapeError: There is no such number; nothing has changed.
        """
        frozen = places.read(self.settings.frozen)
        self.switch(frozen=places.write((*frozen, places.Place(name, whole(index)))))

    def thaw(self, name: str, index: int | Sequence[int] = ()) -> None:
        """Let updates change it again; of a whole parameter that is frozen, the other numbers stay so.

        Raises:
            ShapeError: There is no such number; nothing has changed.
        """
        place = whole(index)
        every = {places.Place(name, cell) for cell in product(*map(range, self._run.engine.buffer.shape(name)))}
        if place:
            self._run.engine.buffer.place(name, place)
        frozen = set(places.read(self.settings.frozen))
        if place and places.Place(name) in frozen:
            frozen |= every
        gone = {places.Place(name), *(every if not place else {places.Place(name, place)})}
        self.switch(frozen=places.write(frozen - gone))

    def apply(self, edit: Edit) -> None:
        """Make an edit; where this point is not the last one, the run forks here.

        A step that is paused is undone first.

        Raises:
            HltError: It is not allowed; nothing has changed.
        """
        self._run.apply(edit)


def _whole(count: int | None) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise OptionError(f"run() takes a whole number from 0 on, not {quoted(count)}.")
    return count
