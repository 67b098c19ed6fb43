"""Steps that repeat are placed once, in the body of a loop, whose inputs are what is carried and what is sliced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.compiling.chains import Repeat, operands
from autograd.compiling.loops import Steps
from autograd.compiling.program import Array, Input, Operand
from autograd.compiling.sums import Sums
from autograd.compiling.views import Shape

Carried = tuple[int, int]  # a slot, and how many steps earlier


@dataclass(frozen=True)
class Layout:
    """In which arrays the numbers are carried: of each its shape, and what lies at its positions, in order."""

    arrays: tuple[tuple[Shape, tuple[Carried, ...]], ...]
    batched: bool


class Recurrences(Sums):
    """A placement in which the nodes of steps that repeat lie in what a loop gives."""

    def _place_level(self, nodes: list[int]) -> None:
        raise NotImplementedError

    def _place_repeat(self, repeat: Repeat) -> None:
        """Place the nodes of all steps, by placing those of one step as often as it takes to find out how they lie."""
        before = _State(self, repeat)
        layout = self._first_layout(repeat)
        while True:
            slices = self._slices(repeat)
            inputs = self._inputs(repeat, layout)
            self._place_body(repeat)
            better = self._better(repeat, layout)
            if better == layout or before.tries > 3:
                break
            layout = better
            before.restore()
        before.restore_operands()  # a slice of the typical step may be the start as well
        steps = self._steps(repeat, layout, inputs, slices)
        for array, name in list(self.naming.names.items()):
            if isinstance(inner := steps.inside(array), Array):
                self.naming.names.setdefault(inner, name)
        self._place_results(repeat, steps)

    def _first_layout(self, repeat: Repeat) -> Layout:
        groups: dict[Any, list[Carried]] = defaultdict(list)
        for slot, lag in self._registers(repeat):
            node = repeat.slots[slot][repeat.typical]
            groups[lag, None if node in self.scalars.terms else self.scalars.operations[node]].append((slot, lag))
        starts = [self.array[i] for i in repeat.starts.values()]
        batched = any(array is not None and array.batched for array in starts)
        return Layout(tuple(sorted(((len(group),), tuple(group)) for group in groups.values())), batched)

    def _registers(self, repeat: Repeat) -> list[Carried]:
        """What is carried: a number that is used later than in the next step is carried on from step to step."""
        return sorted({(slot, k) for slot, lag in repeat.carried.values() for k in range(1, lag + 1)})

    # Inputs of the body ----------------------------------------------------------------------------

    def _inputs(self, repeat: Repeat, layout: Layout) -> dict[Carried, tuple[Input, int]]:
        where: dict[Carried, tuple[Input, int]] = {}
        nodes = {carried: node for node, carried in repeat.carried.items()}
        for shape, members in layout.arrays:
            array = Input(shape, layout.batched)
            where.update((carried, (array, k)) for k, carried in enumerate(members))
            here = [(nodes[carried], k) for k, carried in enumerate(members) if carried in nodes]
            self._place([i for i, _ in here], array, [k for _, k in here])
        return where

    def _slices(self, repeat: Repeat) -> dict[Input, Array]:
        groups: dict[Any, list[int]] = defaultdict(list)
        for node, steps in repeat.sliced.items():
            if len({(self.array[i], self.position[i]) for i in steps}) == 1 and self.array[node] is not None:
                continue  # computed anew at every step, but the same
            groups[tuple((self.array[i], self.family[i]) for i in steps)].append(node)
        found: dict[Input, Array] = {}
        placed = []
        for members in groups.values():
            members.sort(key=lambda node: self.position[node])
            shape = (len(members),) if len(members) > 1 else ()
            every = [repeat.sliced[node][t] for t in range(repeat.steps) for node in members]
            whole = self._all_of(every, (repeat.steps, *shape))
            part = Input(shape, whole.batched)
            found[part] = whole
            placed.append((members, part))
        for members, part in placed:
            for node in members:
                self.scalars.constants.pop(node, None)
            self._place(members, part, range(len(members)))
        return found

    def _all_of(self, nodes: Sequence[int], shape: Shape) -> Array:
        """Nodes in an array of this shape."""
        arrays = {self.array[i] for i in nodes}
        if len(arrays) == 1 and (array := arrays.pop()) is not None:
            return self.writer.take(array, np.array([self.position[i] for i in nodes]).reshape(shape))
        together = self._together(nodes)
        return together if together.shape == shape else self.writer.reshape(together, shape)

    # The body --------------------------------------------------------------------------------------

    def _place_body(self, repeat: Repeat) -> None:
        nodes = sorted(slot[repeat.typical] for slot in repeat.slots)
        depth: dict[int, int] = {}
        levels: dict[int, list[int]] = defaultdict(list)
        for i in nodes:
            depth[i] = 1 + max((depth.get(o, 0) for o in operands(self.scalars, i)), default=0)
            levels[depth[i]].append(i)
        for level in sorted(levels):
            self._place_level(levels[level])

    def _better(self, repeat: Repeat, layout: Layout) -> Layout:
        """What is carried as it came out of the body: in arrays of the same shape, in the same order."""
        groups: dict[Any, list[Carried]] = defaultdict(list)
        for slot, lag in self._registers(repeat):
            groups[lag, self.array[repeat.slots[slot][repeat.typical]]].append((slot, lag))
        found = []
        for (_, array), members in groups.items():
            positions = [self.position[repeat.slots[slot][repeat.typical]] for slot, _ in members]
            order = tuple(members[k] for k in np.argsort(positions, kind="stable"))
            whole = array is not None and sorted(positions) == list(range(array.size))
            found.append((array.shape if whole and array is not None else (len(members),), order))
        batched = layout.batched or any(array is not None and array.batched for _, array in groups)
        return Layout(tuple(sorted(found)), batched)

    # Its results -----------------------------------------------------------------------------------

    def _steps(
        self, repeat: Repeat, layout: Layout, where: dict[Carried, tuple[Input, int]], slices: dict[Input, Array]
    ) -> Steps:
        carried: dict[Input, tuple[Operand, Operand]] = {}
        for shape, members in layout.arrays:
            array = where[members[0]][0]
            after = self.writer.repeated(self._after(repeat, members, where, shape), array, self.given)
            carried[array] = self._start(repeat, members, array), after
        return Steps(self.writer, repeat.steps, False, carried, slices)

    def _after(
        self, repeat: Repeat, members: Sequence[Carried], where: dict[Carried, tuple[Input, int]], shape: Shape
    ) -> Operand:
        """What is carried into the next step."""
        nodes = [repeat.slots[slot][repeat.typical] for slot, _ in members]
        lie = [(self.array[node], self.position[node]) for node in nodes]
        for node, (slot, lag) in zip(nodes, members, strict=True):
            if lag > 1:  # what was carried in for a step less
                self.array[node], self.position[node] = where[slot, lag - 1]
        after = self._all_of(nodes, shape)
        for node, (array, position) in zip(nodes, lie, strict=True):
            self.array[node], self.position[node] = array, position
        return after

    def _start(self, repeat: Repeat, members: Sequence[Carried], like: Input) -> Operand:
        nodes = [repeat.starts.get((slot, lag)) for slot, lag in members]
        known = [node for node in nodes if node is not None]
        filled = [known[0] if node is None else node for node in nodes]
        if all(self.array[i] is None for i in filled):
            numbers = np.array([self.scalars.constants[i] for i in filled]).reshape(like.shape)
            start = self.writer.constant(numbers)
        else:
            start = self._all_of(filled, like.shape)
        return self.writer.repeated(start, like, self.given)

    def _place_results(self, repeat: Repeat, steps: Steps) -> None:
        """What is needed of the last step alone lies in what is carried out of it, all else in arrays of all steps."""
        used = self._used_outside(repeat)
        inner: dict[Array, list[list[int]]] = defaultdict(list)
        for slot in repeat.slots:
            array = self.array[slot[repeat.typical]]
            assert array is not None
            inner[array].append(slot)
        carried = dict(zip(steps.after, steps.loop.carried, strict=True))
        placed: list[tuple[list[int], Array, list[int]]] = []
        for array, slots in inner.items():
            positions = [self.position[slot[repeat.typical]] for slot in slots]
            if array in carried and not any(i in used for slot in slots for i in slot[:-1]):
                found, first = steps.last(carried[array]), repeat.steps - 1
            else:
                found, first = steps.all(array), 0
            there = [
                (slot[t], (t - first) * array.size + position)
                for t in range(first, repeat.steps)
                for slot, position in zip(slots, positions, strict=True)
                if slot[t] >= 0  # there at the last step, too
            ]
            placed.append(([i for i, _ in there], found, [place for _, place in there]))
        for nodes, array, places in placed:
            self._place(nodes, array, places)

    def _used_outside(self, repeat: Repeat) -> set[int]:
        scalars, mine = self.scalars, set(repeat.nodes)
        used = {scalars.output, *scalars.further}
        for i, operation in enumerate(scalars.operations):
            if operation is not None and i not in mine and not scalars.is_product(i):
                used.update(operands(scalars, i))
        for candidates in scalars.candidates.values():
            used.update(candidates)
        return used


class _State:
    """What is known before steps are placed, to be had back."""

    def __init__(self, placement: Recurrences, repeat: Repeat) -> None:
        scalars, naming = placement.scalars, placement.naming
        self.placement = placement
        self.scalars = dict(scalars.terms), set(scalars.inside)
        self.names = dict(naming.names), naming.layers
        self.operands = [
            (i, placement.array[i], placement.position[i], placement.family[i], scalars.constants.get(i))
            for i in repeat.sliced
        ]
        self.tries = 0

    def restore(self) -> None:
        """Go back."""
        self.tries += 1
        scalars, naming = self.placement.scalars, self.placement.naming
        scalars.terms, scalars.inside = dict(self.scalars[0]), set(self.scalars[1])
        naming.names, naming.layers = dict(self.names[0]), self.names[1]
        self.restore_operands()

    def restore_operands(self) -> None:
        """Have what was sliced lie where it was."""
        for i, array, position, family, constant in self.operands:
            self.placement.array[i], self.placement.position[i], self.placement.family[i] = array, position, family
            if constant is not None:
                self.placement.scalars.constants[i] = constant
