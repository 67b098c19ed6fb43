"""Arrays with holes: sums of different lengths are those of their rows, and operations go over the holes as well."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.arrange import Column, grid
from autograd.compiling.placement import Placement
from autograd.compiling.program import Array, Operand
from autograd.compiling.ragged import Blocks, Rows, blocks, completed, in_order, rows_of, spread
from autograd.compiling.targets import numpy_function
from autograd.operation import Operation
from autograd.term import evaluated

ORDINARY = np.array([-3.0, -0.5, 0.0, 0.5, 1.5])
# They have a value whatever stands in a hole, if nothing is divided by it.
LINEAR = (table.add, table.subtract, table.neg, table.multiply, table.divide)


@dataclass
class Padded:
    """What is known of an array with holes: where elements are there, and the number elsewhere, if it is one."""

    there: np.ndarray
    number: float | None
    nodes: list[int]

    @property
    def positions(self) -> np.ndarray:
        """Those of the elements that are there."""
        return np.flatnonzero(self.there)


class Holes(Placement):
    """A placement in which arrays may have elements that are no node's. What those hold changes no result."""

    padded: dict[Array, Padded]

    def _without_ragged(self, groups: dict[Any, list[int]]) -> dict[Any, list[int]]:
        """The groups, but where sums of different lengths could be placed together, only what is added to them."""
        alike: dict[Any, list[Any]] = defaultdict(list)
        for key, members in groups.items():
            if members[0] in self.scalars.terms:
                alike[key[0], *(kind for kind, _ in key[1:])].append(key)
        rest = dict(groups)
        for (_, *kinds), keys in alike.items():
            ragged = [kind for k, kind in enumerate(kinds, 1) if len({key[k][1] for key in keys}) > 1]
            nodes = sorted(i for key in keys for i in groups[key])
            if len(ragged) == 1 and self._place_kind(nodes, ragged[0], alone=len(kinds) == 1):
                for key in keys:
                    del rest[key]
                if len(kinds) > 1:
                    rest[self._key(nodes[0])] = nodes
        return rest

    def _place_kind(self, nodes: list[int], kind: tuple[Any, ...], alone: bool) -> bool:
        """The terms of one kind as sums of their own; False if they are no rows."""
        if alone:
            return self._place_ragged(nodes)
        whole = {i: self.scalars.terms[i] for i in nodes}
        parts = [self._part(i, kind[0], kind[1:]) for i in nodes]
        if self._place_ragged(parts):
            return True
        self.scalars.terms |= whole
        return False

    def _part(self, i: int, sign: float, kind: tuple[Any, ...], signs: Sequence[float] = ()) -> int:
        """A new node for the terms of one kind that have this sign, or one of the ``signs``."""
        constants = self.scalars.constants
        of_kind = [
            t not in constants and each in (signs or (sign,)) and self._term_key(t) == kind
            for t, each in self.scalars.terms[i]
        ]
        self.array.append(None)
        self.position.append(0)
        self.family.append(0)
        return self.scalars.part(i, of_kind, sign)

    def _place_ragged(self, nodes: list[int]) -> bool:
        """Sums, or the greatest, of rows of an array with holes, if they are that."""
        if self.scalars.operations[nodes[0]] is table.maximum:
            return self._place_ragged_rows(nodes, [[t for t, _ in self.scalars.terms[i]] for i in nodes], -math.inf)
        products, plain = self._split(nodes)
        if any(t in self.scalars.constants for i in nodes for t, _ in self.scalars.terms[i]):
            return False
        if plain:
            ((sign, *_), rows), *_ = plain.items()
            return sign > 0 and self._place_ragged_rows(nodes, rows, 0.0)
        ((sign, *_), rows), *_ = products.items()
        first, second = self.scalars.first, self.scalars.second
        return sign > 0 and (
            self._place_ragged_products(nodes, rows, first, second)
            or self._place_ragged_products(nodes, rows, second, first)
        )

    def _place_ragged_rows(self, nodes: list[int], rows: list[list[int]], neutral: float) -> bool:
        array = self.array[rows[0][0]]
        found = self._rows_of(array, rows)
        if array is None or found is None or len(set(found.places.tolist())) < len(nodes):
            return False
        operation = table.add if neutral == 0.0 else table.maximum
        out = self.writer.reduce(self._filled(array, neutral), found.axes, operation=operation)
        self._place(nodes, out, found.places.tolist())
        return len(nodes) == out.size or self._with_more_holes(out, nodes)

    def _with_more_holes(self, out: Array, nodes: list[int]) -> bool:
        there = np.zeros(out.size, bool)
        there[[self.position[i] for i in nodes]] = True
        self.padded[out] = Padded(there.reshape(out.shape), None, nodes)
        return True

    def _rows_of(self, array: Array | None, rows: list[list[int]]) -> Rows | None:
        if array not in self.padded:
            return None
        return rows_of([np.array([self.position[i] for i in row]) for row in rows], self.padded[array].there)

    def _place_ragged_products(
        self, nodes: list[int], rows: list[list[int]], mine: list[int], other: list[int]
    ) -> bool:
        """Products of the rows of an array with holes and of others that are as long as the longest."""
        array, others = self.array[mine[rows[0][0]]], self.array[other[rows[0][0]]]
        found = self._rows_of(array, [[mine[t] for t in row] for row in rows])
        if array is None or others is None or found is None:
            return False
        whole = np.arange(array.size).reshape(array.shape)
        left = np.moveaxis(whole, found.axes, range(-len(found.axes), 0)).reshape(
            -1, *[whole.shape[a] for a in found.axes]
        )
        left = left.reshape(len(left), -1)[found.places]
        positions = [np.array([self.position[other[t]] for t in row]) for row in rows]
        right = completed(positions, found.slots, left.shape[1])
        together = None if right is None else blocks(left, right)
        if together is None:
            return False
        self._place_contracted(nodes, self._filled(array, 0.0), others, together)
        return True

    def _place_blocks(self, nodes: list[int], kind: Any, rows: list[list[int]]) -> bool:
        """Sums of products that are those of blocks, or of a matrix with holes."""
        left, right = self._factors(rows)
        if kind[0] < 0 or left[0] is None or right[0] is None or len(rows[0]) < 2 or grid(left, right) is not None:
            return False
        if any(t in self.scalars.constants for i in nodes for t, _ in self.scalars.terms[i]):
            return False
        together = blocks(left[1], right[1])
        if together is None:
            return False
        self._place_contracted(nodes, left[0], right[0], together)
        return True

    def _place_contracted(self, nodes: list[int], left: Array, right: Array, found: Blocks) -> None:
        (mine, a), (others, b) = (in_order(found.left, found.axes[0]), in_order(found.right, found.axes[1]))
        operands = self.writer.take(left, mine), self.writer.take(right, others)
        out = self.writer.contract(*operands, (a, b, found.axes[2]))
        self._place(nodes, out, found.places.tolist())
        if len(nodes) < out.size:
            self._with_more_holes(out, nodes)

    def _filled(self, array: Array, number: float) -> Array:
        """The array with this number in its holes; its nodes lie there from now on."""
        known = self.padded[array]
        if known.number == number:
            return array
        out = self.writer.mask(array, known.there, number)
        self.padded[out] = Padded(known.there, number, known.nodes)
        for i in known.nodes:
            self.array[i] = out
        return out

    def _place_sums_with_holes(self, nodes: list[int], plain: dict[Any, list[list[int]]]) -> bool:
        """X + y or x - y, where x or y has holes."""
        terms = sorted(((key[0], [i for row in rows for i in row]) for key, rows in plain.items()), key=lambda t: -t[0])
        if len(terms) != 2 or any(len(column) != len(nodes) for _, column in terms) or terms[0][0] < 0:
            return False
        if any(t in self.scalars.constants for i in nodes for t, _ in self.scalars.terms[i]):
            return False
        operation = table.add if terms[1][0] > 0 else table.subtract
        return self._place_with_holes(operation, nodes, [self._column(column) for _, column in terms])

    def _place_with_holes(self, operation: Operation, nodes: list[int], columns: Sequence[Column]) -> bool:
        """An operation on all of an array with holes, holes included."""
        for array, positions in columns:
            if array in self.padded and np.array_equal(np.unique(positions), self.padded[array].positions):
                break
        else:
            return False
        there = self.padded[array].there
        operands: list[Operand] = []
        for other, column in columns:
            numbers = np.zeros(there.size)
            numbers[positions] = column
            if other in self.padded and np.array_equal(column, positions) and other.shape == array.shape:
                operands.append(other)
                continue
            whole = spread(numbers.reshape(there.shape), there)
            if whole is None or (numbers[positions] != column).any():
                return False
            found = self.writer.constant(whole) if other is None else self.writer.take(other, whole.astype(int))
            operands.append(found)
        number = self._fill_for(operation, operands)
        out = self.writer.apply(operation, *operands)
        if not isinstance(out, Array) or out.shape != there.shape:
            return False
        self._place(nodes, out, positions.tolist())
        self.padded[out] = Padded(there, number, nodes)
        return True

    def _fill_for(self, operation: Operation, operands: list[Operand]) -> float | None:
        """The number in the holes of a result, if it is one; those of an operand are filled so that it has a value."""
        with_holes = {k: x for k, x in enumerate(operands) if isinstance(x, Array) and x in self.padded}
        holed = list(with_holes)
        numbers = [self.padded[x].number for x in with_holes.values()]
        if None not in numbers and (found := in_holes(operation, operands, holed, numbers)) is not None:
            return found[0]
        if None in numbers and operation in LINEAR and not (operation is table.divide and 1 in holed):
            return None
        for number in (-math.inf, 0.0, 1.0):
            found = in_holes(operation, operands, holed, [number] * len(holed))
            if found is not None:
                for k, x in with_holes.items():
                    operands[k] = self._filled(x, number)
                return found[0]
        return None


