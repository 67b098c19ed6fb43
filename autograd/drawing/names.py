"""What the nodes of a graph are called, and how numbers are written, in every kind of picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from autograd import notation
from autograd.graph import rule_at
from autograd.notation.names import SUBSCRIPTS
from autograd.notation.tree import Chain, Expression, Name, Partial, applied, exact, expression
from autograd.operation import Node, Operation
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

Names = Mapping[str, Value] | Mapping[Value, str]
LONGEST_NAME = 40  # characters


def factor(number: str) -> str:
    """A number as a factor: a negative one in brackets."""
    return f"({number})" if number.startswith("−") else number


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
    """A name for every node of a graph but its constants, which are numbers; and its formula, over the parents' names.

    The name is the node's label, else x1, x2, … for a leaf and v1, v2, … for what was computed, in topological order.
    Long labels are shortened. Later nodes of the same name x become x₂, x₃ and so on.
    """

    def __init__(self, order: Sequence[Value], names: Names | None = None, precision: int = 4) -> None:
        if not isinstance(precision, int) or precision < 1:
            raise ValueError(f"precision is a number of digits, at least 1, not {precision!r}")
        given = _given({} if names is None else names)
        self.precision = precision
        self._labels = _told_apart(
            {node: shortened(clean(given.get(node, "" if node.is_constant else node.label))) for node in order}
        )

    def number(self, number: float) -> str:
        """A number with the digits that were asked for; a NaN stands for a derivative that does not exist."""
        return "undefined" if number != number else notation.number(number, self.precision)

    def is_named(self, node: Value) -> bool:
        """Whether the node is more than its number."""
        return bool(self._labels[node])

    def label(self, node: Value) -> str:
        """The name of a node as it is typed: x_1, alpha; empty for a constant."""
        return self._labels[node]

    def name(self, node: Value) -> str:
        """The name of a node as it is written: x₁, α; of a constant, its number."""
        return notation.text(self.expression(node))

    def expression(self, node: Value) -> Expression:
        """The name of a node as a formula."""
        if label := self._labels[node]:
            return Name(label)
        return exact(node.data) if abs(node.data) < float("inf") else Name(str(node.data))

    def computed(self, node: Value) -> Expression:
        """How a node was computed from its parents, by name."""
        assert node.operation is not None, "a leaf is not computed"
        return applied_to(node.operation, tuple(self.expression(parent) for parent in node.parents))

    def formula(self, node: Value) -> str:
        """How a node was computed, as text; empty for a leaf."""
        return "" if node.operation is None else notation.text(self.computed(node))

    def partial(self, of: Value, by: Value) -> Partial:
        """What the derivative of one node with respect to another is called."""
        return Partial(self._labels[of], self._labels[by])

    def rule(self, node: Value, operand: int) -> Expression:
        """The local derivative of a node with respect to one operand, over the names of the operands."""
        assert node.operation is not None, "a leaf has no local derivative"
        numbers: dict[Value, Symbol] = {
            parent: Symbol(self._labels[parent]) if self._labels[parent] else symbolic(parent.data)
            for parent in node.parents
        }
        numbers[node] = symbolic(node.operation(*(numbers[parent] for parent in node.parents)))
        tree = expression(symbolic(rule_at(node, operand, numbers.__getitem__)))
        assert tree is not None, "a rule is short"
        return notation.simplified(tree)


def applied_to(operation: Operation, operands: tuple[Expression, ...]) -> Expression:
    """An operation as pictures write it: a product with its sign, x · y, since names of several letters stand in it."""
    return Chain("·", operands) if operation.name == "multiply" else applied(operation, operands)


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
