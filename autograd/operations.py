"""The table of operations: how each one reads, what it means, computes and differentiates.

Everything else iterates over this table. A rule for a partial derivative is an expression in
ordinary arithmetic over ``out`` (the result) and the operands; it runs on every kind of number.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

Rule = Callable[..., Any]


class OperationError(ArithmeticError):
    """An operation has no value, or no derivative, at its operands."""

    def __init__(self, message: str, operation: Operation, operands: Sequence[float]) -> None:
        super().__init__(message)
        self.operation = operation
        self.operands = tuple(operands)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.operation, self.operands)


class DomainError(OperationError, ValueError):
    """The operands lie outside the domain of the operation."""


class DivisionByZeroError(OperationError, ZeroDivisionError):
    """A division by zero, or a negative power of zero."""


class RangeError(OperationError, OverflowError):
    """The result is finite in mathematics but too large for a float."""


class DerivativeError(OperationError, ValueError):
    """The operation has a value at its operands, but the derivative that was asked for does not exist."""


class Operand:
    """What an operation can be applied to besides plain numbers: recorded numbers and symbols."""

    __slots__ = ()

    def apply(self, operation: Operation, operands: Sequence[object]) -> Any:
        """The operation on these operands, one of which is this one."""
        raise NotImplementedError


N = TypeVar("N", bound=Operand)


def real_number(constant: object) -> float:
    """The float that a constant stands for.

    Accepted are int, float, Fraction, NumPy's real scalars and its 0-d arrays; anything else,
    bool included, is a TypeError, and an int that does not fit a float an OverflowError.

    >>> real_number(2)
    2.0
    """
    if type(constant) is float:
        return constant
    if isinstance(constant, numbers.Real) and not isinstance(constant, bool):
        return float(constant)
    if getattr(constant, "ndim", None) == 0 and hasattr(constant, "item"):
        return real_number(constant.item())
    shown = repr(constant) if len(repr(constant)) <= 40 else repr(constant)[:37] + "..."
    raise TypeError(
        f"expected one real number (int, float, Fraction or NumPy scalar), "
        f"got {type(constant).__name__}: {shown}"
    )


class Operation:
    """One entry of the table.

    ``notation`` is how it reads as Python, with ``{}`` for each operand; ``definition`` is what it
    means, over ``x`` and ``y`` and the functions of mathematics (the tests evaluate it at 50 digits);
    ``partials`` holds a rule for each operand. The operation has a value where ``domain`` holds, and
    the derivative of calculus where ``differentiable`` holds too; elsewhere it raises, or gives the
    subgradient that its rule states.

    >>> exp(0.0)
    1.0
    >>> exp.partials[0](1.0, 0.0)
    1.0
    """

    __slots__ = (
        "name",
        "notation",
        "precedence",
        "compute",
        "partials",
        "definition",
        "domain",
        "differentiable",
        "default",
    )

    def __init__(
        self,
        name: str,
        compute: Callable[..., float],
        *partials: Rule,
        notation: str = "",
        precedence: int = 9,
        definition: str = "",
        domain: str = "",
        differentiable: str = "",
        default: float | None = None,
    ) -> None:
        self.name = name
        self.compute = compute
        self.partials = partials
        self.notation = notation or f"{name}({', '.join(['{}'] * len(partials))})"
        self.precedence = precedence
        self.definition = definition or self.format("x", "y")
        self.domain = domain
        self.differentiable = differentiable or domain
        self.default = default

    @property
    def arity(self) -> int:
        """How many operands it takes: 1 or 2."""
        return len(self.partials)

    def format(self, *operands: str) -> str:
        """How the operation reads with these operands."""
        return self.notation.format(*operands[: self.arity])

    @overload
    def __call__(self, x: float, y: float = ..., /) -> float: ...
    @overload
    def __call__(self, x: N, y: N | float = ..., /) -> N: ...
    @overload
    def __call__(self, x: float, y: N, /) -> N: ...
    def __call__(self, *operands: Any) -> Any:
        if len(operands) == 1 and self.default is not None:
            operands = (operands[0], self.default)
        if len(operands) != self.arity:
            raise TypeError(f"{self.name} takes {self.arity} operand{'s'[: self.arity - 1]}, got {len(operands)}")
        for operand in operands:
            if isinstance(operand, Operand):
                return operand.apply(self, operands)
        return self.evaluate(*map(real_number, operands))

    def evaluate(self, *operands: float) -> float:
        """The value in floats; raises a named error where there is none."""
        try:
            out = self.compute(*operands)
        except (ValueError, ArithmeticError) as error:
            raise self.error(error, operands) from None
        # An infinity or NaN passes through, but does not come out of nothing.
        if out - out != 0.0:
            if math.isnan(out) and not any(map(math.isnan, operands)):
                raise self.error(ValueError(), operands)
            if math.isinf(out) and all(map(math.isfinite, operands)):
                raise self.error(OverflowError(), operands)
        return out

    def error(self, cause: Exception, operands: Sequence[float]) -> OperationError:
        """The named error for what Python's arithmetic raised at these operands."""
        shown = self.at(*operands)
        if isinstance(cause, ZeroDivisionError):
            return DivisionByZeroError(f"{shown} has no value: it divides by zero", self, operands)
        if isinstance(cause, OverflowError):
            return RangeError(f"{shown} overflows: the result is too large for a float", self, operands)
        reason = f"{self.name} needs {self.domain}" if self.domain else "it is not a number"
        return DomainError(f"{shown} has no value: {reason}", self, operands)

    def at(self, *operands: float) -> str:
        """How the operation reads at these numbers.

        >>> divide.at(1.0, -2.0)
        '1.0 / (-2.0)'
        """
        bracket = "({})" if self.precedence < 9 else "{}"
        return self.format(*(bracket.format(x) if x < 0 else repr(x) for x in operands))

    def __repr__(self) -> str:
        return f"<operation {self.format('x', 'y')}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if OPERATIONS.get(self.name) is not self:
            raise TypeError(f"{self!r} is not in the table of operations, so it cannot be pickled")
        return _from_table, (self.name,)

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Operation:
        return self


