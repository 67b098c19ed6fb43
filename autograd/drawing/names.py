"""What the nodes of a graph are called, and how numbers are written, in every kind of picture."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from autograd.operation import Node
from autograd.operation import FUNCTION
from autograd.value import Value

Names = Mapping[str, Value] | Mapping[Value, str]
LONGEST_NAME = 40  # characters
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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


def shortened(text: str) -> str:
    """A text that fits a box, or a column.

    >>> shortened("the learning rate of the second hidden layer")
    'the learning rate of the second hidden …'
    """
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


class Naming:
    """A name for every node of a graph: its label, else its number for a leaf, else v1, v2, … in order.

    Long labels are shortened; what would then have the name of an earlier node, as x, is x₂, x₃ and so on.
    """

    def __init__(self, order: Sequence[Value], names: Names | None = None, precision: int = 4) -> None:
        if not isinstance(precision, int) or precision < 1:
            raise ValueError(f"precision is a number of digits, at least 1, not {precision!r}")
        given = _given({} if names is None else names)
        self.precision = precision
        self._names = _told_apart(
            {node: shortened(clean(given.get(node, "" if node.is_constant else node.label))) for node in order}
        )

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


def _given(names: object) -> dict[Value, str]:
    given: dict[Value, str] = {}
    pairs: Iterable[tuple[object, object]] = names.items() if isinstance(names, Mapping) else [(names, None)]
    for key, other in pairs:
        if isinstance(key, Value) and isinstance(other, str):
            given[key] = other
        elif isinstance(key, str) and isinstance(other, Value):
            given[other] = key
        else:
            raise TypeError("names maps names to Values, as in names={'x': x}, or Values to names")
    return given


def _told_apart(wanted: Mapping[Value, str]) -> dict[Node, str]:
    """The names that are wanted, with numbers where a node is computed and has none, or has that of an earlier one."""
    names: dict[Node, str] = {}
    taken, counts = set(wanted.values()), Counter[str]()
    for node, name in wanted.items():
        names[node] = name
        if not name and node.operation is None:
            continue
        counts[name] += 1
        if not name or counts[name] > 1:
            while (numbered := _numbered(name, counts[name])) in taken:
                counts[name] += 1
            taken.add(numbered)
            names[node] = numbered
    return names


def _numbered(name: str, count: int) -> str:
    return name + str(count).translate(SUBSCRIPTS) if name else f"v{count}"
