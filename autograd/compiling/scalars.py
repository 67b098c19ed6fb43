"""The scalar graph, read once: chains of sums are flattened, and nodes that are the same number share an index."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile, zip_longest
from types import MappingProxyType
from typing import Any

from autograd import operations as table
from autograd.graph import topological_order
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
        index = {id(node): i for i, node in enumerate(self.nodes)}
        count = len(self.nodes)
        self.operations: list[Operation | None] = [None] * count
        self.first: list[int] = [-1] * count
        self.second: list[int] = [-1] * count
        self.constants: dict[int, float] = {}
        self.terms: dict[int, list[Addend]] = {}
        self.candidates: dict[int, list[int]] = {}
        self.inside: set[int] = set()
        self._same = list(range(count))  # the node that is the same number
        self._uses = [0] * count
        self._read(index, picked)
        self.output = self._same[index[id(output)]]
        self.further = [self._same[index[id(node)]] for node in further]
        for i in (self.output, *self.further):  # asked for, and so inside of nothing
            self._uses[i] += 1
        self._chain()

    def computed(self) -> list[int]:
        """The nodes that have an operation, in order."""
        return [i for i, operation in enumerate(self.operations) if operation is not None]

    def operands(self, i: int) -> list[int]:
        """The operands of a node that is no sum."""
        return [self.first[i]] if self.second[i] < 0 else [self.first[i], self.second[i]]

    def is_product(self, i: int) -> bool:
        """Whether this is a term x · y of one sum only."""
        return i in self.inside and self.operations[i] is table.multiply

    def _read(self, index: dict[int, int], picked: Mapping[Value, Picked]) -> None:
        same, uses, constants = self._same, self._uses, self.constants
        numbers: dict[tuple[float, float], int] = {}
        for i, node in enumerate(self.nodes):
            operation: Any = node.operation
            if operation is None:
                if node in picked:
                    self.candidates[i] = [same[index[id(candidate)]] for candidate in picked[node].candidates]
                    for candidate in self.candidates[i]:  # needed, so inside of nothing
                        uses[candidate] += 2
                elif node.is_constant:
                    constants[i] = node.data
                    same[i] = numbers.setdefault((node.data, math.copysign(1.0, node.data)), i)
                continue
            second = node.second
            a, b = same[index[id(node.first)]], -1
            if second is None:
                if operation is table.pos:  # the number itself
                    same[i] = a
                    continue
            else:
                b = same[index[id(second)]]
                if operation is table.multiply:
                    if a == b:  # a square, as is x ** 2: both are printed so
                        operation, b = table.square, -1
                    elif a in constants:
                        a, b = b, a
                elif b in constants:
                    if operation in SUMS and constants[b] == 0.0:  # 0 + x is a sum of one term
                        same[i] = a
                        continue
                    if operation is table.power and constants[b] == 2.0:
                        operation, b = table.square, -1
            self.operations[i], self.first[i], self.second[i] = operation, a, b
            uses[a] += 1
            if b >= 0:
                uses[b] += 1

    def _chain(self) -> None:
        flowing = self._with_gradient()
        for i, operation in enumerate(self.operations):
            if operation is table.add or operation is table.subtract:
                self.terms[i] = self._sum_terms(i)
            elif operation is table.stop_gradient or (operation is table.maximum and not flowing[i]):
                self.terms[i] = [term for a in self.operands(i) for term in self._opened(a, (table.maximum,))]
                self.operations[i] = table.maximum  # the greatest of one number, of which no derivative is asked for
        uses, operations = self._uses, self.operations
        for i, terms in self.terms.items():
            if operations[i] is table.maximum:
                continue
            for k, (term, sign) in enumerate(terms):
                if uses[term] > 1:
                    continue
                if operations[term] is table.neg:
                    self.inside.add(term)
                    terms[k] = (term := self.first[term]), -sign
                if uses[term] == 1 and operations[term] is table.multiply:
                    self.inside.add(term)

    def _sum_terms(self, i: int) -> list[Addend]:
        first, second = self.first[i], self.second[i]
        left = [] if self.constants.get(first) == 0.0 else self._opened(first, SUMS)  # sums begin with 0
        if self.operations[i] is table.subtract:
            left.append((second, -1.0))
            return left
        if self._uses[second] > 1 or second not in self.terms:
            left.append((second, 1.0))
            return left
        right = self._opened(second, SUMS)
        if len(left) < len(right):  # the longer one grows, so that a chain of any shape takes linear time
            left, right = right, left
        left.extend(right)
        return left

    def _opened(self, i: int, operations: tuple[Operation, ...]) -> list[Addend]:
        """The terms of a chain that only the next link uses; else the node as one term."""
        if self._uses[i] == 1 and i in self.terms and self.operations[i] in operations:
            self.inside.add(i)
            return self.terms.pop(i)
        return [(i, 1.0)]

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
        flowing = [False] * len(self.nodes)
        flowing[self.output] = True
        passes = {o: [partial is not zero for partial in o.partials] for o in {*self.operations} if o is not None}
        first, second = self.first, self.second
        for i in range(len(flowing) - 1, -1, -1):
            if flowing[i] and (operation := self.operations[i]) is not None:
                if passes[operation][0]:
                    flowing[first[i]] = True
                if second[i] >= 0 and passes[operation][1]:
                    flowing[second[i]] = True
            elif flowing[i] and i in self.candidates:
                for candidate in self.candidates[i]:
                    flowing[candidate] = True
        return flowing


def _below(roots: Sequence[Value]) -> list[Value]:
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
        found.append(_below(roots))
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


def roles(
    scalars: Scalars, slots: Mapping[int, Any] = MappingProxyType({})
) -> dict[int, dict[tuple[int, int, int], None]]:
    """How every leaf is used: as which operand of a node of which colour.

    Two nodes have the same colour if the same operations lead to both, whatever the leaves; or if they are the same
    one of the ``slots``.
    """
    known: dict[Any, int] = {}
    colour = [0] * len(scalars.nodes)
    for i in scalars.constants:
        colour[i] = 1
    used: dict[int, dict[tuple[int, int, int], None]] = {}
    for i, operation in enumerate(scalars.operations):
        parts: Any
        if i in scalars.candidates:
            parts = frozenset(colour[candidate] for candidate in scalars.candidates[i])
        elif operation is None:
            continue
        elif i in scalars.terms:
            parts = frozenset(Counter((sign, *_colours(scalars, colour, t)) for t, sign in scalars.terms[i]).items())
        elif i in scalars.inside:
            continue
        else:
            parts = tuple(colour[operand] for operand in scalars.operands(i))
        if i in slots:
            parts = slots[i]
        colour[i] = known.setdefault((operation, parts), len(known) + 2)
        for slot, operand, partner in _slots(scalars, i):
            if scalars.operations[operand] is None and not (
                operand in scalars.constants or operand in scalars.candidates
            ):
                uses = used.setdefault(operand, {})
                role = (colour[i], slot, colour[partner] if partner >= 0 else -1)
                if partner >= 0 and role not in uses:  # the role in a product says most: it comes first
                    used[operand] = {role: None, **uses}
                else:
                    uses[role] = None
    return used


def _colours(scalars: Scalars, colour: list[int], term: int) -> tuple[int, ...]:
    if scalars.is_product(term):
        return colour[scalars.first[term]], colour[scalars.second[term]]
    return (colour[term],)


def _slots(scalars: Scalars, i: int) -> list[tuple[int, int, int]]:
    """As what a node has each of its operands, and by which it multiplies that in a sum; -1 if by none."""
    if i in scalars.candidates:
        return [(0, candidate, -1) for candidate in scalars.candidates[i]]
    if i not in scalars.terms:
        return [(slot, operand, -1) for slot, operand in enumerate(scalars.operands(i))]
    found = []
    for term, _ in scalars.terms[i]:
        if scalars.is_product(term):
            first, second = scalars.operands(term)
            found += [(0, first, second), (1, second, first)]
        else:
            found.append((2, term, -1))
    return found
