"""From the scalar graph to an array program: nodes of equal operation on the same arrays become one statement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.arrange import Column, arrange, components, grid
from autograd.compiling.chains import Repeat
from autograd.compiling.layers import LayerNames
from autograd.compiling.program import Array, Input, Operand, Reduce, Store
from autograd.compiling.recurrences import Recurrences
from autograd.compiling.repeating import colours, levels, repeats
from autograd.compiling.scalars import Scalars, roles
from autograd.compiling.views import Shape, is_run
from autograd.compiling.writer import Writer
from autograd.operation import Operation
from autograd.picking import Picked
from autograd.value import Value

SIGNED = 3  # patterns of signs from which on these are numbers of an array


@dataclass
class Lifted:
    """The array program of a scalar graph."""

    writer: Writer
    output: Operand
    further: Array | None  # the other numbers that were asked for, in one array
    stores: list[Store]
    names: dict[Array, str]  # what arrays are called
    operations: int  # of the scalar graph
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


class _Lift(Recurrences):
    """The nodes of a graph, level by level: those whose operands have been placed."""

    def __init__(
        self, scalars: Scalars, given: Sequence[tuple[Input, Sequence[Value]]], picked: Mapping[Value, Picked]
    ) -> None:
        super().__init__(scalars, given, picked)
        self.padded = {}
        self.limits = {array: np.full(array.size, np.inf) for array, _ in given if array.whole}
        self.stores: list[Store] = []
        self.naming = LayerNames(self.stores)
        self.repeats = repeats(scalars)
        self._place_leaves(given)

    def run(self) -> Lifted:
        scalars = self.scalars
        depth = levels(scalars, self.repeats)
        assert depth is not None
        repeated = {i for repeat in self.repeats for i in repeat.nodes}
        work: dict[int, list[int]] = defaultdict(list)
        for i, level in enumerate(depth):
            if level and i not in scalars.inside and i not in repeated:
                work[level].append(i)
        loops: dict[int, list[Repeat]] = defaultdict(list)
        for repeat in self.repeats:
            loops[depth[repeat.slots[0][0]]].append(repeat)
        for level in sorted(work.keys() | loops.keys()):
            for repeat in loops[level]:
                self._place_repeat(repeat)
            self._place_level(work[level])
        out = scalars.output
        array = self.array[out]
        result = scalars.constants[out] if array is None else self.writer.take(array, np.array(self.position[out]))
        further = self._together(scalars.further) if scalars.further else None
        count = len(scalars.computed())
        return Lifted(self.writer, result, further, self.stores, self.naming.names, count, self.limits)

    # Leaves -----------------------------------------------------------------------------------------

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
        used: Any = roles(self.scalars, colours(self.scalars, self.repeats)) if free else {}
        classes: dict[Any, list[int]] = defaultdict(list)
        step = {i: t for repeat in self.repeats for nodes in repeat.sliced.values() for t, i in enumerate(nodes)}
        free.sort(key=lambda i: step.get(i, 0))  # what is sliced, step by step
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

    # One level --------------------------------------------------------------------------------------

    def _place_level(self, nodes: list[int]) -> None:
        keys = self._without_signs({i: self._key(i) for i in nodes})
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
            elif self.scalars.operations[members[0]] is table.maximum:  # of all that has terms, what is no sum
                self._place_reduced(members)
            else:
                self._place_sums(members)

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

    def _keeps_its_brackets(self, i: int, key: tuple[Any, ...]) -> bool:
        """Whether a sum of three terms or more is neither a reduction nor a product of arrays: its order matters."""
        if len(self.scalars.terms.get(i, ())) <= 2 or key[0] is table.maximum:  # the same in any order
            return False
        return all(count <= (1 if len(kind) > 2 else 2) for kind, count in key[1:])

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

    # Element by element -----------------------------------------------------------------------------

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

    # Picked elements --------------------------------------------------------------------------------

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


def _repeated(column: np.ndarray) -> bool:
    """Whether every row is one position again and again."""
    return bool((column == column[..., :1]).all())


def _stem(label: str) -> str:
    """What the labels of the elements of one array have in common: w of w0, w[1][2] and w_3."""
    return re.sub(r"[\W_\d]+$", "", re.sub(r"[\[(].*", "", label))
