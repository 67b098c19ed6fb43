"""What is watched while operations are recorded: the user's line, and questions about the number of a Value."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from autograd.errors import WATCHES, Watch, watches_here
from autograd.operation import Operation, Origin

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARY = (*(os.path.join(ROOT, package, "") for package in ("autograd", "nn")), "<chainrule>")


class Recorder:
    """What every operation looks at: how many contexts want its line, and who watches what Values are asked."""

    __slots__ = ("lines", "watches")
    lines: int
    watches: dict[int, Watch]

    def __init__(self) -> None:
        self.lines = 0
        self.watches = WATCHES


RECORDER: Final = Recorder()
_noting: set[object] = set()


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Note the line that records each operation, so that an error of the backward pass can name it.

    It makes recording about ten times slower. The name is torch's.

    >>> from autograd import Value, sqrt
    >>> with detect_anomaly():
    ...     f = sqrt(Value(0.0, label="x"))
    >>> f.origin.line.endswith(", line 2")
    True
    """
    context = object()

    def stop() -> None:
        _noting.discard(context)
        RECORDER.lines = len(_noting)

    try:
        _noting.add(context)
        RECORDER.lines = len(_noting)
        yield
        stop()
    except BaseException:  # rather than finally, which an interrupt could keep from being carried out
        stop()
        raise


def asked(question: str) -> None:
    """Tell who is watching this thread what a Value is asked, and in which line."""
    for watch in watches_here():
        watch.asked(question, _user_line())


def _after_fork() -> None:
    """In the child there is no other thread to stop watching."""
    here = watches_here()
    WATCHES.clear()
    WATCHES.update((id(watch), watch) for watch in here)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def origin_here(operation: Operation) -> Origin:
    """The origin of a node that is recorded now, with the user's line."""
    return Origin(operation, "", _user_line())


def _user_line() -> str:
    """The line outside of the library, wherever that is installed and whatever the user's modules are called."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(LIBRARY):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"
