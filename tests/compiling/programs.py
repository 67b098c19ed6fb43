"""Programs of scalars that are no network of layers, small, each a function of arrays, with arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np

from autograd import dot, exp, log, logsumexp, maximum, relu, sigmoid, sin, softmax, softplus, sqrt, take, tanh

Vector = Sequence[Any]
Matrix = Sequence[Vector]
Program = Callable[..., Any]


def times(matrix: Matrix, x: Vector) -> list[Any]:
    return [dot(row, x) for row in matrix]


def plus(x: Vector, y: Vector) -> list[Any]:
    return [a + b for a, b in zip(x, y, strict=True)]


def total(numbers: Any) -> Any:
    return sum(numbers, 0.0)


def squares(rows: Matrix) -> Any:
    return total(x * x * (1.0 + 0.1 * k) for k, x in enumerate(x for row in rows for x in row))


# Attention ----------------------------------------------------------------------------------------------


def attend(queries: Matrix, keys: Matrix, values: Matrix, *, causal: bool = True) -> list[list[Any]]:
    found = []
    for t, query in enumerate(queries):
        seen = t + 1 if causal else len(keys)
        shares = softmax([dot(query, key) / sqrt(float(len(query))) for key in keys[:seen]])
        found.append([dot(shares, column) for column in zip(*values[:seen], strict=True)])
    return found


def layers_of_attention(x: Any, Q: Any, K: Any, V: Any) -> Any:
    """Two layers, causal, with residuals."""
    rows = [list(row) for row in x]
    for query, key, value in zip(Q, K, V, strict=True):
        projected = ([times(matrix, row) for row in rows] for matrix in (query, key, value))
        rows = [plus(row, seen) for row, seen in zip(rows, attend(*projected), strict=True)]
    return squares(rows)


def cross_attention(x: Any, y: Any, Q: Any, K: Any, V: Any) -> Any:
    """One sequence looks at another, of another length."""
    queries = [times(Q, row) for row in x]
    return squares(attend(queries, [times(K, row) for row in y], [times(V, row) for row in y], causal=False))


def heads_of_attention(x: Any, Q: Any, K: Any, V: Any) -> Any:
    """Three heads, each with matrices of its own, causal; the heads side by side."""
    found = [
        attend(*([times(matrix, row) for row in x] for matrix in matrices)) for matrices in zip(Q, K, V, strict=True)
    ]
    return squares([[number for head in found for number in head[t]] for t in range(len(x))])


def windowed_attention(q: Any, k: Any, v: Any) -> Any:
    """Each position sees itself and at most two before it: ragged at the beginning only."""
    found = []
    for t, query in enumerate(q):
        window = range(max(0, t - 2), t + 1)
        shares = softmax([dot(query, k[s]) for s in window])
        found.append([dot(shares, column) for column in zip(*(v[s] for s in window), strict=True)])
    return squares(found)


def transformer_block(x: Any, Q: Any, K: Any, V: Any, up: Any, down: Any, gain: Any, shift: Any) -> Any:
    """Layer norm, attention, layer norm, a network of ReLU neurons; then two tokens' cross-entropy."""
    rows = [list(row) for row in x]
    normed = [layer_norm(row, gain, shift) for row in rows]
    seen = attend(*([times(matrix, row) for row in normed] for matrix in (Q, K, V)))
    rows = [plus(row, found) for row, found in zip(rows, seen, strict=True)]
    for t, row in enumerate(rows):
        hidden = [relu(z) for z in times(up, layer_norm(row, gain, shift))]
        rows[t] = plus(row, times(down, hidden))
    return total(logsumexp(row) - take(row, t % len(row)) for t, row in enumerate(rows))


def layer_norm(x: Vector, gain: Vector, shift: Vector) -> list[Any]:
    mean = total(x) / len(x)
    variance = total((a - mean) ** 2 for a in x) / len(x)
    scale = 1.0 / sqrt(variance + 1e-5)
    return [(a - mean) * scale * g + b for a, g, b in zip(x, gain, shift, strict=True)]


def layer_norms(x: Any, gain: Any, shift: Any) -> Any:
    return squares([layer_norm(row, gain, shift) for row in x])


def embedded(table: Any, positions: Any) -> Any:
    """Rows picked by a list of tokens, one of them twice, and others never."""
    rows = [plus(take(table, token), positions[t]) for t, token in enumerate([4, 1, 4, 0])]
    return total(log(take(softmax(row), t % 3)) for t, row in enumerate(rows))


# Recurrences --------------------------------------------------------------------------------------------


def two_states(A: Any, B: Any, x: Any) -> Any:
    """Two states that drive each other, and a sum over time."""
    h, c = [0.0] * len(A), [0.1] * len(B)
    seen: Any = 0.0
    for step in x:
        h, c = (
            [tanh(z + u) for z, u in zip(times(A, c), step, strict=True)],
            [0.5 * kept + 0.5 * sigmoid(z) for kept, z in zip(c, times(B, h), strict=True)],
        )
        seen = seen + dot(h, c)
    return seen


