"""A task in arrays: the loss of one sample recorded once, and samples, parameters and optimizer's state beside it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd import OperationError, Value, as_constant
from autograd.floats import floating_point, is_finite
from autograd.interrupts import surely
from nn import losses
from nn.accuracy import unwrapped
from nn.engines import Batch, EagerEngine, Engine, Score, Task
from nn.optimizers import Optimizer, State


class NotCompilable(ValueError):
    """What has to run eagerly: one sentence says why."""

    def __str__(self) -> str:
        return f'{self.args[0]}; engine="eager" can run it'


def unless_it_fails(task: Task, make: Callable[[ArrayTask], Engine]) -> Engine:
    """What ``make`` gives; for a task that fails when it is tried, the eager engine, whose error names the place."""
    eager = EagerEngine(task)
    try:
        _, prediction = eager.probe(0)
        for y in {repr(y): y for y in task.samples.targets}.values():
            _check_target(task, prediction, y)
    except Exception as error:
        return InItsPlace(task, error)
    return make(ArrayTask(eager, prediction))


class InItsPlace(EagerEngine):
    """The eager engine for a task that failed when it was tried; if an epoch goes well after all, a warning says so."""

    def __init__(self, task: Task, error: Exception) -> None:
        super().__init__(task)
        self.error: Exception | None = error

    def epochs(self, coming: Iterator[Sequence[Batch]], advance: Callable[[int], None]) -> list[Score]:
        """As ``Engine`` says: one."""
        scores = super().epochs(coming, advance)
        error, self.error = self.error, None
        if error is not None:
            reason = f"the loss failed when it was tried ({type(error).__name__}: {error})"
            warnings.warn(f'fit runs with engine="eager", which is slow: {reason}', RuntimeWarning, stacklevel=5)
        return scores


def _check_target(task: Task, prediction: Any, y: Any) -> None:
    """Let the loss check a target now: once it is recorded, it cannot. An OperationError does not matter here."""
    with suppress(OperationError):
        task.loss(prediction, y)


@dataclass
class Group:
    """Parameters that lie in one array, with their gradients and what the optimizer keeps of those that it updates."""

    leaves: list[Value]
    numbers: np.ndarray
    gradient: np.ndarray
    own: Any  # the positions of what the optimizer updates
    order: list[int]  # and their positions in the optimizer
    state: State = field(default=())

    def load_state(self, optimizer: Optimizer) -> None:
        """Take the optimizer's state into arrays."""
        rows = [optimizer.state[i] for i in self.order]
        self.state = tuple(np.array([row[slot] for row in rows]) for slot in range(optimizer.slots))

    def kept(self) -> tuple[np.ndarray, np.ndarray, State]:
        """What it holds now; only the numbers are changed in place, and so copied."""
        return self.numbers.copy(), self.gradient, self.state

    def store(self, kept: tuple[np.ndarray, np.ndarray, State], states: list[State]) -> None:
        """Bring numbers and gradients to the Values, and what the optimizer keeps to its states."""
        numbers, gradient, state = kept
        for leaf, leaf_data, leaf_grad in zip(self.leaves, numbers.tolist(), gradient.tolist(), strict=True):
            leaf.data, leaf.grad = leaf_data, leaf_grad
        slots = [slot.tolist() for slot in state]
        for k, i in enumerate(self.order):
            states[i] = tuple(slot[k] for slot in slots)


