"""Nodes of one operation as one statement: element by element, the greatest of some, and sums, with their products."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.arrange import Column, arrange, components, grid
from autograd.compiling.holes import Holes
from autograd.compiling.layers import LayerNames
from autograd.compiling.program import Array, Operand, Reduce
from autograd.compiling.views import Shape
from autograd.operation import Operation

SIGNED = 3  # patterns of signs from which on these are numbers of an array


class Sums(Holes):
    """A placement of nodes that can be one statement."""

    naming: LayerNames

    def _place_elementwise(self, nodes: list[int]) -> None:
        columns = self._columns(nodes)
        operation = self.scalars.operations[nodes[0]]
        assert operation is not None
        if self._place_with_holes(operation, nodes, columns):
            return
        order, shape = arrange(columns)
        operands = [self._operand(array, column[order].reshape(shape)) for array, column in columns]
        out = self.writer.apply(operation, *operands)
        self.naming.activation(out, operation, operands)
        self._place_result([nodes[k] for k in order], out, shape)

    # Sums -------------------------------------------------------------------------------------------

    def _place_reduced(self, nodes: list[int]) -> None:
        """The greatest of each node's terms."""
        shape = () if len(nodes) == 1 else (len(nodes),)
        families = Counter(self.family[term] for term, _ in self.scalars.terms[nodes[0]])
        result: Operand | None = None
        for family in families:
            rows = [
                sorted((t for t, _ in self.scalars.terms[i] if self.family[t] == family), key=self._rank) for i in nodes
            ]
            part = self._reduced(rows, shape, table.maximum)
            result = part if result is None else self.writer.apply(table.maximum, result, part)
        assert result is not None
        if not isinstance(result, Reduce):
            result = self.writer.apply(table.stop_gradient, result)  # no derivative goes through the greatest
        self._place_result(nodes, result, shape)

    def _place_sums(self, nodes: list[int]) -> None:
        products, plain = self._split(nodes)
        if len(products) == 1 and not plain and self._place_blocks(nodes, *next(iter(products.items()))):
            return
        factors = [(key[0], self._factors(rows)) for key, rows in products.items() if len(rows[0]) > 1]
        if len(parts := components([rows for _, rows in factors])) > 1:
            for part in parts:
                self._place_sums([nodes[k] for k in part])
            return
        for key, rows in products.items():
            if len(rows[0]) == 1:
                multiplied = [row[0] for row in rows]
                self._place_elementwise(multiplied)
                if multiplied[0] not in self.scalars.constants:
                    plain[(key[0], self.family[multiplied[0]], -1)] = rows
        if not factors and not plain:
            self.scalars.constants.update(zip(nodes, self._constant_sums(nodes), strict=True))
            return
        if not factors and self._place_sums_with_holes(nodes, plain):
            return
        order, shape = self._arranged([rows for _, rows in factors], list(plain.values()))
        terms = [(sign, self._product(left, right, order, shape)) for sign, (left, right) in factors]
        added = [(key[0], self._reduced([rows[k] for k in order], shape, table.add)) for key, rows in plain.items()]
        out = self._added([*terms, *added, (1.0, self._constant_term(nodes, order, shape))])
        self.naming.layer(out, [term for _, term in terms], [term for _, term in added])
        self._place_result([nodes[k] for k in order], out, shape)

    def _constant_term(self, nodes: list[int], order: np.ndarray, shape: Shape) -> Operand:
        constants = self.scalars.constants
        if not any(t in constants for i in nodes for t, _ in self.scalars.terms[i]):
            return 0.0
        return self._operand(None, np.array(self._constant_sums(nodes))[order].reshape(shape))

    def _constant_sums(self, nodes: list[int]) -> list[float]:
        constants = self.scalars.constants
        return [float(sum(sign * constants[t] for t, sign in self.scalars.terms[i] if t in constants)) for i in nodes]

    def _arranged(self, factors: list[tuple[Column, Column]], plain: list[list[list[int]]]) -> tuple[np.ndarray, Shape]:
        """An order and a shape for sums: the grid of the rows of a matrix product, or that of the other terms."""
        for left, right in factors:
            found = grid(left, right)
            if found is not None:
                return found
        columns = [self._column([row[0] for row in rows]) for rows in plain]
        if not columns:
            columns = [(array, column[:, 0]) for factor in factors for array, column in factor]
        return arrange(columns)

    def _product(self, left: Column, right: Column, order: np.ndarray, shape: Shape) -> Operand:
        """The inner product of every left row with its right row; a matrix product, where the rows repeat so."""
        columns = [(array, column[order].reshape(*shape, -1)) for array, column in (left, right)]
        for k, (array, column) in enumerate(columns):
            if array is not None and _repeated(column):  # one factor in all products of a row
                factor, others = self._operand(array, column[..., 0]), self._row_sums(*columns[1 - k])
                return self.writer.apply(table.multiply, factor, others)
        operands, axes = [], []
        for array, column in columns:
            letters = "ij"[: len(shape)] + "k"
            for axis in reversed(range(len(shape))):
                if (column == column.take([0], axis)).all():
                    column = column.take(0, axis)
                    letters = letters[:axis] + letters[axis + 1 :]
            operands.append(self.writer.numbers(column) if array is None else self.writer.take(array, column))
            axes.append(letters)
        out = "".join(letter for letter in "ij"[: len(shape)] if letter in axes[0] + axes[1])
        product = self.writer.contract(operands[0], operands[1], (axes[0], axes[1], out))
        kept = tuple(size if "ij"[axis] in out else 1 for axis, size in enumerate(shape))
        return product if product.shape == kept else self.writer.reshape(product, kept)

    def _row_sums(self, array: Array | None, column: np.ndarray) -> Operand:
        """The sums along the last axis."""
        if array is None:
            return self._operand(None, column.sum(axis=-1))
        if _repeated(column):
            return self.writer.apply(table.multiply, float(column.shape[-1]), self._operand(array, column[..., 0]))
        terms = self._operand(array, column)
        assert isinstance(terms, Array)
        return self.writer.reduce(terms, (len(terms.shape) - 1,))

    def _added(self, terms: list[tuple[float, Operand]]) -> Operand:
        terms.sort(key=lambda term: -term[0])
        result: Operand = 0.0
        for sign, term in terms:
            result = self.writer.apply(table.add if sign > 0 else table.subtract, result, term)
        return result

    def _reduced(self, rows: list[list[int]], shape: Shape, operation: Operation) -> Operand:
        """The sum, or the greatest, of each row of nodes."""
        count = len(rows[0])
        array, positions = self._column([i for row in rows for i in row])
        positions = positions.reshape(*shape, count)
        if count == 1 or (operation is table.maximum and _repeated(positions)):
            return self._operand(array, positions[..., 0])
        if array is None:
            return self.writer.constant(positions.max(axis=-1))
        if _repeated(positions):
            return self._row_sums(array, positions)
        return self.writer.reduce(self.writer.take(array, positions), (len(shape),), operation=operation)

    # Signs as factors -----------------------------------------------------------------------------

    def _without_signs(self, keys: dict[int, Any]) -> dict[int, Any]:
        """The keys of nodes, but sums that differ in signs only, in three ways or more, have one: signs are factors."""
        alike: dict[Any, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, key in keys.items():
            if i in self.scalars.terms and key[0] is table.add and len(key) > 1:
                kinds: Counter[Any] = Counter()
                for (_, *kind), count in key[1:]:
                    kinds[tuple(kind)] += count
                alike[frozenset(kinds.items())][key].append(i)
        for kinds, groups in alike.items():
            mixed = [kind for kind, _ in kinds if len({self._signs(key, kind) for key in groups}) >= SIGNED]
            nodes = [i for members in groups.values() for i in members]
            if mixed and not any(t in self.scalars.constants for i in nodes for t, _ in self.scalars.terms[i]):
                for kind in mixed:
                    self._place_signed(nodes, kind)
                keys |= {i: self._key(i) for i in nodes}
        return keys

    @staticmethod
    def _signs(key: tuple[Any, ...], kind: tuple[int, ...]) -> tuple[Any, ...]:
        """How many terms of a kind are added, and subtracted."""
        return tuple(sorted((sign, count) for (sign, *other), count in key[1:] if tuple(other) == kind))

    def _place_signed(self, nodes: list[int], kind: tuple[int, ...]) -> None:
        """The terms of one kind as sums of their own, whose terms have signs for factors."""
        others = {i: next((t for t, _ in self.scalars.terms[i] if self._term_key(t) != kind), i) for i in nodes}
        nodes.sort(key=lambda i: (self.position[others[i]], i))
        signs, parts = [], []
        for i in nodes:
            of_kind = [(t, sign) for t, sign in self.scalars.terms[i] if self._term_key(t) == kind]
            parts.append(self._part(i, 1.0, kind, (1.0, -1.0)))
            signs.append([sign for _, sign in of_kind])
        rows = [[t for t, _ in self.scalars.terms[part]] for part in parts]
        product: Operand = self.writer.numbers(np.array(signs))
        for side in (self.scalars.first, self.scalars.second) if len(kind) == 2 else (range(len(self.array)),):
            array, column = self._column([side[t] for row in rows for t in row])
            factor = self._operand(array, column.reshape(len(rows), -1))
            product = self.writer.apply(table.multiply, product, factor)
        assert isinstance(product, Array)
        self._place(parts, self.writer.reduce(product, (1,)), range(len(parts)))


def _repeated(column: np.ndarray) -> bool:
    """Whether every row is one position again and again."""
    return bool((column == column[..., :1]).all())
