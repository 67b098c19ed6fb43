"""Nodes of a scalar graph that follow each other, step after step: the slots of what repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograd import operations as table
from autograd.compiling.scalars import SUMS, Scalars

LEAST = 4  # steps that are worth a loop


@dataclass
class Repeat:
    """Nodes that are computed again at every step, from each other and from what they were in the steps before.

    ``slots[k][t]`` is the k-th of them at step t; -1 at the last step, where nothing needs it. ``typical`` is a step
    that shows the operands of all: those of its operands that are slots of earlier steps are ``carried``, with the
    slot and by how many steps it is earlier; ``sliced`` ones are others at every step.
    """

    steps: int
    slots: list[list[int]]
    typical: int
    carried: dict[int, tuple[int, int]] = field(default_factory=dict)
    starts: dict[tuple[int, int], int] = field(default_factory=dict)  # what a slot was so many steps before the first
    sliced: dict[int, list[int]] = field(default_factory=dict)

    @property
    def nodes(self) -> Iterator[int]:
        """All nodes of all steps."""
        return (i for slot in self.slots for i in slot if i >= 0)

    def outside(self, scalars: Scalars) -> list[int]:
        """The operands of its nodes that are no nodes of its own."""
        mine = set(self.nodes)
        return list(dict.fromkeys(o for i in mine for o in operands(scalars, i) if o not in mine))

    def carries(self, edge: Edge, where: Mapping[int, Any]) -> bool:
        """Whether an operand is the same slot at every step, so many steps earlier; note that."""
        slot = self.slots[edge.slot]
        for t, i in enumerate(edge.nodes):
            if t >= edge.lag:
                if slot[t - edge.lag] != i:
                    return False
            elif i in where or self.starts.setdefault((edge.slot, edge.lag - t), i) != i:
                return False
        if edge.lag:
            self.carried[edge.nodes[self.typical]] = edge.slot, edge.lag
        return True

    def slices(self, edge: Edge, where: Mapping[int, Any]) -> bool:
        """Whether an operand is always one from outside; note which, step by step."""
        short, long = sorted([edge.nodes, self.sliced.get(edge.nodes[self.typical], [])], key=len)
        self.sliced[edge.nodes[self.typical]] = long  # of a slot that the last step lacks, others may know the rest
        return long[: len(short)] == short and not any(i in where for i in long)


class Edge(NamedTuple):
    """What an operand of a slot is at each step: nodes of a slot, so many steps earlier; -1 if of none."""

    slot: int
    lag: int
    nodes: list[int]


def operands(scalars: Scalars, i: int) -> list[int]:
    """What a node is computed from; of a sum all terms, and of the products among them the factors."""
    if i not in scalars.terms:
        return [] if scalars.operations[i] is None else scalars.operands(i)
    found = []
    for term, _ in scalars.terms[i]:
        found += scalars.operands(term) if scalars.is_product(term) else [term]
    return found


def kind_of(scalars: Scalars, i: int) -> Any:
    """What two nodes have in common if they do the same to their operands."""
    operation = scalars.operations[i]
    if i not in scalars.terms:
        return operation
    signs = tuple((sign, scalars.is_product(term)) for term, sign in scalars.terms[i])
    return table.add if operation in SUMS else operation, signs


class Chains:
    """Nodes in a row, each of which does what the one before it does, to operands that follow those of that one."""

    def __init__(self, scalars: Scalars, taken: set[int]) -> None:
        self.scalars = scalars
        self.taken = taken
        self.next: dict[int, int] = {}
        self.before: dict[int, int] = {}

    def follow(self, earlier: int, later: int) -> None:
        """Find which nodes below these correspond to each other, if these do."""
        waiting = [(earlier, later)]
        while waiting:
            u, v = waiting.pop()
            if u == v or u in self.next or v in self.before or u in self.taken or v in self.taken:
                continue
            if self.scalars.operations[u] is None or kind_of(self.scalars, u) != kind_of(self.scalars, v):
                continue
            self.next[u], self.before[v] = v, u
            waiting += zip(self._like(u, v), operands(self.scalars, v), strict=True)

    def extend(self) -> None:
        """Find what follows the last nodes of chains, to which nothing has led so far."""
        users: dict[int, list[int]] = defaultdict(list)
        for i, operation in enumerate(self.scalars.operations):
            if operation is not None and (i not in self.scalars.inside or i in self.scalars.terms):
                for operand in set(operands(self.scalars, i)):
                    users[operand].append(i)
        tops = [i for i in self.before if i not in self.next]
        while tops:
            length = len(self.next)
            for top in tops:
                following = self._following(top, users)
                if following is not None:
                    self.follow(top, following)
            tops = [i for i in self.before if i not in self.next] if len(self.next) > length else []

    def _following(self, top: int, users: Mapping[int, list[int]]) -> int | None:
        """The one node that does what another one does, to operands that follow those of that one."""
        known = [self.next[o] for o in operands(self.scalars, top) if o in self.next]
        found = [i for i in users.get(known[0], ()) if self._agrees(top, i, set())] if known else []
        return found[0] if len(found) == 1 else None

    def _agrees(self, i: int, found: int, asked: set[tuple[int, int]]) -> bool:
        """Whether a node may follow another one, as far as is known, if those do that were ``asked`` about before."""
        if i in self.next:
            return self.next[i] == found
        if i not in self.before:  # not in a chain
            return self.scalars.operations[i] is self.scalars.operations[found]
        if (i, found) in asked:
            return True
        asked.add((i, found))
        if found in self.before or found in self.taken or kind_of(self.scalars, i) != kind_of(self.scalars, found):
            return False
        triples = zip(self._like(self.before[i], i), operands(self.scalars, i), self._like(found, i), strict=True)
        return all(
            new == old if old == earlier and old not in self.before else self._agrees(old, new, asked)
            for earlier, old, new in triples
        )

    def _like(self, i: int, other: int) -> list[int]:
        """The operands of a node in the order of those of another one: the factors of a product may be exchanged."""
        mine, others = operands(self.scalars, i), operands(self.scalars, other)
        if i in self.scalars.terms:
            starts, k = [], 0
            for term, _ in self.scalars.terms[i]:
                starts += [k] * self.scalars.is_product(term)
                k += 1 + self.scalars.is_product(term)
        else:
            starts = [0] * (self.scalars.operations[i] is table.multiply)
        for k in starts:
            (a, b), (c, d) = mine[k : k + 2], others[k : k + 2]
            if a != c and b != d and (a == d or b == c):
                mine[k : k + 2] = b, a
        return mine

    def repeats(self) -> list[Repeat]:
        """What repeats: all recurrences in one loop, with what leads from one to another; or else each in its own."""
        groups, all_of_them = self._recurrences()
        together = self._repeat(all_of_them) if len(groups) > 1 else None
        return [together] if together else [repeat for group in groups if (repeat := self._repeat(group))]

    def _recurrences(self) -> tuple[list[list[list[int]]], list[list[int]]]:
        """Groups of chains that depend on earlier links of each other; and all these, with those that lie between."""
        chains = []
        for bottom in self.next:
            if bottom not in self.before:
                chain = [bottom]
                while chain[-1] in self.next:
                    chain.append(self.next[chain[-1]])
                if len(chain) >= LEAST - 1:
                    chains.append(chain)
        of = {i: k for k, chain in enumerate(chains) for i in chain}
        below = [sorted({of[o] for i in chain[-2:] for o in operands(self.scalars, i) if o in of}) for chain in chains]
        groups = _strongly_connected(below)
        recurrent = [k for group in groups for k in group]
        between = _reached(recurrent, below) & _reached(recurrent, _turned(below))
        return [[chains[k] for k in sorted(group)] for group in groups], [chains[k] for k in sorted(between)]

    def _repeat(self, chains: list[list[int]]) -> Repeat | None:
        """The steps that some chains make together, without the first ones if those are different."""
        offsets = self._offsets(chains)
        if offsets is None:
            return None
        slots = [dict(enumerate(chain, offset)) for chain, offset in zip(chains, offsets, strict=True)]
        first, least, most = max(map(min, slots)), min(map(max, slots)), max(map(max, slots))
        if least < first:
            return None
        slots.sort(key=lambda slot: slot[least])
        for start in range(first, first + 3):
            for last in {min(least + 1, most): None, least: None}:
                if last + 1 - start >= LEAST and (found := self._regular(slots, start, last + 1)):
                    return found
        return None

    def _offsets(self, chains: list[list[int]]) -> list[int] | None:
        """At which step each chain begins, so that no operand is one of a later step."""
        where = {i: (k, t) for k, chain in enumerate(chains) for t, i in enumerate(chain)}
        lags = []
        for k, chain in enumerate(chains):
            for t in range(max(0, len(chain) - 2), len(chain)):
                lags += [(k, t, *where[o]) for o in operands(self.scalars, chain[t]) if o in where]
        offsets = [0] * len(chains)
        for _ in range(len(chains) + 1):
            changed = False
            for k, t, other, s in lags:
                if offsets[other] + s > offsets[k] + t:
                    offsets[k], changed = offsets[other] + s - t, True
            if not changed:
                return offsets
        return None

    def _regular(self, slots: list[dict[int, int]], start: int, end: int) -> Repeat | None:
        """The repeat from one step to another, if all operands are there, and are what they should be."""
        found = Repeat(end - start, [[slot.get(t, -1) for t in range(start, end)] for slot in slots], 0)
        for slot in found.slots:
            if -1 in slot[:-1] or len({kind_of(self.scalars, i) for i in slot if i >= 0}) > 1:
                return None
        where = {i: (k, t) for k, slot in enumerate(found.slots) for t, i in enumerate(slot) if i >= 0}
        edges = [edge for slot in found.slots for edge in self._edges(slot, where)]
        longest = max(edge.lag for edge in edges)
        found.typical = max(longest, 1)
        if not 0 < longest <= found.steps - 2:
            return None
        outside = [edge for edge in edges if edge.slot < 0]
        if not all(found.carries(edge, where) for edge in edges if edge.slot >= 0):
            return None
        varying = [edge for edge in outside if len(set(edge.nodes)) > 1]
        if not all(found.slices(edge, where) for edge in varying):
            return None
        if not all(len(nodes) == found.steps for nodes in found.sliced.values()):
            return None
        same = {edge.nodes[0] for edge in outside if len(set(edge.nodes)) == 1}
        return None if same & found.sliced.keys() else found

    def _edges(self, slot: list[int], where: dict[int, tuple[int, int]]) -> Iterator[Edge]:
        there = [i for i in slot if i >= 0]
        usual = slot[-2]
        rows = [self._like(i, usual) for i in there]
        for column, operand in enumerate(operands(self.scalars, usual)):
            k, t = where.get(operand, (-1, len(slot) - 2))
            yield Edge(k, len(slot) - 2 - t, [row[column] for row in rows])


def _turned(below: Sequence[Sequence[int]]) -> list[list[int]]:
    """What is above each node, given what is below it."""
    above: list[list[int]] = [[] for _ in below]
    for k, found in enumerate(below):
        for j in found:
            above[j].append(k)
    return above


def _reached(starts: Iterable[int], following: Sequence[Sequence[int]]) -> set[int]:
    """What can be reached from some nodes, and those themselves."""
    found, waiting = set(starts), list(starts)
    while waiting:
        new = [j for j in following[waiting.pop()] if j not in found]
        found.update(new)
        waiting += new
    return found


def _strongly_connected(below: list[list[int]]) -> list[list[int]]:
    """The groups of nodes that are all below each other, without those that are alone and not below themselves."""
    order: list[int] = []
    seen = set()
    for root in range(len(below)):
        waiting = [(root, iter(below[root]))] if root not in seen else []
        seen.add(root)
        while waiting:
            k, rest = waiting[-1]
            following = next((j for j in rest if j not in seen), None)
            if following is None:
                order.append(waiting.pop()[0])
            else:
                seen.add(following)
                waiting.append((following, iter(below[following])))
    above = _turned(below)
    groups, placed = [], set()
    for root in reversed(order):
        if root in placed:
            continue
        group, stack = [], [root]
        placed.add(root)
        while stack:
            k = stack.pop()
            group.append(k)
            new = [j for j in above[k] if j not in placed]
            placed.update(new)
            stack += new
        if len(group) > 1 or root in below[root]:
            groups.append(group)
    return groups
