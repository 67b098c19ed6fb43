"""Points at which checking a gradient numerically goes astray.

Each function is stated once, over a namespace ``m`` of functions: Chainrule's own for the checkers, and mpmath's for
the truth. The points are not those that tests/test_checking.py tunes the checker with.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from autograd import Value

Function = Callable[..., Any]


@dataclass(frozen=True)
class Point:
    """A function and where to check it; at a kink, the least and the greatest slope of each variable."""

    family: str
    name: str
    function: Function
    at: tuple[float, ...]
    slopes: tuple[tuple[float, float], ...] = ()


def spoilt(m: Any, y: Any, rounding: Callable[[float], float]) -> Any:
    """The number y, after a rounding that its graph does not show: as from measured data, or from another precision."""
    if m.name == "mpmath":
        return y
    return y + (rounding(y.data) - y.data) if isinstance(y, Value) else rounding(y)


def float32(x: float) -> float:
    return float(struct.unpack("f", struct.pack("f", x))[0])


def scatter(x: float) -> float:
    """Between -1 and 1, at random but always the same for the same number."""
    return random.Random(x).uniform(-1.0, 1.0)


def repeated(step: Function, times: int, start: Any) -> Any:
    return reduce(lambda x, _: step(x), range(times), start)


def total(term: Function, count: int) -> Any:
    return reduce(lambda x, y: x + y, map(term, range(1, count + 1)))


def product(factor: Function, count: int) -> Any:
    return reduce(lambda x, y: x * y, map(factor, range(1, count + 1)))


def network(m: Any, *w: Any) -> Any:
    hidden = [m.tanh(w[3 * i] * 0.7 + w[3 * i + 1] * -1.3 + w[3 * i + 2]) for i in range(2)]
    return (w[6] * hidden[0] + w[7] * hidden[1] - 2.0) ** 2


FAMILIES: dict[str, list[tuple[Any, ...]]] = {
    "tiny and huge scales": [
        ("x**2", lambda m, x: x**2, 1e-150),
        ("x**2, which underflows", lambda m, x: x**2, 1e-170),
        ("x**2", lambda m, x: x**2, -1e150),
        ("x**3", lambda m, x: x**3, -1e-100),
        ("1/x", lambda m, x: 1 / x, 1e-150),
        ("1/x", lambda m, x: 1 / x, 1e200),
        ("sqrt(x)", lambda m, x: m.sqrt(x), 1e-280),
        ("sqrt(x)", lambda m, x: m.sqrt(x), 1e300),
        ("log(x)", lambda m, x: m.log(x), 1e-200),
        ("log(x)", lambda m, x: m.log(x), 1e300),
        ("1e-200*x", lambda m, x: 1e-200 * x, 1e250),
        ("1e300*x", lambda m, x: 1e300 * x, 1e-8),
        ("1e-300*x", lambda m, x: 1e-300 * x, 1e-5),
        ("exp(1e-9*x)", lambda m, x: m.exp(1e-9 * x), 1e9),
        ("hypot", lambda m, x, y: m.hypot(x, y), 1e-160, 3e-160),
        ("hypot", lambda m, x, y: m.hypot(x, y), 3e200, -4e200),
        ("atan2", lambda m, x, y: m.atan2(x, y), 1e-250, 2e-250),
        ("x*y", lambda m, x, y: x * y, 1e-200, 1e190),
        ("x/y", lambda m, x, y: x / y, 1e-180, 1e-170),
        ("cbrt(x)", lambda m, x: m.cbrt(x), -1e-250),
        ("log1p(x)", lambda m, x: m.log1p(x), 1e-290),
        ("expm1(x)", lambda m, x: m.expm1(x), 1e-220),
        ("sqrt(x)*y", lambda m, x, y: m.sqrt(x) * y, 1e-200, 1e200),
    ],
    "tiny beside huge": [
        ("1e-12*x + 1e12*y", lambda m, x, y: 1e-12 * x + 1e12 * y, 1.0, 1.0),
        ("x*y", lambda m, x, y: x * y, 1e-12, 1e12),
        ("exp(x)*y", lambda m, x, y: m.exp(x) * y, -27.0, 1e12),
        ("x/y", lambda m, x, y: x / y, 1e12, 1e-12),
        ("log(x) + 1e-9*y", lambda m, x, y: m.log(x) + 1e-9 * y, 1e-12, 3.0),
        ("x**2 + y**2", lambda m, x, y: x**2 + y**2, 1e-6, 1e6),
        ("a*b*c*d", lambda m, a, b, c, d: a * b * c * d, 1e-12, 1e12, 2.0, 1e-3),
        ("x + sin(y)", lambda m, x, y: x + m.sin(y), 1e12, 1.0),
        ("x*1e-6 + exp(y)", lambda m, x, y: x * 1e-6 + m.exp(y), 5.0, 20.0),
    ],
    "cancellation": [
        ("(1e10 + x) - 1e10", lambda m, x: (1e10 + x) - 1e10, 0.5),
        ("exp(x) - 1", lambda m, x: m.exp(x) - 1, 1e-7),
        ("(x + 1)**2 - x**2 - 2*x", lambda m, x: (x + 1) ** 2 - x**2 - 2 * x, 1e6),
        ("sqrt(x + 1) - sqrt(x)", lambda m, x: m.sqrt(x + 1) - m.sqrt(x), 1e10),
        ("1 - cos(x)", lambda m, x: 1 - m.cos(x), 1e-5),
        ("log(1 + x)", lambda m, x: m.log(1 + x), 1e-9),
        ("x - sin(x)", lambda m, x: x - m.sin(x), 1e-4),
        ("(exp(x) - 1 - x)/x**2", lambda m, x: (m.exp(x) - 1 - x) / x**2, 1e-3),
        ("tan(x) - x", lambda m, x: m.tan(x) - x, 1e-3),
        (
            "(x - 1)**6, multiplied out",
            lambda m, x: x**6 - 6 * x**5 + 15 * x**4 - 20 * x**3 + 15 * x**2 - 6 * x + 1,
            1.01,
        ),
        ("1e9 + cos(x)", lambda m, x: 1e9 + m.cos(x), 2.0),
        ("1e15 + x**2", lambda m, x: 1e15 + x**2, 3.0),
        ("log(exp(x))", lambda m, x: m.log(m.exp(x)), 700.0),
        ("sqrt(1 + x*x) - 1", lambda m, x: m.sqrt(1 + x * x) - 1, 1e-6),
        ("1/x - 1/(x + 1)", lambda m, x: 1 / x - 1 / (x + 1), 1e6),
        ("atan(x) - 1.57", lambda m, x: m.atan(x) - 1.5707963, 1e7),
        ("(-b + sqrt(b*b - 4*c))/2", lambda m, b, c: (-b + m.sqrt(b * b - 4 * c)) / 2, 1e6, 1.0),
        ("cosh**2 - sinh**2", lambda m, x: m.cosh(x) ** 2 - m.sinh(x) ** 2, 12.0),
        ("sin**2 + cos**2", lambda m, x: m.sin(x) ** 2 + m.cos(x) ** 2, 1.3),
        ("x**3 - y**3", lambda m, x, y: x**3 - y**3, 1e5, 1e5 + 1e-3),
    ],
    "near singularities": [
        ("log(x)", lambda m, x: m.log(x), 1e-5),
        ("sqrt(x)", lambda m, x: m.sqrt(x), 3e-9),
        ("acos(x)", lambda m, x: m.acos(x), 1 - 1e-9),
        ("acos(x)", lambda m, x: m.acos(x), -1 + 1e-6),
        ("asin(x)", lambda m, x: m.asin(x), 0.999999),
        ("acosh(x)", lambda m, x: m.acosh(x), 1 + 1e-8),
        ("atanh(x)", lambda m, x: m.atanh(x), 1 - 1e-7),
        ("1/x", lambda m, x: 1 / x, 1e-5),
        ("1/x**2", lambda m, x: 1 / x**2, -1e-4),
        ("1/(x - 1)", lambda m, x: 1 / (x - 1), 1 + 1e-7),
        ("x**y", lambda m, x, y: x**y, 1e-8, 0.3),
        ("x**y", lambda m, x, y: x**y, 1e-3, -2.5),
        ("x**y", lambda m, x, y: x**y, 0.5, 1000.0),
        ("x**y", lambda m, x, y: x**y, 1e3, 50.0),
        ("tan(x)", lambda m, x: m.tan(x), math.pi / 2 - 1e-3),
        ("log(log(x))", lambda m, x: m.log(m.log(x)), 1 + 1e-6),
        ("sqrt(1 - x*x)", lambda m, x: m.sqrt(1 - x * x), 1 - 1e-8),
        ("1/sin(x)", lambda m, x: 1 / m.sin(x), 1e-4),
        ("log(sin(x))", lambda m, x: m.log(m.sin(x)), math.pi - 1e-5),
        ("x**0.1", lambda m, x: x**0.1, 1e-20),
        ("log(1 - x)", lambda m, x: m.log(1 - x), 1 - 1e-9),
        ("x*log(x)", lambda m, x: x * m.log(x), 1e-15),
        ("x**x", lambda m, x: x**x, 1e-6),
        ("1/log(x)", lambda m, x: 1 / m.log(x), 1.0001),
        ("(1 - x)**0.25", lambda m, x: (1 - x) ** 0.25, 1 - 1e-6),
        ("log1p(x)", lambda m, x: m.log1p(x), -1 + 1e-8),
        ("x/(x*x + 1e-12)", lambda m, x: x / (x * x + 1e-12), 2e-6),
    ],
    "steep": [
        ("exp(1000*x)", lambda m, x: m.exp(1000 * x), 0.3),
        ("exp(1000*x)", lambda m, x: m.exp(1000 * x), -0.5),
        ("tanh(1e4*x)", lambda m, x: m.tanh(1e4 * x), 1e-4),
        ("tanh(1e4*x)", lambda m, x: m.tanh(1e4 * x), 3e-4),
        ("sigmoid(1e5*x)", lambda m, x: m.sigmoid(1e5 * x), 2e-5),
        ("exp(-1e6*x**2)", lambda m, x: m.exp(-1e6 * x**2), 1e-3),
        ("atan(1e8*x)", lambda m, x: m.atan(1e8 * x), 1e-8),
        ("softplus(1e6*x)", lambda m, x: m.softplus(1e6 * x), 1e-6),
        ("erf(1e5*x)", lambda m, x: m.erf(1e5 * x), 1e-5),
        ("x**200", lambda m, x: x**200, 1.02),
        ("1/(1 + 1e8*x*x)", lambda m, x: 1 / (1 + 1e8 * x * x), 1e-4),
        ("exp(exp(x))", lambda m, x: m.exp(m.exp(x)), 6.2),
        ("tanh(1e3*(x - y))", lambda m, x, y: m.tanh(1e3 * (x - y)), 1.0, 1.0005),
    ],
    "oscillating": [
        ("sin(1e6*x)", lambda m, x: m.sin(1e6 * x), 0.7),
        ("cos(1e5*x)", lambda m, x: m.cos(1e5 * x), 1.234),
        ("sin(1e8*x)", lambda m, x: m.sin(1e8 * x), 0.3),
        ("sin(x*x)", lambda m, x: m.sin(x * x), 2000.0),
        ("sin(exp(x))", lambda m, x: m.sin(m.exp(x)), 12.0),
        ("x*sin(1e7*x)", lambda m, x: x * m.sin(1e7 * x), 0.01),
        ("sin(1/x)", lambda m, x: m.sin(1 / x), 1e-3),
        ("cos(1e4*x*y)", lambda m, x, y: m.cos(1e4 * x * y), 1.1, 0.9),
        ("x + 1e-6*sin(1e6*x)", lambda m, x: x + 1e-6 * m.sin(1e6 * x), 0.5),
        ("sin(x) + 1e-4*sin(1e5*x)", lambda m, x: m.sin(x) + 1e-4 * m.sin(1e5 * x), 1.0),
        ("sin(x)", lambda m, x: m.sin(x), 1e8),
        ("cos(x)", lambda m, x: m.cos(x), 1e10),
        ("exp(sin(1e5*x))", lambda m, x: m.exp(m.sin(1e5 * x)), 0.4),
    ],
    "nearly kinks": [
        ("abs(x)", lambda m, x: m.abs(x), 1e-9),
        ("abs(x)", lambda m, x: m.abs(x), -1e-13),
        ("relu(x - 1e-7)", lambda m, x: m.relu(x - 1e-7), 3e-7),
        ("relu(x - 1e-7)", lambda m, x: m.relu(x - 1e-7), 0.0),
        ("maximum(x, x*x)", lambda m, x: m.maximum(x, x * x), 1 + 1e-8),
        ("abs(sin(x))", lambda m, x: m.abs(m.sin(x)), math.pi + 1e-8),
        ("sqrt(x*x + 1e-16)", lambda m, x: m.sqrt(x * x + 1e-16), 1e-8),
        ("sqrt(x*x + 1e-20)", lambda m, x: m.sqrt(x * x + 1e-20), 3e-11),
        ("relu(1e3*x)", lambda m, x: m.relu(1e3 * x), 1e-8),
        ("leaky_relu(x)", lambda m, x: m.leaky_relu(x), -1e-10),
        ("abs(x) + abs(y)", lambda m, x, y: m.abs(x) + m.abs(y), 1e-10, -1e-10),
        ("maximum(x, y)", lambda m, x, y: m.maximum(x, y), 1.0, 1 + 1e-9),
        ("minimum(x, 1)", lambda m, x: m.minimum(x, 1.0), 1 - 1e-11),
        ("softplus(1e8*x)", lambda m, x: m.softplus(1e8 * x), 1e-8),
        ("abs(x - y)", lambda m, x, y: m.abs(x - y), 1.0, 1 + 1e-6),
        ("cbrt(x)", lambda m, x: m.cbrt(x), 1e-7),
        ("relu(x)*relu(1 - x)", lambda m, x: m.relu(x) * m.relu(1 - x), 1 - 1e-9),
        ("elu(x)", lambda m, x: m.elu(x), -1e-9),
        ("relu(x) - relu(-x), which is x", lambda m, x: m.relu(x) - m.relu(-x), 0.0),
        ("abs(x)**1.5", lambda m, x: m.abs(x) ** 1.5, 1e-8),
    ],
    "flat": [
        ("x**9", lambda m, x: x**9, 0.001),
        ("x**20", lambda m, x: x**20, 0.01),
        ("exp(-1/x**2)", lambda m, x: m.exp(-1 / x**2), 0.04),
        ("exp(-x**2)", lambda m, x: m.exp(-(x**2)), 10.0),
        ("x**4", lambda m, x: x**4, 1e-5),
        ("(x - 1)**5", lambda m, x: (x - 1) ** 5, 1.0001),
        ("erfc(x)", lambda m, x: m.erfc(x), 8.0),
        ("sech(x)", lambda m, x: m.sech(x), 300.0),
        ("1/x**8", lambda m, x: 1 / x**8, 1e3),
        ("cos(x) - 1 + x*x/2", lambda m, x: m.cos(x) - 1 + x * x / 2, 0.01),
        ("exp(-50*x)", lambda m, x: m.exp(-50 * x), 5.0),
        ("x**50", lambda m, x: x**50, 0.5),
        ("x**9 + y**9", lambda m, x, y: x**9 + y**9, 1e-3, 2e-3),
    ],
    "saturated": [
        ("sigmoid(x)", lambda m, x: m.sigmoid(x), 30.0),
        ("sigmoid(x)", lambda m, x: m.sigmoid(x), -200.0),
        ("sigmoid(x)", lambda m, x: m.sigmoid(x), -30.0),
        ("tanh(x)", lambda m, x: m.tanh(x), 12.0),
        ("tanh(x)", lambda m, x: m.tanh(x), -18.0),
        ("softplus(x)", lambda m, x: m.softplus(x), -45.0),
        ("softplus(x)", lambda m, x: m.softplus(x), 60.0),
        ("log_sigmoid(x)", lambda m, x: m.log_sigmoid(x), 50.0),
        ("log_sigmoid(x)", lambda m, x: m.log_sigmoid(x), -300.0),
        ("gelu(x)", lambda m, x: m.gelu(x), -8.0),
        ("silu(x)", lambda m, x: m.silu(x), -60.0),
        ("sigmoid(x)*y", lambda m, x, y: m.sigmoid(x) * y, 35.0, 2.0),
        ("1 - sigmoid(x)", lambda m, x: 1 - m.sigmoid(x), 20.0),
        ("atan(x)", lambda m, x: m.atan(x), 1e6),
        ("log(sigmoid(x))", lambda m, x: m.log(m.sigmoid(x)), 25.0),
    ],
    "long sums and deep chains": [
        ("Σ x/k²", lambda m, x: total(lambda k: x / k**2, 500), 0.7),
        ("Σ sin(kx)/k", lambda m, x: total(lambda k: m.sin(k * x) / k, 150), 0.5),
        ("sin, 200 times", lambda m, x: repeated(m.sin, 200, x), 1.0),
        ("1.01*x, 500 times", lambda m, x: repeated(lambda x: 1.01 * x, 500, x), 3.0),
        ("3.9*x*(1 - x), 20 times", lambda m, x: repeated(lambda x: 3.9 * x * (1 - x), 20, x), 0.3),
        ("3.9*x*(1 - x), 40 times", lambda m, x: repeated(lambda x: 3.9 * x * (1 - x), 40, x), 0.3),
        ("sqrt, 40 times", lambda m, x: repeated(m.sqrt, 40, x), 5.0),
        ("Π (1 + x/k)", lambda m, x: product(lambda k: 1 + x / k, 300), 0.5),
        ("Horner's Σ x**k", lambda m, x: repeated(lambda y: 1 + x * y, 100, 1.0), 0.99),
        ("Σ (-x)**k/k!", lambda m, x: total(lambda k: (-x) ** k / math.factorial(k), 60), 20.0),
        ("x/(1 + x/(1 + …", lambda m, x: repeated(lambda y: x / (1 + y), 60, x), 2.5),
        ("tanh(1.2*x), 50 times", lambda m, x: repeated(lambda x: m.tanh(1.2 * x), 50, x), 0.2),
        ("Newton's square root", lambda m, x: repeated(lambda y: (y + x / y) / 2, 30, x), 7.0),
        ("Σ (w*k - 3*k - 1)**2", lambda m, w: total(lambda k: (w * k - 3 * k - 1) ** 2, 100), 2.5),
        ("mean of x + 1e6*k", lambda m, x: total(lambda k: x + 1e6 * k, 300) / 300, 0.3),
        ("x**1.01, 200 times", lambda m, x: repeated(lambda x: x**1.01, 200, x), 1.3),
    ],
    "noisy": [
        ("x*x in float32", lambda m, x: spoilt(m, x * x, float32), 1.3),
        ("exp(x) in float32", lambda m, x: spoilt(m, m.exp(x), float32), 0.5),
        ("sin(x) to 6 decimals", lambda m, x: spoilt(m, m.sin(x), lambda y: round(y, 6)), 0.8),
        ("x**3 to 9 decimals", lambda m, x: spoilt(m, x**3, lambda y: round(y, 9)), 1.1),
        ("sin(x) to 3 decimals", lambda m, x: spoilt(m, m.sin(x), lambda y: round(y, 3)), 0.8),
        ("log(x) + noise of 1e-10", lambda m, x: spoilt(m, m.log(x), lambda y: y + 1e-10 * scatter(y)), 2.0),
        ("x*y + noise of 1e-8", lambda m, x, y: spoilt(m, x * y, lambda z: z + 1e-8 * scatter(z)), 2.1, 0.3),
        ("1e6*x*x in float32", lambda m, x: spoilt(m, 1e6 * x * x, float32), 1.7),
        ("sqrt(x) through float32 steps", lambda m, x: spoilt(m, m.sqrt(spoilt(m, x + 1, float32)), float32), 2.3),
        ("a sum of float32 terms", lambda m, x: total(lambda k: spoilt(m, x / k, float32), 20), 1.9),
        ("exp(x) to 12 figures", lambda m, x: spoilt(m, m.exp(x), lambda y: float(f"{y:.12g}")), 1.7),
        ("x**2 to whole numbers", lambda m, x: spoilt(m, x**2, lambda y: float(round(y))), 1000.3),
    ],
    "gradient zero": [
        ("cos(x)", lambda m, x: m.cos(x), 0.0),
        ("(x - 2)**2", lambda m, x: (x - 2) ** 2, 2.0),
        ("sin(x), at nearly π/2", lambda m, x: m.sin(x), math.pi / 2),
        ("0*sin(x) + 5", lambda m, x: 0 * m.sin(x) + 5, 2.0),
        ("(x - y)**2", lambda m, x, y: (x - y) ** 2, 3.0, 3.0),
        ("exp(-x*x)", lambda m, x: m.exp(-x * x), 0.0),
        ("x*(1 - x)", lambda m, x: x * (1 - x), 0.5),
        ("1e10*(x - 1)**2", lambda m, x: 1e10 * (x - 1) ** 2, 1.0),
        ("1e-10*(x - 1)**2", lambda m, x: 1e-10 * (x - 1) ** 2, 1.0),
        ("x + 0*y", lambda m, x, y: x + 0 * y, 2.0, 7.0),
        ("x**3", lambda m, x: x**3, 0.0),
        ("sin(1e5*x)**2", lambda m, x: m.sin(1e5 * x) ** 2, 0.0),
        ("Rosenbrock's minimum", lambda m, x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2, 1.0, 1.0),
        ("log(cosh(x))", lambda m, x: m.log(m.cosh(x)), 0.0),
        ("1e6 + x*x", lambda m, x: 1e6 + x * x, 0.0),
        ("x*x*sin(y)", lambda m, x, y: x * x * m.sin(y), 0.0, 1.0),
        ("x*abs(x)*3", lambda m, x: x * m.abs(x) * 3, 0.0),
        ("x/x", lambda m, x: x / x, 1e-7),
        ("log(x*y) - log(y)", lambda m, x, y: m.log(x * y) - m.log(y), 3.0, 1e5),
    ],
    "several variables": [
        ("a neuron", lambda m, a, b, c: m.sigmoid(2e3 * a - 3 * b + 1e-3 * c), 1e-3, 0.5, 4.0),
        (
            "softmax with cross-entropy",
            lambda m, a, b, c: m.log(m.exp(a) + m.exp(b) + m.exp(c)) - b,
            15.0,
            0.0,
            -10.0,
        ),
        ("Rosenbrock", lambda m, x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2, 1.2, 100.0),
        ("x*exp(y) + sin(z)", lambda m, x, y, z: x * m.exp(y) + m.sin(z), 1e-8, 20.0, 1.0),
        ("log(x**2 + y**2 + 1)", lambda m, x, y: m.log(x**2 + y**2 + 1), 1e-8, 1e4),
        ("x**y", lambda m, x, y: x**y, 1e-4, 3.0),
        ("(x + y)/z", lambda m, x, y, z: (x + y) / z, 1.0, 1e-9, 1e-3),
        ("hypot(x, y)", lambda m, x, y: m.hypot(x, y), 1e-9, 1.0),
        ("exp(-x*x - y*y)", lambda m, x, y: m.exp(-x * x - y * y), 0.1, 5.0),
        ("Breit and Wigner", lambda m, x, a, g: 1 / ((x**2 - a**2) ** 2 + a**2 * g**2), 91.0, 91.2, 2.5),
        ("Planck", lambda m, x: x**3 / (m.exp(x) - 1), 30.0),
        ("Arrhenius", lambda m, a, e, t: a * m.exp(-e / (8.314 * t)), 1e13, 8e4, 300.0),
        ("a thin lens", lambda m, x, y: 1 / (1 / x - 1 / y), 1.0, 1.00001),
        ("Michaelis and Menten", lambda m, v, k, x: v * x / (k + x), 1e-6, 1e-3, 1e-9),
        ("Coulomb", lambda m, p, q, r: 8.99e9 * p * q / r**2, 1e-6, -2e-6, 0.05),
        ("a network", network, 0.5, -0.2, 0.1, 30.0, -0.4, 2.0, 1e3, -1e-3),
    ],
}  # fmt: skip

_WHOLE = (-1.0, 1.0)
KINKS: list[tuple[Any, ...]] = [
    ("abs(x)", lambda m, x: m.abs(x), (0.0,), [_WHOLE]),
    ("relu(3*x)", lambda m, x: m.relu(3 * x), (0.0,), [(0.0, 3.0)]),
    ("maximum(x, 3*x)", lambda m, x: m.maximum(x, 3 * x), (0.0,), [(1.0, 3.0)]),
    ("5*abs(x - 2)", lambda m, x: 5 * m.abs(x - 2), (2.0,), [(-5.0, 5.0)]),
    ("maximum(x, y)", lambda m, x, y: m.maximum(x, y), (2.0, 2.0), [(0.0, 1.0)] * 2),
    ("abs(x) + x**2", lambda m, x: m.abs(x) + x**2, (0.0,), [_WHOLE]),
    ("abs(sin(x))", lambda m, x: m.abs(m.sin(x)), (0.0,), [_WHOLE]),
    ("hinge loss", lambda m, w, x: m.relu(1 - w * x), (2.0, 0.5), [(-0.5, 0.0), (-2.0, 0.0)]),
    ("leaky_relu(x)", lambda m, x: m.leaky_relu(x), (0.0,), [(0.01, 1.0)]),
    ("exp(abs(x))", lambda m, x: m.exp(m.abs(x)), (0.0,), [_WHOLE]),
    ("abs(1e-9*x)", lambda m, x: m.abs(1e-9 * x), (0.0,), [(-1e-9, 1e-9)]),
    ("1e9*relu(x)", lambda m, x: 1e9 * m.relu(x), (0.0,), [(0.0, 1e9)]),
    ("relu(x - 1e5)", lambda m, x: m.relu(x - 1e5), (1e5,), [(0.0, 1.0)]),
    ("sqrt(x*x)", lambda m, x: m.sqrt(x * x), (0.0,), [_WHOLE]),
    ("abs(x) + 1e6", lambda m, x: m.abs(x) + 1e6, (0.0,), [_WHOLE]),
    ("minimum(x, y)*y", lambda m, x, y: m.minimum(x, y) * y, (3.0, 3.0), [(0.0, 3.0), (3.0, 6.0)]),
]

POINTS = [Point(family, name, f, tuple(at)) for family, rows in FAMILIES.items() for name, f, *at in rows]
POINTS += [Point("true kinks", name, function, at, tuple(slopes)) for name, function, at, slopes in KINKS]
