"""When a prediction counts as right, for the losses for classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from nn import losses
from nn.layers import as_inputs

Correct = Callable[[Any, Any], bool]


def correctness(loss: Any) -> Correct | None:
    """When a prediction counts as right under one of the losses for classes; None for any other loss."""
    return _CORRECT.get(unwrapped(loss))


def unwrapped(loss: Any) -> Any:
    """The loss itself, without what functools.partial has set."""
    return loss.func if isinstance(loss, partial) else loss


# A rule for classes also works on arrays with a row for each sample: ``predicted`` gives what the samples are taken
# for and ``wanted`` what they are. Those are right where the two are equal.


@dataclass(frozen=True)
class SameSide:
    """A sample is right if each prediction is on the same side of ``limit`` as its target of ``target_limit``."""

    limit: float
    target_limit: float

    def __call__(self, prediction: Any, y: Any) -> bool:
        """Whether one sample is right."""
        pairs = zip(as_inputs(prediction), as_inputs(y), strict=True)
        return all((p > self.limit) == (y > self.target_limit) for p, y in pairs)

    def predicted(self, predictions: Any) -> Any:
        """The sides of the rows of an array."""
        return predictions > self.limit

    def wanted(self, targets: Any) -> Any:
        """The sides that are right."""
        return targets > self.target_limit


class MostLikely:
    """A sample is right if its greatest logit is that of its label, or of the most probable class."""

    def __call__(self, logits: list[float], y: Any) -> bool:
        """Whether one sample is right."""
        label = y.index(max(y)) if isinstance(y, list) else y
        return bool(logits.index(max(logits)) == label)

    def predicted(self, logits: Any) -> Any:
        """The classes of the rows of an array, in a column."""
        return logits.argmax(axis=1)[:, None]

    def wanted(self, targets: Any) -> Any:
        """The classes that are right, of rows with a probability for each."""
        return targets.argmax(axis=1)[:, None]


_CORRECT: dict[Any, Correct] = {
    losses.hinge: SameSide(0.0, 0.0),
    losses.binary_cross_entropy: SameSide(0.5, 0.5),
    losses.binary_cross_entropy_with_logits: SameSide(0.0, 0.5),
    losses.cross_entropy: MostLikely(),
}
