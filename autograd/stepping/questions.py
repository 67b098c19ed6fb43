"""The usual mistakes at a node and at an edge, each with the number that comes of it and what is to be said of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from autograd import operations as table
from autograd.drawing.names import Naming
from autograd.errors import OperationError
from autograd.value import Value, as_constant
from autograd.verifying.mistakes import mistakes
from autograd.verifying.ranking import LIKELY
from autograd.verifying.tracing import Trace

Wrong = tuple[float, str]  # a number, and the mistake that gives it
MOST = 4  # at one place

ANGLES = ("sin", "cos", "tan")
NOT_COMMUTATIVE = ("subtract", "divide", "power")


def of_edge(naming: Naming, node: Value, operand: int) -> list[Wrong]:
    """The local derivatives that the usual mistakes give, as ``verify`` plants them, the likeliest first."""
    operands = [
        as_constant(parent.data) if parent.is_constant else Value(parent.data, label=naming.label(parent))
        for parent in node.parents
    ]
    assert node.operation is not None, "a leaf has no edges"
    trace = Trace(node.operation(*operands), {leaf.label: leaf for leaf in operands if not leaf.is_constant})
    seeds = (trace.nodes.index(operands[operand]),)
    planted = sorted(mistakes(trace, seeds), key=lambda mistake: -LIKELY[mistake.level])
    tangents = trace.tangents(seeds)
    return _distinct(((m.tangent(trace, tangents), m.message) for m in planted), node.partials[operand])


def of_node(node: Value) -> list[Wrong]:
    """The values that the usual mistakes in the forward pass give."""
    return _distinct(_values(node), node.data)


def _values(node: Value) -> Iterator[Wrong]:
    assert node.operation is not None, "a leaf is not computed"
    operands = [parent.data for parent in node.parents]
    kind = node.operation.name
    if kind in ANGLES:
        yield _at(node, math.radians(operands[0])), "the angle is in radians, not in degrees"
    if kind in NOT_COMMUTATIVE:
        yield _at(node, *reversed(operands)), "the operands are exchanged"
    if kind == "multiply":
        yield operands[0] + operands[1], "the operands were added, not multiplied"
    if kind == "add":
        yield operands[0] * operands[1], "the operands were multiplied, not added"
    if kind in ("power", "square"):
        yield operands[0] * ([*operands, 2.0][1]), "multiplied by the exponent: a power multiplies its base with itself"
    if kind == "log" and operands[0] > 0.0:
        yield table.log10(operands[0]), "this is the logarithm to base 10: log is the natural one, to base e"
    yield -node.data, "the sign is wrong"


def _at(node: Value, *operands: float) -> float:
    assert node.operation is not None, "a leaf is not computed"
    try:
        return node.operation(*operands)
    except OperationError:
        return math.nan


def _distinct(found: Iterator[Wrong], right: float) -> list[Wrong]:
    """The first mistake for each number: those that change nothing here, or give no number, are left out."""
    kept: list[Wrong] = []
    for number, message in found:
        wrong = math.isfinite(number) and not math.isclose(number, right, rel_tol=1e-9, abs_tol=1e-12)
        if wrong and not any(math.isclose(number, other, rel_tol=1e-9) for other, _ in kept):
            kept.append((number, message))
    return kept[:MOST]
