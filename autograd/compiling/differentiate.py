"""Reverse mode over an array program: the rules of the table element by element, and those of the structure.

The chain rule multiplies and adds, so it knows these two operations by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from autograd import operations as table
from autograd.compiling.loops import Steps
from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Broadcast,
    Contract,
    Each,
    Gather,
    Input,
    Last,
    Loop,
    Mask,
    Operand,
    Part,
    Pick,
    Place,
    Reduce,
    positions_of,
    statements,
    with_operands,
)
from autograd.compiling.writer import Writer
from autograd.operation import zero


def differentiate(
    writer: Writer, output: Operand, wanted: Sequence[Array]
) -> tuple[list[Operand], dict[Array, Operand]]:
    """The derivatives of the output with respect to the wanted arrays, each in its shape; and every adjoint.

    Derivatives with respect to arrays that are not batched are summed over the samples.
    """
    sweep = _Sweep(writer)
    if isinstance(output, Array):
        sweep.run(statements([output]), {output: [1.0]}, wanted)
    return [sweep.total(array) for array in wanted], sweep.adjoints


class _Sweep:
    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.adjoints: dict[Array, Operand] = {}
        self.contributions: dict[Array, list[Operand]] = defaultdict(list)
        self.placed: dict[Array, list[tuple[Array, Place]]] = defaultdict(list)
        self.results: dict[Array, dict[Array, Array]] = defaultdict(dict)  # the adjoints of those of a loop

    def run(self, order: Sequence[Array], adjoints: Mapping[Array, Sequence[Operand]], wanted: Sequence[Array]) -> None:
        """Go from results, whose adjoints are known, back to what is wanted."""
        leading = set(wanted)
        for array in order:
            if any(array.operands[k] in leading for k in _differentiable(array)):
                leading.add(array)
        for array, found in adjoints.items():
            self.contributions[array] += found
        for array in reversed(order):
            if array not in leading or not array.operands:
                continue
            if isinstance(array, Loop):
                self.through_loop(array, leading)
            elif self.reached(array):
                adjoint = self.total(array)
                for k in _differentiable(array):
                    operand = array.operands[k]
                    if isinstance(operand, Array) and operand in leading:
                        self.contribute(array, k, operand, adjoint)

    def reached(self, array: Array) -> bool:
        """Whether the output depends on an array."""
        return bool(self.contributions[array] or self.placed[array])

    def total(self, array: Array) -> Operand:
        """The adjoint of an array: the sum of its contributions. An axis of length 1 stands for equal numbers."""
        if array not in self.adjoints:
            result: Operand = 0.0
            for contribution in self.contributions[array]:
                result = self.writer.apply(table.add, result, contribution)
            if self.placed[array]:
                assembled = self.writer.assemble(self.placed[array], array.shape)
                result = self.writer.apply(table.add, result, assembled)
            self.adjoints[array] = result
        return self.adjoints[array]

    def contribute(self, out: Array, k: int, operand: Array, adjoint: Operand) -> None:
        """Add to the adjoint of an operand what that of the result contributes."""
        match out:
            case Part(view=place) | Gather(positions=place):
                self.placed[operand].append((self.as_array(adjoint, out), place))
            case Assemble(places=places):
                there = self.writer.take(self.as_array(adjoint, out), positions_of(places[k]).reshape(operand.shape))
                self.contributions[operand].append(self.writer.reduce(there, (), not operand.batched))
            case Pick(operands=(_, Array() as places), paired=paired):
                self.contributions[operand].append(
                    self.writer.scatter(self.as_array(adjoint, out), places, operand, paired)
                )
            case Mask(there=there):
                self.contributions[operand].append(self.writer.mask(self.as_array(adjoint, out), there, 0.0))
            case Apply(operation=operation):
                partial = self.writer.evaluate(operation.partials[k], out, *out.operands)
                product = self.writer.apply(table.multiply, adjoint, partial)
                self.contributions[operand].append(self.reduced(product, out, operand))
            case Contract():
                self.contributions[operand].append(self.through_product(out, k, operand, adjoint))
            case Reduce(axes=axes):
                self.contributions[operand].append(self.spread(adjoint, out, operand, axes))
            case Broadcast():
                self.contributions[operand].append(self.reduced(adjoint, out, operand))
            case Each() | Last():
                self.results[operand][out] = self.as_array(adjoint, out)

    def through_loop(self, loop: Loop, leading: set[Array]) -> None:
        """Back through the steps of a loop, from the last to the first, which is a loop of the adjoints."""
        found = self.results[loop]
        ends = {each.carried: d for each, d in found.items() if isinstance(each, Last)}
        given = {Input(d.shape[1:], d.batched): (each.inner, d) for each, d in found.items() if isinstance(each, Each)}
        outside = [x for x in loop.operands[len(loop.carried) + len(loop.sliced) :] if x in leading]
        body, carried = self.body(loop, {part: inner for part, (inner, _) in given.items()}, set(ends), outside)
        forward = _Forward(loop, self.writer)

        def adjoint(array: Array) -> Array:
            found = forward.seen(body.as_array(body.total(array), array))
            assert isinstance(found, Array)
            return found

        sliced = [(x, whole) for x, whole in zip(loop.sliced, loop.wholes, strict=True) if whole in leading]
        of_wholes = [(whole, adjoint(x)) for x, whole in sliced if body.reached(x)]
        of_outside = [(x, forward.seen(body.total(x))) for x in outside if body.reached(x)]
        of_carried = {
            d: (self.writer.repeated(ends.get(x, 0.0), x, loop.arrays), adjoint(x)) for x, d in carried.items()
        }
        slices = {part: d for part, (_, d) in given.items()} | forward.slices
        wanted = [d for _, d in (*of_wholes, *of_outside)]
        steps = Steps(self.writer, loop.steps, not loop.reverse, of_carried, slices, wanted)
        for x in filter(body.reached, loop.body):  # to be named after what they are the adjoints of
            self.adjoints[x] = steps.inside(forward.seen(body.total(x)))
        for x, start in zip(loop.carried, loop.starts, strict=True):
            if x in carried and start in leading:
                self.contributions[start].append(self.reduced(steps.last(carried[x]), x, start))
        for whole, d in of_wholes:
            self.contributions[whole].append(steps.all(d))
        for other, total in of_outside:
            self.contributions[other].append(steps.total(total))

    def body(
        self, loop: Loop, given: Mapping[Input, Array], ends: set[Input], outside: Sequence[Array]
    ) -> tuple[_Sweep, dict[Input, Input]]:
        """The adjoints in the body of a loop, and which of them are carried from one step to the one before.

        They come from the step after, at first for those of ``ends``, and from what is ``given`` for all steps.
        """
        flowing = set(ends)
        while True:
            carried = {x: Input(x.shape, x.batched) for x in loop.carried if x in flowing}
            adjoints: dict[Array, list[Operand]] = defaultdict(list)
            for part, inner in given.items():
                adjoints[inner].append(part)
            for x, after in zip(loop.carried, loop.following, strict=True):
                if x in carried and isinstance(after, Array):
                    adjoints[after].append(carried[x])
            sweep = _Sweep(self.writer)
            sweep.run([*loop.carried, *loop.sliced, *loop.body], adjoints, [*loop.carried, *loop.sliced, *outside])
            reached = {x for x in loop.carried if sweep.reached(x)}
            if reached <= flowing:
                return sweep, carried
            flowing |= reached

    def as_array(self, adjoint: Operand, out: Array) -> Array:
        return self.writer.broadcast(adjoint, out)

    def reduced(self, adjoint: Operand, out: Array, operand: Array) -> Operand:
        """Summed over the axes, and the samples, along which the operand was repeated."""
        missing = len(out.shape) - len(operand.shape)
        shape = (1,) * missing + operand.shape
        axes = tuple(axis for axis, size in enumerate(out.shape) if shape[axis] != size or axis < missing)
        samples = out.batched and not operand.batched
        if not axes and not samples:
            return adjoint
        summed = self.writer.reduce(self.as_array(adjoint, out), axes, samples)
        return summed if summed.shape == operand.shape else self.writer.reshape(summed, operand.shape)

    def through_product(self, out: Contract, k: int, operand: Array, adjoint: Operand) -> Operand:
        other, (mine, others) = out.arrays[1 - k], (out.axes[k], out.axes[1 - k])
        samples = not operand.batched
        if isinstance(adjoint, Array):
            full = self.as_array(adjoint, out)
            return self.writer.contract(full, other, (out.axes[2], others, mine), samples)
        # One number: the other factor, summed to the axes that this one has.
        over = tuple(axis for axis, letter in enumerate(others) if letter not in mine)
        summed = self.writer.reduce(other, over, samples)
        factor = self.writer.along(summed, "".join(letter for letter in others if letter in mine), mine)
        return self.writer.apply(table.multiply, adjoint, factor)

    def spread(self, adjoint: Operand, out: Array, operand: Array, axes: Sequence[int]) -> Operand:
        """With an axis of length 1 for each that was summed over."""
        if isinstance(adjoint, float) or not adjoint.shape:
            return adjoint
        kept = iter((1,) * (len(out.shape) - len(adjoint.shape)) + adjoint.shape)
        shape = tuple(1 if axis in axes else next(kept) for axis in range(len(operand.shape)))
        return self.writer.reshape(adjoint, shape)


class _Forward:
    """What the adjoints of a loop's body see of its statements: slices of what those were at each step."""

    def __init__(self, loop: Loop, writer: Writer) -> None:
        self._loop = loop
        self._writer = writer
        self.slices: dict[Input, Array] = {}
        self._seen: dict[Array, Array] = {}
        for part, whole in zip(loop.sliced, loop.wholes, strict=True):
            self._slice(part, whole)
        for array in loop.carried:
            self._slice(array, writer.each(loop, array))

    def _slice(self, array: Array, whole: Operand) -> None:
        assert isinstance(whole, Array)
        part = self._seen[array] = Input(array.shape, array.batched)
        self.slices[part] = whole

    def seen(self, operand: Operand) -> Operand:
        """An adjoint in which slices stand for the forward pass. What is a part of them is taken again."""
        if isinstance(operand, float):
            return operand
        for array in statements([operand]):
            if array in self._seen:
                continue
            if array in self._loop.body and not isinstance(array, Part | Broadcast):
                self._slice(array, self._writer.each(self._loop, array))
            else:
                operands = [self._seen[x] if isinstance(x, Array) else x for x in array.operands]
                self._seen[array] = with_operands(array, operands)
        return self._seen[operand]


def _differentiable(array: Array) -> Sequence[int]:
    """The operands that a derivative goes to."""
    match array:
        case Reduce(operation=table.maximum):  # lifted only where no derivative is asked for
            return []
        case Broadcast() | Pick():  # the other operand shows the number of samples, or holds places
            return [0]
        case Apply(operation=operation):
            return [k for k, partial in enumerate(operation.partials) if partial is not zero]
    return range(len(array.operands))
