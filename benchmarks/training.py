"""``fit`` against the same runs written by hand in NumPy, on one thread.

    pip install -e ".[data]" && python benchmarks/training.py

Everything is timed in turn, round after round; the ratios are medians over the rounds of the ratio within one. A run is
timed whole, with what it takes to compile; and what an epoch costs once it runs, as the difference of two runs.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from timing import interleaved, median_ratio

from autograd.engine import engine as eager_engine
from nn.runs import RUNS

ROUNDS = int(os.environ.get("ROUNDS", 9))
EPOCHS = {"tutorial": 1000, "moons": 100, "digits": 20}


def arrays(model: Any) -> list[np.ndarray]:
    """The weights, a row for each neuron, and the biases, layer by layer."""
    found = []
    for layer in model.layers:
        found.append(np.array([[w.data for w in neuron.w] for neuron in layer.neurons]))
        found.append(np.array([neuron.b.data for neuron in layer.neurons]))
    return found


def tutorial(epochs: int) -> float:
    """The tutorial's formulas."""
    run = RUNS["tutorial"](0)
    x, y = run.training[0], run.training[1][:, None]
    W1, b1, W2, b2 = arrays(run.model)
    m, losses = len(y), []
    for _ in range(epochs):
        z1 = x @ W1.T + b1
        a1 = np.maximum(z1, 0.0)
        a2 = 1.0 / (1.0 + np.exp(-(a1 @ W2.T + b2)))
        losses.append(float(-np.mean(y * np.log(a2 + 1e-8) + (1.0 - y) * np.log(1.0 - a2 + 1e-8))))
        dz2 = a2 - y
        dz1 = dz2 @ W2 * (z1 > 0.0)
        dW2, db2 = dz2.T @ a1 / m, np.sum(dz2, axis=0) / m
        dW1, db1 = dz1.T @ x / m, np.sum(dz1, axis=0) / m
        W1, b1, W2, b2 = W1 - 0.1 * dW1, b1 - 0.1 * db1, W2 - 0.1 * dW2, b2 - 0.1 * db2
    return losses[-1]


def moons(epochs: int) -> float:
    """Micrograd's demo."""
    run = RUNS["moons"](0)
    x, y = run.training
    parameters = W1, b1, W2, b2, W3, b3 = arrays(run.model)
    losses = []
    for k in range(epochs):
        z1 = x @ W1.T + b1
        a1 = np.maximum(z1, 0.0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0.0)
        margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
        losses.append(float(np.mean(np.maximum(margin, 0.0)) + 1e-4 * sum(np.sum(p * p) for p in parameters)))
        dz3 = (-y * (margin > 0.0) / len(y))[:, None]
        dz2 = dz3 @ W3 * (z2 > 0.0)
        dz1 = dz2 @ W2 * (z1 > 0.0)
        gradients = dz1.T @ x, dz1.sum(axis=0), dz2.T @ a1, dz2.sum(axis=0), dz3.T @ a2, dz3.sum(axis=0)
        lr = 1.0 - 0.9 * min(k, 100) / 100
        for p, d in zip(parameters, gradients, strict=True):
            p -= lr * (d + 2e-4 * p)
    return losses[-1]


def digits(epochs: int) -> float:
    """Softmax cross-entropy in minibatches of 32, by Adam."""
    run = RUNS["digits"](0)
    x, label = run.training
    hot = np.eye(10)[label]
    parameters = W1, b1, W2, b2 = arrays(run.model)
    means, squares = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    steps, losses = 0, []
    for epoch in range(epochs):
        order, total = np.random.default_rng([0, epoch]).permutation(len(x)), 0.0
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            samples, y = x[rows], hot[rows]
            z1 = samples @ W1.T + b1
            a1 = np.maximum(z1, 0.0)
            z2 = a1 @ W2.T + b2
            e = np.exp(z2 - z2.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            total += -np.sum(y * np.log(p))
            dz2 = (p - y) / len(rows)
            dz1 = dz2 @ W2 * (z1 > 0.0)
            steps += 1
            for k, d in enumerate((dz1.T @ samples, dz1.sum(axis=0), dz2.T @ a1, dz2.sum(axis=0))):
                means[k] = 0.9 * means[k] + 0.1 * d
                squares[k] = 0.999 * squares[k] + 0.001 * d * d
                unbiased = np.sqrt(squares[k] / (1.0 - 0.999**steps)) + 1e-8
                parameters[k] -= 0.005 * means[k] / (1.0 - 0.9**steps) / unbiased
        losses.append(total / len(x))
    return losses[-1]


def fitted(name: str, epochs: int) -> float:
    """The run by ``fit``: the last loss."""
    history = RUNS[name](epochs, engine="numpy", progress=False).history
    return history.loss[-1] if epochs else 0.0


def seconds(run: Callable[[int], float], name: str, epochs: int) -> float:
    """Of so many epochs, without what it takes to make data and model."""
    start = time.perf_counter()
    RUNS[name](0)
    ready = time.perf_counter()
    run(epochs)
    return time.perf_counter() - ready - (ready - start)


BY_HAND = {"tutorial": tutorial, "moons": moons, "digits": digits}


def main() -> None:
    print(f"eager engine: {eager_engine()}; NumPy {np.__version__}; one thread")
    for name, epochs in EPOCHS.items():
        runs: dict[str, Any] = {"by hand": BY_HAND[name], "fit": partial(fitted, name)}
        losses = [run(2) for run in runs.values()]
        assert np.allclose(losses, losses[0], rtol=1e-6), losses
        print(f"\n{name:<20}{f'{epochs} epochs, compiled':>28}{'':>8}{'an epoch more':>18}")
        measures = {(key, n): partial(seconds, run, name, n) for key, run in runs.items() for n in (epochs, 3 * epochs)}
        times = interleaved(measures, ROUNDS)
        whole = {key: times[key, epochs] for key in runs}
        later = {
            key: [(b - a) / (2 * epochs) for a, b in zip(whole[key], times[key, 3 * epochs], strict=True)]
            for key in runs
        }
        for key in runs:
            cells = [
                f"{statistics.median(found[key]) * 1e6:>18.1f} µs{median_ratio(found[key], found['by hand']):>9.2f}"
                for found in (whole, later)
            ]
            print(f"{key:<16}{''.join(cells)}")


if __name__ == "__main__":
    main()
