"""The person's own evidence: what follows from an earlier wrong step, and where a mistake cannot lie."""

from __future__ import annotations

from typing import Any

import pytest

from autograd.verifying import verify
from autograd.verifying.function import Function

POINT = {"x": -2, "y": 5, "z": -4}
SUM = {"q": "x + y"}
NEURON = {"w": 2, "x": -1, "b": 0.5}


def verdicts(function: str, at: dict[str, Any], claimed: dict[str, Any], **options: Any) -> dict[str, str]:
    return {claim.title: claim.verdict for claim in verify(function, at, claimed, **options).claims}


def test_what_follows_from_a_wrong_value_is_no_other_mistake() -> None:
    report = verify("(x + y)*z", POINT, {"q": -4, "x": -4, "z": 7}, values={"q": 7, "f": -28}, steps=SUM)
    assert [(claim.title, claim.verdict) for claim in report.claims] == [
        ("q", "wrong"),
        ("f", "follows"),
        ("∂f/∂q", "right"),
        ("∂f/∂x", "right"),
        ("∂f/∂z", "follows"),
    ]
    assert not report.ok
    assert report.verdict == "q is wrong. f and ∂f/∂z follow from an earlier mistake."
    follows = report.claims[1]
    assert (follows.note, follows.ok, follows.diagnoses) == ("right, given your q = 7", False, ())
    assert report.first_wrong() is report.claims[0]
    assert "f = −28: follows\n  right, given your q = 7\n" in str(report)
    assert report.as_json()["claims"][1]["verdict"] == "follows"
    assert ">follows</b>" in report._repr_mimebundle_()["text/html"]


def test_what_follows_gives_nothing_away() -> None:
    shown = verify("(x + y)*z", POINT, {"z": 7}, values={"q": 7}, steps=SUM, reveal=False)
    assert "right, given your q = 7" in str(shown)
    assert "= 3" not in str(shown)
    assert shown.as_json()["claims"][1]["note"] == "right, given your q = 7"
    assert "true" not in shown.as_json()["claims"][1]


@pytest.mark.parametrize(
    ("q", "x"),
    [
        ("z*2", "z*2"),
        (-8, -8),
        (-8, "-8"),
        ("-z", "-z*1"),
        ("-z", 4),
        (4, 4.0),
        ("-z = 4", "-z = 4"),
        ("-z = 5", 5),
        ("-z = 5", 4),
        (4, "3 + 1"),
    ],
)
def test_what_follows_from_a_wrong_derivative(q: Any, x: Any) -> None:
    found = verdicts("(x + y)*z", POINT, {"q": q, "x": x}, steps=SUM)
    assert found == {"∂f/∂q": "wrong", "∂f/∂x": "follows"}


@pytest.mark.parametrize(("q", "x"), [(4, 5), (4, -5), ("-z", "z*2"), ("-z", 5), (4, "undefined"), ("undefined", 4)])
def test_what_does_not_follow_is_wrong(q: Any, x: Any) -> None:
    assert verdicts("(x + y)*z", POINT, {"q": q, "x": x}, steps=SUM)["∂f/∂x"] == "wrong"


def test_steps_within_steps_follow_from_the_first_that_is_wrong() -> None:
    claimed = {"q": "exp(-q)", "p": "2*p*exp(-q)", "x": "2*p*exp(-q)*y", "y": "2*x*y*exp(-(x*y)**2)*x"}
    report = verify("exp(-((x*y)**2))", {"x": 0.5, "y": 1.5}, claimed, steps={"p": "x*y", "q": "p**2"})
    assert [claim.verdict for claim in report.claims] == ["wrong", "follows", "follows", "follows"]
    assert report.claims[0].diagnoses[0].code == "sign"


