"""Why a claim is wrong, as far as the person's own right steps leave it open: the diagnoses, or the nearest facts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.verifying import sentences
from autograd.verifying.claims import EXACT, agree
from autograd.verifying.diagnosing import Compared, Diagnosis, Explainer
from autograd.verifying.earlier import Earlier, without_mistake
from autograd.verifying.judging import Case, Verdict
from autograd.verifying.tracing import Wanted

# What can go wrong between two members of a chain, where nothing is differentiated any more.
SLIPS = ("sign", "constant-factor", "algebra", "arithmetic", "decimal", "degrees", "log-base")


def diagnoses(found: Verdict, case: Case, wanted: Sequence[Wanted], steps: Sequence[Earlier]) -> tuple[Diagnosis, ...]:
    """The diagnoses of a wrong claim, the most likely first; ``steps`` are those that were judged before.

    Nothing is ``wanted`` of a value, which has no rules that could be mistaken.
    """
    if not found.compared:
        return ()
    if found.claim.is_number and case.accuracy.too_few(found.claim, found.compared[0].true[0]):
        return ()
    explained = tuple(_explained(found, case, wanted, steps)) if wanted else ()
    return explained or (_unknown(found.compared),)


def _explained(found: Verdict, case: Case, wanted: Sequence[Wanted], steps: Sequence[Earlier]) -> list[Diagnosis]:
    """The diagnoses, from the points on the given one's side of every kink, if it is wrong on that side."""
    trace = case.trace
    alike = [e for e in found.compared if e.trace.shape == trace.shape]
    same_side = [e for e in alike if e.trace.branches == trace.branches]
    if all(agree(e.claimed, e.true) for e in same_side):
        same_side = alike
    seeds = wanted[0].within(same_side[0].trace) if same_side else None
    if not seeds:
        return []
    derived = _derived(found)
    without = range(len(trace.nodes)) if derived else without_mistake(trace, seeds, steps)
    explained = Explainer(wanted, same_side, found.claim, without).explain()
    return [diagnosis for diagnosis in explained if diagnosis.code in SLIPS] if derived else explained


def _derived(found: Verdict) -> bool:
    """Whether the rules are right, since a right formula stands before the wrong member of a chain.

    A right number does not say so of a formula behind it: it may be right at this point only.
    """
    before = found.before
    return before is not None and (found.claim.is_number or not before.is_number)


def _unknown(compared: Sequence[Compared]) -> Diagnosis:
    """The nearest facts about an answer that no mistake explains."""
    claimed, true = compared[0].claimed[0], compared[0].true[0]
    if true == 0.0:
        facts = [sentences.INSTEAD_OF_0.format(claimed=f"{claimed:.4g}")]
    elif math.isclose(claimed, true, rel_tol=1e-2):
        off = abs(claimed - true) / abs(true)
        facts = [sentences.OFF_BY.format(off=f"{off:.1g}") if off > EXACT else sentences.RIGHT_HERE]
    else:
        facts = [sentences.TIMES.format(factor=f"{claimed / true:.4g}")]
    if len(compared) > 1:
        same = sum(agree(e.claimed, e.true) for e in compared)
        facts.append(sentences.RIGHT_AT.format(same=same, points=len(compared)))
    return Diagnosis("unknown", sentences.UNKNOWN.format(facts=", ".join(facts)))
