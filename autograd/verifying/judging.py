"""The verdict on one claim, at the given point and for a formula at others too; not why it is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from autograd.errors import DerivativeError, OperationError
from autograd.noise import rounding_noise
from autograd.notation import number
from autograd.verifying import sentences
from autograd.verifying.accuracy import Accuracy
from autograd.verifying.claim_report import ClaimReport
from autograd.verifying.claims import FEWEST_DIGITS, LOOSE, SAFETY, Claim, Measured, agree, tells
from autograd.verifying.diagnosing import Compared
from autograd.verifying.function import Function, Point
from autograd.verifying.hiding import common_mistakes, confused, hidden_mistakes, hidden_swaps, revealing_point
from autograd.verifying.probing import Probe, far_probes, probes
from autograd.verifying.tracing import Seeds, Trace, Wanted
from autograd.verifying.truth import FORMULA, Undefined, derivative_formula, input_noise, true_derivative, why_undefined

NEEDED = 3  # points besides the given one, at which a formula has to agree
HIDDEN = 4  # so many mistakes that a point hides are listed


@dataclass(frozen=True)
class Case:
    """What claims are judged by: the function at the given point and at others, and how exact numbers have to be."""

    function: Function
    base: Probe
    others: Sequence[Probe]
    accuracy: Accuracy

    @staticmethod
    def at(function: Function, point: Point, accuracy: Accuracy) -> Case:
        """A function at a point; raises OperationError where it has no value."""
        base = point, function.trace(point)
        return Case(function, base, probes(function, point), accuracy)

    @property
    def trace(self) -> Trace:
        """The evaluation at the given point."""
        return self.base[1]

    @property
    def alike(self) -> list[Probe]:
        """The given point, and the others at which the function takes the same way."""
        return [self.base, *(probe for probe in self.others if probe[1].shape == self.trace.shape)]


@dataclass(frozen=True)
class Verdict:
    """The report on a claim, and what was compared for it.

    Of a chain it is that on one member: ``before`` is the last one before it that is right, ``behind`` are those behind
    it that are not.
    """

    report: ClaimReport
    claim: Claim
    compared: Sequence[Compared] = ()
    before: Claim | None = None
    behind: Sequence[Claim] = ()


def judge_value(case: Case, title: str, claim: Claim, nodes: Seeds) -> Verdict:
    """The verdict on a claimed value of the function or of a step."""
    trace, node = case.trace, nodes[-1]
    report = ClaimReport(title, "right", claim.text, trace.values[node], trace.parts[node], "value")
    if claim.undefined:
        return Verdict(replace(report, verdict="wrong", note=sentences.HAS_VALUE), claim)
    compared = []
    for point, other in [case.base] if claim.is_number else case.alike:
        true = other.values[node], rounding_noise(other.nodes[node]) + input_noise(other, other.nodes[node])
        if (claimed := _claimed(claim, point)) is not None:
            compared.append(Compared(other, claimed, true, max(map(abs, other.values))))
    if not compared or compared[0].trace is not trace:
        return Verdict(replace(report, verdict="wrong", note=sentences.NO_VALUE_HERE), claim, compared)
    return Verdict(_judged(report, case, claim, compared), claim, compared)


def judge_derivative(case: Case, claim: Claim, wanted: Sequence[Wanted]) -> Verdict:
    """The verdict on a claimed derivative by the first of ``wanted``; the others may be mixed up with it."""
    trace, function = case.trace, case.function
    seeds = wanted[0].within(trace) or ()
    report = ClaimReport(wanted[0].name, "right", claim.text, formula=derivative_formula(trace, seeds))
    undefined = why_undefined(function, case.base, seeds, wanted[0].name)
    if claim.undefined or (undefined and claim.is_number):
        return Verdict(_without_derivative(report, case, claim, undefined, seeds), claim)
    if not undefined:
        true, noise = true_derivative(trace, seeds)
        report = replace(report, true=true, noise=noise)
    compared = _compared(case, claim, wanted[0], undefined)
    report = _judged(report, case, claim, compared)
    if report.verdict == "undecided" and not claim.is_number and function.domain and len(case.others) < NEEDED:
        domain = " and ".join(condition.text for condition in function.domain)
        report = replace(report, note=sentences.TOO_FEW_IN_DOMAIN.format(domain=domain))
    elif report.ok and not undefined and compared[0].trace is not trace:
        report = _without_value(report, claim, case.base[0])
    elif report.ok and claim.is_number:
        report = _with_hidden(report, case, claim, wanted)
    return Verdict(report, claim, compared)


def _without_derivative(
    report: ClaimReport, case: Case, claim: Claim, undefined: Undefined | None, seeds: Seeds
) -> ClaimReport:
    """The verdict on the claim that there is no derivative, and on a number where there is none."""
    if undefined is None:
        true = true_derivative(case.trace, seeds)[0]
        return replace(report, verdict="wrong", note=sentences.HAS_DERIVATIVE, true=true)
    if claim.undefined:
        verdict = "undecided" if undefined.kind == "only" else "right"
        return replace(report, verdict=verdict, note=undefined.reason)
    if undefined.kind == "kink" and case.function.is_fixed:
        with suppress(DerivativeError):
            if agree(claim.at(case.trace.point), true_derivative(case.trace, seeds)):
                note = sentences.CONVENTION.format(reason=undefined.reason, claim=claim.text)
                return replace(report, note=note)
    if undefined.kind == "infinite" or (undefined.kind == "kink" and case.function.is_fixed):
        note = sentences.THERE_IS_NONE.format(reason=undefined.reason)
        return replace(report, verdict="wrong", note=note, formula=sentences.DOES_NOT_EXIST)
    return replace(report, verdict="undecided", note=sentences.NOT_DECIDABLE.format(reason=undefined.reason))


def _compared(case: Case, claim: Claim, wanted: Wanted, undefined: Undefined | None) -> list[Compared]:
    """The claim and the truth at every point at which both have a value, the given one first."""
    points = [] if undefined else [case.base]
    if not claim.is_number:
        points += [*case.others, *(far_probes(case.function, case.base[0]) if claim.has_kinks else ())]
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


def _judged(report: ClaimReport, case: Case, claim: Claim, compared: Sequence[Compared]) -> ClaimReport:
    if claim.is_number:
        return _judged_number(report, case.accuracy, claim, compared[0])
    differing = [e for e in compared if not agree(e.claimed, e.true)]
    if not differing:
        telling = [e for e in compared if tells(e.claimed, e.true, e.scale)]
        return report if len(telling) > NEEDED else replace(report, verdict="undecided", note=sentences.TOO_FEW_TELL)
    if _rounded_inside(claim, differing):
        return replace(report, verdict="rounded", note=sentences.ROUNDED_IN)
    claimed, true = number(differing[-1].claimed[0]), number(differing[-1].true[0])
    differs = sentences.DIFFERS.format(point=_point(differing[-1].trace), claimed=claimed, true=true)
    is_derivative = report.kind == "derivative"
    if is_derivative and case.function.is_formula and _signs_decide(claim, compared, differing, case.trace):
        return replace(report, verdict="undecided", note=sentences.WHILE_SIGNS.format(differs=differs))
    same, note = len(compared) - len(differing), ""
    if compared[0].trace is case.trace and compared[0] not in differing:
        told = sentences.ONLY_HERE if same == 1 else sentences.AT_SOME
        note = told.format(same=same - 1, others=len(compared) - 1, differs=differs)
    return replace(report, verdict="wrong", note=note)


def _rounded_inside(claim: Claim, differing: Sequence[Compared]) -> bool:
    """Whether a formula is off by no more than a decimal number in it may be rounded."""
    off = 0.5 * 10.0 ** (1 - claim.coarsest)
    close = (abs(e.claimed[0] - e.true[0]) <= off * abs(e.true[0]) for e in differing)
    return claim.coarsest >= FEWEST_DIGITS and all(close)


def _judged_number(report: ClaimReport, accuracy: Accuracy, claim: Claim, compared: Compared) -> ClaimReport:
    claimed, true = compared.claimed, compared.true
    if agree(claimed, true):
        same = abs(claimed[0] - true[0]) <= LOOSE * abs(true[0])
        large = max(compared.scale, abs(compared.trace.values[-1]))  # cos(pi/2) has nothing else to compare with
        zero = claimed[0] == 0.0 and SAFETY * true[1] <= LOOSE * large
        if same or zero or tells(claimed, true, compared.scale):
            return report
        return replace(report, verdict="undecided", note=sentences.NOT_DECIDABLE.format(reason=sentences.DROWNED))
    if accuracy.accepts(claim, true[0]):
        return replace(report, verdict="rounded", note=sentences.MORE_DIGITS.format(number=number(true[0], 10)))
    return replace(report, verdict="wrong", note=accuracy.too_few(claim, true[0]))


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
        return replace(report, note=sentences.OUT_OF_RANGE)
    except (OperationError, ArithmeticError, ValueError):
        pass
    return replace(report, verdict="undecided", note=sentences.ELSEWHERE)


def _point(trace: Trace) -> str:
    return ", ".join(f"{name} = {number(x)}" for name, x in trace.point.items())


def _with_hidden(report: ClaimReport, case: Case, claim: Claim, wanted: Sequence[Wanted]) -> ClaimReport:
    """The report on a right number, with the common mistakes that would have given the same number.

    A number of few digits that is right, and is also what a mistake gives that makes another number, decides nothing.
    """
    seeds = wanted[0].within(case.trace)
    if not seeds or len(case.trace.nodes) > FORMULA:
        return report
    trace, others = case.trace, [trace for _, trace in case.alike[1:]]
    common = common_mistakes(trace, seeds)
    if report.verdict == "rounded" and case.accuracy.is_coarse(claim):
        mistake = confused(common, trace, wanted, lambda other: case.accuracy.fits(claim, report.true, other))
        if mistake:
            return replace(report, verdict="undecided", note=sentences.ALSO_A_MISTAKE.format(mistake=mistake))
    found = list(hidden_mistakes(common, trace, others, seeds))
    told = [sentences.SWAPPED.format(name=name) for name in hidden_swaps(trace, others, wanted)]
    signs = [mistake for mistake in found if mistake.code == "sign"]  # one stands for all
    told += [f"{mistake.code}: {mistake.message}" for mistake in found if mistake not in signs[1:]]
    if not told:
        return report
    revealing = revealing_point(case.function, case.base, found, seeds)
    return replace(report, hidden=tuple(dict.fromkeys(told))[:HIDDEN], revealing=revealing)
