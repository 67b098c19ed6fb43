"""What a training run has recorded, epoch by epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

COLUMNS = {
    "loss": "loss",
    "accuracy": "accuracy",
    "validation_loss": "validation loss",
    "validation_accuracy": "validation accuracy",
}


@dataclass(repr=False)
class History:
    """One number per epoch in each list; a list stays empty where there is nothing to put in it.

    ``loss`` is the mean over the epoch's samples, penalty included, and ``accuracy`` the share of them, from 0 to 1,
    that came out right, each as it was just before the update that the sample took part in. ``validation_loss``,
    without the penalty, and ``validation_accuracy`` are those after the epoch. ``interrupted`` says that ctrl-C ended
    the run.

    >>> print(History(loss=[0.5, 0.25], accuracy=[0.75, 1.0]))
    epoch      loss  accuracy
        1  0.500000    0.7500
        2  0.250000    1.0000
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def epochs(self) -> int:
        """The number of whole epochs run."""
        return len(self.loss)

    def cut(self, epochs: int) -> None:
        """Keep the first ``epochs`` epochs, and forget the others."""
        for name in COLUMNS:
            del getattr(self, name)[epochs:]

    def __str__(self) -> str:
        """A table of at most a dozen epochs, the first and the last among them."""
        names = [name for name in COLUMNS if getattr(self, name)]
        every = math.ceil(self.epochs / 10) or 1
        shown = [epoch for epoch in range(1, self.epochs + 1) if epoch in (1, self.epochs) or epoch % every == 0]
        lines = ["  ".join(["epoch", *(COLUMNS[name].rjust(8) for name in names)])]
        for epoch in shown:
            cells = [_cell(name, getattr(self, name)[epoch - 1]) for name in names]
            lines.append("  ".join([f"{epoch:5}", *cells]))
        if self.interrupted:
            lines.append(f"interrupted after {self.epochs} whole epochs")
        return "\n".join(lines)

    __repr__ = __str__


def _cell(name: str, number: float) -> str:
    text = f"{number:.4f}" if "accuracy" in name else f"{number:.6f}" if abs(number) >= 1e-3 else f"{number:.3e}"
    return text.rjust(max(8, len(COLUMNS[name])))
