"""Derivatives of functions: structures, nesting, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd import (
    DerivativeError,
    Symbol,
    Value,
    derivative_formulas,
    draw,
    exp,
    grad,
    greater,
    hessian,
    jacobian,
    jvp,
    log,
    partial_derivatives,
    sin,
    sqrt,
    tree,
    value_and_grad,
)


def test_the_exercises_of_the_course() -> None:
    assert grad(lambda x, y, z: (x + y) / z)(3, 2, 1) == (1.0, 1.0, -5.0)
    value, gradient = value_and_grad(lambda x, y, z: x * exp(y) + sin(z))(1.5, -1, math.pi / 2)
    assert value == pytest.approx(1.551819161757163, rel=1e-15)
    assert gradient == (0.36787944117144233, 0.5518191617571635, 6.123233995736766e-17)
    assert grad(lambda x, y: log(x**2 + y**2 + 1))(2, 1) == pytest.approx((2 / 3, 1 / 3), rel=1e-15)
    assert grad(lambda x, y, z: (x + y) * z)(-2, 5, -4) == (-4.0, -4.0, 3.0)


def test_results_have_the_structure_of_the_arguments() -> None:
    assert grad(lambda x: x * x)(3.0) == 6.0
    assert grad(lambda w: w[0] * w[1][0])([2.0, (5.0,)]) == [5.0, (2.0,)]
    assert grad(lambda w, x: w[0] * x)([2.0, 1.0], 5.0) == ([5.0, 0.0], 2.0)
    gradient = grad(lambda w: (w * w).sum())(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert gradient.dtype == float
    assert gradient.tolist() == [[2.0, 4.0], [6.0, 8.0]]


def test_argnums_are_those_of_jax() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y + z

    assert grad(f, argnums=0)(2.0, 3.0, 4.0) == 3.0
    assert grad(f, argnums=-1)(2.0, 3.0, 4.0) == 1.0
    assert grad(f, argnums=(1, 0))(2.0, 3.0, 4.0) == (2.0, 3.0)
    with pytest.raises(ValueError, match="argnums names argument 3, but the function was called with 3"):
        grad(f, argnums=3)(2.0, 3.0, 4.0)
    with pytest.raises(ValueError, match=r"argnums names an argument twice: \(0, -3\)"):
        grad(f, argnums=(0, -3))(2.0, 3.0, 4.0)
    with pytest.raises(TypeError, match="argnums is an int or a sequence of ints, not 'x'"):
        grad(f, argnums="x")(2.0, 3.0, 4.0)  # type: ignore[arg-type]


def test_jacobian_and_hessian() -> None:
    assert jacobian(lambda x: [x, x * x, 3.0])(2.0) == [1.0, 4.0, 0.0]
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda w: w[0] ** 2 * w[1])([2.0, 3.0]) == [[6.0, 4.0], [4.0, 0.0]]
    matrix = jacobian(lambda w: w * 2.0)(np.array([1.0, 2.0]))
    assert matrix.tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert hessian(lambda w: (w @ w) ** 2)(np.array([1.0, 2.0])).tolist() == [[28.0, 16.0], [16.0, 52.0]]
    assert jacobian(lambda x: np.array([x, x * x]))(3.0).tolist() == [1.0, 6.0]


def test_forward_mode() -> None:
    assert jvp(lambda x, y: [x * y, x], (2.0, 5.0), (1.0, 0.5)) == ([10.0, 2.0], [6.0, 1.0])
    assert jvp(lambda x: 3.0, (2.0,), (1.0,)) == (3.0, 0.0)
    assert grad(lambda x: jvp(lambda y: y**3, (x,), (1.0,))[1])(2.0) == 12.0
    assert jvp(grad(lambda x: x**3), (2.0,), (1.0,)) == (12.0, 12.0)
    with pytest.raises(ValueError, match="as many numbers in tangents as in primals"):
        jvp(lambda x, y: x, (1.0, 2.0), (1.0,))
    with pytest.raises(TypeError, match="one real number"):
        jvp(lambda x: x, (1.0,), ("a",))
    with pytest.raises(TypeError, match="two tuples"):
        jvp(lambda x: x, 1.0, 1.0)  # type: ignore[arg-type]


def test_nested_derivatives_do_not_mix_their_variables_up() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(2.0) == 4.0
    assert grad(lambda x: grad(lambda y: x * y**2)(3.0))(2.0) == 6.0
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,)) == (1.0, 1.0)


def test_any_order() -> None:
    derivative: Any = sin
    for order in range(9):
        assert derivative(0.7) == pytest.approx(math.sin(0.7 + order * math.pi / 2), rel=1e-12)
        derivative = grad(derivative)


def test_a_function_of_recorded_numbers_has_a_recorded_derivative() -> None:
    w = Value(3.0)
    derivative = grad(lambda x: w * x * x)(2.0)
    assert isinstance(derivative, Value)
    derivative.backward()
    assert (derivative.data, w.grad) == (12.0, 4.0)
    x = Value(2.0)
    grad(lambda x: x**3)(x).backward()
    assert x.grad == 12.0


def test_the_graph_of_a_derivative_is_a_graph_like_any_other() -> None:
    x = Value(2.0, label="x")
    (first,) = partial_derivatives(x * exp(x), [x])
    (second,) = partial_derivatives(first, [x])
    assert second.data == pytest.approx(4 * math.exp(2.0), rel=1e-15)
    assert x.grad == 0.0
    assert "<svg" in draw(second).svg
    assert "e^x" in tree(second)
    assert str(derivative_formulas(first, [x])[0]) == "exp(x) + (1 + x) * exp(x)"


def test_what_an_output_does_not_depend_on() -> None:
    x, y = Value(2.0), Value(3.0)
    assert [d.data for d in partial_derivatives(x * x, [y, x])] == [0.0, 4.0]
    assert grad(lambda x, y: x * 2)(1.0, 2.0) == (2.0, 0.0)
    assert grad(lambda x: 5)(1.0) == 0.0
    assert grad(lambda x: greater(x, 0.0))(1.0) == 0.0


def test_changed_data_are_noticed_rather_than_mixed_in() -> None:
    x = Value(2.0)
    f = x * x
    x.data = 5.0
    with pytest.raises(ValueError, match="record the output again"):
        partial_derivatives(f, [x])


def test_a_derivative_that_does_not_exist_raises() -> None:
    with pytest.raises(DerivativeError, match=r"sqrt\(0.0\) has no finite derivative"):
        grad(sqrt)(0.0)
    with pytest.raises(DerivativeError, match=r"sqrt\(0.0\) has no finite derivative"):
        grad(grad(lambda x: sqrt(x) * x))(0.0)
    with pytest.raises(DerivativeError, match=r"sqrt\(0.0\) has no finite derivative"):
        grad(lambda x: sqrt(x) ** 2)(0.0)


def test_what_is_no_scalar_function_is_refused() -> None:
    for wrong in (lambda x: [x], lambda x: None, lambda x: "a"):
        with pytest.raises(TypeError, match="returns one number, not"):
            grad(wrong)(1.0)
    with pytest.raises(TypeError, match=r"a function is differentiated, not float 3\.0"):
        grad(3.0)(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="partial_derivatives takes recorded Values"):
        partial_derivatives(3.0, [])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"takes the inputs as a list, as in partial_derivatives\(f, \[x, y\]\)"):
        partial_derivatives(Value(1.0), Value(1.0))  # type: ignore[arg-type]


def test_symbols() -> None:
    x, y = Symbol("x"), Symbol("y")
    assert str(grad(lambda x: x * exp(x))(x)) == "exp(x) + x * exp(x)"
    assert tuple(map(str, grad(lambda x, y: (x + y) / y)(x, y))) == ("1 / y", "1 / y - (x + y) / y ** 2")
    assert str(grad(grad(lambda x: x**4))(x)) == "12 * x ** 2"
