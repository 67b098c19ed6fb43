from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DomainError, Value, check_gradients
from nn import losses

FORMULAS: dict[str, tuple[Callable[[Any, Any], Any], list[float]]] = {
    "mse": (lambda p, y: (p - y) ** 2, [-1.5, 0.25, 2.0]),
    "mae": (lambda p, y: np.abs(p - y), [-1.5, 0.25, 2.0]),
    "huber": (lambda p, y: np.where(np.abs(p - y) <= 1, 0.5 * (p - y) ** 2, np.abs(p - y) - 0.5), [-1.5, 0.25, 2.0]),
    "hinge": (lambda p, y: np.maximum(0, 1 - y * p), [-1, 1, 1]),
    "binary_cross_entropy_with_logits": (
        lambda z, y: np.log(1 + np.exp(-z)) * y + np.log(1 + np.exp(z)) * (1 - y),
        [0, 1, 0.25],
    ),
}
LOGITS = [[0.5, -1.0, 2.0], [3.0, 0.0, -0.5]]


@pytest.mark.parametrize("name", FORMULAS)
@given(predictions=st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_losses_are_their_formulas(name: str, predictions: list[float]) -> None:
    formula, targets = FORMULAS[name]
    loss = getattr(losses, name)
    expected = formula(np.array(predictions), np.array(targets))
    recorded = [Value(p) for p in predictions]
    for given_, wanted in ((predictions, targets), (np.array(predictions), np.array(targets)), (recorded, targets)):
        each = loss(given_, wanted, reduction="none")
        assert [getattr(term, "data", term) for term in each] == pytest.approx(expected.tolist(), rel=1e-12)
        for reduction, total in (("mean", expected.mean()), ("sum", expected.sum())):
            reduced = loss(given_, wanted, reduction=reduction)
            assert getattr(reduced, "data", reduced) == pytest.approx(total, rel=1e-12)


def test_binary_cross_entropy_of_probabilities() -> None:
    p, y = np.array([0.1, 0.9, 0.4]), np.array([0.0, 1.0, 0.25])
    expected = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert losses.binary_cross_entropy(p, y) == pytest.approx(expected.mean(), rel=1e-14)
    assert losses.binary_cross_entropy([1.0, 0.0], [1, 0]) == 0.0
    for number, target, problem in ((0.0, 1, "log(0.0)"), (1.0, 0, "log1p(-1.0)"), (-2.0, 0.5, "log(-2.0)")):
        for prediction in (number, Value(number), [Value(number)]):
            with pytest.raises(
                DomainError, match=f"^{re.escape(problem)} has no value.*; binary_cross_entropy takes .*"
            ):
                losses.binary_cross_entropy(prediction, target)


def test_certain_and_right_has_a_gradient() -> None:
    p = Value(1.0)
    losses.binary_cross_entropy(p, 1).backward()
    assert p.grad == -1.0


def test_cross_entropy_is_its_formula() -> None:
    z = np.array(LOGITS)
    log_softmax = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    expected = -log_softmax[[0, 1], [2, 1]]
    assert losses.cross_entropy(z, [2, 1]) == pytest.approx(expected.mean(), rel=1e-14)
    assert losses.cross_entropy(LOGITS, np.array([2.0, 1.0]), "sum") == pytest.approx(expected.sum(), rel=1e-14)
    assert losses.cross_entropy(LOGITS, [2, 1], "none") == pytest.approx(expected.tolist(), rel=1e-14)
    one_hot = [losses.one_hot(2, 3), losses.one_hot(1, 3)]
    assert losses.cross_entropy(LOGITS, one_hot) == pytest.approx(expected.mean(), rel=1e-14)
    mixed = -(np.array([0.2, 0.3, 0.5]) * log_softmax[0]).sum()
    for reduction in ("mean", "none"):
        assert losses.cross_entropy(LOGITS[0], [0.2, 0.3, 0.5], reduction) == pytest.approx(mixed, rel=1e-14)


def test_the_gradient_of_cross_entropy_is_softmax_less_one_hot() -> None:
    row = [Value(z) for z in LOGITS[0]]
    losses.cross_entropy(row, 2).backward()
    softmax = np.exp(LOGITS[0]) / np.exp(LOGITS[0]).sum()
    assert [z.grad for z in row] == pytest.approx((softmax - [0, 0, 1]).tolist(), rel=1e-13)


@pytest.mark.parametrize("logit", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
def test_logits_are_stable(logit: float) -> None:
    with mpmath.workdps(600):
        one = float(mpmath.log(1 + mpmath.exp(-logit)))
        zero = float(mpmath.log(1 + mpmath.exp(logit)))
    z = Value(logit)
    assert losses.binary_cross_entropy_with_logits(logit, 1) == pytest.approx(one, rel=1e-15)
    assert losses.cross_entropy([logit, 0.0], 1) == pytest.approx(zero, rel=1e-14, abs=1e-17)
    losses.binary_cross_entropy_with_logits(z, 0).backward()
    assert math.isfinite(z.grad)


def test_gradients_are_right() -> None:
    for name, (_, targets) in FORMULAS.items():
        loss = getattr(losses, name)
        assert check_gradients(lambda *p, loss=loss, y=targets: loss(p, y), 0.3, 0.7, -2.0).verdict == "pass", name


def test_shapes() -> None:
    assert losses.mse(3.0, 1.0) == losses.mse([3.0], 1.0) == losses.mse(3.0, [1.0]) == losses.mse([[3.0]], [1.0]) == 4
    assert losses.mse([[1.0, 2.0], [3.0, 4.0]], np.zeros((2, 2)), "none") == [[1.0, 4.0], [9.0, 16.0]]
    assert losses.mse([[1.0, 2.0], [3.0, 4.0]], np.zeros((2, 2))) == 7.5


def test_the_penalty() -> None:
    parameters = [Value(3.0), Value(-4.0)]
    losses.l2_penalty(parameters, 0.5).backward()
    assert [p.grad for p in parameters] == [3.0, -4.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.mse([1.0, 2.0], [1.0]), "predictions and targets differ in number: 2 and 1"),
        (lambda: losses.mse([1.0, 2.0], 1.0), "differ in number: 2 and 1"),
        (lambda: losses.mse([], []), "no predictions"),
        (lambda: losses.huber(1.0, 0.0, delta=0.0), "delta is a number above 0, not 0.0"),
        (lambda: losses.cross_entropy([1.0, 2.0], math.nan), "a label is the number of a class, not nan"),
        (lambda: losses.cross_entropy([1.0, 2.0], math.inf), "a label is the number of a class, not inf"),
        (lambda: losses.mse([1.0], [1.0], "average"), "there is no reduction 'average'"),  # type: ignore[arg-type]
        (lambda: losses.hinge([1.0], [0]), "the hinge loss takes labels of -1 and 1, not 0"),
        (lambda: losses.binary_cross_entropy([0.5], [2]), "takes targets between 0 and 1, not 2"),
        (lambda: losses.cross_entropy([1.0, 2.0], 2), "label 2 is out of range: of 2 classes, the last is 1"),
        (lambda: losses.cross_entropy([1.0, 2.0], -1), "label -1 is out of range"),
        (lambda: losses.cross_entropy([1.0, 2.0], 0.5), "a label is the number of a class, not 0.5"),
        (lambda: losses.cross_entropy([1.0, 2.0], [1.0]), "logits and probabilities differ in number: 2 and 1"),
        (lambda: losses.cross_entropy(LOGITS, [0]), "differ in number: 2 and 1"),
        (lambda: losses.cross_entropy(LOGITS, 0), "differ in number: 2 and a single one"),
        (lambda: losses.cross_entropy(1.0, 0), "takes a row of logits"),
    ],
)
def test_what_does_not_fit_is_said(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", [*FORMULAS, "binary_cross_entropy"])
def test_targets_may_be_recorded_too(name: str) -> None:
    """So that a sample's loss can be recorded once, for any target."""
    loss = getattr(losses, name)
    for y in (-1.0, 1.0) if name == "hinge" else (0.0, 0.25, 1.0):
        p, q = Value(0.3), Value(0.3)
        recorded, plain = loss(p, Value(y)), loss(q, y)
        recorded.backward()
        plain.backward()
        assert (recorded.data, p.grad) == pytest.approx((plain.data, q.grad), rel=1e-14)


def test_recorded_rows_stand_for_labels() -> None:
    row, same = [Value(z) for z in LOGITS[0]], [Value(z) for z in LOGITS[0]]
    losses.cross_entropy(row, [Value(y) for y in losses.one_hot(2, 3)]).backward()
    losses.cross_entropy(same, 2).backward()
    assert [z.grad for z in row] == pytest.approx([z.grad for z in same], rel=1e-13)
