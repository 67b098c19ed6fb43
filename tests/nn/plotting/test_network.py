from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba_array

from nn import MLP, Layer, Neuron, Sequential
from nn.plotting import plot_network
from nn.plotting.canvas import BLUE, VERMILLION


def lines(ax: Axes) -> list[LineCollection]:
    return [drawn for drawn in ax.collections if isinstance(drawn, LineCollection)]


def test_every_weight_is_a_line_of_its_width_and_sign() -> None:
    model = MLP(2, [3, 1], seed=0)
    model.layers[1].neurons[0].b.data = -0.5
    ax = plot_network(model)
    largest = max(abs(p.data) for p in model.parameters())
    assert largest > 0.5
    for column, (drawn, layer) in enumerate(zip(lines(ax), model.layers, strict=True)):
        weights = [w.data for neuron in layer.neurons for w in neuron.w]
        assert np.ravel(drawn.get_linewidth()) == pytest.approx([4.0 * abs(w) / largest for w in weights])
        assert np.array_equal(drawn.get_color(), to_rgba_array([BLUE if w > 0.0 else VERMILLION for w in weights]))
        for segment in drawn.get_segments():
            assert np.array_equal(segment[:, 0], [column, column + 1])
    # Of the hidden neuron at the top, from both inputs, which stand half a unit from the middle.
    assert np.array_equal(lines(ax)[0].get_segments()[:2], [[[0, 0.5], [1, 1.0]], [[0, -0.5], [1, 1.0]]])
    ring = [drawn for drawn in ax.collections if isinstance(drawn, PathCollection)][-1]
    assert np.asarray(ring.get_linewidth()).tolist() == pytest.approx([4.0 * 0.5 / largest])
    assert np.array_equal(ring.get_edgecolor(), to_rgba_array(VERMILLION))
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["positive", "negative", f"|weight| = {largest:.3g}"]


def test_large_layers_are_cut_and_say_so() -> None:
    ax = plot_network(MLP(20, [17, 2], seed=0))
    assert ax.get_title() == "Network 20 → 17 → 2, 393 parameters"
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["and 4 more", "and 1 more", *(f"$x_{{{number}}}$" for number in range(1, 17))]
    assert [len(drawn.get_segments()) for drawn in lines(ax)] == [16 * 16, 16 * 2]


def test_layers_anywhere() -> None:
    model = Sequential(Layer(2, 2), Sequential(Layer(2, 1), abs))
    assert plot_network(model).get_title() == "Network 2 → 2 → 1, 9 parameters"
    zero = MLP(1, [1])
    zero.load_state_dict(dict.fromkeys(zero.state_dict(), 0.0))
    assert not np.any(lines(plot_network(zero))[0].get_linewidth())


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="from its layers, and this Neuron has no Layer"):
        plot_network(Neuron(2))
    with pytest.raises(TypeError, match=r"the model is an nn\.Module, not int"):
        plot_network(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="layer 1 gives 3 numbers and layer 2 takes 2"):
        plot_network(Sequential(Layer(2, 3), Layer(2, 1)))
