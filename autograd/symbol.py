"""Symbol: a number that writes text. Run on symbols, a rule of the table becomes a formula."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from autograd import operations as table
from autograd.graph import topological_order
from autograd.number import Number
from autograd.operation import FUNCTION, LEAF, Node, Operation, Origin, real_number, refuse_subclass

LONGEST = 10_000  # operations; a formula that uses its parts again and again can have 2**1000


class Symbol(Number):
    """A variable of a formula, by its ``name``, or what arithmetic makes of such variables.

    ``str()`` gives Python text, simplified in steps that keep its value. A Symbol and a Value do not mix: TypeError.

    >>> x = Symbol("x")
    >>> print((x + 1) * 1.0 / (x * x))
    (x + 1) / x ** 2
    """

    __init_subclass__ = refuse_subclass
    __slots__ = ("constant", "name", "size")
    name: str
    constant: float | None
    size: int

    def __init__(
        self,
        name: str,
        _constant: float | None = None,
        _origin: Origin = LEAF,
        _first: Symbol | None = None,
        _second: Symbol | None = None,
    ) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a symbol's name is a str, not {type(name).__name__}")
        super().__init__(_origin, _first, _second)
        self.name = name
        self.constant = _constant
        self.size = 1 + sum(parent.size for parent in self.parents)

    def apply(self, operation: Operation, x: object, y: object = None) -> Symbol:
        """The formula of this operation on one or two operands, simplified."""
        first, second = symbolic(x), None if y is None else symbolic(y)
        if operation.expression is not None:
            return symbolic(operation.expression(*((first,) if second is None else (first, second))))
        simplified = _simplified(operation, first, second)
        return Symbol("", None, operation.origin, first, second) if simplified is None else simplified

    def as_number(self) -> float | None:
        """The number that this is, if it is a constant."""
        return self.constant

    def __bool__(self) -> bool:
        raise TypeError("a Symbol has no truth value: write the choice with where(greater(x, y), a, b)")

    def __str__(self) -> str:
        if self.size > LONGEST:
            return f"(a formula of {self.size:.3g} operations)"
        text: dict[Node, str] = {}
        for node in topological_order(self):
            text[node] = node._written([text[parent] for parent in node.parents])
        return text[self]

    def __repr__(self) -> str:
        return f"Symbol({str(self)!r})"

    @property
    def mathematics(self) -> str:
        """The formula as a textbook prints it, as one line of text; of one too large to be read, Python's notation.

        >>> x = Symbol("x")
        >>> print((x + 1) * 1.0 / (x * x))
        (x + 1) / x ** 2
        >>> print(((x + 1) * 1.0 / (x * x)).mathematics)
        (x + 1)/x²
        """
        from autograd.notation import written  # for those who read

        return written(self)

    @property
    def latex(self) -> str:
        r"""The formula as a textbook prints it, as LaTeX.

        >>> print((1 / table.sqrt(Symbol("x"))).latex)
        \frac{1}{\sqrt{x}}
        """
        from autograd.notation import as_latex

        return as_latex(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @property
    def _precedence(self) -> int:
        if self.operation in (table.pos, table.neg) and isinstance(self.first, Symbol):
            return min(self.first._precedence, FUNCTION if self.operation is table.pos else table.neg.precedence)
        if self.constant is not None and self.constant < 0.0:
            return table.neg.precedence
        return FUNCTION if self.operation is None else self.operation.precedence

    def _written(self, operands: list[str]) -> str:
        operation = self.operation
        if operation is None:
            return self.name
        if operation is table.pos:
            return operands[0]
        if operation.precedence < FUNCTION:
            chain = operation in (table.add, table.multiply)  # a + (b + c) reads as well without
            for i, operand in enumerate(self.parents):
                if operand._precedence < (operation.precedence if chain else needed_precedence(operation, i)):
                    operands[i] = f"({operands[i]})"
        return operation.format(*operands)


class Verbatim(Symbol):
    """A Symbol with which nothing is simplified: what is computed from it is the formula as it was typed."""

    __slots__ = ()

    def apply(self, operation: Operation, x: object, y: object = None) -> Symbol:
        """The operation on one or two operands, as it stands."""
        return Verbatim("", None, operation.origin, symbolic(x), None if y is None else symbolic(y))


def needed_precedence(operation: Operation, operand: int) -> int:
    """The precedence below which an operand, by its number, is written in brackets: Python computes what is meant."""
    if operation is table.neg:  # -(x * y) and -x * y are the same number
        return table.multiply.precedence
    if operation.precedence == table.power.precedence:  # (a ** b) ** c, but a ** b ** c for a ** (b ** c)
        return operation.precedence + 1 - operand
    return operation.precedence + operand


def symbolic(operand: object) -> Symbol:
    """The symbol of a variable or a constant."""
    if isinstance(operand, Symbol):
        return operand
    if isinstance(operand, Node):
        raise TypeError("a Symbol and a Value do not mix: compute with one kind of number")
    number = real_number(operand)
    return Symbol(_NAMED.get(number) or repr(number).removesuffix(".0"), number)


_NAMED = {
    math.pi: "pi",
    math.e: "e",
    table.LOG_2: "log(2)",
    table.LOG_10: "log(10)",
    table.LOG2_E: "log2(e)",
    table.LOG10_E: "log10(e)",
    table.SQRT_HALF: "sqrt(0.5)",
    table.SQRT_PI: "sqrt(pi)",
    table.SQRT_2PI: "sqrt(2 * pi)",
}


def _simplified(operation: Operation, x: Symbol, y: Symbol | None = None) -> Symbol | None:
    """A shorter formula of the same value, or None."""
    simplify = _SIMPLIFICATIONS.get(operation.name)
    if simplify is None:
        return None
    if all(symbol.constant is not None for symbol in ((x,) if y is None else (x, y))):
        return _folded(operation, x, y)
    result: Any = simplify(x, y)
    return None if result is None else symbolic(result)


def _folded(operation: Operation, x: Symbol, y: Symbol | None) -> Symbol | None:
    """Arithmetic of constants done where it is exact: for + - * in decimals, as by hand, else in whole numbers."""
    numbers = [symbol.constant for symbol in (x, y) if symbol is not None and symbol.constant is not None]
    try:
        out = operation.evaluate(*numbers)
    except ArithmeticError:
        return None
    by_hand = _BY_HAND.get(operation.name)
    if by_hand is not None:
        exact = by_hand(*(Decimal(repr(number)) for number in numbers)) == Decimal(repr(out))
    else:
        exact = all(number.is_integer() for number in (*numbers, out)) and abs(out) < 2.0**53
    return symbolic(out) if exact else None


_BY_HAND: dict[str, Callable[..., Decimal]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "neg": operator.neg,
}


def _negated(x: Symbol) -> Any:
    """Y if x is the formula -y, else None."""
    if x.constant is not None and x.constant < 0.0:
        return symbolic(-x.constant)
    return x.first if x.operation is table.neg else None


def _quotient(x: Symbol) -> tuple[Any, Any]:
    return (x.first, x.second) if x.operation is table.divide else (None, None)


def _add(x: Symbol, y: Symbol) -> Any:
    if x.constant == 0.0:
        return y
    if y.constant == 0.0:
        return x
    if (sum_of_like := _like_terms(table.add, x, y)) is not None:
        return sum_of_like
    if (negated := _negated(y)) is not None:
        return x - negated
    return None if (negated := _negated(x)) is None else y - negated


def _like_terms(operation: Operation, x: Symbol, y: Symbol) -> Any:
    """a · z ± b · z as one product, else None."""
    left, right = _without_constant(x), _without_constant(y)
    if x.constant is not None or y.constant is not None or not _same(left, right):
        return None
    count = [1.0 if (number := _leading_constant(term)) is None else number for term in (x, y)]
    folded = _folded(operation, *map(symbolic, count))
    return None if folded is None else folded * left


def _same(x: Symbol, y: Symbol) -> bool:
    return x is y or (x.size == y.size <= 30 and str(x) == str(y))


def _subtract(x: Symbol, y: Symbol) -> Any:
    if y.constant == 0.0:
        return x
    if x.constant == 0.0:
        return -y
    if (difference_of_like := _like_terms(table.subtract, x, y)) is not None:
        return difference_of_like
    return None if (negated := _negated(y)) is None else x + negated


def _multiply(x: Symbol, y: Symbol) -> Any:
    for this, other in ((x, y), (y, x)):
        if this.constant == 1.0:
            return other
        if this.constant == 0.0:
            return 0.0
        if (negated := _negated(this)) is not None:
            return -(negated * other)
    if x is y:
        return table.square(x)
    left, right = _leading_constant(x), _leading_constant(y)
    if left is not None and right is not None:
        folded = _folded(table.multiply, symbolic(left), symbolic(right))
        return None if folded is None else folded * (_without_constant(x) * _without_constant(y))
    if right is not None and x.constant is None:
        return right * (x * _without_constant(y))
    for this, other in ((x, y), (y, x)):
        above, below = _quotient(this)
        if above is not None and above.constant == 1.0:
            return other / below
    return None


def _leading_constant(x: Symbol) -> float | None:
    """The c of c · rest, or of a constant alone."""
    return x.parents[0].constant if x.operation is table.multiply else x.constant


def _without_constant(x: Symbol) -> Any:
    """The rest of c · rest: 1 of a constant alone, and all of anything else."""
    if x.constant is not None:
        return symbolic(1.0)
    return x.second if _leading_constant(x) is not None else x


def _divide(x: Symbol, y: Symbol) -> Any:
    if y.constant == 1.0:
        return x
    if x.constant == 0.0:
        return 0.0
    if (negated := _negated(x)) is not None:
        return -(negated / y)
    above, below = _quotient(x)
    if above is not None:
        return above / (table.square(y) if below is y else below * y)
    return None


def _power(x: Symbol, y: Symbol) -> Any:
    if y.constant == 1.0:
        return x
    if y.constant == 0.0:
        return 1.0
    return table.square(x) if y.constant == 2.0 else None


def _neg(x: Symbol, y: None) -> Any:
    return _negated(x)


def _xlogy(x: Symbol, y: Symbol) -> Any:
    if y.constant == math.e:
        return x
    return table.log(y) if x.constant == 1.0 else None


_SIMPLIFICATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "neg": _neg,
    "xlogy": _xlogy,
}
