"""The table, entry by entry: a new operation is tested by being there."""

from __future__ import annotations

import doctest
import inspect
import math
import pickle
import pydoc
from collections.abc import Callable, Iterable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import (
    OPERATIONS,
    DivisionByZeroError,
    DomainError,
    Formula,
    Operation,
    RangeError,
    Symbol,
    Value,
    check_gradients,
    partial_derivatives,
)
from autograd.operation import INTERNAL, real_number, zero
from autograd.symbol import symbolic
from benchmarks.accuracy import DIFFERENTIABLE, LEAST_NORMAL, MATHEMATICS, ZEROS, exact, holds, ulps
from tests.strategies import DIGITS, close, definition, operands


def over(operations: Iterable[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", list(operations), ids=lambda operation: operation.name)


ALL = [*OPERATIONS.values(), *INTERNAL.values()]
every_operation = over(ALL)
every_differentiable = over(o for o in ALL if o.differentiable != "False")
every_partial_function = over(o for o in OPERATIONS.values() if o.domain)


def recorded(operation: Operation, numbers: tuple[float, ...]) -> tuple[Value, list[Value]]:
    leaves = [Value(number, label=name) for number, name in zip(numbers, "xy", strict=False)]
    return operation(*leaves), leaves


def fits(operation: Operation, numbers: tuple[float, ...]) -> bool:
    """Whether the result fits a float."""
    try:
        operation(*numbers)
    except RangeError:
        return False
    return True


@every_operation
@given(data=st.data())
def test_value_is_its_definition(operation: Operation, data: st.DataObject) -> None:
    numbers = data.draw(operands(operation, operation.domain))
    with mpmath.workdps(DIGITS):
        want = definition(operation)(*map(mpmath.mpf, numbers))
        assume(abs(want) < 1e300)
        assert close(operation(*numbers), want, 1e-12)
    assert operation(*map(Value, numbers)).data == operation(*numbers)


@every_differentiable
@given(data=st.data())
def test_partial_derivatives_are_those_of_its_definition(operation: Operation, data: st.DataObject) -> None:
    numbers = data.draw(operands(operation, operation.differentiable))
    with mpmath.workdps(DIGITS):
        exact = definition(operation)
        point = list(map(mpmath.mpf, numbers))
        orders = [tuple(int(i == k) for k in range(operation.arity)) for i in range(operation.arity)]
        if operation.arity == 1:
            first, second = [mpmath.diff(exact, point[0])], [[mpmath.diff(exact, point[0], 2)]]
        else:
            first = [mpmath.diff(exact, tuple(point), order) for order in orders]
            second = [
                [mpmath.diff(exact, tuple(point), (one[0] + two[0], one[1] + two[1])) for two in orders]
                for one in orders
            ]
        scale = max(map(abs, first))
        assume(all(abs(d) < 1e200 for d in [*first, *(d for row in second for d in row)]))
        output, leaves = recorded(operation, numbers)
        assert all(close(got, want, 1e-12, scale * 1e-3) for got, want in zip(output.partials, first, strict=True))
        scale = max(scale, *(abs(number) for row in second for number in row))
        for gradient, row in zip(partial_derivatives(output, leaves), second, strict=True):
            for got, want in zip(partial_derivatives(gradient, leaves), row, strict=True):
                assert close(got.data, want, 1e-10, scale)


@every_differentiable
@given(data=st.data())
def test_one_rule_gives_the_same_on_every_kind_of_number(operation: Operation, data: st.DataObject) -> None:
    numbers = data.draw(operands(operation, operation.differentiable))
    assume(fits(operation, numbers))
    output, leaves = recorded(operation, numbers)
    assume(all(map(math.isfinite, output.partials)))
    symbols = [Symbol(name) for name in "xy"[: operation.arity]]
    written = operation(*symbols)
    values = dict(zip("xy", numbers, strict=False))
    for i, (stored, as_value) in enumerate(zip(output.partials, partial_derivatives(output, leaves), strict=True)):
        rule = operation.partials[i]
        assert rule(operation(*numbers), *numbers) == stored == as_value.data
        text = str(symbolic(rule(written, *symbols)))
        cancels = 1e-15 if operation.name in ("gelu", "silu") else 1e-280  # the text, around the zero of the derivative
        assert Formula(text).evaluate(values) == pytest.approx(stored, rel=1e-12, abs=cancels)
    cancels = 1e-15 if operation.name in ("gelu_slope", "silu_slope") else 1e-280
    assert Formula(str(written)).evaluate(values) == pytest.approx(output.data, rel=1e-12, abs=cancels)


@every_differentiable
@given(data=st.data())
def test_numerical_derivatives_agree(operation: Operation, data: st.DataObject) -> None:
    numbers = data.draw(operands(operation, operation.differentiable))
    assume(fits(operation, numbers))
    check = check_gradients(lambda *xs: operation(*xs), *numbers)
    assert check.verdict != "fail", str(check)


def test_numerical_derivatives_agree_conclusively_at_ordinary_points() -> None:
    for operation in OPERATIONS.values():
        if operation.differentiable != "False":
            numbers = (1.25, 0.75) if operation.domain.startswith("x >= 1") else (0.6, 0.75)
            check = check_gradients(lambda *xs, operation=operation: operation(*xs), *numbers[: operation.arity])
            assert check.verdict == "pass", f"{operation}: {check}"


def at_all_scales() -> st.SearchStrategy[float]:
    """All floats, half of them where functions bend: around 0, 1, zeros of functions and derivatives, and in tails."""
    return st.one_of(
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(-750.0, 750.0),
        st.floats(-4.0, 4.0),
        st.builds(lambda zero, step: zero * (1.0 + step), st.sampled_from(ZEROS), st.floats(-1e-9, 1e-9)),
    ).map(lambda x: x + 0.0)


# Where these steps on the way are below the normal numbers, their lost digits show in the derivative.
LOSSY = {("divide", 1): "x / y", ("power", 1): "x ** y", ("elu", 0): "exp(x) if x < 0 else 1"}


@over(OPERATIONS.values())
@given(data=st.data())
def test_results_are_good_to_4_units_in_the_last_place(operation: Operation, data: st.DataObject) -> None:
    numbers = data.draw(st.tuples(*[at_all_scales()] * operation.arity).filter(lambda n: holds(operation.domain, n)))
    value, *partials = MATHEMATICS.get(operation.name, (operation.definition,))
    want = exact(value, numbers)
    assume(fits(operation, numbers) or abs(float(want)) < math.inf)
    out = operation(*numbers)
    assert ulps(out, want) <= 4.0
    for i, formula in enumerate(partials):
        if operation.partials[i] is not zero and holds(
            DIFFERENTIABLE.get((operation.name, i), operation.differentiable), numbers
        ):
            step = exact(LOSSY.get((operation.name, i), "1"), numbers)
            if abs(step) >= LEAST_NORMAL and (want := exact(formula, numbers)) is not None:
                assert ulps(operation.derivative(i, out, *numbers), want) <= 4.0


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("hypot", (5e-324, 5e-324)),
        ("hypot", (1e-323, -2e-320)),
        ("log2", (8.45693234365754e-309,)),
        ("log10", (8.9e307,)),
        ("log10", (1.7e308,)),
        ("atan", (1e155,)),
        ("atan2", (1.7e308, 1.7e308)),
        ("atan2", (-1.1473965065497967e-08, 6.1e-322)),
        ("power", (5e-324, 1e-20)),
        ("power", (1.08e-313, -3.5e-155)),
        ("cbrt", (2.6638802125810056e-77,)),
        ("erf", (-25.1,)),
        ("erfc", (22.7,)),
        ("tanh", (14.938642150000149,)),
        ("silu", (-1.2784645427610737,)),
        ("silu", (-714.87,)),
        ("gelu", (-0.7517915246935645,)),
        ("gelu", (-0.7517915246338912,)),
        ("gelu", (-35.8,)),
        ("gelu", (-38.4,)),
    ],
)
def test_nothing_is_lost_at_zeros_in_tails_and_at_the_ends_of_the_floats(
    name: str, operands: tuple[float, ...]
) -> None:
    operation = OPERATIONS[name]
    value, *partials = MATHEMATICS[name]
    out = operation(*operands)
    got = [out, *(operation.derivative(i, out, *operands) for i in range(operation.arity))]
    for number, formula in zip(got, (value, *partials), strict=True):
        want = exact(formula, operands)
        nearest = float(want)
        assert abs(nearest) in (0.0, math.inf) or abs(number - want) <= 4.0 * math.ulp(nearest), formula


