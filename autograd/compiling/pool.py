"""Things that only one call can use at a time, such as buffers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Pool(Generic[T]):
    """As many things of a kind as there have been calls at once: each call takes one of its own, and gives it back.

    There is no lock, so no call waits: not for another thread, not for a call of its own thread that a signal handler
    or a ``__del__`` has interrupted, and not, after a fork, for a thread that is gone. What an interrupt keeps from
    being given back is made anew.

    >>> pool = Pool(lambda: [0.0])
    >>> first, second = pool.take(), pool.take()
    >>> pool.give(first)
    >>> pool.take() is first, first is second
    (True, False)
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._free: list[T] = []

    def take(self) -> T:
        """One that nobody else has."""
        try:
            return self._free.pop()
        except IndexError:
            return self._make()

    def give(self, thing: T) -> None:
        """Let the next call have it."""
        self._free.append(thing)
