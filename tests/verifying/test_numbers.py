"""One rule for numbers: which are right, which are right but rounded, and which decide nothing."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.verifying import ClaimReport, verify


def judged(function: str, at: dict[str, Any], claimed: Any, **options: Any) -> ClaimReport:
    (claim,) = verify(function, at, {next(iter(at)): claimed}, **options).claims
    return claim


@pytest.mark.parametrize(
    ("function", "at", "claimed", "verdict"),
    [
        ("(x + y)/z", {"z": 1, "x": 3, "y": 2}, "-5", "right"),
        ("cos(x)", {"x": 0}, 0, "right"),
        ("x/2", {"x": 3}, "0.5", "right"),
        ("x**2/2", {"x": 31}, "31", "right"),
        ("1/x", {"x": 3}, "-0.11", "rounded"),
        ("x*exp(y)", {"x": 1.5, "y": -1}, "0.37", "rounded"),
        ("x*exp(y)", {"x": 1.5, "y": -1}, 0.36, "rounded"),  # cut
        ("x*exp(y)", {"x": 1.5, "y": -1}, np.float32(0.37), "rounded"),
        ("x**3/3", {"x": 124.55}, np.int64(15500), "rounded"),
        ("x**3/3", {"x": 124.55}, "15500", "rounded"),  # 15512.7: its zeros are no digits
        ("x**3/3", {"x": 124.55}, "15000", "rounded"),  # cut to two
        ("x**2/2", {"x": 100.43}, "100", "rounded"),
        ("x**2/2", {"x": 100.43}, 100.0, "rounded"),
        ("tanh(x)", {"x": 0.01}, "1", "rounded"),  # 0.9999, and so to three digits
        ("x**2/2", {"x": -0.0324}, "-0.03", "wrong"),  # one digit
        ("log(x)", {"x": 1.5}, "0.7", "wrong"),
        ("x**2/2", {"x": 31}, "30", "wrong"),
        ("x**2/2", {"x": 31}, "30.0", "wrong"),
        ("x**3/3", {"x": 124.55}, "15400", "wrong"),
        ("x*exp(y)", {"x": 1.5, "y": -1}, "0.38", "wrong"),
        ("x*exp(y)", {"x": 1.5, "y": -1}, "0.370", "wrong"),  # three digits, and the last is not right
    ],
)
def test_the_rule(function: str, at: dict[str, Any], claimed: Any, verdict: str) -> None:
    assert judged(function, at, claimed).verdict == verdict


@given(st.floats(0.1, 9.9), st.integers(2, 9), st.sampled_from([ROUND_HALF_UP, ROUND_DOWN]))
def test_the_right_number_is_right_to_two_digits_or_more(x: float, digits: int, how: str) -> None:
    with mpmath.workdps(30):
        true = Decimal(mpmath.nstr(3 * mpmath.mpf(x) ** 2, 25))
    claimed = str(Context(digits, how).plus(true))
    claim = judged("x**3", {"x": x}, claimed)
    if claim.verdict == "undecided":  # a mistake has the same digits
        assert digits == 2
        assert claim.note.startswith("to the digits given it is right, and so is a mistake: ")
    else:
        assert claim.verdict in ("right", "rounded")


@given(st.floats(0.1, 9.9), st.integers(2, 6), st.sampled_from([-2, 2]))
def test_two_units_of_the_last_place_more_or_less_are_wrong(x: float, digits: int, off: int) -> None:
    with mpmath.workdps(30):
        true = Decimal(mpmath.nstr(3 * mpmath.mpf(x) ** 2, 25))
    rounded = Context(min(digits, 3), ROUND_HALF_UP).plus(true)
    claimed = rounded + off * Decimal(1).scaleb(true.adjusted() - min(digits, 3) + 1)
    assert judged("x**3", {"x": x}, format(claimed, "e")).verdict == "wrong"


def test_digits_that_a_common_mistake_has_too_decide_nothing() -> None:
    at = {"x": 1.5, "y": 3}  # ∂f/∂x is 1/y = 0.333…, and without the division by y² for y: 0.3298
    (claim,) = verify("x*exp(-y)*6.7", at, {"x": "0.33"}).claims
    assert claim.verdict == "rounded"
    (claim,) = verify("sin(x)*y", {"x": 0.77, "y": 1.03}, {"x": "0.73"}).claims  # 0.7394 cut, and cos(x) is 0.7179
    assert claim.verdict == "rounded"
    (claim,) = verify("cos(x)*y", {"x": 0.77, "y": 1.02}, {"x": "-0.71"}).claims  # −0.7100, and −sin(x) is −0.6961
    assert claim.verdict == "rounded"
    (claim,) = verify("exp(x)*y", {"x": 1, "y": 1.004}, {"x": "2.7"}).claims  # 2.729, and e itself is 2.718
    assert (claim.verdict, claim.ok, claim.diagnoses) == ("undecided", False, ())
    assert claim.note.startswith("to the digits given it is right, and so is a mistake: missing-factor: the factor y")
    assert verify("exp(x)*y", {"x": 1, "y": 1.004}, {"x": "2.73"}).ok


def test_too_few_digits_are_said() -> None:
    claim = judged("1/x", {"x": 3}, "-0.1")
    assert (claim.verdict, claim.diagnoses) == ("wrong", ())
    assert claim.note == "too few digits: the one that is given is right, but at least two are asked for"
    claim = judged("1/x", {"x": 3}, "-0.111", digits=5)
    assert claim.note == "too few digits: the three that are given are right, but at least five are asked for"
    assert judged("x**2", {"x": 0.7}, "1").note == ""  # no way to write 1.4


@pytest.mark.parametrize(
    ("claimed", "options", "verdict"),
    [
        ("-0.1", {"digits": 1}, "rounded"),
        ("-0.11", {"digits": 1}, "rounded"),
        ("-0.11", {"digits": 2}, "rounded"),
        ("-0.11", {"digits": 3}, "wrong"),
        ("-0.1111", {"digits": 4}, "rounded"),
        ("-0.111115", {"digits": 4}, "rounded"),
        ("-0.1115", {"digits": 4}, "wrong"),
        ("-1/9", {"digits": 15}, "right"),
        ("-0.12", {"tolerance": 0.1}, "rounded"),
        ("-0.1", {"tolerance": 0.11}, "rounded"),
        ("-0.1", {"tolerance": 0.05}, "wrong"),
        ("-0.11111", {"tolerance": 0}, "wrong"),
        ("-1/9", {"tolerance": 0}, "right"),
    ],
)
def test_another_accuracy_may_be_asked_for(claimed: str, options: dict[str, Any], verdict: str) -> None:
    assert judged("1/x", {"x": 3}, claimed, **options).verdict == verdict


def test_a_tolerance_does_not_take_a_mistake_for_the_right_number() -> None:
    assert judged("exp(x)*y", {"x": 1, "y": 1.004}, "2.71828", tolerance=0.01).verdict == "undecided"


def test_values_of_steps_follow_the_rule_too() -> None:
    options: dict[str, Any] = {"values": {"q": "0.37"}, "steps": {"q": "exp(x)"}}
    assert verify("exp(x)*y", {"x": -1, "y": 2}, {}, **options).ok
    assert not verify("exp(x)*y", {"x": -1, "y": 2}, {}, digits=3, **options).ok


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"digits": 0}, "digits is a whole number from 1 to 15, as in digits=3, not 0"),
        ({"digits": True}, "not True"),
        ({"digits": 2.5}, "not 2.5"),
        ({"digits": 16}, "not 16"),
        ({"tolerance": -0.1}, "tolerance is a number from 0 to below 1, as in tolerance=0.01 for 1 %, not -0.1"),
        ({"tolerance": 1}, "not 1"),
        ({"tolerance": "1%"}, "not '1%'"),
        ({"tolerance": float("nan")}, "not nan"),
        ({"digits": 3, "tolerance": 0.1}, "digits and tolerance exclude each other"),
    ],
)
def test_what_is_no_accuracy(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verify("x**2", {"x": 3}, {"x": 6}, **options)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("0.4343*3/(3*x + 2)", "rounded"),
        ("1.303/(3*x + 2)", "rounded"),
        ("0.434/(3*x + 2)", "wrong"),
        ("0.4*3/(3*x + 2)", "wrong"),  # one digit
        ("0.4243*3/(3*x + 2)", "wrong"),
        ("0.4343*3/(3*x - 2)", "wrong"),
    ],
)
def test_a_formula_may_hold_a_rounded_number(claim: str, verdict: str) -> None:
    (found,) = verify("log10(3*x + 2)", {"x": 2.1}, {"x": claim}).claims
    assert found.verdict == verdict
