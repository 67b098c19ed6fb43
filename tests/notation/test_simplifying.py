"""Derivatives look as a textbook prints them, and are what they were: against mpmath at 50 digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Formula, Symbol, grad
from autograd.notation.simplifying import simplified
from autograd.notation.text import text
from autograd.notation.tree import (
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    expression,
)
from autograd.symbol import symbolic
from tests.notation.textbook import TEXTBOOK

mp = mpmath.mp.clone()
mp.dps = 50


def derivative(formula: str, variable: str) -> Symbol:
    """The derivative as the engine gives it, with what Symbol arithmetic does to it and no more."""
    function = Formula(formula)
    symbols = [Symbol(name) for name in function.variables]
    return symbolic(grad(function, function.variables.index(variable))(*symbols))


def tree(symbol: Symbol) -> Expression:
    found = expression(symbol)
    assert found is not None
    return found


FUNCTIONS: dict[str, Any] = {
    "abs": abs,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "relu": lambda x: max(x, mp.mpf(0)),
    "atan2": lambda y, x: mp.atan2(y, x),
    "cbrt": lambda x: mp.sign(x) * abs(x) ** (mp.mpf(1) / 3),
    "log": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": mp.log10,
    **{name: getattr(mp, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "asinh", "atanh", "sign")},
    **{name: getattr(mp, name) for name in ("sinh", "cosh", "tanh", "sech")},
    "acosh": mp.acosh,
    "erf": mp.erf,
    "erfc": mp.erfc,
}
RELATIONS: dict[str, Any] = {
    "<": lambda x, y: x < y,
    "≤": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    "≥": lambda x, y: x >= y,
    "=": lambda x, y: x == y,
    "≠": lambda x, y: x != y,
}


def real(number: Any) -> Any:
    """The number; an error if it is not real, since then a real formula has no value."""
    if isinstance(number, mp.mpc):
        raise ValueError("not real")
    return number


def value(tree: Expression, at: Mapping[str, Any]) -> Any:
    """What a tree is at a point, at 50 digits; raises where it has no value."""
    match tree:
        case Number(number):
            return mp.mpf(number.numerator) / number.denominator
        case Name(name):
            return {"π": mp.pi, "e": mp.e}[name] if name in "πe" else at[name]
        case Negative(operand):
            return -value(operand, at)
        case Sum(terms):
            return mp.fsum(value(term, at) for term in terms)
        case Product(factors):
            return mp.fprod(value(factor, at) for factor in factors)
        case Quotient(above, below):
            return value(above, at) / value(below, at)
        case Power(base, exponent):
            return real(mp.power(value(base, at), value(exponent, at)))
        case Call(function, operands):
            return real(FUNCTIONS[function](*(value(operand, at) for operand in operands)))
        case Relation(sign, left, right):
            return mp.mpf(RELATIONS[sign](value(left, at), value(right, at)))
    raise AssertionError


NAMES = ("b", "m", "n", "s", "w", "x", "y", "z", "w_1", "w_2", "x_1", "x_2", "alpha")
COORDINATES = (
    (0.3, 0.7, 3.0, 1.2, 0.6, 0.55, 1.4, 0.9, 0.2, -0.4, 1.1, 0.8, 0.6),
    (-0.8, 1.9, 2.0, -0.7, -1.3, 0.85, -0.6, -1.7, 0.4, 0.1, -0.5, 0.3, -1.2),
    (0.5, -1.1, 4.0, 2.3, 0.9, 2.6, 0.75, 2.2, 1.0, 2.0, 3.0, 4.0, 0.1),
    (1.5, 0.1, 1.0, 0.4, -0.2, -0.45, 2.5, 0.35, 1.0, -1.0, 1.0, -1.0, 2.0),
)
POINTS = [dict(zip(NAMES, map(mp.mpf, numbers), strict=True)) for numbers in COORDINATES]
FORMS = """
({}) + ({})|({}) - ({})|({}) * ({})|({}) / ({})|hypot({}, {})|atan2({}, {})|({}) > ({})
-({})|({})**2|({})**3|({})**-1|({})**0.5|2**({})|({})**x|sqrt({})|cbrt({})|abs({})|sign({})|exp({})|log({})
log1p({})|sin({})|cos({})|tan({})|sinh({})|cosh({})|tanh({})|asin({})|atan({})|acosh({})|atanh({})|sigmoid({})
softplus({})|silu({})|log_sigmoid({})|erf({})|relu({})"""


def assert_same(before: Expression, after: Expression, at: Mapping[str, Any]) -> bool:
    """Compare at a point, where what was there before has a real value; whether it has one."""
    try:
        want = value(before, at)
    except (ArithmeticError, ValueError):
        return False
    if not mp.isfinite(want):
        return False
    try:
        found = value(after, at)
    except (ArithmeticError, ValueError) as error:
        raise AssertionError(f"{text(before)} → {text(after)} at {at}: {error}") from error
    assert abs(found - want) <= mp.mpf(10) ** -25 * (1 + abs(want)), f"{text(before)} → {text(after)} at {at}"
    return True


def test_there_are_enough_of_them() -> None:
    assert len(TEXTBOOK) >= 60
    assert len(set(TEXTBOOK)) == len(TEXTBOOK)


@pytest.mark.parametrize(("formula", "variable", "printed"), TEXTBOOK)
def test_as_a_textbook_prints_it(formula: str, variable: str, printed: str) -> None:
    before = tree(derivative(formula, variable))
    after = simplified(before)
    assert text(after) == printed
    assert simplified(after) == after
    assert any([assert_same(before, after, at) for at in POINTS])  # noqa: C419 at every one


@pytest.mark.parametrize(("formula", "variable"), [row[:2] for row in TEXTBOOK])
def test_it_is_the_derivative(formula: str, variable: str) -> None:
    """Against a numerical derivative at 50 digits of the formula itself."""
    function = Formula(formula)
    written = tree(symbolic(function(*map(Symbol, function.variables))))
    after = simplified(tree(derivative(formula, variable)))
    at = {name: abs(POINTS[2 if formula in ("acosh(x)", "log(log(x))") else 0][name]) for name in function.variables}
    want = mp.diff(lambda t: value(written, {**at, variable: t}), at[variable])
    assert abs(value(after, at) - want) < mp.mpf(10) ** -12 * (1 + abs(want))  # 1/3 has 16 digits


def expressions() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["x", "y", "x", "1", "2", "0.5", "-3", "pi"])

    forms = FORMS.strip().replace("\n", "|").split("|")

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(str.format, st.sampled_from(forms), inner, inner)

    return st.recursive(leaves, extend, max_leaves=7)


numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


@settings(max_examples=500, deadline=None)
@given(expressions(), numbers, numbers)
def test_simplified_is_equal_wherever_the_original_has_a_value(formula: str, x: float, y: float) -> None:
    """The function itself, and its derivative with respect to x."""
    try:
        function = Formula(formula)
        written = function.evaluate({"x": Symbol("x"), "y": Symbol("y")})
        slope = derivative(formula, "x") if "x" in function.variables else 1.0
    except (ArithmeticError, ValueError):
        return
    for symbol in (symbolic(written), symbolic(slope)):
        before = expression(symbol)
        if before is not None and not re.search(r"e[+-]\d{2}", str(symbol)):
            assert_same(before, simplified(before), {"x": mp.mpf(str(x)), "y": mp.mpf(str(y))})
