"""Compiled programs against hand-written NumPy, and against the peers, in one run on one thread.

    pip install -e ".[benchmark]" && python benchmarks/compiled.py

Everything is timed in turn, round after round; the ratios are medians over the rounds of the ratio within one. PyTorch,
micrograd and JAX are compared where they are installed.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import statistics
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np
from workload import demo_loss

from autograd import Value, compile, log, logsumexp, relu, sigmoid
from autograd.engine import engine

ROUNDS = int(os.environ.get("ROUNDS", 15))
SECONDS = 0.1  # of one measurement

Step = Callable[[], Any]


def moons(count: int, noise: float, seed: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that interlock, with labels 0 and 1."""
    draw = np.random.default_rng(seed)
    angle = np.pi * draw.random(count)
    label = draw.integers(0, 2, count)
    points = np.stack([np.cos(angle), np.sin(angle)], 1)
    points[label == 1] = np.array([1.0, 0.5]) - points[label == 1]
    return points + noise * draw.normal(size=points.shape), label.astype(float)


class Network:
    """Layers of ReLU neurons on Values, as micrograd writes them, and the same parameters as arrays."""

    def __init__(self, sizes: Sequence[int]) -> None:
        draw = np.random.default_rng(1)
        self.weights = [draw.normal(size=(m, n)) * np.sqrt(2.0 / n) for n, m in pairwise(sizes)]
        self.biases = [np.zeros(m) for m in sizes[1:]]
        self.layers = [[([Value(w) for w in row], Value(0.0)) for row in weights] for weights in self.weights]

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        found = list(values)
        for depth, layer in enumerate(self.layers):
            found = [sum((w * x for w, x in zip(row, found, strict=True)), bias) for row, bias in layer]
            if depth < len(self.layers) - 1:
                found = [relu(value) for value in found]
        return found

    @property
    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for row, bias in layer for p in (*row, bias)]


# The tutorial: 800 points, 2-10-1, binary cross-entropy ---------------------------------------------


def tutorial_by_hand() -> Step:
    points, label = moons(800, 0.2)
    network = Network([2, 10, 1])
    W1, W2 = network.weights
    b1, b2 = network.biases
    y, m = label[:, None], len(label)

    def epoch() -> float:
        nonlocal W1, b1, W2, b2
        z1 = points @ W1.T + b1
        a1 = np.maximum(z1, 0.0)
        z2 = a1 @ W2.T + b2
        a2 = 1.0 / (1.0 + np.exp(-z2))
        loss = -np.mean(y * np.log(a2 + 1e-8) + (1.0 - y) * np.log(1.0 - a2 + 1e-8))
        dz2 = a2 - y
        dW2 = dz2.T @ a1 / m
        db2 = np.sum(dz2, axis=0) / m
        dz1 = dz2 @ W2 * (z1 > 0.0)
        dW1 = dz1.T @ points / m
        db1 = np.sum(dz1, axis=0) / m
        W1 = W1 - 0.1 * dW1
        b1 = b1 - 0.1 * db1
        W2 = W2 - 0.1 * dW2
        b2 = b2 - 0.1 * db2
        return float(loss)

    return epoch


def tutorial_compiled() -> Step:
    points, label = moons(800, 0.2)
    network = Network([2, 10, 1])

    def loss(x: Any, y: Any) -> Any:
        p = sigmoid(network(x)[0])
        return -(y * log(p) + (1.0 - y) * log(1.0 - p))

    bound = compile(loss).bind(points, label)

    def epoch() -> float:
        value = float(np.mean(bound(points, label)))
        for p, d in zip(bound.parameters, bound.gradients, strict=True):
            p -= (0.1 / len(label)) * d
        return value

    return epoch


# micrograd's demo: 100 points, 2-16-16-1, hinge loss and penalty --------------------------------------


