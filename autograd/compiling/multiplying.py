"""Products and sums as calls of NumPy on bound arrays: in BLAS wherever that is possible."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.products import Factor, matrix_product, stacked_product
from autograd.compiling.program import Contract, Reduce, letters_of, reduced_axes
from autograd.compiling.targets import NumpyCall, numpy_function
from autograd.floats import check_finite

# From so many multiplications on, BLAS may compute a product of matrices, or of matrix and vector, in threads of its
# own, whose overflows NumPy does not see.
LARGE = 2**13, 2**17


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


def multiplied(function: Callable[..., Any], left: np.ndarray, right: np.ndarray, out: np.ndarray) -> list[NumpyCall]:
    """A matrix product, and a check of its result where NumPy may not notice an overflow."""
    product = partial(function, left, right, out=out)
    rows, columns = left.size // left.shape[-1], right.size // left.shape[-1]
    unnoticed = left.size * columns > LARGE[min(rows, columns) > 1] or not _products_raise()
    return [product, partial(check_finite, out)] if unnoticed else [product]


def outer(operands: Sequence[Any], out: np.ndarray) -> list[NumpyCall]:
    """The product of a column and a row, if these are that: far faster than NumPy's loops along the short axis."""
    column, row = sorted(operands, key=lambda operand: -np.ndim(operand))
    if np.ndim(column) != 2 or np.ndim(row) != 1 or column.shape[1] != 1 or column.dtype != float or row.dtype != float:
        return []
    return multiplied(np.dot, column, row.reshape(1, -1), out)


def contracted(array: Contract, sides: Sequence[np.ndarray], out: np.ndarray) -> list[NumpyCall]:
    """A contraction: one product of matrices, a stack of them, or einsum."""
    axes = letters_of(array)
    factors = [_factor(sides[factor.side], factor) for factor in matrix_product(*axes) or ()]
    match [factor for factor in factors if factor is not None]:
        case [first, second]:
            return multiplied(np.dot if max(first.ndim, second.ndim) <= 2 else np.matmul, first, second, out)
    if orders := stacked_product(*axes):
        first, second, third = (x.transpose(order) for x, order in zip((*sides, out), orders, strict=True))
        return multiplied(np.matmul, first, second, third)
    product = partial(np.einsum, f"{axes[0]},{axes[1]}->{axes[2]}", *sides, out=out)
    return [product, partial(check_finite, out)]  # einsum never raises


def reduced(array: Reduce, source: np.ndarray, out: np.ndarray) -> list[NumpyCall]:
    """A reduction; a sum along the first or the last axes is an inner product with ones, which is faster."""
    over = reduced_axes(array)
    if array.operation is table.add and source.flags.c_contiguous and source.dtype == float:
        if over == tuple(range(len(over))):
            matrix = source.reshape(math.prod(source.shape[: len(over)]), -1)
            return multiplied(np.dot, np.ones(len(matrix)), matrix, out.reshape(-1))
        if over == tuple(range(source.ndim - len(over), source.ndim)):
            matrix = source.reshape(-1, math.prod(source.shape[-len(over) :]))
            return multiplied(np.dot, matrix, np.ones(matrix.shape[1]), out.reshape(-1))
    reduce = numpy_function(array.operation).reduce  # type: ignore[attr-defined]  # both that reduce are ufuncs
    return [partial(reduce, source, axis=over, out=out)]


def _factor(side: np.ndarray, factor: Factor) -> np.ndarray | None:
    """The factor of a matrix product, as a view; None where that needs a copy."""
    if factor.flat:
        if not side.flags.c_contiguous:
            return None
        side = side.reshape(-1, side.shape[-1]) if factor.kept else side.reshape(-1)
    return side.T if factor.transposed else side
