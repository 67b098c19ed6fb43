"""Answers that once got the wrong verdict: wrong branches, flat regions, drowned numbers, steps that occur twice."""

from __future__ import annotations

import math
from typing import Any

import pytest

from autograd.verifying import assert_gradients, verify

HUBER = "where(abs(x) < 2, x**2/2, 2*abs(x) - 2)"


def verdict(function: Any, at: dict[str, Any], claimed: dict[str, Any], **options: Any) -> str:
    (claim,) = verify(function, at, claimed, **options).claims
    return claim.verdict


@pytest.mark.parametrize(
    ("function", "at", "claimed"),
    [
        ("relu(x)*y", {"x": 2, "y": 3}, {"x": "y"}),
        ("relu(x)*y", {"x": 2, "y": 3}, {"y": "x"}),
        ("abs(x)*y", {"x": 2, "y": 3}, {"x": "y"}),
        ("leaky_relu(x, 0.1)*y", {"x": 2, "y": 3}, {"x": "y"}),
        ("y*abs(x)**3", {"x": 2, "y": 3}, {"x": "3*y*x**2"}),
        ("x**2*y", {"x": 2, "y": 3}, {"x": "2*abs(x)*y"}),
        ("x*y", {"x": 2, "y": 3}, {"x": "where(x > 0, y, -y)"}),
        ("(x + 1)*abs(x + 1)", {"x": 3}, {"x": "2*(x + 1)"}),
        ("relu(x + 2)*x", {"x": 3}, {"x": "2*x + 2"}),
        ("log(abs(x + 2))", {"x": 3}, {"x": "1/abs(x + 2)"}),
        (HUBER, {"x": 0.5}, {"x": "x"}),
        ("where(x < 10, x**2, 20*x - 100)", {"x": 3}, {"x": "2*x"}),
        ("minimum(x, 100)*x", {"x": 10}, {"x": "2*x"}),
        ("x**2", {"x": 2}, {"x": "2*x + (x > 3)"}),
        ("x**2", {"x": 2}, {"x": "2*x + 1e-7*x"}),
        ("x**2", {"x": 2}, {"x": "2*x*(1 + 1e-10)"}),
        ("x**2", {"x": 1e6}, {"x": "2*x*where(x > -1e5, 1, 2)"}),
    ],
)
def test_what_is_right_on_one_side_only_is_wrong(function: str, at: dict[str, Any], claimed: dict[str, str]) -> None:
    assert verdict(function, at, claimed) == "wrong"


@pytest.mark.parametrize(
    ("function", "at", "claimed"),
    [
        ("relu(x - 5)", {"x": 1}, {"x": "(x > 5)"}),
        ("relu(w*x + b)*v", {"w": -2, "x": 3, "b": 0.5, "v": 2}, {"w": "v*x*(w*x + b > 0)"}),
        ("relu(w*x + b)*v", {"w": -2, "x": 3, "b": 0.5, "v": 2}, {"v": "relu(w*x + b)"}),
        ("maximum(0, 1 - t*y)", {"t": 1, "y": 3}, {"y": "where(t*y < 1, -t, 0)"}),
        ("x - x", {"x": 2}, {"x": "0*x"}),
        ("sin(x)**2 + cos(x)**2", {"x": 2}, {"x": "0*x"}),
        ("asin(1e4*(x - 1))", {"x": 1.00001}, {"x": "1e4/sqrt(1 - (1e4*(x - 1))**2)"}),
        ("softplus(x)", {"x": 800}, {"x": "exp(x)/(1 + exp(x))"}),
        ("exp(-x**2)", {"x": 30}, {"x": "-2*x/exp(x**2)"}),
        ("x*sin(y)", {"x": 3.3, "y": "pi/2"}, {"y": 0}),
        ("z*cos(x)", {"z": 5, "x": "pi"}, {"x": 0.0}),
    ],
)
def test_right_in_flat_narrow_and_extreme_places(function: str, at: dict[str, Any], claimed: dict[str, Any]) -> None:
    assert verdict(function, at, claimed) == "right"


