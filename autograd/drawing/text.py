"""A graph as text: the forward pass, the tree, and the backward pass edge by edge."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.drawing.names import Names, Naming, written
from autograd.graph import adjoints, rule_at, topological_order
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

LONGEST = 1_000  # lines of a tree or of the steps


def _order(root: Value, what: str) -> list[Value]:
    if not isinstance(root, Value):
        raise TypeError(f"{what} takes a Value, not {type(root).__name__}")
    return topological_order(root)


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def forward(root: Value, names: Names | None = None, precision: int = 6) -> str:
    """The forward pass: every node with its formula and its value, in the order of computation.

    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> print(forward((x + y) * x))
    x                =  3
    y                =  2
    v1   =  x + y    =  5
    v2   =  v1 * x   =  15
    """
    order = _order(root, "forward")
    naming = Naming(order, names, precision)
    rows = []
    for node in [node for node in order if naming.is_named(node)][:LONGEST]:
        formula = naming.formula(node)
        rows.append((naming.name(node), "=  " + formula if formula else "", "=  " + written(node.data, precision)))
    return _aligned(rows or [(written(root.data, precision),)]) + _left_out(len(order) - LONGEST, "nodes")


def tree(root: Value, names: Names | None = None, precision: int = 4) -> str:
    """The graph as a tree, from the output down to the leaves, with the local derivative on each branch.

    A node that is used more than once is written out the first time. Gradients are shown once
    ``backward()`` has run.

    >>> x = Value(3.0, label="x")
    >>> f = x * x
    >>> f.backward()
    >>> print(tree(f))
    v1 = x * x = 9     grad 1
    ├── x = 3          grad 6   ∂v1/∂x = 3
    └── x, see above            ∂v1/∂x = 3
    """
    order = _order(root, "tree")
    naming = Naming(order, names, precision)
    swept = root.grad != 0.0
    rows: list[tuple[str, ...]] = []
    seen: set[Value] = set()
    # Each entry: the node, what stands before it and before its children, and its local derivative.
    stack: list[tuple[Value, str, str, str]] = [(root, "", "", "")]
    while stack and len(rows) < LONGEST:
        node, lead, below, local = stack.pop()
        name, formula = naming.name(node), naming.formula(node)
        if node in seen and naming.is_named(node):
            rows.append((f"{lead}{name}, see above", "", local))
            continue
        seen.add(node)
        parts = [name, formula, written(node.data, precision)] if naming.is_named(node) else [name]
        gradient = f"grad {written(node.grad, precision)}" if swept and not node.is_constant else ""
        rows.append((lead + " = ".join(part for part in parts if part), gradient, local))
        branches = list(zip(node.parents, node.partials, strict=True))
        for i, (parent, partial) in reversed(list(enumerate(branches))):
            last = i == len(branches) - 1
            edge = f"∂{name}/∂{naming.name(parent)} = {written(partial, precision)}"
            stack.append(
                (
                    parent,
                    below + ("└── " if last else "├── "),
                    below + ("    " if last else "│   "),
                    "" if parent.is_constant else edge,
                )
            )
    return _aligned(rows) + _left_out(len(stack), "branches")


def steps(root: Value, names: Names | None = None, precision: int = 6) -> str:
    """The backward pass, one edge at a time: upstream × local = contribution.

    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> f = x * y
    >>> f.label = "f"
    >>> print(steps(f))
    ∂f/∂f = 1
    <BLANKLINE>
    f = x * y
      to x:   ∂f/∂f × ∂f/∂x   with ∂f/∂x = y   1 × 2 = 2
      to y:   ∂f/∂f × ∂f/∂y   with ∂f/∂y = x   1 × 3 = 3
    <BLANKLINE>
    ∂f/∂x = 2
    ∂f/∂y = 3
    """
    order = _order(root, "steps")
    naming = Naming(order, names, precision)
    output = naming.name(root)
    adjoint = adjoints(order, [node for node in order if not node.is_constant], lambda n, i: n.partials[i])
    received: dict[Value, list[str]] = {}
    blocks = [f"∂{output}/∂{output} = 1"]
    symbols = {node: Symbol(naming.name(node)) if naming.is_named(node) else symbolic(node.data) for node in order}
    for node in reversed(order[-LONGEST:]):
        upstream = adjoint.get(node, 0.0)
        rows = []
        for operand, (parent, local) in enumerate(zip(node.parents, node.partials, strict=True)):
            if parent.is_constant:
                continue
            contribution = upstream * local
            received.setdefault(parent, []).append(written(contribution, precision))
            edge = f"∂{naming.name(node)}/∂{naming.name(parent)}"
            numbers = f"{_factor(upstream, precision)} × {_factor(local, precision)}"
            rows.append(
                (
                    f"  to {naming.name(parent)}:",
                    f"∂{output}/∂{naming.name(node)} × {edge}",
                    f"with {edge} = {symbolic(rule_at(node, operand, symbols.__getitem__))}",
                    f"{numbers} = {written(contribution, precision)}",
                )
            )
        if rows:
            blocks.append(f"{naming.name(node)} = {naming.formula(node)}\n{_aligned(rows)}")
    sums = []
    for node in order:
        if node.operation is None and not node.is_constant:
            total = written(adjoint.get(node, 0.0), precision)
            terms = received.get(node, [])
            added = " + ".join(f"({term})" if term.startswith("-") else term for term in terms)
            sums.append(f"∂{output}/∂{naming.name(node)} = {added + ' = ' if len(terms) > 1 else ''}{total}")
    return "\n\n".join([*blocks, "\n".join(sums)]).rstrip() + _left_out(len(order) - LONGEST, "nodes")


def _factor(number: float, precision: int) -> str:
    text = written(number, precision)
    return f"({text})" if text.startswith("-") else text


def _left_out(count: int, what: str) -> str:
    return f"\n… and {count} more {what}" if count > 0 else ""
