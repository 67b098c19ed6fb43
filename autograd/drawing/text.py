"""A graph as text: the forward pass, the tree, and the backward pass edge by edge."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.drawing.names import Names, Naming, factor
from autograd.drawing.remarks import Gradients, Values
from autograd.graph import adjoints, edges, rule_at, topological_order
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

LONGEST = 1_000  # lines of a tree or of the steps
WIDEST = 100  # characters of a cell that others are aligned to


class Text(str):
    """A text that shows itself at the end of a cell as it does when printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _order(root: Value, what: str) -> list[Value]:
    if not isinstance(root, Value):
        raise TypeError(f"{what} takes a Value, not {type(root).__name__}")
    return topological_order(root)


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [
        max((len(cell) for cell in column if len(cell) <= WIDEST), default=0) for column in zip(*rows, strict=True)
    ]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def forward(root: Value, names: Names | None = None, precision: int = 6) -> Text:
    """The forward pass to the Value ``root``: every node with its formula and its value, in the order of computation.

    Where ``data`` was assigned afterwards, it says what the number was when the graph was recorded. ``names`` names
    nodes, as in ``{"x": x}``; numbers get ``precision`` significant digits. The result is a str that a notebook shows
    as it is printed.

    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> forward((x + y) * x)
    x                =  3
    y                =  2
    v1   =  x + y    =  5
    v2   =  v1 * x   =  15
    """
    order = _order(root, "forward")
    naming = Naming(order, names, precision)
    values = Values(order, naming)
    rows = []
    for node in [node for node in order if naming.is_named(node)][-LONGEST:]:
        formula = naming.formula(node)
        rows.append((naming.name(node), "=  " + formula if formula else "", "=  " + values.written(node)))
    text = _left_out(len(order) - LONGEST) + _aligned(rows or [(naming.name(root),)])
    return _with_notes(text, values.sentences)


def tree(root: Value, names: Names | None = None, precision: int = 4) -> Text:
    """The graph as a tree, from the Value ``root`` down to the leaves, with the local derivative on each branch.

    A node that is used more than once is written out the first time. Gradients are shown once ``backward()`` has run; a
    sentence below says which of them are sums of several backward passes. ``names`` and ``precision`` are as for
    ``forward``.

    >>> x = Value(3.0, label="x")
    >>> f = x * x
    >>> f.backward()
    >>> tree(f)
    v1 = x * x = 9     grad 1
    ├── x = 3          grad 6   ∂v1/∂x = 3
    └── x, see above            ∂v1/∂x = 3
    >>> f.backward()
    >>> tree(f)
    v1 = x * x = 9     grad 1
    ├── x = 3          grad 12 = 2 × 6   ∂v1/∂x = 3
    └── x, see above                     ∂v1/∂x = 3
    <BLANKLINE>
    The gradient of x is the sum of 2 backward passes: to see one alone, set it to 0 before each, as zero_grad() does.
    """
    order = _order(root, "tree")
    naming = Naming(order, names, precision)
    return tree_of(order, naming, Values(order, naming), Gradients(order, naming))


def tree_of(order: Sequence[Value], naming: Naming, values: Values, gradients: Gradients) -> Text:
    """The tree of a graph of which all this is known."""
    rows: list[tuple[str, ...]] = []
    seen: set[Value] = set()
    # Each entry: the node, what stands before it and before its children, and its local derivative.
    stack: list[tuple[Value, str, str, str]] = [(order[-1], "", "", "")]
    while stack and len(rows) < LONGEST:
        node, lead, below, local = stack.pop()
        name, formula = naming.name(node), naming.formula(node)
        if node in seen and naming.is_named(node):
            rows.append((f"{lead}{name}, see above", "", local))
            continue
        seen.add(node)
        parts = [name, formula, values.written(node)] if naming.is_named(node) else [name]
        rows.append((lead + " = ".join(part for part in parts if part), gradients.written(node), local))
        branches = list(zip(node.parents, node.partials, strict=True))
        for i, (parent, partial) in reversed(list(enumerate(branches))):
            last = i == len(branches) - 1
            edge = f"∂{name}/∂{naming.name(parent)} = {naming.partial(partial)}"
            stack.append(
                (
                    parent,
                    below + ("└── " if last else "├── "),
                    below + ("    " if last else "│   "),
                    "" if parent.is_constant else edge,
                )
            )
    text = _aligned(rows) + _left_out(len(order) - len(seen) if stack else 0)
    return _with_notes(text, values.sentences + gradients.sentences)


def steps(root: Value, names: Names | None = None, precision: int = 6) -> Text:
    """The backward pass from the Value ``root``, one edge at a time: upstream × local = contribution.

    ``names`` and ``precision`` are as for ``forward``. It shows what ``backward()`` would do, and changes nothing.

    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> f = x * y
    >>> f.label = "f"
    >>> steps(f)
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
    leaves = [node for node in order if node.operation is None and not node.is_constant]
    adjoint = adjoints(order, leaves, lambda node, operand: node.partials[operand])
    symbols = {node: Symbol(naming.name(node)) if naming.is_named(node) else symbolic(node.data) for node in order}
    received: dict[Value, list[float]] = {node: [] for node in order}
    blocks = [f"∂{output}/∂{output} = 1"]
    for count, node in enumerate(reversed(order)):
        rows = []
        for operand, parent in edges(node):
            if node not in adjoint or parent not in adjoint:
                continue
            upstream, local = adjoint[node], node.partials[operand]
            received[parent].append(upstream * local)
            edge = f"∂{naming.name(node)}/∂{naming.name(parent)}"
            if count < LONGEST:
                rows.append(
                    (
                        f"  to {naming.name(parent)}:",
                        f"∂{output}/∂{naming.name(node)} × {edge}",
                        f"with {edge} = {symbolic(rule_at(node, operand, symbols.__getitem__))}",
                        f"{factor(naming.number(upstream))} × {factor(naming.number(local))} = "
                        f"{naming.number(upstream * local)}",
                    )
                )
        if rows:
            blocks.append(f"{naming.name(node)} = {naming.formula(node)}\n{_aligned(rows)}")
    sums = []
    for leaf in leaves:
        terms = [factor(naming.number(term)) for term in received[leaf]]
        shown = terms if len(terms) <= 12 else [*terms[:6], "…", *terms[-6:]]
        added = " + ".join(shown) + " = " if len(terms) > 1 else ""
        sums.append(f"∂{output}/∂{naming.name(leaf)} = {added}{naming.number(adjoint.get(leaf, 0.0))}")
    left_out = _left_out(len(order) - LONGEST).rstrip()
    text = "\n\n".join(filter(None, [*blocks, left_out, "\n".join(sums)])).rstrip()
    return _with_notes(text, Values(order, naming).sentences + Gradients(order, naming).sentences)


def _with_notes(text: str, sentences: Sequence[str]) -> Text:
    return Text("\n".join([text, "", *sentences]) if sentences else text)


def _left_out(count: int) -> str:
    return f"\n… and {count} more node{'s'[: count - 1]}\n" if count > 0 else ""
