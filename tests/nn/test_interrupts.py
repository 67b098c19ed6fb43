"""Ctrl-C at every line of a training run, and of all that writes parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import autograd.interrupts
import nn.arrays
import nn.checkpoints
import nn.engines
import nn.history
import nn.loop
import nn.modules
import nn.numpy_engine
import nn.optimizers
import nn.training
from autograd import Value
from nn import MLP, Adam, History, Module, fit, losses
from nn.optimizers import Optimizer
from tests.interrupting import at_every_line

TRAINING = [
    autograd.interrupts, nn.checkpoints, nn.engines, nn.history, nn.loop, nn.modules, nn.optimizers,
    nn.training, nn.arrays, nn.numpy_engine,
]  # fmt: skip
DATA = [0.0, 1.0, 2.0], [1.0, 0.0, 1.0]
EPOCHS = 2


def start() -> tuple[Module, Optimizer]:
    model = MLP(1, [1], output_activation="sigmoid", seed=0)
    return model, Adam(model, lr=0.1)


def state(model: Module, optimizer: Optimizer) -> Any:
    return model.state_dict(), [p.grad for p in model.parameters()], optimizer.state_dict()


def train(model: Module, optimizer: Optimizer, epochs: int, **options: Any) -> History:
    return fit(model, DATA, losses.binary_cross_entropy, optimizer, epochs, progress=False, **options)


@pytest.mark.parametrize(
    ("engine", "batch_size", "checkpoints"), [("eager", None, True), ("eager", 2, False), ("numpy", None, False)]
)
def test_an_interrupted_run_is_so_many_whole_epochs(
    tmp_path: Path, engine: str, batch_size: int | None, checkpoints: bool
) -> None:
    options: dict[str, Any] = {"engine": engine, "batch_size": batch_size}
    wholes = [start() for _ in range(EPOCHS + 1)]
    scores = [train(*whole, epochs, **options) for epochs, whole in enumerate(wholes)]
    expected = [state(*whole) for whole in wholes]
    if checkpoints:
        options |= {"checkpoint": tmp_path / "run.json"}
    histories: list[History] = []

    def run(made: tuple[Module, Optimizer]) -> None:
        histories.clear()
        histories.append(train(*made, EPOCHS, callbacks=lambda model, history: None, **options))

    for made, place, raised in at_every_line(TRAINING, start, run):
        found = state(*made)
        if not histories:  # before the first epoch, or after the last
            assert isinstance(raised, KeyboardInterrupt), place
            assert found in (expected[0], expected[-1]), place
            continue
        history = histories[0]
        whole = scores[history.epochs]
        assert (raised, history.interrupted) == (None, True), place
        assert found == expected[history.epochs], place
        assert (history.loss, history.accuracy) == (whole.loss, whole.accuracy), place
        if checkpoints:
            kept = json.loads(options["checkpoint"].read_text())
            assert (kept["parameters"], kept["optimizer"]) == (found[0], found[2]), place
            assert kept["history"]["loss"] == history.loss, place
        assert not train(*made, 1, engine="eager").interrupted


def test_an_update_is_whole_or_none() -> None:
    def made() -> Adam:
        optimizer = Adam([Value(1.0), Value(2.0)])
        for parameter in optimizer.parameters:
            parameter.grad = 0.5
        return optimizer

    def written(optimizer: Optimizer) -> Any:
        return [p.data for p in optimizer.parameters], optimizer.state_dict()

    after = made()
    after.step()
    whole = [written(made()), written(after)]
    for optimizer, place, raised in at_every_line([nn.optimizers, autograd.interrupts], made, Adam.step):
        assert isinstance(raised, KeyboardInterrupt), place
        assert written(optimizer) in whole, place


def test_a_loaded_state_is_whole_or_none(tmp_path: Path) -> None:
    def made() -> MLP:
        return MLP(1, [1, 1], seed=0)

    other = MLP(1, [1, 1], seed=1)
    path = other.save(tmp_path / "model.json")
    whole = [made().state_dict(), other.state_dict()]
    for model, place, raised in at_every_line([nn.modules, autograd.interrupts], made, lambda m: m.load(path)):
        assert isinstance(raised, KeyboardInterrupt), place
        assert model.state_dict() in whole, place
