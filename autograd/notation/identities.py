"""Identities between functions that make a formula shorter: sin² + cos² = 1, sin/cos = tan, sgn(u)·u = |u|.

An identity of sums is given the sum and gives the terms of the shorter one; one of products is given the factors, by
their bases, and gives others. What they give need not be simple; where they find nothing to do they give None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import permutations

from autograd.notation.parts import Factors, factors_of, is_below, key, split, whole_number
from autograd.notation.tree import ONE, TWO, Call, Expression, Negative, Number, Power, Product, Sum, number

# Of sums ----------------------------------------------------------------------------------------------


def _squares(found: Sum) -> list[Expression] | None:
    """sin² + cos² = 1, and cosh² − sinh² = 1, each with the same factor."""
    for i, j in permutations(range(len(found.terms)), 2):
        for one, other, sign in (("sin", "cos", 1), ("cosh", "sinh", -1)):
            left, right = _without_square(found.terms[i], one), _without_square(found.terms[j], other)
            if left and right and left[1:] == right[1:] and left[0] == sign * right[0]:
                rest = [term for k, term in enumerate(found.terms) if k not in (i, j)]
                return [Product((Number(left[0]), *left[1])), *rest]
    return None


def _without_square(
    term: Expression, function: str
) -> tuple[Fraction, tuple[Expression, ...], tuple[Expression, ...]] | None:
    """Of c · a · … · function(u)²: the number c, the factors a …, and u."""
    count, rest = split(term)
    factors = factors_of(rest)
    for i, factor in enumerate(factors):
        if (operands := _squared(factor, function)) is not None:
            return count, tuple(map(key, factors[:i] + factors[i + 1 :])), operands
    return None


def _squared(factor: Expression, function: str) -> tuple[Expression, ...] | None:
    """The operands of the square of a function."""
    match factor:
        case Power(Call(name, operands), exponent) if name == function and exponent == TWO:
            return operands
    return None


def _secant(found: Sum) -> list[Expression] | None:
    """1 + tan² = 1/cos²."""
    if len(found.terms) == 2 and ONE in found.terms:
        other = found.terms[1 - found.terms.index(ONE)]
        if (operands := _squared(other, "tan")) is not None:
            return [Power(Call("cos", operands), number(-2))]
    return None


# Of products ------------------------------------------------------------------------------------------


def _hyperbolic(factors: Factors) -> list[Expression] | None:
    """sech² = 1 − tanh²."""
    for base_key, operand, exponent in _calls(factors, "sech"):
        if (times_over := whole_number(exponent)) >= 2 and times_over % 2 == 0:
            square = Power(Call("tanh", (operand,)), TWO)
            return _replaced(factors, [base_key], Power(Sum((ONE, Negative(square))), number(times_over // 2)))
    return None


def _tangent(factors: Factors) -> list[Expression] | None:
    """sin/cos = tan, and 1/(tan · cos) = 1/sin."""
    for cosine, operand, below in _calls(factors, "cos"):
        if not (isinstance(below, Number) and is_below(Power(ONE, below))):
            continue
        sine, tangent = key(Call("sin", (operand,))), key(Call("tan", (operand,)))
        if factors.get(sine, (ONE, ONE))[1] == Number(-below.value) and sine in factors:
            return _replaced(factors, [cosine, sine], Power(Call("tan", (operand,)), Number(-below.value)))
        exponent = factors[tangent][1] if tangent in factors else ONE
        if isinstance(exponent, Number) and exponent.value < 0:
            new = Power(Call("sin", (operand,)), exponent), Power(Call("cos", (operand,)), Number(-exponent.value))
            return _replaced(factors, [tangent], *new)
    return None


def _absolute(factors: Factors) -> list[Expression] | None:
    """sgn(u) · u = |u|, and sgn(u) · |u| = u, to odd powers."""
    for sign, operand, exponent in _calls(factors, "sign"):
        if exponent != ONE:
            continue
        absolute = key(Call("abs", (operand,)))
        if absolute in factors and whole_number(factors[absolute][1]) % 2:
            return _replaced(factors, [sign, absolute], Power(operand, factors[absolute][1]))
        if key(operand) in factors and factors[key(operand)][1] == ONE:
            return _replaced(factors, [sign, key(operand)], Call("abs", (operand,)))
    return None


def _cube_root(factors: Factors) -> list[Expression] | None:
    """u = ∛u³, where both are factors."""
    for cube_root, operand, exponent in _calls(factors, "cbrt"):
        if key(operand) in factors and (times_over := whole_number(factors[key(operand)][1])):
            new = Power(Call("cbrt", (operand,)), Sum((exponent, number(3 * times_over))))
            return _replaced(factors, [cube_root, key(operand)], new)
    return None


def _calls(factors: Factors, function: str) -> Iterator[tuple[Expression, Expression, Expression]]:
    """The factors that are powers of a function: their key, the operand and the exponent."""
    for base_key, (base, exponent) in factors.items():
        if isinstance(base, Call) and base.function == function:
            yield base_key, base.operands[0], exponent


def _replaced(factors: Factors, gone: Iterable[Expression], *new: Expression) -> list[Expression]:
    left = (Power(base, exponent) for base_key, (base, exponent) in factors.items() if base_key not in gone)
    return [*left, *new]


OF_SUMS: tuple[Callable[[Sum], list[Expression] | None], ...] = (_squares, _secant)
OF_PRODUCTS: tuple[Callable[[Factors], list[Expression] | None], ...] = (_hyperbolic, _tangent, _absolute, _cube_root)
