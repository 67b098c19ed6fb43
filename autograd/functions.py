"""Functions composed of the table's operations; like those, they run on every kind of number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import index
from typing import Any, SupportsIndex

from autograd.operations import exp, log, maximum, minimum, stop_gradient
from autograd.picking import place_of


def where(condition: Any, x: Any, y: Any) -> Any:
    """X where the condition is 1, y where it is 0: condition · x + (1 - condition) · y.

    The ``condition`` is a comparison of the table, such as ``greater(x, y)``. Both branches, ``x`` and ``y``, are
    computed, so both must have a value, and a derivative where it is asked for. Raises TypeError for a plain bool.

    >>> from autograd import greater
    >>> where(greater(3.0, 2.0), 10.0, 20.0)
    10.0
    """
    if isinstance(condition, bool):
        raise TypeError("the condition is a plain bool: write greater(x, y) rather than x > y, so that it is recorded")
    return condition * x + (1.0 - condition) * y


def clip(x: Any, low: Any, high: Any) -> Any:
    """``x``, kept between ``low`` and ``high``; the derivative is 1 inside, 0 outside and ½ at a limit.

    >>> clip(5, 0, 1)
    1.0
    """
    return minimum(maximum(x, low), high)


def dot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """The inner product Σ x·y of two sequences ``xs`` and ``ys``; ValueError if their lengths differ.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    if len(xs) != len(ys):
        raise ValueError(f"dot takes two sequences of the same length, got {len(xs)} and {len(ys)} numbers")
    return _total(x * y for x, y in zip(xs, ys, strict=True))


def logsumexp(values: Iterable[Any]) -> Any:
    """Log Σ exp(value) over ``values``, shifted by the greatest so that nothing overflows; ValueError if there is none.

    >>> logsumexp([1000.0, 1000.0]) == 1000.0 + log(2.0)
    True
    """
    shift, shifted = _shifted(values, "logsumexp")
    return shift + log(_total(exp(value) for value in shifted))


def softmax(values: Iterable[Any]) -> list[Any]:
    """The list of exp(value) / Σ exp(value) for each of the ``values``, shifted by the greatest so that none overflows.

    The results add up to 1. Raises ValueError if there are no values.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    exponentials = [exp(value) for value in _shifted(values, "softmax")[1]]
    total = _total(exponentials)
    return [exponential / total for exponential in exponentials]


def take(rows: Sequence[Any], i: SupportsIndex) -> Any:
    """The element or row of ``rows`` at the place ``i``, a whole number counted from 0.

    Where the rows are the embeddings of tokens, ``i`` is a token. It comes with the data, so -1 does not count from the
    end as in Python: IndexError unless ``i`` is one of the places, TypeError unless it is a whole number. In a function
    that is compiled, ``i`` may be one of the whole numbers among its arguments: then it is another one at each call.

    >>> take([[1.0, 2.0], [3.0, 4.0]], 1)
    [3.0, 4.0]
    """
    recorded = place_of(i)
    try:
        place = recorded[0] if recorded else None if isinstance(i, bool) else index(i)
    except TypeError:
        place = None
    if place is None:
        raise TypeError(f"take counts places by a whole number (int), not {type(i).__name__}: {i!r}")
    if not 0 <= place < len(rows):
        there = f"from 0 to {len(rows) - 1}" if len(rows) else "none"
        raise IndexError(f"take has no place {place}: the places of these rows are {there}")
    return recorded[1](rows, i) if recorded else rows[place]


def _total(values: Iterable[Any]) -> Any:
    """The sum from the left for every kind of number: Python's own, of floats alone, rounds otherwise from 3.12 on."""
    return reduce(lambda total, value: total + value, values, 0.0)


def _shifted(values: Iterable[Any], name: str) -> tuple[Any, list[Any]]:
    # The shift cancels in exact arithmetic, so its derivative is 0 and need not be computed.
    values = list(values)
    if not values:
        raise ValueError(f"{name} takes at least one number")
    shift = stop_gradient(reduce(maximum, values))
    return shift, [value - shift for value in values]
