"""What an operation is: how it reads, what it means, computes and differentiates."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from autograd.errors import DivisionByZeroError, DomainError, OperationError, RangeError

Rule = Callable[..., Any]


def zero(*numbers: Any) -> float:
    """The rule of an operand that moves the result in jumps only, or not at all: no derivative is ever asked of it."""
    return 0.0


FUNCTION = 9  # the precedence of what is written as a function: higher than that of any operator


class Operand:
    """What an operation can be applied to besides plain numbers: recorded numbers and symbols."""

    __slots__ = ()

    def apply(self, operation: Operation, operands: Sequence[object]) -> Any:
        """The operation on these operands, one of which is this one."""
        raise NotImplementedError


N = TypeVar("N", bound=Operand)


def real_number(constant: object) -> float:
    """The float that a constant stands for.

    Accepted are int, float, Fraction, NumPy's real scalars and its 0-d arrays; anything else,
    bool included, is a TypeError, and an int that does not fit a float an OverflowError.

    >>> real_number(2)
    2.0
    """
    if type(constant) is float:
        return constant
    if isinstance(constant, numbers.Real) and not isinstance(constant, bool):
        return float(constant)
    if getattr(constant, "ndim", None) == 0 and hasattr(constant, "item"):
        return real_number(constant.item())
    shown = repr(constant) if len(repr(constant)) <= 40 else repr(constant)[:37] + "..."
    raise TypeError(
        f"expected one real number (int, float, Fraction or NumPy scalar), got {type(constant).__name__}: {shown}"
    )


class Operation:
    """One entry of the table.

    ``notation`` is how it reads as Python, with ``{}`` for each operand; ``definition`` is what it
    means, over ``x`` and ``y`` and the functions of mathematics (the tests evaluate it at 50 digits);
    ``partials`` holds a rule for each operand. The operation has a value where ``domain`` holds, and
    the derivative of calculus where ``differentiable`` holds too; elsewhere it raises, or gives the
    subgradient that its rule states.

    >>> cube = Operation("cube", lambda x: x**3, lambda out, x: 3.0 * x**2)
    >>> cube(2.0), cube.partials[0](8.0, 2.0)
    (8.0, 12.0)
    """

    __slots__ = (
        "compute",
        "default",
        "definition",
        "differentiable",
        "domain",
        "name",
        "notation",
        "partials",
        "precedence",
    )

    def __init__(
        self,
        name: str,
        compute: Callable[..., float],
        *partials: Rule,
        notation: str = "",
        precedence: int = FUNCTION,
        definition: str = "",
        domain: str = "",
        differentiable: str = "",
        default: float | None = None,
    ) -> None:
        self.name = name
        self.compute = compute
        self.partials = partials
        self.notation = notation or f"{name}({', '.join(['{}'] * len(partials))})"
        self.precedence = precedence
        self.definition = definition or self.format("x", "y")
        self.domain = domain
        self.differentiable = differentiable or domain
        self.default = default

    @property
    def arity(self) -> int:
        """How many operands it takes: 1 or 2."""
        return len(self.partials)

    def format(self, *operands: str) -> str:
        """How the operation reads with these operands."""
        return self.notation.format(*operands[: self.arity])

    @overload
    def __call__(self, x: float, y: float = ..., /) -> float: ...
    @overload
    def __call__(self, x: N, y: N | float = ..., /) -> N: ...
    @overload
    def __call__(self, x: float, y: N, /) -> N: ...
    def __call__(self, *operands: Any) -> Any:
        if len(operands) == 1 and self.default is not None:
            operands = (operands[0], self.default)
        if len(operands) != self.arity:
            raise TypeError(f"{self.name} takes {self.arity} operand{'s'[: self.arity - 1]}, got {len(operands)}")
        for operand in operands:
            if isinstance(operand, Operand):
                return operand.apply(self, operands)
        return self.evaluate(*map(real_number, operands))

    def evaluate(self, *operands: float) -> float:
        """The value in floats; raises a named error where there is none."""
        try:
            out = self.compute(*operands)
        except (ValueError, ArithmeticError) as error:
            raise self.error(error, operands) from None
        # An infinity or NaN passes through, but does not come out of nothing.
        if out - out != 0.0:
            if math.isnan(out) and not any(map(math.isnan, operands)):
                raise self.error(ValueError(), operands)
            if math.isinf(out) and all(map(math.isfinite, operands)):
                raise self.error(OverflowError(), operands)
        return out

    def error(self, cause: Exception, operands: Sequence[float]) -> OperationError:
        """The named error for what Python's arithmetic raised at these operands."""
        shown = self.at(*operands)
        if isinstance(cause, ZeroDivisionError):
            return DivisionByZeroError(f"{shown} has no value: it divides by zero", self, operands)
        if isinstance(cause, OverflowError):
            return RangeError(f"{shown} overflows: the result is too large for a float", self, operands)
        reason = f"{self.name} needs {self.domain}" if self.domain else "it is not a number"
        return DomainError(f"{shown} has no value: {reason}", self, operands)

    def at(self, *operands: float) -> str:
        """How the operation reads at these numbers.

        >>> OPERATIONS["divide"].at(1.0, -2.0)
        '1.0 / (-2.0)'
        """
        bracket = "({})" if self.precedence < FUNCTION else "{}"
        return self.format(*(bracket.format(x) if x < 0 else repr(x) for x in operands))

    def __repr__(self) -> str:
        return f"<operation {self.format('x', 'y')}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if OPERATIONS.get(self.name) is not self:
            raise TypeError(f"{self!r} is not in the table of operations, so it cannot be pickled")
        return _from_table, (self.name,)

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Operation:
        return self


OPERATIONS: dict[str, Operation] = {}  # filled by operations.py


def _from_table(name: str) -> Operation:
    return OPERATIONS[name]
