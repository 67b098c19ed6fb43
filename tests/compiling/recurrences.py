"""Programs whose steps repeat, each of which computes from what the step before has left."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from autograd import Value, dot, exp, relu, sigmoid, sin, sqrt, tanh


def times(matrix: Any, vector: Any) -> list[Any]:
    return [dot(row, vector) for row in matrix]


def gated(W: Any, U: Any, b: Any, inputs: Any) -> Any:
    """A gated recurrent unit."""
    state = [0.0] * len(b[0])
    for x in inputs:
        update, reset = (
            [sigmoid(p + q + r) for p, q, r in zip(times(W[k], x), times(U[k], state), b[k], strict=True)]
            for k in range(2)
        )
        kept = [r * s for r, s in zip(reset, state, strict=True)]
        new = [tanh(p + q + r) for p, q, r in zip(times(W[2], x), times(U[2], kept), b[2], strict=True)]
        state = [(1 - u) * s + u * n for u, s, n in zip(update, state, new, strict=True)]
    return sum(s * s for s in state)


def verlet(x: Any, v: Any, k: Any) -> Any:
    """Pendulums, each of whose places depends on the two before."""
    before, places, energy = [p - 0.1 * q for p, q in zip(x, v, strict=True)], list(x), 0.0
    for _ in range(9):
        after = [2 * p - q - 0.01 * k[0] * sin(p) for p, q in zip(places, before, strict=True)]
        before, places = places, after
        energy = energy + dot(places, places)
    return energy


def horner(coefficients: Any, x: Any) -> Any:
    """A polynomial."""
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x[0] + coefficient
    return value


def product(x: Any) -> Any:
    """A product of many factors."""
    value = 1.0
    for number in x:
        value = value * sin(number)
    return value


def momentum(a: Any, start: Any) -> Any:
    """A descent along each axis on its own, with momentum."""
    x, v = list(start), [0.0] * len(start)
    for _ in range(7):
        slope = [p * q - 1.0 for p, q in zip(a, x, strict=True)]
        v = [0.9 * p + q for p, q in zip(v, slope, strict=True)]
        x = [p - 0.1 * q for p, q in zip(x, v, strict=True)]
    return sum((k + 1) * p * p for k, p in enumerate(x))


def adam(a: Any, start: Any) -> Any:
    """Adam's steps, whose corrections are other numbers at each."""
    x, m, v = list(start), [0.0] * len(start), [0.0] * len(start)
    for t in range(1, 7):
        slope = [p * q - 1.0 for p, q in zip(a, x, strict=True)]
        m = [0.9 * p + 0.1 * q for p, q in zip(m, slope, strict=True)]
        v = [0.99 * p + 0.01 * q * q for p, q in zip(v, slope, strict=True)]
        x = [p - 0.1 * (q / (1 - 0.9**t)) / (sqrt(r / (1 - 0.99**t)) + 1e-8) for p, q, r in zip(x, m, v, strict=True)]
    return dot(x, x)


def encoder_and_decoder(W: Any, V: Any, inputs: Any) -> Any:
    """Two loops, one after the other."""
    state, error = [0.1] * len(W), 0.0
    for x in inputs:
        state = [tanh(p + q) for p, q in zip(times(W, state), x, strict=True)]
    for x in inputs:
        state = [sigmoid(p) for p in times(V, state)]
        error = error + (state[0] - x[0]) ** 2
    return error


def both_ways(W: Any, V: Any, inputs: Any) -> Any:
    """Two loops side by side, one from the end."""

    def states(matrix: Any, given: Any) -> list[Any]:
        state, found = [0.0] * len(matrix), []
        for x in given:
            state = [tanh(p + q) for p, q in zip(times(matrix, state), x, strict=True)]
            found.append(state)
        return found

    return sum(map(dot, states(W, inputs), reversed(states(V, list(reversed(inputs))))))


def attended(W: Any, inputs: Any) -> Any:
    """All states of a loop, weighted by how much they are like the last one."""
    state, states = [0.0] * len(W), []
    for x in inputs:
        state = [tanh(p + q) for p, q in zip(times(W, state), x, strict=True)]
        states.append(state)
    weights = [exp(dot(each, states[-1])) for each in states]
    return sum(sum(w * s[k] for w, s in zip(weights, states, strict=True)) / sum(weights) for k in range(len(W)))


