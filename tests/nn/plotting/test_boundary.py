from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet

import autograd
from autograd import Value, sigmoid, softmax
from nn import MLP, Layer, Module, Sequential
from nn.plotting import plot_decision_boundary
from nn.plotting.boundary import SHADE, probabilities, shades
from nn.plotting.canvas import BLUE, GREEN, VERMILLION

X = np.array([[-1.0, -1.0], [-0.5, 1.0], [1.0, 0.5], [2.0, -1.0]])
Y = [0, 0, 1, 1]


def contours(ax: Axes) -> np.ndarray:
    lines = [collection for collection in ax.collections if isinstance(collection, ContourSet)]
    return np.concatenate([path.vertices for line in lines for path in line.get_paths()])


def points(ax: Axes) -> list[np.ndarray]:
    return [np.asarray(drawn.get_offsets()) for drawn in ax.collections if isinstance(drawn, PathCollection)]


def legend(ax: Axes) -> list[str]:
    key = ax.get_legend()
    assert key is not None
    return [text.get_text() for text in key.get_texts()]


def line(a: float, b: float, c: float) -> MLP:
    """The logit a·x₁ + b·x₂ + c."""
    model = MLP(2, [1])
    model.load_state_dict({"layers.0.neurons.0.w.0": a, "layers.0.neurons.0.w.1": b, "layers.0.neurons.0.b": c})
    return model


@pytest.mark.parametrize(
    "model",
    [
        line(2.0, -1.0, 0.5),
        Sequential(line(2.0, -1.0, 0.5), sigmoid),
        lambda rows: 1.0 / (1.0 + np.exp(-(2.0 * rows[:, 0] - rows[:, 1] + 0.5))),
    ],
)
def test_the_boundary_is_where_both_classes_are_as_likely(model: Any) -> None:
    ax = plot_decision_boundary(model, X, Y)
    boundary = contours(ax)
    assert len(boundary) > 50
    assert boundary @ [2.0, -1.0] + 0.5 == pytest.approx(0.0, abs=0.01)
    blue, vermillion = points(ax)
    assert np.array_equal(blue, X[:2])
    assert np.array_equal(vermillion, X[2:])
    assert legend(ax) == ["class 0", "class 1", "probability 0.5"]
    assert ax.get_title() == "Decision boundary: 100.0 % of 4 right"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_2$")


def test_the_shade_is_the_probability() -> None:
    """p = x between x = 0 and 1: from blue through white at ½ to vermillion, as far from white at 1 - p as at p."""
    ax = plot_decision_boundary(lambda rows: np.clip(rows[:, 0], 0.0, 1.0), X, Y, resolution=37)
    image = np.asarray(ax.images[0].get_array())
    assert ax.images[0].get_extent() == pytest.approx([-1.3, 2.3, -1.2, 1.2])
    assert np.ptp(image, axis=0) == pytest.approx(0.0)  # the same in every row
    x, tints = np.linspace(-1.3, 2.3, 37), 1.0 - image[0]  # in steps of 0.1
    assert tints[x < 0.01] == pytest.approx(np.tile(tints[0], (14, 1)))
    assert tints[18] == pytest.approx(0.0, abs=1e-12)  # x = ½
    for colour, certain, sure in ((BLUE, tints[13], tints[13:18]), (VERMILLION, tints[23], tints[23:18:-1])):
        assert np.cross(certain, 1.0 - np.array(to_rgb(colour))) == pytest.approx(0.0, abs=1e-12)  # the same hue
        assert sure == pytest.approx(np.outer([1.0, 0.8, 0.6, 0.4, 0.2], certain))
        assert certain.max() <= SHADE


def test_scores_of_hinge_and_labels_of_minus_one() -> None:
    ax = plot_decision_boundary(line(1.0, 0.0, 0.0), X, [-1, 1, 1, -1])
    assert legend(ax)[:2] == ["class -1", "class 1"]
    assert contours(ax)[:, 0] == pytest.approx(0.0, abs=1e-5)
    assert "50.0 % of 4" in ax.get_title()


