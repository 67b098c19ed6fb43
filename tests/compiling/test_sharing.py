"""Compiled functions in several threads, in signal handlers, after a fork, and interrupted."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd.compiling.arguments
import autograd.compiling.bound
import autograd.compiling.calls
import autograd.compiling.compiled
import autograd.compiling.elementwise
import autograd.compiling.graphs
import autograd.compiling.kernel
import autograd.compiling.point
import autograd.compiling.pool
import autograd.compiling.recent
import autograd.compiling.recording
import autograd.errors
import autograd.functions
import autograd.interrupts
import autograd.recorder
import autograd.value
from autograd import OperationError, Value, compile, exp, greater, log, where
from tests.interrupting import at_every_line

RUNNING = [
    autograd.compiling.bound, autograd.compiling.calls, autograd.compiling.compiled, autograd.compiling.elementwise,
    autograd.compiling.graphs, autograd.compiling.kernel, autograd.compiling.point, autograd.compiling.pool,
    autograd.compiling.recent, autograd.compiling.recording, autograd.interrupts, autograd.value,
]  # fmt: skip


def in_threads(work: Callable[[int], None], count: int = 4) -> None:
    """Run in so many threads at once, which take turns as often as can be."""
    raised: list[BaseException] = []
    start = threading.Barrier(count)

    def one(number: int) -> None:
        start.wait()
        try:
            work(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=one, args=[number]) for number in range(count)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert raised == []


class Loss:
    """(3a + b)² and its step, at a point or in arrays: at a = 1, b = 2 it is 25, with the gradient 30, 10."""

    def __init__(self, at_a_point: bool = True) -> None:
        self.a, self.b = Value(1.0), Value(-1.0)
        self.output = (3.0 * self.a + self.b) ** 2
        self.step: Any = compile(self.output)
        if not at_a_point:
            self.step._point = None
        self.step()
        self.b.data = 2.0

    def written(self) -> tuple[float, float, float]:
        return self.output.data, self.a.grad, self.b.grad


OLD, NEW = (4.0, 12.0, 4.0), (25.0, 30.0, 10.0)


WAYS = pytest.mark.parametrize("at_a_point", [True, False], ids=["at a point", "in arrays"])


@WAYS
def test_threads_share_a_recorded_loss(at_a_point: bool) -> None:
    loss = Loss(at_a_point)

    def work(number: int) -> None:
        for _ in range(300):
            assert loss.step() == 25.0

    in_threads(work)
    assert loss.written() == NEW


@pytest.mark.parametrize("warm", [True, False])
def test_threads_share_a_function(warm: bool) -> None:
    w = Value(0.5)
    f = compile(lambda x, y: exp(w * x) * y)
    if warm:
        f(1.0, 1.0)

    def work(number: int) -> None:
        x = np.linspace(0.0, 1.0, 3 + number % 2) + number
        for _ in range(100):
            value, (dx, _) = f.value_and_grad(x, 2.0)
            np.testing.assert_allclose(value, 2.0 * np.exp(0.5 * x), rtol=1e-14)
            np.testing.assert_allclose(dx, np.exp(0.5 * x), rtol=1e-14)

    in_threads(work)


def test_samples_that_run_eagerly_leave_the_gradients_of_others_alone() -> None:
    w = Value(2.0)
    w.grad = 7.0
    f = compile(lambda x: w * x)

    def work(number: int) -> None:
        for _ in range(100):
            assert f.value_and_grad(1e200) == (2e200, 2.0)  # so large that arrays leave it to the eager engine
            assert w.grad == 7.0

    in_threads(work)


def test_a_bound_function_is_for_one_thread() -> None:
    w = Value(2.0)
    f = compile(lambda x: w * x)
    bound = f.bind(np.ones(3))
    raised: list[str] = []

    def work() -> None:
        try:
            bound(np.ones(3))
        except RuntimeError as error:
            raised.append(str(error))
        assert f.bind(np.ones(3))(np.ones(3)).tolist() == [2.0, 2.0, 2.0]

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert raised == ["a bound function holds numbers for one thread only: call bind() in each"]
    assert bound(np.ones(3)).tolist() == [2.0, 2.0, 2.0]


# Signal handlers and __del__: the same thread again, in the middle of a call -------------------------------


@WAYS
def test_a_handler_can_run_the_step_that_it_interrupts(at_a_point: bool) -> None:
    lines, make = 0, partial(Loss, at_a_point)
    for loss, place, raised in at_every_line(RUNNING, make, lambda loss: loss.step(), lambda loss: loss.step()):
        lines += 1
        assert (raised, loss.written()) == (None, NEW), place
    assert lines > (5 if at_a_point else 20)


def test_a_step_leaves_the_numbers_alone_that_a_handler_changes() -> None:
    def made() -> tuple[Value, Any]:
        w = Value(1e200)  # so large that arrays leave it to the eager engine
        return w, compile(w * 2.0)

    def change(made: tuple[Value, Any]) -> None:
        made[0].data = 3.0

    for (w, _), place, raised in at_every_line(RUNNING, made, lambda made: made[1](), change):
        assert (raised, w.data) == (None, 3.0), place


@pytest.mark.parametrize(
    ("first", "second"),
    [(2.0, 5.0), (np.array([2.0, 3.0]), np.array([5.0, 7.0])), (np.ones(2), 5.0), (np.ones((2, 1)), np.zeros((3, 1)))],
    ids=["numbers", "columns", "both", "rows"],
)
def test_a_handler_can_run_the_function_that_it_interrupts(first: Any, second: Any) -> None:
    def square(x: Any) -> Any:
        return x[0] * x[0] if isinstance(x, np.ndarray) else x * x

    def made() -> tuple[Any, list[Any]]:
        f = compile(square)
        for x in (first, second):
            f.value_and_grad(x)
        return f, []

    def run(given: tuple[Any, list[Any]], x: Any = first) -> None:
        f, found = given
        value, slope = f.value_and_grad(x)
        found.append((np.sum(value), np.sum(slope)))

    wanted = [(np.sum(x**2), np.sum(2.0 * x)) for x in (second, first)]
    for (_, found), place, raised in at_every_line(RUNNING, made, run, lambda given: run(given, second)):
        assert (raised, found) in ((None, wanted), (None, wanted[::-1])), place


RECORDING = [
    autograd.compiling.arguments, autograd.compiling.compiled, autograd.compiling.recording, autograd.errors,
    autograd.functions, autograd.recorder, autograd.value,
]  # fmt: skip


def test_a_handler_can_record_while_a_function_is_recorded() -> None:
    def handler(found: list[float]) -> None:
        found.append(compile(lambda x: x + 1.0)(1.0))

    def run(found: list[float]) -> None:
        found.append(compile(lambda x: x * 3.0)(1.0))

    for found, place, raised in at_every_line(RECORDING, list, run, handler):
        assert raised is None, place
        assert sorted(found) == [2.0, 3.0], place
        assert Value(1.0).data == 1.0, place


def test_a_handler_can_ask_and_fail_while_a_function_is_recorded() -> None:
    """What it reads, runs and catches is not the function's."""

    def made() -> tuple[list[float], Loss]:
        return [], Loss()

    def handler(made: tuple[list[float], Loss]) -> None:
        found, loss = made
        try:
            log(-1.0)
        except ValueError:
            found.append(loss.step() + loss.a.data + loss.a.grad + float(loss.a < 2.0))

    def run(made: tuple[list[float], Loss]) -> None:
        made[0].append(compile(lambda x: where(greater(x, 0.0), x * 3.0, x))(1.0))

    for (found, _), place, raised in at_every_line(RECORDING, made, run, handler):
        assert raised is None, place
        assert sorted(found) == [3.0, 57.0], place


