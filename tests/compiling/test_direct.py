"""The direct ways, of floats and of columns of them: they give what the eager engine gives, or leave it to that."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from autograd import OPERATIONS, Operation, Value, compile, exp, greater, log, relu, sin, tanh, value_and_grad, where
from autograd import operations as table
from autograd.compiling.elementwise import BLOCK
from autograd.compiling.expose import shown
from autograd.compiling.point import MOST, Point, point_of
from autograd.compiling.program import Input
from autograd.compiling.targets import numpy_function
from autograd.compiling.writer import Writer
from autograd.errors import DerivativeError, DomainError, OperationError, RangeError
from autograd.floats import floating_point
from autograd.graph import topological_order
from autograd.operation import INTERNAL
from tests.compiling.graphs import Step, points, run, steps

NUMBERS = (-3.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 720.0)


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives, or the kind of its error and what it says."""
    try:
        return function(*arguments)
    except OperationError as error:
        return type(error), str(error).partition(" with respect to")[0]


def of_operation(operation: Operation) -> Callable[..., Any]:
    """A function of one or two numbers in which the operation is a step among others."""
    if operation.arity == 1:
        return lambda x: 3.0 * operation(x) * x + operation(x)
    return lambda x, y: 3.0 * operation(x, y) * x + operation(x, y) * y


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_at_a_point(operation: Operation) -> None:
    function = of_operation(operation)
    compiled, eager = compile(function), value_and_grad(function)
    direct = 0
    grid = [(x, y) for x in NUMBERS for y in NUMBERS] if operation.arity == 2 else [(x,) for x in NUMBERS]
    for point in grid:
        found, wanted = outcome(compiled.value_and_grad, *point), outcome(eager, *point)
        if isinstance(wanted[0], type):
            assert found == wanted, point
        else:
            assert np.hstack(found) == pytest.approx(np.hstack(wanted), rel=1e-14, abs=1e-300), point
            assert compiled(*point) == found[0]
            direct += 1
    assert direct >= 2
    kinds = (float,) * operation.arity
    assert {(True, *kinds), (False, *kinds)} <= set(compiled._direct)


