"""Why a claim is wrong, as far as the person's own right steps leave it open: the diagnoses, or the nearest facts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from autograd.verifying import sentences
from autograd.verifying.claims import EXACT, agree
from autograd.verifying.diagnosing import Compared, Diagnosis, Inquiry, causes
from autograd.verifying.earlier import Earlier, without_mistake
from autograd.verifying.judging import Case, Verdict
from autograd.verifying.probing import readable_probes
from autograd.verifying.tracing import Trace, Wanted


def diagnoses(
    found: Verdict,
    case: Case,
    wanted: Sequence[Wanted],
    node: int,
    steps: Sequence[Earlier],
    common: Mapping[str, float] | None = None,
) -> tuple[Diagnosis, ...]:
    """The diagnoses of a wrong claim, the most likely first; ``steps`` are those that were judged before.

    Nothing is ``wanted`` of the value of a ``node``, which has no rules that could be mistaken. ``common`` says how
    many times as common as usual the mistakes of a code are.
    """
    if not found.compared:
        return ()
    if found.claim.is_number and case.accuracy.too_few(found.claim, found.compared[0].true[0]):
        return ()
    inquiry = _inquiry(found, case, wanted, node, steps)
    explained = tuple(causes(inquiry, common)) if inquiry else ()
    return explained or (_unknown(found.compared),)


def _inquiry(
    found: Verdict, case: Case, wanted: Sequence[Wanted], node: int, steps: Sequence[Earlier]
) -> Inquiry | None:
    """What is to be explained, at the points on the given one's side of every kink, if it is wrong on that side."""
    trace = case.trace
    alike = [e for e in found.compared if e.trace.shape == trace.shape]
    same_side = [e for e in alike if e.trace.branches == trace.branches]
    if all(agree(e.claimed, e.true) for e in same_side):
        same_side = alike
    seeds = wanted[0].within(same_side[0].trace) or () if same_side and wanted else ()
    if not same_side or (wanted and not seeds):
        return None
    return Inquiry(
        wanted,
        same_side,
        found.claim,
        elsewhere=[other for _, other in case.alike[1:]],
        readable=partial(_readable, case),
        excluded=without_mistake(trace, seeds, steps),
        derived=_derived(found),
        after=found.before.read if found.before else None,
        node=node,
    )


def _readable(case: Case) -> Iterator[Trace]:
    """Evaluations at points of few digits."""
    probes = readable_probes(case.function, case.base[0])
    return (trace for _, trace in probes if trace.shape == case.trace.shape)


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