def test_threads_record_and_run_at_the_same_time() -> None:
    w = Value(2.0)

    def work(number: int) -> None:
        for k in range(20):
            f = compile(lambda x, y: w * x * exp(y) + number * where(greater(x, y), x, y))
            x, y = float(k + number), 0.5
            slope = 2.0 * math.exp(y) + number * (x > y)
            for _ in range(2):
                assert f.value_and_grad(x, y)[1][0] == pytest.approx(slope, rel=1e-14)
                assert f.value_and_grad(np.full(3, x), y)[1][0] == pytest.approx([slope] * 3, rel=1e-14)
            with pytest.raises(TypeError, match=r"reads \.data of a Value while the function is recorded"):
                compile(lambda x: x.data)(1.0)
            assert w.data == 2.0

    in_threads(work)


# Interrupts -------------------------------------------------------------------------------------------


@WAYS
def test_an_interrupted_step_is_whole_or_none(at_a_point: bool) -> None:
    for loss, place, raised in at_every_line(RUNNING, partial(Loss, at_a_point), lambda loss: loss.step()):
        assert isinstance(raised, KeyboardInterrupt), place
        assert loss.written() in (OLD, NEW), place
        assert (loss.step(), loss.written()) == (25.0, NEW), place


@pytest.mark.parametrize("x", [3.0, np.array([1.0, 2.0]), 1e200], ids=["number", "batch", "eagerly"])
def test_an_interrupted_step_of_a_function_is_whole_or_none(x: Any) -> None:
    def made() -> tuple[list[Value], Any]:
        values = [Value(1.0), Value(2.0)]
        f = compile(lambda x: values[0] * x + 3.0 * values[1])
        f(1.0)
        f(np.ones(2))
        return values, f

    def written(values: list[Value]) -> list[float]:
        return [value.grad for value in values]

    after, f = made()
    f.step(x)
    for (values, f), place, raised in at_every_line(RUNNING, made, lambda made: made[1].step(x)):
        assert isinstance(raised, KeyboardInterrupt), place
        assert written(values) in ([0.0, 0.0], written(after)), place
        f.step(x)
        assert written(values) == written(after), place


