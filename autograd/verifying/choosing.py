"""Which of the suspects fit the claim, and which of those are named: one of a kind, and none that chance explains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograd.notation import number
from autograd.verifying.claims import EXACT, agree, rounds
from autograd.verifying.ranking import AS_LIKELY, GUESSES, LIKELY, MOST, digits_of, likelihood, named
from autograd.verifying.suspects import Diagnosis, Inquiry, Suspect

ENOUGH = 4  # points at which a formula is what a mistake gives, where that has a value
FEWEST_DIGITS = 2  # of a number that is compared with what a mistake gives
FAR = 0.1  # relative: no rounding to that many takes a number so far
SIGNS = ("lost minus", "negative", "sign")
Found = tuple[Suspect, Diagnosis]


def fits(inquiry: Inquiry, suspect: Suspect, digits: float, here: float | None = None) -> bool:
    """Whether a mistake gives what was claimed, at every point at which it gives anything.

    What it gives at the first point may be known, as ``here``.
    """
    if inquiry.claim.is_number:
        return _is_number(inquiry, suspect.wrong(inquiry.trace) if here is None else here, max(digits, FEWEST_DIGITS))
    fitting = 0
    for compared in inquiry.compared:
        found = suspect.wrong(compared.trace)
        if not math.isfinite(found):
            continue
        if not agree(compared.claimed, (found, compared.true[1] + EXACT * abs(compared.true[0]))):
            return False
        fitting += 1
    return fitting >= min(ENOUGH, len(inquiry.compared))


def _is_number(inquiry: Inquiry, found: float, digits: float) -> bool:
    """Whether this is the claimed number; the right number explains nothing."""
    claimed, true = inquiry.compared[0].claimed, inquiry.compared[0].true
    if not math.isclose(claimed[0], found, rel_tol=FAR, abs_tol=EXACT) or agree((found, 0.0), (true[0], 0.0)):
        return False
    return agree(claimed, (found, true[1])) or rounds(claimed[0], found, digits)


def chosen(
    inquiry: Inquiry, fitting: Sequence[Suspect], tried: Sequence[Suspect], digits: float, common: Mapping[str, float]
) -> list[Diagnosis]:
    """The diagnoses that are given, of the suspects that fit a formula, or a number to so many digits."""
    all_likely = sum(suspect.likely or LIKELY[suspect.level] for suspect in tried)
    written = max(digits, inquiry.claim.longest if digits == inquiry.claim.digits else 0.0)
    evidence = digits_of(inquiry.claim.number, written) if inquiry.claim.is_number else math.inf
    for guesses in (False, True):
        group = [(s, s.describe()) for s in fitting if (s.level in GUESSES) is guesses]
        ranked = sorted(group, key=lambda found: _order(found, common))
        kept = named([_likely(found, common) for found in ranked], all_likely, evidence)
        if names := _distinct(inquiry, [ranked[i] for i in kept])[:MOST]:
            return [_told_apart(inquiry, names[0], found, common) for found in names]
    return []


def _likely(found: Found, common: Mapping[str, float]) -> float:
    suspect, diagnosis = found
    return suspect.likely or likelihood(suspect.level, diagnosis.code, common)


def _order(found: Found, common: Mapping[str, float]) -> tuple[float, int]:
    """The likeliest first; of signs that make no difference the outermost, of other mistakes the innermost."""
    suspect = found[0]
    return -_likely(found, common), -suspect.node if suspect.level in SIGNS else suspect.node


def _distinct(inquiry: Inquiry, ranked: Sequence[Found]) -> list[Found]:
    """One for each kind of mistake and each derivative that it gives, at the most likely place."""
    found: dict[tuple[str, ...], Found] = {}
    for suspect, diagnosis in ranked:
        second = diagnosis.second.code if diagnosis.second else ""
        elsewhere = (
            [f"{suspect.wrong(trace):.6g}" for trace in inquiry.elsewhere[:2]] if inquiry.claim.is_number else []
        )
        found.setdefault((diagnosis.code, second, *elsewhere), (suspect, diagnosis))
    return list(found.values())


def _told_apart(inquiry: Inquiry, first: Found, other: Found, common: Mapping[str, float]) -> Diagnosis:
    """A diagnosis, with what would tell it from the first if it is as likely."""
    diagnosis = other[1]
    if first is other or _likely(other, common) < AS_LIKELY * _likely(first, common):
        return diagnosis
    for trace in inquiry.readable():
        one, another = first[0].wrong(trace), other[0].wrong(trace)
        if math.isfinite(one) and math.isfinite(another) and not math.isclose(one, another, rel_tol=0.01):
            at = ", ".join(f"{name} = {number(x)}" for name, x in trace.point.items())
            return replace(diagnosis, apart=f"at {at} the first gives {number(one, 4)}, and this {number(another, 4)}")
    return replace(diagnosis, apart="both give this answer everywhere: only the steps can tell which it was")
