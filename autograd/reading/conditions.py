"""Conditions on variables, as people write them: 0 < z < 5 and x ≠ 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from autograd.reading.errors import FormulaError, Misread
from autograd.reading.tokens import Token, scan

_AND: Final = re.compile(r"∧|\\(?:land|wedge)\b")


def comparisons(text: str) -> Iterator[str]:
    """The single comparisons that a condition is made of; what is none comes out as it stands.

    Raises FormulaError for what is not made of the signs of formulas.

    >>> list(comparisons("0 < z ≤ 5 and (x ≠ 1)"))
    ['0 < z', 'z <= 5', 'x != 1']
    """
    text = _AND.sub(lambda found: "and".center(len(found[0])), text)
    try:
        tokens = scan(text)
    except Misread as error:
        raise FormulaError(error.message, text, error.start, error.end) from None
    for start, end, part in _parts(tokens, 0, len(text)):
        inner = part[1:-1] if _in_brackets(part) else part
        if len(inner) < len(part):
            for place in _parts(inner, part[0].end, part[-1].start):
                yield from _paired(text, *place)
        else:
            yield from _paired(text, start, end, part)


def _parts(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int, Sequence[Token]]]:
    """What stands between the commas and the words "and" outside of brackets: from where to where, and its tokens."""
    first = 0
    for i, token in _outside(tokens):
        if token.kind == "COMMA" or (token.kind, token.value) == ("NAME", "and"):
            yield start, token.start, tokens[first:i]
            start, first = token.end, i + 1
    yield start, end, tokens[first:]


def _outside(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if depth == 0:
            yield i, token


def _in_brackets(tokens: Sequence[Token]) -> bool:
    """Whether one pair of brackets holds all of it."""
    first_outside = next((i for i, token in _outside(tokens) if token.kind == "CLOSE"), 0)
    return len(tokens) > 2 and tokens[0].kind == "OPEN" and first_outside == len(tokens) - 1


def _paired(text: str, start: int, end: int, tokens: Sequence[Token]) -> Iterator[str]:
    """A chain of comparisons, two terms at a time."""
    signs = [token for _, token in _outside(tokens) if token.kind in ("COMPARISON", "EQUALS")]
    edges = [start, *(place for sign in signs for place in (sign.start, sign.end)), end]
    terms = [text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if not signs:
        yield terms[0]
    for (left, right), sign in zip(pairwise(terms), signs, strict=False):
        yield f"{left} {'==' if sign.kind == 'EQUALS' else sign.value} {right}"
