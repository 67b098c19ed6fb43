"""The paths from an output to an input: how many there are, and which matter most."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from autograd.graph import edges
from autograd.value import Value

Edge = tuple[Value, int]  # a node, and which of its operands


@dataclass(frozen=True)
class Path:
    """One way from the output to an input: its edges, and the product of their local derivatives.

    ``share`` is its size beside all paths to that input together.
    """

    edges: tuple[Edge, ...]
    contribution: float
    share: float


@dataclass(frozen=True)
class Paths:
    """The largest paths to an input, the first the largest, and how many there are at all."""

    shown: tuple[Path, ...]
    number: int


def paths(order: Sequence[Value], leaf: Value, most: int) -> Paths:
    """The paths from the last node of a topological order to a leaf; of more than ``most`` the largest.

    A graph has so many paths, often, that they can only be counted: from each node on, the largest product and the sum
    of all sizes are known from those of its operands, so the largest paths are found without looking at the others.
    """
    numbers: dict[Value, int] = {leaf: 1}
    largest: dict[Value, float] = {leaf: 1.0}
    sizes: dict[Value, float] = {leaf: 1.0}
    for node in order:
        below = [(abs(node.partials[k]), parent) for k, parent in edges(node) if parent in numbers]
        if below and node is not leaf:
            numbers[node] = sum(numbers[parent] for _, parent in below)
            largest[node] = max(size * largest[parent] for size, parent in below)
            sizes[node] = sum(size * sizes[parent] for size, parent in below)
    output = order[-1]
    if output not in numbers:
        return Paths((), 0)
    return Paths(_largest_first(output, leaf, most, largest, sizes[output]), numbers[output])


def _largest_first(
    output: Value, leaf: Value, most: int, largest: dict[Value, float], total: float
) -> tuple[Path, ...]:
    """Each beginning of a path waits with the largest size that it can still reach."""
    found: list[Path] = []
    tick = count()  # of equal ones the first that was met
    waiting: list[tuple[float, int, Value, float, tuple[Edge, ...]]] = [(-largest[output], next(tick), output, 1.0, ())]
    while waiting and len(found) < most:
        _, _, node, product, way = heapq.heappop(waiting)
        if node is leaf:
            found.append(Path(way, product, abs(product) / total if total else 0.0))
            continue
        for k, parent in edges(node):
            if parent in largest:
                longer = product * node.partials[k]
                heapq.heappush(waiting, (-abs(longer) * largest[parent], next(tick), parent, longer, (*way, (node, k))))
    return tuple(found)