@pytest.mark.parametrize(
    ("function", "at", "claimed"),
    [
        ("(exp(x) - 1)/x", {"x": 1e-8}, {"x": 7}),
        ("(1 - cos(x))/x**2", {"x": 1e-5}, {"x": 1}),
        ("tan(x)", {"x": "pi/2"}, {"x": 1e30}),
        ("sqrt(x**4)", {"x": 0}, {"x": "undefined"}),  # the rules have no derivative there, and mathematics has 0
        ("(x > 1)*5", {"x": 1}, {"x": 0}),
        ("sign(x)", {"x": 0}, {"x": 0}),
        ("log(x)", {"x": -1}, {"x": 1}),
        ("sqrt(3*k*T/m)", {"k": 1.38e-23, "T": 300, "m": 4.65e-26}, {"m": "-0.5*sqrt(3*k*T/m**3)"}),
    ],
)
def test_what_cannot_be_decided(function: str, at: dict[str, Any], claimed: dict[str, Any]) -> None:
    assert verdict(function, at, claimed) == "undecided"


def test_a_domain_decides() -> None:
    at = {"k": 1.38e-23, "T": 300, "m": 4.65e-26}
    claimed = {"m": "-0.5*sqrt(3*k*T/m**3)"}
    assert verdict("sqrt(3*k*T/m)", at, claimed, domain=["k > 0", "T > 0", "m > 0"]) == "right"
    with pytest.raises(ValueError, match="about q, which is no variable"):
        verdict("sqrt(3*k*T/m)", at, claimed, domain=["q > 0"])


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_claims_and_points_are_finite(number: Any) -> None:
    (claim,) = verify("x*y", {"x": 1, "y": 2}, {"x": number}).claims
    assert claim.verdict == "unreadable"
    assert "is not a finite number" in claim.note
    with pytest.raises(ValueError, match="every variable is a finite number"):
        verify("x*y", {"x": number, "y": 2}, {"x": 1})


def test_python_functions_with_branches() -> None:
    def larger(x: Any, y: Any) -> Any:
        return x if x > y else y

    def positive(x: Any) -> Any:
        return x if x > 0 else 0

    def swapped(x: Any, y: Any) -> Any:
        a, b = (x, y) if x > y else (y, x)
        return a * a * b

    assert verdict(positive, {"x": 1}, {"x": "where(x > 0, 1, 0)"}) == "right"
    assert verdict(positive, {"x": 1}, {"x": "x/x"}) == "wrong"
    assert verdict(positive, {"x": 0}, {"x": 0}) == "undecided"
    assert verdict(larger, {"x": 3, "y": 2}, {"x": "where(x > y, 1, 0)"}) == "right"
    assert verdict(larger, {"x": 3, "y": 2}, {"x": "x/x"}) == "wrong"
    assert verdict(swapped, {"x": 3, "y": 2}, {"x": "where(x > y, 2*x*y, y**2)"}) == "right"
    assert verdict(swapped, {"x": 3, "y": 2}, {"x": "2*x*y"}) == "wrong"


@pytest.mark.parametrize(
    ("function", "at", "step", "claimed"),
    [
        ("(x + y)*(x + y)", {"x": 1, "y": 2}, "x + y", 6),
        ("(x + y)*(x + y)", {"x": 1, "y": 2}, "x + y", "2*q"),
        ("exp(x)/(1 + exp(x))", {"x": 0.7}, "exp(x)", "1/(1 + q)**2"),
        ("x**2 + x**2*y", {"x": 3, "y": 2}, "x**2", "1 + y"),
        ("(x + y)*z + sin(x + y)", {"x": 1, "y": 2, "z": 3}, "x + y", "z + cos(q)"),
    ],
)
def test_a_step_that_occurs_twice_counts_twice(function: str, at: dict[str, Any], step: str, claimed: Any) -> None:
    assert verdict(function, at, {"q": claimed}, steps={"q": step}) == "right"


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [(0.251, "wrong"), (0.2498, "wrong"), ("0.333*0.75", "wrong"), ("0.3333*0.75", "rounded"), ("0.250", "right")],
)
def test_a_number_of_few_digits_takes_no_unit_more_or_less(claimed: Any, expected: str) -> None:
    assert verdict("x/4", {"x": 3}, {"x": claimed}) == expected


@pytest.mark.parametrize(
    ("function", "at", "claimed"),
    [
        ("x/y", {"x": 1, "y": 3}, "(0.333)"),
        ("x/y", {"x": 1, "y": 3}, "33.3/100"),
        ("-x/y", {"x": 1, "y": 3}, "-(0.333)"),
        ("x*1e6/y", {"x": 1, "y": 3}, "3.33*10**5"),
        ("exp(x)", {"x": -1}, "0.3680"),
        ("exp(x)", {"x": 1}, 2.71),
    ],
)
def test_roundings_in_any_notation(function: str, at: dict[str, Any], claimed: Any) -> None:
    assert verdict(function, at, {"x": claimed}) == "rounded"


