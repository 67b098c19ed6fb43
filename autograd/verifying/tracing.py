"""A function of named numbers, and one evaluation of it with everything that a mistake could change."""

from __future__ import annotations

import inspect
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd.errors import OperationError
from autograd.formula import CONSTANTS, Formula, FormulaError, constant
from autograd.graph import adjoints, edges, rule_at, topological_order
from autograd.operation import Operation, real_number
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

Point = Mapping[str, float]
ATTEMPTS = 80  # random points, of which those in the domain serve as probes
PROBES = 10
PIECEWISE = ("abs", "sign", "relu", "maximum", "minimum", "less", "less_equal", "greater", "greater_equal")
LONGEST_PART = 60  # characters of a part of the function in a message


class Function:
    """What is differentiated: a formula, or a Python function, as a function of named numbers."""

    def __init__(self, function: str | Formula | Callable[..., Any]) -> None:
        if isinstance(function, str):
            function = Formula(function)
        if not callable(function):
            raise TypeError(f"a function is a formula or a Python function, not {type(function).__name__}")
        self.call = function
        self.names = function.variables if isinstance(function, Formula) else _parameters(function)
        self.text = function.text if isinstance(function, Formula) else getattr(function, "__name__", "the function")

    def point(self, at: Mapping[str, Any] | Sequence[Any]) -> dict[str, float]:
        """The point as plain numbers by name, in the function's order; texts are constant formulas."""
        if not isinstance(at, Mapping):
            if isinstance(at, str) or not isinstance(at, Sequence):
                raise TypeError("at gives a number for each variable, as in at={'x': 3.0}")
            at = dict(zip(self.names, at, strict=len(at) == len(self.names)))
        known = ", ".join(self.names) or "none"
        for name in at:
            if name not in self.names:
                raise ValueError(f"{name} is given a value, but the function's variables are: {known}")
        for name in self.names:
            if name not in at:
                raise ValueError(f"{name} has no value: the function's variables are: {known}")
        return {name: number(at[name]) for name in self.names}

    def trace(self, point: Point) -> Trace:
        """Record one evaluation; raises OperationError outside the domain."""
        leaves = {name: Value(point[name], label=name) for name in self.names}
        output = self.call(*leaves.values())
        return Trace(output if isinstance(output, Value) else Value(output), leaves)


def number(given: Any) -> float:
    """A number, given as one or as the text of a constant formula."""
    return constant(given) if isinstance(given, str) else real_number(given)


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(parameter.kind not in kinds for parameter in parameters):
        raise TypeError("the function's variables are its parameters, each with a name: no *args, **kwargs or keywords")
    return tuple(parameter.name for parameter in parameters)


