from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from nn import MLP, gradient_report
from nn.plotting import plot_decision_boundary, plot_loss, plot_network


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MLP(2, [2, 1], seed=0)
    data = [[0.0, 1.0], [1.0, 0.0]], [0, 1]
    for module in ("pyplot", "collections", "colors", "lines", "ticker"):
        monkeypatch.setitem(sys.modules, f"matplotlib.{module}", None)
    drawings: list[Callable[[], object]] = [
        lambda: plot_loss([1.0]),
        lambda: plot_network(model),
        lambda: plot_decision_boundary(model, *data),
        gradient_report(model, data).plot,
    ]
    for draw in drawings:
        with pytest.raises(ImportError, match=r'^pictures are drawn by matplotlib: pip install "chainrule\[plot\]"$'):
            draw()


def test_importing_nn_leaves_matplotlib_alone() -> None:
    program = "import sys, nn, nn.plotting; print('matplotlib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"
    )
