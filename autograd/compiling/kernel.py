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

REMEMBERED = 4  # machines, for so many sizes of a batch


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
        self._machines: dict[tuple[int, bool], tuple[Machine, list[np.ndarray]]] = {}
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
        return self._emitted("jnp" if self.target == "jax" else "np")

    def _emitted(self, module: str) -> str:
        results = [(self.name, self.output)]
        results += [(f"d{self.names[id(array)]}", d) for array, d in zip(self.inputs, self.gradients, strict=True)]
        return emit("value_and_grad", self.inputs, results, self.names, module)

    # Running ---------------------------------------------------------------------------------------

    def run(self, numbers: Sequence[np.ndarray], samples: int, gradient: bool) -> list[np.ndarray]:
        """The value and, if asked for, the derivatives; raises Troubled where they are not to be trusted."""
        if self.target == "jax":
            return self._checked([np.array(result) for result in self._jitted(*numbers)][: None if gradient else 1])
        with self._lock:
            machine, inputs = self.machine(samples, gradient)
            for buffer, given in zip(inputs, numbers, strict=True):
                np.copyto(buffer, given)
            run_checked(machine)
            return [np.array(result) for result in machine.results]

    def machine(self, samples: int, gradient: bool) -> tuple[Machine, list[np.ndarray]]:
        """A machine for so many samples, and its inputs."""
        key = (samples, gradient)
        if key not in self._machines:
            while len(self._machines) >= REMEMBERED:
                del self._machines[next(iter(self._machines))]
            inputs = [np.empty(((samples,) if array.batched else ()) + array.shape) for array in self.inputs]
            self._machines[key] = self.machine_on(inputs, samples, gradient), inputs
        return self._machines[key]

    def machine_on(self, inputs: Sequence[np.ndarray], samples: int, gradient: bool) -> Machine:
        """A machine that reads these arrays."""
        results = [self.output, *(self.gradients if gradient else [])]
        return Machine(results, {id(a): x for a, x in zip(self.inputs, inputs, strict=True)}, samples)

    def _checked(self, results: list[np.ndarray]) -> list[np.ndarray]:
        if not all(np.isfinite(result).all() for result in results):
            raise Troubled
        return results

    @cached_property
    def _jitted(self) -> Callable[..., Any]:
        try:
            import jax
        except ImportError:
            raise ImportError('target="jax" needs JAX: pip install "chainrule[jax]"') from None
        namespace: dict[str, Any] = {}
        exec(self._emitted("jnp"), namespace)  # generated text: names of the table, sanitised names and numbers
        jitted = jax.jit(namespace["value_and_grad"])

        def run(*numbers: np.ndarray) -> Any:
            with jax.enable_x64(True):
                return jitted(*numbers)

        return run


def run_checked(machine: Machine) -> None:
    """Run, and raise Troubled at what the eager engine might refuse."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            machine.run()
            for result in machine.results:
                flat = result.reshape(-1)
                if not np.isfinite(np.dot(flat, flat)):
                    raise Troubled
    except FloatingPointError:
        raise Troubled from None
