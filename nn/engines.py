"""What a training run computes, and the engines that compute it.

The objective is the mean of a loss over samples, plus a penalty on the parameters. An engine is made from a
``Task`` and runs epochs of it; ``EagerEngine`` records every sample and sweeps back over it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np

from autograd import OperationError, RangeError, Value, add, as_constant
from autograd.interrupts import surely
from nn.accuracy import Correct, correctness
from nn.layers import as_inputs
from nn.modules import Module, plain_numbers
from nn.optimizers import Optimizer
from nn.prediction import predict

Loss = Callable[[Any, Any], Any]
LOSS = "the loss is a function, such as nn.losses.mse"
Batch = range | np.ndarray  # all samples in their order, or the numbers of some


class Samples(NamedTuple):
    """Samples as rows of plain numbers, with a target, a number or a row of them, for each."""

    inputs: list[list[float]]
    targets: list[Any]


class Score(NamedTuple):
    """The mean loss over samples, and the share of them that came out right, if there is a right and wrong."""

    loss: float
    accuracy: float | None


@dataclass(frozen=True)
class Task:
    """What an engine has to know.

    ``sample_loss`` is a function of numbers only, so that it can be recorded once and run on arrays (for
    ``cross_entropy`` with rows from ``one_hot`` in place of labels); ``penalty`` is one of the parameters. The
    optimizer's ``update`` is the rule for each of its parameters.
    """

    model: Module
    loss: Loss
    optimizer: Optimizer
    samples: Samples
    penalty: Callable[[list[Value]], Any] | None = None
    correct: Correct | None = None

    def sample_loss(self, x: Sequence[Any], y: Any) -> tuple[Any, Any]:
        """The loss of one sample, and the prediction that it is the loss of."""
        prediction = self.model(x)
        return self.loss(prediction, y), prediction


class Engine(Protocol):
    """Runs epochs. It may hold parameters and the optimizer's state elsewhere until ``write_back``."""

    def epochs(self, coming: Iterator[Sequence[Batch]], advance: Callable[[int], None]) -> list[Score]:
        """Run the next epoch, or some of the coming ones at once, each given as its batches of sample numbers.

        The parameters are updated once for each batch; ``advance`` is called with how many samples are done. The
        result has a score for each epoch that was run. An OperationError names the sample, and is one of the first
        epoch.
        """

    def write_back(self) -> None:
        """Let the model's Values and the optimizer hold what has been learnt."""

    def keep(self) -> Callable[[], None]:
        """A function that brings the Values and the optimizer back to what they are now, whenever it is called.

        An interrupt does not keep it from doing all of it.
        """


class EagerEngine:
    """Records each sample's loss and sweeps back over it; the gradients of a batch add up in the leaves."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.parameters = task.model.parameters()
        self._inputs: dict[int, list[Value]] = {}

    def epochs(self, coming: Iterator[Sequence[Batch]], advance: Callable[[int], None]) -> list[Score]:
        """As ``Engine`` says: one."""
        return [epoch_of(self.task, self.step, next(coming), advance)]

    def step(self, batch: Batch) -> tuple[float, int]:
        """Update the parameters once; the sum of the losses, and how many samples came out right."""
        total, right = 0.0, 0
        for parameter in self.parameters:
            parameter.grad = 0.0
        for index in map(int, batch):
            loss, correct = self._sample(index, len(batch))
            total = added(total, loss)
            right += correct
        total = added(total, self._penalty() * len(batch))
        self.task.optimizer.step()
        return total, right

    def write_back(self) -> None:
        """Nothing to do: the Values are what is trained."""

    def keep(self) -> Callable[[], None]:
        """As ``Engine`` says."""
        optimizer = self.task.optimizer
        numbers = [(parameter, parameter.data, parameter.grad) for parameter in self.parameters]
        state, steps = list(optimizer.state), optimizer.steps

        def restore() -> None:
            for parameter, data, grad in numbers:
                parameter.data, parameter.grad = data, grad
            optimizer.state, optimizer.steps = list(state), steps

        return partial(surely, restore)

    def probe(self, index: int) -> tuple[float, Any]:
        """The loss of one sample, penalty included, and the prediction as plain numbers; nothing is changed."""
        loss, prediction = self.task.sample_loss(self._input(index), self.task.samples.targets[index])
        total = _recorded(loss, "loss of a sample").data
        if self.task.penalty is not None:
            total += _recorded(self.task.penalty(self.parameters), "penalty").data
        return total, plain_numbers(prediction)

    def _input(self, index: int) -> list[Value]:
        """Constants made once: every neuron of the first layer meets the same ones."""
        if index not in self._inputs:
            self._inputs[index] = list(map(as_constant, self.task.samples.inputs[index]))
        return self._inputs[index]

    def _sample(self, index: int, count: int) -> tuple[float, bool]:
        y = self.task.samples.targets[index]
        try:
            loss, prediction = self.task.sample_loss(self._input(index), y)
            mean = _recorded(loss / count, "loss of a sample")
            added(0.0, float(loss.data))
            mean.backward()
        except Exception as error:
            raise located(error, f"at sample {index}, counted from 0") from None
        return float(loss.data), bool(self.task.correct and self.task.correct(plain_numbers(prediction), y))

    def _penalty(self) -> float:
        if self.task.penalty is None:
            return 0.0
        penalty = _recorded(self.task.penalty(self.parameters), "penalty")
        penalty.backward()
        return penalty.data


def _recorded(output: object, what: str) -> Value:
    if not isinstance(output, Value):
        raise TypeError(f"the {what} is to be one recorded Value, not {type(output).__name__}")
    return output


def added(total: float, loss: float) -> float:
    """The sum of losses; RangeError where one of them, or their sum, is not finite."""
    if not math.isfinite(loss):
        raise RangeError(f"the loss is {loss}", add, (total, loss))
    if not math.isfinite(total + loss):
        raise RangeError(f"the losses add up to {total + loss}", add, (total, loss))
    return total + loss


def epoch_of(
    task: Task, step: Callable[[Batch], tuple[float, int]], batches: Sequence[Batch], advance: Callable[[int], None]
) -> Score:
    """An epoch of steps, each of which gives the sum of a batch's losses and how many samples came out right."""
    total, right, count = 0.0, 0, 0
    for batch in batches:
        loss, correct = step(batch)
        total = added(total, loss)
        right += correct
        count += len(batch)
        advance(len(batch))
    return Score(total / count, right / count if task.correct else None)


