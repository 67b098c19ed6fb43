"""Graphs that are easily lifted wrongly: compiled against eager."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd import (
    Value,
    as_constant,
    atan2,
    compile,
    exp,
    grad,
    log,
    partial_derivatives,
    sigmoid,
    sin,
    softmax,
    stop_gradient,
    tanh,
)  # fmt: skip
from autograd.errors import DomainError, OperationError, RangeError

p, q = Value(0.5, label="p"), Value(-0.2, label="q")


def eager(function: Any, row: Any) -> tuple[float, list[float]]:
    leaves = list(map(Value, row))
    out = function(*leaves)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: grad(lambda z: 3.0 * (2.0 * z) + z * z)(x) * y,  # constants multiplied inside of a sum
        lambda x, y: x * y + as_constant(2.0) * as_constant(3.0),
        lambda x, y: (lambda s: exp(stop_gradient(s)) * s)(sin(x)) + y,  # an alias of what is used later
        lambda x, y: (lambda z: softmax([z])[0] * z)(sin(x)) + y,
        lambda x, y: tanh(p * x + q * y + p * x) + tanh(p * y + q * x + p * y),  # one leaf twice in a row
        lambda x, y: x + x + y,
        lambda x, y: x * y + x * y + sin(x * y),
        lambda x, y: p * x + q * x + y,
        lambda x, y: x + x - y - y - x,
        lambda x, y: log(sigmoid(300.0 * x)) + y,
        lambda x, y: atan2(0.0, x) + 10.0 * atan2(-0.0, x) + y,
    ],
)
def test_small_graphs(function: Any, target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    rows = np.array([[0.5, -0.3], [-1.5, 0.7], [-1.0, 1.0]])
    values, gradients = zip(*(eager(function, row) for row in rows), strict=True)
    f = compile(function, target=target)
    found, partials = f.value_and_grad(*rows.T)
    np.testing.assert_allclose(found, values, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(np.transpose(partials), gradients, rtol=1e-12, atol=1e-300)
    single = compile(function, target=target)
    assert single(*rows[0]) == pytest.approx(values[0], rel=1e-12)
    if target == "numpy":
        stores = [np.array([leaf.data for leaf in store.leaves]) for store in single._latest.stores]
        for source, given, wanted in ((f.source, rows.T, values), (single.source, rows[1].tolist(), values[1])):
            namespace: dict[str, Any] = {}
            exec(source, namespace)
            result = namespace["value_and_grad"](*given, *stores)[0]
            np.testing.assert_allclose(result, wanted, rtol=1e-12, atol=1e-300)


def test_a_recorded_sum_with_a_product_of_constants() -> None:
    x = Value(0.5)
    (slope,) = partial_derivatives(3.0 * (2.0 * x) + x * x, [x])
    assert compile(slope)() == slope.data == 7.0


def test_a_bound_parameter_stays_as_it_is() -> None:
    w = Value(3.0)
    bound = compile(lambda x: (w * x) * stop_gradient(w) ** 2).bind(np.ones(2))
    assert bound(np.ones(2)).tolist() == [27.0, 27.0]
    assert bound.parameters[0].tolist() == [3.0]


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: (lambda z: (z, [z + 1.0]))(x + y),
        lambda x, y: (lambda z: (z, [z + x]))(-(x * y)),
        lambda x, y: (lambda z: (z, [z + x, z, z]))((x - y) ** 2 + 1.0),
        lambda x, y: (x * y, []),
    ],
)
def test_further_numbers_made_of_the_value(function: Any, target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    rows = np.array([[1.0, 2.0], [-0.5, 3.0]])
    f = compile(function, has_aux=True, target=target)
    (value, aux), partials = f.value_and_grad(*rows.T)
    for i, row in enumerate(rows.tolist()):
        wanted, further = function(*row)
        assert value[i] == pytest.approx(wanted, rel=1e-12)
        assert aux[i].tolist() == pytest.approx(further, rel=1e-12)
        assert [d[i] for d in partials] == pytest.approx(eager(lambda x, y: function(x, y)[0], row)[1], rel=1e-12)


def test_what_no_sample_changes_counts_for_each() -> None:
    f = compile(lambda x, w: w * w)
    values, (_, slope) = f.value_and_grad(np.ones(3), 2.0)
    assert values.tolist() == [4.0] * 3
    assert slope == 12.0
    w = Value(2.0)
    step = compile(lambda x: w * w)
    step.step(np.ones(3))
    assert w.grad == 12.0
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    assert namespace["value_and_grad"](np.ones(3), 2.0)[2] == 12.0


@pytest.mark.parametrize(
    ("function", "x", "wanted"),
    [
        (lambda x: 1e-150 * (1e200 * (1e200 * x)), 1e-300, 1e-50),
        (lambda x: 1e-170 * (1e-170 * x), 1e150, 1e-190),
        (lambda x: x * 1e158 + 1e308 + 1e308, -1e150, 1e308),
        (lambda x: (1e200 * x + 1.0) * 1e200, 1e-300, 1e200),
    ],
)
@pytest.mark.parametrize("target", ["numpy", "jax"])
def test_constants_that_do_not_fold(function: Any, x: float, wanted: float, target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    f = compile(function, target=target)
    assert f(x) == pytest.approx(wanted, rel=1e-12)
    assert f(np.array([x, x])) == pytest.approx(wanted, rel=1e-12)


def test_a_constant_that_overflows_only_in_the_derivative() -> None:
    f = compile(lambda x: (1e200 * x + 1.0) * 1e200)
    with pytest.raises(OperationError, match=r"has no finite derivative with respect to .*x"):
        f.value_and_grad(1e-300)
    with pytest.raises(RangeError, match=r"\* 1e\+200 overflows"):
        f(1.0)


def test_a_saturated_sigmoid_has_no_logarithm() -> None:
    f = compile(lambda w, x: log(sigmoid(w * x)))
    assert f(1.0, -720.0) == pytest.approx(-720.0, rel=1e-4)  # what is left of the digits down there
    assert compile(lambda x: 1e300 * sigmoid(x))(-720.0) == pytest.approx(1e300 * math.exp(-720.0), rel=1e-4)
    with pytest.raises(DomainError, match=r"sample 1: log\(0\.0\) has no value"):
        f(1.0, np.array([1.0, -1e5]))


def test_the_first_sample_is_named_too() -> None:
    with pytest.raises(DomainError, match=r"sample 0: log\(-1\.0\) has no value"):
        compile(lambda x: log(x))(np.array([-1.0, 1.0]))


def test_what_is_bound_may_begin_with_what_is_shared() -> None:
    w, x = np.array([1.0, 2.0, 3.0]), np.arange(6.0).reshape(2, 3)
    dot = compile(lambda w, x: sum([a * b for a, b in zip(w, x, strict=True)]), shared=["w"]).bind(w, x)
    assert dot(w, x).tolist() == (x @ w).tolist()
    scaled = compile(lambda k, x: k * x * x).bind(2.0, np.ones(3))
    assert scaled(2.0, np.array([1.0, 2.0])).tolist() == [2.0, 8.0]
    pair = compile(lambda x, y: x[0] * y).bind(np.ones((2, 2)), np.ones(2))
    with pytest.raises(ValueError, match="batches of different sizes: x 3, y 1"):
        pair(np.ones((3, 2)), np.array([2.0]))


def test_variadic_parameters_can_be_shared() -> None:
    f = compile(lambda x, *ws: x * ws[0][0] + ws[1][0], shared=["ws"])
    assert f(np.array([1.0, 2.0]), np.array([2.0, 0.0]), np.array([1.0])).tolist() == [3.0, 5.0]


def test_parameters_may_be_called_as_python_calls_things() -> None:
    def f(float: Any, slice: Any, list: Any) -> Any:  # noqa: A002
        return float * slice + list

    g = compile(f)
    namespace: dict[str, Any] = {}
    g(1.0, 2.0, 3.0)
    exec(g.source, namespace)
    assert namespace["value_and_grad"](1.0, 2.0, 3.0) == (5.0, 2.0, 1.0, 1.0)


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize(
    ("function", "point"),
    [
        (lambda y, z, w: y + (z - w), (0.5, 1e17, 1e17)),
        (lambda y, z, w: (z - w) + y, (0.5, 1e17, 1e17)),
        (lambda y, z, w: -w + z + y, (0.5, 1e17, 1e17)),
        (lambda y, z, w: y + (z + w), (0.5, 1e17, -1e17)),
        (lambda y, z, w: (z + -w) + y * 1.0, (0.5, 1e17, 1e17)),
        (lambda y, z, w: y - (w - z), (0.5, 1e17, 1e17)),
        (lambda y, z, w: 2.0 * y + (z - w) - y, (0.5, 1e17, 1e17)),
        (lambda y, z, w: (y + 1.0) + (z * y - w * y), (0.5, 1e17, 1e17)),
        (lambda y, z, w: y + 1e17 - w, (0.5, 0.0, 1e17)),
        (lambda y, z, w: (y + ((z - w) + (w - z))) + 1.0, (0.25, 1e17, 1e17)),
    ],
)
def test_written_sums_keep_their_brackets(function: Any, point: tuple[float, ...], target: str) -> None:
    """Neither a reduction nor a product of arrays, so to the last bit: compiled, printed, and as a recorded loss."""
    if target == "jax":
        pytest.importorskip("jax")
    wanted = function(*point)
    f = compile(function, target=target)
    assert f(*point) == wanted
    assert f(*(np.array([x, x]) for x in point)).tolist() == [wanted, wanted]
    if target == "numpy":
        namespace: dict[str, Any] = {}
        exec(f.source, namespace)
        assert namespace["value_and_grad"](*point)[0] == wanted
    leaves = [Value(x, label=name) for x, name in zip(point, "yzw", strict=True)]  # no array of one role
    step = compile(function(*leaves), target=target)
    assert step() == wanted
    f = compile(lambda y, z, w: function(y[0], z[0], w[0]) * function(y[1], z[1], w[1]), target=target)
    assert f(*([x, x] for x in point)) == wanted * wanted


def test_a_sum_of_many_steps_is_not_too_deep() -> None:
    count = 1500
    f = compile(lambda *xs: sum((x if i % 2 else -x for i, x in enumerate(xs)), xs[0]))
    names = [float(i) for i in range(count)]
    assert f(*names) == sum(x if i % 2 else -x for i, x in enumerate(names))
