"""Sums of products of every shape, and arguments of every nesting, compiled and pasted, against NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, exp, greater, less, relu, stop_gradient
from autograd.calculus import flatten

Function = Callable[..., Any]
RNG = np.random.default_rng(0)
A, B, T, U = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4)), RNG.normal(size=(2, 3, 4)), RNG.normal(size=(4, 5))
X, Y, Z = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 4)), RNG.normal(size=(6, 3, 4))


def total(terms: Any) -> Any:
    terms = iter(terms)
    result = next(terms)
    for term in terms:
        result = result + term
    return result


def frobenius(a: Any, b: Any) -> Any:
    return total(x * y for row, other in zip(a, b, strict=True) for x, y in zip(row, other, strict=True))


def bilinear(x: Any, a: Any, y: Any) -> Any:
    return total(x[i] * total(a[i][j] * y[j] for j in range(len(y))) for i in range(len(x)))


def gram(a: Any) -> Any:
    """‖AᵀA‖²: the same array on both sides, one of them transposed."""
    columns = list(zip(*a, strict=True))
    inner = [[total(p * q for p, q in zip(u, v, strict=True)) for v in columns] for u in columns]
    return total(x * x for row in inner for x in row)


def chain(a: Any, u: Any) -> Any:
    """Σ (A·U)²."""
    return total(
        (lambda s: s * s)(total(row[k] * u[k][j] for k in range(len(u)))) for row in a for j in range(len(u[0]))
    )


def tensor(t: Any, b: Any) -> Any:
    """Σ over the first index of (Σ over the others of T·B)²."""
    return total((lambda s: s * s)(frobenius(page, b)) for page in t)


def contracted(t: Any, a: Any) -> Any:
    """Σ over i, l of (Σ over j, k of T[i][j][k]·T[l][j][k])·a[i][l]."""
    return total(frobenius(t[i], t[k]) * a[i][k] for i in range(2) for k in range(2))


def repeated(x: Any) -> Any:
    """Elements that occur several times, in no order."""
    return total(x[i] ** 3 * x[k] for i, k in ((0, 2), (2, 1), (0, 0), (1, 0), (2, 2)))


def diagonal(a: Any) -> Any:
    return total(a[i][i] ** 3 for i in range(2)) + total(x * x for row in a for x in row)


SQUARE = RNG.normal(size=(2, 2))
CASES: list[tuple[Function, tuple[np.ndarray, ...], Function]] = [
    (frobenius, (A, B), lambda a, b: (a * b).sum()),
    (bilinear, (X[0], A, Y[0]), lambda x, a, y: x @ a @ y),
    (gram, (A,), lambda a: ((a.T @ a) ** 2).sum()),
    (chain, (A, U), lambda a, u: ((a @ u) ** 2).sum()),
    (tensor, (T, B), lambda t, b: ((t * b).sum(axis=(1, 2)) ** 2).sum()),
    (repeated, (X[0],), lambda x: sum(x[i] ** 3 * x[k] for i, k in ((0, 2), (2, 1), (0, 0), (1, 0), (2, 2)))),
    (diagonal, (SQUARE,), lambda a: (np.diag(a) ** 3).sum() + (a * a).sum()),
    (contracted, (T, SQUARE), lambda t, a: (np.einsum("ijk,ljk->il", t, t) * a).sum()),
]


def difference(function: Function, arrays: tuple[np.ndarray, ...], k: int, place: tuple[int, ...]) -> float:
    """The derivative by one element: these functions are polynomials, so a complex step is exact."""
    moved = [array.astype(complex) for array in arrays]
    moved[k][place] += 1e-30j
    return float(function(*moved).imag / 1e-30)


@pytest.mark.parametrize(("function", "arrays", "formula"), CASES, ids=[case[0].__name__ for case in CASES])
def test_contractions(function: Function, arrays: tuple[np.ndarray, ...], formula: Function) -> None:
    f = compile(function)
    value, partials = f.value_and_grad(*(array.tolist() for array in arrays))
    partials = partials if len(arrays) > 1 else (partials,)
    assert value == pytest.approx(formula(*arrays), rel=1e-12)
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    pasted = namespace["value_and_grad"](*arrays, **f.constants)
    assert pasted[0] == pytest.approx(value, rel=1e-12)
    for k, array in enumerate(arrays):
        expected = [difference(formula, arrays, k, place) for place in np.ndindex(array.shape)]
        assert list(flatten(partials[k])) == pytest.approx(expected, rel=1e-11, abs=1e-13)
        assert np.ravel(pasted[k + 1]).tolist() == pytest.approx(expected, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize(
    ("function", "batch", "shared", "formula"),
    [
        (frobenius, (Z,), (A,), lambda z, a: np.einsum("nij,ij->n", z, a)),
        (frobenius, (Z, Z[::-1].copy()), (), lambda z, w: (z * w).sum(axis=(1, 2))),
        (lambda x, y, a: bilinear(x, a, y), (X, Y), (A,), lambda x, y, a: np.einsum("ni,ij,nj->n", x, a, y)),
        (gram, (Z,), (), lambda z: (np.einsum("nik,nil->nkl", z, z) ** 2).sum(axis=(1, 2))),
        (
            repeated,
            (X,),
            (),
            lambda x: sum(x[:, i] ** 3 * x[:, k] for i, k in ((0, 2), (2, 1), (0, 0), (1, 0), (2, 2))),
        ),
        (chain, (Z,), (U,), lambda z, u: (np.einsum("nik,kj->nij", z, u) ** 2).sum(axis=(1, 2))),
    ],
    ids=["frobenius shared", "frobenius", "bilinear", "gram", "repeated", "chain"],
)
def test_contractions_of_batches(
    function: Function, batch: tuple[np.ndarray, ...], shared: tuple[np.ndarray, ...], formula: Function
) -> None:
    f = compile(function)
    arrays = (*batch, *shared)
    given = (*batch, *(array.tolist() for array in shared))
    value, partials = f.value_and_grad(*given)
    partials = partials if len(arrays) > 1 else (partials,)
    assert value == pytest.approx(formula(*arrays), rel=1e-12)
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    pasted = namespace["value_and_grad"](*arrays, **f.constants)
    assert pasted[0] == pytest.approx(value, rel=1e-12)
    for k, array in enumerate(arrays):
        expected = [difference(lambda *a: formula(*a).sum(), arrays, k, place) for place in np.ndindex(array.shape)]
        assert np.ravel(np.array(partials[k])).tolist() == pytest.approx(expected, rel=1e-11, abs=1e-13)
        assert np.ravel(pasted[k + 1]).tolist() == pytest.approx(expected, rel=1e-11, abs=1e-13)


def test_what_is_added_stands_before_what_is_subtracted() -> None:
    f = compile(lambda x, y, z: -x + (y - z))
    assert f(1.0, 2.0, 4.0) == -3.0
    assert "f = y - z - x\n" in f.source


def test_leaves_of_one_name_lie_together() -> None:
    leaves = [Value(float(i), label=f"{name}{i}") for i in range(3) for name in "wv"]
    step = compile(total(exp(leaf) for leaf in leaves))
    assert step() == pytest.approx(2.0 * np.exp(range(3)).sum(), rel=1e-14)
    assert [leaf.label for leaf in step.kernel.stores[0].leaves] == ["w0", "w1", "w2", "v0", "v1", "v2"]


def still(number: Any) -> Any:
    """Without a derivative, so that the backward pass uses it nowhere, and it is written where it stands."""
    return stop_gradient(number)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: exp(-(x + y)),
        lambda x, y: exp(-(x - y)),
        lambda x, y: still(-x) ** 2.0 * y,
        lambda x, y: still(-(x * y)) ** 3.0 * y,
        lambda x, y: still(x) / still(still(y) / still(x)) * y,
        lambda x, y: still(x / y) / still(x) * y,
        lambda x, y: still(x) / still(still(x) * still(y)) * y,
        lambda x, y: still(x) * still(still(x) / still(y)) * y,
        lambda x, y: still(x) * still(still(x) - still(y)) * y,
        lambda x, y: still(2.0 ** still(x)) ** still(y) * y,
        lambda x, y: still(x) ** still(still(y) ** still(x)) * y,
        lambda x, y: exp(still(x) - still(relu(x) - exp(y))) * y,
        lambda x, y: still(greater(x, y)) * y - still(less(x, y)) * x,
    ],
)
def test_brackets_stand_where_they_are_needed(function: Function) -> None:
    f = compile(function)
    expected = function(1.5, 0.75)
    assert f(1.5, 0.75) == pytest.approx(expected, rel=1e-14)
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    assert namespace["value_and_grad"](1.5, 0.75)[0] == pytest.approx(expected, rel=1e-14)


def test_brackets_keep_the_rounding() -> None:
    """(1e300 · 1e300) / 1e300 overflows on the way; 1e300 · (1e300 / 1e300) does not."""
    f = compile(lambda x, y: still(x) * still(still(x) / still(y)) + y)
    namespace: dict[str, Any] = {}
    assert f(1e300, 1e300) == 2e300
    exec(f.source, namespace)
    assert namespace["value_and_grad"](1e300, 1e300)[0] == 2e300


def test_one_element_of_every_row_is_written_with_both_indices() -> None:
    f = compile(lambda a: total(exp(row[k]) for row, k in zip(a, (1, 0, 1), strict=True)), shared=["a"])
    matrix = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert f(matrix) == pytest.approx(np.exp([2.0, 3.0, 6.0]).sum(), rel=1e-14)
    assert "np.exp(a[np.arange(3), i1])" in f.source


def test_a_power_to_a_power_keeps_its_brackets() -> None:
    f = compile(lambda x, y: stop_gradient(x**y) ** 3.0 * x)
    namespace: dict[str, Any] = {}
    assert f(1.5, 2.0) == pytest.approx(2.25**3 * 1.5, rel=1e-14)
    exec(f.source, namespace)
    assert namespace["value_and_grad"](1.5, 2.0)[:2] == pytest.approx((2.25**3 * 1.5, 2.25**3), rel=1e-14)


@pytest.mark.parametrize(
    "point", [(2.0, [3.0, 4.0]), [2.0, (3.0, 4.0)], (2.0, (3.0, 4.0)), (2.0, np.array([[3.0, 4.0], [5.0, 6.0]]))]
)
def test_derivatives_are_nested_as_the_argument(point: Any) -> None:
    f = compile(lambda p: p[0] * p[1][0] + p[1][1] * p[1][1])
    value, gradient = f.value_and_grad(point)
    assert type(gradient) is type(point)
    assert type(gradient[1]) is type(point[1])
    a, b, c = 2.0, *np.array(point[1]).T
    assert value == pytest.approx(a * b + c * c)
    assert np.sum(gradient[0]) == pytest.approx(np.sum(b))
    assert np.array(gradient[1]).T.tolist() == pytest.approx(np.array([a + 0.0 * b, 2.0 * c]))


def test_a_recorded_value_beside_a_nested_argument() -> None:
    w = Value(3.0)
    f = compile(lambda p: w * p[0] * p[1][0])
    assert f.step((2.0, (5.0,))) == 30.0
    assert w.grad == 10.0
