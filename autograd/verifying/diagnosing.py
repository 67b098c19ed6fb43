"""Which mistake explains a wrong claim: every planted one is tried, then pairs of them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from autograd.verifying.claims import EXACT, FEWEST_DIGITS, Claim, Measured, agree, rounds
from autograd.verifying.mistakes import Mistake, mistakes
from autograd.verifying.tracing import Trace, Wanted

MOST = 5  # diagnoses in one report
PAIR_SECONDS = 0.5  # for trying two mistakes at once
PAIR_DIGITS = 4  # a number with fewer fits some pair by chance
SIMPLE = 12  # the largest numerator and denominator of a simple factor
# The ranks of mistakes that are not planted: the lower, the more likely.
WHOLE_SIGN = 2.15
SWAPPED = 2.2
TOTAL = 2.3
COPY = 2.5
CONSTANT_FACTOR = 2.8


@dataclass(frozen=True)
class Diagnosis:
    """What went wrong: ``code`` is the kind of mistake, such as "sign", and ``message`` says it in words.

    ``edge`` is the place in the graph, "node -> operand", and ``place`` the same as numbers of a node and an operand;
    ``stands`` and ``should`` are the local derivatives that the claim has there and that belong there. Two mistakes
    that were made together are one diagnosis, with the second in ``second``.

    >>> from autograd import verify
    >>> found = verify("x*y", {"x": 2, "y": 3}, {"x": -3}).claims[0].diagnoses[0]
    >>> found.code, found.stands, found.should
    ('sign', '-y', 'y')
    """

    code: str
    message: str
    edge: str = ""
    stands: str = ""
    should: str = ""
    second: Diagnosis | None = None
    place: tuple[int, int] | None = field(default=None, repr=False)  # the edge in the graph: node and operand


@dataclass(frozen=True)
class Compared:
    """The claim and the truth at one point: what a diagnosis has to explain."""

    trace: Trace
    claimed: Measured
    true: Measured
    scale: float = 1.0  # of what adds up to the derivative


class Explainer:
    """The mistakes that can be made on the way to one variable, with what each makes of the derivative.

    At the nodes ``without`` mistake none is looked for: the person has shown that their rules are right.
    """

    def __init__(
        self, wanted: Sequence[Wanted], compared: Sequence[Compared], claim: Claim, without: Collection[int] = ()
    ) -> None:
        self.compared = compared
        self.claim = claim
        self.others = wanted[1:]
        self.seeds = wanted[0].within(compared[0].trace) or ()
        self.tangents = [e.trace.tangents(self.seeds) for e in compared]
        self.adjoints = [e.trace.adjoints(self.seeds) for e in compared]
        self.mistakes = [mistake for mistake in mistakes(compared[0].trace, self.seeds) if mistake.node not in without]
        self.digits = max(claim.digits, FEWEST_DIGITS)

    def explain(self) -> list[Diagnosis]:
        """The diagnoses, the most likely first; empty if nothing fits."""
        found = [*self._planted(), *self._whole()]
        if all(diagnosis.code == "constant-factor" for _, diagnosis in found):  # which says little
            found += self._pairs()
        if not found and self.claim.is_number:  # its last digits may come from rounded intermediate results
            self.digits = FEWEST_DIGITS
            found += [*self._planted(), *self._whole()]
        found.sort(key=lambda ranked: ranked[0])
        return _distinct([diagnosis for _, diagnosis in found])[:MOST]

    def _fits(self, wrong: Callable[[int], float]) -> bool:
        """Whether a wrong derivative, given by the number of the point, is what was claimed at every point."""
        for i, compared in enumerate(self.compared):
            number = wrong(i)
            if not math.isfinite(number):
                return False
            if self.claim.is_number:
                # What makes no difference here explains nothing.
                if agree((number, 0.0), (compared.true[0], 0.0)):
                    return False
                exact = agree(compared.claimed, (number, compared.true[1]))
                if not (exact or rounds(self.claim.number, number, self.digits)):
                    return False
            elif not agree(compared.claimed, (number, compared.true[1] + EXACT * abs(compared.true[0]))):
                return False
        return True

    def _with(self, mistake: Mistake, point: int, tangents: Sequence[float]) -> float:
        """The derivative of the output with one mistake, given the derivatives of the nodes below."""
        changed = mistake.tangent(self.compared[point].trace, tangents) - tangents[mistake.node]
        output = tangents[-1]
        return output + self.adjoints[point][mistake.node] * changed if changed else output

    def _planted(self) -> Iterator[tuple[float, Diagnosis]]:
        for mistake in self.mistakes:
            if self._fits(lambda i, m=mistake: self._with(m, i, self.tangents[i])):  # type: ignore[misc]
                yield mistake.rank, self._diagnosis(mistake)

    def _diagnosis(self, mistake: Mistake, second: Diagnosis | None = None) -> Diagnosis:
        edge = mistake.edge(self.compared[0].trace)
        place = None if mistake.operand is None else (mistake.node, mistake.operand)
        return Diagnosis(mistake.code, mistake.message, edge, mistake.stands, mistake.should, second, place)

    def _whole(self) -> Iterator[tuple[float, Diagnosis]]:
        """Mistakes that are not made at one place of the graph."""
        compared, trace = self.compared, self.compared[0].trace
        if self._fits(lambda i: -compared[i].true[0]):
            yield WHOLE_SIGN, Diagnosis("sign", "the sign of the whole is flipped")
        for other in self.others:
            if self._fits(lambda i, other=other: self._derivative(i, other)):  # type: ignore[misc]
                yield SWAPPED, Diagnosis("swapped", f"this is the derivative with respect to {other.name}")
        if self.others and self._fits(lambda i: compared[i].true[0] + sum(self._derivative(i, o) for o in self.others)):
            message = "the other variables were differentiated, too: they are held constant"
            yield TOTAL, Diagnosis("wrong-rule", message)
        for node in reversed(range(len(trace.nodes))):
            if self._may_be_copied(node) and self._fits(lambda i, node=node: compared[i].trace.values[node]):  # type: ignore[misc]
                whole = node == len(trace.nodes) - 1
                what = "the value of the function" if whole else f"the value of {trace.shown[node]}"
                yield COPY, Diagnosis("undifferentiated", f"this is {what}, not a derivative", stands=trace.parts[node])
        factor = self._factor()
        if factor is not None and factor not in (1, -1):
            yield CONSTANT_FACTOR, Diagnosis("constant-factor", f"this is {factor} times the right answer")

    def _may_be_copied(self, node: int) -> bool:
        """Whether a claim equal to a node's value may be a copy of it: a number may equal an input's by chance."""
        found = self.compared[0].trace.nodes[node]
        return not found.is_constant and (found.operation is not None or not self.claim.is_number)

    def _derivative(self, point: int, wanted: Wanted) -> float:
        """The derivative of the output with respect to another variable or step."""
        trace = self.compared[point].trace
        return trace.tangents(wanted.within(trace) or ())[-1]

    def _factor(self) -> Fraction | None:
        claimed, true = self.compared[0].claimed[0], self.compared[0].true[0]
        if claimed == 0.0 or true == 0.0 or not 1e-3 < abs(claimed / true) < 1e3:
            return None
        factor = Fraction(claimed / true).limit_denominator(SIMPLE)
        if not 0 < abs(factor.numerator) <= SIMPLE:
            return None
        return factor if self._fits(lambda i: float(factor) * self.compared[i].true[0]) else None

    def _pairs(self) -> Iterator[tuple[float, Diagnosis]]:
        """Two mistakes at once: a lower one, then one above or beside it, whose adjoint the lower does not change."""
        if self.claim.digits < PAIR_DIGITS:
            return
        stop = time.monotonic() + PAIR_SECONDS
        for lower in self.mistakes:
            below = [self._tangents_with(lower, i) for i in range(len(self.compared))]
            for upper in self.mistakes:
                if upper.node > lower.node and self._fits(
                    lambda i, upper=upper, below=below: self._with(upper, i, below[i])  # type: ignore[misc]
                ):
                    yield lower.rank + upper.rank, self._diagnosis(upper, self._diagnosis(lower))
            if time.monotonic() > stop:
                return

    def _tangents_with(self, mistake: Mistake, point: int) -> list[float]:
        trace = self.compared[point].trace
        return trace.tangents(self.seeds, {mistake.node: mistake.tangent(trace, self.tangents[point])})


def _distinct(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """One diagnosis for each kind of mistake, at the most likely edge: the others give the same derivative."""
    found: dict[tuple[str, str], Diagnosis] = {}
    for diagnosis in diagnoses:
        second = diagnosis.second.code if diagnosis.second else ""
        found.setdefault((diagnosis.code, second), diagnosis)
    return list(found.values())
