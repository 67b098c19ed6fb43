"""Loops of an array program: only what depends on the step before stays in the body, all else is computed at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from autograd import operations as table
from autograd.compiling.program import (
    Apply,
    Array,
    Broadcast,
    Contract,
    Gather,
    Input,
    Loop,
    Mask,
    Operand,
    Part,
    Reduce,
    is_truth,
    positions_of,
    statements,
    with_operands,
)
from autograd.compiling.writer import Writer

STEP = "t"  # the axis of the steps, in a contraction


class Steps:
    """What is computed from arrays that are carried from step to step and from slices of others.

    ``carried`` says of each input that is carried what it is at first, and what it is in the next step; ``sliced`` of
    each that is a slice, of which array.
    """

    def __init__(
        self,
        writer: Writer,
        count: int,
        reverse: bool,
        carried: Mapping[Input, tuple[Operand, Operand]],
        sliced: Mapping[Input, Array],
    ) -> None:
        self.writer = writer
        self.count = count
        self.after = [after for _, after in carried.values()]
        self._carried = carried
        self._sliced = dict(sliced)
        self._all: dict[Array, Array] = {}
        following = [after for _, after in carried.values()]
        order = statements(following)
        self._recurrent: dict[Array, bool] = dict.fromkeys(carried, True)
        self._varies: dict[Array, bool] = dict.fromkeys([*carried, *sliced], True)
        self._inside: dict[Array, Array] = {}  # what statements are in the loop
        kept = {array for array in order if self.recurrent(array)}
        self._keep_what_cannot_leave(order, kept)
        slices = {i: whole for i, whole in self._sliced.items() if i in order}
        self._inside = {array: array for array in [*carried, *slices]}
        body = [array for array in order if array in kept and array not in carried]
        for array in body:
            operands = [self._within(operand, kept, slices) for operand in array.operands]
            self._inside[array] = with_operands(array, operands)
        after = tuple(self._within(x, kept, slices) for x in following)
        inner = _depending([*carried, *slices], [*after, *self._inside.values()])
        starts = [start for start, _ in carried.values()]
        operands = (*starts, *slices.values(), *_read({*inner, *carried, *slices}, inner, after))
        self.loop = Loop((), False, count, reverse, tuple(carried), after, tuple(slices), inner, operands=operands)

    def inside(self, array: Array) -> Array:
        """The statement of the loop's body that stands for one that was given; itself, if that is outside."""
        return self._inside.get(array, array)

    def recurrent(self, array: Array) -> bool:
        """Whether an array depends on what is carried."""
        return self._depends(array, self._recurrent)

    def varies(self, operand: Operand) -> bool:
        """Whether this is another one at every step."""
        return isinstance(operand, Array) and self._depends(operand, self._varies)

    def _depends(self, array: Array, known: dict[Array, bool]) -> bool:
        if array not in known:
            for each in statements([array]):
                if each not in known:
                    known[each] = any(known[x] for x in each.arrays)
        return known[array]

    def _keep_what_cannot_leave(self, order: Sequence[Array], kept: set[Array]) -> None:
        """Statements that vary, but have no form for all steps at once, stay in the loop, and so does what uses them."""
        for array in order:
            if self.varies(array) and array not in kept and array.operands:
                if any(x in kept for x in array.arrays) or not _can_leave(array):
                    kept.add(array)

    def _within(self, operand: Operand, kept: set[Array], slices: dict[Input, Array]) -> Operand:
        """An operand of a statement in the loop: what varies, but is computed outside, is sliced."""
        if not isinstance(operand, Array) or not self.varies(operand) or operand in self._inside:
            return self._inside.get(operand, operand) if isinstance(operand, Array) else operand
        if isinstance(operand, Part):  # a view costs nothing, and may be one of something that is sliced anyway
            self._inside[operand] = with_operands(operand, [self._within(operand.operands[0], kept, slices)])
            return self._inside[operand]
        part = Input(operand.shape, operand.batched)
        slices[part] = self.all(operand)
        self._inside[operand] = part
        return part

    # At all steps at once --------------------------------------------------------------------------

    def all(self, array: Array) -> Array:
        """An array as it is at each step, along the first axis."""
        for each in statements([array]):
            if each not in self._all and self.varies(each):
                self._all[each] = self._at_once(each)
        return self._all[array]

    def last(self, carried: Input) -> Array:
        """What is carried out of the last step."""
        return self.writer.last(self.loop, carried)

    def _at_once(self, array: Array) -> Array:
        if array in self._sliced:
            return self._sliced[array]  # type: ignore[index]
        if array in self._inside:
            return self.writer.each(self.loop, self._inside[array])
        found = at_once(self.writer, array, lambda x: self._all.get(x), self.count)
        assert found is not None
        return found

    def total(self, operand: Operand) -> Operand:
        """The sum of what an operand is at each step."""
        if not isinstance(operand, Array) or not self.varies(operand):
            return self.writer.apply(table.multiply, float(self.count), operand)
        match operand:
            case Contract(operands=(Array() as left, Array() as right), axes=axes) if operand not in self._inside:
                return self._contracted(left, right, axes, operand)
            case Apply(operation=table.multiply, operands=(Array() as left, Array() as right)) if (
                operand not in self._inside and not is_truth(left) and not is_truth(right)
            ):
                letters = "ijklm"[: len(operand.shape)]
                axes = tuple(_letters(x, operand, letters) for x in (left, right))
                if all(self.varies(x) for x in (left, right)) and "".join(axes) != letters * 2:
                    flat = [self._without_ones(x) for x in (left, right)]
                    return self._total_of_products(flat, (*axes, letters), operand)
        return self.writer.reduce(self.all(operand), (0,))

    def _contracted(self, left: Array, right: Array, axes: tuple[str, str, str], out: Array) -> Operand:
        sides = [self.all(x) if self.varies(x) else x for x in (left, right)]
        if not all(map(self.varies, (left, right))):
            return self.writer.reduce(self.all(out), (0,))
        return self._total_of_products(sides, axes, out)

    def _total_of_products(self, sides: Sequence[Array], axes: Sequence[str], out: Array) -> Operand:
        a, b, c = axes
        kept = "".join(axis for axis in c if axis in a + b)
        samples = any(side.batched for side in sides) and not out.batched
        found = self.writer.contract(sides[0], sides[1], (STEP + a, STEP + b, kept), samples)
        return found if found.shape == out.shape else self.writer.reshape(found, out.shape)

    def _without_ones(self, array: Array) -> Array:
        whole = self.all(array)
        shape = (self.count, *(size for size in array.shape if size > 1))
        return whole if whole.shape == shape else self.writer.reshape(whole, shape)


