"""A recorded output with names, formulas and numbers for its nodes and edges, as a derivation writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

from autograd.calculus import partials_or_errors
from autograd.deriving.paths import Edge, Path, paths
from autograd.drawing.names import Names, Naming
from autograd.errors import DerivativeError, OperationError
from autograd.graph import adjoints, rule_at, topological_order
from autograd.noise import rounding_noise
from autograd.notation import Expression, expression, simplified
from autograd.notation.tree import Name, Negative, Number, Partial, applied, exact
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

MOST_PATHS = 6  # to one input
DIGITS = 6
NEAR = 1e-12  # so near to 0, beside its operands, a number may be nought but for rounding
CANCELLED = 1e-15  # what is left of contributions that cancel


class NamedGraph:
    """A recorded output with what is to be said of its graph.

    ``order`` is topological, ``leaves`` are the inputs, some of which may have no effect, and ``adjoints`` holds the
    derivative of the output with respect to each node on the way to them. Raises DerivativeError where one of them
    does not exist.
    """

    def __init__(self, output: Value, leaves: Sequence[Value], names: Names | None = None) -> None:
        self.output = output
        self.order: list[Value] = topological_order(output)
        self.leaves = list(leaves)
        among = set(self.order)
        self.naming = Naming([*self.order, *(leaf for leaf in leaves if leaf not in among)], names)
        self.adjoints = adjoints(self.order, self.leaves, lambda node, operand: node.partials[operand])
        if not all(math.isfinite(self.adjoints.get(leaf, 0.0)) for leaf in leaves):
            for found in partials_or_errors(output, self.leaves):
                if isinstance(found, DerivativeError):
                    raise found

    def name(self, node: Value) -> Expression:
        """What a node is called; a constant is its number."""
        return exact(node.data) if node.is_constant else Name(self.naming.name(node))

    def partial(self, node: Value) -> Partial:
        """The derivative of the output with respect to a node, by name."""
        return Partial(self.naming.name(self.output), self.naming.name(node))

    def edge_partial(self, edge: Edge) -> Expression:
        """The local derivative of an edge, by name."""
        node, operand = edge
        return Partial(self.naming.name(node), self.naming.name(node.parents[operand]))

    def computed(self, node: Value) -> Expression:
        """How a step is computed from those before it."""
        assert node.operation is not None, "a leaf is not computed"
        return applied(node.operation, tuple(self.name(parent) for parent in node.parents))

    def local_formula(self, node: Value, operand: int) -> Expression:
        """The local derivative over the names of the operands."""
        assert node.operation is not None, "a leaf has no local derivative"
        numbers: dict[Value, Symbol] = {
            parent: symbolic(parent.data) if parent.is_constant else Symbol(self.naming.name(parent))
            for parent in node.parents
        }
        numbers[node] = symbolic(node.operation(*(numbers[parent] for parent in node.parents)))
        tree = expression(symbolic(rule_at(node, operand, numbers.__getitem__)))
        assert tree is not None, "a rule is short"
        return simplified(tree)

    def local(self, node: Value, operand: int) -> float:
        """The local derivative; 0 where it is nought but for rounding."""
        found: float = node.partials[operand]
        if found == 0.0 or abs(found) > NEAR * (1.0 + max(abs(parent.data) for parent in node.parents)):
            return found
        with suppress(OperationError, ArithmeticError, ValueError):
            again = rule_at(node, operand)
            if isinstance(again, Value) and abs(found) <= _noise(again, self.leaves):
                return 0.0
        return found

    def local_number(self, node: Value, operand: int) -> Expression:
        """The local derivative as a number that is written."""
        return number(self.local(node, operand))

    def gradient(self, leaf: Value) -> float:
        """The derivative of the output with respect to a leaf; 0 where it is nought but for rounding."""
        found = paths(self.order, leaf, MOST_PATHS)
        gradient: float = self.adjoints.get(leaf, 0.0)
        if found.number <= MOST_PATHS:
            sizes = [0.0 if self.is_nought(path) else abs(path.contribution) for path in found.shown]
            return gradient if abs(gradient) > CANCELLED * sum(sizes) and any(sizes) else 0.0
        return gradient

    def is_nought(self, path: Path) -> bool:
        """Whether a path contributes nothing but rounding errors."""
        return path.contribution == 0.0 or any(self.local(*edge) == 0.0 for edge in path.edges)

    def value(self, node: Value) -> Expression:
        """The number of a node that was computed; 0 where it is nought but for rounding."""
        near = abs(node.data) <= NEAR * (1.0 + max(abs(parent.data) for parent in node.parents))
        return number(0.0 if near and abs(node.data) <= _noise(node, self.leaves) else node.data)


def number(x: float) -> Expression:
    """A number with the digits that say something; a part of π as such."""
    found = exact(x)
    if not isinstance(found, Number):
        return found
    size = Number(Fraction(f"{abs(x):.{DIGITS}g}"))
    return Negative(size) if x < 0.0 else size


def _noise(number: Value, leaves: list[Value]) -> float:
    """How far rounding may have taken a number: its own, and that of the inputs."""
    moved = partials_or_errors(number, leaves)
    inputs = sum(
        abs(partial) * abs(leaf.data) * 1.2e-16
        for partial, leaf in zip(moved, leaves, strict=True)
        if isinstance(partial, float)
    )
    return rounding_noise(number) + inputs
