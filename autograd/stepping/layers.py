"""A large graph by layers and neurons: cells in columns, each of which unfolds to its scalar nodes.

A neuron is a weighted sum and what is done to it alone: found by how the nodes are used, whatever the program was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograd.drawing.described import Described
from autograd.value import Value

MOST_COLUMNS, MOST_ROWS = 10, 16
SUMS, TERMS = ("add", "subtract"), ("add", "subtract", "multiply", "neg")


@dataclass
class Cell:
    """Scalar nodes that are drawn as one, in order; ``results`` are those that others use, one for each sample."""

    nodes: list[Value]
    results: list[Value]
    name: str = ""
    about: str = ""
    operands: list[int] = field(default_factory=list)  # the cells that it is computed from


@dataclass
class Column:
    """Cells that stand above each other: a layer, or the inputs."""

    name: str
    cells: list[Cell]


def columns(graph: Described) -> list[Column]:
    """The inputs and the layers of a graph, from left to right, none too many to be seen."""
    home = _neurons(graph.order)
    groups: dict[Value, list[Value]] = {node: [] for node in graph.order if home.get(node) is node}
    for node in graph.order:
        if node in home:
            groups[home[node]].append(node)
    owner = _owners(graph, home)
    depth: dict[Value, int] = {}
    for root, nodes in groups.items():  # in topological order
        feeding = [depth[home[p]] for n in nodes for p in n.parents if p in home and home[p] is not root]
        depth[root] = 1 + max(feeding, default=0)
    inputs = [leaf for leaf in graph.leaves if owner.get(leaf) is None]
    layers: list[list[Cell]] = [[] for _ in range(max(depth.values()))]
    alike: dict[tuple[int, frozenset[Value]], Cell] = {}  # the same neuron on several samples
    for root, nodes in groups.items():
        weights = frozenset(leaf for n in nodes for leaf in n.parents if leaf.operation is None and leaf in owner)
        cell = alike.get((depth[root], weights)) if weights else None
        if cell is None:
            cell = alike[depth[root], weights] = Cell([], [])
            layers[depth[root] - 1].append(cell)
            cell.nodes += [leaf for leaf in graph.leaves if leaf in weights and owner[leaf] is not None]
        cell.nodes += nodes
        cell.results.append(root)
    found = [Column("inputs", [Cell([leaf], [leaf]) for leaf in inputs])] if inputs else []
    found += _named_layers(_merged(layers))
    for column in found:
        _name_cells(graph, column)
        column.cells = _fewer(column.cells)
    return _linked(found)


def _neurons(order: Sequence[Value]) -> dict[Value, Value]:
    """For each node that is computed the last one of its neuron."""
    uses = Counter(parent for node in order for parent in node.parents)
    home: dict[Value, Value] = {}
    for node in reversed(order):
        if node.operation is None:
            continue
        root = home.setdefault(node, node)
        varying = [parent for parent in dict.fromkeys(node.parents) if not parent.is_constant]
        for parent in varying:
            if parent.operation is not None and uses[parent] == 1:
                summed = node.operation.name in SUMS and parent.operation.name in TERMS
                if summed or len(varying) == 1:
                    home[parent] = root
    return home


def _owners(graph: Described, home: dict[Value, Value]) -> dict[Value, frozenset[Value]]:
    """The leaves that neurons have for themselves, with the last nodes of those neurons.

    On several samples a weight is used by a neuron for each, all of them with the same leaves.
    """
    users: dict[Value, dict[Value, None]] = {}
    leaves_of: dict[Value, set[Value]] = {}
    for node in graph.order:
        for parent in node.parents:
            if parent.operation is None and not parent.is_constant:
                users.setdefault(parent, {})[home[node]] = None
                leaves_of.setdefault(home[node], set()).add(parent)
    found = {}
    for leaf, roots in users.items():
        first, *others = (leaves_of[root] for root in roots)
        if all(leaves == first for leaves in others):
            found[leaf] = frozenset(roots)
    return found


def _merged(layers: list[list[Cell]]) -> list[list[list[Cell]]]:
    """The layers in as many columns as can be seen, several in one where there are more."""
    size = -(-len(layers) // MOST_COLUMNS)
    return [layers[i : i + size] for i in range(0, len(layers), size)]


def _named_layers(merged: list[list[list[Cell]]]) -> list[Column]:
    found, count = [], 0
    for layers in merged:
        first, count = count + 1, count + len(layers)
        what = f"layer {first}" if len(layers) == 1 else f"layers {first} to {count}"
        found.append(Column(what, [cell for layer in layers for cell in layer]))
    found[-1].name = "output" if len(merged[-1]) == 1 else found[-1].name
    return found


def _name_cells(graph: Described, column: Column) -> None:
    """Each cell by the label of its result, else by its number; and what the names of its weights begin with."""
    for i, cell in enumerate(column.cells):
        result = cell.results[0]
        weights = [node for node in cell.nodes if node.operation is None]
        stem = _stem([graph.naming.label(node) for node in weights])
        own = result.label or result.operation is None or result is graph.order[-1]
        cell.name = graph.naming.name(result) if own else f"neuron {i + 1}"
        cell.about = stem


def _stem(names: Sequence[str]) -> str:
    """What dotted names have in common: layers.0.neurons.1 of its weights and bias.

    >>> _stem(["layers.0.neurons.1.w.0", "layers.0.neurons.1.b"]), _stem(["w1", "w2"])
    ('layers.0.neurons.1', '')
    """
    parts = [name.split(".") for name in names]
    common = []
    for same in zip(*parts, strict=False) if len(parts) > 1 else ():
        if len(set(same)) > 1:
            break
        common.append(same[0])
    return ".".join(common)


def _fewer(cells: list[Cell]) -> list[Cell]:
    """As many cells as can be seen: the rest in one."""
    if len(cells) <= MOST_ROWS:
        return cells
    rest = cells[MOST_ROWS - 1 :]
    nodes = [node for cell in rest for node in cell.nodes]
    results = [node for cell in rest for node in cell.results]
    return [*cells[: MOST_ROWS - 1], Cell(nodes, results, f"{len(rest)} more")]


def _linked(found: list[Column]) -> list[Column]:
    """The columns, each cell knowing which others it uses."""
    cells = [cell for column in found for cell in column.cells]
    place = {node: i for i, cell in enumerate(cells) for node in cell.nodes}
    for i, cell in enumerate(cells):
        used: Iterable[int] = (place[p] for node in cell.nodes for p in node.parents if p in place)
        cell.operands = sorted(set(used) - {i})
    return found
