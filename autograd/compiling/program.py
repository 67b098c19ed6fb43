"""The array program: its statements, their shapes, and the simplifications made as it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.views import Shape, View, find_view
from autograd.errors import OperationError
from autograd.operation import Operation
from autograd.term import Term
from autograd.value import Value

COMPARISONS = {
    operation.name
    for operation in (
        table.less, table.less_equal, table.greater, table.greater_equal, table.equal, table.not_equal
    )
}  # fmt: skip


class Array:
    """The result of one statement of the program: ``how`` it is computed from its operands, and with which ``detail``.

    input      given from outside
    constant   ``detail`` itself
    apply      the operation ``detail``, element by element, broadcast as in NumPy
    contract   products added up: ``detail`` names the axes of both operands and of the result, a letter each
    sum, max   over the axes in ``detail``, and over the samples if it says so
    view       a part, without a copy: ``detail`` is a View
    gather     the elements at the positions ``detail``
    assemble   zeros to which each operand is added, at its View or positions in ``detail``
    broadcast  repeated, to this shape

    The shape is that of one sample; a batched array has the samples as one more axis before it.
    """

    __slots__ = ("batched", "detail", "how", "name", "operands", "shape")

    def __init__(
        self,
        how: str,
        shape: Shape,
        batched: bool,
        operands: Sequence[Operand] = (),
        detail: Any = None,
        name: str = "",
    ) -> None:
        self.how = how
        self.shape = shape
        self.batched = batched
        self.operands = tuple(operands)
        self.detail = detail
        self.name = name

    @property
    def size(self) -> int:
        """The number of elements of one sample."""
        return math.prod(self.shape)

    @property
    def arrays(self) -> list[Array]:
        """The operands that are no plain numbers."""
        return [operand for operand in self.operands if isinstance(operand, Array)]

    def __repr__(self) -> str:
        return f"<{self.name or self.how} {self.shape}{' a sample' if self.batched else ''}>"


Operand = Array | float


@dataclass
class Store:
    """Leaves kept in one array: recorded numbers that were not among the arguments."""

    array: Array
    leaves: list[Value]


class Writer:
    """Writes a program: every method gives the array of a new statement, or an earlier one that is the same."""

    def __init__(self) -> None:
        self._written: dict[Any, Array] = {}

    def _write(
        self, how: str, shape: Shape, batched: bool, operands: Sequence[Operand], detail: Any = None, key: Any = None
    ) -> Array:
        known = (
            how,
            tuple(repr(o) if isinstance(o, float) else id(o) for o in operands),  # 0.0 is not -0.0
            detail if key is None else key,
            shape,
        )
        if known not in self._written:
            self._written[known] = Array(how, shape, batched, operands, detail)
        return self._written[known]

    def constant(self, numbers: np.ndarray) -> Operand:
        """Numbers of the program itself: one, if they are all the same."""
        return float(numbers.flat[0]) if are_all(numbers, numbers.flat[0]) else self.numbers(numbers)

    def numbers(self, numbers: np.ndarray) -> Array:
        """Numbers of the program itself, as an array."""
        return self._write("constant", numbers.shape, False, (), numbers, (numbers.tobytes(), numbers.shape))

    def apply(self, operation: Operation, *operands: Operand) -> Operand:
        """An operation, element by element, or something simpler of the same value, without internal operations."""
        if operation.expression is not None:
            return self.evaluate(operation.expression, *operands)
        simpler = _SIMPLER.get(operation.name)
        found: Operand | None = simpler(self, *operands) if simpler else None
        if found is not None:
            return found
        arrays = [operand for operand in operands if isinstance(operand, Array)]
        if not arrays:
            try:
                return float(operation.evaluate(*operands))
            except OperationError:  # raised when the program runs, if it matters there
                return math.nan
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        aligned = [self._aligned(operand, len(shape)) for operand in operands]
        return self._write("apply", shape, any(array.batched for array in arrays), aligned, operation, operation.name)

    def evaluate(self, rule: Callable[..., Any], *operands: Operand) -> Operand:
        """A rule of the table, run on arrays."""

        def write(operation: Operation, x: Any, y: Any) -> Any:
            written = self.apply(operation, *map(_meaning, (x, y)[: operation.arity]))
            return written if isinstance(written, float) else Term(written, write)

        numbers = [operand if isinstance(operand, float) else Term(operand, write) for operand in operands]
        return _meaning(rule(*numbers))

    def _aligned(self, operand: Operand, rank: int) -> Operand:
        """With axes of length 1 between the samples and the rest: NumPy aligns the last axes."""
        if isinstance(operand, float) or not operand.batched or len(operand.shape) == rank:
            return operand
        return self.reshape(operand, (1,) * (rank - len(operand.shape)) + operand.shape)

    def reshape(self, operand: Array, shape: Shape) -> Array:
        """The same elements in another shape."""
        return self.take(operand, np.arange(operand.size).reshape(shape))

    def take(self, operand: Array, positions: np.ndarray) -> Array:
        """The elements at these positions of the flattened operand: a view where that is possible."""
        view = find_view(positions, operand.shape)
        if view is None:
            key = (positions.tobytes(), positions.shape)
            return self._write("gather", positions.shape, operand.batched, [operand], positions, key)
        if not view.steps:
            return operand
        return self._write("view", view.shape, operand.batched, [operand], view, view.key)

    def sum(self, operand: Array, axes: Shape, samples: bool = False, how: str = "sum") -> Array:
        """The sum, or what else ``how`` says, over some axes, and over the samples if so asked."""
        samples = samples and operand.batched
        if not axes and not samples:
            return operand
        shape = tuple(size for axis, size in enumerate(operand.shape) if axis not in axes)
        return self._write(how, shape, operand.batched and not samples, [operand], (axes, samples))

    def contract(self, left: Array, right: Array, axes: tuple[str, str, str], samples: bool = False) -> Array:
        """Products added up, as einsum does: a letter for each axis of left, right and the result.

        ``samples`` asks to add them up over the samples, too.
        """
        if not (samples and (left.batched or right.batched)) and set(axes[0] + axes[1]) == set(axes[2]):
            outer = self.apply(
                table.multiply, *(self.along(x, a, axes[2]) for x, a in zip((left, right), axes, strict=False))
            )
            assert isinstance(outer, Array)
            return outer
        if (
            axes[0] == axes[1] == axes[2] + "k"
            and left.batched == right.batched
            and (left.batched or axes[2])
            and not samples
        ):
            rows = self.apply(table.multiply, left, right)  # row by row: no matrix product
            assert isinstance(rows, Array)
            return self.sum(rows, (len(axes[2]),))
        sizes = dict(zip(axes[0] + axes[1], left.shape + right.shape, strict=True))
        shape = tuple(sizes[axis] for axis in axes[2])
        batched = (left.batched or right.batched) and not samples
        return self._write("contract", shape, batched, [left, right], axes, (*axes, batched))

    def along(self, operand: Array, axes: str, out: str) -> Array:
        """With axes of length 1 where the result has axes that the operand has not."""
        if axes == out:
            return operand
        shape = iter(operand.shape)
        return self.reshape(
            operand, tuple(next(shape) if axis in axes else 1 for axis in out.lstrip(_missing(axes, out)))
        )

    def broadcast(self, operand: Operand, like: Array) -> Array:
        """The operand, repeated to the shape of another array."""
        if isinstance(operand, Array) and operand.shape == like.shape and operand.batched >= like.batched:
            return operand
        if isinstance(operand, Array):
            operand = self._aligned(operand, len(like.shape))
        sample = [like] if like.batched else []
        return self._write("broadcast", like.shape, like.batched, [operand, *sample])

    def assemble(self, parts: Sequence[tuple[Array, View | np.ndarray]], like: Array) -> Array:
        """Zeros in the shape of an array, to which each part is added at its place."""
        if len(parts) == 1:
            part, place = parts[0]
            positions = (place.positions if isinstance(place, View) else place).reshape(-1)
            if len(positions) == like.size and len(np.unique(positions)) == like.size:
                return self.take(part, np.argsort(positions).reshape(like.shape))
        places = tuple(place for _, place in parts)
        key = tuple(p.key if isinstance(p, View) else p.tobytes() for p in places)
        batched = any(part.batched for part, _ in parts)
        return self._write("assemble", like.shape, batched, [part for part, _ in parts], places, key)


def _meaning(number: Any) -> Operand:
    return number.meaning if isinstance(number, Term) else number  # type: ignore[no-any-return]


def are_all(numbers: np.ndarray, number: Any) -> bool:
    """Whether numbers are all the same as this: 0.0 is not -0.0."""
    return bool((numbers == number).all()) and bool((np.signbit(numbers) == np.signbit(number)).all())


def _missing(axes: str, out: str) -> str:
    """The axes of the result before the first that the operand has: NumPy brings them in."""
    return out[: min((out.index(axis) for axis in axes), default=len(out))]


# What an operation is simpler written as; None where it is simple enough -------------------------


def _is(operand: Operand, operation: Operation) -> bool:
    return isinstance(operand, Array) and operand.how == "apply" and operand.detail is operation


def is_truth(operand: Operand) -> bool:
    """Whether this is the result of a comparison."""
    return isinstance(operand, Array) and operand.how == "apply" and operand.detail.name in COMPARISONS


def _add(writer: Writer, x: Operand, y: Operand) -> Operand | None:
    if x == 0.0:
        return y
    if y == 0.0:
        return x
    if _is(y, table.neg):
        return writer.apply(table.subtract, x, y.operands[0])  # type: ignore[union-attr]
    if _is(x, table.neg):
        return writer.apply(table.subtract, y, x.operands[0])  # type: ignore[union-attr]
    return None


def _subtract(writer: Writer, x: Operand, y: Operand) -> Operand | None:
    if y == 0.0:
        return x
    if x == 0.0:
        return writer.apply(table.neg, y)
    return writer.apply(table.add, x, y.operands[0]) if _is(y, table.neg) else None  # type: ignore[union-attr]


def _multiply(writer: Writer, x: Operand, y: Operand) -> Operand | None:
    for this, other in ((x, y), (y, x)):
        if isinstance(this, float) and this in (
            1.0,
            -1.0,
        ):  # a product with 0 stays: the other factor may have no value
            return other if this == 1.0 else writer.apply(table.neg, other)
        if _is(this, table.neg):
            return writer.apply(table.neg, writer.apply(table.multiply, this.operands[0], other))  # type: ignore[union-attr]
        if _is(this, table.divide) and this.operands[0] == 1.0:  # type: ignore[union-attr]
            return writer.apply(table.divide, other, this.operands[1])  # type: ignore[union-attr]
        if isinstance(this, float) and _is(other, table.multiply) and isinstance(other.operands[0], float):  # type: ignore[union-attr]
            both = this * other.operands[0]  # type: ignore[union-attr]
            if both == 0.0 or 1e-100 < abs(both) < 1e100:  # else it may overflow where the product does not
                return writer.apply(table.multiply, both, other.operands[1])  # type: ignore[union-attr]
    if (isinstance(y, float) and isinstance(x, Array)) or (is_truth(x) and isinstance(y, Array) and not is_truth(y)):
        return writer.apply(table.multiply, y, x)  # a number comes first, what is true or false last
    return None


def _divide(writer: Writer, x: Operand, y: Operand) -> Operand | None:
    if y == 1.0:
        return x
    if _is(x, table.neg):
        return writer.apply(table.neg, writer.apply(table.divide, x.operands[0], y))  # type: ignore[union-attr]
    return None


def _neg(writer: Writer, x: Operand) -> Operand | None:
    return x.operands[0] if _is(x, table.neg) else None  # type: ignore[union-attr]


_SIMPLER: dict[str, Any] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "neg": _neg,
    "pos": lambda writer, x: x,
}


def statements(results: Sequence[Operand]) -> list[Array]:
    """Every array that the results depend on, operands first."""
    order: dict[int, Array] = {}
    waiting: list[Any] = list(reversed(results))
    while waiting:
        array = waiting.pop()
        if isinstance(array, float) or id(array) in order:
            continue
        missing = [operand for operand in array.arrays if id(operand) not in order]
        if missing:
            waiting.append(array)
            waiting.extend(reversed(missing))
        else:
            order[id(array)] = array
    return list(order.values())


def used_as_bits(order: Sequence[Array], results: Sequence[Operand]) -> set[int]:
    """The comparisons whose results are only multiplied with numbers: they can stay booleans."""
    found = {id(array) for array in order if is_truth(array)}
    for array in order:
        factors = array.how == "apply" and array.detail is table.multiply
        if not factors or is_truth(array.operands[0]):
            found -= {id(operand) for operand in array.arrays}
    return found - {id(result) for result in results}


def matrix_product(left: str, right: str, out: str) -> list[tuple[int, tuple[str, str]]] | None:
    """How to write a contraction with ``@``: which operand comes first, and how each is to be rearranged; else None.

    A rearrangement is nothing, "T", "flat" (the axes that are added up made one) or "flat T"; with it the axis that
    is left.

    >>> matrix_product("jk", "ik", "ij")
    [(1, ('', 'k')), (0, ('T', 'k'))]
    """
    found = []
    for (i, a), (k, b) in (((0, left), (1, right)), ((1, right), (0, left))):
        how = _sides(a, b, out)
        if how is not None:
            found.append([(i, how[0]), (k, how[1])])
    return min(found, key=lambda sides: sum("T" in how for _, (how, _) in sides), default=None)


def _sides(a: str, b: str, out: str) -> tuple[tuple[str, str], tuple[str, str]] | None:
    run = "".join(axis for axis in a if axis in b)
    if not run or set(run) & set(out) or "".join(axis for axis in a + b if axis not in run) != out:
        return None
    if len(run) == 1:
        before = "" if a[-1] == run else "T" if len(a) == 2 else None
        after = "" if b[0] == run else "T" if len(b) == 2 else None
        if before is None or after is None or (len(a) > 2 and len(b) > 2) or len(b) > 2:
            return None
        return (before, a[-1]), (after, b[-1])
    if not a.startswith(run) or not b.startswith(run) or max(len(a), len(b)) > len(run) + 1:
        return None
    return ("flat T", a[-1]) if a != run else ("flat", ""), ("flat", b[-1] if b != run else "")
