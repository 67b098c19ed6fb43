"""All of a person's answers, judged in the order in which one would have computed, and what is wrong explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from autograd.errors import OperationError
from autograd.verifying import sentences
from autograd.verifying.claim_report import ClaimReport, read
from autograd.verifying.claims import Chain, Claim
from autograd.verifying.earlier import Earlier, follows
from autograd.verifying.explaining import diagnoses
from autograd.verifying.judging import Case, Verdict, judge_derivative, judge_value
from autograd.verifying.locating import located, may_be_regrouped
from autograd.verifying.reading import Answers
from autograd.verifying.readings import judge_written, other_meaning, right_otherwise
from autograd.verifying.redefining import redefined
from autograd.verifying.tracing import Seeds, Wanted


class Grading:
    """The reports on a person's answers, in order, each in the light of the steps before it.

    Where ``redefining``, a claim that is right with a wrongly defined step in the function's place is said to follow.
    """

    def __init__(
        self, answers: Answers, case: Case, common: Mapping[str, float] | None = None, redefining: bool = True
    ) -> None:
        self.answers = answers
        self.case = case
        self.common = common  # how many times as common as usual the mistakes of a code are
        self.steps = located(answers.steps, case.function, case.alike)
        self.earlier: list[Earlier] = []  # the steps that were judged before
        lost = [name for name in answers.steps if name not in self.steps]
        self.reports = [self._lost(name) for name in lost]
        self.reports += undecided(answers, lost, sentences.OF_NO_PART)
        for name in sorted((name for name in answers.values if name not in lost), key=self._place):
            self._value(name)
        backward = sorted(self.steps, key=self._place, reverse=True)
        for name in (*backward, *case.function.names):
            if name in answers.claims:
                self._derivative(name)
        for report in [report for report in self.reports if report.kind == "step" and report.verdict == "wrong"]:
            if redefining:
                self._redefine(report)

    @property
    def places(self) -> dict[str, int]:
        """Which node of the evaluation each step is, for those that are a part of the function."""
        return {name: step.nodes[-1] for name, step in self.steps.items() if step.nodes}

    def _lost(self, name: str) -> ClaimReport:
        """The report on a step that is no part of the function as it is written."""
        step = Claim(self.answers.steps[name], self.case.function.names, self.answers.steps)
        verdict, note = "wrong", sentences.NO_PART
        if may_be_regrouped(step, self.case.alike):
            verdict, note = "undecided", sentences.REGROUPED
        return ClaimReport(name, verdict, step.text, kind="step", note=note, reading=step.reading)

    def _redefine(self, step: ClaimReport) -> None:
        """Say of claims that are right with the person's own step in the function that they follow from it."""
        case, right = self.case, set[tuple[str, str]]()
        for function in redefined(case.function, case.trace, self.answers.steps, step.name):
            with suppress(OperationError):
                graded = Grading(self.answers, Case.at(function, case.base[0], case.accuracy), redefining=False)
                right = max(right, {(report.kind, report.name) for report in graded.reports if report.ok}, key=len)
        note = sentences.GIVEN.format(steps=f"{step.title} = {read(step.claimed)}")
        for i, report in enumerate(self.reports):
            if report.verdict in ("wrong", "undecided") and (report.kind, report.name) in right:
                self.reports[i] = replace(report, verdict="follows", note=note, diagnoses=())

    def _place(self, name: str) -> int:
        """Where in the order of the graph a step comes; f comes last."""
        return self.steps[name].nodes[-1] if name in self.steps else len(self.case.trace.nodes)

    def _value(self, name: str) -> None:
        claim = self.answers.values[name]
        nodes = self.steps[name].nodes if name in self.steps else (len(self.case.trace.nodes) - 1,)
        found = judge_written(claim, partial(judge_value, self.case, name, nodes=nodes))
        self._add(found, claim, nodes, ())

    def _derivative(self, name: str) -> None:
        claim = self.answers.claims[name]
        wanted = self._wanted(name)
        found = judge_written(claim, partial(judge_derivative, self.case, wanted=wanted))
        self._add(found, claim, wanted[0].within(self.case.trace) or (), wanted)

    def _wanted(self, name: str) -> list[Wanted]:
        """What a derivative is taken by, then what it may be mixed up with: the variables, and steps with a claim."""
        names = self.case.function.names
        wanted = {name: Wanted(name) for name in names} | self.steps
        known = (found for found in wanted.values() if found.name in names or found.name in self.answers.claims)
        return [wanted[name], *(found for found in known if found.name != name)]

    def _add(self, found: Verdict, claim: Claim | Chain, nodes: Seeds, wanted: Sequence[Wanted]) -> None:
        """The report on a claim, explained if it is wrong; and what it says about later ones."""
        report = found.report
        if report.verdict == "wrong":
            report = self._explained(found, claim, nodes, wanted)
        self.reports.append(report)
        if nodes and report.name not in self.case.function.names:
            members = dict.fromkeys((found.claim, claim.members[-1]))  # of a chain one may go on from either
            self.earlier += [Earlier(report.title, not wanted, member, nodes, report.verdict) for member in members]

    def _explained(self, found: Verdict, claim: Claim | Chain, nodes: Seeds, wanted: Sequence[Wanted]) -> ClaimReport:
        """The report on a wrong claim: whether it follows, or is right in another reading; else what went wrong."""
        report = found.report
        verdict, steps = follows([found.claim, *found.behind], not wanted, nodes, self.earlier, self.case)
        if verdict:
            return replace(report, verdict=verdict, note=sentences.GIVEN.format(steps=steps))
        if report.kind == "derivative" and (told := other_meaning(claim, report.name, self.case)):
            return right_otherwise(report, told)
        node = nodes[-1] if nodes else -1
        return replace(report, diagnoses=diagnoses(found, self.case, wanted, node, self.earlier, self.common))


def undecided(answers: Answers, names: Collection[str], note: str) -> list[ClaimReport]:
    """The reports on claims about these names, where they cannot be judged."""
    kinds = {"value": answers.values, "derivative": answers.claims}
    return [
        ClaimReport(name, "undecided", claim.text, kind=kind, note=note, reading=claim.reading)
        for kind, claims in kinds.items()
        for name, claim in claims.items()
        if name in names
    ]


def without_value(answers: Answers, reason: str) -> list[ClaimReport]:
    """The reports where the function has no value: right is who says so, and of the rest nothing can be said."""
    given = {"value": answers.values, "derivative": answers.claims}
    note = sentences.NOT_DECIDABLE.format(reason=reason)
    return [
        replace(report, verdict="right", note=reason) if given[report.kind][report.name].undefined else report
        for report in undecided(answers, (*answers.claims, *answers.values), note)
    ]
