"""Where the steps that a person named stand in the graph of the function."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from autograd.formula import Formula
from autograd.verifying.claims import LOOSE, SAFETY, Claim, agree
from autograd.verifying.function import Function, Point
from autograd.verifying.probing import Probe
from autograd.verifying.tracing import Trace, Wanted
from autograd.verifying.truth import FORMULA

# What a chain of terms or of factors is made of, and what becomes of the sign or the exponent of each operand.
SUMS = {"add": (1, 1), "subtract": (1, -1), "neg": (-1,)}
PRODUCTS = {"multiply": (1, 1), "divide": (1, -1), "neg": (1,)}
MOST_PARTS = 8  # of one chain, of which every selection is tried
Part = tuple[int, int]  # a node, and its sign in a sum or its exponent in a product


def located(steps: Mapping[str, Formula], function: Function, alike: Sequence[Probe]) -> dict[str, Wanted]:
    """The nodes of every step that is a part of the function: all parts that are always equal to it."""
    trace = alike[0][1]
    found = {}
    for name, step in steps.items():
        claim = Claim(step.text, function.names, steps)
        equal = [node for node in range(len(trace.nodes)) if _always(claim, node, alike)]
        below = {node for node in equal if any(trace.depends((other,))[node] for other in equal if other != node)}
        if equal:
            found[name] = Wanted(name, tuple(node for node in equal if node not in below), trace.shape)
    return found


def _always(claim: Claim, node: int, probes: Sequence[Probe]) -> bool:
    if probes[0][1].nodes[node].is_constant:
        return False
    for point, trace in probes:
        try:
            if not agree(claim.at(point), (trace.values[node], LOOSE * abs(trace.values[node]) / SAFETY)):
                return False
        except (ArithmeticError, ValueError):
            continue
    return True


def may_be_regrouped(claim: Claim, alike: Sequence[Probe]) -> bool:
    """Whether a step would be a part of the function if its sums and products were written in another order.

    So x*y is a step of exp(-x*y), which negates x first, and y + z one of x + y + z.
    """
    if len(alike[0][1].nodes) > FORMULA:
        return True  # or so it may be
    usable = [(trace, number) for point, trace in alike if (number := _number(claim, point))]
    if len(usable) <= 2:
        return True
    return any(_fits(usable, names, parts) for names, parts in _chains(alike[0][1]))


def _number(claim: Claim, point: Point) -> float:
    """The step at a point; 0 where it has no value."""
    try:
        return claim.at(point)[0]
    except (ArithmeticError, ValueError):
        return 0.0


def _chains(trace: Trace) -> Iterator[tuple[Mapping[str, tuple[int, ...]], list[Part]]]:
    for names in (SUMS, PRODUCTS):
        for node in range(len(trace.nodes)):
            parts = _parts(trace, node, names)
            if len(parts) > 1 or parts[0][0] != node:
                yield names, parts
                if names is PRODUCTS:
                    yield names, [(part, -sign) for part, sign in parts]  # y*z stands in x/y/z, which divides by it


def _parts(trace: Trace, node: int, names: Mapping[str, tuple[int, ...]], sign: int = 1) -> list[Part]:
    operation = trace.nodes[node].operation
    if operation is None or operation.name not in names:
        return [(node, sign)]
    operands = zip(trace.operands[node], names[operation.name], strict=True)
    return [part for operand, its in operands for part in _parts(trace, operand, names, sign * its)]


def _fits(usable: Sequence[tuple[Trace, float]], names: Mapping[str, tuple[int, ...]], parts: Sequence[Part]) -> bool:
    """Whether some of the parts make up the step, but for a constant factor."""
    if len(parts) > MOST_PARTS:
        return True  # or so it may be
    combined = _sum if names is SUMS else _product
    for chosen in (some for size in range(1, len(parts) + 1) for some in combinations(parts, size)):
        ratios = [combined(trace, chosen) / number for trace, number in usable]
        if ratios[0] != 0.0 and all(math.isclose(ratio, ratios[0], rel_tol=LOOSE) for ratio in ratios):
            return True
    return False


def _sum(trace: Trace, parts: Sequence[Part]) -> float:
    return math.fsum(sign * trace.values[node] for node, sign in parts)


def _product(trace: Trace, parts: Sequence[Part]) -> float:
    return math.prod(trace.values[node] if sign > 0 else 1.0 / (trace.values[node] or math.nan) for node, sign in parts)
