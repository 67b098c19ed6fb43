"""Mathematics as MathML, which browsers typeset themselves."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autograd.notation.names import FUNCTIONS, letters
from autograd.notation.tree import Expression
from autograd.notation.writer import DOT, Writer

INVISIBLE_TIMES, APPLIED = "\u2062", "\u2061"


def mathml(tree: Expression, block: bool = False) -> str:
    """The formula as a math element, in the line or in a line of its own.

    >>> from autograd.notation.tree import Name, Power, TWO
    >>> mathml(Power(Name("x"), TWO))
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """
    return math(_MathML().write(tree), block)


def math(content: str, block: bool = False) -> str:
    """A math element with this content."""
    display = ' display="block"' if block else ""
    return f"<math{display}>{content}</math>"


def mathml_name(label: str) -> str:
    """A variable's name.

    >>> mathml_name("w_12")
    '<msub><mi>w</mi><mn>12</mn></msub>'
    """
    stem, index = letters(label)
    base = f"<mi>{html.escape(stem)}</mi>"
    if not index:
        return base
    return f"<msub>{base}<{_kind(index)}>{html.escape(index)}</{_kind(index)}></msub>"


def _kind(index: str) -> str:
    return "mn" if index.isdigit() else "mi"


def operator(sign: str) -> str:
    """A sign as an element."""
    return f"<mo>{html.escape(sign)}</mo>"


class _MathML(Writer):
    def digits(self, text: str) -> str:
        return f"<mn>{text}</mn>"

    def scientific(self, mantissa: str, power: int) -> str:
        sign = operator("−") if power < 0 else ""
        ten = f"<msup><mn>10</mn><mrow>{sign}<mn>{abs(power)}</mn></mrow></msup>"
        return ten if mantissa == "1" else f"<mrow><mn>{mantissa}</mn>{operator('·')}{ten}</mrow>"

    def name(self, text: str) -> str:
        return mathml_name(text)

    def negative(self, text: str) -> str:
        return f"<mrow>{operator('−')}{text}</mrow>"

    def bracket(self, text: str) -> str:
        return f"<mrow>{operator('(')}{text}{operator(')')}</mrow>"

    def term(self, text: str, minus: bool, first: bool) -> str:
        sign = "−" if minus else "" if first else "+"
        return (operator(sign) if sign else "") + text

    def between(self, joint: str) -> str:
        return operator("·" if joint == DOT else INVISIBLE_TIMES)

    def quotient(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def power(self, base: str, written: str, exponent: Expression) -> str:
        return f"<msup>{_one(base)}{_one(written)}</msup>"

    def root(self, operand: str, atom: bool, degree: int) -> str:
        return f"<msqrt>{operand}</msqrt>" if degree == 2 else f"<mroot>{_one(operand)}<mn>3</mn></mroot>"

    def absolute(self, operand: str) -> str:
        return f"<mrow>{operator('|')}{operand}{operator('|')}</mrow>"

    def call(self, function: str, operands: Sequence[str], exponent: str = "") -> str:
        stem, _, index = FUNCTIONS.get(function, function).partition("_")
        written = f"<mi>{html.escape(stem)}</mi>"
        if index:
            written = f"<msub>{written}<{_kind(index)}>{html.escape(index)}</{_kind(index)}></msub>"
        if exponent:
            written = f"<msup>{written}{_one(exponent)}</msup>"
        return f"<mrow>{written}{operator(APPLIED)}{self.bracket(operator(',').join(operands))}</mrow>"

    def partial(self, of: str, by: str) -> str:
        return f"<mfrac><mrow><mo>∂</mo>{of}</mrow><mrow><mo>∂</mo>{by}</mrow></mfrac>"

    def sign(self, sign: str) -> str:
        return operator(sign)

    def equation(self, sides: Sequence[str]) -> str:
        return operator("=").join(sides)

    def relation(self, left: str, sign: str, right: str) -> str:
        return f"<mrow>{operator('[')}{left}{operator(sign)}{right}{operator(']')}</mrow>"


def _one(content: str) -> str:
    """One element: those that there are in a row."""
    single = content.startswith(("<mi>", "<mn>")) and content.count("<") == 2
    return content if single else f"<mrow>{content}</mrow>"
