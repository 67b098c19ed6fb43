"""Steps that repeat in a scalar graph: a recurrence over time, a descent written out, bodies that move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.scalars import SUMS, Scalars, depths

LEAST = 4  # steps that are worth a loop
LONGEST = 200  # operations in a row of one step
COLOURED = 3  # rounds, after each of which colours tell apart what a step further back does


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


def colours(scalars: Scalars, loops: Sequence[Repeat]) -> dict[int, Any]:
    """A colour for the nodes of loops: the same for those that the same operations of a step lead to."""
    found: dict[int, Any] = {}
    for number, loop in enumerate(loops):
        typical = [slot[loop.typical] for slot in loop.slots]
        known: dict[int, Any] = {i: _kind(scalars, i) for i in typical}
        for _ in range(COLOURED):
            before = {i: known[typical[slot]] for i, (slot, _) in loop.carried.items()}
            ids: dict[Any, int] = {}
            for i in sorted(typical):
                below = Counter(before.get(o, known.get(o)) for o in operands(scalars, i))
                known[i] = ids.setdefault((_kind(scalars, i), frozenset(below.items())), len(ids))
        found |= {i: (number, known[slot[loop.typical]]) for slot in loop.slots for i in slot}
    return found


def repeats(scalars: Scalars) -> list[Repeat]:
    """What repeats in a graph, loop by loop: none of them needs another one's results while it runs."""
    found: list[Repeat] = []
    while True:
        depth = levels(scalars, found)
        assert depth is not None
        new = _on_path(scalars, _critical_path(scalars, depth, found), found)
        before = len(found)
        for repeat in new:
            if levels(scalars, [*found, repeat]) is not None:
                found.append(repeat)
        if len(found) == before:
            return _together(scalars, found)


def _together(scalars: Scalars, loops: list[Repeat]) -> list[Repeat]:
    """The elements of vectors, each of which goes through the same steps on its own, as one repeat for each vector."""
    colour = colours(scalars, loops)
    alike: dict[Any, list[Repeat]] = defaultdict(list)
    for loop in loops:
        kinds = Counter(colour[slot[loop.typical]][1] for slot in loop.slots)
        alone = max(kinds.values()) == 1
        kind = tuple(sorted(str(_kind(scalars, slot[loop.typical])) for slot in loop.slots))
        alike[(loop.steps, loop.typical, kind) if alone else id(loop)].append(loop)
    found: list[Repeat] = []
    for group in alike.values():
        joined = _joined(group) if len(group) > 1 else group[0]
        others = [loop for loop in loops if loop not in group]
        found += group if joined is None or levels(scalars, [*others, joined]) is None else [joined]
    return found


def _joined(loops: Sequence[Repeat]) -> Repeat | None:
    """Loops as one; None if a node would be something else in each of them."""
    joined = Repeat(loops[0].steps, [], loops[0].typical)
    for loop in loops:
        first = len(joined.slots)
        if any(joined.sliced.get(i, nodes) != nodes for i, nodes in loop.sliced.items()):
            return None
        joined.slots += loop.slots
        joined.sliced |= loop.sliced
        joined.carried |= {i: (first + slot, lag) for i, (slot, lag) in loop.carried.items()}
        joined.starts |= {(first + slot, lag): i for (slot, lag), i in loop.starts.items()}
    return joined


def levels(scalars: Scalars, loops: Sequence[Repeat]) -> list[int] | None:
    """How many steps lead to every node, a loop being one; None if a loop needs what is computed from it."""
    known: dict[int, int] = {}
    mine = [(list(loop.nodes), loop.outside(scalars)) for loop in loops]
    for _ in range(len(loops) + 2):
        depth = depths(scalars, known)
        before = dict(known)
        for nodes, outside in mine:
            known.update(dict.fromkeys(nodes, 1 + max((depth[o] for o in outside), default=0)))
        if known == before:
            return depth
    return None


def _on_path(scalars: Scalars, path: Sequence[int], known: Sequence[Repeat]) -> list[Repeat]:
    taken = {i for repeat in known for i in repeat.nodes}
    for later, earlier in _seeds(scalars, path):
        chains = _Chains(scalars, taken)
        chains.follow(earlier, later)
        found = [repeat for slots in chains.recurrences() if (repeat := chains.repeat(slots))]
        if found:
            return found
    return []


