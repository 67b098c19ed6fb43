"""A GPT written on a scalar class like micrograd's and microgpt's, run on such a class and on ours.

    python benchmarks/microgpt.py

Only the class differs, as when the import of a program is changed. A step learns from a name of 6 letters. Both are
timed in turn, in time of the process, with the garbage collector on, as such programs run.
"""

from __future__ import annotations

import math
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

ROUNDS = int(os.environ.get("ROUNDS", 7))
TOKENS = [26, 4, 12, 8, 11, 8, 0, 26]


class Scalar:
    """A number that remembers its operands and the partial derivatives with respect to them, in plain Python."""

    __slots__ = ("data", "grad", "operands", "partials")

    def __init__(self, data: float, operands: tuple[Scalar, ...] = (), partials: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.operands = operands
        self.partials = partials

    def __add__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Scalar:
        return Scalar(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def exp(self) -> Scalar:
        out = math.exp(self.data)
        return Scalar(out, (self,), (out,))

    def log(self) -> Scalar:
        return Scalar(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Scalar:
        return Scalar(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def __neg__(self) -> Scalar:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    def __truediv__(self, other: Any) -> Any:
        return self * (other**-1)

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self) -> None:
        order: list[Scalar] = []
        seen: set[Scalar] = set()

        def visit(node: Scalar) -> None:
            if node not in seen:
                seen.add(node)
                for operand in node.operands:
                    visit(operand)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for operand, local in zip(node.operands, node.partials, strict=True):
                operand.grad += local * node.grad


# The program --------------------------------------------------------------------------------------------

SHAPES = [(27, 16), (16, 16), (27, 16), *[(16, 16)] * 4, (64, 16), (16, 64)]


class GPT:
    """The model of examples/gpt.py, in the methods of such a class only, and a step of training by Adam."""

    def __init__(self, scalar: Callable[[float], Any]) -> None:
        draw = random.Random(0)
        self.weights = [
            [[scalar(draw.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)] for rows, columns in SHAPES
        ]
        self.parameters = [weight for matrix in self.weights for row in matrix for weight in row]
        self.means = [0.0] * len(self.parameters)
        self.squares = [0.0] * len(self.parameters)
        self.steps = 0

    def loss(self, tokens: Sequence[int]) -> Any:
        past: list[tuple[Any, Any]] = []
        losses = []
        for token, following in pairwise(tokens):
            losses.append(-softmax(self.logits(token, past))[following].log())
        return sum(losses) / len(losses)

    def logits(self, token: int, past: list[tuple[Any, Any]]) -> list[Any]:
        tokens, positions, output, query, key, value, joined, up, down = self.weights
        x = normed([a + b for a, b in zip(tokens[token], positions[len(past)], strict=True)])
        looking = normed(x)
        past.append((times(key, looking), times(value, looking)))
        q = times(query, looking)
        attended = []
        for head in range(0, 16, 4):
            part = slice(head, head + 4)
            shares = softmax([dot(q[part], k[part]) / 4**0.5 for k, _ in past])
            attended += [sum(share * v[i] for share, (_, v) in zip(shares, past, strict=True)) for i in range(16)[part]]
        x = [a + b for a, b in zip(x, times(joined, attended), strict=True)]
        hidden = [number.relu() for number in times(up, normed(x))]
        x = [a + b for a, b in zip(x, times(down, hidden), strict=True)]
        return times(output, x)

    def gradient(self) -> float:
        for p in self.parameters:
            p.grad = 0
        loss = self.loss(TOKENS)
        loss.backward()
        return float(loss.data)

    def update(self) -> None:
        self.steps += 1
        for i, p in enumerate(self.parameters):
            self.means[i] = 0.85 * self.means[i] + 0.15 * p.grad
            self.squares[i] = 0.99 * self.squares[i] + 0.01 * p.grad**2
            mean = self.means[i] / (1.0 - 0.85**self.steps)
            p.data -= 0.01 * mean / ((self.squares[i] / (1.0 - 0.99**self.steps)) ** 0.5 + 1e-8)

    def step(self) -> float:
        loss = self.gradient()
        self.update()
        return loss


def dot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def times(matrix: Sequence[Sequence[Any]], x: Sequence[Any]) -> list[Any]:
    return [dot(row, x) for row in matrix]


def softmax(numbers: Sequence[Any]) -> list[Any]:
    greatest = max(number.data for number in numbers)
    exponentials = [(number - greatest).exp() for number in numbers]
    total = sum(exponentials)
    return [exponential / total for exponential in exponentials]


def normed(x: Sequence[Any]) -> list[Any]:
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [number * scale for number in x]


# Measuring ----------------------------------------------------------------------------------------------


def seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def compare(title: str, actions: dict[str, Callable[[], object]]) -> None:
    from timing import interleaved, median_ratio  # type: ignore[import-not-found]

    times = interleaved({name: partial(seconds, action) for name, action in actions.items()}, ROUNDS)
    base = next(iter(times.values()))
    print(f"\n{title}\n")
    for name, found in times.items():
        print(
            f"{name:<32}{statistics.median(found) * 1e3:>9.1f} ms{1.0 / median_ratio(found, base):>9.1f} times as fast"
        )


def main() -> None:
    from autograd import Value
    from autograd.engine import engine

    models = {"a class in plain Python": GPT(Scalar), f"Chainrule's Value, {engine()}": GPT(Value)}
    first, second = (model.step() for model in models.values())
    assert abs(first - second) < 1e-12, "they compute different losses"
    compare("Forward and backward", {name: model.gradient for name, model in models.items()})
    compare("A step, with the update of 4,192 numbers in Python", {name: model.step for name, model in models.items()})


if __name__ == "__main__":
    main()
