from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sklearn.datasets
import sklearn.model_selection

from nn import datasets
from nn.datasets import make_blobs, make_circles, make_moons, make_spirals, make_xor, train_test_split


@pytest.mark.parametrize("n", [1, 2, 7, 100])
@pytest.mark.parametrize("noise", [None, 0.0, 0.3])
@pytest.mark.parametrize("shuffle", [True, False])
def test_moons_and_circles_are_scikit_learns_to_the_bit(n: int, noise: float | None, shuffle: bool) -> None:
    for name, seed in (("make_moons", 42), ("make_circles", 7)):
        ours, expected = getattr(datasets, name), getattr(sklearn.datasets, name)
        for state in (lambda: seed, lambda: np.random.RandomState(seed)):  # noqa: B023
            x, y = ours(n, noise=noise, shuffle=shuffle, random_state=state())
            their_x, their_y = expected(n, noise=noise, shuffle=shuffle, random_state=state())
            assert x.tolist() == their_x.tolist()
            assert y.tolist() == their_y.tolist()


@pytest.mark.parametrize("test_size", [0.2, 0.25, 0.333, 5])
@pytest.mark.parametrize("shuffle", [True, False])
def test_splits_are_scikit_learns(test_size: float, shuffle: bool) -> None:
    x, y = np.arange(46).reshape(23, 2), list(range(23))
    state = 42 if shuffle else None
    ours = train_test_split(x, y, test_size=test_size, random_state=state, shuffle=shuffle)
    expected = sklearn.model_selection.train_test_split(x, y, test_size=test_size, random_state=state, shuffle=shuffle)
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


MAKERS: list[Callable[..., Any]] = [make_moons, make_circles, make_spirals, make_xor, make_blobs]


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


def test_circles_spirals_xor_and_blobs_are_what_they_say() -> None:
    x, y = make_circles(40, factor=0.5)
    assert np.allclose(np.hypot(*x.T), np.where(y == 0, 1.0, 0.5))
    x, y = make_spirals(90, arms=3, turns=0.75, shuffle=False)
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    assert np.allclose(np.exp(1j * angle), np.exp(2j * np.pi * (0.75 * radius + y / 3)))
    x, y = make_xor(50, random_state=0)
    assert ((x[:, 0] * x[:, 1] < 0) == (y == 1)).all()
    x, y = make_blobs(30, centers=[[0, 0, 0], [9, 9, 9]], cluster_std=0.0)
    assert x.tolist() == [[9.0 * label] * 3 for label in y]
    assert [int((make_blobs(11, centers=3)[1] == label).sum()) for label in range(3)] == [4, 4, 3]


@pytest.mark.parametrize(
    ("name", "shape", "classes"), [("digits", (1797, 64), 10), ("iris", (150, 4), 3), ("wine", (178, 13), 3)]
)
def test_real_data(name: str, shape: tuple[int, int], classes: int) -> None:
    x, y = getattr(datasets, f"load_{name}")()
    assert (x.shape, len(set(y.tolist()))) == (shape, classes)
    assert datasets.load_diabetes()[0].shape == (442, 10)


def test_without_scikit_learn_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r'the iris data come with scikit-learn: pip install "chainrule\[data\]"'):
        datasets.load_iris()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_moons(0), "n_samples is a whole number from 1, not 0"),
        (lambda: make_moons(2.5), "n_samples is a whole number from 1, not 2.5"),  # type: ignore[arg-type]
        (lambda: make_moons(5, noise=-1.0), "noise is a standard deviation, 0 or more, not -1.0"),
        (lambda: make_circles(5, factor=1.5), "factor is a number from 0 to below 1, not 1.5"),
        (lambda: make_spirals(5, arms=0), "at least one class, not 0"),
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
