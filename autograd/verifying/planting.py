"""How a mistake is planted: the place in the graph, what its derivative becomes, and the words for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.verifying.tracing import Seeds, Trace, read_out, written_out

Tangents = Sequence[float]
Tangent = Callable[[Trace, Tangents], float]


class Example(NamedTuple):
    """An answer that shows a mistake: the derivative of a function by a variable is claimed to be this."""

    function: str
    variable: str
    claimed: str


class Words(NamedTuple):
    """What is said of a mistake: the message, what stands in the claim, and what should."""

    message: str
    stands: str
    should: str


@dataclass(frozen=True)
class Mistake:
    """One thing done wrong at one node: what its derivative becomes, and how to say it."""

    code: str
    level: str  # its place in the ranking
    node: int
    operand: int | None  # the edge; None where the whole node is meant
    tangent: Tangent
    describe: Callable[[], Words]

    @property
    def message(self) -> str:
        """What went wrong, in words."""
        return self.describe().message

    def edge(self, trace: Trace) -> str:
        """The edge as "node -> operand", both as formulas; empty where there is none."""
        if self.operand is None:
            return ""
        return f"{trace.parts[self.node]} -> {trace.parts[trace.operands[self.node][self.operand]]}"


@dataclass(frozen=True)
class Place:
    """A node where a mistake can be made, with the operands that depend on what one differentiates by."""

    trace: Trace
    node: int
    active: Sequence[int]
    seeds: Seeds

    @property
    def name(self) -> str:
        """The operation of the node."""
        operation = self.trace.nodes[self.node].operation
        return operation.name if operation else ""

    @property
    def shown(self) -> str:
        """The node as mathematics."""
        return self.trace.shown[self.node]

    @property
    def operands(self) -> tuple[int, ...]:
        """The nodes of the operands."""
        return self.trace.operands[self.node]

    def operand(self, k: int) -> str:
        """An operand as mathematics."""
        return self.trace.shown[self.operands[k]]

    def should(self, k: int) -> str:
        """The local derivative of an edge as it should be, in Python's notation."""
        return written_out(self.trace.local_derivatives[self.node][k])

    def local(self, k: int) -> str:
        """The same as mathematics."""
        return read_out(self.trace.local_derivatives[self.node][k])

    def partial(self, k: int) -> str:
        """The name of a local derivative, such as ∂sin(z)/∂z."""
        return f"∂{_bracketed(self.shown)}/∂{_bracketed(self.operand(k))}"


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"\w+(\(\w+\))?", text) else f"({text})"


@dataclass(frozen=True)
class Kind:
    """A kind of mistake: its code, what it is in words, how it is planted at a place, and an example that shows it."""

    code: str
    what: str
    plant: Callable[[Place], Iterator[Mistake]]
    example: Example


def others(trace: Trace, tangents: Tangents, node: int, operand: int) -> float:
    """What the other operands contribute to the derivative of a node."""
    terms = (
        trace.partials[node][k] * tangents[trace.operands[node][k]]
        for k in trace.edges[node]
        if k != operand and tangents[trace.operands[node][k]] != 0.0
    )
    return sum(terms)


def on_edge(node: int, operand: int, factor: Callable[[Trace], float]) -> Tangent:
    """The derivative of a node with another local derivative on one of its edges."""

    def tangent(trace: Trace, tangents: Tangents) -> float:
        return others(trace, tangents, node, operand) + factor(trace) * tangents[trace.operands[node][operand]]

    return tangent
