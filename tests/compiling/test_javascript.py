"""JavaScript gives Python's numbers, over the whole table."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from autograd import (
    OPERATIONS,
    Formula,
    Operation,
    Value,
    as_constant,
    compile,
    exp,
    grad,
    log,
    sigmoid,
    sqrt,
    value_and_grad,
)
from autograd.cli import main
from autograd.compiling.javascript import ERROR_FUNCTIONS, helpers
from autograd.operation import INTERNAL
from tests.composites import COMPOSITES
from tests.javascript import needs_node, run
from tests.strategies import holds

ALL = [*OPERATIONS.values(), *INTERNAL.values()]
POINTS = [
    0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    37.0,
    -37.0,
    1e-9,
    -1e-9,
    1e-3,
    6.0,
    20.0,
    -20.0,
    -0.7517915246935645,
]


def points(operation: Operation) -> list[tuple[float, ...]]:
    """Points at which an operation has a value and a derivative."""
    draw = random.Random(operation.name)
    numbers = [*POINTS, *(draw.uniform(-1.0, 1.0) for _ in range(20)), *(draw.uniform(-30.0, 30.0) for _ in range(20))]
    found = (
        [(x,) for x in numbers] if operation.arity == 1 else [(x, y) for x in numbers for y in draw.sample(numbers, 9)]
    )
    return [point for point in found if holds(operation.differentiable.replace("False", ""), point)]


def expected(operation: Operation, point: tuple[float, ...]) -> list[float] | None:
    """The value and the partial derivatives in Python; None where they do not fit a float."""
    try:
        output = operation(*map(Value, point))
    except ArithmeticError:
        return None
    found = [output.data, *output.partials]
    return found if all(map(math.isfinite, found)) else None


@needs_node
@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.name)
def test_values_and_derivatives_are_those_of_the_table(operation: Operation) -> None:
    at = points(operation)
    want = [expected(operation, point) for point in at]
    # The expressions that internal operations stand for cancel around the zeros of the derivatives.
    near = 1e-15 if operation.name in ("gelu", "silu", "gelu_slope", "silu_slope") else 1e-290
    leaves = [Value(number, label=name) for number, name in zip(at[0], "xy", strict=False)]
    function = compile(operation(*leaves), target="javascript")
    found = run(
        f"{function.source}; {[list(p) for p, w in zip(at, want, strict=True) if w]}.map(p => value_and_grad(...p))"
    )
    assert len(found) > 10
    for numbers, wanted in zip(found, filter(None, want), strict=True):
        assert numbers == pytest.approx(wanted, rel=1e-12, abs=near)


@needs_node
@pytest.mark.parametrize(("function", "point"), COMPOSITES, ids=[str(i) for i in range(len(COMPOSITES))])
def test_composites(function: Callable[..., Any], point: tuple[float, ...]) -> None:
    compiled = compile(function, target="javascript")
    compiled.record(*point)
    value, gradient = value_and_grad(function, range(len(point)))(*point)
    assert run(f"{compiled.source}; value_and_grad(...{list(point)})") == pytest.approx([value, *gradient], rel=1e-12)


@needs_node
def test_the_second_derivative_of_a_recorded_output_is_one_too() -> None:
    def slope(x: Any) -> Any:
        return grad(lambda t: t**3 * exp(t))(x)

    source = compile(slope, target="javascript").source
    assert run(f"{source}; value_and_grad(0.5)") == pytest.approx([slope(0.5), grad(slope)(0.5)], rel=1e-12)


@needs_node
@pytest.mark.parametrize(
    "label", ["class", "Math", "x; alert(1)", "*/", "${1}", "`", "<script>", "erf", "数", "é", "x\u2028y", ""]
)
def test_any_label_becomes_a_name(label: str) -> None:
    x, y = Value(2.0, label=label), Value(5.0, label=label)
    output = x * y + x
    assert run(f"{compile(output, target='javascript').source}; value_and_grad(2, 5)") == [12, 6, 2]


@needs_node
def test_a_derivative_does_not_take_the_name_of_a_variable() -> None:
    x, dx = Value(2.0, label="x"), Value(5.0, label="dx")
    assert run(f"{compile(x * dx, target='javascript').source}; value_and_grad(2, 5)") == [10, 5, 2]


@needs_node
@pytest.mark.parametrize(
    ("formula", "record", "at", "name"),
    [
        ("1/(1/x)", 1.0, 0.0, "v1"),
        ("atan(1/x)", 1.0, 0.0, "v1"),
        ("exp(-exp(x))", 1.0, 800.0, "v1"),
        ("log(x)", 1.0, -1.0, "v1"),
    ],
)
def test_what_has_no_value_throws(formula: str, record: float, at: float, name: str) -> None:
    function = compile(Formula(formula), target="javascript")
    function.record(record)
    caught = f"try {{ value_and_grad({at}) }} catch (error) {{ `${{error.name}}: ${{error.message}}` }}"
    assert run(f"{function.source}; {caught}") == f"RangeError: {name} has no value at these numbers"


@needs_node
def test_a_derivative_that_does_not_exist_is_no_number() -> None:
    source = compile(lambda x: sqrt(x) * x, target="javascript").source
    value, slope = run(f"{source}; value_and_grad(0)")
    assert value == 0
    assert slope in ("NaN", "Infinity")


@needs_node
def test_long_graphs_and_many_uses() -> None:
    x, total = Value(0.5, label="x"), as_constant(0.0)
    for i in range(3000):
        total = total * 0.5 + x * float(i)
    total.backward()
    found = run(f"{compile(total, target='javascript').source}; value_and_grad(0.5)")
    assert found == pytest.approx([total.data, x.grad], rel=1e-12)


def test_helpers_come_with_what_they_need() -> None:
    assert [text.split("(")[0] for text in helpers("gelu(x)")] == ["function erf", "function erfc", "function gelu"]
    assert [text.split("(")[0] for text in helpers("elu(x, 1)")] == ["function elu"]
    assert helpers("Math.exp(x) * elux(y) + _elu(z)") == []
    assert set(ERROR_FUNCTIONS) <= set(OPERATIONS)


@needs_node
def test_an_operation_of_ones_own() -> None:
    cube = Operation("cube", lambda x: x * x * x, lambda out, x: 3.0 * x * x)
    source = compile(lambda x: cube(-x) + sigmoid(cube(x)), target="javascript").source
    x = Value(0.5)
    f = cube(-x) + sigmoid(cube(x))
    f.backward()
    assert run(f"{source}; value_and_grad(0.5)") == pytest.approx([f.data, x.grad], rel=1e-12)
    sinc = Operation("sinc", lambda x: math.sin(x) / x, lambda out, x: out, numpy="np.sinc")
    with pytest.raises(ValueError, match="the operation sinc has no form in JavaScript"):
        _ = compile(lambda x: sinc(x), target="javascript").source


def test_every_operation_is_written_without_pythons_names() -> None:
    for operation in ALL:
        source = compile(operation(*map(Value, points(operation)[0])), target="javascript").source
        assert "np." not in source
        assert "math." not in source


def test_read_back_values_are_constants() -> None:
    w = Value(3.0, label="w")
    assert "const v1 = 3 * x;" in compile(lambda x: w * x, target="javascript").source


def test_a_function_is_recorded_where_it_has_a_value() -> None:
    function = compile(lambda x: log(x - 2.0), target="javascript")
    with pytest.raises(ValueError, match="call record"):
        _ = function.source
    function.record(3.0)
    assert "Math.log(v1)" in function.source
    with pytest.raises(TypeError, match=r"too many .*; the function takes \(x\), and was given 2 arguments$"):
        function.record(3.0, 4.0)
    with pytest.raises(TypeError, match="while the function is recorded"):
        compile(lambda x: x if x > 0 else -x, target="javascript").record(1.0)


def test_what_is_compiled_shows_its_source_and_says_who_can_call_it() -> None:
    x = Value(2.0, label="x")
    for function in (compile(lambda x: 3.0 * x, target="javascript"), compile(3.0 * x, target="javascript")):
        assert str(function) == function.source
        assert repr(function) == "<JavaScript function value_and_grad(x); print() shows it, .source is its text>"
        for arguments in ((), (2.0,)):
            with pytest.raises(
                TypeError, match="in JavaScript, which Python cannot run: print it for a page, or compile"
            ):
                function(*arguments)
    unread = compile(lambda x: log(x - 2.0), target="javascript")
    assert repr(unread).startswith("<JavaScript of a function that is recorded when its source is asked for; print()")


def test_options_for_arrays_are_refused() -> None:
    with pytest.raises(TypeError, match="shared and has_aux"):
        compile(lambda x: x, shared=["x"], target="javascript")
    with pytest.raises(ValueError, match="recorded"):
        compile(Value(2.0) * 3.0, target="javascript").record(1.0)


@needs_node
def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "x e^y + sin z", "x=1.5", "y=-1", "z=pi/2", "--target", "javascript"]) == 0
    source = capsys.readouterr().out
    assert source.startswith("function value_and_grad(x, y, z) {")
    want = [1.5 * math.exp(-1.0) + 1.0, math.exp(-1.0), 1.5 * math.exp(-1.0), 0.0]
    assert run(f"{source}; value_and_grad(1.5, -1, Math.PI / 2)") == pytest.approx(want, rel=1e-12, abs=1e-15)
