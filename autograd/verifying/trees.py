"""The function as a tree of mathematics, and the value of such trees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce
from operator import add, mul
from typing import Any

from autograd import operations as table
from autograd.errors import OperationError
from autograd.notation.tree import (
    HALF,
    Call,
    E,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    applied,
    everything,
    exact,
)
from autograd.operation import INTERNAL
from autograd.symbol import Symbol, symbolic
from autograd.verifying.tracing import Seeds, Trace

LARGEST = 80  # parts of a function that is handled as a tree: in larger ones nobody does algebra
STEP = Name("the step")  # by which one differentiates, where it is no variable
CONSTANTS = {"π": math.pi, "e": math.e}
RELATIONS = {
    "<": table.less,
    "≤": table.less_equal,
    ">": table.greater,
    "≥": table.greater_equal,
    "=": table.equal,
    "≠": table.not_equal,
}
FUNCTIONS = {**table.OPERATIONS, "silu′": INTERNAL["silu_slope"], "gelu′": INTERNAL["gelu_slope"]}


def function_tree(trace: Trace, seeds: Seeds, output: int = -1) -> Expression | None:
    """The function, or one of its parts, as a tree; None of one too large.

    A step that one differentiates by is the name ``STEP`` in it.
    """
    trees: list[Expression] = []
    sizes: list[int] = []
    for i, (node, operands) in enumerate(zip(trace.nodes, trace.operands, strict=True)):
        if i in seeds:
            trees.append(differentiated_by(trace, seeds))
        elif node.operation is None:
            trees.append(exact(node.data) if node.is_constant or not node.label else Name(node.label))
        else:
            trees.append(applied(node.operation, tuple(trees[operand] for operand in operands)))
        sizes.append(1 + sum(sizes[operand] for operand in operands))
        if sizes[-1] > LARGEST:
            return None
    return trees[output]


def differentiated_by(trace: Trace, seeds: Seeds) -> Name:
    """The name in the tree of what one differentiates by."""
    leaf = trace.nodes[seeds[0]]
    return Name(leaf.label) if leaf.operation is None and leaf.label else STEP


def value(tree: Expression, numbers: Mapping[str, Any]) -> Any:
    """A tree computed with numbers of any kind, by name; raises OperationError or ArithmeticError where it has none."""
    match tree:
        case Number(number):
            return float(number)
        case Name(text):
            return numbers[text]
        case Negative(operand):
            return -value(operand, numbers)
        case Sum(terms):
            return reduce(add, [value(term, numbers) for term in terms])
        case Product(factors):
            return reduce(mul, [value(factor, numbers) for factor in factors])
        case Quotient(above, below):
            return value(above, numbers) / value(below, numbers)
        case Power(base, Number(exponent)) if exponent == HALF:
            return table.sqrt(value(base, numbers))
        case Power(base, exponent) if base == E:
            return table.exp(value(exponent, numbers))
        case Power(base, exponent):
            return table.power(value(base, numbers), value(exponent, numbers))
        case Call(function, operands):
            return FUNCTIONS[function](*(value(operand, numbers) for operand in operands))
        case Relation(sign, left, right):
            return RELATIONS[sign](value(left, numbers), value(right, numbers))
    raise TypeError(f"no part of a formula that has a value: {tree!r}")


def value_at(tree: Expression, trace: Trace, seeds: Seeds) -> float:
    """The value of a tree at the point of an evaluation; NaN where it has none."""
    numbers = {**CONSTANTS, **trace.point, STEP.text: trace.values[seeds[0]] if seeds else math.nan}
    try:
        return float(value(tree, numbers))
    except (OperationError, ArithmeticError, ValueError):
        return math.nan


def python(tree: Expression) -> str:
    """A tree in Python's notation."""
    names = {part.text for part in everything(tree) if isinstance(part, Name)}
    return str(symbolic(value(tree, {name: CONSTANTS.get(name, Symbol(name)) for name in names})))
