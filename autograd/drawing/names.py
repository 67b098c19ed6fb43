"""What the nodes of a graph are called, and how numbers are written, in every kind of picture."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from autograd.graph import Node
from autograd.operation import FUNCTION
from autograd.value import Value

Names = Mapping[str, Value] | Mapping[Value, str]


def written(number: float, precision: int = 4) -> str:
    """A number with so many significant digits.

    >>> written(2.0), written(2 / 3), written(-0.0)
    ('2', '0.6667', '0')
    """
    return f"{number + 0.0:.{precision}g}"


def written_partial(partial: float, precision: int) -> str:
    """A local derivative; a NaN stands for one that does not exist."""
    return "undefined" if math.isnan(partial) else written(partial, precision)


def clean(text: str) -> str:
    """A label without characters that cannot be shown or written to a file."""
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "�" for c in text)


class Naming:
    """A name for every node of a graph: its label, else its number for a leaf, else v1, v2, … in order."""

    def __init__(self, order: Sequence[Value], names: Names | None = None, precision: int = 4) -> None:
        if not isinstance(precision, int) or precision < 1:
            raise ValueError(f"precision is a number of digits, at least 1, not {precision!r}")
        if names is not None and not isinstance(names, Mapping):
            raise TypeError("names maps names to Values, as in names={'x': x}, or Values to names")
        given: dict[Value, str] = {}
        for key, other in (names or {}).items():
            if isinstance(key, Value) and isinstance(other, str):
                given[key] = other
            elif isinstance(key, str) and isinstance(other, Value):
                given[other] = key
            else:
                raise TypeError("names maps names to Values, as in names={'x': x}, or Values to names")
        self._names: dict[Node, str] = {}
        self.precision = precision
        taken = {node.label for node in order} | set(given.values())
        count = 0
        for node in order:
            name = clean(given.get(node, "" if node.is_constant else node.label))
            if not name and node.operation is not None:
                count += 1
                while f"v{count}" in taken:
                    count += 1
                name = f"v{count}"
            self._names[node] = name

    def name(self, node: Value) -> str:
        """The name of a node; for an unnamed leaf, its number."""
        return self._names[node] or written(node.data, self.precision)

    def is_named(self, node: Value) -> bool:
        """Whether the node has a name besides its number."""
        return bool(self._names[node])

    def formula(self, node: Value) -> str:
        """How a node was computed from its parents, by name; empty for a leaf."""
        if node.operation is None:
            return ""
        operands = [self.name(parent) for parent in node.parents]
        if node.operation.precedence < FUNCTION:  # a label may be a formula itself: "w*x + b"
            operands = [operand if re.fullmatch(r"[\w.]+", operand) else f"({operand})" for operand in operands]
        return node.operation.format(*operands)
