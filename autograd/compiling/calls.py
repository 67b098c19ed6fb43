"""One call of a compiled function: its arguments taken apart, what is recorded for them, and the results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np

from autograd.compiling.arguments import Entry, Structure, common_size, rebuilt
from autograd.compiling.elementwise import elementwise
from autograd.compiling.expose import shown
from autograd.compiling.kernel import Kernel, Results
from autograd.compiling.machine import Troubled
from autograd.compiling.point import FAILED, Point, point_of
from autograd.compiling.program import Input
from autograd.compiling.recording import load, recorded
from autograd.errors import OperationError
from autograd.graph import adjoints, topological_order
from autograd.picking import Picked, picking
from autograd.sweep import read_data, read_partial, store_grads
from autograd.value import Value, as_constant

Function = Callable[..., Any]
"""A function of numbers."""


class Owner(Protocol):
    """The compiled function that is called."""

    __name__: str
    function: Function
    target: str
    has_aux: bool


@dataclass(frozen=True)
class Recording:
    """What was recorded: an array program, and the same at one point, where that is faster."""

    kernel: Kernel
    point: Point | None


class Call:
    """The arguments of one call, taken apart, and what comes of them; ``recording`` is set once it is known."""

    recording: Recording

    def __init__(self, owner: Owner, parts: list[Structure], entries: list[Entry]) -> None:
        self.owner = owner
        self.structure = parts
        self.entries = entries
        self.samples = common_size({entry.name: len(entry.numbers) for entry in entries if entry.batched})

    def record(self) -> Recording:
        """The function, recorded for arguments like these."""
        try:
            with sample_named(0 if self.samples else None):
                leaves, output, further, picked = recorded(self._recorded)
        except TypeError as error:
            lists = [entry.name for entry in self.entries if entry.listed]
            if lists:
                error.add_note(
                    f"{lists[0]} is one argument of several numbers, since it is a list: a batch is an array."
                )
            raise
        places = {each.place for each in picked.values()}
        given = [
            (Input(entry.shape, entry.batched, entry.name, not places.isdisjoint(values)), values)
            for entry, values in zip(self.entries, leaves, strict=True)
        ]
        kernel = Kernel(self.owner.__name__, output, given, self.owner.target, further, picked)
        flat = [leaf for values in leaves for leaf in values]
        alone = not self.samples and not picked and self.owner.target == "numpy"
        return Recording(kernel, point_of(output, flat, further, kernel.size()) if alone else None)

    def check_places(self) -> None:
        """TypeError where an argument has to hold places, and does not hold whole numbers."""
        for entry, array in zip(self.entries, self.recording.kernel.given, strict=True):
            if array.whole and not entry.whole:
                raise TypeError(f"take counts places by the argument {entry.name}: it holds whole numbers (int)")

    def _recorded(self) -> tuple[list[list[Value]], Value, list[Value], dict[Value, Picked]]:
        """The first sample: a leaf for every number, the results, and what was picked by the whole ones."""
        leaves = [entry.leaves(0) for entry in self.entries]
        whole = [(values, entry.places(0)) for entry, values in zip(self.entries, leaves, strict=True) if entry.whole]
        with picking(pair for each in whole for pair in zip(*each, strict=True)) as picks:
            return leaves, *self._output(leaves), picks.picked

    def _output(self, leaves: Sequence[Sequence[Any]]) -> tuple[Value, list[Value]]:
        """The number to differentiate, and the further ones, for a leaf or a place for every number."""
        shaped = iter([entry.like(values) for entry, values in zip(self.entries, leaves, strict=True)])
        output: Any = self.owner.function(*[rebuilt(part, shaped) for part in self.structure])
        further: list[Value] = []
        if self.owner.has_aux:
            output, aux = _pair(output)
            further = [as_constant(number) for number in (aux if isinstance(aux, list | tuple) else [aux])]
        if output is None or isinstance(output, list | tuple) or getattr(output, "ndim", 0) > 0:
            raise TypeError(f"a function to compile returns one number, not {type(output).__name__}")
        return as_constant(output), further

    # Results: the value, the further numbers, and the derivatives with respect to entries and captured Values ------

    def results(self, gradient: bool) -> Results:
        """The results of this call."""
        kernel, point = self.recording.kernel, self.recording.point
        failures = FAILED if point else (Troubled,)
        try:
            if point:
                return self._at(point)
            captured = [load(store.leaves, np.empty(len(store.leaves))) for store in kernel.stores]
            return kernel.run([*[entry.numbers for entry in self.entries], *captured], max(1, self.samples), gradient)
        except failures:
            return self.eagerly(gradient)

    def _at(self, point: Point) -> Results:
        numbers = [number for entry in self.entries for number in entry.numbers.reshape(-1).tolist()]
        value, further, derivatives = point.everything(*numbers)
        left = iter(derivatives)
        gradients = [np.array(list(islice(left, entry.numbers.size))).reshape(entry.shape) for entry in self.entries]
        captured = dict(zip(point.captured, left, strict=True))
        stores = [np.array([captured[leaf] for leaf in store.leaves]) for store in self.recording.kernel.stores]
        return Results(np.array(value), np.array(further) if further else None, [*gradients, *stores])

    def eagerly(self, gradient: bool) -> Results:
        """The same results from the eager engine, or its error, with the sample that it comes from."""
        kernel = self.recording.kernel
        values = np.empty(max(1, self.samples))
        aux: list[list[float]] = []
        totals = [np.zeros(((self.samples,) if array.batched else ()) + array.shape) for array in kernel.inputs]
        for i in range(len(values)):
            with sample_named(i if self.samples else None):
                leaves = [
                    entry.places(i) if array.whole else entry.leaves(i)
                    for entry, array in zip(self.entries, kernel.given, strict=True)
                ]
                output, further = self._output(leaves)
                values[i], *numbers = read_data([output, *further])
                aux.append(numbers)
                if gradient:
                    groups = [*leaves, *(store.leaves for store in kernel.stores)]
                    for array, total, found in zip(kernel.inputs, totals, gradients_of(output, groups), strict=True):
                        target = total[i : i + 1] if array.batched else total
                        target += found.reshape(target.shape)
        given = slice(None) if self.samples else 0
        return Results(values[given], np.array(aux)[given] if kernel.gives_further else None, totals)

    def of_stores(self, results: Results) -> list[np.ndarray]:
        """The derivatives with respect to the captured Values."""
        return results.gradients[len(self.entries) :]

    def write(self, results: Results) -> None:
        """Set the ``grad`` of the captured Values."""
        for store, numbers in zip(self.recording.kernel.stores, self.of_stores(results), strict=True):
            store_grads(store.leaves, np.asarray(numbers, float))

    def value(self, results: Results) -> Any:
        """The value, or the value and the further numbers."""
        if not self.owner.has_aux:
            return self._shaped(results.value)
        aux = np.empty(0) if results.aux is None else results.aux
        return self._shaped(results.value), self._shaped(aux, aux.shape[-1:])

    def value_and_grad(self, results: Results) -> tuple[Any, Any]:
        """The value, and the derivatives in the form of the arguments."""
        inputs = zip(self.entries, self.recording.kernel.given, results.gradients, strict=False)
        found = iter([None if array.whole else entry.gradient(d) for entry, array, d in inputs])
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
        if self.owner.has_aux:
            return None
        if types == {float} and point:
            return point.value_and_grad if gradient else point.value
        if types == {np.ndarray} and kernel.is_elementwise and all(entry.batched for entry in self.entries):
            with suppress(Troubled, FloatingPointError, *FAILED):
                source = kernel.source if gradient else kernel.value_source
                visible = shown(kernel.program.value)
                hidden = [i for i, array in enumerate(kernel.given) if array not in visible]
                return elementwise(source.text, arguments, gradient, kernel.size(gradient), hidden)
        return None


def _pair(found: Any) -> tuple[Any, Any]:
    if not isinstance(found, tuple) or len(found) != 2:
        raise TypeError("with has_aux, the function returns a pair: its value, and a number or a list of them")
    return found[0], found[1]


def gradients_of(output: Value, groups: Sequence[Sequence[Any]]) -> list[np.ndarray]:
    """The derivatives with respect to groups of leaves. Their ``grad`` is left alone: other threads may use it."""
    leaves = [leaf for group in groups for leaf in group]
    found = adjoints(topological_order(output), leaves, read_partial)
    if not all(math.isfinite(found.get(leaf, 0.0)) for leaf in leaves):
        output.backward()  # raises the error that names the place
    return [np.array([found.get(leaf, 0.0) for leaf in group]) for group in groups]


@contextmanager
def sample_named(i: int | None) -> Iterator[None]:
    try:
        yield
    except OperationError as error:
        if i is None:
            raise
        raise type(error)(f"sample {i}: {error}", error.operation, error.operands) from None
