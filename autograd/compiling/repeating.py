"""Steps that repeat in a scalar graph: a recurrence over time, a descent written out, bodies that move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd.compiling.chains import LEAST, Chains, Repeat, kind_of, operands
from autograd.compiling.scalars import Scalars, depths

LONGEST = 200  # operations in a row of one step
COLOURED = 3  # rounds, after each of which colours tell apart what a step further back does


def colours(scalars: Scalars, loops: Sequence[Repeat]) -> dict[int, Any]:
    """A colour for the nodes of loops: the same for those that the same operations of a step lead to."""
    found: dict[int, Any] = {}
    for number, loop in enumerate(loops):
        typical = [slot[loop.typical] for slot in loop.slots]
        known: dict[int, Any] = {i: kind_of(scalars, i) for i in typical}
        for _ in range(COLOURED):
            before = {i: known[typical[slot]] for i, (slot, _) in loop.carried.items()}
            ids: dict[Any, int] = {}
            for i in sorted(typical):
                below = Counter(before.get(o, known.get(o)) for o in operands(scalars, i))
                known[i] = ids.setdefault((kind_of(scalars, i), frozenset(below.items())), len(ids))
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
        kind = tuple(sorted(str(kind_of(scalars, slot[loop.typical])) for slot in loop.slots))
        alike[(loop.steps, loop.typical, kind) if alone else id(loop)].append(loop)
    found: list[Repeat] = []
    for group in alike.values():
        joined = _joined(group) if len(group) > 1 else group[0]
        others = [loop for loop in loops if loop not in group]
        found += group if joined is None or levels(scalars, [*others, joined]) is None else [joined]
    return found


def _joined(loops: Sequence[Repeat]) -> Repeat | None:
    """Loops as one; None if one reads what another computes, or a node would be something else in each of them."""
    mine = {i for loop in loops for i in loop.nodes}
    if any(i in mine for loop in loops for nodes in (*loop.sliced.values(), loop.starts.values()) for i in nodes):
        return None
    joined = Repeat(loops[0].steps, [], loops[0].typical)
    for loop in sorted(loops, key=lambda loop: loop.slots[0][loop.typical]):
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
        chains = Chains(scalars, taken)
        chains.follow(earlier, later)
        chains.extend()
        if found := chains.repeats():
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
        i = max(reversed(below), key=depth.__getitem__)  # of several the last, which may depend on the others


def _seeds(scalars: Scalars, path: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Nodes of the path of which one may be what the other was a step before: the later and the earlier one."""
    known: dict[Any, int] = {}
    kinds = np.array([known.setdefault(kind_of(scalars, i), len(known)) for i in path])
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
