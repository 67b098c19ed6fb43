"""What functions and variables are called in mathematics."""

from __future__ import annotations

import re
from typing import NamedTuple

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPTS = str.maketrans("0123456789n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ")
LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi"
)
GREEK = dict(zip(LETTERS.split(), "αβγδεζηθικλμνξοπρστυφ", strict=True)) | {"chi": "χ", "psi": "ψ", "omega": "ω"}
GREEK |= {name.capitalize(): letter.upper() for name, letter in GREEK.items()}
COMMANDS = {letter: name for name, letter in GREEK.items() if name.islower() or letter in "ΓΔΘΛΞΠΣΥΦΨΩ"}
COMMANDS["ο"] = ""  # LaTeX writes it as the letter o

# What mathematics calls an operation of the table by another name.
FUNCTIONS = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arsinh",
    "acosh": "arcosh",
    "atanh": "artanh",
    "log": "ln",
    "log2": "log_2",
    "log10": "log_10",
    "sigmoid": "σ",
    "sign": "sgn",
    "maximum": "max",
    "minimum": "min",
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
}
OF_LATEX = ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log", "max", "min"]


class Letters(NamedTuple):
    """A name in its parts: x and 1 of x_1; the letters of a Greek one are its sign."""

    stem: str
    subscript: str


def letters(name: str) -> Letters:
    """The parts of a name.

    >>> letters("alpha_12"), letters("w₁"), letters("loss")
    (Letters(stem='α', subscript='12'), Letters(stem='w', subscript='1'), Letters(stem='loss', subscript=''))
    """
    found = re.fullmatch(r"([^\W\d_]+?)_?(\d+)|([^\W\d_]+)_([^\W_]+)|(.+?)([₀-₉]+)", name)
    if found is None:
        return Letters(GREEK.get(name, name), "")
    stem, index = filter(None, found.groups())
    return Letters(GREEK.get(stem, stem), index.translate(DIGITS))


def is_one_letter(name: str) -> bool:
    """Whether a name can stand beside another one as a factor: xy is x · y."""
    return len(letters(name).stem) == 1