def deep(W: Any, x: Any) -> Any:
    """Many layers of one size, each with its own weights."""
    for matrix in W:
        x = [relu(p) for p in times(matrix, x)]
    return sum(x)


def residual(W: Any, x: Any) -> Any:
    """Layers that add to what they are given."""
    for matrix in W:
        x = [p + tanh(q) for p, q in zip(x, times(matrix, x), strict=True)]
    return dot(x, x)


def logistic(rate: Any, start: Any) -> Any:
    """The logistic map."""
    x, total = start[0], 0.0
    for _ in range(30):
        x = rate[0] * x * (1 - x)
        total = total + x
    return total


def runge_kutta(start: Any) -> Any:
    """A pendulum by the classical method, whose steps have parts that are alike."""
    x, y = start[0], start[1]
    for _ in range(6):
        a, b = y, -sin(x)
        c, d = y + 0.05 * b, -sin(x + 0.05 * a)
        e, f = y + 0.05 * d, -sin(x + 0.05 * c)
        g, h = y + 0.1 * f, -sin(x + 0.1 * e)
        x, y = x + (a + 2 * c + 2 * e + g) / 60, y + (b + 2 * d + 2 * f + h) / 60
    return x * y


def foretold(W: Any, inputs: Any) -> Any:
    """Each input is also what the step before should have come to."""
    state, error = [0.0] * len(W), 0.0
    for x, following in pairwise(inputs):
        state = [tanh(p + q) for p, q in zip(times(W, state), x, strict=True)]
        error = error + sum((p - q) ** 2 for p, q in zip(state, following, strict=True))
    return error


def smoothed(x: Any) -> Any:
    """An exponential mean."""
    mean = x[0]
    for number in x[1:]:
        mean = 0.9 * mean + 0.1 * number
    return mean


def heat(u: Any) -> Any:
    """Heat along a rod whose ends stay as they are."""
    u = list(u)
    for _ in range(10):
        inner = [b + 0.1 * (a - 2 * b + c) for a, b, c in zip(u, u[1:], u[2:], strict=False)]
        u = [u[0], *inner, u[-1]]
    return dot(u, u)


def two_back(x: Any) -> Any:
    """Fibonacci's rule, bent."""
    a, b = x[0], x[1]
    for _ in range(8):
        a, b = b, sin(a) + 0.5 * b
    return a * b


def continued(x: Any) -> Any:
    """A continued fraction, whose first step is another one, and whose last step is the result."""
    value = 1.0
    for number in x:
        value = number + 1.0 / value
    return value


def chained(x: Any) -> Any:
    """What is carried in the last step is no longer needed, but for one number."""
    a = b = x[0]
    for _ in x:
        a, b = sin(a), sin(b) * a
    return b


def eliminated(x: Any) -> Any:
    """As a system with three diagonals is solved: one recurrence reads what the other computes."""
    a, b = 0.3, 0.2
    for number in x:
        pivot = number + 3.0 - a
        a, b = 1.0 / pivot, (number - b) / pivot
    return b


def eliminated_from(x: Any) -> Any:
    """The same, whose starts are numbers that the steps read, too."""
    a, b = x[0], x[1]
    for number in x:
        pivot = number + a
        a, b = 1.0 / pivot, (number - b) / pivot
    return b


def damped(x: Any, y: Any) -> Any:
    """A factor that each step computes anew."""
    state = x[0]
    for number in x:
        state = tanh(state * (y[0] / 5.0) + number)
    return state


_SHAPES: dict[Callable[..., Any], tuple[tuple[int, ...], ...]] = {
    gated: ((3, 4, 2), (3, 4, 4), (3, 4), (7, 2)),
    verlet: ((3,), (3,), (1,)),
    horner: ((9,), (1,)),
    product: ((8,),),
    momentum: ((4,), (4,)),
    adam: ((4,), (4,)),
    encoder_and_decoder: ((3, 3), (3, 3), (6, 3)),
    both_ways: ((3, 3), (3, 3), (6, 3)),
    attended: ((3, 3), (6, 3)),
    deep: ((6, 5, 5), (5,)),
    residual: ((6, 4, 4), (4,)),
    logistic: ((1,), (1,)),
    runge_kutta: ((2,),),
    foretold: ((3, 3), (8, 3)),
    smoothed: ((9,),),
    heat: ((8,),),
    two_back: ((2,),),
    continued: ((6,),),
    chained: ((6,),),
    eliminated: ((7,),),
    eliminated_from: ((7,),),
    damped: ((6,), (1,)),
}


