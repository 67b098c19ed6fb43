"""What a person claims: a number, a formula or a Python function, and how accurate its value at a point is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from autograd.errors import OperationError
from autograd.formula import Formula, FormulaError
from autograd.noise import rounding_noise
from autograd.operation import real_number
from autograd.value import Value
from autograd.verifying.function import Point
from autograd.verifying.written import says_undefined

FEWEST_DIGITS = 3  # to which a number with as many or more agrees: the others may come from rounding on the way
MOST_DIGITS = 15  # that floats can tell apart
HALVES_ROUND_UP = Decimal(1) + Decimal("1e-12")  # even one that floats put just below
EXACT = 1e-11  # relative: two results of floating-point arithmetic that are this close are the same number
LOOSE = 1e-9  # the same, where what happened inside is not known
SINGLE = 1e-6  # the same, of numbers in single precision
SAFETY = 8.0  # times the estimate of what rounding can do

_KINKED = re.compile(
    r"[<>|]|==|!=|\b(abs|absolute|fabs|sign|sgn|signum|where|clip|maximum|minimum|max|min|\w*relu|elu|heaviside)\b",
    re.I,
)

_DECIMAL = re.compile(r"\d+\.\d+")

Measured = tuple[float, float]  # a number, and how far rounding may have taken it


class Claim:
    """One claimed number or formula. ``text`` is how it was written; ``is_number`` holds for the given point only.

    ``undefined`` is the claim that there is no derivative.
    """

    def __init__(self, given: Any, names: tuple[str, ...], steps: Mapping[str, Formula]) -> None:
        self.given = given
        self.steps = steps
        self.names = names
        self.digits: float = math.inf  # significant ones, without the zeros at the end of a whole number
        self.longest: float = math.inf  # with them
        self.formula: Callable[..., Any] | None = None
        self.number = math.nan
        self.noise = 0.0
        self.read: Formula | None = None
        self.undefined = isinstance(given, str) and says_undefined(given)
        if isinstance(given, str):
            self.text = given.strip()
        else:
            self.text = getattr(given, "__name__", "a function")
        if self.undefined:
            return
        if isinstance(given, str):
            self._take(Formula(given, (*names, *steps)))
        elif isinstance(given, Formula):
            self.text = given.text
            self._take(given)
        elif callable(given):
            self.formula = given
        else:
            self.number = real_number(given)
            if _is_single(given):
                self.number = float(f"{self.number:.7g}")  # as it would be written
            self.text = repr(self.number).removesuffix(".0") if isinstance(given, float) else str(given)
            self.digits, self.longest = _digits(repr(self.number).removesuffix(".0"))
            self.noise = SINGLE * abs(self.number) if _is_single(given) else 0.0
        if self.is_number and not math.isfinite(self.number):
            raise ValueError(f"the claim {self.text} is not a finite number")

    def _take(self, formula: Formula) -> None:
        for variable in formula.variables:
            if variable not in self.names and variable not in self.steps:
                known = ", ".join((*self.names, *self.steps))
                message = f"the claim uses {variable}; the variables are: {known}"
                raise FormulaError(message, formula.text, *formula.place_of(variable))
        self.read = formula
        if formula.variables:
            self.formula = formula
            return
        try:
            self.number = real_number(formula.evaluate({}))
        except OperationError as error:
            raise FormulaError(f"the claim has no value: {error}", formula.text, 0, len(formula.text)) from None
        if formula.literal:
            self.digits, self.longest = _digits(formula.literal)

    @property
    def members(self) -> tuple[Claim, ...]:
        """The claims that it is made of: itself."""
        return (self,)

    @property
    def reading(self) -> str:
        """How it was read; empty where that is how it was written."""
        if self.read is None or self.read.as_typed:
            return ""
        return "; ".join((self.read.reading, *self.read.notes))

    @property
    def otherwise(self) -> Iterator[tuple[str, Claim]]:
        """The same claim in the other readings of its text, each with what the text means there."""
        for other in self.read.alternatives if self.read else ():
            yield other.told, Claim(other.formula, self.names, self.steps)

    @property
    def has_kinks(self) -> bool:
        """Whether it may change its form from one place to another."""
        return not isinstance(self.formula, Formula) or bool(_KINKED.search(self.formula.reading))

    @property
    def coarsest(self) -> int:
        """The fewest digits of a decimal number in a formula, which may be a rounded one; 0 where there is none."""
        decimals = _DECIMAL.findall(self.formula.reading) if isinstance(self.formula, Formula) else ()
        return min((_digits(decimal)[0] for decimal in decimals), default=0)

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


class Chain:
    """Claims with equal signs between them: all of them are to be right."""

    def __init__(self, given: str, members: Sequence[Claim]) -> None:
        self.given = given
        self.text = " = ".join(member.text for member in members)
        self.members = tuple(members)

    @property
    def undefined(self) -> bool:
        """Whether all that is claimed is that there is no derivative."""
        return all(member.undefined for member in self.members)

    @property
    def reading(self) -> str:
        """How it was read; empty where that is how it was written."""
        if not any(member.reading for member in self.members):
            return ""
        return " = ".join(member.reading or member.text for member in self.members)

    @property
    def otherwise(self) -> Iterator[tuple[str, Chain]]:
        """The same chain with one of its members in another reading."""
        for i, member in enumerate(self.members):
            for told, other in member.otherwise:
                yield told, Chain(self.given, [*self.members[:i], other, *self.members[i + 1 :]])


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


def rounds(claimed: float, true: float, digits: float = FEWEST_DIGITS, cut: bool = True) -> bool:
    """Whether ``claimed`` is ``true`` rounded or cut off to so many significant digits, or as close to it as that.

    It may be written with more digits, which come from intermediate results that were rounded.
    """
    if true == 0.0 or claimed == 0.0:
        return False
    exact, digits = Decimal(repr(true)), int(min(digits, MOST_DIGITS))
    unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    up = (exact / unit * HALVES_ROUND_UP).quantize(Decimal(1), ROUND_HALF_UP) * unit
    down = (exact / unit).quantize(Decimal(1), ROUND_DOWN) * unit if cut else up
    slack = abs(true) * 0.5 * 10.0**-digits
    ends = sorted((float(up), float(down), true - slack, true + slack))
    return ends[0] - abs(true) * 1e-14 <= claimed <= ends[-1] + abs(true) * 1e-14


def _is_single(number: Any) -> bool:
    return getattr(getattr(number, "dtype", None), "itemsize", 8) < 8


def _digits(text: str) -> tuple[int, int]:
    """How many significant digits a number is written with: without the zeros that may be none, and with them."""
    mantissa = text.lower().split("e")[0]
    digits = re.sub(r"\D", "", mantissa).lstrip("0")
    return len(digits if "." in mantissa else digits.rstrip("0")), len(digits)
