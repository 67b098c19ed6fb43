"""One list of composite functions, run on floats, Values and Symbols, and differentiated in every way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from autograd import Formula, Symbol, Value, check_gradients, derivative_formulas, grad, hessian, jvp
from tests.composites import COMPOSITES

every_composite = pytest.mark.parametrize(
    ("function", "point"), COMPOSITES, ids=[str(i) for i in range(len(COMPOSITES))]
)
Function = Callable[..., Any]
NAMES = "xyz"


def central_difference(function: Function, point: tuple[float, ...], i: int) -> float:
    """A derivative of a function of floats by differences of fourth order: 8 digits, no rules."""
    h = 1e-3

    def at(steps: int) -> float:
        return float(function(*point[:i], point[i] + steps * h, *point[i + 1 :]))

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)


@every_composite
def test_floats_values_and_symbols_agree(function: Function, point: tuple[float, ...]) -> None:
    plain = function(*point)
    assert type(plain) is float
    assert function(*map(Value, point)).data == plain
    written = str(function(*map(Symbol, NAMES[: len(point)])))
    assert Formula(written).evaluate(dict(zip(NAMES, point, strict=False))) == pytest.approx(plain, rel=1e-14)


@every_composite
def test_every_way_to_a_gradient_agrees(function: Function, point: tuple[float, ...]) -> None:
    leaves = [Value(number, label=name) for number, name in zip(point, NAMES, strict=False)]
    output = function(*leaves)
    output.backward()
    gradient = tuple(leaf.grad for leaf in leaves)
    assert grad(function, range(len(point)))(*point) == gradient
    values = dict(zip(NAMES, point, strict=False))
    for i, formula in enumerate(derivative_formulas(output, leaves)):
        direction = tuple(float(k == i) for k in range(len(point)))
        assert jvp(function, point, direction)[1] == pytest.approx(gradient[i], rel=1e-13, abs=1e-15)
        assert Formula(str(formula)).evaluate(values) == pytest.approx(gradient[i], rel=1e-12, abs=1e-15)
        assert central_difference(function, point, i) == pytest.approx(gradient[i], rel=1e-7, abs=1e-9)
    assert check_gradients(function, *point).verdict == "pass"


@every_composite
def test_second_derivatives_agree(function: Function, point: tuple[float, ...]) -> None:
    n = len(point)
    rows = hessian(function, range(n))(*point)
    for i in range(n):
        for k in range(n):
            want = central_difference(lambda *xs, i=i: grad(function, range(n))(*xs)[i], point, k)
            assert rows[i][k] == pytest.approx(want, rel=1e-6, abs=1e-8)
            assert rows[i][k] == pytest.approx(rows[k][i], rel=1e-12, abs=1e-14)


@every_composite
def test_symbols_differentiate_to_formulas(function: Function, point: tuple[float, ...]) -> None:
    symbols = [Symbol(name) for name in NAMES[: len(point)]]
    formulas = grad(function, range(len(point)))(*symbols)
    values = dict(zip(NAMES, point, strict=False))
    for formula, number in zip(formulas, grad(function, range(len(point)))(*point), strict=True):
        assert Formula(str(formula)).evaluate(values) == pytest.approx(number, rel=1e-12, abs=1e-15)


def test_softmax_with_cross_entropy_is_the_textbook_gradient() -> None:
    logits = [Value(x) for x in (1.0, 2.0, 0.5)]
    from autograd import log, softmax

    (-log(softmax(logits)[0])).backward()
    with mpmath.workdps(50):
        exponentials = [mpmath.exp(x.data) for x in logits]
        want = [e / mpmath.fsum(exponentials) - int(i == 0) for i, e in enumerate(exponentials)]
    assert [x.grad for x in logits] == pytest.approx(list(map(float, want)), rel=1e-14)
