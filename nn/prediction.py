"""Predictions for many samples, without recording."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nn.layers import Layer, Sequential, as_inputs
from nn.modules import Module, check_module, plain_numbers


def predict(model: Module, inputs: Any) -> np.ndarray:
    """What a model computes for many samples, without recording: an array with a row, or a number, for each.

    The result has the same bits as a call for each sample, and comes many times faster. ``inputs`` are an array or
    sequences, one sample a row; for a model of one input they may be plain numbers. Raises ValueError where they do not
    fit the model, or are not finite.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 1])
    >>> predict(model, [[0.0, 1.0], [2.0, 3.0]])[1] == model([2.0, 3.0]).data
    np.True_
    """
    check_module(model)
    frozen: Any = model.frozen()
    if _made_of_layers(frozen) and isinstance(inputs, np.ndarray) and inputs.ndim == 2 and inputs.dtype.kind in "iuf":
        return _on_columns(frozen, inputs)
    rows = plain_numbers(inputs)
    if not isinstance(rows, list):
        raise ValueError(f"predict takes many samples, one a row, not {inputs!r}")
    if not rows or not _made_of_layers(frozen):
        _check_finite(rows)
        return np.array([frozen(row) for row in rows])
    width = len(frozen.layers[0].neurons[0].w)
    if width > 1 and isinstance(rows[0], int | float):
        raise ValueError(
            f"predict takes samples as rows of {width} numbers, such as [{rows[:width]}], not single numbers"
        )
    samples = [as_inputs(row) for row in rows]
    for sample in samples:
        if sample and isinstance(sample[0], list):
            raise ValueError("predict takes samples as rows of numbers, without rows inside")
        frozen.layers[0].check_inputs(sample)
    return _on_columns(frozen, np.array(samples))


def _on_columns(model: Any, samples: np.ndarray) -> np.ndarray:
    if not np.isfinite(samples).all():
        _check_finite(samples)
    columns = list(np.array(samples.T, dtype=float, order="C"))
    for layer in model.layers:
        columns = _layer_on_columns(layer, columns)
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1)


def _check_finite(samples: Iterable[Any]) -> None:
    for index, sample in enumerate(samples):
        for number in as_inputs(sample):
            if isinstance(number, float) and not math.isfinite(number):
                raise ValueError(f"predict: sample {index}, counted from 0, holds {number}, which is not finite")


def _made_of_layers(model: Any) -> bool:
    """Whether a call is nothing but weighted sums and activations, which run on whole columns of samples."""
    return (
        isinstance(model, Sequential)
        and type(model).__call__ is Module.__call__
        and type(model).forward is Sequential.forward
        and len(model.layers) > 0
        and all(type(layer) is Layer for layer in model.layers)
    )


def _layer_on_columns(layer: Layer, columns: list[np.ndarray]) -> list[np.ndarray]:
    """A frozen layer over an array for each input, with a number for each sample."""
    layer.check_inputs(columns)
    return [_elementwise(neuron.activation, neuron.weighted_sum(columns)) for neuron in layer.neurons]


def _elementwise(function: Callable[[float], float], column: np.ndarray) -> np.ndarray:
    return np.fromiter(map(function, column.tolist()), float, len(column))
