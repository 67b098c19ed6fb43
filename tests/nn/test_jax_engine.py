"""JAX's engine against the eager one, on one device, on eight, and on two processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import exp, log, relu
from autograd.interrupts import interrupts_wait
from nn import ACTIVATIONS, MLP, SGD, fit, losses
from nn.arrays import NotCompilable
from nn.datasets import make_moons
from nn.engines import Task, as_samples
from nn.jax_engine import jax_engine
from tests.nn.engines import LOSSES, OPTIMIZERS, ROWS, Odd, Scale, X, Y, agree, clip, message, network, run

jax = pytest.importorskip("jax", reason='JAX is not installed: pip install "chainrule[jax]"')
EXAMPLE = Path(__file__).parents[2] / "examples" / "many_machines.py"


@pytest.mark.parametrize(("name", "rule"), list(zip(LOSSES, cycle(OPTIMIZERS), strict=False)))
def test_every_loss_and_optimizer(name: str, rule: str) -> None:
    loss, targets, outputs = LOSSES[name]
    make = partial(network, outputs, output_activation="sigmoid" if name.startswith("bce") else "linear")
    penalty = partial(losses.l2_penalty, strength=0.01)
    agree(make, (X, targets), loss, OPTIMIZERS[rule], engine="jax", penalty=penalty)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation: str) -> None:
    make = partial(network, activation=activation)
    agree(make, (X, 2 * Y - 1), losses.hinge, OPTIMIZERS["Adam"], engine="jax", batch_size=9)


@pytest.mark.parametrize("batch_size", [None, 8, 10, 1000])
def test_batches_of_many_epochs(batch_size: int | None) -> None:
    """More of them than run at once."""
    case = network, (X, 2 * Y - 1), losses.hinge, OPTIMIZERS["Nesterov"], 25
    found, expected = (run(engine, *case, batch_size=batch_size) for engine in ("jax", "eager"))
    found.is_that_of(expected, rel=1e-11)


def test_a_model_and_an_accuracy_of_ones_own() -> None:
    targets = np.random.default_rng(1).uniform(size=(24, 3))

    def close(prediction: list[float], y: list[float]) -> bool:
        return max(abs(p - t) for p, t in zip(prediction, y, strict=True)) < 0.5

    agree(Odd, (X, targets), losses.mse, OPTIMIZERS["AdamW"], engine="jax", batch_size=7, correct=close)


def test_it_goes_on_from_the_values_and_from_a_checkpoint(tmp_path: Path) -> None:
    def train(engine: str, epochs: int, **options: Any) -> Any:
        case = network, (X, ROWS[:, 0]), losses.mse, OPTIMIZERS["Adam"], epochs
        return run(engine, *case, callbacks=[clip], validation=(X, Y), **options)

    path = tmp_path / "run.json"
    train("jax", 2, checkpoint=path)
    train("jax", 4, checkpoint=path, resume=True).is_that_of(train("eager", 4))


def test_an_interrupted_epoch_leaves_no_trace() -> None:
    """What JAX was given is lost then, and so is what it gives."""
    model = network()
    task = Task(model, losses.mse, OPTIMIZERS["Adam"](model), as_samples((X, Y)))
    engine: Any = jax_engine(task)
    engine.epochs(iter([[range(24)]]), lambda done: None)
    run_epoch = engine.run

    def interrupted(*arguments: Any) -> Any:
        run_epoch(*arguments)
        raise KeyboardInterrupt

    engine.run = interrupted
    with pytest.raises(KeyboardInterrupt):
        engine.epochs(iter([[range(24)]]), lambda done: None)
    engine.write_back()
    expected = run("eager", network, (X, Y), losses.mse, OPTIMIZERS["Adam"], 1)
    assert [p.data for p in model.parameters()] == pytest.approx(expected.data, rel=1e-12)
    engine.run = run_epoch
    engine.epochs(iter([[range(24)]]), lambda done: None)
    engine.write_back()
    expected = run("eager", network, (X, Y), losses.mse, OPTIMIZERS["Adam"], 2)
    assert [p.data for p in model.parameters()] == pytest.approx(expected.data, rel=1e-12)


def test_same_seed_same_bits() -> None:
    one, two = (run("jax", network, (X, Y), losses.mse, batch_size=8) for _ in range(2))
    assert vars(one) == vars(two)


@pytest.mark.parametrize(
    ("function", "inputs", "lr"),
    [
        (log, [1.0, 2.0, -1.0], 1e-3),
        (exp, [1.0, 1000.0], 1e-3),
        (lambda x: x, [1.0, 2.0, 3.0], 10.0),
        (lambda x: relu(-exp(x)) + x, [1.0, 1000.0], 1e-3),  # max(-inf, 0) is 0
        (lambda x: 0.1 / exp(100.0 * x) - x, [1.0, 2.0], 0.3),  # 1 / inf is 0, after some epochs
    ],
)
def test_what_has_no_value_is_said_as_eagerly(function: Callable[[Any], Any], inputs: list[float], lr: float) -> None:
    case: Any = (partial(Scale, function), (inputs, [0.0] * len(inputs)), losses.mse, lr)
    found, expected = (message(engine, *case) for engine in ("jax", "eager"))
    assert found == expected


def test_a_single_bad_epoch_does_not_end_a_run() -> None:
    """What leaves the floats on the way and comes back is left to NumPy and the eager engine."""
    certain = [0.5, 1.0], [1, 1]  # log1p(-1) has no value, and does not count
    agree(partial(Scale, lambda p: p), certain, losses.binary_cross_entropy, partial(SGD, lr=0.0), engine="jax")


def test_what_cannot_be_compiled_is_said() -> None:
    with pytest.raises(NotCompilable, match="compares a Value"):
        run("jax", network, (X, Y), lambda p, y: p if p > y else -p)


def test_the_users_configuration_stays() -> None:
    run("jax", network, (X, Y), losses.mse, epochs=1)
    assert jax.numpy.ones(1).dtype == "float32"


def test_what_a_callback_changes_counts() -> None:
    def train(engine: str) -> Any:
        strength = [0.1]

        def penalty(parameters: Any) -> Any:
            return strength[0] * losses.l2_penalty(parameters)

        def change(model: Any, history: Any) -> None:
            strength[0] /= 4.0
            optimizers[-1].weight_decay *= 0.5

        optimizers: list[Any] = []

        def make(model: Any) -> Any:
            optimizers.append(SGD(model, lr=0.1, momentum=0.9, weight_decay=0.1))
            return optimizers[-1]

        return run(engine, network, (X, Y), losses.mse, make, 5, penalty=penalty, callbacks=change)

    train("jax").is_that_of(train("eager"))


def test_a_rule_that_jax_cannot_trace() -> None:
    class Sign(SGD):
        def update(self, parameter: Any, gradient: Any, state: Any, lr: Any, steps: Any) -> Any:
            return parameter - lr * np.sign(gradient), state

    run("numpy", network, (X, Y), losses.mse, partial(Sign, lr=0.1))
    with pytest.raises(NotCompilable, match="the update of Sign does not run on JAX"):
        run("jax", network, (X, Y), losses.mse, partial(Sign, lr=0.1))


def test_interrupts_wait_until_jax_is_done() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    done = []

    def interrupted() -> None:
        with interrupts_wait():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            done.append(True)

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert done
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


# Many devices ----------------------------------------------------------------------------------------

PROGRAM = """
import json, sys
import jax
from nn import MLP, Adam, fit, losses
from nn.datasets import make_moons
from nn.engines import Task, as_samples
from nn.jax_engine import jax_engine

