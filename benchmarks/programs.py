"""Scalar programs, each with its arguments, and the same in NumPy by hand with derived gradients.

``benchmarks/compiled.py`` compiles and times them; ``tests/compiling/test_programs.py`` holds them to the eager engine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from autograd import Value, dot, sigmoid, sqrt, tanh

sys.path.append(str(Path(__file__).parent.parent))
from examples import gpt

Array = np.ndarray
ByHand = Callable[..., tuple[float, Sequence[Array]]]


@dataclass(frozen=True)
class Program:
    """A function of arrays of numbers, and what gives its value and its gradients in NumPy."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Array, ...]
    by_hand: ByHand

    def recorded(self) -> tuple[Value, list[Array]]:
        """The output, and the Values that it was computed from, in the form of the arguments."""
        leaves = [on_values(array) for array in self.arguments]
        return self.function(*leaves), leaves


# A recurrent network: 12 steps of 8 units ---------------------------------------------------------------


def rnn(W: Any, U: Any, b: Any, v: Any, inputs: Any, targets: Any) -> Any:
    """The mean squared error of a network that sees an input at each step, and remembers what it saw."""
    state = [0.0] * len(b)
    error: Any = 0.0
    for x, target in zip(inputs, targets, strict=True):
        state = [
            tanh(dot(weights, x) + dot(recurrent, state) + bias)
            for weights, recurrent, bias in zip(W, U, b, strict=True)
        ]
        error = error + (dot(v, state) - target) ** 2
    return error / len(targets)


def rnn_by_hand(W: Array, U: Array, b: Array, v: Array, inputs: Array, targets: Array) -> tuple[float, Sequence[Array]]:
    steps = len(inputs)
    states = np.zeros((steps + 1, len(b)))
    driven = inputs @ W.T + b
    for t in range(steps):
        states[t + 1] = np.tanh(driven[t] + U @ states[t])
    error = states[1:] @ v - targets

    derror = (2.0 / steps) * error
    dz = derror[:, None] * v
    slope = 1.0 - states[1:] ** 2
    dz[-1] *= slope[-1]
    for t in range(steps - 2, -1, -1):
        dz[t] = (dz[t] + dz[t + 1] @ U) * slope[t]
    gradients = dz.T @ inputs, dz.T @ states[:-1], dz.sum(0), derror @ states[1:], dz @ W, -derror
    return float(error @ error) / steps, gradients


# A long short-term memory: 8 steps of 6 units -----------------------------------------------------------


def lstm(W: Any, U: Any, b: Any, v: Any, inputs: Any, target: Any) -> Any:
    """The squared error after the last step. W, U and b hold input gate, forget gate, candidate and output gate."""
    size = len(v)
    state, memory = [0.0] * size, [0.0] * size
    for x in inputs:
        gates = [
            [
                dot(weights, x) + dot(recurrent, state) + bias
                for weights, recurrent, bias in zip(W[gate], U[gate], b[gate], strict=True)
            ]
            for gate in range(4)
        ]
        memory = [
            sigmoid(forget) * kept + sigmoid(add) * tanh(candidate)
            for add, forget, candidate, kept in zip(*gates[:3], memory, strict=True)
        ]
        state = [sigmoid(output) * tanh(kept) for output, kept in zip(gates[3], memory, strict=True)]
    return (dot(v, state) - target[0]) ** 2


def lstm_by_hand(W: Array, U: Array, b: Array, v: Array, inputs: Array, target: Array) -> tuple[float, Sequence[Array]]:
    steps, size = len(inputs), len(v)
    flat_W, flat_U = W.reshape(4 * size, -1), U.reshape(4 * size, size)
    states, memories = np.zeros((steps + 1, size)), np.zeros((steps + 1, size))
    gates, squashed = np.empty((steps, 4, size)), np.empty((steps, size))
    driven = inputs @ flat_W.T + b.reshape(-1)
    for t in range(steps):
        z = (driven[t] + flat_U @ states[t]).reshape(4, size)
        gates[t] = 1.0 / (1.0 + np.exp(-z))
        gates[t, 2] = np.tanh(z[2])
        i, f, g, o = gates[t]
        memories[t + 1] = f * memories[t] + i * g
        squashed[t] = np.tanh(memories[t + 1])
        states[t + 1] = o * squashed[t]
    error = states[-1] @ v - target[0]

    slopes = gates * (1.0 - gates)
    slopes[:, 2] = 1.0 - gates[:, 2] ** 2
    dz = np.empty((steps, 4, size))
    dstate, dmemory = 2.0 * error * v, np.zeros(size)
    for t in range(steps - 1, -1, -1):
        i, f, g, o = gates[t]
        dmemory = dmemory + dstate * o * (1.0 - squashed[t] ** 2)
        dz[t] = dmemory * g, dmemory * memories[t], dmemory * i, dstate * squashed[t]
        dz[t] *= slopes[t]
        dstate, dmemory = dz[t].reshape(-1) @ flat_U, dmemory * f
    flat = dz.reshape(steps, 4 * size)
    gradients = (
        (flat.T @ inputs).reshape(W.shape),
        (flat.T @ states[:-1]).reshape(U.shape),
        dz.sum(0),
        2.0 * error * states[-1],
        flat @ flat_W,
        np.array([-2.0 * error]),
    )
    return float(error**2), gradients


