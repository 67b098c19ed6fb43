"""Updates against closed forms, evaluated by mpmath at 50 digits.

On the parabola a·x²/2 a step with momentum is a linear recurrence of second order, whose solution is a sum of powers of
two roots. For gradients that form a geometric sequence, c·qᵏ, the running means of RMSprop and Adam are geometric sums.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import RangeError, Value
from nn import MLP
from nn.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop, clip_grad_norm
from nn.schedules import constant, linear

CASES: list[tuple[type[Optimizer], dict[str, Any]]] = [
    (SGD, {}),
    (SGD, {"lr": 0.1, "weight_decay": 0.1}),
    (SGD, {"lr": 0.1, "momentum": 0.9}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    (RMSprop, {"lr": 0.05, "alpha": 0.9, "weight_decay": 0.1}),
    (Adam, {}),
    (Adam, {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.1}),
    (AdamW, {"lr": 0.1, "weight_decay": 0.2}),
]


@pytest.fixture(autouse=True, scope="module")
def digits() -> Iterator[None]:
    with mp.workdps(50):
        yield


def after(optimizer: Optimizer, gradients: Iterable[Callable[[float], float]]) -> list[float]:
    """The one parameter after each step, of gradients that may depend on it."""
    (x,) = optimizer.parameters
    seen = []
    for gradient in gradients:
        x.grad = gradient(x.data)
        optimizer.step()
        seen.append(x.data)
    return seen


def on_a_parabola(first: Any, sum_of_roots: Any, product_of_roots: Any, second: Any, count: int) -> list[float]:
    """x₂, x₃, ... of xₖ₊₁ = sum·xₖ - product·xₖ₋₁: A·rᵏ + B·sᵏ, with the roots of r² - sum·r + product."""
    root = mp.sqrt(mp.mpc(sum_of_roots**2 - 4 * product_of_roots))
    r, s = (sum_of_roots + root) / 2, (sum_of_roots - root) / 2
    b = (second - first * r) / (s - r)
    return [float(mp.re((first - b) * r**k + b * s**k)) for k in range(1, count + 1)]


@pytest.mark.parametrize("a", [0.5, 3.0, 25.0])
@pytest.mark.parametrize("weight_decay", [0.0, 0.25])
def test_gradient_descent_is_a_geometric_sequence(a: float, weight_decay: float) -> None:
    seen = after(SGD([Value(7.0)], lr=0.0625, weight_decay=weight_decay), [lambda x: a * x] * 30)
    assert seen == pytest.approx([7.0 * (1.0 - 0.0625 * (a + weight_decay)) ** k for k in range(1, 31)], rel=1e-12)


@pytest.mark.parametrize("a", [0.5, 3.0, 25.0])
@pytest.mark.parametrize("momentum", [0.5, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 0.25])
@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_is_a_recurrence_of_second_order(
    a: float, momentum: float, weight_decay: float, nesterov: bool
) -> None:
    """Polyak: xₖ₊₁ = (1 + µ - s)·xₖ - µ·xₖ₋₁, and Nesterov: xₖ₊₁ = (1 + µ)(1 - s)·xₖ - µ(1 - s)·xₖ₋₁, s = lr·a."""
    mu, s = mpf(momentum), mpf(0.0625) * (mpf(a) + mpf(weight_decay))
    if nesterov:
        expected = on_a_parabola(7, (1 + mu) * (1 - s), mu * (1 - s), 7 * (1 - s - mu * s), 30)
    else:
        expected = on_a_parabola(7, 1 + mu - s, mu, 7 * (1 - s), 30)
    optimizer = SGD([Value(7.0)], lr=0.0625, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)
    assert after(optimizer, [lambda x: a * x] * 30) == pytest.approx(expected, rel=1e-11, abs=1e-11)


def running_mean(c: Any, q: Any, beta: Any, k: int) -> Any:
    """(1 - β)·Σⱼ βᵏ⁻ʲ·c·qʲ, for j from 0 to k."""
    return (1 - beta) * c * (beta ** (k + 1) - q ** (k + 1)) / (beta - q)


GEOMETRIC = [(2.0, 0.5), (-3.0, 1.25), (0.001, -0.75), (1e-6, 1.0)]


@pytest.mark.parametrize(("c", "q"), GEOMETRIC)
@pytest.mark.parametrize("settings", [{}, {"lr": 0.05, "alpha": 0.875, "eps": 1e-3}])
def test_rmsprop_divides_by_a_geometric_sum(c: float, q: float, settings: dict[str, float]) -> None:
    lr, alpha, eps = (
        mpf({"lr": 0.01, "alpha": 0.99, "eps": 1e-8, **settings}[name]) for name in ("lr", "alpha", "eps")
    )
    x, expected = mpf(2), []
    for k in range(20):
        x -= lr * mpf(c) * mpf(q) ** k / (mp.sqrt(running_mean(mpf(c) ** 2, mpf(q) ** 2, alpha, k)) + eps)
        expected.append(float(x))
    gradients = [lambda x, k=k: c * q**k for k in range(20)]
    assert after(RMSprop([Value(2.0)], **settings), gradients) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("c", "q"), GEOMETRIC)
@pytest.mark.parametrize("settings", [{}, {"lr": 0.05, "betas": (0.625, 0.875), "eps": 1e-3}])
@pytest.mark.parametrize("weight_decay", [None, 0.0, 0.3])
def test_adam_divides_one_geometric_sum_by_another(
    c: float, q: float, settings: dict[str, Any], weight_decay: float | None
) -> None:
    """Without weight decay Adam; else AdamW, which shrinks the parameter by 1 - lr·λ first."""
    given = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, **settings}
    lr, eps, (first, second) = mpf(given["lr"]), mpf(given["eps"]), map(mpf, given["betas"])
    x, expected = mpf(2), []
    for k in range(20):
        mean = running_mean(mpf(c), mpf(q), first, k) / (1 - first ** (k + 1))
        square = running_mean(mpf(c) ** 2, mpf(q) ** 2, second, k) / (1 - second ** (k + 1))
        x = x * (1 - lr * mpf(weight_decay or 0)) - lr * mean / (mp.sqrt(square) + eps)
        expected.append(float(x))
    gradients = [lambda x, k=k: c * q**k for k in range(20)]
    values = [Value(2.0)]
    optimizer = (
        Adam(values, **settings) if weight_decay is None else AdamW(values, **settings, weight_decay=weight_decay)
    )
    assert after(optimizer, gradients) == pytest.approx(expected, rel=1e-12)


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    for gradient in (1e-100, -2.0, 1e100):
        w = Value(0.0)
        w.grad = gradient
        Adam([w], lr=0.25, eps=0.0).step()
        assert w.data == pytest.approx(-math.copysign(0.25, gradient), rel=1e-12)


@pytest.mark.parametrize("kind", [RMSprop, Adam])
def test_weight_decay_is_a_gradient(kind: Any) -> None:
    """That of λ·x²/2."""
    decayed = after(kind([Value(2.0)], lr=0.1, weight_decay=0.5), [math.sin] * 9)
    assert decayed == pytest.approx(after(kind([Value(2.0)], lr=0.1), [lambda x: math.sin(x) + 0.5 * x] * 9), rel=1e-12)


@pytest.mark.parametrize(("kind", "settings"), CASES)
@given(seed=st.integers(0, 999))
def test_a_rule_gives_of_arrays_what_it_gives_of_numbers(kind: Any, settings: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    array, gradients = rng.normal(size=3), rng.normal(size=(7, 3))
    optimizer = kind([Value(x) for x in array], **settings)
    state: tuple[Any, ...] = (0.0,) * optimizer.slots
    for step, gradient in enumerate(gradients):
        for parameter, number in zip(optimizer.parameters, gradient, strict=True):
            parameter.grad = number
        optimizer.step()
        array, state = optimizer.update(array, gradient, state, optimizer.lr(step), step)
    assert [p.data for p in optimizer.parameters] == pytest.approx(array.tolist(), rel=1e-12)


@pytest.mark.parametrize(("kind", "settings"), CASES)
def test_a_saved_state_continues_to_the_same_bits(kind: type[Optimizer], settings: dict[str, Any]) -> None:
    def steps(optimizer: Optimizer, count: int) -> list[float]:
        for _ in range(count):
            optimizer.zero_grad()
            x, y = optimizer.parameters
            (x * x + x * y * y).backward()
            optimizer.step()
        return [p.data for p in optimizer.parameters]

    whole = kind([Value(1.0), Value(2.0)], **settings)
    first = kind([Value(1.0), Value(2.0)], **settings)
    second = kind([Value(x) for x in steps(first, 3)], **settings)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert steps(second, 4) == steps(whole, 7)
    assert second.steps == 7


def test_a_state_of_another_optimizer_is_refused() -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match="the state is of the optimizer 'SGD', not 'Adam'"):
        Adam([x]).load_state_dict(SGD([x]).state_dict())
    with pytest.raises(ValueError, match="other parameters"):
        Adam([x]).load_state_dict(Adam([x, Value(2.0)]).state_dict())
    with pytest.raises(ValueError, match="other parameters"):
        SGD([x]).load_state_dict(SGD([x], momentum=0.5).state_dict())


def test_an_update_that_leaves_the_floats_changes_nothing() -> None:
    x, y = Value(1.0), Value(1e308)
    optimizer = SGD([x, y], lr=1e10, momentum=0.9)
    x.grad, y.grad = 1.0, -1e308
    with pytest.raises(RangeError, match=r"takes a parameter from 1e\+308 to inf.*try a lower learning rate"):
        optimizer.step()
    assert (x.data, y.data, optimizer.steps, optimizer.state) == (1.0, 1e308, 0, [(0.0,), (0.0,)])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGD([]), "no parameters to optimize"),
        (lambda: SGD([Value(1.0)], lr=-1.0), "lr is a number 0 or more, not -1.0"),
        (lambda: SGD([Value(1.0)], lr="fast"), "lr is a number 0 or more, not 'fast'"),  # type: ignore[arg-type]
        (lambda: SGD([Value(1.0)], lr=math.nan), "lr is a number 0 or more, not nan"),
        (lambda: SGD([Value(1.0)], nesterov=True), "Nesterov's momentum needs a momentum above 0"),
        (lambda: Adam([Value(1.0)], betas=(0.9, 1.0)), "beta is a number from 0 to below 1.0, not 1.0"),
        (lambda: Adam([Value(1.0)], betas=0.9), "betas are two numbers, .*, not 0.9"),  # type: ignore[arg-type]
        (lambda: Adam([Value(1.0)], betas=(0.9,)), "betas are two numbers"),  # type: ignore[arg-type]
        (lambda: SGD([Value(1.0)], lr=True), "lr is a number 0 or more, not True"),
        (lambda: clip_grad_norm([Value(1.0)], -1.0), "max_norm is a number 0 or more, not -1.0"),
        (lambda: linear(1.0, 0.1, 0), "steps is a whole number from 1, not 0"),
        (lambda: RMSprop([Value(1.0)], alpha=2), "alpha is a number from 0 to below 1.0, not 2"),
    ],
)
def test_settings_that_cannot_be_are_said(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_settings_are_floats_whatever_they_were() -> None:
    optimizer = SGD([Value(1.0)], lr=np.float32(0.1), momentum=np.float64(0.5), weight_decay=1)  # type: ignore[arg-type]
    found = optimizer.rate(0), optimizer.momentum, optimizer.weight_decay
    assert (found, set(map(type, found))) == ((float(np.float32(0.1)), 0.5, 1.0), {float})


def test_a_module_stands_for_its_parameters() -> None:
    model = MLP(2, [3, 1])
    assert SGD(model).parameters == model.parameters()
    with pytest.raises(TypeError, match="parameters are Values or a module that has them, not NoneType"):
        Adam(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="an optimizer takes Values, not float"):
        SGD([1.0])  # type: ignore[list-item]


def test_schedules() -> None:
    assert [constant(0.3)(k) for k in (0, 9)] == [0.3, 0.3]
    rate = linear(1.0, 0.1, 100)
    assert (rate(0), rate(50), rate(100), rate(1000)) == pytest.approx((1.0, 0.55, 0.1, 0.1), rel=1e-15)
    assert np.diff([rate(k) for k in range(101)]) == pytest.approx(-0.009, rel=1e-12)


def test_a_schedule_sets_the_rate_of_every_step() -> None:
    x = Value(0.0)
    optimizer = SGD([x], lr=linear(1.0, 0.0, 4))
    x.grad = 1.0
    seen = []
    for _ in range(5):
        before = x.data
        optimizer.step()
        seen.append(before - x.data)
    assert seen == [1.0, 0.75, 0.5, 0.25, 0.0]


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=5), st.floats(0.1, 5))
def test_clipping_keeps_the_direction_and_bounds_the_norm(gradients: list[float], limit: float) -> None:
    parameters = [Value(0.0) for _ in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    norm = mp.norm(gradients)
    assert clip_grad_norm(parameters, limit) == pytest.approx(float(norm), rel=1e-15)
    clipped = [p.grad for p in parameters]
    assert mp.norm(clipped) == pytest.approx(float(min(norm, limit)), rel=2e-5)
    for i, j in zip(range(len(gradients)), range(1, len(gradients)), strict=False):
        assert clipped[i] * gradients[j] == pytest.approx(clipped[j] * gradients[i], rel=1e-12, abs=1e-300)
