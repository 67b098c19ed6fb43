"""Compiled functions and compiled graphs, as their users meet them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.compiling.arguments import Entry, Structure, entries, rebuilt, samples, signature, structure
from autograd.compiling.bound import Bound
from autograd.compiling.emit import Source
from autograd.compiling.kernel import Kernel, Results
from autograd.compiling.machine import Troubled
from autograd.compiling.pool import Pool
from autograd.compiling.program import Input
from autograd.compiling.recent import Recent
from autograd.compiling.recording import recording
from autograd.compiling.text import identifier
from autograd.errors import OperationError
from autograd.graph import adjoints, topological_order
from autograd.interrupts import surely
from autograd.picking import picking
from autograd.sweep import read_data, write_grads
from autograd.value import Value, as_constant

Function = Callable[..., Any]
"""A function of numbers."""
KERNELS = 32  # of one function, each for arguments of other shapes


class CompiledFunction:
    """What ``compile`` makes of a function of numbers: it is recorded once and runs on arrays.

    An array is a batch, one sample for each entry along its first axis, and gives as many results; lists, numbers
    and the arguments named in ``shared`` are the same for every sample. So are recorded Values that the function reads
    besides its arguments: every call reads their current ``data``. Threads can share it, and signal handlers use it.

    Raises ValueError where ``shared`` names no parameter of the function.

    >>> import numpy as np
    >>> from autograd import compile
    >>> f = compile(lambda x, w: w * x * x)
    >>> f(np.array([1.0, 2.0]), 3.0)
    array([ 3., 12.])
    >>> f.value_and_grad(np.array([1.0, 2.0]), 3.0)
    (array([ 3., 12.]), (array([ 6., 12.]), 5.0))
    """

    def __init__(self, function: Function, shared: Sequence[str], target: str, has_aux: bool = False) -> None:
        self._function = function
        self._shared = set(shared)
        self._target = target
        self._has_aux = has_aux
        self._kernels = Recent[Kernel](KERNELS)
        self._latest: Kernel | None = None
        self.__name__ = identifier(getattr(function, "__name__", "")) or "f"
        self.__doc__ = function.__doc__
        self._signature = inspect.signature(function)
        unknown = self._shared - set(self._signature.parameters)
        if unknown:
            raise ValueError(f"shared names {sorted(unknown)[0]!r}, which is no parameter of the function")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The value: an array with one for every sample, or a float if no argument is a batch."""
        call = _Call(self, arguments, named)
        return call.value(call.run(gradient=False))

    def value_and_grad(self, *arguments: Any, **named: Any) -> tuple[Any, Any]:
        """The value, and the partial derivative with respect to every argument, in its form.

        For an argument that is the same for every sample, it is the sum over the samples.
        """
        call = _Call(self, arguments, named)
        results = call.run(gradient=True)
        inputs = zip(call.entries, call.kernel.inputs, results.gradients, strict=False)
        found = iter([None if array.whole else entry.gradient(d) for entry, array, d in inputs])
        parts = tuple(rebuilt(part, found) for part in call.structure)
        return call.value(results), parts[0] if len(parts) == 1 else parts

    def step(self, *arguments: Any, **named: Any) -> Any:
        """The value; sets ``grad`` of the Values that the function read to the derivative, summed over the samples.

        An interrupt finds all of them set, or none.
        """
        call = _Call(self, arguments, named)
        results = call.run(gradient=True)

        def store() -> None:
            for leaves, numbers in zip(call.kernel.stores, call.of_stores(results), strict=True):
                write_grads(leaves.leaves, numbers.tolist())

        surely(store)
        return call.value(results)

    def bind(self, *arguments: Any) -> Bound:
        """The function for arguments like these, with the Values that it reads held in arrays, for this thread."""
        call = _Call(self, arguments)

        def eagerly(batch: Sequence[Any]) -> Results:
            again = _Call(self, batch)
            found = again._eagerly(gradient=True)
            return Results(found.value, found.aux, again.of_stores(found))

        return Bound(call.kernel, eagerly)

    def record(self, *arguments: Any) -> None:
        """Record the function for arguments like these without running it: then ``source`` is the text for them."""
        _Call(self, arguments)

    @property
    def source(self) -> str:
        """The Python text of the value and its derivatives, for arguments like those of the latest call.

        It is a function of the arguments, of the Values that the function reads, and of the ``constants``.

        Raises ValueError where there was no call yet and the function cannot be recorded with plain numbers.
        """
        return self._printed().text

    @property
    def constants(self) -> dict[str, np.ndarray]:
        """The constants of more than a dozen numbers, which the function in ``source`` takes as its last arguments.

        >>> from autograd import compile, dot
        >>> f = compile(lambda x: dot(x, [k * k for k in range(20)]), shared=["x"])
        >>> namespace = {}
        >>> f.record([1.0] * 20)
        >>> exec(f.source, namespace)
        >>> float(namespace["value_and_grad"](np.ones(20), **f.constants)[0])
        2470.0
        """
        return self._printed().constants

    def _printed(self) -> Source:
        if self._latest is None:
            try:
                self._latest = _Call(self, [1.0] * len(self._signature.parameters)).kernel
            except Exception as error:
                raise ValueError(
                    "the function has not been recorded yet: call it once, and ask for its source then"
                ) from error
        return self._latest.source

    def _recorded(self, parts: Sequence[Structure]) -> Kernel:
        key = tuple(signature(part) for part in parts)
        self._latest = self._kernels.get(key, lambda: self._recording(parts))
        return self._latest

    def _recording(self, parts: Sequence[Structure]) -> Kernel:
        found = [entry for part in parts for entry in entries(part)]
        leaves = [entry.leaves(0) for entry in found]
        of_whole = [(values, entry.places(0)) for entry, values in zip(found, leaves, strict=True) if entry.whole]
        whole = [pair for values, places in of_whole for pair in zip(values, places, strict=True)]
        with picking(whole) as picks, recording():
            output, further = self._output(parts, leaves)
        used = {each.place for each in picks.picked.values()}
        given = [
            (Input(entry.shape, entry.batched, entry.name, not used.isdisjoint(values)), values)
            for entry, values in zip(found, leaves, strict=True)
        ]
        return Kernel(self.__name__, output, given, self._target, further, picks.picked)

    def _output(self, parts: Sequence[Structure], leaves: Sequence[Sequence[Any]]) -> tuple[Value, list[Value]]:
        """The number to differentiate, and the further ones."""
        flat = [entry for part in parts for entry in entries(part)]
        shaped = iter([entry.like(values) for entry, values in zip(flat, leaves, strict=True)])
        arguments = [rebuilt(part, shaped) for part in parts]
        output = self._function(*arguments)
        further: list[Value] = []
        if self._has_aux:
            output, aux = _pair(output)
            further = [as_constant(number) for number in (aux if isinstance(aux, list | tuple) else [aux])]
        if output is None or isinstance(output, list | tuple) or getattr(output, "ndim", 0) > 0:
            raise TypeError(f"a function to compile returns one number, not {type(output).__name__}")
        return as_constant(output), further


