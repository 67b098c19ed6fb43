"""Programs written on micrograd's or microgpt's scalar class run on ours when their import is changed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

from autograd import Value

microgpt = pytest.importorskip("benchmarks.microgpt", reason="the benchmarks are not here")
CLASSES = [microgpt.Scalar, Value]
if find_spec("micrograd"):
    from micrograd.engine import Value as Micrograd

    CLASSES.append(Micrograd)

# What such programs write, at (3, 2), with its value and its derivatives with respect to both.
WRITTEN: list[tuple[Callable[[Any, Any], Any], tuple[float, float, float]]] = [
    (lambda a, b: a + b, (5.0, 1.0, 1.0)),
    (lambda a, b: a + 1, (4.0, 1.0, 0.0)),
    (lambda a, b: 1 + a, (4.0, 1.0, 0.0)),
    (lambda a, b: a * b, (6.0, 2.0, 3.0)),
    (lambda a, b: a * 2.0, (6.0, 2.0, 0.0)),
    (lambda a, b: 2 * a, (6.0, 2.0, 0.0)),
    (lambda a, b: a - b, (1.0, 1.0, -1.0)),
    (lambda a, b: a - 1, (2.0, 1.0, 0.0)),
    (lambda a, b: 1 - a, (-2.0, -1.0, 0.0)),
    (lambda a, b: -a, (-3.0, -1.0, 0.0)),
    (lambda a, b: a / b, (1.5, 0.5, -0.75)),
    (lambda a, b: a / 4, (0.75, 0.25, 0.0)),
    (lambda a, b: 6 / a, (2.0, -2.0 / 3.0, 0.0)),
    (lambda a, b: a**2, (9.0, 6.0, 0.0)),
    (lambda a, b: a**-0.5, (3**-0.5, -0.5 * 3**-1.5, 0.0)),
    (lambda a, b: a.relu() + (-b).relu(), (3.0, 1.0, 0.0)),
    (lambda a, b: sum([a, b, a]), (8.0, 2.0, 1.0)),
    (lambda a, b: sum((x * x for x in (a, b)), b), (15.0, 6.0, 5.0)),
    (lambda a, b: (a - max(x.data for x in (a, b))) * b, (0.0, 2.0, 0.0)),
]
OF_MICROGPT: list[tuple[Callable[[Any, Any], Any], tuple[float, float, float]]] = [
    (lambda a, b: a.exp(), (math.exp(3.0), math.exp(3.0), 0.0)),
    (lambda a, b: -(a / (a + b)).log(), (math.log(5.0 / 3.0), 0.2 - 1.0 / 3.0, 0.2)),
]


@pytest.mark.parametrize("scalar", CLASSES, ids=lambda scalar: scalar.__module__)
@pytest.mark.parametrize(("written", "expected"), WRITTEN + OF_MICROGPT)
def test_what_they_write(scalar: Any, written: Callable[[Any, Any], Any], expected: tuple[float, float, float]) -> None:
    if scalar.__module__.startswith("micrograd") and (written, expected) in OF_MICROGPT:
        pytest.skip("micrograd has neither exp nor log")
    a, b = scalar(3.0), scalar(2)
    out = written(a, b)
    out.backward()
    assert (out.data, a.grad, b.grad) == pytest.approx(expected, rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("scalar", CLASSES, ids=lambda scalar: scalar.__module__)
def test_a_loop_that_trains(scalar: Any) -> None:
    """The gradients add up until they are set back; the least squares line through 3 points is y = 2x + 1."""
    w, b = scalar(0.0), scalar(0)
    for _ in range(300):
        loss = sum((w * x + b - y) ** 2 for x, y in ((0, 1), (1, 3), (2, 5))) / 3
        for p in (w, b):
            p.grad = 0
        loss.backward()
        for p in (w, b):
            p.data -= 0.1 * p.grad
    assert (w.data, b.data) == pytest.approx((2.0, 1.0), abs=1e-3)
    loss.backward()
    assert f"{loss.data:.4f}" == "0.0000"


def test_a_gpt_trains_alike() -> None:
    models = [microgpt.GPT(scalar) for scalar in (microgpt.Scalar, Value)]
    losses = [[model.step() for _ in range(3)] for model in models]
    assert losses[1] == pytest.approx(losses[0], rel=1e-12)
    assert losses[1][2] < losses[1][0]
    expected, found = ([p.data for p in model.parameters] for model in models)
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-10)


def test_its_loss_is_that_of_the_example() -> None:
    """The same model, written twice: on the methods of such a class, and with this package's functions."""
    from examples import gpt

    model = microgpt.GPT(Value)
    assert [[len(matrix), len(matrix[0])] for matrix in model.weights] == [
        [len(matrix), len(matrix[0])] for matrix in gpt.initial_weights(27, random.Random(0))
    ]
    found = model.loss(microgpt.TOKENS).data
    assert gpt.loss(model.weights, microgpt.TOKENS).data == pytest.approx(found, rel=1e-13)
