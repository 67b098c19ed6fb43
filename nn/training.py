"""Training: ``fit``, and what goes with it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograd import OperationError, Value
from autograd.interrupts import interrupts_wait
from nn.checkpoints import Checkpoint
from nn.compiled import auto_engine, numpy_engine
from nn.engines import (
    LOSS,
    Batch,
    Correct,
    EagerEngine,
    Engine,
    Loss,
    Samples,
    Task,
    as_samples,
    check_function,
    correctness,
    evaluate,
    located,
)
from nn.history import History
from nn.layers import named
from nn.modules import Module, check_module, shortened
from nn.optimizers import Optimizer
from nn.progress import Report, progress_bar
from nn.scanned import jax_engine

Callback = Callable[[Module, History], object]
ENGINES: dict[str, Callable[[Task], Engine]] = {
    "auto": auto_engine,
    "eager": EagerEngine,
    "numpy": numpy_engine,
    "jax": jax_engine,
}


def fit(
    model: Module,
    data: Any,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    validation: Any = None,
    callbacks: Callback | Iterable[Callback] = (),
    *,
    penalty: Callable[[list[Value]], Any] | None = None,
    correct: Correct | None = None,
    seed: int = 0,
    engine: str | Callable[[Task], Engine] = "auto",
    progress: bool = True,
    checkpoint: str | Path | None = None,
    resume: bool = False,
) -> History:
    """Train a model, in place, and return what was recorded.

    ``data`` and ``validation`` are pairs: inputs, one sample a row, and a target for each. What is made small
    is the mean of ``loss(prediction, target)`` over a batch, plus ``penalty(parameters)``. ``batch_size`` None
    takes all samples at once, in their order; otherwise each epoch deals them out anew, as ``seed`` says.
    ``correct(prediction, target)``, on plain numbers, says what counts for accuracy; the losses for classes
    have it built in. A callback is called with the model and the history after each epoch, and stops the run
    by returning True. ctrl-C ends it, too; the history is then ``interrupted``.

    ``engine`` says what computes: "numpy" records the loss of one sample and runs it on arrays, "jax" makes
    one program of a whole epoch, on all devices that JAX has, "eager" records every sample anew, and "auto" is "numpy"
    where the loss can be recorded, and else "eager", with a warning that says why.

    To ``checkpoint``, a JSON file, the state is written every second or so, and at the end; ``resume``
    goes on from it to the bits that an uninterrupted run gives. ``epochs`` counts from the very beginning.

    Whatever ends a run, model, optimizer, history and checkpoint are those after some whole epochs: the last ones, or,
    where the numbers ran away, those before the epoch with the lowest loss.

    Raises an OperationError that names sample and epoch where a number leaves the floats or a function's domain, and
    the learning rate where an update led there; ValueError where model, data, settings or checkpoint do not fit.

    >>> from nn import MLP, losses, optimizers
    >>> model = MLP(1, [1], seed=0)
    >>> points = [0.0, 1.0, 2.0], [1.0, 3.0, 5.0]  # on the line y = 2x + 1
    >>> history = fit(model, points, losses.mse, optimizers.SGD(model, lr=0.1), epochs=200)
    >>> round(model(10.0).data, 3)
    21.0
    """
    samples = as_samples(data, "the training data")
    held_out = None if validation is None else as_samples(validation, "the validation data")
    _check_parts(model, loss, optimizer, penalty, correct)
    callbacks = _listed(callbacks)
    _check_whole("epochs", epochs, least=0)
    _check_whole("seed", seed, least=0)
    _check_whole("batch_size", 1 if batch_size is None else batch_size, least=1)
    make_engine = named(engine, ENGINES, "engine")
    correct = correct or correctness(loss)
    settings = {
        "seed": seed,
        "batch_size": batch_size,
        "model": repr(model),
        "loss": _described(loss),
        "penalty": penalty and _described(penalty),
        "validation": validation is not None,
        "accuracy": correct is not None,
    }
    kept, history = _start(checkpoint, resume, settings, samples, model, optimizer)
    if history.epochs >= epochs:
        return history
    model.check_finite()
    optimizer.check_finite()
    task = Task(model, loss, optimizer, samples, penalty, correct)
    run = _Run(task, held_out, callbacks, kept, history, make_engine(task))
    with progress_bar(epochs, progress) as report:
        run.until(epochs, lambda epoch: _batches(len(samples.targets), batch_size, seed, epoch), report)
    return history


def _described(function: Any) -> str:
    """The name of a function, with what functools.partial has set."""
    if isinstance(function, partial):
        given = [*map(repr, function.args), *(f"{name}={value!r}" for name, value in function.keywords.items())]
        return f"{_described(function.func)}({', '.join(given)})"
    return getattr(function, "__qualname__", type(function).__name__)


def _start(
    path: str | Path | None,
    resume: bool,
    settings: dict[str, Any],
    samples: Samples,
    model: Module,
    optimizer: Optimizer,
) -> tuple[Checkpoint | None, History]:
    """The checkpoint, if there is to be one, and the history that the run begins with."""
    if path is None:
        if resume:
            raise ValueError("to resume, say from which checkpoint")
        return None, History()
    data = hashlib.sha256(repr(tuple(samples)).encode()).hexdigest()
    kept = Checkpoint(path, {**settings, "samples": len(samples.targets), "data set": data})
    history = kept.resume(model, optimizer) if resume else History()
    kept.keep(model, optimizer, history)
    kept.write()  # now, so that a directory that cannot be written stops the run before it begins
    return kept, history


def early_stopping(patience: int = 10) -> Callback:
    """A callback that stops when ``patience`` epochs have gone by since the lowest validation loss.

    Without validation the training loss counts.

    >>> stop = early_stopping(patience=2)
    >>> stop(Module(), History(loss=[3.0, 2.0, 2.5])), stop(Module(), History(loss=[3.0, 2.0, 2.5, 2.0]))
    (False, True)
    """

    def stop(model: Module, history: History) -> bool:
        losses = history.validation_loss or history.loss
        return bool(losses) and len(losses) - 1 - losses.index(min(losses)) >= patience

    return stop


class _State(NamedTuple):
    """Where a run stood after some whole epochs; ``restore`` sets the Values and the optimizer back."""

    epochs: int
    restore: Callable[[], None]


class _Run:
    """The epochs of a run. One counts when its callbacks are done, too; whatever ends the run, only those count."""

    def __init__(
        self,
        task: Task,
        validation: Samples | None,
        callbacks: Sequence[Callback],
        checkpoint: Checkpoint | None,
        history: History,
        engine: Engine,
    ) -> None:
        self.task = task
        self.validation = validation
        self.callbacks = callbacks
        self.checkpoint = checkpoint
        self.history = history
        self.engine = engine
        self.parameters = task.model.parameters()
        self.first_step = task.optimizer.steps
        self.state = self.best = _State(history.epochs, engine.keep())
        self.lowest = math.inf  # loss: that of the epoch which began at the best state

    def until(self, epochs: int, batches: Callable[[int], Sequence[Batch]], report: Report) -> None:
        """Run epochs up to a number of them, counted from the beginning, unless stopped before."""
        try:
            while self.history.epochs < epochs and not self._epochs(epochs, batches, report):
                pass
            self.engine.write_back()
            self._save()
        except BaseException as error:
            with interrupts_wait():
                self._go_back()
                if not isinstance(error, OSError):  # what cannot be written is not tried again
                    self._save()
            if not isinstance(error, KeyboardInterrupt):
                raise
            self.history.interrupted = True

    def _go_back(self) -> None:
        self.state.restore()
        self.history.cut(self.state.epochs)

    def _save(self) -> None:
        if self.checkpoint:
            self.checkpoint.keep(self.task.model, self.task.optimizer, self.history)
            self.checkpoint.write()

    def _epochs(self, epochs: int, batches: Callable[[int], Sequence[Batch]], report: Report) -> bool:
        """The next epoch and what follows it, or several where nothing does; whether to stop."""
        done, samples = self.history.epochs, len(self.task.samples.targets)
        seen = 0

        def advance(count: int) -> None:
            nonlocal seen
            seen += count
            report(done + seen / samples, self.history)

        last = done + 1 if self.callbacks or self.validation is not None else epochs
        try:
            scores = self.engine.epochs((batches(epoch) for epoch in range(done, last)), advance)
            if scores[0].loss < self.lowest:
                self.lowest, self.best = scores[0].loss, self.state
            validation = self._validation_score()
        except (OperationError, ValueError) as error:
            raise self._explained(error) from None
        for score in scores:
            _record(self.history, score, *validation)
        report(self.history.epochs, self.history)
        stop = self._call_back()
        self.state = _State(self.history.epochs, self.engine.keep())
        if self.checkpoint and self.checkpoint.due:
            self.engine.write_back()
            self._save()
        return stop

    def _explained(self, error: Exception) -> Exception:
        """The error with its epoch. If updates led to it, the run is to go back beyond them: to its lowest loss."""
        epoch, optimizer = self.history.epochs + 1, self.task.optimizer
        if optimizer.steps == self.first_step or not isinstance(error, OperationError):
            return located(error, f"in epoch {epoch}")
        self.state = self.best
        rate, lowest = optimizer.rate(optimizer.steps - 1), ", when its loss was lowest" * (self.lowest < math.inf)
        error.args = (
            f"training stopped in epoch {epoch}, where a learning rate of {rate:g} may be too high: "
            f"{shortened(str(error))}. The model is as it was before epoch {self.best.epochs + 1}{lowest}.",
        )
        return error

    def _validation_score(self) -> list[Any]:
        if self.validation is None:
            return []
        self.engine.write_back()
        try:
            return [evaluate(self.task.model, self.validation, self.task.loss, self.task.correct)]
        except (OperationError, ValueError) as error:
            raise located(error, "of the validation data") from None

    def _call_back(self) -> bool:
        """Call the callbacks; whether one of them stops the run."""
        if self.callbacks:
            self.engine.write_back()
        answers = [callback(self.task.model, self.history) for callback in self.callbacks]
        if answers and not all(math.isfinite(parameter.data) for parameter in self.parameters):
            try:
                self.task.model.check_finite()
            except ValueError as error:
                raise located(error, f"since a callback of epoch {self.history.epochs}") from None
        return any(answer is True for answer in answers)


def _record(history: History, score: Any, validation: Any = None) -> None:
    history.loss.append(score.loss)
    if score.accuracy is not None:
        history.accuracy.append(score.accuracy)
    if validation is not None:
        history.validation_loss.append(validation.loss)
        if validation.accuracy is not None:
            history.validation_accuracy.append(validation.accuracy)


def _batches(count: int, batch_size: int | None, seed: int, epoch: int) -> Sequence[Batch]:
    """The samples of each batch; the order hangs on seed and epoch alone, so that a resumed run deals the same."""
    if batch_size is None:
        return [range(count)]
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return [order[start : start + batch_size] for start in range(0, count, batch_size)]


def _check_whole(name: str, number: object, least: int) -> None:
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or number < least:  # type: ignore[operator]
        raise ValueError(f"{name} is a whole number from {least}, not {number!r}")


def _check_parts(model: Module, loss: object, optimizer: object, penalty: object, correct: object) -> None:
    check_module(model)
    check_function(loss, LOSS)
    if penalty is not None:
        check_function(penalty, "the penalty is a function of the parameters, such as nn.losses.l2_penalty")
    if correct is not None:
        check_function(correct, "correct is a function of a prediction and a target")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"the optimizer is one of nn.optimizers, such as nn.SGD(model), not {type(optimizer).__name__}")
    own = set(model.parameters())
    if not own.issuperset(optimizer.parameters):
        raise ValueError("the optimizer holds parameters that are not the model's")


def _listed(callbacks: Any) -> list[Callback]:
    found = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in found:
        check_function(callback, "a callback is a function of the model and the history")
        if callback is early_stopping:
            raise TypeError("early_stopping makes a callback: write early_stopping(), or early_stopping(patience=20)")
    return found
