"""Loops of an array program: only what depends on the step before stays in the body, all else is computed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograd import operations as table
from autograd.compiling.at_once import LEAVING, STEP, at_once
from autograd.compiling.program import (
    Apply,
    Array,
    Contract,
    Input,
    Loop,
    Operand,
    Part,
    is_truth,
    statements,
    with_operands,
)
from autograd.compiling.writer import Writer


class Steps:
    """What is computed from arrays that are carried from step to step and from slices of others.

    ``carried`` says of each input that is carried what it is at first, and what it is in the next step; ``sliced`` of
    each that is a slice, of which array. What is ``wanted`` of each step, or in all, besides, may stay in the loop.
    """

    def __init__(
        self,
        writer: Writer,
        count: int,
        reverse: bool,
        carried: Mapping[Input, tuple[Operand, Operand]],
        sliced: Mapping[Input, Array],
        wanted: Sequence[Operand] = (),
    ) -> None:
        self.writer = writer
        self.count = count
        self.after = [after for _, after in carried.values()]
        self._sliced: dict[Array, Array] = {part: whole for part, whole in sliced.items()}  # noqa: C416
        self._all: dict[Array, Array] = {}
        following = self.after
        self._recurrent: dict[Array, bool] = dict.fromkeys(carried, True)
        self._varies: dict[Array, bool] = dict.fromkeys([*carried, *sliced], True)
        # What is in the loop, and what it is there: slices, parts of them, and the statements of the body.
        self._kept = {*carried, *(array for array in statements(following) if self.recurrent(array))}
        order = statements([*following, *wanted])
        self._keep_what_cannot_leave(order)
        slices = {part: whole for part, whole in sliced.items() if part in order}
        self._inside: dict[Array, Array] = {array: array for array in [*carried, *slices]}
        for array in order:
            if array in self._kept and array not in carried:
                self._inside[array] = with_operands(array, [self._within(x, slices) for x in array.operands])
        after = tuple(self._within(x, slices) for x in following)
        inner = _depending([*carried, *slices], [*after, *self._inside.values()])
        starts = [start for start, _ in carried.values()]
        operands = (*starts, *slices.values(), *_read({*inner, *carried, *slices}, inner, after))
        self.loop = Loop((), False, count, reverse, tuple(carried), after, tuple(slices), inner, operands=operands)

    def inside(self, operand: Operand) -> Operand:
        """The statement of the loop's body that stands for one that was given; itself, if that is outside."""
        return self._inside.get(operand, operand) if isinstance(operand, Array) else operand

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

    def _keep_what_cannot_leave(self, order: Sequence[Array]) -> None:
        """What varies, but has no form for all steps at once, stays in the loop, and so does what uses it."""
        for array in order:
            stays = any(x in self._kept and not self.recurrent(x) for x in array.arrays)
            if self.varies(array) and array.operands and (stays or not isinstance(array, LEAVING)):
                self._kept.update(x for x in statements([array]) if self.recurrent(x) or x is array)

    def _within(self, operand: Operand, slices: dict[Input, Array]) -> Operand:
        """An operand of a statement in the loop: what varies, but is computed outside, is sliced."""
        if not isinstance(operand, Array) or not self.varies(operand) or operand in self._inside:
            return self._inside.get(operand, operand) if isinstance(operand, Array) else operand
        if isinstance(operand, Part):  # a view costs nothing, and may be one of something that is sliced anyway
            self._inside[operand] = with_operands(operand, [self._within(operand.operands[0], slices)])
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
            return self._sliced[array]
        if array in self._kept:
            return self.writer.each(self.loop, self._inside[array])
        found = at_once(self.writer, array, self._all, self.count)
        assert isinstance(found, Array)
        return found

    def total(self, operand: Operand) -> Operand:
        """The sum of what an operand is at each step; of products, one contraction."""
        if not isinstance(operand, Array) or not self.varies(operand):
            return self.writer.apply(table.multiply, float(self.count), operand)
        factors = [x for x in operand.arrays if self.varies(x) and not is_truth(x)]
        if operand not in self._kept and len(factors) == 2:
            match operand:
                case Contract(axes=axes):
                    return self._total_of_products(list(map(self.all, factors)), axes, operand)
                case Apply(operation=table.multiply):
                    letters = "ijklm"[: len(operand.shape)]
                    first, second = (_letters(x, letters) for x in factors)
                    if (first, second) != (letters, letters):  # not element by element
                        sides = list(map(self._without_ones, factors))
                        return self._total_of_products(sides, (first, second, letters), operand)
        return self.writer.reduce(self.all(operand), (0,))

    def _total_of_products(self, sides: Sequence[Array], axes: tuple[str, str, str], out: Array) -> Operand:
        first, second, letters = axes
        kept = "".join(axis for axis in letters if axis in first + second)
        samples = any(side.batched for side in sides) and not out.batched
        found = self.writer.contract(sides[0], sides[1], (STEP + first, STEP + second, kept), samples)
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


def _letters(factor: Array, letters: str) -> str:
    """The axes of a factor that are longer than 1, by the letters of the product's."""
    mine = letters[len(letters) - len(factor.shape) :]
    return "".join(letter for letter, size in zip(mine, factor.shape, strict=True) if size > 1)


def rebuilt(loop: Loop, found: Mapping[Array, Array], operands: Sequence[Operand]) -> Loop:
    """A loop of other operands, whose body is of the statements found for those of its own."""
    own = (*loop.carried, *loop.sliced)
    following = tuple(found[x] if isinstance(x, Array) else x for x in loop.following)
    body = _depending(own, [*following, *(found[array] for array in loop.body)])
    outside = _read({*own, *body}, body, following)
    return replace(loop, operands=(*operands[: len(own)], *outside), following=following, body=body)
