"""The neighbouring rules: what people take a local derivative for, with the reason why it is another.

A rule is written like those of the table, over ``out`` and the operands, so it runs on every kind of number. Its
message says what was done, or what stands in the answer; what is right comes after that, behind a colon or a "not".
To teach the verifier a mistake of another operation, add a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograd import operations as table
from autograd.verifying.planting import Example


@dataclass(frozen=True)
class Neighbour:
    """A wrong rule for one operand of an operation; ``code`` is what the mistake is called in reports."""

    rule: Callable[..., Any]
    message: str
    operand: int = 0
    code: str = "wrong-rule"
    common: bool = True
    example: Example | None = None  # where the operation on its variables is none

    @property
    def level(self) -> str:
        """Its place in the ranking."""
        if not self.common:
            return "rare"
        return "rule" if self.code == "wrong-rule" else "missing part"


def _missing(rule: Callable[..., Any], message: str, operand: int = 0) -> Neighbour:
    return Neighbour(rule, message, operand, "missing-factor")


def _rare(rule: Callable[..., Any], message: str, operand: int = 0, example: Example | None = None) -> Neighbour:
    return Neighbour(rule, message, operand, common=False, example=example)


NEIGHBOURS: dict[str, tuple[Neighbour, ...]] = {
    "power": (
        Neighbour(lambda out, x, y: y * out, "the exponent was brought down but not lowered"),
        Neighbour(lambda out, x, y: x ** (y - 1.0), "the exponent was lowered but not brought down"),
        _missing(lambda out, x, y: y, "only the exponent was brought down, without the power"),
        _rare(lambda out, x, y: y * x ** (y + 1.0), "the exponent was raised, not lowered"),
        _rare(lambda out, x, y: (y - 1.0) * x ** (y - 1.0), "the lowered exponent was brought down"),
        _rare(lambda out, x, y: (y - 1.0) * out, "the lowered exponent was brought down, the power kept"),
        _rare(lambda out, x, y: y * x ** (y - 2.0), "the exponent was lowered twice"),
        _rare(lambda out, x, y: y * x, "the exponent was brought down and left out above"),
        _rare(lambda out, x, y: y * x ** (1.0 - y), "the lowered exponent has the wrong sign"),
        _rare(lambda out, x, y: y * x ** -(y + 1.0), "the exponent has the wrong sign"),
        Neighbour(lambda out, x, y: out * x / (y + 1.0), "this is the integral of the power"),
        _rare(
            lambda out, x, y: out * table.log(x),
            "the rule of an exponential was used on a power",
            example=Example("x**3", "x", "x**3*log(x)"),
        ),
        Neighbour(lambda out, x, y: y * x ** (y - 1.0), "the power rule was used on an exponential", 1),
        Neighbour(lambda out, x, y: x ** (y - 1.0), "the exponent of an exponential was lowered", 1),
        _missing(lambda out, x, y: out, "the logarithm of the base is missing", 1),
        _missing(lambda out, x, y: table.log(x), "the exponential itself is missing", 1),
        Neighbour(lambda out, x, y: out * table.log(y), "the logarithm of the exponent, not of the base", 1),
        Neighbour(lambda out, x, y: out / table.log(x), "divided by the logarithm of the base, not multiplied", 1),
    ),
    "square": (
        Neighbour(lambda out, x: 2.0 * out, "the exponent was brought down but not lowered"),
        Neighbour(lambda out, x: x, "the exponent was lowered but not brought down: the factor 2 is missing"),
        _missing(lambda out, x: 2.0, "only the exponent was brought down, without the power"),
    ),
    "exp": (
        _rare(lambda out, x: out / x, "divided by the operand: this is no rule of the exponential"),
        Neighbour(lambda out, x: x * table.exp(x - 1.0), "the power rule was used on an exponential"),
        Neighbour(lambda out, x: table.exp(x - 1.0), "the exponent of an exponential was lowered"),
        Neighbour(lambda out, x: x * out, "the exponent was brought down as in the power rule"),
    ),
    "log": (
        Neighbour(lambda out, x: out, "the logarithm was kept: its derivative is one over its operand"),
        Neighbour(lambda out, x: 1.0 / (x * x), "one over the square: the derivative of 1/x, not of the logarithm"),
        Neighbour(lambda out, x: 1.0 / out, "one over the logarithm, not over its operand"),
        _rare(lambda out, x: table.exp(x), "the inverse, which is the exponential, not the derivative"),
        Neighbour(lambda out, x: x, "the operand itself, not one over it"),
    ),
    "log2": (
        _rare(lambda out, x: 0.5 / x, "divided by 2, not by ln(2)"),
        _missing(lambda out, x: 1.0 / x, "the factor 1/ln(2) is missing"),
        Neighbour(lambda out, x: table.LOG_2 / x, "multiplied by ln(2), not divided"),
    ),
    "log10": (
        _missing(lambda out, x: 1.0 / x, "the factor 1/ln(10) is missing"),
        Neighbour(lambda out, x: table.LOG_10 / x, "multiplied by ln(10), not divided"),
        Neighbour(lambda out, x: 0.1 / x, "divided by 10, not by ln(10)"),
    ),
    "log1p": (Neighbour(lambda out, x: 1.0 / x, "one over x, not over 1 + x"),),
    "exp2": (
        _rare(lambda out, x: out / table.LOG_2, "divided by ln(2), not multiplied"),
        _missing(lambda out, x: out, "the factor ln(2) is missing"),
        Neighbour(lambda out, x: x * table.exp2(x - 1.0), "the power rule was used on an exponential"),
    ),
    "sin": (
        Neighbour(lambda out, x: out, "the sine was kept: its derivative is the cosine"),
        Neighbour(
            lambda out, x: -table.cos(x), "minus the cosine: the derivative of the sine is the cosine, without a minus"
        ),
        Neighbour(lambda out, x: -out, "this is the derivative of the cosine"),
    ),
    "cos": (
        Neighbour(lambda out, x: out, "the cosine was kept: its derivative is minus the sine"),
        Neighbour(lambda out, x: -out, "minus the cosine: the derivative is minus the sine"),
    ),
    "tan": (
        _rare(lambda out, x: 1.0 - out * out, "1 − tan² stands for 1 + tan²"),
        _rare(lambda out, x: 1.0 + out, "1 + tan: the square is missing"),
        Neighbour(lambda out, x: 1.0 / table.cos(x), "the square of the cosine is missing below"),
        Neighbour(lambda out, x: out * out, "the 1 of 1 + tan² is missing"),
        Neighbour(lambda out, x: 1.0 / table.square(table.sin(x)), "the sine stands below, not the cosine"),
        Neighbour(lambda out, x: 1.0 / out, "this is the cotangent"),
        Neighbour(
            lambda out, x: table.cos(x) / -table.sin(x),
            "sine and cosine were differentiated apart: sin′/cos′ is not (sin/cos)′",
        ),
    ),
    "asin": (
        _rare(lambda out, x: 1.0 / table.sin(x), "one over the sine, not its inverse"),
        Neighbour(lambda out, x: 1.0 / table.cos(x), "one over the cosine of the operand, not of the angle"),
        Neighbour(lambda out, x: 1.0 / (1.0 - x * x), "the square root is missing"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(1.0 + x * x), "1 + x² stands for 1 − x²"),
        Neighbour(lambda out, x: 1.0 / (1.0 + x * x), "this is the derivative of the arctangent"),
        Neighbour(lambda out, x: -1.0 / table.sqrt(1.0 - x * x), "this is the derivative of the arccosine"),
    ),
    "acos": (
        Neighbour(
            lambda out, x: 1.0 / table.sqrt(1.0 - x * x), "this is the derivative of the arcsine: a minus is lost"
        ),
        _rare(lambda out, x: -1.0 / (1.0 + x * x), "this is minus the derivative of the arctangent"),
        Neighbour(lambda out, x: -1.0 / (1.0 - x * x), "the square root is missing"),
        Neighbour(lambda out, x: 1.0 / table.sin(x), "one over the sine of the operand, not of the angle"),
        Neighbour(lambda out, x: -1.0 / table.sqrt(1.0 + x * x), "1 + x² stands for 1 − x²"),
    ),
    "atan": (
        _rare(lambda out, x: 1.0 / table.tan(x), "one over the tangent, not its inverse"),
        Neighbour(lambda out, x: 1.0 / (1.0 - x * x), "1 − x² stands for 1 + x²"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(1.0 - x * x), "this is the derivative of the arcsine"),
        Neighbour(lambda out, x: 1.0 / (1.0 + x), "the square of the operand is missing"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(1.0 + x * x), "a square root too many"),
        Neighbour(lambda out, x: 1.0 / (x * x), "the 1 of 1 + x² is missing"),
    ),
    "sinh": (Neighbour(lambda out, x: out, "the hyperbolic sine was kept: its derivative is the hyperbolic cosine"),),
    "cosh": (Neighbour(lambda out, x: out, "the hyperbolic cosine was kept: its derivative is the hyperbolic sine"),),
    "tanh": (
        Neighbour(lambda out, x: 1.0 - out, "1 − tanh: the square is missing"),
        Neighbour(lambda out, x: out, "tanh was kept: its derivative is 1 − tanh²"),
        Neighbour(lambda out, x: 1.0 + out * out, "1 + tanh² stands for 1 − tanh²"),
        Neighbour(lambda out, x: table.sech(x), "one over cosh: the square is missing"),
        Neighbour(lambda out, x: out * (1.0 - out), "this is the form of the sigmoid's derivative"),
        Neighbour(lambda out, x: out * out, "the 1 of 1 − tanh² is missing"),
        Neighbour(lambda out, x: 1.0 - x * x, "1 − x²: the square of the operand, not of the result"),
    ),
    "sigmoid": (
        Neighbour(lambda out, x: out, "the sigmoid was kept: its derivative is σ·(1 − σ)"),
        Neighbour(lambda out, x: 1.0 - out, "only 1 − σ: the factor σ is missing"),
        Neighbour(lambda out, x: 1.0 - out * out, "this is the form of tanh's derivative"),
        Neighbour(lambda out, x: out * (1.0 + out), "1 + σ stands for 1 − σ"),
        Neighbour(lambda out, x: out * out, "σ² stands for σ·(1 − σ)"),
        _rare(lambda out, x: x * (1.0 - x), "x·(1 − x): the operand stands there, not the result"),
        Neighbour(lambda out, x: table.square(1.0 - out), "(1 − σ)² stands for σ·(1 − σ)"),
    ),
    "sqrt": (
        Neighbour(lambda out, x: 1.0 / out, "the factor ½ is missing"),
        Neighbour(lambda out, x: 0.5 * out, "the root stands above: it belongs below the fraction"),
        Neighbour(lambda out, x: 0.5 / x, "the square root is missing below"),
        Neighbour(lambda out, x: 2.0 * out, "twice the root, not one over it"),
        _rare(lambda out, x: 2.0 / out, "2 above stands for 2 below"),
        _missing(lambda out, x: 0.5, "the root is missing below"),
    ),
    "relu": (
        Neighbour(lambda out, x: out, "relu was kept: its derivative is 1 where it is positive"),
        Neighbour(lambda out, x: 1.0, "1 on both sides: it is 0 where the operand is negative"),
        Neighbour(lambda out, x: table.less(x, 0.0), "1 and 0 are exchanged"),
    ),
    "abs": (
        Neighbour(lambda out, x: 1.0, "1 on both sides: it is −1 where the operand is negative"),
        Neighbour(lambda out, x: out, "the absolute value was kept: its derivative is the sign"),
        Neighbour(lambda out, x: x, "the operand stands for its sign"),
    ),
    "softplus": (
        Neighbour(lambda out, x: table.sigmoid(-x), "σ(−x) stands for σ(x)"),
        _rare(lambda out, x: table.relu(table.sign(x)), "this is the derivative of relu"),
    ),
    "log_sigmoid": (Neighbour(lambda out, x: table.sigmoid(x), "σ(x) stands for σ(−x)"),),
    "divide": (
        _missing(lambda out, x, y: -1.0 / (y * y), "the numerator is missing", 1),
        Neighbour(lambda out, x, y: -x / y, "the denominator is not squared", 1),
        Neighbour(lambda out, x, y: x * table.log(y), "this is the integral of one over it", 1),
        _rare(lambda out, x, y: x / table.square(y) * out, "the quotient was squared as a whole", 1),
        Neighbour(lambda out, x, y: -x / (y * y * y), "the denominator's power is one too high", 1),
        Neighbour(
            lambda out, x, y: 1.0 / (y * y), "the denominator was squared although the numerator varies alone", 0
        ),
        Neighbour(lambda out, x, y: y, "multiplied by the denominator, not divided", 0),
    ),
    "hypot": (
        _missing(lambda out, x, y: 1.0 / out, "the operand above is missing"),
        _missing(lambda out, x, y: 1.0 / out, "the operand above is missing", 1),
        Neighbour(lambda out, x, y: 0.5 / out, "the derivative of the squares is missing"),
        Neighbour(lambda out, x, y: 0.5 / out, "the derivative of the squares is missing", 1),
        Neighbour(lambda out, x, y: 2.0 * x / out, "the factor ½ of the root is missing"),
        Neighbour(lambda out, x, y: 2.0 * y / out, "the factor ½ of the root is missing", 1),
    ),
    "maximum": (
        Neighbour(lambda out, x, y: out, "the value of the larger operand stands for its derivative", 0),
        Neighbour(lambda out, x, y: out, "the value of the larger operand stands for its derivative", 1),
        Neighbour(
            lambda out, x, y: table.less(x, y),
            "the derivative went to the smaller operand: it belongs to the larger",
            0,
        ),
        Neighbour(
            lambda out, x, y: table.greater(x, y),
            "the derivative went to the smaller operand: it belongs to the larger",
            1,
        ),
    ),
    "minimum": (
        Neighbour(lambda out, x, y: out, "the value of the smaller operand stands for its derivative", 0),
        Neighbour(lambda out, x, y: out, "the value of the smaller operand stands for its derivative", 1),
        Neighbour(
            lambda out, x, y: table.greater(x, y),
            "the derivative went to the larger operand: it belongs to the smaller",
            0,
        ),
        Neighbour(
            lambda out, x, y: table.less(x, y),
            "the derivative went to the larger operand: it belongs to the smaller",
            1,
        ),
    ),
    "cbrt": (
        Neighbour(lambda out, x: 1.0 / (out * out), "the factor ⅓ is missing"),
        Neighbour(lambda out, x: 1.0 / (3.0 * out), "the square of the root is missing below"),
        Neighbour(lambda out, x: 0.5 / out, "this is the form of the square root's derivative"),
    ),
    "expm1": (
        Neighbour(lambda out, x: out, "the 1 was subtracted from the derivative, too"),
        Neighbour(lambda out, x: x * table.exp(x - 1.0), "the power rule was used on an exponential"),
    ),
    "erf": (
        _missing(lambda out, x: table.exp(-x * x), "the factor 2/√π is missing"),
        Neighbour(lambda out, x: 2.0 * table.exp(x * x) / table.SQRT_PI, "exp(x²) stands for exp(−x²)"),
        Neighbour(lambda out, x: table.exp(-x * x) / table.SQRT_PI, "the factor 2 is missing"),
    ),
    "erfc": (
        _missing(lambda out, x: -table.exp(-x * x), "the factor 2/√π is missing"),
        Neighbour(lambda out, x: 2.0 * table.exp(-x * x) / table.SQRT_PI, "this is the derivative of erf"),
    ),
    "sech": (
        Neighbour(lambda out, x: -out * out, "sech² stands for sech·tanh"),
        Neighbour(lambda out, x: -table.tanh(x), "the factor sech is missing"),
        Neighbour(
            lambda out, x: 1.0 / table.sinh(x),
            "cosh was differentiated where it stands: one over cosh′ is not (1/cosh)′",
        ),
    ),
    "asinh": (
        Neighbour(lambda out, x: 1.0 / (1.0 + x * x), "the square root is missing"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(1.0 - x * x), "this is the derivative of the arcsine"),
        Neighbour(lambda out, x: 1.0 / table.cosh(x), "one over cosh of the operand, not of the result"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(x * x - 1.0), "this is the derivative of the area cosine"),
    ),
    "acosh": (
        Neighbour(lambda out, x: 1.0 / (x * x - 1.0), "the square root is missing"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(1.0 + x * x), "this is the derivative of the area sine"),
    ),
    "atanh": (
        Neighbour(lambda out, x: 1.0 / (1.0 + x * x), "this is the derivative of the arctangent"),
        Neighbour(lambda out, x: 1.0 / table.sqrt(1.0 - x * x), "a square root too many"),
    ),
    "silu": (
        Neighbour(lambda out, x: table.sigmoid(x), "the product rule's second term is missing"),
        Neighbour(lambda out, x: table.sigmoid(x) * table.sigmoid(-x), "σ′ alone: the product rule is missing"),
    ),
    "gelu": (
        Neighbour(lambda out, x: 0.5 * table.erfc(-x * table.SQRT_HALF), "the product rule's second term is missing"),
    ),
    "elu": (
        Neighbour(lambda out, x, y: table.greater(x, 0.0), "this is the derivative of relu"),
        Neighbour(lambda out, x, y: out, "elu was kept: its derivative is 1 where it is positive"),
    ),
    "leaky_relu": (
        Neighbour(lambda out, x, y: table.greater(x, 0.0), "this is the derivative of relu: the slope is missing"),
        Neighbour(lambda out, x, y: out, "leaky_relu was kept"),
    ),
    "atan2": (
        Neighbour(lambda out, y, x: 1.0 / (x * x + y * y), "the other operand is missing above"),
        Neighbour(lambda out, y, x: -1.0 / (x * x + y * y), "the other operand is missing above", 1),
        Neighbour(lambda out, y, x: x / table.hypot(x, y), "the length below is not squared"),
        Neighbour(lambda out, y, x: -y / table.hypot(x, y), "the length below is not squared", 1),
        Neighbour(lambda out, y, x: y / (x * x + y * y), "the operands are exchanged"),
        Neighbour(lambda out, y, x: -x / (x * x + y * y), "the operands are exchanged", 1),
    ),
}
