"""Losses, and a penalty on parameters.

Predictions and targets are numbers, plain or recorded, or sequences and arrays of them, nested alike; a list of
one matches a single number. ``reduction`` is 'mean' (over all numbers), 'sum', or 'none', which keeps the nesting.
ValueError says where shapes differ or a target is out of range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import add
from typing import Any, Literal

from autograd import OperationError, log, log1p, logsumexp, minimum, relu, softplus

_PROBABILITIES = (
    "binary_cross_entropy takes probabilities strictly between 0 and 1 "
    "(try output_activation='sigmoid', or binary_cross_entropy_with_logits)"
)
Reduction = Literal["mean", "sum", "none"]
"""The mean over all numbers, their sum, or every one of them, nested as the predictions are."""


def mse(predictions: Any, targets: Any, reduction: Reduction = "mean") -> Any:
    """Mean squared error: (p - y)² of ``predictions`` p and ``targets`` y; ``reduction`` is 'mean', 'sum' or 'none'.

    >>> mse([1.0, 2.0], [3.0, 2.0]), mse([1.0, 2.0], [3.0, 2.0], reduction="none")
    (2.0, [4.0, 0.0])
    """
    return _reduced(_terms(lambda p, y: (p - y) * (p - y), predictions, targets), reduction)


def mae(predictions: Any, targets: Any, reduction: Reduction = "mean") -> Any:
    """Mean absolute error: |p - y| of ``predictions`` p and ``targets`` y; ``reduction`` is 'mean', 'sum' or 'none'.

    >>> mae([1.0, 2.0], [3.0, 2.0])
    1.0
    """
    return _reduced(_terms(lambda p, y: abs(p - y), predictions, targets), reduction)


def huber(predictions: Any, targets: Any, reduction: Reduction = "mean", delta: float = 1.0) -> Any:
    """Half the squared error up to a distance of ``delta``, δ, and linear from there: δ·(|p - y| - δ/2).

    ``predictions`` p, ``targets`` y and ``reduction`` are as for ``mse``. ValueError unless delta is above 0. The loss
    is that of P. J. Huber, Annals of Mathematical Statistics 35 (1964) 73.

    >>> huber([0.5, 3.0], [0.0, 0.0], reduction="none")
    [0.125, 2.5]
    """

    if not delta > 0.0:
        raise ValueError(f"delta is a number above 0, not {delta!r}")

    def term(p: Any, y: Any) -> Any:
        distance = abs(p - y)
        near = minimum(distance, delta)
        return near * (distance - 0.5 * near)

    return _reduced(_terms(term, predictions, targets), reduction)


def hinge(scores: Any, labels: Any, reduction: Reduction = "mean") -> Any:
    """max(0, 1 - y·score), of ``scores`` of any size and ``labels`` y of -1 and 1; ValueError for other labels.

    ``reduction`` is 'mean', 'sum' or 'none'. The loss of support vector machines: Cortes and Vapnik, Machine Learning
    20 (1995) 273.

    >>> hinge([0.25, 2.0], [1, -1], reduction="none")
    [0.75, 3.0]
    """

    def term(score: Any, y: Any) -> Any:
        _check_target(y, lambda y: y in (-1, 1), "the hinge loss takes labels of -1 and 1")
        return relu(1.0 - y * score)

    return _reduced(_terms(term, scores, labels), reduction)


def binary_cross_entropy(probabilities: Any, targets: Any, reduction: Reduction = "mean") -> Any:
    """-(y·log p + (1 - y)·log(1 - p)), in nats, of ``probabilities`` p and ``targets`` y between 0 and 1.

    ``reduction`` is 'mean', 'sum' or 'none'. Raises ValueError for a target outside 0 to 1, and DomainError where the
    logarithm has no value, because a target is certain and its probability 0;
    ``binary_cross_entropy_with_logits`` is always finite.

    >>> round(binary_cross_entropy([0.5, 0.9], [1, 1]), 6)
    0.399254
    """

    def term(p: Any, y: Any) -> Any:
        try:
            return _between(y, lambda: -log(p), lambda: -log1p(-p))
        except OperationError as error:
            error.args = (f"{error}; {_PROBABILITIES}",)
            raise

    return _reduced(_terms(term, probabilities, targets), reduction)


def binary_cross_entropy_with_logits(logits: Any, targets: Any, reduction: Reduction = "mean") -> Any:
    """The binary cross-entropy of sigmoid(z), stable for every logit z: y·softplus(-z) + (1 - y)·softplus(z), in nats.

    ``logits`` z are any numbers, ``targets`` y lie between 0 and 1 (else ValueError), ``reduction`` is 'mean', 'sum' or
    'none'.

    >>> binary_cross_entropy_with_logits(1000.0, 0)
    1000.0
    """

    def term(z: Any, y: Any) -> Any:
        return _between(y, lambda: softplus(-z), lambda: softplus(z))

    return _reduced(_terms(term, logits, targets), reduction)


def cross_entropy(logits: Any, labels: Any, reduction: Reduction = "mean") -> Any:
    """-log softmax(z)[label], in nats, for one sample (a row of logits and a label) or many (rows, a label for each).

    ``logits`` z have a number for each class; each of the ``labels`` is a class, counted from 0, or, as in torch, a row
    with the probability of every class. ``reduction`` is 'mean' (over the samples), 'sum' or 'none'. Raises ValueError
    where there is no such class, or rows and labels differ in number.

    >>> round(cross_entropy([[2.0, 1.0, 0.0], [0.0, 1000.0, 0.0]], [0, 1]), 6)
    0.203803
    """
    rows, classes = _lists(logits), _lists(labels)
    if not isinstance(rows, list) or not rows:
        raise ValueError("cross_entropy takes a row of logits, one for each class, or a list of such rows")
    if not isinstance(rows[0], list):
        return _reduced([_cross_entropy(rows, classes)], reduction if reduction != "none" else "sum")
    _check_lengths(rows, classes)
    return _reduced([_cross_entropy(row, label) for row, label in zip(rows, classes, strict=True)], reduction)


def one_hot(label: int, classes: int) -> list[float]:
    """The row of ``classes`` numbers with 1 at the ``label``, counted from 0, and 0 elsewhere; ValueError beyond them.

    >>> one_hot(1, 3)
    [0.0, 1.0, 0.0]
    """
    return [float(index == _class(label, classes)) for index in range(classes)]


def l2_penalty(parameters: Iterable[Any], strength: float = 1.0) -> Any:
    """``strength`` · Σp² over the ``parameters`` p, as in micrograd's demo: a penalty for ``fit``.

    >>> l2_penalty([3.0, -4.0], 0.5)
    12.5
    """
    return strength * reduce(add, [p * p for p in parameters], 0.0)


def _between(y: Any, one: Callable[[], Any], zero: Callable[[], Any]) -> Any:
    """y·one + (1 - y)·zero; a term with the factor 0 is not computed."""
    _check_target(y, lambda y: 0 <= y <= 1, "binary cross-entropy takes targets between 0 and 1")
    if isinstance(y, int | float) and y in (0, 1):
        return one() if y == 1 else zero()
    return y * one() + (1.0 - y) * zero()


def _cross_entropy(logits: Sequence[Any], label: Any) -> Any:
    total = logsumexp(logits)
    if not isinstance(label, list):
        return total - logits[_class(label, len(logits))]
    _check_lengths(logits, label, "logits and probabilities")
    return reduce(add, [y * (total - z) for z, y in zip(logits, label, strict=True)])


def _class(label: Any, classes: int) -> int:
    if not isinstance(label, int | float) or label % 1 != 0:
        raise ValueError(f"a label is the number of a class, not {label!r}")
    if not 0 <= label < classes:
        raise ValueError(f"label {label} is out of range: of {classes} classes, the last is {classes - 1}")
    return int(label)


def _lists(numbers: Any) -> Any:
    """Arrays and sequences, nested as they like, as lists of the numbers that they hold."""
    if hasattr(numbers, "tolist"):
        return numbers.tolist()
    if isinstance(numbers, list | tuple):
        return [_lists(number) for number in numbers]
    return numbers


def _terms(term: Callable[[Any, Any], Any], predictions: Any, targets: Any) -> Any:
    """The term of every prediction with its target, nested as they are."""
    p, y = _lists(predictions), _lists(targets)
    if isinstance(p, list) != isinstance(y, list):
        p, y = ([x] if not isinstance(x, list) else x for x in (p, y))
    if not isinstance(p, list):
        return term(p, y)
    _check_lengths(p, y)
    return [_terms(term, a, b) for a, b in zip(p, y, strict=True)]


def _reduced(terms: Any, reduction: str) -> Any:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"there is no reduction {reduction!r}: there are 'mean', 'sum' and 'none'")
    if reduction == "none" or not isinstance(terms, list):
        return terms
    numbers = list(_flat(terms))
    total = reduce(add, numbers)
    return total if reduction == "sum" or len(numbers) == 1 else total / len(numbers)


def _flat(terms: Any) -> Iterator[Any]:
    for term in terms:
        yield from _flat(term) if isinstance(term, list) else (term,)


def _check_lengths(p: Sequence[Any], y: Any, what: str = "predictions and targets") -> None:
    if not isinstance(y, list) or len(p) != len(y):
        other = len(y) if isinstance(y, list) else "a single one"
        raise ValueError(f"{what} differ in number: {len(p)} and {other}")
    if not p:
        raise ValueError("there are no predictions to take the loss of")


def _check_target(y: Any, valid: Callable[[Any], bool], rule: str) -> None:
    if isinstance(y, int | float) and not valid(y):
        raise ValueError(f"{rule}, not {y}")
