"""How an array program is written: each statement once, and in its simplest form."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Broadcast,
    Constant,
    Contract,
    Each,
    Gather,
    Input,
    Last,
    Loop,
    Mask,
    Operand,
    Part,
    Pick,
    Place,
    Reduce,
    Scatter,
    positions_of,
)
from autograd.compiling.simplifying import simpler
from autograd.compiling.views import Shape, View, find_view
from autograd.errors import OperationError
from autograd.operation import Operation
from autograd.term import evaluated


class Writer:
    """Writes a program: every method gives the array of a new statement, or an earlier one that is the same."""

    def __init__(self) -> None:
        self._written: dict[Hashable, Array] = {}

    def _once(self, array: Array, *details: Hashable) -> Array:
        """This statement, or the earlier one of the same operands and details."""
        operands = tuple(repr(o) if isinstance(o, float) else o for o in array.operands)  # 0.0 is not -0.0
        return self._written.setdefault((type(array), array.shape, array.batched, operands, details), array)

    def constant(self, numbers: np.ndarray) -> Operand:
        """Numbers of the program itself: one, if they are all the same."""
        return float(numbers.flat[0]) if are_all(numbers, numbers.flat[0]) else self.numbers(numbers)

    def numbers(self, numbers: np.ndarray) -> Array:
        """Numbers of the program itself, as an array."""
        numbers = np.asarray(numbers, dtype=float)
        return self._once(Constant(numbers.shape, False, numbers), numbers.tobytes())

    def apply(self, operation: Operation, *operands: Operand) -> Operand:
        """An operation, element by element, or something simpler of the same value, without internal operations."""
        if operation.expression is not None:
            return self.evaluate(operation.expression, *operands)
        found = simpler(self.apply, operation, *operands)
        if found is not None:
            return found
        arrays = [operand for operand in operands if isinstance(operand, Array)]
        if not arrays:
            try:
                return float(operation.evaluate(*operands))
            except OperationError:  # raised when the program runs, if it matters there
                return math.nan
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        aligned = tuple(self._aligned(operand, len(shape)) for operand in operands)
        batched = any(array.batched for array in arrays)
        return self._once(Apply(shape, batched, operation, operands=aligned), operation)

    def evaluate(self, rule: Callable[..., Any], *operands: Operand) -> Operand:
        """A rule of the table, run on arrays."""
        return evaluated(rule, operands, self.apply)  # type: ignore[no-any-return]

    def _aligned(self, operand: Operand, rank: int) -> Operand:
        """With axes of length 1 between the samples and the rest: NumPy aligns the last axes."""
        if isinstance(operand, float) or not operand.batched or len(operand.shape) == rank:
            return operand
        return self.reshape(operand, (1,) * (rank - len(operand.shape)) + operand.shape)

    def reshape(self, operand: Array, shape: Shape) -> Array:
        """The same elements in another shape."""
        return self.take(operand, np.arange(operand.size).reshape(shape))

    def take(self, operand: Array, positions: np.ndarray) -> Array:
        """The elements at these positions of the flattened operand: a view where that is possible.

        A view of a view is one of the array itself, unless that is an input, whose parts have names.
        """
        while isinstance(operand, Part) and not isinstance(operand.arrays[0], Input):
            positions = operand.view.positions.reshape(-1)[positions]
            operand = operand.arrays[0]
        view = find_view(positions, operand.shape)
        if view is None:
            gather = Gather(positions.shape, operand.batched, positions, operands=(operand,))
            return self._once(gather, positions.tobytes())
        if not view.steps:
            return operand
        return self.part(operand, view)

    def part(self, operand: Array, view: View) -> Array:
        """A view of an array."""
        return self._once(Part(view.shape, operand.batched, view, operands=(operand,)), view.key)

    def pick(self, rows: Array, places: Array, paired: bool) -> Array:
        """The rows at these places; or, ``paired``, from each row the element at its place."""
        shape = places.shape if paired else places.shape + rows.shape[1:]
        return self._once(Pick(shape, rows.batched or places.batched, paired, operands=(rows, places)), paired)

    def scatter(self, added: Array, places: Array, rows: Array, paired: bool) -> Array:
        """Zeros in the shape of some rows, to which numbers are added at the places that they would be picked from."""
        return self._once(Scatter(rows.shape, rows.batched, paired, operands=(added, places)), paired)

    def mask(self, operand: Array, there: np.ndarray, number: float) -> Array:
        """The operand where ``there`` is true, a number elsewhere."""
        for axis in range(there.ndim):
            first = there.take([0], axis)
            there = first if (there == first).all() else there
        while isinstance(operand, Mask) and np.array_equal(operand.there, there):
            operand = operand.arrays[0]
        mask = Mask(operand.shape, operand.batched, there, number, operands=(operand,))
        return self._once(mask, there.shape, there.tobytes(), repr(number))

    def reduce(self, operand: Array, axes: Shape, samples: bool = False, operation: Operation = table.add) -> Array:
        """The sum over some axes, and over the samples if so asked; or, by ``maximum``, the greatest."""
        samples = samples and operand.batched
        if not axes and not samples:
            return operand
        shape = tuple(size for axis, size in enumerate(operand.shape) if axis not in axes)
        batched = operand.batched and not samples
        return self._once(Reduce(shape, batched, operation, axes, samples, operands=(operand,)), operation, axes)

    def contract(self, left: Array, right: Array, axes: tuple[str, str, str], samples: bool = False) -> Array:
        """Products added up, as einsum does: a letter for each axis of left, right and the result.

        ``samples`` asks to add them up over the samples, too.
        """
        batched = left.batched or right.batched
        summed = set(axes[0] + axes[1]) - set(axes[2])
        if not summed and not (samples and batched):
            return self._product(self.along(left, axes[0], axes[2]), self.along(right, axes[1], axes[2]))
        row_by_row = axes[0] == axes[1] == axes[2] + "k" and left.batched == right.batched
        if row_by_row and (left.batched or axes[2]) and not samples:  # no matrix product
            return self.reduce(self._product(left, right), (len(axes[2]),))
        sizes = dict(zip(axes[0] + axes[1], left.shape + right.shape, strict=True))
        shape = tuple(sizes[axis] for axis in axes[2])
        return self._once(Contract(shape, batched and not samples, axes, operands=(left, right)), axes)

    def _product(self, left: Array, right: Array) -> Array:
        product = self.apply(table.multiply, left, right)
        assert isinstance(product, Array)
        return product

    def along(self, operand: Array, axes: str, out: str) -> Array:
        """With its axes in the order of the result's, and of length 1 where that has some that the operand has not."""
        if axes == out:
            return operand
        order = sorted(axes, key=out.index)
        positions = np.arange(operand.size).reshape(operand.shape)
        operand = self.take(operand, positions.transpose([axes.index(axis) for axis in order]))
        shape = iter(operand.shape)
        kept = out.lstrip(_missing(axes, out))
        return self.reshape(operand, tuple(next(shape) if axis in axes else 1 for axis in kept))

    def broadcast(self, operand: Operand, like: Array) -> Array:
        """The operand, repeated to the shape of another array."""
        if isinstance(operand, Array) and operand.shape == like.shape and operand.batched >= like.batched:
            return operand
        if isinstance(operand, Array):
            operand = self._aligned(operand, len(like.shape))
        sample = (like,) if like.batched else ()
        return self._once(Broadcast(like.shape, like.batched, operands=(operand, *sample)))

    def repeated(self, operand: Operand, like: Array, outside: Sequence[Array]) -> Array:
        """The operand, repeated to the shape of an array in a loop; one of those ``outside`` shows how many samples."""
        if isinstance(operand, Array) and operand.shape == like.shape and operand.batched >= like.batched:
            return operand
        samples = [array for array in outside if array.batched][:1] if like.batched else []
        return self._once(Broadcast(like.shape, like.batched, operands=(operand, *samples)))

    def each(self, loop: Loop, inner: Array) -> Array:
        """What something in a loop is at each step."""
        return self._once(Each((loop.steps, *inner.shape), inner.batched, inner, operands=(loop,)), inner)

    def last(self, loop: Loop, carried: Input) -> Array:
        """What is carried out of the last step of a loop."""
        return self._once(Last(carried.shape, carried.batched, carried, operands=(loop,)), carried)

    def assemble(self, parts: Sequence[tuple[Array, Place]], shape: Shape) -> Array:
        """Zeros of this shape, to which each part is added at its place."""
        if len(parts) == 1:
            part, place = parts[0]
            positions = positions_of(place)
            if len(positions) == math.prod(shape) == len(np.unique(positions)):
                return self.take(part, np.argsort(positions).reshape(shape))
        arrays, places = zip(*parts, strict=True)
        key = tuple(place.key if isinstance(place, View) else place.tobytes() for place in places)
        batched = any(part.batched for part in arrays)
        return self._once(Assemble(shape, batched, places, operands=arrays), key)


def are_all(numbers: np.ndarray, number: Any) -> bool:
    """Whether numbers are all the same as this: 0.0 is not -0.0."""
    return bool((numbers == number).all()) and bool((np.signbit(numbers) == np.signbit(number)).all())


def _missing(axes: str, out: str) -> str:
    """The axes of the result before the first that the operand has: NumPy brings them in."""
    return out[: min((out.index(axis) for axis in axes), default=len(out))]
