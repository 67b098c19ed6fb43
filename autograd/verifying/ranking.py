"""How likely each mistake is, and which of those that fit are named: at most three, the likeliest first.

A formula is compared at many points, so what fits gives the very same answer. A number may fit by chance: among
hundreds of mistakes some always give three given digits. So a mistake is named only if it is likelier than chance.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

MOST = 3  # that are named
AS_LIKELY = 0.8  # times the likelihood of the first: both are given, with what tells them apart
SLIGHT = 0.02  # times the likelihood of the first: not worth naming beside it
PAIR = 0.02  # how often two mistakes are made together, as against one
UNKNOWN = 0.1  # the part of wrong answers that nothing here explains
FEWEST = 1000.0  # the likelihood of all mistakes together, where few can be made
SIMPLEST = 100  # the largest denominator of a fraction that stands for itself, not for many digits

# The one scale: how often a mistake is made, as against the others at one place of one answer, from the likeliest on.
LIKELY: dict[str, float] = {
    # Rules that are commonly taken for others. They give what nothing else gives, so they come first.
    "rule": 60.0,
    "lost minus": 50.0,  # a rule has a minus and the answer none
    "negative": 40.0,  # a derivative that is negative here has the wrong sign
    "path": 32.0,  # one of several uses of the variable was not counted
    "product": 30.0,  # u′v′
    "missing part": 28.0,  # a factor of a rule, such as ln(2) of that of 2^x
    "missing factor": 25.0,  # an inner derivative, or a factor that is constant
    "sign": 20.0,  # a sign that nothing invites to flip
    "whole sign": 19.0,
    "swapped": 18.0,  # another variable's derivative: less likely than a factor that is missing
    "constant": 17.0,  # what varies was held constant, or a constant part dropped
    "variable": 16.0,  # what is constant was differentiated, too
    "linearity": 15.0,  # a function of a sum taken for a sum of functions: the commonest slip of algebra
    "inside": 14.0,  # the outer derivative at another place than the inner function
    "copy": 12.0,  # not differentiated
    "log-base": 10.0,
    "degrees": 10.0,
    "decimal": 10.0,
    # Other slips: there are many for each formula, so that each is rare.
    "bracket": 6.0,
    "rare": 5.0,  # rules that are rarely taken for others
    "algebra": 4.0,
    "arithmetic": 4.0,
    "factor": 1.5,  # a constant factor says little
    "rare slip": 1.0,
}
# Said only where nothing else fits: they say nothing about the derivative.
GUESSES = ("log-base", "degrees", "decimal", "arithmetic", "factor")


# How often a mistake of each code is the cause, of 403 wrong answers that were collected in November 2026.
USUAL: dict[str, int] = {
    "wrong-rule": 113,
    "missing-factor": 61,
    "sign": 46,
    "algebra": 45,
    "swapped": 27,
    "missing-path": 15,
    "arithmetic": 15,
    "undifferentiated": 12,
    "log-base": 10,
    "decimal": 7,
    "degrees": 7,
    "as-variable": 6,
    "as-constant": 4,
    "constant-factor": 4,
}
AS_MANY = 20  # answers of a class count as much as what is usual


def how_common(codes: Iterable[str]) -> dict[str, float]:
    """How many times as common as usual the mistakes of each code are, given those that were made in a class.

    >>> found = how_common(["sign"] * 20)
    >>> round(found["sign"], 1), round(found["algebra"], 1)
    (4.5, 0.5)
    """
    counts = Counter(code for code in codes if code in USUAL)
    usual, made = sum(USUAL.values()), sum(counts.values())
    return {code: (counts[code] * usual / count + AS_MANY) / (made + AS_MANY) for code, count in USUAL.items()}


def digits_of(number: float, written: float) -> float:
    """How many digits of evidence a number is: those that are written, but of a simple fraction only its own.

    >>> digits_of(0.3679, 4), digits_of(0.75, math.inf), digits_of(7, 1)
    (4, 2, 1)
    """
    simple = Fraction(number).limit_denominator(SIMPLEST)
    if not math.isclose(float(simple), number, rel_tol=1e-12):
        return min(written, 15.0)
    return min(written, len(str(abs(simple.numerator) * simple.denominator))) if simple else 2


def by_chance(digits: float) -> float:
    """How likely a wrong answer that nothing here explains has just these digits."""
    return float(UNKNOWN * 10.0**-digits)


def named(fitting: Sequence[float], all_likely: float, digits: float) -> list[int]:
    """Which of the mistakes that fit are named, given how likely each is, and all that were tried together."""
    order = sorted(range(len(fitting)), key=lambda i: -fitting[i])
    chance = by_chance(digits) * max(all_likely, FEWEST)
    return [i for i in order if fitting[i] >= max(chance, SLIGHT * fitting[order[0]])]


def likelihood(level: str, code: str, common: Mapping[str, float]) -> float:
    """How likely a mistake is, where ``common`` says how many times as common as usual its code is."""
    return LIKELY[level] * common.get(code, 1.0)
