"""How an operation fails: in an exception that is also the one of Python's own arithmetic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class Watch:
    """What one thread does while a function is recorded: ``asked`` is told of it, ``errors`` are those so far."""

    asked: Callable[..., None]
    thread: int = field(default_factory=threading.get_ident)
    errors: list[OperationError] = field(default_factory=list)


WATCHES: dict[int, Watch] = {}
"""Those of all threads, by their id."""


def watches_here() -> list[Watch]:
    """Those of this thread."""
    return [watch for watch in list(WATCHES.values()) if watch.thread == threading.get_ident()]


def watched(watch: Watch, function: Callable[[], T]) -> T:
    """The result of a function, which this thread runs under a watch.

    No context manager, and no ``finally``: an interrupt between its lines would leave the watch behind.
    """
    try:
        WATCHES[id(watch)] = watch
        result = function()
        WATCHES.pop(id(watch), None)
    except BaseException:
        WATCHES.pop(id(watch), None)
        raise
    return result


class OperationError(ArithmeticError):
    """An operation has no value, or no derivative, at its operands: the base of the errors of operations.

    ``message`` is a sentence, ``operation`` the operation that failed, ``operands`` the numbers that it met.

    >>> from autograd import log
    >>> try:
    ...     log(-1.0)
    ... except OperationError as error:
    ...     print(type(error).__name__, error.operation.name, error.operands)
    DomainError log (-1.0,)
    """

    def __init__(self, message: str, operation: Any, operands: Sequence[float]) -> None:
        super().__init__(message)
        self.operation = operation
        self.operands = tuple(operands)
        for watch in watches_here():
            watch.errors.append(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.operation, self.operands)


class DomainError(OperationError, ValueError):
    """The operands lie outside the domain of the operation. It is a ValueError, too.

    >>> from autograd import sqrt
    >>> sqrt(-1.0)
    Traceback (most recent call last):
        ...
    autograd.errors.DomainError: sqrt(-1.0) has no value: sqrt needs x >= 0
    """


class DivisionByZeroError(OperationError, ZeroDivisionError):
    """A division by zero, or a negative power of zero. It is a ZeroDivisionError, too.

    >>> from autograd import Value
    >>> 1 / Value(0.0)
    Traceback (most recent call last):
        ...
    autograd.errors.DivisionByZeroError: 1.0 / 0.0 has no value: it divides by zero
    """


class RangeError(OperationError, OverflowError):
    """The result is finite in mathematics but too large for a float. It is an OverflowError, too.

    >>> from autograd import exp
    >>> exp(1000.0)
    Traceback (most recent call last):
        ...
    autograd.errors.RangeError: exp(1000.0) overflows: the result is too large for a float
    """


class DerivativeError(OperationError, ValueError):
    """The operation has a value at its operands, but the derivative asked for does not exist. It is a ValueError, too.

    >>> from autograd import grad, sqrt
    >>> grad(sqrt)(0.0)
    Traceback (most recent call last):
        ...
    autograd.errors.DerivativeError: sqrt(0.0) has no finite derivative with respect to operand 1 (0.0)
    """


def settle(error: BaseException) -> None:
    """Let an error count as if it had not been raised: the engine itself has caught it."""
    for watch in watches_here():
        watch.errors[:] = [noted for noted in watch.errors if noted is not error]
