"""A graph with all that its pictures say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.drawing.names import Names, Naming
from autograd.drawing.numbers import Numbers
from autograd.drawing.remarks import Gradients, Values
from autograd.graph import topological_order
from autograd.value import Value


@dataclass(frozen=True)
class Described:
    """The nodes of a graph in topological order, their names, numbers, and remarks on these."""

    order: Sequence[Value]
    leaves: Sequence[Value]  # without constants
    naming: Naming
    numbers: Numbers
    values: Values
    gradients: Gradients


def described(root: Value, names: Names | None, precision: int) -> Described:
    """The graph that ends at ``root``."""
    order = topological_order(root)
    leaves = [node for node in order if node.operation is None and not node.is_constant]
    naming = Naming(order, names, precision)
    numbers = Numbers(order, leaves)
    values, gradients = Values(order, naming, numbers), Gradients(order, naming, numbers)
    return Described(order, leaves, naming, numbers, values, gradients)
