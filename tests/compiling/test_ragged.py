"""Sums of different lengths: one array with holes, where that is possible; equal to the eager engine always."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, dot, exp, log, logsumexp, relu, sigmoid, sin, sqrt, tanh
from examples import gpt
from tests.compiling.programs import attend, heads_of_attention, layers_of_attention, squares, transformer_block

draw = np.random.default_rng(1)


def on_values(array: Any) -> Any:
    return np.vectorize(Value, otypes=[object])(array)


def grads(array: Any) -> np.ndarray:
    found: np.ndarray = np.vectorize(lambda leaf: leaf.grad, otypes=[float])(array)
    return found


def shapes(*sizes: tuple[int, ...]) -> list[np.ndarray]:
    return [draw.normal(0.0, 0.7, size) for size in sizes]


def printed(function: Callable[..., Any], arguments: list[np.ndarray], target: str = "numpy") -> list[str]:
    """The lines of the source, after the results were compared with the eager engine's."""
    f = compile(function, shared=list(inspect.signature(function).parameters), target=target)
    leaves = [on_values(array) for array in arguments]
    output = function(*leaves)
    output.backward()
    value, found = f.value_and_grad(*arguments)
    assert value == pytest.approx(output.data, rel=1e-12)
    for one, leaf in zip(found if len(arguments) > 1 else [found], leaves, strict=True):
        np.testing.assert_allclose(one, grads(leaf), rtol=1e-12, atol=1e-12)
    lines = [line for line in f.source.splitlines() if line.startswith("    ")]
    if target == "jax":
        return lines
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    assert float(namespace["value_and_grad"](*arguments, **f.constants)[0]) == pytest.approx(value, rel=1e-12)
    return lines


def heads(q: Any, k: Any, v: Any) -> Any:
    """Three heads of two numbers, causal, side by side."""
    rows: list[list[Any]] = [[] for _ in q]
    for head in range(3):
        part = slice(2 * head, 2 * head + 2)
        for row, found in zip(rows, attend(*([row[part] for row in x] for x in (q, k, v))), strict=True):
            row += found
    return squares(rows)


def without_shift(q: Any, k: Any, v: Any) -> Any:
    """Attention whose exponentials are not shifted by the greatest."""
    found = []
    for t, query in enumerate(q):
        weights = [exp(dot(query, key)) for key in k[: t + 1]]
        whole = sum(weights, 0.0)
        found.append([dot([w / whole for w in weights], column) for column in zip(*v[: t + 1], strict=True)])
    return squares(found)


def with_a_value_only_inside(q: Any, k: Any, v: Any) -> Any:
    """What is taken of the scores has no value where they are negative, or a slope without end where they are 0."""
    found = []
    for t, query in enumerate(q):
        weights = [sqrt(log(1.5 + dot(query, key) ** 2)) for key in k[: t + 1]]
        found.append([dot(weights, column) for column in zip(*v[: t + 1], strict=True)])
    return squares(found)


def squashed(q: Any, k: Any, v: Any) -> Any:
    """Of a hole, tanh makes -1 or 0: neither is what a product of the other functions leaves as it is."""
    found = []
    for t, query in enumerate(q):
        weights = [1.0 + 0.5 * tanh(relu(dot(query, key)) - 0.3) for key in k[: t + 1]]
        found.append([dot(weights, column) for column in zip(*v[: t + 1], strict=True)])
    return squares(found)


def from_the_end(q: Any, k: Any, v: Any) -> Any:
    """Each position sees itself and all that follow."""
    return squares([list(row) for row in attend(q[::-1], k[::-1], v[::-1])])


def lower_sums(q: Any, k: Any) -> Any:
    """Log-sums of the scores so far, which only then are weighted."""
    return sum(((1.0 + t) * logsumexp([dot(row, key) for key in k[: t + 1]]) for t, row in enumerate(q)), 0.0)


