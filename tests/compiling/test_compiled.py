"""Compiled functions and graphs as their users meet them."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
import pytest

from autograd import (
    DerivativeError,
    Value,
    atan2,
    compile,
    dot,
    exp,
    greater,
    log,
    maximum,
    operations,
    relu,
    sigmoid,
    sin,
    sqrt,
    stop_gradient,
    tanh,
    where,
)  # fmt: skip
from autograd.compiling.machine import Machine, Troubled
from autograd.compiling.program import Array, Input
from autograd.compiling.writer import Writer
from autograd.errors import DivisionByZeroError, DomainError, OperationError, RangeError
from tests.compiling.graphs import Network, hinge_loss


def formula(x: Any, y: Any, z: Any) -> Any:
    return x * exp(y) + sin(z)


def layer(weights: Any, biases: Any, x: Any) -> Any:
    """The sum of the outputs of a layer of ReLU neurons."""
    return sum(relu(dot(row, x) + bias) for row, bias in zip(weights, biases, strict=True))


def test_numbers_and_arrays() -> None:
    f = compile(formula)
    assert f(1.5, -1, math.pi / 2) == pytest.approx(1.551819161757163, rel=1e-15)
    assert f.value_and_grad(1.5, -1, 0)[1] == pytest.approx((math.exp(-1), 1.5 * math.exp(-1), 1.0))
    assert f(z=0.0, x=1.5, y=-1.0) == f(1.5, -1.0, 0.0)
    assert f.value_and_grad(1.5, z=0.0, y=-1.0) == f.value_and_grad(1.5, -1.0, 0.0)
    xs, ys = np.array([1.0, 2.0]), np.array([0.5, -0.5])
    np.testing.assert_allclose(f(xs, ys, 0.0), xs * np.exp(ys))
    value, (dx, dy, dz) = f.value_and_grad(xs, ys, 0.0)
    assert {value.shape, dx.shape, dy.shape} == {(2,)}
    assert dz == 2.0  # a number is shared: its derivative is summed over the samples


def test_the_source_reads_like_the_formula() -> None:
    f = compile(formula)
    assert f.source.splitlines()[3:] == [
        "def value_and_grad(x, y, z):",
        "    v1 = np.exp(y)",
        "    v2 = x * v1",
        "    formula = np.sin(z) + v2",
        "    # backward",
        "    dz = np.cos(z)",
        "    dx = v1",
        "    dy = v2",
        "    return formula, dx, dy, dz",
    ]


def test_vectors_and_shared_matrices() -> None:
    draw = np.random.default_rng(0)
    weights, biases, points = draw.normal(size=(4, 3)), draw.normal(size=4), draw.normal(size=(5, 3))
    f = compile(layer, shared=["weights", "biases"])
    value, (dw, db, dx) = f.value_and_grad(weights, biases, points)
    z = points @ weights.T + biases
    np.testing.assert_allclose(value, np.maximum(z, 0).sum(axis=1))
    np.testing.assert_allclose(dw, (z > 0).T @ points)
    np.testing.assert_allclose(db, (z > 0).sum(axis=0))
    np.testing.assert_allclose(dx, (z > 0) @ weights)
    assert "x @ weights.T + biases" in f.source
    # Lists are one sample, and come back as lists.
    one, (dw, db, dx) = f.value_and_grad(weights.tolist(), biases.tolist(), points[0].tolist())
    assert one == pytest.approx(value[0])
    assert isinstance(dw, list)
    assert [len(row) for row in dw] == [3] * 4
    assert isinstance(dx, list)


def test_captured_values_are_read_at_every_call() -> None:
    w = Value(2.0, label="w")
    f = compile(lambda x: w * x)
    assert f(3.0) == 6.0
    w.data = 5.0
    assert f(3.0) == 15.0
    np.testing.assert_allclose(f.step(np.array([1.0, 2.0])), [5.0, 10.0])
    assert w.grad == 3.0


def test_a_function_that_does_not_depend_on_its_arguments() -> None:
    assert compile(lambda x: 2.0)(1.0) == 2.0
    value, dx = compile(lambda x: Value(3.0) * 2.0).value_and_grad(np.array([1.0, 2.0]))
    np.testing.assert_allclose(value, [6.0, 6.0])
    np.testing.assert_allclose(dx, [0.0, 0.0])


def test_results_are_not_overwritten_by_the_next_call() -> None:
    f = compile(lambda x: x * x)
    first, slope = f.value_and_grad(np.array([1.0, 2.0]))
    f.value_and_grad(np.array([5.0, 6.0]))
    np.testing.assert_allclose(first, [1.0, 4.0])
    np.testing.assert_allclose(slope, [2.0, 4.0])


def test_a_training_loop_on_a_recorded_loss() -> None:
    """The same descent, compiled and eager, to 12 digits."""
    runs = []
    for compiled in (True, False):
        network = Network([2, 4, 1])
        loss = hinge_loss(network, 10)
        step = compile(loss)
        for _ in range(20):
            if compiled:
                step()
            else:
                for p in network.parameters:
                    p.grad = 0.0
                loss = hinge_loss(network, 10)
                loss.backward()
            for p in network.parameters:
                p.data -= 0.1 * p.grad
        runs.append([p.data for p in network.parameters])
    assert runs[0] == pytest.approx(runs[1], rel=1e-12)


def test_parameters_in_arrays() -> None:
    w, b = Value(2.0), Value(1.0)
    bound = compile(lambda x, y: (w * x + b - y) ** 2).bind(np.zeros(1), np.zeros(1))
    x = np.array([0.0, 1.0, 2.0])
    for _ in range(300):
        bound(x, 3.0 * x - 1.0)
        for p, d in zip(bound.parameters, bound.gradients, strict=True):
            p -= 0.05 * d
    assert w.data == 2.0
    bound.store()
    assert (w.data, b.data) == pytest.approx((3.0, -1.0), abs=1e-6)


@pytest.mark.parametrize("function", [lambda x, y: x, lambda x, y: x * y + 2.0 * y, lambda x, y: 3.0])
def test_the_source_takes_numbers_and_arrays(function: Any) -> None:
    f = compile(function)
    f.record(np.ones(2), np.ones(2))
    assert f.source.index("f = ") < f.source.index("# backward")
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    of_numbers = namespace["value_and_grad"](2.0, 3.0)
    of_arrays = namespace["value_and_grad"](np.array([2.0, 0.0]), np.array([3.0, 1.0]))
    for one, many in zip(of_numbers, of_arrays, strict=True):
        assert np.broadcast_to(many, 2)[0] == one
    assert of_numbers[0] == function(2.0, 3.0)


def test_the_source_with_a_parameter_takes_numbers() -> None:
    k, m = Value(2.0, label="k"), Value(3.0, label="m")
    f = compile(lambda x: x * k + m)
    f(1.0)
    assert f.source.splitlines()[3:] == [
        "def value_and_grad(x, p):",
        "    f = p[1] + x * p[0]",
        "    # backward",
        "    dp = np.concatenate([np.reshape(x, 1), np.full(1, 1.0)])",
        "    dx = p[0]",
        "    return f, dx, dp",
    ]
    g = compile(lambda x: x * k)
    g(1.0)
    assert g.source.index("f = x * p[0]") < g.source.index("# backward") < g.source.index("dp = ")
    namespace: dict[str, Any] = {}
    exec(g.source, namespace)
    assert namespace["value_and_grad"](3.0, np.array([2.0]))[:2] == (6.0, 2.0)


def test_named_leaves_give_their_names() -> None:
    x, y = Value(1.0, label="x[1] = np"), Value(2.0, label="import os")
    source = compile(x * y + x).source
    assert "def value_and_grad(" in source
    assert "import os" not in source.partition("def ")[2]
    assert re.search(r"\breturn loss, \w+\b", source)


def greatest(numbers: Iterable[Any]) -> Any:
    return stop_gradient(reduce(maximum, numbers))


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize(
    ("function", "numbers", "error", "message"),
    [
        (lambda x: log(x), [1.0, -1.0], DomainError, "sample 1: log(-1.0) has no value: log needs x > 0"),
        (lambda x: 1 / x, [1.0, 2.0, 0.0], DivisionByZeroError, "sample 2: 1.0 / 0.0 has no value"),
        (lambda x: relu(sqrt(x)), [4.0, -4.0], DomainError, "sample 1: sqrt(-4.0) has no value"),
        (lambda x: (x * x) * (x * x), [1.0, 1e200], RangeError, "sample 1: 1e+200 * 1e+200 overflows"),
        # What is infinite on the way, and not in the result:
        (lambda x: 1 / exp(x), [1.0, 1000.0], RangeError, "sample 1: exp(1000.0) overflows"),
        (lambda x: tanh(1 / x), [1.0, 0.0], DivisionByZeroError, "sample 1: 1.0 / 0.0 has no value"),
        (lambda x: maximum(log(x), -5.0), [1.0, 0.0], DomainError, "sample 1: log(0.0) has no value"),
        (lambda x: relu(-x * x) + x, [1.0, 1e200], RangeError, "sample 1: (-1e+200) * 1e+200 overflows"),
        (lambda x: sigmoid(-exp(x)), [1.0, 1000.0], RangeError, "sample 1: exp(1000.0) overflows"),
        (lambda x: exp(x) ** 0.0, [1.0, 1000.0], RangeError, "sample 1: exp(1000.0) overflows"),
        (lambda x: where(greater(exp(x), 1.0), x, -x), [1.0, 1000.0], RangeError, "sample 1: exp(1000.0) overflows"),
        # What the greatest of three hides, and what it does not, NaN:
        (lambda x: x + greatest(log(x + k) for k in (1, 2, 3)), [1.0, -1.0], DomainError, "sample 1: log(0.0) has no"),
        (lambda x: x + greatest(tanh(log(x + k)) for k in (1, 2, 3)), [1.0, -1.5], DomainError, "1: log(-0.5) has no"),
        # What does not count:
        (lambda x: x + 0.0 * log(x), [1.0, -1.0], DomainError, "sample 1: log(-1.0) has no value"),
        (lambda x: x + 0.0 * stop_gradient(log(x)), [1.0, -1.0], DomainError, "sample 1: log(-1.0) has no value"),
    ],
)
def test_a_forbidden_value_is_named_with_its_sample(
    function: Any, numbers: list[float], error: type[OperationError], message: str, target: str
) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    f = compile(function, target=target)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(np.array(numbers[:1]))
        with pytest.raises(error, match=re.escape(message)):
            f(np.array(numbers))
        with pytest.raises(error, match=re.escape(message)):
            f.value_and_grad(np.array(numbers))


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize("function", [sqrt, lambda x: relu(-sqrt(x)) + x, lambda x: 0.0 * sqrt(x) + x])
def test_a_missing_derivative_is_named_where_nothing_comes_of_it(function: Any, target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    f = compile(function, target=target)
    f(np.array([1.0, 0.0]))
    with pytest.raises(DerivativeError, match=r"sample 1: sqrt\(0\.0\) has no finite derivative"):
        f.value_and_grad(np.array([1.0, 0.0]))


@pytest.mark.parametrize(
    ("left", "right", "axes"),
    [((2, 3, 4), (2, 5, 4), ("ijk", "ilk", "ijl")), ((2000, 2000), (2000,), ("ij", "j", "i"))],
    ids=["einsum never says so", "BLAS does not, in a thread"],
)
def test_a_product_that_overflows(left: tuple[int, ...], right: tuple[int, ...], axes: tuple[str, str, str]) -> None:
    writer, first, second = Writer(), Input(left, False), Input(right, False)
    inputs: dict[Array, Any] = {operand: np.full(operand.shape, 10.0) for operand in (first, second)}
    machine = Machine([writer.apply(operations.relu, writer.contract(first, second, axes))], inputs)
    machine.run()
    inputs[first][-1] = -1e308  # max(-inf, 0) is 0
    with pytest.raises(Troubled):
        machine.run()


def test_what_is_infinite_from_the_start_passes_through() -> None:
    f = compile(lambda x: 2.0 * x)
    np.testing.assert_allclose(f(np.array([1.0, math.inf])), [2.0, math.inf])
    assert math.isnan(f(math.nan))


def test_a_derivative_that_is_infinite_from_the_start_raises() -> None:
    f = compile(lambda x: x * x)
    assert f(math.inf) == math.inf
    with pytest.raises(DerivativeError, match=r"sample 1: inf \* inf has no finite derivative with respect to x"):
        f.value_and_grad(np.array([1.0, math.inf]))


def test_a_function_with_more_results_says_what_it_returns() -> None:
    with pytest.raises(TypeError, match="with has_aux, the function returns a pair"):
        compile(lambda x: x, has_aux=True)(1.0)


def test_a_recorded_loss_names_the_culprit_and_changes_nothing() -> None:
    x = Value(2.0, label="x")
    step = compile(log(x))
    assert step() == math.log(2.0)
    x.data = -1.0
    with pytest.raises(DomainError, match=r"log\(-1\.0\) has no value"):
        step()
    assert x.grad == 0.5


def test_jax_computes_in_float64_and_leaves_the_users_configuration_alone() -> None:
    jax = pytest.importorskip("jax")
    network = Network([2, 3, 1])
    loss = hinge_loss(network, 5)
    loss.backward()
    gradients = [p.grad for p in network.parameters]
    step = compile(loss, target="jax")
    assert step() == pytest.approx(loss.data, rel=1e-14)
    assert [p.grad for p in network.parameters] == pytest.approx(gradients, rel=1e-12)
    assert jax.numpy.ones(1).dtype == "float32"
    assert step.source.startswith("import jax.numpy as jnp")


def test_mistakes_are_explained() -> None:
    f = compile(formula)
    with pytest.raises(TypeError, match=r"'y'; the function takes \(x, y, z\), and was given 1 argument$"):
        f(1.0)
    for call in (f, f.value_and_grad, f.record):
        with pytest.raises(TypeError, match=r"too many .*; the function takes \(x, y, z\), and was given 4 arguments$"):
            call(1.0, 2.0, 3.0, 4.0)
    with pytest.raises(
        TypeError, match=r"unexpected .* 'v'; the function takes \(x, y, z\), and was given 4 arguments$"
    ):
        f(1.0, 2.0, 3.0, v=4.0)
    with pytest.raises(ValueError, match="batches of different sizes: x 2, y 3"):
        f(np.ones(2), np.ones(3), 1.0)
    with pytest.raises(ValueError, match="x is a batch of no samples"):
        f(np.ones(0), 1.0, 1.0)
    with pytest.raises(TypeError, match="expected one real number"):
        f("1", 1.0, 1.0)
    with pytest.raises(TypeError, match="array of bool"):
        f(np.array([True]), 1.0, 1.0)
    with pytest.raises(TypeError, match="returns one number, not list"):
        compile(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match="returns one number, not NoneType"):
        compile(lambda x: None)(1.0)
    with pytest.raises(TypeError, match="expected one real number") as caught:
        f([1.0, 2.0], 1.0, 1.0)
    assert caught.value.__notes__ == ["x is one argument of several numbers, since it is a list: a batch is an array."]
    with pytest.raises(ValueError, match="the argument x has masked numbers"):
        f(np.ma.array([1.0, 2.0], mask=[False, True]), 1.0, 1.0)
    with pytest.raises(TypeError, match="shared and has_aux go with a function"):
        compile(Value(1.0), has_aux=True)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="takes a function or a recorded Value, not int"):
        compile(3)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match='"numpy", "jax" or "javascript", not \'torch\''):
        compile(formula, target="torch")
    with pytest.raises(ValueError, match="shared names 'w'"):
        compile(formula, shared=["w"])
    with pytest.raises(ValueError, match="call it once"):
        compile(lambda row: sigmoid(row[0])).source  # noqa: B018


@pytest.mark.parametrize("target", ["numpy", "jax"])
def test_further_numbers_are_given_along(target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    w = [Value(0.5), Value(-2.0)]

    def f(x: Any, y: Any) -> Any:
        p = w[0] * x[0] + w[1] * x[1]
        q = exp(p) + 1.0
        return abs(p - y), [p, q, p, 3.0, x[0], w[0] * 7.0]  # p is part of a sum, too; some are constant

    xs, ys = np.array([[1.0, 2.0], [3.0, 0.5], [0.0, 0.0]]), np.array([1.0, 2.0, 3.0])
    p = xs @ [0.5, -2.0]
    aux = np.stack([p, np.exp(p) + 1, p, np.full(3, 3.0), xs[:, 0], np.full(3, 3.5)], 1)
    function = compile(f, target=target, has_aux=True)
    for value, given in (function(xs, ys), function.value_and_grad(xs, ys)[0]):
        assert value == pytest.approx(abs(p - ys), rel=1e-12)
        assert given == pytest.approx(aux, rel=1e-12)
    assert "aux = " in function.source
    bound = function.bind(xs, ys)
    assert bound(xs, ys) == pytest.approx(abs(p - ys), rel=1e-12)
    assert bound.aux == pytest.approx(aux, rel=1e-12)
    assert bound.gradients[0] == pytest.approx(np.sign(p - ys) @ xs, rel=1e-12)
    assert function([1.0, 2.0], 1.0)[1] == pytest.approx(aux[0], rel=1e-12)


def test_further_numbers_of_samples_that_run_eagerly() -> None:
    function = compile(lambda x: (x * 2.0, [x, 1.0]), has_aux=True)
    value, aux = function(np.array([1e200, 1.0]))  # their squares leave the floats
    assert value.tolist() == [2e200, 2.0]
    assert aux.tolist() == [[1e200, 1.0], [1.0, 1.0]]
    assert function(1e200)[1].tolist() == [1e200, 1.0]


def test_an_operation_of_the_table() -> None:
    assert compile(exp)(0.0) == 1.0
    assert compile(atan2)(0.0, 1.0) == 0.0


def test_long_constants_are_arguments_of_what_is_printed() -> None:
    weights = [k * k + 0.5 for k in range(20)]
    f = compile(lambda x, y: dot(x, weights) * dot(y, [1.0, 2.0, 4.0]), shared=["x", "y"])
    x = np.linspace(0.0, 1.0, 20)
    y = np.ones(3)
    value, gradients = f.value_and_grad(x, y)
    assert "def value_and_grad(x, y, c1):" in f.source
    assert "np.array([1.0, 2.0, 4.0])" in f.source
    assert f.constants["c1"].tolist() == weights
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    printed = namespace["value_and_grad"](x, y, **f.constants)
    assert printed[0] == pytest.approx(value, rel=1e-14)
    np.testing.assert_allclose(printed[1], gradients[0], rtol=1e-14)
    np.testing.assert_allclose(printed[2], gradients[1], rtol=1e-14)


def test_long_constants_of_a_recorded_output() -> None:
    w = Value(2.0, label="w")
    step = compile(reduce(lambda total, k: total + (w * k - k * k) ** 2, range(2, 20), (w - 1.0) ** 2))
    value = step()
    namespace: dict[str, Any] = {}
    exec(step.source, namespace)
    assert all(numbers.size > 12 for numbers in step.constants.values())
    found = namespace["value_and_grad"](np.array([2.0]), **step.constants)
    assert found[0] == pytest.approx(value, rel=1e-14)
    assert found[1] == pytest.approx(w.grad, rel=1e-14)
