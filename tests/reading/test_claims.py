"""Claims as people write them get the verdict that they deserve, and the report says how they were read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograd.exercises import find
from autograd.verifying import ClaimReport, verify
from autograd.verifying.written import differentiated_by, listed, members, says_undefined
from tests.reading.written_claims import ABSOLUTE, CLAIMS, HALF, QUOTIENT, SQUARE, Subject


def judged(subject: Subject, claimed: Any) -> ClaimReport:
    function, at = subject
    (claim,) = verify(function, at, claimed).claims
    return claim


@pytest.mark.parametrize(("subject", "claimed", "verdict"), CLAIMS, ids=[str(claimed) for _, claimed, _ in CLAIMS])
def test_verdicts(subject: Subject, claimed: dict[str, str], verdict: str) -> None:
    assert judged(subject, claimed).verdict == verdict


def test_the_table_is_large_enough() -> None:
    assert len(CLAIMS) >= 60


def test_a_reading_is_shown_where_it_is_not_what_was_written() -> None:
    report = verify("x e^y", {"x": 2, "y": "0,5"}, {"x": "e^y", "y": "xe^y"})
    assert str(report).splitlines() == [
        "Both are right.",
        "f = x e^y, read as x·e^y   at x = 2, y = 0.5",
        "∂f/∂x = e^y: right",
        "∂f/∂y = xe^y, read as x·e^y: right",
    ]
    data = report.as_json()
    assert (data["function"], data["reading"]) == ("x e^y", "x·e^y")
    assert [claim.get("reading") for claim in data["claims"]] == [None, "x·e^y"]
    assert json.dumps(data)
    assert "read as x·e^y" in report._repr_mimebundle_()["text/html"]


def test_a_claim_that_is_right_in_its_other_reading_is_told_so() -> None:
    claim = judged(HALF, {"x": "1/2x"})
    assert claim.note.startswith("it is right if 1/2x means 1/(2·x), and wrong as it is read here")
    assert claim.reading == "(1/2)·x"
    assert claim.diagnoses == ()
    claim = judged(("1/2x", {"x": 3}), {"x": "-1/(2x²)"})
    assert claim.note.startswith("it is right if 1/2x means 1/(2·x)")
    exercise = find(3)
    options: Any = {"steps": exercise.named_steps, "domain": exercise.domain}
    (claim,) = verify(exercise.by_steps, exercise.at, {"x": "2x/((x² + y² + 1) ln 10)"}, **options).claims
    assert claim.note.startswith("it is right if log(x**2 + y**2 + 1) means log_10(")
    claim = judged(HALF, {"x": "1/3x"})
    assert claim.verdict == "wrong"


def test_the_first_wrong_member_of_a_chain_is_named() -> None:
    claim = judged(SQUARE, {"x": "df/dx = 2x = 2·3 = 5 = 7"})
    assert (claim.verdict, claim.claimed) == ("wrong", "2x = 2·3 = 5 = 7")
    assert claim.note.startswith("2·3 is right, and 5 is not: the mistake lies between them")
    assert judged(SQUARE, {"x": "x² = 2x = 6"}).note.startswith("x² is the first member that is wrong")


def test_what_a_claim_under_another_name_is_told() -> None:
    assert judged(QUOTIENT, {"x": "∂f/∂y = 1/z"}).note == "the derivative ∂f/∂y is claimed, and stands under x"


def test_at_a_kink_the_convention_is_right_with_a_note() -> None:
    claim = judged(ABSOLUTE, {"x": "0"})
    assert claim.note == (
        "at a kink the derivative is -1 from the left and 1 from the right, so there is none; 0 is the convention here"
    )
    wrong = judged(ABSOLUTE, {"x": "1"})
    assert "  right: does not exist" in wrong.lines()
    assert judged(("√(x²)", {"x": 0}), {"x": "0"}).verdict == "wrong"
    assert judged(SQUARE, {"x": "undefined"}).lines()[-1] == "  right: 2x = 6"


def test_undefined_where_the_function_has_no_value() -> None:
    report = verify("ln(x) y", {"x": -1, "y": 2}, {"x": "undefined", "y": "ln x"})
    assert [claim.verdict for claim in report.claims] == ["right", "undecided"]
    assert report.claims[0].note == "log(-1.0) has no value: log needs x > 0"
    lost = verify("x y", {"x": 1, "y": 2}, {"q": "undefined"}, steps={"q": "x/y"}).claims
    assert [claim.verdict for claim in lost] == ["wrong", "undecided"]


@pytest.mark.parametrize("name", ["alpha", "α", "∂f/∂α", r"\partial f/\partial \alpha", "f_alpha"])
def test_a_variable_is_named_in_any_of_its_spellings(name: str) -> None:
    for variable in ("alpha", "α"):
        claim = judged((r"\alpha x", {variable: 2, "x": 3}), {name: "x"})
        assert (claim.name, claim.verdict) == (variable, "right")


def test_a_gradient_as_a_list() -> None:
    assert verify("(x + y)/z", {"x": 3, "y": 2, "z": 2}, "∇f = (0,5, 1/2, −1,25)").ok
    assert verify("(x + y)/z", {"x": 3, "y": 2, "z": 2}, "(1/z, 1/z, -(x+y)/z²)").ok
    with pytest.raises(ValueError, match="a comma between two has a space after it"):
        verify("(x + y)/z", {"x": 3, "y": 2, "z": 2}, "1,1,-5")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dx", "x"),
        ("∂x", "x"),
        ("df/dx", "x"),
        ("∂f / ∂x_1", "x_1"),
        ("d/dx f", "x"),
        ("∂L/∂w", "w"),
        (r"\frac{\partial f}{\partial x}", "x"),
        (r"\frac{\mathrm{d}f}{\mathrm{d}x}", "x"),
        (r"\partial f/\partial \alpha", "alpha"),
        ("f_x", "x"),
        ("f_{x_1}", "x_1"),
        ("∂_x f", "x"),
        ("f'(x)", "x"),
        ("f′(x)", "x"),
        ("∂f/∂x(3, 2)", "x"),
        ("x", ""),
        ("2x", ""),
        ("x_1", ""),
        ("", ""),
    ],
)
def test_the_names_of_derivatives(text: str, name: str) -> None:
    assert differentiated_by(text) == name


@pytest.mark.parametrize("text", ["undefined", "Does not exist!", "it is not defined", "DNE", "∄", "no existe"])
def test_what_says_that_there_is_none(text: str) -> None:
    assert says_undefined(text)
    assert not says_undefined(f"{text} x")


def test_members_and_lists() -> None:
    assert members("= 2x ≈ 6") == ["2x", "6"]
    assert members("where(x == 1, x <= 2, x != 3)") == ["where(x == 1, x <= 2, x != 3)"]
    assert listed(r"\nabla f = [1; 2,5; x]", "xyz") == {"x": "1", "y": "2,5", "z": "x"}


def test_steps_and_their_derivatives_in_mathematics() -> None:
    steps = {"q": "wx + b"}
    claimed = {"∂f/∂q": "2q", "w": "2qx", "x": "2(wx + b)w"}
    report = verify("(wx + b)²", {"w": 2, "x": -1, "b": "½"}, claimed, steps=steps, values={"q": "−2 + ½ = −1,5"})
    assert report.ok, report
