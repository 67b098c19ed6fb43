"""A statement of a loop's body for all steps at once: with the steps as one more axis before its own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Broadcast,
    Contract,
    Gather,
    Mask,
    Operand,
    Part,
    Reduce,
    positions_of,
)
from autograd.compiling.writer import Writer

STEP = "t"  # the axis of the steps, in a contraction
LEAVING = Apply | Assemble | Contract | Part | Gather | Reduce | Mask | Broadcast  # statements that have such a form


def at_once(writer: Writer, array: Array, wholes: Mapping[Array, Array], count: int) -> Operand:
    """The statement for so many steps, given what those of its operands are then that vary."""

    def whole(operand: Operand, rank: int | None = None) -> Operand:
        """An operand for all steps, with as many axes after that of the steps."""
        if not isinstance(operand, Array) or operand not in wholes:
            return operand
        found, missing = wholes[operand], 0 if rank is None else rank - len(operand.shape)
        return writer.reshape(found, (count, *[1] * missing, *operand.shape)) if missing else found

    match array:
        case Apply(operation=operation, operands=operands):
            return writer.apply(operation, *(whole(x, len(array.shape)) for x in operands))
        case Contract(operands=(Array() as left, Array() as right), axes=(a, b, out)):
            first, second = (STEP * (x in wholes) for x in (left, right))
            axes = first + a, second + b, STEP + out
            return writer.contract(wholes.get(left, left), wholes.get(right, right), axes, not array.batched)
        case Broadcast(operands=(operand, *sample)):
            operands = (whole(operand, len(array.shape)), *map(whole, sample))
            return Broadcast((count, *array.shape), array.batched, operands=operands)
        case Assemble(places=places):
            steps = np.arange(count)[:, None]
            parts = [wholes[x] if x in wholes else _repeated(x, count) for x in array.arrays]
            every = [(steps * array.size + positions_of(place)).reshape(-1) for place in places]
            return writer.assemble(list(zip(parts, every, strict=True)), (count, *array.shape))
    only = wholes[array.arrays[0]]
    match array:
        case Reduce(operation=operation, axes=over, samples=samples):
            return writer.reduce(only, tuple(axis + 1 for axis in over), samples, operation)
        case Part(view=view):
            return writer.part(only, view.of_each(count, array.arrays[0].size))
        case Gather(positions=positions):
            steps = np.arange(count).reshape(-1, *[1] * positions.ndim)
            return writer.take(only, steps * array.arrays[0].size + positions)
        case Mask(there=there, number=number):
            missing = len(array.shape) - there.ndim
            return writer.mask(only, there.reshape(1, *[1] * missing, *there.shape), number)
    raise NotImplementedError(type(array))


def _repeated(array: Array, count: int) -> Array:
    """An array that is the same at every step."""
    return Broadcast((count, *array.shape), array.batched, operands=(array,))
