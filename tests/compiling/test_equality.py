"""Compiled and eager agree, on every graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from autograd import Value, compile, exp, grad, logsumexp, sin
from autograd.errors import DerivativeError
from tests.compiling.formulas import Formula, difference
from tests.compiling.graphs import Network, Step, points, run, steps, usable
from tests.composites import COMPOSITES

TOLERANCE = 1e-12


def eager(
    sequence: Sequence[Step], rows: Sequence[Sequence[float]], nudge: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Values and gradients of every row, at the point or a relative nudge away from it."""
    values, gradients = [], []
    for row in rows:
        leaves = [Value(x * (1.0 + nudge * (k + 1))) for k, x in enumerate(row)]
        out = run(sequence, leaves)
        if isinstance(out, Value):
            out.backward()
        values.append(out.data if isinstance(out, Value) else out)
        gradients.append([leaf.grad for leaf in leaves])
    return np.array(values), np.array(gradients)


def close(got: Any, want: np.ndarray, nudged: np.ndarray) -> bool:
    """Equal to 12 digits, or as far as the problem itself keeps the digits that rounding leaves it."""
    scale = np.maximum(np.abs(want), 1e-3 * np.abs(want).max(initial=0.0))
    return bool((np.abs(got - want) <= TOLERANCE * scale + 100.0 * np.abs(nudged - want)).all())


def expected(sequence: Sequence[Step], rows: Sequence[Sequence[float]]) -> tuple[np.ndarray, ...]:
    """Values and gradients at the points, and very near to them."""
    try:
        return *eager(sequence, rows), *eager(sequence, rows, 1e-14)
    except (DerivativeError, ValueError, ArithmeticError):
        assume(False)
        raise


@given(steps, points)
def test_random_graphs(sequence: list[Step], rows: list[list[float]]) -> None:
    sequence = usable(sequence, rows)
    assume(sequence)
    values, gradients, nudged_values, nudged_gradients = expected(sequence, rows)
    # Unrolled over the rows, as a recorded loss.
    leaves = [[Value(x) for x in row] for row in rows]
    total = sum(run(sequence, row) for row in leaves)
    assert isinstance(total, Value)
    for row in leaves:
        for leaf in row:
            leaf.data = 0.123  # what counts is the data when the step is made
    step = compile(total)
    for row, numbers in zip(leaves, rows, strict=True):
        for leaf, x in zip(row, numbers, strict=True):
            leaf.data = x
    assert close(step(), values.sum(), nudged_values.sum())
    assert close(np.array([[leaf.grad for leaf in row] for row in leaves]), gradients, nudged_gradients)
    # As a function of a batch, and of one sample.
    f = compile(lambda a, b, c, d: run(sequence, (a, b, c, d)))
    got, partials = f.value_and_grad(*np.array(rows).T)
    assert close(got, values, nudged_values)
    assert close(np.array(partials).T, gradients, nudged_gradients)
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    pasted = namespace["value_and_grad"](*np.array(rows).T)
    assert close(pasted[0], values, nudged_values)
    assert close(np.array(pasted[1:]).T, gradients, nudged_gradients)
    got, partials = f.value_and_grad(*rows[0])
    assert close(got, values[0], nudged_values[0])
    assert close(partials, gradients[0], nudged_gradients[0])


