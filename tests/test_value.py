"""Value, point by point: arithmetic, conversions, the backward pass, the edges of the domain, deep graphs."""

from __future__ import annotations

import copy
import gc
import math
import operator
import os
import pickle
import subprocess
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import autograd.graph
import autograd.sweep
import autograd.undefined
import autograd.value
from autograd import (
    DerivativeError,
    DivisionByZeroError,
    DomainError,
    OperationError,
    RangeError,
    Value,
    atan2,
    detect_anomaly,
    exp,
    grad,
    log,
    maximum,
    minimum,
    partial_derivatives,
    relu,
    sqrt,
)
from autograd.engine import engine
from autograd.graph import topological_order
from tests.interrupting import at_every_line

MILLION = 1_000_000


def chain(length: int, x: Value) -> Value:
    y = x
    for _ in range(length):
        y = y + x
    return y


# Arithmetic ---------------------------------------------------------------------------------------


def test_micrograds_readme_example() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert (f"{a.grad:.4f}", f"{b.grad:.4f}") == ("138.8338", "645.5773")


finite = st.floats(-1e3, 1e3)


@given(finite, finite)
def test_inlined_partials_are_those_of_the_table(x: float, y: float) -> None:
    pairs: list[tuple[str, Callable[[Any, Any], Any]]] = [
        ("add", lambda a, b: a + b),
        ("subtract", lambda a, b: a - b),
        ("multiply", lambda a, b: a * b),
        ("divide", lambda a, b: a / b),
        ("neg", lambda a, b: -a),
    ]
    for name, combine in pairs:
        operation = autograd.OPERATIONS[name]
        if name == "divide" and abs(y) < 1e-3:
            continue
        numbers = (x, y)[: operation.arity]
        node = combine(Value(x), Value(y))
        assert node.operation is operation
        assert node.data == operation.evaluate(*numbers)
        assert node.partials == tuple(rule(node.data, *numbers) for rule in operation.partials)


@pytest.mark.parametrize("constant", [3, 3.0, Fraction(3), np.float32(3), np.float64(3), np.int64(3), np.array(3.0)])
def test_constants_of_every_real_kind(constant: Any) -> None:
    x = Value(2.0)
    results = [x + constant, constant + x, x - constant, constant - x, x * constant, constant * x]
    results += [x / constant, constant / x, x**constant, constant**x]
    assert all(type(result) is Value for result in results)
    assert [result.data for result in results] == [5, 5, -1, 1, 6, 6, 2 / 3, 1.5, 8, 9]
    assert Value(constant).data == 3.0
    assert (x < constant, x <= constant, x > constant, x >= constant) == (True, True, False, False)
    assert maximum(x, constant).data == 3.0


@pytest.mark.parametrize(
    "constant", [True, "3", b"3", None, 3j, Decimal(3), [3], (3,), {3}, np.bool_(True), np.array([3.0])]
)
def test_what_is_no_real_number_is_refused(constant: Any) -> None:
    with pytest.raises(TypeError, match=f"got {type(constant).__name__}"):
        Value(constant)
    if getattr(constant, "ndim", 0) == 0:
        for combine in (operator.add, operator.mul, operator.pow, operator.truediv):
            for pair in ((Value(2.0), constant), (constant, Value(2.0))):
                with pytest.raises(TypeError, match=rf"got {type(constant).__name__}|unsupported operand"):
                    combine(*pair)
    with pytest.raises(TypeError, match=r"one real number|takes 2 operands"):
        maximum(Value(2.0), constant)


def test_an_int_too_large_for_a_float() -> None:
    for too_large in (lambda: Value(10**400), lambda: Value(1.0) + 10**400, lambda: exp(10**400)):
        with pytest.raises(OverflowError, match="int too large to convert to float"):
            too_large()


def test_arrays_stay_arrays() -> None:
    x = Value(2.0)
    for product in (x * np.array([1.0, 2.0]), np.array([1.0, 2.0]) * x):
        assert product.dtype == object
        assert [v.data for v in product] == [2.0, 4.0]
    inner = np.array([x, Value(3.0)]) @ np.array([4.0, 5.0])
    inner.backward()
    assert (inner.data, x.grad) == (23.0, 4.0)


