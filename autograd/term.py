"""Term: a number that hands its operations to a function, such as one that writes an array program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.number import Number
from autograd.operation import LEAF, Operation, real_number, refuse_subclass


class Term(Number):
    """A number that stands for ``meaning``; ``write(operation, x, y)`` gives the result of an operation on it.

    >>> double = Term("x", lambda operation, x, y: f"{operation.name} of {x.meaning} and {y}")
    >>> double * 2.0
    'multiply of x and 2.0'
    """

    __init_subclass__ = refuse_subclass
    __slots__ = ("meaning", "write")
    meaning: Any
    write: Callable[[Operation, Any, Any], Any]

    def __init__(self, meaning: Any, write: Callable[[Operation, Any, Any], Any]) -> None:
        super().__init__(LEAF)
        self.meaning = meaning
        self.write = write

    def apply(self, operation: Operation, x: object, y: object = None) -> Any:
        """What the writer makes of the operation."""
        return self.write(operation, x, y)


def evaluated(rule: Callable[..., Any], operands: Sequence[Any], apply: Callable[..., Any]) -> Any:
    """A rule of the table on operands of any kind: ``apply(operation, *operands)`` does its operations.

    >>> evaluated(lambda x: 2.0 * x + 1.0, ["x"], lambda operation, x, y: operation.format(str(x), str(y)))
    '2.0 * x + 1.0'
    """

    def write(operation: Operation, x: Any, y: Any) -> Any:
        return wrapped(apply(operation, *map(meaning, (x, y)[: operation.arity])))

    def wrapped(operand: Any) -> Any:
        return operand if isinstance(operand, float) else Term(operand, write)  # rules look at constants

    def meaning(number: Any) -> Any:
        return number.meaning if isinstance(number, Term) else real_number(number)

    return meaning(rule(*map(wrapped, operands)))