# Three bodies: 20 steps of gravitation ------------------------------------------------------------------

STEPS, DT, MASSES = 20, 0.05, (1.0, 0.8, 1.2)


def three_bodies(positions: Any, velocities: Any) -> Any:
    """How far the first two bodies are from each other in the end (symplectic Euler; masses and G·m of about 1)."""
    positions, velocities = [list(p) for p in positions], [list(v) for v in velocities]
    for _ in range(STEPS):
        for i, k in combinations(range(3), 2):
            apart = [b - a for a, b in zip(positions[i], positions[k], strict=True)]
            pull = DT * dot(apart, apart) ** -1.5
            for axis, distance in enumerate(apart):
                velocities[i][axis] = velocities[i][axis] + MASSES[k] * pull * distance
                velocities[k][axis] = velocities[k][axis] - MASSES[i] * pull * distance
        for position, velocity in zip(positions, velocities, strict=True):
            for axis, speed in enumerate(velocity):
                position[axis] = position[axis] + DT * speed
    apart = [b - a for a, b in zip(positions[0], positions[1], strict=True)]
    return sqrt(dot(apart, apart))


# With a row for each of the three pairs: what it adds to the velocities, by the masses, and the difference that it is.
PAIRS = np.array(list(combinations(range(3), 2)))
DIFFERENCE = np.zeros((3, 3))
PULL = np.zeros((3, 3))
for row, (first, second) in enumerate(PAIRS):
    DIFFERENCE[row, [first, second]] = -1.0, 1.0
    PULL[[first, second], row] = DT * MASSES[second], -DT * MASSES[first]


def three_bodies_by_hand(positions: Array, velocities: Array) -> tuple[float, Sequence[Array]]:
    aparts, squares = np.empty((STEPS, 3, 2)), np.empty((STEPS, 3, 1))
    for t in range(STEPS):
        aparts[t] = DIFFERENCE @ positions
        squares[t, :, 0] = np.vecdot(aparts[t], aparts[t])
        velocities = velocities + PULL @ (aparts[t] * squares[t] ** -1.5)
        positions = positions + DT * velocities
    apart = positions[1] - positions[0]
    distance = float(np.sqrt(apart @ apart))

    dpositions, dvelocities = np.zeros((3, 2)), np.zeros((3, 2))
    dpositions[0], dpositions[1] = -apart / distance, apart / distance
    cubes = squares**-1.5
    for t in range(STEPS - 1, -1, -1):
        dvelocities = dvelocities + DT * dpositions
        dpull = PULL.T @ dvelocities
        along = np.vecdot(dpull, aparts[t])[:, None]
        dpositions = dpositions + DIFFERENCE.T @ (cubes[t] * (dpull - (3.0 * along / squares[t]) * aparts[t]))
    return distance, (dpositions, dvelocities)


# The GPT of examples/gpt.py: one name of 6 letters, 7 positions -----------------------------------------

TOKENS = (26, 4, 12, 8, 11, 8, 0, 26)
OTHERS = (26, 14, 11, 8, 21, 8, 0, 26), (26, 18, 14, 15, 7, 8, 0, 26), (26, 8, 18, 0, 1, 4, 11, 26)  # as many
UNSEEN = np.triu(np.full((gpt.CONTEXT, gpt.CONTEXT), -np.inf), 1)


def gpt_loss(*weights: Any) -> Any:
    return gpt.loss(weights, TOKENS)


