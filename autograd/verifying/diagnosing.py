"""Which mistake explains a wrong claim: every suspect is tried, and those that fit are named by how likely they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from itertools import islice

from autograd.formula import Formula
from autograd.notation import as_typed
from autograd.verifying import algebra, calculation, inside, losses, whole
from autograd.verifying.agreeing import says_otherwise
from autograd.verifying.choosing import chosen, fits
from autograd.verifying.mistakes import mistakes
from autograd.verifying.planting import Mistake
from autograd.verifying.ranking import LIKELY, PAIR, digits_of
from autograd.verifying.suspects import Compared, Diagnosis, Inquiry, Suspect
from autograd.verifying.tracing import Trace

__all__ = ["Compared", "Diagnosis", "Inquiry", "causes"]

LARGEST = 100  # nodes; in larger functions only mistakes planted on the graph are sought
MOST_PAIRS = 6_000  # of mistakes that are tried together
PAIR_DIGITS = 4  # a number with fewer fits some pair by chance
SLIP_DIGITS = 2  # and some slip of algebra
ROUNDED = 3.0  # digits that are left where intermediate results were rounded
PAIRED = LIKELY["variable"]  # what is rarer is not sought in pairs
CLEAR = LIKELY["missing factor"]  # what is as likely explains a formula without a look at slips of algebra


def causes(inquiry: Inquiry, common: Mapping[str, float] | None = None) -> list[Diagnosis]:
    """The diagnoses, the most likely first, three at most; empty if nothing fits.

    ``common`` says how many times as common as usual the mistakes of a code are.
    """
    search = Search(inquiry, common or {})
    found = search.named(inquiry.claim.digits)
    if not found and inquiry.claim.is_number and inquiry.claim.digits > ROUNDED:
        found = search.named(ROUNDED)  # its last digits may come from rounded intermediate results
    return found


class Search:
    """The search for what explains a claim: mistakes in differentiating, then slips on the way, then two at once."""

    def __init__(self, inquiry: Inquiry, common: Mapping[str, float]) -> None:
        self.inquiry = inquiry
        self.common = common
        self._here: dict[Suspect, float] = {}

    def named(self, digits: float) -> list[Diagnosis]:
        """The diagnoses of a formula, or of a number that is what it is to so many digits."""
        is_number = self.inquiry.claim.is_number
        evidence = digits_of(self.inquiry.claim.number, digits) if is_number else math.inf
        tried = list(self.graph)
        found = [suspect for suspect in tried if self._fits(suspect, digits)]
        if not is_number and any(LIKELY[suspect.level] >= CLEAR for suspect in found):
            return chosen(self.inquiry, found, tried, digits, self.common)
        slips = [*(self.algebra if evidence >= SLIP_DIGITS else ()), *self.calculation]
        tried += slips
        found += [suspect for suspect in slips if self._fits(suspect, digits)]
        names = chosen(self.inquiry, found, tried, digits, self.common)
        if evidence < PAIR_DIGITS or any(diagnosis.code != "constant-factor" for diagnosis in names):
            return names
        pairs = [suspect for suspect in self.pairs if self._fits(suspect, digits)]
        return chosen(self.inquiry, [*found, *pairs], tried, digits, self.common)

    def _fits(self, suspect: Suspect, digits: float) -> bool:
        if self.inquiry.claim.is_number and suspect not in self._here:
            self._here[suspect] = suspect.wrong(self.inquiry.trace)
        return fits(self.inquiry, suspect, digits, self._here.get(suspect))

    @property
    def is_small(self) -> bool:
        """Whether the function is one that people handle as a formula."""
        return len(self.inquiry.trace.nodes) <= LARGEST

    @cached_property
    def planted(self) -> list[Mistake]:
        """The mistakes that can be planted on the graph."""
        inquiry = self.inquiry
        return (
            []
            if inquiry.is_derived
            else [m for m in mistakes(inquiry.trace, inquiry.seeds) if m.node not in inquiry.excluded]
        )

    @cached_property
    def graph(self) -> list[Suspect]:
        """What may have gone wrong in differentiating."""
        found = [*(_suspect(self.inquiry, mistake) for mistake in self.planted), *whole.suspects(self.inquiry)]
        if self.inquiry.is_derived:
            return found
        inner = (*inside.suspects(self.inquiry), *losses.suspects(self.inquiry)) if self.is_small else ()
        return found + [suspect for suspect in inner if suspect.node not in self.inquiry.excluded]

    @cached_property
    def algebra(self) -> list[Suspect]:
        """Slips of algebra."""
        return list(algebra.suspects(self.inquiry)) if self.is_small else []

    @cached_property
    def calculation(self) -> list[Suspect]:
        """Slips of calculation."""
        return list(calculation.suspects(self.inquiry)) if self.is_small else []

    @cached_property
    def pairs(self) -> list[Suspect]:
        """Two mistakes at once, the likeliest pairs first."""
        return list(islice(_pairs(self.inquiry, self.planted), MOST_PAIRS))


def _suspect(inquiry: Inquiry, mistake: Mistake) -> Suspect:
    def wrong(t: Trace) -> float:
        return _with(inquiry, mistake, t, t.tangents(inquiry.seeds))

    return Suspect(mistake.level, wrong, lambda: _diagnosis(inquiry, mistake), mistake.node)


def _with(inquiry: Inquiry, mistake: Mistake, t: Trace, tangents: Sequence[float]) -> float:
    """The derivative of the output with one mistake, given the derivatives of the nodes below."""
    changed = mistake.tangent(t, tangents) - tangents[mistake.node]
    return tangents[-1] + t.adjoints(inquiry.seeds)[mistake.node] * changed if changed else tangents[-1]


def _diagnosis(inquiry: Inquiry, mistake: Mistake, second: Diagnosis | None = None) -> Diagnosis:
    words, trace = mistake.describe(), inquiry.trace
    message = words.message
    if mistake.operand is not None and says_otherwise(words.stands, inquiry.claim):
        stands, should = (as_typed(Formula(formula).symbol) for formula in (words.stands, words.should))
        message = f"the local derivative at {trace.shown[mistake.node]} comes out as {stands}; it is {should}"
    place = None if mistake.operand is None else (mistake.node, mistake.operand)
    return Diagnosis(mistake.code, message, mistake.edge(trace), words.stands, words.should, second, place)


def _pairs(inquiry: Inquiry, planted: Sequence[Mistake]) -> Iterator[Suspect]:
    """A lower mistake, then one above or beside it, whose adjoint the lower one does not change."""
    likeliest = sorted(
        (mistake for mistake in planted if LIKELY[mistake.level] >= PAIRED), key=lambda mistake: -LIKELY[mistake.level]
    )
    usual = sum(LIKELY[mistake.level] for mistake in planted)
    for lower in likeliest:
        below = cache(partial(_below, inquiry, lower))
        for upper in likeliest:
            if upper.node > lower.node:
                yield Suspect(
                    "pair",
                    lambda t, upper=upper, below=below: _with(inquiry, upper, t, below(t)),  # type: ignore[misc]
                    lambda lower=lower, upper=upper: _diagnosis(inquiry, upper, _diagnosis(inquiry, lower)),  # type: ignore[misc]
                    upper.node,
                    PAIR * LIKELY[lower.level] * LIKELY[upper.level] / usual,
                )


def _below(inquiry: Inquiry, lower: Mistake, t: Trace) -> list[float]:
    return t.tangents(inquiry.seeds, {lower.node: lower.tangent(t, t.tangents(inquiry.seeds))})