def test_numbers_brought_back_from_arrays_are_all_or_none() -> None:
    def made() -> tuple[list[Value], Any]:
        values = [Value(1.0), Value(2.0)]
        bound = compile(lambda x: (values[0] * x + values[1]) ** 2).bind(1.0)
        bound(1.0)
        bound.parameters[0][:] = 5.0
        return values, bound

    for (values, _), place, raised in at_every_line(RUNNING, made, lambda made: made[1].store()):
        assert isinstance(raised, KeyboardInterrupt), place
        found = [(value.data, value.grad) for value in values]
        assert found in ([(1.0, 0.0), (2.0, 0.0)], [(5.0, 6.0), (5.0, 6.0)]), place


def test_an_interrupted_recording_leaves_nothing_behind() -> None:
    before = dict(vars(Value)), OperationError.__init__
    lines = 0
    for _, place, raised in at_every_line(RECORDING, lambda: None, lambda _: compile(lambda x: x * 3.0)(1.0)):
        lines += 1
        assert isinstance(raised, KeyboardInterrupt), place  # whose traceback still holds the frames
        assert not autograd.errors.WATCHES, place
        assert (dict(vars(Value)), OperationError.__init__) == before, place
        assert Value(1.0).data == 1.0, place
        assert compile(lambda x: x * 2.0)(1.0) == 2.0, place
    assert lines > 40


# Forks ------------------------------------------------------------------------------------------------

FORK = """
import os, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from autograd import Value, compile

w = Value(2.0)
step = compile(w * w)
before = dict(vars(Value))
go_on, recording = threading.Event(), threading.Event()

def slow(x):
    recording.set()
    go_on.wait()
    return x * w

thread = threading.Thread(target=lambda: compile(slow)(1.0))
thread.start()
recording.wait()
child = os.fork()
if child == 0:
    assert compile(lambda x: x * 3.0)(2.0) == 6.0
    assert (step(), w.grad, w.data) == (4.0, 4.0, 2.0)
    assert dict(vars(Value)) == before
    os._exit(0)
go_on.set()
thread.join()
assert compile(lambda x: x * 3.0)(2.0) == 6.0
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_fork_while_another_thread_records() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_buffers_and_kernels_are_kept_for_the_latest_only() -> None:
    f = compile(lambda x, w: sum((w * part for part in x), w))
    for size in range(1, 50):
        assert f(np.ones((size, 2)), 2.0).tolist() == [6.0] * size
    assert len(list(f._latest._pools)) <= 4  # type: ignore[union-attr]
    bound = f.bind(np.ones((1, 2)), 2.0)
    for size in range(1, 50):
        assert bound(np.ones((size, 2)), 2.0).tolist() == [6.0] * size
    assert len(list(bound._runners)) <= 4
    for length in range(1, 50):
        assert f([1.0] * length, 2.0) == 2.0 * length + 2.0
    assert len(list(f._recordings)) <= 32
    assert f([1.0], 2.0) == 4.0  # once more, after it was forgotten
