"""The verdict on one claim: at the given point, and for a formula at others too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from autograd.errors import DerivativeError, OperationError
from autograd.formula import Formula
from autograd.noise import rounding_noise
from autograd.notation import number
from autograd.verifying.claims import EXACT, FEWEST_DIGITS, LOOSE, SAFETY, Claim, Measured, agree, rounds, tells
from autograd.verifying.diagnosing import Case, Compared, Diagnosis, diagnoses
from autograd.verifying.function import Function, Point
from autograd.verifying.hiding import hidden_mistakes, hidden_swaps, revealing_point
from autograd.verifying.probing import Probe, far_probes, readable_probes
from autograd.verifying.report import DOES_NOT_EXIST, ClaimReport
from autograd.verifying.tracing import Seeds, Trace, Wanted
from autograd.verifying.truth import FORMULA, Undefined, derivative_formula, input_noise, true_derivative, why_undefined

NEEDED = 3  # points besides the given one, at which a formula has to agree
TOO_COARSE = "it has too few digits to tell: give three significant digits or more"
HIDDEN = 4  # so many of them are listed


def judge_value(title: str, claim: Claim, base: Probe, others: Sequence[Probe], nodes: Seeds) -> ClaimReport:
    """The verdict on a claimed value of the function or of a step."""
    shape, node = base[1].shape, nodes[-1]
    report = ClaimReport(title, "right", claim.text, base[1].values[node], base[1].parts[node], "value")
    if claim.undefined:
        return replace(report, verdict="wrong", note="it has a value")
    same = [probe for probe in others if probe[1].shape == shape]
    compared = []
    for point, trace in [base] if claim.is_number else [base, *same]:
        true = trace.values[node], rounding_noise(trace.nodes[node]) + input_noise(trace, trace.nodes[node])
        if (claimed := _claimed(claim, point)) is not None:
            compared.append(Compared(trace, claimed, true, max(map(abs, trace.values))))
    if not compared or compared[0].trace is not base[1]:
        return replace(report, verdict="wrong", note="the claim has no value at the given point")
    report = _judged(report, claim, compared, base[1])
    return replace(report, diagnoses=(_unknown(compared),)) if report.verdict == "wrong" else report


def judge_derivative(
    claim: Claim, function: Function, base: Probe, others: Sequence[Probe], wanted: Sequence[Wanted]
) -> ClaimReport:
    """The verdict on a claimed derivative by the first of ``wanted``; the others may be mixed up with it."""
    point, trace = base
    seeds = wanted[0].within(trace) or ()
    report = ClaimReport(wanted[0].name, "right", claim.text, formula=derivative_formula(trace, seeds))
    undefined = why_undefined(function, base, seeds, wanted[0].name)
    if claim.undefined or (undefined and claim.is_number):
        return _without_derivative(report, claim, undefined, base[1], seeds, isinstance(function.call, Formula))
    if not undefined:
        true, noise = true_derivative(trace, seeds)
        report = replace(report, true=true, noise=noise)
    compared = _compared(claim, function, base, others, wanted[0], undefined)
    report = _judged(report, claim, compared, trace, isinstance(function.call, Formula))
    if report.verdict == "undecided" and not claim.is_number and function.domain and len(others) < NEEDED:
        domain = " and ".join(condition.text for condition in function.domain)
        return replace(report, note=f"too few points were found that satisfy the domain {domain}")
    if report.ok and not undefined and compared[0].trace is not trace:
        report = _without_value(report, claim, point)
    if report.ok and claim.is_number:
        return _with_hidden(report, function, base, others, wanted)
    if report.verdict == "wrong":
        found = _explained(claim, compared, function, base, others, wanted)
        return replace(report, diagnoses=tuple(found) or (_unknown(compared),))
    return report


def _without_derivative(
    report: ClaimReport, claim: Claim, undefined: Undefined | None, trace: Trace, seeds: Seeds, is_formula: bool
) -> ClaimReport:
    """The verdict on the claim that there is no derivative, and on a number where there is none."""
    if undefined is None:
        return replace(report, verdict="wrong", note="there is a derivative", true=true_derivative(trace, seeds)[0])
    if claim.undefined:
        verdict = "undecided" if undefined.kind == "only" else "right"
        return replace(report, verdict=verdict, note=undefined.reason)
    if undefined.kind == "kink" and is_formula:
        with suppress(DerivativeError):
            if agree(claim.at(trace.point), true_derivative(trace, seeds)):
                note = f"{undefined.reason}, so there is none; {claim.text} is the convention here"
                return replace(report, note=note)
        return replace(report, verdict="wrong", note=f"{undefined.reason}, so there is none", formula=DOES_NOT_EXIST)
    return replace(report, verdict="undecided", note=f"not decidable here: {undefined.reason}")


def _compared(
    claim: Claim, function: Function, base: Probe, others: Sequence[Probe], wanted: Wanted, undefined: Undefined | None
) -> list[Compared]:
    """The claim and the truth at every point at which both have a value, the given one first."""
    points = [] if undefined else [base]
    if not claim.is_number:
        points += [*others, *(far_probes(function, base[0]) if claim.has_kinks else ())]
    found = []
    for point, trace in points:
        seeds = wanted.within(trace)
        if seeds is None or (claimed := _claimed(claim, point)) is None:
            continue
        try:
            found.append(Compared(trace, claimed, true_derivative(trace, seeds), trace.scale(seeds)))
        except (OperationError, ArithmeticError, ValueError):
            continue
    return found


def _claimed(claim: Claim, point: Point) -> Measured | None:
    try:
        return claim.at(point)
    except (OperationError, ArithmeticError, ValueError):
        return None


def _explained(
    claim: Claim,
    compared: Sequence[Compared],
    function: Function,
    base: Probe,
    others: Sequence[Probe],
    wanted: Sequence[Wanted],
) -> list[Diagnosis]:
    """The diagnoses, from the points on the given one's side of every kink, if it is wrong on that side."""
    trace = base[1]
    alike = [e for e in compared if e.trace.shape == trace.shape]
    same_side = [e for e in alike if e.trace.branches == trace.branches]
    if all(agree(e.claimed, e.true) for e in same_side):
        same_side = alike
    if not same_side or not wanted[0].within(same_side[0].trace):
        return []
    elsewhere = [other for _, other in others if other.shape == trace.shape]
    return diagnoses(Case(wanted, same_side, claim, elsewhere, partial(_readable, function, base)))


