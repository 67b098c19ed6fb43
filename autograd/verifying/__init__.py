"""Verifying: claimed gradients against true ones, and the mistake that explains the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from autograd.drawing import draw
from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.verifying.claims import Claim, agree
from autograd.verifying.diagnosing import Diagnosis
from autograd.verifying.judging import Probe, judge_derivative, judge_value
from autograd.verifying.report import ClaimReport, Report
from autograd.verifying.tracing import Function, checked_steps, probes

__all__ = ["ClaimReport", "Diagnosis", "Report", "assert_gradients", "verify"]


def verify(
    function: str | Formula | Callable[..., Any],
    at: Mapping[str, Any] | Sequence[Any],
    claimed: Any,
    *,
    values: Mapping[str, Any] | None = None,
    steps: Mapping[str, str] | None = None,
    title: str = "",
    reveal: bool = True,
) -> Report:
    """Check claimed partial derivatives, and say what went wrong in those that are not right.

    The function is a formula or a Python function of numbers; ``at`` gives a number, or a constant formula such as
    "pi/2", for each variable. ``claimed`` maps names of variables to numbers (which hold at that point, and may be
    rounded to three significant digits or more), formulas, or Python functions of the variables; or it is one function
    that returns all of them. ``steps`` names intermediate results, such as ``{"q": "x + y"}``: then ``claimed`` may
    hold the derivative with respect to q, and ``values`` the value of q, or of f itself. Without ``reveal`` the report
    keeps the right answers and the diagnoses to itself.

    Raises ValueError, FormulaError or TypeError for what cannot be understood, and OperationError where the function
    has no value at the point.

    >>> point = {"x": 3, "y": 2, "z": 2}
    >>> report = verify("(x + y)/z", point, {"x": "1/z", "z": "(x + y)/z**2"})
    >>> report.ok, [claim.verdict for claim in report.claims]
    (False, ['right', 'wrong'])
    >>> print(report.claims[1].diagnoses[0].message)
    the minus is lost: ∂((x + y) / z)/∂z is -(x + y) / z ** 2
    """
    subject = Function(function)
    point = subject.point(at)
    named = checked_steps(subject, steps or {})
    base: Probe = (point, subject.trace(point))
    others = list(probes(subject, point, base[1]))
    places = _places(subject, named, base, others)
    reports = []
    for name, given in sorted((values or {}).items(), key=lambda item: places.get(item[0]) or 0):
        if name not in places or name in subject.names:
            raise ValueError(f"{name} is no step whose value could be claimed: {_known(named, 'f')}")
        node = places[name]
        assert node is not None, "steps and f are part of the graph"
        reports.append(judge_value(name, Claim(given, subject.names, named), base, others, node))
    for name, given in _in_order(_by_name(claimed, subject, point), subject, places):
        others_first = [name, *(other for other in (*subject.names, *named) if other != name)]
        seeds = [places[other] for other in others_first]
        claim = Claim(given, subject.names, named)
        reports.append(judge_derivative(name, claim, subject, base, others, seeds, others_first))
    return Report(tuple(reports), subject.text, title, lambda: _picture(base, reports), reveal)


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


def _known(names: Mapping[str, Any], *more: str) -> str:
    return "known are: " + ", ".join([*names, *more])


def _by_name(claimed: Any, function: Function, point: Mapping[str, float]) -> dict[str, Any]:
    """The claims by name; one function that returns all of them becomes one function for each."""
    if isinstance(claimed, Mapping):
        return dict(claimed)
    if not callable(claimed):
        raise TypeError("the claims are given by name, as in claimed={'x': 1.0}, or as one function that returns them")
    result = claimed(*point.values())
    if isinstance(result, Mapping):
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


def _in_order(claims: Mapping[str, Any], function: Function, places: Mapping[str, int | None]) -> list[tuple[str, Any]]:
    """The claims as the backward pass comes by them: steps from the output down, then the variables."""
    for name in claims:
        if name not in places or (name == "f" and "f" not in function.names):
            known = ", ".join(key for key in places if key != "f" or key in function.names)
            raise ValueError(f"{name} has a claim, but the function's variables are: {known}")
    steps = [name for name in claims if name not in function.names]
    steps.sort(key=lambda name: -(places[name] or 0))
    return [(name, claims[name]) for name in (*steps, *(name for name in function.names if name in claims))]


def _places(
    function: Function, steps: Mapping[str, Formula], base: Probe, others: Sequence[Probe]
) -> dict[str, int | None]:
    """The node of every variable, of every step, and of f."""
    places: dict[str, int | None] = {"f": len(base[1].nodes) - 1, **base[1].inputs}
    for name, step in steps.items():
        claim = Claim(step.text, function.names, steps)
        matching = [
            node
            for node in range(len(base[1].nodes))
            if all(agree(claim.at(point), (trace.values[node], 0.0)) for point, trace in [base, *others])
        ]
        if not matching:
            raise ValueError(f"no part of the function is always equal to the step {name} = {step.text}")
        places[name] = matching[-1]
    return places


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
