"""What is differentiated: a formula or a Python function, as a function of named numbers."""

from __future__ import annotations

import inspect
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.formula import Formula, constant
from autograd.operation import real_number
from autograd.recorded import Recorded
from autograd.value import Value
from autograd.verifying.domain import conditions, holds
from autograd.verifying.tracing import Trace

Point = Mapping[str, float]


class Function:
    """What is differentiated: a formula, a Python function or a recorded output, as a function of named numbers."""

    def __init__(self, function: str | Formula | Callable[..., Any] | Value, domain: str | Sequence[str] = ()) -> None:
        if isinstance(function, str):
            function = Formula(function)
        elif isinstance(function, Value):
            function = Recorded(function)
        if not callable(function):
            raise TypeError(
                f"a function is a formula, a Python function or a recorded Value, not {type(function).__name__}"
            )
        self.call = function
        if isinstance(function, Formula | Recorded):
            self.names, self.text = function.variables, function.text
        else:
            self.names, self.text = _parameters(function), getattr(function, "__name__", "the function")
        self.domain = conditions(domain, self.names)
        for condition in self.domain:
            for name in condition.variables:
                if name not in self.names:
                    raise ValueError(f"the domain is about {name}, which is no variable of the function")

    def point(self, at: Mapping[str, Any] | Sequence[Any] | None) -> dict[str, float]:
        """The point as plain numbers by name, in the function's order; texts are constant formulas.

        None is where the leaves of a recorded output are now.
        """
        if at is None and isinstance(self.call, Recorded):
            at = self.call.point
        if not isinstance(at, Mapping):
            if isinstance(at, str) or not isinstance(at, Sequence):
                raise TypeError("at gives a number for each variable, as in at={'x': 3.0}")
            at = dict(zip(self.names, at, strict=len(at) == len(self.names)))
        at = by_name(at)
        known = ", ".join(self.names) or "none"
        for name in at:
            if name not in self.names:
                raise ValueError(f"{name} is given a value, but the function's variables are: {known}")
        for name in self.names:
            if name not in at:
                raise ValueError(f"{name} has no value: give one to each of the function's variables: {known}")
        point = {name: number(at[name]) for name in self.names}
        for name, x in point.items():
            if not math.isfinite(x):
                raise ValueError(f"{name} = {x} is no point: every variable is a finite number")
        for condition in self.domain:
            if not holds(condition, point):
                raise ValueError(f"the point does not satisfy the domain {condition.text}")
        return point

    def contains(self, point: Point) -> bool:
        """Whether a point fulfils the conditions of the domain."""
        return all(holds(condition, point) for condition in self.domain)

    @property
    def is_fixed(self) -> bool:
        """Whether every evaluation records the same operations, as that of a program with an if may not."""
        return isinstance(self.call, Formula | Recorded)

    @property
    def is_formula(self) -> bool:
        """Whether it is a formula that a person wrote, rather than a program."""
        return isinstance(self.call, Formula)

    def trace(self, point: Point) -> Trace:
        """Record one evaluation; raises OperationError outside the domain."""
        leaves = {name: Value(point[name], label=name) for name in self.names}
        return Trace(self._output(leaves), leaves)

    def value(self, point: Point) -> float:
        """The value at a point; raises OperationError outside the domain."""
        return self._output({name: Value(point[name]) for name in self.names}).data

    def _output(self, leaves: Mapping[str, Value]) -> Value:
        output = self.call(*leaves.values())
        return output if isinstance(output, Value) else Value(output)


def by_name(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same with names as Python reads them: some letters have two codes, such as the µ of keyboards."""
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"a variable is named by a str, not by {name!r}")
    return {unicodedata.normalize("NFKC", name): value for name, value in given.items()}


def number(given: Any) -> float:
    """A number, given as one or as the text of a constant formula."""
    return constant(given) if isinstance(given, str) else real_number(given)


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(parameter.kind not in kinds for parameter in parameters):
        raise TypeError("the function's variables are its parameters, each with a name: no *args, **kwargs or keywords")
    return tuple(parameter.name for parameter in parameters)
