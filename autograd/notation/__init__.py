"""Mathematics for reading: a formula as a textbook prints it, as text, as LaTeX and as MathML."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd.notation.latex import escaped, latex, latex_name
from autograd.notation.mathml import mathml, mathml_name
from autograd.notation.simplifying import simplified
from autograd.notation.text import name, text
from autograd.notation.tree import Expression, Written, exact, expression

__all__ = [
    "Expression",
    "as_latex",
    "as_mathml",
    "as_typed",
    "escaped",
    "exact",
    "expression",
    "latex",
    "latex_name",
    "mathml",
    "mathml_name",
    "name",
    "number",
    "simplified",
    "text",
    "written",
]


def written(symbol: Written) -> str:
    """A formula as a textbook prints it, in one line; one too large to be read in Python's notation."""
    return _or_python(symbol, lambda tree: text(simplified(tree)), str)


def as_typed(symbol: Written) -> str:
    """A formula as it stands, in one line: nothing is simplified."""
    return _or_python(symbol, text, str)


def as_latex(symbol: Written, as_it_stands: bool = False) -> str:
    """A formula as LaTeX."""
    return _or_python(symbol, lambda tree: latex(tree if as_it_stands else simplified(tree)), _verbatim)


def as_mathml(symbol: Written, as_it_stands: bool = False) -> str:
    """A formula as a math element of HTML."""
    return _or_python(symbol, lambda tree: mathml(tree if as_it_stands else simplified(tree)), _code)


def number(x: float, precision: int = 6) -> str:
    """A number for reading: a part of π as such, else with so many significant digits.

    >>> number(1.5707963267948966), number(2 / 3), number(-0.5), number(-1e-20)
    ('π/2', '0.666667', '−0.5', '−10⁻²⁰')
    """
    if not math.isfinite(x):
        return str(x)
    found = text(exact(x))
    return found if "π" in found else text(exact(float(f"{x + 0.0:.{precision}g}")), precision)


def _or_python(symbol: Written, write: Callable[[Expression], str], otherwise: Callable[[str], str]) -> str:
    tree = expression(symbol)
    return otherwise(str(symbol)) if tree is None else write(tree)


def _verbatim(python: str) -> str:
    return rf"\mathtt{{{escaped(python)}}}"


def _code(python: str) -> str:
    import html

    return f"<code>{html.escape(python)}</code>"
