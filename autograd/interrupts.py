"""Actions that ctrl-C must not leave half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def surely(action: Callable[[], None]) -> None:
    """Carry out an action that may be done twice: if interrupted, it is done again, then the interrupt is raised.

    >>> def write():
    ...     written.append(len(written))
    ...     if len(written) == 1:
    ...         raise KeyboardInterrupt
    >>> written = []
    >>> try:
    ...     surely(write)
    ... except KeyboardInterrupt:
    ...     print(written)
    [0, 1]
    """
    try:
        action()
    except BaseException:
        action()
        raise


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Let ctrl-C wait until the end of the ``with`` block, then act as usual."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield  # signals go to the main thread, and a handler that is not Python's cannot be set back
        return
    came: list[int] = []
    try:
        signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)
