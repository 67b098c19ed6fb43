"""What is watched while operations are recorded: the user's line, and questions about the number of a Value."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from autograd.operation import Operation, Origin


class Recorder:
    """What every operation looks at: how many contexts want its line, and who watches what Values are asked."""

    __slots__ = ("lines", "watchers")
    lines: int
    watchers: dict[object, tuple[int, Callable[[str, FrameType], None]]]  # with the thread that each watches

    def __init__(self) -> None:
        self.lines = 0
        self.watchers = {}


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


@contextmanager
def watching(watch: Callable[[str, FrameType], None]) -> Iterator[None]:
    """Call ``watch(question, frame)`` when this thread's code asks for the number of a Value, or compares it."""
    context = object()
    try:
        RECORDER.watchers[context] = threading.get_ident(), watch
        yield
        RECORDER.watchers.pop(context, None)
    except BaseException:
        RECORDER.watchers.pop(context, None)
        raise


def asked(question: str) -> None:
    """Tell who is watching this thread what a Value is asked."""
    for thread, watch in list(RECORDER.watchers.values()):
        if thread == threading.get_ident():
            watch(question, _frame_outside(("autograd.recorder", "autograd.value")))


def _after_fork() -> None:
    """In the child there is no other thread to stop watching."""
    for context, (thread, _) in list(RECORDER.watchers.items()):
        if thread != threading.get_ident():
            del RECORDER.watchers[context]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


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
