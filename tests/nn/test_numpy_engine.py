"""Engines on arrays against the eager one."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import DomainError, Value, exp, log, relu, sigmoid, softmax, sqrt
from nn import ACTIVATIONS, MLP, SGD, Adam, Layer, Module, Sequential, fit, losses
from nn.accuracy import correctness
from nn.arrays import ArrayTask, NotCompilable
from nn.engines import EagerEngine, Task, as_samples
from nn.numpy_engine import NumpyEngine, auto_engine
from nn.optimizers import Optimizer
from tests.nn.engines import ENGINES, LOSSES, OPTIMIZERS, ROWS, Odd, Scale, X, Y, agree, clip, message, network, run


@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name: str, batch_size: int | None) -> None:
    loss, targets, outputs = LOSSES[name]
    output_activation = "sigmoid" if name.startswith("bce") else "linear"
    make = partial(network, outputs, output_activation=output_activation)
    found = agree(make, (X, targets), loss, batch_size=batch_size, penalty=partial(losses.l2_penalty, strength=0.01))
    assert bool(found.accuracy) == (correctness(loss) is not None)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation: str) -> None:
    agree(partial(network, activation=activation), (X, 2 * Y - 1), losses.hinge, batch_size=5)


@pytest.mark.parametrize("batch_size", [None, 10, 24, 1000])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name: str, batch_size: int | None) -> None:
    logits = losses.binary_cross_entropy_with_logits
    agree(network, (X, Y), logits, OPTIMIZERS[name], batch_size=batch_size, penalty=losses.l2_penalty)


def test_models_of_ones_own() -> None:
    targets = np.random.default_rng(1).uniform(size=(24, 3))
    agree(Odd, (X, targets), losses.mse, OPTIMIZERS["AdamW"], batch_size=7)
    agree(lambda: Sequential(Layer(2, 3, seed=0), softmax), (X, targets), losses.mse)
    agree(lambda: Sequential(Layer(2, 3, seed=0), sum, exp), (X, targets[:, 0]), losses.mae)


def test_some_parameters_stay_as_they_are() -> None:
    def last_layer(model: Any) -> Optimizer:
        return Adam([*reversed(model.layers[-1].parameters()), model.layers[0].neurons[0].b], lr=0.01)

    found = agree(network, (X, Y), losses.binary_cross_entropy_with_logits, last_layer, batch_size=9)
    assert found.data[0] == network().parameters()[0].data


def test_a_rule_that_leaves_the_floats_on_the_way() -> None:
    class Roundabout(SGD):
        def update(self, parameter: Any, gradient: Any, state: Any, lr: Any, steps: Any) -> Any:
            infinite = (parameter * parameter + 1e200) * 1e200
            return super().update(parameter + 1.0 / infinite, gradient, state, lr, steps)

    agree(network, (X, Y), losses.mse, partial(Roundabout, lr=0.1))


def test_a_loss_of_the_penalty_alone() -> None:
    agree(lambda: MLP(2, [1], seed=0), (X, Y), lambda p, y: p * 0.0, penalty=losses.l2_penalty)


def test_accuracy_of_ones_own_sees_plain_numbers() -> None:
    seen: set[type] = set()

    def close(prediction: Any, y: Any) -> bool:
        seen.update(map(type, [prediction, *prediction, y, *y]))
        return all(abs(p - t) < 0.5 for p, t in zip(prediction, y, strict=True))

    agree(partial(network, 2), (X, ROWS), losses.mse, correct=close, batch_size=7)
    assert seen == {list, float}


def test_callbacks_see_and_change_the_values() -> None:
    found = agree(
        network, (X, 2 * Y - 1), losses.hinge, OPTIMIZERS["Adam"], callbacks=[clip], validation=(X, 2 * Y - 1)
    )
    assert max(map(abs, found.data)) == 0.5


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_a_checkpoint_holds_what_callbacks_changed(tmp_path: Path, engine: str) -> None:
    def train(epochs: int, **options: Any) -> Any:
        return run(engine, network, (X, Y), losses.mse, OPTIMIZERS["Adam"], epochs, callbacks=[clip], **options)

    train(2, checkpoint=tmp_path / "run.json")
    resumed = train(4, checkpoint=tmp_path / "run.json", resume=True)
    assert vars(resumed) == vars(train(4))


def test_a_run_can_go_on_with_another_engine() -> None:
    model = network()
    optimizer = Adam(model, lr=0.01)
    histories = [
        fit(model, (X, Y), losses.binary_cross_entropy_with_logits, optimizer, 2, engine=engine, batch_size=7)
        for engine in ("numpy", "eager", "numpy")
    ]
    other = network()
    again = Adam(other, lr=0.01)
    expected = [
        fit(other, (X, Y), losses.binary_cross_entropy_with_logits, again, 2, engine="eager", batch_size=7)
        for _ in range(3)
    ]
    assert np.array([h.loss for h in histories]) == pytest.approx(np.array([h.loss for h in expected]), rel=1e-12)
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in other.parameters()], rel=1e-11)


def test_a_checkpoint_of_one_engine_is_one_of_the_other(tmp_path: Path) -> None:
    logits = losses.binary_cross_entropy_with_logits
    expected = run("eager", network, (X, Y), logits, OPTIMIZERS["Adam"], 4, batch_size=7)
    path = tmp_path / "run.json"
    run("numpy", network, (X, Y), logits, OPTIMIZERS["Adam"], 2, batch_size=7, checkpoint=path)
    run("eager", network, (X, Y), logits, OPTIMIZERS["Adam"], 3, batch_size=7, checkpoint=path, resume=True)
    last = run("numpy", network, (X, Y), logits, OPTIMIZERS["Adam"], 4, batch_size=7, checkpoint=path, resume=True)
    last.is_that_of(expected, rel=1e-11)


def test_same_seed_same_bits() -> None:
    one, two = (run("numpy", network, (X, Y), losses.binary_cross_entropy_with_logits, batch_size=5) for _ in range(2))
    assert vars(one) == vars(two)


# Errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize(
    ("function", "inputs", "lr"),
    [
        (log, [1.0, 2.0, -1.0], 1e-3),
        (exp, [1.0, 1000.0], 1e-3),
        (sqrt, [1.0, 2.0, 0.0], 1e-3),
        (lambda x: 1.0 / (x - 2.0), [1.0, 3.0, 2.0, 5.0], 1e-3),
        (lambda x: x, [1.0, 2.0, 3.0], 10.0),
        (lambda x: x * 1e150, [1.0, 2.0, 3.0], 1e160),
    ],
)
def test_what_has_no_value_is_said_as_eagerly(
    function: Callable[[Any], Any], inputs: list[float], lr: float, batch_size: int | None
) -> None:
    case: Any = (partial(Scale, function), (inputs, [0.0] * len(inputs)), losses.mse, lr)
    found, expected = (message(engine, *case, batch_size=batch_size) for engine in ("numpy", "eager"))
    assert found == expected
    assert "in epoch" in found


def test_large_numbers_run_on() -> None:
    data = [1.0, 2.0, 3.0], [1.0, 1.0, 1.0]
    found = agree(partial(Scale, lambda x: x * 1e160), data, lambda p, y: p * y, partial(SGD, lr=1e-160))
    assert found.losses[0] == pytest.approx(2e160)


def test_a_target_that_is_certain_takes_its_term_alone() -> None:
    """At a probability of 1 the other term of the cross-entropy has no value."""
    agree(partial(Scale, lambda p: p), ([0.5, 1.0], [1, 1]), losses.binary_cross_entropy, partial(SGD, lr=-0.0))


@pytest.mark.parametrize(
    ("loss", "targets", "expected"),
    [
        (losses.hinge, [1, -1, 0], "takes labels of -1 and 1, not 0, at sample 2, counted from 0, in epoch 1"),
        (losses.cross_entropy, [0, 1, 5], "label 5 is out of range.* at sample 2, counted from 0, in epoch 1"),
        (losses.cross_entropy, [0, 1, 0.5], "a label is the number of a class, not 0.5, at sample 2"),
        (losses.mse, [[0.0, 1.0], [0.0, 1.0], [0.0]], "differ in number: 2 and 1, at sample 2"),
    ],
)
@pytest.mark.parametrize("engine", ["auto", "numpy", "eager"])
def test_targets_that_do_not_fit_are_said_as_eagerly(engine: str, loss: Any, targets: Any, expected: str) -> None:
    model = MLP(2, [1 if loss is losses.hinge else 2], seed=0)
    with pytest.raises(ValueError, match=expected):
        fit(model, (X[:3], targets), loss, SGD(model), 1, engine=engine)


# What cannot be compiled ------------------------------------------------------------------------------


class Branching(Module):
    def __init__(self) -> None:
        self.w = Value(0.5)

    def __call__(self, x: Any) -> Any:
        return self.w * x[0] if x[0] > 0.5 else self.w * x[1]


class Dropping(Module):
    """Something that comes out differently each time."""

    def __init__(self) -> None:
        self.w = Value(0.5)
        self.random = random.Random(0)

    def __call__(self, x: Any) -> Any:
        return self.w * x[0] * self.random.random()


class ByKind(Module):
    """A model that looks at what kind of number it gets."""

    def __init__(self) -> None:
        self.w = Value(0.5)

    def __call__(self, x: Any) -> Any:
        return self.w * (x[0] if getattr(x[0], "is_constant", True) else 2.0 * x[0])


class Sign(Optimizer):
    """A rule with an if."""

    def update(self, parameter: Any, gradient: Any, state: Any, lr: Any, steps: Any) -> Any:
        return parameter - lr * (1.0 if gradient > 0.0 else -1.0), state


class Mean(Optimizer):
    """A rule that is not elementwise."""

    def update(self, parameter: Any, gradient: Any, state: Any, lr: Any, steps: Any) -> Any:
        return parameter - lr * np.mean(gradient), state


class Clipping(SGD):
    def step(self) -> None:
        for parameter in self.parameters:
            parameter.grad = max(-0.1, min(0.1, parameter.grad))
        super().step()


@pytest.mark.parametrize(
    ("make", "loss", "optimizer", "reason"),
    [
        (Branching, losses.mse, SGD, r"numpy_engine\.py, line \d+ compares a Value while the function is recorded"),
        (Dropping, losses.mse, SGD, r"the loss of sample 0 is .*, but .* when it is recorded once"),
        (ByKind, losses.mse, SGD, r"the loss of sample 0 is .*, but .* when it is recorded once"),
        (network, lambda p, y: abs(p - [0.0, 1.0][y]), SGD, "the loss cannot be recorded once for all samples"),
        (network, lambda p, y: p if y > 0 else -p, SGD, r"line \d+ compares a Value"),
        (network, losses.mse, partial(Sign, lr=0.1), "the update of Sign does not run on arrays"),
        (network, losses.mse, partial(Mean, lr=0.1), "the update of Mean does not give the same on arrays"),
        (network, losses.mse, Clipping, "Clipping has a step of its own"),
    ],
)
def test_what_cannot_be_compiled_runs_eagerly_and_says_so(
    make: Callable[[], Module], loss: Any, optimizer: Any, reason: str
) -> None:
    with pytest.raises(NotCompilable, match=f'{reason}.*; engine="eager" can run it$'):
        run("numpy", make, (X, Y), loss, optimizer)
    with pytest.warns(RuntimeWarning, match=f'^fit runs with engine="eager", which is slow: .*{reason}') as caught:
        found = run("auto", make, (X, Y), loss, optimizer)
    assert len(caught) == 1
    assert Path(caught[0].filename).name == "engines.py"  # of the tests, where fit is called
    if make is not Dropping:
        found.is_that_of(run("eager", make, (X, Y), loss, optimizer))


def test_targets_of_several_lengths_run_eagerly() -> None:
    targets = [[1.0], [1.0, 2.0]] * 12
    with pytest.warns(RuntimeWarning, match="the targets of the samples are of different lengths"):
        run("auto", network, (X, targets), lambda p, y: p * y[0])


def test_auto_compiles_where_it_can() -> None:
    model = network()
    task = Task(model, losses.mse, SGD(model), as_samples((X, Y)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(auto_engine(task)) is NumpyEngine
    fails = Task(model, lambda p, y: log(-relu(p)), SGD(model), as_samples((X, Y)))
    assert isinstance(auto_engine(fails), EagerEngine)
    with pytest.raises(DomainError, match="at sample 0, counted from 0, in epoch 1"):
        fit(model, (X, Y), fails.loss, SGD(model), 1)


@pytest.mark.parametrize("engine", [*ENGINES[1:], "auto"])
def test_a_task_that_fails_only_when_it_is_tried_runs_eagerly_and_says_so(engine: str) -> None:
    calls = iter([True])

    def loss(prediction: Any, target: Any) -> Any:
        if next(calls, False):
            raise LookupError("the first time")
        return losses.mse(prediction, target)

    with pytest.warns(
        RuntimeWarning, match=r'"eager", .* failed when it was tried \(LookupError: the first time'
    ) as caught:
        found = run(engine, network, (X, Y), loss, epochs=3)
    assert len(caught) == 1
    assert Path(caught[0].filename).name == "engines.py"  # of the tests, where fit is called
    found.is_that_of(run("eager", network, (X, Y), losses.mse, epochs=3))


def test_nothing_is_compiled_where_nothing_is_run() -> None:
    assert run("numpy", Branching, (X, Y), losses.mse, epochs=0).losses == []


def test_without_jax_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=r'^engine="jax" needs JAX: pip install "chainrule\[jax\]"$'):
        run("jax", network, (X, Y), losses.mse)


def test_what_a_callback_changes_counts() -> None:
    strength: dict[str, float] = {}

    def penalty(parameters: list[Value]) -> Any:
        return strength["now"] * losses.l2_penalty(parameters)

    def anneal(model: Module, history: Any) -> None:
        strength["now"] /= 4.0

    def train(engine: str) -> Any:
        strength["now"] = 0.1
        return run(engine, network, (X, Y), losses.mse, OPTIMIZERS["Adam"], 6, penalty=penalty, callbacks=anneal)

    train("numpy").is_that_of(train("eager"))


def test_a_loss_that_a_callback_makes_one_that_cannot_be_recorded() -> None:
    """From then on it runs eagerly, and says so."""

    class Counting(Module):
        def __init__(self) -> None:
            self.scale = Value(0.5)
            self.counts, self.calls = False, 0

        def __call__(self, x: Any) -> Any:
            self.calls += self.counts
            return self.scale * x[0] + 1.0 / (1.0 + self.calls)

    def start(model: Any, history: Any) -> None:
        model.counts = True

    model = Counting()
    engine: Any = NumpyEngine(
        ArrayTask(EagerEngine(Task(model, losses.mse, SGD(model, lr=0.1), as_samples((X, Y)))), 0.0)
    )
    engine.epochs(iter([[range(24)]]), lambda done: None)
    engine.write_back()
    start(model, None)
    before = model.calls
    with pytest.warns(RuntimeWarning, match=r'fit goes on with engine="eager", .*: the loss of sample \d+ is'):
        engine.epochs(iter([[range(24)]]), lambda done: None)
    assert model.calls - before >= 24  # every sample was asked


def test_a_first_sample_that_cannot_be_recorded() -> None:
    """Eagerly 0 · log(0) is left out of the cross-entropy; recorded, it would be computed."""
    data = [-2000.0, 1.0, 2.0], [0, 1, 1]
    agree(partial(Scale, sigmoid), data, losses.binary_cross_entropy, batch_size=2)