def _readable(function: Function, base: Probe) -> Iterator[Trace]:
    return (trace for _, trace in readable_probes(function, base[0]) if trace.shape == base[1].shape)


def _judged(
    report: ClaimReport, claim: Claim, compared: Sequence[Compared], trace: Trace, smooth: bool = False
) -> ClaimReport:
    if claim.is_number:
        return _judged_number(report, claim, compared[0])
    differing = [e for e in compared if not agree(e.claimed, e.true)]
    if not differing:
        telling = [e for e in compared if tells(e.claimed, e.true, e.scale)]
        if len(telling) > NEEDED:
            return report
        note = "there are too few points at which both the claim and the derivative have a value that tells"
        return replace(report, verdict="undecided", note=note)
    claimed, true = differing[-1].claimed[0], differing[-1].true[0]
    gives = f"at {_point(differing[-1].trace)} it gives {number(claimed)} and should give {number(true)}"
    if smooth and _signs_decide(claim, compared, differing, trace):
        signs = "it is right as long as every variable keeps the sign that it has here; say so with a domain"
        return replace(report, verdict="undecided", note=f"{signs}: {gives}")
    same = len(compared) - len(differing)
    note = ""
    if compared[0].trace is trace and compared[0] not in differing:
        where = "and nowhere else" if same == 1 else f"and at {same - 1} of {len(compared) - 1} others"
        note = f"it agrees at the given point {where}: {gives}"
    return replace(report, verdict="wrong", note=note)


