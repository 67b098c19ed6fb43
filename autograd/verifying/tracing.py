"""A function of named numbers, and one evaluation of it with everything that a mistake could change."""

from __future__ import annotations

import inspect
import math
import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd.errors import OperationError
from autograd.formula import CONSTANTS, Formula, FormulaError, constant
from autograd.graph import adjoints, edges, rule_at, topological_order
from autograd.operation import real_number
from autograd.symbol import Symbol, symbolic
from autograd.value import Value

Point = Mapping[str, float]
Seeds = tuple[int, ...]  # the places of the nodes by which one differentiates
ATTEMPTS = 120  # random points, of which those in the domain serve as probes
PROBES = 12
BRANCHES = 8  # further probes, each on another side of some kink
LARGE = 40  # operations; a larger part of the function is not written out
LONGEST_PART = 60  # characters of a part of the function in a message
PIECEWISE = ("abs", "sign", "relu", "leaky_relu", "elu", "maximum", "minimum")
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")


class Function:
    """What is differentiated: a formula, or a Python function, as a function of named numbers."""

    def __init__(self, function: str | Formula | Callable[..., Any], domain: Sequence[str] = ()) -> None:
        self.domain = [Formula(condition) for condition in domain]
        if isinstance(function, str):
            function = Formula(function)
        if not callable(function):
            raise TypeError(f"a function is a formula or a Python function, not {type(function).__name__}")
        self.call = function
        self.names = function.variables if isinstance(function, Formula) else _parameters(function)
        for condition in self.domain:
            for name in condition.variables:
                if name not in self.names:
                    raise ValueError(f"the domain is about {name}, which is no variable of the function")
        self.text = function.text if isinstance(function, Formula) else getattr(function, "__name__", "the function")

    def point(self, at: Mapping[str, Any] | Sequence[Any]) -> dict[str, float]:
        """The point as plain numbers by name, in the function's order; texts are constant formulas."""
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
                raise ValueError(f"{name} has no value: the function's variables are: {known}")
        point = {name: number(at[name]) for name in self.names}
        for name, x in point.items():
            if not math.isfinite(x):
                raise ValueError(f"{name} = {x} is no point: every variable is a finite number")
        return point

    def contains(self, point: Point) -> bool:
        """Whether a point fulfils the conditions of the domain."""
        return all(condition.evaluate(point) for condition in self.domain)

    def trace(self, point: Point) -> Trace:
        """Record one evaluation; raises OperationError outside the domain."""
        leaves = {name: Value(point[name], label=name) for name in self.names}
        output = self.call(*leaves.values())
        return Trace(output if isinstance(output, Value) else Value(output), leaves)


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


@dataclass(frozen=True)
class Wanted:
    """What to differentiate by: a variable, or a step, which is some nodes of the evaluations of one shape."""

    name: str
    nodes: Seeds = ()
    shape: Any = None

    def within(self, trace: Trace) -> Seeds | None:
        """Its nodes in an evaluation; None where they are not known."""
        if self.shape is None:
            place = trace.inputs.get(self.name)
            return () if place is None else (place,)
        return self.nodes if trace.shape == self.shape else None


class Trace:
    """One evaluation: the nodes in topological order; operands are given as places in it."""

    def __init__(self, output: Value, inputs: Mapping[str, Value]) -> None:
        self.point = {name: leaf.data for name, leaf in inputs.items()}
        self.nodes: list[Value] = topological_order(output)
        place = {node: i for i, node in enumerate(self.nodes)}
        self.inputs = {name: place.get(leaf) for name, leaf in inputs.items()}  # None: it does not occur
        self.operands = [tuple(place[parent] for parent in node.parents) for node in self.nodes]
        self.values = [node.data for node in self.nodes]
        self.edges = [tuple(operand for operand, _ in edges(node)) for node in self.nodes]
        self.partials = [node.partials for node in self.nodes]
        self._tangents: dict[Seeds, list[float]] = {}
        self._adjoints: dict[Seeds, list[float]] = {}

    @cached_property
    def shape(self) -> Any:
        """What two evaluations have in common that took the same way through a Python function."""
        operations = tuple(node.operation for node in self.nodes)
        constants = tuple(node.data for node in self.nodes if node.is_constant)
        return operations, tuple(self.operands), tuple(self.inputs.items()), constants

    @cached_property
    def branches(self) -> tuple[Any, ...]:
        """Which side of its kinks every node is on."""
        sides: list[Any] = []
        for node in self.nodes:
            if node.operation and node.operation.name in PIECEWISE:
                a, b = ([parent.data for parent in node.parents] + [0.0])[:2]
                sides.append((a > b, a < b) if node.operation.name in ("maximum", "minimum") else (a > 0.0, a < 0.0))
            elif node.operation and node.operation.name in COMPARISONS:
                sides.append(node.data)
        return tuple(sides)

    def tangents(self, seeds: Seeds, replaced: Mapping[int, float] | None = None) -> list[float]:
        """The derivative of every node with respect to some of them; others may be replaced by other numbers."""
        if not replaced and seeds in self._tangents:
            return self._tangents[seeds]
        tangent = [0.0] * len(self.nodes)
        for i in range(len(self.nodes)):
            if i in seeds:
                tangent[i] = 1.0
            elif replaced and i in replaced:
                tangent[i] = replaced[i]
            else:
                for operand in self.edges[i]:
                    below = tangent[self.operands[i][operand]]
                    if below != 0.0:  # a derivative that does not exist matters only if it is asked for
                        tangent[i] += self.partials[i][operand] * below
        if not replaced:
            self._tangents[seeds] = tangent
        return tangent

    def adjoints(self, seeds: Seeds) -> list[float]:
        """The derivative of the output with respect to every node on the way to some of them."""
        if seeds not in self._adjoints:
            wanted = [self.nodes[seed] for seed in seeds]
            found = adjoints(self.nodes, wanted, lambda node, operand: node.partials[operand]) if seeds else {}
            self._adjoints[seeds] = [found.get(node, 0.0) for node in self.nodes]
        return self._adjoints[seeds]

    def depends(self, seeds: Seeds, at_all: bool = False) -> list[bool]:
        """Which nodes depend on some of them: by a derivative, or, if so asked, in any way."""
        depends = [False] * len(self.nodes)
        for i, operands in enumerate(self.operands):
            places = range(len(operands)) if at_all else self.edges[i]
            depends[i] = i in seeds or any(depends[operands[operand]] for operand in places)
        return depends

    def scale(self, seeds: Seeds) -> float:
        """The largest contribution that any edge makes to the derivative: what counts as large beside it."""
        adjoint, tangent = self.adjoints(seeds), self.tangents(seeds)
        terms = (
            abs(adjoint[i] * self.partials[i][operand] * tangent[self.operands[i][operand]])
            for i in range(len(self.nodes))
            for operand in self.edges[i]
        )
        return max((term for term in terms if math.isfinite(term)), default=0.0)

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
        texts = (written_out(self.symbols[node]) for node in self.nodes)
        return [text if len(text) <= LONGEST_PART else text[: LONGEST_PART - 1] + "…" for text in texts]

    @cached_property
    def local_derivatives(self) -> list[tuple[Symbol, ...]]:
        """The rules of every node's edges, as formulas over the inputs."""
        numbers = self.symbols.__getitem__
        return [
            tuple(symbolic(rule_at(node, operand, numbers)) for operand in range(len(node.parents)))
            for node in self.nodes
        ]


