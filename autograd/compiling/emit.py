"""From an array program to Python source that reads like a textbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograd.compiling.block import body_of
from autograd.compiling.heading import Heading
from autograd.compiling.looping import nested
from autograd.compiling.program import Apply, Array, Input, Operand, statements, with_bodies
from autograd.compiling.scope import Scope
from autograd.compiling.targets import Target, is_operator, rule_body
from autograd.operation import Operation


@dataclass(frozen=True)
class Source:
    """The text of a function, and the constants that it takes as its last arguments, by name."""

    text: str
    constants: dict[str, np.ndarray]


def emit(
    name: str,
    inputs: Sequence[Input],
    results: Sequence[tuple[str, Operand]],
    names: Mapping[Array, str],
    target: Target,
    values: int = 1,
) -> Source:
    """The source of a function that takes the inputs, then the longer constants, and returns the named results.

    ``names`` says what some of the arrays are called; so many of the results are ``values``, and the others the
    backward pass.
    """
    heading = Heading(target)
    _define_all(heading, [result for _, result in results])
    parameters, body = body_of(Scope(heading, names), inputs, results, values)
    lines = nested(f"def {name}({', '.join([*parameters, *heading.arguments()])}):", body)
    return Source("\n".join([heading.text(), "", "", *lines, ""]), heading.arguments())


def _define_all(heading: Heading, results: Sequence[Operand]) -> None:
    """See to it that every operation on the way to the results can be called."""
    for operation in dict.fromkeys(
        array.operation for array in with_bodies(statements(results)) if isinstance(array, Apply)
    ):
        if operation not in heading.called and not is_operator(operation):
            _define(heading, operation)


def _define(heading: Heading, operation: Operation) -> None:
    """An operation by the target's function, else by its rule: in place, or as a function of its own."""
    if text := heading.target.function(operation):
        heading.call(operation, text)
        return
    operands, result = rule_body(operation)
    _define_all(heading, [result])
    if isinstance(result, Array) and any(operand.operands for operand in result.arrays):  # more than one operation
        heading.called[operation] = name = heading.name(operation.name)
        parameters, lines = body_of(Scope(heading, {}), operands, [("", result)])
        heading.define(nested(f"def {name}({', '.join(parameters)}):", lines))
