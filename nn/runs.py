"""Three training runs, from their data and initial weights: the tutorial's, micrograd's demo, and digits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn import losses
from nn.datasets import Data, load_digits, make_moons, train_test_split
from nn.engines import Loss, Score, evaluate
from nn.history import History
from nn.layers import MLP, Layer
from nn.optimizers import SGD, Adam
from nn.schedules import linear
from nn.training import fit


@dataclass(frozen=True)
class Run:
    """A model after training, and the data: ``test`` is None where the model was trained on all of them."""

    model: MLP
    loss: Loss
    training: Data
    test: Data | None
    history: History

    def training_score(self) -> Score:
        """Loss and accuracy on the training data, as the model is now."""
        return evaluate(self.model, self.training, self.loss)

    def test_score(self) -> Score | None:
        """Loss and accuracy on the test data, if there are any."""
        return None if self.test is None else evaluate(self.model, self.test, self.loss)


def tutorial(epochs: int = 1000, **options: Any) -> Run:
    """Two moons, 2-10-1, binary cross-entropy, by gradient descent on all 800 points at once.

    The network, data and initial weights are those of M. Sharma's tutorial (2025); ``options`` go to ``fit``.
    """
    inputs, labels = make_moons(1000, noise=0.2, random_state=42)
    x_train, x_test, y_train, y_test = train_test_split(inputs, labels, test_size=0.2, random_state=42)
    model = MLP(2, [10, 1], activation="relu", output_activation="sigmoid")
    weights = np.random.RandomState(42)
    for layer, shape in zip(model.layers, [(2, 10), (10, 1)], strict=True):
        set_weights(layer, weights.randn(*shape) * np.sqrt(2 / shape[0]))
    loss = losses.binary_cross_entropy
    history = fit(model, (x_train, y_train), loss, SGD(model, lr=0.1), epochs, **options)
    return Run(model, loss, (x_train, y_train), (x_test, y_test), history)


def moons(epochs: int = 100, **options: Any) -> Run:
    """Two moons, 2-16-16-1, hinge loss with a penalty, by gradient descent with a falling learning rate.

    A. Karpathy's demo of micrograd, with the seeds, and so the numbers, of his notebook; ``options`` go to ``fit``.
    """
    inputs, labels = make_moons(100, noise=0.1, random_state=1337)
    model = MLP(2, [16, 16, 1], seed=random.Random(1337))
    data = inputs, 2 * labels - 1
    optimizer = SGD(model, lr=linear(1.0, 0.1, steps=100))
    history = fit(model, data, losses.hinge, optimizer, epochs, penalty=_small_penalty, **options)
    return Run(model, losses.hinge, data, None, history)


def digits(epochs: int = 20, **options: Any) -> Run:
    """Handwritten digits, 64-32-10, softmax cross-entropy, by Adam in batches of 32; ``options`` go to ``fit``.

    Needs scikit-learn for the data.
    """
    inputs, labels = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(inputs / 16, labels, test_size=0.2, random_state=42)
    model = MLP(64, [32, 10], initializer="he_uniform", seed=0)
    loss = losses.cross_entropy
    options = {"batch_size": 32, **options}
    history = fit(model, (x_train, y_train), loss, Adam(model, lr=0.005), epochs, **options)
    return Run(model, loss, (x_train, y_train), (x_test, y_test), history)


RUNS: dict[str, Callable[..., Run]] = {"tutorial": tutorial, "moons": moons, "digits": digits}


def set_weights(layer: Layer, weights: np.ndarray) -> None:
    """Set a layer's weights to those of a matrix with a row for each input and a column for each neuron."""
    for neuron, column in zip(layer.neurons, weights.T.tolist(), strict=True):
        for w, number in zip(neuron.w, column, strict=True):
            w.data = number


def _small_penalty(parameters: Iterable[Any]) -> Any:
    return losses.l2_penalty(parameters, 1e-4)
