"""A run of letters as a product: 3xy, xsinx, wx₁, cut into the names that are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

_LOGARITHM: Final = re.compile(r"log_\d+")


class Piece(NamedTuple):
    """A part of a run: from where to where, and the kind of its token."""

    start: int
    end: int
    kind: str


class _Choice(NamedTuple):
    """The first piece of the best way to cut the rest of a run, and how many pieces that has."""

    pieces: int
    end: int
    kind: str


def cut(
    run: str, kinds: Mapping[str, str], is_last: Callable[[str], bool] | None, operand_follows: bool
) -> list[Piece]:
    """The fewest pieces of known kinds that a run is made of; none if it cannot be cut.

    Behind a function digits are a piece, too: sin2x. The last piece is a function only if an operand follows; where
    something stands below it, ``is_last`` says whether a part is a name with that.

    >>> cut("xsin2x", {"x": "NAME", "sin": "FUNCTION"}, None, False)
    [Piece(start=0, end=1, kind='NAME'), Piece(start=1, end=4, kind='FUNCTION'), Piece(start=4, end=5, kind='NUMBER'), \
Piece(start=5, end=6, kind='NAME')]
    """
    best = _best(run, kinds, is_last, operand_follows)
    pieces: list[Piece] = []
    at, behind_function = 0, False
    while at < len(run):
        if (choice := best.get((at, behind_function))) is None:
            return []
        pieces.append(Piece(at, choice.end, choice.kind))
        at, behind_function = choice.end, choice.kind == "FUNCTION"
    return pieces


def cut_at(run: str, signs: Mapping[str, str]) -> list[Piece]:
    """A run cut where signs such as π stand in it, with names between them."""
    pieces = []
    for found in re.finditer(f"[{''.join(signs)}]|[^{''.join(signs)}]+", run):
        pieces.append(Piece(found.start(), found.end(), "NUMBER" if found[0] in signs else "NAME"))
    return pieces


def _best(
    run: str, kinds: Mapping[str, str], is_last: Callable[[str], bool] | None, operand_follows: bool
) -> dict[tuple[int, bool], _Choice]:
    """The best choice at each place, with and without a function before it, found from the end."""
    best: dict[tuple[int, bool], _Choice] = {}
    lengths = sorted({len(piece) for piece in kinds})
    digits_end = len(run)
    for at in range(len(run) - 1, -1, -1):
        digits_end = digits_end if run[at].isdecimal() else at
        named = list(_pieces_at(run, at, kinds, lengths, is_last))
        for behind_function in (False, True):
            options = [piece for piece in named if not (behind_function and piece.kind == "NUMBER")]
            if behind_function and digits_end > at:
                options.append(Piece(at, digits_end, "NUMBER"))
            choices = [
                _Choice(1 + rest, piece.end, piece.kind)
                for piece in options
                if (rest := _rest(best, run, piece, operand_follows)) is not None
            ]
            if choices:
                best[at, behind_function] = min(choices, key=lambda choice: (choice.pieces, -choice.end))
    return best


def _pieces_at(
    run: str, at: int, kinds: Mapping[str, str], lengths: list[int], is_last: Callable[[str], bool] | None
) -> Iterator[Piece]:
    if found := _LOGARITHM.match(run, at):
        yield Piece(at, found.end(), "FUNCTION")
    for length in lengths:
        end = at + length
        part = run[at:end]
        if is_last is not None and end == len(run):
            if is_last(part):
                yield Piece(at, end, "NAME")
        elif end <= len(run) and part in kinds:
            yield Piece(at, end, kinds[part])


def _rest(best: dict[tuple[int, bool], _Choice], run: str, piece: Piece, operand_follows: bool) -> int | None:
    """How many pieces the rest of a run takes; None if it cannot be cut."""
    if piece.end == len(run):
        return 0 if piece.kind != "FUNCTION" or operand_follows else None
    following = best.get((piece.end, piece.kind == "FUNCTION"))
    return following and following.pieces
