"""How exact the table of operations is: values and partial derivatives against mpmath, in units in the last place.

    pip install ".[test]" && python benchmarks/accuracy.py
    python benchmarks/accuracy.py --points 1000 gelu erfc

Prints, for every operation, the largest error of its value and of each partial derivative wherever the exact one is
a normal number, and where that is. A result that is missing although a float, even a subnormal one, could hold it,
counts as infinitely wrong. Half of the points are spread evenly over the logarithms of all floats, the others lie where
functions bend: around 0, 1, the zeros of the functions and their derivatives, and in the tails.

The goal is 4. Three derivatives miss it where a step on the way to them is below the normal numbers, since the rule
reads best and runs fastest as it is: divide's by y (at x / y), power's by y (at x ** y), elu's by x (at exp(x)).
"""

from __future__ import annotations

import argparse
import math
import random
import struct
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import mpmath

from autograd import OPERATIONS, Operation, OperationError
from autograd.operation import zero

BITS = 200  # the random points cancel at most about 55 of them
MORE_BITS = 500  # one point in a hundred is computed anew, so that a formula that cancels is noticed
LEAST_NORMAL = 2.0**-1022

# The mathematics again, in forms that don't cancel: the value, then each partial derivative. What is not here
# is computed by its definition in the table.
MATHEMATICS: dict[str, tuple[str, ...]] = {
    "add": ("x + y", "1", "1"),
    "subtract": ("x - y", "1", "-1"),
    "multiply": ("x * y", "y", "x"),
    "divide": ("x / y", "1 / y", "-x / y ** 2"),
    "power": ("x ** y", "y * x ** (y - 1)", "x ** y * log(x)"),
    "neg": ("-x", "-1"),
    "pos": ("x", "1"),
    "abs": ("abs(x)", "sign(x)"),
    "square": ("x ** 2", "2 * x"),
    "sqrt": ("sqrt(x)", "1 / (2 * sqrt(x))"),
    "cbrt": ("sign(x) * cbrt(abs(x))", "1 / (3 * cbrt(abs(x)) ** 2)"),
    "exp": ("exp(x)", "exp(x)"),
    "exp2": ("exp(x * log(2))", "exp(x * log(2)) * log(2)"),
    "expm1": ("expm1(x)", "exp(x)"),
    "log": ("log(x)", "1 / x"),
    "log2": ("log(x) / log(2)", "1 / (x * log(2))"),
    "log10": ("log(x) / log(10)", "1 / (x * log(10))"),
    "log1p": ("log1p(x)", "1 / (1 + x)"),
    "xlogy": ("x * log(y) if x else mpf(0)", "log(y)", "x / y"),
    "sin": ("sin(x)", "cos(x)"),
    "cos": ("cos(x)", "-sin(x)"),
    "tan": ("tan(x)", "1 / cos(x) ** 2"),
    "asin": ("asin(x)", "1 / sqrt((1 - x) * (1 + x))"),
    "acos": ("acos(x)", "-1 / sqrt((1 - x) * (1 + x))"),
    "atan": ("atan(x)", "1 / (1 + x ** 2)"),
    "atan2": ("atan2(x, y)", "y / (x ** 2 + y ** 2)", "-x / (x ** 2 + y ** 2)"),
    "sinh": ("sinh(x)", "cosh(x)"),
    "cosh": ("cosh(x)", "sinh(x)"),
    "tanh": ("tanh(x)", "1 / cosh(x) ** 2"),
    "sech": ("1 / cosh(x)", "-sinh(x) / cosh(x) ** 2"),
    "asinh": ("sign(x) * asinh(abs(x))", "1 / sqrt(1 + x ** 2)"),
    "acosh": ("2 * asinh(sqrt((x - 1) / 2))", "1 / sqrt((x - 1) * (x + 1))"),
    "atanh": ("(log1p(x) - log1p(-x)) / 2", "1 / ((1 - x) * (1 + x))"),
    "hypot": ("sqrt(x ** 2 + y ** 2)", "x / sqrt(x ** 2 + y ** 2)", "y / sqrt(x ** 2 + y ** 2)"),
    "erf": ("erf(x)", "2 * exp(-x ** 2) / sqrt(pi)"),
    "erfc": ("erfc(x)", "-2 * exp(-x ** 2) / sqrt(pi)"),
    "relu": ("max(x, mpf(0))", "mpf(x > 0)"),
    "leaky_relu": ("x if x > 0 else y * x", "1 if x > 0 else y", "min(x, mpf(0))"),
    "elu": ("x if x > 0 else y * expm1(x)", "1 if x > 0 else y * exp(x)", "0 if x > 0 else expm1(x)"),
    "gelu": ("x * erfc(-x / sqrt(2)) / 2", "erfc(-x / sqrt(2)) / 2 + x * exp(-(x ** 2) / 2) / sqrt(2 * pi)"),
    "silu": ("x / (1 + exp(-x))", "(1 + x / (1 + exp(x))) / (1 + exp(-x))"),
    "softplus": ("log1p(exp(x))", "1 / (1 + exp(-x))"),
    "sigmoid": ("1 / (1 + exp(-x))", "1 / (1 + exp(-x)) / (1 + exp(x))"),
    "log_sigmoid": ("-log1p(exp(-x))", "1 / (1 + exp(x))"),
    "maximum": ("max(x, y)", "mpf(x > y)", "mpf(x < y)"),
    "minimum": ("min(x, y)", "mpf(x < y)", "mpf(x > y)"),
}
_NAMES: dict[str, Any] = {"abs": abs, "max": max, "min": min, "pi": mpmath.pi}
for _names in (
    ["acos", "asin", "asinh", "atan", "atan2", "cbrt", "cos", "cosh", "erf", "erfc", "exp", "expm1"],
    ["log", "log1p", "mpf", "sign", "sin", "sinh", "sqrt", "tan", "tanh"],
):
    _NAMES.update({name: getattr(mpmath, name) for name in _names})
