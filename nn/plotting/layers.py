"""What a gradient report says of each layer, as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from nn.plotting.canvas import (
    BLUE,
    COLOURS,
    GREEN,
    LINES,
    MARKERS,
    ORANGE,
    VERMILLION,
    axes,
    key,
    legend_beside,
    whole_numbers_below,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Numbers = Literal["activations", "adjoints", "gradients", "parameters"]
_MEANINGS = {
    "activations": "activation",
    "adjoints": "|∂ loss / ∂ weighted sum|",
    "gradients": "|∂ loss / ∂ parameter|",
    "parameters": "weight or bias",
}


class DrawnReport(Protocol):
    """What is drawn of a ``GradientReport``, which stands above this module and draws itself by it."""

    @property
    def layers(self) -> Sequence[Any]:
        """A ``LayerReport`` for each."""

    @property
    def verdicts(self) -> Sequence[str]:
        """Sentences, the first about the trend over the depth."""

    @property
    def lr(self) -> float:
        """The learning rate of the step that is compared with the weights."""

    @property
    def samples(self) -> int:
        """How many there were."""


class DrawnComparison(Protocol):
    """What is drawn of a ``GradientComparison``."""

    @property
    def reports(self) -> Mapping[Any, DrawnReport]:
        """By case: its depth, activation and initializer."""


def plot_norms(report: DrawnReport, ax: Axes | None = None) -> Axes:
    """Over the layers: the norms of weights and gradients, the share of a step, the gradient on its way back.

    ``report`` is what ``gradient_report`` gives; ``ax`` are the Axes to draw on, None for those of a new figure.

    >>> from nn import MLP, gradient_report
    >>> ax = plot_norms(gradient_report(MLP(1, [4, 1], "tanh", seed=0), ([0.0, 1.0], [1.0, 3.0])))
    >>> ax.get_xlabel(), ax.get_yscale()
    ('layer', 'log')
    """
    ax = axes(ax, (8.0, 4.8))
    layers = range(1, len(report.layers) + 1)
    for label, name, colour, marker in (
        ("adjoints, root mean square", "adjoint", VERMILLION, "o"),
        ("gradient, norm", "gradient_norm", BLUE, "s"),
        ("weights and biases, norm", "weight_norm", GREEN, "^"),
        (f"step / weights, learning rate {report.lr:g}", "update_ratio", ORANGE, "D"),
    ):
        numbers = [getattr(layer, name) or np.nan for layer in report.layers]  # a logarithmic axis has no 0
        ax.plot(layers, numbers, color=colour, marker=marker, label=label)
    ax.set(xlabel="layer", yscale="log")
    ax.set_title(fill(report.verdicts[0], 45), fontsize="medium")
    whole_numbers_below(ax)
    ax.grid(alpha=0.3)
    legend_beside(ax)
    return ax


def plot_distributions(report: DrawnReport, of: Numbers = "activations", ax: Axes | None = None) -> Axes:
    """For each layer a box of its activations, adjoints, gradients or parameters, as a report has them.

    ``report`` is what ``gradient_report`` gives, ``of`` one of these four words (else ValueError), ``ax`` the Axes to
    draw on, None for those of a new figure. The box holds the middle half, the whiskers all. Adjoints and gradients are
    drawn by size on a logarithmic axis, without the zeros, whose share is written below.

    >>> from nn import MLP, gradient_report
    >>> report = gradient_report(MLP(1, [4, 1], "tanh", seed=0), ([0.0, 1.0], [1.0, 3.0]))
    >>> plot_distributions(report, of="gradients").get_title()
    'Gradients by layer, 2 samples'
    """
    if of not in _MEANINGS:
        raise ValueError(f"there are no {of!r} in a report: there are {', '.join(_MEANINGS)}")
    ax = axes(ax)
    sizes = of in ("adjoints", "gradients")
    numbers = [np.ravel(getattr(layer, of)) for layer in report.layers]
    shown = [np.abs(each[each != 0.0]) if sizes else each for each in numbers]
    if sizes and any(map(len, shown)):
        ax.set_yscale("log")
    ax.boxplot(shown, whis=(0, 100), medianprops={"color": VERMILLION, "linewidth": 2})
    activations = [layer.activation for layer in report.layers]
    changes = zip(activations, ["", *activations], strict=False)
    names = [f"{number}\n{new if new != old else ''}" for number, (new, old) in enumerate(changes, start=1)]
    if sizes:
        zeros = [1.0 - len(kept) / len(each) for kept, each in zip(shown, numbers, strict=True)]
        names = [f"{name}\n{share:.0%}" for name, share in zip(names, zeros, strict=True)]
    ax.set_xticks(range(1, len(names) + 1), names, fontsize="small" if len(names) < 10 else "x-small")
    ax.set(xlabel="layer, activation, share of zeros" if sizes else "layer, activation", ylabel=_MEANINGS[of])
    ax.set_title(f"{of.capitalize()} by layer, {report.samples} samples")
    ax.grid(axis="y", alpha=0.3)
    return ax


def plot_adjoints(comparison: DrawnComparison, ax: Axes | None = None) -> Axes:
    """The size of the gradient in each layer, on its way back from the loss: a line for each network compared.

    ``comparison`` is what ``compare_gradients`` gives; ``ax`` are the Axes to draw on, None for those of a new figure.

    >>> from nn import compare_gradients
    >>> ax = plot_adjoints(compare_gradients(depths=[3], activations=["tanh", "relu"], initializers=["he_normal"]))
    >>> len(ax.lines)
    2
    """
    ax = axes(ax, (8.0, 4.8))
    depths, activations, initializers = (list(dict.fromkeys(each)) for each in zip(*comparison.reports, strict=True))
    markers = dict(zip(depths, MARKERS * len(depths), strict=False))
    colours = dict(zip(activations, COLOURS * len(activations), strict=False))
    lines = dict(zip(initializers, LINES * len(initializers), strict=False))
    for case, report in comparison.reports.items():
        numbers = [layer.adjoint or np.nan for layer in report.layers]
        style: dict[str, Any] = {"color": colours[case.activation], "linestyle": lines[case.initializer]}
        ax.plot(range(1, len(numbers) + 1), numbers, marker=markers[case.depth], markersize=5, **style)
    ax.set(xlabel="layer", ylabel="∂ loss / ∂ weighted sum, root mean square", yscale="log")
    ax.set_title("Size of the adjoints, layer by layer", fontsize="medium")
    whole_numbers_below(ax)
    ax.grid(alpha=0.3)
    handles = [key(colours[name], name) for name in colours] + [key("grey", name, lines[name]) for name in lines]
    if len(depths) > 1:
        handles += [key("grey", f"depth {depth}", "", markers[depth]) for depth in depths]
    legend_beside(ax, handles=handles)
    return ax
