"""A program whose results become NaN wherever a number on the way to them overflows or has no value.

NumPy raises when an operation overflows or has no value. XLA says nothing, and an infinity can vanish on its way to the
results: max(-inf, 0) is 0. Adding 0 times the operand changes nothing while that is finite, and gives NaN otherwise.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product

import numpy as np

from autograd import operations as table
from autograd.compiling.machine import FUNCTIONS
from autograd.compiling.program import Array, Operand, Writer, is_truth, statements
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


class _Exposed:
    def __init__(self, order: Sequence[Array]) -> None:
        self.order = order
        self.writer = Writer()
        self.found: dict[int, Array] = {}
        self.lost: dict[int, tuple[float, ...]] = {}  # what an array can hold that is not finite
        self.unseen: dict[int, list[Array]] = {}  # by the comparison that alone looks at them
        self.used, self.compared = Counter[int](), Counter[int]()
        for array in order:
            for operand in array.arrays:
                self.used[id(operand)] += 1
                self.compared[id(operand)] += is_truth(array)

    def run(self, results: Sequence[Operand]) -> list[Operand]:
        for array in self.order:
            hidden = {id(operand): operand for operand in self._hidden(array)}
            self.found[id(array)] = self._with(_rebuilt(array, self.found), hidden.values())
            lost = [_NAN if id(operand) in hidden else self.lost[id(operand)] for operand in array.arrays]
            if is_truth(array):
                self.unseen[id(array)] = [x for x in array.arrays if self.used[id(x)] == self.compared[id(x)]]
                lost = []
            self.lost[id(array)] = _ANY if _leaves_the_floats(array) else max(lost, key=len, default=())
        return [self.found[id(result)] if isinstance(result, Array) else result for result in results]

    def _with(self, array: Array, hidden: Iterable[Array]) -> Array:
        """The array, with NaN where one of the operands is infinite or NaN."""
        result: Operand = array
        for operand in hidden:
            shown = self.found[id(operand)]
            if array.how == "max":
                shown = self.writer.sum(shown, *array.detail)
            result = self.writer.apply(table.add, result, self.writer.apply(table.multiply, 0.0, shown))
        assert isinstance(result, Array)
        return result

    def _hidden(self, array: Array) -> list[Array]:
        """The operands, and those of comparisons among them, whose infinity or NaN might not show in the result."""
        if is_truth(array):
            return []
        found = [x for operand in array.arrays for x in self.unseen.get(id(operand), ())]
        for k, operand in enumerate(array.operands):
            if isinstance(operand, Array) and _hides(array, k, self.lost[id(operand)]):
                found.append(operand)
        return [operand for operand in found if self.lost[id(operand)]]


def _rebuilt(array: Array, found: dict[int, Array]) -> Array:
    """The statement with its operands replaced by those found; itself, where none of them is another."""
    operands = [found[id(operand)] if isinstance(operand, Array) else operand for operand in array.operands]
    if all(new is old for new, old in zip(operands, array.operands, strict=True)):
        return array
    return Array(array.how, array.shape, array.batched, operands, array.detail, array.name)


def _hides(array: Array, k: int, lost: tuple[float, ...]) -> bool:
    """Whether such numbers in an operand might not show in the result."""
    if array.how != "apply" or not lost:
        return array.how == "max"
    if array.detail is table.multiply:
        return is_truth(array.operands[1 - k])
    return k in _hidden_by(array.detail, lost)


# What operations do to infinity and NaN, tried out ----------------------------------------------------------


@cache
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
    return array.how in ("contract", "sum", "assemble") or (array.how == "apply" and _can_leave(array.detail))


@cache
def _can_leave(operation: Operation) -> bool:
    return not all(map(math.isfinite, _evaluated(operation, [_EXTREME] * operation.arity)))


def _evaluated(operation: Operation, choices: Sequence[Sequence[float]]) -> list[float]:
    """The results for all combinations of operands."""
    columns = np.array(list(product(*choices))).T
    with np.errstate(all="ignore"):
        return FUNCTIONS[operation.name](*columns, *([0.0] if operation is table.relu else [])).tolist()  # type: ignore[no-any-return]
