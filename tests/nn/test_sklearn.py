from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from nn import History, predict
from nn.datasets import make_moons
from nn.plotting import plot_decision_boundary
from nn.sklearn import ScalarMLPClassifier, ScalarMLPRegressor

MOONS = make_moons(60, noise=0.1, random_state=0)


# Fewer epochs than by default: the checks fit each of them over and over.
QUICK: dict[str, Any] = {"max_iter": 10, "batch_size": 8}
ESTIMATORS = ScalarMLPClassifier(**QUICK), ScalarMLPRegressor(**QUICK)
CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{check.func.__name__}-{number}")
    for estimator in ESTIMATORS
    for number, (_, check) in enumerate(estimator_checks_generator(estimator))
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    """Every check, with no failure expected. It skips what is for pandas and for the array API by itself."""
    check(clone(estimator))


def test_two_classes() -> None:
    X, _ = MOONS
    y = np.where(MOONS[1] == 1, "yes", "no")
    classifier = ScalarMLPClassifier(random_state=0).fit(X, y)
    assert classifier.score(X, y) > 0.95
    assert classifier.classes_.tolist() == ["no", "yes"]
    logits = predict(classifier.model_, X)
    assert (classifier.decision_function(X) == logits).all()
    probability = classifier.predict_proba(X)
    assert probability[:, 1] == pytest.approx(1.0 / (1.0 + np.exp(-logits)), rel=1e-12)
    assert probability.sum(axis=1) == pytest.approx(1.0)
    assert (classifier.predict(X) == np.where(logits > 0.0, "yes", "no")).all()
    assert classifier.n_iter_ == len(classifier.history_.loss) == 50
    ax = plot_decision_boundary(classifier.predict_proba, X, MOONS[1], resolution=10)
    assert f"{100 * classifier.score(X, y):.1f} %" in ax.get_title()


def test_three_classes_in_a_pipeline() -> None:
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), ScalarMLPClassifier((4,), max_iter=20, random_state=0))
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.9
    probability = pipeline.fit(X, y).predict_proba(X)
    scores = np.exp(pipeline.decision_function(X))
    assert probability == pytest.approx(scores / scores.sum(axis=1, keepdims=True), rel=1e-12)


def test_regression_of_one_and_of_several_numbers() -> None:
    x = np.linspace(-1.0, 1.0, 40)
    y = np.stack([x**2, -x], axis=1)
    regressor = ScalarMLPRegressor(max_iter=100, random_state=0)
    assert regressor.fit(x[:, None], y).score(x[:, None], y) > 0.9
    assert regressor.predict(x[:, None]).shape == (40, 2)
    assert regressor.fit(x[:, None], y[:, 1]).predict(x[:, None]).shape == (40,)
    loss = np.mean((regressor.predict(x[:, None]) + x) ** 2)
    assert loss < regressor.history_.loss[0] / 10.0


def test_without_hidden_layers_it_is_least_squares() -> None:
    """The minimum of the mean squared error of a line is known: cov(x, y) / var(x), through the means."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=50)
    y = 2.0 * x - 1.0 + rng.normal(size=50)
    slope = np.cov(x, y, bias=True)[0, 1] / x.var()
    regressor = ScalarMLPRegressor((), max_iter=1000, batch_size=None, random_state=0).fit(x[:, None], y)
    expected = [y.mean() - slope * x.mean(), y.mean() + slope * (1.0 - x.mean())]
    assert regressor.predict([[0.0], [1.0]]) == pytest.approx(expected, abs=1e-3)


def test_without_hidden_layers_it_is_logistic_regression() -> None:
    """Of counts in two places the maximum likelihood is their shares."""
    x, y = [[0.0]] * 4 + [[1.0]] * 5, [0, 0, 0, 1, 0, 1, 1, 1, 1]
    classifier = ScalarMLPClassifier((), max_iter=1000, batch_size=None, random_state=0).fit(x, y)
    assert classifier.predict_proba([[0.0], [1.0]])[:, 1] == pytest.approx([1 / 4, 4 / 5], abs=1e-3)


def test_a_search_over_settings() -> None:
    settings = {"hidden_layer_sizes": [(), (4, 4), 3], "max_iter": np.arange(2, 4), "activation": ["relu"]}
    search = GridSearchCV(ScalarMLPClassifier(random_state=0), settings, cv=2).fit(*MOONS)
    assert np.isfinite(search.cv_results_["mean_test_score"]).tolist() == [True] * 6
    sizes = {(): [1], (4, 4): [4, 4, 1], 3: [3, 1]}[search.best_params_["hidden_layer_sizes"]]
    best = search.best_estimator_
    assert [len(layer.neurons) for layer in best.model_.layers] == sizes
    assert best.n_iter_ == search.best_params_["max_iter"]


def test_the_same_random_state_gives_the_same_bits() -> None:
    first = ScalarMLPClassifier(max_iter=2, random_state=3).fit(*MOONS)
    again = clone(first).fit(*MOONS)
    other = clone(first).set_params(random_state=4).fit(*MOONS)
    assert first.model_.state_dict() == again.model_.state_dict()
    assert first.model_.state_dict() != other.model_.state_dict()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activation": "swish"}, "there is no activation 'swish'"),
        ({"hidden_layer_sizes": (0,)}, "a layer's number of neurons is a whole number from 1, not 0"),
        ({"max_iter": 0}, "max_iter is a whole number from 1, not 0"),
        ({"max_iter": 2.5}, "max_iter is a whole number from 1, not 2.5"),
        ({"batch_size": 0}, "batch_size is a whole number from 1, not 0"),
        ({"hidden_layer_sizes": (2.5,)}, "a layer's number of neurons is a whole number from 1, not 2.5"),
        ({"learning_rate_init": -1.0}, "lr"),
    ],
)
def test_bad_settings(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScalarMLPClassifier(**settings).fit(*MOONS)


def test_one_class() -> None:
    with pytest.raises(ValueError, match="the samples are of one class only: a"):
        ScalarMLPClassifier().fit([[0.0], [1.0]], ["a", "a"])


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    monkeypatch.delitem(sys.modules, "nn.sklearn")
    with pytest.raises(ImportError, match=r'the estimators need scikit-learn 1\.6: pip install "chainrule\[sklearn\]"'):
        importlib.import_module("nn.sklearn")


def test_an_interrupt_ends_more_than_one_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search over settings would go on with the next ones."""
    monkeypatch.setattr("nn.sklearn.fit", lambda *arguments, **options: History(interrupted=True))
    classifier = ScalarMLPClassifier()
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(*MOONS)
    assert not hasattr(classifier, "model_")
