"""``take`` by places that come with the arguments: compiled once, for all places."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, dot, exp, log, softmax, take
from examples import gpt

TARGETS = ["numpy", "jax"]
ROWS = np.random.default_rng(0).normal(size=(4, 3))
V = np.array([0.5, -1.0, 2.0])


def chain(rows: Any, v: Any, tokens: Any) -> Any:
    """Each row predicts the next token; a row can be picked several times, or never."""
    found: Any = 0.0
    for token, following in pairwise(tokens):
        row = take(rows, token)
        found = found - log(take(softmax([dot(v, row) * (k + 1.0) for k in range(4)]), following))
    return found


def on_values(array: np.ndarray) -> Any:
    return np.vectorize(Value, otypes=[object])(array)


def grads(array: Any) -> np.ndarray:
    found: np.ndarray = np.vectorize(lambda leaf: leaf.grad, otypes=[float])(array)
    return found


def eager(rows: np.ndarray, tokens: list[int]) -> tuple[float, np.ndarray, np.ndarray]:
    leaves, v = on_values(rows), on_values(V)
    output = chain(leaves, v, tokens)
    output.backward()
    return output.data, grads(leaves), grads(v)


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> str:
    if request.param == "jax":
        pytest.importorskip("jax")
    return str(request.param)


def test_one_recording_serves_all_places(target: str) -> None:
    calls = []

    def watched(rows: Any, v: Any, tokens: Any) -> Any:
        calls.append(len(tokens))
        return chain(rows, v, tokens)

    f = compile(watched, shared=["rows", "v"], target=target)
    for tokens in ([0, 1, 1, 3], [3, 2, 1, 0], [2, 2, 2, 2]):
        value, (drows, dv, dtokens) = f.value_and_grad(ROWS, V, tokens)
        expected = eager(ROWS, tokens)
        assert value == pytest.approx(expected[0], rel=1e-12)
        np.testing.assert_allclose(drows, expected[1], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(dv, expected[2], rtol=1e-12, atol=1e-12)
        assert dtokens is None
    assert calls == [4]
    assert "rows[tokens[0:3]]" in f.source


@pytest.mark.parametrize("batched", ["tokens", "rows", "both"])
def test_batches_of_places_and_of_rows(batched: str, target: str) -> None:
    tokens = np.array([[0, 1, 1, 3], [3, 2, 1, 0]])
    rows = np.stack([ROWS, 0.5 * ROWS])
    pairs = [(rows[i if batched != "tokens" else 0], tokens[i if batched != "rows" else 0].tolist()) for i in range(2)]
    f = compile(chain, shared=["v", *["rows"] * (batched == "tokens")], target=target)
    given = ROWS if batched == "tokens" else rows
    values, (drows, dv, _) = f.value_and_grad(given, V, tokens[0].tolist() if batched == "rows" else tokens)
    expected = [eager(*pair) for pair in pairs]
    np.testing.assert_allclose(values, [each[0] for each in expected], rtol=1e-12)
    of_rows = [each[1] for each in expected]
    np.testing.assert_allclose(drows, sum(of_rows) if batched == "tokens" else np.stack(of_rows), atol=1e-12)
    np.testing.assert_allclose(dv, expected[0][2] + expected[1][2], atol=1e-12)


def test_what_is_printed_runs() -> None:
    f = compile(chain, shared=["rows", "v"])
    value, (drows, dv, _) = f.value_and_grad(ROWS, V, [0, 1, 1, 3])
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    for tokens in ([0, 1, 1, 3], np.array([0, 1, 1, 3])):
        found = namespace["value_and_grad"](ROWS, V, tokens)
        assert found[0] == pytest.approx(value)
        np.testing.assert_allclose(found[1], drows)
        np.testing.assert_allclose(found[2], dv)


def test_values_that_the_function_reads() -> None:
    rows = on_values(ROWS)
    f = compile(lambda tokens: dot(take(rows, tokens[0]), take(rows, tokens[1])))
    for a, b in ((1, 2), (3, 3)):
        assert f.step([a, b]) == pytest.approx(ROWS[a] @ ROWS[b])
        expected = np.zeros_like(ROWS)
        expected[a] += ROWS[b]
        expected[b] += ROWS[a]
        np.testing.assert_allclose(grads(rows), expected)


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (lambda i: take([1.0, 2.0, 4.0], i), (2,), 4.0),
        (lambda x, i: take([x, x * x, exp(x), 7.0], i), (2.0, 1), 4.0),
        (lambda x, i: take([x, x * x, exp(x), 7.0], i), (2.0, 3), 7.0),
        (lambda x, i: take(take([[x, 1.0], [2.0, x]], i), i), (5.0, 1), 5.0),
        (lambda x, i, j: take([(x, 3.0), (4.0, x * x)], i)[0] * take([x, 1.0], j), (5.0, 1, 0), 20.0),
    ],
)
def test_candidates_of_any_kind(function: Callable[..., Any], arguments: Any, expected: float, target: str) -> None:
    assert compile(function, target=target)(*arguments) == pytest.approx(expected)


def test_a_place_that_is_none_is_named(target: str) -> None:
    f = compile(chain, shared=["rows", "v"], target=target)
    f(ROWS, V, [0, 1, 2, 3])
    for token in (4, -1, 10**12):
        with pytest.raises(IndexError, match=rf"take has no place {token}: .* from 0 to 3"):
            f(ROWS, V, [0, 1, 2, token])
    with pytest.raises(IndexError, match="no place 7"):
        compile(chain, shared=["rows", "v"], target=target)(ROWS, V, [7, 1, 2, 3])


def test_a_value_that_is_missing_is_not_hidden_by_what_is_picked(target: str) -> None:
    f = compile(lambda x, i: take([x, log(x)], i), target=target)
    assert f(2.0, 0) == 2.0
    with pytest.raises(ValueError, match="log"):
        f(-1.0, 0)


def test_what_is_refused() -> None:
    f = compile(chain, shared=["rows", "v"])
    with pytest.raises(TypeError, match="whole number"):
        f(ROWS, V, [0, 1, 2, 3.0])
    f(ROWS, V, [0, 1, 2, 3])
    with pytest.raises(TypeError, match="take counts places by the argument tokens: it holds whole numbers"):
        f(ROWS, V, [0, 1, 2, 3.0])
    with pytest.raises(TypeError, match="two arguments"):
        compile(lambda x, i: i * take([x, 1.0], i))(1.0, 1)
    with pytest.raises(TypeError, match="one length"):
        compile(lambda x, i: take([[x], [x, x]], i)[0])(1.0, 1)
    with pytest.raises(TypeError, match="whole number"):
        take([1.0, 2.0], Value(1.0))  # type: ignore[arg-type]


def test_the_loss_of_a_gpt_is_compiled_once_for_each_length() -> None:
    weights = gpt.initial_weights(27, Random(0))
    arrays: list[Any] = [np.array(matrix) for matrix in weights]
    f = compile(gpt.loss, shared=["weights"])
    for tokens in ([26, 4, 12, 8, 26], [26, 0, 0, 9, 26]):
        assert f(arrays, tokens) == pytest.approx(gpt.loss(weights, tokens), rel=1e-12)
