"""Stand-ins for the names that the engine takes from Cython, for plain Python without Cython: they do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

compiled = False


def no_gc(kind: T) -> T:
    """Compiled, instances of this class are out of the garbage collector's sight."""
    return kind


def cclass(kind: T) -> T:
    """Compiled, this class is a C one."""
    return kind


def freelist(size: int) -> Callable[[T], T]:
    """Compiled, so many freed instances of this class are kept for those that come next."""
    return lambda kind: kind


def cast(kind: type, thing: T) -> Any:
    """Compiled, the thing is taken for one of this class."""
    return thing
