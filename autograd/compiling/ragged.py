"""Sums of different lengths as those of an array with holes, and products of blocks as those of arrays with more axes.

A causal attention adds up to one position, to two, to three, …: together they are the rows of a square, of which only
a triangle counts. All here is about positions: where an element lies in an array, or which row a node reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograd.compiling.views import Shape

LEAST = 0.5  # of an array is there; with more holes, its elements are gathered


@dataclass(frozen=True)
class Blocks:
    """A contraction of rows of two arrays: their positions and axes, and for every node its index in the result."""

    left: np.ndarray
    right: np.ndarray
    axes: tuple[str, str, str]
    shape: Shape
    places: np.ndarray


def blocks(left: np.ndarray, right: np.ndarray) -> Blocks | None:
    """Rows, node by node, as blocks in each of which left rows meet right ones: the same ones in all of them.

    Both are positions with a row for every node, in the order in which those were recorded; so are the axes.
    """
    u, v = _numbered(left), _numbered(right)
    block = _blocks(u, v)
    i, k = _within(u, block), _within(v, block)
    shape = int(block.max()) + 1, int(i.max()) + 1, int(k.max()) + 1
    met = np.zeros(shape, int)
    np.add.at(met, (block, i, k), 1)
    if met.max() > 1 or (met != met[:1]).any() or met.mean() < LEAST:
        return None
    index = np.stack([block, i, k])
    changes = (np.diff(index, axis=1) != 0).sum(axis=1)
    order = [axis for axis in np.argsort(changes, kind="stable").tolist() if shape[axis] > 1]
    out = "".join("hij"[axis] for axis in order)
    rows = []
    for positions, letter, row in ((left, "i", i), (right, "j", k)):
        axes = "".join(axis for axis in out if axis in ("h", letter))
        whole = np.empty((shape[0], shape["hij".index(letter)], positions.shape[1]), int)
        whole[block, row] = positions
        if not axes.startswith("h"):
            whole = whole.swapaxes(0, 1)
        rows.append((whole.reshape(*(shape["hij".index(axis)] for axis in axes), -1), axes + "k"))
    sizes = tuple(shape[axis] for axis in order)
    places = np.ravel_multi_index(tuple(index[axis] for axis in order), sizes) if sizes else np.zeros(1, int)
    return Blocks(rows[0][0], rows[1][0], (rows[0][1], rows[1][1], out), sizes, places)


def in_order(positions: np.ndarray, letters: str) -> tuple[np.ndarray, str]:
    """Positions and the letters of their axes, those first along which the positions grow fastest."""
    steps = [np.diff(positions, axis=axis).reshape(-1)[:1].sum() for axis in range(positions.ndim)]
    order = np.argsort([-step for step in steps], kind="stable").tolist()
    return positions.transpose(order), "".join(letters[axis] for axis in order)


def _numbered(rows: np.ndarray) -> np.ndarray:
    """A number for each row, the same for equal rows, in the order in which they first appear."""
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in np.ascontiguousarray(rows)])


def _blocks(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The block of every node: two are in one if they have a row in common."""
    leader = list(range(int(u.max()) + int(v.max()) + 2))

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = row = leader[leader[row]]
        return row

    for a, b in zip(u.tolist(), (v + u.max() + 1).tolist(), strict=True):
        leader[find(a)] = find(b)
    return _numbered(np.array([[find(a)] for a in u.tolist()]))


def _within(rows: np.ndarray, block: np.ndarray) -> np.ndarray:
    """The number that every row has among those of its block."""
    known: dict[int, dict[int, int]] = defaultdict(dict)
    pairs = zip(rows.tolist(), block.tolist(), strict=True)
    return np.array([known[b].setdefault(row, len(known[b])) for row, b in pairs])


@dataclass(frozen=True)
class Rows:
    """Lines through an array with holes: its axes that they run along, and at which index of the others each lies."""

    axes: Shape
    shape: Shape  # of the other axes
    places: np.ndarray  # of every row, by its index along the others
    slots: list[np.ndarray]  # of the elements, by their index along the row


def rows_of(positions: Sequence[np.ndarray], there: np.ndarray) -> Rows | None:
    """The rows of an array whose elements, without the holes, lie at these positions; None if they do not.

    ``there`` says which elements of the array are no holes.
    """
    longest = np.unravel_index(max(positions, key=len), there.shape)
    axes = tuple(axis for axis, along in enumerate(longest) if (along != along[0]).any())
    others = tuple(axis for axis in range(there.ndim) if axis not in axes)
    counts = there.sum(axis=axes)
    places, slots = [], []
    for row in positions:
        index = np.unravel_index(row, there.shape)
        lead = tuple(int(index[axis][0]) for axis in others)
        same = all((index[axis] == index[axis][0]).all() for axis in others)
        if not same or len(row) != counts[lead] or len(np.unique(row)) != len(row):
            return None
        places.append(int(np.ravel_multi_index(lead, counts.shape)) if others else 0)
        slots.append(np.ravel_multi_index([index[axis] for axis in axes], [there.shape[axis] for axis in axes]))
    return Rows(axes, counts.shape, np.array(places), slots) if axes else None


def completed(rows: Sequence[np.ndarray], slots: Sequence[np.ndarray], length: int) -> np.ndarray | None:
    """Rows of this length, of which some elements are given by their slots: the others are those of a row that has all.

    None if there is no such row, or more than one.
    """
    whole = np.full((len(rows), length), -1)
    for row, positions, where in zip(whole, rows, slots, strict=True):
        row[where] = positions
    known: dict[tuple[int, int], np.ndarray] = {}
    for row in whole[(whole >= 0).all(axis=1)]:
        for slot, position in enumerate(row.tolist()):
            if not np.array_equal(known.setdefault((slot, position), row), row):
                return None
    for row in whole:
        slot = int(np.argmax(row >= 0))
        full = known.get((slot, int(row[slot])))
        if full is None or ((row >= 0) & (row != full)).any():
            return None
        row[:] = full
    return whole


def spread(numbers: np.ndarray, there: np.ndarray) -> np.ndarray | None:
    """Numbers of an array with holes, with an axis of length 1 where all along it are the same. None if holes stay."""
    for axis in range(there.ndim):
        least = np.where(there, numbers, np.inf).min(axis, keepdims=True)
        greatest = np.where(there, numbers, -np.inf).max(axis, keepdims=True)
        along = np.asarray(there.any(axis, keepdims=True))
        if (least == greatest)[along].all():
            numbers, there = least, along
    if not there.all():
        return None
    while numbers.ndim and numbers.shape[0] == 1:
        numbers = numbers[0]
    return numbers