@given(steps, points)
def test_random_graphs_at_a_point(graph: list[Step], rows: list[list[float]]) -> None:
    point = rows[0]
    leaves = list(map(Value, point))
    try:
        output = run(graph, leaves)
        output.backward()
    except OperationError:
        return
    at = point_of(output, leaves, [], MOST)
    if at is not None and len(topological_order(output)) > 1:
        value, _, gradient = at.everything(*point)
        assert value == output.data
        assert gradient == pytest.approx([leaf.grad for leaf in leaves], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("samples", [1, 3, 2 * BLOCK + 5])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x * exp(y) + sin(x),
        lambda x, y: log(x**2 + y**2 + 1.0) * tanh(x * y) / (1.0 + x * x),
        lambda x, y: x,
        lambda x, y: x + y,
        lambda x, y: 3.0 * x + 0.0 * y,
        lambda x, y: exp(x) + exp(x) * 0.0,
        lambda x, y: relu(x) * where(greater(y, 0.5), x, 2.0),
    ],
)
def test_columns(function: Any, samples: int) -> None:
    f, draw = compile(function), np.random.default_rng(samples)
    for _ in range(3):  # the first call is not direct
        x, y = draw.normal(size=samples), draw.normal(size=samples)
        kept = x.copy(), y.copy()
        value, (dx, dy) = f.value_and_grad(x, y)
        assert f(x, y).tolist() == value.tolist()
        for i in (0, samples // 2, samples - 1):
            wanted, gradient = value_and_grad(function)(float(x[i]), float(y[i]))
            assert (value[i], dx[i], dy[i]) == pytest.approx((wanted, *gradient), rel=1e-12, abs=1e-300)
        for result in (value, dx, dy):  # each is the caller's own
            assert result.shape == (samples,)
            assert result.dtype == float
            result += 1.0
        assert (x == kept[0]).all()
        assert (y == kept[1]).all()
        again, (dx_again, dy_again) = f.value_and_grad(x, y)
        np.testing.assert_array_equal([again + 1.0, dx_again + 1.0, dy_again + 1.0], [value, dx, dy])
    assert (True, np.ndarray, np.ndarray) in f._direct


def test_what_the_direct_way_does_not_take_goes_the_other() -> None:
    f = compile(lambda x, y: x * y)
    a = np.array([1.0, 2.0, 3.0])
    for _ in range(2):
        assert f(a, a).tolist() == [1.0, 4.0, 9.0]
    assert f(np.array([1, 2, 3]), a).tolist() == [1.0, 4.0, 9.0]
    assert f(np.array(2.0), np.array(3.0)) == 6.0
    assert f(a.astype("float32"), a).tolist() == [1.0, 4.0, 9.0]
    assert f(a[::-1], a[::2].repeat(2)[:3]).tolist() == [3.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="batches of different sizes: x 3, y 1"):
        f(a, a[:1])
    with pytest.raises(ValueError, match="x is a batch of no samples"):
        f(a[:0], a[:0])
    assert f(2.0, 3.0) == f(2, 3) == f(np.float64(2.0), 3.0) == 6.0


@pytest.mark.parametrize("samples", [4, 3 * BLOCK])
def test_a_sample_of_a_column_that_has_no_value(samples: int) -> None:
    f = compile(lambda x: log(x) + relu(-exp(-x)))
    column = np.ones(samples)
    for _ in range(2):
        f(column)
    column[samples - 2] = -1.0
    with pytest.raises(DomainError, match=rf"^sample {samples - 2}: log\(-1\.0\) has no value"):
        f(column)
    g = compile(lambda x: 2.0 * x)
    for number in (math.inf, math.nan, 1e200):
        column[samples - 2] = number
        np.testing.assert_array_equal(g(column), 2.0 * column)
        np.testing.assert_array_equal(g.value_and_grad(column)[1], np.full(samples, 2.0))


LOST = math.inf, -math.inf, math.nan


@pytest.mark.parametrize("operation", [*OPERATIONS.values(), *INTERNAL.values()], ids=lambda operation: operation.name)
def test_no_operation_hides_what_is_said_to_show(operation: Operation) -> None:
    operands = [Input((), True, name) for name in operation.variables]
    visible = shown(Writer().apply(operation, *operands))
    raising, function = floating_point("raise"), numpy_function(operation)
    for k, lost, other in product(range(operation.arity), LOST, [*NUMBERS, 5e-324, -1e300, 1e300, *LOST]):
        if operands[k] in visible:
            given = [np.array([lost if i == k else other]) for i in range(operation.arity)]
            with suppress(FloatingPointError):
                assert not np.isfinite(raising.run(function, *given)).any(), (k, lost, other)


def test_what_shows_in_a_formula() -> None:
    x, y, z = (Input((), True, name) for name in "xyz")
    writer = Writer()
    product_of_both = writer.apply(table.multiply, x, writer.apply(table.exp, y))
    found = shown(writer.apply(table.add, product_of_both, writer.apply(table.sin, z)))
    assert {x, z, product_of_both} <= found  # where NumPy raises at 0 times infinity
    assert y not in found  # e to the minus infinity is 0


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_columns_that_are_not_finite(operation: Operation) -> None:
    first = of_operation(operation)

    def function(x: Any, y: Any, z: Any) -> Any:
        return first(*(x, y)[: operation.arity]) + 0.5 * z * y

    f, eager = compile(function), value_and_grad(function)
    usual = [np.full(3, number) for number in (1.5 if operation.name == "acosh" else 0.5, 0.625, 0.75)]
    f.value_and_grad(*usual)
    assert (True, np.ndarray, np.ndarray, np.ndarray) in f._direct
    for k, lost in product(range(3), LOST):
        columns = [column.copy() for column in usual]
        columns[k][1] = lost
        found = outcome(f.value_and_grad, *columns)
        wanted = outcome(eager, *(float(column[1]) for column in columns))
        if isinstance(wanted[0], type):
            assert found[0] is wanted[0], (k, lost)
            assert found[1].startswith("sample 1: ")
        else:
            np.testing.assert_array_equal([found[0][1], *(d[1] for d in found[1])], [wanted[0], *wanted[1]])


def test_a_point_that_has_no_value_or_derivative() -> None:
    f = compile(lambda x: 1.0 / exp(x) + x**0.5)
    for _ in range(2):
        assert f.value_and_grad(1.0) == pytest.approx((math.exp(-1.0) + 1.0, -math.exp(-1.0) + 0.5))
        with pytest.raises(RangeError, match=r"^exp\(1000\.0\) overflows"):
            f(1000.0)
        with pytest.raises(DomainError, match=r"^\(-1\.0\) \*\* 0\.5 has no value"):
            f(-1.0)
        with pytest.raises(DerivativeError, match=r"^0\.0 \*\* 0\.5 has no finite derivative"):
            f.value_and_grad(0.0)
        assert f(0.0) == 1.0


def test_a_recorded_loss_at_a_point_reads_its_leaves() -> None:
    w, b = Value(2.0), Value(1.0)
    output = w * w + 3.0 * b
    step = compile(output)
    w.data, b.data = 5.0, -1.0
    assert (step(), output.data, w.grad, b.grad) == (22.0, 22.0, 10.0, 3.0)


def test_names_and_labels_do_not_come_into_the_code() -> None:
    danger = Operation("x); import os; (", lambda x: x * x, lambda out, x: 2.0 * x)
    x = Value(3.0, label="import os")
    assert Point(danger(x), [x]).value_and_grad(5.0) == (25.0, 10.0)


def test_an_eager_gradient_leaves_every_grad_alone() -> None:
    """Also that of a number which was computed before, and of constants."""
    w = Value(2.0)
    h = w * 3.0
    (h * h).backward()
    kept = w.grad, h.grad
    assert value_and_grad(lambda x: x * h)(5.0)[0].data == 30.0
    assert (w.grad, h.grad) == kept
    inside: list[Any] = []

    def function(x: Any) -> Any:
        inside.extend([x, x * x])
        return inside[1] * x

    assert value_and_grad(function)(2.0) == (8.0, 12.0)
    assert [number.grad for number in inside] == [0.0, 0.0]
