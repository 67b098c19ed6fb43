"""What the gradients of a network do: how large they are in each layer, and what becomes of them on their way back.

A layer's gradients come out of its adjoints, the derivatives of the loss with respect to its weighted sums: they are
what flows back from layer to layer, and their root mean square does not depend on a layer's width. A weight's
own gradient is an adjoint times an input, so it can keep its size although the adjoints do not.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import as_constant
from nn import losses
from nn.engines import LOSS, Loss, as_samples, check_function, located
from nn.layers import Layer, Neuron
from nn.modules import Module, check_module
from nn.plotting.layers import plot_norms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TREND = 100.0  # adjoints that change by this factor over the depth vanish or explode
MANY = 0.25  # of a layer's outputs saturated
SATURATED = 0.05  # of the greatest slope is left
USUAL_UPDATE = (1e-5, 1e-1)  # a hundredth and a hundredfold of the 1e-3 that Stanford's CS231n notes call about right
# The slope of an activation that saturates, over its greatest slope, as a function of what it gives.
_SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda out: 4.0 * out * (1.0 - out),
    "tanh": lambda out: 1.0 - out * out,
}


@dataclass(frozen=True, repr=False, eq=False)
class LayerReport:
    """One layer: its parameters with their gradients, and for each sample, a row, what its units gave.

    ``adjoints`` are the derivatives of each sample's own loss with respect to the weighted sums of the units.
    """

    name: str
    activation: str
    parameters: np.ndarray
    gradients: np.ndarray
    activations: np.ndarray
    adjoints: np.ndarray
    lr: float

    @property
    def units(self) -> int:
        """The number of neurons."""
        return int(self.activations.shape[1])

    @property
    def weight_norm(self) -> float:
        """The Euclidean norm of all weights and biases."""
        return math.hypot(*self.parameters)

    @property
    def gradient_norm(self) -> float:
        """The Euclidean norm of the gradient of the mean loss with respect to all of them."""
        return math.hypot(*self.gradients)

    @property
    def update_ratio(self) -> float:
        """The norm of a step of gradient descent over that of the weights; infinite where these are 0."""
        step = self.lr * self.gradient_norm
        return step / self.weight_norm if self.weight_norm else math.inf if step else 0.0

    @property
    def adjoint(self) -> float:
        """The root mean square of the adjoints."""
        return math.hypot(*np.ravel(self.adjoints)) / math.sqrt(self.adjoints.size)

    @property
    def dead(self) -> float | None:
        """The share of ReLUs that are 0 on every sample; None for other activations."""
        return float(np.all(self.activations == 0.0, axis=0).mean()) if self.activation == "relu" else None

    @property
    def saturated(self) -> float | None:
        """The share of outputs where sigmoid or tanh is all but flat: below 5 % of its greatest slope."""
        slope = _SLOPES.get(self.activation)
        return None if slope is None else float((slope(self.activations) < SATURATED).mean())


@dataclass(frozen=True, repr=False, eq=False)
class GradientReport:
    """What ``gradient_report`` found, layer by layer from the input; prints as a table with verdicts.

    ``layers`` has a ``LayerReport`` for each, ``loss`` is the mean loss over ``samples`` samples, ``lr`` the learning
    rate of the step that is compared with the weights.

    >>> from nn import MLP
    >>> report = gradient_report(MLP(1, [4, 1], "tanh", seed=0), ([0.0, 1.0], [1.0, 3.0]))
    >>> [layer.units for layer in report.layers], report.samples
    ([4, 1], 2)
    """

    layers: list[LayerReport]
    loss: float
    lr: float
    samples: int

    @property
    def factor(self) -> float:
        """The adjoints' size in the first layer over that in the last; NaN where nothing flows back at all."""
        last = self.layers[-1].adjoint
        return self.layers[0].adjoint / last if last else math.nan

    @property
    def verdicts(self) -> list[str]:
        """What there is to say, a sentence each: first the trend over the depth, then what is wrong, and where."""
        return [self._trend(), *_remarks(self.layers, self.lr)]

    def plot(self, ax: Axes | None = None) -> Axes:
        """The norms over the layers, on matplotlib's Axes."""
        return plot_norms(self, ax)

    def _trend(self) -> str:
        unreached = [number for number, layer in enumerate(self.layers, start=1) if not layer.adjoint]
        if len(self.layers) in unreached:
            return "the loss sends no gradient back: its derivative is 0 on every sample"
        if unreached:
            return f"the gradients end on their way back: none reaches layer {unreached[-1]}"
        if len(self.layers) == 1:
            return f"there is one layer, so there is no trend: its adjoints are about {self.layers[0].adjoint:.2g}"
        way = f"from layer {len(self.layers)} to layer 1 their size"
        if self.factor <= 1.0 / TREND:
            return f"the gradients vanish: {way} falls by a factor {self.factor:.1g}"
        if self.factor >= TREND:
            return f"the gradients explode: {way} grows by a factor {self.factor:.1g}"
        return f"the gradients come through: {way} changes by a factor {self.factor:.2g}"

    def __str__(self) -> str:
        rows = [
            (
                f"{number} {layer.name}".rstrip(), layer.activation, str(layer.units), f"{layer.weight_norm:.3g}",
                f"{layer.gradient_norm:.2e}", f"{layer.update_ratio:.1e}", f"{layer.adjoint:.2e}",
                _share(layer.dead), _share(layer.saturated),
            )
            for number, layer in enumerate(self.layers, start=1)
        ]  # fmt: skip
        head = ("layer", "activation", "units", "weights", "gradient", "update", "adjoints", "dead", "saturated")
        notes = (
            f"mean loss {self.loss:.6g} over {self.samples} samples; norms of weights and gradient; "
            f"update: learning rate {self.lr:g} · gradient / weights; adjoints: root mean square"
        )
        return "\n".join([*table(head, rows), notes, *self.verdicts])

    __repr__ = __str__