def test_a_neuron_with_a_wrong_sum_and_one_with_a_wrong_output() -> None:
    steps = {"h": "w*x + b"}
    claimed: dict[str, Any] = {"h": "0.0701", "w": "-0.0701", "b": "0.0701"}
    found = verdicts("sigmoid(w*x + b)", NEURON, claimed, values={"h": -2.5, "f": "0.0759"}, steps=steps)
    assert list(found.values()) == ["wrong", "follows", "follows", "follows", "follows"]
    for function, slope in (("sigmoid", "0.21"), ("tanh", "0.91")):  # σ·(1 − σ) and 1 − tanh² of 0.3
        found = verdicts(f"{function}(w*x + b)", NEURON, {"h": slope}, values={"f": 0.3}, steps=steps)
        assert found == {"f": "wrong", "∂f/∂h": "follows"}


def test_two_wrong_steps_are_named_where_both_are_needed() -> None:
    steps = {"p": "x + y", "q": "z + 1"}
    report = verify("(x + y)*(z + 1)", POINT, {}, values={"p": 4, "q": 3, "f": 12}, steps=steps)
    assert [claim.verdict for claim in report.claims] == ["wrong", "wrong", "follows"]
    assert report.claims[2].note == "right, given your p = 4 and q = 3"


def test_a_chain_follows_from_where_it_uses_the_wrong_step() -> None:
    found = verdicts("(x + y)*z", POINT, {"z": "q = 7"}, values={"q": "x + y = 7"}, steps=SUM)
    assert found == {"q": "wrong", "∂f/∂z": "follows"}
    assert verdicts("(x + y)*z", POINT, {"z": "q = 8"}, values={"q": 7}, steps=SUM)["∂f/∂z"] == "wrong"


def test_what_is_computed_from_rounded_steps_is_rounded() -> None:
    options: dict[str, Any] = {"steps": {"p": "exp(y)"}, "values": {"p": "0.37"}}
    (_, claim) = verify("5*exp(y)*x", {"y": -1, "x": 2}, {"x": 1.85}, **options).claims
    assert (claim.verdict, claim.note) == ("rounded", "right, given your p = 0.37")
    assert verdicts("5*exp(y)*x", {"y": -1, "x": 2}, {"x": 1.85}) == {"∂f/∂x": "wrong"}
    assert verdicts("5*exp(y)*x", {"y": -1, "x": 2}, {"x": "1.85 + 0*x"}, **options)["∂f/∂x"] == "wrong"


def test_many_wrong_steps_are_tried_alone_and_together() -> None:
    steps = {name: f"{name}1 + 1" for name in "abcdgh"}
    function = " * ".join(f"({step})" for step in steps.values())
    at = {f"{name}1": 1 for name in steps}
    found = verdicts(function, at, {}, values={**dict.fromkeys(steps, 3), "f": 729}, steps=steps)
    assert found["f"] == "follows"
    found = verdicts(function, at, {}, values={**dict.fromkeys(steps, 3), "f": 96}, steps=steps)
    assert found["f"] == "follows"  # 3·2·2·2·2·2: from one of them alone
    found = verdicts(function, at, {}, values={**dict.fromkeys(steps, 3), "f": 50}, steps=steps)
    assert found["f"] == "wrong"


def test_a_right_step_excludes_the_mistakes_in_it() -> None:
    at = {"x": 0.3, "y": 1.5}
    (alone,) = verify("sin(x*y)*2", at, {"x": "-2*cos(x*y)*y"}).claims
    assert alone.diagnoses[0].edge == "sin(x * y) -> x * y"
    (_, claim) = verify("sin(x*y)*2", at, {"q": "2*cos(q)", "x": "-2*cos(x*y)*y"}, steps={"q": "x*y"}).claims
    assert claim.diagnoses[0].edge == "x * y -> x"
    assert not any("sin(x * y)" in diagnosis.edge for diagnosis in claim.diagnoses)


def test_a_node_reached_by_another_way_is_not_excluded() -> None:
    at = {"x": 0.3, "y": 1.5}  # who has ∂f/∂q = x right may still forget the path by x itself
    (_, claim) = verify("sin(x*y)*x", at, {"q": "cos(q)*x", "x": "cos(x*y)*y*x"}, steps={"q": "x*y"}).claims
    assert claim.diagnoses[0].code == "missing-path"