def test_comparisons_are_about_data_and_equality_about_identity() -> None:
    x, y = Value(1.0), Value(1.0)
    assert not x < y
    assert x <= y
    assert x != y
    assert x == x
    assert len({x, y}) == 2
    assert sorted([Value(2.0), x], key=lambda v: v)[0] is x
    assert max(x, Value(3.0)).data == 3.0
    assert not x < 1.0
    assert x <= 1.0
    assert not x > y
    assert x >= y
    with pytest.raises(TypeError, match=r"'<' not supported between instances of '.*Value' and 'str'"):
        x < "a"  # noqa: B015


@pytest.mark.parametrize(
    ("convert", "message"),
    [
        (bool, "a Value has no truth value"),
        (lambda v: v and 1, "a Value has no truth value"),
        (float, r"float\(\) would cut the graph"),
        (math.exp, r"float\(\) would cut the graph"),
        (int, r"int\(\) would cut the graph"),
        (round, "__round__"),
        (lambda v: [0][v], "not .*Value"),
    ],
)
def test_conversions_that_would_cut_the_graph_are_refused(convert: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        convert(Value(1.0))


def test_conversions_name_the_way_out() -> None:
    with pytest.raises(TypeError, match=r"where\(greater"):
        bool(Value(1.0))
    with pytest.raises(TypeError, match=r"use \.data .* autograd\.exp"):
        math.exp(Value(1.0))


def test_text() -> None:
    assert repr(Value(2)) == "Value(data=2.0, grad=0.0)"
    assert str(Value(2, label="x")) == "Value(data=2.0, grad=0.0, label='x')"
    assert f"{Value(2):.3f}" == "2.000"
    assert f"{Value(2)}" == repr(Value(2))


def test_fields_are_checked() -> None:
    x = Value(1.0)
    x.data, x.grad = 2, 3
    assert (x.data, x.grad) == (2.0, 3.0)
    for name, wrong, message in (
        ("data", "a", "one real number .* got str: 'a'"),
        ("grad", None, "one real number .* got NoneType: None"),
        ("label", 3, "a label is a str, not int"),
    ):
        with pytest.raises(TypeError, match=message):
            setattr(x, name, wrong)
    with pytest.raises(AttributeError, match="dta"):
        x.dta = 3.0  # type: ignore[attr-defined]
    assert (x.data, x.grad, x.label) == (2.0, 3.0, "")


def test_an_update_with_the_value_itself_is_refused() -> None:
    p = Value(1.0)
    with pytest.raises(TypeError, match=r"update with numbers, as in p\.data -= 0\.1 \* p\.grad"):
        p.data -= 0.1 * p
    assert p.data == 1.0


def test_what_programs_for_micrograd_read() -> None:
    x = Value(2.0)
    inner = x * x
    outer = inner.tanh()
    assert (x._op, x._prev, x._children) == ("", set(), ())
    assert (inner._op, inner._prev, inner._children) == ("*", {x}, (x, x))
    assert (outer._op, outer._prev, outer._children) == ("tanh", {inner}, (inner,))
    assert ((x**3)._op, (-x)._op, (x - 1)._op, (x / 2)._op) == ("**", "-", "-", "/")


def test_the_base_of_a_logarithm_is_an_operation_of_its_own() -> None:
    for base in (10, Value(2.0)):
        with pytest.raises(
            TypeError,
            match=r"^log takes 1 operand, got 2: for another base, write log10\(x\), log2\(x\) or log\(x\) / log\(b\)",
        ):
            log(Value(5.0), base)


@pytest.mark.parametrize("rest", [((Value(1.0), Value(2.0)), "+"), ({Value(1.0)},), ([],), ("", "+"), ("", None, ())])
def test_what_programs_for_micrograd_may_not_make(rest: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="arithmetic itself records which operands it was computed from"):
        Value(3.0, *rest)


def test_what_is_detached_passes_no_gradient_on() -> None:
    x = Value(3.0)
    detached = (2.0 * x).detach()
    assert (detached.data, detached.parents, detached.is_constant) == (6.0, (), True)
    (x * detached).backward()
    assert (x.grad, detached.grad) == (6.0, 0.0)
    assert (x.item(), type(x.item())) == (3.0, float)


def test_an_inner_node_can_be_labelled() -> None:
    y = Value(2.0) * 3
    y.label = "y"
    assert (y.label, y.operation) == ("y", autograd.multiply)
    assert (Value(2.0) * 3).label == ""


# The backward pass --------------------------------------------------------------------------------


def test_calling_backward_twice_doubles_the_leaves_only() -> None:
    x = Value(0.1)
    inner = x * 0.2
    f = inner + x * 0.3
    f.backward()
    first, adjoint = x.grad, inner.grad
    f.backward()
    assert (x.grad, inner.grad) == (2 * first, adjoint)


def test_leaves_accumulate_over_outputs() -> None:
    x = Value(3.0)
    (x * x).backward()
    (2 * x).backward()
    assert x.grad == 8.0


def test_a_leaf_is_its_own_derivative() -> None:
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_the_gradient_belongs_to_the_recorded_forward_pass() -> None:
    x = Value(3.0)
    f = x * x
    x.data = 100.0
    f.backward()
    assert x.grad == 6.0


def test_constants_collect_no_gradient() -> None:
    f = Value(3.0) * 2.0
    f.backward()
    assert f.parents[1].is_constant
    assert f.parents[1].grad == 0.0


def test_doubling_a_thousand_times() -> None:
    x = Value(1.0)
    y = x
    for _ in range(1000):
        y = y + y
    y.backward()
    assert (y.data, x.grad) == (2.0**1000, 2.0**1000)


def test_the_same_bits_whatever_the_hash_seed() -> None:
    program = """
import random
from autograd import Value, tanh
draw = random.Random(3)
leaves = [Value(draw.uniform(-1, 1)) for _ in range(50)]
nodes = list(leaves)
for _ in range(500):
    nodes.append(tanh(draw.choice(nodes) * draw.choice(nodes) + draw.choice(nodes)))
total = sum(nodes)
total.backward()
print(total.data.hex(), [leaf.grad.hex() for leaf in leaves])
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(outputs) == 1
    assert outputs != {""}


def test_threads_lose_no_updates() -> None:
    shared = Value(1.0)
    interval = sys.getswitchinterval()

    def work() -> None:
        for _ in range(300):
            (shared * 2.0 + shared).backward()

    try:
        sys.setswitchinterval(1e-6)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert shared.grad == 4 * 300 * 3.0


def test_threads_can_sweep_one_graph() -> None:
    x = Value(2.0)
    f = x
    for _ in range(200):
        f = f * 1.0 + x
    threads = [threading.Thread(target=f.backward) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad == 4 * 201.0


# At the edges -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda: Value(1.0) / 0, DivisionByZeroError, r"1\.0 / 0\.0 has no value: it divides by zero"),
        (lambda: Value(0.0) / Value(0.0), DivisionByZeroError, r"0\.0 / 0\.0"),
        (lambda: log(Value(0.0)), DomainError, r"log\(0\.0\) has no value: log needs x > 0"),
        (lambda: log(Value(-1.0)), DomainError, r"log\(-1\.0\)"),
        (lambda: Value(-2.0) ** 0.5, DomainError, r"\(-2\.0\) \*\* 0\.5"),
        (lambda: Value(0.0) ** -1, DivisionByZeroError, r"0\.0 \*\* \(-1\.0\)"),
        (lambda: exp(Value(1000.0)), RangeError, r"exp\(1000\.0\) overflows"),
        (lambda: Value(math.inf) - math.inf, DomainError, r"inf - inf"),
        (lambda: Value(math.inf) - Value(math.inf), DomainError, r"inf - inf"),
        (lambda: Value(math.inf) * Value(0.0), DomainError, r"inf \* 0\.0"),
        (lambda: Value(1e308) * Value(10.0), RangeError, r"1e\+308 \* 10\.0 overflows"),
        (lambda: Value(1e308) + Value(1e308), RangeError, r"overflows"),
        (lambda: Value(1e308) / Value(1e-10), RangeError, r"overflows"),
    ],
)
def test_what_has_no_value_raises(compute: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        compute()
    assert isinstance(caught.value, OperationError | ArithmeticError)


def test_pythons_own_exceptions_catch_them() -> None:
    with pytest.raises(ZeroDivisionError, match=r"1\.0 / 0\.0 has no value"):
        Value(1.0) / 0
    with pytest.raises(ValueError, match="log"):
        log(Value(-1.0))
    with pytest.raises(OverflowError, match=r"exp\(1000\.0\) overflows"):
        exp(Value(1000.0))


def derivatives(compute: Callable[..., Value], *numbers: float) -> tuple[float, ...]:
    leaves = [Value(number) for number in numbers]
    compute(*leaves).backward()
    return tuple(leaf.grad for leaf in leaves)


def test_zeroth_power() -> None:
    x = Value(0.0)
    assert (x**0).data == 1.0
    assert derivatives(lambda x: x**0, 0.0) == (0.0,)
    assert derivatives(lambda x: x**0, 5.0) == (0.0,)
    assert grad(lambda x, y: x**y, argnums=0)(0.0, 0.0) == 0.0
    with pytest.raises(DerivativeError, match=r"0\.0 \*\* 0\.0"):
        derivatives(lambda x, y: x**y, 0.0, 0.0)


def test_powers_of_zero() -> None:
    assert (Value(0.0) ** 2.5).data == 0.0
    assert derivatives(lambda x, y: x**y, 0.0, 2.5) == (0.0, 0.0)
    assert derivatives(lambda x, y: x**y, 0.0, 1.0) == (1.0, 0.0)  # x**1 is x, also at 0
    with pytest.raises(DerivativeError, match=r"0\.0 \*\* 0\.5 has no finite derivative"):
        derivatives(lambda x: x**0.5, 0.0)


def test_powers_of_negative_numbers() -> None:
    assert (Value(-2.0) ** 3).data == -8.0
    assert derivatives(lambda x: x**3, -2.0) == (12.0,)
    assert grad(lambda x, y: x**y, argnums=0)(-2.0, 3.0) == 12.0
    with pytest.raises(DerivativeError, match=r"\(-2\.0\) \*\* 3\.0"):
        derivatives(lambda x, y: x**y, -2.0, 3.0)


def test_derivatives_of_powers_at_zero_to_any_order() -> None:
    derivative: Callable[..., Any] = lambda x: x**3
    values = []
    for _ in range(7):
        values.append(derivative(0.0))
        derivative = grad(derivative)
    assert values == [0.0, 0.0, 0.0, 6.0, 0.0, 0.0, 0.0]
    x = Value(0.0)
    derivative_graph: Value = x**3
    for expected in values[1:]:
        x.grad = 0.0
        derivative_graph.backward()
        assert x.grad == expected
        (derivative_graph,) = partial_derivatives(derivative_graph, [x])


@pytest.mark.parametrize(("compute", "numbers"), [(sqrt, (0.0,)), (atan2, (0.0, 0.0))])
def test_a_derivative_that_does_not_exist_raises_when_asked_for(compute: Any, numbers: tuple[float, ...]) -> None:
    leaves = [Value(number) for number in numbers]
    output = compute(*leaves)
    assert output.data == 0.0
    with pytest.raises(DerivativeError, match="has no finite derivative"):
        output.backward()


def test_a_derivative_that_a_comparison_ignores_is_not_asked_for() -> None:
    x = Value(0.0)
    (x * 3.0 + autograd.greater(sqrt(x), 1.0)).backward()
    assert x.grad == 3.0
    with pytest.raises(DerivativeError, match=r"sqrt\(0\.0\) has no finite derivative"):
        (x * autograd.where(autograd.greater(x, 1.0), sqrt(x), 2.0)).backward()
    assert x.grad == 3.0


def test_a_long_path_to_the_culprit_is_cut_in_the_middle() -> None:
    f = Value(0.0, label="x") * 1.0
    f = sqrt(f)
    for k in range(100):
        f = f * 1.0
        f.label = f"step {k}"
    with pytest.raises(DerivativeError, match=r"^sqrt\(0\.0\) has no finite derivative") as caught:
        f.backward()
    path = str(caught.value).splitlines()[0].partition("on the path ")[2]
    assert path.startswith("step 99 → step 98 → step 97")
    assert path.endswith("step 1 → step 0 → sqrt(0.0) → 0.0 * 1.0 → x")
    beginning, end = path.split(" … ")
    assert (len(beginning) >= 140, len(end), len(path) < 300) == (True, 140, True)


def test_gradients_whose_sum_overflows_are_said() -> None:
    x = Value(1e-10, label="x")
    f = x * 1e308 + x * 1e308
    with pytest.raises(DerivativeError, match="the gradient of x needs it, where a sum of its paths overflows"):
        f.backward()
    assert x.grad == 0.0


@pytest.mark.parametrize("function", [abs, relu])
def test_the_least_subgradient_at_a_corner(function: Any) -> None:
    assert function(Value(0.0)).data == 0.0
    assert derivatives(function, 0.0) == (0.0,)


@pytest.mark.parametrize("function", [maximum, minimum])
def test_a_tie_is_shared(function: Any) -> None:
    assert derivatives(function, 2.0, 2.0) == (0.5, 0.5)


@pytest.mark.parametrize("compute", [relu, lambda x: maximum(x, 1.0), lambda x: minimum(1.0, x)])
def test_nan_goes_through(compute: Callable[[Value], Value]) -> None:
    assert math.isnan(compute(Value(math.nan)).data)


def test_an_error_of_the_backward_pass_names_node_path_and_line_and_changes_no_gradient() -> None:
    x, y = Value(0.0, label="x"), Value(2.0, label="y")
    x.grad = 5.0
    with pytest.raises(DerivativeError, match=r"sqrt\(0\.0\) has no finite derivative .* → sqrt\(0\.0\) → x") as caught:
        (sqrt(x) * y).backward()
    assert (x.grad, y.grad) == (5.0, 0.0)
    assert caught.value.operation is sqrt
    assert "detect_anomaly" in caught.value.__notes__[0]
    with detect_anomaly():
        root = sqrt(x)  # this line is named
    with pytest.raises(DerivativeError, match=rf"recorded at .*test_value.py, line {_line_of('this line is named')}"):
        (root * y).backward()


def _line_of(text: str) -> int:
    with open(__file__) as file:
        return next(i for i, line in enumerate(file, 1) if line.rstrip().endswith("# " + text))


def test_lines_are_noted_for_every_operator_inside_detect_anomaly_only() -> None:
    x = Value(2.0)
    with detect_anomaly():
        noted = [x + x, x - x, x * x, x / x, -x, x**x, exp(x), 2 * x]
    assert all(__file__ in node.origin.line for node in noted)
    assert pickle.loads(pickle.dumps(noted[0])).origin.line == noted[0].origin.line
    assert (x + x).origin.line == ""


# Interrupts, signal handlers, threads and forks: a backward pass is whole, and nothing waits for it -------

PLAIN = pytest.mark.skipif(engine() == "compiled", reason="a compiled sweep is one call into C: it has no lines")
SWEEPING = [autograd.graph, autograd.sweep, autograd.undefined, autograd.value]


class Swept:
    """x·x + y·x at x = 3, y = 2, where x has the gradient 5 of earlier: a pass adds 8 and 3."""

    def __init__(self, spoilt: bool = False) -> None:
        self.x, self.y = Value(3.0), Value(2.0)
        self.x.grad = 5.0
        self.output = self.x * self.x + self.y * self.x
        if spoilt:  # a derivative that does not exist, which nobody needs: the sweep has to look at its edges
            self.output = self.output + autograd.greater(sqrt(Value(0.0)), 1.0)

    def written(self) -> tuple[float, int, float, int]:
        return self.x.grad, self.x.passes, self.y.grad, self.y.passes


BEFORE, ONCE, TWICE = (5.0, 0, 0.0, 0), (13.0, 1, 3.0, 1), (21.0, 2, 6.0, 2)


@PLAIN
@pytest.mark.parametrize("spoilt", [False, True])
def test_an_interrupted_sweep_is_whole_or_none(spoilt: bool) -> None:
    found = set()
    for swept, place, raised in at_every_line(SWEEPING, lambda: Swept(spoilt), lambda swept: swept.output.backward()):
        assert isinstance(raised, KeyboardInterrupt), place
        found.add(swept.written())
        assert swept.written() in (BEFORE, ONCE), place
        expected = ONCE if swept.written() == BEFORE else TWICE
        swept.output.backward()
        assert swept.written() == expected, place
    assert BEFORE in found


@PLAIN
@pytest.mark.parametrize("spoilt", [False, True])
def test_a_handler_can_sweep_the_graph_that_is_being_swept(spoilt: bool) -> None:
    def backward(swept: Swept) -> None:
        swept.output.backward()

    for swept, place, raised in at_every_line(SWEEPING, lambda: Swept(spoilt), backward, backward):
        assert (raised, swept.written()) == (None, TWICE), place


def test_a_finalizer_can_sweep_the_graph_that_is_being_swept() -> None:
    """The collector is started at every allocation that can start it, one after the other."""

    class Cycle:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            f.backward()

    x = Value(3.0)
    f = x * x + chain(200, x)
    f.backward()
    once = x.grad
    ran = 0
    gc.collect()
    gc.freeze()  # what is here already need not be looked at again and again
    for threshold in range(1, 40):
        x.grad = 0.0
        gc.collect()
        Cycle()
        before = gc.get_threshold()
        gc.set_threshold(threshold, 1, 1)
        f.backward()
        gc.set_threshold(*before)
        ran += x.passes == 2
        gc.collect()
        assert (x.passes, x.grad) == (2, 2.0 * once), threshold
    gc.unfreeze()
    assert ran


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("environment", [{}, {"CHAINRULE_PLAIN": "1"}], ids=["as installed", "plain"])
def test_the_child_of_a_fork_can_sweep_while_another_thread_was_sweeping(environment: dict[str, str]) -> None:
    program = """
import os, threading, warnings
from autograd import Value
warnings.simplefilter("ignore")  # Python's own, about forks beside threads
x = Value(1.0)
f = sum(x * x for _ in range(2000))
stop = threading.Event()
def work():
    while not stop.is_set():
        f.backward()
thread = threading.Thread(target=work)
thread.start()
for _ in range(30):
    child = os.fork()
    if not child:
        y = Value(3.0)
        (y * y + f).backward()
        os._exit(0 if y.grad == 6.0 else 1)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
thread.join()
"""
    subprocess.run([sys.executable, "-c", program], env=os.environ | environment, check=True, timeout=60)


def test_a_gradient_that_overflows_is_reported() -> None:
    x = Value(1e-200, label="x")
    with pytest.raises(DerivativeError, match="gradient of x"):
        (1.0 / x).backward()


# Copies and memory --------------------------------------------------------------------------------


def test_copies_keep_the_graph() -> None:
    x = Value(2.0, label="x")
    f = x * x + 1
    f.backward()
    for copied, leaf in (copy.deepcopy((f, x)), pickle.loads(pickle.dumps((f, x)))):
        assert (copied.data, copied.grad, leaf.label) == (5.0, 1.0, "x")
        assert (leaf.grad, x.grad) == (4.0, 4.0)
        copied.backward()
        assert (leaf.grad, x.grad) == (8.0, 4.0)
        assert copied.parents[1].is_constant
    shallow = copy.copy(f)
    assert shallow is not f
    assert shallow.parents == f.parents
    shallow.backward()
    assert x.grad == 8.0


def test_a_pickle_that_fails_leaves_later_ones_alone() -> None:
    cube = autograd.Operation("cube", lambda x: x**3, lambda out, x: 3.0 * x * x)
    for _ in range(3):
        with pytest.raises(TypeError, match="not in the table of operations"):
            pickle.dumps(cube(chain(5, Value(1.0))) + 1.0)
    twin = pickle.loads(pickle.dumps(chain(5000, Value(1.0))))
    assert twin.data == 5001.0


def test_a_label_is_a_plain_str_whatever_a_subclass_of_it_holds() -> None:
    class Name(str):
        value: Value

    name = Name("x")
    held = weakref.ref(name)
    x = Value(1.0, label=name)
    name.value = x
    del name
    gc.collect()
    assert (held(), type(x.label), x.label) == (None, str, "x")


def test_pickling_keeps_what_two_roots_share() -> None:
    x = Value(2.0)
    shared = x * 3
    one, other, leaf = pickle.loads(pickle.dumps([shared + 1, shared * 5, x]))
    assert one.parents[0] is other.parents[0]
    assert one.parents[0].parents[0] is leaf


def test_a_million_nodes_in_a_chain() -> None:
    x = Value(1.0)
    y = chain(MILLION, x)
    y.backward()
    assert x.grad == MILLION + 1
    del y


def test_a_million_nodes_are_copied_and_pickled() -> None:
    y = chain(MILLION, Value(1.0))
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert twin.data == MILLION + 1
        assert len(topological_order(twin)) == MILLION + 1


def test_no_reference_cycles() -> None:
    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        f = exp(chain(10_000, Value(1e-6)))
        f.backward()
        del f
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert after - before < 20_000
