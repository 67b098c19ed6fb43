"""What the table computes on floats where the math module has nothing, or has it less exact.

Each is good to 4 units in the last place wherever its result is a normal number (benchmarks/accuracy.py measures it),
also where a square, a power or an exponential on the way would leave the normal numbers. Only arithmetic and the math
module are used, so that compiled and plain Python agree to the last bit.
"""

from __future__ import annotations

import math

try:
    import cython
except ImportError:
    from autograd import plain as cython

# Compiled, these are C's own (special.pxd): they give the same bits, faster, and raise nothing. So they stand only
# where nothing can go wrong, or as the last step, since Operation.evaluate looks at what comes out.
if not cython.compiled:
    from math import cbrt as c_cbrt
    from math import erfc as c_erfc
    from math import exp as c_exp
    from math import expm1 as c_expm1
    from math import fabs as c_fabs
    from math import log as c_log
    from math import log1p as c_log1p
    from math import pow as c_pow

LEAST_NORMAL = 2.0**-1022
LARGE = 2.0**600
SQRT_HALF = math.sqrt(0.5)
SQRT_PI = math.sqrt(math.pi)

# Powers and quotients --------------------------------------------------------------------------------


def power(x: float, y: float) -> float:
    """x**y; a power of zero that divides by zero says so."""
    if x == 0.0 and y < 0.0:
        raise ZeroDivisionError
    return c_pow(x, y)


def power_slope(x: float, y: float) -> float:
    """y · x**(y - 1), which is 0 for y = 0, even at x = 0."""
    if y == 0.0:
        return 0.0
    lowered = y - 1.0
    if x == 0.0:
        return y * power(x, lowered)
    if lowered + 1.0 == y and lowered - y == -1.0:  # nothing was rounded off
        rest = c_pow(x, lowered)
        if c_fabs(rest) >= LEAST_NORMAL and c_fabs(y * rest) >= LEAST_NORMAL:
            return y * rest
    # y/x · |x|**y, with the power as a square, so that it neither overflows nor loses digits below the normal numbers.
    (y_part, y_exponent), (x_part, x_exponent) = math.frexp(y), math.frexp(x)
    root = c_pow(c_fabs(x), 0.5 * y)
    sign = c_pow(-1.0, y) if x < 0.0 else 1.0  # raises, as the power itself, unless y is a whole number
    left = (y_exponent - x_exponent) // 2
    return math.ldexp(sign * y_part / x_part * root, left) * math.ldexp(root, y_exponent - x_exponent - left)


def xlogy(x: float, y: float) -> float:
    """x · log(y), which is 0 for x = 0, even at y = 0."""
    if x == 0.0 and y >= 0.0:
        return 0.0
    if y <= 0.0:
        raise ValueError
    return x * c_log(y)


def cbrt(x: float) -> float:
    """The cube root: one step of Newton's method from that of the math module, whose last digits are off."""
    root = c_cbrt(x)
    return root - (root - x / (root * root)) / 3.0 if root != 0.0 and root - root == 0.0 else root


def hypot_slope(x: float, y: float) -> float:
    """x / √(x² + y²), also where the root has few digits, below the normal numbers, or overflows."""
    length = math.hypot(x, y)
    if length < LEAST_NORMAL:
        return x * LARGE / math.hypot(x * LARGE, y * LARGE)
    return x / length if length != math.inf else 0.25 * x / math.hypot(0.25 * x, 0.25 * y)


def over_squares(x: float, y: float) -> float:
    """x / (x² + y²), also where the squares leave the floats."""
    squares = x * x + y * y
    if 1e-280 < squares < 1e280:
        return x / squares
    if squares != squares:
        return squares
    _, exponent = math.frexp(max(math.fabs(x), math.fabs(y)))
    x, y = math.ldexp(x, -exponent), math.ldexp(y, -exponent)
    return math.ldexp(x / (x * x + y * y), -exponent)


# Exponentials ----------------------------------------------------------------------------------------


def _product_error(x: float, y: float, product: float) -> float:
    """x · y less its rounded product, exactly (T. J. Dekker, Numerische Mathematik 18 (1971) 224)."""
    x_split, y_split = 134217729.0 * x, 134217729.0 * y  # 2²⁷ + 1
    x_high, y_high = x_split - (x_split - x), y_split - (y_split - y)
    x_low, y_low = x - x_high, y - y_high
    return x_low * y_low - (((product - x_high * y_high) - x_low * y_high) - x_high * y_low)


def exp_product(x: float, y: float) -> float:
    """exp(x · y), to the last digits, although the exponential makes much of the product's rounding."""
    product = x * y
    result = math.exp(product)
    if -1.0 < product < 1.0 or result == 0.0 or product != product:
        return result
    return result + result * _product_error(x, y, product)


