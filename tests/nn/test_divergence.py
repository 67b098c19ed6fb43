"""Runs whose numbers leave the floats: where they stop, what they say, and what they leave behind."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograd import OperationError, RangeError, Value, log
from nn import MLP, SGD, Adam, History, Module, fit, losses
from nn.datasets import make_moons
from nn.optimizers import Optimizer, RMSprop
from tests.nn.engines import ENGINES

DATA = make_moons(20, noise=0.1, random_state=0)
RUNAWAYS: dict[str, Callable[[Any], Optimizer]] = {
    "SGD": partial(SGD, lr=100),
    "momentum": partial(SGD, lr=100, momentum=0.9),
    "Adam": partial(Adam, lr=1e100),
    "a schedule": partial(SGD, lr=lambda step: 0.01 if step < 7 else 1e200),
}


def finite(model: Module, optimizer: Optimizer) -> bool:
    kept = [number for slots in optimizer.state for number in slots]
    return all(math.isfinite(x) for x in (*(p.data for p in model.parameters()), *kept))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [None, 6])
@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_is_stopped_and_the_next_run_works(name: str, batch_size: int | None, engine: str) -> None:
    model = MLP(2, [8, 8, 1], seed=0)
    optimizer = RUNAWAYS[name](model)
    with pytest.raises(RangeError) as caught:
        fit(model, DATA, losses.mse, optimizer, 500, batch_size, engine=engine)
    sentences = str(caught.value).split(". ")
    rate = {"Adam": "1e+100", "a schedule": "1e+200"}.get(name, "100")
    if "training stopped" in str(caught.value):
        assert f"where a learning rate of {rate} may be too high" in sentences[0]
    assert "epoch" in sentences[0]
    assert len(str(caught.value)) < 500
    assert finite(model, optimizer)
    history = fit(model, DATA, losses.mse, SGD(model, lr=0.01), 20, engine=engine)
    assert history.loss[-1] < history.loss[0] < math.inf


@pytest.mark.parametrize("engine", ENGINES)
def test_the_model_is_where_its_loss_was_lowest(engine: str, tmp_path: Path) -> None:
    """The loss of a line through the origin is a parabola of its slope: w ← w - lr·2·(w - 3), from w = 1."""

    def rate(step: int) -> float:
        return 0.25 if step < 4 else 1e200

    model = MLP(1, [1])
    model.load_state_dict({"layers.0.neurons.0.w.0": 1.0, "layers.0.neurons.0.b": 0.0})
    optimizer = SGD([model.layers[0].neurons[0].w[0]], lr=rate)
    options: dict[str, Any] = {"engine": engine, "checkpoint": tmp_path / "run.json"}
    with pytest.raises(RangeError, match=r"before epoch 5, when its loss was lowest\.$"):
        fit(model, ([1.0], [3.0]), losses.mse, optimizer, 50, **options)
    assert model.state_dict() == {"layers.0.neurons.0.w.0": 3.0 - 2.0 / 2.0**4, "layers.0.neurons.0.b": 0.0}
    assert optimizer.steps == 4
    gentle = SGD([model.layers[0].neurons[0].w[0]], lr=0.25)
    history = fit(model, ([1.0], [3.0]), losses.mse, gentle, 6, resume=True, **options)
    assert history.loss == [(2.0 / 2.0**k) ** 2 for k in range(6)]


@pytest.mark.parametrize("engine", ENGINES)
def test_losses_that_are_finite_but_not_their_sum(engine: str) -> None:
    model = MLP(1, [1], seed=0)
    with pytest.raises(RangeError, match="the losses add up to inf, in epoch 1"):
        fit(model, ([1.0, 2.0], [0.0, 0.0]), lambda p, y: 1.7e308 + 0.0 * p, SGD(model), 1, engine=engine)


def test_losses_of_the_validation_data_that_are_finite_but_not_their_sum() -> None:
    model = MLP(1, [1], seed=0)
    held_out = [0.0, 0.0], [1e154, 1e154]
    with pytest.raises(
        RangeError, match=r"the losses add up to inf, at sample 1, counted from 0, of the validation data"
    ):
        fit(model, ([1.0], [0.0]), lambda p, y: 1.2 * (p - y) ** 2, SGD(model), 1, validation=held_out)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_that_is_not_a_number(engine: str) -> None:
    model = MLP(1, [1], seed=0)
    with pytest.raises(RangeError, match=r"^the loss is nan, at sample 0, counted from 0, in epoch 1$"):
        fit(model, ([1.0], [0.0]), lambda p, y: p * math.nan, SGD(model), 1, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_error_before_any_update_blames_no_learning_rate(engine: str) -> None:
    model = MLP(1, [1], seed=0)
    with pytest.raises(OperationError, match=r"^log\(.*, at sample 0, counted from 0, in epoch 1$"):
        fit(model, ([1.0], [0.0]), lambda p, y: log(p * 0.0 - 1.0), SGD(model), 3, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_numbers_that_are_not_finite_from_the_start(number: float, engine: str) -> None:
    model = MLP(1, [1], seed=0)
    model.layers[0].neurons[0].b = Value(number)
    with pytest.raises(ValueError, match=f"^the parameter layers.0.neurons.0.b of this MLP is {number}, which is not"):
        fit(model, ([1.0], [0.0]), losses.mse, SGD(model), 1, engine=engine)
    model = MLP(1, [1], seed=0)
    optimizer = SGD(model, momentum=0.9)
    optimizer.state[1] = (number,)
    with pytest.raises(ValueError, match=f"^the state that this SGD keeps of a parameter is {number}, which is not"):
        fit(model, ([1.0], [0.0]), losses.mse, optimizer, 1, engine=engine)


def test_a_checkpoint_is_not_overwritten_by_numbers_that_are_not_finite(tmp_path: Path) -> None:
    model, path = MLP(1, [1], seed=0), tmp_path / "run.json"
    options: dict[str, Any] = {"checkpoint": path, "engine": "eager"}
    fit(model, ([1.0], [0.0]), losses.mse, SGD(model), 2, **options)
    good, before = path.read_text(), model.state_dict()
    model.layers[0].neurons[0].b.data = math.nan
    with pytest.raises(ValueError, match="is nan, which is not finite"):
        fit(model, ([1.0], [0.0]), losses.mse, SGD(model), 2, **options)
    assert path.read_text() == good
    fit(model, ([1.0], [0.0]), losses.mse, SGD(model), 2, resume=True, **options)  # which mends it
    assert model.state_dict() == before


@pytest.mark.parametrize("engine", ENGINES)
def test_a_callback_that_spoils_a_parameter(engine: str) -> None:
    def spoil(model: Module, history: History) -> None:
        if history.epochs == 3:
            model.parameters()[0].data = math.nan

    model = MLP(1, [1], seed=0)
    with pytest.raises(
        ValueError, match=r"^the parameter .* is nan, which is not finite, since a callback of epoch 3$"
    ):
        fit(model, ([1.0], [0.0]), losses.mse, SGD(model), 9, engine=engine, callbacks=spoil)
    assert all(math.isfinite(p.data) for p in model.parameters())


def test_an_update_without_a_value_is_said() -> None:
    w = Value(1.0)
    with pytest.raises(RangeError, match=r"a parameter from 1\.0 to no number \(float division by zero\)"):
        RMSprop([w], eps=0.0).step()
