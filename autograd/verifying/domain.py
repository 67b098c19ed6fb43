"""Where a function is looked at: conditions on its variables, as a person writes them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence

from autograd.errors import OperationError
from autograd.formula import Formula

SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def conditions(domain: str | Sequence[str]) -> list[Formula]:
    """The single conditions of a domain, each a comparison; raises ValueError or TypeError for anything else.

    >>> conditions("0 < z < 5 and x != 1")
    [Formula('0 < z'), Formula('z < 5'), Formula('x != 1')]
    """
    texts = [domain] if isinstance(domain, str) else domain
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"a domain is a condition, such as 'z > 0', or a list of them, not {domain!r}")
    return [Formula(condition) for text in texts for condition in _single(text, _parsed(text))]


def holds(condition: Formula, point: Mapping[str, float]) -> bool:
    """Whether a point fulfils a condition; it does not where the condition has no value."""
    try:
        return bool(condition.evaluate(point))
    except OperationError:
        return False


def _parsed(text: str) -> ast.expr:
    """The grammar of a text, none of which is ever run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about strings, which are no comparison
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        Formula(text)  # says what is wrong, and where
        raise ValueError(f"a domain is a condition on one line, such as z > 0, not {text!r}") from None


def _single(text: str, node: ast.expr) -> Iterator[str]:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts) | ast.Tuple(elts=[_, *_] as parts):
            for part in parts:
                yield from _single(text, part)
        case ast.Compare(left=left, ops=signs, comparators=others) if all(type(sign) in SIGNS for sign in signs):
            terms = [ast.get_source_segment(text.strip(), term) for term in (left, *others)]
            for i, sign in enumerate(signs):
                yield f"{terms[i]} {SIGNS[type(sign)]} {terms[i + 1]}"
        case _:
            raise ValueError(f"a domain is a condition, such as z > 0, not {text.strip()!r}")
