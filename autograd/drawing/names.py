"""What the nodes of a graph are called, and how numbers are written, in every kind of picture."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from autograd.operation import FUNCTION, Node
from autograd.symbol import symbolic
from autograd.value import Value

Names = Mapping[str, Value] | Mapping[Value, str]
LONGEST_NAME = 40  # characters
LONGEST_CONSTANT = 14  # digits of a constant, with its sign and point
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
PLAIN = re.compile(r"[\w.\[\]]+")  # a name that needs no brackets as an operand


def written(number: float, precision: int = 4) -> str:
    """A number with so many significant digits.

    >>> written(2.0), written(2 / 3), written(-0.0)
    ('2', '0.6667', '0')
    """
    return f"{number + 0.0:.{precision}g}"


def constant(number: float) -> str:
    """A constant in a formula: with as many digits as it has, up to a length that can be read.

    >>> constant(3.0), constant(1.0001), constant(1 / 3)
    ('3', '1.0001', '0.333333333333…')
    """
    text = str(symbolic(number))
    return text if text[0].isalpha() or len(text) <= LONGEST_CONSTANT else f"{number:.12g}…"


def factor(number: str) -> str:
    """A number as a factor: a negative one in brackets."""
    return f"({number})" if number.startswith("-") else number


def clean(text: str) -> str:
    """A label without the characters that cannot be shown or written to a file: XML can hold the rest.

    >>> clean("a\\nb"), clean("\\ufffe\\ud800")
    ('a�b', '��')
    """
    return "".join(c if c.isprintable() else "�" for c in text)


def shortened(text: str) -> str:
    """A text that fits a box, or a column.

    >>> shortened("the learning rate of the second hidden layer")
    'the learning rate of the second hidden …'
    """
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


class Naming:
    """A name for every node of a graph but its constants, which are numbers.

    It is the node's label, else x1, x2, … for a leaf and v1, v2, … for what was computed, in topological order. Long
    labels are shortened. Later nodes of the same name x become x₂, x₃ and so on.
    """

    def __init__(self, order: Sequence[Value], names: Names | None = None, precision: int = 4) -> None:
        if not isinstance(precision, int) or precision < 1:
            raise ValueError(f"precision is a number of digits, at least 1, not {precision!r}")
        given = _given({} if names is None else names)
        self.precision = precision
        self._names = _told_apart(
            {node: shortened(clean(given.get(node, "" if node.is_constant else node.label))) for node in order}
        )

    def number(self, number: float) -> str:
        """A number with the digits that were asked for."""
        return written(number, self.precision)

    def partial(self, partial: float) -> str:
        """A local derivative; a NaN stands for one that does not exist."""
        return "undefined" if math.isnan(partial) else self.number(partial)

    def name(self, node: Value) -> str:
        """The name of a node; of a constant, its number."""
        return self._names[node] or constant(node.data)

    def is_named(self, node: Value) -> bool:
        """Whether the node is more than its number."""
        return bool(self._names[node])

    def formula(self, node: Value) -> str:
        """How a node was computed from its parents, by name; empty for a leaf."""
        if node.operation is None:
            return ""
        operands = [self.name(parent) for parent in node.parents]
        if node.operation.precedence < FUNCTION:  # a label may be a formula itself: "w*x + b"
            operands = [
                factor(operand) if parent.is_constant or PLAIN.fullmatch(operand) else f"({operand})"
                for parent, operand in zip(node.parents, operands, strict=True)
            ]
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
    """The names that are wanted, numbered where there is none, or where an earlier node has it."""
    names: dict[Node, str] = {}
    taken, counts = set(wanted.values()), Counter[tuple[str, bool]]()
    for node, name in wanted.items():
        names[node] = name
        if not name and node.is_constant:
            continue
        stem = name or ("x" if node.operation is None else "v")
        kind = stem, bool(name)
        counts[kind] += 1
        if not name or counts[kind] > 1:
            while (numbered := stem + str(counts[kind]).translate(SUBSCRIPTS if name else {})) in taken:
                counts[kind] += 1
            taken.add(numbered)
            names[node] = numbered
    return names
