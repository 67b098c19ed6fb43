from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import same_color

from nn import History
from nn.plotting import plot_loss
from nn.plotting.canvas import BLUE, VERMILLION


def test_training_and_validation() -> None:
    ax = plot_loss(History(loss=[1.0, 0.5, 0.25], validation_loss=[2.0, 1.0, 0.75]))
    training, validation = ax.lines
    assert np.array_equal(training.get_xydata(), [[1, 1.0], [2, 0.5], [3, 0.25]])
    assert np.array_equal(validation.get_xydata(), [[1, 2.0], [2, 1.0], [3, 0.75]])
    assert same_color(training.get_color(), BLUE)
    assert same_color(validation.get_color(), VERMILLION)
    assert training.get_linestyle() != validation.get_linestyle()
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["training", "validation"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "loss", "log")


@pytest.mark.parametrize("losses", [[3.0, 1.0], (3, 1), np.array([3.0, 1.0]), iter([3.0, 1.0])])
def test_numbers_of_any_kind(losses: Any) -> None:
    ax = plot_loss(losses)
    assert np.array_equal(ax.lines[0].get_ydata(), [3.0, 1.0])
    assert ax.get_legend() is None
    assert all(tick == int(tick) for tick in ax.get_xticks())


@pytest.mark.parametrize("losses", [[1.0, 0.0], [1.0, -2.0]])
def test_a_loss_that_has_no_logarithm(losses: list[float]) -> None:
    assert plot_loss(losses).get_yscale() == "linear"


def test_one_epoch_is_a_point() -> None:
    assert plot_loss([0.5]).lines[0].get_marker() == "o"


def test_what_is_not_finite_is_marked_and_hides_nothing() -> None:
    nan, inf = float("nan"), float("inf")
    ax = plot_loss([3.0, nan, 1.0, inf, 2.0, 2.5])
    drawn, lost = ax.lines
    assert np.array_equal(drawn.get_ydata(), [3.0, nan, 1.0, nan, 2.0, 2.5], equal_nan=True)
    assert drawn.get_marker() == "o"
    assert np.array_equal(np.flatnonzero(np.asarray(drawn.get_markevery())), [0, 2])  # the others are on a line
    assert np.array_equal(lost.get_xdata(), [2, 4])
    assert ax.get_yscale() == "log"
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["training", "not finite"]
    assert np.array_equal(plot_loss([nan]).lines[1].get_xdata(), [1])
    assert plot_loss([-1.0, nan]).get_yscale() == "linear"


@pytest.mark.parametrize("nothing", [[], History()])
def test_no_epochs(nothing: Any) -> None:
    with pytest.raises(ValueError, match="there is no loss to plot: the history is empty"):
        plot_loss(nothing)
    assert not pyplot.get_fignums()


def test_axes_of_ones_own() -> None:
    _, (left, right) = pyplot.subplots(1, 2)
    assert plot_loss([1.0, 0.5], right) is right
    assert not left.lines
    assert len(pyplot.get_fignums()) == 1
