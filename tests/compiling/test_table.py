"""Every operation of the table compiled, on both targets: value and derivatives, of numbers and of arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograd import OPERATIONS, Operation, compile, square
from autograd.compiling.targets import JAX, NUMPY, numpy_function
from autograd.operation import INTERNAL
from tests.strategies import holds

ALL = {**OPERATIONS, **INTERNAL}
NUMBERS = (-2.5, -1.5, -0.75, -0.3, 0.3, 0.75, 1.5, 2.0, 3.25)
CUBE = Operation("cube", lambda x: x**3, lambda out, x: 3.0 * square(x))


def points(operation: Operation) -> list[tuple[float, ...]]:
    """Where the operation has a value and its derivatives."""
    if operation.arity == 1:
        found: list[tuple[float, ...]] = [(x,) for x in NUMBERS]
    else:
        found = [(x, y) for x in NUMBERS for y in NUMBERS]
    return [
        point
        for point in found
        if holds(operation.domain, point)
        and (operation.differentiable == "False" or holds(operation.differentiable, point))
        and all(map(math.isfinite, expected(operation, point)))
    ]


def expected(operation: Operation, point: tuple[float, ...]) -> list[float]:
    out = operation(*point)
    return [out, *(operation.derivative(k, out, *point) for k in range(operation.arity))]


def function(operation: Operation) -> Any:
    return (lambda x: operation(x)) if operation.arity == 1 else (lambda x, y: operation(x, y))


@pytest.mark.parametrize("target", ["numpy", "jax"])
@pytest.mark.parametrize("operation", [*ALL.values(), CUBE], ids=[*ALL, "cube of a user"])
def test_every_operation(operation: Operation, target: str) -> None:
    """What runs, and what is printed, to 12 digits; where a result cancels, to those of the largest on the way."""
    jax = pytest.importorskip("jax") if target == "jax" else None
    rows = points(operation)
    assert len(rows) >= 3
    wanted = np.array([expected(operation, row) for row in rows])
    f = compile(function(operation), target=target)
    columns = np.array(rows).T
    namespace: dict[str, Any] = {}
    value, found = f.value_and_grad(*columns)
    results = [np.array([value, *(found if operation.arity == 2 else (found,))]).T]
    if jax is None:
        exec(f.source, namespace)
        printed = namespace["value_and_grad"](*columns)
    else:
        with jax.enable_x64(True):
            exec(f.source, namespace)
            printed = namespace["value_and_grad"](*columns)
    results.append(np.array([np.broadcast_to(x, len(rows)) for x in printed]).T)
    one, partials = f.value_and_grad(*rows[0])
    results.append(np.array([[one, *(partials if operation.arity == 2 else (partials,))]]))
    for result in results:
        np.testing.assert_allclose(result, wanted[: len(result)], rtol=1e-12, atol=1e-15)


def test_every_operation_says_how_it_is_computed_on_arrays() -> None:
    """Either by a function of the library, which is there, or by a rule."""
    for operation in ALL.values():
        assert bool(operation.numpy) != (operation.branchless is not None), operation
        assert bool(operation.numpy) == bool(operation.jax), operation
        assert callable(numpy_function(operation))
        for target in (NUMPY, JAX):
            if target.function(operation).startswith("jnp."):
                jnp = pytest.importorskip("jax.numpy")
                assert callable(getattr(jnp, target.function(operation).removeprefix("jnp.")))


@pytest.mark.parametrize(
    ("compute", "rule", "reason"),
    [
        (math.gamma, lambda out, x: out, r"its computation is more than arithmetic.*numpy="),
        (lambda x: x if x > 0.0 else 0.0, lambda out, x: 1.0, "its computation is more than arithmetic.*branchless="),
        (lambda x: x * x if x == x else x, lambda out, x: 1.0, "its computation is more than arithmetic"),
        (lambda x: x * x, lambda out, x: math.cos(x), "a rule of it does not run on every kind of number"),
        (lambda x: x * x, lambda out, x: 1.0 if x else 0.0, "a rule of it does not run on every kind of number"),
    ],
)
def test_an_entry_that_could_not_be_compiled_is_refused(compute: Any, rule: Any, reason: str) -> None:
    with pytest.raises(TypeError, match=f"the operation odd could not be compiled: {reason}"):
        Operation("odd", compute, rule)


def test_operations_of_a_user() -> None:
    """By their arithmetic, by a function of NumPy's, and by others; two of one name are two."""
    halved = Operation("odd", lambda x, y: 0.5 * x / y, lambda out, x, y: 0.5 / y, lambda out, x, y: -out / y)
    sinc = Operation("odd", lambda x: math.sin(x) / x, lambda out, x: out, numpy="np.sinc", jax="jnp.sinc")
    bounded = Operation("max", lambda x: max(x, 1.0), lambda out, x: 1.0, branchless=lambda x: ALL["maximum"](x, 1.0))
    f = compile(lambda x: halved(x, 2.0) + sinc(x) + bounded(x))
    xs = np.array([0.5, 2.5])
    np.testing.assert_allclose(f(xs), 0.25 * xs + np.sinc(xs) + np.maximum(xs, 1.0), rtol=1e-14)
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    np.testing.assert_allclose(namespace["value_and_grad"](xs)[0], f(xs), rtol=1e-14)
    assert "def odd(x, y):\n    return 0.5 * x / y" in f.source
    both = compile(lambda x: CUBE(x) + Operation("cube", lambda x: x * x, lambda out, x: 2.0 * x)(x))
    assert both.value_and_grad(2.0) == (12.0, 16.0)


def test_a_result_that_no_operand_changes() -> None:
    two = Operation("two", lambda x: 2.0, lambda out, x: 0.0)
    first = Operation("first", lambda x, y: x, lambda out, x, y: 1.0, lambda out, x, y: 0.0)
    f = compile(lambda x, v: sum((two(a) + first(x, a) for a in v), 0.0))
    assert f(np.array([1.0, 3.0]), [1.0, 5.0, 6.0]).tolist() == [9.0, 15.0]
    namespace: dict[str, Any] = {}
    exec(f.source, namespace)
    assert namespace["value_and_grad"](np.array([1.0, 3.0]), np.array([1.0, 5.0, 6.0]))[0].tolist() == [9.0, 15.0]
