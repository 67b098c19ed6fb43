"""Training: ``fit``, and what goes with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Value
from nn.accuracy import Correct, correctness
from nn.checkpoints import Checkpoint
from nn.engines import LOSS, Batch, EagerEngine, Engine, Loss, Samples, Task, as_samples, check_function
from nn.history import History
from nn.jax_engine import jax_engine
from nn.layers import named
from nn.loop import Callback, Loop
from nn.modules import Module, check_module
from nn.numpy_engine import auto_engine, numpy_engine
from nn.optimizers import Optimizer
from nn.progress import progress_bar

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

    ``data`` and ``validation`` are pairs: inputs, one sample a row, and a target for each. What is minimised is the
    mean of ``loss(prediction, target)`` over a batch, plus ``penalty(parameters)``. ``batch_size`` None takes all
    samples at once, in their order; otherwise each epoch shuffles them into batches of that size, by ``seed``.
    ``correct(prediction, target)``, on plain numbers, says what counts for accuracy; the losses for classes have it
    built in. Each of the ``callbacks`` is called with the model and the history after each epoch, and stops the run by
    returning True. ctrl-C ends it, too; the history is then ``interrupted``. ``progress`` shows a bar on a terminal.

    ``engine`` says what computes: "numpy" records the loss of one sample and runs it on arrays, "jax" makes
    one program of a whole epoch, on all devices that JAX has, "eager" records every sample anew, and "auto" is "numpy"
    where the loss can be recorded, and else "eager", with a warning that says why.

    The state is written to ``checkpoint``, a JSON file, every second or so, and at the end. With ``resume`` the run
    goes on from there, and ends with the same bits as a run without a break. ``epochs`` includes those before the
    break.

    However a run ends, model, optimizer, history and checkpoint are as after a whole epoch: the last one or, where a
    number was no longer finite, the one before the epoch of lowest loss.

    Raises an OperationError that names sample and epoch where a number is no longer finite or leaves a function's
    domain, and the learning rate where an update led there; ValueError where model, data, settings or checkpoint do not
    fit.

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
    task = Task(model, loss, optimizer, samples, penalty, correct)
    run = Loop(task, held_out, callbacks, kept, history, make_engine(task))
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
    if path is None and resume:
        raise ValueError("to resume, say from which checkpoint")
    kept, history = None, History()
    if path is not None:
        data = hashlib.sha256(repr(tuple(samples)).encode()).hexdigest()
        kept = Checkpoint(path, {**settings, "samples": len(samples.targets), "data set": data})
        if resume:
            history = kept.resume(model, optimizer)
    model.check_finite()
    optimizer.check_finite()
    if kept:
        kept.keep(model, optimizer, history)
        kept.write()  # now, so that a directory that cannot be written stops the run before it begins
    return kept, history


def early_stopping(patience: int = 10) -> Callback:
    """A callback for ``fit`` that stops when ``patience`` epochs have gone by since the lowest validation loss.

    Without validation data the training loss counts.

    >>> stop = early_stopping(patience=2)
    >>> stop(Module(), History(loss=[3.0, 2.0, 2.5])), stop(Module(), History(loss=[3.0, 2.0, 2.5, 2.0]))
    (False, True)
    """

    def stop(model: Module, history: History) -> bool:
        losses = history.validation_loss or history.loss
        return bool(losses) and len(losses) - 1 - losses.index(min(losses)) >= patience

    return stop


def _batches(count: int, batch_size: int | None, seed: int, epoch: int) -> Sequence[Batch]:
    """The samples of each batch; the order depends on seed and epoch alone, so a resumed run has the same batches."""
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
