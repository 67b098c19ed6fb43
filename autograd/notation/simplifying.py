"""Simplifications: a formula as a textbook prints it.

They are for reading. A formula that is to be computed keeps Python's notation, whose forms do not cancel: what is read
as σ(z)(1 − σ(z)) is computed as sigmoid(z) * sigmoid(-z). Each rule holds wherever what it replaces has a value; the
result may have one in more places, as x of x²/x.

Inside, a tree is *plain*: no Negative and no Quotient, only sums of products of powers, with the number of a product in
front. ``plus``, ``times``, ``raised`` and ``called`` build such trees and keep them simple; ``presented`` writes signs
and fractions again.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from fractions import Fraction

from autograd.notation.identities import OF_PRODUCTS, OF_SUMS
from autograd.notation.parts import (
    Bases,
    Factors,
    content_of,
    factors_of,
    in_all,
    in_several,
    is_negative,
    key,
    lowest_powers,
    power,
    split,
    weight,
    whole_number,
)
from autograd.notation.presenting import presented
from autograd.notation.tree import (
    HALF,
    ONE,
    ZERO,
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
    number,
)

MOST_TERMS = 24  # of a product that is multiplied out
HIGHEST = 3  # the power of a sum that is multiplied out
MINUS_ONE = number(-1)
EVEN = ("cos", "cosh", "sech", "abs")
ODD = ("sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "erf", "sign", "cbrt")


def simplified(tree: Expression) -> Expression:
    """The same, as a textbook prints it.

    >>> x = Name("x")
    >>> simplified(Product((x, Quotient(ONE, Product((x, x))))))
    Quotient(above=Number(value=Fraction(1, 1)), below=Name(text='x'))
    """
    return presented(plain(tree))


def plain(tree: Expression) -> Expression:
    """The tree without minus signs and fractions, simplified."""
    match tree:
        case Negative(operand):
            return times(MINUS_ONE, plain(operand))
        case Quotient(above, below):
            return times(plain(above), raised(plain(below), MINUS_ONE))
        case Sum(terms):
            return plus(*map(plain, terms))
        case Product(factors):
            return times(*map(plain, factors))
        case Power(base, exponent):
            return raised(plain(base), plain(exponent))
        case Call(function, operands):
            return called(function, *map(plain, operands))
        case Relation(sign, left, right):
            return Relation(sign, plain(left), plain(right))
    return tree


def multiplied_out(tree: Expression) -> Expression:
    """The same with its products of sums multiplied out and like terms collected; simplified where that grows long.

    >>> x = Name("x")
    >>> multiplied_out(Product((x, Sum((x, ONE))))) == Sum((Power(x, number(2)), x))
    True
    """
    found = plain(tree)
    expanded = [_expanded(term) for term in (found.terms if isinstance(found, Sum) else (found,))]
    if any(terms is None for terms in expanded):
        return presented(found)
    return presented(_collected(term for terms in expanded for term in terms or ()))


# Sums -------------------------------------------------------------------------------------------------


def plus(*terms: Expression) -> Expression:
    """The sum: like terms collected, and of its forms the one that is shortest."""
    found = _collected(terms)
    if not isinstance(found, Sum):
        return found
    for identity in OF_SUMS:
        if (shorter := identity(found)) is not None:
            return plus(*map(plain, shorter))
    forms = [found, _multiplied_out(found), _over_one_denominator(found)]
    best = min((form for form in forms if form is not None), key=weight)
    return _common_factor_out(best) if isinstance(best, Sum) else best


def _collected(terms: Iterable[Expression]) -> Expression:
    """The sum with like terms collected, and nothing else done to it."""
    counts: dict[Expression, tuple[Fraction, Expression]] = {}
    for term in terms:
        for part in term.terms if isinstance(term, Sum) else (term,):
            count, rest = split(part)
            before = counts.get(key(rest), (Fraction(0), rest))
            counts[key(rest)] = before[0] + count, before[1]
    kept = tuple(times(Number(count), rest) for count, rest in counts.values() if count)
    return Sum(kept) if len(kept) > 1 else kept[0] if kept else ZERO


def _multiplied_out(found: Sum) -> Expression | None:
    """The sum with every product of sums multiplied out, if there is one and it does not grow long."""
    expanded = [_expanded(term) for term in found.terms]
    if any(terms is None for terms in expanded) or sum(len(terms or ()) for terms in expanded) == len(found.terms):
        return None
    return _collected(term for terms in expanded for term in terms or ())


def _expanded(term: Expression) -> list[Expression] | None:
    """The terms of a product multiplied out; None where there are too many."""
    terms: list[Expression] = [ONE]
    for factor in factors_of(term):
        base, exponent = power(factor)
        times_over = whole_number(exponent)
        if isinstance(base, Sum) and 1 <= times_over <= HIGHEST:
            for _ in range(times_over):
                terms = [times(left, right) for left in terms for right in base.terms]
        else:
            terms = [times(left, factor) for left in terms]
        if len(terms) > MOST_TERMS:
            return None
    return terms


def _over_one_denominator(found: Sum) -> Expression | None:
    """The sum as one fraction, where a denominator stands in several terms."""
    lowest = lowest_powers(found.terms, in_several)
    if not lowest:
        return None
    common = times(*(Power(base, exponent) for base, exponent in lowest))
    inverse = raised(common, MINUS_ONE)
    terms = [_expanded(times(term, inverse)) for term in found.terms]
    if any(expanded is None for expanded in terms):
        return None
    above = _collected(term for expanded in terms for term in expanded or ())
    return times(common, _common_factor_out(above) if isinstance(above, Sum) else above)


def _common_factor_out(found: Sum) -> Expression:
    """The factors that all terms share in front of a bracket; powers of variables alone stay where they are."""
    common = lowest_powers(found.terms, in_all)
    if all(isinstance(base, Name) and isinstance(exponent, Number) for base, exponent in common):
        return found
    shared = times(*(raised(base, exponent) for base, exponent in common))
    inverse = raised(shared, MINUS_ONE)
    return times(shared, _collected(times(term, inverse) for term in found.terms))


# Products and powers ----------------------------------------------------------------------------------


def times(*operands: Expression) -> Expression:
    """The product: numbers and powers of one base collected, in the order in which factors are written."""
    count = Fraction(1)
    factors: Factors = {}
    waiting = [power(factor) for operand in reversed(operands) for factor in reversed(factors_of(operand))]
    while waiting:
        base, exponent = waiting.pop()
        if base == ZERO and exponent == ONE:
            return ZERO
        taken, rest = _taken_apart(base, exponent)
        count *= taken
        if len(rest) != 1 or rest[0] != (base, exponent):
            waiting.extend(reversed(rest))
            continue
        before = factors.pop(key(base), None)
        if before is None:
            factors[key(base)] = base, exponent
        else:
            waiting.append((base, plus(before[1], exponent)))
    for identity in (*OF_PRODUCTS, _difference_of_squares):
        if (shorter := identity(factors)) is not None:
            return times(Number(count), *map(plain, shorter))
    written = [base if exponent == ONE else Power(base, exponent) for base, exponent in factors.values()]
    if count != 1 or not written:
        if len(written) == 1 and isinstance(written[0], Sum):
            content = Number(count)  # a number alone goes into the bracket only as a sign
            if abs(count) == 1:
                return Sum(tuple(times(content, term) for term in written[0].terms))
        written.insert(0, Number(count))
    return written[0] if len(written) == 1 else Product(tuple(written))


def _taken_apart(base: Expression, exponent: Expression) -> tuple[Fraction, Bases]:
    """A power as a number times simpler powers; itself alone where it is simple."""
    whole = whole_number(exponent)
    itself = [(base, exponent)]
    if exponent == ZERO or base == ONE:
        return Fraction(1), []
    match base:
        case Number(value):
            return _power_of_number(value, exponent) or (Fraction(1), itself)
        case Product(factors) if whole:
            return Fraction(1), [(b, times(e, exponent)) for b, e in map(power, factors)]
        case Power(inner, by) if whole or inner == E:
            return Fraction(1), [(inner, times(by, exponent))]
        case Power(inner, by) if exponent == Number(HALF) and whole_number(by) and whole_number(by) % 2 == 0:
            return Fraction(1), [(called("abs", inner), Number(Fraction(whole_number(by), 2)))]
        case Call("abs", (inner,)) if whole and whole % 2 == 0:
            return Fraction(1), [(inner, exponent)]
        case Sum(terms):
            content = content_of(terms)
            if whole and content != 1:
                rest = Sum(tuple(times(Number(1 / content), term) for term in terms))
                return content**whole, [(rest, exponent)]
    if base == E and isinstance(exponent, Call) and exponent.function == "log":
        return Fraction(1), [(exponent.operands[0], ONE)]
    return Fraction(1), itself


def _power_of_number(value: Fraction, exponent: Expression) -> tuple[Fraction, Bases] | None:
    """A number to a power, if it is a number again."""
    whole = whole_number(exponent)
    if whole and abs(whole) <= 64 and (value or whole > 0):
        return value**whole, []
    if isinstance(exponent, Number) and exponent.value.denominator == 2 and value > 0:
        above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if (above * above, below * below) == (value.numerator, value.denominator):
            return Fraction(above, below) ** exponent.value.numerator, []
    return None


def raised(base: Expression, exponent: Expression) -> Expression:
    """The power."""
    if exponent == ONE:
        return base
    return times(Power(base, exponent))


def _difference_of_squares(factors: Factors) -> list[Expression] | None:
    """(a − b)(a + b) = a² − b², to the same power, where it makes two terms of four."""
    sums = [(base, exponent) for base, exponent in factors.values() if isinstance(base, Sum) and len(base.terms) == 2]
    for (left, exponent), (right, other) in itertools.combinations(sums, 2):
        out = _collected(times(a, b) for a in left.terms for b in right.terms)
        if exponent == other and (not isinstance(out, Sum) or len(out.terms) == 2):
            left_over = (Power(base, by) for base, by in factors.values() if base not in (left, right))
            return [*left_over, Power(out, exponent)]
    return None


# Functions --------------------------------------------------------------------------------------------


def called(function: str, *operands: Expression) -> Expression:
    """A function of its operands: a minus is taken out of even and odd ones, and σ(−x) is 1 − σ(x)."""
    first = operands[0]
    if is_negative(first):
        opposite = times(MINUS_ONE, first)
        if function == "sigmoid":
            return Sum((ONE, times(MINUS_ONE, called("sigmoid", opposite))))
        if function in EVEN:
            return called(function, opposite)
        if function in ODD:
            return times(MINUS_ONE, called(function, opposite))
    if function == "log" and power(first)[0] == E:
        return power(first)[1]
    if function == "log" and first == ONE:
        return ZERO
    return Call(function, tuple(operands))
