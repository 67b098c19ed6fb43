"""A step that a person defined wrongly: the function as it would be with their step in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, Signature
from typing import Any

from autograd.formula import Formula
from autograd.graph import topological_order
from autograd.value import Value
from autograd.verifying.function import Function
from autograd.verifying.tracing import Trace


def redefined(function: Function, trace: Trace, steps: Mapping[str, Formula], name: str) -> Iterator[Function]:
    """The functions that a person may have had in mind: the step stands for a part that has the same variables."""
    if not function.is_fixed:
        return
    leaves = {variable: Value(x, label=variable) for variable, x in trace.point.items()}
    below = set(topological_order(followed(steps, name, leaves)))
    wanted = {trace.inputs[variable] for variable, leaf in leaves.items() if leaf in below}
    for node in range(len(trace.nodes) - 1):
        part = {place for place in trace.inputs.values() if place is not None and trace.depends((place,), True)[node]}
        if part == wanted and trace.nodes[node].operation is not None:
            yield Function(_program(function, trace, steps, name, node), [part.text for part in function.domain])


def followed(steps: Mapping[str, Formula], name: str, numbers: Mapping[str, Any]) -> Any:
    """A step as a number, computed by way of the steps before it."""
    known = dict(numbers)
    for step, formula in steps.items():
        known[step] = formula.evaluate(known)
        if step == name:
            break
    return known[name]


def _program(
    function: Function, trace: Trace, steps: Mapping[str, Formula], name: str, replaced: int
) -> Callable[..., Any]:
    """The function, computed as before except for one node."""
    inputs = {place: variable for variable, place in trace.inputs.items() if place is not None}

    def program(*leaves: Any) -> Any:
        numbers = dict(zip(function.names, leaves, strict=True))
        found: list[Any] = []
        for i, node in enumerate(trace.nodes):
            if i == replaced:
                found.append(followed(steps, name, numbers))
            elif node.operation is None:
                found.append(numbers[inputs[i]] if i in inputs else node)
            else:
                found.append(node.operation(*(found[operand] for operand in trace.operands[i])))
        return found[-1]

    names = [Parameter(variable, Parameter.POSITIONAL_OR_KEYWORD) for variable in function.names]
    program.__signature__ = Signature(names)  # type: ignore[attr-defined]
    return program
