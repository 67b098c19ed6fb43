"""Verifying: claimed gradients against true ones, and the mistake that explains the difference."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from autograd.drawing import draw
from autograd.drawing.names import clean
from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.value import Value
from autograd.verifying.claims import Claim
from autograd.verifying.diagnosing import Diagnosis
from autograd.verifying.function import Function, Point, by_name
from autograd.verifying.judging import judge_derivative, judge_value
from autograd.verifying.locating import located, may_be_regrouped
from autograd.verifying.probing import Probe, probes
from autograd.verifying.reading import Answers
from autograd.verifying.readings import is_near, judge_written, other_readings, reading_of, right_otherwise
from autograd.verifying.report import ClaimReport, Report
from autograd.verifying.tracing import Wanted

__all__ = ["ClaimReport", "Diagnosis", "Report", "assert_gradients", "verify"]

REGROUPED = "the function would have to be written with the step in it, such as -(x*y) for the step x*y"


def verify(
    function: str | Formula | Callable[..., Any] | Value,
    at: Mapping[str, Any] | Sequence[Any] | None = None,
    claimed: Any = None,
    *,
    values: Mapping[str, Any] | None = None,
    steps: Mapping[str, str] | None = None,
    domain: str | Sequence[str] = (),
    title: str = "",
    reveal: bool = True,
) -> Report:
    """Check claimed partial derivatives, and say what went wrong in those that are not right.

    The function is a formula, a Python function of numbers, or a recorded Value, whose variables are its labelled
    leaves; ``at`` gives a number, or a constant formula such as "pi/2", for each variable. Without it, the point is
    where the leaves of a recorded Value are now. ``claimed`` maps names of variables to numbers (which hold at that
    point, and may come from rounded intermediate results: they agree to three significant digits), formulas, or
    Python functions of the variables; or it is one function that returns all of them. ``steps`` names intermediate
    results, such as ``{"q": "x + y"}``: then ``claimed`` may hold the derivative with respect to q, and ``values``
    the value of q, or of f itself. ``domain`` is a condition, such as "m > 0", or a list of them, for the points at
    which formulas are tried. ``title`` stands above the report. Without ``reveal`` the report keeps the right answers
    and the diagnoses to itself.

    A claim that cannot be read is reported as unreadable, and the others are judged. Raises ValueError, FormulaError
    or TypeError for a function, a point or a domain that cannot be understood.

    >>> point = {"x": 3, "y": 2, "z": 2}
    >>> report = verify("(x + y)/z", point, {"x": "1/z", "z": "(x + y)/z**2"})
    >>> report.ok, [claim.verdict for claim in report.claims], report.unanswered
    (False, ['right', 'wrong'], ('y',))
    >>> print(report.claims[1].diagnoses[0].message)
    the minus is lost: ∂((x + y)/z)/∂z is −(x + y)/z²
    >>> x = Value(3.0, label="x")
    >>> verify(x * x, claimed={"x": 6}).ok
    True
    """
    if isinstance(function, str) and isinstance(at, Mapping):
        function = Formula(function, by_name(at))
    subject = Function(function, domain)
    point = subject.point(at)
    answers = Answers(subject, point, {} if claimed is None else claimed, values or {}, steps or {})
    return _report(answers, subject, point, clean(title), reveal)


def assert_gradients(
    function: str | Formula | Callable[..., Any] | Value,
    at: Mapping[str, Any] | Sequence[Any] | None = None,
    claimed: Any = None,
    **options: Any,
) -> None:
    """Raise AssertionError, with the report as its message, unless every claim is right: for tests.

    ``function``, ``at``, ``claimed`` and the ``options`` are those of ``verify``. ``claimed`` may be a student's own
    backward function, which returns the partial derivatives in the order of the function's variables, or by name.
    Raises ValueError, FormulaError or TypeError as ``verify`` does.

    >>> assert_gradients("x*y", {"x": 2, "y": 3}, lambda x, y: (y, x))
    """
    __tracebackhide__ = True  # pytest shows the line of the test, not this one
    report = verify(function, at, claimed, **options)
    if not report.ok:
        raise AssertionError(str(report))


def _report(answers: Answers, subject: Function, point: Point, title: str, reveal: bool) -> Report:
    picture = None
    try:
        base: Probe = (point, subject.trace(point))
    except OperationError as error:
        reports = _without_value(answers, str(error))
    else:
        reports = [_otherwise(report, answers, subject, point) for report in _judged(answers, subject, base)]
        picture = partial(_picture, base, reports)
    reports = [*reports, *answers.unreadable]
    answered = {report.name for report in reports if report.kind == "derivative"}
    unanswered = tuple(name for name in subject.names if name not in answered)
    reading = reading_of(subject)
    return Report(tuple(reports), subject.text, point, unanswered, title, picture, reveal, reading)


def _without_value(answers: Answers, reason: str) -> list[ClaimReport]:
    """The reports where the function has no value: right is who says so, and of the rest nothing can be said."""
    given = {"value": answers.values, "derivative": answers.claims}
    reports = _undecided(answers, (*answers.claims, *answers.values), f"not decidable here: {reason}")
    return [
        replace(report, verdict="right", note=reason) if given[report.kind][report.name].undefined else report
        for report in reports
    ]


def _undecided(answers: Answers, names: Collection[str], note: str) -> list[ClaimReport]:
    """The reports on claims about these names, where they cannot be judged."""
    kinds = {"value": answers.values, "derivative": answers.claims}
    return [
        ClaimReport(name, "undecided", claim.text, kind=kind, note=note, reading=claim.reading)
        for kind, claims in kinds.items()
        for name, claim in claims.items()
        if name in names
    ]


def _judged(answers: Answers, subject: Function, base: Probe) -> list[ClaimReport]:
    """The reports on steps, values and derivatives, in the order in which one would have computed."""
    others = probes(subject, base[0])
    alike = [base, *(probe for probe in others if probe[1].shape == base[1].shape)]
    steps = located(answers.steps, subject, alike)
    lost = [name for name in answers.steps if name not in steps]
    reports = [_lost(name, answers, subject, alike) for name in lost]
    reports += _undecided(answers, lost, "the step that it is about does not stand in the function")
    values = [name for name in answers.values if name not in lost]
    for name in sorted(values, key=lambda name: _place(name, steps, base)):
        nodes = steps[name].nodes if name in steps else (len(base[1].nodes) - 1,)
        judge = partial(judge_value, name, base=base, others=others, nodes=nodes)
        reports.append(judge_written(answers.values[name], judge))
    wanted = {name: Wanted(name) for name in subject.names} | steps
    known = [found for name, found in wanted.items() if name in subject.names or name in answers.claims]
    backward = sorted(steps, key=lambda name: -_place(name, steps, base))
    for name in (name for name in (*backward, *subject.names) if name in answers.claims):
        first_it = [wanted[name], *(other for other in known if other.name != name)]
        judge = partial(judge_derivative, function=subject, base=base, others=others, wanted=first_it)
        reports.append(judge_written(answers.claims[name], judge))
    return reports


def _otherwise(report: ClaimReport, answers: Answers, subject: Function, point: Point) -> ClaimReport:
    """The report on a wrong derivative, or that it is right in another reading of the function."""
    if report.verdict != "wrong" or report.kind != "derivative" or report.name not in subject.names:
        return report
    claim = answers.claims[report.name]
    for told, formula in other_readings(subject):
        other = Function(formula, [condition.text for condition in subject.domain])
        with suppress(OperationError):
            base = (point, other.trace(point))
            if is_near(claim, base, report.name):
                again = Answers(other, point, {report.name: claim.given}, {}, {})
                if all(found.ok for found in _judged(again, other, base)):
                    return right_otherwise(report, told)
    return report


def _lost(name: str, answers: Answers, subject: Function, alike: Sequence[Probe]) -> ClaimReport:
    """The report on a step that is no part of the function as it is written."""
    step = Claim(answers.steps[name], subject.names, answers.steps)
    verdict, note = "wrong", "no part of the function is always equal to it"
    if may_be_regrouped(step, alike):
        verdict, note = "undecided", REGROUPED
    return ClaimReport(name, verdict, step.text, kind="step", note=note, reading=step.reading)


def _place(name: str, steps: Mapping[str, Wanted], base: Probe) -> int:
    """Where in the order of the graph a step comes; f comes last."""
    return steps[name].nodes[-1] if name in steps else len(base[1].nodes)


def _picture(base: Probe, reports: Sequence[ClaimReport]) -> Any:
    """The graph, with the edges marked where something went wrong."""
    trace = base[1]
    output = trace.nodes[-1]
    marked = {}
    for report in reports:
        for diagnosis in report.diagnoses[:1]:
            if diagnosis.place is not None:
                node, operand = diagnosis.place
                marked[trace.nodes[node], operand] = f"{diagnosis.stands} should be {diagnosis.should}"
    with suppress(OperationError):  # what does not exist is not drawn
        output.backward()
    return draw(output, marked=marked)
