"""The NumPy engine: a task's recorded loss, run on arrays of samples."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograd.floats import floating_point, is_finite
from nn.arrays import ArrayTask, NotCompilable, unless_it_fails
from nn.engines import Batch, EagerEngine, Engine, Score, Task, epoch_of
from nn.optimizers import State

Step = Callable[[], "np.ndarray | None"]


def numpy_engine(task: Task) -> Engine:
    """The task on NumPy's arrays; NotCompilable says why that cannot be."""
    return unless_it_fails(task, NumpyEngine)


def auto_engine(task: Task) -> Engine:
    """The task on NumPy's arrays where that can be; else eagerly, with a warning that says why."""
    try:
        return numpy_engine(task)
    except NotCompilable as error:
        warnings.warn(f'fit runs with engine="eager", which is slow: {error.args[0]}', RuntimeWarning, stacklevel=3)
        return EagerEngine(task)


class NumpyEngine:
    """Runs a task in arrays; the optimizer's rule is applied to whole arrays.

    Where a number is not finite or has no value, the eager engine takes the step: it names what is wrong.
    """

    def __init__(self, arrays: ArrayTask) -> None:
        self.arrays = arrays
        self.task = arrays.task
        self.silent, self.checked = floating_point("ignore"), floating_point("raise")
        self.write_back, self.keep = arrays.write_back, arrays.keep
        self.steps: dict[int, tuple[list[np.ndarray], Step]] = {}
        self.recordings = arrays.recordings  # that the steps belong to

    def epochs(self, coming: Iterator[Sequence[Batch]], advance: Callable[[int], None]) -> list[Score]:
        """As ``Engine`` says: one."""
        return [self.silent.run(self._epoch, next(coming), advance)]

    def _epoch(self, batches: Sequence[Batch], advance: Callable[[int], None]) -> Score:
        if not self.arrays.loaded:
            self.arrays.load()
        return epoch_of(self.task, self._step if self.arrays.usable else self._eager_step, batches, advance)

    def _step(self, batch: Batch) -> tuple[float, int]:
        arrays, step = self._ready(batch)
        values = step()
        if values is None:
            return self._eager_step(batch)
        count = len(batch)
        total = float(values.sum())
        right = self.arrays.right(batch, self.arrays.bound.aux, *arrays[2:]) if self.task.correct else 0
        return (total, right) if math.isfinite(total) and self._update(count) else self._eager_step(batch)

    def _ready(self, batch: Batch) -> tuple[list[np.ndarray], Step]:
        """The data of a batch, and what computes it: all samples in place, or copies of some in one array."""
        if self.recordings != self.arrays.recordings:
            self.recordings, self.steps = self.arrays.recordings, {}
        data, reader = self.arrays.data, self.arrays.bound.reader
        if isinstance(batch, range):
            if 0 not in self.steps:
                self.steps[0] = data, reader(*data[:2])
            return self.steps[0]
        if len(batch) not in self.steps:
            arrays = [np.empty((len(batch), *numbers.shape[1:]), numbers.dtype) for numbers in data]
            self.steps[len(batch)] = arrays, reader(*arrays[:2])
        arrays, step = self.steps[len(batch)]
        for numbers, array in zip(data, arrays, strict=True):
            np.take(numbers, batch, axis=0, out=array, mode="clip")
        return arrays, step

    def _update(self, count: int) -> bool:
        """Apply the optimizer's rule; False, and nothing is changed, where a number would not be finite."""
        optimizer = self.task.optimizer
        lr = optimizer.rate(optimizer.steps)
        try:
            updated = self.checked.run(self._updated, count, lr)
        except FloatingPointError:  # perhaps on the way only: what counts is what the rule gives
            updated = self._updated(count, lr)
            if not all(is_finite(array) for numbers, state in updated for array in (numbers, *state)):
                return False
        for group, (numbers, state) in zip(self.arrays.groups, updated, strict=True):
            group.numbers[group.own] = numbers
            group.state = state
        optimizer.steps += 1
        self.arrays.changed = True
        return True

    def _updated(self, count: int, lr: float) -> list[tuple[np.ndarray, State]]:
        for group, gradient in zip(self.arrays.groups, self.arrays.bound.gradients, strict=False):
            group.gradient = gradient / count
        update, steps = self.task.optimizer.update, self.task.optimizer.steps
        return [
            update(group.numbers[group.own], group.gradient[group.own], group.state, lr, steps)
            for group in self.arrays.groups
        ]

    def _eager_step(self, batch: Batch) -> tuple[float, int]:
        self.write_back()
        result = self.arrays.eager.step(batch)
        self.arrays.load()
        return result