def in_holes(
    operation: Operation, operands: Sequence[Operand], holed: Sequence[int], numbers: Sequence[float | None]
) -> tuple[float | None] | None:
    """What an operation gives where some operands have these numbers: nothing, if it has no value or derivative there.

    It is the number that it gives for any other operands, or None if that depends on them.
    """
    given = [np.array([x]) if isinstance(x, float) else ORDINARY for x in operands]
    tried = [np.array([1.0]) if k in holed else x for k, x in enumerate(given)]
    with np.errstate(all="ignore"):  # an operand for which there is no value at all is an error elsewhere, too
        has_value = np.isfinite(numpy_function(operation)(*tried))
    tried = [x[has_value] if x is ORDINARY else x for x in tried]
    for k, number in zip(holed, numbers, strict=True):
        tried[k] = np.array([number])
    with np.errstate(all="ignore"):
        results = numpy_function(operation)(*tried)
        partials = [
            evaluated(partial, (results, *tried), lambda each, *given: numpy_function(each)(*given))
            for partial in operation.partials
        ]
    if np.isnan(results).any() or not all(np.isfinite(partial).all() for partial in partials):
        return None
    same = bool((results == results.flat[0]).all())
    return (float(results.flat[0]) if same else None,) if same or np.isfinite(results).all() else None
