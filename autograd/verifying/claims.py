"""What a person claims: a number, a formula or a Python function, and how sure its value at a point is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from autograd.errors import OperationError
from autograd.formula import Formula, FormulaError
from autograd.noise import rounding_noise
from autograd.operation import real_number
from autograd.value import Value
from autograd.verifying.tracing import Point

FEWEST_DIGITS = 3  # a number rounded to fewer significant digits is not accepted
EXACT = 1e-9  # relative: two results of floating-point arithmetic that are this close are the same number
SAFETY = 8.0  # times the estimate of what rounding can do

Measured = tuple[float, float]  # a number, and how far rounding may have taken it


class Claim:
    """One claimed number or formula. ``text`` is how it was written; ``is_number`` holds for the given point only."""

    def __init__(self, given: Any, names: tuple[str, ...], steps: Mapping[str, Formula]) -> None:
        self.steps = steps
        self.names = names
        self.digits: float = math.inf
        self.formula: Callable[..., Any] | None = None
        self.number = math.nan
        if isinstance(given, str):
            self.text = given.strip()
            self._read(given)
        elif callable(given):
            self.text = getattr(given, "__name__", "a function")
            self.formula = given
        else:
            self.number = real_number(given)
            self.text = repr(given)
            self.digits = _digits(repr(self.number).removesuffix(".0"))

    def _read(self, text: str) -> None:
        formula = Formula(text)
        for variable in formula.variables:
            if variable not in self.names and variable not in self.steps:
                known = ", ".join((*self.names, *self.steps))
                raise FormulaError(
                    f"the claim uses {variable}; the variables are: {known}", text, *formula.place_of(variable)
                )
        if formula.variables:
            self.formula = formula
            return
        try:
            self.number = real_number(formula.evaluate({}))
        except OperationError as error:
            raise FormulaError(f"the claim has no value: {error}", text, 0, len(text)) from None
        if re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", self.text, re.IGNORECASE):
            self.digits = _digits(self.text)

    @property
    def is_number(self) -> bool:
        """Whether it is a number at the given point, rather than a formula for every point."""
        return self.formula is None

    def at(self, point: Point) -> Measured:
        """The claimed number at a point; raises ArithmeticError or ValueError where the formula has none."""
        if self.formula is None:
            return self.number, 0.0
        numbers: dict[str, Any] = {name: Value(x, label=name) for name, x in point.items()}
        for name, step in self.steps.items():
            numbers[name] = step.evaluate(numbers)
        if isinstance(self.formula, Formula):
            return measured(self.formula.evaluate(numbers))
        try:
            return measured(self.formula(*(numbers[name] for name in self.names)))
        except TypeError:  # a function over floats only, such as those of math
            result = real_number(self.formula(*point.values()))
            return result, EXACT * abs(result)


def measured(result: Any) -> Measured:
    """A recorded result as a number with the error that rounding may have made."""
    if not isinstance(result, Value):
        return real_number(result), 0.0
    if not math.isfinite(result.data):
        raise OverflowError
    try:
        return result.data, rounding_noise(result)
    except (OperationError, ArithmeticError):
        return result.data, EXACT * abs(result.data)


def agree(x: Measured, y: Measured) -> bool:
    """Whether two numbers are the same but for rounding."""
    slack: float = EXACT * max(abs(x[0]), abs(y[0])) + SAFETY * (x[1] + y[1])
    return abs(x[0] - y[0]) <= slack


def tells(x: Measured, y: Measured) -> bool:
    """Whether an agreement of two numbers means something: rounding is small beside them, or they are exactly 0."""
    return SAFETY * (x[1] + y[1]) <= 1e-6 * max(abs(x[0]), abs(y[0])) or x == y == (0.0, 0.0)


def rounds(claim: Claim, true: float) -> bool:
    """Whether a claimed number is the true one, rounded (or cut off) to at least three significant digits."""
    if not claim.is_number or claim.digits > 15 or true == 0.0 or claim.number == 0.0:
        return False
    unit: float = 10.0 ** (math.floor(math.log10(abs(true))) + 1)
    apart = abs(claim.number - true)
    if claim.digits > FEWEST_DIGITS:
        return bool(apart < unit * 10.0**-claim.digits)
    return apart <= 0.5000001 * unit * 10.0**-FEWEST_DIGITS


def _digits(text: str) -> int:
    """How many significant digits a number is written with; the zeros at the end of a whole number may be none."""
    mantissa = text.lower().split("e")[0]
    digits = re.sub(r"\D", "", mantissa).lstrip("0")
    return len(digits if "." in mantissa else digits.rstrip("0"))
