"""Recorded: an output that was recorded, as a function of its leaves."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.graph import topological_order
from autograd.sweep import read_data
from autograd.symbol import Symbol, symbolic
from autograd.value import Value, as_constant

LARGE = 40  # nodes; a larger function is not written out


class Recorded:
    """A recorded output as a function of its leaves: a call computes it again, by the operations that made it.

    ``variables`` are the labels of the leaves, in topological order, and ``point`` says what they are now. Constants
    stay as they were recorded, and so do the branches that the program took. Raises ValueError where a leaf has no
    label, or two have the same.

    >>> x, y = Value(2.0, label="x"), Value(5.0, label="y")
    >>> f = Recorded(x * y + 1)
    >>> f.variables, f.point, f(3.0, 4.0), f.text
    (('x', 'y'), {'x': 2.0, 'y': 5.0}, 13.0, 'x * y + 1')
    """

    def __init__(self, output: Value) -> None:
        self._order: list[Value] = topological_order(output)
        self._leaves = [node for node in self._order if node.operation is None and not node.is_constant]
        unnamed = [leaf for leaf in self._leaves if not leaf.label]
        if unnamed:
            have = "1 leaf has" if len(unnamed) == 1 else f"{len(unnamed)} leaves have"
            raise ValueError(
                f"a recorded output is a function of its leaves by their labels, but {have} none: give the one that "
                f"is {unnamed[0].data!r} a label, as in x.label = 'x'"
            )
        # As Python reads names: some letters have two codes, such as the µ of keyboards.
        self.variables = tuple(unicodedata.normalize("NFKC", leaf.label) for leaf in self._leaves)
        for name, count in Counter(self.variables).items():
            if count > 1:
                raise ValueError(f"{count} leaves have the label {name!r}: give each a label of its own")

    @property
    def point(self) -> dict[str, float]:
        """What the leaves are now."""
        return {name: leaf.data for name, leaf in zip(self.variables, self._leaves, strict=True)}

    @property
    def text(self) -> str:
        """The function as a formula, if it is not too large to be read; else its label."""
        if len(self._order) > LARGE:
            return self._order[-1].label or "the recorded output"
        return str(as_written(self._order)[self._order[-1]])

    def __call__(self, *numbers: Any) -> Any:
        """The output at other numbers, of any kind, one for each variable."""
        if len(numbers) != len(self.variables):
            raise TypeError(
                f"the recorded output is a function of {', '.join(self.variables) or 'nothing'}: it takes "
                f"{len(self.variables)} numbers, not {len(numbers)}"
            )
        constants = {node: node.data for node in self._order if node.is_constant}
        return _computed(self._order, {**constants, **dict(zip(self._leaves, numbers, strict=True))})[self._order[-1]]


def replayed(order: Sequence[Value]) -> dict[Value, Value]:
    """The graph in topological ``order`` recorded again from what its leaves are now: each node with the new one.

    Constants stay constants, and labels are kept; the lines that recorded the nodes stay with the old ones.

    >>> x = Value(2.0, label="x")
    >>> f = x * x
    >>> x.data = 3.0
    >>> f.data, replayed([x, f])[f].data
    (4.0, 9.0)
    """
    leaves = [node for node in order if node.operation is None]
    now = zip(leaves, read_data(leaves), strict=True)
    start = {leaf: as_constant(x) if leaf.is_constant else Value(x, label=leaf.label) for leaf, x in now}
    return _computed(order, start)


def _computed(order: Sequence[Value], known: Mapping[Value, Any]) -> dict[Value, Any]:
    """Every node of a graph, computed from those that are known by the operations that recorded it."""
    computed = dict(known)
    for node in order:
        if node not in computed:
            assert node.operation is not None, "every leaf is known"
            computed[node] = node.operation(*(computed[parent] for parent in node.parents))
            if node.label and isinstance(computed[node], Value):
                computed[node].label = node.label
    return computed


def as_written(order: Sequence[Value]) -> dict[Value, Symbol]:
    """Every node as a formula over the labels of the leaves, as it was recorded: nothing is simplified."""
    symbols: dict[Value, Symbol] = {}
    for node in order:
        if node.operation is None:
            symbols[node] = Symbol(node.label) if node.label else symbolic(node.data)
        else:
            symbols[node] = Symbol("", None, node.operation.origin, *(symbols[parent] for parent in node.parents))
    return symbols