class Trace:
    """One evaluation: the nodes in topological order; operands are given as places in it."""

    def __init__(self, output: Value, inputs: Mapping[str, Value]) -> None:
        self.nodes: list[Value] = topological_order(output)
        place = {node: i for i, node in enumerate(self.nodes)}
        self.inputs = {name: place.get(leaf) for name, leaf in inputs.items()}  # None: it does not occur
        self.operands = [tuple(place[parent] for parent in node.parents) for node in self.nodes]
        self.values = [node.data for node in self.nodes]
        self.edges = [tuple(operand for operand, _ in edges(node)) for node in self.nodes]
        self.partials = [node.partials for node in self.nodes]

    @property
    def shape(self) -> list[tuple[Operation | None, tuple[int, ...]]]:
        """What two evaluations have in common that took the same branches."""
        return [(node.operation, operands) for node, operands in zip(self.nodes, self.operands, strict=True)]

    @property
    def branches(self) -> list[tuple[float, ...]]:
        """Which side of its kinks every node is on: the local derivatives of what is linear on either side."""
        return [
            partials
            for node, partials in zip(self.nodes, self.partials, strict=True)
            if node.operation and node.operation.name in PIECEWISE
        ]

    def tangents(self, seed: int | None, replaced: Mapping[int, float] | None = None) -> list[float]:
        """The derivative of every node with respect to one of them; some may be replaced by other numbers."""
        tangent = [0.0] * len(self.nodes)
        for i in range(len(self.nodes)):
            if i == seed:
                tangent[i] = 1.0
            elif replaced and i in replaced:
                tangent[i] = replaced[i]
            else:
                for operand in self.edges[i]:
                    below = tangent[self.operands[i][operand]]
                    if below != 0.0:  # a derivative that does not exist matters only if it is asked for
                        tangent[i] += self.partials[i][operand] * below
        return tangent

    def adjoints(self, seed: int | None) -> list[float]:
        """The derivative of the output with respect to every node on the way to one of them."""
        if seed is None:
            return [0.0] * len(self.nodes)
        found = adjoints(self.nodes, [self.nodes[seed]], lambda node, operand: node.partials[operand])
        return [found.get(node, 0.0) for node in self.nodes]

    def depends(self, seed: int | None) -> list[bool]:
        """Which nodes depend on one of them."""
        depends = [False] * len(self.nodes)
        for i in range(len(self.nodes)):
            depends[i] = i == seed or any(depends[self.operands[i][operand]] for operand in self.edges[i])
        return depends

    @cached_property
    def symbols(self) -> dict[Any, Symbol]:
        """Every node as a formula over the inputs, as it was written: nothing is simplified."""
        symbols: dict[Any, Symbol] = {}
        for node in self.nodes:
            if node.operation is None:
                symbols[node] = Symbol(node.label) if node.label else symbolic(node.data)
            else:
                first, *second = (symbols[parent] for parent in node.parents)
                symbols[node] = Symbol("", None, node.operation.origin, first, second[0] if second else None)
        return symbols

    @cached_property
    def parts(self) -> list[str]:
        """Every node as text over the inputs, cut to what fits a message."""
        texts = (str(self.symbols[node]) for node in self.nodes)
        return [text if len(text) <= LONGEST_PART else text[: LONGEST_PART - 1] + "…" for text in texts]

    @cached_property
    def local_derivatives(self) -> list[tuple[Symbol, ...]]:
        """The rules of every node's edges, as formulas over the inputs."""
        numbers = self.symbols.__getitem__
        return [
            tuple(symbolic(rule_at(node, operand, numbers)) for operand in range(len(node.parents)))
            for node in self.nodes
        ]


def probes(function: Function, base: Point, like: Trace, seed: int = 0) -> Iterator[tuple[dict[str, float], Trace]]:
    """Random points, near the given one and further away, at which the function has a value."""
    draw = random.Random(seed)
    found = 0
    for attempt in range(ATTEMPTS):
        point = {name: _moved(draw, x, attempt % 5) for name, x in base.items()}
        try:
            trace = function.trace(point)
        except (OperationError, ArithmeticError, ValueError):
            continue
        if trace.shape == like.shape and all(map(math.isfinite, trace.values)):
            found += 1
            yield point, trace
            if found == PROBES:
                return


def _moved(draw: random.Random, x: float, way: int) -> float:
    if way == 0:
        return x * (1.0 + draw.uniform(-0.4, 0.4)) + draw.uniform(-0.1, 0.1)
    if way == 1:
        return draw.uniform(0.2, 3.0)
    if way == 2:
        return x * (1.0 + draw.uniform(-0.5, 0.5))
    if way == 3:
        return x + draw.uniform(-1.0, 1.0)
    return draw.uniform(-2.5, 2.5)


def checked_steps(function: Function, steps: Mapping[str, str]) -> dict[str, Formula]:
    """The named steps as formulas over the variables and earlier steps."""
    found: dict[str, Formula] = {}
    for name, text in steps.items():
        if not name.isidentifier() or name in function.names or name in CONSTANTS:
            raise ValueError(f"{name} cannot name a step: it is a variable, a constant or no name")
        formula = Formula(text)
        for variable in formula.variables:
            if variable not in function.names and variable not in found:
                raise FormulaError(
                    f"the step {name} uses {variable}, which is neither a variable nor an earlier step",
                    text,
                    *formula.place_of(variable),
                )
        found[name] = formula
    return found
