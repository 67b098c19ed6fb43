"""Mathematics as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograd.notation.names import COMMANDS, FUNCTIONS, OF_LATEX, letters
from autograd.notation.tree import Expression
from autograd.notation.writer import APART, DOT, TOUCHING, Writer

RELATIONS = {"≤": r"\le", "≥": r"\ge", "≠": r"\ne"}
BETWEEN = {TOUCHING: " ", APART: r" \, ", DOT: r" \cdot "}


def latex(tree: Expression) -> str:
    r"""The formula as LaTeX, without the signs that begin mathematics.

    >>> from autograd.notation.tree import Name, Quotient, Sum
    >>> print(latex(Quotient(Sum((Name("x"), Name("alpha_1"))), Name("z"))))
    \frac{x + \alpha_{1}}{z}
    """
    return _Latex().write(tree)


def latex_name(label: str) -> str:
    r"""A variable's name.

    >>> print(latex_name("w_12"), latex_name("loss"))
    w_{12} \mathrm{loss}
    """
    stem, index = letters(label)
    if not index:
        return _letters(stem)
    return f"{_letters(stem)}_{{{index if index.isdigit() or len(index) == 1 else _upright(index)}}}"


def _letters(stem: str) -> str:
    if stem in COMMANDS:
        return "\\" + COMMANDS[stem] if COMMANDS[stem] else "o"
    return stem if len(stem) == 1 and stem.isalpha() else _upright(stem)


def _upright(text: str) -> str:
    return rf"\mathrm{{{escaped(text)}}}"


def escaped(text: str) -> str:
    r"""Text in which nothing is a command of LaTeX.

    >>> print(escaped("50 % of a_b"))
    50 \% of a\_b
    """
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^#$%&_{}]", lambda found: special.get(found[0], "\\" + found[0]), text)


class _Latex(Writer):
    def digits(self, text: str) -> str:
        return text.replace("…", r"\ldots")

    def scientific(self, mantissa: str, power: int) -> str:
        ten = f"10^{{{power}}}"
        return ten if mantissa == "1" else rf"{mantissa} \cdot {ten}"

    def name(self, text: str) -> str:
        return latex_name(text)

    def negative(self, text: str) -> str:
        return "-" + text

    def bracket(self, text: str) -> str:
        return rf"\left({text}\right)"

    def term(self, text: str, minus: bool, first: bool) -> str:
        if first:
            return ("-" if minus else "") + text
        return f" {'-' if minus else '+'} {text}"

    def between(self, joint: str) -> str:
        return BETWEEN[joint]

    def quotient(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, written: str, exponent: Expression) -> str:
        return f"{base}^{{{written}}}" if "^" not in base or base.startswith(r"\left") else f"{{{base}}}^{{{written}}}"

    def root(self, operand: str, atom: bool, degree: int) -> str:
        return rf"\sqrt{'' if degree == 2 else '[3]'}{{{operand}}}"

    def absolute(self, operand: str) -> str:
        return rf"\left|{operand}\right|"

    def call(self, function: str, operands: Sequence[str], exponent: str = "") -> str:
        stem, _, index = FUNCTIONS.get(function, function).partition("_")
        stem = "log" if index and stem == "log" else stem
        if stem in OF_LATEX or stem in COMMANDS:
            written = "\\" + COMMANDS.get(stem, stem)
        else:
            written = rf"\operatorname{{{escaped(stem.removesuffix('′'))}}}" + ("'" if stem.endswith("′") else "")
        below = f"_{{{index if index.isdigit() else _upright(index)}}}" if index else ""
        above = f"^{{{exponent}}}" if exponent else ""
        return rf"{written}{below}{above}\left({', '.join(operands)}\right)"

    def partial(self, of: str, by: str) -> str:
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def sign(self, sign: str) -> str:
        return r" \times " if sign == "×" else r" \cdot "

    def equation(self, sides: Sequence[str]) -> str:
        return " = ".join(sides)

    def relation(self, left: str, sign: str, right: str) -> str:
        return rf"\left[{left} {RELATIONS.get(sign, sign)} {right}\right]"
