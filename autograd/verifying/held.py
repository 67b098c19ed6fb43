"""What is constant was differentiated, too: the derivatives of other variables, where they are to be held constant."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from autograd.verifying.planting import Example, Kind, Mistake, Place, Words
from autograd.verifying.tracing import Trace

Combine = Callable[[float, float, float, float], float]  # of u, its derivative, c, and the derivative of that


def _constant_operand(place: Place) -> int | None:
    """The operand that depends on other variables alone, where the other one depends on what one differentiates by."""
    if len(place.operands) != 2 or len(place.active) != 1:
        return None
    other = 1 - place.active[0]
    node = place.trace.nodes[place.operands[other]]
    return None if node.is_constant or _along(place.trace, place.operands[other]) == 0.0 else other


def _along(trace: Trace, node: int) -> float:
    """The derivatives of a node by all variables, added up: as if each of them were the one in question."""
    return sum(trace.tangents((leaf,))[node] for leaf in trace.inputs.values() if leaf is not None)


def _outermost(trace: Trace, node: int) -> float:
    """The derivative of a function by what it is taken of, without the inner one."""
    return trace.partials[node][0] if len(trace.operands[node]) == 1 else _along(trace, node)


def _planted(
    operation: str, combine: Combine, message: str, slope: Callable[[Trace, int], float] = _along
) -> Callable[[Place], Iterator[Mistake]]:
    def plant(place: Place) -> Iterator[Mistake]:
        constant = _constant_operand(place) if place.name == operation else None
        if constant is None:
            return
        u, c = place.operands[1 - constant], place.operands[constant]

        def describe() -> Words:
            shown = place.trace.shown[c]
            return Words(
                message.format(constant=shown), f"the derivative of {place.trace.parts[c]}", place.trace.parts[c]
            )

        yield Mistake(
            "as-variable",
            "variable",
            place.node,
            1 - constant,
            lambda t, tangents: combine(t.values[u], tangents[u], t.values[c], slope(t, c)),
            describe,
        )

    return plant


HELD: tuple[Kind, ...] = (
    Kind(
        "as-variable",
        "a constant factor was differentiated, too",
        _planted(
            "multiply",
            lambda u, du, c, dc: du * dc,
            "{constant} was differentiated: it is constant here, and stays a factor",
        ),
        Example("x**2*y**3", "x", "6*x*y**2"),
    ),
    Kind(
        "as-variable",
        "a constant factor was differentiated by what it is a function of",
        _planted(
            "multiply",
            lambda u, du, c, dc: du * dc,
            "{constant} was differentiated: it is constant here, and stays a factor",
            _outermost,
        ),
        Example("y*sin(x*z)", "y", "cos(x*z)"),
    ),
    Kind(
        "as-variable",
        "a constant denominator was differentiated, too",
        _planted(
            "divide",
            lambda u, du, c, dc: du / dc if dc else math.nan,
            "{constant} was differentiated: it is constant here, and stays below",
        ),
        Example("log(x)/log(y)", "x", "y/x"),
    ),
    Kind(
        "as-variable",
        "the product rule was used on a constant factor",
        _planted(
            "multiply",
            lambda u, du, c, dc: du * c + u * dc,
            "the product rule was used on {constant}: it is constant here, so there is no second term",
        ),
        Example("x**2*y + sin(x)", "x", "2*x*y + x**2 + cos(x)"),
    ),
    Kind(
        "as-variable",
        "a constant term was differentiated, too",
        _planted(
            "add",
            lambda u, du, c, dc: du + dc,
            "{constant} was differentiated: it is constant here, so its derivative is 0",
        ),
        Example("x**2*y + z**3", "x", "2*x*y + 3*z**2"),
    ),
)
