"""Programs that are no network of layers: compiled, in every way, they equal the eager engine."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile
from tests.compiling.programs import PROGRAMS
from tests.compiling.recurrences import RECURRENCES

benchmarks = pytest.importorskip("benchmarks.programs", reason="the benchmarks are not here")
WITH_HAND = benchmarks.programs()
OWN = [*PROGRAMS, *RECURRENCES]
EVERY = [*OWN, *((program.function, program.arguments) for program in WITH_HAND)]
every_program = pytest.mark.parametrize(("function", "arguments"), EVERY, ids=[f.__name__ for f, _ in EVERY])

Arrays = tuple[np.ndarray, ...]


def on_values(arrays: Arrays) -> list[np.ndarray]:
    return [np.vectorize(Value, otypes=[object])(array) for array in arrays]


def grads(leaves: list[np.ndarray]) -> Arrays:
    return tuple(np.vectorize(lambda leaf: leaf.grad, otypes=[float])(array) for array in leaves)


def eager(function: Callable[..., Any], arguments: Arrays) -> tuple[float, Arrays]:
    leaves = on_values(arguments)
    output = function(*leaves)
    output.backward()
    return output.data, grads(leaves)


def close(found: tuple[float, Any], expected: tuple[float, Arrays], tolerance: float) -> None:
    """To so many digits of the greatest derivative, or of 1 if it is less."""
    assert found[0] == pytest.approx(expected[0], rel=tolerance)
    scale = max(1.0, *(float(np.abs(array).max()) for array in expected[1]))
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * scale)


@every_program
def test_as_a_function(function: Callable[..., Any], arguments: Arrays) -> None:
    """What runs, and what is printed."""
    f = compile(function, shared=list(inspect.signature(function).parameters))
    value, gradients = f.value_and_grad(*arguments)
    expected = eager(function, arguments)
    close((value, gradients if len(arguments) > 1 else (gradients,)), expected, 1e-12)
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    value, *gradients = namespace["value_and_grad"](*arguments, **f.constants)
    close((value, gradients), expected, 1e-12)


@every_program
def test_under_jax(function: Callable[..., Any], arguments: Arrays) -> None:
    pytest.importorskip("jax")
    f = compile(function, shared=list(inspect.signature(function).parameters), target="jax")
    value, gradients = f.value_and_grad(*arguments)
    close((value, gradients if len(arguments) > 1 else (gradients,)), eager(function, arguments), 1e-12)


@every_program
def test_as_a_recorded_output(function: Callable[..., Any], arguments: Arrays) -> None:
    leaves = on_values(arguments)
    step = compile(function(*leaves))
    changed = tuple(0.9 * array for array in arguments)
    for array, numbers in zip(leaves, changed, strict=True):
        for leaf, number in zip(array.flat, numbers.flat, strict=True):
            leaf.data = number
    value = step()
    close((value, grads(leaves)), eager(function, changed), 1e-12)


@pytest.mark.parametrize(("function", "arguments"), OWN, ids=[f.__name__ for f, _ in OWN])
def test_over_a_batch(function: Callable[..., Any], arguments: Arrays) -> None:
    """Three samples, which differ in the first argument; the derivatives of the others are summed."""
    first, *others = arguments
    samples = [first, 0.9 * first, 1.1 * first]
    f = compile(function, shared=list(inspect.signature(function).parameters)[1:])
    values, gradients = f.value_and_grad(np.stack(samples), *others)
    expected = [eager(function, (sample, *others)) for sample in samples]
    of_first, *of_others = gradients if others else (gradients,)
    for i, (value, wanted) in enumerate(expected):
        close((values[i], (of_first[i],)), (value, wanted[:1]), 1e-12)
    sums = tuple(sum(wanted[k + 1] for _, wanted in expected) for k in range(len(others)))
    for one, other in zip(of_others, sums, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("program", WITH_HAND, ids=[program.name for program in WITH_HAND])
def test_numpy_by_hand_is_the_eager_gradient(program: Any) -> None:
    close(program.by_hand(*program.arguments), eager(program.function, program.arguments), 1e-10)