@every_partial_function
@given(data=st.data())
def test_outside_its_domain_it_raises_a_named_error(operation: Operation, data: st.DataObject) -> None:
    numbers = data.draw(operands(operation, f"not ({operation.domain})", often=0.0))
    kinds: tuple[Callable[[float], Any], ...] = (float, Value)
    for kind in kinds:
        with pytest.raises((DomainError, DivisionByZeroError)) as caught:
            operation(*(kind(number) for number in numbers))
        assert caught.value.operation is operation
        assert caught.value.operands == numbers


@every_operation
def test_entry_is_complete_and_consistent(operation: Operation) -> None:
    assert 1 <= operation.arity <= 2
    assert operation.format("x", "y") != operation.format("u", "y")
    public = operation.name not in INTERNAL and operation.name != "abs"  # Python's own abs() records
    assert (operation.name in autograd.__all__) == hasattr(autograd, operation.name) == public
    assert (operation.name in INTERNAL) == (operation.expression is not None)
    assert pickle.loads(pickle.dumps(operation)) is operation
    for wrong in {1, 2, 3} - {operation.arity, operation.arity - (operation.default is not None)}:
        with pytest.raises(TypeError, match=r"operand|arguments"):
            operation(*[1.0] * wrong)
    with pytest.raises(TypeError, match="one real number"):
        operation(*["a"] * operation.arity)


