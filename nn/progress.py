"""A progress bar on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from nn.history import History

SECONDS = 0.05  # at most so often is the bar drawn


class ShowProgress(Protocol):
    """Tells the bar how many epochs are done, in fractions, and the figures so far."""

    def __call__(self, epochs: float, history: History, /) -> None: ...


@contextmanager
def progress_bar(epochs: int, shown: bool) -> Iterator[ShowProgress]:
    """A bar on stderr with loss, accuracy and time left, if ``shown`` and stderr is a terminal."""
    if not shown or not sys.stderr.isatty():
        yield lambda epochs, history: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeRemainingColumn(), TextColumn("left"), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=epochs)
        shown_at = 0.0

        def report(done: float, history: History) -> None:
            nonlocal shown_at
            if done >= epochs or time.monotonic() > shown_at + SECONDS:
                bar.update(task, completed=done, description=figures(history))
                shown_at = time.monotonic()

        yield report


def figures(history: History) -> str:
    """The last epoch's figures in a few words.

    >>> figures(History(loss=[0.5], accuracy=[0.75]))
    'loss 0.5000 accuracy 75.0 %'
    """
    loss, accuracy = history.loss[-1:], history.accuracy[-1:]
    return " ".join([*(f"loss {x:.4f}" for x in loss), *(f"accuracy {x:.1%}".replace("%", " %") for x in accuracy)])
