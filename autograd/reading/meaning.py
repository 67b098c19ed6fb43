"""From the tokens of a text to those of the grammar: definitions, names, functions and what they stand before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from autograd.reading import DEEPEST
from autograd.reading.errors import Misread
from autograd.reading.names import Names
from autograd.reading.operands import BEGINNING, Operands
from autograd.reading.tokens import Token

_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_NOTHING: Final = Token("", "", 0, 0)
_EQUATION: Final = "this is an equation, and a formula is one side of it; two numbers are compared with =="


def meant(tokens: Sequence[Token], names: Names) -> list[Token]:
    """The tokens that the grammar reads; raises Misread for what has no meaning."""
    read = _named(_with_transposes(_defined(tokens, names), names), names)
    for token in read:
        if token.kind == "EQUALS":
            raise Misread(_EQUATION, token.start, token.end)
    return Operands(_applied(read), names).read()


def _defined(tokens: Sequence[Token], names: Names) -> Sequence[Token]:
    """The tokens behind f(x, y) = or y =, which says what the formula is called, and what its variables are."""
    place = next((i for i, token in enumerate(tokens) if token.kind == "EQUALS"), None)
    if not place or place + 1 == len(tokens) or tokens[0].kind != "NAME" or tokens[0].value in names.spelt:
        return tokens
    called, rest = tokens[:place], tokens[place + 1 :]
    used = {token.value for token in rest if token.kind == "NAME"}
    if place == 1:
        return rest if used - {called[0].value} == used and used else tokens
    variables = called[2:-1:2]
    listed = [kind for _ in variables for kind in ("NAME", "COMMA")][:-1]
    if not variables or [token.kind for token in called[1:]] != ["OPEN", *listed, "CLOSE"]:
        return tokens
    names.know(["_".join(filter(None, (token.value, token.subscript))) for token in variables])
    return rest


def _with_transposes(tokens: Sequence[Token], names: Names) -> list[Token]:
    """The same with one token for ^T, ^{T} and ^⊤, where T is no variable but others are known."""
    left = list(tokens)
    for place, token in enumerate(tokens):
        exponent = tokens[place + 1 : place + 4]
        if token.kind == "POWER" and exponent and exponent[0].kind == "OPEN":
            exponent = exponent[1:2] if exponent[2:] and exponent[2].kind == "CLOSE" else []
        if token.kind != "POWER" or not exponent:
            continue
        is_letter = exponent[0].kind == "NAME" and exponent[0].value == "T" and not exponent[0].subscript
        if exponent[0].kind == "TRANSPOSED" or (is_letter and names.spelt and "T" not in names.spelt):
            end = place + (2 if exponent[0] is tokens[place + 1] else 4)
            left[place:end] = [replace(exponent[0], kind="TRANSPOSED"), *[_NOTHING] * (end - place - 1)]
    return [token for token in left if token is not _NOTHING]


def _named(tokens: Sequence[Token], names: Names) -> list[Token]:
    read: list[Token] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind == "REFUSED":
            raise Misread(token.value, token.start, token.end)
        if token.kind == "NAME":
            read += names.read(token, following)
        else:
            read.append(token)
    return read


# Functions ---------------------------------------------------------------------------------------


def _applied(tokens: list[Token]) -> list[Token]:
    """The same with every function that has brackets CALLED, the others with their operands behind them."""
    ends = _ends(tokens)
    for i, token in enumerate(tokens):
        if token.kind != "FUNCTION":
            continue
        place = _behind_exponent(tokens, i + 1, ends)
        following = tokens[place] if place < len(tokens) else None
        if following is not None and following.kind in ("OPEN", "BAR", "BAR_OPEN") and following.value != "^":
            token.kind = "CALLED"
            tokens[place] = replace(following, function=token.function)
            if following.kind == "BAR":
                tokens[place].kind = "BAR_OPEN"
        else:
            _check_operand(tokens, token, place)
    return tokens


def _check_operand(tokens: list[Token], token: Token, place: int) -> None:
    """Whether an operand without brackets stands behind a function."""
    assert token.function, "a function has its meaning"
    if token.function.least > 1:
        message = f"{token.function.shown} takes its operands in brackets, as in {token.function.shown}(x, y)"
        raise Misread(message, token.start, token.end)
    following = tokens[place] if place < len(tokens) else None
    signed = following is not None and following.kind == "SIGN" and place + 1 < len(tokens)
    if signed and following and following.end == tokens[place + 1].start and following.start > tokens[place - 1].end:
        following = tokens[place + 1]
    if following is None or following.kind not in BEGINNING:
        message = f"{token.function.shown} is a function: give it an operand, as in {token.function.shown}(x)"
        raise Misread(message, token.start, token.end)


def _behind_exponent(tokens: list[Token], place: int, ends: dict[int, int]) -> int:
    """The place behind an exponent that may begin here, as in sin² x."""
    if place >= len(tokens) or tokens[place].kind != "POWER":
        return place
    place += 1
    while place < len(tokens) and tokens[place].kind == "SIGN":
        place += 1
    return ends.get(place, place) + 1


def _ends(tokens: Sequence[Token]) -> dict[int, int]:
    """For the place of every bracket that opens that of the one that closes it."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind == "OPEN":
            opened.append(place)
            if len(opened) > DEEPEST:
                raise Misread(f"the formula is nested too deeply; the limit is {DEEPEST} levels")
        elif token.kind == "CLOSE":
            if not opened:
                message = f"cannot read the formula: unmatched {token.value!r}, no bracket is open that it could close"
                raise Misread(message, token.start, token.end)
            opening = tokens[opened[-1]]
            if opening.value != token.value:
                opener = _BRACKETS.get(opening.value, "^")
                raise Misread(f"the bracket {opener} is closed by {token.value}", token.start, token.end)
            ends[opened.pop()] = place
    if opened:
        token = tokens[opened[-1]]
        opener = _BRACKETS.get(token.value, "^")
        raise Misread(f"cannot read the formula: {opener!r} was never closed", token.start, token.end)
    return ends
