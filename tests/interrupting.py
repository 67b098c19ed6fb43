"""Interrupts at every line: a trace function that raises KeyboardInterrupt at the k-th one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from types import FrameType, ModuleType
from typing import Any, TypeVar

T = TypeVar("T")


def at_every_line(
    modules: list[ModuleType], make: Callable[[], T], run: Callable[[T], object]
) -> Iterator[tuple[T, str, BaseException | None]]:
    """Run on something newly made, interrupted at the first line of these modules, then at the second, to the last.

    Gives what was made, the line of the interrupt, and what the run raised.
    """
    files = {module.__file__ for module in modules}
    for k in count(1):
        left, place = k, ""

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal left, place
            if frame.f_code.co_filename not in files:
                return None
            if event == "line":
                left -= 1
                if left == 0:
                    place = f"{frame.f_code.co_filename}, line {frame.f_lineno}"
                    raise KeyboardInterrupt
            return trace

        made = make()
        raised: BaseException | None = None
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            run(made)
        except BaseException as error:
            raised = error
        finally:
            sys.settrace(before)
        if not place:
            assert raised is None
            assert k > 1, "there is no line to interrupt"
            return
        yield made, place, raised
