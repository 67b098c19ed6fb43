"""What would freeze a branch while a function is recorded is refused, with the line; nothing is refused afterwards."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, compile, exp, grad, greater, log, relu, where
from autograd.compiling.recording import recording

w = Value(2.0, label="w")

FREEZING: list[Callable[[Any], Any]] = [
    lambda x: x if x > 0 else -x,
    lambda x: x if x == 0.0 else -x,
    lambda x: x * x.grad,
    lambda x: x * float(f"{x:.3f}"),
    lambda x: x if format(x, "+.1f").startswith("+") else -x,
    lambda x: x if x else -x,
    lambda x: x * x.data,
    lambda x: x * (1.0 if w > 0 else 2.0),
    lambda x: x * w.data,
    lambda x: x * float(x),
    lambda x: x * int(x),
    lambda x: x * math.exp(x),
    lambda x: max(x, 0.0),
    lambda x: x if x in (1.0, 2.0) else -x,
]


@pytest.mark.parametrize("function", FREEZING, ids=range(len(FREEZING)))
def test_a_frozen_branch_is_an_error_that_names_the_line(function: Callable[[Any], Any]) -> None:
    line = function.__code__.co_firstlineno
    with pytest.raises(TypeError, match=rf"test_recording\.py, line {line} .* while the function is recorded"):
        compile(function)(1.5)


def test_a_value_goes_by_identity_whatever_its_number() -> None:
    assert compile(lambda x: x * {1.5: 2.0}.get(x, 3.0))(1.5) == 4.5


def test_values_answer_again_afterwards() -> None:
    with pytest.raises(TypeError, match="while the function is recorded"):
        compile(lambda x: x.data)(1.0)
    x = Value(1.0)
    assert x.data == 1.0
    assert x < 2.0
    assert Value(1.0) != x


def test_other_threads_go_on() -> None:
    found: list[Any] = []
    with recording():
        thread = threading.Thread(target=lambda: found.append((Value(3.0).data, Value(1.0) < 2.0, len({Value(1.0)}))))
        thread.start()
        thread.join()
    assert found == [(3.0, True, 1)]


def test_recorded_choices_and_derivatives_compile() -> None:
    f = compile(lambda x: where(greater(x, 0.0), x * x, -x) + relu(x))
    np.testing.assert_allclose(f(np.array([-2.0, 3.0])), [2.0, 12.0])
    slope = compile(lambda x: grad(lambda t: exp(t) * t)(x))
    value, second = slope.value_and_grad(1.0)
    assert (value, second) == pytest.approx((2 * math.e, 3 * math.e))


def test_an_error_of_the_function_itself_comes_through() -> None:
    with pytest.raises(ValueError, match=r"log\(-1\.0\) has no value"):
        compile(lambda x: log(x))(-1.0)
    with pytest.raises(ZeroDivisionError, match=r"1\.0 / 0\.0 has no value"):
        compile(lambda x: x / 0)(1.0)


def test_an_error_that_the_function_catches() -> None:
    def safe(a: Any, b: Any) -> Any:
        try:
            return a / b
        except ZeroDivisionError:
            return a * 0.0

    f = compile(safe)
    with pytest.raises(TypeError, match=r"caught an error while it was recorded .*1\.0 / 0\.0 has no value"):
        f(1.0, 0.0)
    assert f(6.0, 2.0) == 3.0
    assert f(np.array([6.0, 1.0]), np.array([2.0, 0.0])).tolist() == [3.0, 0.0]  # the eager engine runs it
