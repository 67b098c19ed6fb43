"""Verdicts on gradients: every kind of verdict, and points where differences go astray."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from autograd import (
    Formula,
    Value,
    acos,
    asin,
    atanh,
    cbrt,
    check_gradients,
    cos,
    exp,
    greater,
    hypot,
    log,
    maximum,
    numerical_derivative,
    relu,
    sigmoid,
    sin,
    sqrt,
    tan,
    where,
)
from autograd.noise import roughness

NASTY: list[tuple[Callable[..., Any], float]] = [
    (lambda x: 1 / x, 1e-8),
    (log, 1e-300),
    (sqrt, 1e-12),
    (cbrt, 1e-9),
    (exp, 700.0),
    (tan, 1.5707),
    (lambda x: sin(1000 * x), 1.0),
    (lambda x: 1 - cos(x), 1e-9),
    (lambda x: x**3, 1e100),
    (lambda x: x**10, 0.0),
    (lambda x: x**2 * sin(1 / x), 0.01),
    (lambda x: 1e8 + sin(x), 1.0),
    (lambda x: hypot(1.175494351e-38, x), 7.7e-45),
    (lambda x: x * 1e-320, 1e10),
    (relu, 1e-9),
    (relu, -1e-9),
    (abs, 1e-12),
    (asin, 1 - 1e-12),
    (sigmoid, -40.0),
    (lambda x: x * abs(x), 0.0),
    (lambda x: cos(x) * 0 + 5, 1.0),
    (lambda x: (x - 1) ** 7, 1.0),
    (lambda x: exp(-1 / x**2), 0.05),
]


@pytest.mark.parametrize(("function", "x"), NASTY, ids=[str(i) for i in range(len(NASTY))])
def test_right_gradients_pass_and_wrong_ones_fail(function: Callable[..., Any], x: float) -> None:
    right = check_gradients(function, x)
    assert right.verdict == "pass", str(right)
    true = right.partials[0].value
    for wrong in (1.01 * true, -true, 2 * true, 0.0) if true != 0.0 else (1.0, -1.0):
        assert check_gradients(function, x, gradient=wrong).verdict == "fail", wrong


@pytest.mark.parametrize("function", [asin, acos, atanh])
@pytest.mark.parametrize("x", [1.0 - 2**-53, -1.0 + 2**-52, 1.0 - 1e-15])
def test_no_false_alarm_beside_a_singularity(function: Callable[..., Any], x: float) -> None:
    assert check_gradients(function, x).verdict in ("pass", "inconclusive")


@pytest.mark.parametrize(
    ("function", "x", "note"),
    [
        (relu, 0.0, "0 from the left and 1 from the right"),
        (abs, 0.0, "-1 from the left and 1 from the right"),
        (lambda x: maximum(x, 2 * x), 0.0, "1 from the left and 2 from the right"),
        (lambda x: greater(x, 0.0), 0.0, "jumps"),
        (lambda x: relu(x - 1) * 3, 1.0, "0 from the left and 3 from the right"),
    ],
)
def test_kinks(function: Callable[..., Any], x: float, note: str) -> None:
    check = check_gradients(function, x)
    assert check.verdict == "kink"
    assert check.ok
    (partial,) = check.partials
    assert note in partial.note
    # What central differences give lies between the slopes, and is the derivative of nothing.
    assert (math.isnan(partial.numerical), partial.error_estimate) == (True, math.inf)
    assert "numerically none (" in str(check)


def test_a_derivative_that_does_not_exist_is_called_undefined() -> None:
    assert "x: inconclusive: undefined, numerically none (sqrt(0.0) has" in str(check_gradients(sqrt, 0.0, names=["x"]))


def test_a_check_is_true_if_nothing_speaks_against_the_gradient() -> None:
    assert check_gradients(exp, 1.0)
    assert check_gradients(relu, 0.0)
    assert not check_gradients(exp, 1.0, gradient=1.0)
    assert not check_gradients(sqrt, 0.0)


def test_the_worst_of_the_partial_derivatives_is_the_verdict() -> None:
    check = check_gradients(lambda x, y: x * x.data + sigmoid(y), 3.0, 40.0)
    assert [partial.verdict for partial in check.partials] == ["fail", "inconclusive"]
    assert check.verdict == "fail"
    check = check_gradients(lambda x, y, z: relu(x) + sigmoid(y) + z, 0.0, 40.0, 1.0)
    assert [partial.verdict for partial in check.partials] == ["kink", "inconclusive", "pass"]
    assert check.verdict == "inconclusive"


def test_a_function_without_a_signature_has_numbered_arguments() -> None:
    assert [partial.name for partial in check_gradients(max, 1.0, 2.0).partials] == ["argument 1", "argument 2"]


def test_a_claim_outside_the_slopes_at_a_kink_fails() -> None:
    assert check_gradients(relu, 0.0, gradient=2.0).verdict == "fail"
    assert check_gradients(relu, 0.0, gradient=0.3).verdict == "kink"


def test_a_cut_graph_fails() -> None:
    check = check_gradients(lambda x: x * x.data, 3.0)
    assert (check.verdict, check.ok) == ("fail", False)
    assert check.partials[0].numerical == pytest.approx(6.0, rel=1e-12)


def test_what_cannot_be_told_is_inconclusive() -> None:
    assert check_gradients(sigmoid, 40.0).verdict == "inconclusive"
    check = check_gradients(sqrt, 0.0)
    assert check.verdict == "inconclusive"
    assert "no finite derivative" in check.partials[0].note


@pytest.mark.parametrize(
    ("function", "x"),
    [(tan, math.pi / 2), (sin, 1e30), (lambda x: cos(x / 7), 1e15), (lambda x: (1e16 + x) - 1e16, 1.0)],
)
def test_what_floats_cannot_resolve_is_not_refuted(function: Callable[..., Any], x: float) -> None:
    assert check_gradients(function, x).verdict in ("inconclusive", "pass")
    assert check_gradients(function, x, gradient=15.0).verdict != "pass"


def test_one_missing_derivative_leaves_the_others() -> None:
    check = check_gradients(lambda x, y: x**y, -2.0, 3.0)
    assert [partial.verdict for partial in check.partials] == ["pass", "inconclusive"]
    assert check.partials[0].value == 12.0
    assert "operand 2" in check.partials[1].note


def test_chance_is_noticed() -> None:
    check = check_gradients(lambda x: x * random.random(), 1.0)
    assert (check.verdict, check.ok) == ("nondeterministic", False)


def test_the_right_zero_of_exercise_2_is_not_called_wrong() -> None:
    check = check_gradients(
        Formula("x*exp(y) + sin(z)"), 1.5, -1.0, math.pi / 2, gradient=(math.exp(-1), 1.5 / math.e, 0)
    )
    assert check.verdict == "pass"
    assert [partial.name for partial in check.partials] == ["x", "y", "z"]


def test_structures_and_names() -> None:
    check = check_gradients(lambda w, b: w[0] * w[1] + b, [2.0, Value(3.0)], 1.0)
    assert [partial.name for partial in check.partials] == ["w[0]", "w[1]", "b"]
    assert "w[1]: pass: 2, numerically 2 ± " in str(check)
    assert check_gradients(lambda *xs: xs[0] * xs[1], 2.0, 3.0, names=["a", "b"]).partials[1].name == "b"
    with pytest.raises(ValueError, match="differ in how many numbers they have: 1, 2"):
        check_gradients(lambda x, y: x * y, 2.0, 3.0, gradient=1.0)
    with pytest.raises(ValueError, match="1 names for 2 numbers"):
        check_gradients(lambda x, y: x * y, 2.0, 3.0, names=["x"])


def spoilt(y: Any, rounding: Callable[[float], float]) -> Any:
    """The number y after a rounding that its graph does not show."""
    return y + (rounding(y.data) - y.data) if isinstance(y, Value) else rounding(y)


def float32(x: float) -> float:
    return float(struct.unpack("f", struct.pack("f", x))[0])


def noisy(x: float) -> float:
    return x + 1e-9 * random.Random(x).random()


ROUGH: list[tuple[Callable[[Any], Any], float, float]] = [
    (lambda x: spoilt(x * x, float32), 1.7, 3.4),
    (lambda x: spoilt(sin(x), lambda y: round(y, 7)), 0.6, math.cos(0.6)),
    (lambda x: spoilt(exp(x), float32) + spoilt(x, float32), 0.9, math.exp(0.9) + 1),
    (lambda x: spoilt(exp(x), noisy), 0.3, math.exp(0.3)),
    (lambda x: spoilt(x**2, lambda y: float(round(y))), 5000.2, 10000.4),
    (lambda x: spoilt(sigmoid(x - 1.5), noisy), 0.3, sigmoid(-1.2) * sigmoid(1.2)),
    (lambda x: spoilt(log(3 * x**2 + 0.5), noisy), -1.5, -9 / 7.25),
    (lambda x: spoilt(1.5 * x, noisy), 0.3, 1.5),
    (lambda x: spoilt(sqrt(5 * x * x + 3), noisy), -0.4, -2 / math.sqrt(3.8)),
]


@pytest.mark.parametrize(("function", "x", "true"), ROUGH, ids=[str(i) for i in range(len(ROUGH))])
def test_a_rough_function_is_seen_from_far_enough_away(function: Callable[[Any], Any], x: float, true: float) -> None:
    assert check_gradients(function, x, gradient=true).verdict == "pass"
    for wrong in (1.01 * true, -true, 2 * true, 0.0):
        assert check_gradients(function, x, gradient=wrong).verdict == "fail", wrong


@pytest.mark.parametrize("x", [-1e-10, -1e-300, -3.0, 0.3, 1e-320, 0.0])
def test_a_single_step_is_no_roughness(x: float) -> None:
    for edge in (0.0, 1.0, -0.25):
        assert roughness(lambda at, edge=edge: float(at > edge), x, 1e-16) == 0.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("function", "point"),
    [
        (lambda x, y: x**2 + y**2, (1e-7, 1e6)),
        (lambda x, y: 1e-13 * x + 1e12 * y, (1.0, 2.0)),
        (lambda x, y: log(x**2 + y**2 + 1), (1e-8, 1e4)),
    ],
)
def test_a_zero_that_may_have_drowned_is_not_confirmed(
    function: Callable[..., Any], point: tuple[float, float]
) -> None:
    along_y = check_gradients(function, *point).partials[1].value
    check = check_gradients(function, *point, gradient=(0.0, along_y))
    assert [partial.verdict for partial in check.partials] == ["inconclusive", "pass"]


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (lambda x: relu(x - 1e5), 3.0),
        (lambda x: 1 + relu(x - 2) ** 2, 0.3),
        (lambda x: (relu(0.5 * x - 1) + 3) ** 2, 0.7),
        (lambda x: greater(x, 1.0), 0.3),
        (lambda x: where(greater(x, 1.0), x**2, 4.0), 0.3),
        (lambda x: 0 * x + 7e9, 2.0),
    ],
)
def test_where_a_function_is_constant_zero_is_right(function: Callable[[Any], Any], x: float) -> None:
    assert check_gradients(function, x).verdict == "pass"
    assert check_gradients(function, x, gradient=0.01).verdict == "fail"


def test_error_estimates_hold() -> None:
    """The true error stays within the estimate on smooth functions at random points."""
    draw = random.Random(11)
    cases: list[tuple[Callable[[float], float], Callable[[Any], Any]]] = [
        (math.exp, mpmath.exp),
        (math.sin, mpmath.cos),
        (math.log1p, lambda x: 1 / (1 + x)),
        (math.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x))),
        (math.atan, lambda x: 1 / (1 + x**2)),
    ]
    for function, derivative in cases:
        for _ in range(40):
            x = draw.uniform(0.01, 5.0) * 10.0 ** draw.randint(-3, 1)
            estimate = numerical_derivative(function, x, noise=2 * math.ulp(function(x)))
            with mpmath.workdps(50):
                error = abs(mpmath.mpf(estimate.value) - derivative(mpmath.mpf(x)))
            assert error <= 2.0 * estimate.error, (function, x)
            assert estimate.error <= 1e-7 * max(1.0, math.fabs(estimate.value))


def test_a_check_shows_itself_as_it_is_printed() -> None:
    check = check_gradients(lambda x: x * x, 3.0)
    assert repr(check) == str(check) == f"gradient check: pass\n  {check.partials[0]}"
