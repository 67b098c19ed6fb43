"""Mathematics as a tree: what the writers write and the simplifications rearrange."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, ClassVar, Protocol, dataclass_transform

from autograd.operation import Operation


@dataclass_transform(frozen_default=True)
class Part:
    """What a tree is made of: equal to another one of its kind that holds the same.

    A dataclass in small: making a dozen real ones would take as long as importing all the rest of this package.
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.__match_args__ = tuple(cls.__annotations__)  # type: ignore[misc]

    def __init__(self, *held: object) -> None:
        self.__dict__.update(zip(self.__match_args__, held, strict=True))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a part of a formula does not change: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


class Number(Part):
    """A number, kept exactly: 0.1 is one tenth."""

    value: Fraction


class Name(Part):
    """A variable, or one of the constants π and e."""

    text: str


class Negative(Part):
    """A minus sign before something."""

    operand: Expression


class Sum(Part):
    """Terms that are added; a subtracted one is a Negative."""

    terms: tuple[Expression, ...]


class Product(Part):
    """Factors from left to right."""

    factors: tuple[Expression, ...]


class Quotient(Part):
    """A fraction."""

    above: Expression
    below: Expression


class Power(Part):
    """A base with an exponent; a square root has the exponent ½."""

    base: Expression
    exponent: Expression


class Call(Part):
    """A function of the table of operations, by its name there."""

    function: str
    operands: tuple[Expression, ...]


class Relation(Part):
    """A comparison, which is 1 where it holds and else 0."""

    sign: str
    left: Expression
    right: Expression


class Partial(Part):
    """The name of a partial derivative: ∂f/∂x."""

    of: str
    by: str


class Chain(Part):
    """Factors with a sign between them: what the chain rule multiplies."""

    sign: str
    factors: tuple[Expression, ...]


class Equation(Part):
    """What is equal, from left to right."""

    sides: tuple[Expression, ...]


Expression = Number | Name | Negative | Sum | Product | Quotient | Power | Call | Relation | Partial | Chain | Equation

PI, E = Name("π"), Name("e")
HALF = Fraction(1, 2)
SHORT = 7  # significant digits of a decimal that a person wrote
ROUNDING = 4e-16  # relative: what one operation can do to a number
SMALL = 64  # the largest denominator of a fraction that a float is recognised as
SIZE = 300  # operations; a larger formula is not for reading
DEEPEST = 60  # levels; nor is a deeper one


def number(value: Fraction | int) -> Number:
    """A whole number or a fraction."""
    return Number(Fraction(value))


ZERO, ONE, TWO = number(0), number(1), number(2)


