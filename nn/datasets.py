"""Small data sets: points made with NumPy, and scikit-learn's real ones where that package is installed.

Every maker returns the samples, one a row, and their labels. ``random_state`` is an int, a NumPy Generator or
RandomState, or None for NumPy's own global state. With an int, ``make_moons``, ``make_circles`` and
``train_test_split`` give scikit-learn's very bits.
"""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np

RandomState = int | np.random.Generator | np.random.RandomState | None
Data = tuple[np.ndarray, np.ndarray]


def make_moons(
    n_samples: int = 100, noise: float | None = None, random_state: RandomState = None, shuffle: bool = True
) -> Data:
    """Two half circles that reach into each other: labels 0 (above) and 1, with normal noise of a deviation.

    >>> X, y = make_moons(1000, noise=0.2, random_state=42)
    >>> X.shape, int(y.sum())
    ((1000, 2), 500)
    """
    _check_count(n_samples)
    above, below = np.linspace(0, math.pi, n_samples // 2), np.linspace(0, math.pi, n_samples - n_samples // 2)
    points = np.concatenate(
        [np.stack([np.cos(above), np.sin(above)], 1), np.stack([1 - np.cos(below), 1 - np.sin(below) - 0.5], 1)]
    )
    return _finished(points, [len(above), len(below)], noise, random_state, shuffle)


def make_circles(
    n_samples: int = 100,
    noise: float | None = None,
    random_state: RandomState = None,
    factor: float = 0.8,
    shuffle: bool = True,
) -> Data:
    """A circle of radius 1, label 0, around one of radius ``factor``, label 1."""
    _check_count(n_samples)
    if not 0.0 <= factor < 1.0:
        raise ValueError(f"factor is a number from 0 to below 1, not {factor!r}")
    outer = np.linspace(0, 2 * math.pi, n_samples // 2, endpoint=False)
    inner = np.linspace(0, 2 * math.pi, n_samples - n_samples // 2, endpoint=False)
    points = np.concatenate(
        [np.stack([np.cos(outer), np.sin(outer)], 1), np.stack([np.cos(inner) * factor, np.sin(inner) * factor], 1)]
    )
    return _finished(points, [len(outer), len(inner)], noise, random_state, shuffle)


def make_spirals(
    n_samples: int = 100,
    noise: float | None = None,
    random_state: RandomState = None,
    arms: int = 2,
    turns: float = 1.0,
    shuffle: bool = True,
) -> Data:
    """Arms of a spiral from the centre to radius 1, each a class, equally turned against each other."""
    sizes = _shares(n_samples, arms)
    radii = [np.linspace(0, 1, size + 1)[1:] for size in sizes]
    angles = [2 * math.pi * (turns * radius + arm / arms) for arm, radius in enumerate(radii)]
    points = [np.stack([r * np.cos(angle), r * np.sin(angle)], 1) for r, angle in zip(radii, angles, strict=True)]
    return _finished(np.concatenate(points), sizes, noise, random_state, shuffle)


def make_xor(n_samples: int = 100, noise: float | None = None, random_state: RandomState = None) -> Data:
    """Points of the square from -1 to 1: label 1 where the signs of the coordinates differ; noise comes after."""
    _check_count(n_samples)
    random = _random(random_state)
    points = random.uniform(-1.0, 1.0, size=(n_samples, 2))
    labels = ((points[:, 0] > 0) != (points[:, 1] > 0)).astype(int)
    return points + random.normal(scale=noise or 0.0, size=points.shape), labels


def make_blobs(
    n_samples: int = 100,
    centers: int | Any = 3,
    cluster_std: float = 1.0,
    random_state: RandomState = None,
    shuffle: bool = True,
) -> Data:
    """Normal clouds around centres, each a class: given, one a row, or so many at random between -10 and 10."""
    random = _random(random_state)
    means = random.uniform(-10.0, 10.0, size=(centers, 2)) if isinstance(centers, int) else np.array(centers, float)
    if means.ndim != 2:
        raise ValueError("centers is a number of centres, or the centres, one a row")
    sizes = _shares(n_samples, len(means))
    return _finished(np.repeat(means, sizes, axis=0), sizes, cluster_std, random, shuffle)


def train_test_split(
    *arrays: Any, test_size: float | int = 0.25, random_state: RandomState = None, shuffle: bool = True
) -> list[np.ndarray]:
    """Each array split by rows, all alike: first array's training and test part, second array's, ...

    ``test_size`` is a share of the rows, or a number of them.

    >>> X_train, X_test, y_train, y_test = train_test_split([[1], [2], [3], [4]], [1, 2, 3, 4], random_state=0)
    >>> y_train, y_test
    (array([4, 2, 1]), array([3]))
    """
    tables = [np.asarray(array) for array in arrays]
    if not tables:
        raise ValueError("there is nothing to split")
    count = len(tables[0])
    for table in tables:
        if len(table) != count:
            raise ValueError(f"the arrays to split differ in length: {count} and {len(table)}")
    tests = math.ceil(test_size * count) if isinstance(test_size, float) else test_size
    if not 0 < tests < count:
        raise ValueError(
            f"a test_size of {test_size} leaves {tests} of {count} rows for the test: both parts need some"
        )
    order = _random(random_state).permutation(count) if shuffle else np.roll(np.arange(count), tests)
    return [part for table in tables for part in (table[order[tests:]], table[order[:tests]])]


def load_digits() -> Data:
    """1797 handwritten digits of 8 × 8 pixels, from 0 to 16, and which of the 10 digits each is."""
    return _load("digits")


def load_iris() -> Data:
    """150 irises: 4 lengths in cm, and which of 3 species each is."""
    return _load("iris")


def load_wine() -> Data:
    """178 wines: 13 chemical measurements, and from which of 3 growers each is."""
    return _load("wine")


def load_diabetes() -> Data:
    """442 patients: 10 measurements, scaled, and a number for how the disease progressed within a year."""
    return _load("diabetes")


def _load(name: str) -> Data:
    try:
        datasets = import_module("sklearn.datasets")
    except ImportError:
        raise ImportError(f'the {name} data come with scikit-learn: pip install "chainrule[data]"') from None
    samples, labels = getattr(datasets, f"load_{name}")(return_X_y=True)
    return samples, labels


def _random(random_state: Any) -> Any:
    if random_state is None or random_state is np.random:
        return np.random
    if isinstance(random_state, int | np.integer):
        return np.random.RandomState(random_state)
    if isinstance(random_state, np.random.Generator | np.random.RandomState):
        return random_state
    raise TypeError(f"random_state is an int or a NumPy generator, not {type(random_state).__name__}")


def _finished(
    points: np.ndarray, sizes: list[int], noise: float | None, random_state: RandomState, shuffle: bool
) -> Data:
    """The points of consecutive classes with their labels, in random order and with noise, drawn in that order."""
    random = _random(random_state)
    order = np.arange(len(points))
    if shuffle:
        random.shuffle(order)
    points = points[order]
    if noise is not None:
        if noise < 0.0:
            raise ValueError(f"noise is a standard deviation, 0 or more, not {noise}")
        points = points + random.normal(scale=noise, size=points.shape)
    return points, np.repeat(np.arange(len(sizes)), sizes)[order]


def _shares(n_samples: int, classes: int) -> list[int]:
    _check_count(n_samples)
    if classes < 1:
        raise ValueError(f"there is at least one class, not {classes}")
    return [n_samples // classes + (index < n_samples % classes) for index in range(classes)]


def _check_count(n_samples: int) -> None:
    if not isinstance(n_samples, int | np.integer) or n_samples < 1:
        raise ValueError(f"n_samples is a whole number from 1, not {n_samples!r}")
