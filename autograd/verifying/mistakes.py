"""Planted mistakes: the chain rule over a recorded graph, with one thing done as people do it wrong.

A mistake changes the derivative of one node, given those of its operands; the derivative of the output changes with
it. Each kind below yields its mistakes for a graph; diagnosing tries them all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autograd.errors import OperationError
from autograd.symbol import symbolic
from autograd.verifying.neighbours import NEIGHBOURS, Neighbour
from autograd.verifying.tracing import Seeds, Trace, read_out, written_out

Tangents = Sequence[float]


@dataclass(frozen=True)
class Mistake:
    """One thing done wrong at one node: what its derivative becomes, and how to say it."""

    code: str
    node: int
    operand: int | None  # the edge; None where the whole node is meant
    tangent: Callable[[Trace, Tangents], float]
    message: str
    stands: str  # what the person took the local derivative for
    should: str
    rank: float  # the lower, the more likely

    def edge(self, trace: Trace) -> str:
        """The edge as "node -> operand", both as formulas; empty where there is none."""
        if self.operand is None:
            return ""
        return f"{trace.parts[self.node]} -> {trace.parts[trace.operands[self.node][self.operand]]}"


def mistakes(trace: Trace, seeds: Seeds) -> list[Mistake]:
    """Every mistake that can be made on the way from the output to one node."""
    depends = trace.depends(seeds)
    kinds = (_signs, _left_out, _inner_left_out, _misplaced, _paths, _neighbours, _products, _quotients, _copies)
    found: list[Mistake] = []
    for node in range(len(trace.nodes)):
        if trace.nodes[node].operation is None or node in seeds:
            continue
        active = [k for k in trace.edges[node] if depends[trace.operands[node][k]]]
        for kind in kinds:
            found.extend(kind(trace, node, active, seeds))
    return found


def _others(trace: Trace, tangents: Tangents, node: int, operand: int) -> float:
    """What the other operand contributes to the derivative of a node."""
    terms = (
        trace.partials[node][k] * tangents[trace.operands[node][k]]
        for k in trace.edges[node]
        if k != operand and tangents[trace.operands[node][k]] != 0.0
    )
    return sum(terms)


def _on_edge(node: int, operand: int, factor: Callable[[Trace], float]) -> Callable[[Trace, Tangents], float]:
    """The derivative of a node with another local derivative on one of its edges."""

    def tangent(trace: Trace, tangents: Tangents) -> float:
        return _others(trace, tangents, node, operand) + factor(trace) * tangents[trace.operands[node][operand]]

    return tangent


def _signs(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    for k in active:
        derivative = trace.local_derivatives[node][k]
        should, partial = written_out(derivative), trace.partials[node][k]
        lost = should.startswith("-")
        what = "minus is lost" if lost else "sign is flipped"
        yield Mistake(
            "sign",
            node,
            k,
            _on_edge(node, k, lambda t, k=k: -t.partials[node][k]),  # type: ignore[misc]
            f"the {what}: {_partial(trace, node, k)} is {read_out(derivative)}",
            written_out(-derivative),
            should,
            1.0 if lost else 1.5 if partial < 0.0 else 2.1,
        )


def _left_out(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    for k in active:
        should = written_out(trace.local_derivatives[node][k])
        if should not in ("1", "-1"):
            yield Mistake(
                "missing-factor",
                node,
                k,
                _on_edge(node, k, lambda t: 1.0),
                f"the factor {read_out(trace.local_derivatives[node][k])} is missing: it is {_partial(trace, node, k)}",
                "1",
                should,
                2.0,
            )


def _inner_left_out(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    """The chain rule stopped at this node: its own derivative was taken to be 1."""
    single = len(active) == 1 and trace.operands[node][active[0]] in seeds
    output = node == len(trace.nodes) - 1
    if active and not single and not output:  # with a single edge to the variable it is the factor of that edge
        yield Mistake(
            "missing-factor",
            node,
            active[0],
            lambda t, tangents: 1.0,
            f"the inner derivative, that of {trace.shown[node]}, is missing",
            "1",
            "the derivative of " + trace.parts[node],
            2.0,
        )


def _misplaced(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    """The outer derivative of a chain, taken at the variable or at the inner derivative."""
    operands = trace.operands[node]
    operation = trace.nodes[node].operation
    if len(operands) != 1 or not active or operation is None or operands[0] in seeds:
        return
    inner, should = operands[0], written_out(trace.local_derivatives[node][0])

    def outer(x: float) -> float:
        try:
            return operation.derivative(0, operation.evaluate(x), x)  # type: ignore[no-any-return]
        except (OperationError, ArithmeticError, ValueError):
            return math.nan

    variable = trace.shown[seeds[0]]
    yield Mistake(
        "wrong-rule",
        node,
        0,
        lambda t, tangents: outer(t.values[seeds[0]]) * tangents[inner],
        f"the outer derivative stands at {variable}, not at {trace.shown[inner]}",
        f"{operation.name}′({variable})",
        should,
        2.4,
    )
    yield Mistake(
        "wrong-rule",
        node,
        0,
        lambda t, tangents: outer(tangents[inner]),
        f"the inner derivative stands inside the outer one: f(g)′ is f′(g)·g′, not f′(g′), at {trace.shown[node]}",
        f"{operation.name}′ of the inner derivative",
        should,
        2.4,
    )


def _paths(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    if len(active) < 2:
        return
    for k in active:
        yield Mistake(
            "missing-path",
            node,
            k,
            _on_edge(node, k, lambda t: 0.0),
            f"{trace.shown[seeds[0]]} is used twice, and the path through {_operand(trace, node, k)} was not added",
            "0",
            written_out(trace.local_derivatives[node][k]),
            1.8,
        )


def _neighbours(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    operation = trace.nodes[node].operation
    for neighbour in NEIGHBOURS.get(operation.name if operation else "", ()):
        k = neighbour.operand
        if k in active:
            yield Mistake(
                neighbour.code,
                node,
                k,
                _on_edge(node, k, lambda t, neighbour=neighbour: _value(neighbour, t, node)),  # type: ignore[misc]
                f"{neighbour.message}, at {trace.shown[node]}",
                _text(neighbour, trace, node),
                written_out(trace.local_derivatives[node][k]),
                2.9 if not neighbour.common else 0.9 if neighbour.code == "wrong-rule" else 1.9,
            )


def _value(neighbour: Neighbour, trace: Trace, node: int) -> float:
    try:
        found = neighbour.rule(trace.values[node], *(trace.values[operand] for operand in trace.operands[node]))
        return found if isinstance(found, float) else math.nan  # a negative number to a fraction is complex
    except (OperationError, ArithmeticError, ValueError):
        return math.nan


def _text(neighbour: Neighbour, trace: Trace, node: int) -> str:
    numbers = (trace.symbols[number] for number in (trace.nodes[node], *trace.nodes[node].parents))
    return written_out(symbolic(neighbour.rule(*numbers)))


def _products(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    operation = trace.nodes[node].operation
    if operation and operation.name == "multiply" and len(active) == 2:
        a, b = trace.operands[node]
        yield Mistake(
            "wrong-rule",
            node,
            0,
            lambda t, tangents: tangents[a] * tangents[b],
            f"(u·v)′ is u′·v + u·v′, not u′·v′, at {trace.shown[node]}",
            "u′·v′",
            "u′·v + u·v′",
            1.85,
        )

        yield Mistake(
            "wrong-rule",
            node,
            0,
            lambda t, tangents: tangents[a] + tangents[b],
            f"(u·v)′ is u′·v + u·v′, not u′ + v′, at {trace.shown[node]}",
            "u′ + v′",
            "u′·v + u·v′",
            2.4,
        )
    if operation and operation.name == "power" and len(active) == 2:
        yield Mistake(
            "missing-factor",
            node,
            0,
            lambda t, tangents: _quotient(_others(t, tangents, node, -1), t.values[node]),
            f"the power itself is missing: this is the derivative of the logarithm of {trace.shown[node]}",
            "(v·log(u))′",
            "u**v · (v·log(u))′",
            2.0,
        )


def _quotient(x: float, y: float) -> float:
    return x / y if y else math.nan


def _quotients(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    operation = trace.nodes[node].operation
    if not operation or operation.name != "divide" or len(active) < 2:
        return
    a, b = trace.operands[node]
    wrong: list[tuple[str, Callable[[float, float, float, float], float], str]] = [
        ("u′/v′", lambda u, v, du, dv: du / dv, "numerator and denominator were differentiated apart"),
        ("(u·v′ - u′·v)/v²", lambda u, v, du, dv: (u * dv - du * v) / (v * v), "the terms above are exchanged"),
        ("(u′·v - u·v′)/v", lambda u, v, du, dv: (du * v - u * dv) / v, "the denominator is not squared"),
        ("u′·v - u·v′", lambda u, v, du, dv: du * v - u * dv, "the denominator is missing"),
        ("(u′·v + u·v′)/v²", lambda u, v, du, dv: (du * v + u * dv) / (v * v), "a plus stands for the minus"),
        ("(u′·v - u·v′)/u²", lambda u, v, du, dv: (du * v - u * dv) / (u * u), "the numerator was squared below"),
    ]
    for text, rule, message in wrong:

        def tangent(t: Trace, tangents: Tangents, rule: Callable[..., float] = rule) -> float:
            try:
                return rule(t.values[a], t.values[b], tangents[a], tangents[b])
            except ZeroDivisionError:
                return math.nan

        yield Mistake(
            "wrong-rule",
            node,
            0,
            tangent,
            f"{message}: (u/v)′ is (u′·v - u·v′)/v², not {text}, at {trace.shown[node]}",
            text,
            "(u′·v - u·v′)/v²",
            0.9,
        )


def _copies(trace: Trace, node: int, active: Sequence[int], seeds: Seeds) -> Iterator[Mistake]:
    """A part that was copied, where its derivative belongs."""
    operation = trace.nodes[node].operation
    if active:
        yield Mistake(
            "undifferentiated",
            node,
            None,
            lambda t, tangents: t.values[node],
            f"{trace.shown[node]} was copied, not differentiated",
            trace.parts[node],
            "its derivative",
            2.6,
        )
    if operation and operation.name in ("add", "subtract"):
        for k, operand in enumerate(trace.operands[node]):
            leaf = trace.nodes[operand].operation is None
            if leaf or k not in active:
                term = trace.parts[operand]
                yield Mistake(
                    "undifferentiated",
                    node,
                    k,
                    lambda t, tangents, k=k, operand=operand: (  # type: ignore[misc]
                        _others(t, tangents, node, k) + t.partials[node][k] * t.values[operand]
                    ),
                    f"{trace.shown[operand]} was copied, not differentiated",
                    term,
                    "1" if operand in seeds else "0",
                    2.6,
                )


def _operand(trace: Trace, node: int, operand: int) -> str:
    return trace.shown[trace.operands[node][operand]]


def _partial(trace: Trace, node: int, operand: int) -> str:
    """The name of a local derivative, such as ∂sin(z)/∂z."""
    return f"∂{_bracketed(trace.shown[node])}/∂{_bracketed(_operand(trace, node, operand))}"


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"\w+(\(\w+\))?", text) else f"({text})"
