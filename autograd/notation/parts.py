"""Sums and products taken apart: the number in front, the bases and their exponents, what several terms share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

from autograd.notation.tree import ONE, Call, Expression, Number, Power, Product, Relation, Sum

Bases = list[tuple[Expression, Expression]]  # each with its exponent
Factors = dict[Expression, tuple[Expression, Expression]]  # the base and its exponent, by what is equal to the base


@lru_cache(maxsize=10_000)
def key(tree: Expression) -> Expression:
    """What is the same for trees that differ only in the order of terms."""
    match tree:
        case Sum(terms):
            return Sum(tuple(sorted(map(key, terms), key=repr)))
        case Product(factors):
            return Product(tuple(sorted(map(key, factors), key=repr)))
        case Power(base, exponent):
            return Power(key(base), key(exponent))
        case Call(function, operands):
            return Call(function, tuple(map(key, operands)))
    return tree


def split(term: Expression) -> tuple[Fraction, Expression]:
    """The number in front of a term, and the rest."""
    if isinstance(term, Number):
        return term.value, ONE
    if isinstance(term, Product) and isinstance(term.factors[0], Number):
        rest = term.factors[1:]
        return term.factors[0].value, rest[0] if len(rest) == 1 else Product(rest)
    return Fraction(1), term


def factors_of(term: Expression) -> tuple[Expression, ...]:
    """The factors of a term."""
    return term.factors if isinstance(term, Product) else (term,)


def power(factor: Expression) -> tuple[Expression, Expression]:
    """The base and the exponent of a factor."""
    return (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)


def whole_number(exponent: Expression) -> int:
    """The whole number that an exponent is; 0 for any other."""
    return int(exponent.value) if isinstance(exponent, Number) and exponent.value.denominator == 1 else 0


def by_base(term: Expression) -> Factors:
    """The factors of a term but its number, by their bases."""
    found = (power(factor) for factor in factors_of(term) if not isinstance(factor, Number))
    return {key(base): (base, exponent) for base, exponent in found}


def lowest_powers(
    terms: Sequence[Expression], counts: Callable[[list[Expression | None]], bool]
) -> list[tuple[Expression, Expression]]:
    """The bases that count, by the exponents that they have in the terms, with the lowest of these."""
    all_factors = [by_base(term) for term in terms]
    bases = {base_key: base for factors in all_factors for base_key, (base, _) in factors.items()}
    found = []
    for base_key, base in bases.items():
        exponents = [factors[base_key][1] if base_key in factors else None for factors in all_factors]
        if counts(exponents):
            known = [exponent for exponent in exponents if exponent is not None]
            numbers = [exponent.value for exponent in known if isinstance(exponent, Number)]
            found.append((base, Number(min(numbers)) if numbers else known[0]))
    return found


def in_all(exponents: list[Expression | None]) -> bool:
    """Whether all terms have the base, to powers that can be compared."""
    if all(isinstance(exponent, Number) for exponent in exponents):
        values = [exponent.value for exponent in exponents if isinstance(exponent, Number)]
        return min(values) > 0 or max(values) < 0
    return exponents[0] is not None and all(exponent == exponents[0] for exponent in exponents)


def in_several(exponents: list[Expression | None]) -> bool:
    """Whether several terms have the base, one of them as a denominator."""
    numbers = [exponent.value for exponent in exponents if isinstance(exponent, Number)]
    return len(numbers) > 1 and min(numbers) < 0 and len(numbers) == sum(e is not None for e in exponents)


def content_of(terms: Sequence[Expression]) -> Fraction:
    """The number that can be taken out of a sum: negative where all terms are."""
    counts = [split(term)[0] for term in terms]
    above = math.gcd(*(count.numerator for count in counts))
    below = math.lcm(*(count.denominator for count in counts))
    return Fraction(above, below) * (-1 if all(count < 0 for count in counts) else 1)


def weight(tree: Expression) -> float:
    """How much there is to read."""
    match tree:
        case Sum(terms):
            return sum(map(weight, terms))
        case Product(factors):
            fraction = any(is_below(factor) for factor in factors)
            return sum(map(weight, factors)) + fraction
        case Power(base, exponent):
            return weight(base) + (0.5 if isinstance(exponent, Number) else weight(exponent))
        case Call(_, operands):
            return 1.0 + sum(map(weight, operands))
        case Relation(_, left, right):
            return 1.0 + weight(left) + weight(right)
    return 1.0


def is_below(factor: Expression) -> bool:
    """Whether a factor stands below the line."""
    exponent = power(factor)[1]
    return isinstance(exponent, Number) and exponent.value < 0


def is_negative(tree: Expression) -> bool:
    """Whether it begins with a minus."""
    first = tree.terms[0] if isinstance(tree, Sum) else tree
    return split(first)[0] < 0
