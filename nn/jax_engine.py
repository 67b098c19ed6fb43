"""The JAX engine: a whole epoch is one program, on one device or on all that there are.

With several devices, of one machine or of all that ``jax.distributed.initialize()`` has joined, the samples of a batch
are spread over them; parameters, and what the optimizer keeps, are on each. JAX moves what has to move between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np

from autograd.interrupts import interrupts_wait
from nn.arrays import ArrayTask, NotCompilable, unless_it_fails
from nn.engines import Batch, Engine, Score, Task
from nn.numpy_engine import NumpyEngine
from nn.optimizers import Optimizer

SECONDS = 0.1  # that epochs may take before a sign of life
GROWTH = 8  # how much more epochs are tried after some that took little time
MOST_EPOCHS, MOST_NUMBERS = 512, 2**20  # epochs in one call, and sample numbers


def jax_engine(task: Task) -> Engine:
    """The task on JAX's devices; NotCompilable says why that cannot be, ImportError that JAX is not there."""
    _jax()
    with interrupts_wait():
        return unless_it_fails(task, JaxEngine)


def _jax() -> Any:
    try:
        return import_module("jax")
    except ModuleNotFoundError:
        raise ImportError('engine="jax" needs JAX: pip install "chainrule[jax]"') from None


class JaxEngine:
    """Runs a task in arrays on JAX's devices: its recorded loss and the optimizer's rule traced, in float64.

    As many epochs run at once as take about a tenth of a second. NumPy's arrays hold what there is after them: epochs
    in which a number was not finite are run again by NumPy from there, which names it. An interrupted call changes
    nothing.
    """

    def __init__(self, arrays: ArrayTask) -> None:
        self.jax = jax = _jax()
        mesh = jax.sharding.Mesh(np.array(jax.devices()), ("samples",))
        self.everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        self.spread = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("samples"))
        self.arrays, self.task = arrays, arrays.task
        self.on_numpy = NumpyEngine(arrays)
        self.keep = arrays.keep
        self.own_judgement = self.task.correct is not None and len(arrays.data) == 2
        self.most = 1 if self.own_judgement else max(1, min(MOST_EPOCHS, MOST_NUMBERS // len(arrays.inputs)))
        self.at_once = 1  # epochs
        self.carried: Any = None  # on the devices: parameters, gradients and the optimizer's state
        with jax.enable_x64(True):
            self.samples = jax.device_put(arrays.data, self.everywhere)
        self._trace()

    def _trace(self) -> None:
        optimizer = self.task.optimizer
        self.traced = self._to_trace()
        numbers = np.zeros(1)
        try:
            self.jax.eval_shape(optimizer.update, numbers, numbers, (numbers,) * optimizer.slots, 0.1, 3)
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise NotCompilable(f"the update of {type(optimizer).__name__} does not run on JAX: {reason}") from error
        self.function = self.arrays.bound.function()
        self.run = self.jax.jit(self._traced_epochs, donate_argnums=0, out_shardings=self.everywhere)

    def _to_trace(self) -> tuple[int, dict[str, Any]]:
        """What is fixed in the trace, and may be changed by a callback."""
        return self.arrays.recordings, _settings(self.task.optimizer)

    def epochs(self, coming: Iterator[Sequence[Batch]], advance: Callable[[int], None]) -> list[Score]:
        """As ``Engine`` says."""
        optimizer, epochs = self.task.optimizer, list(islice(coming, self.at_once))
        first, updates = optimizer.steps, len(epochs) * len(epochs[0])
        rates = np.zeros((self.most, len(epochs[0])))  # one program for all numbers of epochs
        rates.flat[:updates] = [optimizer.rate(step) for step in range(first, first + updates)]
        start = time.perf_counter()
        with interrupts_wait(), self.jax.enable_x64(True):
            carried = self._sent() if self.carried is None else self.carried
            self.carried = None  # donated, whatever comes of it
            given = (*_rows(epochs, self.most), rates)
            carried, results = self.run(carried, self.samples, len(epochs), given, first)
            totals, right, predictions = self.jax.tree.map(np.asarray, results)  # faster than device_get
            groups = self.jax.tree.map(np.array, carried)  # copies: the next call takes the originals
        finite = all(np.isfinite(numbers).all() for numbers in self.jax.tree.leaves((totals, groups)))
        if not (finite and self.arrays.recorded):
            self.at_once = 1
            return self.on_numpy.epochs(iter(epochs[:1]), advance)
        if time.perf_counter() - start < SECONDS / GROWTH:
            self.at_once = min(self.most, self.at_once * GROWTH)
        for group, (numbers, gradient, state) in zip(self.arrays.groups, groups, strict=True):
            group.numbers[:], group.gradient, group.state = numbers, gradient, state
        optimizer.steps += updates
        self.carried, self.arrays.changed = carried, True
        count = len(self.arrays.inputs)
        advance(len(epochs) * count)
        if right is None and predictions[0] is not None:
            right = np.array([self._judged(epochs[0], predictions)])
        accuracy = [None] * len(epochs) if right is None else (right / count).tolist()
        return list(map(Score, (totals / count).tolist(), accuracy[: len(epochs)]))

    def _judged(self, batches: Sequence[Batch], predictions: Sequence[np.ndarray]) -> int:
        """How many are right, by a function of the user's own."""
        of_batches = (rows for part in predictions for rows in part[0])
        return sum(self.arrays.right(batch, rows) for batch, rows in zip(batches, of_batches, strict=True))

    def write_back(self) -> None:
        """As ``Engine`` says."""
        self.carried = None
        self.arrays.write_back()

    def _sent(self) -> Any:
        if not self.arrays.loaded:
            self.arrays.load()
        if self._to_trace() != self.traced:
            self._trace()
        groups = [(group.numbers, group.gradient, group.state) for group in self.arrays.groups]
        return self.jax.device_put(groups, self.everywhere)

    # Traced: arrays here are JAX's -----------------------------------------------------------------------

    def _traced_epochs(self, carried: Any, samples: Any, count: Any, given: Any, first: Any) -> Any:
        """So many of the epochs: what is carried, and the results of each epoch."""
        jax, jnp = self.jax, self.jax.numpy

        def epoch(carried: Any, k: Any) -> Any:
            rows, last, rates = jax.tree.map(lambda x: x[k], given)
            steps = first + k * len(rates) + jnp.arange(len(rates))
            return self._traced_epoch(carried, samples, rows, last, rates, steps)

        def one(k: Any, before: Any) -> Any:
            carried, results = before
            carried, found = epoch(carried, k)
            return carried, jax.tree.map(lambda kept, x: kept.at[k].set(x), results, found)

        room = jax.tree.map(lambda x: jnp.zeros((self.most, *x.shape), x.dtype), jax.eval_shape(epoch, carried, 0)[1])
        return jax.lax.fori_loop(0, count, one, (carried, room))

    def _traced_epoch(self, carried: Any, samples: Any, rows: Any, last: Any, rates: Any, steps: Any) -> Any:
        """Batches of one size, then the smaller last one, or all samples at once: what is carried, and the results.

        These are the losses' sum, how many are right, and predictions, the last two where they are asked for.
        """
        jax, now, results = self.jax, carried, []
        if rows is not None:
            given = rows, rates[: len(rows)], steps[: len(rows)]
            now, found = jax.lax.scan(lambda before, one: self._traced_step(before, samples, *one), now, given)
            results.append(found)
        if last is not None or rows is None:
            now, one = self._traced_step(now, samples, last, rates[-1], steps[-1])
            results.append(jax.tree.map(lambda x: x[None], one))
        total, right = jax.tree.map(lambda *parts: sum(part.sum() for part in parts), *(found[:2] for found in results))
        return now, (total, right, [found[2] for found in results])

    def _traced_step(self, carried: Any, samples: Any, rows: Any, rate: Any, steps: Any) -> Any:
        """One update: what is carried, and the results as those of an epoch."""
        batch = samples if rows is None else [numbers[rows] for numbers in samples]
        x, y, *wanted = self.jax.lax.with_sharding_constraint(batch, self.spread)
        values, *found = self.function(x, y, *(numbers for numbers, *_ in carried[: len(self.arrays.bound.leaves)]))
        right, predictions = self._traced_right(len(x), found.pop(0), *wanted) if self.task.correct else (None, None)
        gradients = [d / len(x) for d in found]
        now = []
        for k, (group, (numbers, gradient, state)) in enumerate(zip(self.arrays.groups, carried, strict=True)):
            gradient = gradients[k] if k < len(gradients) else gradient
            new, state = self.task.optimizer.update(numbers[group.own], gradient[group.own], state, rate, steps)
            now.append((numbers.at[group.own].set(new), gradient, state))
        return now, (values.sum(), right, predictions)

    def _traced_right(self, count: int, aux: Any, wanted: Any = None) -> tuple[Any, Any]:
        """How many are right; or the predictions, where a function of the user's own says so, of plain numbers."""
        correct: Any = self.task.correct
        predictions = self.jax.numpy.broadcast_to(aux, (count, aux.shape[-1]))
        if wanted is None:
            return None, predictions
        return (correct.predicted(predictions) == wanted).all(axis=1).sum(), None


def _settings(optimizer: Optimizer) -> dict[str, Any]:
    """What is fixed when its rule is traced."""
    apart = ("parameters", "state", "steps", "lr")
    return {name: value for name, value in vars(optimizer).items() if name not in apart}


def _rows(epochs: Sequence[Sequence[Batch]], most: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The sample numbers of each epoch's batches of the first one's size, and of a smaller last one.

    They have room for so many epochs; None stands for all samples.
    """
    if isinstance(epochs[0][0], range):
        return None, None
    size, count = len(epochs[0][0]), len(epochs[0])
    whole = count if len(epochs[0][-1]) == size else count - 1
    rows = np.stack([np.stack(batches[:whole]) for batches in epochs])
    last = np.stack([batches[-1] for batches in epochs]) if whole < count else None
    return _room(rows, most), None if last is None else _room(last, most)


def _room(numbers: np.ndarray, most: int) -> np.ndarray:
    return np.concatenate([numbers, np.zeros((most - len(numbers), *numbers.shape[1:]), numbers.dtype)])
