"""How an operation fails: in an exception that is also the one of Python's own arithmetic."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_noting: dict[object, tuple[int, list[OperationError]]] = {}  # with the thread that each belongs to


class OperationError(ArithmeticError):
    """An operation has no value, or no derivative, at its operands."""

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
    """The operands lie outside the domain of the operation."""


class DivisionByZeroError(OperationError, ZeroDivisionError):
    """A division by zero, or a negative power of zero."""


class RangeError(OperationError, OverflowError):
    """The result is finite in mathematics but too large for a float."""


class DerivativeError(OperationError, ValueError):
    """The operation has a value at its operands, but the derivative that was asked for does not exist."""


@contextmanager
def noting_errors() -> Iterator[list[OperationError]]:
    """Every error that operations of this thread raise meanwhile, whether or not somebody catches it."""
    context, noted = object(), list[OperationError]()
    try:
        _noting[context] = threading.get_ident(), noted
        yield noted
        _noting.pop(context, None)
    except BaseException:  # rather than finally, which an interrupt could keep from being carried out
        _noting.pop(context, None)
        raise
