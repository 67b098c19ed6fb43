"""The graph of a computation: its nodes, their topological order, and the two sweeps over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from autograd.operation import Node, Operation, zero

try:
    import cython
except ImportError:
    from autograd import plain as cython

NodeT = TypeVar("NodeT", bound=Node)
Partial = Callable[[Any, int], Any]


def topological_order(root: Node) -> list[Any]:
    """Every node that root depends on, parents before children, root last.

    Depth first over first and second parent, so the order depends on the graph alone; no recursion,
    so any depth works. Leaves come first.
    """
    leaves: list[Any] = []
    inner: list[Any] = []
    if cython.compiled and root.first is not None:
        visit(root, new_mark(), leaves, inner, False)
    else:
        leaves, inner, _ = leaves_and_inner(root)
    return leaves + inner


class _Marks:
    """How many visits of graphs there have been: the mark of the newest one."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0.0


_marks: Final = _Marks()


def new_mark() -> float:
    """Compiled: a mark that no node has."""
    _marks.count += 1.0
    return _marks.count


def visit(output: Any, mark: float, leaves: list[Any], inner: list[Any], reset: bool) -> None:
    """Compiled: fill the lists with the nodes that an output depends on, in topological order, and mark them.

    With ``reset``, the adjoints of inner nodes are 0 then. A set of the nodes that were seen would take far longer.
    """
    # Made first: making a list can start the garbage collector, and with it a finalizer that marks nodes.
    waiting: list[Any] = []  # for their operands
    node = output
    while True:
        if node.first.mark != mark:
            node.first.mark = mark
            if node.first.first is not None:
                if reset:
                    node.first._grad = 0.0
                waiting.append(node)
                node = node.first
                continue
            leaves.append(node.first)
        if node.second is not None and node.second.mark != mark:
            node.second.mark = mark
            if node.second.first is not None:
                if reset:
                    node.second._grad = 0.0
                waiting.append(node)
                node = node.second
                continue
            leaves.append(node.second)
        inner.append(node)
        if not waiting:
            break
        node = cython.cast(Node, waiting.pop())


def leaves_and_inner(root: Node) -> tuple[list[Any], list[Any], dict[Any, float]]:
    """The nodes that root depends on, in topological order: the leaves, those that were computed, and a 0 for each."""
    if root.first is None:
        return [root], [], {root: 0.0}
    leaves: list[Node] = []
    inner: list[Node] = []
    waiting: list[Node] = []  # for their operands
    seen: dict[Any, float] = {root: 0.0}
    node = root
    while True:
        first, second = node.first, node.second
        if first is not None and first not in seen:
            seen[first] = 0.0
            if first.first is not None:
                waiting.append(node)
                node = first
                continue
            leaves.append(first)
        if second is not None and second not in seen:
            seen[second] = 0.0
            if second.first is not None:
                waiting.append(node)
                node = second
                continue
            leaves.append(second)
        inner.append(node)
        if not waiting:
            return leaves, inner, seen
        node = waiting.pop()


def tabulated(order: list[Any]) -> tuple[list[Operation | None], list[int], list[int]]:
    """A graph in three lists: the operation of every node, and the places of its two operands in a topological order.

    Where there is none, the operation is None, and the place -1.
    """
    if cython.compiled:
        return _tabulated_by_marks(order)
    places = {node: i for i, node in enumerate(order)}
    operations = [node.origin.operation for node in order]
    return operations, [places.get(node.first, -1) for node in order], [places.get(node.second, -1) for node in order]


def _tabulated_by_marks(order: list[Any]) -> tuple[list[Operation | None], list[int], list[int]]:
    """Compiled: a mark says the place of a node, as no dictionary does so fast."""
    operations: list[Operation | None] = []
    firsts: list[int] = []
    seconds: list[int] = []
    start = new_mark()
    _marks.count += len(order)
    for i in range(len(order)):
        node = cython.cast(Node, order[i], typecheck=True)
        node.mark = start + i
        operations.append(node.origin.operation)
        firsts.append(-1 if node.first is None else int(node.first.mark - start))
        seconds.append(-1 if node.second is None else int(node.second.mark - start))
    return operations, firsts, seconds


def rule_at(node: Node, operand: int, numbers: Callable[[Any], Any] = lambda node: node) -> Any:
    """The local derivative of a node with respect to one operand: its rule, run on numbers of any kind.

    ``numbers`` says which number stands for a node; without it the nodes stand for themselves, and the
    result is a new piece of graph.
    """
    operation = node.origin.operation
    assert operation is not None, "a leaf has no local derivative"
    return operation.partials[operand](numbers(node), *map(numbers, node.parents))


def edges(node: Node) -> Iterator[tuple[int, Any]]:
    """The operands, numbered, that a node's derivative goes to, with the parents that they are."""
    for operand, parent in enumerate(node.parents):
        if node.origin.operation.partials[operand] is not zero:  # type: ignore[union-attr]
            yield operand, parent


def adjoints(order: Sequence[NodeT], wanted: Iterable[NodeT], partial: Partial) -> dict[NodeT, Any]:
    """Reverse mode: the partial derivative of the last node of order with respect to every wanted node,
    and to all that lies between.

    ``partial(node, operand)`` gives the local derivatives, as numbers of any kind, and is asked only
    for edges that lead to a wanted node. A wanted node that the last one does not depend on is missing.
    """
    leading = set(wanted)
    for node in order:
        if any(parent in leading for _, parent in edges(node)):
            leading.add(node)
    if order[-1] not in leading:
        return {}
    adjoint: dict[NodeT, Any] = {order[-1]: 1.0}
    for node in reversed(order):
        if node in adjoint:
            for operand, parent in edges(node):
                if parent in leading:
                    contribution = times(adjoint[node], partial(node, operand))
                    before = adjoint.get(parent)
                    adjoint[parent] = contribution if before is None else before + contribution
    return adjoint


def tangents(order: Sequence[NodeT], directions: dict[NodeT, Any], partial: Partial) -> dict[NodeT, Any]:
    """Forward mode: the derivative of every node of order along the given directions of some of them."""
    tangent: dict[NodeT, Any] = dict(directions)
    for node in order:
        if node not in directions:
            for operand, parent in edges(node):
                if parent in tangent:
                    contribution = times(tangent[parent], partial(node, operand))
                    before = tangent.get(node)
                    tangent[node] = contribution if before is None else before + contribution
    return tangent


def times(x: Any, y: Any) -> Any:
    """x · y, without recording a multiplication by the plain numbers 1 and -1."""
    for number, other in ((x, y), (y, x)):
        if type(number) is float and number == 1.0:
            return other
        if type(number) is float and number == -1.0:
            return -other
    return x * y
