"""Which parts of an array can be named by slicing, reshaping and transposing it, so that nothing is copied."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Slice:
    """A slice, or one index, along each of the first axes."""

    parts: tuple[slice | int, ...]


@dataclass(frozen=True)
class Reshape:
    """Another shape."""

    shape: Shape


@dataclass(frozen=True)
class Transpose:
    """The axes in another order."""

    axes: Shape


Step = Slice | Reshape | Transpose


@dataclass(frozen=True)
class View:
    """A part of an array: the positions ``start + Σ stride · index`` of its elements in row-major order.

    ``steps`` lead from the array to the part.
    """

    start: int
    strides: Shape
    shape: Shape
    steps: tuple[Step, ...]

    @property
    def key(self) -> tuple[int, Shape, Shape]:
        """What the view is, as something hashable."""
        return self.start, self.strides, self.shape

    @property
    def positions(self) -> np.ndarray:
        """The position of every element."""
        return _positions(self.start, self.strides, self.shape)

    def of_each(self, count: int, size: int) -> View:
        """The same part of each of so many arrays of this size, which one more axis counts."""
        steps: list[Step] = []
        for step in self.steps:
            match step:
                case Slice(parts):
                    steps.append(Slice((slice(None), *parts)))
                case Reshape(shape):
                    steps.append(Reshape((count, *shape)))
                case Transpose(axes):
                    steps.append(Transpose((0, *(axis + 1 for axis in axes))))
        return View(self.start, (size, *self.strides), (count, *self.shape), tuple(steps))


def find_view(positions: np.ndarray, shape: Shape) -> View | None:
    """The view of an array of this shape that has its elements at these positions, if there is one.

    >>> find_view(np.array([[0, 3], [1, 4], [2, 5]]), (2, 3)).steps
    (Transpose(axes=(1, 0)),)
    """
    affine = _affine(positions)
    if affine is None:
        return None
    start, strides = affine
    axes = [axis for axis in range(positions.ndim) if positions.shape[axis] > 1]
    steps = _block(start, strides, positions.shape, axes, shape)
    if steps is None:
        steps = _slices(start, strides, positions.shape, axes, shape)
    if steps is None:
        steps = _rows_then_slices(start, strides, positions.shape, axes, math.prod(shape))
    return None if steps is None else View(start, strides, positions.shape, tuple(steps))


def is_run(positions: np.ndarray) -> bool:
    """Whether each position is the one after the last."""
    return bool((np.diff(positions) == 1).all())


def row_major(shape: Shape) -> Shape:
    """By how much the position grows along each axis; 0 along an axis of length 1."""
    strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return tuple(0 if size == 1 else stride for size, stride in zip(shape, strides, strict=True))


def _positions(start: int, strides: Shape, shape: Shape) -> np.ndarray:
    positions = np.full(shape, start)
    for axis, stride in enumerate(strides):
        along = [1] * len(shape)
        along[axis] = -1
        positions = positions + stride * np.arange(shape[axis]).reshape(along)
    return positions


def _affine(positions: np.ndarray) -> tuple[int, Shape] | None:
    start = int(positions.flat[0])
    strides = []
    for axis in range(positions.ndim):
        second = [0] * positions.ndim
        second[axis] = min(1, positions.shape[axis] - 1)
        strides.append(int(positions[tuple(second)]) - start)
    if not np.array_equal(positions, _positions(start, tuple(strides), positions.shape)):
        return None
    return start, tuple(strides)


def _block(start: int, strides: Shape, sizes: Shape, axes: list[int], shape: Shape) -> list[Step] | None:
    """An unbroken run of the elements, reshaped and transposed."""
    order = sorted(axes, key=lambda axis: -strides[axis])
    length = 1
    for axis in reversed(order):
        if strides[axis] != length:
            return None
        length *= sizes[axis]
    steps: list[Step] = []
    current = shape
    inner = math.prod(shape[1:])
    if length < math.prod(shape):
        if not order or not shape or start % inner or length % inner:
            return None
        first, count = start // inner, length // inner
        steps.append(Slice((slice(first, first + count),)))
        current = (count, *shape[1:])
    return [*steps, *_rearranged(current, [sizes[axis] for axis in order], order, sizes)]


def _slices(start: int, strides: Shape, sizes: Shape, axes: list[int], shape: Shape) -> list[Step] | None:
    """A slice along some axes, one element along the others."""
    if not shape:
        return None
    corner = [int(index) for index in np.unravel_index(start, shape)]
    chosen: list[Any] = list(corner)
    found: dict[int, int] = {}
    for axis in axes:
        for source, stride in enumerate(row_major(shape)):
            step = strides[axis] // stride if stride else 0
            end = corner[source] + step * (sizes[axis] - 1)
            if step > 0 and strides[axis] % stride == 0 and end < shape[source] and source not in found:
                found[source] = axis
                all_of_it = step == 1 and sizes[axis] == shape[source]
                chosen[source] = (
                    slice(None) if all_of_it else slice(corner[source], end + 1, None if step == 1 else step)
                )
                break
        else:
            return None
    order = [found[source] for source in sorted(found)]
    return [Slice(tuple(chosen)), *_rearranged(tuple(sizes[a] for a in order), [sizes[a] for a in order], order, sizes)]


def _rows_then_slices(start: int, strides: Shape, sizes: Shape, axes: list[int], size: int) -> list[Step] | None:
    """A slice of the array in the shape of a matrix, whose rows are as long as a step along one of the axes."""
    for length in sorted({strides[axis] for axis in axes if strides[axis] > 1}, reverse=True):
        if size % length == 0:
            steps = _slices(start, strides, sizes, axes, (size // length, length))
            if steps is not None:
                return [Reshape((size // length, length)), *steps]
    return None


def _rearranged(current: Shape, lengths: list[int], order: list[int], sizes: Shape) -> list[Step]:
    """The steps from a run of elements to axes of the given lengths, brought from ``order`` into their own."""
    if len(order) > 1 and order != sorted(order):
        steps: list[Step] = [] if current == tuple(lengths) else [Reshape(tuple(lengths))]
        steps.append(Transpose(tuple(int(axis) for axis in np.argsort(order))))
        current = tuple(sizes[axis] for axis in sorted(order))
        return steps if current == sizes else [*steps, Reshape(sizes)]
    return [] if current == sizes else [Reshape(sizes)]


def part_of(source: np.ndarray, view: View, batched: bool) -> np.ndarray:
    """The part of an array that a view describes; the samples, if there are any, are the axis before those of it."""
    lead = (slice(None),) if batched else ()
    for step in view.steps:
        match step:
            case Slice(parts):
                source = source[(*lead, *parts, ...)]  # with the dots a view even of one element
            case Transpose(axes):
                source = source.transpose((0, *(axis + 1 for axis in axes)) if batched else axes)
            case Reshape(shape):
                source = source.reshape((len(source), *shape) if batched else shape)
    return np.asarray(source)
