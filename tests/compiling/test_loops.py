"""Steps that repeat are one loop: in the printed source, forward and backward, and as lax.scan."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, dot, exp, log, tanh
from autograd.compiling.graphs import CompiledGraph
from autograd.errors import OperationError
from tests.compiling.programs import layers_of_attention
from tests.compiling.recurrences import LOOPS, RECURRENCES, at_random
from tests.compiling.test_programs import close, eager

every_recurrence = pytest.mark.parametrize(
    ("function", "arguments"), RECURRENCES, ids=[function.__name__ for function, _ in RECURRENCES]
)
MEAN = 0.25


def recurrent(W: Any, U: Any, b: Any, inputs: Any) -> Any:
    state, error = [0.0] * len(b), 0.0
    for x in inputs:
        state = [tanh(dot(w, x) + dot(u, state) + c) for w, u, c in zip(W, U, b, strict=True)]
        error = error + (state[0] - MEAN) ** 2
    return error / len(inputs)


def given(steps: int) -> tuple[np.ndarray, ...]:
    draw = np.random.default_rng(1)
    return tuple(draw.normal(0.0, 0.5, shape) for shape in ((4, 3), (4, 4), (4,), (steps, 3)))


def compiled(function: Callable[..., Any], target: str = "numpy") -> Any:
    return compile(function, shared=list(inspect.signature(function).parameters), target=target)


@every_recurrence
def test_every_loop_is_printed_as_one(function: Callable[..., Any], arguments: tuple[np.ndarray, ...]) -> None:
    f = compiled(function)
    f(*arguments)
    loops = LOOPS.get(function, 1)
    assert len(re.findall(r"for t in range\(\d+\):", f.source)) == loops
    assert len(re.findall(r"for t in reversed\(range\(\d+\)\):", f.source)) == loops


def test_the_source_is_the_same_whatever_the_number_of_steps() -> None:
    sources = []
    for steps in 6, 60:
        f = compiled(recurrent)
        f(*given(steps))
        sources.append(re.sub(r"\d+", "", f.source))
    assert sources[0] == sources[1]


def test_what_does_not_depend_on_the_step_before_is_computed_at_once() -> None:
    f = compiled(recurrent)
    f(*given(9))
    before, _, _ = f.source.partition("for t in range")
    assert "inputs @ W.T" in before
    loop = re.findall(r"^        .*", f.source.partition("# backward")[0], re.M)
    assert len(loop) <= 5


def test_a_factor_that_every_step_computes_anew_is_computed_once() -> None:
    f = compile(lambda x, y: _damped(x, y), shared=["x", "y"])
    x = np.arange(1.0, 7.0)
    f.record(x, 0.7)
    assert f.source.count("y / 5.0") == 1
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    value, *gradients = namespace["value_and_grad"](x, 0.7, **f.constants)
    close((value, gradients), (f(x, 0.7), f.value_and_grad(x, 0.7)[1]), 1e-13)


def _damped(x: Any, y: Any) -> Any:
    state = x[0]
    for number in x:
        state = tanh(state * (y / 5.0) + number)
    return state


def test_few_steps_stay_as_they_are_written() -> None:
    f = compiled(recurrent)
    f(*given(3))
    assert "range" not in f.source


def test_many_layers_of_attention_are_one_loop() -> None:
    """Every position looks at those before: its layers depend on theirs, and all go through one loop."""
    draw = np.random.default_rng(3)
    arguments = draw.normal(0.0, 0.4, (6, 4)), *(draw.normal(0.0, 0.4, (5, 4, 4)) for _ in range(3))
    f = compiled(layers_of_attention)
    value, gradients = f.value_and_grad(*arguments)
    close((value, gradients), eager(layers_of_attention, arguments), 1e-12)
    assert f.source.count("for t in range(5):") == 1
    assert len(f.source.partition("def value_and_grad")[2].splitlines()) <= 45


def test_a_network_of_a_few_layers_is_no_loop() -> None:
    draw = np.random.default_rng(2)
    f = compiled(lambda W, x: sum(_layers(W, x)))
    f(draw.normal(size=(3, 4, 4)), draw.normal(size=4))
    assert "range" not in f.source


def _layers(W: Any, x: Any) -> Any:
    for matrix in W:
        x = [tanh(dot(row, x)) for row in matrix]
    return x


def test_of_a_recorded_output_the_loop_reads_what_its_leaves_hold() -> None:
    leaves = [np.vectorize(Value, otypes=[object])(array) for array in given(7)]
    step = compile(recurrent(*leaves))
    assert isinstance(step, CompiledGraph)
    assert "for t in range(7)" in step.source
    assert len(step.source.partition("def value_and_grad")[2].splitlines()) <= 45


@pytest.mark.parametrize("target", ["numpy", "jax"])
def test_an_overflow_in_a_loop_is_named(target: str) -> None:
    if target == "jax":
        pytest.importorskip("jax")

    def growing(x: Any) -> Any:
        y = x[0]
        for number in x[1:]:
            y = exp(y) + number
        return y

    f = compiled(growing, target)
    calm = np.array([-1.0, -2.0, -1.5, -2.0, -1.0, -2.0])
    leaves = [Value(number) for number in calm]
    assert f(calm) == pytest.approx(growing(leaves).data, rel=1e-14)
    with pytest.raises(OperationError, match="overflow"):
        f(np.full(6, 2.0))


@pytest.mark.parametrize("target", ["numpy", "jax"])
def test_an_infinity_that_a_loop_would_hide_is_found(target: str) -> None:
    """tanh(inf) is 1: the sum before it overflows, unseen, unless somebody looks."""
    if target == "jax":
        pytest.importorskip("jax")

    def hiding(x: Any) -> Any:
        y = x[0]
        for number in x[1:]:
            y = tanh(exp(y) * number * 1e300)
        return y

    f = compiled(hiding, target)
    with pytest.raises(OperationError):
        f.value_and_grad(np.full(7, 1e10))


def test_a_recurrence_that_has_no_value_at_a_step_is_named() -> None:
    def falling(x: Any) -> Any:
        y = x[0]
        for number in x[1:]:
            y = log(y) + number
        return y

    f = compiled(falling)
    assert f(np.full(6, 1.0)) == 1.0
    with pytest.raises(OperationError, match="log"):
        f(np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]))


def test_what_xla_compiles_does_not_grow_with_the_steps() -> None:
    jax = pytest.importorskip("jax")
    sizes = []
    for steps in 8, 80:
        leaves = [np.vectorize(Value, otypes=[object])(array) for array in given(steps)]
        step = compile(recurrent(*leaves), target="jax")
        parameters = [np.array([leaf.data for leaf in store.leaves]) for store in step.kernel.stores]
        with jax.enable_x64(True):
            sizes.append(len(jax.make_jaxpr(step.kernel.function())(*parameters).eqns))
    assert sizes[0] == sizes[1]


THOROUGH = os.environ.get("CHAINRULE_TESTS") == "thorough"


@pytest.mark.parametrize("block", range(40 if THOROUGH else 4))
def test_recurrences_at_random(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As arrays, as they are printed, and over samples: 25 programs, of which about half have a loop."""
    monkeypatch.setattr("autograd.compiling.point.MOST", -1)  # which would run so few operations without arrays
    for seed in range(25 * block, 25 * (block + 1)):
        draw = np.random.default_rng(seed)
        arguments = tuple(draw.normal(0.0, 0.5, size) for size in (9, 9, 6))
        function = at_random(seed)
        expected = eager(function, arguments)
        f = compiled(function)
        value, gradients = f.value_and_grad(*arguments)
        close((value, gradients), expected, 1e-11)
        namespace: dict[str, Any] = {}
        exec(f.source, namespace)
        value, *gradients = namespace["value_and_grad"](*arguments, **f.constants)
        close((value, gradients), expected, 1e-11)
        weights, inputs, given = arguments
        f = compile(function, shared=["weights"])
        values, (_, of_inputs, of_given) = f.value_and_grad(weights, *(np.stack([0.9 * x, x]) for x in (inputs, given)))
        close((values[1], (of_inputs[1], of_given[1])), (expected[0], expected[1][1:]), 1e-11)