# Where a derivative has its value although the table's condition, which is for all operands at once, leaves it out.
DIFFERENTIABLE = {("power", 0): "x > 0 or (x < 0 and y % 1 == 0)", ("leaky_relu", 1): "", ("elu", 1): ""}
ZEROS = [
    *(k * math.pi / 2 for k in range(-8, 9)),
    *(-1.2784645427610738, -0.7517915241593586),  # of silu's and gelu's derivatives
    *(-1.0, 1.0, 2.0, math.e, 10.0),
]


class Error(NamedTuple):
    """How far a result is off, and at which operands."""

    ulps: float
    operands: tuple[float, ...]


def exact(formula: str, operands: tuple[float, ...], bits: int = BITS) -> Any:
    """The value of a formula of the mathematics above, to so many bits; None where it has none."""
    with mpmath.workprec(bits):
        try:
            found = eval(_code(formula), _NAMES, dict(zip("xy", map(mpmath.mpf, operands), strict=False)))
        except (ZeroDivisionError, ValueError):
            return None
        return None if mpmath.im(found) or not mpmath.isfinite(found) else found


@cache
def _code(formula: str) -> Any:
    return compile(formula, formula, "eval")  # our own text


def ulps(got: float, want: Any) -> float:
    """The distance of a float from an exact number, in units of its last place; 0 where no float could hold that."""
    nearest = float(want)
    if math.isinf(nearest):
        return 0.0
    if not math.isfinite(got):
        return math.inf
    error = float(abs(got - want) / math.ulp(nearest))
    return error if abs(nearest) >= LEAST_NORMAL or error > 2.0**40 else 0.0


def holds(condition: str, operands: tuple[float, ...]) -> bool:
    """Whether a condition of the table holds."""
    return not condition or bool(eval(_code(condition), {"abs": abs}, dict(zip("xy", operands, strict=False))))


