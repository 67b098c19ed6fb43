"""Things that only one call can use at a time, such as buffers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Pool(Generic[T]):
    """Things of a kind, one for each of the calls that run at the same time: a call takes one and gives it back.

    There is no lock, so no call ever waits: not for another thread, not for the call that a signal handler or a
    ``__del__`` has interrupted, and not, after a fork, for a thread that no longer exists. If an interrupt keeps a
    thing from being given back, the next call makes a new one.

    >>> pool = Pool(lambda: [0.0])
    >>> first, second = pool.take(), pool.take()
    >>> pool.give(first)
    >>> pool.take() is first, first is second
    (True, False)
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._free: list[T] = []
        self.give = self._free.append
        """Let the next call have a thing."""

    def take(self) -> T:
        """One that nobody else has."""
        try:
            return self._free.pop()
        except IndexError:
            return self._make()
