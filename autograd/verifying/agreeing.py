"""Whether what is said of a mistake agrees with what the person wrote: on which side of a fraction a function is."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.formula import Formula, FormulaError
from autograd.notation import expression
from autograd.notation.tree import Call, E, Expression, Number, Power, Quotient, parts
from autograd.symbol import Symbol
from autograd.verifying.claims import Claim

Placed = tuple[str, bool]  # a function, and whether it stands above the fraction


def says_otherwise(stands: str, claim: Claim) -> bool:
    """Whether a local derivative has a function on one side of a fraction that the claim has on the other side alone.

    Of an answer 1/(2√(y/x)) nobody wants to hear that its root stands above the fraction, though ½√(x/y) is the same.
    """
    if claim.read is None or claim.is_number:
        return False
    try:
        said, written = _placed(Formula(stands).symbol), _placed(claim.read.symbol)
    except FormulaError:  # a local derivative too large to be written out
        return False
    names = {name for name, _ in written}
    return any(name in names and (name, above) not in written for name, above in said)


def _placed(symbol: Symbol) -> set[Placed]:
    tree = expression(symbol)
    return set() if tree is None else set(_walk(tree, True))


def _walk(tree: Expression, above: bool) -> Iterator[Placed]:
    match tree:
        case Quotient(over, under):
            yield from _walk(over, above)
            yield from _walk(under, not above)
            return
        case Power(base, Number(exponent)):
            above = above if exponent > 0 else not above
            if exponent.denominator == 2:
                yield "√", above
            yield from _walk(base, above)
            return
        case Power(base, _) if base == E:
            yield "exp", above
        case Call(function, _):
            yield function, above
    for part in parts(tree):
        yield from _walk(part, above)
