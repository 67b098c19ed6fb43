"""Reverse mode over an array program: the rules of the table element by element, and those of the structure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.program import Array, Operand, Writer, statements
from autograd.compiling.views import View
from autograd.operation import zero


def differentiate(writer: Writer, output: Operand, wanted: Sequence[Array]) -> tuple[list[Operand], dict[int, Operand]]:
    """The derivatives of the output with respect to the wanted arrays, each in its shape; and every adjoint, by id.

    Derivatives with respect to arrays that are not batched are summed over the samples.
    """
    sweep = _Sweep(writer)
    if isinstance(output, Array):
        sweep.run(output, wanted)
    return [sweep.total(array) for array in wanted], sweep.adjoints


class _Sweep:
    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.adjoints: dict[int, Operand] = {}
        self.contributions: dict[int, list[Operand]] = defaultdict(list)
        self.places: dict[int, list[tuple[Array, View | np.ndarray]]] = defaultdict(list)

    def run(self, output: Array, wanted: Sequence[Array]) -> None:
        order = statements([output])
        leading = {id(array) for array in wanted}
        for array in order:
            if any(id(array.operands[k]) in leading for k in _differentiable(array)):
                leading.add(id(array))
        self.contributions[id(output)].append(1.0)
        for array in reversed(order):
            if id(array) in leading and array.operands and self.reached(array):
                adjoint = self.total(array)
                for k in _differentiable(array):
                    if id(array.operands[k]) in leading:
                        _RULES[array.how](self, array, k, adjoint)

    def reached(self, array: Array) -> bool:
        """Whether the output depends on an array."""
        return bool(self.contributions[id(array)] or self.places[id(array)])

    def total(self, array: Array) -> Operand:
        """The adjoint of an array: the sum of its contributions. An axis of length 1 stands for equal numbers."""
        if id(array) not in self.adjoints:
            result: Operand = 0.0
            for contribution in self.contributions[id(array)]:
                result = self.writer.apply(table.add, result, contribution)
            if self.places[id(array)]:
                result = self.writer.apply(table.add, result, self.writer.assemble(self.places[id(array)], array))
            self.adjoints[id(array)] = result
        return self.adjoints[id(array)]

    def add(self, array: Array, contribution: Operand) -> None:
        self.contributions[id(array)].append(contribution)

    # The rules: what an adjoint contributes to that of an operand --------------------------------------

    def apply(self, out: Array, k: int, adjoint: Operand) -> None:
        partial = self.writer.evaluate(out.detail.partials[k], out, *out.operands)
        contribution = self.writer.apply(table.multiply, adjoint, partial)
        self.add(out.operands[k], self.reduced(contribution, out, out.operands[k]))  # type: ignore[arg-type]

    def reduced(self, adjoint: Operand, out: Array, operand: Operand) -> Operand:
        """Summed over the axes, and the samples, along which the operand was repeated."""
        assert isinstance(operand, Array)
        missing = len(out.shape) - len(operand.shape)
        shape = (1,) * missing + operand.shape
        axes = tuple(axis for axis, size in enumerate(out.shape) if shape[axis] != size or axis < missing)
        samples = out.batched and not operand.batched
        if not axes and not samples:
            return adjoint
        summed = self.writer.sum(self.writer.broadcast(adjoint, out), axes, samples)
        return summed if summed.shape == operand.shape else self.writer.reshape(summed, operand.shape)

    def contract(self, out: Array, k: int, adjoint: Operand) -> None:
        operand, other = out.arrays[k], out.arrays[1 - k]
        axes = (out.detail[2], out.detail[1 - k], out.detail[k])
        if isinstance(adjoint, float):
            self.add(operand, self.writer.apply(table.multiply, adjoint, self.factor(other, operand, axes[1], axes[2])))
            return
        full = self.writer.broadcast(adjoint, out)
        self.add(operand, self.writer.contract(full, other, axes, samples=not operand.batched))

    def factor(self, other: Array, operand: Array, axes: str, wanted: str) -> Array:
        """The other factor, summed to the axes that an operand has."""
        over = tuple(k for k, axis in enumerate(axes) if axis not in wanted)
        summed = self.writer.sum(other, over, samples=not operand.batched)
        return self.writer.along(summed, "".join(axis for axis in axes if axis in wanted), wanted)

    def sum(self, out: Array, k: int, adjoint: Operand) -> None:
        operand = out.arrays[k]
        if isinstance(adjoint, Array) and adjoint.shape:
            adjoint = self.writer.reshape(adjoint, (1,) * (len(out.shape) - len(adjoint.shape)) + adjoint.shape)
            kept = iter(adjoint.shape)
            shape = tuple(1 if axis in out.detail[0] else next(kept) for axis in range(len(operand.shape)))
            adjoint = self.writer.reshape(adjoint, shape)
        self.add(operand, adjoint)

    def broadcast(self, out: Array, k: int, adjoint: Operand) -> None:
        self.add(out.operands[k], self.reduced(adjoint, out, out.operands[k]))  # type: ignore[arg-type]

    def view(self, out: Array, k: int, adjoint: Operand) -> None:
        self.places[id(out.operands[k])].append((self.writer.broadcast(adjoint, out), out.detail))


_RULES: dict[str, Any] = {
    "apply": _Sweep.apply,
    "contract": _Sweep.contract,
    "sum": _Sweep.sum,
    "broadcast": _Sweep.broadcast,
    "view": _Sweep.view,
    "gather": _Sweep.view,
}


def _differentiable(array: Array) -> list[int]:
    """The operands that a derivative goes to."""
    if array.how == "max":  # lifted only where no derivative is asked for
        return []
    if array.how == "broadcast":  # the other operand only shows the number of samples
        return [0] if isinstance(array.operands[0], Array) else []
    rules = array.detail.partials if array.how == "apply" else [None] * len(array.operands)
    return [k for k, operand in enumerate(array.operands) if isinstance(operand, Array) and rules[k] is not zero]
