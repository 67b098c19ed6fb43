from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Symbol, Value, draw
from nn import ACTIVATIONS, MLP, Layer, Neuron, Sequential, predict


def test_micrograds_constructors_and_attributes() -> None:
    random.seed(1337)
    model = MLP(2, [16, 16, 1])
    random.seed(1337)
    expected = [random.uniform(-1, 1) for _ in range(2)]
    assert [w.data for w in model.layers[0].neurons[0].w] == expected
    assert model.layers[0].neurons[0].b.data == 0.0
    assert len(model.parameters()) == 337
    assert repr(MLP(2, [2, 1])) == ("MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]")
    assert repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert Neuron(3).nonlin
    assert not model.layers[-1].neurons[0].nonlin
    assert repr(Layer(2, 1, nonlin=False)) == "Layer of [LinearNeuron(2)]"


@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4), seed=st.integers(0, 99))
def test_a_network_is_its_matrix_form(sizes: list[int], seed: int) -> None:
    model = MLP(sizes[0], sizes[1:], activation="tanh", seed=seed)
    x = np.random.default_rng(seed).normal(size=sizes[0])
    a = x
    for layer in model.layers:
        w = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        a = w @ a + [neuron.b.data for neuron in layer.neurons]
        a = np.tanh(a) if layer is not model.layers[-1] else a
    for sample in (x, x.tolist(), tuple(x), [Value(number) for number in x], np.array([Value(n) for n in x])):
        outputs = model(sample)
        assert isinstance(outputs, Value) == (sizes[-1] == 1)
        outputs = [outputs] if sizes[-1] == 1 else outputs
        assert np.allclose([output.data for output in outputs], a, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_by_name(name: str) -> None:
    neuron = Neuron(1, activation=name, seed=3)
    function = ACTIVATIONS[name]
    for x in (-1.5, 0.75):
        assert neuron([x]).data == function(neuron.w[0].data * x + 0.0)
        assert neuron.frozen()([x]) == neuron([x]).data


def test_an_activation_may_be_any_function() -> None:
    def cubed(x: Any) -> Any:
        return x**3

    neuron = Neuron(1, activation=cubed, seed=3)
    assert neuron(2.0).data == pytest.approx((2.0 * neuron.w[0].data) ** 3)
    assert repr(neuron) == "CubedNeuron(1)"
    assert repr(Neuron(1, activation=autograd.sin)) == "SinNeuron(1)"


def test_a_network_is_drawn_with_the_names_of_its_parameters() -> None:
    model = MLP(1, [1, 1], seed=0)
    source = draw(model(2.0), names=dict(model.named_parameters())).source
    assert "layers.0.neurons.0.b" in source
    assert "layers.1.neurons.0.w.0" in source


def test_widths_of_one() -> None:
    model = MLP(1, [1, 1, 2], seed=0)
    assert [y.data for y in model(2.0)] == [y.data for y in model([2.0])] == [y.data for y in model(np.array(2.0))]
    assert isinstance(MLP(2, [1])([1.0, 2.0]), Value)
    assert isinstance(Sequential(Layer(2, 1), Layer(1, 3))([1, 2]), list)


def test_a_frozen_network_runs_on_symbols() -> None:
    neuron = Neuron(2, nonlin=False)
    neuron.load_state_dict({"w.0": 2.0, "w.1": 3.0, "b": 1.0})
    assert str(neuron.frozen()([Symbol("x"), Symbol("y")])) == "1 + 2 * x + 3 * y"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MLP(2, [3, 1])([1.0]), r"a sample of 1 number went into Layer\(2, 3\), which takes 2"),
        (lambda: Neuron(2)([1.0, 2.0, 3.0]), r"a sample of 3 numbers went into ReLUNeuron\(2\), which takes 2"),
        (lambda: Layer(1, 1)([]), r"a sample of 0 numbers went into Layer\(1, 1\), which takes 1"),
        (lambda: Layer(2, 1)([[1.0, 2.0], [3.0, 4.0]]), "one sample at a time"),
        (lambda: Layer(2, 1)(np.ones((2, 2))), "one sample at a time"),
        (lambda: predict(MLP(2, [1]), [[1.0], [2.0]]), r"a sample of 1 number went into Layer\(2, 1\)"),
        (lambda: MLP(2, []), r"an MLP takes the width of each layer, such as MLP\(2, \[16, 16, 1\]\), not \[\]"),
        (lambda: MLP(2, 3), "width of each layer.* not 3"),  # type: ignore[arg-type]
        (lambda: MLP(2, [3], seed=-1), "a seed is a whole number from 0, or a generator, not -1"),
        (lambda: MLP(2, [3], seed="x"), "a seed is a whole number from 0, or a generator, not 'x'"),  # type: ignore[arg-type]
        (lambda: MLP(2, [3])({1.0: 2.0, 3.0: 4.0}), r"Layer\(2, 3\) takes a sample of 2 numbers, not dict"),
        (lambda: MLP(2, [3])("ab"), r"Layer\(2, 3\) takes a sample of 2 numbers, not str"),
        (lambda: MLP(2, [3])(None), r"Layer\(2, 3\) takes a sample of 2 numbers, not NoneType"),
        (lambda: MLP(1, [3])(None), r"Layer\(1, 3\) takes a sample of 1 number, not NoneType"),
        (lambda: MLP(2, [3])([[0.0, 1.0]]), "one sample at a time: nn.predict takes many"),
        (lambda: predict(MLP(2, [3]), [[[0.0, 1.0]]]), "predict takes samples as rows of numbers, without rows inside"),
        (lambda: predict(MLP(1, [3]), 2.0), "predict takes many samples, one a row, not 2.0"),
        (lambda: MLP(2, [0]), "a layer's number of neurons is a whole number from 1, not 0"),
        (lambda: Neuron(0), "a neuron's number of inputs is a whole number from 1, not 0"),
        (lambda: Neuron(2.5), "whole number from 1, not 2.5"),  # type: ignore[arg-type]
        (lambda: Neuron(1, activation="rely"), "there is no activation 'rely': there are linear, relu"),
        (lambda: MLP(2, [1], activation="foo"), "there is no activation 'foo': there are linear, relu"),
        (lambda: Neuron(1, initializer="he"), "there is no initializer 'he': there are uniform"),
    ],
)
def test_what_does_not_fit_is_said(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_what_is_no_function_is_said() -> None:
    with pytest.raises(TypeError, match="the activation is a name or a function, not int"):
        Neuron(1, activation=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a layer is a module or a function, not list"):
        Sequential([Layer(1, 1)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected one real number"):
        Neuron(2)(["a", "b"])
    with pytest.raises(TypeError, match=r"the model is an nn\.Module, not NoneType"):
        predict(None, [[0.0, 1.0]])  # type: ignore[arg-type]


@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4), seed=st.integers(0, 99))
def test_predictions_are_the_calls_to_the_bit(sizes: list[int], seed: int) -> None:
    for name in ACTIVATIONS:
        model = MLP(sizes[0], sizes[1:], activation=name, output_activation="sigmoid", seed=seed)
        inputs = np.random.default_rng(seed).normal(size=(5, sizes[0]))
        one_by_one = [model.frozen()(x) for x in inputs]
        assert predict(model, inputs).tolist() == one_by_one
        recorded = [model(x) for x in inputs]
        assert one_by_one == [y.data if sizes[-1] == 1 else [z.data for z in y] for y in recorded]


def test_predictions_of_other_models() -> None:
    class Twice(MLP):
        def __call__(self, x: Any) -> Any:
            return 2.0 * super().__call__(x)

    twice, layer = Twice(2, [3, 1], seed=0), Layer(1, 2, seed=0)
    assert predict(twice, [[1.0, 2.0]]).tolist() == [twice([1.0, 2.0]).data]
    assert predict(layer, [1.0, 2.0]).tolist() == [[y.data for y in layer(x)] for x in (1.0, 2.0)]
    assert predict(MLP(1, [2]), [1.0, 2.0, 3.0]).shape == (3, 2)
    assert predict(Sequential(Layer(2, 3), autograd.softmax), np.ones((4, 2))).sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("model", [MLP(2, [3]), Sequential(Layer(2, 3), autograd.softmax)])
def test_predictions_are_of_finite_numbers(model: Sequential) -> None:
    for number in (float("nan"), float("inf")):
        rows = [[0.0, 1.0], [1.0, number]]
        for inputs in (rows, np.array(rows)):
            with pytest.raises(ValueError, match=f"sample 1, counted from 0, holds {number}, which is not finite"):
                predict(model, inputs)


def test_predictions_of_lists_arrays_and_nothing() -> None:
    model = MLP(2, [3, 2], seed=0)
    rows = [[1, 2], [3, 4]]
    expected = predict(model, np.array(rows, dtype=float)).tolist()
    for inputs in (rows, np.array(rows), [np.array(row) for row in rows], [list(map(Value, row)) for row in rows]):
        assert predict(model, inputs).tolist() == expected
    assert len(predict(model, [])) == len(predict(model, np.zeros((0, 2)))) == 0
    with pytest.raises(ValueError, match=r"a sample of 3 numbers went into Layer\(2, 3\)"):
        predict(model, np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"rows of 2 numbers, such as \[\[0\.0, 1\.0\]\], not single numbers"):
        predict(model, [0.0, 1.0])