OPERATIONS: dict[str, Operation] = {}


def _from_table(name: str) -> Operation:
    return OPERATIONS[name]


def _entry(name: str, compute: Callable[..., float], *partials: Rule, **reading: Any) -> Operation:
    operation = Operation(name, compute, *partials, **reading)
    OPERATIONS[name] = operation
    return operation


LOG_2 = math.log(2.0)
LOG_10 = math.log(10.0)
SQRT_HALF = math.sqrt(0.5)
TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
ONE_OVER_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


# Computations that the math module lacks, or that differ from it at an edge ----------------------


def _power(x: float, y: float) -> float:
    if x == 0.0 and y < 0.0:
        raise ZeroDivisionError
    return math.pow(x, y)


def _xlogy(x: float, y: float) -> float:
    return 0.0 if x == 0.0 and y >= 0.0 else x * math.log(y)


def _sech(x: float) -> float:
    small = math.exp(-abs(x))
    return 2.0 * small / (1.0 + small * small)


def _sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y


def _minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


def _sign(x: float) -> float:
    return x if x != x else float((x > 0.0) - (x < 0.0))


def _over_square(x: Any, h: Any) -> Any:
    """x/h², without squaring: h² may under- or overflow where x/h² does not."""
    return x / h / h


# The table ---------------------------------------------------------------------------------------