def gradient_report(model: Module, data: Any, loss: Loss = losses.mse, lr: float = 0.01) -> GradientReport:
    """Look at the gradients of a mean loss in every layer of a model, without changing either.

    ``data`` is a pair: inputs, one sample a row, and a target for each; all are recorded, and some hundred are enough.
    ``lr`` is the learning rate of the step that is compared with the weights. Layers are the model's ``Layer`` modules,
    wherever they are, and single neurons. Raises ValueError for a model without layers or a learning rate below 0, and
    OperationError, with the sample, where the loss has no value.

    >>> from nn import MLP
    >>> from nn.datasets import make_moons
    >>> report = gradient_report(MLP(2, [8] * 8 + [1], "sigmoid", seed=0), make_moons(20, random_state=0))
    >>> print(report.verdicts[0])
    the gradients vanish: from layer 9 to layer 1 their size falls by a factor 3e-05
    """
    check_module(model)
    check_function(loss, LOSS)
    if not isinstance(lr, Real) or not (math.isfinite(lr) and lr >= 0.0):
        raise ValueError(f"the learning rate is a finite number from 0, not {lr!r}")
    samples = as_samples(data)
    traced = copy.deepcopy(model)
    traced.zero_grad()
    layers = [(name, [_Trace(neuron) for neuron in neurons]) for name, neurons in _layers(traced)]
    if not layers:
        raise ValueError(f"a gradient report is about layers, and this {type(model).__name__} has no Layer or Neuron")
    total = 0.0
    for index, (x, y) in enumerate(zip(*samples, strict=True)):
        try:
            output = as_constant(loss(traced(x), y))
            output.backward()
        except Exception as error:
            raise located(error, f"at sample {index}, counted from 0") from None
        total += output.data
        for trace in (trace for _, traces in layers for trace in traces):
            trace.finish_sample()
    count = len(samples.targets)
    reports = [_layer_report(*layer, count, lr) for layer in layers if layer[1][0].outputs]
    if not reports:
        raise ValueError(f"a gradient report is about layers, and a call of this {type(model).__name__} uses none")
    return GradientReport(reports, total / count, lr, count)


class _Trace:
    """Listens to a neuron, by standing in for its activation."""

    def __init__(self, neuron: Neuron) -> None:
        self.neuron = neuron
        self.activation = neuron.activation
        self.calls: list[tuple[Any, Any]] = []
        self.outputs: list[float] = []
        self.adjoints: list[float] = []
        neuron.activation = self

    def __call__(self, weighted_sum: Any) -> Any:
        output = as_constant(self.activation(weighted_sum))
        self.calls.append((weighted_sum, output))
        return output

    def finish_sample(self) -> None:
        """Keep the numbers of a sample that has been swept, and let go of its graph."""
        for weighted_sum, output in self.calls:
            self.outputs.append(output.data)
            self.adjoints.append(weighted_sum.grad)
        self.calls.clear()


def _layers(model: Module) -> Iterator[tuple[str, list[Neuron]]]:
    """The layers of a model with their neurons, and neurons of no layer, by name."""
    placed: set[Module] = set()
    for name, module in model.named_modules():
        if isinstance(module, Layer):
            placed.update(module.neurons)
            yield name, module.neurons
        elif isinstance(module, Neuron) and module not in placed:
            yield name, [module]


def _layer_report(name: str, traces: list[_Trace], count: int, lr: float) -> LayerReport:
    parameters = [parameter for trace in traces for parameter in (*trace.neuron.w, trace.neuron.b)]
    return LayerReport(
        name,
        name_of(traces[0].activation),
        np.array([parameter.data for parameter in parameters]),
        np.array([parameter.grad / count for parameter in parameters]),
        np.array([trace.outputs for trace in traces]).T,
        np.array([trace.adjoints for trace in traces]).T,
        lr,
    )


def _remarks(layers: Sequence[LayerReport], lr: float) -> Iterator[str]:
    low, high = USUAL_UPDATE
    remarks: dict[str, Callable[[LayerReport], bool]] = {
        "dead ReLUs, 0 on every sample": lambda layer: bool(layer.dead),
        f"more than {_share(MANY)} of the outputs saturated": lambda layer: (layer.saturated or 0.0) > MANY,
        f"large steps at learning rate {lr:g}, above {high:g} of the weights": lambda layer: layer.update_ratio > high,
        f"small steps at learning rate {lr:g}, below {low:g} of the weights": lambda layer: (
            0 < layer.update_ratio < low
        ),
    }
    for remark, applies in remarks.items():
        numbers = [number for number, layer in enumerate(layers, start=1) if applies(layer)]
        if numbers:
            yield f"{remark}: layer{'s'[: len(numbers) > 1]} {_ranges(numbers)}"


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in words: 1, 3 to 5."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    pairs = zip(starts, ends, strict=True)
    return ", ".join(str(start) if start == end else f"{start} to {end}" for start, end in pairs)


def name_of(choice: Any) -> str:
    """The name of an activation or initialiser, or the name that it was chosen by."""
    return str(choice if isinstance(choice, str) else getattr(choice, "name", getattr(choice, "__name__", choice)))


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.0f} %"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table with columns as wide as need be."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
