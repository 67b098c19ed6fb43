"""Checkpoints: all that a training run needs to go on to the same bits, in one JSON file."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograd.files import write_whole
from nn.history import COLUMNS, History
from nn.modules import Module, finite, shown
from nn.optimizers import Optimizer

SECONDS = 1.0  # at most so often is a checkpoint written


class Checkpoint:
    """The state of a run after its last whole epoch, and the file that it is kept in.

    ``settings`` are what has to be the same for the run to go on as it would have.
    """

    def __init__(self, path: str | Path, settings: dict[str, Any]) -> None:
        self.path = Path(path)
        self.settings = settings
        self.state: dict[str, Any] = {}
        self.written = time.monotonic()

    def keep(self, model: Module, optimizer: Optimizer, history: History) -> None:
        """Note the state of the run."""
        self.state = {
            "settings": self.settings,
            "parameters": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "history": asdict(history),
        }

    @property
    def due(self) -> bool:
        """Whether the last time that it was written is long enough ago."""
        return time.monotonic() - self.written >= SECONDS

    def write(self) -> None:
        """Write what was noted, if anything was since the last time."""
        if self.state:
            write_whole(self.path, json.dumps(self.state).encode())
            self.state = {}
            self.written = time.monotonic()

    def resume(self, model: Module, optimizer: Optimizer) -> History:
        """Set the model and the optimizer to what the file holds, and return the history so far.

        Raises ValueError, and changes nothing, where the file is of another run or no checkpoint.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no checkpoint {self.path} to resume from") from None
        numbers = [(parameter, parameter.data) for parameter in model.parameters()]
        kept = optimizer.state, optimizer.steps
        try:
            state = _read(data)
            self._check(state["settings"])
            history = _history(state["history"], self.settings)
            model.load_state_dict(state["parameters"])
            optimizer.load_state_dict(state["optimizer"])
        except BaseException as error:
            for parameter, number in numbers:
                parameter.data = number
            optimizer.state, optimizer.steps = kept
            if isinstance(error, ValueError):
                raise ValueError(f"{self.path}: {error}") from None
            raise
        return history

    def _check(self, settings: dict[str, Any]) -> None:
        for name, value in self.settings.items():
            if name not in settings:
                raise ValueError(f"this is no checkpoint: its settings lack {name}")
            if settings[name] != value and name in ("data set", "model"):  # too long to be shown
                raise ValueError(f"the checkpoint is of a run with another {name}")
            if settings[name] != value:
                raise ValueError(f"the checkpoint is of a run with {name} {shown(settings[name])}, not {value!r}")


def _read(data: bytes) -> dict[str, Any]:
    try:
        state = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("this is no checkpoint: it is not JSON") from None
    if not isinstance(state, dict):
        raise ValueError("this is no checkpoint: it is no table")
    for name in ("settings", "parameters", "optimizer", "history"):
        if not isinstance(state.get(name), dict):
            raise ValueError(f"this is no checkpoint: it has no table {name}")
    return state


def _history(columns: dict[str, Any], settings: dict[str, Any]) -> History:
    """The history, in which each column that a run with these settings keeps has a number for every epoch."""
    history = History()
    for name in COLUMNS:
        numbers = columns.get(name)
        if not isinstance(numbers, list):
            raise ValueError(f"the history's {name} is a list of numbers, not {shown(numbers)}")
        found = [finite(f"the history's {name} after epoch {n}", number) for n, number in enumerate(numbers, start=1)]
        if "accuracy" in name and not all(0.0 <= share <= 1.0 for share in found):
            raise ValueError(
                f"the history's {name} is a share, from 0 to 1, and goes from {min(found)} to {max(found)}"
            )
        setattr(history, name, found)
        kept = (settings["accuracy"] or "accuracy" not in name) and (settings["validation"] or "validation" not in name)
        due = history.epochs if kept else 0
        if len(found) != due:
            raise ValueError(f"the history's {name} has {len(found)} numbers, and {due} are due: one for each epoch")
    return history
