"""What is named, and what is not: evidence, rank, the right place, and what the person wrote."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.formula import Formula
from autograd.notation import expression
from autograd.notation.tree import Name
from autograd.verifying import ClaimReport, how_common, verify
from autograd.verifying.choosing import fits
from autograd.verifying.claims import Claim
from autograd.verifying.diagnosing import Compared, Inquiry, Search, causes
from autograd.verifying.function import Function
from autograd.verifying.ranking import LIKELY, MOST
from autograd.verifying.textbook import derivative, forms
from autograd.verifying.tracing import Wanted
from autograd.verifying.trees import python, value


def report(function: str, at: dict[str, Any], variable: str, claimed: object, **options: Any) -> ClaimReport:
    return next(c for c in verify(function, at, {variable: claimed}, **options).claims if c.name == variable)


def codes(claim: ClaimReport) -> list[str]:
    return [diagnosis.code for diagnosis in claim.diagnoses]


@pytest.mark.parametrize(
    ("function", "at", "claimed", "code", "words"),
    [
        ("ln(x + y)", {"x": 2, "y": 3}, "1/x + 1/y", "algebra", "1/(x + y) is not 1/x + 1/y"),
        ("sqrt(x**2 + y**2)", {"x": 3, "y": 4}, "x/(x + y)", "algebra", "√(x² + y²) is not x + y"),
        ("exp(x*y)", {"x": 1, "y": 0.5}, "y*exp(x)*exp(y)", "algebra", "e^(xy) is not e^x e^y"),
        ("-(x + y)/z", {"x": 3, "y": 2, "z": 2}, "(x - y)/z**2", "algebra", "is not"),
        ("(x + y)/z", {"x": 3, "y": 2, "z": 2}, "-x + y/z**2", "algebra", "a bracket is forgotten"),
        ("x/(x + y)", {"x": 2, "y": 3}, "y/(x**2 + y**2)", "algebra", "(x + y)² is not x² + y²"),
        ("(x**2 + 1)*(x + 2)", {"x": 1.5}, "2*x*(x + 2)*(x**2 + 1)", "algebra", "multiplied"),
        ("t**2 - 9", {"t": 4}, "2*t - 9", "undifferentiated", "9 is constant"),
        ("x**2*y + y**3", {"x": 2, "y": 3}, "2*x*y + x**2 + 3*y**2", "as-variable", "y is held constant"),
        ("x*y**2", {"x": 2, "y": 3}, "0", "as-constant", "x was held constant"),
        ("x*sin(x)", {"x": 1.3}, "x + sin(x)*cos(x)", "wrong-rule", "not u′·u + v·v′"),
        ("asin(x/y)", {"x": 1, "y": 3}, "-1/(y*sqrt(1 - x**2/y**2))", "wrong-rule", "the derivative of the arccosine"),
        ("asinh(x)", {"x": 2}, "1/sqrt(x**2 - 1)", "wrong-rule", "area cosine"),
        ("(3*x + 4)**2", {"x": 1}, "6*(3*x)", "wrong-rule", "4 was dropped from 3x + 4"),
        ("(p - y)**2", {"p": 0.8, "y": 1}, "(1 - y)/(1 - p) - y/p", "wrong-rule", "of the cross-entropy"),
        ("maximum(a, b)*c", {"a": 5, "b": 2, "c": 3}, "a*c", "wrong-rule", "the value of the larger operand"),
        ("2**x", {"x": 3}, "2**x*log10(2)", "log-base", "log₁₀ stands where ln belongs"),
        ("(sigmoid(w*x) - t)**2", {"w": 0.5, "x": 1.2, "t": 0.3}, "2*(w*x - t)*sigmoid(w*x)*sigmoid(-w*x)*x",
         "wrong-rule", "wx stands where its sigmoid belongs"),
    ],
)  # fmt: skip
def test_the_cause_is_named(function: str, at: dict[str, Any], claimed: str, code: str, words: str) -> None:
    names = Formula(function).variables
    variable = "z" if "z" in names else names[0]
    claim = report(function, {name: at[name] for name in names}, variable, claimed)
    assert claim.diagnoses[0].code == code
    assert words in claim.diagnoses[0].message


@pytest.mark.parametrize(
    ("function", "at", "claimed", "code"),
    [
        ("x**4", {"x": 3}, "104", "arithmetic"),  # 108
        ("5*x**3 + 2*x", {"x": 6}, "524", "arithmetic"),  # 542
        ("k/r**2", {"k": 9, "r": 4}, "0.625", "decimal"),  # 1/16 = 0.0625
        ("sin(x)*y", {"x": 0.9, "y": 4}, "3.9995", "degrees"),
        ("a*ln(b)", {"a": 4, "b": 6}, "0.7782", "log-base"),
    ],
)
def test_a_slip_of_calculation_is_a_guess(function: str, at: dict[str, Any], claimed: str, code: str) -> None:
    assert codes(report(function, at, Formula(function).variables[0], claimed))[0] == code


def test_what_a_mistake_explains_is_no_slip_of_calculation() -> None:
    """∂(x³)/∂x is 75 at 5; 125 is the power itself, and one digit of 75 exchanged, with a carry, by chance."""
    assert codes(report("x**3", {"x": 5}, "x", 375)) == ["wrong-rule"]


def test_a_number_of_few_digits_is_no_evidence() -> None:
    """With 3 digits, some of hundreds of mistakes always fit: an unlikely one is not named for it."""
    function, at = "(tanh(w*x + b) - t)**2", {"w": 0.3, "x": 0.5, "b": 0.2, "t": 0.4}
    named = [n for n in range(100, 1000, 7) if codes(report(function, at, "w", f"0.{n}")) != ["unknown"]]
    assert len(named) <= 8  # of 129


@given(st.floats(0.3, 3.0), st.floats(0.3, 3.0))
def test_no_more_than_three_and_the_likeliest_first(x: float, y: float) -> None:
    claim = report("x**2*y + sin(x*y)", {"x": x, "y": y}, "x", float(f"{x * y:.3g}"))
    assert len(claim.diagnoses) <= MOST


def test_two_that_fit_equally_are_told_apart() -> None:
    """At x = 2, 4·5 is the lowered exponent without its factor, and the integral too."""
    claim = report("x**3*y", {"x": 2, "y": 5}, "x", 20)
    first, second = claim.diagnoses[:2]
    assert (first.apart, second.apart) == ("", "at x = 3, y = 7.5 the first gives 67.5, and this 151.9")
    assert math.isclose(3.0**2 * 7.5, 67.5)
    assert math.isclose(3.0**4 / 4 * 7.5, 151.875)
    assert "or wrong-rule: this is the integral" in "\n".join(claim.lines())
    assert claim.as_json()["diagnoses"][1]["apart"] == second.apart


def test_the_sign_belongs_to_the_outermost_minus() -> None:
    claim = report("exp(-(x - m)**2)", {"x": 1.3, "m": 0.4}, "m", "-2*(x - m)*exp(-(x - m)**2)")
    assert claim.diagnoses[0].edge == "-(x - m) ** 2 -> (x - m) ** 2"


def test_nobody_is_told_of_a_root_that_stands_where_it_belongs() -> None:
    claim = report("sqrt(x/y)", {"x": 2, "y": 3}, "x", "1/(2*sqrt(y/x)*y)")
    assert claim.diagnoses[0].message == "the local derivative at √(x/y) comes out as 0.5√(x/y); it is 0.5/√(x/y)"
    claim = report("sqrt(x)*y", {"x": 2, "y": 3}, "x", "sqrt(x)*y/2")
    assert "the root stands above: it belongs below the fraction" in claim.diagnoses[0].message


def test_right_steps_exclude_mistakes_in_them() -> None:
    """∂f/∂q is right, so the minus was not lost in 1/z, but below q."""
    steps, at = {"q": "x - y"}, {"x": 3, "y": 1, "z": 2}
    alone = report("1/(x - y)*z", at, "y", "-z/(x - y)**2")
    assert alone.diagnoses[0].edge == "1 / (x - y) -> x - y"
    known = verify("1/(x - y)*z", at, {"q": "-z/q**2", "y": "-z/(x - y)**2"}, steps=steps).claims[1]
    assert known.diagnoses[0].edge == "x - y -> y"


def test_between_two_members_of_a_chain_only_slips_are_made() -> None:
    claim = report("(x**2 + 1)*(x + 2)", {"x": 1.5}, "x", "2*x*(x + 2) + x**2 + 1 = 3*x**2 + 4*x - 1")
    assert codes(claim)[0] == "algebra"
    claim = report("x*sin(x)", {"x": 1.5}, "x", "sin(x) + x*cos(x) = x*cos(x)")
    assert "missing-path" not in codes(claim)


@pytest.mark.parametrize(
    ("step", "claimed", "code"),
    [("x*y", 54, "arithmetic"), ("x*y", 5.6, "decimal"), ("(x + y)**2", 113, "algebra"), ("ln(x)", 0.8451, "log-base")],
)
def test_a_value_can_be_miscalculated(step: str, claimed: float, code: str) -> None:
    at = {"x": 7, "y": 8, "z": 2}
    (claim,) = verify(f"({step})*z + y", at, {}, steps={"q": step}, values={"q": claimed}).claims
    assert (claim.verdict, codes(claim)[0]) == ("wrong", code)


def test_how_common_a_mistake_is_can_be_set() -> None:
    function, at = "ln(x + y)", {"x": 2, "y": 3}
    usual = report(function, at, "x", "1/x")
    assert usual.diagnoses[0].code == "wrong-rule"
    assert report(function, at, "x", "1/x", common={"algebra": 3.0}).diagnoses[0].code == "algebra"
    made = how_common([verify("exp(x*y)", {"x": 1, "y": 0.5}, {"x": "y*exp(x)*exp(y)"})] * 10)
    assert made["algebra"] > 3.0 > 1.0 > made["sign"]
    assert report(function, at, "x", "1/x", common=made).diagnoses[0].code == "algebra"


def test_the_scale_is_in_order() -> None:
    assert list(LIKELY.values()) == sorted(LIKELY.values(), reverse=True)


@pytest.mark.parametrize(
    ("function", "plain"),
    [
        ("x/(x + 1)", lambda x, y: x / (x + 1)),
        ("sqrt(x**2 + 9)", lambda x, y: mpmath.sqrt(x**2 + 9)),
        ("x**x", lambda x, y: x**x),
        ("2**(3*x)", lambda x, y: mpmath.mpf(2) ** (3 * x)),
        ("atan2(x, y)", mpmath.atan2),
        ("asin(x/3)*y", lambda x, y: mpmath.asin(x / 3) * y),
        ("log10(x)", lambda x, y: mpmath.log10(x)),
        ("hypot(x, y)/x", lambda x, y: mpmath.hypot(x, y) / x),
    ],
)
def test_every_form_is_the_derivative(function: str, plain: Callable[..., Any]) -> None:
    """Compared with mpmath's own derivative, at 50 digits."""
    tree = expression(Formula(function).symbol)
    assert tree is not None
    names = {"x": 1.3, "y": 0.7, "e": math.e, "π": math.pi}
    with mpmath.workdps(50):
        true = float(mpmath.diff(lambda x: plain(x, mpmath.mpf(0.7)), mpmath.mpf(1.3)))
    for form in (derivative(tree, Name("x")), *forms(tree, Name("x"))):
        assert math.isclose(value(form, names), true, rel_tol=1e-12)
        again = Formula(python(form))
        assert math.isclose(again(**{name: names[name] for name in again.variables}), true, rel_tol=1e-12)


def test_no_slip_gives_the_right_answer_a_name() -> None:
    """What makes no difference here explains nothing."""
    function = Function("x + y")
    trace = function.trace({"x": 1.0, "y": 2.0})
    claim = Claim("1", ("x", "y"), {})
    inquiry = Inquiry([Wanted("x"), Wanted("y")], [Compared(trace, (1.0, 0.0), (1.0, 0.0))], claim)
    assert causes(inquiry) == []
    assert not [s for s in Search(inquiry, {}).graph if fits(inquiry, s, math.inf)]


def test_a_step_is_not_differentiated_along_what_it_is_made_of() -> None:
    """1 is the sum of the derivatives by q = x + y and by x, and says nothing of the kind."""
    (claim,) = verify("(x + y)/z", {"x": 3, "y": 2, "z": 2}, {"q": 1}, steps={"q": "x + y"}).claims
    assert claim.diagnoses[0].code == "missing-factor"
    assert not any("was differentiated by x" in diagnosis.message for diagnosis in claim.diagnoses)
