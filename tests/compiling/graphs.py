"""Graphs to compile: random ones over the whole table, and networks written as people write them."""

from __future__ import annotations

import builtins
import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from autograd import OPERATIONS, Value, log, logsumexp, softmax
from autograd.errors import OperationError
from tests.strategies import holds

Step = tuple[str, int, int, float | None]  # an operation, two earlier numbers, a constant in the place of the second

steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(["add", "subtract", "multiply", "add", "multiply"]), st.sampled_from(sorted(OPERATIONS))
        ),
        st.integers(0, 40),
        st.integers(0, 40),
        st.one_of(st.none(), st.none(), st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5, 3.0])),
    ),
    min_size=1,
    max_size=25,
)
points = st.lists(
    st.lists(st.floats(-3.0, 3.0).map(lambda x: round(x, 3) + 0.0), min_size=4, max_size=4), min_size=1, max_size=5
)


def usable(sequence: Sequence[Step], rows: Sequence[Sequence[float]]) -> list[Step]:
    """The steps that have a value and a derivative, of moderate size, at every row."""
    found: list[Step] = []
    numbers = [list(row) for row in rows]
    for step in sequence:
        results = [_number(step, row) for row in numbers]
        if all(result is not None for result in results):
            found.append(step)
            for row, result in zip(numbers, results, strict=True):
                row.append(result)  # type: ignore[arg-type]
    return found


def _number(step: Step, row: Sequence[float]) -> float | None:
    operation = OPERATIONS[step[0]]
    operands = _operands(step, row)
    if not (holds(operation.domain, operands) and holds(operation.differentiable, operands)):
        return None
    try:
        out = operation(*operands)
        partials = [operation.derivative(k, out, *operands) for k in range(operation.arity)]
    except (OperationError, ValueError, ArithmeticError):
        return None
    moderate = all(math.isfinite(x) and abs(x) < 100.0 for x in (out, *partials))
    return out if moderate else None


def _operands(step: Step, row: Sequence[Any]) -> tuple[Any, ...]:
    name, a, b, constant = step
    second = row[b % len(row)] if constant is None else constant
    return (row[a % len(row)], second)[: OPERATIONS[name].arity]


def run(sequence: Sequence[Step], row: Sequence[Any]) -> Any:
    """The steps on numbers of any kind: the sum of the last three results."""
    numbers = list(row)
    for step in sequence:
        numbers.append(OPERATIONS[step[0]](*_operands(step, numbers)))
    return builtins.sum(numbers[-3:])


# Networks ------------------------------------------------------------------------------------------


def neuron_bias_first(weights: Sequence[Any], bias: Any, inputs: Sequence[Any]) -> Any:
    out = bias
    for weight, x in zip(weights, inputs, strict=True):
        out = out + weight * x
    return out


def neuron_bias_last(weights: Sequence[Any], bias: Any, inputs: Sequence[Any]) -> Any:
    return builtins.sum(w * x for w, x in zip(weights, inputs, strict=True)) + bias


def neuron_as_micrograd(weights: Sequence[Any], bias: Any, inputs: Sequence[Any]) -> Any:
    return builtins.sum((w * x for w, x in zip(weights, inputs, strict=True)), bias)


def neuron_inputs_first(weights: Sequence[Any], bias: Any, inputs: Sequence[Any]) -> Any:
    return bias + builtins.sum([x * w for w, x in zip(weights, inputs, strict=True)])


NEURONS = [neuron_bias_first, neuron_bias_last, neuron_as_micrograd, neuron_inputs_first]


class Network:
    """Layers of ReLU neurons, the last of them linear, on Values."""

    def __init__(self, sizes: Sequence[int], neuron: Callable[..., Any] = neuron_as_micrograd, seed: int = 1) -> None:
        draw = random.Random(seed)
        self.neuron = neuron
        self.layers = [
            [
                ([Value(draw.uniform(-1, 1)) for _ in range(inputs)], Value(draw.uniform(-0.1, 0.1)))
                for _ in range(outputs)
            ]
            for inputs, outputs in pairwise(sizes)
        ]

    @property
    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for weights, bias in layer for p in (*weights, bias)]

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        found = list(values)
        for depth, layer in enumerate(self.layers):
            found = [self.neuron(weights, bias, found) for weights, bias in layer]
            if depth < len(self.layers) - 1:
                found = [value.relu() for value in found]
        return found


def hinge_loss(network: Network, samples: int, seed: int = 2) -> Value:
    """Karpathy's demo: hinge loss and penalty over samples, as he writes it."""
    draw = random.Random(seed)
    rows = [([draw.uniform(-1, 1), draw.uniform(-1, 1)], draw.choice([-1, 1])) for _ in range(samples)]
    scores = [network(list(map(Value, row)))[0] for row, _ in rows]
    losses = [(1 + -y * score).relu() for (_, y), score in zip(rows, scores, strict=True)]
    data_loss = builtins.sum(losses) * (1.0 / len(losses))
    loss: Value = data_loss + 1e-4 * builtins.sum(p * p for p in network.parameters)
    return loss


def cross_entropy(network: Network, inputs: int, samples: int, form: str, seed: int = 3) -> Value:
    """Softmax with cross-entropy, in the ways in which it is written."""
    draw = random.Random(seed)
    total: Any = 0.0
    for _ in range(samples):
        logits = network([draw.uniform(-1, 1) for _ in range(inputs)])
        label = draw.randrange(len(logits))
        if form == "softmax":
            total = total - log(softmax(logits)[label])
        elif form == "logsumexp":
            total = total + logsumexp(logits) - logits[label]
        else:
            counts = [logit.exp() for logit in logits]
            denominator = builtins.sum(counts)
            total = total + -(counts[label] / denominator).log()
    mean: Value = total / samples
    return mean
