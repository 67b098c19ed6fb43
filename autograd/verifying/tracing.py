"""One evaluation of a function, with everything that a mistake could change."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd.graph import adjoints, edges, rule_at, topological_order
from autograd.notation import as_typed, written
from autograd.recorded import as_written
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

Seeds = tuple[int, ...]  # the places of the nodes by which one differentiates
LARGE = 40  # operations; a larger part of the function is not written out
LONGEST_PART = 60  # characters of a part of the function in a message
PIECEWISE = ("abs", "sign", "relu", "leaky_relu", "elu", "maximum", "minimum")
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")


@dataclass(frozen=True)
class Wanted:
    """What to differentiate by: a variable, or a step, which is some nodes of the evaluations of one shape."""

    name: str
    nodes: Seeds = ()
    shape: Any = None

    def within(self, trace: Trace) -> Seeds | None:
        """Its nodes in an evaluation; None where they are not known."""
        if self.shape is None:
            place = trace.inputs.get(self.name)
            return () if place is None else (place,)
        return self.nodes if trace.shape == self.shape else None


class Trace:
    """One evaluation: the nodes in topological order; operands are given as places in it."""

    def __init__(self, output: Value, inputs: Mapping[str, Value]) -> None:
        self.point = {name: leaf.data for name, leaf in inputs.items()}
        self.nodes: list[Value] = topological_order(output)
        place = {node: i for i, node in enumerate(self.nodes)}
        self.inputs = {name: place.get(leaf) for name, leaf in inputs.items()}  # None: it does not occur
        self.operands = [tuple(place[parent] for parent in node.parents) for node in self.nodes]
        self.values = [node.data for node in self.nodes]
        self.edges = [tuple(operand for operand, _ in edges(node)) for node in self.nodes]
        self.partials = [node.partials for node in self.nodes]
        self._tangents: dict[Seeds, list[float]] = {}
        self._adjoints: dict[Seeds, list[float]] = {}

    @cached_property
    def shape(self) -> Any:
        """What two evaluations have in common that took the same way through a Python function."""
        operations = tuple(node.operation for node in self.nodes)
        constants = tuple(node.data for node in self.nodes if node.is_constant)
        return operations, tuple(self.operands), tuple(self.inputs.items()), constants

    @cached_property
    def branches(self) -> tuple[Any, ...]:
        """Which side of its kinks every node is on."""
        sides: list[Any] = []
        for node in self.nodes:
            if node.operation and node.operation.name in PIECEWISE:
                a, b = ([parent.data for parent in node.parents] + [0.0])[:2]
                sides.append((a > b, a < b) if node.operation.name in ("maximum", "minimum") else (a > 0.0, a < 0.0))
            elif node.operation and node.operation.name in COMPARISONS:
                sides.append(node.data)
        return tuple(sides)

    def replayed(self, values: Mapping[int, float]) -> list[Value]:
        """The nodes computed again, where some of them are other numbers; raises OperationError where there is none."""
        found: list[Value] = []
        for i, node in enumerate(self.nodes):
            if i in values:
                found.append(Value(values[i]))
            elif node.operation is None:
                found.append(node)
            else:
                found.append(node.operation(*(found[operand] for operand in self.operands[i])))
        return found

    def tangents(self, seeds: Seeds, replaced: Mapping[int, float] | None = None) -> list[float]:
        """The derivative of every node with respect to some of them; others may be replaced by other numbers."""
        if not replaced and seeds in self._tangents:
            return self._tangents[seeds]
        tangent = [0.0] * len(self.nodes)
        for i in range(len(self.nodes)):
            if i in seeds:
                tangent[i] = 1.0
            elif replaced and i in replaced:
                tangent[i] = replaced[i]
            else:
                for operand in self.edges[i]:
                    below = tangent[self.operands[i][operand]]
                    if below != 0.0:  # a derivative that does not exist matters only if it is asked for
                        tangent[i] += self.partials[i][operand] * below
        if not replaced:
            self._tangents[seeds] = tangent
        return tangent

    def adjoints(self, seeds: Seeds) -> list[float]:
        """The derivative of the output with respect to every node on the way to some of them."""
        if seeds not in self._adjoints:
            wanted = [self.nodes[seed] for seed in seeds]
            found = adjoints(self.nodes, wanted, lambda node, operand: node.partials[operand]) if seeds else {}
            self._adjoints[seeds] = [found.get(node, 0.0) for node in self.nodes]
        return self._adjoints[seeds]

    def depends(self, seeds: Seeds, at_all: bool = False) -> list[bool]:
        """Which nodes depend on some of them: by a derivative, or, if so asked, in any way."""
        depends = [False] * len(self.nodes)
        for i, operands in enumerate(self.operands):
            places = range(len(operands)) if at_all else self.edges[i]
            depends[i] = i in seeds or any(depends[operands[operand]] for operand in places)
        return depends

    def scale(self, seeds: Seeds) -> float:
        """The largest contribution that any edge makes to the derivative: what counts as large beside it."""
        adjoint, tangent = self.adjoints(seeds), self.tangents(seeds)
        terms = (
            abs(adjoint[i] * self.partials[i][operand] * tangent[self.operands[i][operand]])
            for i in range(len(self.nodes))
            for operand in self.edges[i]
        )
        return max((term for term in terms if math.isfinite(term)), default=0.0)

    @cached_property
    def symbols(self) -> dict[Value, Symbol]:
        """Every node as a formula over the inputs, as it was written: nothing is simplified."""
        return as_written(self.nodes)

    @cached_property
    def parts(self) -> list[str]:
        """Every node as text over the inputs, cut to what fits a message."""
        texts = (written_out(self.symbols[node]) for node in self.nodes)
        return [text if len(text) <= LONGEST_PART else text[: LONGEST_PART - 1] + "…" for text in texts]

    @cached_property
    def shown(self) -> list[str]:
        """The same as mathematics, for those who read it."""
        texts = (read_out(self.symbols[node], as_typed) for node in self.nodes)
        return [text if len(text) <= LONGEST_PART else text[: LONGEST_PART - 1] + "…" for text in texts]

    @cached_property
    def local_derivatives(self) -> list[tuple[Symbol, ...]]:
        """The rules of every node's edges, as formulas over the inputs."""
        numbers = self.symbols.__getitem__
        return [
            tuple(symbolic(rule_at(node, operand, numbers)) for operand in range(len(node.parents)))
            for node in self.nodes
        ]


def written_out(symbol: Symbol) -> str:
    """A formula as text, if it is not too large to be read."""
    return read_out(symbol, str)


def read_out(symbol: Symbol, write: Callable[[Symbol], str] = written) -> str:
    """A formula, if it is not too large to be read: as a textbook prints it, unless another way is given."""
    return write(symbol) if symbol.size <= LARGE else f"(a part of {symbol.size:.3g} operations)"
