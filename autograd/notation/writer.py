"""What the writers share: which brackets there are, and what stands between two factors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from autograd.notation.names import is_one_letter
from autograd.notation.tree import (
    HALF,
    Call,
    Chain,
    E,
    Equation,
    Expression,
    Name,
    Negative,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    everything,
    is_decimal,
)

WORD = re.compile(r"[\w.\[\]′…]+")  # a name that needs no brackets
DIGITS = 12  # significant digits of a number that has more
TOUCHING, APART, DOT = "", " ", "·"  # what stands between two factors


class Writer:
    """Writes a tree. A kind of writing says how each part looks, given the text of its own parts."""

    def __init__(self, precision: int = DIGITS) -> None:
        self.precision = precision

    def write(self, tree: Expression) -> str:
        """The text of a whole formula."""
        self.names_touch = all(is_one_letter(part.text) for part in everything(tree) if isinstance(part, Name))
        return self._of(tree)

    def _of(self, tree: Expression) -> str:
        match tree:
            case Number(value):
                return self._number(value)
            case Name(text):
                return self.name(text)
            case Negative(operand):
                return self.negative(self._bracketed(operand, is_sum(operand) or isinstance(operand, Negative)))
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                return self._product(factors)
            case Quotient(above, below):
                return self._quotient(above, below)
            case Power(base, exponent):
                return self._power(base, exponent)
            case Call("abs", (operand,)):
                return self.absolute(self._of(operand))
            case Call("cbrt", (operand,)):
                return self.root(self._of(operand), is_atom(operand), 3)
            case Call(function, operands):
                return self.call(function, [self._of(operand) for operand in operands])
            case Relation(sign, left, right):
                return self.relation(self._of(left), sign, self._of(right))
            case Partial(of, by):
                return self.partial(*(self._bracketed(Name(end), is_sum(Name(end))) for end in (of, by)))
            case Chain(sign, factors):
                return self.sign(sign).join(self._bracketed(part, self.needs_bracket(part, True)) for part in factors)
            case Equation(sides):
                return self.equation([self._of(side) for side in sides])
        raise TypeError(f"no part of a formula: {tree!r}")

    def _number(self, value: Fraction) -> str:
        if value < 0:
            return self.negative(self._number(-value))
        mantissa, power = decimals(value, self.precision)
        if mantissa is None:
            return self.quotient(self.digits(str(value.numerator)), self.digits(str(value.denominator)))
        return self.digits(mantissa) if power is None else self.scientific(mantissa, power)

    def _bracketed(self, tree: Expression, needed: bool) -> str:
        return self.bracket(self._of(tree)) if needed else self._of(tree)

    def _sum(self, terms: Sequence[Expression]) -> str:
        parts = []
        for i, term in enumerate(terms):
            minus = isinstance(term, Negative) or (isinstance(term, Number) and term.value < 0)
            if isinstance(term, Negative):
                term = term.operand
            elif isinstance(term, Number):
                term = Number(abs(term.value))
            negative = isinstance(term, Negative) or (isinstance(term, Number) and term.value < 0)
            text = self._bracketed(term, negative or (is_sum(term) and minus))
            parts.append(self.term(text, minus, i == 0))
        return "".join(parts)

    def _product(self, factors: Sequence[Expression]) -> str:
        first = factors[0]
        text = self._factor(first, first=True)
        for left, right in pairwise(factors):
            text += self.between(self._joint(left, right)) + self._factor(right)
        return text

    def _factor(self, tree: Expression, first: bool = False) -> str:
        plain_minus = first and isinstance(tree, Negative) and isinstance(tree.operand, Number)
        return self._bracketed(tree, self.needs_bracket(tree) and not plain_minus)

    def needs_bracket(self, factor: Expression, beside_sign: bool = False) -> bool:
        """Whether a factor stands in brackets."""
        if isinstance(factor, Number):
            return factor.value < 0
        return is_sum(factor) or isinstance(factor, Negative) or (isinstance(factor, Product) and not beside_sign)

    def _joint(self, left: Expression, right: Expression) -> str:
        """What stands between two factors: nothing where it cannot be misread."""
        starts, ends = _start(right), _end(left)
        if left == right:
            return DOT  # as it was typed: x·x
        if starts == "digit" or ends == "root" or "relation" in (starts, ends):
            return DOT
        if starts == "name":
            if ends != "digit" and isinstance(right, Power) and not is_superscript(right.exponent):
                return APART  # y x^(y − 1)
            touching = self.names_touch and ends in ("name", "power")
            return TOUCHING if touching or ends == "digit" else DOT
        if starts == "bracket":
            return DOT if ends == "caret" or (ends == "name" and not self.names_touch) else TOUCHING
        if starts == "e":
            return TOUCHING if ends in ("digit", "bracket") else APART
        if starts == "root":
            return TOUCHING if ends in ("digit", "name", "power") and self.names_touch else DOT
        if starts == "bar":
            return TOUCHING if ends == "digit" else DOT
        return TOUCHING if ends == "digit" and starts == "σ" else APART

    def _quotient(self, above: Expression, below: Expression) -> str:
        return self.quotient(self._of(above), self._of(below))

    def _power(self, base: Expression, exponent: Expression) -> str:
        if exponent == Number(HALF):
            return self.root(self._of(base), is_atom(base), 2)
        if isinstance(base, Call) and base.function not in ("abs", "cbrt", "sigmoid") and is_count(exponent):
            return self.call(base.function, [self._of(operand) for operand in base.operands], self._of(exponent))
        atom = is_atom(base) or (isinstance(base, Call) and base.function != "cbrt")
        return self.power(self._bracketed(base, not atom), self._of(exponent), exponent)

    # What a kind of writing has to say ----------------------------------------------------------------

    def digits(self, text: str) -> str:
        """A number without sign."""
        raise NotImplementedError

    def scientific(self, mantissa: str, power: int) -> str:
        """A number times a power of ten."""
        raise NotImplementedError

    def name(self, text: str) -> str:
        """A variable."""
        raise NotImplementedError

    def negative(self, text: str) -> str:
        """With a minus before it."""
        raise NotImplementedError

    def bracket(self, text: str) -> str:
        """In round brackets."""
        raise NotImplementedError

    def term(self, text: str, minus: bool, first: bool) -> str:
        """A term of a sum with its sign."""
        raise NotImplementedError

    def between(self, joint: str) -> str:
        """What stands between two factors."""
        raise NotImplementedError

    def quotient(self, above: str, below: str) -> str:
        """A fraction."""
        raise NotImplementedError

    def power(self, base: str, written: str, exponent: Expression) -> str:
        """A power."""
        raise NotImplementedError

    def root(self, operand: str, atom: bool, degree: int) -> str:
        """A square root, or a cube root."""
        raise NotImplementedError

    def absolute(self, operand: str) -> str:
        """An absolute value."""
        raise NotImplementedError

    def call(self, function: str, operands: Sequence[str], exponent: str = "") -> str:
        """A function, perhaps with an exponent: sin²(x)."""
        raise NotImplementedError

    def partial(self, of: str, by: str) -> str:
        """The name of a partial derivative."""
        raise NotImplementedError

    def sign(self, sign: str) -> str:
        """A sign between two factors."""
        raise NotImplementedError

    def equation(self, sides: Sequence[str]) -> str:
        """What is equal."""
        raise NotImplementedError

    def relation(self, left: str, sign: str, right: str) -> str:
        """A comparison, in the square brackets that say that it counts as 1 or 0."""
        raise NotImplementedError


def is_sum(tree: Expression) -> bool:
    """Whether it needs brackets as a factor: a sum, or a name that is a formula itself, as "w*x + b"."""
    return isinstance(tree, Sum) or (isinstance(tree, Name) and not WORD.fullmatch(tree.text))


def is_atom(tree: Expression) -> bool:
    """Whether it is a name or a number, which roots and powers of are written without brackets."""
    if isinstance(tree, Number):
        digits, power = decimals(tree.value)
        return tree.value >= 0 and digits is not None and power is None
    return isinstance(tree, Name) and not is_sum(tree)


def is_count(exponent: Expression) -> bool:
    """Whether an exponent is a positive whole number."""
    return isinstance(exponent, Number) and exponent.value > 0 and exponent.value.denominator == 1


def decimals(value: Fraction, precision: int = DIGITS) -> tuple[str | None, int | None]:
    """The digits of a number, and the power of ten that they are multiplied by, if any; no digits of a third.

    >>> decimals(Fraction(1, 10)), decimals(Fraction(1, 3)), decimals(Fraction(1, 10**7))
    (('0.1', None), (None, None), ('1', -7))
    """
    if not is_decimal(value):
        return None, None
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):.{precision}g}"
    digits, _, power = text.lower().partition("e")
    if "." in digits:
        digits = digits.rstrip("0").removesuffix(".")
    exact = Fraction(digits) * Fraction(10) ** int(power or 0) == value
    if not power and 0 < abs(value) < Fraction(1, 10_000):
        shifted = Decimal(digits)
        return format(shifted.scaleb(-shifted.adjusted()).normalize(), "f"), shifted.adjusted()
    return digits + ("" if exact else "…"), int(power) if power else None


def _start(tree: Expression) -> str:
    """What a factor begins with."""
    match tree:
        case Number():
            return "digit"
        case Name() if not is_sum(tree):
            return "name"
        case Power(_, Number(value)) if value == HALF:
            return "root"
        case Power(base, _) if base == E:
            return "e"
        case Power(base, _):
            return _start(base)
        case Call("abs"):
            return "bar"
        case Call("cbrt"):
            return "root"
        case Call("sigmoid"):
            return "σ"
        case Call():
            return "function"
        case Relation():
            return "relation"
        case Quotient(above, _):
            return _start(above)
    return "bracket"


def _end(tree: Expression) -> str:
    """What a factor ends with."""
    match tree:
        case Negative(Number()) | Number():
            return "digit"
        case Name() if not is_sum(tree):
            return "name"
        case Power(base, Number(value)) if value == HALF:
            return "root" if is_atom(base) else "function"
        case Power(Name() as base, exponent) if base != E and is_superscript(exponent):
            return "power"
        case Power(_, exponent) if isinstance(exponent, Name) or is_count(exponent):
            return "function" if is_superscript(exponent) else "caret"
        case Power():
            return "bracket"
        case Call("cbrt", (operand,)):
            return "root" if is_atom(operand) else "function"
        case Call():
            return "function"
        case Relation():
            return "relation"
    return "bracket"


def is_superscript(exponent: Expression) -> bool:
    """Whether an exponent can be written with raised signs."""
    return is_count(exponent) or exponent == Name("n")
