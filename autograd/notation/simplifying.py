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
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from autograd.notation.presenting import presented
from autograd.notation.tree import (
    HALF,
    ONE,
    TWO,
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

Bases = list[tuple[Expression, Expression]]  # each with its exponent
Factors = dict[Expression, tuple[Expression, Expression]]  # the base and its exponent, by what is equal to the base


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
    >>> multiplied_out(Product((x, Sum((x, ONE))))) == Sum((Power(x, TWO), x))
    True
    """
    found = plain(tree)
    expanded = [_expanded(term) for term in (found.terms if isinstance(found, Sum) else (found,))]
    if any(terms is None for terms in expanded):
        return presented(found)
    return presented(_collected(term for terms in expanded for term in terms or ()))


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


# Sums -------------------------------------------------------------------------------------------------


def plus(*terms: Expression) -> Expression:
    """The sum: like terms collected, and of its forms the one that is shortest."""
    found = _collected(terms)
    if not isinstance(found, Sum):
        return found
    for rule in SUMS:
        if (shorter := rule(found)) is not None:
            return shorter
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


def split(term: Expression) -> tuple[Fraction, Expression]:
    """The number in front of a term, and the rest."""
    if isinstance(term, Number):
        return term.value, ONE
    if isinstance(term, Product) and isinstance(term.factors[0], Number):
        rest = term.factors[1:]
        return term.factors[0].value, rest[0] if len(rest) == 1 else Product(rest)
    return Fraction(1), term


def _squares(found: Sum) -> Expression | None:
    """sin² + cos² = 1, and cosh² − sinh² = 1, each with the same factor."""
    for i, first in enumerate(found.terms):
        for j, second in enumerate(found.terms):
            for one, other, sign in (("sin", "cos", 1), ("cosh", "sinh", -1)):
                factor = _without_square(first, one)
                if factor and factor == _without_square(second, other, sign):
                    rest = (term for k, term in enumerate(found.terms) if k not in (i, j))
                    return plus(factor[0], *rest)
    return None


def _without_square(term: Expression, function: str, sign: int = 1) -> tuple[Expression, Expression] | None:
    """What is left of ± c · function(u)² without the square, and u."""
    for factor in _factors(term):
        if (operands := _squared(factor, function)) is not None:
            return times(number(sign), term, raised(factor, MINUS_ONE)), operands[0]
    return None


def _squared(factor: Expression, function: str) -> tuple[Expression, ...] | None:
    """The operands of the square of a function."""
    match factor:
        case Power(Call(name, operands), exponent) if name == function and exponent == TWO:
            return operands
    return None


def _secant(found: Sum) -> Expression | None:
    """1 + tan² = 1/cos²."""
    if len(found.terms) == 2 and ONE in found.terms:
        other = found.terms[1 - found.terms.index(ONE)]
        if (operands := _squared(other, "tan")) is not None:
            return raised(called("cos", *operands), number(-2))
    return None


SUMS: tuple[Callable[[Sum], Expression | None], ...] = (_squares, _secant)


def _multiplied_out(found: Sum) -> Expression | None:
    """The sum with every product of sums multiplied out, if there is one and it does not grow long."""
    expanded = [_expanded(term) for term in found.terms]
    if any(terms is None for terms in expanded) or sum(len(terms or ()) for terms in expanded) == len(found.terms):
        return None
    return _collected(term for terms in expanded for term in terms or ())


def _expanded(term: Expression) -> list[Expression] | None:
    """The terms of a product multiplied out; None where there are too many."""
    terms: list[Expression] = [ONE]
    for factor in _factors(term):
        base, exponent = power(factor)
        times_over = _whole(exponent)
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
    lowest = _lowest(found.terms, _in_several)
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
    common = _lowest(found.terms, _in_all)
    if all(isinstance(base, Name) and isinstance(exponent, Number) for base, exponent in common):
        return found
    shared = times(*(raised(base, exponent) for base, exponent in common))
    inverse = raised(shared, MINUS_ONE)
    return times(shared, _collected(times(term, inverse) for term in found.terms))


def _lowest(
    terms: Sequence[Expression], counts: Callable[[list[Expression | None]], bool]
) -> list[tuple[Expression, Expression]]:
    """The bases that count, by the exponents that they have in the terms, with the lowest of these."""
    all_factors = [_by_base(term) for term in terms]
    bases = {base_key: base for factors in all_factors for base_key, (base, _) in factors.items()}
    found = []
    for base_key, base in bases.items():
        exponents = [factors[base_key][1] if base_key in factors else None for factors in all_factors]
        if counts(exponents):
            known = [exponent for exponent in exponents if exponent is not None]
            numbers = [exponent.value for exponent in known if isinstance(exponent, Number)]
            found.append((base, Number(min(numbers)) if numbers else known[0]))
    return found


def _in_all(exponents: list[Expression | None]) -> bool:
    """Whether all terms have the base, to powers that can be compared."""
    if all(isinstance(exponent, Number) for exponent in exponents):
        values = [exponent.value for exponent in exponents if isinstance(exponent, Number)]
        return min(values) > 0 or max(values) < 0
    return exponents[0] is not None and all(exponent == exponents[0] for exponent in exponents)


def _in_several(exponents: list[Expression | None]) -> bool:
    """Whether several terms have the base, one of them as a denominator."""
    numbers = [exponent.value for exponent in exponents if isinstance(exponent, Number)]
    return len(numbers) > 1 and min(numbers) < 0 and len(numbers) == sum(e is not None for e in exponents)


# Products and powers ----------------------------------------------------------------------------------


def _factors(term: Expression) -> tuple[Expression, ...]:
    return term.factors if isinstance(term, Product) else (term,)


def power(factor: Expression) -> tuple[Expression, Expression]:
    """The base and the exponent of a factor."""
    return (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)


def _by_base(term: Expression) -> Factors:
    found = (power(factor) for factor in _factors(term) if not isinstance(factor, Number))
    return {key(base): (base, exponent) for base, exponent in found}


def _whole(exponent: Expression) -> int:
    """The whole number that an exponent is; 0 for any other."""
    return int(exponent.value) if isinstance(exponent, Number) and exponent.value.denominator == 1 else 0


def times(*operands: Expression) -> Expression:
    """The product: numbers and powers of one base collected, in the order in which factors are written."""
    count = Fraction(1)
    factors: Factors = {}
    waiting = [power(factor) for operand in reversed(operands) for factor in reversed(_factors(operand))]
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
    for rule in PRODUCTS:
        if (shorter := rule(factors)) is not None:
            return times(Number(count), *shorter)
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
    whole = _whole(exponent)
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
        case Power(inner, by) if exponent == Number(HALF) and _whole(by) and _whole(by) % 2 == 0:
            return Fraction(1), [(called("abs", inner), Number(Fraction(_whole(by), 2)))]
        case Call("abs", (inner,)) if whole and whole % 2 == 0:
            return Fraction(1), [(inner, exponent)]
        case Sum(terms):
            content = _content(terms)
            if whole and content != 1:
                rest = Sum(tuple(times(Number(1 / content), term) for term in terms))
                return content**whole, [(rest, exponent)]
    if base == E and isinstance(exponent, Call) and exponent.function == "log":
        return Fraction(1), [(exponent.operands[0], ONE)]
    return Fraction(1), itself


def _power_of_number(value: Fraction, exponent: Expression) -> tuple[Fraction, Bases] | None:
    """A number to a power, if it is a number again."""
    whole = _whole(exponent)
    if whole and abs(whole) <= 64 and (value or whole > 0):
        return value**whole, []
    if isinstance(exponent, Number) and exponent.value.denominator == 2 and value > 0:
        above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if (above * above, below * below) == (value.numerator, value.denominator):
            return Fraction(above, below) ** exponent.value.numerator, []
    return None


def _content(terms: Sequence[Expression]) -> Fraction:
    """The number that can be taken out of a sum: negative where all terms are."""
    counts = [split(term)[0] for term in terms]
    above = math.gcd(*(count.numerator for count in counts))
    below = math.lcm(*(count.denominator for count in counts))
    return Fraction(above, below) * (-1 if all(count < 0 for count in counts) else 1)


def raised(base: Expression, exponent: Expression) -> Expression:
    """The power."""
    if exponent == ONE:
        return base
    return times(Power(base, exponent))


def _calls(factors: Factors, function: str) -> Iterator[tuple[Expression, Expression, Expression]]:
    """The factors that are powers of a function: their key, the operand and the exponent."""
    for base_key, (base, exponent) in factors.items():
        if isinstance(base, Call) and base.function == function:
            yield base_key, base.operands[0], exponent


def _replaced(factors: Factors, gone: Iterable[Expression], *new: Expression) -> list[Expression]:
    left = (Power(base, exponent) for base_key, (base, exponent) in factors.items() if base_key not in gone)
    return [*left, *new]


def _hyperbolic(factors: Factors) -> list[Expression] | None:
    """sech² = 1 − tanh²."""
    for base_key, operand, exponent in _calls(factors, "sech"):
        if (whole := _whole(exponent)) >= 2 and whole % 2 == 0:
            square = raised(called("tanh", operand), TWO)
            return _replaced(factors, [base_key], Power(Sum((ONE, times(MINUS_ONE, square))), number(whole // 2)))
    return None


def _tangent(factors: Factors) -> list[Expression] | None:
    """sin/cos = tan, and 1/(tan · cos) = 1/sin."""
    for cosine, operand, below in _calls(factors, "cos"):
        if not is_negative(below):
            continue
        sine, tangent = key(Call("sin", (operand,))), key(Call("tan", (operand,)))
        if sine in factors and factors[sine][1] == times(MINUS_ONE, below):
            return _replaced(factors, [cosine, sine], Power(Call("tan", (operand,)), factors[sine][1]))
        if tangent in factors and is_negative(factors[tangent][1]):
            exponent = factors[tangent][1]
            new = Power(Call("sin", (operand,)), exponent), Power(Call("cos", (operand,)), times(MINUS_ONE, exponent))
            return _replaced(factors, [tangent], *new)
    return None


def _absolute(factors: Factors) -> list[Expression] | None:
    """sgn(u) · u = |u|, and sgn(u) · |u| = u, to odd powers."""
    for sign, operand, exponent in _calls(factors, "sign"):
        if exponent != ONE:
            continue
        absolute = key(called("abs", operand))
        if absolute in factors and _whole(factors[absolute][1]) % 2:
            return _replaced(factors, [sign, absolute], Power(operand, factors[absolute][1]))
        if factors.get(key(operand), (ONE, ZERO))[1] == ONE:
            return _replaced(factors, [sign, key(operand)], called("abs", operand))
    return None


def _cube_root(factors: Factors) -> list[Expression] | None:
    """u = ∛u³, where both are factors."""
    for cube_root, operand, exponent in _calls(factors, "cbrt"):
        if key(operand) in factors and (whole := _whole(factors[key(operand)][1])):
            new = Power(Call("cbrt", (operand,)), plus(exponent, number(3 * whole)))
            return _replaced(factors, [cube_root, key(operand)], new)
    return None


def _difference_of_squares(factors: Factors) -> list[Expression] | None:
    """(a − b)(a + b) = a² − b², to the same power, where it makes two terms of four."""
    sums = [(base, exponent) for base, exponent in factors.values() if isinstance(base, Sum) and len(base.terms) == 2]
    for (left, exponent), (right, other) in itertools.combinations(sums, 2):
        out = _collected(times(a, b) for a in left.terms for b in right.terms)
        if exponent == other and (not isinstance(out, Sum) or len(out.terms) == 2):
            return _replaced(factors, [key(left), key(right)], Power(out, exponent))
    return None


PRODUCTS: tuple[Callable[[Factors], list[Expression] | None], ...] = (
    _hyperbolic,
    _tangent,
    _absolute,
    _cube_root,
    _difference_of_squares,
)


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


def is_negative(tree: Expression) -> bool:
    """Whether it begins with a minus."""
    first = tree.terms[0] if isinstance(tree, Sum) else tree
    return split(first)[0] < 0


# How long a formula is --------------------------------------------------------------------------------


def weight(tree: Expression) -> float:
    """How much there is to read."""
    match tree:
        case Sum(terms):
            return sum(map(weight, terms))
        case Product(factors):
            fraction = any(_is_below(factor) for factor in factors)
            return sum(map(weight, factors)) + fraction
        case Power(base, exponent):
            return weight(base) + (0.5 if isinstance(exponent, Number) else weight(exponent))
        case Call(_, operands):
            return 1.0 + sum(map(weight, operands))
        case Relation(_, left, right):
            return 1.0 + weight(left) + weight(right)
    return 1.0


def _is_below(factor: Expression) -> bool:
    exponent = power(factor)[1]
    return isinstance(exponent, Number) and exponent.value < 0
