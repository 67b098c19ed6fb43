"""The numbers of a graph as they are shown: one that is nought but for rounding is 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from autograd.calculus import partials_or_errors
from autograd.errors import OperationError
from autograd.graph import adjoints, rule_at
from autograd.noise import rounding_noise
from autograd.value import Value

NEAR = 1e-12  # so near to 0, beside its operands, a number may be nought but for rounding
CANCELLED = 1e-15  # what is left, of contributions that cancel
UNIT = 1.2e-16  # relative: how far a float may lie from the number that it stands for
MOST = 1_000  # nodes; of a larger graph the numbers are shown as they are


class Numbers:
    """The numbers of the graph that is given in topological order; ``leaves`` are those whose gradient is shown.

    >>> from math import pi
    >>> from autograd import sin
    >>> z = Value(pi / 2)
    >>> f = sin(z)
    >>> f.partials, Numbers([z, f], [z]).partial(f, 0)
    ((6.123233995736766e-17,), 0.0)
    """

    def __init__(self, order: Sequence[Value], leaves: Sequence[Value]) -> None:
        self._order = order
        self._leaves = leaves
        self._inputs = [node for node in order if node.operation is None]
        self._partials: dict[tuple[Value, int], float] = {}

    def value(self, node: Value) -> float:
        """The value of a node."""
        return self._shown(node.data, node, lambda: node)

    def partial(self, node: Value, operand: int) -> float:
        """A local derivative; NaN where there is none."""
        edge = node, operand
        if edge not in self._partials:
            self._partials[edge] = self._shown(node.partials[operand], node, lambda: rule_at(node, operand))
        return self._partials[edge]

    @cached_property
    def adjoint(self) -> dict[Value, float]:
        """The derivative of the output with respect to every leaf and every node between."""
        found: dict[Value, float] = adjoints(self._order, self._leaves, self.partial)
        sizes = adjoints(self._order, self._leaves, lambda node, operand: abs(self.partial(node, operand)))
        return {node: 0.0 if abs(x) <= CANCELLED * sizes[node] else x for node, x in found.items()}

    def _shown(self, number: float, node: Value, again: Callable[[], Any]) -> float:
        """A number of a node, or 0 where rounding alone may have made it; ``again`` computes it as a graph."""
        if number == 0.0 or node.operation is None or len(self._order) > MOST:
            return number
        if abs(number) <= NEAR * (1.0 + max(abs(parent.data) for parent in node.parents)):
            with suppress(OperationError, ArithmeticError, ValueError):
                if abs(number) <= self._rounding(again()):
                    return 0.0
        return number

    def _rounding(self, number: Any) -> float:
        """How far rounding may have taken a number: its own, and that of the inputs."""
        if not isinstance(number, Value):
            return 0.0
        moved = zip(partials_or_errors(number, self._inputs), self._inputs, strict=True)
        inputs = sum(abs(partial * leaf.data) * UNIT for partial, leaf in moved if isinstance(partial, float))
        return rounding_noise(number) + inputs
