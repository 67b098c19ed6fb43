"""The wrong number inside: derivatives above a node that take another value for it, as if it were something else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograd.errors import OperationError
from autograd.verifying.planting import Example
from autograd.verifying.suspects import Diagnosis, Inquiry, Suspect
from autograd.verifying.tracing import Seeds, Trace

ACTIVATIONS = (
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "silu",
    "gelu",
    "softplus",
    "sin",
    "cos",
    "exp",
    "log",
    "sqrt",
)
Instead = Callable[[Trace], float]


@dataclass(frozen=True)
class Replacement:
    """A kind of mistake: what stands for a node, as number and in words, for the nodes where it can be."""

    code: str
    what: str
    level: str
    found: Callable[[Inquiry, int], Iterator[tuple[Instead, str]]]
    example: Example


def suspects(inquiry: Inquiry) -> Iterator[Suspect]:
    """Every node that has another value in the derivatives above it."""
    for node, depends in enumerate(inquiry.trace.depends(inquiry.seeds)):
        if not depends or inquiry.trace.nodes[node].operation is None or node == len(inquiry.trace.nodes) - 1:
            continue
        for replacement in REPLACEMENTS:
            for instead, message in replacement.found(inquiry, node):
                yield Suspect(
                    replacement.level,
                    lambda t, node=node, instead=instead: with_value(t, inquiry.seeds, node, instead(t)),  # type: ignore[misc]
                    lambda code=replacement.code, message=message: Diagnosis(code, message),  # type: ignore[misc]
                    node,
                )


def with_value(trace: Trace, seeds: Seeds, node: int, value: float) -> float:
    """The derivative of the output, if everything above a node took this for its value; NaN where there is none."""
    values, tangents = list(trace.values), list(trace.tangents(seeds))
    values[node] = value
    changed = {node}
    try:
        for i in range(node + 1, len(trace.nodes)):
            operands, operation = trace.operands[i], trace.nodes[i].operation
            if operation is None or changed.isdisjoint(operands):
                continue
            changed.add(i)
            known = [values[operand] for operand in operands]
            values[i] = operation.evaluate(*known)
            slopes = [(k, tangents[operands[k]]) for k in trace.edges[i] if tangents[operands[k]]]
            tangents[i] = sum(operation.derivative(k, values[i], *known) * slope for k, slope in slopes)
    except (OperationError, ArithmeticError, ValueError):
        return math.nan
    return tangents[-1]


def _before_activation(inquiry: Inquiry, node: int) -> Iterator[tuple[Instead, str]]:
    trace = inquiry.trace
    operation = trace.nodes[node].operation
    if operation and operation.name in ACTIVATIONS:
        operand = trace.operands[node][0]
        message = f"{trace.shown[operand]} stands where its {operation.name} belongs, {trace.shown[node]}"
        yield lambda t: t.values[operand], message


def _constant_dropped(inquiry: Inquiry, node: int) -> Iterator[tuple[Instead, str]]:
    trace = inquiry.trace
    operation = trace.nodes[node].operation
    if not operation or operation.name not in ("add", "subtract"):
        return
    depends = [trace.depends(inquiry.seeds)[operand] for operand in trace.operands[node]]
    if sum(depends) == 1:
        kept = depends.index(True)
        operand, constant = trace.operands[node][kept], trace.operands[node][1 - kept]
        sign = -1.0 if operation.name == "subtract" and kept == 1 else 1.0
        message = f"{trace.shown[constant]} was dropped from {trace.shown[node]}, where the outer derivative stands"
        yield lambda t: sign * t.values[operand], message


REPLACEMENTS = (
    Replacement(
        "wrong-rule",
        "the value before an activation stands for the one after it",
        "inside",
        _before_activation,
        Example("(sigmoid(w*x) - t)**2", "w", "2*(w*x - t)*sigmoid(w*x)*(1 - sigmoid(w*x))*x"),
    ),
    Replacement(
        "wrong-rule",
        "a constant is dropped from an inner function",
        "constant",
        _constant_dropped,
        Example("log(2*x + 5)", "x", "2/(2*x)"),
    ),
)
