"""Elements that ``take`` picks by a place which comes with the arguments of a function that is compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from autograd.sweep import read_data
from autograd.value import Value, as_constant


@dataclass(frozen=True)
class Picked:
    """What a leaf stands for: the one of the candidates whose place is the number of another leaf."""

    place: Value
    candidates: tuple[Value, ...]


class Picking:
    """What was picked while one function was recorded, by the leaf that stands for it."""

    def __init__(self) -> None:
        self.picked: dict[Value, Picked] = {}

    def rows(self, rows: Sequence[Any], place: Value) -> Any:
        """Leaves in the form of a row, which stand for the row at this place."""
        row = rows[_PLACES[place][1]]
        if getattr(row, "ndim", 0) > 0:  # an array
            found = row.astype(object)
            for k, column in enumerate(zip(*(each.flat for each in rows), strict=True)):
                found.flat[k] = self.rows(column, place)
            return found
        if isinstance(row, list | tuple):
            lengths = {len(each) for each in rows}
            if len(lengths) > 1:
                raise TypeError(
                    f"take picks one of several rows, whose lengths are {', '.join(map(str, sorted(lengths)))}, by a "
                    "place that comes with the arguments: to be compiled, they need one length"
                )
            return type(row)(self.rows([each[k] for each in rows], place) for k in range(len(row)))
        candidates = tuple(map(as_constant, rows))
        leaf = Value(*read_data([candidates[_PLACES[place][1]]]))
        self.picked[leaf] = Picked(place, candidates)
        return leaf


_PLACES: dict[Value, tuple[Picking, int]] = {}


@contextmanager
def picking(leaves: Iterable[tuple[Value, int]]) -> Iterator[Picking]:
    """While this lasts, ``take`` accepts these leaves as places: their numbers are whole."""
    found = Picking()
    places = {leaf: (found, place) for leaf, place in leaves}
    _PLACES.update(places)
    try:
        yield found
    finally:
        for leaf in places:
            _PLACES.pop(leaf, None)


def place_of(i: Any) -> tuple[int, Callable[[Sequence[Any], Any], Any]] | None:
    """The place that a leaf is, if it is one, and what picks by it."""
    found = _PLACES.get(i) if isinstance(i, Value) else None
    return None if found is None else (found[1], found[0].rows)
