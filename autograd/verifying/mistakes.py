"""Planted mistakes: the chain rule over a recorded graph, with one thing done as people do it wrong.

A mistake changes the derivative of one node, given those of its operands; the derivative of the output changes with
it. Each entry of ``PLANTED`` plants its mistakes on a graph, and has an example that shows it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from autograd.errors import OperationError
from autograd.symbol import Symbol, symbolic
from autograd.verifying.combined import COMBINED
from autograd.verifying.held import HELD
from autograd.verifying.neighbours import NEIGHBOURS, Neighbour
from autograd.verifying.planting import Example, Kind, Mistake, Place, Tangents, Words, on_edge, others
from autograd.verifying.tracing import Seeds, Trace, written_out

LINEAR = ("neg", "pos", "add", "subtract", "multiply", "divide")  # whose derivative is the same everywhere


def mistakes(trace: Trace, seeds: Seeds) -> list[Mistake]:
    """Every mistake that can be made on the way from the output to one node."""
    depends = trace.depends(seeds)
    found: list[Mistake] = []
    for node in range(len(trace.nodes)):
        if trace.nodes[node].operation is None or node in seeds:
            continue
        active = [k for k in trace.edges[node] if depends[trace.operands[node][k]]]
        place = Place(trace, node, active, seeds)
        for kind in PLANTED:
            found.extend(kind.plant(place))
        found.extend(_neighbours(place))
    return found


def _signs(place: Place) -> Iterator[Mistake]:
    node = place.node
    for k in place.active:
        derivative = place.trace.local_derivatives[node][k]
        lost = str(derivative).startswith("-") if derivative.size < 1000 else False
        level = "lost minus" if lost else "negative" if place.trace.partials[node][k] < 0.0 else "sign"

        def describe(k: int = k, lost: bool = lost) -> Words:
            what = "minus is lost" if lost else "sign is flipped"
            stands = written_out(-place.trace.local_derivatives[node][k])
            return Words(f"the {what}: {place.partial(k)} is {place.local(k)}", stands, place.should(k))

        yield Mistake("sign", level, node, k, on_edge(node, k, lambda t, k=k: -t.partials[node][k]), describe)  # type: ignore[misc]


def _left_out(place: Place) -> Iterator[Mistake]:
    for k in place.active:
        if place.should(k) not in ("1", "-1"):

            def describe(k: int = k) -> Words:
                message = f"the factor {place.local(k)} is missing: it is {place.partial(k)}"
                return Words(message, "1", place.should(k))

            tangent = on_edge(place.node, k, lambda t: 1.0)
            yield Mistake("missing-factor", "missing factor", place.node, k, tangent, describe)


def _inner_left_out(place: Place) -> Iterator[Mistake]:
    """The chain rule stopped at this node: its own derivative was taken to be 1."""
    single = len(place.active) == 1 and place.operands[place.active[0]] in place.seeds
    output = place.node == len(place.trace.nodes) - 1
    if place.active and not single and not output:  # with a single edge to the variable it is the factor of that edge

        def describe() -> Words:
            should = f"the derivative of {place.trace.parts[place.node]}"
            return Words(f"the inner derivative, that of {place.shown}, is missing", "1", should)

        yield Mistake(
            "missing-factor", "missing factor", place.node, place.active[0], lambda t, tangents: 1.0, describe
        )


def _outer(place: Place) -> Callable[[Trace, float], float] | None:
    """The outer derivative of a chain at any number; None where the node is no chain."""
    operation = place.trace.nodes[place.node].operation
    if list(place.active) != [0] or operation is None or place.name in LINEAR:
        return None

    def outer(trace: Trace, x: float) -> float:
        others = [trace.values[operand] for operand in place.operands[1:]]
        try:
            found = operation.derivative(0, operation.evaluate(x, *others), x, *others)
        except (OperationError, ArithmeticError, ValueError):
            return math.nan
        return found if isinstance(found, float) else math.nan

    return outer


def _at_the_variable(place: Place) -> Iterator[Mistake]:
    outer = _outer(place)
    if outer and place.operands[0] not in place.seeds:
        inner, variable = place.operands[0], place.trace.shown[place.seeds[0]]
        yield Mistake(
            "wrong-rule",
            "inside",
            place.node,
            0,
            lambda t, tangents: outer(t, t.values[place.seeds[0]]) * tangents[inner],
            lambda: Words(
                f"the outer derivative stands at {variable}, not at {place.operand(0)}",
                f"{place.name}′({variable})",
                place.should(0),
            ),
        )


def _at_the_inner_derivative(place: Place) -> Iterator[Mistake]:
    outer = _outer(place)
    if outer and place.operands[0] not in place.seeds:
        message = f"the inner derivative stands inside the outer one: f(g)′ is f′(g)·g′, not f′(g′), at {place.shown}"
        inner = place.operands[0]
        yield Mistake(
            "wrong-rule",
            "inside",
            place.node,
            0,
            lambda t, tangents: outer(t, tangents[inner]),
            lambda: Words(message, f"{place.name}′ of the inner derivative", place.should(0)),
        )


def _both_inside(place: Place) -> Iterator[Mistake]:
    """The outer derivative at the inner derivative, and the chain rule all the same: f′(g′)·g′."""
    outer = _outer(place)
    if outer and place.operands[0] not in place.seeds:
        inner = place.operands[0]
        message = (
            f"the outer derivative stands at the derivative of {place.operand(0)}, not at {place.operand(0)} itself"
        )
        yield Mistake(
            "wrong-rule",
            "rare",
            place.node,
            0,
            lambda t, tangents: outer(t, tangents[inner]) * tangents[inner],
            lambda: Words(message, f"{place.name}′ of the inner derivative", place.should(0)),
        )


def _at_the_result(place: Place) -> Iterator[Mistake]:
    outer = _outer(place)
    if outer:
        message = f"the derivative stands at the result {place.shown}, not at {place.operand(0)}"
        yield Mistake(
            "wrong-rule",
            "rare",
            place.node,
            0,
            on_edge(place.node, 0, lambda t: outer(t, t.values[place.node])),
            lambda: Words(message, f"{place.name}′ of the result", place.should(0)),
        )


def _paths(place: Place) -> Iterator[Mistake]:
    if len(place.active) < 2:
        return
    variable = place.trace.shown[place.seeds[0]]
    for k in place.active:

        def describe(k: int = k) -> Words:
            return Words(f"{place.path(k)} was not added: {variable} is used twice", "0", place.should(k))

        yield Mistake("missing-path", "path", place.node, k, on_edge(place.node, k, lambda t: 0.0), describe)


def _neighbours(place: Place) -> Iterator[Mistake]:
    node = place.node
    for neighbour in NEIGHBOURS.get(place.name, ()):
        k = neighbour.operand
        if k in place.active:
            tangent = on_edge(node, k, lambda t, neighbour=neighbour: _value(neighbour, t, node))  # type: ignore[misc]

            def describe(neighbour: Neighbour = neighbour, k: int = k) -> Words:
                message = f"{neighbour.message}, at {place.shown}"
                return Words(message, written_out(_symbol(neighbour, place)), place.should(k))

            yield Mistake(neighbour.code, neighbour.level, node, k, tangent, describe)


def _value(neighbour: Neighbour, trace: Trace, node: int) -> float:
    try:
        found = neighbour.rule(trace.values[node], *(trace.values[operand] for operand in trace.operands[node]))
        return found if isinstance(found, float) else math.nan  # a negative number to a fraction is complex
    except (OperationError, ArithmeticError, ValueError):
        return math.nan


def _symbol(neighbour: Neighbour, place: Place) -> Symbol:
    node = place.trace.nodes[place.node]
    numbers = (place.trace.symbols[number] for number in (node, *node.parents))
    return symbolic(neighbour.rule(*numbers))


def _copied(place: Place) -> Iterator[Mistake]:
    """A part that was copied, where its derivative belongs."""
    if place.active:
        yield Mistake(
            "undifferentiated",
            "copy",
            place.node,
            None,
            lambda t, tangents: t.values[place.node],
            lambda: Words(
                f"{place.shown} was copied, not differentiated", place.trace.parts[place.node], "its derivative"
            ),
        )


def _term_copied(place: Place) -> Iterator[Mistake]:
    """A term that was copied: a constant, whose derivative is 0, or the variable."""
    if place.name not in ("add", "subtract"):
        return
    for k, operand in enumerate(place.operands):
        constant = k not in place.active
        if constant or place.trace.nodes[operand].operation is None:
            sign = -1.0 if place.name == "subtract" and k == 1 else 1.0  # the partial of a constant is recorded as 0

            def tangent(t: Trace, tangents: Tangents, k: int = k, operand: int = operand, sign: float = sign) -> float:
                return others(t, tangents, place.node, k) + sign * t.values[operand]

            def describe(k: int = k, operand: int = operand, constant: bool = constant) -> Words:
                what = f"the term {place.operand(k)} was copied: {place.operand(k)} is constant, so its derivative is 0"
                message = what if constant else f"{place.operand(k)} was copied, not differentiated"
                return Words(message, place.trace.parts[operand], "0" if constant else "1")

            level = "constant" if constant else "copy"
            yield Mistake("undifferentiated", level, place.node, k, tangent, describe)


PLANTED: tuple[Kind, ...] = (
    Kind("sign", "a minus is lost, or a sign flipped", _signs, Example("(x + y)/z", "z", "(x + y)/z**2")),
    Kind("missing-factor", "a local derivative is left out", _left_out, Example("y*sin(x)", "x", "cos(x)")),
    Kind("missing-factor", "the inner derivative is missing", _inner_left_out, Example("sin(x**3)", "x", "cos(x**3)")),
    Kind(
        "wrong-rule",
        "the outer derivative stands at the variable",
        _at_the_variable,
        Example("sin(x**2)", "x", "2*x*cos(x)"),
    ),
    Kind(
        "wrong-rule",
        "the inner derivative stands inside the outer one",
        _at_the_inner_derivative,
        Example("cos(x**2)", "x", "-sin(2*x)"),
    ),
    Kind(
        "wrong-rule",
        "the outer derivative stands at the inner one",
        _both_inside,
        Example("cos(x**2)", "x", "-2*x*sin(2*x)"),
    ),
    Kind(
        "wrong-rule",
        "the derivative stands at the result",
        _at_the_result,
        Example("tanh(x)", "x", "1 - tanh(tanh(x))**2"),
    ),
    Kind("missing-path", "one use of the variable is not counted", _paths, Example("x*sin(x)", "x", "x*cos(x)")),
    *COMBINED,
    *HELD,
    Kind("undifferentiated", "a part is copied", _copied, Example("sin(x**3)", "x", "x**3*cos(x**3)")),
    Kind("undifferentiated", "a constant term is copied", _term_copied, Example("x**2 - 9", "x", "2*x - 9")),
)
