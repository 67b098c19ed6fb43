"""An array program bound to buffers: NumPy calls that allocate nothing, run one after the other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.names import HELPERS, notation, preamble
from autograd.compiling.program import Array, Operand, matrix_product, statements, used_as_bits
from autograd.compiling.views import View
from autograd.floats import floating_point, is_finite
from autograd.operation import OPERATIONS

Call = Callable[[], Any]
# From so many multiplications on, BLAS may compute a product of matrices, or of matrix and vector, in threads of its
# own, whose overflows NumPy does not see.
LARGE = 2**13, 2**17
_UFUNCS = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "neg": np.negative,
    "power": np.power, "pos": np.positive, "square": np.square, "relu": np.maximum, "stop_gradient": np.positive,
    "less": np.less, "less_equal": np.less_equal, "greater": np.greater, "greater_equal": np.greater_equal,
    "equal": np.equal, "not_equal": np.not_equal,
}  # fmt: skip


def _sigmoid(x: np.ndarray, beside: np.ndarray, out: np.ndarray) -> None:
    """The helper of that name, in two pieces of memory."""
    np.abs(x, out=beside)
    np.negative(beside, out=beside)
    np.exp(beside, out=beside)
    np.add(beside, 1.0, out=beside)
    np.minimum(x, 0.0, out=out)
    np.exp(out, out=out)
    np.divide(out, beside, out=out)


def _functions() -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec("\n".join(preamble(set(HELPERS), "np")), namespace)  # our own text, not a user's
    found = {name: namespace[name] for name in HELPERS}
    for name in OPERATIONS:
        if name not in found:
            function = getattr(np, notation(name)[0].partition("(")[0].removeprefix("np."), None)
            found[name] = _UFUNCS.get(name, function)
    return found


FUNCTIONS = _functions()


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

    ``inputs`` holds, by the id of an input, the array that is read; its contents may change between runs. Those that
    are ``doubtful`` are checked before each run; the others are known to be finite.
    """

    def __init__(
        self,
        results: Sequence[Operand],
        inputs: Mapping[int, np.ndarray],
        samples: int = 1,
        doubtful: Sequence[np.ndarray] = (),
    ) -> None:
        self.calls: list[Call] = [partial(check_finite, numbers) for numbers in doubtful]
        self.samples = samples
        self.buffers: dict[int, np.ndarray] = dict(inputs)
        order = statements(results)
        self._uses = Counter(id(operand) for array in order for operand in array.arrays)
        self._uses.update(id(result) for result in results)
        self._targets: dict[int, np.ndarray] = {}
        self._bits = used_as_bits(order, results)
        for array in order:
            if array.how == "assemble":
                self._aim(array)
        for array in order:
            if id(array) not in self.buffers:
                self.buffers[id(array)] = getattr(self, f"_{array.how}")(array)
        self.results = [self._value(result) for result in results]
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
        if id(array) in self._targets:
            return self._targets[id(array)]
        if array.how == "apply" and id(array) not in self._bits:
            for operand in array.arrays:
                mine = operand.how in ("apply", "contract", "sum", "assemble") and id(operand) not in self._bits
                if mine and self._uses[id(operand)] == 1 and self._full_shape(operand) == self._full_shape(array):
                    return self.buffers[id(operand)]
        return np.empty(self._full_shape(array), bool if id(array) in self._bits else float)

    def _aim(self, array: Array) -> None:
        """Let the parts of an assembled array be computed in their places."""
        if array.batched or len(_covered(array)) != array.size:
            return
        whole = np.empty(array.shape)
        flat = whole.reshape(-1)
        for part, place in zip(array.arrays, array.detail, strict=True):
            run = (place.positions if isinstance(place, View) else place).reshape(-1)
            alone = (
                self._uses[id(part)] == 1 and part.how in ("apply", "contract", "sum") and id(part) not in self._bits
            )
            if alone and (np.diff(run) == 1).all():
                self._targets[id(part)] = flat[run[0] : run[-1] + 1].reshape(part.shape)
        self._targets[id(array)] = whole

    def _value(self, operand: Operand) -> Any:
        return np.array(operand) if isinstance(operand, float) else self.buffers[id(operand)]

    def _operand(self, operand: Operand) -> Any:
        return operand if isinstance(operand, float) else self.buffers[id(operand)]

    # Statements ------------------------------------------------------------------------------------

    def _constant(self, array: Array) -> np.ndarray:
        return np.asarray(array.detail, dtype=float)

    def _apply(self, array: Array) -> np.ndarray:
        function = FUNCTIONS[array.detail.name]
        operands = [self._operand(operand) for operand in array.operands]
        if array.detail is table.relu:
            operands.append(0.0)
        out = self._buffer(array)
        outer = _outer(operands) if array.detail is table.multiply else None
        if outer:  # far faster than NumPy's loops, which go along the short axis
            self._multiply(np.dot, *outer, out)
        elif array.detail is table.sigmoid:
            self.calls.append(partial(_sigmoid, operands[0], np.empty_like(out), out))
        elif isinstance(function, np.ufunc):
            self.calls.append(partial(function, *operands, out=out))
        else:
            self.calls.append(lambda: np.copyto(out, function(*operands)))
        return out

    def _contract(self, array: Array) -> np.ndarray:
        out = self._buffer(array)
        axes = ["n" * x.batched + letters for x, letters in zip((*array.arrays, array), array.detail, strict=True)]
        product = matrix_product(*axes)
        sides = [self.buffers[id(operand)] for operand in array.arrays]
        rearranged = [_rearranged(sides[k], *how) for k, how in product or []]
        if product and all(side is not None for side in rearranged):
            function = np.dot if max(side.ndim for side in rearranged) <= 2 else np.matmul  # type: ignore[union-attr]
            self._multiply(function, rearranged[0], rearranged[1], out)  # type: ignore[arg-type]
        else:
            self.calls.append(partial(np.einsum, f"{axes[0]},{axes[1]}->{axes[2]}", *sides, out=out))
            self.calls.append(partial(check_finite, out))  # einsum never raises
        return out

    def _multiply(self, function: Callable[..., Any], left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
        """A matrix product, and a check of its result where NumPy may not notice an overflow."""
        self.calls.append(partial(function, left, right, out=out))
        rows, columns = left.size // left.shape[-1], right.size // left.shape[-1]
        if left.size * columns > LARGE[min(rows, columns) > 1] or not _products_raise():
            self.calls.append(partial(check_finite, out))

    def _sum(self, array: Array) -> np.ndarray:
        operand, source = array.arrays[0], self.buffers[id(array.arrays[0])]
        axes, samples = array.detail
        over = tuple(sorted([axis + int(operand.batched) for axis in axes] + [0] * samples))
        out = self._buffer(array)
        if source.flags.c_contiguous and source.dtype == float and array.how == "sum":
            # An inner product with ones is faster than a sum along an axis.
            if over == tuple(range(len(over))):
                matrix = source.reshape(math.prod(source.shape[: len(over)]), -1)
                self._multiply(np.dot, np.ones(len(matrix)), matrix, out.reshape(-1))
                return out
            if over == tuple(range(source.ndim - len(over), source.ndim)):
                matrix = source.reshape(-1, math.prod(source.shape[-len(over) :]))
                self._multiply(np.dot, matrix, np.ones(matrix.shape[1]), out.reshape(-1))
                return out
        reduce = (np.add if array.how == "sum" else np.maximum).reduce
        self.calls.append(partial(reduce, source, axis=over, out=out))
        return out

    _max = _sum

    def _view(self, array: Array) -> np.ndarray:
        source = self.buffers[id(array.arrays[0])]
        part = _part(source, array)
        if np.may_share_memory(source, part):
            return part
        out = self._buffer(array)
        self.calls.append(lambda: np.copyto(out, _part(source, array)))
        return out

    def _gather(self, array: Array) -> np.ndarray:
        source, batched = self.buffers[id(array.arrays[0])], array.batched
        shape = (self.samples, -1) if batched else (-1,)
        out = self._buffer(array)
        if source.flags.c_contiguous:
            flat = source.reshape(shape)
            self.calls.append(partial(np.take, flat, array.detail, axis=-1, out=out, mode="clip"))
        else:
            take = partial(np.take, indices=array.detail, axis=-1, out=out, mode="clip")
            self.calls.append(lambda: take(source.reshape(shape)))
        return out

    def _broadcast(self, array: Array) -> np.ndarray:
        return np.broadcast_to(self._operand(array.operands[0]), self._full_shape(array))

    def _assemble(self, array: Array) -> np.ndarray:
        out = self._buffer(array)
        flat = out.reshape(self.samples, -1) if array.batched else out.reshape(-1)
        if id(array) not in self._targets:
            self.calls.append(partial(flat.fill, 0.0))
        for part, place in zip(array.arrays, array.detail, strict=True):
            if id(part) in self._targets and np.may_share_memory(self._targets[id(part)], out):
                continue
            positions = (place.positions if isinstance(place, View) else place).reshape(-1)
            source = np.broadcast_to(self.buffers[id(part)], (*flat.shape[:-1], *part.shape))
            self.calls.append(_placing(flat, positions, source, id(array) in self._targets))
        return out


def _outer(operands: Sequence[Any]) -> tuple[np.ndarray, np.ndarray] | None:
    """The column and the row, where every element of the one is multiplied with every one of the other."""
    column, row = sorted(operands, key=lambda operand: -np.ndim(operand))
    if np.ndim(column) != 2 or np.ndim(row) != 1 or column.shape[1] != 1 or column.dtype != float or row.dtype != float:
        return None
    return column, row.reshape(1, -1)


def _covered(array: Array) -> np.ndarray:
    """The positions that the parts fill, if none of them is filled twice."""
    places = [(place.positions if isinstance(place, View) else place).reshape(-1) for place in array.detail]
    positions = np.concatenate(places)
    return positions if len(np.unique(positions)) == len(positions) else positions[:0]


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


def _rearranged(side: np.ndarray, how: str, letter: str) -> np.ndarray | None:
    """The operand of a matrix product, as a view; None where that needs a copy."""
    if how == "T":
        return side.T
    if how.startswith("flat"):
        if not side.flags.c_contiguous:
            return None
        flat = side.reshape(-1, side.shape[-1]) if letter else side.reshape(-1)
        return flat.T if how == "flat T" else flat
    return side


def _part(source: np.ndarray, array: Array) -> np.ndarray:
    """The part of an array that a View describes."""
    lead = (slice(None),) if array.batched else ()
    for kind, how in array.detail.steps:
        if kind == "slice":
            source = source[(*lead, *how, ...)]  # with the dots a view even of one element
        elif kind == "transpose":
            source = source.transpose((0, *(axis + 1 for axis in how)) if array.batched else how)
        else:
            source = source.reshape((source.shape[0], *how) if array.batched else how)
    return np.asarray(source)
