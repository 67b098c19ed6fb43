"""Verifying: claimed gradients against true ones, and the mistake that explains the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from autograd.drawing import draw
from autograd.drawing.names import clean
from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.value import Value
from autograd.verifying import ranking, sentences
from autograd.verifying.accuracy import Accuracy
from autograd.verifying.claim_report import ClaimReport, read
from autograd.verifying.diagnosing import Diagnosis
from autograd.verifying.function import Function, Point, by_name
from autograd.verifying.grading import Grading, without_value
from autograd.verifying.judging import Case
from autograd.verifying.reading import Answers
from autograd.verifying.readings import reading_of
from autograd.verifying.report import Report
from autograd.verifying.tracing import Trace

__all__ = ["ClaimReport", "Diagnosis", "Report", "assert_gradients", "how_common", "verify"]

OUTPUT = "f"  # what the function is called in its picture


def verify(
    function: str | Formula | Callable[..., Any] | Value,
    at: Mapping[str, Any] | Sequence[Any] | None = None,
    claimed: Any = None,
    *,
    values: Mapping[str, Any] | None = None,
    steps: Mapping[str, str] | None = None,
    domain: str | Sequence[str] = (),
    digits: int | None = None,
    tolerance: float | None = None,
    title: str = "",
    reveal: bool = True,
    common: Mapping[str, float] | None = None,
) -> Report:
    """Check claimed partial derivatives, and say what went wrong in those that are not right.

    The function is a formula, a Python function of numbers, or a recorded Value, whose variables are its labelled
    leaves; ``at`` gives a number, or a constant formula such as "pi/2", for each variable. Without it, the point is
    where the leaves of a recorded Value are now. ``claimed`` maps names of variables to numbers (which hold at that
    point), formulas, or Python functions of the variables; or it is one function that returns all of them. ``steps``
    names intermediate results, such as ``{"q": "x + y"}``: then ``claimed`` may hold the derivative with respect to q,
    and ``values`` the value of q, or of f itself. ``domain`` is a condition, such as "m > 0", or a list of them, for
    the points at which formulas are tried. ``title`` stands above the report. Without ``reveal`` the report keeps the
    right answers and the diagnoses to itself.

    A number may be rounded, or cut off, to two significant digits or more, or to as many ``digits`` as are asked for;
    from three on, it may also come from rounded intermediate results, if it agrees to three. In place of that,
    ``tolerance`` says how far off it may be, relative to the right one: 0.01 is 1 %. A claim that is wrong only because
    it follows from an earlier step that is wrong, is reported so: the mistake is named once.

    What went wrong is named by how likely it is. Where a class makes some mistakes more often than others do,
    ``common`` says how many times as common they are, by code: ``how_common`` makes it of a class's answers.

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
    return _report(answers, Accuracy(digits, tolerance), point, clean(title), reveal, common)


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


def how_common(reports: Iterable[Report]) -> dict[str, float]:
    """How many times as common as usual the mistakes of each code are in the answers of a class, by their reports.

    >>> answers = [{"x": "-y"}, {"x": "-y", "y": "-x"}]
    >>> found = how_common(verify("x*y", {"x": 2, "y": 3}, claimed) for claimed in answers)
    >>> found["sign"] > 1.0 > found["algebra"]
    True
    """
    claims = (claim for report in reports for claim in report.claims)
    return ranking.how_common(claim.diagnoses[0].code for claim in claims if claim.diagnoses)


def _report(
    answers: Answers, accuracy: Accuracy, point: Point, title: str, reveal: bool, common: Mapping[str, float] | None
) -> Report:
    subject, picture = answers.function, None
    try:
        case = Case.at(subject, point, accuracy)
    except OperationError as error:
        reports = without_value(answers, str(error))
    else:
        grading = Grading(answers, case, common)
        reports = grading.reports
        picture = partial(_picture, case.trace, reports, grading.places)
    reports = [*reports, *answers.unreadable]
    answered = {report.name for report in reports if report.kind == "derivative"}
    unanswered = tuple(name for name in subject.names if name not in answered)
    reading = reading_of(subject)
    return Report(tuple(reports), subject.text, point, unanswered, title, picture, reveal, reading)


def _picture(trace: Trace, reports: Sequence[ClaimReport], places: Mapping[str, int]) -> Any:
    """The graph, with the steps by their names, and the edges marked where something went wrong."""
    output = trace.nodes[-1]
    names = {trace.nodes[place]: name for name, place in places.items()}
    if not output.label and OUTPUT not in trace.point:
        names.setdefault(output, OUTPUT)
    marked = {}
    for report in reports:
        for diagnosis in report.diagnoses[:1]:
            if diagnosis.place is not None and diagnosis.stands and diagnosis.should:
                node, operand = diagnosis.place
                said = sentences.SHOULD_BE.format(stands=read(diagnosis.stands), should=read(diagnosis.should))
                marked[trace.nodes[node], operand] = said
    with suppress(OperationError):  # what does not exist is not drawn
        output.backward()
    return draw(output, names, marked=marked)
