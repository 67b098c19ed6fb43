"""Every kind of planted mistake is found in the formula that it gives, and only there."""

from __future__ import annotations

import pytest

from autograd.verifying import verify

QUOTIENT = "(x**2 + 1)/(x + 2)"


@pytest.mark.parametrize(
    ("function", "variable", "claimed", "code", "stands", "should"),
    [
        (QUOTIENT, "x", "2*x/1", "wrong-rule", "u′/v′", "(u′·v - u·v′)/v²"),
        (QUOTIENT, "x", "((x**2+1) - 2*x*(x+2))/(x+2)**2", "wrong-rule", "(u·v′ - u′·v)/v²", "(u′·v - u·v′)/v²"),
        (QUOTIENT, "x", "(2*x*(x+2) - (x**2+1))/(x+2)", "wrong-rule", "(u′·v - u·v′)/v", "(u′·v - u·v′)/v²"),
        (QUOTIENT, "x", "2*x*(x+2) - (x**2+1)", "wrong-rule", "u′·v - u·v′", "(u′·v - u·v′)/v²"),
        (QUOTIENT, "x", "(2*x*(x+2) + (x**2+1))/(x+2)**2", "wrong-rule", "(u′·v + u·v′)/v²", "(u′·v - u·v′)/v²"),
        (QUOTIENT, "x", "(2*x*(x+2) - (x**2+1))/(x**2+1)**2", "wrong-rule", "(u′·v - u·v′)/u²", "(u′·v - u·v′)/v²"),
        ("sin(x)*log(x)", "x", "cos(x)/x", "wrong-rule", "u′·v′", "u′·v + u·v′"),
        ("sin(x)*log(x)", "x", "cos(x) + 1/x", "wrong-rule", "u′ + v′", "u′·v + u·v′"),
        ("sin(x**2)", "x", "cos(x)*2*x", "wrong-rule", "sin′(x)", "cos(x ** 2)"),
        ("sin(x**2)", "x", "cos(2*x)", "wrong-rule", "sin′ of the inner derivative", "cos(x ** 2)"),
        ("x**x", "x", "log(x) + 1", "missing-factor", "(v·log(u))′", "u**v · (v·log(u))′"),
        ("sin(x)*y", "x", "cos(x)", "missing-factor", "1", "y"),
        ("sin(x**3)", "x", "cos(x**3)", "missing-factor", "1", "3 * x ** 2"),
        ("x*sin(x)", "x", "sin(x)", "missing-path", "0", "x"),
        ("x/y", "y", "x/y**2", "sign", "x / y ** 2", "-x / y ** 2"),
        ("x**2 + y", "x", "2*x + y", "undifferentiated", "y", "0"),
        ("x**2 - y", "x", "2*x - y", "undifferentiated", "y", "0"),
        ("x**2 - y", "y", "-y", "undifferentiated", "y", "1"),
        ("exp(x)*y", "x", "y*exp(x) + exp(x)", "as-variable", "", ""),
        ("sin(x)", "x", "5/4*cos(x)", "constant-factor", "", ""),
    ],
)
def test_each_is_found(function: str, variable: str, claimed: str, code: str, stands: str, should: str) -> None:
    at = {name: number for name, number in (("x", 3.0), ("y", 5.0)) if name in function.replace("exp", "")}
    (claim,) = verify(function, at, {variable: claimed}).claims
    first = claim.diagnoses[0]
    assert (claim.verdict, first.code, first.stands, first.should) == ("wrong", code, stands, should)
    assert first.second is None  # it is this mistake alone, not with another one


def test_a_long_part_of_the_function_is_counted_in_a_message() -> None:
    inner = " + ".join(f"x*{factor}" for factor in range(2, 13))
    (claim,) = verify(f"sin({inner})", {"x": 0.3}, {"x": f"cos({inner})"}).claims
    assert claim.diagnoses[0].message == "the inner derivative, that of (a part of 43 operations), is missing"


def test_a_swap_that_is_none_anywhere_is_not_hidden() -> None:
    """∂f/∂x = ∂f/∂y at every point: to take the one for the other is no mistake."""
    (claim,) = verify("exp(x + y)", {"x": 0.5, "y": 1.0}, {"x": 4.481689}).claims
    assert claim.verdict in ("right", "rounded")
    assert not [told for told in claim.hidden if told.startswith("swapped")]
    (claim,) = verify("exp(x*y)", {"x": 1.0, "y": 1.0}, {"x": 2.718281828}).claims
    assert "swapped: the derivative with respect to y" in claim.hidden


@pytest.mark.parametrize(
    ("function", "claimed", "message"),
    [
        ("x**x", "x*x**(x - 1)", "the path through the exponent of x^x was not added: x is used twice"),
        ("x**x", "x**x*log(x)", "the path through the base of x^x was not added: x is used twice"),
        ("y*x**x + 2", "y*x**x", "the path through the exponent of x^x was not added: x is used twice"),
        ("x/x", "1/x", "the path through the denominator of x/x was not added: x is used twice"),
        ("x - x", "1", "the path through the second operand of x − x was not added: x is used twice"),
        ("x*x", "x", "one of the paths to x·x was not added: x is used twice"),  # which one nobody can tell
        ("x*sin(x)", "x*cos(x)", "the path through x was not added: x is used twice"),
        ("x**x", "x**x*log(x) - x**x", "the sign is flipped: the derivative with respect to the base of x^x is x^x"),
    ],
)
def test_operands_that_are_the_same_are_told_apart(function: str, claimed: str, message: str) -> None:
    at = {"x": 1.3, **({"y": 2.0} if "y" in function else {})}
    (claim,) = verify(function, at, {"x": claimed}).claims
    assert claim.diagnoses[0].message == message


@pytest.mark.parametrize(
    ("function", "claimed", "message"),
    [
        ("sin(x)", "-cos(x)", "minus the cosine: the derivative of the sine is the cosine, without a minus"),
        ("tan(x)", "1/sin(x)**2", "the sine stands below, not the cosine"),
        ("asin(x)", "1/sin(x)", "one over the sine, not its inverse"),
        ("sqrt(x)", "sqrt(x)/2", "the root stands above: it belongs below the fraction"),
        ("tanh(x)", "1 - x**2", "1 − x²: the square of the operand, not of the result"),
        ("sigmoid(x)", "x*(1 - x)", "x·(1 − x): the operand stands there, not the result"),
        ("maximum(x, y)", "x < y", "the derivative went to the smaller operand: it belongs to the larger"),
        ("x**2*sin(x)", "2*x*cos(x)", "the derivatives were multiplied: (u·v)′ is u′·v + u·v′, not u′·v′"),
        ("x**2*sin(x)", "2*x + cos(x)", "the derivatives were added: (u·v)′ is u′·v + u·v′, not u′ + v′"),
        ("x**2*y**3", "6*x*y**2", "y³ was differentiated: it is constant here, and stays a factor"),
        ("x**2 + y", "2*x + y", "the term y was copied: y is constant, so its derivative is 0"),
        ("exp(x)*y", "y*exp(x) + exp(x)", "the function was differentiated by y, too: y is held constant here"),
        ("1/(x + y)", "-1/(x**2 + y**2)", "a function of a sum was taken for a sum of functions: "),
    ],
)
def test_what_was_done_is_said_first_and_then_what_is_right(function: str, claimed: str, message: str) -> None:
    at = {name: number for name, number in (("x", 0.4), ("y", 0.7)) if name in function.replace("exp", "")}
    (claim,) = verify(function, at, {"x": claimed}).claims
    assert claim.diagnoses[0].message.startswith(message)
