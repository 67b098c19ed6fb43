"""A program without loops: each step's statements one after the other, as they run on buffers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiling.program import Array, Each, Input, Last, Loop, Operand, statements, with_operands
from autograd.compiling.writer import Writer


def unrolled(results: Sequence[Operand]) -> list[Operand]:
    """The same results, computed without loops."""
    order = statements(results)
    return _Unrolled().run(order, results) if any(isinstance(array, Loop) for array in order) else list(results)


class _Unrolled:
    def __init__(self) -> None:
        self.writer = Writer()
        self.found: dict[Array, Operand] = {}
        self.steps: dict[Array, list[dict[Array, Operand]]] = {}  # of each loop, what its body comes to
        self.ends: dict[Array, dict[Input, Operand]] = {}

    def run(self, order: Sequence[Array], results: Sequence[Operand]) -> list[Operand]:
        needed = {x for x in results if isinstance(x, Array)}
        for array in order:
            sliced = array.wholes if isinstance(array, Loop) else ()
            needed.update(x for x in array.arrays if x not in sliced)
        for array in order:
            match array:
                case Loop():
                    self._unroll(array)
                case Each(operands=(Array() as loop,), inner=inner):
                    if array in needed:
                        self.found[array] = self._stacked(array, [step[inner] for step in self.steps[loop]])
                case Last(operands=(Array() as loop,), carried=carried):
                    self.found[array] = self.ends[loop][carried]
                case _:
                    self.found[array] = with_operands(array, [self._of(x) for x in array.operands])
        return [self._of(result) for result in results]

    def _of(self, operand: Operand) -> Operand:
        return self.found[operand] if isinstance(operand, Array) else operand

    def _unroll(self, loop: Loop) -> None:
        carried: dict[Input, Operand] = dict(zip(loop.carried, map(self._of, loop.starts), strict=True))
        steps: list[dict[Array, Operand]] = [{} for _ in range(loop.steps)]
        order = range(loop.steps)
        for t in reversed(order) if loop.reverse else order:
            values: dict[Array, Operand] = {x: carried[x] for x in loop.carried}
            values |= {part: self._slice(whole, t) for part, whole in zip(loop.sliced, loop.wholes, strict=True)}

            def of(operand: Operand, values: dict[Array, Operand] = values) -> Operand:
                if isinstance(operand, Array) and operand in values:
                    return values[operand]
                return self._of(operand)

            for array in loop.body:
                values[array] = with_operands(array, [of(x) for x in array.operands])
            carried = {x: of(after) for x, after in zip(loop.carried, loop.following, strict=True)}
            steps[t] = values
        self.steps[loop], self.ends[loop] = steps, carried

    def _slice(self, whole: Operand, t: int) -> Operand:
        """What an array holds for a step."""
        match whole:
            case Each(operands=(Array() as loop,), inner=inner):
                return self.steps[loop][t][inner]
            case Array(shape=shape):
                size = whole.size // shape[0]
                found = self._of(whole)
                assert isinstance(found, Array)
                return self.writer.take(found, (np.arange(size) + t * size).reshape(shape[1:]))
        return whole

    def _stacked(self, array: Array, found: Sequence[Operand]) -> Operand:
        """What something is at each step, in one array."""
        size = array.size // array.shape[0]
        like = Input(array.shape[1:], False)
        parts = [x if isinstance(x, Array) else self.writer.broadcast(x, like) for x in found]
        return self.writer.assemble([(x, np.arange(size) + t * size) for t, x in enumerate(parts)], array.shape)
