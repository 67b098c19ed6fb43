"""What a stepper shows, as data: the nodes and the edges of a graph, with what is said of them, and its paths.

A formula is written once for all nodes of an operation, with holes that the page fills with names or with numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.compiling.javascript import helpers, javascript, notation
from autograd.compiling.script import Statements, function_source
from autograd.deriving.derivation import MOST_PATHS
from autograd.deriving.paths import Edge, paths
from autograd.deriving.rules import rule_name
from autograd.drawing.described import Described
from autograd.drawing.names import applied_to
from autograd.graph import edges
from autograd.notation import Expression, expression, mathml, simplified, text
from autograd.notation.tree import Name, Negative, Sum
from autograd.operation import OPERATIONS, Operation
from autograd.stepping import questions
from autograd.stepping.layers import Cell, Column, columns
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

HOLES = ("ĸĸ", "ŋŋ")  # for the operands: letters of no function, two, so that they do not touch
MOST_BOXES = 40  # nodes; a larger graph is drawn by layers and neurons, without paths and questions


class Contents:
    """The data of a graph's page; nodes and edges are known by their numbers, in the order of the forward pass."""

    def __init__(self, graph: Described, lines: Sequence[str]) -> None:
        boxes = sum(not node.is_constant for node in graph.order)
        self.columns: list[Column] = columns(graph) if boxes > MOST_BOXES else []
        self.graph = graph
        self.lines = lines
        self.place = {node: i for i, node in enumerate(graph.order)}
        self.edges: list[Edge] = [
            (node, operand)
            for node in graph.order
            if node in graph.numbers.adjoint
            for operand, parent in edges(node)
            if parent in graph.numbers.adjoint
        ]
        self._rules: dict[tuple[Any, ...], int] = {}
        self._rules_written: list[dict[str, Any]] = []

    @property
    def data(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        graph = self.graph
        found = {
            "output": self.place[graph.order[-1]],
            "leaves": [self.place[leaf] for leaf in graph.leaves],
            "nodes": [self._node(node) for node in graph.order],
            "edges": [self._edge(edge) for edge in self.edges],
            "rules": self._rules_written,
            "operations": {
                operation.name: _written(applied_to(operation, tuple(map(Name, HOLES[: operation.arity]))))
                for operation in dict.fromkeys(node.operation for node in graph.order)
                if operation is not None
            },
        }
        if self.columns:
            found["cells"] = [self._cell(column, cell) for column in self.columns for cell in column.cells]
        else:
            found["paths"] = {
                self.place[node]: self._paths(node) for node in graph.order if node in graph.numbers.adjoint
            }
        return found

    @property
    def program(self) -> str:
        """The graph as JavaScript: from the numbers of the leaves all values, and the local derivative of each edge."""
        statements = Statements(self.graph.order, self.graph.leaves)
        leaves = ", ".join(map(statements.name, self.graph.leaves))
        values = ", ".join(map(statements.name, self.graph.order))
        partials = ", ".join(javascript(statements.local(*edge)) for edge in self.edges)
        return function_source("trace", f"[{leaves}]", statements.forward(), f"[[{values}], [{partials}]]")

    def _node(self, node: Value) -> dict[str, Any]:
        naming, numbers = self.graph.naming, self.graph.numbers
        found: dict[str, Any] = {"name": naming.name(node), "math": _math(naming.expression(node))}
        if node.is_constant:
            found["constant"] = True
        if node.operation is None:
            found["value"] = node.data
        else:
            found["operation"] = node.operation.name
            found["operands"] = [self.place[parent] for parent in node.parents]
            if not self.columns:
                found["mistakes"] = questions.of_node(node)
            if node.data != 0.0 and numbers.value(node) == 0.0:
                found["nought"] = True  # but for rounding, where the leaves are
        if naming.label(node) not in ("", found["name"]):
            found["label"] = naming.label(node)
        if node not in self.graph.numbers.adjoint:
            found["flat"] = True  # no derivative flows to it
        if line := self.lines[self.place[node]]:
            found["line"] = line
        return found

    def _edge(self, edge: Edge) -> dict[str, Any]:
        node, operand = edge
        found: dict[str, Any] = {
            "from": self.place[node],
            "to": self.place[node.parents[operand]],
            "rule": self._rule(node, operand),
        }
        if not self.columns:
            found["mistakes"] = questions.of_edge(self.graph.naming, node, operand)
            if node.partials[operand] != 0.0 and self.graph.numbers.partial(node, operand) == 0.0:
                found["nought"] = True
        return found

    def _cell(self, column: Column, cell: Cell) -> dict[str, Any]:
        nodes, results = ([self.place[node] for node in group] for group in (cell.nodes, cell.results))
        return {"name": cell.name, "about": cell.about, "column": column.name, "nodes": nodes, "results": results}

    def _rule(self, node: Value, operand: int) -> int:
        """The number of the rule for an edge, written with holes; constants are part of it."""
        constants = [parent.data if parent.is_constant else None for parent in node.parents]
        key = (node.origin.operation, operand, *constants)
        if key not in self._rules:
            self._rules[key] = len(self._rules)
            tree = _local(node, operand)
            written: dict[str, Any] = {"name": rule(node, operand), "math": _math(tree)}
            if isinstance(tree, Sum | Negative):
                written["bracketed"] = True  # as a factor
            self._rules_written.append(written)
        return self._rules[key]

    def _paths(self, node: Value) -> dict[str, Any]:
        found = paths(self.graph.order, node, MOST_PATHS)
        number = {edge: i for i, edge in enumerate(self.edges)}
        return {"count": found.number, "shown": [[number[edge] for edge in path.edges] for path in found.shown]}


def functions() -> str:
    """The table of operations as functions of JavaScript, by name, for what is typed."""
    entries = ", ".join(f"{name}: {_function(operation)}" for name, operation in OPERATIONS.items())
    lines = [*helpers(entries), f"return {{ {entries} }};"]
    return "\n".join(["const functions = (() => {", *lines, "})();", ""])


def _function(operation: Operation) -> str:
    parameters = ", ".join(operation.variables)
    return f"({parameters}) => {notation(operation)[0].format(*operation.variables)}"


def _written(tree: Expression) -> dict[str, str]:
    return {"math": _math(tree), "text": text(tree)}


def _math(tree: Expression) -> str:
    """What a math element for it holds."""
    return mathml(tree).removeprefix("<math>").removesuffix("</math>")


def _local(node: Value, operand: int) -> Expression:
    """The local derivative of a node over holes for its operands."""
    operation = node.operation
    assert operation is not None, "a leaf has no local derivative"
    operands = [
        symbolic(parent.data) if parent.is_constant else Symbol(hole)
        for parent, hole in zip(node.parents, HOLES, strict=False)
    ]
    tree = expression(symbolic(operation.partials[operand](symbolic(operation(*operands)), *operands)))
    assert tree is not None, "a rule is short"
    return simplified(tree)


def rule(node: Value, operand: int) -> str:
    """What the rule of an edge is called in a sentence.

    >>> x = Value(2.0)
    >>> rule(x * x, 0), rule(-x, 0)
    ('product rule', 'minus sign')
    """
    name = rule_name(node, operand)
    if name.startswith("chain: "):
        return f"derivative of {name.removeprefix('chain: ')}"
    return name if name in ("minus sign", "identity") else f"{name} rule"


def title(graph: Described, node: Value) -> str:
    """A node with its formula, in one line of text."""
    formula = graph.naming.formula(node)
    return f"{graph.naming.name(node)} = {formula}" if formula else graph.naming.name(node)
