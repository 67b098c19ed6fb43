"""Where the nodes of a scalar graph lie, in which array and at which position, and what that says about others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.arrange import Column
from autograd.compiling.program import Array, Input, Operand
from autograd.compiling.scalars import Scalars
from autograd.compiling.views import Shape
from autograd.compiling.writer import Writer, are_all
from autograd.picking import Picked
from autograd.value import Value


class Placement:
    """The array and the position of every node that has been placed, and the program that is written meanwhile."""

    def __init__(
        self, scalars: Scalars, given: Sequence[tuple[Input, Sequence[Value]]], picked: Mapping[Value, Picked]
    ) -> None:
        self.scalars = scalars
        self.given = [array for array, _ in given]
        self.picked = picked
        self.places = {leaf: (array, k) for array, leaves in given if array.whole for k, leaf in enumerate(leaves)}
        self.writer = Writer()
        self.array: list[Array | None] = [None] * len(scalars.nodes)
        self.position = [0] * len(scalars.nodes)
        # Nodes of one family may stand in one column: leaves of one role, or the elements of one array.
        self.family = [0] * len(scalars.nodes)
        self.families = 1  # 0 is that of the constants

    def _place(self, nodes: Sequence[int], array: Array, positions: Iterable[int]) -> None:
        family = self.families
        self.families += 1
        for i, position in zip(nodes, positions, strict=True):
            self.array[i] = array
            self.position[i] = position
            self.family[i] = family

    def _place_result(self, nodes: Sequence[int], out: Operand, shape: Shape) -> None:
        if isinstance(out, float):
            self.scalars.constants.update(dict.fromkeys(nodes, out))
            return
        positions = np.broadcast_to(np.arange(out.size).reshape(out.shape), shape)
        self._place(nodes, out, positions.reshape(-1).tolist())

    def _columns(self, nodes: Sequence[int]) -> list[Column]:
        return [
            self._column([self.scalars.operands(i)[slot] for i in nodes])
            for slot in range(len(self.scalars.operands(nodes[0])))
        ]

    def _column(self, nodes: Sequence[int]) -> Column:
        array = self.array[nodes[0]]
        if array is None:
            return None, np.array([self.scalars.constants[i] for i in nodes])
        return array, np.array([self.position[i] for i in nodes])

    def _operand(self, array: Array | None, column: np.ndarray) -> Operand:
        """Numbers or elements of an array, with an axis of length 1 where all along it are the same."""
        for axis in range(column.ndim):
            first = column.take([0], axis)
            column = first if are_all(column, first) else column
        while column.ndim and column.shape[0] == 1:
            column = column[0]
        return self.writer.constant(column) if array is None else self.writer.take(array, column)

    def _together(self, nodes: Sequence[int]) -> Array:
        """One array of nodes that may lie in several."""
        groups: dict[Array | None, list[int]] = defaultdict(list)
        for k, i in enumerate(nodes):
            groups[self.array[i]].append(k)
        parts = []
        for places in groups.values():
            array, column = self._column([nodes[k] for k in places])
            part = self.writer.numbers(column) if array is None else self.writer.take(array, column)
            parts.append((part, np.array(places)))
        parts.sort(key=lambda part: not part[0].batched)
        return parts[0][0] if len(parts) == 1 else self.writer.assemble(parts, (len(nodes),))

    # What nodes have in common ---------------------------------------------------------------------

    def _key(self, i: int) -> tuple[Any, ...]:
        """The operation and where its operands lie; of a sum, how many terms of each kind it has besides constants."""
        if i in self.scalars.candidates:
            candidates = self.scalars.candidates[i]
            array, _ = self.places[self.picked[self.scalars.nodes[i]].place]
            return ("pick", array, len(candidates), frozenset(self.family[candidate] for candidate in candidates))
        operation, terms = self.scalars.operations[i], self.scalars.terms.get(i)
        if terms is None:
            return (operation, *(self.family[operand] for operand in self.scalars.operands(i)))
        constants = self.scalars.constants
        counts = Counter((sign, *self._term_key(t)) for t, sign in terms if t not in constants)
        kind = table.maximum if operation is table.maximum else table.add  # a difference is a sum of signed terms
        return (kind, *sorted(counts.items()))

    def _term_key(self, term: int) -> tuple[int, ...]:
        if self.scalars.is_product(term):
            return self.family[self.scalars.first[term]], self.family[self.scalars.second[term]]
        return (self.family[term],)

    def _rank(self, i: int) -> int:
        return self.position[i]

    def _split(self, nodes: list[int]) -> tuple[dict[Any, list[list[int]]], dict[Any, list[list[int]]]]:
        """The terms of every node, by sign and family: the products, and the others."""
        products: dict[Any, list[list[int]]] = defaultdict(lambda: [[] for _ in nodes])
        plain: dict[Any, list[list[int]]] = defaultdict(lambda: [[] for _ in nodes])
        for row, i in enumerate(nodes):
            for term, sign in self.scalars.terms[i]:
                if term in self.scalars.constants:
                    continue
                into = products if self.scalars.is_product(term) else plain
                into[sign, *self._term_key(term)][row].append(term)
        for rows in plain.values():
            for found in rows:
                found.sort(key=self._rank)
        return products, plain

    def _factors(self, rows: list[list[int]]) -> tuple[Column, Column]:
        """The left and the right operands of each node's products, in an order that the nodes share."""
        first, second = self.scalars.first, self.scalars.second
        by = second if self.array[first[rows[0][0]]] is None else first
        rows = [sorted(row, key=lambda i: self.position[by[i]]) for row in rows]
        count = len(rows[0])
        columns = []
        for side in (first, second):
            array, column = self._column([side[i] for row in rows for i in row])
            columns.append((array, column.reshape(-1, count)))
        return columns[0], columns[1]
