"""Networks as scikit-learn's estimators, for its pipelines, searches and scores.

This is the one module that needs scikit-learn: ``pip install "chainrule[sklearn]"``. Every weight is a recorded
number here, so the networks are small; for large ones scikit-learn has ``MLPClassifier`` and ``MLPRegressor``.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np

from nn import losses
from nn.layers import MLP, Activation
from nn.optimizers import Adam
from nn.prediction import predict
from nn.training import fit

try:
    from scipy.special import expit, softmax
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(f'the estimators need scikit-learn 1.6: pip install "chainrule[sklearn]" ({error})') from None


class _ScalarMLP(BaseEstimator):  # type: ignore[misc]
    """What both estimators share: the settings, under scikit-learn's names, and the training by Adam.

    ``model_`` is the network that was fitted, ``history_`` the losses of its training, ``n_iter_`` the epochs.
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (8,),
        activation: str | Activation = "tanh",
        *,
        learning_rate_init: float = 0.05,
        batch_size: int | None = 16,
        max_iter: int = 50,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate_init = learning_rate_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.random_state = random_state

    def _train(self, X: np.ndarray, targets: np.ndarray, outputs: int, loss: Any) -> Self:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        sizes = [*np.atleast_1d(self.hidden_layer_sizes).tolist(), outputs]
        epochs = _whole("max_iter", self.max_iter)
        batch_size = None if self.batch_size is None else _whole("batch_size", self.batch_size)
        model = MLP(X.shape[1], sizes, self.activation, initializer="xavier_uniform", seed=seed)
        optimizer = Adam(model, lr=self.learning_rate_init)
        history = fit(model, (X, targets), loss, optimizer, epochs, batch_size, seed=seed, progress=False)
        if history.interrupted:
            raise KeyboardInterrupt  # a search over settings would go on with the next
        self.model_, self.history_ = model, history
        self.n_iter_ = self.history_.epochs
        return self

    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return predict(self.model_, validate_data(self, X, dtype=float, reset=False))


class ScalarMLPClassifier(ClassifierMixin, _ScalarMLP):  # type: ignore[misc]
    """A multi-layer perceptron for two or more classes, trained on the cross-entropy.

    ``hidden_layer_sizes`` are the widths of the layers before the last, ``activation`` is theirs, ``max_iter`` is
    the number of epochs, ``batch_size`` None takes all samples at once, ``learning_rate_init`` is Adam's learning rate,
    and ``random_state`` an int or generator for initial weights and batches. Once fitted, ``classes_`` are the labels,
    sorted, ``model_`` is the network, ``history_`` its losses and ``n_iter_`` the number of epochs. ``fit`` raises
    ValueError for settings out of range and for samples of one class only.

    >>> from nn.datasets import make_moons
    >>> X, y = make_moons(100, noise=0.1, random_state=0)
    >>> classifier = ScalarMLPClassifier(random_state=0).fit(X, y)
    >>> classifier.score(X, y) > 0.9
    True
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on samples X, one a row, and a label for each."""
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        count = len(self.classes_)
        if count == 1:
            raise ValueError(f"a classifier tells classes apart, and the samples are of one class only: {y[0]}")
        if count == 2:
            return self._train(X, labels, 1, losses.binary_cross_entropy_with_logits)
        return self._train(X, labels, count, losses.cross_entropy)

    def decision_function(self, X: Any) -> np.ndarray:
        """The logits: of the second class where there are two, else a row with that of every class."""
        return self._outputs(X)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of every class, one a column."""
        logits = self._outputs(X)
        if logits.ndim == 1:
            return np.stack([expit(-logits), expit(logits)], axis=1)
        return np.asarray(softmax(logits, axis=1))

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of each sample."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])


class ScalarMLPRegressor(RegressorMixin, _ScalarMLP):  # type: ignore[misc]
    """A multi-layer perceptron for a number, or a row of numbers, trained on the mean squared error.

    ``hidden_layer_sizes``, ``activation``, ``learning_rate_init``, ``batch_size``, ``max_iter`` and ``random_state``
    are those of ``ScalarMLPClassifier``. Samples and targets should be of about unit scale.

    >>> X = np.linspace(-1, 1, 40).reshape(-1, 1)
    >>> regressor = ScalarMLPRegressor(max_iter=100, random_state=0).fit(X, X[:, 0] ** 2)
    >>> regressor.score(X, X[:, 0] ** 2) > 0.9
    True
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on samples X, one a row, and a target, a number or a row, for each."""
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True, multi_output=True)
        y = np.asarray(y, dtype=float)
        return self._train(X, y, 1 if y.ndim == 1 else y.shape[1], losses.mse)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def predict(self, X: Any) -> np.ndarray:
        """The target expected of each sample."""
        return self._outputs(X)


def _whole(name: str, number: Any) -> int:
    """The number as Python's int: searches over settings bring NumPy's."""
    if not isinstance(number, Integral) or number < 1:
        raise ValueError(f"{name} is a whole number from 1, not {number!r}")
    return int(number)
