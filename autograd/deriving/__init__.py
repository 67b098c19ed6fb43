"""Derivations as on a board: both passes, the paths to each input, and the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.deriving.derivation import Derivation
    from autograd.formula import Formula
    from autograd.value import Value


def derive(
    function: str | Formula | Callable[..., Any] | Value, at: Mapping[str, Any] | None = None, /, **point: Any
) -> Derivation:
    """The derivation of a gradient, as a good teacher writes it on the board.

    The function is a formula, a Python function of numbers, or a recorded Value, whose variables are its labelled
    leaves. The point is given by name, or as a dictionary ``at``; without it that of a recorded Value is where its
    leaves are. The result prints as text, shows typeset in a notebook, and ``save`` writes it to a file: .md, .tex,
    .html or .txt.

    Raises ValueError, FormulaError or TypeError for a function or a point that cannot be understood, and an
    OperationError where the function has no value or no derivative.

    >>> print(str(derive("(x + y)/z", x=3, y=2, z=1)).splitlines()[-1])
    ∂f/∂z   −(x + y)/z²   −5     −5            pass
    """
    from autograd.deriving.derivation import derived  # for those who derive

    return derived(function, {**(at or {}), **point})
