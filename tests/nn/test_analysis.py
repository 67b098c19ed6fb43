from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DomainError, Value, log
from nn import MLP, Layer, Module, Neuron, Sequential, gradient_report, losses
from nn.datasets import make_moons

MOONS = make_moons(12, noise=0.1, random_state=0)


def weights(layer: Layer) -> np.ndarray:
    return np.array([[w.data for w in neuron.w] for neuron in layer.neurons])


@given(seed=st.integers(0, 99), depth=st.integers(1, 4), activation=st.sampled_from(["tanh", "sigmoid", "relu"]))
def test_a_report_is_the_matrix_form_of_backpropagation(seed: int, depth: int, activation: str) -> None:
    model = MLP(2, [3] * (depth - 1) + [1], activation, seed=seed)
    report = gradient_report(model, MOONS, lr=0.1)
    function: Any = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: np.maximum(0, z)}
    slope: Any = {"tanh": lambda a: 1 - a * a, "sigmoid": lambda a: a * (1 - a), "relu": lambda a: 1.0 * (a > 0)}
    outputs = [MOONS[0]]
    for layer in model.layers:
        z = outputs[-1] @ weights(layer).T
        outputs.append(z if layer is model.layers[-1] else function[activation](z))
    delta = 2.0 * (outputs[-1] - MOONS[1][:, None])
    assert report.loss == pytest.approx(np.mean((outputs[-1][:, 0] - MOONS[1]) ** 2), rel=1e-10)
    assert report.samples == 12
    for k in reversed(range(depth)):
        layer, found = model.layers[k], report.layers[k]
        assert found.units == len(layer.neurons)
        assert found.activations == pytest.approx(outputs[k + 1], rel=1e-9, abs=1e-12)
        assert found.adjoints == pytest.approx(delta, rel=1e-9, abs=1e-12)
        assert found.adjoint == pytest.approx(np.sqrt((delta**2).mean()), rel=1e-9, abs=1e-12)
        gradient = np.hstack([delta.T @ outputs[k], delta.sum(axis=0)[:, None]]) / 12
        assert found.gradients == pytest.approx(gradient.ravel(), rel=1e-9, abs=1e-12)
        assert found.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-9, abs=1e-12)
        assert found.weight_norm == pytest.approx(np.linalg.norm(weights(layer)), rel=1e-12)
        assert found.update_ratio == pytest.approx(0.1 * found.gradient_norm / found.weight_norm)
        if k:
            delta = (delta @ weights(layer)) * slope[activation](outputs[k])


def test_the_model_stays_as_it_was() -> None:
    model = MLP(2, [3, 1], seed=0)
    model.parameters()[0].grad = 7.0
    state = model.state_dict()
    gradient_report(model, MOONS)
    assert model.state_dict() == state
    assert [p.grad for p in model.parameters()] == [7.0] + [0.0] * 12
    assert repr(model.layers[0]).startswith("Layer of [ReLUNeuron(2)")


def test_dead_relus() -> None:
    model = MLP(2, [4, 1], seed=0)
    for neuron, bias in zip(model.layers[0].neurons, (-100.0, 100.0, -100.0, 100.0), strict=True):
        neuron.b.data = bias
    report = gradient_report(model, MOONS)
    assert [layer.dead for layer in report.layers] == [0.5, None]
    assert [layer.saturated for layer in report.layers] == [None, None]
    assert "dead ReLUs, 0 on every sample: layer 1" in report.verdicts
    assert "50 %" in str(report)


def test_where_all_are_dead_no_gradient_passes() -> None:
    model = MLP(2, [4, 4, 1], seed=0)
    for neuron in model.layers[1].neurons:
        neuron.b.data = -100.0
    report = gradient_report(model, MOONS)
    assert report.verdicts[0] == "the gradients end on their way back: none reaches layer 2"
    assert report.factor == 0.0
    model.layers[1].neurons[0].b.data = 100.0
    assert "come through" in gradient_report(model, MOONS).verdicts[0]


@pytest.mark.parametrize(("activation", "edge"), [("tanh", 2.1785), ("sigmoid", 4.3570)])
def test_saturated_means_less_than_a_twentieth_of_the_slope(activation: str, edge: float) -> None:
    """1 - tanh²(z) = 0.05 at z = artanh √0.95 = 2.17852; a sigmoid is a tanh of half the argument."""
    model = MLP(1, [1, 1], activation, seed=0)
    model.layers[0].neurons[0].w[0].data = 1.0
    data = [[-edge - 0.001], [edge + 0.001], [edge - 0.001], [0.0]], [0, 0, 0, 0]
    report = gradient_report(model, data)
    assert report.layers[0].saturated == 0.5
    assert "more than 25 % of the outputs saturated: layer 1" in report.verdicts
    assert report.layers[1].saturated is None


def chain(weight: float, depth: int) -> MLP:
    """Layers of one linear unit each, all of one weight: the adjoints form a geometric series."""
    model = MLP(1, [1] * depth, "linear")
    for layer in model.layers:
        layer.neurons[0].w[0].data = weight
    return model


