"""Checkpoints: all that a training run needs to go on to the same bits, in one JSON file."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograd.files import write_whole
from nn.history import COLUMNS, History
from nn.modules import Module
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
        """Note the state of the run; write it, if the last time is long enough ago."""
        self.state = {
            "settings": self.settings,
            "parameters": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "history": asdict(history),
        }
        if time.monotonic() - self.written >= SECONDS:
            self.write()

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
        before = model.state_dict()
        try:
            state, history = _read(data)
            self._check(state["settings"])
            model.load_state_dict(state["parameters"])
            optimizer.load_state_dict(state["optimizer"])
        except Exception as error:  # a broken file fails in more ways than can be listed
            model.load_state_dict(before)
            problem = error if type(error) is ValueError else "this is no checkpoint"
            raise ValueError(f"{self.path}: {problem}") from None
        return history

    def _check(self, settings: dict[str, Any]) -> None:
        for name, value in self.settings.items():
            if settings[name] != value and name in ("data set", "model"):  # too long to be shown
                raise ValueError(f"the checkpoint is of a run with another {name}")
            if settings[name] != value:
                raise ValueError(f"the checkpoint is of a run with {name} {settings[name]!r}, not {value!r}")


def _read(data: bytes) -> tuple[dict[str, Any], History]:
    state = json.loads(data)
    history = History()
    for name in COLUMNS:
        numbers = state["history"][name]
        if not all(isinstance(number, float) for number in numbers):
            raise TypeError(f"{name} is to be numbers")
        setattr(history, name, numbers)
    return state, history