add = _entry(
    "add",
    lambda x, y: x + y,
    lambda out, x, y: 1.0,
    lambda out, x, y: 1.0,
    notation="{} + {}",
    precedence=4,
)
subtract = _entry(
    "subtract",
    lambda x, y: x - y,
    lambda out, x, y: 1.0,
    lambda out, x, y: -1.0,
    notation="{} - {}",
    precedence=4,
)
multiply = _entry(
    "multiply",
    lambda x, y: x * y,
    lambda out, x, y: y,
    lambda out, x, y: x,
    notation="{} * {}",
    precedence=5,
)
divide = _entry(
    "divide",
    lambda x, y: x / y,
    lambda out, x, y: 1.0 / y,
    lambda out, x, y: -out / y,
    notation="{} / {}",
    precedence=5,
    domain="y != 0",
)
power = _entry(
    "power",
    _power,
    lambda out, x, y: y * x ** lowered(y),
    lambda out, x, y: xlogy(out, x),
    notation="{} ** {}",
    precedence=7,
    domain="x > 0 or (x == 0 and y >= 0) or (x < 0 and y % 1 == 0)",
    differentiable="x > 0",
)
# The exponent that the power rule leaves; it stays 0 at 0, since x**0 is constant even at x = 0.
lowered = _entry(
    "lowered",
    lambda y: y - 1.0 if y != 0.0 else 0.0,
    lambda out, y: 1.0,
    notation="{} - 1",
    precedence=4,
    differentiable="x != 0",
    definition="x - 1 if x != 0 else 0",
)
neg = _entry("neg", lambda x: -x, lambda out, x: -1.0, notation="-{}", precedence=6)
# A number in its own right that follows another one: nested derivatives tell their variables apart by it.
pos = _entry("pos", lambda x: x, lambda out, x: 1.0, notation="+{}", precedence=6)
# "abs" and "pow" would hide Python's own in this module; the package exports absolute as abs.
absolute = _entry("abs", lambda x: abs(x), lambda out, x: sign(x), differentiable="x != 0")
sign = _entry("sign", _sign, lambda out, x: 0.0, differentiable="x != 0")
square = _entry("square", lambda x: x * x, lambda out, x: 2.0 * x, notation="{} ** 2", precedence=7)
sqrt = _entry("sqrt", math.sqrt, lambda out, x: 0.5 / out, domain="x >= 0", differentiable="x > 0")
cbrt = _entry(
    "cbrt",
    math.cbrt,
    lambda out, x: 1.0 / (3.0 * square(out)),
    definition="sign(x) * abs(x) ** (mpf(1) / 3)",
    differentiable="x != 0",
)

exp = _entry("exp", math.exp, lambda out, x: out)
exp2 = _entry("exp2", math.exp2, lambda out, x: out * LOG_2, definition="2 ** x")
expm1 = _entry("expm1", math.expm1, lambda out, x: exp(x), definition="exp(x) - 1")
log = _entry("log", math.log, lambda out, x: 1.0 / x, domain="x > 0")
log2 = _entry("log2", math.log2, lambda out, x: 1.0 / (x * LOG_2), domain="x > 0", definition="log(x) / log(2)")
log10 = _entry("log10", math.log10, lambda out, x: 1.0 / (x * LOG_10), domain="x > 0", definition="log(x) / log(10)")
log1p = _entry("log1p", math.log1p, lambda out, x: 1.0 / (1.0 + x), domain="x > -1", definition="log(1 + x)")
xlogy = _entry(
    "xlogy",
    _xlogy,
    lambda out, x, y: log(y),
    lambda out, x, y: x / y,
    notation="{} * log({})",
    precedence=5,
    domain="y > 0 or (x == 0 and y == 0)",
    differentiable="y > 0",
    definition="x * log(y) if x != 0 else mpf(0)",
)

sin = _entry("sin", math.sin, lambda out, x: cos(x))
cos = _entry("cos", math.cos, lambda out, x: -sin(x))
tan = _entry("tan", math.tan, lambda out, x: 1.0 + square(out))
asin = _entry(
    "asin",
    math.asin,
    lambda out, x: 1.0 / sqrt((1.0 - x) * (1.0 + x)),
    domain="abs(x) <= 1",
    differentiable="abs(x) < 1",
)
acos = _entry(
    "acos",
    math.acos,
    lambda out, x: -1.0 / sqrt((1.0 - x) * (1.0 + x)),
    domain="abs(x) <= 1",
    differentiable="abs(x) < 1",
)
atan = _entry("atan", math.atan, lambda out, x: 1.0 / (1.0 + x * x))
atan2 = _entry(
    "atan2",
    math.atan2,
    lambda out, y, x: _over_square(x, hypot(x, y)),
    lambda out, y, x: -_over_square(y, hypot(x, y)),
    differentiable="y > 0 or x != 0",
)

sinh = _entry("sinh", math.sinh, lambda out, x: cosh(x))
cosh = _entry("cosh", math.cosh, lambda out, x: sinh(x))
# 1 - tanh² cancels at large x; sech² does not.
tanh = _entry("tanh", math.tanh, lambda out, x: square(sech(x)))
sech = _entry("sech", _sech, lambda out, x: -out * tanh(x), definition="1 / cosh(x)")
asinh = _entry("asinh", math.asinh, lambda out, x: 1.0 / hypot(x, 1.0))
acosh = _entry(
    "acosh",
    math.acosh,
    lambda out, x: 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0)),
    domain="x >= 1",
    differentiable="x > 1",
)
atanh = _entry("atanh", math.atanh, lambda out, x: 1.0 / ((1.0 - x) * (1.0 + x)), domain="abs(x) < 1")
hypot = _entry(
    "hypot",
    math.hypot,
    lambda out, x, y: x / out,
    lambda out, x, y: y / out,
    definition="sqrt(x ** 2 + y ** 2)",
    differentiable="x != 0 or y != 0",
)
erf = _entry("erf", math.erf, lambda out, x: TWO_OVER_SQRT_PI * exp(-x * x))
erfc = _entry("erfc", math.erfc, lambda out, x: -TWO_OVER_SQRT_PI * exp(-x * x))

