from __future__ import annotations

import pytest

from nn import MLP, compare_gradients, gradient_report
from nn.datasets import make_moons
from nn.experiments import Case


def test_each_case_is_a_report_of_its_network() -> None:
    data = make_moons(6, random_state=0)
    comparison = compare_gradients([1, 3], ["tanh"], ["he_normal", "uniform"], width=4, data=data, seed=5)
    assert list(comparison.reports) == [
        Case(depth, "tanh", initializer) for depth in (1, 3) for initializer in ("he_normal", "uniform")
    ]
    model = MLP(2, [4, 4, 1], "tanh", initializer="he_normal", seed=5)
    assert str(comparison.reports[Case(3, "tanh", "he_normal")]) == str(gradient_report(model, data))


def test_what_theory_says_of_deep_networks() -> None:
    """Sigmoids shrink the gradient, He's weights keep it through ReLUs, and N(0, 1) makes it explode there."""
    reports = compare_gradients([12], ["sigmoid", "relu"], ["he_normal", "normal"], width=16).reports
    vanishing = reports[Case(12, "sigmoid", "he_normal")]
    assert "vanish" in vanishing.verdicts[0]
    assert "come through" in reports[Case(12, "relu", "he_normal")].verdicts[0]
    assert "explode" in reports[Case(12, "relu", "normal")].verdicts[0]


def test_the_same_seed_gives_the_same_bits() -> None:
    assert str(compare_gradients([3])) == str(compare_gradients([3]))
    assert str(compare_gradients([3])) != str(compare_gradients([3], seed=1))


def test_more_outputs_and_functions() -> None:
    def halved(x: float) -> float:
        return 0.5 * x

    comparison = compare_gradients([2], [halved], ["normal"], data=([[1.0], [2.0]], [[1.0, 2.0], [3.0, 4.0]]))
    assert list(comparison.reports) == [Case(2, "halved", "normal")]
    assert comparison.reports[Case(2, "halved", "normal")].layers[-1].units == 2


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="there is no activation 'swish'"):
        compare_gradients(activations=["swish"])
    with pytest.raises(ValueError, match="a depth is a whole number from 1, not 0"):
        compare_gradients(depths=[0])
    with pytest.raises(ValueError, match="there is nothing to compare"):
        compare_gradients(depths=[])
