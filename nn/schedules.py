"""Learning rates as plain functions of the number of steps (updates) taken so far, from 0.

Give one to an optimizer as its ``lr``. Any other function will do as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """The same at every step."""
    return lambda step: lr


def linear(start: float, end: float, steps: int) -> Schedule:
    """From ``start`` towards ``end``, reached after ``steps`` steps and kept; micrograd's demo has (1.0, 0.1, 100).

    >>> rate = linear(1.0, 0.5, 100)
    >>> rate(0), rate(50), rate(1000)
    (1.0, 0.75, 0.5)
    """
    return lambda step: start + (end - start) * min(step, steps) / steps


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """Multiplied by ``factor`` after each ``every`` steps; torch's StepLR.

    >>> rate = step_decay(1.0, every=10, factor=0.5)
    >>> rate(9), rate(10), rate(20)
    (1.0, 0.5, 0.25)
    """
    return lambda step: lr * factor ** (step // every)


def exponential(lr: float, factor: float) -> Schedule:
    """Multiplied by ``factor`` after each step; torch's ExponentialLR.

    >>> exponential(1.0, 0.5)(3)
    0.125
    """
    return lambda step: lr * factor**step


def cosine(lr: float, steps: int, lowest: float = 0.0) -> Schedule:
    """Half a cosine wave from ``lr`` down to ``lowest``, reached after ``steps`` steps and kept.

    Loshchilov and Hutter (2017), arXiv:1608.03983; torch's CosineAnnealingLR.

    >>> rate = cosine(1.0, 100)
    >>> rate(0), round(rate(50), 12), rate(100)
    (1.0, 0.5, 0.0)
    """
    return lambda step: lowest + (lr - lowest) * (1.0 + math.cos(math.pi * min(step, steps) / steps)) / 2.0
