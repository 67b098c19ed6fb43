"""What is looked out for while operations are recorded: the user's line, and questions that compiling would freeze."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from autograd.operation import Operation, Origin


class Recorder:
    """Numbers that every operation reads: how many ask for its line, and how many threads are watched."""

    __slots__ = ("lines", "watched")

    def __init__(self) -> None:
        self.lines = 0
        self.watched = 0


RECORDER: Final = Recorder()
_thread = threading.local()


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Note the line that records each operation, so that an error of the backward pass can name it.

    It makes recording about ten times slower. The name is torch's.

    >>> from autograd import Value, sqrt
    >>> with detect_anomaly():
    ...     f = sqrt(Value(0.0, label="x"))
    >>> f.origin.line
    '<doctest autograd.recorder.detect_anomaly[1]>, line 2'
    """
    RECORDER.lines += 1
    try:
        yield
    finally:
        RECORDER.lines -= 1


@contextmanager
def watching(watch: Callable[[str, FrameType], None]) -> Iterator[None]:
    """Call ``watch(attribute, frame)`` when this thread's code asks for the number of a Value, or compares it."""
    before = getattr(_thread, "watch", None)
    try:
        RECORDER.watched += 1
        _thread.watch = watch
        yield
    finally:
        _thread.watch = before
        RECORDER.watched -= 1


def asked(attribute: str) -> None:
    """Tell who is watching this thread that a Value is asked for this."""
    watch = getattr(_thread, "watch", None)
    if watch is not None:
        watch(attribute, _frame_outside(("autograd.recorder", "autograd.value")))


def origin_here(operation: Operation) -> Origin:
    """The origin of a node that is recorded now, with the user's line."""
    return Origin(operation, "", _user_line())


def _user_line() -> str:
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).split(".")[0] in ("autograd", "nn"):
        if frame.f_code.co_filename.startswith("<doctest"):
            break
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


def _frame_outside(modules: tuple[str, ...]) -> FrameType:
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__") in modules:
        frame = frame.f_back
    return frame
