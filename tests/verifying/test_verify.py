"""Verdicts, diagnoses and reports."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Formula, exp, grad, relu
from autograd.verifying import assert_gradients, verify

COURSE = {"x": 1.5, "y": -1, "z": "pi/2"}


def verdicts(*arguments: Any, **options: Any) -> dict[str, str]:
    return {claim.name: claim.verdict for claim in verify(*arguments, **options).claims}


def test_the_course_point_of_exercise_2_accepts_zero_and_says_what_it_hides() -> None:
    (claim,) = verify("x*exp(y) + sin(z)", COURSE, {"z": 0}).claims
    assert claim.verdict == "right"
    assert any(mistake.startswith("wrong-rule") and "without a minus" in mistake for mistake in claim.hidden)
    assert claim.revealing


def test_the_revealing_point_reveals() -> None:
    (claim,) = verify("(x + y)/z", {"x": 3, "y": 2, "z": 1}, {"z": -5}).claims
    assert any("not squared" in mistake for mistake in claim.hidden)
    point = dict(pair.split(" = ") for pair in claim.revealing.split(", "))
    assert verdicts("(x + y)/z", point, {"z": "-(x + y)/z"}) == {"z": "wrong"}
    wrong = Formula("-(x + y)/z")(**{name: float(text) for name, text in point.items()})
    assert verdicts("(x + y)/z", point, {"z": wrong}) == {"z": "wrong"}


def test_a_formula_that_agrees_at_the_given_point_only_is_wrong() -> None:
    (claim,) = verify("(x + y)/z", {"x": 3, "y": 2, "z": 1}, {"z": "-(x + y)/z"}).claims
    assert claim.verdict == "wrong"
    assert "it agrees at the given point and nowhere else" in claim.note
    assert claim.diagnoses[0].code == "wrong-rule"


@pytest.mark.parametrize(
    ("claimed", "verdict"),
    [
        (0.5518191617571635, "right"),
        ("0.552", "rounded"),
        (0.5518, "rounded"),
        (0.5519, "rounded"),  # neither rounded nor cut off, but as close
        ("0.551", "rounded"),  # cut off
        ("0.5512", "rounded"),  # closer than that
        ("0.5520", "rounded"),
        (0.5509, "wrong"),
        (0.5525, "wrong"),
        ("1.5/e", "right"),
        ("1.5/e + 1e-6", "rounded"),
        ("1.5*0.368", "rounded"),  # from rounded intermediate results
        ("1.5*0.3679", "rounded"),
        ("1.5*0.367879", "rounded"),
        ("1.5/2.718", "rounded"),
        ("0.55185", "rounded"),
        ("1.5*0.371", "wrong"),
        (-0.5518, "wrong"),
        (0, "wrong"),
    ],
)
def test_rounding(claimed: object, verdict: str) -> None:
    assert verdicts("x*exp(y) + sin(z)", COURSE, {"y": claimed}) == {"y": verdict}


@pytest.mark.parametrize("claimed", [1, 0.6, 0.64, "0.5", 0])
def test_a_short_number_that_is_not_near_is_wrong(claimed: object) -> None:
    assert verdicts("log(x**2 + y**2 + 1)", {"x": 2, "y": 1}, {"x": claimed}) == {"x": "wrong"}


@given(st.floats(0.1, 10.0), st.floats(0.0, 1.0), st.integers(3, 12), st.sampled_from([floor, round]))
def test_what_is_closer_than_an_accepted_number_is_accepted(
    x: float, part: float, digits: int, cut: Callable[[float], float]
) -> None:
    true = 3.0 * x * x
    unit = 10.0 ** (math.floor(math.log10(true)) - digits + 1)
    claimed = true + part * (cut(true / unit) * unit - true)
    assert verdicts("x**3", {"x": x}, {"x": claimed})["x"] in ("right", "rounded")


def test_a_wrong_answer_from_rounded_intermediate_results_is_explained() -> None:
    (claim,) = verify("x*exp(y)", {"x": 1.5, "y": -1}, {"x": "1.5*0.3679"}).claims
    assert (claim.verdict, claim.diagnoses[0].code) == ("wrong", "swapped")


@given(st.floats(0.1, 10.0), st.integers(3, 12))
def test_rounding_to_three_digits_or_more_is_accepted(x: float, digits: int) -> None:
    claimed = f"{3.0 * x * x:.{digits - 1}e}"
    assert verdicts("x**3", {"x": x}, {"x": claimed})["x"] in ("right", "rounded")


@given(st.floats(0.1, 10.0), st.floats(0.01, 0.9))
def test_a_number_that_is_off_by_a_percent_is_wrong(x: float, off: float) -> None:
    assert verdicts("x**3", {"x": x}, {"x": 3.0 * x * x * (1.0 + off)}) == {"x": "wrong"}


def test_python_functions_as_subject_and_claim() -> None:
    def f(x: Any, y: Any) -> Any:
        return x * exp(y)

    assert verify(f, {"x": 2.0, "y": 1.0}, {"x": lambda x, y: math.exp(y), "y": "x*exp(y)"}).ok
    assert verify(f, [2.0, 1.0], grad(f)).ok
    assert not verify(f, {"x": 2.0, "y": 1.0}, lambda x, y: (math.exp(y), math.exp(y))).ok
    assert verify(f, {"x": 2.0, "y": 1.0}, lambda x, y: {"y": x * exp(y), "x": exp(y)}).ok
    assert verify(f, {"x": 2.0, "y": 1.0}, lambda x, y: np.array([np.exp(y), x * np.exp(y)])).ok


def test_what_is_claimed_at_a_kink_and_outside_the_domain() -> None:
    (claim,) = verify("relu(x) + x", {"x": 0}, {"x": 1}).claims
    assert claim.verdict == "right"
    assert claim.note.endswith("1 from the left and 2 from the right, so there is none; 1 is the convention here")
    (claim,) = verify("relu(x) + x", {"x": 0}, {"x": 2}).claims
    assert (claim.verdict, claim.formula) == ("wrong", "does not exist")
    assert "1 from the left and 2 from the right" in claim.note
    (claim,) = verify("sqrt(x)", {"x": 0}, {"x": 0}).claims
    assert (claim.verdict, claim.formula) == ("wrong", "does not exist")
    assert verdicts("relu(x)**2", {"x": 0}, {"x": 0}) == {"x": "right"}
    assert verdicts("sqrt(x)", {"x": 0}, {"x": "1/(2*sqrt(x))"}) == {"x": "right"}
    (claim,) = verify("log(x)", {"x": -1}, {"x": "1/x"}).claims
    assert claim.verdict == "undecided"
    assert "log(-1.0) has no value" in claim.note


def test_named_steps_and_the_first_wrong_one() -> None:
    report = verify(
        "(x + y)*z",
        {"x": -2, "y": 5, "z": -4},
        {"x": -4, "z": 3, "q": 3},
        steps={"q": "x + y"},
        values={"q": 3, "f": 12},
    )
    assert [(claim.title, claim.verdict) for claim in report.claims] == [
        ("q", "right"),
        ("f", "wrong"),
        ("∂f/∂q", "wrong"),
        ("∂f/∂x", "right"),
        ("∂f/∂z", "right"),
    ]
    first = report.first_wrong()
    assert first is not None
    assert first.title == "f"
    assert report.claims[2].diagnoses[0].code == "swapped"
    assert verify("(x + y)*z", {"x": 1, "y": 2, "z": 3}, {"z": "q"}, steps={"q": "x + y"}).ok


def test_a_step_that_is_no_part_of_the_function_is_a_wrong_answer() -> None:
    report = verify(
        "(x + y)*z",
        {"x": 1, "y": 2, "z": 3},
        {"x": 3, "q": 3, "z": "q", "r": "z"},
        steps={"q": "x - y", "r": "x + y"},
        values={"q": 3, "f": 9},
    )
    assert [(claim.title, claim.verdict) for claim in report.claims] == [
        ("q", "wrong"),
        ("q", "undecided"),
        ("∂f/∂q", "follows"),
        ("f", "right"),
        ("∂f/∂r", "right"),
        ("∂f/∂x", "right"),
        ("∂f/∂z", "follows"),
    ]
    assert "q = x − y: wrong\n  no part of the function is always equal to it\n" in str(report)
    first = report.first_wrong()
    assert first is not None
    assert first.kind == "step"
    assert "no part" not in str(verify("x*y", [1, 2], {"x": 2}, steps={"q": "x - y"}, reveal=False))


@pytest.mark.parametrize(
    ("function", "step", "verdict"),
    [
        ("x*exp(-x*y)", "x*y", "undecided"),  # which negates x first
        ("exp(-(x - y)**2/(2*z**2))", "(x - y)**2/(2*z**2)", "undecided"),
        ("x + y + z", "y + z", "undecided"),
        ("x - y - z", "x - z", "undecided"),
        ("x*y*z", "x*z", "undecided"),
        ("x/y/z", "y*z", "undecided"),
        ("x + y + z", "y - z", "wrong"),
        ("x*y*z", "x/z", "wrong"),
        ("(x + y)*z", "x - y", "wrong"),
        ("exp(-x*y)", "x + y", "wrong"),
    ],
)
def test_a_step_of_the_function_written_otherwise_is_not_called_wrong(function: str, step: str, verdict: str) -> None:
    at = dict(zip(Formula(function).variables, (1.5, 0.7, -2), strict=False))
    claims = verify(function, at, {"q": 1}, steps={"q": step}).claims
    assert [(claim.kind, claim.verdict) for claim in claims] == [("step", verdict), ("derivative", "undecided")]


def test_a_claim_that_cannot_be_read_spoils_no_other() -> None:
    claimed = {"x": "1/w", "y": "((", "z": "-(x + y)/z**2", "w": 1, "q": 1, "r": 2}
    steps: Any = {"q": "a + 1", "r": 3, "f": "x", "s": "2"}
    report = verify("(x + y)/z", {"x": 3, "y": 2, "z": 2}, claimed, steps=steps, values={"t": 1, "f": True})
    found = {(claim.kind, claim.name): claim for claim in report.claims}
    assert not report.ok
    assert report.unanswered == ()
    assert found.pop(("derivative", "z")).verdict == "right"
    assert {claim.verdict for claim in found.values()} == {"unreadable"}
    notes = {key: claim.note.splitlines()[0] for key, claim in found.items()}
    assert notes == {
        ("step", "q"): "the step q uses a, which is neither a variable nor an earlier step",
        ("step", "r"): 'the step r is a formula in quotes, as in r = "x + y"',
        ("step", "f"): "f cannot name a step: it is a variable, a constant, f itself or no name",
        ("step", "s"): "the step s = 2 is a number: there is no derivative with respect to it",
        ("derivative", "x"): "the claim uses w; the variables are: x, y, z",
        ("derivative", "y"): "cannot read the formula: '(' was never closed",
        ("derivative", "w"): "w has a claim, but the function's variables are: x, y, z",
        ("derivative", "q"): "the step q cannot be read",
        ("derivative", "r"): "the step r cannot be read",
        ("value", "t"): "t is no step whose value could be claimed; known are: f",
        ("value", "f"): "expected one real number (int, float, Fraction or NumPy scalar), got bool: True",
    }
    shown = verify("x*y", [1, 2], {"x": "((", "y": 1}, reveal=False)
    assert "∂f/∂x = ((: unreadable\n  cannot read the formula" in str(shown)
    assert shown.as_json()["claims"][1]["note"].startswith("cannot read the formula")
    assert "was never closed" in shown._repr_mimebundle_()["text/html"]


def test_what_is_not_answered_is_said() -> None:
    report = verify("(x + y)/z", {"x": 3, "y": 2, "z": 1}, {"x": 1})
    assert (report.ok, report.unanswered) == (True, ("y", "z"))
    assert str(report).endswith("\nnot answered: ∂f/∂y, ∂f/∂z")
    assert "not answered: ∂f/∂y, ∂f/∂z" in report._repr_mimebundle_()["text/html"]
    assert report.as_json()["unanswered"] == ["y", "z"]
    assert "not answered" not in str(verify("x*y", [1, 2], {"x": 2, "y": "(("}))
    assert verify("log(x)*y", {"x": -1, "y": 2}, {"x": "2/x"}).unanswered == ("y",)


def test_a_report_knows_its_function_and_point() -> None:
    data = verify("x*y", {"x": 1, "y": "pi"}, {"x": "y"}).as_json()
    assert (data["function"], data["at"]) == ("x*y", {"x": 1.0, "y": math.pi})


@pytest.mark.parametrize("name", ["x", "dx", "∂x", "df/dx", "∂f/∂x", "df / dx"])
def test_a_claim_is_named_by_the_variable_or_the_derivative(name: str) -> None:
    (claim,) = verify("x*y", {"x": 1, "y": 2}, {name: 2}).claims
    assert (claim.title, claim.verdict) == ("∂f/∂x", "right")


def test_a_name_of_a_variable_is_that_first() -> None:
    claims = verify("x*dx", {"x": 3, "dx": 2}, {"dx": 3, "ddx": 3, "x": 2}).claims
    assert [(claim.name, claim.verdict) for claim in claims] == [("x", "right"), ("dx", "right"), ("dx", "unreadable")]
    assert claims[2].note == "dx is claimed twice"


@pytest.mark.parametrize(
    "domain",
    ["z > 0", ["z > 0"], "0 < z < 5", "z > 0 and z < 5", "z > 0, x > 0", "(z > 0) and (0 != x)", ("log(z) > 0 - 9",)],
)
def test_a_domain_is_one_condition_or_several(domain: Any) -> None:
    claimed = {"z": "-(x + y)*abs(z)/z**3"}
    assert verdicts("(x + y)/z", {"x": 3, "y": 2, "z": 1}, claimed, domain=domain) == {"z": "right"}
    assert verdicts("(x + y)/z", {"x": 3, "y": 2, "z": 1}, claimed) == {"z": "wrong"}


@pytest.mark.parametrize("domain", ["3", "z", "sin(z)", "3 > 2 > * z", "z > 0 or z < 5", "'z'", "1 is 2", "()", "\0"])
def test_anything_else_is_no_domain(domain: str) -> None:
    for given_domain in (domain, [domain]):
        with pytest.raises(ValueError, match=r"a domain is a condition|cannot read the formula|cannot be part of"):
            verify("(x + y)/z", {"x": 3, "y": 2, "z": 1}, {"x": 1}, domain=given_domain)
    for no_text in (3, [3], None):
        with pytest.raises(TypeError, match="a domain is a condition"):
            verify("x", {"x": 3}, {"x": 1}, domain=no_text)  # type: ignore[arg-type]


def test_a_domain_without_the_point_or_without_others_is_said() -> None:
    point = {"x": 3, "y": 2, "z": 1}
    for domain in ("z > 5", ["z > 0", "z > 5"], "z > z", "log(-z) > 0"):
        with pytest.raises(ValueError, match="the point does not satisfy the domain "):
            verify("(x + y)/z", point, {"x": "1/z"}, domain=domain)
    (claim,) = verify("(x + y)/z", point, {"x": "1/z"}, domain="z == 1").claims
    assert (claim.verdict, claim.note) == ("undecided", "too few points were found that satisfy the domain z == 1")
    assert verdicts("(x + y)/z", point, {"x": 1}, domain="z == 1") == {"x": "right"}


@pytest.mark.parametrize(
    ("function", "at", "claimed", "code", "edge"),
    [
        ("x*exp(y) + sin(z)", COURSE, {"z": "-cos(z)"}, "wrong-rule", "sin(z) -> z"),
        ("log(x**2 + y**2 + 1)", {"x": 2, "y": 1}, {"x": "1/(x**2 + y**2 + 1)"}, "missing-factor", None),
        ("x*sin(x)", {"x": 2}, {"x": "x*cos(x)"}, "missing-path", "x * sin(x) -> x"),
        ("x**2*y", {"x": 2, "y": 3}, {"x": "x**2"}, "swapped", None),
        ("sigmoid(w*x)", {"w": 2, "x": 3}, {"w": "sigmoid(w*x)*x"}, "wrong-rule", "sigmoid(w * x) -> w * x"),
        ("x**3 + y", {"x": 2, "y": 3}, {"x": "x**3 + y"}, "undifferentiated", None),
        ("sin(x)*y", {"x": 2, "y": 3}, {"x": "cos(x)*y*5/7"}, "constant-factor", None),
        ("sin(x)*y", {"x": 2, "y": 3}, {"x": "x**y"}, "unknown", None),
    ],
)
def test_diagnoses(function: str, at: dict[str, Any], claimed: dict[str, str], code: str, edge: str | None) -> None:
    (claim,) = verify(function, at, claimed).claims
    assert claim.verdict == "wrong"
    assert claim.diagnoses[0].code == code
    if edge:
        assert claim.diagnoses[0].edge == edge


def test_a_formula_for_one_side_of_a_kink_is_explained_there() -> None:
    (claim,) = verify("maximum(0, 1 - t*y)", {"t": -1, "y": 0.4}, {"y": "t"}).claims
    assert claim.diagnoses[0].code == "sign"


def test_cancellation_and_overflow_at_a_probe_are_not_the_students_fault() -> None:
    assert verdicts("exp(x)", {"x": 1}, {"x": "exp(500*x)/exp(499*x)"}) == {"x": "right"}
    assert verdicts("tanh(x)", {"x": 1}, {"x": "1 - tanh(x)**2"}) == {"x": "right"}
    assert verdicts("(1 - cos(x))/x", {"x": 0.5}, {"x": "(x*sin(x) - 1 + cos(x))/x**2"}) == {"x": "right"}


def test_a_variable_that_does_not_occur() -> None:
    assert verdicts(lambda x, y: 3 * x, {"x": 1, "y": 2}, {"y": 0, "x": 3}) == {"x": "right", "y": "right"}
    assert verdicts(lambda x, y: 3 * x, {"x": 1, "y": 2}, {"y": "x"}) == {"y": "wrong"}
    assert verdicts(lambda x: 7.0, {"x": 1}, {"x": 0}) == {"x": "right"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: verify("x*y", {"x": 1}, {"x": 1}), "y has no value"),
        (lambda: verify("x*y", {"x": 1, "y": 2, "z": 3}, {"x": 1}), "z is given a value"),
        (lambda: verify("x*y", {"x": 1, "y": 2}, {}), "nothing is claimed"),
        (lambda: verify("x*)", {"x": 1, "y": 2}, {"x": 1}), "cannot read the formula"),
        (lambda: verify("x*y", {"x": 1, "y": 2}, lambda x, y: (1.0,)), "1 partial derivatives for 2 variables"),
        (lambda: verify("x*y", {"x": 1, "y": 2}, 3.0), "the claims are given by name, as in claimed="),
        (lambda: verify("x*y", {1: 1, "y": 2}, {"x": 1}), "a variable is named by a str, not by 1"),  # type: ignore[dict-item]
        (lambda: verify(lambda *a: a[0], {"a": 1}, {"a": 1}), r"no \*args, \*\*kwargs or keywords"),
        (lambda: verify("x*y", {"x": 1, "y": 2}, {"x": "y"}, domain="x + 3"), "such as z > 0, not 'x \\+ 3'"),
    ],
)
def test_what_cannot_be_understood(call: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_a_claim_without_a_value_at_the_given_point() -> None:
    (claim,) = verify("x**2", {"x": 1}, {"x": "2*x*(x - 1)/(x - 1)"}).claims
    assert claim.verdict == "undecided"
    assert claim.note.startswith("it is right elsewhere, but has no value at the given point")
    (claim,) = verify("exp(x)", {"x": 300}, {"x": "exp(3*x)/exp(2*x)"}).claims
    assert (claim.verdict, claim.note) == ("right", "at the given point itself it leaves the range of floats")
    (claim,) = verify("x*y", {"x": 1, "y": 2}, {}, values={"f": "log(x - 1)"}).claims
    assert (claim.verdict, claim.note) == ("wrong", "the claim has no value at the given point")


def test_a_python_function_over_plain_numbers() -> None:
    assert verdicts("2*x", {"x": 1}, {"x": lambda x: 2.0}) == {"x": "right"}
    assert verdicts("2*x", {"x": 1}, {"x": lambda x: math.inf}) == {"x": "undecided"}
    assert verdicts("exp(x)", {"x": 1}, {"x": lambda x: math.exp(x) if x < 1.2 else math.inf}) == {"x": "right"}
    assert verdicts("exp(x)", {"x": 1}, {"x": lambda x: math.inf if math.exp(x) else 0.0}) == {"x": "undecided"}


def test_assert_gradients_checks_a_backward_function() -> None:
    def backward(x: float, y: float, z: float) -> tuple[float, float, float]:
        return 1 / z, 1 / z, (x + y) / z**2

    with pytest.raises(AssertionError) as failed:
        assert_gradients("(x + y)/z", {"x": 3, "y": 2, "z": 2}, backward)
    assert "∂f/∂z = backward: wrong" in str(failed.value)
    assert "sign: the minus is lost" in str(failed.value)
    assert_gradients("(x + y)/z", {"x": 3, "y": 2, "z": 2}, lambda x, y, z: (1 / z, 1 / z, -(x + y) / z**2))


def test_the_report_in_text_json_and_html() -> None:
    point = {"x": 3, "y": 2, "z": 2}
    claimed = {"x": "1/z", "z": "(x + y)/z**2 + 0*exp(x)"}
    report = verify("(x + y)/z", point, claimed, title="<Ada>")
    text = str(report)
    assert text.startswith(
        "<Ada>: ∂f/∂z is wrong: the sign.\nf = (x + y)/z   at x = 3, y = 2, z = 2\n∂f/∂x = 1/z: right\n"
    )
    assert "right: −(x + y)/z² = −1.25" in text
    assert "right: -(x + y) / z ** 2 = -1.25" in report.text(python=True)
    data = json.loads(json.dumps(report.as_json()))
    assert data["ok"] is False
    assert data["claims"][1]["diagnoses"][0]["edge"] == "(x + y) / z -> z"
    bundle = report._repr_mimebundle_()
    assert "<svg" in bundle["text/html"]
    assert "should be" in bundle["text/html"]
    assert "<Ada>" not in bundle["text/html"]
    hidden = verify("(x + y)/z", point, claimed, reveal=False)
    for given_away in (str(hidden), json.dumps(hidden.as_json()), hidden._repr_mimebundle_()["text/html"]):
        assert "-1.25" not in given_away
        assert "sign" not in given_away
        assert "wrong" in given_away


def test_the_same_report_every_time() -> None:
    arguments = ("x*sin(x)*y", {"x": 2, "y": 3}, {"x": 5.1, "y": "x*cos(x)"})
    assert str(verify(*arguments)) == str(verify(*arguments))


def test_a_deep_function_is_judged() -> None:
    def deep(x: Any) -> Any:
        for _ in range(300):
            x = relu(x) * 1.001
        return x

    assert verify(deep, {"x": 1.0}, {"x": 1.001**300}).ok
    assert not verify(deep, {"x": 1.0}, {"x": 2.0}).ok
