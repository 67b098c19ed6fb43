"""Things that are expensive to make, kept while they are in use: so many of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The things that were asked for last, by a key.

    There is no lock, for the reasons that ``Pool`` gives: two threads that ask for the same new thing may both make it.

    >>> recent = Recent(2)
    >>> [recent.get(key, lambda: f"new {key}") for key in "abac"]
    ['new a', 'new b', 'new a', 'new c']
    >>> sorted(recent)
    ['a', 'c']
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[T, list[int]]] = {}  # with the time of its last use
        self._clock = count()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The thing of this key; if it is not there, what ``make`` gives."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make(), [next(self._clock)]
            for old, _ in sorted(self._kept.items(), key=lambda item: item[1][1])[: -self._most]:
                self._kept.pop(old, None)
        thing, used = found
        used[0] = next(self._clock)
        return thing

    def __iter__(self) -> Iterator[Hashable]:
        return iter(list(self._kept))
