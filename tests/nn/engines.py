"""Runs of the engines, to be compared with those of the eager one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from autograd import OperationError, Value, greater, softmax, where
from nn import MLP, SGD, Adam, AdamW, History, Layer, Module, RMSprop, fit, losses
from nn.datasets import make_moons
from nn.optimizers import Optimizer
from nn.schedules import linear

ENGINES = ["eager", "numpy", *(["jax"] if find_spec("jax") else [])]
X, Y = make_moons(24, noise=0.2, random_state=0)
ROWS = np.random.default_rng(0).uniform(0.1, 0.9, (24, 2))
CLASSES = [i % 3 for i in range(24)]
LOSSES: dict[str, tuple[Any, Any, int]] = {
    "mse": (losses.mse, ROWS, 2),
    "mse of one": (losses.mse, ROWS[:, 0], 1),
    "mae": (losses.mae, ROWS, 2),
    "huber": (partial(losses.huber, delta=0.3), ROWS, 2),
    "hinge": (losses.hinge, 2 * Y - 1, 1),
    "sum of hinges": (partial(losses.hinge, reduction="sum"), np.stack([2 * Y - 1, np.ones(24)], 1), 2),
    "bce": (lambda p, y: losses.binary_cross_entropy(p, y), ROWS[:, 0], 1),
    "bce of classes": (losses.binary_cross_entropy, Y, 1),
    "logits": (losses.binary_cross_entropy_with_logits, Y, 1),
    "cross entropy": (losses.cross_entropy, CLASSES, 3),
    "cross entropy of rows": (losses.cross_entropy, np.eye(3)[CLASSES] * 0.7 + 0.1, 3),
    "cross entropy, partial": (partial(losses.cross_entropy, reduction="sum"), CLASSES, 3),
    "one's own": (lambda p, y: abs(p - y) ** 1.5 + p * p, ROWS[:, 0], 1),
}
OPTIMIZERS: dict[str, Callable[[Any], Optimizer]] = {
    "SGD": partial(SGD, lr=0.1),
    "momentum": partial(SGD, lr=0.1, momentum=0.9, weight_decay=0.01),
    "Nesterov": partial(SGD, lr=linear(0.1, 0.02, 10), momentum=0.9, nesterov=True),
    "RMSprop": partial(RMSprop, lr=0.01),
    "Adam": partial(Adam, lr=0.01, weight_decay=0.01),
    "AdamW": partial(AdamW, lr=0.01),
}


class State:
    """All that a run leaves behind."""

    def __init__(self, model: Module, optimizer: Optimizer, history: History) -> None:
        self.losses = history.loss
        self.accuracy = history.accuracy
        self.data = [p.data for p in model.parameters()]
        self.grad = [p.grad for p in model.parameters()]
        self.kept = [slot for slots in optimizer.state for slot in slots]
        self.steps = optimizer.steps

    def is_that_of(self, other: State, rel: float = 1e-12) -> None:
        assert self.accuracy == other.accuracy
        assert self.steps == other.steps
        for name in ("losses", "data", "grad", "kept"):
            np.testing.assert_allclose(
                getattr(self, name), getattr(other, name), rtol=rel, atol=rel * 1e-2, err_msg=name
            )


def run(
    engine: Any,
    make: Callable[[], Module],
    data: Any,
    loss: Any,
    optimizer: Callable[[Any], Optimizer] = OPTIMIZERS["SGD"],
    epochs: int = 3,
    **options: Any,
) -> State:
    model = make()
    rule = optimizer(model)
    return State(model, rule, fit(model, data, loss, rule, epochs, engine=engine, **options))


def agree(*arguments: Any, engine: str = "numpy", **options: Any) -> State:
    """Runs an engine beside the eager one."""
    found = run(engine, *arguments, **options)
    found.is_that_of(run("eager", *arguments, **options))
    return found


def network(outputs: int = 1, activation: str = "tanh", output_activation: str = "linear") -> MLP:
    return MLP(2, [5, 4, outputs], activation, output_activation, initializer="he_normal", seed=1)


def clip(model: Module, history: History) -> None:
    """A callback that changes parameters."""
    for p in model.parameters():
        p.data = max(-0.5, min(0.5, p.data))


class Odd(Module):
    """Parameters in many places: one is not read, one is shared, and a number is read that is no parameter."""

    def __init__(self) -> None:
        self.layer = Layer(2, 3, activation="silu", seed=0)
        self.head = self.layer.neurons[0]
        self.scale = {"out": [Value(0.5), Value(2.0)]}
        self.unread = Value(3.0)
        self.outer = [Value(1.5) * 1.0]

    def __call__(self, x: Any) -> Any:
        hidden = softmax([self.scale["out"][0] * h for h in self.layer(x)])
        return [sum(hidden) - hidden[1], self.head(x) * self.outer[0], where(greater(x[0], 0.5), hidden[2], 7.0)]


class Scale(Module):
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.scale = Value(1.0)
        self.function = function

    def __call__(self, x: Any) -> Any:
        return self.function(self.scale * x[0])


def message(engine: str, make: Callable[[], Module], data: Any, loss: Any, lr: float, **options: Any) -> str:
    model = make()
    with pytest.raises((OperationError, ValueError)) as caught:
        fit(model, data, loss, SGD(model, lr=lr), 500, engine=engine, **options)
    assert np.isfinite([p.data for p in model.parameters()]).all()
    return re.sub(r"(\.\d{9})\d+", r"\1", f"{type(caught.value)}: {caught.value}")