def test_three_classes() -> None:
    model = MLP(2, [3])
    model.load_state_dict(
        {f"layers.0.neurons.{k}.{name}": x for k, row in enumerate(((1, 0, 0), (0, 1, 0), (-1, -1, 0)))
         for name, x in zip(("w.0", "w.1", "b"), row, strict=True)}
    )  # fmt: skip
    ax = plot_decision_boundary(model, X, [2, 1, 0, 0], resolution=60)
    logits = contours(ax) @ np.array([[1, 0, -1], [0, 1, -1]])
    best = np.sort(logits, axis=1)
    assert best[:, 2] - best[:, 1] == pytest.approx(0.0, abs=0.03)
    assert [len(each) for each in points(ax)] == [2, 1, 1]
    assert legend(ax) == ["class 0", "class 1", "class 2", "boundary"]
    assert "100.0 %" in ax.get_title()
    rows = np.log([[2.0, 3.0], [0.5, 4.0]])  # the exponentials of the logits are 2 : 3 : 1/6, and 1/2 : 4 : 1/2
    expected = [[12 / 31, 18 / 31, 1 / 31], [1 / 10, 8 / 10, 1 / 10]]
    for same in (model, Sequential(model, softmax)):
        assert probabilities(same, rows, None) == pytest.approx(np.array(expected), rel=1e-12)


def test_a_model_that_sees_no_difference_has_no_boundary() -> None:
    ax = plot_decision_boundary(lambda rows: np.full(len(rows), 0.25), X, Y)
    assert not [drawn for drawn in ax.collections if isinstance(drawn, ContourSet)]


def test_a_module_of_ones_own() -> None:
    class Ring(Module):
        def __init__(self) -> None:
            self.radius = Value(1.0)

        def forward(self, x: Any) -> Any:
            return self.radius - autograd.hypot(*x)

    ax = plot_decision_boundary(Ring(), X, [0, 0, 0, 1], logits=True)
    assert np.hypot(*contours(ax).T) == pytest.approx(1.0, abs=0.01)


@given(p=st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).filter(lambda p: sum(p) > 0.01))
def test_shades_are_colours(p: list[float]) -> None:
    probability = np.array(p) / sum(p)
    shade = shades(probability)
    assert shade.min() >= 0.0
    assert shade.max() <= 1.0
    assert shades(np.full(3, 1 / 3)) == pytest.approx(1.0)
    certain = 1.0 - shades(np.array([0.0, 0.0, 1.0]))
    assert certain / (1.0 - np.array(to_rgb(GREEN))) == pytest.approx(SHADE)


def test_points_stand_out_from_what_is_certain() -> None:
    """By the contrast of their luminances, as the Web Content Accessibility Guidelines 2.2 define it."""

    def luminance(colour: Any) -> float:
        rgb = np.array(to_rgb(colour))
        return float(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])

    for each, colour in enumerate((BLUE, VERMILLION)):
        ground = luminance(shades(np.eye(2)[each]))
        assert (ground + 0.05) / (luminance(colour) + 0.05) > 2.4


def test_one_point_and_one_class() -> None:
    ax = plot_decision_boundary(line(1.0, 0.0, 0.0), [[0.5, 0.5]], [1])
    assert ax.images[0].get_extent() == pytest.approx([0.0, 1.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((line(1, 0, 0), [[1.0, 2.0, 3.0]], [0]), r"among points of two numbers, not in shape \(1, 3\)"),
        ((line(1, 0, 0), [], []), "among points of two numbers"),
        ((line(1, 0, 0), [[1.0, np.nan]], [0]), "among finite points, and one of these is not"),
        ((line(1, 0, 0), X, [0, 1]), "there are 4 points and 2 labels"),
        ((line(1, 0, 0), X, [0, 1, 2, 3]), "the labels of 2 classes are 0 and 1, or -1 and 1, not 2"),
        ((MLP(2, [3], seed=0), X, [0, 1, 2, 3]), "the labels of 3 classes are 0 to 2, not 3"),
        ((lambda rows: rows[:, 0], X, Y), r"gives numbers from -1.3 to 2.3, .* say logits=True"),
        ((lambda rows: 0.5, X, Y), r"the model gave an array of shape \(\) for 10004 points"),
        ((Sequential(Layer(3, 1)), X, Y), "2 numbers went into .* takes 3"),
    ],
)
def test_what_cannot_be_drawn(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plot_decision_boundary(*arguments)


def test_a_grid_of_one_point_has_no_boundary() -> None:
    with pytest.raises(ValueError, match="resolution is a whole number from 2, not 1"):
        plot_decision_boundary(line(1, 0, 0), X, Y, resolution=1)
