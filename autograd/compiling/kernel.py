"""One recorded graph, compiled: its source, and the ways to run it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograd.compiling.differentiate import differentiate
from autograd.compiling.emit import emit
from autograd.compiling.lift import Store, lift
from autograd.compiling.machine import Machine
from autograd.compiling.program import Array, Operand, statements
from autograd.value import Value

REMEMBERED = 4  # runners, for so many sizes of a batch
Runner = Callable[[Sequence[Any]], list[np.ndarray]]


class Troubled(Exception):
    """A run met a value that is not finite, or that has no place in mathematics."""


class Kernel:
    """The program of one output, whose inputs are the given arrays and then the stores of captured leaves."""

    def __init__(self, name: str, output: Value, given: Sequence[tuple[Array, Sequence[Value]]], target: str) -> None:
        self.name = name
        self.target = target
        lifted = lift(output, given)
        self.stores: list[Store] = lifted.stores
        self.inputs = [array for array, _ in given] + [store.array for store in self.stores]
        self.output: Operand = lifted.output
        found, adjoints = differentiate(lifted.writer, self.output, self.inputs)
        self.batched = any(array.batched for array in self.inputs)
        self.gradients = [lifted.writer.broadcast(d, array) for d, array in zip(found, self.inputs, strict=True)]
        self.names = self._named(lifted.names, adjoints)
        self._runners: dict[tuple[int, bool], Runner] = {}
        self._lock = threading.Lock()

    def _named(self, names: dict[int, str], adjoints: dict[int, Operand]) -> dict[int, str]:
        stores = {id(store.array): "pqrstuvw"[k] if k < 8 else "p" for k, store in enumerate(self.stores)}
        names = {id(array): array.name for array in self.inputs if array.name} | stores | names
        if isinstance(self.output, Array):
            names.setdefault(id(self.output), self.name)
        forward = {id(array) for array in statements([self.output])}
        found = {id(d): names[id(array)] for d, array in zip(self.gradients, self.inputs, strict=True)}
        found |= {id(adjoints[key]): name for key, name in names.items() if key in adjoints}
        return {key: f"d{name}" for key, name in found.items() if key not in forward} | names

    @cached_property
    def source(self) -> str:
        """The function that gives the value and the derivatives, as Python text."""
        results = [(self.name, self.output)]
        results += [(f"d{self.names[id(array)]}", d) for array, d in zip(self.inputs, self.gradients, strict=True)]
        return emit("value_and_grad", self.inputs, results, self.names, "jnp" if self.target == "jax" else "np")

    # Running ---------------------------------------------------------------------------------------

    def run(self, numbers: Sequence[np.ndarray], samples: int, gradient: bool) -> list[np.ndarray]:
        """The value and, if asked for, all derivatives; raises Troubled where they are not to be trusted."""
        key = (samples, gradient)
        with self._lock:
            if key not in self._runners:
                while len(self._runners) >= REMEMBERED:
                    del self._runners[next(iter(self._runners))]
                self._runners[key] = self._runner([], samples, self.gradients if gradient else [])
            return [np.array(result) for result in self._runners[key](numbers)]

    def runner(self, parameters: Sequence[np.ndarray], samples: int) -> Runner:
        """What computes the value and the derivatives with respect to the stores, whose arrays these are."""
        return self._runner(parameters, samples, self.gradients[len(self.inputs) - len(self.stores) :])

    def _runner(self, parameters: Sequence[np.ndarray], samples: int, gradients: Sequence[Operand]) -> Runner:
        given = self.inputs[: len(self.inputs) - len(parameters)]
        results = [self.output, *gradients]
        if self.target == "jax":
            return self._jitted(results, parameters)
        inputs = [np.empty(((samples,) if array.batched else ()) + array.shape) for array in given]
        buffers = dict(zip(map(id, self.inputs), [*inputs, *parameters], strict=True))
        machine = Machine(results, buffers, samples)

        def run(numbers: Sequence[np.ndarray]) -> list[np.ndarray]:
            for buffer, number in zip(inputs, numbers, strict=True):
                np.copyto(buffer, number)
            return run_checked(machine)

        return run

    def _jitted(self, results: Sequence[Operand], parameters: Sequence[np.ndarray]) -> Runner:
        try:
            import jax
        except ImportError:
            raise ImportError('target="jax" needs JAX: pip install "chainrule[jax]"') from None
        namespace: dict[str, Any] = {}
        text = emit("function", self.inputs, [("", result) for result in results], self.names, "jnp")
        with jax.enable_x64(True):  # here only: the user's own setting stays
            exec(text, namespace)  # generated text: names of the table, sanitised names, and numbers
        jitted = jax.jit(namespace["function"])

        def run(numbers: Sequence[np.ndarray]) -> list[np.ndarray]:
            with jax.enable_x64(True):
                found = jitted(*numbers, *parameters)
            arrays = [np.asarray(array) for array in (found if isinstance(found, tuple) else (found,))]
            if not all(np.isfinite(array).all() for array in arrays):
                raise Troubled
            return arrays

        return run


def run_checked(machine: Machine) -> list[np.ndarray]:
    """Run, and raise Troubled at what the eager engine might refuse."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            machine.run()
            finite = machine.is_finite()
    except FloatingPointError:
        raise Troubled from None
    if not finite:
        raise Troubled
    return machine.results
