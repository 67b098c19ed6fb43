"""How an operation fails: in an exception that is also the one of Python's own arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.operation import Operation


class OperationError(ArithmeticError):
    """An operation has no value, or no derivative, at its operands."""

    def __init__(self, message: str, operation: Operation, operands: Sequence[float]) -> None:
        super().__init__(message)
        self.operation = operation
        self.operands = tuple(operands)

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
