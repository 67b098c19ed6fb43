"""In which order and shape nodes are put into an array, so that their operands come out as views of arrays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from autograd.compiling.program import Array
from autograd.compiling.views import Shape, is_run

Positions = np.ndarray
Column = tuple[Array | None, Positions]  # where one operand of every node lies; numbers, if it is no array's


def arrange(columns: Sequence[Column]) -> tuple[np.ndarray, Shape]:
    """An order and a shape for nodes, such that their operands come out as views of arrays.

    They are sorted by the first operand that differs for every node; if there is none they keep their order.
    """
    count = len(columns[0][1])
    order = np.arange(count)
    if count == 1:
        return order, ()
    natural: Shape = (count,)
    for array, positions in columns:
        if array is not None and len(np.unique(positions)) == count:
            order = np.argsort(positions, kind="stable")
            natural = _natural_shape(array, positions[order])
            break
    shapes = [natural, *((count // period, period) for period in _periods([column[order] for _, column in columns]))]
    arrays = [(array, positions[order]) for array, positions in columns if array is not None]
    for shape in shapes:
        if all(_is_even(positions.reshape(shape)) for _, positions in arrays):
            return order, shape
    return order, natural


def _natural_shape(array: Array, positions: np.ndarray) -> Shape:
    """That of the array, or of some of its rows."""
    count = len(positions)
    if count == array.size:
        return array.shape
    row = array.size // array.shape[0] if array.shape else 1
    aligned = len(array.shape) > 1 and count % row == 0 and positions[0] % row == 0
    return (count // row, *array.shape[1:]) if aligned and is_run(positions) else (count,)


def _periods(columns: list[np.ndarray]) -> list[int]:
    """The lengths after which the step from one position to the next first changes."""
    found = []
    for column in columns:
        steps = np.diff(column)
        changes = np.flatnonzero(steps != steps[0])
        if len(changes) and len(column) % (int(changes[0]) + 1) == 0:
            found.append(int(changes[0]) + 1)
    return found


def _is_even(positions: np.ndarray) -> bool:
    """Whether the positions grow evenly along every axis."""
    return all(
        positions.shape[axis] == 1 or (np.diff(positions, axis=axis) == np.diff(positions, axis=axis).flat[0]).all()
        for axis in range(positions.ndim)
    )


# Rows of products ----------------------------------------------------------------------------------


def _rows(column: Column) -> np.ndarray:
    """A number for each row, the same for equal rows, in the order in which they first appear."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in column[1]])


def _pairs(left: Column, right: Column) -> tuple[np.ndarray, np.ndarray]:
    """The row numbers of both sides. Equal rows of constants that meet the same row twice get two numbers."""
    u, v = _rows(left), _rows(right)
    if right[0] is None:
        met: Counter[tuple[int, int]] = Counter()
        known: dict[tuple[int, int], int] = {}
        for k, pair in enumerate(zip(u.tolist(), v.tolist(), strict=True)):
            v[k] = known.setdefault((pair[1], met[pair]), len(known))
            met[pair] += 1
    return u, v


def grid(left: Column, right: Column) -> tuple[np.ndarray, Shape] | None:
    """The order and shape of a matrix product, if every left row meets every right row once."""
    u, v = _pairs(left, right)
    height, width = int(v.max()) + 1, int(u.max()) + 1
    if height * width != len(u) or len(np.unique(v * width + u)) != len(u):
        return None
    if len(u) > 1 and u[0] == u[1]:  # the axis along which nodes were recorded one after the other comes last
        u, v, height, width = v, u, width, height
    shape = tuple(size for size in (height, width) if size > 1)
    return np.lexsort((u, v)), shape


def components(factors: list[tuple[Column, Column]]) -> list[list[int]]:
    """The nodes, apart where no row of the first factors connects them."""
    if not factors or grid(*factors[0]) is not None:
        return [[]]
    u, v = _pairs(*factors[0])
    leader = list(range(int(u.max()) + int(v.max()) + 2))

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = row = leader[leader[row]]
        return row

    for a, b in zip(u.tolist(), (v + u.max() + 1).tolist(), strict=True):
        leader[find(a)] = find(b)
    parts: dict[int, list[int]] = defaultdict(list)
    for k, a in enumerate(u.tolist()):
        parts[find(a)].append(k)
    return list(parts.values())
