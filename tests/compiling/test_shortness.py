"""Networks come out as matrix products, however their neurons are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, dot, logsumexp, tanh
from autograd.graph import leaves_and_inner
from tests.compiling.graphs import NEURONS, Network, cross_entropy, hinge_loss


def body(source: str) -> list[str]:
    """The statements of the function."""
    return source.partition("def value_and_grad")[2].splitlines()[1:]


def compare(loss: Value) -> str:
    loss.backward()
    leaves = _leaves(loss)
    value, gradients = loss.data, [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = 7.0  # to be set, not added to
    step = compile(loss)
    assert step() == loss.data == pytest.approx(value, rel=1e-12)
    assert [leaf.grad for leaf in leaves] == pytest.approx(gradients, rel=1e-12, abs=1e-14)
    namespace: dict[str, Any] = {}
    exec(step.source, namespace)
    stores = step.kernel.stores
    pasted = namespace["value_and_grad"](
        *(np.array([leaf.data for leaf in store.leaves]) for store in stores), **step.constants
    )
    assert pasted[0] == pytest.approx(value, rel=1e-12)
    return str(step.source)


def _leaves(loss: Value) -> list[Value]:
    return [leaf for leaf in leaves_and_inner(loss)[0] if not leaf.is_constant]


@pytest.mark.parametrize("neuron", NEURONS)
@pytest.mark.parametrize("samples", [1, 100])
def test_the_demo_network(neuron: Callable[..., Any], samples: int) -> None:
    source = compare(hinge_loss(Network([2, 16, 16, 1], neuron), samples))
    statements = body(source)
    assert len(statements) <= 40
    assert re.search(r"W2 = p\[\d+:\d+\]\.reshape\(16, 16\)", source)
    if samples > 1:
        for line in (
            "z1 = x @ W1.T + b1",
            "a1 = np.maximum(z1, 0.0)",
            "z2 = a1 @ W2.T + b2",
            "z3 = a2 @ W3 + b3",
            "dW2 = dz2.T @ a1",
            "da1 = dz2 @ W2",
            "dz1 = da1 * (z1 > 0.0)",
            "db1 = np.sum(dz1, axis=0)",
        ):
            assert f"    {line}" in statements, source
    assert "take" not in source
    assert not re.search(r"\bi\d", source), "weights are views"


@pytest.mark.parametrize("neuron", NEURONS)
@pytest.mark.parametrize("form", ["softmax", "logsumexp", "by hand"])
@pytest.mark.parametrize("samples", [1, 20])
def test_cross_entropy(neuron: Callable[..., Any], form: str, samples: int) -> None:
    source = compare(cross_entropy(Network([8, 16, 10], neuron), 8, samples, form))
    assert len(body(source)) <= 40, source


def test_equal_samples_are_told_apart() -> None:
    network = Network([2, 3, 1])
    rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]
    losses = [(network(row)[0] - row[0] * row[1]) ** 2 for row in rows]
    source = compare(sum(losses))
    assert "z1 = c1 @ W1.T + b1" in source
    assert len(body(source)) <= 30


def test_two_networks_are_two_products() -> None:
    one, two = Network([3, 4, 1], seed=1), Network([3, 4, 1], seed=2)
    rows = [[0.1 * k, 0.2, -0.3 * k] for k in range(1, 6)]
    total: Any = 0.0
    for row in rows:
        total = total + tanh(one(row)[0] * two(row[::-1])[0])
    source = compare(total)
    assert len(body(source)) <= 50, source


def test_a_convolution_is_a_matrix_product() -> None:
    image = [[Value(0.1 * i - 0.2 * j) for j in range(6)] for i in range(6)]
    kernels = [[Value(0.3 * k + 0.1 * n) for n in range(9)] for k in range(4)]
    outputs = [
        sum(w * image[i + n // 3][j + n % 3] for n, w in enumerate(kernel)).relu()
        for i in range(4)
        for j in range(4)
        for kernel in kernels
    ]
    source = compare(sum(o * o for o in outputs))
    assert source.count("@") == 3, source
    assert len(body(source)) <= 20, source


def test_a_recurrent_network_has_a_few_statements_a_step() -> None:
    size, length = 8, 5
    weights = [[Value(0.01 * (i - j)) for j in range(size + 3)] for i in range(size)]
    inputs = [[0.1 * t, -0.2 * t, 0.3] for t in range(length)]
    state: list[Any] = [Value(0.0) for _ in range(size)]
    for row in inputs:
        joined = [*state, *row]
        state = [sum(w * x for w, x in zip(row_of, joined, strict=True)) for row_of in weights]
        state = [s.sigmoid() for s in state]
    source = compare(sum(s * s for s in state))
    assert len(body(source)) <= 12 * length, source


def test_what_does_not_fit_stays_correct() -> None:
    """A triangle of inner products of all lengths, tied weights, and sums that share parts."""
    x = [Value(0.1 * k - 0.3) for k in range(8)]
    w = [Value(0.2 * k - 0.5) for k in range(8)]
    rows = [sum(w[k] * x[n - k] for k in range(n + 1)) for n in range(8)]
    shared = rows[3] * rows[5]
    compare(sum(r * shared + x[0] for r in rows) + shared)


def test_the_gradient_of_softmax_with_cross_entropy_is_the_textbooks() -> None:
    network = Network([4, 8, 3])

    def loss(x: Any, y: Any) -> Any:
        logits = network(x)
        return logsumexp(logits) - dot(y, logits)

    f = compile(loss)
    f(np.ones((5, 4)), np.eye(3)[[0, 1, 2, 0, 1]])
    assert "dz2 = v2 / v3[:, None] - y" in f.source, f.source
    assert len(body(f.source)) <= 40
