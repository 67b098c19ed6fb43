"""Neurons, layers, and networks of them. Each runs on one sample, of Values or of plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import reduce
from operator import add, mul
from typing import Any, TypeVar

import autograd
from autograd import Value
from nn.initializers import INITIALIZERS, Initializer, Seed, generator
from nn.modules import Module

T = TypeVar("T")
Activation = Callable[[Any], Any]
"""A function of one number of any kind."""


def linear(x: Any) -> Any:
    """The identity: no activation."""
    return x


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "relu": autograd.relu,
    "leaky_relu": autograd.leaky_relu,
    "elu": autograd.elu,
    "gelu": autograd.gelu,
    "silu": autograd.silu,
    "softplus": autograd.softplus,
    "sigmoid": autograd.sigmoid,
    "tanh": autograd.tanh,
}
"""The activations by the names that ``Neuron``, ``Layer`` and ``MLP`` take."""
_WRITTEN = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}


class Neuron(Module):
    """A weighted sum of ``nin`` inputs plus a bias, and an activation of it.

    ``activation`` is a name (``ACTIVATIONS`` holds them) or a function of one number; ``nonlin=False``,
    which is micrograd's, means none. ``initializer`` is a name or a function as in ``nn.initializers``;
    it draws from ``seed``: an int, a NumPy Generator or a ``random.Random``, or else Python's own ``random``.
    The bias is 0. ``nout`` is the number of neurons in the layer, which some initialisers need. Raises ValueError for a
    name that there is not or fewer than 1 input, and when called with a sample of another length.

    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> neuron, len(neuron.w), neuron.b.data
    (TanhNeuron(2), 2, 0.0)
    >>> neuron([1.0, -1.0]).operation.name
    'tanh'
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Activation = "relu",
        initializer: str | Initializer = "uniform",
        seed: Seed = None,
        nout: int = 1,
    ) -> None:
        _check_size("a neuron's number of inputs", nin)
        self.activation = named(activation, ACTIVATIONS, "activation") if nonlin else linear
        self.w = [Value(w) for w in named(initializer, INITIALIZERS, "initializer")(nin, nout, generator(seed))]
        self.b = Value(0.0)

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation."""
        return self.activation is not linear

    def forward(self, x: Any) -> Any:
        """The activation of the weighted sum of a sample: a sequence or array of numbers or Values."""
        inputs = as_inputs(x)
        check_length(inputs, len(self.w), repr(self))
        return self.activation(self.weighted_sum(inputs))

    def weighted_sum(self, x: Sequence[Any]) -> Any:
        """The bias plus the weighted inputs, from the left; the number of inputs is not checked."""
        return reduce(add, map(mul, self.w, x), self.b)

    def __repr__(self) -> str:
        name = getattr(self.activation, "name", getattr(self.activation, "__name__", "Activated"))
        return f"{_WRITTEN.get(name, name.capitalize())}Neuron({len(self.w)})"


class Layer(Module):
    """``nout`` neurons over the same ``nin`` inputs; ``nonlin``, ``seed`` and the ``options`` are those of ``Neuron``.

    All neurons draw from one generator. A layer of width one gives the number itself rather than a list of one, as in
    micrograd; a layer with one input takes the number itself as well as a list of one. The errors are those of
    ``Neuron``.

    >>> layer = Layer(2, 3, nonlin=False)
    >>> layer
    Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]
    >>> layer([1.0])
    Traceback (most recent call last):
        ...
    ValueError: a sample of 1 number went into Layer(2, 3), which takes 2
    """

    def __init__(self, nin: int, nout: int, nonlin: bool = True, *, seed: Seed = None, **options: Any) -> None:
        _check_size("a layer's number of neurons", nout)
        rng = generator(seed)
        self.neurons = [Neuron(nin, nonlin, seed=rng, nout=nout, **options) for _ in range(nout)]

    def forward(self, x: Any) -> Any:
        """The list of the neurons' outputs for a sample, or the output where there is one neuron only."""
        inputs = as_inputs(x)
        self.check_inputs(inputs)
        outputs = [neuron.activation(neuron.weighted_sum(inputs)) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def check_inputs(self, inputs: Sequence[Any]) -> None:
        """Raise ValueError if this is not one sample of the right length."""
        nin = len(self.neurons[0].w)
        check_length(inputs, nin, f"Layer({nin}, {len(self.neurons)})")

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class Sequential(Module):
    """The ``layers``, modules or any functions of one sample, each applied to what the one before gives.

    >>> from autograd import softmax
    >>> model = Sequential(Layer(2, 3), softmax)
    >>> round(sum(p.data for p in model([1.0, -1.0])), 12)
    1.0
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        for layer in layers:
            if not callable(layer):
                raise TypeError(f"a layer is a module or a function, not {type(layer).__name__}")
        self.layers = list(layers)

    def forward(self, x: Any) -> Any:
        """What the last layer gives."""
        return reduce(lambda output, layer: layer(output), self.layers, x)

    def __repr__(self) -> str:
        return f"{type(self).__name__} of [{', '.join(map(str, self.layers))}]"


class MLP(Sequential):
    """A multi-layer perceptron: ``nin`` inputs, and a layer for each width in ``nouts``.

    All layers have ``activation`` but the last, which has ``output_activation``. These, ``initializer`` and ``seed``
    are those of ``Neuron``. Raises ValueError where there are no widths, or for a name that there is not. In a small
    network some ReLUs may be dead from the start, 0 on every sample, and learn nothing: "tanh" is safer for first
    experiments, and ``gradient_report`` counts the dead.

    >>> model = MLP(2, [16, 16, 1], seed=1)
    >>> len(model.parameters())
    337
    >>> [name for name, _ in model.named_parameters()][:3]
    ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']
    """

    layers: list[Layer]  # type: ignore[assignment]

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        output_activation: str | Activation = "linear",
        initializer: str | Initializer = "uniform",
        seed: Seed = None,
    ) -> None:
        if not isinstance(nouts, Sequence) or not nouts:
            raise ValueError(f"an MLP takes the width of each layer, such as MLP(2, [16, 16, 1]), not {nouts!r}")
        rng = generator(seed)
        named(activation, ACTIVATIONS, "activation")  # a single layer does not use it, and would not notice
        activations = [activation] * (len(nouts) - 1) + [output_activation]
        super().__init__(
            *(
                Layer(size, nout, activation=function, initializer=initializer, seed=rng)
                for size, nout, function in zip([nin, *nouts], nouts, activations, strict=False)
            )
        )


def as_inputs(x: Any) -> list[Any]:
    """A sample as a list of numbers; a single number is a list of one."""
    if hasattr(x, "tolist"):
        x = x.tolist()
    if isinstance(x, list):
        return x
    return list(x) if isinstance(x, Iterable) and not isinstance(x, str | Mapping | Set) else [x]


def check_length(inputs: Sequence[Any], expected: int, name: str) -> None:
    """Raise ValueError if a sample is not of the expected length, or several samples or none are taken for one."""
    if inputs and isinstance(inputs[0], list | tuple):
        raise ValueError(f"{name} takes one sample at a time: nn.predict takes many")
    if len(inputs) == 1 and not hasattr(inputs[0], "__neg__"):  # numbers, Values and Symbols have a negative
        raise ValueError(f"{name} takes a sample of {_numbers(expected)}, not {type(inputs[0]).__name__}")
    if len(inputs) != expected:
        raise ValueError(f"a sample of {_numbers(len(inputs))} went into {name}, which takes {expected}")


def _numbers(count: int) -> str:
    return f"{count} number{'s'[: count != 1]}"


def named(choice: str | T, table: Mapping[str, T], what: str) -> T:
    """The function of that name, or the function itself; an unknown name is a ValueError that lists the known."""
    if isinstance(choice, str):
        if choice not in table:
            raise ValueError(f"there is no {what} {choice!r}: there are {', '.join(table)}")
        return table[choice]
    if not callable(choice):
        raise TypeError(f"the {what} is a name or a function, not {type(choice).__name__}")
    return choice


def _check_size(what: str, size: object) -> None:
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise ValueError(f"{what} is a whole number from 1, not {size!r}")
