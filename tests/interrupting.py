"""Interrupts at every line: a trace function that raises KeyboardInterrupt, or does something else, at the k-th one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from types import FrameType, ModuleType
from typing import Any, TypeVar

T = TypeVar("T")


def at_every_line(
    modules: list[ModuleType],
    make: Callable[[], T],
    run: Callable[[T], object],
    interrupt: Callable[[T], object] | None = None,
) -> Iterator[tuple[T, str, BaseException | None]]:
    """Run on something newly made, interrupted at the first line of these modules, then at the second, to the last.

    Gives what was made, the line of the interrupt, and what the run raised. With ``interrupt``, that is called instead
    of raising KeyboardInterrupt, as from a signal handler.
    """
    for k in count(1):
        made, raised = make(), None
        tracer = _Tracer({module.__file__ for module in modules}, k, partial(interrupt or _raise, made))
        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            run(made)
        except BaseException as error:
            raised = error
        finally:
            sys.settrace(before)
        if not tracer.place:
            assert raised is None
            assert k > 1, "there is no line to interrupt"
            return
        yield made, tracer.place, raised


class _Tracer:
    """A trace function that does something once, at the k-th line of some files."""

    def __init__(self, files: set[str | None], k: int, interrupt: Callable[[], object]) -> None:
        self.files = files
        self.left = k
        self.interrupt = interrupt
        self.place = ""

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                self.place = f"{frame.f_code.co_filename}, line {frame.f_lineno}"
                self.interrupt()
        return self


def _raise(made: object) -> None:
    raise KeyboardInterrupt
