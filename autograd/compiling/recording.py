"""Recording a function once for all numbers: what would freeze one number's answer is refused."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from autograd.errors import OperationError
from autograd.value import Value

_INIT = OperationError.__init__
_lock = threading.RLock()  # the guards are set on the class: one thread records at a time
_under_way: list[tuple[int, Callable[[], None]]] = []  # the thread of each recording, and what takes its guards away

_WHERE = "record the choice with where(greater(x, y), a, b), relu or maximum"
_REFUSED = {
    "data": ("reads .data of a Value", "compute with the Value itself"),
    "grad": ("reads .grad of a Value", "compute with the Value itself, or with autograd.grad"),
    "__format__": ("writes the number of a Value", "print the Value itself, if it is to be seen"),
    "__bool__": ("asks whether a Value is true", _WHERE),
    "__float__": ("makes a Value a float", "use a function that records, such as autograd.exp for math.exp"),
    "__int__": ("makes a Value an int", "compute with the Value itself"),
    "__hash__": ("looks a Value up in a dictionary or a set", _WHERE),
    **{
        f"__{name}__": ("compares a Value", _WHERE)
        for name in ("lt", "le", "gt", "ge", "eq", "ne")
    },
}  # fmt: skip


@contextmanager
def recording() -> Iterator[None]:
    """While a function is recorded, its questions about the numbers of this one recording raise TypeError.

    An ``if`` would be frozen to the branch that these numbers take, and so would what is done about an error that the
    function catches. The guards are set on the class and taken away again, so that they cost nothing at other times;
    they hold in this thread, and for code outside the library only.
    """
    with _lock:
        before = {name: Value.__dict__.get(name) for name in _REFUSED}
        noted = OperationError.__init__
        thread = threading.get_ident()
        failed: list[OperationError] = []

        def take_away() -> None:
            OperationError.__init__ = noted  # type: ignore[method-assign]
            for name, attribute in before.items():
                if attribute is not None:
                    setattr(Value, name, attribute)
                elif name in Value.__dict__:
                    delattr(Value, name)
            del _under_way[depth:]

        depth = len(_under_way)
        try:
            _under_way.append((thread, take_away))
            for name in _REFUSED:
                setattr(Value, name, _guard(name, thread))
            OperationError.__init__ = _noting(failed, thread)  # type: ignore[method-assign]
            yield
            if failed:
                raise TypeError(
                    f"the function caught an error while it was recorded to be compiled ({failed[0]}): "
                    f"what it did then would be frozen; {_WHERE}"
                )
            take_away()
        except BaseException:
            take_away()
            raise


def _after_fork() -> None:
    """In the child there is no other thread to end its recording."""
    global _lock
    if not _under_way or _under_way[0][0] != threading.get_ident():
        _lock = threading.RLock()
        for _, take_away in reversed(_under_way[:]):
            take_away()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _noting(failed: list[OperationError], thread: int) -> Any:
    def note(error: OperationError, *arguments: Any) -> None:
        _INIT(error, *arguments)
        if threading.get_ident() == thread:
            failed.append(error)

    return note


def _guard(name: str, thread: int) -> Any:
    original: Any = getattr(Value, name)
    attribute = not name.startswith("__")
    reached = original.__get__ if attribute else original

    def ask(value: Value, *others: Any) -> Any:
        if threading.get_ident() == thread and others != ("",):  # f"{x}" shows a Value as repr does
            _refuse_user(name, sys._getframe(1))
        return reached(value, *others)

    def change(value: Value, number: Any) -> None:
        original.__set__(value, number)

    return property(ask, change) if attribute else ask


def _refuse_user(name: str, frame: FrameType) -> None:
    module = str(frame.f_globals.get("__name__")).split(".")[0]
    line = f"{frame.f_code.co_filename}, line {frame.f_lineno}"
    if module in ("autograd", "nn") and not line.startswith("<doctest"):
        return
    what, instead = _REFUSED[name]
    raise TypeError(
        f"{line} {what} while the function is recorded to be compiled: its answer would be frozen; {instead}"
    )
