"""Mistakes that are not made at one place of the graph: another derivative, a copy, a sign or a factor of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from autograd.verifying.planting import Example
from autograd.verifying.ranking import LIKELY
from autograd.verifying.suspects import Diagnosis, Inquiry, Suspect
from autograd.verifying.tracing import Trace, Wanted

SIMPLE = 12  # the largest numerator and denominator of a simple factor


def _sign(inquiry: Inquiry) -> Iterator[Suspect]:
    yield _suspect("whole sign", lambda t: -inquiry.right(t), "sign", "the sign of the whole is flipped")


def _swapped(inquiry: Inquiry) -> Iterator[Suspect]:
    for other in inquiry.wanted[1:]:
        message = f"this is the derivative with respect to {other.name}"
        yield _suspect("swapped", _by(inquiry, other), "swapped", message)


def _by(inquiry: Inquiry, other: Wanted) -> Callable[[Trace], float]:
    return lambda t: inquiry.derivative(t, other)


def _as_variables(inquiry: Inquiry) -> Iterator[Suspect]:
    """The derivatives by others added: by one, or by all. Of a step and what it is made of, one is no other."""
    others = [other for other in inquiry.wanted[1:] if _apart(inquiry.trace, inquiry.wanted[0], other)]
    for along in [*([other] for other in others), *([others] if len(others) > 1 else [])]:
        names = ", ".join(other.name for other in along)
        verb = "is" if len(along) == 1 else "are"
        message = f"the function was differentiated by {names}, too: {names} {verb} held constant here"
        yield _suspect("variable", _total(inquiry, along), "as-variable", message)


def _apart(trace: Trace, one: Wanted, other: Wanted) -> bool:
    """Whether neither of two steps or variables is computed from the other."""
    first, second = one.within(trace) or (), other.within(trace) or ()
    below, above = trace.depends(first, at_all=True), trace.depends(second, at_all=True)
    return not any(below[node] for node in second) and not any(above[node] for node in first)


def _total(inquiry: Inquiry, along: Sequence[Wanted]) -> Callable[[Trace], float]:
    return lambda t: inquiry.right(t) + sum(inquiry.derivative(t, other) for other in along)


def _held(inquiry: Inquiry) -> Iterator[Suspect]:
    name = inquiry.wanted[0].name
    message = f"{name} was held constant: the function is to be differentiated by it"
    yield _suspect("constant", lambda t: 0.0, "as-constant", message)


def _copied(inquiry: Inquiry) -> Iterator[Suspect]:
    trace = inquiry.trace
    for node in reversed(range(len(trace.nodes))):
        leaf = trace.nodes[node].operation is None
        # A number may equal an input's by chance.
        if trace.nodes[node].is_constant or (leaf and inquiry.claim.is_number):
            continue
        what = "the value of the function" if node == len(trace.nodes) - 1 else f"the value of {trace.shown[node]}"
        message = f"this is {what}, not a derivative"
        yield _suspect("copy", _value(node), "undifferentiated", message, trace.parts[node])


def _value(node: int) -> Callable[[Trace], float]:
    return lambda t: t.values[node]


def _factor(inquiry: Inquiry) -> Iterator[Suspect]:
    claimed, true = inquiry.compared[0].claimed[0], inquiry.compared[0].true[0]
    if claimed == 0.0 or true == 0.0 or not 1e-3 < abs(claimed / true) < 1e3:
        return
    factor = Fraction(claimed / true).limit_denominator(SIMPLE)
    if 0 < abs(factor.numerator) <= SIMPLE and factor not in (1, -1):
        message = f"this is {factor} times the right answer".replace("-", "−")
        found = _suspect("factor", lambda t: float(factor) * inquiry.right(t), "constant-factor", message)
        simple = 0.2 / (abs(factor.numerator) * factor.denominator)  # every number is about some factor times another
        yield replace(found, likely=simple * LIKELY["factor"])


def _suspect(level: str, wrong: Callable[[Trace], float], code: str, message: str, stands: str = "") -> Suspect:
    return Suspect(level, wrong, lambda: Diagnosis(code, message, stands=stands))


# With the example that shows it.
WHOLE: tuple[tuple[str, str, Callable[[Inquiry], Iterator[Suspect]], Example], ...] = (
    (
        "sign",
        "the sign of the whole is flipped",
        _sign,
        Example("sin(x)*exp(x)", "x", "-cos(x)*exp(x) - sin(x)*exp(x)"),
    ),
    ("swapped", "the derivative by another variable", _swapped, Example("x**2*y + y", "x", "x**2 + 1")),
    (
        "as-variable",
        "the function was differentiated by other variables, too",
        _as_variables,
        Example("exp(x)*y", "x", "y*exp(x) + exp(x)"),
    ),
    ("as-constant", "the variable itself was held constant", _held, Example("x*y**2", "y", "0")),
    ("undifferentiated", "the value of a part, not a derivative", _copied, Example("x**3 + y", "x", "x**3 + y")),
    ("constant-factor", "a constant factor", _factor, Example("sin(x)", "x", "5/4*cos(x)")),
)


def suspects(inquiry: Inquiry) -> Iterator[Suspect]:
    """All of them, for one claim; where nothing can have gone wrong in differentiating, a sign or a factor alone."""
    for code, _, found, _ in WHOLE:
        if code in ("sign", "constant-factor") or not inquiry.is_derived:
            yield from found(inquiry)
