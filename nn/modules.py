"""Module: something with parameters, which can be named, set back, saved and loaded."""

from __future__ import annotations

import copy
import io
import json
import math
import reprlib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from autograd import Value, as_constant
from autograd.files import write_whole
from autograd.interrupts import surely


class Module:
    """The base of whatever has parameters.

    A subclass keeps its parameters, which are Values that were not computed, and the modules it is made of,
    in its attributes, in lists, tuples or dictionaries if it likes, and defines ``__call__`` (or ``forward``,
    as in torch) on one sample. Names are dotted, as in torch.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.intercept = Value(2.0), Value(1.0)
    ...
    ...     def __call__(self, x):
    ...         return self.slope * x + self.intercept
    >>> line = Line()
    >>> line.state_dict(), line(10.0).data
    ({'slope': 2.0, 'intercept': 1.0}, 21.0)
    """

    def __call__(self, x: Any) -> Any:
        """What the module computes for one sample."""
        return self.forward(x)

    def forward(self, x: Any) -> Any:
        """What a call computes, for subclasses that follow torch's custom."""
        raise NotImplementedError(f"{type(self).__name__} does not define __call__ or forward")

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter with its dotted name, in order of assignment; a shared one under its first name."""
        return ((name, part) for name, part in _named_parts("", self, set()) if isinstance(part, Value))

    def parameters(self) -> list[Value]:
        """Every parameter, in order of assignment, each once."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Every module with its dotted name, this one first, without a name, and each once."""
        return ((name, part) for name, part in _named_parts("", self, set()) if isinstance(part, Module))

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, by name."""
        return {name: parameter.data for name, parameter in self._by_name().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to the number of its name.

        Raises ValueError, and changes nothing, where names are missing, unexpected, or stand for no finite number.
        """
        if not isinstance(state, Mapping):
            raise ValueError(f"parameters are kept as a number for each name, not as {shown(state)}")
        parameters = self._by_name()
        for problem, names in (("lacks", parameters.keys() - state.keys()), ("has", state.keys() - parameters.keys())):
            if names:
                raise ValueError(
                    f"the state is of another model: it {problem} {_listed(names)}, "
                    f"which this {type(self).__name__} {'has' if problem == 'lacks' else 'lacks'}"
                )
        numbers = [(parameter, finite(f"the state's {name}", state[name])) for name, parameter in parameters.items()]

        def store() -> None:
            for parameter, number in numbers:
                parameter.data = number

        surely(store)

    def _by_name(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, parameter in self.named_parameters():
            if name in found:
                raise ValueError(f"two parameters of this {type(self).__name__} have the name {name}: rename one")
            found[name] = parameter
        return found

    def save(self, path: str | Path) -> Path:
        """Write the parameters to a file: JSON by name, or NumPy's ``.npz`` with each list of them as an array.

        Every bit is kept. Raises ValueError for another suffix or a parameter that is not finite, OSError where the
        file cannot be written.
        """
        path = Path(path)
        _, write = _format(path)
        self.check_finite()
        return write_whole(path, write(self.state_dict()))

    def load(self, path: str | Path) -> Self:
        """Set the parameters to those of a file that ``save`` wrote, or of a checkpoint; return the module.

        Raises ValueError, and changes nothing, where the file is of another model or none, or a number is not finite.
        """
        path = Path(path)
        read, _ = _format(path)
        data = path.read_bytes()
        try:
            state = read(data)
        except Exception:  # a broken file fails in more ways than can be listed
            raise ValueError(f"{path} is not a {path.suffix} file of parameters") from None
        if "settings" in state and "parameters" in state:  # what fit keeps of a run
            state = state["parameters"]
        try:
            self.load_state_dict(state)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return self

    def check_finite(self) -> None:
        """Raise ValueError, with its name, where a parameter is infinite or NaN."""
        for name, number in self.state_dict().items():
            finite(f"the parameter {name} of this {type(self).__name__}", number)

    def frozen(self) -> Self:
        """The same module with plain numbers for parameters: it computes the same, and records nothing.

        The copy does not follow later changes of the parameters.

        >>> from nn import Neuron
        >>> neuron = Neuron(2, nonlin=False)
        >>> neuron.frozen()([1.0, 2.0]) == neuron([1.0, 2.0]).data
        True
        """
        numbers: dict[int, Any] = {id(parameter): parameter.data for parameter in self.parameters()}
        return copy.deepcopy(self, numbers)


def check_module(model: object) -> None:
    """Raise TypeError if this is no module."""
    if not isinstance(model, Module):
        raise TypeError(f"the model is an nn.Module, not {type(model).__name__}")


def plain_numbers(numbers: Any) -> Any:
    """Arrays, sequences and Values, nested as they like, as lists of Python's numbers.

    >>> plain_numbers((np.array([1.0, 2.0]), [Value(3.0), 4]))
    [[1.0, 2.0], [3.0, 4]]
    """
    if hasattr(numbers, "__array__"):
        array = np.asarray(numbers)
        numbers = array.tolist()
        if array.dtype.kind in "iufb":
            return numbers if array.dtype.kind != "b" else array.astype(int).tolist()
    if isinstance(numbers, list | tuple):
        return [plain_numbers(number) for number in numbers]
    if isinstance(numbers, bool):  # True counts as 1
        return int(numbers)
    return numbers if type(numbers) in (float, int) else as_constant(numbers).data


def _named_parts(prefix: str, item: Any, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Every module and every parameter in an item, the item itself first."""
    if isinstance(item, Value):
        if item.operation is None and not item.is_constant and id(item) not in seen:
            seen.add(id(item))
            yield prefix, item
        return
    if isinstance(item, Module) and id(item) not in seen:
        seen.add(id(item))
        yield prefix, item
        children = list(vars(item).items())
    elif isinstance(item, dict):
        children = list(item.items())
    elif isinstance(item, list | tuple):
        children = list(enumerate(item))  # type: ignore[arg-type]
    else:
        return
    for name, child in children:
        yield from _named_parts(f"{prefix}.{name}" if prefix else str(name), child, seen)


def finite(what: str, number: object) -> float:
    """The number as a float; ValueError, saying what it is, where it is none or not finite."""
    try:
        found = as_constant(number).data
    except (TypeError, OverflowError):
        raise ValueError(f"{what} is no number but {shown(number)}") from None
    if not math.isfinite(found):
        raise ValueError(f"{what} is {found}, which is not finite")
    return found


def shown(thing: object) -> str:
    """How Python writes something, shortened to a part of a sentence."""
    return reprlib.repr(thing)


def shortened(text: str) -> str:
    """A text that is not too long to be read in an error: of a longer one, the beginning and the end.

    >>> len(shortened("x" * 10_000))
    243
    """
    return text if len(text) <= 240 else f"{text[:120]} … {text[-120:]}"


def _listed(names: set[str]) -> str:
    listed = ", ".join(name if name.isprintable() and len(name) < 60 else shown(name) for name in sorted(names)[:3])
    return listed if len(names) <= 3 else f"{listed} and {len(names) - 3} more"


def _write_json(state: dict[str, float]) -> bytes:
    return json.dumps(state, indent=0).encode()


def _read_json(data: bytes) -> dict[str, float]:
    state = json.loads(data)
    if not isinstance(state, dict):
        raise ValueError("not an object")
    return state


def _write_npz(state: dict[str, float]) -> bytes:
    """Numbers whose names end in a count, such as w.0 and w.1, make one array, w."""
    arrays: dict[str, Any] = {}
    for name, number in state.items():
        stem, _, last = name.rpartition(".")
        if last == str(len(arrays.get(stem, ()))) and isinstance(arrays.get(stem, []), list):
            arrays.setdefault(stem, []).append(number)
        else:
            arrays[name] = number
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # as numpy.savez, whose own parameters may be no names
        for name, numbers in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, np.asarray(numbers))
    return file.getvalue()


def _read_npz(data: bytes) -> dict[str, float]:
    state = {}
    with np.load(io.BytesIO(data)) as arrays:
        for name, array in arrays.items():
            if array.ndim == 0:
                state[name] = array.item()
            else:
                state |= {f"{name}.{index}": number for index, number in enumerate(array.tolist())}
    return state


_FORMATS = {".json": (_read_json, _write_json), ".npz": (_read_npz, _write_npz)}


def _format(path: Path) -> Any:
    try:
        return _FORMATS[path.suffix]
    except KeyError:
        raise ValueError(f"{path} ends in neither .json nor .npz, the formats that parameters are kept in") from None