def is_decimal(value: Fraction) -> bool:
    """Whether a number has finitely many decimals: its denominator has no prime factors besides 2 and 5."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def root(operand: Expression) -> Expression:
    """The square root."""
    return Power(operand, Number(HALF))


def exact(x: float) -> Expression:
    """The number that a float stands for: a decimal as it is written, else a simple fraction, else a part of π.

    >>> exact(0.1), exact(1 / 3)
    (Number(value=Fraction(1, 10)), Number(value=Fraction(1, 3)))
    """
    decimal = Fraction(repr(x))
    if len(repr(abs(x)).split("e")[0].replace(".", "").strip("0")) <= SHORT or abs(x) > 1e6:
        return Number(decimal)
    near = decimal.limit_denominator(SMALL)
    if math.isclose(float(near), x, rel_tol=ROUNDING):
        return Number(near)
    turns = Fraction(x / math.pi).limit_denominator(12)
    if turns and math.isclose(float(turns) * math.pi, x, rel_tol=ROUNDING):
        return _part_of_pi(turns)
    return Number(decimal)


def _part_of_pi(turns: Fraction) -> Expression:
    above: Expression = PI if abs(turns.numerator) == 1 else Product((number(abs(turns.numerator)), PI))
    found = above if turns.denominator == 1 else Quotient(above, number(turns.denominator))
    return Negative(found) if turns < 0 else found


class Written(Protocol):
    """What a Symbol is, to those who read it."""

    name: str
    constant: float | None
    size: int

    @property
    def operation(self) -> Operation | None:
        """What made it."""

    @property
    def parents(self) -> tuple[Any, ...]:
        """What it was made of."""


_NAMED: dict[str, Callable[[], Expression]] = {
    "pi": lambda: PI,
    "e": lambda: E,
    "log(2)": lambda: Call("log", (TWO,)),
    "log(10)": lambda: Call("log", (number(10),)),
    "log2(e)": lambda: Quotient(ONE, Call("log", (TWO,))),
    "log10(e)": lambda: Quotient(ONE, Call("log", (number(10),))),
    "sqrt(0.5)": lambda: Quotient(ONE, root(TWO)),
    "sqrt(pi)": lambda: root(PI),
    "sqrt(2 * pi)": lambda: root(Product((TWO, PI))),
}


def _plus(x: Expression, y: Expression) -> Expression:
    left = x.terms if isinstance(x, Sum) else (x,)
    return Sum((*left, y))


def _minus(x: Expression, y: Expression) -> Expression:
    left = x.terms if isinstance(x, Sum) else (x,)
    return Sum((*left, Negative(y)))


def _times(x: Expression, y: Expression) -> Expression:
    """A product; a minus at its beginning stands before the whole."""
    if isinstance(x, Negative):
        return Negative(_times(x.operand, y))
    if isinstance(x, Number) and x.value < 0:
        return Negative(_times(Number(-x.value), y))
    left = x.factors if isinstance(x, Product) else (x,)
    return Product((*left, *(y.factors if isinstance(y, Product) else (y,))))


def _square(x: Expression) -> Expression:
    return Power(x, TWO)


# How the operations of the table are written that are no function of their own in mathematics.
_WRITTEN: dict[str, Callable[..., Expression]] = {
    "add": _plus,
    "subtract": _minus,
    "multiply": _times,
    "divide": Quotient,
    "power": Power,
    "neg": Negative,
    "pos": lambda x: x,
    "square": _square,
    "sqrt": root,
    "exp": lambda x: Power(E, x),
    "exp2": lambda x: Power(TWO, x),
    "expm1": lambda x: Sum((Power(E, x), Negative(ONE))),
    "log1p": lambda x: Call("log", (_plus(ONE, x),)),
    "xlogy": lambda x, y: _times(x, Call("log", (y,))),
    "hypot": lambda x, y: root(Sum((_square(x), _square(y)))),
    "log_sigmoid": lambda x: Call("log", (Call("sigmoid", (x,)),)),
    "power_slope": lambda x, y: _times(y, Power(x, _minus(y, ONE))),
    "hypot_by_x": lambda x, y: Quotient(x, root(Sum((_square(x), _square(y))))),
    "hypot_by_y": lambda x, y: Quotient(y, root(Sum((_square(x), _square(y))))),
    "over_squares": lambda x, y: Quotient(x, Sum((_square(x), _square(y)))),
    "exp_product": lambda x, y: Power(E, _times(x, y)),
    "silu_slope": lambda x: Call("silu′", (x,)),
    "gelu_slope": lambda x: Call("gelu′", (x,)),
}
_RELATIONS = {"less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥", "equal": "=", "not_equal": "≠"}


def applied(operation: Operation, operands: tuple[Expression, ...]) -> Expression:
    """An operation of the table, written as mathematics has it."""
    if operation.name in _WRITTEN:
        return _WRITTEN[operation.name](*operands)
    if operation.name in _RELATIONS:
        return Relation(_RELATIONS[operation.name], *operands)
    return Call(operation.name, operands)


def expression(symbol: Written) -> Expression | None:
    """A formula as a tree, as it stands; None of one too large or too deep to be read."""
    if symbol.size > SIZE:
        return None
    return _expression(symbol, DEEPEST)


def _expression(symbol: Written, deepest: int) -> Expression | None:
    if symbol.operation is None:
        if symbol.constant is None:
            return Name(symbol.name)
        return _NAMED[symbol.name]() if symbol.name in _NAMED else exact(symbol.constant)
    if not deepest:
        return None
    operands = [_expression(parent, deepest - 1) for parent in symbol.parents]
    known = tuple(operand for operand in operands if operand is not None)
    return applied(symbol.operation, known) if len(known) == len(operands) else None


def parts(tree: Expression) -> tuple[Expression, ...]:
    """What a tree is made of, from left to right."""
    match tree:
        case Negative(operand):
            return (operand,)
        case Sum(found) | Product(found) | Call(_, found) | Chain(_, found) | Equation(found):
            return found
        case Quotient(left, right) | Power(left, right) | Relation(_, left, right):
            return left, right
    return ()


def rebuilt(tree: Expression, instead: Sequence[Expression]) -> Expression:
    """The tree with others in the place of its parts."""
    match tree:
        case Negative() | Quotient() | Power():
            return type(tree)(*instead)
        case Sum() | Product() | Equation():
            return type(tree)(tuple(instead))
        case Call(function, _):
            return Call(function, tuple(instead))
        case Relation(sign, _, _):
            return Relation(sign, *instead)
        case Chain(sign, _):
            return Chain(sign, tuple(instead))
    return tree


def everything(tree: Expression) -> Iterator[Expression]:
    """The tree and all that it is made of."""
    waiting = [tree]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(parts(found))
