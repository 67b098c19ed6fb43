"""Claims that are chains of equal signs, and claims or functions that can be meant in two ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.verifying.claims import Chain, Claim
from autograd.verifying.function import Function
from autograd.verifying.probing import Probe
from autograd.verifying.report import ClaimReport
from autograd.verifying.tracing import Wanted
from autograd.verifying.truth import true_derivative

Judge = Callable[[Claim], ClaimReport]

WORST_FIRST = ("wrong", "undecided", "rounded", "right")


def judge_written(claim: Claim | Chain, judge: Judge) -> ClaimReport:
    """The verdict on a claim as it is written: on every member of a chain, and in the other readings if it is wrong."""
    report = _first_worst(claim, judge)
    if report.verdict == "wrong":
        for told, other in claim.otherwise:
            if _first_worst(other, judge).ok:
                report = right_otherwise(report, told)
                break
    return replace(report, claimed=claim.text, reading=claim.reading)


def right_otherwise(report: ClaimReport, told: str) -> ClaimReport:
    """The report on a claim that is right only in another reading."""
    note = f"it is right if {told}, and wrong as it is read here: write what is meant with brackets"
    return replace(report, verdict="undecided", note=note, diagnoses=())


def other_readings(function: Function) -> list[tuple[str, Formula]]:
    """The other ways to read the text of a function that take the same variables, with what the text means there."""
    if not isinstance(function.call, Formula):
        return []
    same = set(function.names)
    return [(other.told, other.formula) for other in function.call.alternatives if set(other.formula.variables) == same]


def is_near(claim: Claim | Chain, base: Probe, name: str) -> bool:
    """Whether a claim may be right about a function, by its number at one point: a look before it is judged."""
    point, trace = base
    try:
        true = true_derivative(trace, Wanted(name).within(trace) or ())[0]
        numbers = [member.at(point)[0] for member in claim.members]
    except (OperationError, ArithmeticError, ValueError):
        return False
    return all(math.isclose(number, true, rel_tol=0.01, abs_tol=1e-9) for number in numbers)


def reading_of(function: Function) -> str:
    """How the text of a function was read; empty where that is how it was written."""
    formula = function.call
    if not isinstance(formula, Formula) or (formula.as_typed and not formula.notes):
        return ""
    return "; ".join((formula.reading, *formula.notes))


def _first_worst(claim: Claim | Chain, judge: Judge) -> ClaimReport:
    """The report on the first of the members of which the worst is to be said."""
    reports = [judge(member) for member in claim.members]
    worst = min(reports, key=lambda report: WORST_FIRST.index(report.verdict))
    if len(reports) == 1 or worst.ok:
        return worst
    which = f"{worst.claimed} is the first member that is {worst.verdict}"
    return replace(worst, note=f"{which}: {worst.note}" if worst.note else which)