def signed(q: Any, k: Any, a: Any) -> Any:
    """Scores of which the greatest was taken, and then of what is left when they are multiplied by any number."""
    found: Any = 0.0
    for t, row in enumerate(q):
        scores = [dot(row, key) for key in k[: t + 1]]
        found = found + logsumexp(scores) * logsumexp([a[t] * score for score in scores])
    return found


PROGRAMS: list[tuple[Callable[..., Any], list[np.ndarray], int]] = [
    (heads, shapes((5, 6), (5, 6), (5, 6)), 32),
    (without_shift, shapes((5, 3), (5, 3), (5, 2)), 32),
    (with_a_value_only_inside, shapes((5, 3), (5, 3), (5, 2)), 32),
    (squashed, shapes((5, 3), (5, 3), (5, 2)), 32),
    (from_the_end, shapes((5, 3), (5, 3), (5, 2)), 36),
    (lower_sums, shapes((6, 2), (6, 2)), 30),
    (signed, [*shapes((6, 2), (6, 2)), np.array([1.0, -2.0, 0.0, -0.5, 3.0, -1.0])], 45),
    (layers_of_attention, shapes((6, 3), (2, 3, 3), (2, 3, 3), (2, 3, 3)), 70),
    (heads_of_attention, shapes((4, 3), (3, 2, 3), (3, 2, 3), (3, 2, 3)), 90),
    (transformer_block, shapes((4, 4), (4, 4), (4, 4), (4, 4), (6, 4), (4, 6), (4,), (4,)), 90),
]


@pytest.mark.parametrize(
    ("function", "arguments", "most"), PROGRAMS, ids=[function.__name__ for function, *_ in PROGRAMS]
)
def test_ragged_sums_are_one_array(function: Callable[..., Any], arguments: list[np.ndarray], most: int) -> None:
    lines = printed(function, arguments)
    assert len(lines) <= most, "\n".join(lines)


@pytest.mark.parametrize(("function", "arguments"), [each[:2] for each in PROGRAMS[:5]])
def test_ragged_sums_under_jax(function: Callable[..., Any], arguments: list[np.ndarray]) -> None:
    pytest.importorskip("jax")
    printed(function, arguments, "jax")


def test_an_overflow_in_a_hole_changes_nothing() -> None:
    """A score that no position asks for: to compute it along is no error, and no other number."""
    q, k, v = np.full((4, 1), 1e200), np.full((4, 1), 1e-200), np.ones((4, 2))
    q[0], k[3] = 1e200, 1e200  # of which the product is too large; position 0 does not see position 3
    q[3] = 1e-200
    printed(lambda q, k, v: squares(attend(q, k, v)), [q, k, v])


def test_a_gpt_is_a_page() -> None:
    weights: list[np.ndarray] = [np.array(matrix) for matrix in gpt.initial_weights(27, Random(0))]
    f = compile(gpt.loss, shared=["weights"])
    lengths = []
    for letters in (3, 6, 12):
        tokens = [26, *range(letters), 26]
        f.record(weights, tokens)
        lengths.append(len(f.source.splitlines()))
        assert all(numbers.ndim for numbers in f.constants.values())
    assert max(lengths) <= 100
    assert max(lengths) - min(lengths) <= 1
    assert "np.tri(13, dtype=bool)" in f.source


def test_what_is_no_page_says_so() -> None:
    """Steps that are all different stay apart: the first line of the source says how many there are."""
    draw = Random(0)
    choices: list[Callable[[Any], Any]] = [sin, tanh, sigmoid, relu, lambda a: a * a, lambda a: a - 1.0]
    functions = [draw.choice(choices) for _ in range(60)]

    def steps(x: Any, rate: Any) -> Any:
        for function in functions:
            x = [function(a * rate[0]) for a in x]
        return squares([x])

    f = compile(steps, shared=["x", "rate"])
    f.record(np.ones(3), np.ones(1))
    first = f.source.splitlines()[0]
    assert re.fullmatch(r"# \d{3} lines for \d{3} operations: .*", first)
    printed(steps, [np.ones(3), np.ones(1)])
