"""Reverse mode over an array program: the rules of the table element by element, and those of the structure.

The chain rule multiplies and adds, so it knows these two operations by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from autograd import operations as table
from autograd.compiling.program import (
    Apply,
    Array,
    Broadcast,
    Contract,
    Gather,
    Mask,
    Operand,
    Part,
    Pick,
    Place,
    Reduce,
    statements,
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
        sweep.run(output, wanted)
    return [sweep.total(array) for array in wanted], sweep.adjoints


class _Sweep:
    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.adjoints: dict[Array, Operand] = {}
        self.contributions: dict[Array, list[Operand]] = defaultdict(list)
        self.placed: dict[Array, list[tuple[Array, Place]]] = defaultdict(list)

    def run(self, output: Array, wanted: Sequence[Array]) -> None:
        order = statements([output])
        leading = set(wanted)
        for array in order:
            if any(array.operands[k] in leading for k in _differentiable(array)):
                leading.add(array)
        self.contributions[output].append(1.0)
        for array in reversed(order):
            if array in leading and array.operands and self.reached(array):
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
