"""From the scalar graph to an array program: nodes of equal operation on the same arrays become one statement."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.chains import Repeat
from autograd.compiling.layers import LayerNames
from autograd.compiling.program import Array, Input, Operand, Store
from autograd.compiling.recurrences import Recurrences
from autograd.compiling.repeating import colours, levels, repeats
from autograd.compiling.scalars import Scalars, roles
from autograd.compiling.views import is_run
from autograd.compiling.writer import Writer
from autograd.picking import Picked
from autograd.value import Value


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


def _stem(label: str) -> str:
    """What the labels of the elements of one array have in common: w of w0, w[1][2] and w_3."""
    return re.sub(r"[\W_\d]+$", "", re.sub(r"[\[(].*", "", label))