def written_out(symbol: Symbol) -> str:
    """A formula as text, if it is not too large to be read."""
    return str(symbol) if symbol.size <= LARGE else f"(a part of {symbol.size:.3g} operations)"


def probes(function: Function, base: Point, seed: int = 0) -> list[tuple[dict[str, float], Trace]]:
    """Random points at which the function has a value: near the given one, and on other sides of its kinks."""
    draw = random.Random(seed)
    found: list[tuple[dict[str, float], Trace]] = []
    sides: set[Any] = set()
    for attempt in range(2 * ATTEMPTS):
        near = attempt < ATTEMPTS
        if near and len(found) >= PROBES:
            continue
        if not near and len(found) >= PROBES + BRANCHES:
            break
        traced = _traced(
            function, {name: _moved(draw, x, attempt) if near else _far(draw, x) for name, x in base.items()}
        )
        if traced is not None:
            side = traced[1].shape, traced[1].branches
            if near or side not in sides:
                found.append(traced)
            sides.add(side)
    for attempt in range(ATTEMPTS if len(found) < PROBES // 2 else 0):  # a narrow domain
        width = 10.0 ** -(1 + attempt % 9)
        traced = _traced(function, {name: (x or 1.0) * (1.0 + draw.uniform(-width, width)) for name, x in base.items()})
        if traced is not None and len(found) < PROBES:
            found.append(traced)
    return found


def far_probes(function: Function, base: Point) -> list[tuple[dict[str, float], Trace]]:
    """Random points anywhere around the given one, for claims that have kinks of their own."""
    draw = random.Random(1)
    tried = (_traced(function, {name: _far(draw, x) for name, x in base.items()}) for _ in range(4 * PROBES))
    return [traced for traced in tried if traced is not None]


def _traced(function: Function, point: dict[str, float]) -> tuple[dict[str, float], Trace] | None:
    try:
        if not function.contains(point):
            return None
        trace = function.trace(point)
    except (OperationError, ArithmeticError, ValueError):
        return None
    return (point, trace) if all(map(math.isfinite, trace.values)) else None


def _moved(draw: random.Random, x: float, attempt: int) -> float:
    """A number in one of several ways not far from another: every other time each coordinate goes its own way."""
    way = attempt // 2 % 5 if attempt % 2 else draw.randrange(5)
    if way == 0:
        return x * (1.0 + draw.uniform(-0.4, 0.4)) + draw.uniform(-0.1, 0.1)
    if way == 1:
        return draw.uniform(0.2, 3.0)
    if way == 2:
        return x * (1.0 + draw.uniform(-0.5, 0.5))
    if way == 3:
        return x + draw.uniform(-1.0, 1.0)
    return draw.uniform(-2.5, 2.5)


def _far(draw: random.Random, x: float) -> float:
    """A number anywhere around another."""
    way = draw.randrange(4)
    if way == 0:
        return -x
    return x + draw.uniform(-1.0, 1.0) * (3.0, 20.0, 200.0)[way - 1]


def checked_steps(function: Function, steps: Mapping[str, str]) -> dict[str, Formula]:
    """The named steps as formulas over the variables and earlier steps."""
    found: dict[str, Formula] = {}
    for name, text in by_name(steps).items():
        if not name.isidentifier() or name in function.names or name in CONSTANTS or name == "f":
            raise ValueError(f"{name} cannot name a step: it is a variable, a constant, f itself or no name")
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