def _depending(inputs: Sequence[Array], results: Sequence[Operand]) -> tuple[Array, ...]:
    """What is computed from these inputs on the way to some results."""
    found: dict[Array, None] = {}
    own = set(inputs)
    for array in statements(results):
        if array not in own and any(x in own or x in found for x in array.arrays):
            found[array] = None
    return tuple(found)


def _read(own: set[Array], body: Sequence[Array], following: Sequence[Operand]) -> dict[Array, None]:
    """What a loop reads besides what is its own."""
    used = [x for array in body for x in array.arrays] + [x for x in following if isinstance(x, Array)]
    return dict.fromkeys(x for x in used if x not in own)


def _letters(operand: Array, out: Array, letters: str) -> str:
    """The axes of a factor that are longer than 1."""
    mine = letters[len(out.shape) - len(operand.shape) :]
    return "".join(letter for letter, size in zip(mine, operand.shape, strict=True) if size > 1)


def _can_leave(array: Array) -> bool:
    return isinstance(array, Apply | Contract | Part | Gather | Reduce | Mask | Broadcast)


def at_once(writer: Writer, array: Array, of: Callable[[Array], Array | None], count: int) -> Array | None:
    """A statement for all steps at once, given what its operands are then, if they vary; None if it has no such form."""

    def whole(operand: Operand) -> Operand:
        found = of(operand) if isinstance(operand, Array) else None
        return operand if found is None else found

    match array:
        case Apply(operation=operation, operands=operands):
            rank = len(array.shape)
            found = [_aligned(writer, whole(x), x, rank) if of(x) is not None else x for x in operands]  # type: ignore[arg-type]
            return writer.apply(operation, *found)  # type: ignore[return-value]
        case Contract(operands=(Array() as left, Array() as right), axes=(a, b, out)):
            first, second = (STEP * (of(x) is not None) for x in (left, right))
            samples = not array.batched
            return writer.contract(whole(left), whole(right), (first + a, second + b, STEP + out), samples)  # type: ignore[arg-type]
        case Reduce(operands=(operand,), operation=operation, axes=axes, samples=samples):
            return writer.reduce(whole(operand), tuple(axis + 1 for axis in axes), samples, operation)  # type: ignore[arg-type]
        case Part(operands=(Array() as operand,), view=view):
            return writer.part(whole(operand), view.of_each(count, operand.size))  # type: ignore[arg-type]
        case Gather(operands=(Array() as operand,), positions=place):
            steps = np.arange(count).reshape(-1, *[1] * len(array.shape)) * operand.size
            return writer.take(whole(operand), steps + positions_of(place).reshape(array.shape))  # type: ignore[arg-type]
        case Mask(operands=(Array() as operand,), there=there, number=number):
            there = there.reshape(1, *[1] * (len(array.shape) - there.ndim), *there.shape)
            return replace(array, shape=(count, *array.shape), there=there, operands=(whole(operand),))
        case Broadcast(operands=(operand, *samples)):
            found = _aligned(writer, whole(operand), operand, len(array.shape))  # type: ignore[arg-type]
            like = next((x for x in map(whole, samples) if isinstance(x, Array)), None)
            return Broadcast((count, *array.shape), array.batched, operands=(found, *([like] if like else [])))
    return None


def _aligned(writer: Writer, whole: Array, inner: Array, rank: int) -> Array:
    """With the axis of the steps before as many others as the result has."""
    missing = rank - len(inner.shape)
    return writer.reshape(whole, (whole.shape[0], *[1] * missing, *inner.shape)) if missing else whole


def rebuilt(loop: Loop, found: Mapping[Array, Array], operands: Sequence[Operand]) -> Loop:
    """A loop of other operands, whose body is of the statements found for those of its own."""
    own = (*loop.carried, *loop.sliced)
    following = tuple(found[x] if isinstance(x, Array) else x for x in loop.following)
    body = _depending(own, [*following, *(found[array] for array in loop.body)])
    outside = _read({*own, *body}, body, following)
    return replace(loop, operands=(*operands[: len(own)], *outside), following=following, body=body)
