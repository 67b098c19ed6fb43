"""The scalar graph, read once: chains of sums are flattened, and nodes that are the same number share an index."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, takewhile, zip_longest
from types import MappingProxyType
from typing import Any

from autograd import operations as table
from autograd.graph import tabulated, topological_order
from autograd.operation import Operation, zero
from autograd.picking import Picked
from autograd.value import Value

Addend = tuple[int, float]  # the index of a node, and the sign it is added with
SUMS = (table.add, table.subtract)


class Scalars:
    """The nodes of a graph by index: operands before what is computed from them.

    ``terms`` holds, for the root of every chain of additions and subtractions, what it adds up; ``inside`` the nodes
    that are part of such a sum only: its partial sums, and the products among its terms. ``further`` nodes are
    results like the output, so they are never ``inside``. ``candidates`` holds what each leaf was picked from.
    """

    def __init__(
        self, output: Value, further: Sequence[Value] = (), picked: Mapping[Value, Picked] = MappingProxyType({})
    ) -> None:
        self.nodes: list[Value] = _ordered([output, *further], picked)
        self.operations: list[Operation | None]
        self.first: list[int]
        self.second: list[int]
        self.operations, self.first, self.second = tabulated(self.nodes)
        self.constants: dict[int, float] = {}
        self.terms: dict[int, list[Addend]] = {}
        self.candidates: dict[int, list[int]] = {}
        self.inside: set[int] = set()
        self._same = list(range(len(self.nodes)))  # the node that is the same number
        self._uses = [0] * len(self.nodes)
        self._simplify()
        self._find(output, further, picked)
        for i in (self.output, *self.further, *chain(*self.candidates.values())):  # asked for, and so inside of nothing
            self._uses[i] += 1
        self._flatten_sums()
        self._flatten_maxima()

    def computed(self) -> list[int]:
        """The nodes that have an operation, in order."""
        return [i for i, operation in enumerate(self.operations) if operation is not None]

    def operands(self, i: int) -> list[int]:
        """The operands of a node that is no sum."""
        return [self.first[i]] if self.second[i] < 0 else [self.first[i], self.second[i]]

    def is_product(self, i: int) -> bool:
        """Whether this is a term x · y of one sum only."""
        return i in self.inside and self.operations[i] is table.multiply

    def _simplify(self) -> None:
        """Note what is constant, and write x + 0, x * x, x ** 2 and + x the shortest way."""
        nodes, constants, uses, same = self.nodes, self.constants, self._uses, self._same
        operations, first, second = self.operations, self.first, self.second
        numbers: dict[tuple[float, float], int] = {}
        for i, operation in enumerate(operations):
            if operation is None:
                if nodes[i].is_constant:
                    number = constants[i] = nodes[i].data
                    same[i] = numbers.setdefault((number, math.copysign(1.0, number)), i)
                continue
            a, b = same[first[i]], second[i]
            if b >= 0:
                b = same[b]
                if operation is table.multiply:
                    if a == b:
                        operations[i], b = table.square, -1
                    elif a in constants:
                        a, b = b, a
                elif b in constants:
                    if operation is table.power and constants[b] == 2.0:
                        operations[i], b = table.square, -1
                    elif operation in SUMS and constants[b] == 0.0:
                        operation = table.pos
            if operation is table.pos:
                operations[i], first[i], second[i], same[i] = None, -1, -1, a
                continue
            first[i], second[i] = a, b
            uses[a] += 1
            if b >= 0:
                uses[b] += 1

    def _find(self, output: Value, further: Sequence[Value], picked: Mapping[Value, Picked]) -> None:
        """The indices of what is asked for."""
        rows = [each.candidates for each in picked.values()]
        wanted = {output, *further, *picked, *chain(*rows)}
        index = {node: i for i, node in enumerate(self.nodes) if node in wanted}
        same = self._same
        self.output = same[index[output]]
        self.further = [same[index[node]] for node in further]
        for leaf, row in zip(picked, rows, strict=True):
            if leaf in index:
                self.candidates[index[leaf]] = [same[index[candidate]] for candidate in row]

    def _flatten_sums(self) -> None:
        """The terms of every chain of additions and subtractions of which only the next link uses a link."""
        operations, first, second = self.operations, self.first, self.second
        uses, constants, terms, inside = self._uses, self.constants, self.terms, self.inside
        for i, operation in enumerate(operations):
            if operation is not table.add and operation is not table.subtract:
                continue
            a, b = first[i], second[i]
            if uses[a] == 1 and a in terms:
                inside.add(a)
                left = terms.pop(a)
            else:
                left = [] if constants.get(a) == 0.0 else [(a, 1.0)]  # sums begin with 0
            if operation is table.subtract:
                left.append((b, -1.0))
            elif uses[b] > 1 or b not in terms:
                left.append((b, 1.0))
            else:
                inside.add(b)
                right = terms.pop(b)
                if len(left) < len(right):  # the longer one grows, so that a chain of any shape takes linear time
                    left, right = right, left
                left.extend(right)
            terms[i] = left
        for found in terms.values():
            for k, (term, sign) in enumerate(found):
                if uses[term] == 1 and operations[term] is table.neg:
                    inside.add(term)
                    found[k] = (term := first[term]), -sign
                if uses[term] == 1 and operations[term] is table.multiply:
                    inside.add(term)

    def _flatten_maxima(self) -> None:
        """The terms of every chain of maxima of which no derivative is asked for."""
        flowing = self._with_gradient()
        for i, operation in enumerate(self.operations):
            if operation is table.stop_gradient or (operation is table.maximum and not flowing[i]):
                found: list[Addend] = []
                for a in self.operands(i):
                    if self._uses[a] == 1 and a in self.terms and self.operations[a] is table.maximum:
                        self.inside.add(a)
                        found += self.terms.pop(a)
                    else:
                        found.append((a, 1.0))
                self.terms[i] = found
                self.operations[i] = table.maximum

    def unfold(self, root: int) -> list[tuple[int, int]]:
        """Make each addition and subtraction of a sum one of its own again.

        Returned are those inside of it, each with the number of steps that lead to it.
        """
        found, waiting = [], [root]
        while waiting:
            i = waiting.pop()
            found.append(i)
            self.inside.discard(i)
            sign = -1.0 if self.operations[i] is table.subtract else 1.0
            waiting += [a for a in self.operands(i) if a in self.inside and self.operations[a] in SUMS]
            self.terms[i] = [self._addend(self.first[i], 1.0), self._addend(self.second[i], sign)]
        height: dict[int, int] = {}
        for i in reversed(found):
            height[i] = 1 + max(height.get(a, 0) for a in self.operands(i))
        return [(height[i], i) for i in found[1:]]

    def part(self, i: int, chosen: Sequence[bool], sign: float) -> int:
        """A new node, the sum of the chosen terms of a sum without their signs; with this one it takes their place."""
        new = len(self.operations)
        self.operations.append(self.operations[i])
        self.first.append(-1)
        self.second.append(-1)
        terms = self.terms[i]
        self.terms[new] = [(term, 1.0) for (term, _), mine in zip(terms, chosen, strict=True) if mine]
        self.terms[i] = [*(term for term, mine in zip(terms, chosen, strict=True) if not mine), (new, sign)]
        return new

    def _addend(self, i: int, sign: float) -> Addend:
        return (self.first[i], -sign) if i in self.inside and self.operations[i] is table.neg else (i, sign)

    def _with_gradient(self) -> list[bool]:
        """Whether a derivative of the output with respect to a node can be other than 0."""
        flowing = [False] * (len(self.nodes) + 1)  # the last one for the operand -1 of those that have one
        flowing[self.output] = True
        jumps = {
            o: [partial is not zero for partial in o.partials] for o in {*self.operations} if o and zero in o.partials
        }
        first, second = self.first, self.second
        for i in range(len(self.nodes) - 1, -1, -1):
            if not flowing[i]:
                continue
            operation = self.operations[i]
            if operation is None:
                for candidate in self.candidates.get(i, ()):
                    flowing[candidate] = True
            elif operation in jumps:
                for operand, passes in zip(self.operands(i), jumps[operation], strict=True):
                    flowing[operand] |= passes
            else:
                flowing[first[i]] = flowing[second[i]] = True
        return flowing


def below(roots: Sequence[Value]) -> list[Value]:
    """All that the roots depend on, operands first."""
    joined, joints = roots[0], set()
    for root in roots[1:]:  # one root for all: each node is met once
        joined = table.maximum(joined, root)
        joints.add(joined)
    nodes = topological_order(joined)
    return [node for node in nodes if node not in joints] if joints else nodes


def _ordered(roots: Sequence[Value], picked: Mapping[Value, Picked]) -> list[Value]:
    """All that the roots depend on, operands first, and the candidates before the leaf that stands for one of them."""
    found: list[list[Value]] = []
    while roots:
        found.append(below(roots))
        rows: dict[Value, list[tuple[Value, ...]]] = defaultdict(list)
        for node in takewhile(lambda node: node.first is None, found[-1]):
            if node in picked:
                rows[picked[node].place].append(picked[node].candidates)
        columns = (row for columns in rows.values() for row in zip_longest(*columns))  # row after row, as in the list
        roots = list(dict.fromkeys(candidate for row in columns for candidate in row if candidate is not None))
    return found[0] if len(found) == 1 else list(dict.fromkeys(node for nodes in reversed(found) for node in nodes))


def depths(scalars: Scalars, known: Mapping[int, int] = MappingProxyType({})) -> list[int]:
    """How many steps lead to every node, a flattened sum being one; of some that may be ``known``."""
    depth = [0] * len(scalars.nodes)
    first, second = scalars.first, scalars.second
    for i, operation in enumerate(scalars.operations[: len(depth)]):
        if i in known:
            depth[i] = known[i]
        elif operation is None:
            if i in scalars.candidates:
                depth[i] = 1 + max(depth[candidate] for candidate in scalars.candidates[i])
        elif i in scalars.terms:
            depth[i] = 1 + max([depth[term] for term, _ in scalars.terms[i]], default=0)
        elif second[i] < 0 or depth[first[i]] >= depth[second[i]]:
            depth[i] = depth[first[i]] + 1
        else:
            depth[i] = depth[second[i]] + 1
    return depth


Role = tuple[int, int, int]  # the colour of a node, a slot of it, and the colour of the other factor there; -1 if none


def roles(scalars: Scalars, known: Mapping[int, Any] = MappingProxyType({})) -> dict[int, dict[Role, None]]:
    """How every leaf is used: in which slot of a node of which colour. A role in a product says most: it comes first.

    Two nodes have the same colour if the same operations lead to both, whatever the leaves; of some it is ``known``.
    """
    numbers: dict[Any, int] = {}
    colour = [0] * len(scalars.nodes)
    for i in scalars.constants:
        colour[i] = 1
    leaves = {i for i, operation in enumerate(scalars.operations) if operation is None}
    leaves.difference_update(scalars.constants, scalars.candidates)
    used: dict[int, dict[Role, None]] = {}
    for i, operation in enumerate(scalars.operations):
        if i in scalars.inside or (operation is None and i not in scalars.candidates):
            continue
        parts, slots = _parts(scalars, i, colour)
        colour[i] = numbers.setdefault((operation, known.get(i, parts)), len(numbers) + 2)
        for (slot, partner), operands in slots.items():
            role = colour[i], slot, partner
            for leaf in leaves.intersection(operands):
                uses = used.setdefault(leaf, {})
                if role not in uses:
                    used[leaf] = {role: None, **uses} if partner >= 0 else {**uses, role: None}
    return used


def _parts(scalars: Scalars, i: int, colour: list[int]) -> tuple[Any, Mapping[tuple[int, int], list[int]]]:
    """What of a node's operands gives it its colour, and the operands in each slot.

    A sum has three: the left factors of its products, by the colour of the right ones, those, and the other terms.
    """
    if i in scalars.candidates:
        candidates = scalars.candidates[i]
        return frozenset([colour[candidate] for candidate in candidates]), {(0, -1): candidates}
    if i not in scalars.terms:
        operands = scalars.operands(i)
        return tuple([colour[x] for x in operands]), {(slot, -1): [x] for slot, x in enumerate(operands)}
    first, second, inside = scalars.first, scalars.second, scalars.inside
    slots: dict[tuple[int, int], list[int]] = defaultdict(list)
    kinds: list[tuple[float, ...]] = []
    for term, sign in scalars.terms[i]:
        if term in inside:  # the other nodes inside of sums are no terms
            a, b = first[term], second[term]
            kinds.append((sign, colour[a], colour[b]))
            slots[0, colour[b]].append(a)
            slots[1, colour[a]].append(b)
        else:
            kinds.append((sign, colour[term]))
            slots[2, -1].append(term)
    return frozenset(Counter(kinds).items()), slots
