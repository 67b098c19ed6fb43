"""The stepper: a page on which the forward and the backward pass run one step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.drawing.names import Names
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.stepping.page import Stepper


def stepper(output: Value, names: Names | None = None) -> Stepper:
    """The page that steps through the graph of a recorded ``output``, forward and backward.

    ``save`` writes it to a file that needs nothing else, ``show`` opens it, and on the last line of a notebook's cell
    it shows itself. ``names`` names leaves and other nodes, as in ``draw``; a large graph is drawn by layers and
    neurons, each of which unfolds to its nodes. The graph is computed anew from the ``data`` of its leaves; nothing in
    it is changed.

    Raises TypeError for what is no Value, ValueError for an output that was not computed from leaves, or not from
    finite numbers, and an OperationError where it has no value or no derivative.

    >>> x, y = Value(3.0, label="x"), Value(2.0, label="y")
    >>> stepper(x * y + x)
    <Stepper of v₂ = v₁ + x; .show() opens it, .save('f.html') writes it to a file>
    """
    from autograd.stepping.page import Stepper  # for those who look

    return Stepper(output, names)


__all__ = ["stepper"]
