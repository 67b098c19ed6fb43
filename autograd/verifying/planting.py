"""How a mistake is planted: the place in the graph, what its derivative becomes, and the words for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.verifying.tracing import Seeds, Trace, read_out, written_out

Tangents = Sequence[float]
Tangent = Callable[[Trace, Tangents], float]
ROLES = {"power": ("base", "exponent"), "divide": ("numerator", "denominator")}  # of the operands


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

    @property
    def is_doubled(self) -> bool:
        """Whether both operands are the same, so that they cannot be told apart by what they are."""
        return len(self.operands) == 2 and self.operand(0) == self.operand(1)

    @property
    def is_symmetric(self) -> bool:
        """Whether nothing tells the two operands apart, as in x·x."""
        return self.is_doubled and self.local(0) == self.local(1)

    def told_apart(self, k: int) -> str:
        """An operand as mathematics; where the other one is the same, what it is here, such as "the base of x^x"."""
        role = ROLES.get(self.name, ("first operand", "second operand"))[k] if self.is_doubled else ""
        return f"the {role} of {self.shown}" if role else self.operand(k)

    def path(self, k: int) -> str:
        """The path through an operand; which one it is nobody can tell where nothing tells the operands apart."""
        return f"one of the paths to {self.shown}" if self.is_symmetric else f"the path through {self.told_apart(k)}"

    def should(self, k: int) -> str:
        """The local derivative of an edge as it should be, in Python's notation."""
        return written_out(self.trace.local_derivatives[self.node][k])

    def local(self, k: int) -> str:
        """The same as mathematics."""
        return read_out(self.trace.local_derivatives[self.node][k])

    def partial(self, k: int) -> str:
        """The name of a local derivative, such as ∂sin(z)/∂z."""
        if self.is_doubled and not self.is_symmetric:
            return f"the derivative with respect to {self.told_apart(k)}"
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