def gated(Wz: Any, Wr: Any, Wh: Any, x: Any) -> Any:
    """A gated recurrent unit; only its last state counts."""
    h = [0.0] * len(Wz)
    for step in x:
        z = [sigmoid(a) for a in times(Wz, [*step, *h])]
        r = [sigmoid(a) for a in times(Wr, [*step, *h])]
        new = [tanh(a) for a in times(Wh, [*step, *(a * b for a, b in zip(r, h, strict=True))])]
        h = [(1.0 - share) * old + share * found for share, old, found in zip(z, h, new, strict=True)]
    return squares([h])


def stacked(W: Any, U: Any, x: Any) -> Any:
    """Two layers of recurrent units: the second reads the first one's states, at the same step."""
    states = [[0.0] * len(U[0]) for _ in U]
    for step in x:
        below = list(step)
        for layer in range(len(U)):
            states[layer] = [
                tanh(a + b) for a, b in zip(times(W[layer], below), times(U[layer], states[layer]), strict=True)
            ]
            below = states[layer]
    return squares(states)


def both_ways(W: Any, x: Any) -> Any:
    """A recurrence forward and one backward over the same inputs."""
    found = []
    for rows in (x, x[::-1]):
        h = [0.0] * len(W)
        states = []
        for step in rows:
            h = [tanh(a + 0.5 * b) for a, b in zip(times(W, step), h, strict=True)]
            states.append(h)
        found.append(states)
    return total(dot(one, other) for one, other in zip(found[0], found[1][::-1], strict=True))


def descent(A: Any, b: Any, start: Any, rate: Any) -> Any:
    """Six steps of gradient descent with momentum on ½ xᵀAx - bᵀx, unrolled: the function where it ends."""
    x, velocity = list(start), [0.0] * len(start)
    for _ in range(6):
        gradient = [dot(row, x) - y for row, y in zip(A, b, strict=True)]
        velocity = [0.9 * v - rate[0] * g for v, g in zip(velocity, gradient, strict=True)]
        x = plus(x, velocity)
    return 0.5 * dot(x, times(A, x)) - dot(b, x)


def newton(a: Any) -> Any:
    """The square roots of some numbers, by Newton's method: a loop over a vector that stays apart."""
    found = [1.0] * len(a)
    for _ in range(5):
        found = [0.5 * (x + number / x) for x, number in zip(found, a, strict=True)]
    return total(x * (1.0 + k) for k, x in enumerate(found))


def pendulum(start: Any, length: Any) -> Any:
    """A fourth-order Runge-Kutta method over 4 steps."""

    def slope(angle: Any, speed: Any) -> tuple[Any, Any]:
        return speed, -9.81 / length[0] * sin(angle)

    angle, speed = start[0], start[1]
    for _ in range(4):
        a1, s1 = slope(angle, speed)
        a2, s2 = slope(angle + 0.05 * a1, speed + 0.05 * s1)
        a3, s3 = slope(angle + 0.05 * a2, speed + 0.05 * s2)
        a4, s4 = slope(angle + 0.1 * a3, speed + 0.1 * s3)
        angle = angle + 0.1 / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        speed = speed + 0.1 / 6.0 * (s1 + 2.0 * s2 + 2.0 * s3 + s4)
    return angle**2 + speed


def horner(coefficients: Any, x: Any) -> Any:
    """A polynomial at several points: a loop whose steps read another row each."""
    found = [0.0] * len(x)
    for a in coefficients:
        found = [value * point + a for value, point in zip(found, x, strict=True)]
    return total(value**2 for value in found)


def running(x: Any) -> Any:
    """An exponential mean whose every value counts."""
    mean, found = x[0], []
    for number in x[1:]:
        mean = 0.7 * mean + 0.3 * number
        found.append((number - mean) ** 2)
    return sqrt(total(found))


# Ragged sums --------------------------------------------------------------------------------------------


def prefixes(x: Any, w: Any) -> Any:
    """The logarithm of the sum of each beginning."""
    return total(w[k] * logsumexp(x[: k + 1]) for k in range(len(x)))


def triangle(L: Any, b: Any) -> Any:
    """Forward substitution: each unknown needs all the ones before."""
    x: list[Any] = []
    for k in range(len(b)):
        x.append((b[k] - total(L[k][j] * x[j] for j in range(k))) / (2.0 + L[k][k] ** 2))
    return squares([x])


def convolution(x: Any, w: Any) -> Any:
    """A convolution that runs over both ends."""
    sums = [total(w[j] * x[t - j] for j in range(len(w)) if 0 <= t - j < len(x)) for t in range(len(x) + len(w) - 1)]
    return total(tanh(z) for z in sums)


