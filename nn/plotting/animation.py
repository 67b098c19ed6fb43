"""The decision boundary over a training run, as a moving picture."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from autograd.files import write_whole
from nn.history import History
from nn.modules import Module
from nn.plotting.boundary import Plane
from nn.plotting.canvas import matplotlib


class BoundaryAnimation:
    """A callback for ``fit`` that records the decision boundary after the first epoch and every ``every`` epochs.

    ``X``, ``y``, ``logits`` and ``resolution`` are those of ``plot_decision_boundary``; ``fps`` is how many frames are
    shown a second. ``save`` writes a .gif, or an .html that needs nothing else; in a notebook the animation shows
    itself. Raises ValueError for settings that are not whole numbers from 1, and as ``plot_decision_boundary`` does.

    >>> from nn import MLP, fit, losses, optimizers
    >>> model, (X, y) = MLP(2, [1], seed=0), ([[0.0, 0.0], [1.0, 1.0]], [-1, 1])
    >>> film = BoundaryAnimation(X, y, every=5, resolution=10)
    >>> history = fit(model, (X, y), losses.hinge, optimizers.SGD(model), epochs=10, callbacks=[film])
    >>> film
    BoundaryAnimation of 3 frames: epochs 1, 5, 10
    """

    def __init__(
        self, X: Any, y: Any, every: int = 1, *, logits: bool | None = None, resolution: int = 60, fps: int = 10
    ) -> None:
        for name, number in (("every", every), ("fps", fps)):
            if not isinstance(number, int) or number < 1:
                raise ValueError(f"{name} is a whole number from 1, not {number!r}")
        self.plane = Plane(X, y, logits, resolution)
        self.every = every
        self.fps = fps
        self.frames: list[tuple[int, float, np.ndarray]] = []

    def __call__(self, model: Module, history: History) -> None:
        """Record a frame, if it is time for one."""
        if history.epochs == 1 or history.epochs % self.every == 0:
            self.frames.append((history.epochs, history.loss[-1], self.plane.classify(model)))

    def save(self, path: str | Path) -> Path:
        """Write the animation to a .gif or .html file, which appears whole or not at all; return its path.

        Raises ValueError for another suffix or where no frame was recorded, OSError where it cannot be written.
        """
        path = Path(path)
        if path.suffix == ".html":
            return write_whole(path, self.html().encode())
        if path.suffix == ".gif":
            with tempfile.TemporaryDirectory() as folder:
                drawn = Path(folder) / "boundary.gif"
                self._animation().save(drawn, writer=matplotlib("animation").PillowWriter(fps=self.fps))
                return write_whole(path, drawn.read_bytes())
        raise ValueError(f"an animation is saved as .gif or .html, not as {path.name!r}")

    def html(self) -> str:
        """The animation as HTML, pictures and controls included."""
        text: str = self._animation().to_jshtml(fps=self.fps)
        return text

    def _repr_html_(self) -> str | None:
        return self.html() if self.frames else None

    def draw(self, frame: int, ax: Any) -> Any:
        """One frame, counted from 0, on empty Axes."""
        epoch, loss, answers = self.frames[frame]
        self.plane.draw(answers, ax)
        ax.set_title(f"epoch {epoch}, loss {loss:.4g}\n{ax.get_title()}")
        return ax

    def _animation(self) -> Any:
        if not self.frames:
            raise ValueError("there is nothing to animate: no frame was recorded; pass this to fit as a callback")
        figure = matplotlib("figure").Figure(figsize=(5.0, 4.2), dpi=72, layout="constrained")
        ax = figure.add_subplot()

        def show(frame: int) -> list[Any]:
            ax.clear()
            return [self.draw(frame, ax)]

        return matplotlib("animation").FuncAnimation(
            figure, show, frames=len(self.frames), init_func=list, interval=1000 / self.fps
        )

    def __repr__(self) -> str:
        epochs = [str(epoch) for epoch, _, _ in self.frames]
        shown = ", ".join(epochs if len(epochs) <= 6 else [*epochs[:3], "...", epochs[-1]])
        return f"BoundaryAnimation of {len(epochs)} frames" + (f": epochs {shown}" if epochs else "")
