"""Signs, fractions and the order of factors, for a tree that has only sums, products and powers."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from autograd.notation.tree import (
    HALF,
    ONE,
    PI,
    Call,
    E,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    everything,
    is_decimal,
    number,
)

FRACTIONS = (2, 4, 8)  # denominators of decimals that are written as fractions: x/2, but 0.1x


def presented(tree: Expression) -> Expression:
    """The tree with minus signs, with fractions, and with factors in the order in which they are written."""
    match tree:
        case Number(value) if value < 0:
            return Negative(Number(-value))
        case Sum(terms):
            return Sum(_from_a_positive(map(presented, _powers_in_order(terms))))
        case Product() | Power():
            return _product(tree)
        case Call(function, operands):
            return Call(function, tuple(map(presented, operands)))
        case Relation(sign, left, right):
            return Relation(sign, presented(left), presented(right))
    return tree


def _powers_in_order(terms: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The terms; where some are powers of variables with one exponent, as in x² + y², these by their names."""
    places = [i for i, term in enumerate(terms) if isinstance(term, Power) and isinstance(term.base, Name)]
    powers = [term for term in terms if isinstance(term, Power) and isinstance(term.base, Name)]
    if len({term.exponent for term in powers}) != 1:
        return terms
    ordered = dict(zip(places, sorted(powers, key=lambda term: repr(term.base)), strict=True))
    return tuple(ordered.get(i, term) for i, term in enumerate(terms))


def _from_a_positive(terms: Iterable[Expression]) -> tuple[Expression, ...]:
    """The terms, those before the first without a minus moved behind it."""
    found = list(terms)
    first = next((i for i, term in enumerate(found) if not isinstance(term, Negative)), 0)
    return (found[first], *found[:first], *found[first + 1 :])


def _product(tree: Product | Power) -> Expression:
    factors = list(tree.factors) if isinstance(tree, Product) else [tree]
    count = Fraction(1)
    if isinstance(factors[0], Number):
        count, factors = factors[0].value, factors[1:]
    above, below = [], []
    for factor in factors:
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if isinstance(exponent, Number) and exponent.value < 0:
            below.append(_power(base, Number(-exponent.value)))
        else:
            above.append((base, exponent))
    count, above = _signed(count, above)
    front, under = _fraction(abs(count), bool(below))
    numerator = _joined(front, [_power(base, exponent) for base, exponent in above])
    written = Quotient(numerator, _joined(under, below)) if below or under != 1 else numerator
    return Negative(written) if count < 0 else written


def _signed(
    count: Fraction, above: list[tuple[Expression, Expression]]
) -> tuple[Fraction, list[tuple[Expression, Expression]]]:
    """A minus in front goes into a bracket that has one of its own: −(1 − x) is x − 1."""
    for i, (base, exponent) in enumerate(above):
        if count < 0 and exponent == ONE and isinstance(base, Sum) and any(map(_has_minus, base.terms)):
            turned = Sum(tuple(_turned(term) for term in base.terms))
            return -count, [*above[:i], (turned, exponent), *above[i + 1 :]]
    return count, above


def _has_minus(term: Expression) -> bool:
    first = term.factors[0] if isinstance(term, Product) else term
    return isinstance(first, Number) and first.value < 0


def _turned(term: Expression) -> Expression:
    """A term with the other sign."""
    factors = term.factors if isinstance(term, Product) else (term,)
    value, rest = (factors[0].value, factors[1:]) if isinstance(factors[0], Number) else (Fraction(1), factors)
    if not rest:
        return Number(-value)
    kept = rest if value == -1 else (Number(-value), *rest)
    return kept[0] if len(kept) == 1 else Product(kept)


def _fraction(count: Fraction, has_denominator: bool) -> tuple[Fraction, int]:
    """The number above and the one below: a half is written as a fraction, a tenth as a decimal."""
    if is_decimal(count) and count.denominator not in FRACTIONS:
        return count, 1
    return Fraction(count.numerator), count.denominator


def _power(base: Expression, exponent: Expression) -> Expression:
    if exponent == ONE:
        return presented(base)
    if isinstance(exponent, Number) and exponent.value.denominator in FRACTIONS and exponent.value != HALF:
        above, below = exponent.value.as_integer_ratio()
        return Power(presented(base), Quotient(number(above), number(below)))
    return Power(presented(base), presented(exponent))


def _joined(count: Fraction | int, factors: list[Expression]) -> Expression:
    """A number and the factors, in order, as one product."""
    heavy = any(isinstance(factor, Sum) and _has_functions(factor) for factor in factors)
    written = sorted(factors, key=lambda factor: _place(factor, heavy))
    if count != 1 or not written:
        written.insert(0, number(Fraction(count)))
    return written[0] if len(written) == 1 else Product(tuple(written))


def _has_functions(tree: Expression) -> bool:
    return any(isinstance(part, Call) or part == E for part in everything(tree))


def _place(factor: Expression, heavy: bool) -> tuple[int, str]:
    """Where a factor stands: numbers, variables, roots, powers of e, functions, sums.

    Beside a sum of functions, which is an outer derivative, the variables of the inner one come last.
    """
    base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
    root = isinstance(exponent, Number) and exponent.value.denominator > 1
    match base:
        case Number():
            return (4 if not isinstance(exponent, Number) else 0), ""
        case Name() if base == PI:
            return 1, ""
        case Name() if base == E:
            return 5, ""
        case Name(text) if isinstance(exponent, Number) and not root:
            return (9 if heavy else 2), text
        case Name(text) if not root:
            return 4, text
        case Call(function) if not root:
            return 6, function
        case Relation():
            return 7, ""
        case Sum() if not root:
            return 8, ""
    return 3, ""
