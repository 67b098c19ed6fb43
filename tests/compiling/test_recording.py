"""What would freeze a branch while a function is recorded is refused, with the line; nothing is refused afterwards."""

from __future__ import annotations

import builtins
import math
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import DerivativeError, Value, compile, exp, grad, greater, log, relu, where
from autograd.compiling.recording import recorded
from nn.modules import plain_numbers

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
    lambda x: x * (x * w).partials[0],
    lambda x: x * x.item(),
    lambda x: x * x.detach(),
    lambda x: x * plain_numbers(x),
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

    def elsewhere() -> None:
        thread = threading.Thread(target=lambda: found.append((Value(3.0).data, Value(1.0) < 2.0, len({Value(1.0)}))))
        thread.start()
        thread.join()

    recorded(elsewhere)
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


@pytest.mark.parametrize("name", ["nn.mine", "nn", "autograd.value", "autograd.recorder", "autograd"])
def test_no_name_of_a_module_lets_a_number_be_read(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def f(x):\n    return x if x.data > 0 else -x\n")
    module: dict[str, Any] = {"__name__": name}
    exec(builtins.compile(file.read_text(), str(file), "exec"), module)
    with pytest.raises(TypeError, match=rf"{re.escape(str(file))}, line 2 reads \.data of a Value"):
        compile(module["f"])(3.0)


def test_an_error_that_the_engine_itself_catches_is_not_blamed_on_the_function() -> None:
    f = compile(lambda x, y: x**y)  # the derivative by y takes the logarithm of x
    assert f(-2.0, 2.0) == 4.0
    with pytest.raises(DerivativeError, match=r"\(-2\.0\) \*\* 2\.0 has no finite derivative"):
        f.value_and_grad(-2.0, 2.0)


def test_a_compiled_function_is_called_while_another_is_recorded() -> None:
    inner = compile(lambda x: x * x)
    inner(3.0)

    def safe(x: Any, y: Any) -> Any:
        inner(1.0)
        try:
            return x / y + inner(2.0)
        except ZeroDivisionError:
            return x * 0.0

    f = compile(safe)
    with pytest.raises(TypeError, match=r"caught an error while it was recorded .*1\.0 / 0\.0 has no value"):
        f(1.0, 0.0)
    assert f(6.0, 2.0) == 7.0
    assert f(6.0, 0.0) == 0.0  # the eager engine runs it


@pytest.mark.parametrize("call", [lambda f, step: f(3.0), lambda f, step: f.step(3.0), lambda f, step: step()])
def test_what_a_compiled_function_reads_would_be_frozen_in_another(call: Callable[[Any, Any], float]) -> None:
    """inner(3.0) is w · 3: a plain number, which the other would keep whatever w is later."""
    v = Value(2.0)
    inner, step = compile(lambda x: v * x), compile(v * v)
    with pytest.raises(TypeError, match=r"test_recording\.py, line .* calls what was compiled, which reads Values"):
        compile(lambda x: x * call(inner, step))(1.0)
    assert inner(3.0) == 6.0


def test_a_compiled_function_takes_part_in_another() -> None:
    v = Value(2.0)
    inner = compile(lambda x: v * x * x)
    f = compile(lambda x: inner(x) + 1.0)
    assert f.value_and_grad(3.0) == (19.0, 12.0)
    v.data = 5.0
    np.testing.assert_allclose(f(np.array([1.0, 2.0])), [6.0, 21.0])
    x = Value(3.0)
    inner(x).backward()
    assert (x.grad, v.grad) == (30.0, 9.0)
    assert grad(grad(inner))(3.0).data == 10.0
    with pytest.raises(TypeError, match=r"the argument x is a recorded number, .* autograd\.grad"):
        inner.value_and_grad(x)
    with pytest.raises(TypeError, match=r"the argument x is a recorded number"):
        compile(lambda x: inner.value_and_grad(x)[0])(1.0)
