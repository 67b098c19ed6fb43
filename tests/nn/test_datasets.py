from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import sklearn.datasets
import sklearn.model_selection

from nn import datasets
from nn.datasets import make_blobs, make_moons, train_test_split


@pytest.mark.parametrize("n", [1, 2, 7, 100])
@pytest.mark.parametrize("noise", [None, 0.0, 0.3])
def test_moons_are_scikit_learns_to_the_bit(n: int, noise: float | None) -> None:
    for state in (lambda: 42, lambda: np.random.RandomState(42)):
        x, y = make_moons(n, noise=noise, random_state=state())
        their_x, their_y = sklearn.datasets.make_moons(n, noise=noise, random_state=state())
        assert x.tolist() == their_x.tolist()
        assert y.tolist() == their_y.tolist()


@pytest.mark.parametrize("test_size", [0.2, 0.25, 0.333, 5])
def test_splits_are_scikit_learns(test_size: float) -> None:
    x, y = np.arange(46).reshape(23, 2), list(range(23))
    ours = train_test_split(x, y, test_size=test_size, random_state=42)
    expected = sklearn.model_selection.train_test_split(x, y, test_size=test_size, random_state=42)
    assert [part.tolist() for part in ours] == [np.asarray(part).tolist() for part in expected]


def test_the_tutorials_points() -> None:
    """course.md: 800 training points, 400 of class 1, and 200 test points."""
    x, y = make_moons(1000, noise=0.2, random_state=42)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=42)
    assert (x_train.shape, x_test.shape, int(y_train.sum()), len(y_test)) == ((800, 2), (200, 2), 400, 200)


def test_numpys_global_state_serves_where_there_is_none() -> None:
    np.random.seed(1337)
    first = make_moons(20, noise=0.1)[0]
    np.random.seed(1337)
    assert np.array_equal(make_moons(20, noise=0.1)[0], first)


MAKERS: list[Callable[..., Any]] = [make_moons, partial(make_blobs, centers=[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])]


@pytest.mark.parametrize("make", MAKERS)
def test_same_seed_same_bits(make: Callable[..., Any]) -> None:
    for state in (lambda seed: seed, np.random.default_rng):
        x, y = make(31, random_state=state(5))
        again, other = make(31, random_state=state(5)), make(31, random_state=state(6))
        assert x.tolist() == again[0].tolist()
        assert y.tolist() == again[1].tolist()
        assert x.tolist() != other[0].tolist() or y.tolist() != other[1].tolist()
        assert (x.shape, y.shape) == ((31, 2), (31,))
        assert set(y.tolist()) == set(range(max(y) + 1))


def test_blobs_are_as_many_around_every_centre() -> None:
    x, y = make_blobs(31, centers=[[0, 0, 0], [9, 9, 9]], cluster_std=0.0)
    assert x.tolist() == [[9.0 * label] * 3 for label in y]
    assert np.bincount(y).tolist() == [16, 15]


def test_blobs_are_normal() -> None:
    x, _ = make_blobs(4000, centers=[[3.0, -1.0]], cluster_std=0.5, random_state=0)
    assert x.mean(axis=0) == pytest.approx([3.0, -1.0], abs=4 * 0.5 / math.sqrt(4000))
    assert (np.abs(x - [3.0, -1.0]) < 0.5).mean() == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.03)


def test_the_digits() -> None:
    x, y = datasets.load_digits()
    assert (x.shape, len(set(y.tolist()))) == ((1797, 64), 10)


def test_without_scikit_learn_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r'the digits come with scikit-learn: pip install "chainrule\[data\]"'):
        datasets.load_digits()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_moons(0), "n_samples is a whole number from 1, not 0"),
        (lambda: make_moons(2.5), "n_samples is a whole number from 1, not 2.5"),  # type: ignore[arg-type]
        (lambda: make_moons(5, noise=-1.0), "noise is a standard deviation, 0 or more, not -1.0"),
        (lambda: make_blobs(5, centers=[1, 2]), "one a row"),
        (lambda: train_test_split(), "nothing to split"),
        (lambda: train_test_split([1, 2], [1]), "differ in length: 2 and 1"),
        (lambda: train_test_split([1, 2], test_size=2), "leaves 2 of 2 rows"),
        (lambda: train_test_split([1, 2], test_size=0.0), "leaves 0 of 2 rows"),
    ],
)
def test_what_cannot_be_is_said(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_random_state_of_another_kind_is_said() -> None:
    with pytest.raises(TypeError, match="random_state is an int or a NumPy generator, not str"):
        make_moons(5, random_state="42")  # type: ignore[arg-type]
