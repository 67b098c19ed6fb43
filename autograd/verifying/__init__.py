"""Verifying: claimed gradients against true ones, and the mistake that explains the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from autograd.drawing import draw
from autograd.drawing.names import clean, written
from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.verifying.claims import LOOSE, SAFETY, Claim, agree
from autograd.verifying.diagnosing import Diagnosis
from autograd.verifying.function import Function, by_name, checked_steps
from autograd.verifying.judging import judge_derivative, judge_value
from autograd.verifying.probing import Probe, probes
from autograd.verifying.report import ClaimReport, Report
from autograd.verifying.tracing import Wanted

__all__ = ["ClaimReport", "Diagnosis", "Report", "assert_gradients", "verify"]


def verify(
    function: str | Formula | Callable[..., Any],
    at: Mapping[str, Any] | Sequence[Any],
    claimed: Any,
    *,
    values: Mapping[str, Any] | None = None,
    steps: Mapping[str, str] | None = None,
    domain: Sequence[str] = (),
    title: str = "",
    reveal: bool = True,
) -> Report:
    """Check claimed partial derivatives, and say what went wrong in those that are not right.

    The function is a formula or a Python function of numbers; ``at`` gives a number, or a constant formula such as
    "pi/2", for each variable. ``claimed`` maps names of variables to numbers (which hold at that point, and may come
    from rounded intermediate results: they agree to three significant digits), formulas, or Python functions of the
    variables; or it is one function that returns all of them. ``steps`` names intermediate results, such as ``{"q": "x + y"}``: then ``claimed`` may
    hold the derivative with respect to q, and ``values`` the value of q, or of f itself. ``domain`` holds conditions,
    such as "m > 0", for the points at which formulas are tried. Without ``reveal`` the report keeps the right answers
    and the diagnoses to itself.

    Raises ValueError, FormulaError or TypeError for what cannot be understood.

    >>> point = {"x": 3, "y": 2, "z": 2}
    >>> report = verify("(x + y)/z", point, {"x": "1/z", "z": "(x + y)/z**2"})
    >>> report.ok, [claim.verdict for claim in report.claims]
    (False, ['right', 'wrong'])
    >>> print(report.claims[1].diagnoses[0].message)
    the minus is lost: ∂((x + y) / z)/∂z is -(x + y) / z ** 2
    """
    subject = Function(function, domain)
    point = subject.point(at)
    named = checked_steps(subject, steps or {})
    claims = {name: Claim(given, subject.names, named) for name, given in _claims(claimed, subject, point).items()}
    valued = {name: Claim(given, subject.names, named) for name, given in by_name(values or {}).items()}
    if not claims and not valued:
        raise ValueError("nothing is claimed")
    _check_names(claims, valued, subject, named)
    place = ", ".join(f"{name} = {written(x, 6)}" for name, x in point.items())
    text = f"{subject.text}   at {place}" if point else subject.text
    try:
        base: Probe = (point, subject.trace(point))
    except OperationError as error:
        note = f"not decidable here: {error}"
        undecided = [ClaimReport(name, "undecided", claim.text, note=note) for name, claim in claims.items()]
        undecided += [ClaimReport(n, "undecided", c.text, kind="value", note=note) for n, c in valued.items()]
        return Report(tuple(undecided), text, clean(title), None, reveal)
    others = probes(subject, point)
    wanted = {name: Wanted(name) for name in subject.names} | _located(named, subject, base, others)
    reports = []
    for name, claim in sorted(valued.items(), key=lambda item: _place(item[0], wanted, base)):
        nodes = wanted[name].nodes if name in named else (len(base[1].nodes) - 1,)
        reports.append(judge_value(name, claim, base, others, nodes))
    order = sorted((name for name in claims if name in named), key=lambda name: -_place(name, wanted, base))
    for name in (*order, *(name for name in subject.names if name in claims)):
        known = [other for other in wanted.values() if other.name in subject.names or other.name in claims]
        first_it = [wanted[name], *(other for other in known if other.name != name)]
        reports.append(judge_derivative(claims[name], subject, base, others, first_it))
    return Report(tuple(reports), text, clean(title), lambda: _picture(base, reports), reveal)


def assert_gradients(
    function: str | Formula | Callable[..., Any], at: Mapping[str, Any] | Sequence[Any], claimed: Any, **options: Any
) -> None:
    """Raise one readable AssertionError unless every claim is right; ``claimed`` and the rest are as for verify.

    ``claimed`` may be a student's own backward function, which returns the partial derivatives in the order of the
    function's variables, or by name.

    >>> assert_gradients("x*y", {"x": 2, "y": 3}, lambda x, y: (y, x))
    """
    __tracebackhide__ = True  # pytest shows the line of the test, not this one
    report = verify(function, at, claimed, **options)
    if not report.ok:
        raise AssertionError(str(report))


def _claims(claimed: Any, function: Function, point: Mapping[str, float]) -> dict[str, Any]:
    """The claims by name; one function that returns all of them becomes one function for each."""
    if isinstance(claimed, Mapping):
        return by_name(claimed)
    if not callable(claimed):
        raise TypeError("the claims are given by name, as in claimed={'x': 1.0}, or as one function that returns them")
    result = claimed(*point.values())
    if isinstance(result, Mapping):
        if missing := [name for name in function.names if name not in result]:
            raise ValueError(f"the function returns no partial derivative with respect to {', '.join(missing)}")
        return {name: _component(claimed, name) for name in result}
    found = list(result) if isinstance(result, list | tuple) or hasattr(result, "__array__") else [result]
    if len(found) != len(function.names):
        raise ValueError(
            f"the function returns {len(found)} partial derivatives for {len(function.names)} variables: "
            + ", ".join(function.names)
        )
    return {name: _component(claimed, i) for i, name in enumerate(function.names)}


def _component(claimed: Callable[..., Any], key: Any) -> Callable[..., Any]:
    def component(*numbers: Any) -> Any:
        result = claimed(*numbers)
        return result[key] if isinstance(result, Mapping | list | tuple) or hasattr(result, "__array__") else result

    component.__name__ = getattr(claimed, "__name__", "a function")
    return component


def _check_names(
    claims: Mapping[str, Claim], values: Mapping[str, Claim], function: Function, steps: Mapping[str, Formula]
) -> None:
    known = ", ".join((*function.names, *steps))
    for name in claims:
        if name not in function.names and name not in steps:
            raise ValueError(f"{name} has a claim, but the function's variables are: {known}")
    for name in values:
        if name not in steps and name != "f":
            raise ValueError(f"{name} is no step whose value could be claimed; known are: {', '.join((*steps, 'f'))}")


def _located(
    steps: Mapping[str, Formula], function: Function, base: Probe, others: Sequence[Probe]
) -> dict[str, Wanted]:
    """The nodes of every step: all parts of the function that are always equal to it."""
    alike = [base, *(probe for probe in others if probe[1].shape == base[1].shape)]
    found = {}
    for name, step in steps.items():
        claim = Claim(step.text, function.names, steps)
        if claim.is_number:
            raise ValueError(f"the step {name} = {step.text} is a number, which no derivative goes by")
        equal = [node for node in range(len(base[1].nodes)) if _always(claim, node, alike)]
        if not equal:
            raise ValueError(f"no part of the function is always equal to the step {name} = {step.text}")
        below = {node for node in equal if any(base[1].depends((other,))[node] for other in equal if other != node)}
        found[name] = Wanted(name, tuple(node for node in equal if node not in below), base[1].shape)
    return found


def _always(claim: Claim, node: int, probes: Sequence[Probe]) -> bool:
    if probes[0][1].nodes[node].is_constant:
        return False
    for point, trace in probes:
        try:
            if not agree(claim.at(point), (trace.values[node], LOOSE * abs(trace.values[node]) / SAFETY)):
                return False
        except (ArithmeticError, ValueError):
            continue
    return True


def _place(name: str, wanted: Mapping[str, Wanted], base: Probe) -> int:
    """Where in the order of the graph a step comes; f comes last."""
    return wanted[name].nodes[-1] if name in wanted and wanted[name].nodes else len(base[1].nodes)


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
