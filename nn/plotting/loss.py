"""The loss over the epochs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.history import History
from nn.modules import plain_numbers
from nn.plotting.canvas import BLACK, BLUE, VERMILLION, axes, whole_numbers_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_loss(history: History | Iterable[float], ax: Axes | None = None) -> Axes:
    """The loss of each epoch: of a ``history``, with the validation loss if there is one, or of a list of numbers.

    ``ax`` are the Axes to draw on, None for those of a new figure. The axis of the loss is logarithmic unless a loss is
    0 or less; crosses at its foot stand where a loss is not finite. Raises ValueError where there is no loss.

    >>> ax = plot_loss([1.0, 0.1, 0.01])
    >>> ax.get_yscale(), ax.lines[0].get_xdata().tolist()
    ('log', [1, 2, 3])
    """
    curves = _curves(history)
    if not curves:
        raise ValueError("there is no loss to plot: the history is empty")
    ax = axes(ax)
    for (name, losses), colour, line in zip(curves.items(), (BLUE, VERMILLION), ("-", "--"), strict=False):
        _plot_curve(ax, losses, line, color=colour, label=name)
    lost = {epoch for losses in curves.values() for epoch, loss in enumerate(losses, 1) if not math.isfinite(loss)}
    if lost:
        foot = ax.get_xaxis_transform()
        ax.plot(sorted(lost), [0.04] * len(lost), "x", color=BLACK, label="not finite", transform=foot)
    if not any(loss <= 0.0 for losses in curves.values() for loss in losses):
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel="loss", title="Loss")
    whole_numbers_below(ax)
    ax.grid(alpha=0.3)
    if len(curves) > 1 or lost:
        ax.legend()
    return ax


def _plot_curve(ax: Axes, losses: list[float], line: str, **style: Any) -> None:
    finite = np.isfinite(losses)
    alone = finite & ~np.pad(finite, (1, 0))[:-1] & ~np.pad(finite, (0, 1))[1:]  # no line shows these
    if alone.any():
        style |= {"marker": "o", "markevery": alone}
    ax.plot(range(1, len(losses) + 1), np.where(finite, losses, np.nan), line, **style)


def _curves(history: History | Iterable[float]) -> dict[str, list[float]]:
    if isinstance(history, History):
        curves = {"training": history.loss, "validation": history.validation_loss}
    else:
        curves = {"training": plain_numbers(history if hasattr(history, "tolist") else list(history))}
    return {name: losses for name, losses in curves.items() if losses}