def evaluate(model: Module, data: Any, loss: Loss, correct: Correct | None = None) -> Score:
    """The mean loss of a model over samples, and its accuracy from 0 to 1; nothing is recorded.

    ``data`` is a pair: inputs, one sample a row, and a target for each. ``correct(prediction, target)``, on plain
    numbers, says what counts as right; the losses for classes have it built in, and without it the accuracy is None.
    Raises ValueError where data and model do not fit, OperationError, with the sample, where the loss has no value.

    >>> from nn import Neuron, losses
    >>> neuron = Neuron(1, nonlin=False)
    >>> neuron.load_state_dict({"w.0": 1.0, "b": 0.0})
    >>> evaluate(neuron, ([1.0, -2.0], [1, 1]), losses.hinge)
    Score(loss=1.5, accuracy=0.5)
    """
    check_function(loss, LOSS)
    samples = as_samples(data)
    correct = correct or correctness(loss)
    total, right = 0.0, 0
    for index, (prediction, y) in enumerate(zip(predict(model, samples.inputs).tolist(), samples.targets, strict=True)):
        try:
            total = added(total, plain_numbers(loss(prediction, y)))
        except Exception as error:
            raise located(error, f"at sample {index}, counted from 0") from None
        right += bool(correct and correct(prediction, y))
    return Score(total / len(samples.targets), right / len(samples.targets) if correct else None)


def located(error: Exception, place: str) -> Exception:
    """The same error, saying where it happened: in the message of our own ones, in a note of others."""
    if isinstance(error, OperationError | ValueError) and len(error.args) == 1:
        error.args = (f"{error}, {place}",)
    else:
        error.add_note(f"This happened {place}.")
    return error


def check_function(function: object, what: str) -> None:
    """Raise TypeError, saying what it is to be, where something is no function."""
    if not callable(function):
        raise TypeError(f"{what}, not {type(function).__name__}")


def as_samples(data: Any, what: str = "the data") -> Samples:
    """Inputs and targets, whatever holds them, as plain numbers.

    Raises ValueError where they are empty, differ in number or length, or are not finite.
    """
    if isinstance(data, Samples):
        return data
    try:
        inputs, targets = data
    except (TypeError, ValueError):
        raise ValueError(f"{what} are a pair: the inputs, one sample a row, and a target for each") from None
    rows = [as_inputs(x) for x in _listed(inputs, what)]
    answers = _listed(targets, what)
    if any(isinstance(x, list) for row in rows for x in row):
        raise ValueError(f"{what}: a sample is one row of numbers, without rows inside")
    if len(rows) != len(answers):
        raise ValueError(f"{what} have {len(rows)} samples and {len(answers)} targets")
    for index, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        if len(row) != len(rows[0]):
            raise ValueError(f"{what}: sample 0 has {len(rows[0])} numbers, and sample {index} has {len(row)}")
        for number in (*row, *as_inputs(answer)):
            if number - number != 0.0:
                raise ValueError(f"{what}: sample {index}, counted from 0, holds {number}, which is not finite")
    return Samples(rows, answers)


def _listed(numbers: Any, what: str) -> list[Any]:
    try:
        listed = plain_numbers(numbers)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    if not isinstance(listed, list) or not listed:
        raise ValueError(f"{what} are empty" if isinstance(listed, list) else f"{what} are one number, not samples")
    return listed
