"""Initial weights: each function gives those of one neuron with ``nin`` inputs in a layer of ``nout`` neurons.

The formulas are torch's: Glorot and Bengio (2010) for Xavier, He et al. (2015), arXiv:1502.01852, for He.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

RNG = np.random.Generator | random.Random | None
"""A generator of random numbers; None is Python's own, the functions of ``random``."""
Seed = int | RNG
"""A whole number from 0, or a generator."""
Initializer = Callable[[int, int, Seed], list[float]]
"""A function of ``nin``, ``nout`` and ``seed`` that gives the ``nin`` weights of one neuron."""


def generator(seed: Seed) -> RNG:
    """The generator that a ``seed`` stands for: NumPy's for an int, the seed itself if it is one, or None.

    Raises ValueError for anything else.

    >>> generator(0).random() == np.random.default_rng(0).random()
    True
    """
    if isinstance(seed, int | np.integer) and seed >= 0:
        return np.random.default_rng(seed)
    if seed is None or isinstance(seed, np.random.Generator | random.Random):
        return seed
    raise ValueError(f"a seed is a whole number from 0, or a generator, not {seed!r}")


def uniform(nin: int, nout: int = 1, seed: Seed = None, low: float = -1.0) -> list[float]:
    """``nin`` weights, uniform between ``low`` and ``-low``, as in micrograd.

    ``seed`` is an int or a generator; without one they are micrograd's very numbers. ``nout`` has no influence.

    >>> random.seed(1337)
    >>> weights = uniform(2)
    >>> random.seed(1337)
    >>> weights == [random.uniform(-1, 1), random.uniform(-1, 1)]
    True
    """
    draw = (generator(seed) or random).uniform
    return [draw(low, -low) for _ in range(nin)]


def normal(nin: int, nout: int = 1, seed: Seed = None, std: float = 1.0) -> list[float]:
    """``nin`` weights, normal with mean 0 and standard deviation ``std``, from a ``seed``; ``nout`` has no influence.

    >>> normal(3, seed=0) == np.random.default_rng(0).normal(size=3).tolist()
    True
    """
    rng = generator(seed) or random
    draw = rng.normal if isinstance(rng, np.random.Generator) else rng.gauss
    return [draw(0.0, std) for _ in range(nin)]


def he_uniform(nin: int, nout: int = 1, seed: Seed = None) -> list[float]:
    """``nin`` weights, uniform within ±√(6/nin): keeps the mean square of activations through layers of ReLU.

    The formula is that of He et al. (2015), arXiv:1502.01852, for the forward pass: ``nout`` has no influence. ``seed``
    is an int or a generator.

    >>> max(map(abs, he_uniform(600, seed=0))) <= 0.1
    True
    """
    return uniform(nin, nout, seed, low=-math.sqrt(6.0 / nin))


def he_normal(nin: int, nout: int = 1, seed: Seed = None) -> list[float]:
    """``nin`` weights, normal with standard deviation √(2/nin): keeps the mean square of activations through ReLUs.

    The formula is that of He et al. (2015), arXiv:1502.01852, for the forward pass: ``nout`` has no influence. ``seed``
    is an int or a generator.

    >>> he_normal(2, seed=0) == normal(2, seed=0)
    True
    """
    return normal(nin, nout, seed, std=math.sqrt(2.0 / nin))


def xavier_uniform(nin: int, nout: int = 1, seed: Seed = None) -> list[float]:
    """``nin`` weights, uniform within ±√(6/(nin + nout)): a compromise between the variances forward and backward.

    The formula is that of Glorot and Bengio (2010), proceedings.mlr.press/v9/glorot10a. ``seed`` is an int or a
    generator.

    >>> max(map(abs, xavier_uniform(300, 300, seed=0))) <= 0.1
    True
    """
    return uniform(nin, nout, seed, low=-math.sqrt(6.0 / (nin + nout)))


def xavier_normal(nin: int, nout: int = 1, seed: Seed = None) -> list[float]:
    """``nin`` weights, normal with standard deviation √(2/(nin + nout)): as ``xavier_uniform``, a compromise.

    The formula is that of Glorot and Bengio (2010), proceedings.mlr.press/v9/glorot10a. ``seed`` is an int or a
    generator.

    >>> xavier_normal(1, 1, seed=0) == normal(1, seed=0)
    True
    """
    return normal(nin, nout, seed, std=math.sqrt(2.0 / (nin + nout)))


INITIALIZERS: dict[str, Initializer] = {
    function.__name__: function for function in (uniform, normal, he_uniform, he_normal, xavier_uniform, xavier_normal)
}
"""The initialisers by the names that ``Neuron``, ``Layer`` and ``MLP`` take."""
