"""What stands in the place of a part of a formula after a slip of algebra: nothing that is equal to it.

Each function yields what is written for one part, by one kind of slip; ``algebra`` has the table of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from autograd.notation.tree import HALF, ONE, TWO, Call, E, Expression, Negative, Number, Power, Product, Quotient, Sum
from autograd.verifying.textbook import MINUS_ONE, plus, times

LINES = ("sin", "cos", "tan", "log", "log2", "log10", "sinh", "cosh", "tanh", "abs", "sigmoid", "asin", "acos", "atan")


def _terms(tree: Expression) -> tuple[Expression, ...]:
    return tree.terms if isinstance(tree, Sum) else ()


def _factors(tree: Expression) -> tuple[Expression, ...]:
    return tree.factors if isinstance(tree, Product) else (tree,)


# A function of a sum is no sum of functions ---------------------------------------------------------------


def _functions(tree: Expression) -> Iterator[tuple[Expression, Callable[[Expression], Expression]]]:
    """What a function is taken of, and the function: a power, a root, one over it, a power of e, a function by name."""
    match tree:
        case Power(base, exponent) if base == E:
            yield exponent, lambda part: Power(E, part)
        case Power(base, Number() as exponent):
            yield base, lambda part: _power(part, exponent)
        case Quotient(above, below):
            yield below, lambda part: Quotient(above, part)
            for operand, function in _functions(below):
                yield operand, lambda part: Quotient(above, function(part))  # noqa: B023
        case Call(function, (operand,)) if function in LINES:
            yield operand, lambda part: Call(function, (part,))


def _power(base: Expression, exponent: Number) -> Expression:
    """The power; the root of a square is what was squared, as people write it, and so it is in a product."""
    if exponent.value == HALF and isinstance(base, Product):
        return times(*(_power(factor, exponent) for factor in base.factors))
    if exponent.value == HALF and isinstance(base, Power) and base.exponent == TWO:
        return base.base
    return Power(base, exponent)


def of_each_term(tree: Expression) -> Iterator[Expression]:
    for operand, function in _functions(tree):
        if not _terms(operand):
            continue
        kept = [_minus_out(term, function) for term in _terms(operand)]
        yield plus(kept)
        bare = [function(term.operand if isinstance(term, Negative) else term) for term in _terms(operand)]
        if bare != kept:
            yield plus(bare)


def _minus_out(term: Expression, function: Callable[[Expression], Expression]) -> Expression:
    return Negative(function(term.operand)) if isinstance(term, Negative) else function(term)


def of_each_factor(tree: Expression) -> Iterator[Expression]:
    """e^(ab) as e^a e^b, and ln(ab) as ln(a) ln(b)."""
    match tree:
        case Power(base, exponent) if base == E:
            inside, minus = (exponent.operand, True) if isinstance(exponent, Negative) else (exponent, False)
            if isinstance(inside, Product):
                first, *rest = inside.factors
                signed = Negative(first) if minus else first
                yield times(Power(E, signed), *(Power(E, factor) for factor in rest))
        case Call("log", (Product(factors),)):
            yield times(*(Call("log", (factor,)) for factor in factors))
        case Call("log", (Quotient(above, below),)):
            yield Quotient(Call("log", (above,)), Call("log", (below,)))


# Brackets -----------------------------------------------------------------------------------------------


def bracket_lost(tree: Expression) -> Iterator[Expression]:
    """What stands before or behind a bracket reaches the next term or factor alone."""
    match tree:
        case Negative(Sum(terms)):
            yield Sum((times(MINUS_ONE, terms[0]), *terms[1:]))
        case Negative(operand):
            for wrong in bracket_lost(operand):
                if isinstance(wrong, Sum):
                    yield Sum((times(MINUS_ONE, wrong.terms[0]), *wrong.terms[1:]))
        case Product(factors):
            for i, factor in enumerate(factors):
                if terms := _terms(factor):
                    rest = (*factors[:i], *factors[i + 1 :])
                    yield plus([times(*rest, terms[0]), *terms[1:]])
                    yield plus([*terms[:-1], times(terms[-1], *rest)])
                    for k in range(len(rest) if len(rest) > 1 else 0):  # one reaches the first term alone, the rest all
                        yield times(*rest[:k], *rest[k + 1 :], plus([times(rest[k], terms[0]), *terms[1:]]))
                for wrong in bracket_lost(factor) if isinstance(factor, Call) else ():
                    yield plus([times(*factors[:i], *factors[i + 1 :], _terms(wrong)[0]), *_terms(wrong)[1:]])
        case Quotient(above, below):
            yield from _fraction_bar_lost(above, below)
        case Power(base, exponent) if base != E:
            yield from _only_the_last_raised(base, exponent)
        case Call(function, (Sum(terms),)) if function in LINES:
            yield plus([Call(function, (terms[0],)), *terms[1:]])


def _fraction_bar_lost(above: Expression, below: Expression) -> Iterator[Expression]:
    if terms := _terms(above):
        yield plus([*terms[:-1], _over(terms[-1], below)])
        yield plus([_over(terms[0], below), *terms[1:]])
    if terms := _terms(below):
        yield plus([Quotient(above, terms[0]), *terms[1:]])
    if isinstance(below, Product):
        yield times(Quotient(above, below.factors[0]), *below.factors[1:])


def _over(above: Expression, below: Expression) -> Expression:
    return Negative(Quotient(above.operand, below)) if isinstance(above, Negative) else Quotient(above, below)


def _only_the_last_raised(base: Expression, exponent: Expression) -> Iterator[Expression]:
    match base:
        case Sum(terms):
            yield plus([*terms[:-1], _minus_out(terms[-1], lambda part: Power(part, exponent))])
        case Product(factors):
            yield times(*factors[:-1], Power(factors[-1], exponent))
        case Quotient(above, below):
            yield Quotient(Power(above, exponent), below)
            yield Quotient(above, Power(below, exponent))
        case Negative(operand):
            yield Negative(Power(operand, exponent))


def pulled_out(tree: Expression) -> Iterator[Expression]:
    """sin(2x) as 2 sin(x), √(4x) as 4√x."""
    if isinstance(tree, Quotient) or (isinstance(tree, Power) and tree.base == E):
        return
    for operand, function in _functions(tree):
        if isinstance(operand, Product):
            yield times(operand.factors[0], function(times(*operand.factors[1:])))


def power_moved(tree: Expression) -> Iterator[Expression]:
    """sin²(x) as sin(x²), and back."""
    match tree:
        case Power(Call(function, (operand,)), Number() as exponent):
            yield Call(function, (Power(operand, exponent),))
        case Call(function, (Power(base, Number() as exponent),)) if base != E and function != "log":
            yield Power(Call(function, (base,)), exponent)
        case Call("log", (Power(base, Number() as exponent),)) if base != E:
            yield Power(Call("log", (base,)), exponent)


# Sums and fractions -------------------------------------------------------------------------------------


def sign_lost(tree: Expression) -> Iterator[Expression]:
    terms = _terms(tree)
    for i, term in enumerate(terms):
        yield Sum((*terms[:i], times(MINUS_ONE, term), *terms[i + 1 :]))


def bracket_opened(tree: Expression) -> Iterator[Expression]:
    """A product with a sum, opened with the sign of one term wrong."""
    if isinstance(tree, Product):
        for i, factor in enumerate(tree.factors):
            rest = (*tree.factors[:i], *tree.factors[i + 1 :])
            for wrong in sign_lost(factor):
                yield times(*rest, wrong)


def multiplied(tree: Expression) -> Iterator[Expression]:
    if terms := _terms(tree):
        yield times(*terms)
        if len(terms) > 2:
            yield from (plus([times(x, y), *(t for t in terms if t not in (x, y))]) for x, y in combinations(terms, 2))


def added(tree: Expression) -> Iterator[Expression]:
    if isinstance(tree, Product) and len(tree.factors) == 2:
        yield plus(tree.factors)


def cancelled(tree: Expression) -> Iterator[Expression]:
    """A factor cancelled against one term of a sum alone, or two terms that are no factors."""
    if not isinstance(tree, Quotient):
        return
    for over, under, turn in ((tree.above, tree.below, False), (tree.below, tree.above, True)):
        for short, cut in _cancellations(over, under):
            yield Quotient(cut, short) if turn else Quotient(short, cut)


def _cancellations(over: Expression, under: Expression) -> Iterator[tuple[Expression, Expression]]:
    """Both sides of a fraction without something that stands in one term of the second, where that is a sum."""
    inner, power = (under.base, 2) if isinstance(under, Power) and under.exponent == TWO else (under, 1)
    for i, term in enumerate(_terms(inner)):
        rest = (*_terms(inner)[:i], *_terms(inner)[i + 1 :])
        for common in dict.fromkeys((*map(_base, _factors(term)), term)):
            left, short = _divided(term, common), _divided(over, common)
            if left is None or common == ONE or power == 2:
                continue
            if short is not None:
                yield short, plus([left, *rest])
                if left == ONE:
                    yield short, plus(rest)
            if common == term and term in _terms(over):
                yield plus([other for other in _terms(over) if other != term]), plus(rest)
    if power == 2:  # (u′v − uv′)/v² with v cancelled from one term above
        for i, term in enumerate(_terms(over)):
            if (left := _divided(term, inner)) is not None:
                yield plus([*_terms(over)[:i], left, *_terms(over)[i + 1 :]]), inner


def _base(tree: Expression) -> Expression:
    return tree.base if isinstance(tree, Power) and isinstance(tree.exponent, Number) else tree


def _divided(tree: Expression, factor: Expression) -> Expression | None:
    """A product without one of its factors; None where it has none such."""
    if isinstance(tree, Negative):
        left = _divided(tree.operand, factor)
        return None if left is None else Negative(left)
    factors = list(_factors(tree))
    for i, part in enumerate(factors):
        if part == factor:
            return times(*factors[:i], *factors[i + 1 :])
        if isinstance(part, Power) and part.base == factor and isinstance(part.exponent, Number):
            lowered = part.exponent.value - 1
            return times(*factors[:i], factor if lowered == 1 else Power(factor, Number(lowered)), *factors[i + 1 :])
    return None


def fractions_added(tree: Expression) -> Iterator[Expression]:
    match tree:
        case Sum((Quotient(a, b), Quotient(c, d))):
            yield Quotient(plus([a, c]), plus([b, d]))
        case Quotient(Quotient(a, b), c) | Product((Quotient(a, b), c)) if isinstance(tree, Quotient):
            yield Quotient(times(a, c), b)
        case Quotient(a, Quotient(b, c)):
            yield Quotient(a, times(b, c))


def number_lost(tree: Expression) -> Iterator[Expression]:
    """The number in front of a term of a sum left out, such as the 2 of a² + 2ab + b², or half of it."""
    terms = _terms(tree)
    for i, term in enumerate(terms):
        inner = term.operand if isinstance(term, Negative) else term
        if isinstance(inner, Product) and isinstance(inner.factors[0], Number):
            for count in (ONE, Number(inner.factors[0].value / 2)):
                rest = times(count, *inner.factors[1:])
                signed = Negative(rest) if isinstance(term, Negative) else rest
                yield Sum((*terms[:i], signed, *terms[i + 1 :]))


def exponents(tree: Expression) -> Iterator[Expression]:
    """Exponents added, multiplied or negated wrongly; or one that reaches further than it stands."""
    match tree:
        case Power(base, Number(value)) if value < 0:
            yield Negative(Power(base, Number(-value)))
        case Power(base, Number(value)) if value == HALF:
            yield Quotient(base, TWO)
        case Power(Power(base, Number(inner)), Number(outer)):
            yield Power(base, Number(inner + outer))
        case Product(factors):
            yield from _in_product(factors)


def _in_product(factors: Sequence[Expression]) -> Iterator[Expression]:
    for (i, left), (j, right) in combinations(enumerate(factors), 2):
        rest = (factor for k, factor in enumerate(factors) if k not in (i, j))
        match left, right:
            case (Power(base, Number(m)), Power(other, Number(n))) if base == other:
                yield times(*rest, Power(base, Number(m * n)))
            case (Power(base, Number()), other) | (other, Power(base, Number())) if base == other:
                yield times(*rest, left if isinstance(left, Power) else right)
            case (other, Power(base, exponent)) if base != E and not isinstance(other, Number | Sum):
                yield times(*rest, Power(times(other, base), exponent))
