"""Which class a model gives to each point of a plane, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from nn.layers import as_inputs
from nn.modules import Module, plain_numbers
from nn.plotting.canvas import COLOURS, MARKERS, axes, key, matplotlib
from nn.prediction import predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADE = 0.35  # of a class's colour where it is certain: pale enough for the points to stand out
Model = Module | Callable[[np.ndarray], Any]


def plot_decision_boundary(
    model: Model, X: Any, y: Any, ax: Axes | None = None, *, logits: bool | None = None, resolution: int = 100
) -> Axes:
    """The classes that a model gives to the plane, shaded by their probability, with the points of each class.

    ``model`` is a module of two inputs, or any function of an array of points, one a row. ``X`` are the points, an
    array (n, 2), and ``y`` their labels. For two classes the model gives a number for each point and the labels are 0
    and 1, or -1 and 1; for more it gives a row with a number for each class and the labels count from 0. ``logits``
    says whether these numbers are logits or scores rather than probabilities; None takes a module's weighted sums for
    logits, and everything else for probabilities. The model is asked on a grid of ``resolution`` points each way.
    ``ax`` are the Axes to draw on, None for those of a new figure. Raises ValueError where points, labels and model do
    not fit, or numbers are no probabilities.

    >>> from nn import MLP
    >>> ax = plot_decision_boundary(MLP(2, [4, 1], seed=0), [[0, 0], [1, 1]], [0, 1], resolution=20)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['class 0', 'class 1', 'probability 0.5']
    """
    plane = Plane(X, y, logits, resolution)
    return plane.draw(plane.classify(model), axes(ax))


class Plane:
    """Points with their classes, and a grid around them on which a model is asked."""

    def __init__(self, X: Any, y: Any, logits: bool | None, resolution: int) -> None:
        self.points = _checked_points(X)
        self.labels = np.asarray(plain_numbers(y), dtype=float).reshape(-1)
        if len(self.points) != len(self.labels):
            raise ValueError(f"there are {len(self.points)} points and {len(self.labels)} labels")
        if not isinstance(resolution, int) or resolution < 2:
            raise ValueError(f"resolution is a whole number from 2, not {resolution!r}")
        self.logits = logits
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        margin = np.where(high > low, 0.1 * (high - low), 0.5)
        self.across, self.up = np.linspace(low - margin, high + margin, resolution).T
        self.rows = np.stack(np.meshgrid(self.across, self.up), axis=-1).reshape(-1, 2)

    def classify(self, model: Model) -> np.ndarray:
        """The probability of each class at each point of the grid, and after those at the points given."""
        return probabilities(model, np.concatenate([self.rows, self.points]), self.logits)

    def draw(self, answers: np.ndarray, ax: Axes) -> Axes:
        """The picture of what ``classify`` gave."""
        classes = answers.shape[1]
        labels = _classes(self.labels, classes)
        grid = answers[: len(self.rows)].reshape(len(self.up), len(self.across), classes)
        extent = (self.across[0], self.across[-1], self.up[0], self.up[-1])
        ax.imshow(shades(grid), origin="lower", extent=extent, aspect="auto", interpolation="bilinear")
        for each in range(1 if classes == 2 else 0, classes):
            lead = _lead(grid, each)
            if lead.min() < 0.0 < lead.max():  # matplotlib warns of lines that are not there
                ax.contour(self.across, self.up, lead, levels=[0.0], colors="black", linewidths=1.5)
        for each in range(classes):
            own = self.points[labels == each]
            colour, marker = COLOURS[each % len(COLOURS)], MARKERS[each % len(MARKERS)]
            style: dict[str, Any] = {"marker": marker, "edgecolor": "white", "linewidth": 0.6, "zorder": 3}
            ax.scatter(own[:, 0], own[:, 1], 25, colour, **style)
        right = (answers[len(self.rows) :].argmax(axis=1) == labels).mean()
        ax.set(xlabel="$x_1$", ylabel="$x_2$", title=f"Decision boundary: {100 * right:.1f} % of {len(labels)} right")
        _explain(ax, classes, np.unique(self.labels))
        return ax


def probabilities(model: Model, rows: np.ndarray, logits: bool | None) -> np.ndarray:
    """The probability of each class, one a column, for each row."""
    outputs = np.asarray(predict(model, rows) if isinstance(model, Module) else model(rows), dtype=float)
    if outputs.shape[:1] != (len(rows),) or outputs.ndim > 2:
        raise ValueError(f"the model gave an array of shape {outputs.shape} for {len(rows)} points")
    outputs = outputs.reshape(len(rows), -1)
    if logits if logits is not None else _is_weighted_sum(model, rows[0]):
        scores = outputs if outputs.shape[1] > 1 else np.hstack([np.zeros_like(outputs), outputs])
        outputs = np.exp(scores - scores.max(axis=1, keepdims=True))
    elif outputs.min() < 0.0 or outputs.max() > 1.0:
        raise ValueError(
            f"the model gives numbers from {outputs.min():.4g} to {outputs.max():.4g}, which are no probabilities: "
            "if they are logits or scores, say logits=True"
        )
    elif outputs.shape[1] == 1:
        outputs = np.hstack([1.0 - outputs, outputs])
    total = outputs.sum(axis=1, keepdims=True)
    equal = np.full_like(outputs, 1.0 / outputs.shape[1])  # where no class has a chance
    return np.asarray(np.divide(outputs, total, out=equal, where=total > 0.0))


def shades(probability: np.ndarray) -> np.ndarray:
    """The colour of each class where it is certain, paler the less sure it is, and white where all are equal."""
    classes = probability.shape[-1]
    colours = np.array([matplotlib("colors").to_rgb(COLOURS[each % len(COLOURS)]) for each in range(classes)])
    sure = np.maximum(0.0, probability - 1.0 / classes) / (1.0 - 1.0 / classes)
    return np.asarray(np.clip(1.0 - SHADE * (sure @ (1.0 - colours)), 0.0, 1.0))


def _lead(grid: np.ndarray, each: int) -> np.ndarray:
    """By how much a class is more probable than the best of the others."""
    return np.asarray(grid[..., each] - np.delete(grid, each, axis=-1).max(axis=-1))


def _is_weighted_sum(model: Model, row: np.ndarray) -> bool:
    if not isinstance(model, Module):
        return False
    return any(getattr(output, "operation", None) is autograd.add for output in as_inputs(model(row)))


def _checked_points(X: Any) -> np.ndarray:
    points = np.array(plain_numbers(X), dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"a decision boundary is drawn among points of two numbers, not in shape {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("a decision boundary is drawn among finite points, and one of these is not")
    return points


def _classes(labels: np.ndarray, classes: int) -> np.ndarray:
    """The class, counted from 0, that each label stands for."""
    allowed = [-1.0, 0.0, 1.0] if classes == 2 else np.arange(classes)
    if not np.isin(labels, allowed).all():
        rule = "0 and 1, or -1 and 1" if classes == 2 else f"0 to {classes - 1}"
        raise ValueError(f"the labels of {classes} classes are {rule}, not {np.setdiff1d(labels, allowed)[0]:g}")
    return (labels > 0.0).astype(int) if classes == 2 else labels.astype(int)


def _explain(ax: Axes, classes: int, labels: np.ndarray) -> None:
    lowest = -1 if labels[0] < 0 else 0
    names = [lowest, 1] if classes == 2 else range(classes)
    handles = [
        key(COLOURS[each % len(COLOURS)], f"class {name}", "", MARKERS[each % len(MARKERS)])
        for each, name in enumerate(names)
    ]
    boundary = "probability 0.5" if classes == 2 else "boundary"
    ax.legend(handles=[*handles, key("black", boundary)], loc="best", fontsize="small")
