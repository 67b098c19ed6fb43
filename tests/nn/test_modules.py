from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Layer, Module, Neuron, Sequential, predict


class Tied(Module):
    """Parameters in every place, one of them twice."""

    def __init__(self) -> None:
        self.scale = Value(2.0)
        self.same = self.scale
        self.pair = (Value(3.0), [Value(4.0)])
        self.table = {"bias": Value(5.0)}
        self.computed = self.scale * 2.0
        self.inner = Neuron(1, seed=0)
        self.itself = self

    def forward(self, x: Any) -> Any:
        return self.scale * x


def test_names_are_dotted_and_in_order() -> None:
    names = [name for name, _ in Tied().named_parameters()]
    assert names == ["scale", "pair.0", "pair.1.0", "table.bias", "inner.w.0", "inner.b"]
    assert list(MLP(1, [1, 1]).state_dict()) == [
        "layers.0.neurons.0.w.0",
        "layers.0.neurons.0.b",
        "layers.1.neurons.0.w.0",
        "layers.1.neurons.0.b",
    ]


def test_modules_are_named_as_in_torch() -> None:
    assert [name for name, _ in Tied().named_modules()] == ["", "inner"]
    model = MLP(1, [1, 1])
    names = ["", "layers.0", "layers.0.neurons.0", "layers.1", "layers.1.neurons.0"]
    modules = [model, *(module for layer in model.layers for module in (layer, *layer.neurons))]
    assert list(model.named_modules()) == list(zip(names, modules, strict=True))


def test_forward_is_torchs_name_for_a_call() -> None:
    assert Tied()(3.0).data == 6.0
    with pytest.raises(NotImplementedError, match="Module does not define __call__ or forward"):
        Module()(1.0)


def test_zero_grad_sets_every_gradient_back() -> None:
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("make", [lambda seed: MLP(3, [2, 12, 1], seed=seed), lambda seed: Tied()])
def test_files_keep_every_bit(tmp_path: Path, suffix: str, make: Any) -> None:
    model, other = make(1), make(2)
    model.parameters()[0].data = 0.1 + 0.2
    path = model.save(tmp_path / f"model{suffix}")
    assert other.load(path) is other
    assert other.state_dict() == model.state_dict()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_npz_holds_an_array_for_each_list(tmp_path: Path) -> None:
    layer = Layer(3, 2, seed=0)
    with np.load(layer.save(tmp_path / "layer.npz")) as arrays:
        assert sorted(arrays) == ["neurons.0.b", "neurons.0.w", "neurons.1.b", "neurons.1.w"]
        assert arrays["neurons.1.w"].tolist() == [w.data for w in layer.neurons[1].w]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "it lacks b, w.0, which this Neuron has"),
        ({"w.0": 1.0, "b": 0.0, "w.1": 2.0}, "it has w.1, which this Neuron lacks"),
        ({"w.0": 1.0, "b": "no"}, "the state's b is no number"),
        ({"w.0": 1.0, "b": None}, "the state's b is no number"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(state: dict[str, Any], message: str) -> None:
    neuron = Neuron(1, seed=0)
    before = neuron.state_dict()
    with pytest.raises(ValueError, match=message):
        neuron.load_state_dict(state)
    assert neuron.state_dict() == before


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"PK\x03\x04", b"\xff\xfe\x00", b"[" * 10**5])
@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_file_that_is_none_is_said(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"is not a {suffix} file of parameters"):
        Neuron(1).load(path)


def test_a_file_of_another_model_is_named(tmp_path: Path) -> None:
    path = Neuron(2).save(tmp_path / "model.json")
    with pytest.raises(ValueError, match=r"model\.json: the state is of another model: it has w\.1"):
        Neuron(1).load(path)


def test_a_pickled_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, b=np.array([print], dtype=object))
    with pytest.raises(ValueError, match=r"is not a \.npz file of parameters"):
        Neuron(1).load(path)


def test_paths_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in neither \.json nor \.npz"):
        Neuron(1).save(tmp_path / "model.pkl")
    with pytest.raises(OSError, match="cannot write"):
        Neuron(1).save(tmp_path / "nowhere" / "model.json")
    with pytest.raises(FileNotFoundError, match=r"model\.json"):
        Neuron(1).load(tmp_path / "model.json")


def test_json_is_a_table_of_names(tmp_path: Path) -> None:
    neuron = Neuron(1, seed=0)
    assert json.loads(neuron.save(tmp_path / "n.json").read_text()) == neuron.state_dict()


def test_a_frozen_module_records_nothing_and_leaves_the_module_alone() -> None:
    model = Sequential(Layer(2, 3, seed=0), Layer(3, 1, nonlin=False, seed=1))
    frozen = model.frozen()
    output = frozen([0.5, -0.5])
    assert type(output) is float
    assert output == model([0.5, -0.5]).data
    assert frozen.parameters() == []
    assert len(model.parameters()) == 13


def test_a_damaged_array_file_is_said(tmp_path: Path) -> None:
    path = Layer(3, 2, seed=0).save(tmp_path / "layer.npz")
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        other = Layer(3, 2, seed=1)
        before = other.state_dict()
        try:
            other.load(path)
        except ValueError:
            assert other.state_dict() == before


def test_names_that_numpy_has_a_use_for(tmp_path: Path) -> None:
    class Odd(Module):
        def __init__(self, number: float) -> None:
            self.file, self.allow_pickle = Value(number), [Value(number), Value(2.0)]

    path = Odd(1.0).save(tmp_path / "odd.npz")
    assert Odd(3.0).load(path).state_dict() == {"file": 1.0, "allow_pickle.0": 1.0, "allow_pickle.1": 2.0}


def test_two_parameters_of_one_name_are_said() -> None:
    class Twice(Module):
        def __init__(self) -> None:
            self.table = {"a.b": Value(1.0), "a": {"b": Value(2.0)}}

    with pytest.raises(ValueError, match=r"two parameters of this Twice have the name table\.a\.b: rename one"):
        Twice().state_dict()


def test_a_network_with_a_forward_of_its_own() -> None:
    class Doubled(MLP):
        def forward(self, x: Any) -> Any:
            return 2.0 * super().forward(x)

    model = Doubled(2, [3, 1], seed=0)
    expected = 2.0 * MLP(2, [3, 1], seed=0)([1.0, 2.0]).data
    assert model([1.0, 2.0]).data == expected
    assert predict(model, [[1.0, 2.0]]).tolist() == [expected]
