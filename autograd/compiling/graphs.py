"""Compiled graphs: a recorded output that is computed anew from the data of its leaves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiling.bound import Bound
from autograd.compiling.calls import gradients_of
from autograd.compiling.kernel import Kernel, Results
from autograd.compiling.machine import Troubled
from autograd.compiling.point import FAILED, point_of
from autograd.compiling.pool import Pool
from autograd.compiling.text import identifier
from autograd.graph import topological_order
from autograd.interrupts import surely
from autograd.recorded import replayed
from autograd.sweep import read_data, write_grads
from autograd.value import Value


class CompiledGraph:
    """What ``compile`` makes of a recorded output: each call computes it anew from the ``data`` of its leaves.

    A call sets the ``data`` of the output, and the ``grad`` of the leaves: to the derivatives of this call alone, where
    ``backward()`` adds. Threads can share it as they can the graph: in the end the leaves hold what one of the calls
    wrote.

    >>> from autograd import compile
    >>> w = Value(3.0, label="w")
    >>> step = compile(w * w)
    >>> w.data = 5.0
    >>> step(), w.grad
    (25.0, 10.0)
    """

    def __init__(self, output: Value, target: str) -> None:
        self._output = output
        name = identifier(output.label) or "loss"
        self.kernel = Kernel(name, output, [], target)
        self._point = point_of(output, [], [], self.kernel.size()) if target == "numpy" else None
        self._bounds = Pool(self.bind)
        self._bounds.give(self.bind())

    def __call__(self) -> float:
        """Compute the output anew: return its value, and set its ``data`` and the ``grad`` of the leaves.

        An interrupt finds all of them set, or none.
        """
        if self._point is not None:
            try:
                value, _, gradient = self._point.everything()
                surely(partial(self._write, value, self._point.captured, list(gradient)))
                return value
            except FAILED:
                pass
        return self._in_arrays()

    def _write(self, value: float, leaves: list[Value], gradient: list[float]) -> None:
        write_grads(leaves, gradient)
        self._output.data = value

    def _in_arrays(self) -> float:
        bound = self._bounds.take()

        def store() -> None:
            bound.store_gradients()
            self._output.data = value

        try:
            value = self._value(bound)
            surely(store)
        finally:
            self._bounds.give(bound)
        return value

    def _value(self, bound: Bound) -> float:
        bound.load()
        try:
            return float(bound.run(()))
        except Troubled:
            return float(bound.keep(self._eagerly(())))

    def bind(self) -> Bound:
        """The graph with its leaves held in arrays, for the thread that this is called in."""
        return Bound(self.kernel, self._eagerly)

    def _eagerly(self, batch: Sequence[Any]) -> Results:
        again = replayed(topological_order(self._output))
        output, groups = again[self._output], [[again[leaf] for leaf in store.leaves] for store in self.kernel.stores]
        return Results(np.array(read_data([output])[0]), None, gradients_of(output, groups))

    @property
    def source(self) -> str:
        """The Python text of the value and its derivatives, a function of the leaves and the ``constants``."""
        return self.kernel.source.text

    @property
    def constants(self) -> dict[str, np.ndarray]:
        """The constants of more than a dozen numbers, which the function in ``source`` takes as its last arguments."""
        return self.kernel.source.constants