class _Call:
    """One call of a compiled function: its arguments, taken apart."""

    def __init__(
        self, owner: CompiledFunction, arguments: Sequence[Any], named: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self.owner = owner
        bound = owner._signature.bind(*arguments, **named)
        arguments = bound.args
        names = [(each, name) for name, given in bound.arguments.items() for each in _names(owner, name, given)]
        self.structure = [
            structure(argument, each, name in owner._shared)
            for (each, name), argument in zip(names, arguments, strict=True)
        ]
        self.entries: list[Entry] = [entry for part in self.structure for entry in entries(part)]
        self.samples = samples(self.entries)
        try:
            with _sample_named(0 if self.samples else None):  # which is recorded
                self.kernel = owner._recorded(self.structure)
        except TypeError as error:
            lists = [entry.name for entry in self.entries if entry.listed]
            if lists:
                error.add_note(
                    f"{lists[0]} is one argument of several numbers, since it is a list: a batch is an array."
                )
            raise
        for entry, array in zip(self.entries, self.kernel.inputs, strict=False):
            if array.whole and not entry.whole:
                raise TypeError(f"take counts places by the argument {entry.name}: it holds whole numbers (int)")

    def run(self, gradient: bool) -> Results:
        numbers = [entry.numbers for entry in self.entries]
        numbers += [np.array(read_data(store.leaves)) for store in self.kernel.stores]
        try:
            return self.kernel.run(numbers, max(1, self.samples), gradient)
        except Troubled:
            return self._eagerly(gradient)

    def of_stores(self, results: Results) -> list[np.ndarray]:
        """The derivatives with respect to the captured Values."""
        return results.gradients[len(self.entries) :]

    def value(self, results: Results) -> Any:
        """The value, or the value and the further numbers."""
        if not self.owner._has_aux:
            return self._shaped(results.value)
        aux = np.empty(0) if results.aux is None else results.aux
        return self._shaped(results.value), self._shaped(aux, aux.shape[-1:])

    def _shaped(self, numbers: np.ndarray, shape: tuple[int, ...] = ()) -> Any:
        if not self.samples:
            return numbers if shape else float(numbers)
        full = (self.samples, *shape)
        return np.broadcast_to(numbers, full).copy() if numbers.shape != full else numbers

    def _eagerly(self, gradient: bool) -> Results:
        """The same results from the eager engine, or its error, with the sample that it comes from."""
        values = np.empty(max(1, self.samples))
        aux: list[list[float]] = []
        inputs = self.kernel.inputs
        totals = [np.zeros(((self.samples,) if array.batched else ()) + array.shape) for array in inputs]
        for i in range(len(values)):
            with _sample_named(i if self.samples else None):
                leaves = [
                    entry.places(i) if array.whole else entry.leaves(i)
                    for entry, array in zip(self.entries, inputs, strict=False)
                ]
                output, further = self.owner._output(self.structure, leaves)
                values[i] = output.data
                aux.append([number.data for number in further])
                if gradient:
                    groups = [*leaves, *(store.leaves for store in self.kernel.stores)]
                    for array, total, found in zip(inputs, totals, _gradients(output, groups), strict=True):
                        target = total[i : i + 1] if array.batched else total
                        target += found.reshape(target.shape)
        given = slice(None) if self.samples else 0
        return Results(values[given], np.array(aux)[given] if self.kernel.gives_further else None, totals)


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
        self._bounds = Pool(self.bind)
        self._bounds.give(self.bind())

    def __call__(self) -> float:
        """Compute the output anew: return its value, and set its ``data`` and the ``grad`` of the leaves.

        An interrupt finds all of them set, or none.
        """
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
        again, groups = _replayed(self._output, [store.leaves for store in self.kernel.stores])
        return Results(np.array(again.data), None, _gradients(again, groups))

    @property
    def source(self) -> str:
        """The Python text of the value and its derivatives, a function of the leaves and the ``constants``."""
        return self.kernel.source.text

    @property
    def constants(self) -> dict[str, np.ndarray]:
        """The constants of more than a dozen numbers, which the function in ``source`` takes as its last arguments."""
        return self.kernel.source.constants


def _pair(found: Any) -> tuple[Any, Any]:
    if not isinstance(found, tuple) or len(found) != 2:
        raise TypeError("with has_aux, the function returns a pair: its value, and a number or a list of them")
    return found[0], found[1]


def _names(owner: CompiledFunction, name: str, given: Any) -> list[str]:
    variadic = owner._signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
    return [f"{name}_{i}" for i in range(len(given))] if variadic else [name]


def _gradients(output: Value, groups: Sequence[Sequence[Any]]) -> list[np.ndarray]:
    """The derivatives with respect to groups of leaves. Their ``grad`` is left alone: other threads may use it."""
    leaves = [leaf for group in groups for leaf in group]
    found = adjoints(topological_order(output), leaves, lambda node, operand: node.partials[operand])
    if not all(math.isfinite(found.get(leaf, 0.0)) for leaf in leaves):
        output.backward()  # raises the error that names the place
    return [np.array([found.get(leaf, 0.0) for leaf in group]) for group in groups]


def _replayed(output: Value, groups: Sequence[Sequence[Value]]) -> tuple[Value, list[list[Value]]]:
    """The graph recorded again from the leaves' data, and its own leaves in the order of the given groups."""
    again: dict[int, Any] = {}
    for node in topological_order(output):
        if node.operation is None:
            twin = as_constant(node.data) if node.is_constant else Value(node.data, label=node.label)
        else:
            twin = node.operation(*(again[id(parent)] for parent in node.parents))
        again[id(node)] = twin
    return again[id(output)], [[again[id(leaf)] for leaf in group] for group in groups]


@contextmanager
def _sample_named(i: int | None) -> Iterator[None]:
    try:
        yield
    except OperationError as error:
        if i is None:
            raise
        raise type(error)(f"sample {i}: {error}", error.operation, error.operands) from None
