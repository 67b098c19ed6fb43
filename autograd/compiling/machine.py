"""An array program bound to buffers: NumPy calls that allocate nothing, run one after the other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.functions import in_numpys_functions, numpy_function
from autograd.compiling.products import Factor, matrix_product, stacked_product
from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Broadcast,
    Constant,
    Contract,
    Gather,
    Mask,
    Operand,
    Part,
    Pick,
    Reduce,
    Scatter,
    is_whole,
    positions_of,
    statements,
    used_as_bits,
)
from autograd.compiling.unrolled import unrolled
from autograd.compiling.views import is_run, part_of
from autograd.floats import floating_point, is_finite

Call = Callable[[], Any]
# From so many multiplications on, BLAS may compute a product of matrices, or of matrix and vector, in threads of its
# own, whose overflows NumPy does not see.
LARGE = 2**13, 2**17
OWN_MEMORY = (
    Apply | Contract | Reduce | Assemble | Pick | Scatter | Mask
)  # statements whose results are written to buffers of their own


class Troubled(Exception):
    """A run met a number that is not finite, or an operation that has no value."""


def check_finite(numbers: np.ndarray) -> None:
    """Raise Troubled unless all numbers are finite."""
    if not is_finite(numbers):
        raise Troubled


@cache
def _products_raise() -> bool:
    """Whether NumPy raises when a matrix product overflows here: that depends on the library that it uses."""
    large = np.full((16, 16), 1e308)
    try:
        with np.errstate(over="raise"):
            np.dot(large, large)
    except FloatingPointError:
        return True
    return False


class Machine:
    """The results of a program for so many samples, in buffers that every run fills anew.

    ``inputs`` holds, for each input, the array that is read; its contents may change between runs. Those that are
    ``doubtful`` are checked before each run; the others are known to be finite.
    """

    def __init__(
        self,
        results: Sequence[Operand],
        inputs: Mapping[Array, np.ndarray],
        samples: int = 1,
        doubtful: Sequence[np.ndarray] = (),
    ) -> None:
        self.calls: list[Call] = [partial(check_finite, numbers) for numbers in doubtful]
        self.samples = samples
        self.buffers: dict[Array, np.ndarray] = dict(inputs)
        results = in_numpys_functions(unrolled(results))
        order = statements(results)
        self._uses = Counter(operand for array in order for operand in array.arrays)
        self._uses.update(result for result in results if isinstance(result, Array))
        self._targets: dict[Array, np.ndarray] = {}
        self._bits = used_as_bits(order, results)
        for array in order:
            if isinstance(array, Assemble):
                self._aim(array)
        for array in order:
            if array not in self.buffers:
                self.buffers[array] = self._bound(array)
        self.results = [np.asarray(self._operand(result)) for result in results]
        self._run: Call = partial(floating_point("raise").run, self._all)

    def run(self) -> list[np.ndarray]:
        """Fill the buffers; raises Troubled where a number overflows or an operation has no value."""
        try:
            self._run()
        except FloatingPointError:
            raise Troubled from None
        return self.results

    def _all(self) -> None:
        for call in self.calls:
            call()

    # Buffers ---------------------------------------------------------------------------------------

    def _full_shape(self, array: Array) -> tuple[int, ...]:
        return (self.samples, *array.shape) if array.batched else array.shape

    def _buffer(self, array: Array) -> np.ndarray:
        """Where the result of a statement goes: into an operand that nothing else needs, or memory of its own."""
        if array in self._targets:
            return self._targets[array]
        if isinstance(array, Apply) and array not in self._bits:
            for operand in array.arrays:
                mine = isinstance(operand, OWN_MEMORY) and operand not in self._bits and self._uses[operand] == 1
                if mine and self._full_shape(operand) == self._full_shape(array):
                    return self.buffers[operand]
        dtype = bool if array in self._bits else np.intp if is_whole(array) else float
        return np.empty(self._full_shape(array), dtype)

    def _aim(self, array: Assemble) -> None:
        """Let the parts of an assembled array be computed in their places."""
        positions = np.concatenate([positions_of(place) for place in array.places])
        if array.batched or not array.size == len(positions) == len(np.unique(positions)):
            return
        whole = np.empty(array.shape)
        flat = whole.reshape(-1)
        for part, place in zip(array.arrays, array.places, strict=True):
            run = positions_of(place)
            alone = isinstance(part, Apply | Contract | Reduce) and part not in self._bits and self._uses[part] == 1
            if alone and is_run(run):
                self._targets[part] = flat[run[0] : run[-1] + 1].reshape(part.shape)
        self._targets[array] = whole

    def _operand(self, operand: Operand) -> Any:
        return operand if isinstance(operand, float) else self.buffers[operand]

    # Statements ------------------------------------------------------------------------------------

    def _bound(self, array: Array) -> np.ndarray:
        """The buffer of a statement's result; what fills it is added to the calls."""
        match array:
            case Constant(numbers=numbers):
                return numbers
            case Broadcast(operands=(operand, *_)):
                return np.broadcast_to(self._operand(operand), self._full_shape(array))
            case Part():
                return self._part(array)
            case Apply():
                self._apply(array, out := self._buffer(array))
            case Contract():
                self._contract(array, out := self._buffer(array))
            case Reduce():
                self._reduce(array, out := self._buffer(array))
            case Gather():
                self._gather(array, out := self._buffer(array))
            case Assemble():
                self._assemble(array, out := self._buffer(array))
            case Pick():
                self._pick(array, out := self._buffer(array))
            case Mask(operands=(operand,), there=there, number=number):
                out = self._buffer(array)
                self.calls.append(partial(np.copyto, out, self._operand(operand)))
                self.calls.append(partial(np.copyto, out, number, where=~there))
            case Scatter():
                self._scatter(array, out := self._buffer(array))
            case _:
                raise NotImplementedError(type(array))
        return out

    def _apply(self, array: Apply, out: np.ndarray) -> None:
        function = numpy_function(array.operation)
        operands = [self._operand(operand) for operand in array.operands]
        outer = _outer(operands) if array.operation is table.multiply else None
        if outer:  # far faster than NumPy's loops, which go along the short axis
            self._multiply(np.dot, *outer, out)
        elif isinstance(function, np.ufunc):
            self.calls.append(partial(function, *operands, out=out))
        else:
            self.calls.append(lambda: np.copyto(out, function(*operands)))

    def _contract(self, array: Contract, out: np.ndarray) -> None:
        axes = ["n" * x.batched + letters for x, letters in zip((*array.arrays, array), array.axes, strict=True)]
        sides = [self.buffers[operand] for operand in array.arrays]
        factors = [_factor(sides[factor.side], factor) for factor in matrix_product(*axes) or ()]
        if factors and all(factor is not None for factor in factors):
            first, second = factors
            self._multiply(np.dot if max(first.ndim, second.ndim) <= 2 else np.matmul, first, second, out)  # type: ignore[union-attr, arg-type]
        elif orders := stacked_product(*axes):
            first, second, third = (x.transpose(order) for x, order in zip((*sides, out), orders, strict=True))
            self._multiply(np.matmul, first, second, third)
        else:
            self.calls.append(partial(np.einsum, f"{axes[0]},{axes[1]}->{axes[2]}", *sides, out=out))
            self.calls.append(partial(check_finite, out))  # einsum never raises

    def _multiply(self, function: Callable[..., Any], left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
        """A matrix product, and a check of its result where NumPy may not notice an overflow."""
        self.calls.append(partial(function, left, right, out=out))
        rows, columns = left.size // left.shape[-1], right.size // left.shape[-1]
        if left.size * columns > LARGE[min(rows, columns) > 1] or not _products_raise():
            self.calls.append(partial(check_finite, out))

    def _reduce(self, array: Reduce, out: np.ndarray) -> None:
        (operand,) = array.arrays
        source = self.buffers[operand]
        over = tuple(sorted([axis + operand.batched for axis in array.axes] + [0] * array.samples))
        if array.operation is table.add and source.flags.c_contiguous and source.dtype == float:
            # An inner product with ones is faster than a sum along an axis.
            if over == tuple(range(len(over))):
                matrix = source.reshape(math.prod(source.shape[: len(over)]), -1)
                self._multiply(np.dot, np.ones(len(matrix)), matrix, out.reshape(-1))
                return
            if over == tuple(range(source.ndim - len(over), source.ndim)):
                matrix = source.reshape(-1, math.prod(source.shape[-len(over) :]))
                self._multiply(np.dot, matrix, np.ones(matrix.shape[1]), out.reshape(-1))
                return
        self.calls.append(partial(numpy_function(array.operation).reduce, source, axis=over, out=out))  # type: ignore[attr-defined]

    def _part(self, array: Part) -> np.ndarray:
        (operand,) = array.arrays
        source = self.buffers[operand]
        part = part_of(source, array.view, operand.batched)
        if np.may_share_memory(source, part):
            return part
        out = self._buffer(array)
        self.calls.append(lambda: np.copyto(out, part_of(source, array.view, operand.batched)))
        return out

    def _gather(self, array: Gather, out: np.ndarray) -> None:
        source = self.buffers[array.arrays[0]]
        shape = (self.samples, -1) if array.batched else (-1,)
        take = partial(np.take, indices=array.positions, axis=-1, out=out, mode="clip")
        flat = source.reshape(shape)
        self.calls.append(
            partial(take, flat) if np.may_share_memory(source, flat) else lambda: take(source.reshape(shape))
        )

    def _pick(self, array: Pick, out: np.ndarray) -> None:
        rows, places = (self.buffers[operand] for operand in array.arrays)
        batched, others = (operand.batched for operand in array.arrays)
        if not array.paired and not (batched and others):
            self.calls.append(partial(np.take, rows, places, axis=int(batched), out=out, mode="clip"))
        else:
            where = self._picked_from(batched, array)
            self.calls.append(lambda: np.copyto(out, rows[where]))

    def _scatter(self, array: Scatter, out: np.ndarray) -> None:
        added = self.buffers[array.arrays[0]]
        where = self._picked_from(array.batched, array)
        self.calls.append(partial(out.fill, 0.0))
        self.calls.append(lambda: np.add.at(out, where, added))

    def _picked_from(self, batched: bool, array: Pick | Scatter) -> Any:
        """The index of the elements that are picked from rows, batched or not."""
        places = array.arrays[1]
        where: list[Any] = [np.arange(places.shape[0])] if array.paired else []
        if batched:
            samples = np.arange(self.samples).reshape(-1, *[1] * len(places.shape))
            where.insert(0, samples if places.batched else slice(None))
        return (*where, self.buffers[places])

    def _assemble(self, array: Assemble, out: np.ndarray) -> None:
        flat = out.reshape(self.samples, -1) if array.batched else out.reshape(-1)
        covered = array in self._targets
        if not covered:
            self.calls.append(partial(flat.fill, 0.0))
        for part, place in zip(array.arrays, array.places, strict=True):
            if part in self._targets and np.may_share_memory(self._targets[part], out):
                continue
            source = np.broadcast_to(self.buffers[part], (*flat.shape[:-1], *part.shape))
            self.calls.append(_placing(flat, positions_of(place), source, covered))


def _outer(operands: Sequence[Any]) -> tuple[np.ndarray, np.ndarray] | None:
    """The column and the row, where every element of the one is multiplied with every one of the other."""
    column, row = sorted(operands, key=lambda operand: -np.ndim(operand))
    if np.ndim(column) != 2 or np.ndim(row) != 1 or column.shape[1] != 1 or column.dtype != float or row.dtype != float:
        return None
    return column, row.reshape(1, -1)


def _placing(flat: np.ndarray, positions: np.ndarray, source: np.ndarray, alone: bool) -> Call:
    steps = np.diff(positions)
    shape = (*flat.shape[:-1], -1)
    if len(steps) == 0 or ((steps == steps[0]).all() and steps[0] > 0):
        step = int(steps[0]) if len(steps) else 1
        target = flat[..., int(positions[0]) : int(positions[-1]) + 1 : step]
        if alone:
            return lambda: np.copyto(target, source.reshape(shape))
        return lambda: np.add(target, source.reshape(shape), out=target)
    if len(np.unique(positions)) < len(positions):
        where: Any = (..., positions)
        return lambda: np.add.at(flat, where, source.reshape(shape))

    def place() -> None:
        flat[..., positions] += source.reshape(shape)

    def put() -> None:
        flat[..., positions] = source.reshape(shape)

    return put if alone else place


def _factor(side: np.ndarray, factor: Factor) -> np.ndarray | None:
    """The factor of a matrix product, as a view; None where that needs a copy."""
    if factor.flat:
        if not side.flags.c_contiguous:
            return None
        side = side.reshape(-1, side.shape[-1]) if factor.kept else side.reshape(-1)
    return side.T if factor.transposed else side
