"""A graph as text: the forward pass, the tree, and the backward pass edge by edge."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.drawing.described import Described, described
from autograd.drawing.names import Names, factor
from autograd.graph import edges
from autograd.notation import text
from autograd.value import Value

LONGEST = 1_000  # lines of a tree or of the steps
WIDEST = 100  # characters of a cell that others are aligned to


class Text(str):
    """A text that shows itself at the end of a cell as it does when printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _described(root: Value, what: str, names: Names | None, precision: int) -> Described:
    if not isinstance(root, Value):
        raise TypeError(f"{what} takes a Value, not {type(root).__name__}")
    return described(root, names, precision)


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
    v₁   =  x + y    =  5
    v₂   =  v₁ · x   =  15
    """
    graph = _described(root, "forward", names, precision)
    order, naming, values = graph.order, graph.naming, graph.values
    rows = []
    for node in [node for node in order if naming.is_named(node)][-LONGEST:]:
        formula = naming.formula(node)
        rows.append((naming.name(node), "=  " + formula if formula else "", "=  " + values.written(node)))
    table = _left_out(len(order) - LONGEST) + _aligned(rows or [(naming.name(root),)])
    return _with_notes(table, values.sentences)


def tree(root: Value, names: Names | None = None, precision: int = 4) -> Text:
    """The graph as a tree, from the Value ``root`` down to the leaves, with the local derivative on each branch.

    A node that is used more than once is written out the first time. Gradients are shown once ``backward()`` has run; a
    sentence below says which of them are sums of several backward passes. ``names`` and ``precision`` are as for
    ``forward``.

    >>> x = Value(3.0, label="x")
    >>> f = x * x
    >>> f.backward()
    >>> tree(f)
    v₁ = x · x = 9     grad 1
    ├── x = 3          grad 6   ∂v₁/∂x = 3
    └── x, see above            ∂v₁/∂x = 3
    >>> f.backward()
    >>> tree(f)
    v₁ = x · x = 9     grad 1
    ├── x = 3          grad 12 = 2 × 6   ∂v₁/∂x = 3
    └── x, see above                     ∂v₁/∂x = 3
    <BLANKLINE>
    The gradient of x is the sum of 2 backward passes: to see one alone, set it to 0 before each, as zero_grad() does.
    """
    return tree_of(_described(root, "tree", names, precision))


def tree_of(graph: Described) -> Text:
    """The tree of a graph that is described."""
    order, naming, values, gradients = graph.order, graph.naming, graph.values, graph.gradients
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
        for i, parent in reversed(list(enumerate(node.parents))):
            last = i == len(node.parents) - 1
            local = naming.number(graph.numbers.partial(node, i))
            stack.append(
                (
                    parent,
                    below + ("└── " if last else "├── "),
                    below + ("    " if last else "│   "),
                    "" if parent.is_constant else f"{text(naming.partial(node, parent))} = {local}",
                )
            )
    drawn = _aligned(rows) + _left_out(len(order) - len(seen) if stack else 0)
    return _with_notes(drawn, values.sentences + gradients.sentences)


def steps(root: Value, names: Names | None = None, precision: int = 6) -> Text:
    """The backward pass from the Value ``root``, one edge at a time: upstream × local = contribution.

    ``names`` and ``precision`` are as for ``forward``. It shows what ``backward()`` would do, and changes nothing.

    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> f = x * y
    >>> f.label = "f"
    >>> steps(f)
    ∂f/∂f = 1
    <BLANKLINE>
    f = x · y
      to x:   ∂f/∂f × ∂f/∂x   with ∂f/∂x = y   1 × 2 = 2
      to y:   ∂f/∂f × ∂f/∂y   with ∂f/∂y = x   1 × 3 = 3
    <BLANKLINE>
    ∂f/∂x = 2
    ∂f/∂y = 3
    """
    graph = _described(root, "steps", names, precision)
    naming, adjoint = graph.naming, graph.numbers.adjoint
    received: dict[Value, list[float]] = {node: [] for node in graph.order}
    blocks = [f"{text(naming.partial(root, root))} = 1"]
    for count, node in enumerate(reversed(graph.order)):
        rows = []
        for operand, parent in edges(node):
            if node not in adjoint or parent not in adjoint:
                continue
            contribution = adjoint[node] * graph.numbers.partial(node, operand)
            received[parent].append(contribution)
            if count < LONGEST:
                rows.append(_edge(graph, node, operand, contribution))
        if rows:
            blocks.append(f"{naming.name(node)} = {naming.formula(node)}\n{_aligned(rows)}")
    sums = [
        f"{text(naming.partial(root, leaf))} = {_sum([naming.number(x) for x in received[leaf]])}"
        f"{naming.number(adjoint.get(leaf, 0.0))}"
        for leaf in graph.leaves
    ]
    left_out = _left_out(len(graph.order) - LONGEST).rstrip()
    whole = "\n\n".join(filter(None, [*blocks, left_out, "\n".join(sums)])).rstrip()
    return _with_notes(whole, graph.values.sentences + graph.gradients.sentences)


def _edge(graph: Described, node: Value, operand: int, contribution: float) -> tuple[str, ...]:
    """One edge of the backward pass: where to, by which derivatives, and with which numbers."""
    naming = graph.naming
    parent = node.parents[operand]
    local_name = text(naming.partial(node, parent))
    upstream, local = graph.numbers.adjoint[node], graph.numbers.partial(node, operand)
    factors = " × ".join(factor(naming.number(x)) for x in (upstream, local))
    return (
        f"  to {naming.name(parent)}:",
        f"{text(naming.partial(graph.order[-1], node))} × {local_name}",
        f"with {local_name} = {text(naming.rule(node, operand))}",
        f"{factors} = {naming.number(contribution)}",
    )


def _sum(terms: Sequence[str]) -> str:
    """Contributions that are added up; of very many the first and the last. Empty where there is only one."""
    shown = [factor(term) for term in terms]
    if len(terms) > 12:
        shown = [*shown[:6], "…", *shown[-6:]]
    return " + ".join(shown) + " = " if len(terms) > 1 else ""


def _with_notes(drawn: str, sentences: Sequence[str]) -> Text:
    return Text("\n".join([drawn, "", *sentences]) if sentences else drawn)


def _left_out(count: int) -> str:
    return f"\n… and {count} more node{'s'[: count - 1]}\n" if count > 0 else ""