@pytest.mark.parametrize(
    ("claimed", "note"),
    [
        ("sin x + x cos x = x cos x", "sin x + x cos x is right, and x cos x is not: the mistake lies between them"),
        ("sin x + x cos x = 0.2", "sin x + x cos x is right, and 0.2 is not: the mistake lies between them"),
    ],
)
def test_between_two_members_of_a_chain_no_rule_is_mistaken(claimed: str, note: str) -> None:
    (claim,) = verify("x*sin(x)", {"x": 2}, {"x": claimed}).claims
    assert (claim.verdict, claim.note) == ("wrong", note)
    assert {diagnosis.code for diagnosis in claim.diagnoses} == {"unknown"}
    (alone,) = verify("x*sin(x)", {"x": 2}, {"x": "x cos x"}).claims
    assert alone.diagnoses[0].code == "missing-path"


def test_a_right_number_before_a_wrong_formula_says_nothing_about_the_rules() -> None:
    (claim,) = verify("(x + y)/z", {"x": 3, "y": 2, "z": 1}, {"z": "-5 = -(x + y)/z"}).claims
    assert claim.diagnoses[0].code == "wrong-rule"


def test_a_step_may_have_a_kink() -> None:
    for claimed, verdict in (("undefined", "right"), (0, "right"), (1, "wrong")):
        found = verdicts("abs(x*y)", {"x": 0, "y": 1}, {"q": claimed}, steps={"q": "x*y"})
        assert found == {"∂f/∂q": verdict}


def test_an_evaluation_is_replayed_with_other_numbers() -> None:
    trace = Function("(x + y)*z").trace({"x": 1.0, "y": 2.0, "z": 3.0})
    place = trace.parts.index("x + y")
    assert trace.replayed({place: 5.0})[-1].data == 15.0


def test_what_follows_from_a_wrongly_defined_step() -> None:
    claimed: dict[str, Any] = {"q": "z", "x": "z", "y": "-z", "z": "x - y"}
    report = verify("(x + y)*z", POINT, claimed, values={"q": -7, "f": 28}, steps={"q": "x - y"})
    assert report.verdict == "q is wrong. q, ∂f/∂q, f, ∂f/∂y and ∂f/∂z follow from an earlier mistake."
    assert {claim.note for claim in report.claims if claim.verdict == "follows"} == {"right, given your q = x − y"}
    assert [claim.title for claim in report.claims if claim.verdict == "right"] == ["∂f/∂x"]


@pytest.mark.parametrize("claimed", [{"y": "-2*z"}, {"z": "x*y"}, {"z": 6}, {"y": 5}])
def test_what_does_not_follow_from_a_wrongly_defined_step(claimed: dict[str, Any]) -> None:
    (_, claim) = verify("(x + y)*z", POINT, claimed, steps={"q": "x - y"}).claims
    assert claim.verdict == "wrong"


def test_a_wrongly_defined_step_may_use_another() -> None:
    steps = {"p": "x*y", "q": "p + x"}  # for p²
    at, slope = {"x": 0.5, "y": 1.5}, "(y + 1)*exp(x*y + x)"
    found = verdicts("exp((x*y)**2)", at, {"q": "exp(q)", "p": "exp(q)", "x": slope}, values={"q": 1.25}, steps=steps)
    assert found == dict.fromkeys(["q", "∂f/∂q", "∂f/∂p", "∂f/∂x"], "follows")


def test_more_may_follow_from_what_was_rounded_on_the_way() -> None:
    values: dict[str, Any] = {"p": 0.345, "q": "1.7", "f": "11.9"}
    report = verify("5*exp(y)*x", {"y": -1, "x": 7}, {}, values=values, steps={"p": "exp(y)", "q": "5*p"})
    assert [claim.verdict for claim in report.claims] == ["wrong", "follows", "follows"]
    assert [claim.note for claim in report.claims[1:]] == ["right, given your p = 0.345", "right, given your q = 1.7"]
