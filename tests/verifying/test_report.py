"""What a report says first, and how it says it."""

from __future__ import annotations

import pytest

from autograd import verify

COURSE = {"x": 1.5, "y": -1, "z": "pi/2"}
EXERCISE = "x*exp(y) + sin(z)"


@pytest.mark.parametrize(
    ("claimed", "verdict"),
    [
        ({"x": "exp(y)"}, "∂f/∂x is right."),
        ({"x": "exp(y)", "y": "x*exp(y)"}, "Both are right."),
        ({"x": "exp(y)", "y": "x*exp(y)", "z": "cos(z)"}, "All three are right."),
        ({"x": 0.368, "y": "x*exp(y)", "z": "-cos(z)"}, "∂f/∂z is wrong: the rule."),
        ({"x": 17.25}, "∂f/∂x is wrong."),
        ({"x": "exp(-y)", "z": "-cos(z)"}, "∂f/∂x and ∂f/∂z are wrong."),
        ({"x": "((", "z": "-cos(z)"}, "∂f/∂z is wrong: the rule. ∂f/∂x cannot be read."),
        ({"y": "0.6"}, "∂f/∂y is wrong."),
    ],
)
def test_the_verdict_comes_first(claimed: dict[str, object], verdict: str) -> None:
    report = verify(EXERCISE, COURSE, claimed)
    assert report.verdict == verdict
    assert str(report).splitlines()[0] == verdict
    if "the rule" in verdict:
        assert "the rule" not in verify(EXERCISE, COURSE, claimed, reveal=False).verdict


def test_nought_but_for_rounding_is_0() -> None:
    report = verify(EXERCISE, COURSE, {"z": "-cos(z)"})
    assert "right: cos(z) = 0\n" in str(report)
    assert report.claims[0].true == pytest.approx(0, abs=1e-15)
    assert "right: x = 1e-20" not in str(verify("x**2/2", {"x": 1e-20}, {"x": 1.0}))  # a number that is small, not 0
    assert "right: x = 10⁻²⁰" in str(verify("x**2/2", {"x": 1e-20}, {"x": 1.0}))
    assert "z = π/2" in str(report)


def test_what_the_point_hides_is_one_line_until_details_are_asked_for() -> None:
    report = verify(EXERCISE, COURSE, {"z": 0})
    hidden = [line for line in str(report).splitlines() if "cannot show" in line]
    assert hidden == ["  this point cannot show 2 common mistakes; one that can is x = 2.2, y = −1.5, z = 0.79"]
    assert "    sign: the sign is flipped: ∂sin(z)/∂z is cos(z)" in report.details.splitlines()


def test_messages_are_mathematics_and_json_is_python() -> None:
    report = verify("sqrt(x**2 + y**2)", {"x": 3, "y": 4}, {"x": "1/sqrt(x**2 + y**2)"})
    (claim,) = report.claims
    assert "∂f/∂x = 1/√(x² + y²): wrong" in str(report)
    assert "right: x/√(x² + y²) = 0.6" in str(report)
    assert "**" not in str(report)
    assert "sqrt(x ** 2 + y ** 2)" in str(claim.as_json()["formula"])
    assert "∂f/∂x = 1/sqrt(x**2 + y**2): wrong" in report.text(python=True)


def test_a_report_is_typeset() -> None:
    report = verify("x/z", {"x": 3, "z": 4}, {"x": "1/z", "z": 5})
    shown = report._repr_mimebundle_()["text/html"]
    assert "<math><mfrac><mrow><mn>1</mn></mrow><mrow><mi>z</mi></mrow></mfrac></math>" in shown
    assert report.latex.splitlines() == [
        r"\begin{gathered}",
        r"\text{$\frac{\partial f}{\partial z}$ is wrong.} \\",
        r"\begin{aligned}",
        r"f &= \frac{x}{z} \\",
        r"\frac{\partial f}{\partial x} &= \frac{1}{z} && \text{right} \\",
        r"\frac{\partial f}{\partial z} &= \text{5} && \text{wrong}",
        r"\end{aligned}",
        r"\end{gathered}",
    ]