@given(steps, points)
def test_random_graphs_under_jax(sequence: list[Step], rows: list[list[float]]) -> None:
    """Both what runs, which shows what has left the floats, and what is printed."""
    jax = pytest.importorskip("jax")
    sequence = usable(sequence, rows)
    assume(sequence)
    values, gradients, nudged_values, nudged_gradients = expected(sequence, rows)
    f = compile(lambda a, b, c, d: run(sequence, (a, b, c, d)), target="jax")
    got, partials = f.value_and_grad(*np.array(rows).T)
    assert close(got, values, nudged_values)
    assert close(np.array(partials).T, gradients, nudged_gradients)
    namespace: dict[str, Any] = {}
    with jax.enable_x64(True):
        exec(f.source, namespace)
        got, *partials = map(np.asarray, jax.jit(namespace["value_and_grad"])(*np.array(rows).T))
    assert close(got, values, nudged_values)
    assert close(np.array(partials).T, gradients, nudged_gradients)


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize(("function", "point"), COMPOSITES, ids=[str(i) for i in range(len(COMPOSITES))])
def test_composites(function: Any, point: tuple[float, ...], target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    f = compile(function, target=target)
    value, partials = f.value_and_grad(*point)
    assert value == pytest.approx(function(*point), rel=TOLERANCE)
    assert partials == pytest.approx(grad(function)(*point), rel=TOLERANCE, abs=1e-15)
    batch = [np.array([x, 1.01 * x]) for x in point]
    values, partials = f.value_and_grad(*batch)
    want = grad(function)(*(1.01 * x for x in point))
    assert values[1] == pytest.approx(function(*(1.01 * x for x in point)), rel=TOLERANCE)
    found = partials if len(point) > 1 else (partials,)
    assert [d[1] for d in found] == pytest.approx(want if len(point) > 1 else [want], rel=TOLERANCE, abs=1e-15)


def test_a_deep_chain() -> None:
    x = Value(0.7)
    out: Any = x
    for _ in range(300):
        out = sin(out) + 0.1 * exp(-out)
    out.backward()
    value, slope = out.data, x.grad
    step = compile(out)
    assert step() == pytest.approx(value, rel=TOLERANCE)
    assert x.grad == pytest.approx(slope, rel=1e-11)


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize("sizes", [[2, 10, 1], [1, 3, 1], [3, 1], [1, 1], [3, 2, 2], [4, 8, 8, 3]])
@pytest.mark.parametrize("count", [1, 7])
def test_networks_as_functions_of_a_batch(sizes: list[int], count: int, target: str) -> None:
    """Pasted source, machine and eager engine, with the parameters captured."""
    if target == "jax":
        pytest.importorskip("jax")
    network = Network(sizes)

    def loss(x: Any, y: Any) -> Any:
        return (logsumexp(network(x)) - y) ** 2 + 0.1 * sum(p * p for p in network.parameters)

    draw = np.random.default_rng(0)
    points, labels = draw.normal(size=(count, sizes[0])), draw.normal(size=count)
    f = compile(loss, target=target)
    values, (dx, dy) = f.value_and_grad(points, labels)
    f.step(points, labels)
    gradients = [p.grad for p in network.parameters]
    for p in network.parameters:
        p.grad = 0.0
    for i, (point, label) in enumerate(zip(points, labels, strict=True)):
        xs, y = [Value(x) for x in point], Value(label)
        out = loss(xs, y)
        out.backward()
        assert values[i] == pytest.approx(out.data, rel=TOLERANCE)
        np.testing.assert_allclose(dx[i], [x.grad for x in xs], rtol=TOLERANCE, atol=1e-14)
        assert dy[i] == pytest.approx(y.grad, rel=TOLERANCE)
    assert gradients == pytest.approx([p.grad for p in network.parameters], rel=TOLERANCE, abs=1e-14)
    if target == "numpy":
        namespace: dict[str, Any] = {}
        exec(f.source, namespace)
        kernel: Any = f._latest
        stores = [np.array([leaf.data for leaf in store.leaves]) for store in kernel.stores]
        pasted = namespace["value_and_grad"](points, labels, *stores, **f.constants)
        np.testing.assert_allclose(pasted[0], values, rtol=TOLERANCE)
        np.testing.assert_allclose(pasted[1], dx, rtol=TOLERANCE, atol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "jax"])
def test_random_formulas(target: str) -> None:
    """The first of those that ``benchmarks/formulas.py`` tries, with errors and all."""
    if target == "jax":
        pytest.importorskip("jax")
    for number in range(150 if target == "numpy" else 3):
        formula = Formula(0, number)
        found = difference(formula, target)
        if "caught an error while it was recorded" in found:  # one of the engine's own
            continue
        assert found == "", f"{number}: {formula}"