def demo_by_hand() -> Step:
    points, label = moons(100, 0.1)
    y = 2.0 * label - 1.0
    network = Network([2, 16, 16, 1])
    W1, W2, W3 = network.weights
    b1, b2, b3 = network.biases
    parameters = [W1, b1, W2, b2, W3, b3]

    def step() -> float:
        z1 = points @ W1.T + b1
        a1 = np.maximum(z1, 0.0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0.0)
        margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
        loss = np.mean(np.maximum(margin, 0.0)) + 1e-4 * sum(np.sum(p * p) for p in parameters)
        dz3 = (-y * (margin > 0.0) / len(y))[:, None]
        dz2 = dz3 @ W3 * (z2 > 0.0)
        dz1 = dz2 @ W2 * (z1 > 0.0)
        gradients = [
            dz1.T @ points, dz1.sum(axis=0), dz2.T @ a1, dz2.sum(axis=0), dz3.T @ a2, dz3.sum(axis=0)
        ]  # fmt: skip
        for p, d in zip(parameters, gradients, strict=True):
            p -= 0.001 * (d + 2e-4 * p)
        return float(loss)

    return step


def demo_unrolled(samples: int) -> tuple[list[Value], Value]:
    parameters, loss = demo_loss(Value, Value.relu, samples)
    return parameters, loss()


def demo_on_values() -> Step:
    parameters, loss = demo_unrolled(100)
    step = compile(loss)

    def train() -> float:
        value = step()
        for p in parameters:
            p.data -= 0.001 * p.grad
        return value

    return train


def demo_step_alone() -> Step:
    return compile(demo_unrolled(100)[1])


def demo_in_arrays() -> Step:
    points, label = moons(100, 0.1)
    y = 2.0 * label - 1.0
    network = Network([2, 16, 16, 1])
    n = len(y)

    def loss(x: Any, y: Any) -> Any:
        return relu(1.0 - y * network(x)[0]) + 1e-4 * sum(p * p for p in network.parameters)

    bound = compile(loss).bind(points, y)

    def step() -> float:
        value = float(np.mean(bound(points, y)))
        for p, d in zip(bound.parameters, bound.gradients, strict=True):
            p -= (0.001 / n) * d
        return value

    return step


def demo_micrograd() -> Step:
    from micrograd.engine import Value as Micro

    parameters, loss = demo_loss(Micro, Micro.relu, 100)

    def step() -> float:
        total = loss()
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= 0.001 * p.grad
        return float(total.data)

    return step


def demo_torch() -> Step:
    import torch

    torch.set_num_threads(1)
    points, label = moons(100, 0.1)
    network = Network([2, 16, 16, 1])
    x, y = torch.tensor(points), torch.tensor(2.0 * label - 1.0)
    arrays = [a for pair in zip(network.weights, network.biases, strict=True) for a in pair]
    parameters = [torch.tensor(a, requires_grad=True) for a in arrays]
    W1, b1, W2, b2, W3, b3 = parameters

    def step() -> float:
        a2 = torch.relu(torch.relu(x @ W1.T + b1) @ W2.T + b2)
        margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
        loss = torch.relu(margin).mean() + 1e-4 * sum((p * p).sum() for p in parameters)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, d in zip(parameters, gradients, strict=True):
                p -= 0.001 * d
        return loss.item()

    return step


