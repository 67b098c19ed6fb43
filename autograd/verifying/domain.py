"""Where a function is looked at: conditions on its variables, as a person writes them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence

from autograd.errors import OperationError
from autograd.formula import LONGEST, Formula

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

    A domain is as long as a formula may be, at most.

    >>> conditions("0 < z < 5 and x != 1")
    [Formula('0 < z'), Formula('z < 5'), Formula('x != 1')]
    """
    texts = [domain] if isinstance(domain, str) else domain
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"a domain is a condition, such as 'z > 0', or a list of them, not {domain!r}")
    if (length := sum(map(len, texts))) > LONGEST:
        raise ValueError(f"the domain has {length} characters; the limit is {LONGEST}")
    return [Formula(condition) for text in texts for condition in _single(text)]


def holds(condition: Formula, point: Mapping[str, float]) -> bool:
    """Whether a point fulfils a condition; it does not where the condition has no value."""
    try:
        return bool(condition.evaluate(point))
    except OperationError:
        return False


def _single(text: str) -> Iterator[str]:
    """The comparisons of two terms that a text is made of; none of it is ever run."""
    line = re.sub(r"\s", " ", text).strip()
    source = line.encode(errors="replace")  # ast counts bytes
    work = [_parsed(text, line)]
    while work:
        match work.pop():
            case ast.BoolOp(op=ast.And(), values=parts) | ast.Tuple(elts=[_, *_] as parts):
                work.extend(reversed(parts))
            case ast.Compare(left=left, ops=signs, comparators=others) if all(type(sign) in SIGNS for sign in signs):
                terms = [source[term.col_offset : term.end_col_offset].decode() for term in (left, *others)]
                for i, sign in enumerate(signs):
                    yield f"{terms[i]} {SIGNS[type(sign)]} {terms[i + 1]}"
            case _:
                raise _no_condition(line)


def _parsed(text: str, line: str) -> ast.expr:
    """The grammar of a text, given as one line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about strings, which are no comparison
            if "#" not in line:  # the grammar would drop what follows it
                return ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    Formula(text)  # says what is wrong, and where
    raise _no_condition(line)


def _no_condition(line: str) -> ValueError:
    shown = line if len(line) <= 60 else f"{line[:60]}…"
    return ValueError(f"a domain is a condition, such as z > 0, not {shown!r}")
