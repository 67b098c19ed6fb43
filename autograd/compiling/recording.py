"""Recording a function once for all numbers: it must not ask for the number of a Value, whose answer would be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from autograd.errors import WATCHES, Watch, watched
from autograd.recorder import asked
from autograd.sweep import load_data, read_data
from autograd.value import Value

if TYPE_CHECKING:
    import numpy as np  # which JavaScript can do without

T = TypeVar("T")

_WHERE = "record the choice with where(greater(x, y), a, b), relu or maximum"
_REFUSED = {
    "data": ("reads .data of a Value", "compute with the Value itself"),
    "grad": ("reads .grad of a Value", "compute with the Value itself, or with autograd.grad"),
    "partials": ("reads .partials of a Value", "compute with autograd.grad"),
    "compiled": ("calls what was compiled, which reads Values", "call the function that was compiled"),
    "__format__": ("writes the number of a Value", "print the Value itself, if it is to be seen"),
    "__bool__": ("asks whether a Value is true", _WHERE),
    "__float__": ("makes a Value a float", "use a function that records, such as autograd.exp for math.exp"),
    "__int__": ("makes a Value an int", "compute with the Value itself"),
    "comparison": ("compares a Value", _WHERE),
}


def recorded(function: Callable[[], T]) -> T:
    """What a function gives; TypeError where it asks for the number of a Value, or catches an error of an operation.

    Otherwise every later call would take the branches that these numbers take. Looking a Value up in a dictionary or a
    set is allowed: that goes by identity, whatever the number. Only this thread is watched. A signal handler that runs
    in it may ask: so what is asked is only noted at first, and refused when the function is called a second time.
    """
    noted: list[str] = []
    watch = Watch(lambda question, line: noted.append(question))
    try:
        found = watched(watch, function)
    except Exception:
        if not noted:
            raise
    else:
        if not noted and not watch.errors:
            return found
    return _strictly(function)


def _strictly(function: Callable[[], T]) -> T:
    watch = Watch(_refuse)
    found = watched(watch, function)
    if watch.errors:
        raise TypeError(
            f"the function caught an error while it was recorded to be compiled ({watch.errors[0]}): "
            f"what it did then would be frozen; {_WHERE}"
        )
    return found


def data_of(leaves: list[Value]) -> list[float]:
    """The numbers of the Values that something compiled reads. It must not, while another function is recorded."""
    _ask(leaves)
    return read_data(leaves)


def load(leaves: list[Value], numbers: np.ndarray) -> np.ndarray:
    """An array, filled with those numbers."""
    _ask(leaves)
    load_data(leaves, numbers)
    return numbers


def _ask(leaves: list[Value]) -> None:
    if leaves and WATCHES:
        asked("compiled")


def _refuse(question: str, line: str) -> NoReturn:
    what, instead = _REFUSED[question]
    raise TypeError(
        f"{line} {what} while the function is recorded to be compiled: its answer would be frozen; {instead}"
    )