def demo_jax() -> Step:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    points, label = moons(100, 0.1)
    network = Network([2, 16, 16, 1])
    x, y = jnp.array(points), jnp.array(2.0 * label - 1.0)
    parameters = [jnp.array(a) for pair in zip(network.weights, network.biases, strict=True) for a in pair]

    def loss(parameters: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = parameters
        a2 = jax.nn.relu(jax.nn.relu(x @ W1.T + b1) @ W2.T + b2)
        margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
        return jnp.mean(jax.nn.relu(margin)) + 1e-4 * sum(jnp.sum(p * p) for p in parameters)

    @jax.jit
    def update(parameters: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(parameters)
        return value, [p - 0.001 * d for p, d in zip(parameters, gradients, strict=True)]

    def step() -> float:
        nonlocal parameters
        value, parameters = update(parameters)
        return float(value)

    return step


# Digits: 64-32-10, minibatches of 32, softmax with cross-entropy ----------------------------------------


def digits() -> tuple[np.ndarray, np.ndarray]:
    """As many samples as scikit-learn's digits, of the same sizes."""
    draw = np.random.default_rng(0)
    return draw.random((1797, 64)), draw.integers(0, 10, 1797)


def digits_by_hand() -> Step:
    points, label = digits()
    network = Network([64, 32, 10])
    W1, W2 = network.weights
    b1, b2 = network.biases
    order = np.random.default_rng(0).permutation(len(points))
    hot = np.eye(10)[label]

    def epoch() -> float:
        nonlocal W1, b1, W2, b2
        total = 0.0
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            x, y = points[rows], hot[rows]
            z1 = x @ W1.T + b1
            a1 = np.maximum(z1, 0.0)
            z2 = a1 @ W2.T + b2
            e = np.exp(z2 - z2.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            total += -np.sum(y * np.log(p))
            dz2 = (p - y) / len(rows)
            dz1 = dz2 @ W2 * (z1 > 0.0)
            W2, b2 = W2 - 0.1 * (dz2.T @ a1), b2 - 0.1 * dz2.sum(axis=0)
            W1, b1 = W1 - 0.1 * (dz1.T @ x), b1 - 0.1 * dz1.sum(axis=0)
        return total / len(order)

    return epoch


def digits_compiled() -> Step:
    points, label = digits()
    network = Network([64, 32, 10])
    order = np.random.default_rng(0).permutation(len(points))
    hot = np.eye(10)[label]

    def loss(x: Any, y: Any) -> Any:
        logits = network(x)
        return logsumexp(logits) - sum(t * z for t, z in zip(y, logits, strict=True))

    bound = compile(loss).bind(points[:32], hot[:32])

    def epoch() -> float:
        total = 0.0
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            total += np.sum(bound(points[rows], hot[rows]))
            for p, d in zip(bound.parameters, bound.gradients, strict=True):
                p -= (0.1 / len(rows)) * d
        return total / len(order)

    return epoch


# Measuring -----------------------------------------------------------------------------------------------


def seconds(step: Step) -> float:
    """Of one step, over about SECONDS; the first is not counted."""
    step()
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < SECONDS:
        step()
        count += 1
    return elapsed / count


def compare(title: str, steps: dict[str, Callable[[], Step]]) -> None:
    """Times and ratios to the first, which is written by hand."""
    ready = {name: make() for name, make in steps.items()}
    times: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(ROUNDS):
        for name, step in ready.items():
            times[name].append(seconds(step))
    base = next(iter(times.values()))
    print(f"\n{title}\n")
    for name, found in times.items():
        ratio = statistics.median(a / b for a, b in zip(found, base, strict=True))
        print(f"{name:<40}{statistics.median(found) * 1e6:>12.1f} µs{ratio:>10.2f}")


def main() -> None:
    print(f"eager engine: {engine()}; NumPy {np.__version__}; one thread")
    compare("The tutorial's epoch: 800 points, 2-10-1", {"by hand": tutorial_by_hand, "compiled": tutorial_compiled})
    peers: dict[str, Callable[[], Step]] = {
        name: make
        for name, make in {"torch": demo_torch, "jax": demo_jax, "micrograd": demo_micrograd}.items()
        if find_spec(name)
    }
    compare(
        "A step of micrograd's demo: 100 points, 2-16-16-1",
        {
            "by hand": demo_by_hand,
            "compiled, in arrays": demo_in_arrays,
            "compiled, step() on Values": demo_step_alone,
            "compiled, step() and update of Values": demo_on_values,
            **peers,
        },
    )
    compare("An epoch of digits: 64-32-10, 57 minibatches", {"by hand": digits_by_hand, "compiled": digits_compiled})


if __name__ == "__main__":
    main()