found = []
for batch_size in (None, 16, 13):
    model = MLP(2, [5, 1], activation="tanh", seed=0)
    data = make_moons(61, noise=0.1, random_state=0)
    loss = losses.binary_cross_entropy_with_logits
    history = fit(model, data, loss, Adam(model, lr=0.01), 2, batch_size=batch_size, engine="jax")
    found.append([history.loss, history.accuracy, [[p.data, p.grad] for p in model.parameters()]])
print(json.dumps([jax.device_count(), found]))
"""


def start(*command: str, devices: int = 1) -> subprocess.Popen[str]:
    flags = f"--xla_force_host_platform_device_count={devices}"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *command], env=environment, text=True, stdout=pipe, stderr=pipe)


def finish(process: subprocess.Popen[str]) -> str:
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, err
    return out


def test_eight_devices_compute_what_one_does() -> None:
    processes = [start("-c", PROGRAM, devices=count) for count in (1, 8)]
    (one, expected), (eight, found) = (json.loads(finish(process)) for process in processes)
    assert (one, eight) == (1, 8)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours[1] == theirs[1]
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)
        np.testing.assert_allclose(ours[2], theirs[2], rtol=1e-12, atol=1e-15)


def test_two_processes_compute_what_one_does(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        coordinator = f"127.0.0.1:{free.getsockname()[1]}"
    paths = [str(tmp_path / f"{number}.json") for number in range(2)]
    processes = [start(str(EXAMPLE), coordinator, "2", str(number), paths[number]) for number in range(2)]
    assert "2 devices of 2 processes" in finish(processes[0])
    finish(processes[1])
    model = MLP(2, [16, 16, 1], activation="tanh", seed=0)
    data, loss = make_moons(1000, noise=0.1, random_state=0), losses.binary_cross_entropy_with_logits
    fit(model, data, loss, SGD(model, lr=0.1, momentum=0.9), epochs=20, batch_size=64, engine="jax")
    for path in paths:
        found = json.loads(Path(path).read_text())
        expected = model.state_dict()
        assert found.keys() == expected.keys()
        np.testing.assert_allclose(list(found.values()), list(expected.values()), rtol=1e-12, atol=1e-12)
