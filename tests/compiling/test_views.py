"""A view names exactly the elements that were asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.compiling.views import View, find_view, part_of

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


def elements(view: View, shape: tuple[int, ...]) -> np.ndarray:
    """What the steps lead to, in an array of which each element is its own position."""
    return part_of(np.arange(math.prod(shape)).reshape(shape), view, False)


def check(positions: np.ndarray, shape: tuple[int, ...]) -> View | None:
    view = find_view(positions, shape)
    if view is not None:
        assert np.array_equal(elements(view, shape), positions)
        assert np.array_equal(view.positions, positions)
    return view


@given(shapes, st.data())
def test_any_regular_positions(shape: tuple[int, ...], data: st.DataObject) -> None:
    size = math.prod(shape)
    wanted = data.draw(shapes)
    start = data.draw(st.integers(0, size - 1))
    positions = np.full(wanted, start)
    for axis, length in enumerate(wanted):
        left = size - 1 - int(positions.max())
        stride = data.draw(st.integers(0, left // (length - 1) if length > 1 else 0))
        positions = positions + stride * np.arange(length).reshape([-1 if k == axis else 1 for k in range(len(wanted))])
    check(positions, shape)


@given(shapes, st.data())
def test_slices_and_transposes_are_found(shape: tuple[int, ...], data: st.DataObject) -> None:
    whole = np.arange(math.prod(shape)).reshape(shape)
    cuts = []
    for size in shape:
        first = data.draw(st.integers(0, size - 1))
        cuts.append(slice(first, data.draw(st.integers(first + 1, size)), data.draw(st.integers(1, 2))))
    part = whole[tuple(cuts)].transpose(data.draw(st.permutations(range(len(shape)))))
    assert check(part, shape) is not None


@pytest.mark.parametrize(
    ("positions", "shape"),
    [
        ([0, 3], (2, 2)),
        ([0, 4, 8], (3, 3)),
        ([1, 4], (2, 3)),
        ([3, 2], (4,)),
        ([0, 1, 2, 3], (4, 3)),
        ([3, 4, 5, 6], (4, 3)),
    ],
)
def test_diagonals_and_reversals(positions: list[int], shape: tuple[int, ...]) -> None:
    check(np.array(positions), shape)
