"""A program whose results become NaN wherever a number on the way to them overflows or has no value.

NumPy raises when an operation overflows or has no value. XLA says nothing, and an infinity can vanish on its way to the
results: max(-inf, 0) is 0. Adding 0 times the operand changes nothing while that is finite, and gives NaN otherwise.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.loops import rebuilt
from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Contract,
    Each,
    Loop,
    Mask,
    Operand,
    Pick,
    Reduce,
    Scatter,
    is_truth,
    statements,
    with_bodies,
    with_operands,
)
from autograd.compiling.targets import numpy_function
from autograd.compiling.writer import Writer
from autograd.operation import Operation

_ORDINARY = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
_EXTREME = (*_ORDINARY, -sys.float_info.max, sys.float_info.max, 5e-324)
_NAN = (math.nan,)
_ANY = (math.inf, -math.inf, math.nan)


def expose(results: Sequence[Operand]) -> list[Operand]:
    """The same results where everything that they are computed from is finite; NaN or infinity otherwise.

    A product with what is true or false counts as hiding the other factor: XLA selects, instead of multiplying.
    """
    return _Exposed(statements(results)).run(results)


def shown(result: Operand) -> set[Array]:
    """The arrays whose infinities and NaN show in a result that is computed element by element from them.

    It is infinite or NaN there, too, or NumPy raises on the way.
    """
    found: set[Any] = {result}
    for array in reversed(statements([result])):
        if array in found and isinstance(array, Apply):
            found.update(x for k, x in enumerate(array.operands) if not _hides(array, k, _ANY))
    return found


class _Exposed:
    def __init__(self, order: Sequence[Array]) -> None:
        self.order = order
        self.writer = Writer()
        self.found: dict[Array, Array] = {}
        self.lost: dict[Array, tuple[float, ...]] = {}  # what an array can hold that is not finite
        self.holes: dict[Array, np.ndarray] = {}  # where infinity is meant to be: elsewhere there are numbers
        self.unseen: dict[Array, list[Array]] = {}  # by the comparison that alone looks at them
        self.used, self.compared = Counter[Array](), Counter[Array]()
        for array in with_bodies(order):
            for operand in array.arrays:
                self.used[operand] += 1
                self.compared[operand] += is_truth(array)

    def run(self, results: Sequence[Operand]) -> list[Operand]:
        for array in self.order:
            match array:
                case Loop():
                    self._expose_loop(array)
                case Each(inner=inner):
                    self.found[array] = replace(array, inner=self.found[inner], operands=tuple(self._rebuilt(array)))
                    self.lost[array] = self.lost[inner]
                case _:
                    self._expose(array)
        return list(map(self._shown, results))

    def _expose(self, array: Array) -> None:
        self._note_holes(array)
        hidden = dict.fromkeys(self._hidden(array))
        self.found[array] = self._with(with_operands(array, self._rebuilt(array)), array, hidden)
        lost = [_NAN if operand in hidden else self.lost[operand] for operand in array.arrays]
        if is_truth(array):
            self.unseen[array] = [x for x in array.arrays if self.used[x] == self.compared[x]]
            lost = []
        self.lost[array] = _ANY if _leaves_the_floats(array) else max(lost, key=len, default=())

    def _expose_loop(self, loop: Loop) -> None:
        """What is carried may have become anything in an earlier step."""
        for part in (*loop.carried, *loop.sliced):
            self.found[part], self.lost[part] = part, _ANY
        for array in loop.body:
            self._expose(array)
        self.found[loop], self.lost[loop] = rebuilt(loop, self.found, list(self._rebuilt(loop))), _ANY

    def _rebuilt(self, array: Array) -> Sequence[Operand]:
        return list(map(self._shown, array.operands))

    def _shown(self, operand: Operand) -> Operand:
        return self.found[operand] if isinstance(operand, Array) else operand

    def _with(self, rebuilt: Array, array: Array, hidden: Iterable[Array]) -> Array:
        """The rebuilt statement, with NaN where one of these operands is infinite or NaN."""
        result: Operand = rebuilt
        for operand in hidden:
            shown = self.found[operand]
            if operand in self.holes:
                shown = self.writer.mask(shown, self.holes[operand], 0.0)
            match array:
                case Reduce(axes=axes, samples=samples):
                    shown = self.writer.reduce(shown, axes, samples)
                case Pick():
                    shown = self.writer.reduce(shown, tuple(range(len(shown.shape))))
            result = self.writer.apply(table.add, result, self.writer.apply(table.multiply, 0.0, shown))
        assert isinstance(result, Array)
        return result

    def _note_holes(self, array: Array) -> None:
        match array:
            case Mask(there=there, number=number) if not math.isfinite(number):
                self.holes[array] = there
            case Apply():
                for operand in array.arrays:
                    if operand in self.holes and operand.shape == array.shape:
                        self.holes[array] = self.holes[operand]

    def _hidden(self, array: Array) -> list[Array]:
        """The operands, and those of comparisons among them, whose infinity or NaN might not show in the result."""
        if is_truth(array):
            return []
        found = [x for operand in array.arrays for x in self.unseen.get(operand, ())]
        for k, operand in enumerate(array.operands):
            if isinstance(operand, Array) and self.lost[operand] and _hides(array, k, self.lost[operand]):
                found.append(operand)
        return [operand for operand in found if self.lost[operand]]


def _hides(array: Array, k: int, lost: tuple[float, ...]) -> bool:
    """Whether such numbers in an operand might not show in the result."""
    match array:
        case Pick():  # it leaves rows out
            return k == 0
        case Apply(operation=table.multiply, operands=operands):  # by what is true or false, XLA selects
            return is_truth(operands[1 - k])
        case Apply(operation=operation) | Reduce(operation=operation):
            return k in _hidden_by(operation, lost)
    return False


# What operations do to infinity and NaN, tried out ----------------------------------------------------------


@lru_cache(maxsize=256)
def _hidden_by(operation: Operation, lost: tuple[float, ...]) -> set[int]:
    """The operands of an operation of which such numbers might not show."""
    found = set()
    for k in range(operation.arity):
        others = [lost if i == k else _ORDINARY for i in range(operation.arity)]
        if any(map(math.isfinite, _evaluated(operation, others))):
            found.add(k)
    return found


def _leaves_the_floats(array: Array) -> bool:
    """Whether a statement can make of finite numbers one that is not."""
    if isinstance(array, Apply | Reduce):
        return _can_leave(array.operation)
    return isinstance(array, Contract | Assemble | Scatter)


@lru_cache(maxsize=256)
def _can_leave(operation: Operation) -> bool:
    return not all(map(math.isfinite, _evaluated(operation, [_EXTREME] * operation.arity)))


def _evaluated(operation: Operation, choices: Sequence[Sequence[float]]) -> list[float]:
    """The results for all combinations of operands."""
    columns = np.array(list(product(*choices))).T
    with np.errstate(all="ignore"):
        found: list[float] = np.broadcast_to(numpy_function(operation)(*columns), columns[0].shape).tolist()
    return found