@pytest.mark.parametrize(
    ("weight", "trend"),
    [
        (0.1, "the gradients vanish: from layer 5 to layer 1 their size falls by a factor 0.0001"),
        (10.0, "the gradients explode: from layer 5 to layer 1 their size grows by a factor 1e+04"),
        (0.5, "the gradients come through: from layer 5 to layer 1 their size changes by a factor 0.062"),
    ],
)
def test_the_trend_over_the_depth(weight: float, trend: str) -> None:
    report = gradient_report(chain(weight, 5), ([[1.0]], [0.0]), lr=1e-6)
    assert report.factor == pytest.approx(weight**4)
    assert report.verdicts[0] == trend
    assert str(report).count(trend) == 1


def test_steps_of_unusual_size() -> None:
    data = [[1.0]], [0.0]
    assert gradient_report(chain(1.0, 1), data, lr=1e-3).verdicts[1:] == []
    assert gradient_report(chain(1.0, 1), data, lr=1.0).verdicts[1:] == [
        "large steps at learning rate 1, above 0.1 of the weights: layer 1"
    ]
    small = gradient_report(chain(1.0, 1), data, lr=1e-7)
    assert small.verdicts[1:] == ["small steps at learning rate 1e-07, below 1e-05 of the weights: layer 1"]
    assert small.layers[0].update_ratio == pytest.approx(1e-7 * 2 * 2**0.5)
    several = chain(0.5, 5)
    several.layers[2].neurons[0].w[0].data = 4000.0
    assert gradient_report(several, data, lr=1e-6).verdicts[1:] == [
        "large steps at learning rate 1e-06, above 0.1 of the weights: layers 1 to 2, 4 to 5",
        "small steps at learning rate 1e-06, below 1e-05 of the weights: layer 3",
    ]
    zero = gradient_report(chain(0.0, 1), ([[1.0]], [1.0]))
    assert zero.layers[0].update_ratio == float("inf")


def test_a_loss_of_nothing() -> None:
    report = gradient_report(chain(1.0, 2), ([[1.0]], [1.0]))
    assert report.verdicts == ["the loss sends no gradient back: its derivative is 0 on every sample"]
    assert np.isnan(report.factor)


def test_modules_of_every_kind() -> None:
    class Net(Module):
        def __init__(self) -> None:
            self.unused = Layer(2, 1, seed=0)
            self.gate = Neuron(2, activation="sigmoid", seed=1)
            self.shared = Layer(2, 2, activation="tanh", seed=2)
            self.scale = Value(2.0)

        def forward(self, x: Any) -> Any:
            return self.gate(self.shared(self.shared(x))) * self.scale

    report = gradient_report(Net(), MOONS)
    assert [layer.name for layer in report.layers] == ["gate", "shared"]
    assert report.layers[1].activations.shape == (24, 2)  # it is called twice for each sample
    assert [layer.activation for layer in gradient_report(Neuron(2, seed=0), MOONS).layers] == ["relu"]
    assert "there is no trend" in gradient_report(Layer(2, 1, seed=0), MOONS).verdicts[0]


def test_other_losses() -> None:
    report = gradient_report(MLP(2, [3], seed=0), (MOONS[0], MOONS[1]), loss=losses.cross_entropy)
    assert np.abs(report.layers[0].adjoints.sum(axis=1)).max() < 1e-15  # softmax - one-hot


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="the data have 2 samples and 1 targets"):
        gradient_report(MLP(2, [1]), ([[0, 1], [1, 0]], [1]))
    with pytest.raises(ValueError, match="about layers, and this Sequential has no Layer or Neuron"):
        gradient_report(Sequential(abs), ([[1.0]], [1.0]))
    with pytest.raises(DomainError, match=r"log\(-?\d.* has no value.*, at sample 1, counted from 0"):
        gradient_report(Sequential(chain(1.0, 1), log), ([[1.0], [-1.0]], [0.0, 0.0]))
    with pytest.raises(ValueError, match="predictions and targets differ in number: 2 and 1, at sample 0"):
        gradient_report(MLP(2, [2]), ([[0.0, 1.0]], [1]))
    with pytest.raises(TypeError, match=r"the model is an nn\.Module, not NoneType"):
        gradient_report(None, MOONS)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"the loss is a function, such as nn\.losses\.mse, not str"):
        gradient_report(MLP(2, [1]), MOONS, "mse")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the learning rate is a finite number from 0, not nan"):
        gradient_report(MLP(2, [1]), MOONS, lr=float("nan"))


def test_layers_that_a_call_does_not_use() -> None:
    class Unused(Module):
        def __init__(self) -> None:
            self.layer, self.w = Layer(2, 2), Value(1.0)

        def forward(self, x: Any) -> Any:
            return self.w * x[0]

    with pytest.raises(ValueError, match="about layers, and a call of this Unused uses none"):
        gradient_report(Unused(), ([[1.0, 2.0]], [3.0]))


def test_an_activation_that_gives_a_plain_number() -> None:
    report = gradient_report(MLP(1, [1, 1], activation=lambda x: 1.0), ([1.0], [2.0]))
    assert report.layers[0].activations.tolist() == [[1.0]]
    assert report.verdicts[0] == "the gradients end on their way back: none reaches layer 1"