def gpt_by_hand(*weights: Array, tokens: Sequence[int] = TOKENS) -> tuple[float, Sequence[Array]]:
    wte, wpe, output, query, key, value, joined, up, down = weights
    inputs, targets, n = list(tokens[:-1]), list(tokens[1:]), len(tokens) - 1
    heads = (n, gpt.HEADS, gpt.WIDTH // gpt.HEADS)

    embedded = wte[inputs] + wpe[:n]
    x0, scale0 = rms_norm(embedded)
    x1, scale1 = rms_norm(x0)
    q, k, v = ((x1 @ matrix.T).reshape(heads).swapaxes(0, 1) for matrix in (query, key, value))
    scores = q @ k.swapaxes(1, 2) * heads[2] ** -0.5
    scores += UNSEEN[:n, :n]
    shares = np.exp(scores - scores.max(2, keepdims=True))
    shares /= shares.sum(2, keepdims=True)
    attended = (shares @ v).swapaxes(0, 1).reshape(n, -1)
    x2 = x0 + attended @ joined.T
    x3, scale3 = rms_norm(x2)
    z = x3 @ up.T
    hidden = np.maximum(z, 0.0)
    x4 = x2 + hidden @ down.T
    logits = x4 @ output.T
    logits -= logits.max(1, keepdims=True)
    chances = np.exp(logits)
    totals = chances.sum(1)
    rows = np.arange(n)
    loss = float(np.mean(np.log(totals) - logits[rows, targets]))

    dlogits = chances / totals[:, None]
    dlogits[rows, targets] -= 1.0
    dlogits /= n
    dx4 = dlogits @ output
    dz = dx4 @ down * (z > 0.0)
    dx2 = dx4 + rms_norm_backward(dz @ up, x3, scale3)
    dattended = (dx2 @ joined).reshape(heads).swapaxes(0, 1)
    dshares = dattended @ v.swapaxes(1, 2)
    dscores = shares * (dshares - np.sum(dshares * shares, 2, keepdims=True)) * heads[2] ** -0.5
    dq, dk, dv = (
        found.swapaxes(0, 1).reshape(n, -1)
        for found in (dscores @ k, dscores.swapaxes(1, 2) @ q, shares.swapaxes(1, 2) @ dattended)
    )
    dx0 = dx2 + rms_norm_backward(dq @ query + dk @ key + dv @ value, x1, scale1)
    dembedded = rms_norm_backward(dx0, x0, scale0)
    dwte, dwpe = np.zeros_like(wte), np.zeros_like(wpe)
    np.add.at(dwte, inputs, dembedded)
    dwpe[:n] = dembedded
    of_layer = dq.T @ x1, dk.T @ x1, dv.T @ x1, dx2.T @ attended, dz.T @ x3, dx4.T @ hidden
    return loss, (dwte, dwpe, dlogits.T @ x4, *of_layer)


def rms_norm(x: Array) -> tuple[Array, Array]:
    """The normed rows, and what each was multiplied by."""
    scale = (np.vecdot(x, x)[:, None] / x.shape[1] + 1e-5) ** -0.5
    return x * scale, scale


def rms_norm_backward(dy: Array, y: Array, scale: Array) -> Array:
    """From the adjoints of the normed rows y those of the rows."""
    dx: Array = scale * (dy - y * (np.vecdot(dy, y)[:, None] / y.shape[1]))
    return dx


# All of them --------------------------------------------------------------------------------------------

on_values = np.vectorize(Value, otypes=[object])


def programs() -> list[Program]:
    draw = np.random.default_rng(0)

    def some(*shape: int) -> Array:
        numbers: Array = draw.normal(0.0, 0.4, shape)
        return numbers

    weights: tuple[Array, ...] = tuple(np.array(matrix) for matrix in gpt.initial_weights(27, Random(0)))
    triangle = np.array([[1.0, 0.0], [-0.6, 0.9], [-0.4, -0.8]])
    of_rnn = some(8, 3), some(8, 8), some(8), some(8), some(12, 3), some(12)
    of_lstm = some(4, 6, 3), some(4, 6, 6), some(4, 6), some(6), some(8, 3), some(1)
    return [
        Program("GPT, 7 positions", gpt_loss, weights, gpt_by_hand),
        Program("RNN, 12 steps of 8 units", rnn, of_rnn, rnn_by_hand),
        Program("LSTM, 8 steps of 6 units", lstm, of_lstm, lstm_by_hand),
        Program("three bodies, 20 steps", three_bodies, (triangle, some(3, 2)), three_bodies_by_hand),
    ]