def points(operation: Operation, count: int, seed: str = "") -> Iterator[tuple[float, ...]]:
    """So many operands, never -0.0, at which the operation has a value."""
    draw = random.Random(f"{operation.name}{seed}")
    found = 0
    while found < count:
        operands = tuple(_number(draw) + 0.0 for _ in range(operation.arity))
        if operation.arity == 2 and draw.random() < 0.25:
            operands = _related(draw, operands[0])
        if holds(operation.domain, operands):
            found += 1
            yield operands


def _number(draw: random.Random) -> float:
    kind = draw.randrange(10)
    if kind < 4:  # any float: evenly over the logarithms
        number = math.nan
        while not math.isfinite(number):
            (number,) = struct.unpack("d", draw.randbytes(8))
        return float(number)
    sign = draw.choice((-1.0, 1.0))
    if kind == 4:
        return sign * float(draw.randrange(1, 2**52) >> draw.randrange(52)) * 2.0**-1074
    if kind == 5:
        return draw.uniform(-750.0, 750.0)
    if kind == 6:
        return draw.uniform(-40.0, 40.0)
    if kind == 7:
        return draw.uniform(-4.0, 4.0)
    if kind == 8:
        return sign * math.pow(10.0, draw.uniform(-20.0, 4.0))
    return draw.choice(ZEROS) * (1.0 + sign * math.pow(2.0, draw.uniform(-53.0, 0.0)))


def _related(draw: random.Random, x: float) -> tuple[float, float]:
    """Two numbers of about the same size, or a base and an exponent whose power fits a float."""
    if draw.random() < 0.5:
        return x, x * draw.choice((-1.0, 1.0)) * 2.0 ** draw.uniform(-4.0, 4.0) + 0.0 if abs(x) < 1e300 else x
    y = draw.uniform(-745.0, 710.0) / math.log(abs(x)) if abs(x) not in (0.0, 1.0) else draw.uniform(-9.0, 9.0)
    return x, float(round(y)) if x < 0.0 else y


def measure(operation: Operation, count: int) -> list[Error]:
    """The largest error of the value, and of each partial derivative."""
    value, *partials = MATHEMATICS.get(operation.name, (operation.definition,))
    formulas = [value, *(p for p, rule in zip(partials, operation.partials, strict=False) if rule is not zero)]
    worst = [Error(0.0, ())] * len(formulas)
    for number, operands in enumerate(points(operation, count)):
        out = _or_nan(operation, operands)
        for k, formula in enumerate(formulas):
            if k and not holds(DIFFERENTIABLE.get((operation.name, k - 1), operation.differentiable), operands):
                continue
            want = exact(formula, operands)
            if want is None:
                continue
            _check_oracle(formula, operands, want, number)
            if k and math.isnan(out):
                continue  # nothing is recorded where there is no value
            error = Error(ulps(operation.derivative(k - 1, out, *operands) if k else out, want), operands)
            worst[k] = max(worst[k], error, key=lambda error: error.ulps)
    return worst


def _or_nan(operation: Operation, operands: tuple[float, ...]) -> float:
    try:
        return float(operation(*operands))
    except OperationError:
        return math.nan


def _check_oracle(formula: str, operands: tuple[float, ...], want: Any, number: int) -> None:
    if number % 100 == 0 and 0.0 < abs(float(want)) < math.inf:
        better = exact(formula, operands, MORE_BITS)
        with mpmath.workprec(MORE_BITS):
            assert abs(better - want) <= abs(better) * mpmath.mpf(2) ** -80, f"{formula} cancels at {operands}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100_000, help="so many an operation (default: 100,000)")
    parser.add_argument("operations", nargs="*", metavar="operation", help="only these (default: all)")
    arguments = parser.parse_args()
    print(f"{'operation':<14} {'of':<6} {'ulp':>9}  at")
    for name in arguments.operations or OPERATIONS:
        for which, error in zip(("value", "∂/∂x", "∂/∂y"), measure(OPERATIONS[name], arguments.points), strict=False):
            place = ", ".join(map(repr, error.operands))
            print(f"{name:<14} {which:<6} {error.ulps:>9.3g}  {place}", flush=True)


if __name__ == "__main__":
    main()