def _arguments(shapes: tuple[tuple[int, ...], ...]) -> tuple[np.ndarray, ...]:
    draw = np.random.default_rng(0)
    return tuple(draw.uniform(0.2, 0.9, shape) for shape in shapes)


RECURRENCES = [(program, _arguments(shapes)) for program, shapes in _SHAPES.items()]
LOOPS = {encoder_and_decoder: 2, both_ways: 2, eliminated: 2, eliminated_from: 2}  # forward; all others have one


# At random ----------------------------------------------------------------------------------------------

UNARY: tuple[Callable[[Any], Any], ...] = (
    tanh,
    sin,
    sigmoid,
    relu,
    lambda a: 0.5 * a,
    lambda a: -a,
    lambda a: 0.1 * a * a,
)
KINDS = ("unary", "add", "subtract", "multiply", "input", "weight", "earlier")


def at_random(seed: int) -> Callable[[Any, Any, Any], Any]:
    """A program of weights, inputs and starts: a few states, which change at each step as it was drawn."""
    draw = Random(seed)
    states, steps, width = draw.randint(1, 4), draw.randint(4, 9), draw.choice([1, 1, 3])
    starts = [draw.choice(["given", "input", "zero", "number", "computed"]) for _ in range(states)]
    body = [(draw.choice(KINDS), draw.random(), draw.random(), draw.choice(UNARY)) for _ in range(draw.randint(1, 6))]
    mixed = [draw.random() for _ in range(states)]
    summed, last = draw.random() < 0.5, draw.choice(["sum", "one", "product"])

    def program(weights: Any, inputs: Any, given: Any) -> Any:
        state = [
            [_start(kind, given[(i * width + k) % 6], inputs[i]) for k in range(width)] for i, kind in enumerate(starts)
        ]
        before, total = state, 0.0 * weights[0]
        for t in range(steps):
            found = list(state)
            for kind, a, b, unary in body:
                x, y = found[int(a * len(found))], found[int(b * len(found))]
                found.append(_computed(kind, x, y, before[int(b * states)], unary, weights, inputs[t]))
            before = state
            state = [_mixed(found, i, mix) for i, mix in enumerate(mixed)]
            if summed:
                total = total + sum(number * number for vector in state for number in vector)
        numbers = [number for vector in state for number in vector]
        found = {"sum": sum(numbers), "one": numbers[-1], "product": numbers[0] * numbers[-1]}[last]
        return total + found if summed or not isinstance(found, Value) else found

    return program


def _start(kind: str, given: Any, x: Any) -> Any:
    return {"given": given, "input": x, "zero": 0.0, "number": 0.3, "computed": tanh(given)}[kind]


def _mixed(found: list[Any], i: int, mix: float) -> Any:
    last = found[-1 - i]
    return [0.6 * p + 0.3 * q for p, q in zip(found[int(mix * len(found))], last, strict=True)] if mix > 0.3 else last


def _computed(kind: str, x: Any, y: Any, earlier: Any, unary: Callable[[Any], Any], weights: Any, given: Any) -> Any:
    match kind:
        case "unary":
            return [unary(p) if isinstance(p, Value) else p for p in x]
        case "add":
            return [p + q for p, q in zip(x, y, strict=True)]
        case "subtract":
            return [p - q for p, q in zip(x, y, strict=True)]
        case "multiply":
            return [p * q for p, q in zip(x, y, strict=True)]
        case "input":
            return [p + given for p in x]
        case "earlier":
            return [p + 0.5 * q for p, q in zip(x, earlier, strict=True)]
    return [sum(weights[(i * len(x) + k) % 9] * p for k, p in enumerate(x)) for i in range(len(x))]
