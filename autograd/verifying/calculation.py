"""Slips of calculation: the formula is right and the number is not, as far as one can guess."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from autograd.notation import number, text
from autograd.notation.tree import PI, Call, Expression, Number, Product, Quotient, parts, rebuilt
from autograd.notation.tree import number as whole
from autograd.verifying.planting import Example
from autograd.verifying.suspects import Diagnosis, Inquiry, Suspect
from autograd.verifying.textbook import derivative
from autograd.verifying.tracing import Trace
from autograd.verifying.trees import differentiated_by, value_at

ANGLES = ("sin", "cos", "tan")
INVERSES = ("asin", "acos", "atan", "atan2")
LOGARITHMS = {"log": "ln", "log10": "log₁₀", "log2": "log₂"}
SHORT = 10_000  # as whole numbers, units of the last digit: what people multiply and add by hand
SHORT_DECIMALS = (1, 10, 100, 1000)
HALF_TURN = whole(180)


def _changed(tree: Expression, change: Callable[[Call], Expression]) -> Expression:
    """The tree with every function in it changed."""
    inner = rebuilt(tree, tuple(_changed(part, change) for part in parts(tree)))
    return change(inner) if isinstance(inner, Call) else inner


def _in_degrees(call: Call) -> Expression:
    if call.function in ANGLES:
        return Call(call.function, (Quotient(Product((call.operands[0], PI)), HALF_TURN),))
    return Quotient(Product((call, HALF_TURN)), PI) if call.function in INVERSES else call


def _to_base(was: str, to: str) -> Callable[[Call], Expression]:
    return lambda call: Call(to, call.operands) if call.function == was else call


def _degrees(inquiry: Inquiry) -> Iterator[Suspect]:
    for form in inquiry.forms[-1:]:
        changed = _changed(form, _in_degrees)
        if changed != form:
            message = "perhaps the calculator was in degrees: angles are in radians"
            yield _suspect(inquiry, "degrees", changed, "degrees", message)


def _log_base(inquiry: Inquiry) -> Iterator[Suspect]:
    """Another base in the derivative, and another in the function, before it is differentiated."""
    for was, is_called in LOGARITHMS.items():
        for to, stands in LOGARITHMS.items():
            if was == to:
                continue
            message = f"{stands} stands where {is_called} belongs: the base of the logarithm is another"
            for form in _with_another_base(inquiry, _to_base(was, to)):
                yield _suspect(inquiry, "log-base", form, "log-base", message)


def _with_another_base(inquiry: Inquiry, change: Callable[[Call], Expression]) -> Iterator[Expression]:
    for form in inquiry.forms:
        if (changed := _changed(form, change)) != form:
            yield changed
    if inquiry.is_derived or inquiry.function is None:
        return
    if (changed := _changed(inquiry.function, change)) != inquiry.function:
        yield derivative(changed, differentiated_by(inquiry.trace, inquiry.seeds))


def _decimal(inquiry: Inquiry) -> Iterator[Suspect]:
    if inquiry.claim.is_number:
        for places in (1, -1, 2, -2, 3, -3):
            many = "one place" if abs(places) == 1 else f"{abs(places)} places"
            message = f"perhaps the decimal point: it is {many} too far to the {'right' if places > 0 else 'left'}"
            factor = 10.0**places
            yield Suspect(
                "decimal",
                lambda t, factor=factor: factor * inquiry.right(t),  # type: ignore[misc]
                lambda message=message: Diagnosis("decimal", message),  # type: ignore[misc]
            )


def _arithmetic(inquiry: Inquiry) -> Iterator[Suspect]:
    """One product or sum of the evaluation that came out as a number that looks like it."""
    if not inquiry.claim.is_number:
        return
    for form in inquiry.forms[-2:]:
        for part in _computed(form):
            right = value_at(part, inquiry.trace, inquiry.seeds)
            for wrong in _misreckoned(right, inquiry.claim.digits if part == form else math.inf):
                yield _miscalculated(inquiry, form, part, right, wrong)


def _miscalculated(inquiry: Inquiry, form: Expression, part: Expression, right: float, wrong: float) -> Suspect:
    instead = _replaced(form, part, Number(Fraction(repr(wrong))))

    def describe() -> Diagnosis:
        given = "" if part == form else f", and {number(wrong)} gives this answer"
        message = f"the formula may be right, and this miscalculated: {text(part)} is {number(right)}{given}"
        return Diagnosis("arithmetic", message)

    return Suspect("arithmetic", lambda t: value_at(instead, t, inquiry.seeds), describe)


def _computed(tree: Expression) -> Iterator[Expression]:
    """The parts that have to be computed."""
    if parts(tree):
        yield tree
    for part in parts(tree):
        yield from _computed(part)


def _replaced(tree: Expression, part: Expression, instead: Expression) -> Expression:
    if tree == part:
        return instead
    return rebuilt(tree, tuple(_replaced(inner, part, instead) for inner in parts(tree)))


def _misreckoned(right: float, digits: float) -> Iterator[float]:
    """Numbers that look like a right one: a digit off by one, a carry lost, two digits exchanged."""
    if not math.isfinite(right) or right == 0.0:
        return
    own = Fraction(repr(right)).denominator
    if own not in SHORT_DECIMALS and math.isinf(digits):
        return  # nobody computes with all the digits of such a number in the head
    unit = Fraction(1, own) if own in SHORT_DECIMALS else Fraction(10) ** _last(right, digits)
    count = round(abs(Fraction(right)) / unit)
    if not 10 <= count < SHORT:
        return
    shown = str(count)
    swapped = {shown[:i] + shown[i + 1] + shown[i] + shown[i + 2 :] for i in range(len(shown) - 1)}
    near = {count + sign * step * 10**k for k in range(len(shown)) for step in (1, 2) for sign in (1, -1)}
    for wrong in sorted({*map(int, swapped), *near} - {count, 0}):
        yield math.copysign(float(wrong * unit), right)


def _last(right: float, digits: float) -> int:
    """The place of the last of so many significant digits, as a power of ten."""
    return math.floor(math.log10(abs(right))) + 1 - int(min(digits, 4))


def _suspect(inquiry: Inquiry, level: str, tree: Expression, code: str, message: str) -> Suspect:
    def wrong(t: Trace) -> float:
        return value_at(tree, t, inquiry.seeds)

    return Suspect(level, wrong, lambda: Diagnosis(code, message))


@dataclass(frozen=True)
class Calculation:
    """A kind of slip of calculation, with the example that shows it."""

    code: str
    what: str
    suspects: Callable[[Inquiry], Iterator[Suspect]]
    example: Example


CALCULATION = (
    Calculation("log-base", "another base of the logarithm", _log_base, Example("x*log(x)", "x", "log10(x) + 1")),
    Calculation("degrees", "the calculator is in degrees", _degrees, Example("x*sin(y)", "x", "sin(y*pi/180)")),
    Calculation("decimal", "the decimal point is misplaced", _decimal, Example("x**2*y", "x", "18.2")),
    Calculation(
        "arithmetic", "a product or sum is off, or digits exchanged", _arithmetic, Example("x**3", "x", "5.70")
    ),
)


def suspects(inquiry: Inquiry) -> Iterator[Suspect]:
    """All of them, for one claim."""
    for calculation in CALCULATION:
        yield from calculation.suspects(inquiry)
