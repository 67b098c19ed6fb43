"""Hypothesis strategies for operands, and mathematics at 50 digits and more."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
from hypothesis import strategies as st

from autograd.operation import Operation

DIGITS = 350  # so many that what cancels in a definition does not matter

MATHEMATICS: dict[str, Any] = {"abs": abs, "max": max, "min": min, "pi": mpmath.pi}
for _names in (
    ["exp", "log", "sqrt", "sign", "mpf", "erf", "erfc", "hypot", "atan2"],
    ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
):
    MATHEMATICS.update({name: getattr(mpmath, name) for name in _names})

numbers = (
    st.one_of(
        st.sampled_from([0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 37.0, -37.0]),
        st.floats(-1.0, 1.0),
        st.floats(-50.0, 50.0),
        st.integers(-9, 9).map(float),
    )
    .filter(lambda x: x == 0.0 or math.fabs(x) > 1e-100)
    .map(lambda x: x + 0.0)
)  # no -0.0: mathematics has one zero


def holds(condition: str, operands: tuple[float, ...]) -> bool:
    """Whether a condition of the table, which is our own text, holds at these operands."""
    return not condition or bool(eval(condition, {"abs": abs}, dict(zip("xy", operands, strict=False))))


def operands(operation: Operation, condition: str, often: float = 1.0) -> st.SearchStrategy[tuple[float, ...]]:
    """Operands of an operation at which a condition of the table holds."""
    return st.tuples(*[st.one_of(st.just(often), numbers)] * operation.arity).filter(
        lambda found: holds(condition, found)
    )


def definition(operation: Operation) -> Callable[..., Any]:
    """The operation as the mathematics that its definition states."""
    code = compile(operation.definition, f"the definition of {operation.name}", "eval")
    return lambda *operands: eval(code, MATHEMATICS, dict(zip("xy", operands, strict=False)))


def close(got: float, want: Any, relative: float, scale: Any = 0) -> bool:
    """Whether got is want up to an error relative to it or to a given scale."""
    return bool(abs(mpmath.mpf(got) - want) <= relative * max(abs(want), abs(scale)) + mpmath.mpf("1e-290"))
