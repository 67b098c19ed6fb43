"""Elements of bound arrays moved by calls of NumPy: taken from their places, and put into them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograd.compiling.program import Gather, Mask, Pick, Scatter
from autograd.compiling.targets import NumpyCall


def gathered(array: Gather, source: np.ndarray, out: np.ndarray) -> list[NumpyCall]:
    """The elements at the positions."""
    shape = (len(source), -1) if array.batched else (-1,)
    take = partial(np.take, indices=array.positions, axis=-1, out=out, mode="clip")
    flat = source.reshape(shape)
    return [partial(take, flat) if np.may_share_memory(source, flat) else lambda: take(source.reshape(shape))]


def masked(array: Mask, source: Any, out: np.ndarray) -> list[NumpyCall]:
    """The operand, and the number elsewhere."""
    return [partial(np.copyto, out, source), partial(np.copyto, out, array.number, where=~array.there)]


def picked(array: Pick, rows: np.ndarray, places: np.ndarray, out: np.ndarray) -> list[NumpyCall]:
    """The rows at the places."""
    batched, others = (operand.batched for operand in array.arrays)
    if not array.paired and not (batched and others):
        return [partial(np.take, rows, places, axis=int(batched), out=out, mode="clip")]
    where = _picked_from(batched, array, places)
    return [lambda: np.copyto(out, rows[where])]


def scattered(array: Scatter, added: np.ndarray, places: np.ndarray, out: np.ndarray) -> list[NumpyCall]:
    """Zeros, and what is added to them at the places."""
    where = _picked_from(array.batched, array, places)
    return [partial(out.fill, 0.0), lambda: np.add.at(out, where, added)]


def _picked_from(batched: bool, array: Pick | Scatter, places: np.ndarray) -> Any:
    """The index of the elements that are picked from rows, batched or not."""
    operand = array.arrays[1]
    where: list[Any] = [np.arange(operand.shape[0])] if array.paired else []
    if batched:
        samples = np.arange(len(places)).reshape(-1, *[1] * len(operand.shape)) if operand.batched else slice(None)
        where.insert(0, samples)
    return (*where, places)


def placed(flat: np.ndarray, positions: np.ndarray, source: np.ndarray, alone: bool) -> NumpyCall:
    """The elements of a part at its positions: added there, or put there ``alone``."""
    steps = np.diff(positions)
    shape = (*flat.shape[:-1], -1)
    if len(steps) == 0 or ((steps == steps[0]).all() and steps[0] > 0):
        step = int(steps[0]) if len(steps) else 1
        target = flat[..., int(positions[0]) : int(positions[-1]) + 1 : step]
        if alone:
            return lambda: np.copyto(target, source.reshape(shape))
        return lambda: np.add(target, source.reshape(shape), out=target)
    if len(np.unique(positions)) < len(positions):
        where: Any = (..., positions)
        return lambda: np.add.at(flat, where, source.reshape(shape))

    def place() -> None:
        flat[..., positions] += source.reshape(shape)

    def put() -> None:
        flat[..., positions] = source.reshape(shape)

    return put if alone else place
