"""The backward pass over floats: each node adds adjoint · local derivative to its parents, from the output down.

Compiled, the nodes themselves hold their adjoints, since nothing can come between. In plain Python a signal handler,
a finalizer, another thread or ctrl-C can, so there a sweep keeps to itself what it finds, until one call into C
writes all of it.
"""

from __future__ import annotations

import math
import operator
import sys
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import nullcontext
from itertools import chain, repeat
from typing import Any

from autograd.graph import leaves_and_inner, new_mark, visit
from autograd.operation import CONSTANT, Node

try:
    import cython
except ImportError:
    from autograd import plain as cython


@cython.boundscheck(False)  # type: ignore[untyped-decorator]
@cython.wraparound(False)  # type: ignore[untyped-decorator]
def _propagate(inner: list[Any]) -> None:
    """Compiled: from the output down, add to the adjoints of parents what each node contributes."""
    for i in range(len(inner) - 1, -1, -1):
        node = cython.cast(Node, inner[i])
        node.first._grad += node._grad * node._first_partial
        if node.second is not None:
            node.second._grad += node._grad * node._second_partial


@cython.boundscheck(False)  # type: ignore[untyped-decorator]
@cython.wraparound(False)  # type: ignore[untyped-decorator]
def swept_in_place(output: Any) -> bool:
    """Compiled: the whole backward pass. False, with all leaves as they were, if one would not be finite."""
    if output.first is None:
        return False
    # All lists are made first: making one can start the garbage collector, and with it a finalizer that sweeps.
    leaves: list[Any] = []
    inner: list[Any] = []
    before: list[float] = []
    visit(output, new_mark(), leaves, inner, True)
    output._grad = 1.0
    for i in range(len(leaves)):
        node = cython.cast(Node, leaves[i])
        before.append(node._grad)
        node._grad = 0.0
    _propagate(inner)
    nothing = 0.0
    for i in range(len(leaves)):
        node = cython.cast(Node, leaves[i])
        nothing += node._grad - node._grad  # NaN if it is infinite or NaN
    for i in range(len(leaves)):
        node = cython.cast(Node, leaves[i])
        if node.origin is CONSTANT:
            node._grad = 0.0
        elif nothing == 0.0:
            node._grad += before[i]
            node._second_partial += 1.0
        else:
            node._grad = before[i]
    return nothing == 0.0


def gradient_apart(output: Any, own: list[Any]) -> list[float] | None:
    """The partial derivatives of an output with respect to leaves of one's own, while every ``grad`` stays as it is.

    None where it depends on other leaves that are not constants, or one of the derivatives would not be finite.
    """
    if output.first is None:
        return [1.0 if leaf is output else 0.0 for leaf in own] if output in own else None
    if cython.compiled:
        gradient = _gradient_in_place(output, own)
    else:
        leaves, inner, found = leaves_and_inner(output)
        if not set(own).issuperset(leaf for leaf in leaves if leaf.origin is not CONSTANT):
            return None
        swept_apart(output, inner, found)
        gradient = [found.get(leaf, 0.0) for leaf in own]
    return gradient if gradient is not None and all(map(math.isfinite, gradient)) else None


def _gradient_in_place(output: Any, own: list[Any]) -> list[float] | None:
    """Compiled: the partial derivatives; None where there are other leaves that are not constants."""
    leaves: list[Any] = []
    inner: list[Any] = []
    nodes: list[Any] = []
    before: list[float] = []
    gradient: list[float] = []
    mark = new_mark()
    visit(output, mark, leaves, inner, False)
    missing = 0
    for node in leaves:
        if node.origin is not CONSTANT:
            missing += 1
    for node in own:
        if node.mark == mark:
            missing -= 1
    if missing:
        return None
    nodes.extend(inner)
    nodes.extend(leaves)
    for node in nodes:
        before.append(node._grad)
        node._grad = 0.0
    output._grad = 1.0
    _propagate(inner)
    for node in own:
        gradient.append(node._grad if node.mark == mark else 0.0)
    for i in range(len(nodes)):
        node = cython.cast(Node, nodes[i])
        node._grad = before[i]
    return gradient


def swept_apart(output: Any, inner: list[Any], found: dict[Any, float]) -> dict[Any, float]:
    """The adjoints of a backward pass over the inner nodes, in topological order; ``found`` begins with 0 for all."""
    found[output] = 1.0
    for node in reversed(inner):
        upstream = found[node]
        found[node.first] += upstream * node._first_partial
        second = node.second
        if second is not None:
            found[second] += upstream * node._second_partial
    return found


