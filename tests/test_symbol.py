"""Formulas: brackets where they are needed, simplifications that keep the value, and limits."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Formula, Symbol, Value, exp, greater, log, sin
from autograd.symbol import symbolic

x, y, z = map(Symbol, "xyz")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ((x + y) * z, "(x + y) * z"),
        (x - (y - z), "x - (y - z)"),
        (x - y - z, "x - y - z"),
        (x / (y * z), "x / (y * z)"),
        ((x**y) ** z, "(x ** y) ** z"),
        (x ** (y**z), "x ** y ** z"),
        ((-x) ** 2, "(-x) ** 2"),
        (-(x**2), "-x ** 2"),
        (-(x + y), "-(x + y)"),
        (z / -(x / y), "z / (-x / y)"),
        (greater(x, y) * z, "(x > y) * z"),
        (greater(x, greater(y, z)), "x > (y > z)"),
        (2.0 ** (-x), "2 ** (-x)"),
        (x * 1 + 0, "x"),
        (x * 0, "0"),
        (x + x, "2 * x"),
        (3 * x * 4, "12 * x"),
        (x * x, "x ** 2"),
        (x - (-y), "x + y"),
        (x * -2.5, "-2.5 * x"),
        (1 / x * y, "y / x"),
        ((x + y) / z / z, "(x + y) / z ** 2"),
        (sin(x) * math.pi, "pi * sin(x)"),
        (x * 0.1, "0.1 * x"),
        (+x, "x"),
        ((2 * x) * (3 * y), "6 * x * y"),
        ((2 * x) * (y * 3) * x, "6 * x * y * x"),
        ((0.5 * x) * (3 * y), "1.5 * x * y"),
        ((0.1 * x) * (3 * y), "0.1 * x * 3 * y"),
        (x**2 + x * x * 2, "3 * x ** 2"),
        (3 * x - x, "2 * x"),
        (sin(x) - sin(x), "0"),
        (x + 1 + 1, "x + 1 + 1"),
        (math.e**x * log(math.e), "e ** x"),
        (abs(-x), "abs(-x)"),
        (exp(x) ** 1, "exp(x)"),
    ],
)
def test_text(formula: Symbol, text: str) -> None:
    assert str(formula) == text


def expressions(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        binary = st.sampled_from(["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} ** {})", "({} < {})"])
        unary = st.sampled_from(["-({})", "sin({})", "({}) ** 2", "abs({})"])
        return st.one_of(
            st.builds(lambda f, a, b: f.format(a, b), binary, inner, inner),
            st.builds(lambda f, a: f.format(a), unary, inner),
        )

    return st.recursive(leaves, extend, max_leaves=8)


@given(expressions(st.sampled_from(["x", "y", "1", "0", "2", "0.5", "-3"])))
def test_simplified_text_has_the_value_of_what_was_written(text: str) -> None:
    values = {"x": 1.25, "y": 0.75}
    try:
        formula = Formula(text)
        want = formula.evaluate(values)
    except (ArithmeticError, ValueError):
        return
    written = formula.evaluate({"x": x, "y": y})
    again = Formula(str(written)).evaluate(values)
    assert again == pytest.approx(want, rel=1e-9, abs=1e-9), str(written)


def test_a_formula_that_grows_without_bound_is_not_written_out() -> None:
    huge = x
    for _ in range(1000):
        huge = huge * huge + huge
    assert str(huge).startswith("(a formula of ")
    assert len(str(huge)) < 100
    deep = x
    for _ in range(3000):
        deep = sin(deep)
    assert str(deep).count("sin") == 3000


def test_refusals() -> None:
    for this, other in ((x, Value(1.0)), (Value(1.0), x)):
        with pytest.raises(TypeError, match="do not mix"):
            this + other
    with pytest.raises(TypeError, match="no truth value"):
        bool(greater(x, y))
    with pytest.raises(TypeError, match="'<' not supported between instances of 'Symbol' and 'Symbol'"):
        x < y  # type: ignore[operator]  # noqa: B015
    with pytest.raises(TypeError, match=r"name is a str|str object expected"):
        Symbol(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one real number"):
        x * "a"
    assert repr(log(x)) == "Symbol('log(x)')"
    assert symbolic(2).constant == 2.0
