from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from nn import MLP, compare_gradients, gradient_report
from nn.datasets import make_moons
from nn.plotting import plot_adjoints, plot_distributions, plot_norms
from nn.plotting.layers import Numbers

REPORT = gradient_report(MLP(2, [3, 3, 1], "tanh", seed=0), make_moons(10, random_state=0), lr=0.5)


def test_norms_over_the_layers() -> None:
    ax = plot_norms(REPORT)
    for line, name in zip(ax.lines, ("adjoint", "gradient_norm", "weight_norm", "update_ratio"), strict=True):
        assert np.array_equal(line.get_xydata(), [[k + 1, getattr(REPORT.layers[k], name)] for k in range(3)])
    assert ax.get_title().replace("\n", " ") == REPORT.verdicts[0]
    assert ax.get_yscale() == "log"
    assert ax.lines[3].get_label() == "step / weights, learning rate 0.5"
    assert REPORT.plot(ax) is ax


def medians(ax: Axes) -> list[float]:
    return [float(np.asarray(line.get_ydata())[0]) for line in ax.lines if line.get_linewidth() == 2]


@pytest.mark.parametrize("of", ["activations", "parameters"])
def test_boxes_of_numbers(of: Numbers) -> None:
    ax = plot_distributions(REPORT, of)
    assert medians(ax) == pytest.approx([np.median(getattr(layer, of)) for layer in REPORT.layers])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1\ntanh", "2\n", "3\nlinear"]
    assert ax.get_yscale() == "linear"


@pytest.mark.parametrize("of", ["adjoints", "gradients"])
def test_boxes_of_sizes_leave_zeros_out_and_count_them(of: Numbers) -> None:
    report = gradient_report(MLP(2, [8, 8, 1], seed=1), make_moons(10, random_state=0))
    ax = plot_distributions(report, of)
    sizes = [np.abs(np.ravel(getattr(layer, of))) for layer in report.layers]
    assert medians(ax) == pytest.approx([np.median(each[each > 0.0]) for each in sizes])
    shares = [label.get_text().splitlines()[2] for label in ax.get_xticklabels()]
    assert shares == [f"{np.mean(each == 0.0):.0%}" for each in sizes]
    assert shares[1] not in ("0%", "100%")
    assert ax.get_yscale() == "log"


def test_no_such_numbers() -> None:
    what: Any = "weights"
    with pytest.raises(ValueError, match="no 'weights' in a report: there are activations, adjoints, gradients"):
        plot_distributions(REPORT, what)


def test_a_comparison_has_a_line_for_each_network() -> None:
    comparison = compare_gradients([2, 3], ["sigmoid", "relu"], ["normal", "he_normal"], width=3)
    ax = plot_adjoints(comparison)
    styles = {}
    for line, (case, report) in zip(ax.lines, comparison.reports.items(), strict=True):
        assert np.array_equal(line.get_ydata(), [layer.adjoint for layer in report.layers])
        assert len(report.layers) == case.depth
        styles[case.activation, case.initializer] = line.get_color(), line.get_linestyle()
    assert len(set(styles.values())) == 4
    legend = ax.get_legend()
    assert legend is not None
    names = ["sigmoid", "relu", "normal", "he_normal", "depth 2", "depth 3"]
    assert [text.get_text() for text in legend.get_texts()] == names
    assert comparison.plot(ax) is ax
    assert len({line.get_marker() for line in ax.lines}) == 2
    one = plot_adjoints(compare_gradients([2], ["relu"], ["normal"])).get_legend()
    assert one is not None
    assert [text.get_text() for text in one.get_texts()] == ["relu", "normal"]


def test_legends_cover_nothing() -> None:
    for ax in (plot_norms(REPORT), plot_adjoints(compare_gradients([2]))):
        legend = ax.get_legend()
        assert legend is not None
        ax.figure.draw_without_rendering()  # type: ignore[union-attr]
        assert legend.get_window_extent().x0 >= ax.get_window_extent().x1
        assert legend.get_window_extent().x1 <= ax.figure.bbox.x1
