"""Claims that are chains of equal signs, and claims or functions that can be meant in two ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.verifying.claim_report import ClaimReport
from autograd.verifying.claims import Chain, Claim
from autograd.verifying.function import Function
from autograd.verifying.judging import Case, Verdict, judge_derivative
from autograd.verifying.sentences import BETWEEN, FIRST, OTHERWISE
from autograd.verifying.tracing import Trace, Wanted
from autograd.verifying.truth import true_derivative

Judge = Callable[[Claim], Verdict]

WORST_FIRST = ("wrong", "undecided", "rounded", "right")


def judge_written(claim: Claim | Chain, judge: Judge) -> Verdict:
    """The verdict on a claim as it is written: on every member of a chain, and in the other readings if it is wrong."""
    found = _first_worst(claim, judge)
    if found.report.verdict == "wrong":
        for told, other in claim.otherwise:
            if _first_worst(other, judge).report.ok:
                found = replace(found, report=right_otherwise(found.report, told))
                break
    return replace(found, report=replace(found.report, claimed=claim.text, reading=claim.reading))


def right_otherwise(report: ClaimReport, told: str) -> ClaimReport:
    """The report on a claim that is right only in another reading."""
    return replace(report, verdict="undecided", note=OTHERWISE.format(told=told))


def other_meaning(claim: Claim | Chain, name: str, case: Case) -> str:
    """What the text of a function would have to mean for a derivative to be right; empty if no reading does that."""
    function = case.function
    if not isinstance(function.call, Formula) or name not in function.names:
        return ""
    wanted = [Wanted(name), *(Wanted(other) for other in function.names if other != name)]
    for other in function.call.alternatives:
        if set(other.formula.variables) == set(function.names):
            with suppress(OperationError):
                meant = Function(other.formula, [condition.text for condition in function.domain])
                there = Case.at(meant, case.base[0], case.accuracy)
                judge = partial(judge_derivative, there, wanted=wanted)
                if _is_near(claim, there.trace, wanted[0]) and judge_written(claim, judge).report.ok:
                    return other.told
    return ""


def _is_near(claim: Claim | Chain, trace: Trace, wanted: Wanted) -> bool:
    """Whether a claim may be right about a function, by its number at one point: a look before it is judged."""
    try:
        true = true_derivative(trace, wanted.within(trace) or ())[0]
        numbers = [member.at(trace.point)[0] for member in claim.members]
    except (OperationError, ArithmeticError, ValueError):
        return False
    return all(math.isclose(number, true, rel_tol=0.01, abs_tol=1e-9) for number in numbers)


def reading_of(function: Function) -> str:
    """How the text of a function was read; empty where that is how it was written."""
    formula = function.call
    if not isinstance(formula, Formula) or (formula.as_typed and not formula.notes):
        return ""
    return "; ".join((formula.reading, *formula.notes))


def _first_worst(claim: Claim | Chain, judge: Judge) -> Verdict:
    """The verdict on the first of the members of which the worst is to be said."""
    found = [judge(member) for member in claim.members]
    place = min(range(len(found)), key=lambda i: WORST_FIRST.index(found[i].report.verdict))
    worst = found[place]
    if len(found) == 1 or worst.report.ok:
        return worst
    right = [verdict.claim for verdict in found[:place] if verdict.report.ok]
    told = BETWEEN if right and worst.report.verdict == "wrong" else FIRST
    shown = {"wrong": worst.claim.text, "right": right[-1].text if right else ""}
    which = told.format(verdict=worst.report.verdict, **shown)
    note = f"{which}: {worst.report.note}" if worst.report.note else which
    behind = [verdict.claim for verdict in found[place + 1 :] if not verdict.report.ok]
    return replace(worst, report=replace(worst.report, note=note), before=right[-1] if right else None, behind=behind)
