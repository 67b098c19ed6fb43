"""What a person claims: a number, a formula or a Python function, and how accurate its value at a point is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from autograd.errors import OperationError
from autograd.formula import Formula, FormulaError
from autograd.noise import rounding_noise
from autograd.operation import real_number
from autograd.value import Value
from autograd.verifying.function import Point

FEWEST_DIGITS = 3  # a number rounded to fewer significant digits is not accepted
MOST_DIGITS = 15  # that floats can tell apart
HALVES_ROUND_UP = Decimal(1) + Decimal("1e-12")  # even one that floats put just below
EXACT = 1e-11  # relative: two results of floating-point arithmetic that are this close are the same number
LOOSE = 1e-9  # the same, where what happened inside is not known
SINGLE = 1e-6  # the same, of numbers in single precision
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
        self.noise = 0.0
        if isinstance(given, str):
            self.text = given.strip()
            self._read(given)
        elif callable(given):
            self.text = getattr(given, "__name__", "a function")
            self.formula = given
        else:
            self.number = real_number(given)
            self.text = repr(self.number).removesuffix(".0") if isinstance(given, float) else str(given)
            self.digits = _digits(repr(self.number).removesuffix(".0"))
            self.noise = SINGLE * abs(self.number) if _is_single(given) else 0.0
        if self.is_number and not math.isfinite(self.number):
            raise ValueError(f"the claim {self.text} is not a finite number")

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
    def has_kinks(self) -> bool:
        """Whether it may change its form from one place to another."""
        kinked = r"[<>]|==|!=|\b(abs|sign|where|clip|maximum|minimum|\w*relu|elu)\b"
        return not isinstance(self.formula, Formula) or bool(re.search(kinked, self.formula.text))

    @property
    def is_number(self) -> bool:
        """Whether it is a number at the given point, rather than a formula for every point."""
        return self.formula is None

    def at(self, point: Point) -> Measured:
        """The claimed number at a point; raises ArithmeticError or ValueError where the formula has none."""
        if self.formula is None:
            return self.number, self.noise
        numbers: dict[str, Any] = {name: Value(x, label=name) for name, x in point.items()}
        for name, step in self.steps.items():
            numbers[name] = step.evaluate(numbers)
        if isinstance(self.formula, Formula):
            return measured(self.formula.evaluate(numbers))
        try:
            return measured(self.formula(*(numbers[name] for name in self.names)))
        except TypeError:  # a function over floats only, such as those of math
            result = self.formula(*point.values())
            found = real_number(result)
            if not math.isfinite(found):
                raise OverflowError from None
            return found, (SINGLE if _is_single(result) else LOOSE) * abs(found)


def measured(result: Any) -> Measured:
    """A recorded result as a number with the error that rounding may have made."""
    if not isinstance(result, Value):
        number = real_number(result)
        if not math.isfinite(number):
            raise OverflowError
        return number, (SINGLE if _is_single(result) else 0.0) * abs(number)
    if not math.isfinite(result.data):
        raise OverflowError
    try:
        return result.data, rounding_noise(result)
    except (OperationError, ArithmeticError):
        return result.data, LOOSE * abs(result.data)


def agree(x: Measured, y: Measured) -> bool:
    """Whether two numbers are the same but for rounding."""
    slack: float = EXACT * max(abs(x[0]), abs(y[0])) + SAFETY * (x[1] + y[1])
    return abs(x[0] - y[0]) <= slack


def tells(x: Measured, y: Measured, scale: float) -> bool:
    """Whether an agreement of two numbers means something: rounding is small beside them.

    Where both are 0, it has to be small beside the scale, that of what adds up to 0.
    """
    noise = SAFETY * (x[1] + y[1])
    return noise <= 1e-6 * max(abs(x[0]), abs(y[0])) or (x[0] == y[0] == 0.0 and noise <= 1e-9 * scale) or noise == 0.0


def rounds(claimed: float, true: float, digits: float = FEWEST_DIGITS) -> bool:
    """Whether ``claimed`` is ``true`` rounded or cut off to so many significant digits, or as close to it as that.

    It may be written with more digits, which come from intermediate results that were rounded.
    """
    if true == 0.0 or claimed == 0.0:
        return False
    exact, digits = Decimal(repr(true)), int(min(digits, MOST_DIGITS))
    unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    up = (exact / unit * HALVES_ROUND_UP).quantize(Decimal(1), ROUND_HALF_UP) * unit
    down = (exact / unit).quantize(Decimal(1), ROUND_DOWN) * unit
    slack = abs(true) * 0.5 * 10.0**-digits
    ends = sorted((float(up), float(down), true - slack, true + slack))
    return ends[0] - abs(true) * 1e-14 <= claimed <= ends[-1] + abs(true) * 1e-14


def _is_single(number: Any) -> bool:
    return getattr(getattr(number, "dtype", None), "itemsize", 8) < 8


def _digits(text: str) -> int:
    """How many significant digits a number is written with; the zeros at the end of a whole number may be none."""
    mantissa = text.lower().split("e")[0]
    digits = re.sub(r"\D", "", mantissa).lstrip("0")
    return len(digits if "." in mantissa else digits.rstrip("0"))
