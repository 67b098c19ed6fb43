"""A network as neurons and weights."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.layers import Layer
from nn.modules import Module, check_module
from nn.plotting.canvas import BLUE, VERMILLION, axes, key, matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 16  # neurons of a layer that are drawn
WIDEST = 4.0  # in points, of the largest weight where the neurons are few


def plot_network(model: Module, ax: Axes | None = None) -> Axes:
    """Every neuron a circle, every weight a line: its width is the weight's size, its colour the sign.

    The rings of the circles show the biases in the same way. Of a layer of more than 16 neurons the first
    are drawn, with the number of those left out. ``model`` is a module whose layers feed each other, else ValueError;
    ``ax`` are the Axes to draw on, None for those of a new figure.

    >>> from nn import MLP
    >>> ax = plot_network(MLP(2, [3, 1], seed=0))
    >>> ax.get_title()
    'Network 2 → 3 → 1, 13 parameters'
    """
    layers = _chained(model)
    sizes = [len(layers[0].neurons[0].w), *(len(layer.neurons) for layer in layers)]
    heights = [_heights(min(size, MOST)) for size in sizes]
    largest = max(abs(parameter.data) for layer in layers for parameter in layer.parameters()) or 1.0
    ax = axes(ax, (1.6 + 2.0 * len(layers), 4.8))
    widest = min(WIDEST, 32.0 / max(map(len, heights)))
    scale = widest / largest
    for column, layer in enumerate(layers):
        _draw_weights(ax, column, layer, heights[column], heights[column + 1], scale)
    for column, size in enumerate(sizes):
        biases = [neuron.b.data for neuron in layers[column - 1].neurons[:MOST]] if column else [0.0] * size
        _draw_neurons(ax, column, heights[column], biases[:MOST], scale)
        if size > MOST:
            ax.text(column, heights[column][-1] - 0.7, f"and {size - MOST} more", ha="center", va="top")
    for number, height in enumerate(heights[0], start=1):
        ax.text(-0.12, height, f"$x_{{{number}}}$", ha="right", va="center")
    ax.set_title(f"Network {' → '.join(map(str, sizes))}, {len(model.parameters())} parameters")
    ax.set_axis_off()
    ax.margins(0.12)
    keys = [key(BLUE, "positive"), key(VERMILLION, "negative"), key("grey", f"|weight| = {largest:.3g}")]
    for line in keys:
        line.set_linewidth(widest)
    ax.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False)
    return ax


def _chained(model: Module) -> list[Layer]:
    """The layers of a model in which each feeds the next."""
    check_module(model)
    layers = [module for _, module in model.named_modules() if isinstance(module, Layer)]
    if not layers:
        raise ValueError(f"a network is drawn from its layers, and this {type(model).__name__} has no Layer")
    for number, (layer, after) in enumerate(pairwise(layers), start=1):
        if len(layer.neurons) != len(after.neurons[0].w):
            raise ValueError(
                f"a network is drawn as layers that feed each other: layer {number} gives {len(layer.neurons)} numbers "
                f"and layer {number + 1} takes {len(after.neurons[0].w)}"
            )
    return layers


def _heights(size: int) -> np.ndarray:
    """Neurons stand one apart, from top to bottom, around the middle."""
    heights: np.ndarray = (size - 1) / 2.0 - np.arange(size)
    return heights


def _draw_weights(ax: Axes, column: int, layer: Layer, before: Any, after: Any, scale: float) -> None:
    weights = [w.data for neuron in layer.neurons[: len(after)] for w in neuron.w[: len(before)]]
    lines = [[(column, start), (column + 1, end)] for end in after for start in before]
    ax.add_collection(matplotlib("collections").LineCollection(lines, zorder=1, **_style(weights, scale)))


def _draw_neurons(ax: Axes, column: int, heights: Any, biases: list[float], scale: float) -> None:
    ax.scatter([column] * len(heights), heights, s=160, facecolor="white", edgecolor="grey", linewidth=0.6, zorder=2)
    style = _style(biases, scale)
    ax.scatter(
        [column] * len(heights), heights, s=160, facecolor="none", edgecolor=style["colors"],
        linewidth=style["linewidths"], zorder=3,
    )  # fmt: skip


def _style(numbers: list[float], scale: float) -> dict[str, Any]:
    return {
        "linewidths": [scale * abs(number) for number in numbers],
        "colors": [BLUE if number >= 0.0 else VERMILLION for number in numbers],
    }
