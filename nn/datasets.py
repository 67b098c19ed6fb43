"""Small data sets: points made with NumPy, and the digits, where scikit-learn is installed.

Each comes as the samples, one a row, and their labels. ``make_moons`` and ``train_test_split`` are scikit-learn's, with
its names and, for an int as ``random_state``, its very bits. That may also be a NumPy Generator or RandomState, or None
for NumPy's own global state.
"""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np

RandomState = int | np.random.Generator | np.random.RandomState | None
"""Where random numbers come from, as in scikit-learn: an int gives the same ones every time."""
Data = tuple[np.ndarray, np.ndarray]
"""The samples, one a row, and their labels."""


def make_moons(n_samples: int = 100, noise: float | None = None, random_state: RandomState = None) -> Data:
    """Two half circles of radius 1 that reach into each other: an array (n_samples, 2), and labels 0 (above) and 1.

    ``noise`` is the standard deviation of what is added to each coordinate. ``random_state`` is an int, which gives the
    same bits as scikit-learn, a NumPy generator, or None for NumPy's global one. Raises ValueError for fewer than 1 of
    ``n_samples`` or a negative noise.

    >>> X, y = make_moons(1000, noise=0.2, random_state=42)
    >>> X.shape, int(y.sum())
    ((1000, 2), 500)
    """
    _check_count(n_samples)
    above, below = np.linspace(0, math.pi, n_samples // 2), np.linspace(0, math.pi, n_samples - n_samples // 2)
    points = np.concatenate(
        [np.stack([np.cos(above), np.sin(above)], 1), np.stack([1 - np.cos(below), 1 - np.sin(below) - 0.5], 1)]
    )
    return _finished(points, [len(above), len(below)], noise, random_state)


def make_blobs(n_samples: int, centers: Any, cluster_std: float = 1.0, random_state: RandomState = None) -> Data:
    """Normal clouds around ``centers``, given one a row, each a class: an array with a row a sample, and the labels.

    The ``n_samples`` are shared out evenly; ``cluster_std`` is the standard deviation of each coordinate. The names are
    scikit-learn's, the bits are not; ``random_state`` is as for ``make_moons``. Raises ValueError where there are no
    centres, or no samples.

    >>> X, y = make_blobs(4, centers=[[0.0, 0.0], [9.0, 9.0]], cluster_std=0.1, random_state=0)
    >>> (X.mean(axis=1) > 5.0).astype(int).tolist() == y.tolist()
    True
    """
    _check_count(n_samples)
    means = np.array(centers, float)
    if means.ndim != 2 or not len(means):
        raise ValueError("centers are the centres of the clouds, one a row")
    sizes = [n_samples // len(means) + (index < n_samples % len(means)) for index in range(len(means))]
    return _finished(np.repeat(means, sizes, axis=0), sizes, cluster_std, random_state)


def train_test_split(*arrays: Any, test_size: float | int = 0.25, random_state: RandomState = None) -> list[np.ndarray]:
    """Each of the ``arrays`` split by rows, all alike: first array's training and test part, second array's, ...

    ``test_size`` is a share of the rows, or a number of them; ``random_state`` is as for ``make_moons``. Raises
    ValueError where the arrays differ in length, or a part would be empty.

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
    order = _random(random_state).permutation(count)
    return [part for table in tables for part in (table[order[tests:]], table[order[:tests]])]


def load_digits() -> Data:
    """Handwritten digits of 8 × 8 pixels: an array (1797, 64) of numbers from 0 to 16, and which digit each is.

    They come with scikit-learn, from the UCI repository (E. Alpaydin and C. Kaynak, 1998, doi:10.24432/C50P49). Raises
    ImportError where it is not installed.

    >>> X, y = load_digits()
    >>> X.shape, y[:5].tolist()
    ((1797, 64), [0, 1, 2, 3, 4])
    """
    try:
        datasets = import_module("sklearn.datasets")
    except ImportError:
        raise ImportError('the digits come with scikit-learn: pip install "chainrule[data]"') from None
    samples, labels = datasets.load_digits(return_X_y=True)
    return samples, labels


def _random(random_state: Any) -> Any:
    if random_state is None or random_state is np.random:
        return np.random
    if isinstance(random_state, int | np.integer):
        return np.random.RandomState(random_state)
    if isinstance(random_state, np.random.Generator | np.random.RandomState):
        return random_state
    raise TypeError(f"random_state is an int or a NumPy generator, not {type(random_state).__name__}")


def _finished(points: np.ndarray, sizes: list[int], noise: float | None, random_state: RandomState) -> Data:
    """The points of consecutive classes with their labels, in random order and with noise, drawn in that order."""
    random = _random(random_state)
    order = np.arange(len(points))
    random.shuffle(order)
    points = points[order]
    if noise is not None:
        if noise < 0.0:
            raise ValueError(f"noise is a standard deviation, 0 or more, not {noise}")
        points = points + random.normal(scale=noise, size=points.shape)
    return points, np.repeat(np.arange(len(sizes)), sizes)[order]


def _check_count(n_samples: int) -> None:
    if not isinstance(n_samples, int | np.integer) or n_samples < 1:
        raise ValueError(f"n_samples is a whole number from 1, not {n_samples!r}")
