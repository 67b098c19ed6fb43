"""Learning rates as plain functions of the number of steps (updates) taken so far, from 0.

Give one to an optimizer as its ``lr``. Any other function will do as well.
"""

from __future__ import annotations

from collections.abc import Callable

Schedule = Callable[[int], float]
"""A learning rate as a function of the number of steps taken so far."""


def constant(lr: float) -> Schedule:
    """The learning rate ``lr`` at every step.

    >>> constant(0.1)(1000)
    0.1
    """
    return lambda step: lr


def linear(start: float, end: float, steps: int) -> Schedule:
    """From ``start`` towards ``end``, reached after ``steps`` steps and kept; micrograd's demo has (1.0, 0.1, 100).

    Raises ValueError unless ``steps`` is a whole number from 1.

    >>> rate = linear(1.0, 0.5, 100)
    >>> rate(0), rate(50), rate(1000)
    (1.0, 0.75, 0.5)
    """
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps is a whole number from 1, not {steps!r}")
    return lambda step: start + (end - start) * min(step, steps) / steps