@every_operation
def test_nan_goes_through(operation: Operation) -> None:
    result = operation(*[math.nan] * operation.arity)
    comparison = operation.precedence == OPERATIONS["less"].precedence
    assert result == float(operation.name == "not_equal") if comparison else math.isnan(result)


UNARY_UFUNCS = """exp exp2 expm1 log log2 log10 log1p sqrt cbrt square sin cos tan arcsin arccos arctan sinh cosh tanh
arcsinh arccosh arctanh absolute negative positive"""


@pytest.mark.parametrize("name", UNARY_UFUNCS.split())
def test_numpy_functions_record(name: str) -> None:
    function = getattr(np, name)
    number = 1.5 if name == "arccosh" else 0.5
    alone, (_, second) = function(Value(number)), function(np.array([Value(number), Value(number)]))
    for result in (alone, second):
        assert isinstance(result, Value)
        assert result.operation is not None
        assert result.data == pytest.approx(float(function(number)), rel=1e-15)


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "power", "hypot", "arctan2"])
def test_numpy_functions_of_two_operands_record(name: str) -> None:
    function = getattr(np, name)
    pairs: list[tuple[Any, Any]] = [(Value(3.0), Value(2.0)), (Value(3.0), 2.0)]
    if name not in ("hypot", "arctan2"):  # for these NumPy calls a method of the left operand, even of a float
        pairs.append((np.float64(3.0), Value(2.0)))
    for x, y in pairs:
        assert function(x, y).data == pytest.approx(float(function(3.0, 2.0)), rel=1e-15)


def test_defaults_are_those_of_torch() -> None:
    assert autograd.leaky_relu(-2.0) == -0.02
    assert autograd.elu(-1.0) == math.expm1(-1.0)
    assert autograd.leaky_relu(-2.0, 0.5) == -1.0