def sech(x: float) -> float:
    """1 / cosh(x)."""
    small = c_exp(-c_fabs(x))
    square = small * small
    return 2.0 * small - 2.0 * small * (square / (1.0 + square))  # the division's rounding counts for less so


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x))."""
    if x >= 0.0:
        return 1.0 / (1.0 + c_exp(-x))
    small = c_exp(x)
    return small / (1.0 + small)


def softplus(x: float) -> float:
    """log(1 + exp(x))."""
    return max(x, 0.0) + c_log1p(c_exp(-c_fabs(x)))


def silu(x: float) -> float:
    """x · sigmoid(x)."""
    if x < -700.0:  # the exponential has few digits, below the normal numbers
        root = c_exp(0.5 * x)
        return x * root * root
    return x * sigmoid(x)


SILU_TURN = -1.2784645427610737, -1.0946994183093437e-16  # the zero of silu', to 32 digits
EXP_TURN = 0.2784645427610738  # exp of it, which is -1 less it


def silu_slope(x: float) -> float:
    """The derivative of silu, whose zero lies at t = -1.278…: with exp(t) = -1 - t,
    σ(x) · (1 + x · σ(-x)) = exp(x) · (1 + x + exp(x)) / (1 + exp(x))², and the sum, which
    cancels, is (x - t) + exp(t) · (exp(x - t) - 1), which does not.
    """
    if x >= -0.5:
        return sigmoid(x) * (1.0 + x * sigmoid(-x))
    beyond = (x - SILU_TURN[0]) - SILU_TURN[1]
    rest = beyond + EXP_TURN * c_expm1(beyond)
    if x < -700.0:
        root = c_exp(0.5 * x)
        return rest * root * root
    small = c_exp(x)
    return small * rest / (1.0 + small * (2.0 + small))


# The normal distribution: its function Φ, its density φ, and gelu(x) = x · Φ(x) ----------------------

DENSITY = 0.3989422804014327  # φ(0) = 1/√(2π)
SQRT_HALF_REST = -4.833646656726457e-17  # what the float SQRT_HALF lacks
TAIL = -30.0  # below, the asymptotic series has all digits; Φ is no normal number much further down
GELU_TURN = -0.7517915246935645, 1.4956759177009883e-17  # the zero of gelu', to 32 digits


def _twice_normal(x: float) -> float:
    """2 · Φ(x) down to the tail: erfc(z), corrected for the rounding of z = -x/√2."""
    z = -x * SQRT_HALF
    if x > -1.0:
        return c_erfc(z)
    error = _product_error(-x, SQRT_HALF, z) - x * SQRT_HALF_REST
    return c_erfc(z) - 2.0 * error * c_exp(-z * z) / SQRT_PI


def _mills_tail(x: float) -> float:
    """|x| · Φ(x)/φ(x) in the tail (Abramowitz and Stegun, 1964, 26.2.12)."""
    total, term, square = 1.0, 1.0, x * x
    for odd in (1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0):
        term = -term * odd / square
        total += term
    return total


def _density_beside(factor: float, x: float) -> float:
    """Factor · φ(x), also where φ(x) has few digits, below the normal numbers."""
    density = exp_product(-0.5 * x, x)
    if density > 1e-300:
        return factor * density * DENSITY
    root = exp_product(-0.25 * x, x)
    return factor * root * root * DENSITY


def gelu(x: float) -> float:
    """x · Φ(x)."""
    return -_density_beside(_mills_tail(x), x) if x < TAIL else 0.5 * x * _twice_normal(x)


def _turning_series(terms: int) -> list[float]:
    """Taylor coefficients of (x + Φ/φ)/(x - t) around its zero t, the highest first: M = Φ/φ has M′ = 1 + x·M."""
    t = GELU_TURN[0]
    series = [-t, 1.0 - t * t]
    for k in range(2, terms + 1):
        series.append((t * series[-1] + series[-2]) / k)
    return [*series[:1:-1], 1.0 + series[1]]


GELU_SERIES = _turning_series(34)


def gelu_slope(x: float) -> float:
    """The derivative of gelu: Φ(x) + x · φ(x), which cancels around its zero at -0.75…"""
    beyond = (x - GELU_TURN[0]) - GELU_TURN[1]
    if -1.3 < beyond < 0.75:
        slope = 0.0
        for coefficient in GELU_SERIES:
            slope = slope * beyond + coefficient
        return beyond * slope * c_exp(-0.5 * x * x) * DENSITY
    if x < TAIL:
        return _density_beside(x * (1.0 - _mills_tail(x) / (x * x)), x)
    return 0.5 * _twice_normal(x) + x * exp_product(-0.5 * x, x) * DENSITY


def maximum(x: float, y: float) -> float:
    """The greater one; the first if that is no number."""
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller one; the first if that is no number."""
    return x if x <= y or x != x else y


def sign(x: float) -> float:
    """-1, 0 or 1."""
    return x if x != x else float((x > 0.0) - (x < 0.0))
