"""The table of operations. Everything else iterates over it.

A rule for a partial derivative is an expression in ordinary arithmetic over ``out`` (the result) and
the operands; it runs on every kind of number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from autograd import special
from autograd.operation import INTERNAL, Node, Operation, Rule, zero
from autograd.operation import OPERATIONS as OPERATIONS


def _entry(name: str, compute: Callable[..., float], *partials: Rule, **reading: Any) -> Operation:
    operation = Operation(name, compute, *partials, **reading)
    (OPERATIONS if operation.expression is None else INTERNAL)[name] = operation
    return operation


LEAST_NORMAL = special.LEAST_NORMAL
LOG_2 = math.log(2.0)
LOG_10 = math.log(10.0)
LOG2_E = math.log2(math.e)
LOG10_E = math.log10(math.e)
SQRT_HALF = math.sqrt(0.5)
SQRT_PI = math.sqrt(math.pi)
SQRT_2PI = math.sqrt(2.0 * math.pi)


def _one_less(y: Any) -> Any:
    """The exponent y - 1 of the power rule; for a constant y = 0 it is 0, since x**0 is constant even at 0."""
    number = y.as_number() if isinstance(y, Node) else y
    return y - 1.0 if number is None else number - 1.0 if number else 0.0


def _is_normal(x: Any) -> bool:
    """Whether this is a plain number that is not subnormal: a rule may then take a shorter way to the same result."""
    return type(x) is float and x >= LEAST_NORMAL


def _squared(x: Any) -> Any:
    return x * x


# The table ---------------------------------------------------------------------------------------

add: Final[Operation] = _entry(
    "add",
    lambda x, y: x + y,
    lambda out, x, y: 1.0,
    lambda out, x, y: 1.0,
    notation="{} + {}",
    precedence=4,
    numpy="np.add",
    meaning="The sum of x and y.",
)
subtract: Final[Operation] = _entry(
    "subtract",
    lambda x, y: x - y,
    lambda out, x, y: 1.0,
    lambda out, x, y: -1.0,
    notation="{} - {}",
    precedence=4,
    numpy="np.subtract",
    meaning="The difference of x and y.",
)
multiply: Final[Operation] = _entry(
    "multiply",
    lambda x, y: x * y,
    lambda out, x, y: y,
    lambda out, x, y: x,
    notation="{} * {}",
    precedence=5,
    numpy="np.multiply",
    meaning="The product of x and y.",
)
divide: Final[Operation] = _entry(
    "divide",
    lambda x, y: x / y,
    lambda out, x, y: 1.0 / y,
    lambda out, x, y: -out / y,
    notation="{} / {}",
    precedence=5,
    domain="y != 0",
    numpy="np.divide",
    meaning="The quotient of x and y.",
)
power: Final[Operation] = _entry(
    "power",
    special.power,
    lambda out, x, y: power_slope(x, y),
    lambda out, x, y: xlogy(out, x),
    notation="{} ** {}",
    precedence=7,
    domain="x > 0 or (x == 0 and y >= 0) or (x < 0 and y % 1 == 0)",
    differentiable="x > 0",
    numpy="np.power",
    meaning="x to the power y.",
    edges="0 ** 0 is 1; a negative power of 0 raises a DivisionByZeroError. "
    "A derivative that does not exist, as by y at x < 0, raises only when it is asked for.",
)
neg: Final[Operation] = _entry(
    "neg",
    lambda x: -x,
    lambda out, x: -1.0,
    notation="-{}",
    precedence=6,
    numpy="np.negative",
    meaning="The number with its sign changed.",
)
# A number in its own right that follows another one: nested derivatives tell their variables apart by it.
pos: Final[Operation] = _entry(
    "pos",
    lambda x: x,
    lambda out, x: 1.0,
    notation="+{}",
    precedence=6,
    meaning="The number itself, as a result of its own.",
)
abs: Final[Operation] = _entry(
    "abs",
    math.fabs,
    lambda out, x: sign(x),
    differentiable="x != 0",
    numpy="np.abs",
    meaning="The distance of x from 0; Python's own abs() records it.",
    edges="At 0 the derivative is taken to be 0.",
)
sign: Final[Operation] = _entry(
    "sign",
    special.sign,
    zero,
    differentiable="x != 0",
    numpy="np.sign",
    meaning="-1 for a negative number, 1 for a positive one, 0 for 0.",
    edges="The derivative is 0, also where the result jumps.",
)
square: Final[Operation] = _entry(
    "square",
    lambda x: x * x,
    lambda out, x: 2.0 * x,
    notation="{} ** 2",
    precedence=7,
    numpy="np.square",
    meaning="x times itself.",
)
sqrt: Final[Operation] = _entry(
    "sqrt",
    math.sqrt,
    lambda out, x: 0.5 / out,
    domain="x >= 0",
    differentiable="x > 0",
    numpy="np.sqrt",
    meaning="The square root: the number, not negative, whose square is x.",
)
cbrt: Final[Operation] = _entry(
    "cbrt",
    special.cbrt,
    lambda out, x: out / x / 3.0,
    definition="sign(x) * abs(x) ** (mpf(1) / 3)",
    differentiable="x != 0",
    numpy="np.cbrt",
    meaning="The cube root: the number whose third power is x.",
)

exp: Final[Operation] = _entry(
    "exp",
    math.exp,
    lambda out, x: out,
    numpy="np.exp",
    meaning="The exponential function: e to the power x.",
    edges="Above about 709.78 the result is too large for a float: a RangeError.",
)
exp2: Final[Operation] = _entry(
    "exp2",
    math.exp2,
    lambda out, x: out * LOG_2,
    definition="2 ** x",
    numpy="np.exp2",
    meaning="2 to the power x.",
    edges="From 1024 on the result is too large for a float: a RangeError.",
)
expm1: Final[Operation] = _entry(
    "expm1",
    math.expm1,
    lambda out, x: exp(x),
    definition="exp(x) - 1",
    numpy="np.expm1",
    meaning="e to the power x, less 1, without losing digits near 0.",
    edges="Above about 709.78 the result is too large for a float: a RangeError.",
)
log: Final[Operation] = _entry(
    "log",
    math.log,
    lambda out, x: 1.0 / x,
    domain="x > 0",
    numpy="np.log",
    meaning="The natural logarithm: the power to which e gives x.",
    hint="for another base, write log10(x), log2(x) or log(x) / log(b)",
)
log2: Final[Operation] = _entry(
    "log2",
    math.log2,
    lambda out, x: LOG2_E / x,
    domain="x > 0",
    definition="log(x) / log(2)",
    numpy="np.log2",
    meaning="The logarithm to base 2.",
)
log10: Final[Operation] = _entry(
    "log10",
    math.log10,
    lambda out, x: LOG10_E / x,
    domain="x > 0",
    definition="log(x) / log(10)",
    numpy="np.log10",
    meaning="The logarithm to base 10.",
)
log1p: Final[Operation] = _entry(
    "log1p",
    math.log1p,
    lambda out, x: 1.0 / (1.0 + x),
    domain="x > -1",
    definition="log(1 + x)",
    numpy="np.log1p",
    meaning="The natural logarithm of 1 + x, without losing digits near 0.",
)
xlogy: Final[Operation] = _entry(
    "xlogy",
    special.xlogy,
    lambda out, x, y: log(y),
    lambda out, x, y: x / y,
    notation="{} * log({})",
    precedence=5,
    domain="y > 0 or (x == 0 and y == 0)",
    differentiable="y > 0",
    definition="x * log(y) if x != 0 else mpf(0)",
    branchless=lambda x, y: x * log(y + equal(x, 0.0) * greater_equal(y, 0.0)),
    meaning="x times the natural logarithm of y, as in entropies.",
    edges="It is 0 where x is 0, even at y = 0, where the derivatives do not exist.",
)

sin: Final[Operation] = _entry(
    "sin", math.sin, lambda out, x: cos(x), numpy="np.sin", meaning="The sine of an angle in radians."
)
cos: Final[Operation] = _entry(
    "cos", math.cos, lambda out, x: -sin(x), numpy="np.cos", meaning="The cosine of an angle in radians."
)
tan: Final[Operation] = _entry(
    "tan", math.tan, lambda out, x: 1.0 + out * out, numpy="np.tan", meaning="The tangent of an angle in radians."
)
asin: Final[Operation] = _entry(
    "asin",
    math.asin,
    lambda out, x: 1.0 / sqrt((1.0 - x) * (1.0 + x)),
    domain="abs(x) <= 1",
    differentiable="abs(x) < 1",
    numpy="np.arcsin",
    meaning="The angle in radians, from -π/2 to π/2, whose sine is x.",
)
acos: Final[Operation] = _entry(
    "acos",
    math.acos,
    lambda out, x: -1.0 / sqrt((1.0 - x) * (1.0 + x)),
    domain="abs(x) <= 1",
    differentiable="abs(x) < 1",
    numpy="np.arccos",
    meaning="The angle in radians, from 0 to π, whose cosine is x.",
)
atan: Final[Operation] = _entry(
    "atan",
    math.atan,
    lambda out, x: over_squares(1.0, x),
    numpy="np.arctan",
    meaning="The angle in radians, from -π/2 to π/2, whose tangent is x.",
)
atan2: Final[Operation] = _entry(
    "atan2",
    math.atan2,
    lambda out, y, x: over_squares(x, y),
    lambda out, y, x: -over_squares(y, x),
    differentiable="y > 0 or x != 0",
    numpy="np.arctan2",
    meaning="The angle in radians, from -π to π, of the point (y, x): as in Python, the height x comes first.",
    edges="At (0, 0) the value is 0; asking for a derivative there raises a DerivativeError.",
)

sinh: Final[Operation] = _entry(
    "sinh",
    math.sinh,
    lambda out, x: cosh(x),
    numpy="np.sinh",
    meaning="The hyperbolic sine.",
    edges="Beyond about ±710.47 the result is too large for a float: a RangeError.",
)
cosh: Final[Operation] = _entry(
    "cosh",
    math.cosh,
    lambda out, x: sinh(x),
    numpy="np.cosh",
    meaning="The hyperbolic cosine.",
    edges="Beyond about ±710.47 the result is too large for a float: a RangeError.",
)
# 1 - tanh² cancels at large x; sech² does not.
tanh: Final[Operation] = _entry(
    "tanh",
    math.tanh,
    lambda out, x: _squared(sech(x)),
    numpy="np.tanh",
    meaning="The hyperbolic tangent: an S-shaped curve from -1 to 1.",
)
sech: Final[Operation] = _entry(
    "sech",
    special.sech,
    lambda out, x: -out * tanh(x),
    definition="1 / cosh(x)",
    branchless=lambda x: _sech(exp(-abs(x))),
    meaning="The hyperbolic secant: one over the hyperbolic cosine.",
)
asinh: Final[Operation] = _entry(
    "asinh",
    math.asinh,
    lambda out, x: 1.0 / hypot(x, 1.0),
    numpy="np.arcsinh",
    meaning="The number whose hyperbolic sine is x.",
)
acosh: Final[Operation] = _entry(
    "acosh",
    math.acosh,
    lambda out, x: 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0)),
    domain="x >= 1",
    differentiable="x > 1",
    numpy="np.arccosh",
    meaning="The number, not negative, whose hyperbolic cosine is x.",
)
atanh: Final[Operation] = _entry(
    "atanh",
    math.atanh,
    lambda out, x: 1.0 / ((1.0 - x) * (1.0 + x)),
    domain="abs(x) < 1",
    numpy="np.arctanh",
    meaning="The number whose hyperbolic tangent is x.",
)
hypot: Final[Operation] = _entry(
    "hypot",
    math.hypot,
    lambda out, x, y: x / out if _is_normal(out) else hypot_by_x(x, y),
    lambda out, x, y: y / out if _is_normal(out) else hypot_by_y(x, y),
    definition="sqrt(x ** 2 + y ** 2)",
    differentiable="x != 0 or y != 0",
    numpy="np.hypot",
    meaning="The length of the vector with the components x and y.",
)
erf: Final[Operation] = _entry(
    "erf",
    math.erf,
    lambda out, x: 2.0 * exp_product(-x, x) / SQRT_PI,
    numpy="np.vectorize(math.erf, otypes=[float])",
    jax="jax.scipy.special.erf",
    meaning="The error function: the chance that a normal variable of variance ½ lies between -x and x.",
)
erfc: Final[Operation] = _entry(
    "erfc",
    math.erfc,
    lambda out, x: -2.0 * exp_product(-x, x) / SQRT_PI,
    numpy="np.vectorize(math.erfc, otypes=[float])",
    jax="jax.scipy.special.erfc",
    meaning="One less the error function, without losing digits where that is near 1.",
)

relu: Final[Operation] = _entry(
    "relu",
    lambda x: x if x > 0.0 or x != x else 0.0,
    lambda out, x: greater(x, 0.0),
    definition="max(x, mpf(0))",
    differentiable="x != 0",
    branchless=lambda x: maximum(x, 0.0),
    meaning="x where it is positive, else 0: the rectified linear unit.",
    edges="At 0 the derivative is taken to be 0.",
)
leaky_relu: Final[Operation] = _entry(
    "leaky_relu",
    lambda x, slope: x if x > 0.0 else slope * x,
    lambda out, x, slope: greater(x, 0.0) + less_equal(x, 0.0) * slope,
    lambda out, x, slope: minimum(x, 0.0),
    definition="x if x > 0 else y * x",
    differentiable="x != 0",
    default=0.01,
    branchless=lambda x, slope: maximum(x, 0.0) + slope * minimum(x, 0.0),
    meaning="x where it is positive, else y times x: relu with a slope on the left.",
    edges="At x = 0 the derivative by x is taken to be y.",
)
elu: Final[Operation] = _entry(
    "elu",
    lambda x, alpha: x if x > 0.0 else alpha * math.expm1(x),
    lambda out, x, alpha: greater(x, 0.0) + less_equal(x, 0.0) * alpha * exp(minimum(x, 0.0)),
    lambda out, x, alpha: expm1(minimum(x, 0.0)),
    definition="x if x > 0 else y * (exp(x) - 1)",
    differentiable="x != 0",
    default=1.0,
    branchless=lambda x, alpha: maximum(x, 0.0) + alpha * expm1(minimum(x, 0.0)),
    meaning="x where it is positive, else y times (exp(x) - 1): the exponential linear unit.",
    edges="At x = 0 the derivative by x is taken to be y.",
)
# x times the normal distribution function, as in Hendrycks and Gimpel (2016), arXiv:1606.08415.
gelu: Final[Operation] = _entry(
    "gelu",
    special.gelu,
    lambda out, x: gelu_slope(x),
    definition="x * (1 + erf(x / sqrt(2))) / 2",
    branchless=lambda x: 0.5 * x * erfc(-x * SQRT_HALF),
    meaning="x times the chance that a standard normal variable is below x.",
)
silu: Final[Operation] = _entry(
    "silu",
    special.silu,
    lambda out, x: silu_slope(x),
    definition="x / (1 + exp(-x))",
    branchless=lambda x: x * sigmoid(x),
    meaning="x times sigmoid(x), also called swish.",
)
softplus: Final[Operation] = _entry(
    "softplus",
    special.softplus,
    lambda out, x: sigmoid(x),
    definition="log(1 + exp(x))",
    branchless=lambda x: maximum(x, 0.0) + log1p(exp(-abs(x))),
    meaning="A smooth relu: the natural logarithm of 1 + exp(x).",
)
# σ(1 - σ), where 1 - σ(x) would cancel at large x and σ(-x) does not.
sigmoid: Final[Operation] = _entry(
    "sigmoid",
    special.sigmoid,
    lambda out, x: out * sigmoid(-x),
    definition="1 / (1 + exp(-x))",
    branchless=lambda x: exp(minimum(x, 0.0)) / (1.0 + exp(-abs(x))),
    meaning="The logistic function: an S-shaped curve from 0 to 1.",
)
log_sigmoid: Final[Operation] = _entry(
    "log_sigmoid",
    lambda x: -special.softplus(-x),
    lambda out, x: sigmoid(-x),
    definition="-log(1 + exp(-x))",
    branchless=lambda x: -softplus(-x),
    meaning="The natural logarithm of sigmoid(x), without losing digits where that is near 0 or 1.",
)

maximum: Final[Operation] = _entry(
    "maximum",
    special.maximum,
    lambda out, x, y: greater(x, y) + 0.5 * equal(x, y),
    lambda out, x, y: less(x, y) + 0.5 * equal(x, y),
    definition="max(x, y)",
    differentiable="x != y",
    numpy="np.maximum",
    meaning="The greater one of x and y.",
    edges="At x = y each derivative is taken to be ½.",
)
minimum: Final[Operation] = _entry(
    "minimum",
    special.minimum,
    lambda out, x, y: less(x, y) + 0.5 * equal(x, y),
    lambda out, x, y: greater(x, y) + 0.5 * equal(x, y),
    definition="min(x, y)",
    differentiable="x != y",
    numpy="np.minimum",
    meaning="The smaller one of x and y.",
    edges="At x = y each derivative is taken to be ½.",
)


def _comparison(name: str, symbol: str, meaning: str, compute: Callable[[float, float], bool]) -> Operation:
    return _entry(
        name,
        lambda x, y: float(compute(x, y)),
        zero,
        zero,
        notation="{} " + symbol + " {}",
        precedence=2,
        numpy=f"np.{name}",
        definition=f"mpf(x {symbol} y)",
        differentiable="x != y",
        meaning=f"1 where x is {meaning} y, else 0.",
        edges="The derivative is 0, also where the result jumps.",
    )


less: Final[Operation] = _comparison("less", "<", "less than", lambda x, y: x < y)
less_equal: Final[Operation] = _comparison("less_equal", "<=", "less than or equal to", lambda x, y: x <= y)
greater: Final[Operation] = _comparison("greater", ">", "greater than", lambda x, y: x > y)
greater_equal: Final[Operation] = _comparison("greater_equal", ">=", "greater than or equal to", lambda x, y: x >= y)
equal: Final[Operation] = _comparison("equal", "==", "equal to", lambda x, y: x == y)
not_equal: Final[Operation] = _comparison("not_equal", "!=", "not equal to", lambda x, y: x != y)

COMPARISONS: Final = frozenset((less, less_equal, greater, greater_equal, equal, not_equal))

# The value, cut off from what it was computed from.
stop_gradient: Final[Operation] = _entry(
    "stop_gradient",
    lambda x: x,
    zero,
    definition="x",
    differentiable="False",
    meaning="x, cut off from what it was computed from: no derivative flows through it.",
)


# Internal operations: what rules need and plain arithmetic would not give to the last digits. Formulas and array
# programs are written with the expression that each of them stands for --------------------------------

power_slope: Final[Operation] = _entry(
    "power_slope",
    special.power_slope,
    lambda out, x, y: y * power_slope(x, _one_less(y)),
    lambda out, x, y: x ** (y - 1.0) + xlogy(out, x),
    expression=lambda x, y: y * x ** _one_less(y),
    notation="{1} * {0} ** ({1} - 1)",
    precedence=5,
    definition="y * x ** (y - 1) if y != 0 else mpf(0)",
    domain="x > 0 or y == 0 or (x == 0 and y >= 1) or (x < 0 and y % 1 == 0)",
    differentiable="x > 0",
    meaning="The derivative of x ** y by x.",
)
hypot_by_x: Final[Operation] = _entry(
    "hypot_by_x",
    special.hypot_slope,
    lambda out, x, y: _squared(hypot_by_y(x, y)) / hypot(x, y),
    lambda out, x, y: -out * hypot_by_y(x, y) / hypot(x, y),
    expression=lambda x, y: x / hypot(x, y),
    notation="{0} / hypot({0}, {1})",
    precedence=5,
    definition="x / sqrt(x ** 2 + y ** 2)",
    domain="x != 0 or y != 0",
    meaning="The derivative of hypot(x, y) by x.",
)
hypot_by_y: Final[Operation] = _entry(
    "hypot_by_y",
    lambda x, y: special.hypot_slope(y, x),
    lambda out, x, y: -out * hypot_by_x(x, y) / hypot(x, y),
    lambda out, x, y: _squared(hypot_by_x(x, y)) / hypot(x, y),
    expression=lambda x, y: y / hypot(x, y),
    notation="{1} / hypot({0}, {1})",
    precedence=5,
    definition="y / sqrt(x ** 2 + y ** 2)",
    domain="x != 0 or y != 0",
    meaning="The derivative of hypot(x, y) by y.",
)
over_squares: Final[Operation] = _entry(
    "over_squares",
    special.over_squares,
    lambda out, x, y: _difference_of_squares(over_squares(y, x), out),
    lambda out, x, y: -2.0 * out * over_squares(y, x),
    expression=lambda x, y: x / (_squared(x) + _squared(y)),
    notation="{0} / ({0} ** 2 + {1} ** 2)",
    precedence=5,
    definition="x / (x ** 2 + y ** 2)",
    domain="x != 0 or y != 0",
    meaning="x over the sum of the squares of x and y: the derivative of atan2.",
)
exp_product: Final[Operation] = _entry(
    "exp_product",
    special.exp_product,
    lambda out, x, y: y * out,
    lambda out, x, y: x * out,
    expression=lambda x, y: exp(x * y),
    notation="exp({} * {})",
    precedence=8,
    definition="exp(x * y)",
    meaning="The exponential of x times y.",
)
silu_slope: Final[Operation] = _entry(
    "silu_slope",
    special.silu_slope,
    lambda out, x: sigmoid(x) * sigmoid(-x) * (2.0 + x * (sigmoid(-x) - sigmoid(x))),
    notation="silu′({})",
    expression=lambda x: sigmoid(x) * (1.0 + x * sigmoid(-x)),
    definition="(1 + x / (1 + exp(x))) / (1 + exp(-x))",
    meaning="The derivative of silu.",
)
gelu_slope: Final[Operation] = _entry(
    "gelu_slope",
    special.gelu_slope,
    lambda out, x: (2.0 - x * x) * exp_product(-0.5 * x, x) / SQRT_2PI,
    notation="gelu′({})",
    expression=lambda x: 0.5 * erfc(-x * SQRT_HALF) + x * exp(-0.5 * (x * x)) / SQRT_2PI,
    definition="(1 + erf(x / sqrt(2))) / 2 + x * exp(-x ** 2 / 2) / sqrt(2 * pi)",
    meaning="The derivative of gelu.",
)


def _sech(small: Any) -> Any:
    return 2.0 * small / (1.0 + small * small)


def _difference_of_squares(x: Any, y: Any) -> Any:
    return (x - y) * (x + y)
