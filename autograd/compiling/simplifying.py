"""What an operation on arrays is simpler written as, with the same value."""

from __future__ import annotations

from collections.abc import Callable

from autograd import operations as table
from autograd.compiling.program import Apply, Array, Operand, is_truth
from autograd.operation import Operation

Applied = Callable[..., Operand]
"""Gives the result of an operation on operands."""


def simpler(apply: Applied, operation: Operation, x: Operand, y: Operand = 0.0) -> Operand | None:
    """Something simpler of the same value; None where the operation is simple enough.

    The rules are those of signs and of 0 and 1, which are the arithmetic operations' own.
    """
    match operation, x, y:
        case (table.pos, x, _) | (table.add | table.subtract, x, 0.0) | (table.add, 0.0, x) | (table.divide, x, 1.0):
            return x
        case table.neg, Apply(operation=table.neg, operands=(z,)), _:
            return z
        case table.abs, Apply(operation=table.neg, operands=(z,)), _:
            return apply(table.abs, z)
        case table.subtract, 0.0, _:
            return apply(table.neg, y)
        case table.add, _, Apply(operation=table.neg, operands=(z,)):
            return apply(table.subtract, x, z)
        case table.add, Apply(operation=table.neg, operands=(z,)), _:
            return apply(table.subtract, y, z)
        case table.subtract, _, Apply(operation=table.neg, operands=(z,)):
            return apply(table.add, x, z)
        case table.divide, Apply(operation=table.neg, operands=(z,)), _:
            return apply(table.neg, apply(table.divide, z, y))
        case table.multiply, _, _:
            return _product(apply, x, y) or _product(apply, y, x) or _in_order(apply, x, y)
    return None


def _product(apply: Applied, x: Operand, y: Operand) -> Operand | None:
    """A product with 0 stays: the other factor may have no value."""
    match x, y:
        case 1.0, _:
            return y
        case -1.0, _:
            return apply(table.neg, y)
        case Apply(operation=table.neg, operands=(z,)), _:
            return apply(table.neg, apply(table.multiply, z, y))
        case Apply(operation=table.divide, operands=(1.0, z)), _:
            return apply(table.divide, y, z)
        case float(), Apply(operation=table.multiply, operands=(float() as factor, z)):
            both = x * factor
            if both == 0.0 or 1e-100 < abs(both) < 1e100:  # else it may overflow where the product does not
                return apply(table.multiply, both, z)
    return None


def _in_order(apply: Applied, x: Operand, y: Operand) -> Operand | None:
    """A number comes first, what is true or false last."""
    number_last = isinstance(y, float) and isinstance(x, Array)
    truth_first = is_truth(x) and isinstance(y, Array) and not is_truth(y)
    return apply(table.multiply, y, x) if number_last or truth_first else None
