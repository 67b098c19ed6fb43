"""The right derivative, if there is one: its number with an estimate of its rounding error, and its formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from autograd.calculus import partial_derivatives, partials_or_errors
from autograd.errors import DerivativeError
from autograd.formula import Formula
from autograd.graph import adjoints
from autograd.noise import rounding_noise
from autograd.numerical import numerical_derivative
from autograd.symbol import symbolic
from autograd.value import Value
from autograd.verifying.claims import Measured, measured
from autograd.verifying.function import Function
from autograd.verifying.probing import Probe
from autograd.verifying.sentences import JUMPS, KINK
from autograd.verifying.tracing import Seeds, Trace

NEARER = range(3, 11)  # powers of ten: steps towards a point
GROWTH = 1.05  # of a quotient with every step, at least, that grows like some power
FORMULA = 200  # nodes; of a larger function the derivative is not written out


def derivative_formula(trace: Trace, seeds: Seeds) -> str:
    """The derivative as a formula; empty if it is too long to help."""
    if not seeds or len(trace.nodes) > FORMULA:
        return "" if seeds else "0"
    place = {node: i for i, node in enumerate(trace.nodes)}
    wanted = [trace.nodes[seed] for seed in seeds]
    found = adjoints(trace.nodes, wanted, lambda node, operand: trace.local_derivatives[place[node]][operand])
    total = symbolic(sum((found.get(node, 0.0) for node in wanted), 0.0))
    return str(total) if total.size <= 100 else ""


def true_derivative(trace: Trace, seeds: Seeds) -> Measured:
    """The derivative, and how far rounding may have taken it; raises DerivativeError where there is none."""
    if not seeds:
        return 0.0, 0.0
    derivatives = partial_derivatives(trace.nodes[-1], [trace.nodes[seed] for seed in seeds])
    derivative = sum(derivatives[1:], derivatives[0])
    number, noise = measured(derivative)
    return number, noise + input_noise(trace, derivative)


def input_noise(trace: Trace, output: Value) -> float:
    """How far off a number may be because the inputs are rounded numbers themselves."""
    inputs = [trace.nodes[i] for i in trace.inputs.values() if i is not None]
    moved = partials_or_errors(output, inputs)
    pairs = zip(inputs, moved, strict=True)
    return sum(abs(partial) * math.ulp(leaf.data) / 2.0 for leaf, partial in pairs if isinstance(partial, float))


@dataclass(frozen=True)
class Undefined:
    """Why there is no derivative: a "jump", a "kink", or an "error" of its rules.

    Where quotients show what the error means, it is "infinite", as at sqrt(0), or "only" one of the rules.
    """

    kind: str
    reason: str


def why_undefined(function: Function, base: Probe, seeds: Seeds, name: str) -> Undefined | None:
    """Why there is no derivative at the given point; None if there is one."""
    point, trace = base
    try:
        true_derivative(trace, seeds)
        error = ""
    except DerivativeError as no_derivative:
        error = str(no_derivative)
    if not (error or _may_have_kinks(trace, seeds) or not isinstance(function.call, Formula)):
        return None
    if name not in point and not (seeds and function.is_fixed):
        return Undefined("error", error) if error else None

    def along(x: float) -> float:
        if name in point:
            return function.value({**point, name: x})
        return trace.replayed(dict.fromkeys(seeds, x))[-1].data

    here = point[name] if name in point else trace.values[seeds[0]]
    estimate = numerical_derivative(along, here, rounding_noise(trace.nodes[-1]))
    if estimate.jump:
        return Undefined("jump", JUMPS)
    if estimate.kink:
        left, right = (f"{side[0]:.6g}" for side in (estimate.left, estimate.right))
        return Undefined("kink", KINK.format(left=left, right=right))
    if not error:
        return None
    if _grows(along, here):
        return Undefined("infinite", error)
    both = math.isfinite(estimate.left[1] + estimate.right[1])
    return Undefined("only" if both else "error", error)


def _grows(function: Callable[[float], float], x: float) -> bool:
    """Whether the difference quotients grow beyond all bounds towards a point, from wherever there are some."""
    scale = abs(x) or 1.0
    sides = [[_quotient(function, x, side * scale * 10.0**-k) for k in NEARER] for side in (1.0, -1.0)]
    known = [side for side in sides if all(map(math.isfinite, side))]
    return bool(known) and all(abs(near) > GROWTH * abs(far) > 0.0 for side in known for far, near in pairwise(side))


def _quotient(function: Callable[[float], float], x: float, step: float) -> float:
    try:
        return (function(x + step) - function(x)) / ((x + step) - x)
    except (ArithmeticError, ValueError):
        return math.nan


def _may_have_kinks(trace: Trace, seeds: Seeds) -> bool:
    return any(
        depends and node.operation is not None and _kinked(node)
        for node, depends in zip(trace.nodes, trace.depends(seeds, at_all=True), strict=True)
    )


def _kinked(node: Value) -> bool:
    operation = node.operation
    assert operation is not None, "only computed nodes are asked"
    return operation.differentiable != operation.domain
