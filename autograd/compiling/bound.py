"""A compiled program with its parameters held in arrays."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiling.arguments import common_size
from autograd.compiling.kernel import Kernel, Runner
from autograd.compiling.machine import Troubled
from autograd.sweep import read_data, write_data, write_grads


class Bound:
    """A compiled program with its parameters in arrays, so that a run touches no Value.

    ``parameters`` holds the data of the Values that it reads, in flat arrays to be changed in place, and
    ``gradients``, after a call, the derivatives with respect to them, summed over the samples: the next call overwrites
    them. ``aux`` holds what the function gave besides its value. ``load`` and ``store`` take the numbers from the
    Values, ``leaves``, and bring them back.
    """

    def __init__(self, kernel: Kernel, eagerly: Callable[[Sequence[Any]], list[np.ndarray]]) -> None:
        self._kernel = kernel
        self._eagerly = eagerly
        self.leaves = [store.leaves for store in kernel.stores]
        self.parameters = [np.empty(len(store.leaves)) for store in kernel.stores]
        self.gradients = [np.zeros(len(store.leaves)) for store in kernel.stores]
        self._packed = [struct.Struct(f"{len(store.leaves)}d") for store in kernel.stores]  # faster than np.array
        self.aux: np.ndarray | None = None
        self._runners: dict[int, Runner] = {}
        self.load()

    def __call__(self, *batch: Any) -> np.ndarray:
        """The value, or one for every sample, until the next call overwrites them; sets ``gradients``."""
        samples = self._samples(batch)
        if samples not in self._runners:
            self._runners[samples] = self._kernel.runner(self.parameters, samples)
        try:
            results = self._runners[samples](batch)
        except Troubled:
            self._store_data()  # for the eager engine
            results = self._eagerly(batch)
        return self._split(results)

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
                return self._split(run())
            except Troubled:
                return None

        return call

    def _split(self, results: Sequence[np.ndarray]) -> np.ndarray:
        self.aux = results[1] if self._kernel.gives_further else None
        self.gradients = list(results[self._kernel.first_derivative :])
        return results[0]

    def function(self) -> Callable[..., Any]:
        """The function of the batch's arrays and the ``parameters`` that gives value, aux and gradients: for JAX."""
        return self._kernel.function()

    def load(self) -> None:
        """Read the Values' ``data``."""
        for store, numbers, packed in zip(self._kernel.stores, self.parameters, self._packed, strict=True):
            packed.pack_into(numbers.data, 0, *read_data(store.leaves))

    def store(self) -> None:
        """Write the Values' ``data`` and ``grad``."""
        self._store_data()
        self.store_gradients()

    def _store_data(self) -> None:
        for store, numbers in zip(self._kernel.stores, self.parameters, strict=True):
            write_data(store.leaves, numbers.tolist())

    def store_gradients(self) -> None:
        """Write the Values' ``grad``."""
        for store, numbers in zip(self._kernel.stores, self.gradients, strict=True):
            write_grads(store.leaves, numbers.tolist())
