"""The derivative by the rules of a textbook, in the forms in which people write it on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from autograd.notation import expression, simplified
from autograd.notation.simplifying import multiplied_out
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
    Sum,
    everything,
    number,
    parts,
    rebuilt,
    root,
)
from autograd.symbol import Symbol, symbolic
from autograd.verifying.trees import FUNCTIONS

MINUS_ONE = number(-1)


MOST_TERMS = 12  # of a product whose brackets are opened


def forms(tree: Expression, by: Name) -> list[Expression]:
    """The derivative of a tree in the forms in which people write it on the way, each once."""
    raw = derivative(tree, by)
    short = simplified(raw)
    return list(dict.fromkeys([raw, opened(raw), short, multiplied_out(short)]))


def opened(tree: Expression) -> Expression:
    """The same with the brackets of its products opened, above a fraction too, and nothing collected."""
    match tree:
        case Quotient(above, below):
            return Quotient(opened(above), below)
        case Negative(operand):
            return _negated(opened(operand))
        case Sum(terms):
            return plus([part for term in map(opened, terms) for part in _terms(term)])
        case Product(factors):
            return _distributed(factors)
    return tree


def _distributed(factors: Iterable[Expression]) -> Expression:
    terms: list[Expression] = [ONE]
    for factor in factors:
        inner = opened(factor)
        terms = [times(left, right) for left in terms for right in _terms(inner)]
        if len(terms) > MOST_TERMS:
            return Product(tuple(factors))
    return plus(terms)


def _negated(tree: Expression) -> Expression:
    return plus([times(MINUS_ONE, term) for term in _terms(tree)])


def _terms(tree: Expression) -> tuple[Expression, ...]:
    return tree.terms if isinstance(tree, Sum) else (tree,)


# The rules --------------------------------------------------------------------------------------------


def derivative(tree: Expression, by: Name) -> Expression:
    """The derivative of a tree by the sum, product, quotient, power and chain rules, as they are written down.

    >>> x = Name("x")
    >>> derivative(Product((x, Call("sin", (x,)))), x) == Sum((Call("sin", (x,)), Product((x, Call("cos", (x,))))))
    True
    """
    if by not in everything(tree):
        return ZERO
    match tree:
        case Name():
            return ONE
        case Negative(operand):
            return times(MINUS_ONE, derivative(operand, by))
        case Sum(terms):
            return plus([derivative(term, by) for term in terms])
        case Product(factors):
            return plus(_each_differentiated(factors, by))
        case Quotient(above, below):
            return _of_quotient(above, below, by)
        case Power(base, exponent):
            return _of_power(tree, base, exponent, by)
        case Call(function, operands):
            inner = [derivative(operand, by) for operand in operands]
            return plus([times(_outer(function, k, operands), u) for k, u in enumerate(inner) if u != ZERO])
    return ZERO


def _each_differentiated(factors: Sequence[Expression], by: Name) -> Iterator[Expression]:
    for i, factor in enumerate(factors):
        yield times(*factors[:i], derivative(factor, by), *factors[i + 1 :])


def _of_quotient(above: Expression, below: Expression, by: Name) -> Expression:
    u, v = derivative(above, by), derivative(below, by)
    if v == ZERO:
        return Quotient(u, below)
    square = Power(below, TWO) if not isinstance(below, Power) else _raised(below.base, below.exponent, 2)
    if u == ZERO:
        return _negative(Quotient(times(above, v), square))
    return Quotient(plus([times(u, below), times(MINUS_ONE, above, v)]), square)


def _raised(base: Expression, exponent: Expression, to: int) -> Expression:
    if isinstance(exponent, Number):
        return base if exponent.value * to == 1 else Power(base, Number(exponent.value * to))
    return Power(base, times(number(to), exponent))


def _of_power(tree: Power, base: Expression, exponent: Expression, by: Name) -> Expression:
    u, v = derivative(base, by), derivative(exponent, by)
    if u == ZERO:
        return times(tree, v) if base == E else times(tree, Call("log", (base,)), v)
    if v != ZERO:
        return times(tree, plus([times(v, Call("log", (base,))), Quotient(times(exponent, u), base)]))
    if exponent == Number(HALF):
        return Quotient(u, times(TWO, root(base)))
    if isinstance(exponent, Number):
        lowered = exponent.value - 1
        return times(exponent, base if lowered == 1 else Power(base, Number(lowered)), u)
    return times(exponent, Power(base, Sum((exponent, Negative(ONE)))), u)


def _outer(function: str, operand: int, operands: Sequence[Expression]) -> Expression:
    """The derivative of a function of the table, by one operand, at others."""
    known = {f"operand {k}": instead for k, instead in enumerate(operands)}
    return _put_in(_rule(function, operand), known)


@lru_cache
def _rule(function: str, operand: int) -> Expression:
    """The rule of the table, over operands that are names."""
    operation = FUNCTIONS[function]
    numbers = [Symbol(f"operand {k}") for k in range(operation.arity)]
    found = expression(symbolic(operation.partials[operand](operation(*numbers), *numbers)))
    assert found is not None, "a rule is short"
    return simplified(found)


def _put_in(tree: Expression, known: Mapping[str, Expression]) -> Expression:
    if isinstance(tree, Name):
        return known.get(tree.text, tree)
    return rebuilt(tree, tuple(_put_in(part, known) for part in parts(tree)))


def times(*factors: Expression) -> Expression:
    """The product, with its number in front and without factors 1: nothing else is simplified."""
    flat = [part for factor in factors for part in _flat(factor)]
    count = math.prod((part.value for part in flat if isinstance(part, Number)), start=Fraction(1))
    rest: list[Expression] = [part for part in flat if not isinstance(part, Number)]
    if count == 0:
        return ZERO
    if abs(count) != 1 or not rest:
        rest.insert(0, Number(abs(count)))
    found = rest[0] if len(rest) == 1 else Product(tuple(rest))
    return Negative(found) if count < 0 else found


def _flat(factor: Expression) -> list[Expression]:
    match factor:
        case Negative(operand):
            return [MINUS_ONE, *_flat(operand)]
        case Product(factors):
            return [part for inner in factors for part in _flat(inner)]
    return [factor]


def plus(terms: Iterable[Expression]) -> Expression:
    """The sum, without terms 0: nothing else is simplified."""
    kept = [term for term in terms if term != ZERO]
    return Sum(tuple(kept)) if len(kept) > 1 else kept[0] if kept else ZERO


def _negative(tree: Expression) -> Expression:
    return tree.operand if isinstance(tree, Negative) else Negative(tree)
