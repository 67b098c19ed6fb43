"""The functions and constants of formulas: every name that they are written by, and what each computes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from autograd import functions
from autograd.operations import (
    OPERATIONS,
    acos,
    asin,
    atan,
    cos,
    cosh,
    log,
    log2,
    log10,
    maximum,
    minimum,
    power,
    sign,
    sin,
    sinh,
)

MANY = 100  # operands that a function of any number of them takes


@dataclass(frozen=True)
class Function:
    """What a name in front of brackets stands for: how it is shown, what it computes, how many operands it takes."""

    shown: str
    compute: Callable[..., Any]
    least: int = 1
    most: int = 1
    inverse: str = ""  # what f⁻¹ means

    @property
    def takes(self) -> str:
        """How many operands it takes, in words."""
        if self.most == MANY:
            return f"at least {self.least} operand{'s'[: self.least - 1]}"
        return f"{self.most} operand{'s'[: self.most - 1]}"


SIGNS_OF_CONSTANTS: Final[dict[str, str]] = {"π": "pi", "ℯ": "e"}


def _of_table(name: str) -> Function:
    operation = OPERATIONS[name]
    return Function(name, operation, operation.arity - (operation.default is not None), operation.arity)


# Mathematics that the table of operations spells otherwise, or leaves to be composed.
_COMPOSED: Final[tuple[Function, ...]] = (
    Function("where", functions.where, 3, 3),
    Function("clip", functions.clip, 3, 3),
    Function("sec", lambda x: 1.0 / cos(x)),
    Function("csc", lambda x: 1.0 / sin(x)),
    Function("cot", lambda x: cos(x) / sin(x)),
    Function("csch", lambda x: 1.0 / sinh(x)),
    Function("coth", lambda x: cosh(x) / sinh(x)),
    Function("arccot", lambda x: 0.5 * math.pi - atan(x)),
    Function("arcsec", lambda x: acos(1.0 / x)),
    Function("arccsc", lambda x: asin(1.0 / x)),
    Function("heaviside", lambda x: 0.5 * (1.0 + sign(x))),
    Function("max", lambda *numbers: reduce(maximum, numbers), 2, MANY),
    Function("min", lambda *numbers: reduce(minimum, numbers), 2, MANY),
    Function("sum", lambda *numbers: sum(numbers[1:], numbers[0]), 1, MANY),
    Function("mean", lambda *numbers: sum(numbers[1:], numbers[0]) / len(numbers), 1, MANY),
    Function("Σ", lambda *numbers: sum(numbers[1:], numbers[0]), 1, MANY),
    Function("pow", power, 2, 2),
)

# Other names: mathematics, other languages, programs. Those that are translated are shown by the first name.
_ALSO: Final[dict[str, str]] = {
    "ln": "log",
    "lg": "log10",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arsinh": "asinh",
    "arcosh": "acosh",
    "artanh": "atanh",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "sgn": "sign",
    "signum": "sign",
    "cosec": "csc",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "leakyrelu": "leaky_relu",
    "ELU": "elu",
    "GELU": "gelu",
    "SiLU": "silu",
    "swish": "silu",
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "logsigmoid": "log_sigmoid",
    "fabs": "abs",
    "absolute": "abs",
    "average": "mean",
    "σ": "sigmoid",
    "sigma": "sigmoid",
}
COMPOSED: Final = tuple(sorted(function.shown for function in _COMPOSED))
_TRANSLATED: Final[dict[str, str]] = {
    "sen": "sin",
    "tg": "tan",
    "cotg": "cot",
    "ctg": "cot",
    "arcsen": "arcsin",
    "arctg": "arctan",
    "senh": "sinh",
    "tgh": "tanh",
}
_INVERSES: Final[dict[str, str]] = {
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "sinh": "arsinh",
    "cosh": "arcosh",
    "tanh": "artanh",
    "sec": "arcsec",
    "csc": "arccsc",
    "cot": "arccot",
}


def _renamed(function: Function, shown: str) -> Function:
    return Function(shown, function.compute, function.least, function.most, _INVERSES.get(shown, ""))


def _named() -> dict[str, Function]:
    names = [name for name, operation in OPERATIONS.items() if "(" in operation.notation]
    found = {name: _of_table(name) for name in (*names, "square", "xlogy")}
    found |= {function.shown: function for function in _COMPOSED}
    found = {name: _renamed(function, name) for name, function in found.items()}
    found |= {name: _renamed(found[other], name) for name, other in _ALSO.items()}
    return found | {name: found[other] for name, other in _TRANSLATED.items() if other in found}


FUNCTIONS: Final[Mapping[str, Function]] = _named()
LIKE_WORDS: Final = frozenset(("max", "min", "sum", "mean", "average", "pow"))  # variables, unless operands follow
OTHER_NAMES: Final[Mapping[str, str]] = {**_ALSO, **_TRANSLATED}
ALSO_LETTERS: Final = frozenset(
    ("σ", "sigma", "Σ")
)  # functions only in front of a bracket, and where they are no variables
OF_SEVERAL: Final = frozenset(name for name, function in FUNCTIONS.items() if function.least > 1)


def function_named(name: str, before_bracket: bool) -> Function | None:
    """The function of a name; of one with capitals, such as Sin or EXP, in front of a bracket only."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    return FUNCTIONS.get(name.lower()) if before_bracket and not name.islower() and len(name) > 1 else None


def logarithm(base: float) -> Function | None:
    """The logarithm to a base that is written as a number; None where it needs the base as an operand."""
    known = {2.0: log2, 10.0: log10, math.e: log}
    if base in known:
        return Function(f"log_{base:g}" if base != math.e else "ln", known[base])
    return None


RESERVED: Final = frozenset(FUNCTIONS.keys() - ALSO_LETTERS - LIKE_WORDS)  # no names for variables