def bags(table: Any, v: Any) -> Any:
    """The mean of the rows of each bag; the bags are of different sizes."""
    bags = [[0, 2], [1], [3, 3, 0, 4], [2, 1, 4]]
    means = [[total(take(table, i)[k] for i in bag) / len(bag) for k in range(len(v))] for bag in bags]
    return total(softplus(dot(v, mean)) for mean in means)


def graph(x: Any, W: Any) -> Any:
    """Two rounds of messages over a graph whose nodes have different numbers of neighbours."""
    neighbours = [[1, 2, 3], [0], [0, 3], [0, 2, 4], [3]]
    rows = [list(row) for row in x]
    for _ in range(2):
        heard = [[total(rows[j][k] for j in near) / len(near) for k in range(len(W))] for near in neighbours]
        rows = [
            [relu(z + y) for z, y in zip(times(W, row), old, strict=True)] for row, old in zip(heard, rows, strict=True)
        ]
    return squares(rows)


def lengths(x: Any, w: Any) -> Any:
    """Sequences of 1, 3 and 2 numbers that share their weights; the greatest of each counts."""
    found = []
    for first, last in ((0, 1), (1, 4), (4, 6)):
        scores = [tanh(w[0] * number + w[1]) for number in x[first:last]]
        best = scores[0]
        for score in scores[1:]:
            best = maximum(best, score)
        found.append(best + dot(softmax(scores), x[first:last]))
    return total(a * b for a, b in zip(found, [1.0, -2.0, 0.5], strict=True))


def viterbi(A: Any, emissions: Any) -> Any:
    """The forward algorithm of a hidden Markov model, in logarithms."""
    scores = list(emissions[0])
    for row in emissions[1:]:
        scores = [logsumexp([score + A[i][j] for i, score in enumerate(scores)]) + row[j] for j in range(len(row))]
    return logsumexp(scores)


def alignment(costs: Any) -> Any:
    """Dynamic time warping with a soft minimum: a table, of which each entry needs three others."""
    found: dict[tuple[int, int], Any] = {}
    for i, j in product(range(len(costs)), range(len(costs[0]))):
        before = [found[p] for p in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if p in found]
        found[i, j] = costs[i][j] - (logsumexp([-b for b in before]) if before else 0.0)
    return found[len(costs) - 1, len(costs[0]) - 1]


def energy(x: Any) -> Any:
    """Every pair of points once: the upper triangle of a matrix of distances."""
    return total(
        exp(-total((a - b) ** 2 for a, b in zip(x[i], x[j], strict=True)))
        for i in range(len(x))
        for j in range(i + 1, len(x))
    )


def path(x: Any) -> Any:
    """The length of a path, and its bends: windows of two and of three points."""
    length = total(sqrt(total((b - a) ** 2 for a, b in zip(p, q, strict=True))) for p, q in pairwise(x))
    triples = zip(x, x[1:], x[2:], strict=False)
    bends = total((a - 2.0 * b + c) ** 2 for triple in triples for a, b, c in zip(*triple, strict=True))
    return length + 0.1 * bends


_SHAPES: dict[Program, list[tuple[int, ...]]] = {
    layers_of_attention: [(4, 3), (2, 3, 3), (2, 3, 3), (2, 3, 3)],
    cross_attention: [(3, 4), (5, 2), (3, 4), (3, 2), (2, 2)],
    heads_of_attention: [(4, 3), (3, 2, 3), (3, 2, 3), (3, 2, 3)],
    windowed_attention: [(6, 2), (6, 2), (6, 3)],
    transformer_block: [(3, 4), (4, 4), (4, 4), (4, 4), (6, 4), (4, 6), (4,), (4,)],
    layer_norms: [(3, 5), (5,), (5,)],
    embedded: [(5, 3), (4, 3)],
    two_states: [(3, 3), (3, 3), (5, 3)],
    gated: [(3, 5), (3, 5), (3, 5), (4, 2)],
    stacked: [(2, 3, 3), (2, 3, 3), (4, 3)],
    both_ways: [(3, 2), (5, 2)],
    descent: [(3, 3), (3,), (3,), (1,)],
    newton: [(4,)],
    pendulum: [(2,), (1,)],
    horner: [(5,), (3,)],
    running: [(7,)],
    prefixes: [(6,), (6,)],
    triangle: [(5, 5), (5,)],
    convolution: [(6,), (3,)],
    bags: [(5, 3), (3,)],
    graph: [(5, 2), (2, 2)],
    lengths: [(6,), (2,)],
    viterbi: [(3, 3), (5, 3)],
    alignment: [(4, 3)],
    energy: [(5, 2)],
    path: [(5, 2)],
}
_POSITIVE = {newton, pendulum}


def _arguments(program: Program) -> tuple[np.ndarray, ...]:
    draw = np.random.default_rng(0)
    arrays = tuple(draw.normal(0.0, 0.6, shape) for shape in _SHAPES[program])
    return tuple(0.5 + np.abs(array) for array in arrays) if program in _POSITIVE else arrays


PROGRAMS = [(program, _arguments(program)) for program in _SHAPES]
