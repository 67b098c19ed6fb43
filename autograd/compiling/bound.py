"""A compiled program with its parameters held in arrays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiling.arguments import common_size
from autograd.compiling.kernel import SIZES, Kernel, Results
from autograd.compiling.machine import Troubled
from autograd.compiling.pool import Pool
from autograd.compiling.recent import Recent
from autograd.compiling.recording import load
from autograd.interrupts import surely
from autograd.sweep import store_grads, write_data


class Bound:
    """A compiled program with its parameters in arrays, so that a run touches no Value.

    ``parameters`` holds the data of the Values that it reads, in flat arrays to be changed in place, and
    ``gradients``, after a call, the derivatives with respect to them, summed over the samples: the next call overwrites
    them. ``aux`` holds what the function gave besides its value. ``load`` and ``store`` take the numbers from the
    Values, ``leaves``, and bring them back.

    It belongs to the thread that bound it: calls from another one raise RuntimeError. ``CompiledFunction.bind`` and
    ``CompiledGraph.bind`` make it.

    >>> from autograd import Value, compile
    >>> w = Value(3.0)
    >>> bound = compile(lambda x: w * x * x).bind(2.0)
    >>> bound.parameters[0][0] = 5.0
    >>> float(bound(2.0)), bound.gradients[0].item()
    (20.0, 4.0)
    """

    def __init__(self, kernel: Kernel, eagerly: Callable[[Sequence[Any]], Results]) -> None:
        self._kernel = kernel
        self._eagerly = eagerly
        self.leaves = [store.leaves for store in kernel.stores]
        self.parameters = [np.empty(len(store.leaves)) for store in kernel.stores]
        self._results = Results(np.zeros(()), None, [np.zeros(len(store.leaves)) for store in kernel.stores])
        self._runners = Recent[Pool[Callable[[Sequence[Any]], Results]]](SIZES)
        self._thread = threading.get_ident()
        self.load()

    @property
    def gradients(self) -> list[np.ndarray]:
        """The derivatives with respect to the parameters, from the latest call."""
        return self._results.gradients

    @property
    def aux(self) -> np.ndarray | None:
        """What the function gave besides its value, at the latest call."""
        return self._results.aux

    def __call__(self, *batch: Any) -> np.ndarray:
        """The value, or one for every sample, until the next call overwrites them; sets ``gradients``."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("a bound function holds numbers for one thread only: call bind() in each")
        try:
            return self.run(batch)
        except Troubled:
            surely(self._store_data)  # which the eager engine reads
            return self.keep(self._eagerly(batch))

    def run(self, batch: Sequence[Any]) -> np.ndarray:
        """Like a call, but from any thread, one at a time; raises Troubled where the eager engine has to compute."""
        samples = self._samples(batch)
        runners = self._runners.get(samples, lambda: Pool(partial(self._kernel.runner, self.parameters, samples)))
        runner = runners.take()
        try:
            return self.keep(runner(batch))
        finally:
            runners.give(runner)

    def _samples(self, batch: Sequence[Any]) -> int:
        given = zip(self._kernel.inputs, batch, strict=False)
        return common_size({array.name: len(numbers) for array, numbers in given if array.batched}) or 1

    def reader(self, *batch: np.ndarray) -> Callable[[], np.ndarray | None]:
        """Calls without copies, on what these arrays hold at the time.

        None is the result, and nothing else is set, where a number is not finite or has no value.
        """
        run = self._kernel.reader(self.parameters, batch, self._samples(batch))

        def call() -> np.ndarray | None:
            try:
                return self.keep(run())
            except Troubled:
                return None

        return call

    def keep(self, results: Results) -> np.ndarray:
        """The value among the results of a run; the others become ``aux`` and ``gradients``."""
        self._results = results  # at once, for signal handlers
        return results.value

    def function(self) -> Callable[..., Any]:
        """The function of the batch's arrays and the ``parameters`` that gives value, aux and gradients: for JAX."""
        return self._kernel.function()

    def load(self) -> None:
        """Read the Values' ``data``."""
        for leaves, numbers in zip(self.leaves, self.parameters, strict=True):
            load(leaves, numbers)

    def store(self) -> None:
        """Write the Values' ``data`` and ``grad``; an interrupt finds all of them written, or none."""
        surely(self._store)

    def store_gradients(self) -> None:
        """Write the Values' ``grad``, all or none."""
        surely(self._store_gradients)

    def _store(self) -> None:
        self._store_data()
        self._store_gradients()

    def _store_data(self) -> None:
        for leaves, numbers in zip(self.leaves, self.parameters, strict=True):
            write_data(leaves, numbers.tolist())

    def _store_gradients(self) -> None:
        for leaves, numbers in zip(self.leaves, self.gradients, strict=True):
            store_grads(leaves, np.asarray(numbers, float))
