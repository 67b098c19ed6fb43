"""Recording a function once for all numbers: it must not ask for the number of a Value, whose answer would be kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from autograd.errors import noting_errors
from autograd.recorder import watching

_WHERE = "record the choice with where(greater(x, y), a, b), relu or maximum"
_REFUSED = {
    "data": ("reads .data of a Value", "compute with the Value itself"),
    "grad": ("reads .grad of a Value", "compute with the Value itself, or with autograd.grad"),
    "__format__": ("writes the number of a Value", "print the Value itself, if it is to be seen"),
    "__bool__": ("asks whether a Value is true", _WHERE),
    "__float__": ("makes a Value a float", "use a function that records, such as autograd.exp for math.exp"),
    "__int__": ("makes a Value an int", "compute with the Value itself"),
    "comparison": ("compares a Value", _WHERE),
}


@contextmanager
def recording() -> Iterator[None]:
    """While a function is recorded, asking for the number of a Value raises TypeError.

    Otherwise every later call would take the branches that these numbers take, in an ``if`` or where the function
    catches an error. Only the thread that records is watched, and only code outside the library. Looking a
    Value up in a dictionary or a set is allowed: that goes by identity, whatever the number.
    """
    with watching(_refuse), noting_errors() as failed:
        yield
    if failed:
        raise TypeError(
            f"the function caught an error while it was recorded to be compiled ({failed[0]}): "
            f"what it did then would be frozen; {_WHERE}"
        )


def _refuse(question: str, frame: FrameType) -> None:
    module = str(frame.f_globals.get("__name__")).split(".")[0]
    line = f"{frame.f_code.co_filename}, line {frame.f_lineno}"
    if module in ("autograd", "nn") and not line.startswith("<doctest"):
        return
    what, instead = _REFUSED[question]
    raise TypeError(
        f"{line} {what} while the function is recorded to be compiled: its answer would be frozen; {instead}"
    )
