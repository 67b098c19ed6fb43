"""The runs against NumPy formulas and the facts of the tutorial and of micrograd's notebook."""

from __future__ import annotations

import random

import numpy as np
import pytest

from autograd import Value
from nn import MLP, predict
from nn.datasets import make_moons
from nn.layers import Layer
from nn.runs import RUNS, digits, moons, tutorial


def matrices(layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T,
        np.array([neuron.b.data for neuron in layer.neurons]),
    )


def test_the_tutorials_first_epochs_are_its_formulas() -> None:
    start = tutorial(epochs=0)
    (w1, b1), (w2, b2) = map(matrices, start.model.layers)
    assert w1[0, :3].tolist() == pytest.approx([0.49671415, -0.1382643, 0.64768854], abs=5e-9)
    assert w2[:3, 0].tolist() == pytest.approx([0.65545806, -0.10097023, 0.03019953], abs=5e-9)
    x, y = start.training[0], start.training[1][:, None]
    expected_loss, expected_accuracy = [], []
    for _ in range(20):
        z1 = x @ w1 + b1
        a1 = np.maximum(z1, 0)
        p = 1 / (1 + np.exp(-(a1 @ w2 + b2)))
        expected_loss.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        expected_accuracy.append(np.mean((p > 0.5) == y))
        dz2 = (p - y) / len(y)
        dz1 = (dz2 @ w2.T) * (z1 > 0)
        w2, b2, w1, b1 = w2 - 0.1 * a1.T @ dz2, b2 - 0.1 * dz2.sum(0), w1 - 0.1 * x.T @ dz1, b1 - 0.1 * dz1.sum(0)
    run = tutorial(epochs=20)
    assert f"{run.history.loss[0]:.6f}" == "1.319591"
    assert run.history.loss == pytest.approx(expected_loss, rel=1e-10)
    assert run.history.accuracy == pytest.approx(expected_accuracy)
    for layer, (w, b) in zip(run.model.layers, [(w1, b1), (w2, b2)], strict=True):
        assert np.allclose(matrices(layer)[0], w, rtol=0, atol=1e-10)
        assert np.allclose(matrices(layer)[1], b, rtol=0, atol=1e-10)


def test_the_tutorials_figures_after_1000_epochs() -> None:
    run = tutorial()
    losses = "1.319591 0.399662 0.338569 0.308881 0.293622 0.283006 0.275069 0.268586 0.263096 0.258087 0.253174"
    epochs = [1, *range(100, 1001, 100)]
    assert [f"{run.history.loss[epoch - 1]:.6f}" for epoch in epochs] == losses.split()
    test = run.test_score()
    assert test is not None
    assert (run.training_score().accuracy, test.accuracy) == (0.8850, 0.8950)
    probabilities = predict(run.model, [(0, 0), (1, 1), (-1, 0.5), (0.5, -0.5)])
    assert [f"{p:.6f}" for p in probabilities] == ["0.726010", "0.035539", "0.032518", "0.989726"]


def test_micrograds_demo_reaches_every_point() -> None:
    random.seed(5)
    state = random.getstate()
    run = moons()
    assert random.getstate() == state
    assert run.history.loss[:2] == pytest.approx([0.8958441028683222, 1.723590533697202], rel=1e-9)
    assert run.history.accuracy[:2] == [0.5, 0.81]
    assert run.training_score().accuracy == 1.0
    assert run.test is None
    assert run.test_score() is None


def test_micrograds_demo_draws_from_its_seeds() -> None:
    run = moons(epochs=0)
    np.random.seed(1337)
    random.seed(1337)
    assert run.training[0].tolist() == make_moons(100, noise=0.1)[0].tolist()
    assert set(run.training[1].tolist()) == {-1, 1}
    assert run.model.parameters()[0].data == random.uniform(-1, 1)


def test_digits_are_learnt() -> None:
    run = digits()
    assert (len(run.training[0]), [len(layer.neurons) for layer in run.model.layers]) == (1437, [32, 10])
    test = run.test_score()
    assert test is not None
    assert test.accuracy is not None
    assert test.accuracy > 0.95


def test_runs_have_names() -> None:
    assert list(RUNS) == ["tutorial", "moons", "digits"]


def test_micrograds_loop_runs_as_it_is_written() -> None:
    """Its notebook's, with its names, against fit."""
    X, y = make_moons(n_samples=100, noise=0.1, random_state=1337)
    y = y * 2 - 1
    model = MLP(2, [16, 16, 1], seed=random.Random(1337))
    seen = []
    for k in range(3):
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        each = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(each) * (1.0 / len(each))
        total_loss = data_loss + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        seen.append(total_loss.data)
    run = moons(epochs=3)
    assert run.history.loss == pytest.approx(seen, rel=1e-12)
    assert list(run.model.state_dict().values()) == pytest.approx(list(model.state_dict().values()), rel=1e-10)
