"""The arguments of a compiled function: numbers, lists of them, and arrays with a sample in each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.operation import Node, real_number
from autograd.value import Value


@dataclass
class Entry:
    """One array among the arguments: ``numbers`` with the samples along the first axis, if it is batched."""

    name: str
    numbers: np.ndarray
    batched: bool
    listed: bool  # given as nested lists
    whole: bool  # given as whole numbers, such as ``take`` counts places by

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return self.numbers.shape[self.batched :]

    def sample(self, i: int) -> np.ndarray:
        """The numbers of one sample."""
        return np.asarray(self.numbers[i] if self.batched else self.numbers)

    def leaves(self, i: int) -> list[Value]:
        """A leaf for every number of one sample."""
        numbers = self.sample(i).reshape(-1).tolist()
        if not self.shape:
            return [Value(numbers[0], label=self.name)]
        return [Value(number) for number in numbers]

    def like(self, numbers: Sequence[Any] | np.ndarray) -> Any:
        """Numbers or Values, one for each of a sample, in the form of the argument."""
        if not self.shape:
            return numbers[0]
        array = np.empty(len(numbers), object)
        array[:] = numbers
        array = array.reshape(self.shape)
        return array.tolist() if self.listed else array

    def places(self, i: int) -> list[int]:
        """The whole numbers of one sample."""
        found: list[int] = self.sample(i).reshape(-1).astype(int).tolist()
        return found

    def gradient(self, numbers: np.ndarray) -> Any:
        """A derivative in the form of the argument."""
        if self.listed:
            return numbers.tolist()
        return numbers if numbers.ndim else float(numbers)


class AlreadyRecorded(TypeError):
    """An argument holds a recorded number."""


Structure = Entry | list["Structure"] | tuple["Structure", ...]


def structure(argument: Any, name: str, shared: bool, found: list[Entry]) -> Structure:
    """What an argument consists of: an array is a batch unless it is shared; lists and tuples are taken apart.

    The entries are added to those ``found`` before, from left to right.
    """
    if isinstance(argument, list | tuple):
        numbers = _regular(argument)
        if numbers is None:
            parts = enumerate(argument)
            return type(argument)([structure(part, f"{name}_{i}", shared, found) for i, part in parts])
        entry = Entry(name, numbers, False, True, _are_whole(argument))
    elif getattr(argument, "ndim", 0) > 0 and hasattr(argument, "__array__"):
        if np.ma.is_masked(argument):
            raise ValueError(f"the argument {name} has masked numbers: fill them, or leave them out")
        array = np.asarray(argument)
        if array.dtype.kind not in "fiu":
            raise TypeError(f"the argument {name} is an array of {array.dtype}; it takes real numbers")
        if not shared and not len(array):
            raise ValueError(f"the argument {name} is a batch of no samples")
        entry = Entry(name, np.asarray(array, float), not shared, False, array.dtype.kind in "iu")
    elif isinstance(argument, Node):
        raise AlreadyRecorded(
            f"the argument {name} is a recorded number, and this takes plain ones: give it to the function itself, "
            "whose derivatives autograd.grad gives"
        )
    else:
        entry = Entry(name, np.array(real_number(argument)), False, False, _is_whole(argument))
    found.append(entry)
    return entry


def _regular(argument: list[Any] | tuple[Any, ...]) -> np.ndarray | None:
    """Nested lists of plain numbers, as an array; None if they hold anything else."""
    if not argument or not all(isinstance(x, list | int | float) and not isinstance(x, bool) for x in argument):
        return None
    if any(isinstance(x, list) for x in argument):
        parts = [_regular(x) if isinstance(x, list) else None for x in argument]
        if any(part is None for part in parts) or len({part.shape for part in parts if part is not None}) > 1:
            return None
        return np.array(parts) if isinstance(argument, list) else None
    return np.array(argument, dtype=float) if isinstance(argument, list) else None


def _are_whole(argument: Sequence[Any]) -> bool:
    return all(_are_whole(x) if isinstance(x, list) else _is_whole(x) for x in argument)


def _is_whole(number: Any) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def rebuilt(parts: Structure, found: Iterator[Any]) -> Any:
    """The same nesting with something else for every entry."""
    if isinstance(parts, Entry):
        return next(found)
    return type(parts)([rebuilt(part, found) for part in parts])


def signature(parts: Structure) -> Any:
    """What of the arguments a recording depends on."""
    if isinstance(parts, Entry):
        return parts.shape, parts.batched, parts.listed
    return type(parts).__name__, tuple(signature(part) for part in parts)


def common_size(counts: dict[str, int]) -> int:
    """The size of batches, by the names of the arguments; 0 if there are none."""
    if len(set(counts.values())) > 1:
        sizes = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise ValueError(f"the arguments are batches of different sizes: {sizes}")
    return next(iter(counts.values()), 0)