relu = _entry(
    "relu",
    lambda x: x if x > 0.0 or x != x else 0.0,
    lambda out, x: greater(x, 0.0),
    definition="max(x, mpf(0))",
    differentiable="x != 0",
)
leaky_relu = _entry(
    "leaky_relu",
    lambda x, slope: x if x > 0.0 else slope * x,
    lambda out, x, slope: greater(x, 0.0) + less_equal(x, 0.0) * slope,
    lambda out, x, slope: minimum(x, 0.0),
    definition="x if x > 0 else y * x",
    differentiable="x != 0",
    default=0.01,
)
elu = _entry(
    "elu",
    lambda x, alpha: x if x > 0.0 else alpha * math.expm1(x),
    lambda out, x, alpha: greater(x, 0.0) + less_equal(x, 0.0) * alpha * exp(minimum(x, 0.0)),
    lambda out, x, alpha: expm1(minimum(x, 0.0)),
    definition="x if x > 0 else y * (exp(x) - 1)",
    differentiable="x != 0",
    default=1.0,
)
# x times the normal distribution function, as in Hendrycks and Gimpel (2016), arXiv:1606.08415.
gelu = _entry(
    "gelu",
    lambda x: 0.5 * x * math.erfc(-x * SQRT_HALF),
    lambda out, x: 0.5 * erfc(-x * SQRT_HALF) + ONE_OVER_SQRT_2PI * x * exp(-0.5 * (x * x)),
    definition="x * (1 + erf(x / sqrt(2))) / 2",
)
silu = _entry(
    "silu",
    lambda x: x * _sigmoid(x),
    lambda out, x: sigmoid(x) * (1.0 + x * sigmoid(-x)),
    definition="x / (1 + exp(-x))",
)
softplus = _entry("softplus", _softplus, lambda out, x: sigmoid(x), definition="log(1 + exp(x))")
# σ(1 - σ), where 1 - σ(x) would cancel at large x and σ(-x) does not.
sigmoid = _entry("sigmoid", _sigmoid, lambda out, x: out * sigmoid(-x), definition="1 / (1 + exp(-x))")
log_sigmoid = _entry(
    "log_sigmoid", lambda x: -_softplus(-x), lambda out, x: sigmoid(-x), definition="-log(1 + exp(-x))"
)

maximum = _entry(
    "maximum",
    _maximum,
    lambda out, x, y: greater(x, y) + 0.5 * equal(x, y),
    lambda out, x, y: less(x, y) + 0.5 * equal(x, y),
    definition="max(x, y)",
    differentiable="x != y",
)
minimum = _entry(
    "minimum",
    _minimum,
    lambda out, x, y: less(x, y) + 0.5 * equal(x, y),
    lambda out, x, y: greater(x, y) + 0.5 * equal(x, y),
    definition="min(x, y)",
    differentiable="x != y",
)


def _comparison(name: str, symbol: str, compute: Callable[[float, float], bool]) -> Operation:
    def zero(out: Any, x: Any, y: Any) -> float:
        return 0.0

    return _entry(
        name,
        lambda x, y: float(compute(x, y)),
        zero,
        zero,
        notation="{} " + symbol + " {}",
        precedence=2,
        definition=f"mpf(x {symbol} y)",
        differentiable="x != y",
    )


less = _comparison("less", "<", lambda x, y: x < y)
less_equal = _comparison("less_equal", "<=", lambda x, y: x <= y)
greater = _comparison("greater", ">", lambda x, y: x > y)
greater_equal = _comparison("greater_equal", ">=", lambda x, y: x >= y)
equal = _comparison("equal", "==", lambda x, y: x == y)
not_equal = _comparison("not_equal", "!=", lambda x, y: x != y)

# The value, cut off from what it was computed from.
stop_gradient = _entry("stop_gradient", lambda x: x, lambda out, x: 0.0, definition="x", differentiable="False")
