"""Functions composed of operations: what they refuse. That they are right on every kind of number, test_kinds says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value, clip, dot, logsumexp, softmax, where


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: where(Value(1.0) > 0.0, 1.0, 2.0), TypeError, r"write greater\(x, y\) rather than x > y"),
        (lambda: dot([1.0], [1.0, 2.0]), ValueError, "same length, got 1 and 2 numbers"),
        (lambda: logsumexp([]), ValueError, "logsumexp takes at least one number"),
        (lambda: softmax(iter([])), ValueError, "softmax takes at least one number"),
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
