"""Against torch's published update equations, restated here in NumPy with torch's own names."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import RangeError, Value
from nn import MLP
from nn.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop, clip_grad_norm, clip_grad_value
from nn.schedules import constant, cosine, exponential, linear, step_decay

Rule = Callable[[np.ndarray, list[np.ndarray]], np.ndarray]


def torch_sgd(lr: float, momentum: float = 0.0, weight_decay: float = 0.0, nesterov: bool = False) -> Rule:
    def run(theta: np.ndarray, gradients: list[np.ndarray]) -> np.ndarray:
        b = None
        for g in gradients:
            g = g + weight_decay * theta
            if momentum:
                b = g if b is None else momentum * b + g
                g = g + momentum * b if nesterov else b
            theta = theta - lr * g
        return theta

    return run


def torch_rmsprop(lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0.0) -> Rule:
    def run(theta: np.ndarray, gradients: list[np.ndarray]) -> np.ndarray:
        v = np.zeros_like(theta)
        for g in gradients:
            g = g + weight_decay * theta
            v = alpha * v + (1 - alpha) * g**2
            theta = theta - lr * g / (np.sqrt(v) + eps)
        return theta

    return run


def torch_adam(
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: bool = False,
) -> Rule:
    def run(theta: np.ndarray, gradients: list[np.ndarray]) -> np.ndarray:
        m, v = np.zeros_like(theta), np.zeros_like(theta)
        for t, g in enumerate(gradients, start=1):
            if decoupled:
                theta = theta - lr * weight_decay * theta
            else:
                g = g + weight_decay * theta
            m = betas[0] * m + (1 - betas[0]) * g
            v = betas[1] * v + (1 - betas[1]) * g**2
            m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
            theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
        return theta

    return run


CASES: list[tuple[type[Optimizer], dict[str, Any], Rule]] = [
    (SGD, {}, torch_sgd(0.01)),
    (SGD, {"lr": 0.1, "weight_decay": 0.1}, torch_sgd(0.1, weight_decay=0.1)),
    (SGD, {"lr": 0.1, "momentum": 0.9}, torch_sgd(0.1, momentum=0.9)),
    (
        SGD,
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
        torch_sgd(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    (RMSprop, {}, torch_rmsprop()),
    (RMSprop, {"lr": 0.05, "alpha": 0.9, "weight_decay": 0.1}, torch_rmsprop(0.05, 0.9, weight_decay=0.1)),
    (Adam, {}, torch_adam()),
    (Adam, {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.1}, torch_adam(0.1, (0.5, 0.9), weight_decay=0.1)),
    (AdamW, {}, torch_adam(weight_decay=0.01, decoupled=True)),
    (AdamW, {"lr": 0.1, "weight_decay": 0.2}, torch_adam(0.1, weight_decay=0.2, decoupled=True)),
]


@pytest.mark.parametrize(("kind", "settings", "rule"), CASES)
@given(seed=st.integers(0, 999))
def test_updates_are_torchs(kind: type[Optimizer], settings: dict[str, Any], rule: Rule, seed: int) -> None:
    rng = np.random.default_rng(seed)
    theta, gradients = rng.normal(size=3), [rng.normal(size=3) for _ in range(7)]
    expected = rule(theta, gradients)
    parameters = [Value(x) for x in theta]
    optimizer = kind(parameters, **settings)
    array, state = theta, (0.0,) * optimizer.slots
    for step, gradient in enumerate(gradients):
        for parameter, g in zip(parameters, gradient, strict=True):
            parameter.grad = g
        optimizer.step()
        array, state = optimizer.update(array, gradient, state, optimizer.lr(step), step)
    assert [p.data for p in parameters] == pytest.approx(expected.tolist(), rel=1e-12)
    assert array.tolist() == pytest.approx(expected.tolist(), rel=1e-12)


@pytest.mark.parametrize(("kind", "settings", "rule"), CASES)
def test_a_saved_state_continues_to_the_same_bits(kind: type[Optimizer], settings: dict[str, Any], rule: Rule) -> None:
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
        (lambda: RMSprop([Value(1.0)], alpha=2), "alpha is a number from 0 to below 1.0, not 2"),
    ],
)
def test_settings_that_cannot_be_are_said(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_module_stands_for_its_parameters() -> None:
    model = MLP(2, [3, 1])
    assert SGD(model).parameters == model.parameters()
    with pytest.raises(TypeError, match="parameters are Values or a module that has them, not NoneType"):
        Adam(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="an optimizer takes Values, not float"):
        SGD([1.0])  # type: ignore[list-item]


def test_schedules() -> None:
    assert [constant(0.3)(k) for k in (0, 9)] == [0.3, 0.3]
    assert [linear(1.0, 0.1, 100)(k) for k in range(101)] == [1.0 - 0.9 * k / 100 for k in range(101)]
    assert [step_decay(1.0, 3, 0.5)(k) for k in range(7)] == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert exponential(2.0, 0.9)(5) == pytest.approx(2.0 * 0.9**5)
    waves = [0.1 + 0.9 * (1 + math.cos(math.pi * k / 20)) / 2 for k in range(21)]
    assert [cosine(1.0, 20, 0.1)(k) for k in range(21)] == pytest.approx(waves)
    assert cosine(1.0, 20, 0.1)(30) == 0.1


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
def test_clipping(gradients: list[float], limit: float) -> None:
    def values() -> list[Value]:
        parameters = [Value(0.0) for _ in gradients]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        return parameters

    norm = float(np.linalg.norm(gradients))
    by_norm, by_value = values(), values()
    assert clip_grad_norm(by_norm, limit) == pytest.approx(norm)
    scaled = np.array(gradients) * min(1.0, limit / (norm + 1e-6))
    assert [p.grad for p in by_norm] == pytest.approx(scaled.tolist(), abs=1e-12)
    clip_grad_value(by_value, limit)
    assert [p.grad for p in by_value] == np.clip(gradients, -limit, limit).tolist()
