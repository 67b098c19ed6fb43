"""The JAX engine: a whole epoch is one program, on one device or on all that there are.

With several devices, of one machine or of all that ``jax.distributed.initialize()`` has joined, the samples of a batch
are spread over them; parameters, and what the optimizer keeps, are on each. What moves between them is JAX's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from nn.compiled import NumpyEngine, unless_it_fails
from nn.engines import Batch, EagerEngine, Engine, Score, Task


def jax_engine(task: Task) -> Engine:
    """The task on JAX's devices; NotCompilable says why that cannot be, ImportError that JAX is not there."""
    _jax()
    return unless_it_fails(task, JaxEngine)


def _jax() -> Any:
    try:
        return import_module("jax")
    except ModuleNotFoundError:
        raise ImportError('engine="jax" needs JAX: pip install "chainrule[jax]"') from None


class JaxEngine(NumpyEngine):
    """The NumPy engine's program, traced by JAX, in float64.

    NumPy's arrays hold what there is after the last whole epoch. One in which a number is not finite is run again by
    NumPy from there, which names it; one that is interrupted leaves no trace.
    """

    def __init__(self, eager: EagerEngine, prediction: Any) -> None:
        super().__init__(eager, prediction)
        self.jax = jax = _jax()
        mesh = jax.sharding.Mesh(np.array(jax.devices()), ("samples",))
        self.everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        self.spread = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("samples"))
        self.function = self.bound.function()
        self.carried: Any = None  # on the devices: parameters, gradients and the optimizer's state
        with jax.enable_x64(True):
            self.samples = jax.device_put(self.data, self.everywhere)
            self.run = jax.jit(self._epoch, donate_argnums=0, out_shardings=self.everywhere)

    def epoch(self, batches: Sequence[Batch], advance: Callable[[int], None]) -> Score:
        """As ``Engine`` says."""
        optimizer, count = self.task.optimizer, sum(map(len, batches))
        steps = np.arange(optimizer.steps, optimizer.steps + len(batches))
        rates = np.array([optimizer.lr(step) for step in steps.tolist()], dtype=float)
        with self.jax.enable_x64(True):
            carried = self._sent() if self.carried is None else self.carried
            self.carried = None  # donated, whatever comes of it
            carried, results = self.run(carried, self.samples, *_rows(batches), rates, steps)
            finite, total, right, predictions = self.jax.tree.map(np.asarray, results)
        if not finite:
            return super().epoch(batches, advance)
        self._fetch(carried)
        optimizer.steps += len(batches)
        self.carried, self.changed = carried, True
        if predictions:
            right = sum(map(self._own_right, batches, (rows for part in predictions for rows in part)))
        advance(count)
        return Score(float(total) / count, int(right) / count if self.task.correct else None)

    def _own_right(self, batch: Batch, predictions: np.ndarray) -> int:
        self.bound.aux = predictions
        return self._right(batch)

    def write_back(self) -> None:
        """As ``Engine`` says."""
        self.carried = None
        super().write_back()

    def _sent(self) -> Any:
        if not self.loaded:
            self._load()
        groups = [(group.numbers, group.gradient, group.state) for group in self.groups]
        return self.jax.device_put(groups, self.everywhere)

    def _fetch(self, carried: Any) -> None:
        for group, (numbers, gradient, state) in zip(self.groups, carried, strict=True):
            group.numbers[:], group.gradient = numbers, np.array(gradient)
            group.state = tuple(map(np.array, state))

    # Traced: arrays here are JAX's -----------------------------------------------------------------------

    def _epoch(self, carried: Any, samples: Any, rows: Any, last: Any, rates: Any, steps: Any) -> Any:
        """Batches of one size, then the smaller last one, or all samples at once: what is carried, and the results."""
        jax, now, results = self.jax, carried, []
        if rows is not None:
            given = rows, rates[: len(rows)], steps[: len(rows)]
            now, found = jax.lax.scan(lambda before, one: self._traced_step(before, samples, *one), now, given)
            results.append(found)
        if last is not None or rows is None:
            now, one = self._traced_step(now, samples, last, rates[-1], steps[-1])
            results.append(jax.tree.map(lambda x: x[None], one))
        finite = jax.numpy.array([found[0].all() for found in results]).all()
        total, right = (sum(found[k].sum() for found in results) for k in (1, 2))
        return now, (finite, total, right, [found[3] for found in results if found[3] is not None])

    def _traced_step(self, carried: Any, samples: Any, rows: Any, rate: Any, steps: Any) -> Any:
        """One update: what is carried, and whether all is finite, the losses' sum, how many are right, predictions."""
        jnp = self.jax.numpy
        batch = samples if rows is None else [numbers[rows] for numbers in samples]
        x, y, *wanted = self.jax.lax.with_sharding_constraint(batch, self.spread)
        values, *found = self.function(x, y, *(numbers for numbers, *_ in carried[: len(self.bound.leaves)]))
        right, predictions = self._traced_right(len(x), found.pop(0), *wanted) if self.task.correct else (0, None)
        gradients = [d / (len(x) if jnp.ndim(values) else 1) for d in found]
        now = []
        for k, (group, (numbers, gradient, state)) in enumerate(zip(self.groups, carried, strict=True)):
            gradient = gradients[k] if k < len(gradients) else gradient
            new, state = self.task.optimizer.update(numbers[group.own], gradient[group.own], state, rate, steps)
            now.append((numbers.at[group.own].set(new), gradient, state))
        total = jnp.broadcast_to(values, len(x)).sum()
        finite = jnp.array([jnp.isfinite(total), *(jnp.isfinite(numbers).all() for numbers, *_ in now)]).all()
        return now, (finite, total, jnp.asarray(right), predictions)

    def _traced_right(self, count: int, aux: Any, wanted: Any = None) -> tuple[Any, Any]:
        """How many are right; or the predictions, where a function of the user's own says so, of plain numbers."""
        correct: Any = self.task.correct
        predictions = self.jax.numpy.broadcast_to(aux, (count, aux.shape[-1]))
        if wanted is None:
            return 0, predictions
        return (correct.predicted(predictions) == wanted).all(axis=1).sum(), None


def _rows(batches: Sequence[Batch]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The sample numbers of the batches of the first one's size, and of a smaller last one; None for all samples."""
    if isinstance(batches[0], range):
        return None, None
    whole = [batch for batch in batches if len(batch) == len(batches[0])]
    return np.stack(whole), np.array(batches[-1]) if len(whole) < len(batches) else None
