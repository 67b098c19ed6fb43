"""A derivative that is needed but does not exist: which edge it is, and on which path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.errors import DerivativeError
from autograd.graph import adjoints, edges


def defined_adjoints(order: Sequence[Any], leaves: Sequence[Any]) -> dict[Any, float]:
    """The backward pass without the edges that carry no derivative, such as those of comparisons: 0 · NaN is NaN.

    Raises DerivativeError if a leaf's adjoint is not finite even so; it names the first edge on the way to that
    leaf that spoilt a finite adjoint.
    """
    found = adjoints(order, leaves, lambda node, operand: node.partials[operand])
    for leaf in leaves:
        if not math.isfinite(found.get(leaf, 0.0)):
            raise _error(order, leaf, found)
    return found


def _error(order: Sequence[Any], leaf: Any, found: dict[Any, float]) -> DerivativeError:
    below = {leaf: _name(leaf)}  # every node that leads to the leaf, with the path from it
    for node in order:
        for _, parent in edges(node):
            if parent in below and node not in below:
                below[node] = _shorten(f"{_name(node)} → {below[parent]}")
    for node in reversed(order):
        adjoint = found.get(node, 0.0)
        for operand, parent in edges(node):
            spoilt = math.isfinite(adjoint) and not math.isfinite(adjoint * node.partials[operand])
            if spoilt and parent in below:
                return _derivative_error(node, parent, leaf, f"on the path {below[order[-1]]}")
    return _derivative_error(order[-1], leaf, leaf, "where a sum of its paths overflows")


def _derivative_error(node: Any, parent: Any, leaf: Any, where: str) -> DerivativeError:
    numbers = [operand.data for operand in node.parents]
    line = f", recorded at {node.origin.line}" if node.origin.line else ""
    error = DerivativeError(
        f"{node.operation.at(*numbers)}{line} has no finite derivative with respect to {_name(parent)}, and the "
        f"gradient of {_name(leaf)} needs it, {where}",
        node.operation,
        numbers,
    )
    if not line:
        error.add_note("To see the line that recorded it, record inside `with detect_anomaly():`.")
    return error


def _name(node: Any) -> str:
    if node.label:
        return str(node.label)
    if node.operation is None:
        return f"the leaf {node.data!r}"
    return str(node.operation.at(*(parent.data for parent in node.parents)))


def _shorten(path: str) -> str:
    return path if len(path) < 300 else f"{path[:140]} … {path[-140:]}"