class ArrayTask:
    """Samples and parameters in arrays, and the loss of one sample, recorded once and run on them.

    It is loaded from the Values and the optimizer, changed by an engine, and written back. ``recordings`` counts how
    often the loss was recorded: a callback can change what it computes.
    """

    def __init__(self, eager: EagerEngine, prediction: Any) -> None:
        self.eager = eager
        self.task = task = eager.task
        self.shape = _shape(prediction)
        self.inputs = np.array(task.samples.inputs, dtype=float)
        self.targets = _targets(task, prediction)
        floating_point("ignore").run(_check_rule, task.optimizer)
        self.data = [self.inputs, self.targets]
        wanted = getattr(task.correct, "wanted", None)
        if wanted is not None:
            self.data.append(wanted(self.targets.reshape(len(self.targets), -1)))
        self.loaded = self.changed = False
        self.recorded = True  # the loss, as it is now
        self.recordings = 0
        self._record()
        if difference := self._difference():
            raise NotCompilable(difference)

    @property
    def usable(self) -> bool:
        """Whether arrays can compute what comes next."""
        return self.recorded and all(is_finite(group.numbers) for group in self.groups)

    def _record(self) -> None:
        """Record the loss, and hold in arrays what it reads."""
        count = len(self.inputs)
        for first in dict.fromkeys((0, count // 2, count - 1)):  # a sample at which it has a value
            try:
                self.bound = autograd.compile(self._objective, has_aux=self.task.correct is not None).bind(
                    self.inputs[first:], self.targets[first:]
                )
                break
            except ImportError:
                raise
            except Exception as error:
                if not isinstance(error, OperationError) or first == count - 1:
                    what = "loss or the penalty" if self.task.penalty else "loss"
                    raise NotCompilable(f"the {what} cannot be recorded once for all samples: {error}") from error
        self.groups = list(self._grouped())
        self.recordings += 1
        ends = [(i, self.inputs[i : i + 1], self.targets[i : i + 1]) for i in sorted({0, count - 1})]
        self.ends = [(i, self.bound.reader(x, y)) for i, x, y in ends]

    def _objective(self, x: Any, y: Any) -> Any:
        """The loss of a sample with the penalty, so that the mean is what the task makes small; and the prediction."""
        loss, prediction = self.task.sample_loss(x.tolist(), y.tolist() if isinstance(y, np.ndarray) else y)
        if self.task.penalty is not None:
            loss = loss + self.task.penalty(self.eager.parameters)
        return (loss, _flat(prediction)) if self.task.correct else loss

    def _grouped(self) -> Iterator[Group]:
        place = {id(parameter): i for i, parameter in enumerate(self.task.optimizer.parameters)}
        read = {id(leaf) for leaves in self.bound.leaves for leaf in leaves}
        unread = [parameter for parameter in self.eager.parameters if id(parameter) not in read]
        arrays = [*zip(self.bound.leaves, self.bound.parameters, strict=True), (unread, np.empty(len(unread)))]
        for leaves, numbers in arrays:
            own = [k for k, leaf in enumerate(leaves) if id(leaf) in place]
            positions = slice(None) if len(own) == len(leaves) else np.array(own, dtype=int)
            order = [place[id(leaves[k])] for k in own]
            if leaves:
                yield Group(leaves, numbers, np.zeros(len(leaves)), positions, order)

    def _difference(self, most: int = 2) -> str:
        """How the recorded loss of the first or last sample differs from the eager one; empty where it does not."""
        for i, read in self.ends[:most]:
            found = read()
            try:
                loss = self.eager.probe(i)[0]
            except OperationError:
                continue
            if found is not None and not math.isclose(found[0], loss, rel_tol=1e-9, abs_tol=1e-12):
                return f"the loss of sample {i} is {loss}, but {found[0]} when it is recorded once for all samples"
        return ""

    # To and from the Values ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the Values, and record again if a callback has changed what the loss computes."""
        self.bound.load()
        self.ends.reverse()  # one of them at a time: a tiny network takes half an epoch to be asked eagerly
        self.recorded = not self._difference(most=1)
        if not self.recorded:
            self._record()
            difference = self._difference()
            self.recorded = not difference
            if difference:
                warnings.warn(
                    f'fit goes on with engine="eager", which is slow: {difference}', RuntimeWarning, stacklevel=7
                )
        for group in self.groups[len(self.bound.leaves) :]:
            group.numbers[:] = [leaf.data for leaf in group.leaves]
        for group in self.groups:
            group.load_state(self.task.optimizer)
        self.loaded = True

    def write_back(self) -> None:
        """As ``Engine`` says. The next epoch begins with what the Values and the optimizer hold then."""
        if self.changed:
            self.keep()()
        self.loaded = self.changed = False

    def keep(self) -> Callable[[], None]:
        """As ``Engine`` says."""
        if not self.changed:
            return self.eager.keep()
        optimizer, groups = self.task.optimizer, [(group, group.kept()) for group in self.groups]
        steps = optimizer.steps

        def restore() -> None:
            states = list(optimizer.state)
            for group, kept in groups:
                group.store(kept, states)
            optimizer.state, optimizer.steps = states, steps

        return partial(surely, restore)

    def right(self, batch: Batch, predictions: Any, wanted: np.ndarray | None = None) -> int:
        """How many samples of the batch came out right."""
        correct: Any = self.task.correct
        if predictions.ndim == 1:  # the same for every sample
            predictions = np.broadcast_to(predictions, (len(batch), len(predictions)))
        if wanted is not None:
            right = correct.predicted(predictions) == wanted
            return int(np.count_nonzero(right if right.shape[1] == 1 else right.all(axis=1)))
        rows = predictions.reshape(len(batch), *self.shape).tolist()
        return sum(bool(correct(row, self.task.samples.targets[i])) for row, i in zip(rows, batch, strict=True))


def _flat(prediction: Any) -> list[Any]:
    if isinstance(prediction, list | tuple | np.ndarray):
        return [number for part in prediction for number in _flat(part)]
    return [as_constant(prediction)]


def _shape(prediction: Any) -> tuple[int, ...]:
    try:
        return np.shape(prediction)
    except ValueError:
        raise NotCompilable("the rows of a prediction are of different lengths") from None


def _targets(task: Task, prediction: Any) -> np.ndarray:
    """The targets as an array; labels as rows of probabilities, where the loss is the cross-entropy."""
    targets = task.samples.targets
    if unwrapped(task.loss) is losses.cross_entropy and not any(isinstance(y, list) for y in targets):
        rows = {y: losses.one_hot(y, len(prediction)) for y in set(targets)}
        targets = [rows[y] for y in targets]
    try:
        return np.array(targets, dtype=float)
    except ValueError:
        raise NotCompilable("the targets of the samples are of different lengths") from None


def _check_rule(optimizer: Optimizer) -> None:
    """The optimizer's rule gives for arrays what it gives for their elements."""
    name = type(optimizer).__name__
    if type(optimizer).step is not Optimizer.step or "step" in vars(optimizer):
        raise NotCompilable(f"{name} has a step of its own, which takes Values")
    parameters, gradients, state = np.array([0.5, -2.0]), np.array([-0.25, 1.0]), np.array([0.0, 0.5])
    expected = [
        optimizer.update(p, g, (s,) * optimizer.slots, 0.1, 3)
        for p, g, s in zip(parameters.tolist(), gradients.tolist(), state.tolist(), strict=True)
    ]
    try:
        found, kept = optimizer.update(parameters, gradients, (state,) * optimizer.slots, 0.1, 3)
        same = np.allclose([found, *kept], np.transpose([(new, *slots) for new, slots in expected]), rtol=1e-9, atol=0)
    except Exception as error:
        raise NotCompilable(f"the update of {name} does not run on arrays: {error}") from error
    if not same:
        raise NotCompilable(f"the update of {name} does not give the same on arrays")
