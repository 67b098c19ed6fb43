"""How an operation fails: in an exception that is also the one of Python's own arithmetic."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_noting: dict[object, tuple[int, list[OperationError]]] = {}  # with the thread that each belongs to


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
        for thread, noted in list(_noting.values()):
            if thread == threading.get_ident():
                noted.append(self)

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


@contextmanager
def noting_errors() -> Iterator[list[OperationError]]:
    """Collect the errors that operations raise in this thread inside the ``with`` block, caught or not."""
    context, noted = object(), list[OperationError]()
    try:
        _noting[context] = threading.get_ident(), noted
        yield noted
        _noting.pop(context, None)
    except BaseException:  # rather than finally, which an interrupt could keep from being carried out
        _noting.pop(context, None)
        raise
