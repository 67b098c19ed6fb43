"""Mathematics as one line of text."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.notation.names import FUNCTIONS, SUBSCRIPTS, SUPERSCRIPTS, letters
from autograd.notation.tree import Expression, Name, Number, Quotient
from autograd.notation.writer import DIGITS, Writer, decimals, is_count, is_sum, is_superscript

MINUS = "−"


def text(tree: Expression, precision: int = DIGITS) -> str:
    """The formula as one line of text; its numbers with so many significant digits at most.

    >>> x = Name("x")
    >>> from autograd.notation.tree import Negative, Product, Sum
    >>> text(Quotient(Negative(Sum((x, Name("y")))), Product((Number(2), x))))
    '−(x + y)/(2x)'
    """
    return _Text(precision).write(tree)


def name(label: str) -> str:
    """A variable's name as it is written.

    >>> name("alpha"), name("x_1"), name("w12"), name("loss")
    ('α', 'x₁', 'w₁₂', 'loss')
    """
    stem, index = letters(label)
    if not index:
        return stem
    return stem + (index.translate(SUBSCRIPTS) if index.isdigit() and index.isascii() else "_" + index)


class _Text(Writer):
    def digits(self, text: str) -> str:
        return text

    def scientific(self, mantissa: str, power: int) -> str:
        sign = "⁻" if power < 0 else ""
        ten = "10" + sign + str(abs(power)).translate(SUPERSCRIPTS)
        return ten if mantissa == "1" else f"{mantissa}·{ten}"

    def name(self, text: str) -> str:
        return name(text)

    def negative(self, text: str) -> str:
        return MINUS + text

    def bracket(self, text: str) -> str:
        return f"({text})"

    def term(self, text: str, minus: bool, first: bool) -> str:
        if first:
            return (MINUS if minus else "") + text
        return f" {MINUS if minus else '+'} {text}"

    def between(self, joint: str) -> str:
        return joint

    def needs_bracket(self, factor: Expression, beside_sign: bool = False) -> bool:
        return super().needs_bracket(factor, beside_sign) or _is_fraction(factor)

    def quotient(self, above: str, below: str) -> str:
        return f"{above}/{below}"

    def _quotient(self, above: Expression, below: Expression) -> str:
        top = self._bracketed(above, is_sum(above) or _is_fraction(above))
        return self.quotient(top, self._bracketed(below, self.needs_bracket(below)))

    def power(self, base: str, written: str, exponent: Expression) -> str:
        if is_superscript(exponent):
            return base + written.translate(SUPERSCRIPTS)
        return f"{base}^{written}" if isinstance(exponent, Name) or is_count(exponent) else f"{base}^({written})"

    def root(self, operand: str, atom: bool, degree: int) -> str:
        sign = "√" if degree == 2 else "∛"
        return sign + (operand if atom else f"({operand})")

    def absolute(self, operand: str) -> str:
        return f"|{operand}|"

    def call(self, function: str, operands: Sequence[str], exponent: str = "") -> str:
        stem, _, index = FUNCTIONS.get(function, function).partition("_")
        if index.isdigit():
            stem += index.translate(SUBSCRIPTS)
        elif index:
            stem += "_" + index
        return f"{stem}{exponent.translate(SUPERSCRIPTS)}({', '.join(operands)})"

    def partial(self, of: str, by: str) -> str:
        return f"∂{of}/∂{by}"

    def sign(self, sign: str) -> str:
        return f" {sign} "

    def equation(self, sides: Sequence[str]) -> str:
        return " = ".join(sides)

    def relation(self, left: str, sign: str, right: str) -> str:
        return f"[{left} {sign} {right}]"


def _is_fraction(tree: Expression) -> bool:
    if isinstance(tree, Number):
        return decimals(tree.value)[0] is None
    return isinstance(tree, Quotient)