def show_adjoints(inner: list[Any], leaves: list[Any], found: dict[Any, float]) -> None:
    """Set the gradients of inner nodes to their adjoints, and add those of the leaves to theirs: all or nothing."""
    adjoints = map(found.get, inner, repeat(0.0))
    added = [found.get(leaf, 0.0) for leaf in leaves]
    if cython.compiled:
        write_grads(inner, list(adjoints))
        for i in range(len(leaves)):
            node = cython.cast(Node, leaves[i], typecheck=True)
            node._grad += added[i]
            node._second_partial += 1.0
    else:
        _at_once(
            chain(
                _assigned("_grad", inner, adjoints),
                _assigned("_grad", leaves, map(operator.add, _read("_grad", leaves), added)),
                _assigned("_second_partial", leaves, map(operator.add, _read("_second_partial", leaves), repeat(1.0))),
            )
        )


def read_data(values: list[Any]) -> list[float]:
    """The data of many Values: compiled, a loop here is several times faster than one outside."""
    if cython.compiled:
        return [cython.cast(Node, value, typecheck=True)._data for value in values]
    return [value._data for value in values]


def read_grads(values: list[Any]) -> list[float]:
    """The gradients of many Values."""
    if cython.compiled:
        return [cython.cast(Node, value, typecheck=True)._grad for value in values]
    return [value._grad for value in values]


def read_partial(node: Any, operand: int) -> float:
    """The local derivative with respect to one operand, as it was recorded."""
    if cython.compiled:
        of = cython.cast(Node, node, typecheck=True)
        return float(of._second_partial if operand else of._first_partial)
    return float(node._second_partial if operand else node._first_partial)


def write_data(values: list[Any], data: list[float]) -> None:
    """Set the data of many Values: all or nothing."""
    if cython.compiled:
        for i in range(len(values)):
            cython.cast(Node, values[i], typecheck=True)._data = data[i]
    else:
        _at_once(_assigned("_data", values, data))


def write_grads(values: list[Any], grads: list[float]) -> None:
    """Set the gradients of many Values: all or nothing."""
    if cython.compiled:
        for i in range(len(values)):
            cython.cast(Node, values[i], typecheck=True)._grad = grads[i]
    else:
        _at_once(_assigned("_grad", values, grads))


@cython.boundscheck(False)  # type: ignore[untyped-decorator]
@cython.wraparound(False)  # type: ignore[untyped-decorator]
def load_data(values: list[Any], numbers: Any) -> None:
    """Read the data of many Values into an array of as many floats."""
    if cython.compiled:
        _check(values, len(numbers))
        for i in range(len(values)):
            numbers[i] = cython.cast(Node, values[i])._data
    else:
        numbers[:] = [value._data for value in values]


@cython.boundscheck(False)  # type: ignore[untyped-decorator]
@cython.wraparound(False)  # type: ignore[untyped-decorator]
def store_grads(values: list[Any], numbers: Any) -> None:
    """Set the gradients of many Values from an array of as many floats: all or nothing."""
    if cython.compiled:
        _check(values, len(numbers))
        for i in range(len(values)):
            cython.cast(Node, values[i])._grad = numbers[i]
    else:
        write_grads(values, numbers.tolist())


@cython.boundscheck(False)  # type: ignore[untyped-decorator]
@cython.wraparound(False)  # type: ignore[untyped-decorator]
def _check(values: list[Any], count: Any) -> None:
    """Compiled: raise TypeError or ValueError unless these are nodes of one class, and so many."""
    if len(values) != count:
        raise ValueError(f"{count} numbers for {len(values)} Values")
    kind = type(cython.cast(Node, values[0], typecheck=True)) if values else None
    for i in range(len(values)):
        if type(values[i]) is not kind:
            raise TypeError(f"expected Values, got {type(values[i]).__name__}")


def _read(field: str, nodes: Iterable[Any]) -> Iterable[float]:
    return map(operator.attrgetter(field), nodes)


def _assigned(field: str, nodes: Iterable[Any], numbers: Iterable[float]) -> Iterable[None]:
    return map(setattr, nodes, repeat(field), numbers)


_has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
_writing = nullcontext() if _has_gil else threading.RLock()


def _at_once(writes: Iterable[None]) -> None:
    """Run an iterator made of C functions in one call into C, which no signal and no other thread divides."""
    with _writing:
        deque(writes, maxlen=0)