def _judged_number(report: ClaimReport, claim: Claim, compared: Compared) -> ClaimReport:
    claimed, true = compared.claimed, compared.true
    if agree(claimed, true):
        same = abs(claimed[0] - true[0]) <= LOOSE * abs(true[0])
        large = max(compared.scale, abs(compared.trace.values[-1]))  # cos(pi/2) has nothing else to compare with
        zero = claimed[0] == 0.0 and SAFETY * true[1] <= LOOSE * large
        if same or zero or tells(claimed, true, compared.scale):
            return report
        return replace(report, verdict="undecided", note="not decidable here: rounding drowns the right number")
    if rounds(claimed[0], true[0]):
        return replace(report, verdict="rounded", note=f"to more digits it is {number(true[0], 10)}")
    if _too_coarse(claim, true[0]):
        return replace(report, verdict="undecided", note=TOO_COARSE)
    return replace(report, verdict="wrong")


def _signs_decide(claim: Claim, compared: Sequence[Compared], differing: Sequence[Compared], trace: Trace) -> bool:
    """Whether a claim without kinks of its own is wrong only where a variable has another sign than given.

    Textbooks write such formulas about quantities that are positive, without saying so.
    """
    if claim.has_kinks or trace.branches:
        return False
    signs = [math.copysign(1.0, x) for x in trace.point.values()]
    alike = [e for e in compared if [math.copysign(1.0, x) for x in e.trace.point.values()] == signs]
    telling = [e for e in alike if tells(e.claimed, e.true, e.scale)]
    return not any(e in differing for e in alike) and len(telling) > NEEDED


def _without_value(report: ClaimReport, claim: Claim, point: Point) -> ClaimReport:
    """The verdict on a claim that agrees elsewhere, but overflows or has no value at the given point."""
    try:
        claim.at(point)
    except OverflowError:  # which a RangeError is
        return replace(report, note="at the given point itself it leaves the range of floats")
    except (OperationError, ArithmeticError, ValueError):
        pass
    note = "it is right elsewhere, but has no value at the given point, where the derivative has one"
    return replace(report, verdict="undecided", note=note)


def _point(trace: Trace) -> str:
    return ", ".join(f"{name} = {number(x)}" for name, x in trace.point.items())


def _too_coarse(claim: Claim, true: float) -> bool:
    """Whether a number of one digit or two is the right one, as far as these go."""
    near = math.isclose(claim.number, true, rel_tol=0.05)  # 1 is no way to write 1.4
    return near and claim.digits < FEWEST_DIGITS and rounds(claim.number, true, claim.digits)


def _unknown(compared: Sequence[Compared]) -> Diagnosis:
    """The nearest facts about an answer that no mistake explains."""
    claimed, true = compared[0].claimed[0], compared[0].true[0]
    facts = []
    if true == 0.0:
        facts.append(f"{claimed:.4g} instead of 0")
    elif math.isclose(claimed, true, rel_tol=1e-2):
        off = abs(claimed - true) / abs(true)
        facts.append(f"off by {off:.1g} of the right number" if off > EXACT else "right at the given point")
    else:
        facts.append(f"{claimed / true:.4g} times the right number")
    if len(compared) > 1:
        same = sum(agree(e.claimed, e.true) for e in compared)
        facts.append(f"right at {same} of {len(compared)} points")
    return Diagnosis("unknown", "no common mistake gives this; " + ", ".join(facts))


def _with_hidden(
    report: ClaimReport, function: Function, base: Probe, others: Sequence[Probe], wanted: Sequence[Wanted]
) -> ClaimReport:
    """A right number, with the common mistakes that would have given the same number."""
    seeds = wanted[0].within(base[1])
    if not seeds or len(base[1].nodes) > FORMULA:
        return report
    alike = [trace for _, trace in others if trace.shape == base[1].shape]
    found = hidden_mistakes(base[1], alike, seeds)
    told = [f"swapped: the derivative with respect to {name}" for name in hidden_swaps(base[1], alike, wanted)]
    signs = [mistake for mistake in found if mistake.code == "sign"]  # one stands for all
    told += [f"{m.code}: {m.message}" for m in found if m not in signs[1:]]
    if not told:
        return report
    revealing = revealing_point(function, base, found, seeds)
    return replace(report, hidden=tuple(dict.fromkeys(told))[:HIDDEN], revealing=revealing)
