"""Compiled functions and compiled graphs, as their users meet them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from autograd.calculus import flatten
from autograd.compiling.arguments import (
    AlreadyRecorded,
    Entry,
    Structure,
    entries,
    rebuilt,
    samples,
    signature,
    structure,
)
from autograd.compiling.bound import Bound
from autograd.compiling.elementwise import elementwise
from autograd.compiling.kernel import Kernel
from autograd.compiling.machine import Troubled
from autograd.compiling.point import FAILED, Point, point_of
from autograd.compiling.pool import Pool
from autograd.compiling.program import Array
from autograd.compiling.recording import data_of, recorded
from autograd.compiling.text import identifier
from autograd.errors import OperationError
from autograd.graph import adjoints, topological_order
from autograd.interrupts import surely
from autograd.operation import Node
from autograd.sweep import read_data, read_partial, write_grads
from autograd.value import Value, as_constant

Function = Callable[..., Any]
"""A function of numbers."""


class CompiledFunction:
    """What ``compile`` makes of a function of numbers: it is recorded once and runs on arrays.

    An array is a batch, one sample for each entry along its first axis, and gives as many results; lists, numbers
    and the arguments named in ``shared`` are the same for every sample. So are recorded Values that the function reads
    besides its arguments: every call reads their current ``data``. Threads can share it, and signal handlers use it.
    Called with recorded Values it is the function itself, so that it can be part of another one.

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
        self._recordings: dict[Any, _Recording] = {}
        self._direct: dict[Any, tuple[Kernel, Callable[..., Any]]] = {}
        self._latest: Kernel | None = None
        self.__name__ = identifier(getattr(function, "__name__", "")) or "f"
        self.__doc__ = function.__doc__
        self._signature = inspect.signature(function)
        unknown = self._shared - set(self._signature.parameters)
        if unknown:
            raise ValueError(f"shared names {sorted(unknown)[0]!r}, which is no parameter of the function")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The value: an array with one for every sample, or a float if no argument is a batch."""
        try:
            return self._run(False, arguments, named)
        except AlreadyRecorded:
            if not any(isinstance(number, Node) for number in flatten([*arguments, *named.values()])):
                raise  # of a call inside
            return self._function(*arguments, **named)

    def value_and_grad(self, *arguments: Any, **named: Any) -> tuple[Any, Any]:
        """The value, and the partial derivative with respect to every argument, in its form.

        For an argument that is the same for every sample, it is the sum over the samples.
        """
        return self._run(True, arguments, named)  # type: ignore[no-any-return]

    def step(self, *arguments: Any, **named: Any) -> Any:
        """The value; sets ``grad`` of the Values that the function read to the derivative, summed over the samples.

        An interrupt finds all of them set, or none.
        """
        call = self._taken(arguments, named)
        results = call.results(gradient=True)
        surely(partial(call.write, results))
        return call.value(results)

    def bind(self, *arguments: Any) -> Bound:
        """The function for arguments like these, with the Values that it reads held in arrays, for this thread."""
        kernel = self._taken(arguments, {}).recording.kernel

        def eagerly(batch: Sequence[Any]) -> list[np.ndarray]:
            again = self._taken(batch, {})
            found = again.eagerly(gradient=True)
            return [*found[: kernel.first_derivative], *again.of_stores(found)]

        return Bound(kernel, eagerly)

    def record(self, *arguments: Any) -> None:
        """Record the function for arguments like these without running it: then ``source`` is the text for them."""
        self._taken(arguments, {})

    @property
    def source(self) -> str:
        """The Python text of the value and its derivatives, for arguments like those of the latest call.

        Raises ValueError where there was no call yet and the function cannot be recorded with plain numbers.
        """
        if self._latest is None:
            try:
                self.record(*[1.0] * len(self._signature.parameters))
            except Exception as error:
                raise ValueError(
                    "the function has not been recorded yet: call it once, and ask for its source then"
                ) from error
        assert self._latest is not None
        return self._latest.source

    def _run(self, gradient: bool, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A direct way, if one was found for arguments of these types; else the way for all."""
        key = (gradient, *map(type, arguments))
        if key in self._direct and not named:
            self._latest, run = self._direct[key]
            try:
                return run(*arguments)
            except (Troubled, *FAILED):
                pass
        call = self._taken(arguments, named)
        results = call.results(gradient)
        found = None if named else call.direct(gradient, arguments)
        if found is not None:
            self._direct[key] = call.recording.kernel, found
        return call.value_and_grad(results) if gradient else call.value(results)

    def _taken(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> _Call:
        """The arguments, taken apart, and what was recorded for others like them."""
        bound = self._signature.bind(*arguments, **named)
        names = [(each, name) for name, given in bound.arguments.items() for each in self._names(name, given)]
        parts = [
            structure(argument, each, name in self._shared)
            for (each, name), argument in zip(names, bound.args, strict=True)
        ]
        call = _Call(self, parts)
        key = tuple(map(signature, parts))
        if key not in self._recordings:
            self._recordings[key] = call.record()
        call.recording = self._recordings[key]
        self._latest = call.recording.kernel
        return call

    def _names(self, name: str, given: Any) -> list[str]:
        variadic = self._signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        return [f"{name}_{i}" for i in range(len(given))] if variadic else [name]


@dataclass(frozen=True)
class _Recording:
    """What was recorded: an array program, and the same at one point, where that is faster."""

    kernel: Kernel
    point: Point | None


class _Call:
    """The arguments of one call, taken apart, and what comes of them."""

    recording: _Recording

    def __init__(self, owner: CompiledFunction, parts: list[Structure]) -> None:
        self.owner = owner
        self.structure = parts
        self.entries: list[Entry] = [entry for part in parts for entry in entries(part)]
        self.samples = samples(self.entries)

    def record(self) -> _Recording:
        """The function, recorded for arguments like these."""
        try:
            with _sample_named(0 if self.samples else None):
                leaves, output, further = recorded(partial(self._recorded_sample, 0))
        except TypeError as error:
            lists = [entry.name for entry in self.entries if entry.listed]
            if lists:
                error.add_note(
                    f"{lists[0]} is one argument of several numbers, since it is a list: a batch is an array."
                )
            raise
        given = [
            (Array("input", entry.shape, entry.batched, name=entry.name), values)
            for entry, values in zip(self.entries, leaves, strict=True)
        ]
        kernel = Kernel(self.owner.__name__, output, given, self.owner._target, further)
        flat = [leaf for values in leaves for leaf in values]
        alone = not self.samples and self.owner._target == "numpy"
        return _Recording(kernel, point_of(output, flat, further, kernel.size()) if alone else None)

    def _recorded_sample(self, i: int) -> tuple[list[list[Value]], Value, list[Value]]:
        """One sample: a leaf for every number, the number to differentiate, and the further ones."""
        leaves = [entry.leaves(i) for entry in self.entries]
        shaped = iter([entry.like(values) for entry, values in zip(self.entries, leaves, strict=True)])
        output: Any = self.owner._function(*[rebuilt(part, shaped) for part in self.structure])
        further: list[Value] = []
        if self.owner._has_aux:
            output, aux = _pair(output)
            further = [as_constant(number) for number in (aux if isinstance(aux, list | tuple) else [aux])]
        if output is None or isinstance(output, list | tuple) or getattr(output, "ndim", 0) > 0:
            raise TypeError(f"a function to compile returns one number, not {type(output).__name__}")
        return leaves, as_constant(output), further

    # Results: the value, the further numbers, and the derivatives with respect to entries and captured Values ------

    def results(self, gradient: bool) -> list[np.ndarray]:
        """The results of this call."""
        point = self.recording.point
        failures = FAILED if point else (Troubled,)
        try:
            return self._at(point) if point else self._in_arrays(gradient)
        except failures:
            return self.eagerly(gradient)

    def _at(self, point: Point) -> list[np.ndarray]:
        numbers = [number for entry in self.entries for number in entry.numbers.reshape(-1).tolist()]
        value, further, derivatives = point.everything(*numbers)
        left = iter(derivatives)
        gradients = [np.array(list(islice(left, entry.numbers.size))).reshape(entry.shape) for entry in self.entries]
        captured = dict(zip(point.captured, left, strict=True))
        stores = [np.array([captured[leaf] for leaf in store.leaves]) for store in self.recording.kernel.stores]
        return [np.array(value), *([np.array(further)] if further else []), *gradients, *stores]

    def _in_arrays(self, gradient: bool) -> list[np.ndarray]:
        kernel = self.recording.kernel
        captured = [np.array(data_of(store.leaves)) for store in kernel.stores]
        return kernel.run([*(entry.numbers for entry in self.entries), *captured], max(1, self.samples), gradient)

    def eagerly(self, gradient: bool) -> list[np.ndarray]:
        """The same results from the eager engine, or its error, with the sample that it comes from."""
        kernel = self.recording.kernel
        values = np.empty(max(1, self.samples))
        aux: list[list[float]] = []
        totals = [np.zeros(((self.samples,) if array.batched else ()) + array.shape) for array in kernel.inputs]
        for i in range(len(values)):
            with _sample_named(i if self.samples else None):
                leaves, output, further = self._recorded_sample(i)
                values[i], *numbers = read_data([output, *further])
                aux.append(numbers)
                if gradient:
                    groups = [*leaves, *(store.leaves for store in kernel.stores)]
                    for array, total, found in zip(kernel.inputs, totals, _gradients(output, groups), strict=True):
                        target = total[i : i + 1] if array.batched else total
                        target += found.reshape(target.shape)
        given = [values, np.array(aux)] if kernel.gives_further else [values]
        return [*(numbers if self.samples else numbers[0] for numbers in given), *totals]

    def of_stores(self, results: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        """The derivatives with respect to the captured Values."""
        return results[self.recording.kernel.first_derivative + len(self.entries) :]

    def write(self, results: Sequence[np.ndarray]) -> None:
        """Set the ``grad`` of the captured Values."""
        for store, numbers in zip(self.recording.kernel.stores, self.of_stores(results), strict=True):
            write_grads(store.leaves, numbers.tolist())

    def value(self, results: Sequence[np.ndarray]) -> Any:
        """The value, or the value and the further numbers."""
        if not self.owner._has_aux:
            return self._shaped(results[0])
        aux = results[1] if self.recording.kernel.gives_further else np.empty(0)
        return self._shaped(results[0]), self._shaped(aux, aux.shape[-1:])

    def value_and_grad(self, results: Sequence[np.ndarray]) -> tuple[Any, Any]:
        """The value, and the derivatives in the form of the arguments."""
        derivatives = results[self.recording.kernel.first_derivative :]
        found = iter([entry.gradient(d) for entry, d in zip(self.entries, derivatives, strict=False)])
        parts = tuple(rebuilt(part, found) for part in self.structure)
        return self.value(results), parts[0] if len(parts) == 1 else parts

    def _shaped(self, numbers: np.ndarray, shape: tuple[int, ...] = ()) -> Any:
        if not self.samples:
            return numbers if shape else float(numbers)
        full = (self.samples, *shape)
        return np.broadcast_to(numbers, full).copy() if numbers.shape != full else numbers

    def direct(self, gradient: bool, arguments: Sequence[Any]) -> Callable[..., Any] | None:
        """What computes calls with floats, or with columns of them, without taking the arguments apart."""
        kernel, point = self.recording.kernel, self.recording.point
        types = set(map(type, arguments))
        if self.owner._has_aux:
            return None
        if types == {float} and point:
            return point.value_and_grad if gradient else point.value
        if types == {np.ndarray} and kernel.is_elementwise and all(entry.batched for entry in self.entries):
            with suppress(Troubled, FloatingPointError, *FAILED):
                source = kernel.source if gradient else kernel.value_source
                return elementwise(source, arguments, gradient, kernel.size(gradient))
        return None


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

    def _eagerly(self, batch: Sequence[Any]) -> list[np.ndarray]:
        again, groups = _replayed(self._output, [store.leaves for store in self.kernel.stores])
        return [np.array(read_data([again])[0]), *_gradients(again, groups)]

    @property
    def source(self) -> str:
        """The Python text of the value and its derivatives."""
        return self.kernel.source


def _pair(found: Any) -> tuple[Any, Any]:
    if not isinstance(found, tuple) or len(found) != 2:
        raise TypeError("with has_aux, the function returns a pair: its value, and a number or a list of them")
    return found[0], found[1]


def _gradients(output: Value, groups: Sequence[Sequence[Value]]) -> list[np.ndarray]:
    """The derivatives with respect to groups of leaves. Their ``grad`` is left alone: other threads may use it."""
    leaves = [leaf for group in groups for leaf in group]
    found = adjoints(topological_order(output), leaves, read_partial)
    if not all(math.isfinite(found.get(leaf, 0.0)) for leaf in leaves):
        output.backward()  # raises the error that names the place
    return [np.array([found.get(leaf, 0.0) for leaf in group]) for group in groups]


def _replayed(output: Value, groups: Sequence[Sequence[Value]]) -> tuple[Value, list[list[Value]]]:
    """The graph recorded again from the leaves' data, and its own leaves in the order of the given groups."""
    again: dict[int, Any] = {}
    for node in topological_order(output):
        if node.operation is None:
            data = read_data([node])[0]
            twin = as_constant(data) if node.is_constant else Value(data, label=node.label)
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
