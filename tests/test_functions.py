"""Functions composed of operations: what they refuse. That they are right on every kind of number, test_kinds says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, clip, dot, logsumexp, softmax, take, where


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: where(Value(1.0) > 0.0, 1.0, 2.0), TypeError, r"write greater\(x, y\) rather than x > y"),
        (lambda: dot([1.0], [1.0, 2.0]), ValueError, "same length, got 1 and 2 numbers"),
        (lambda: logsumexp([]), ValueError, "logsumexp takes at least one number"),
        (lambda: softmax(iter([])), ValueError, "softmax takes at least one number"),
        (lambda: take([1.0, 2.0], 2), IndexError, "take has no place 2: the places of these rows are from 0 to 1"),
        (lambda: take([1.0, 2.0], np.int64(-1)), IndexError, "take has no place -1"),
        (lambda: take([], 0), IndexError, "the places of these rows are none"),
        (lambda: take([1.0, 2.0], 1.0), TypeError, "by a whole number .*, not float: 1.0"),  # type: ignore[arg-type]
        (lambda: take([1.0, 2.0], True), TypeError, "not bool: True"),
        (lambda: take([1.0, 2.0], Value(1.0)), TypeError, "not Value"),  # type: ignore[arg-type]
        (lambda: take([1.0, 2.0], np.array([1])), TypeError, "whole number"),
    ],
)
def test_what_they_refuse(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(("x", "value", "slope"), [(-1.0, 0.0, 0.0), (0.5, 0.5, 1.0), (2.0, 1.0, 0.0), (0.0, 0.0, 0.5)])
def test_clip_is_flat_outside_and_halfway_at_a_limit(x: float, value: float, slope: float) -> None:
    leaf = Value(x)
    clipped = clip(leaf, 0.0, 1.0)
    clipped.backward()
    assert (clipped.data, leaf.grad) == (value, slope)


def test_limits_that_cross_give_the_upper_one() -> None:
    assert clip(5.0, 3.0, 1.0) == 1.0


@pytest.mark.parametrize("place", [1, np.int64(1), np.uint8(1), np.array(1)])
def test_take_gives_the_element_itself(place: Any) -> None:
    rows = [Value(1.0), Value(2.0), Value(3.0)]
    assert take(rows, place) is rows[1]
    matrix: Any = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert take(matrix, place).tolist() == [3.0, 4.0]


def test_what_is_taken_twice_has_both_derivatives() -> None:
    rows = [Value(1.0), Value(2.0), Value(3.0)]
    (take(rows, 1) * take(rows, 1) + 5.0 * take(rows, 2)).backward()
    assert [row.grad for row in rows] == [0.0, 4.0, 5.0]
