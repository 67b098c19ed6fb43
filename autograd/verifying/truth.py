"""The right derivative, if there is one: its number with an estimate of its rounding error, and its formula."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
from autograd.verifying.tracing import Seeds, Trace

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
    """Why there is no derivative: an "error" of its rules, a "jump", a "kink", or an error "only" of the rules."""

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
    if name not in point or not (error or _may_have_kinks(trace, seeds) or not isinstance(function.call, Formula)):
        return Undefined("error", error) if error else None

    def along(x: float) -> float:
        return function.value({**point, name: x})

    estimate = numerical_derivative(along, point[name], rounding_noise(trace.nodes[-1]))
    if estimate.jump:
        return Undefined("jump", "the function jumps")
    if estimate.kink:
        sides = f"{estimate.left[0]:.6g} from the left and {estimate.right[0]:.6g} from the right"
        return Undefined("kink", f"at a kink the derivative is {sides}")
    if not error:
        return None
    both = math.isfinite(estimate.left[1] + estimate.right[1])
    return Undefined("only" if both else "error", error)


def _may_have_kinks(trace: Trace, seeds: Seeds) -> bool:
    return any(
        depends and node.operation is not None and _kinked(node)
        for node, depends in zip(trace.nodes, trace.depends(seeds, at_all=True), strict=True)
    )


def _kinked(node: Value) -> bool:
    operation = node.operation
    assert operation is not None, "only computed nodes are asked"
    return operation.differentiable != operation.domain
