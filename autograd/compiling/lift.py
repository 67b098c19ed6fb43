"""From the scalar graph to an array program: nodes of equal operation on the same arrays become one statement."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.arrange import Column, arrange, components, grid
from autograd.compiling.functions import numpy_function
from autograd.compiling.naming import Naming
from autograd.compiling.program import Array, Input, Operand, Reduce, Store
from autograd.compiling.ragged import Blocks, Rows, blocks, completed, rows_of, spread
from autograd.compiling.scalars import Scalars, depths, roles
from autograd.compiling.views import Shape, is_run
from autograd.compiling.writer import Writer, are_all
from autograd.operation import Operation
from autograd.picking import Picked
from autograd.term import evaluated
from autograd.value import Value

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


@dataclass
class Lifted:
    """The array program of a scalar graph."""

    writer: Writer
    output: Operand
    further: Array | None  # the other numbers that were asked for, in one array
    stores: list[Store]
    names: dict[Array, str]  # what arrays are called
    limits: dict[Input, np.ndarray]  # how many places each whole number among the inputs can be one of


def lift(
    output: Value,
    given: Sequence[tuple[Input, Sequence[Value]]] = (),
    further: Sequence[Value] = (),
    picked: Mapping[Value, Picked] = MappingProxyType({}),
) -> Lifted:
    """The array program that computes the output, and further numbers with it, from the leaves.

    ``given`` says which leaves are the elements of which input arrays, ``picked`` which stand for what was picked.
    """
    return _Lift(Scalars(output, further, picked), given, picked).run()


class _Lift:
    """Where every node of the graph lies: in which array, at which position."""

    def __init__(
        self, scalars: Scalars, given: Sequence[tuple[Input, Sequence[Value]]], picked: Mapping[Value, Picked]
    ) -> None:
        self.scalars = scalars
        self.picked = picked
        self.places = {leaf: (array, k) for array, leaves in given if array.whole for k, leaf in enumerate(leaves)}
        self.limits = {array: np.full(array.size, np.inf) for array, _ in given if array.whole}
        self.writer = Writer()
        self.array: list[Array | None] = [None] * len(scalars.nodes)
        self.position = [0] * len(scalars.nodes)
        # Nodes of one family may stand in one column: leaves of one role, or the elements of one array.
        self.family = [0] * len(scalars.nodes)
        self.families = 1  # 0 is that of the constants
        self.padded: dict[Array, Padded] = {}
        self.stores: list[Store] = []
        self.naming = Naming(self.stores)
        self._place_leaves(given)

    def run(self) -> Lifted:
        scalars = self.scalars
        levels: dict[int, list[int]] = defaultdict(list)
        for i, depth in enumerate(depths(scalars)):
            if depth and i not in scalars.inside:
                levels[depth].append(i)
        for depth in sorted(levels):
            self._place_level(levels[depth])
        out = scalars.output
        array = self.array[out]
        result = scalars.constants[out] if array is None else self.writer.take(array, np.array(self.position[out]))
        further = self._together(scalars.further) if scalars.further else None
        return Lifted(self.writer, result, further, self.stores, self.naming.names, self.limits)

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

    # Leaves ------------------------------------------------------------------------------------

    def _place_leaves(self, given: Sequence[tuple[Input, Sequence[Value]]]) -> None:
        index = {id(node): i for i, node in enumerate(self.scalars.nodes) if node.first is None}
        for array, leaves in given:
            here = [(index[id(leaf)], k) for k, leaf in enumerate(leaves) if id(leaf) in index]
            if array.whole and here:
                raise TypeError(
                    f"take counts places by the argument {array.name}, and the function computes with it, too: to be "
                    "compiled, it needs two arguments for that"
                )
            self._place([i for i, _ in here], array, [k for _, k in here])
        known = self.scalars.constants.keys() | self.scalars.candidates.keys()
        free = [i for i in index.values() if self.array[i] is None and i not in known]
        used: Any = roles(self.scalars) if free else {}
        classes: dict[Any, list[int]] = defaultdict(list)
        for i in free:
            label = self.scalars.nodes[i].label
            classes[next(iter(used.get(i, [None]))), _stem(label) if label else ""].append(i)
        stores: dict[frozenset[Any], list[list[int]]] = defaultdict(list)
        for (role, _), members in classes.items():
            others = {other for i in members for other in used.get(i, ())} - {role}
            stores[frozenset(others)].append(members)
        for parts in stores.values():
            leaves = [self.scalars.nodes[i] for members in parts for i in members]
            store = Input((len(leaves),), False)
            self.stores.append(Store(store, leaves))
            start = 0
            for members in parts:
                self._place(members, store, range(start, start + len(members)))
                start += len(members)

    def _place(self, nodes: Sequence[int], array: Array, positions: Iterable[int]) -> None:
        family = self.families
        self.families += 1
        for i, position in zip(nodes, positions, strict=True):
            self.array[i] = array
            self.position[i] = position
            self.family[i] = family

    # One level: nodes whose operands have been placed ---------------------------------------------

    def _place_level(self, nodes: list[int]) -> None:
        keys = {i: self._key(i) for i in nodes}
        steps: dict[int, list[int]] = defaultdict(list)
        written = [i for i, key in keys.items() if self._keeps_its_brackets(i, key)]
        for i in written:
            for height, inner in self.scalars.unfold(i):
                steps[height].append(inner)
        for height in sorted(steps):
            self._place_together({i: self._key(i) for i in steps[height]})
        self._place_together(keys | {i: self._key(i) for i in written})

    def _place_together(self, keys: dict[int, Any]) -> None:
        """Nodes by what those have in common that can be one statement."""
        groups: dict[Any, list[int]] = defaultdict(list)
        for i, key in keys.items():
            groups[key].append(i)
        for members in self._merged(self._without_ragged(groups)):
            if members[0] in self.scalars.candidates:
                self._place_picked(members)
            elif members[0] not in self.scalars.terms:
                self._place_elementwise(members)
            elif self.scalars.operations[members[0]] is table.maximum:
                self._place_reduced(members)
            else:
                self._place_sums(members)

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
        return (table.maximum if operation is table.maximum else table.add, *sorted(counts.items()))

    def _keeps_its_brackets(self, i: int, key: tuple[Any, ...]) -> bool:
        """Whether a sum of three terms or more is neither a reduction nor a product of arrays: its order matters."""
        if len(self.scalars.terms.get(i, ())) <= 2 or key[0] is table.maximum:
            return False
        return all(count <= (1 if len(kind) > 2 else 2) for kind, count in key[1:])

    def _term_key(self, term: int) -> tuple[int, ...]:
        if self.scalars.is_product(term):
            return self.family[self.scalars.first[term]], self.family[self.scalars.second[term]]
        return (self.family[term],)

    def _merged(self, groups: dict[Any, list[int]]) -> list[list[int]]:
        """Groups that do the same to neighbouring pieces of one store of leaves are one."""
        found: dict[Any, list[list[int]]] = defaultdict(list)
        for key, members in groups.items():
            if members[0] not in self.scalars.terms and members[0] not in self.scalars.candidates:
                key = (key[0], *(self.array[operand] for operand in self.scalars.operands(members[0])))
            found[key].append(members)
        merged = []
        for parts in found.values():
            together = [i for members in parts for i in members]
            alike = len(parts) > 1 and len(together) > len(parts) and self._adjacent(together)
            merged += [together] if alike else parts
        return merged

    def _adjacent(self, nodes: list[int]) -> bool:
        columns = self._columns(nodes)
        return all(isinstance(array, Input) and is_run(np.sort(positions)) for array, positions in columns)

    # Element by element ----------------------------------------------------------------------------

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

    def _operand(self, array: Array | None, column: np.ndarray) -> Operand:
        """Numbers or elements of an array, with an axis of length 1 where all along it are the same."""
        for axis in range(column.ndim):
            first = column.take([0], axis)
            column = first if are_all(column, first) else column
        while column.ndim and column.shape[0] == 1:
            column = column[0]
        return self.writer.constant(column) if array is None else self.writer.take(array, column)

    def _place_result(self, nodes: Sequence[int], out: Operand, shape: Shape) -> None:
        if isinstance(out, float):
            self.scalars.constants.update(dict.fromkeys(nodes, out))
            return
        positions = np.broadcast_to(np.arange(out.size).reshape(out.shape), shape)
        self._place(nodes, out, positions.reshape(-1).tolist())

    # Arrays with holes ---------------------------------------------------------------------------------

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
        parts = [self._part(i, kind) for i in nodes]
        if self._place_ragged(parts):
            return True
        self.scalars.terms |= whole
        return False

    def _part(self, i: int, kind: tuple[Any, ...]) -> int:
        """A new node for the terms of one kind."""
        constants = self.scalars.constants
        of_kind = [t not in constants and (sign, *self._term_key(t)) == kind for t, sign in self.scalars.terms[i]]
        self.array.append(None)
        self.position.append(0)
        self.family.append(0)
        return self.scalars.part(i, of_kind)

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
        operands = self.writer.take(left, found.left), self.writer.take(right, found.right)
        out = self.writer.contract(*operands, found.axes)
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

    # Picked elements ---------------------------------------------------------------------------------

    def _place_picked(self, nodes: list[int]) -> None:
        """Rows at the places of an input; or from each of several rows one element."""
        rows = [self.scalars.candidates[i] for i in nodes]
        found = [self.places[self.picked[self.scalars.nodes[i]].place] for i in nodes]
        given, places = found[0][0], np.array([place for _, place in found])
        np.minimum.at(self.limits[given], places, len(rows[0]))
        array, positions = self._all_in_one(rows)
        lead, of_place = np.unique(places, return_inverse=True)
        cells, of_cell = np.unique(positions, axis=0, return_inverse=True)
        if len({*zip(of_place.tolist(), of_cell.tolist(), strict=True)}) < len(lead) * len(cells):
            out = self.writer.pick(self.writer.take(array, positions), self.writer.take(given, places), True)
            self._place(nodes, out, range(len(nodes)))
            return
        table = self.writer.take(array, cells.T if len(cells) > 1 else cells[0])
        out = self.writer.pick(table, self.writer.take(given, lead if len(lead) > 1 else lead[0]), False)
        self._place(nodes, out, (of_place * len(cells) + of_cell.reshape(-1)).tolist())

    def _all_in_one(self, rows: list[list[int]]) -> tuple[Array, np.ndarray]:
        """An array that has all these nodes, and where they lie."""
        nodes = [i for row in rows for i in row]
        shape = len(rows), len(rows[0])
        if len({self.array[i] for i in nodes}) > 1 or self.array[nodes[0]] is None:
            return self._together(nodes), np.arange(len(nodes)).reshape(shape)
        array, positions = self._column(nodes)
        assert array is not None
        return array, positions.reshape(shape)

    # Sums ------------------------------------------------------------------------------------------

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

    def _rank(self, i: int) -> int:
        return self.position[i]

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


def in_holes(
    operation: Operation, operands: Sequence[Operand], holed: Sequence[int], numbers: Sequence[float | None]
) -> tuple[float | None] | None:
    """What an operation gives where some operands have these numbers: nothing, if it has no value or derivative there.

    It is the number that it gives for any other operands, or None if that depends on them.
    """
    tried = [np.array([x]) if isinstance(x, float) else np.array([0.5, 1.5, 3.0]) for x in operands]
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


def _repeated(column: np.ndarray) -> bool:
    """Whether every row is one position again and again."""
    return bool((column == column[..., :1]).all())


def _stem(label: str) -> str:
    """What the labels of the elements of one array have in common: w of w0, w[1][2] and w_3."""
    return re.sub(r"[\W_\d]+$", "", re.sub(r"[\[(].*", "", label))
