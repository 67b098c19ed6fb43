"""What the engine takes from Cython, for where it runs as plain Python: there it all does nothing.

Compiled, it has the meaning that Cython's documentation of pure Python mode gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

compiled = False


def cclass(kind: T) -> T:
    """A class that is a C one."""
    return kind


def no_gc(kind: T) -> T:
    """A class whose instances are out of the garbage collector's sight."""
    return kind


def freelist(size: int) -> Callable[[T], T]:
    """A class of whose freed instances so many are kept for those that come next."""
    return lambda kind: kind


def boundscheck(check: bool) -> Callable[[T], T]:
    """Whether indices are looked at in this function."""
    return lambda function: function


def wraparound(check: bool) -> Callable[[T], T]:
    """Whether negative indices count from the end in this function."""
    return lambda function: function


def cast(kind: type, thing: T, typecheck: bool = False) -> Any:
    """The thing, taken for an instance of this class."""
    return thing
