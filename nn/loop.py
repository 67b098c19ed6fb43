"""The loop over epochs: what follows each epoch, and in which state a run leaves the model, however it ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import OperationError
from autograd.interrupts import interrupts_wait
from nn.checkpoints import Checkpoint
from nn.engines import Batch, Engine, Samples, Task, evaluate, located
from nn.history import History
from nn.modules import Module, shortened
from nn.progress import ShowProgress

Callback = Callable[[Module, History], object]


class _State(NamedTuple):
    """Where a run stood after some whole epochs; ``restore`` sets the Values and the optimizer back."""

    epochs: int
    restore: Callable[[], None]


class Loop:
    """The epochs of a run. One counts once its callbacks are done; a run that is cut short goes back to the last."""

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

    def until(self, epochs: int, batches: Callable[[int], Sequence[Batch]], report: ShowProgress) -> None:
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

    def _epochs(self, epochs: int, batches: Callable[[int], Sequence[Batch]], report: ShowProgress) -> bool:
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
        """The error with its epoch. If updates led to it, the run goes back to its state of lowest loss."""
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
        return any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)


def _record(history: History, score: Any, validation: Any = None) -> None:
    history.loss.append(score.loss)
    if score.accuracy is not None:
        history.accuracy.append(score.accuracy)
    if validation is not None:
        history.validation_loss.append(validation.loss)
        if validation.accuracy is not None:
            history.validation_accuracy.append(validation.accuracy)
