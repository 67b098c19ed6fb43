"""The verdict on one claim, and what the given point cannot show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autograd.calculus import partial_derivatives, partials_or_errors
from autograd.drawing.names import written
from autograd.errors import DerivativeError, OperationError
from autograd.graph import adjoints
from autograd.noise import rounding_noise
from autograd.numerical import numerical_derivative
from autograd.symbol import symbolic
from autograd.verifying.claims import Claim, Measured, agree, measured, rounds, tells
from autograd.verifying.diagnosing import Diagnosis, Evidence, Explainer
from autograd.verifying.hiding import hidden_mistakes, revealing_point
from autograd.verifying.report import ClaimReport
from autograd.verifying.tracing import Function, Point, Trace

NEEDED = 3  # points besides the given one, at which a formula has to agree
HIDDEN = 4  # so many of them are listed
Probe = tuple[Point, Trace]


def judge_value(title: str, claim: Claim, base: Probe, others: Sequence[Probe], node: int) -> ClaimReport:
    """The verdict on a claimed value of the function or of a step."""
    report = ClaimReport(title, "right", claim.text, base[1].values[node], base[1].parts[node], "value")
    evidence = [
        Evidence(trace, *pair) for point, trace in [base, *others] if (pair := _value_pair(claim, point, trace, node))
    ]
    return _judged(report, claim, evidence, base[1])


def _value_pair(claim: Claim, point: Point, trace: Trace, node: int) -> tuple[Measured, Measured] | None:
    try:
        return claim.at(point), (trace.values[node], rounding_noise(trace.nodes[node]))
    except (OperationError, ArithmeticError, ValueError):
        return None


def judge_derivative(
    name: str,
    claim: Claim,
    function: Function,
    base: Probe,
    others: Sequence[Probe],
    seeds: Sequence[int | None],
    names: Sequence[str],
) -> ClaimReport:
    """The verdict on a claimed derivative by the first of the seeds; the others may be mixed up with it."""
    seed = seeds[0]
    trace = base[1]
    report = ClaimReport(name, "right", claim.text, formula=_formula(trace, seed))
    undefined = _undefined(function, base, seed, name)
    if undefined and claim.is_number:
        return replace(report, verdict="undecided", note=undefined)
    points = [base] if claim.is_number else others if undefined else [base, *others]
    evidence = [Evidence(t, *pair) for point, t in points if (pair := _pair(claim, point, t, seed))]
    if not undefined:
        report = replace(report, true=_true(trace, seed)[0])
        if not evidence or evidence[0].trace is not trace:
            note = "the claim has no value at the given point, where the derivative has one"
            return replace(report, verdict="wrong", note=note)
    report = _judged(report, claim, evidence, trace)
    if report.ok and claim.is_number:
        return _with_hidden(report, function, base, others, seed)
    if report.verdict == "wrong" and seed is not None:
        known = [(other, s) for other, s in zip(names, seeds, strict=True) if s is not None]
        # What a person derived on one side of a kink is explained on that side.
        same_branch = [e for e in evidence if e.trace.branches == trace.branches] or evidence
        explainer = Explainer([s for _, s in known], same_branch, claim, [other for other, _ in known])
        return replace(report, diagnoses=tuple(explainer.explain()) or (_unknown(evidence),))
    return report


def _judged(report: ClaimReport, claim: Claim, evidence: Sequence[Evidence], trace: Trace) -> ClaimReport:
    """The verdict, given the claim and the truth at the given point and, for a formula, at others."""
    if claim.is_number:
        claimed, true = evidence[0].claimed, evidence[0].true
        if agree(claimed, true):
            return report
        if rounds(claim, true[0]):
            return replace(report, verdict="rounded", note=f"to more digits it is {true[0]:.10g}")
        return replace(report, verdict="wrong", note=_nearly(claim, true[0]))
    differing = [e for e in evidence if not agree(e.claimed, e.true)]
    telling = [e for e in evidence if tells(e.claimed, e.true)]
    if not differing:
        if len(telling) > NEEDED:
            return report
        note = "there are too few points at which both the claim and the derivative have a value that tells"
        return replace(report, verdict="undecided", note=note)
    at = ", ".join(f"{name} = {written(x, 6)}" for name, x in _inputs(differing[-1].trace).items())
    claimed_there, true_there = differing[-1].claimed[0], differing[-1].true[0]
    gives = f"at {at} it gives {claimed_there:.6g} and should give {true_there:.6g}"
    same = len(evidence) - len(differing)
    note = ""
    if evidence[0].trace is trace and evidence[0] not in differing:
        where = "and nowhere else" if same == 1 else f"and at {same - 1} of {len(evidence) - 1} others"
        note = f"it agrees at the given point {where}: {gives}"
    return replace(report, verdict="wrong", note=note)


def _inputs(trace: Trace) -> dict[str, float]:
    return {name: trace.values[i] for name, i in trace.inputs.items() if i is not None}


def _nearly(claim: Claim, true: float) -> str:
    if true != 0.0 and abs(claim.number - true) <= 0.05 * abs(true) and rounds_to(claim, true):
        return "it agrees to the digits given, but fewer than three significant digits cannot be accepted"
    return ""


def rounds_to(claim: Claim, true: float) -> bool:
    """Whether a claim is the true number, rounded to as many digits as the claim has, however few."""
    return float(f"{true:.{max(1, int(min(claim.digits, 15))) - 1}e}") == claim.number


def _formula(trace: Trace, seed: int | None) -> str:
    """The derivative as a formula; empty if it is too long to help."""
    if seed is None:
        return "0"
    place = {node: i for i, node in enumerate(trace.nodes)}
    wanted = trace.nodes[seed]
    found = adjoints(trace.nodes, [wanted], lambda node, operand: trace.local_derivatives[place[node]][operand])
    text = str(symbolic(found.get(wanted, 0.0)))
    return text if len(text) <= 200 else ""


def _true(trace: Trace, seed: int | None) -> Measured:
    """The derivative, and how far rounding may have taken it; raises DerivativeError where there is none."""
    if seed is None:
        return 0.0, 0.0
    (derivative,) = partial_derivatives(trace.nodes[-1], [trace.nodes[seed]])
    number, noise = measured(derivative)
    inputs = [trace.nodes[i] for i in trace.inputs.values() if i is not None]
    for leaf, moved in zip(inputs, partials_or_errors(derivative, inputs), strict=True):
        if isinstance(moved, float):  # the input itself is a rounded number
            noise += abs(moved) * math.ulp(leaf.data) / 2.0
    return number, noise


def _pair(claim: Claim, point: Point, trace: Trace, seed: int | None) -> tuple[Measured, Measured] | None:
    """The claim and the truth at one point, or None where one of them has no value."""
    try:
        return claim.at(point), _true(trace, seed)
    except (OperationError, ArithmeticError, ValueError):
        return None


def _undefined(function: Function, base: Probe, seed: int | None, name: str) -> str:
    """Why there is no derivative at the given point; empty if there is one."""
    point, trace = base
    if seed is None:
        return ""
    try:
        _true(trace, seed)
    except DerivativeError as error:
        return f"not decidable here: {error}"
    kinked = any(
        depends and node.operation and node.operation.differentiable != node.operation.domain
        for node, depends in zip(trace.nodes, trace.depends(seed), strict=True)
    )
    if not kinked or name not in point:
        return ""

    def along(x: float) -> float:
        return function.trace({**point, name: x}).values[-1]

    estimate = numerical_derivative(along, point[name], rounding_noise(trace.nodes[-1]))
    if estimate.jump:
        return "not decidable here: the function jumps"
    if estimate.kink:
        sides = f"{estimate.left[0]:.6g} from the left and {estimate.right[0]:.6g} from the right"
        return f"not decidable here, at a kink: the derivative is {sides}"
    return ""


def _unknown(evidence: Sequence[Evidence]) -> Diagnosis:
    """The nearest facts about an answer that no mistake explains."""
    claimed, true = evidence[0].claimed[0], evidence[0].true[0]
    facts = [f"{claimed / true:.4g} times the right number"] if true != 0.0 else [f"{claimed:.4g} instead of 0"]
    if len(evidence) > 1:
        same = sum(agree(e.claimed, e.true) for e in evidence)
        facts.append(f"right at {same} of {len(evidence)} points")
    return Diagnosis("unknown", "no common mistake gives this; " + ", ".join(facts))


def _with_hidden(
    report: ClaimReport, function: Function, base: Probe, others: Sequence[Probe], seed: int | None
) -> ClaimReport:
    """A right number, with the common mistakes that would have given the same number."""
    if seed is None:
        return report
    found = hidden_mistakes(base[1], [trace for _, trace in others], seed)
    if not found:
        return report
    signs = [mistake for mistake in found if mistake.code == "sign"]  # one stands for all
    told = list(dict.fromkeys(f"{m.code}: {m.message}" for m in found if m not in signs[1:]))
    return replace(report, hidden=tuple(told[:HIDDEN]), revealing=revealing_point(function, base, found, seed))
