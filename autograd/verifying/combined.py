"""The rules that combine the derivatives of two operands, u and v, as people take them for others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograd.verifying.planting import Example, Kind, Mistake, Place, Tangents, Words
from autograd.verifying.tracing import Trace

PRODUCT, QUOTIENT = "u′·v + u·v′", "(u′·v − u·v′)/v²"


def _typed(formula: str) -> str:
    """A formula as one types it."""
    return formula.replace("−", "-")


@dataclass(frozen=True)
class Combination:
    """A wrong rule over u, v and their derivatives du, dv, as it is written, with the reason why it is wrong."""

    operation: str
    text: str
    rule: Callable[[float, float, float, float], float]
    message: str
    example: Example
    level: str = "rule"

    @property
    def kind(self) -> Kind:
        """It as a kind of mistake."""
        return Kind("wrong-rule", self.message.format(text=self.text), self._plant, self.example)

    def _plant(self, place: Place) -> Iterator[Mistake]:
        if place.name != self.operation or len(place.active) < 2:
            return
        a, b = place.operands

        def tangent(t: Trace, tangents: Tangents) -> float:
            try:
                return self.rule(t.values[a], t.values[b], tangents[a], tangents[b])
            except ZeroDivisionError:
                return math.nan

        def describe() -> Words:
            message = f"{self.message.format(text=self.text)}, at {place.shown}"
            should = PRODUCT if self.operation == "multiply" else QUOTIENT
            return Words(message, _typed(self.text), _typed(should))

        yield Mistake("wrong-rule", self.level, place.node, 0, tangent, describe)


NOT_PRODUCT, NOT_QUOTIENT = f"(u·v)′ is {PRODUCT}, not {{text}}", f"(u/v)′ is {QUOTIENT}, not {{text}}"
SINES, FRACTION = "sin(x)*log(x)", "(x**2 + 1)/(x + 2)"
COMBINATIONS = (
    Combination(
        "multiply",
        "u′·v′",
        lambda u, v, du, dv: du * dv,
        f"the derivatives were multiplied: {NOT_PRODUCT}",
        Example(SINES, "x", "cos(x)/x"),
        "product",
    ),
    Combination(
        "multiply",
        "u′·u + v·v′",
        lambda u, v, du, dv: du * u + v * dv,
        f"each derivative stands beside its own factor: {NOT_PRODUCT}",
        Example(SINES, "x", "cos(x)*sin(x) + log(x)/x"),
    ),
    Combination(
        "multiply",
        "u′ + v′",
        lambda u, v, du, dv: du + dv,
        f"the derivatives were added: {NOT_PRODUCT}",
        Example(SINES, "x", "cos(x) + 1/x"),
        "inside",
    ),
    Combination(
        "multiply",
        "u′·v − u·v′",
        lambda u, v, du, dv: du * v - u * dv,
        f"a minus stands for the plus: {NOT_PRODUCT}",
        Example(SINES, "x", "cos(x)*log(x) - sin(x)/x"),
        "product",
    ),
    Combination(
        "divide",
        "u′/v′",
        lambda u, v, du, dv: du / dv,
        f"numerator and denominator were differentiated apart: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "2*x"),
    ),
    Combination(
        "divide",
        "(u·v′ − u′·v)/v²",
        lambda u, v, du, dv: (u * dv - du * v) / (v * v),
        f"the terms above are exchanged: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "((x**2 + 1) - 2*x*(x + 2))/(x + 2)**2"),
    ),
    Combination(
        "divide",
        "(u′·v − u·v′)/v",
        lambda u, v, du, dv: (du * v - u * dv) / v,
        f"the denominator is not squared: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "(2*x*(x + 2) - (x**2 + 1))/(x + 2)"),
    ),
    Combination(
        "divide",
        "u′·v − u·v′",
        lambda u, v, du, dv: du * v - u * dv,
        f"the denominator is missing: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "2*x*(x + 2) - (x**2 + 1)"),
    ),
    Combination(
        "divide",
        "(u′·v + u·v′)/v²",
        lambda u, v, du, dv: (du * v + u * dv) / (v * v),
        f"a plus stands for the minus: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "(2*x*(x + 2) + (x**2 + 1))/(x + 2)**2"),
    ),
    Combination(
        "divide",
        "(u′·v − u·v′)/u²",
        lambda u, v, du, dv: (du * v - u * dv) / (u * u),
        f"the numerator was squared below: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "(2*x*(x + 2) - (x**2 + 1))/(x**2 + 1)**2"),
    ),
    Combination(
        "divide",
        "u′·v + u·v′",
        lambda u, v, du, dv: du * v + u * dv,
        f"the product rule was used on a quotient: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "2*x*(x + 2) + (x**2 + 1)"),
        "product",
    ),
    Combination(
        "divide",
        "(u′·v′)/v²",
        lambda u, v, du, dv: du * dv / (v * v),
        f"the derivatives were multiplied above: {NOT_QUOTIENT}",
        Example(FRACTION, "x", "2*x/(x + 2)**2"),
        "rare",
    ),
    Combination(
        "divide",
        "u′/v′²",
        lambda u, v, du, dv: du / (dv * dv),
        f"numerator and denominator were differentiated apart: {NOT_QUOTIENT}",
        Example("x**2/(3*x + 2)", "x", "2*x/9"),
        "rare",
    ),
)


def _power_missing(place: Place) -> Iterator[Mistake]:
    if place.name == "power" and len(place.active) == 2:
        yield Mistake(
            "missing-factor",
            "missing factor",
            place.node,
            0,
            lambda t, tangents: _logarithm(t, tangents, place),
            lambda: Words(
                f"the power itself is missing: this is the derivative of the logarithm of {place.shown}",
                "(v·log(u))′",
                "u**v · (v·log(u))′",
            ),
        )


def _logarithm(t: Trace, tangents: Tangents, place: Place) -> float:
    total = sum(t.partials[place.node][k] * tangents[place.operands[k]] for k in (0, 1))
    return total / t.values[place.node] if t.values[place.node] else math.nan


def _power_of_derivative(place: Place) -> Iterator[Mistake]:
    if place.name not in ("square", "power") or list(place.active) != [0] or place.operands[0] in place.seeds:
        return
    inner = place.operands[0]

    def tangent(t: Trace, tangents: Tangents) -> float:
        exponent = 2.0 if place.name == "square" else t.values[place.operands[1]]
        try:
            raised = tangents[inner] ** exponent
        except (ArithmeticError, ValueError):
            return math.nan
        return raised if isinstance(raised, float) else math.nan

    message = f"the derivative of {place.operand(0)} was raised to the power: (u^n)′ is n·u^(n − 1)·u′, not u′^n"
    yield Mistake("wrong-rule", "product", place.node, 0, tangent, lambda: Words(message, "u′**n", "n*u**(n - 1)*u′"))


def _below_alone(place: Place) -> Iterator[Mistake]:
    if place.name == "divide" and list(place.active) == [1] and place.operands[1] not in place.seeds:
        above, below = place.operands
        yield Mistake(
            "wrong-rule",
            "rule",
            place.node,
            1,
            lambda t, tangents: t.values[above] / tangents[below] if tangents[below] else math.nan,
            lambda: Words(
                f"the denominator was differentiated where it stands: (c/v)′ is −c·v′/v², not c/v′, at {place.shown}",
                "c/v′",
                "-c·v′/v²",
            ),
        )


COMBINED: tuple[Kind, ...] = (
    *(combination.kind for combination in COMBINATIONS),
    Kind(
        "wrong-rule",
        "the derivative was raised to the power",
        _power_of_derivative,
        Example("sin(x)**2", "x", "cos(x)**2"),
    ),
    Kind(
        "wrong-rule",
        "the denominator was differentiated where it stands",
        _below_alone,
        Example("1/x**3", "x", "1/(3*x**2)"),
    ),
    Kind("missing-factor", "the power itself is missing", _power_missing, Example("x**x", "x", "log(x) + 1")),
)