def _critical_path(scalars: Scalars, depth: Sequence[int], known: Sequence[Repeat]) -> list[int]:
    """From the output down, always to the operand that most operations lead to."""
    outside = {}
    for repeat in known:
        outside.update(dict.fromkeys(repeat.nodes, repeat.outside(scalars)))
    path, i = [], max([scalars.output, *scalars.further], key=depth.__getitem__)
    while True:
        below = outside[i] if i in outside else operands(scalars, i)
        if i not in outside:
            path.append(i)
        if not below:
            return path
        i = max(below, key=depth.__getitem__)


def _seeds(scalars: Scalars, path: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Nodes of the path of which one may be what the other was a step before: the later and the earlier one."""
    known: dict[Any, int] = {}
    kinds = np.array([known.setdefault(_kind(scalars, i), len(known)) for i in path])
    found = []
    for period in range(1, min(LONGEST, len(path) // LEAST) + 1):
        same = np.concatenate([[False], kinds[period:] == kinds[:-period], [False]]).astype(int)
        starts, ends = np.flatnonzero(np.diff(same) > 0), np.flatnonzero(np.diff(same) < 0)
        found += [(end - start, period, start) for start, end in zip(starts, ends, strict=True)]
    # The longest run first, which begins at most a step lower with twice the period.
    for length, period, start in sorted(found, key=lambda run: (-run[0] - run[1], run[1])):
        if length >= (LEAST - 1) * period:
            for top in start + period, start:  # what follows the last step may look like a part of one
                yield path[int(top)], path[int(top) + period]


def operands(scalars: Scalars, i: int) -> list[int]:
    """What a node is computed from; of a sum all terms, and of the products among them the factors."""
    if i not in scalars.terms:
        return [] if scalars.operations[i] is None else scalars.operands(i)
    found = []
    for term, _ in scalars.terms[i]:
        found += scalars.operands(term) if scalars.is_product(term) else [term]
    return found


def _kind(scalars: Scalars, i: int) -> Any:
    """What two nodes have in common if they do the same to their operands."""
    operation = scalars.operations[i]
    if i not in scalars.terms:
        return operation
    signs = tuple((sign, scalars.is_product(term)) for term, sign in scalars.terms[i])
    return table.add if operation in SUMS else operation, signs


class _Chains:
    """Nodes in a row, each of which is computed as the one before it, from operands that are the next ones of theirs."""

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
            if self.scalars.operations[u] is None or _kind(self.scalars, u) != _kind(self.scalars, v):
                continue
            self.next[u], self.before[v] = v, u
            waiting += zip(self._like(u, v), operands(self.scalars, v), strict=True)

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

    def recurrences(self) -> list[list[list[int]]]:
        """Chains that depend on earlier links of each other, each group in the order of its operations."""
        chains = []
        for bottom in self.next:
            if bottom not in self.before:
                chain = [bottom]
                while chain[-1] in self.next:
                    chain.append(self.next[chain[-1]])
                if len(chain) >= LEAST - 1:
                    chains.append(chain)
        of = {i: k for k, chain in enumerate(chains) for i in chain}
        below = [
            sorted({of[o] for i in chain[-2:] for o in operands(self.scalars, i) if o in of}) for chain in chains
        ]
        return [[chains[k] for k in sorted(group)] for group in _strongly_connected(below)]

    def repeat(self, chains: list[list[int]]) -> Repeat | None:
        """The steps that some chains make together, without the first ones if those are different."""
        offsets = self._offsets(chains)
        if offsets is None:
            return None
        slots = [dict(enumerate(chain, offset)) for chain, offset in zip(chains, offsets, strict=True)]
        self._extend(slots)
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

    def _extend(self, slots: list[dict[int, int]]) -> None:
        """Find the nodes of the last steps that nothing has led to so far."""
        users: dict[int, list[int]] = defaultdict(list)
        for i, operation in enumerate(self.scalars.operations):
            if operation is not None and (i not in self.scalars.inside or i in self.scalars.terms):
                for operand in set(operands(self.scalars, i)):
                    users[operand].append(i)
        where = {i: (k, t) for k, slot in enumerate(slots) for t, i in slot.items()}
        grown = True
        while grown:
            grown = False
            for slot in slots:
                top = max(slot)
                if slot[top] not in self.next and top - 1 in slot:
                    found = self._following(slots, where, slot[top], users)
                    if found is not None:
                        self.follow(slot[top], found)
            for k, slot in enumerate(slots):
                top = max(slot)
                following = self.next.get(slot[top])
                if following is not None and following not in where:
                    slot[top + 1], where[following], grown = following, (k, top + 1), True

    def _following(
        self, slots: list[dict[int, int]], where: dict[int, tuple[int, int]], top: int, users: dict[int, list[int]]
    ) -> int | None:
        """What the top node of a slot is one step later."""

        def agrees(i: int, found: int) -> bool:
            """Whether a node may be what another one is a step later, as far as is known."""
            if i not in where:
                return self.scalars.operations[i] is self.scalars.operations[found]
            k, t = where[i]
            if t + 1 in slots[k]:
                return slots[k][t + 1] == found
            if found in where or found in self.taken or _kind(self.scalars, i) != _kind(self.scalars, found):
                return False
            before = self._like(slots[k][t - 1], i) if t - 1 in slots[k] else operands(self.scalars, i)
            return all(
                new == old if old == earlier and old not in where else agrees(old, new)
                for earlier, old, new in zip(before, operands(self.scalars, i), self._like(found, i), strict=True)
            )

        known = [where[o] for o in operands(self.scalars, top) if o in where]
        starts = [slots[k][t + 1] for k, t in known if t + 1 in slots[k]]
        found = [i for i in users.get(starts[0], ()) if agrees(top, i)] if starts else []
        return found[0] if len(found) == 1 else None

    def _regular(self, slots: list[dict[int, int]], start: int, end: int) -> Repeat | None:
        """The repeat from one step to another, if all operands are there, and are what they should be."""
        found = Repeat(end - start, [[slot.get(t, -1) for t in range(start, end)] for slot in slots], 0)
        for slot in found.slots:
            if -1 in slot[:-1] or len({_kind(self.scalars, i) for i in slot if i >= 0}) > 1:
                return None
        where = {i: (k, t) for k, slot in enumerate(found.slots) for t, i in enumerate(slot) if i >= 0}
        edges = [edge for slot in found.slots for edge in self._edges(slot, where, found.steps)]
        longest = max((lag for lag, *_ in edges), default=0)
        found.typical = min(max(longest, 1), found.steps - 2)
        if not longest or longest > found.typical:
            return None
        for lag, k, nodes in edges:
            if lag is None:
                return None
            typical = nodes[found.typical]
            if k is None:
                if any(i != typical for i in nodes if i is not None):
                    if None in nodes or any(i in where for i in nodes):
                        return None
                    if found.sliced.setdefault(typical, nodes) != nodes:
                        return None
                continue
            for t, i in enumerate(nodes):
                if i is not None and t >= lag and found.slots[k][t - lag] != i:
                    return None
                if i is not None and t < lag and (i in where or found.starts.setdefault((k, lag - t), i) != i):
                    return None
            if lag:
                found.carried[typical] = k, lag
        same = {nodes[found.typical] for lag, k, nodes in edges if k is None} - found.sliced.keys()
        return None if same & found.sliced.keys() else found

    def _edges(
        self, slot: list[int], where: dict[int, tuple[int, int]], steps: int
    ) -> Iterator[tuple[int, int | None, list[int | None]]]:
        """For each operand of a slot the nodes that it is, step by step; if it is a slot, which, and how much earlier."""
        typical = steps - 2
        rows = [None if i < 0 else self._like(i, slot[typical]) for i in slot]
        for column, operand in enumerate(operands(self.scalars, slot[typical])):
            nodes = [None if row is None else row[column] for row in rows]
            if operand in where:
                k, t = where[operand]
                yield typical - t, k, nodes
            else:
                yield 0, None, nodes


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
    above: list[list[int]] = [[] for _ in below]
    for k, found in enumerate(below):
        for j in found:
            above[j].append(k)
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