@pytest.mark.parametrize(
    ("function", "x", "derivative"),
    [
        (autograd.sigmoid, 37.0, 8.533047625744064e-17),
        (autograd.tanh, 20.0, 1.699341702116648e-17),
        (autograd.sigmoid, 1000.0, 0.0),
        (autograd.sigmoid, -1000.0, 0.0),
        (autograd.tanh, -1000.0, 0.0),
        (autograd.softplus, 1000.0, 1.0),
        (autograd.softplus, -1000.0, 0.0),
    ],
)
def test_saturated_functions_lose_no_digits(function: Any, x: float, derivative: float) -> None:
    leaf = Value(x)
    function(leaf).backward()
    assert leaf.grad == pytest.approx(derivative, rel=1e-14)


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_hypot_and_atan2_are_scaled(scale: float) -> None:
    y, x = Value(3.0 * scale), Value(4.0 * scale)
    autograd.hypot(x, y).backward()
    assert (x.grad, y.grad) == pytest.approx((0.8, 0.6), rel=1e-15)
    y, x = Value(3.0 * scale), Value(4.0 * scale)
    autograd.atan2(y, x).backward()
    assert (y.grad, x.grad) == pytest.approx((0.16 / scale, -0.12 / scale), rel=1e-14)


def test_overflow_names_operation_and_operands() -> None:
    with pytest.raises(RangeError, match=r"exp\(1000.0\) overflows") as caught:
        autograd.exp(1000)
    assert isinstance(caught.value, OverflowError)
    assert pickle.loads(pickle.dumps(caught.value)).operands == (1000.0,)


def test_an_operation_of_ones_own_records_and_differentiates() -> None:
    cube = Operation("cube", lambda x: x**3, lambda out, x: 3.0 * autograd.square(x), differentiable="")
    x = Value(2.0, label="x")
    y = cube(x)
    (first,) = partial_derivatives(y, [x])
    (second,) = partial_derivatives(first, [x])
    assert (y.data, first.data, second.data) == (8.0, 12.0, 12.0)
    assert str(cube(Symbol("t"))) == "cube(t)"
    with pytest.raises(TypeError, match="not in the table"):
        pickle.dumps(y)


def test_real_number_explains_what_it_refuses() -> None:
    with pytest.raises(TypeError, match=r"got str: 'a{36}\.{3}$"):
        real_number("a" * 1000)
    with pytest.raises(TypeError, match=r"got str: 'a{38}'$"):
        real_number("a" * 38)


@every_operation
def test_documentation_says_what_the_operation_is_and_its_example_runs(operation: Operation) -> None:
    text = operation.__doc__ or ""
    signature = inspect.signature(operation)
    assert list(signature.parameters) == list(operation.variables)
    assert text.startswith(f"{operation.name}{signature}\n\n{operation.meaning}\n\n")
    assert operation.meaning.endswith(".")
    assert operation.domain in text
    assert operation.edges in text
    assert operation.differentiable in text or operation.differentiable == "False"
    helped = pydoc.plain(pydoc.render_doc(operation))
    assert all(line in helped for line in text.splitlines())
    example = doctest.DocTestParser().get_doctest(text, {}, operation.name, None, None)
    assert len(example.examples) == (5 if operation.name in OPERATIONS else 0)
    assert doctest.DocTestRunner().run(example).failed == 0


def test_signatures_show_defaults_and_the_class_keeps_its_own_documentation() -> None:
    shown = {name: str(inspect.signature(OPERATIONS[name])) for name in ("exp", "add", "leaky_relu", "elu")}
    assert shown == {"exp": "(x, /)", "add": "(x, y, /)", "leaky_relu": "(x, y=0.01, /)", "elu": "(x, y=1.0, /)"}
    assert (Operation.__doc__ or "").startswith("One entry of the table.")
    assert list(inspect.signature(Operation).parameters)[:3] == ["name", "compute", "partials"]
    assert not hasattr(autograd.exp, "nothing_of_that_name")


@every_differentiable
def test_derivatives_that_do_not_exist_raise_where_the_documentation_says_so(operation: Operation) -> None:
    says = "elsewhere asking for a derivative raises a DerivativeError" in (operation.__doc__ or "")
    for number in (0.0, 1.0, -1.0):
        numbers = (number,) * operation.arity
        if holds(operation.domain, numbers) and not holds(operation.differentiable, numbers):
            output, _ = recorded(operation, numbers)
            assert any(map(math.isnan, output.partials)) >= says
