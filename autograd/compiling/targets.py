"""How the operations of the table are called over arrays: what is made of each entry for NumPy and for JAX."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.compiling.program import Apply, Array, Input, Operand, statements, with_operands
from autograd.compiling.writer import Writer
from autograd.operation import FUNCTION, Operation, Rule
from autograd.term import evaluated

NumpyCall = Callable[[], Any]  # with the arrays that it is bound to


@dataclass(frozen=True)
class Target:
    """A library of arrays: what it is imported as, and which column of the table has its functions."""

    module: str
    package: str
    column: str

    def function(self, operation: Operation) -> str:
        """The function that an operation is there; empty where other operations give it."""
        return getattr(operation, self.column)  # type: ignore[no-any-return]


NUMPY = Target("np", "numpy", "numpy")
JAX = Target("jnp", "jax.numpy", "jax")


def is_operator(operation: Operation) -> bool:
    """Whether an operation on arrays is written with an operator, as on numbers."""
    return bool(operation.numpy) and operation.precedence < FUNCTION


@lru_cache(maxsize=256)
def rule(operation: Operation) -> Rule:
    """The branchless rule of an operation; to a result that leaves out an operand, 0 times that gives its shape."""
    branchless: Any = operation.branchless
    operands = _operands(operation)
    used = statements([Writer().evaluate(branchless, *operands)])
    left_out = [k for k, operand in enumerate(operands) if operand not in used]
    return (lambda *given: sum((0.0 * given[k] for k in left_out), branchless(*given))) if left_out else branchless


def _operands(operation: Operation) -> list[Input]:
    return [Input((), False, name) for name in operation.variables]


@lru_cache(maxsize=256)
def rule_body(operation: Operation) -> tuple[list[Input], Operand]:
    """The operands of an operation, and what its rule makes of them."""
    operands = _operands(operation)
    return operands, Writer().evaluate(rule(operation), *operands)


@lru_cache(maxsize=256)
def numpy_function(operation: Operation) -> Callable[..., Any]:
    """The operation on NumPy's arrays.

    >>> from autograd import OPERATIONS
    >>> numpy_function(OPERATIONS["relu"])(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    if operation.numpy:
        found: Callable[..., Any] = eval(operation.numpy, {"np": np, "math": math})  # what the table says
        return found
    return lambda *operands: evaluated(rule(operation), operands, lambda each, *given: numpy_function(each)(*given))


def in_numpys_functions(results: Sequence[Operand]) -> list[Operand]:
    """The same results, with every operation that NumPy has no function for written with others."""
    writer = Writer()
    found: dict[Array, Operand] = {}

    def of(operand: Operand) -> Operand:
        return found[operand] if isinstance(operand, Array) else operand

    for array in statements(results):
        operands = list(map(of, array.operands))
        match array:
            case Apply(operation=operation) if not operation.numpy:
                found[array] = writer.evaluate(rule(operation), *operands)
            case _:
                found[array] = with_operands(array, operands)
    return list(map(of, results))
