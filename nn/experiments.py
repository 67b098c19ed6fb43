"""Experiments with gradients: networks of several depths, activations and initialisers side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from nn import losses
from nn.analysis import GradientReport, gradient_report, name_of, table
from nn.datasets import make_moons
from nn.engines import Loss, as_samples
from nn.initializers import Initializer
from nn.layers import MLP, Activation
from nn.plotting.layers import plot_adjoints

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Case(NamedTuple):
    """One network of a comparison; ``depth`` is its number of layers."""

    depth: int
    activation: str
    initializer: str


@dataclass(frozen=True, repr=False, eq=False)
class GradientComparison:
    """What ``compare_gradients`` found: ``reports`` holds a ``GradientReport`` for each case. Prints as a table.

    A case is the depth, the activation and the initialiser. ``factor`` is the size of the adjoints in the first layer
    over that in the last.

    >>> comparison = compare_gradients(depths=[2], activations=["tanh"], initializers=["xavier_normal"])
    >>> [case.depth for case in comparison.reports]
    [2]
    """

    reports: dict[Case, GradientReport]

    def plot(self, ax: Axes | None = None) -> Axes:
        """The size of the adjoints over the layers, a line for each case, on matplotlib's Axes."""
        return plot_adjoints(self, ax)

    def __str__(self) -> str:
        rows = [
            (
                str(case.depth),
                case.activation,
                case.initializer,
                f"{report.factor:.1e}",
                report.verdicts[0].partition(":")[0],
            )
            for case, report in self.reports.items()
        ]
        return "\n".join(table(("depth", "activation", "initializer", "factor", "trend"), rows))

    __repr__ = __str__


def compare_gradients(
    depths: Iterable[int] = (10,),
    activations: Iterable[str | Activation] = ("sigmoid", "tanh", "relu"),
    initializers: Iterable[str | Initializer] = ("normal", "xavier_normal", "he_normal"),
    *,
    width: int = 8,
    data: Any = None,
    loss: Loss = losses.mse,
    seed: int = 0,
) -> GradientComparison:
    """Gradient reports of untrained MLPs: each of the ``depths`` with each of the ``activations`` and ``initializers``.

    Depths count layers; activations and initializers are names or functions, as for ``MLP``. Each network has layers of
    ``width`` units before a linear one, with initial weights from ``seed``. ``data`` and ``loss`` are those of
    ``gradient_report``; without data, 20 points of two moons are taken. Raises ValueError where there is nothing to
    compare, or a name that there is not.

    >>> compare_gradients(depths=[2, 8], activations=["sigmoid"], initializers=["xavier_normal"])
    depth  activation  initializer    factor   trend
    2      sigmoid     xavier_normal  8.0e-02  the gradients come through
    8      sigmoid     xavier_normal  1.8e-05  the gradients vanish
    """
    samples = as_samples(make_moons(20, noise=0.1, random_state=seed) if data is None else data)
    inputs, target = len(samples.inputs[0]), samples.targets[0]
    outputs = len(target) if isinstance(target, list) else 1
    reports = {}
    depths = list(depths)
    for depth in depths:
        if not isinstance(depth, int) or depth < 1:
            raise ValueError(f"a depth is a whole number from 1, not {depth!r}")
    for depth, activation, initializer in product(depths, activations, initializers):
        model = MLP(inputs, [width] * (depth - 1) + [outputs], activation, initializer=initializer, seed=seed)
        reports[Case(depth, name_of(activation), name_of(initializer))] = gradient_report(model, samples, loss)
    if not reports:
        raise ValueError("there is nothing to compare: name a depth, an activation and an initialiser")
    return GradientComparison(reports)