def test_values_forgive_the_rounding_of_the_point() -> None:
    report = verify("x*sin(y)", {"x": 2, "y": "pi"}, {}, values={"q": 0, "f": 0}, steps={"q": "sin(y)"})
    assert report.ok


def test_nothing_claimed_is_no_success() -> None:
    for claimed, reason in (
        ({}, "nothing is claimed"),
        (lambda x, y: {}, "returns no partial derivative with respect to x, y"),
        (lambda x, y: {"x": y}, "returns no partial derivative with respect to y"),
    ):
        with pytest.raises(ValueError, match=reason):
            assert_gradients("x*y", {"x": 2, "y": 3}, claimed)


@pytest.mark.parametrize(
    ("function", "at", "claimed", "message"),
    [
        ("sin(x**2)", {"x": 1.3}, "2*x*cos(x)", "the outer derivative stands at x"),
        ("cos(2*x)", {"x": 1.3}, "-sin(2)", "f′(g)·g′, not f′(g′)"),
        ("x**2*sin(x)", {"x": 1.3}, "2*x + cos(x)", "not u′ + v′"),
        (
            "x**2*y + y**3",
            {"x": 1.3, "y": 2},
            "2*x*y + x**2 + 3*y**2",
            "the function was differentiated by y, too: y is held constant here",
        ),
        ("x**x", {"x": 1.3}, "1 + log(x)", "the power itself is missing"),
        ("erf(x)", {"x": 0.3}, "exp(-x**2)", "the factor 2/√π is missing"),
        ("atan2(y, x)", {"y": 1.3, "x": 2}, "1/(x**2 + y**2)", "the other operand is missing above"),
    ],
)
def test_more_mistakes_are_named(function: str, at: dict[str, Any], claimed: str, message: str) -> None:
    variable = "y" if "atan2" in function else "x"
    (claim,) = verify(function, at, {variable: claimed}).claims
    assert any(message in diagnosis.message for diagnosis in claim.diagnoses)


def test_text_of_others_cannot_pass_for_the_reports_own() -> None:
    report = verify("x*y", {"x": 2, "y": 3}, {"x": "(y\n)"}, title="Eve: f\n∂f/∂x = 1: right\x1b[31m")
    assert len(str(report).splitlines()) == 4
    assert "\x1b" not in str(report)
    strange = str(verify("x*y", [2, 3], {"x\n∂f/∂x = 3: right\x1b": 1, "x": 3, "y": "\x1b"}))
    assert strange.count("\n∂f/∂x = 3: right") == 1
    assert "\x1b" not in strange


def test_a_hidden_swap_is_named() -> None:
    (claim,) = verify("x*y", {"x": 2, "y": 2}, {"x": 2}).claims
    assert any(mistake.startswith("swapped") for mistake in claim.hidden)


def test_without_revealing_the_report_keeps_all_to_itself() -> None:
    report = verify("x*exp(y)", {"x": 2, "y": 3}, {"x": 7.5}, reveal=False)
    assert "20.08" not in repr(report)


def test_a_report_is_true_if_all_is_right() -> None:
    assert verify("x*y", {"x": 2, "y": 3}, {"x": 3})
    assert not verify("x*y", {"x": 2, "y": 3}, {"x": 4})


def test_only_what_the_student_knows_is_named() -> None:
    report = verify("x*exp(y)", {"x": 2, "y": 1}, {"x": 2}, steps={"b": "exp(y)"})
    assert "respect to b" not in str(report)


@pytest.mark.parametrize(
    ("function", "at", "verdict"),
    [
        ("sqrt(x)", {"x": 0}, "wrong"),
        ("5 + sqrt(x - 2)", {"x": 2}, "wrong"),
        ("cbrt(x)", {"x": 0}, "wrong"),
        ("x**0.75", {"x": 0}, "wrong"),
        ("asin(x)", {"x": 1}, "wrong"),
        ("sqrt(x)*y", {"x": 0, "y": 0}, "undecided"),  # which is 0 along x
        ("sqrt(x**4)", {"x": 0}, "undecided"),  # whose derivative is 0
        ("x**1.5", {"x": 0}, "right"),
    ],
)
def test_where_the_derivative_is_infinite_no_number_is_right(function: str, at: dict[str, Any], verdict: str) -> None:
    assert verify(function, at, {"x": 0}).claims[0].verdict == verdict
    if verdict == "wrong":
        assert verify(function, at, {"x": "does not exist"}).ok
        assert verify(function, at, {"x": 0}).claims[0].formula == "does not exist"
