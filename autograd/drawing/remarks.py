"""Remarks on numbers in a picture that were never true at one time.

A graph keeps the numbers that it was recorded with, but ``data`` can be assigned afterwards, and a leaf sums its
gradients over backward passes. A remark is made only where computing anew confirms it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from autograd.drawing.names import Naming, factor
from autograd.drawing.numbers import Numbers
from autograd.errors import OperationError
from autograd.notation import text
from autograd.value import Value

FEW = 3  # names in a sentence
NOW: Mapping[Value, float] = {}  # every number as it is
ALIKE = 1e-9  # the relative difference of gradients that were summed in another order


class Values:
    """The values of a graph, and which of them have changed since it was recorded."""

    def __init__(self, order: Sequence[Value], naming: Naming, numbers: Numbers) -> None:
        self._naming = naming
        self._numbers = numbers
        self._root = naming.name(order[-1])
        was: dict[Value, float] = {}
        self._recorded: list[Value] = []  # when leaves had other numbers
        self._unexplained: list[Value] = []  # recorded with other numbers, which cannot be told
        for node in order:
            if node.operation is not None and not _fits(node):
                if earlier := _earlier(node):
                    was.update(earlier)
                    self._recorded.append(node)
                elif not _fits(node, tolerance=ALIKE):
                    self._unexplained.append(node)
        self._was = {leaf: was[leaf] for leaf in order if leaf in was}  # what these leaves were then
        self._out_of_date = {*self._recorded, *self._unexplained}

    def written(self, node: Value) -> str:
        """The value of a node, as in "5 (was −2)"."""
        number = self._naming.number(self._numbers.value(node))
        if node in self._was:
            return f"{number} (was {self._naming.number(self._was[node])})"
        return f"{number} (out of date)" if node in self._out_of_date else number

    @cached_property
    def sentences(self) -> list[str]:
        """What has changed since the graph was recorded."""
        return [*self._changed(), *self._otherwise()]

    def _changed(self) -> list[str]:
        if not self._was:
            return []
        name, number = self._naming.name, self._naming.number
        what = name(self._recorded[0]) if len(self._recorded) == 1 else "this"
        if len(self._was) > FEW:
            return [
                f"{_listed(map(name, self._was))} have changed since {what} was recorded: compute {self._root} again."
            ]
        was = _listed(f"{name(leaf)} was {number(before)}" for leaf, before in self._was.items())
        now = _listed(f"{name(leaf)} = {number(leaf.data)}" for leaf in self._was)
        return [f"{was} when {what} was recorded: compute {self._root} again for {now}."]

    def _otherwise(self) -> list[str]:
        name = self._naming.name
        if len(self._unexplained) > 1:
            names = _listed(map(name, self._unexplained))
            return [f"{names} are not what their formulas give any more: compute {self._root} again."]
        return [
            f"{name(node)} is not {self._naming.formula(node)} any more: {_listed(map(name, _concerned(node)), 'or')} "
            f"has changed since {name(node)} was recorded, so compute {self._root} again."
            for node in self._unexplained
        ]


SUM = "{be} the sum of {passes} backward passes: to see one alone, set {it} to 0 before each, as zero_grad() does."
ZEROED = "{was} set to 0 after the backward pass."
STOPPED = "{was} not set: backward() sets no gradient where one is undefined."
MIXED = "{be} not of {root} alone: other backward passes added to {it}, or {they} {was} assigned."
LEFT_OVER = "{be} not 0: backward() adds to {it}, so set {it} to 0 first, as zero_grad() does."
ONE = {"be": "is", "was": "was", "it": "it", "they": "it"}
SEVERAL = {"be": "are", "was": "were", "it": "them", "they": "they"}


class Gradients:
    """The gradients of a graph, and which of them are not from a single backward pass from its output."""

    def __init__(self, order: Sequence[Value], naming: Naming, numbers: Numbers) -> None:
        self._order = order
        self._naming = naming
        self._root = naming.name(order[-1])
        self.swept = order[-1].grad != 0.0
        leaves = [node for node in order if node.operation is None and not node.is_constant]
        self._own = _own_gradients(order, numbers) if self.swept else {}
        self._remarks: dict[Value, str] = {}
        if not self.swept:
            self._remarks = {leaf: LEFT_OVER for leaf in leaves if leaf.grad != 0.0}
        near = 1e-3 * ALIKE * max((abs(own) for own in self._own.values() if math.isfinite(own)), default=0.0)
        stopped = any(not math.isfinite(self._own.get(leaf, 0.0)) for leaf in leaves)
        for node, own in self._own.items():
            if not _is_own(node, own, near):
                self._remarks[node] = _remark(node, own, stopped)

    def written(self, node: Value) -> str:
        """The gradient of a node, as in "grad −4 = 2 × (−2)"; empty if there is none."""
        if not self.swept or node.is_constant:
            return ""
        number, remark = self._naming.number, self._remarks.get(node)
        own = self._own.get(node, node.grad)
        as_computed = remark is None and (own == 0.0 or not math.isfinite(own))
        found = f"grad {number(own if as_computed else node.grad)}"
        if remark == SUM:
            return f"{found} = {node.passes} × {factor(number(own))}"
        return f"{found} ({number(own)} from {self._root})" if remark in (MIXED, STOPPED) else found

    def named(self, node: Value) -> str:
        """The gradient of a node as the derivative that it is, as in "∂f/∂x = 3"; as ``written`` where it is more."""
        root, written = self._order[-1], self.written(node)
        if root.grad != 1.0 or node not in self._own or node in self._remarks:
            return written
        return written.replace("grad", f"{text(self._naming.partial(root, node))} =", 1)

    @cached_property
    def sentences(self) -> list[str]:
        """What the gradients hold besides one backward pass."""
        alike: dict[tuple[str, int], list[Value]] = {}
        for node, remark in self._remarks.items():
            alike.setdefault((remark, node.passes if remark == SUM else 0), []).append(node)
        told = []
        for (remark, passes), nodes in alike.items():
            words, subject = (ONE, "The gradient of") if len(nodes) == 1 else (SEVERAL, "The gradients of")
            said = remark.format(**words, passes=passes, root=self._root)
            told.append(f"{subject} {_listed(map(self._naming.name, nodes))} {said}")
        return told


def _own_gradients(order: Sequence[Value], numbers: Numbers) -> dict[Value, float]:
    """What a backward pass from the output alone gives: 1 to itself, or what one from a larger output has given it."""
    root = order[-1]
    if root.operation is None:
        return {}
    found = numbers.adjoint
    return {node: root.grad * found[node] for node in order if node in found}


def _is_unset(leaf: Value) -> bool:
    return leaf.operation is None and leaf.passes == 0 and leaf.grad == 0.0


def _is_own(node: Value, own: float, near: float) -> bool:
    """Whether the gradient of a node is that of one backward pass, which sets none that is undefined."""
    if math.isfinite(own):
        return math.isclose(node.grad, own, rel_tol=ALIKE, abs_tol=near)
    return node.operation is not None or _is_unset(node)


def _remark(node: Value, own: float, stopped: bool) -> str:
    """Why the gradient of a node is not the one of a backward pass from this output alone."""
    if node.passes > 1 and math.isclose(node.grad, node.passes * own, rel_tol=ALIKE):
        return SUM
    if _is_unset(node):
        return STOPPED if stopped else ZEROED
    return MIXED


def _fits(node: Value, then: Mapping[Value, float] = NOW, tolerance: float = 0.0) -> bool:
    """Whether a node's data and partials are those of its operation, its parents being what they are now, or were then.

    To the last bit, unless there is a tolerance.
    """
    operation = node.operation
    assert operation is not None, "a leaf is not computed"
    operands = [then.get(parent, parent.data) for parent in node.parents]
    try:
        out = operation.evaluate(*operands)
    except OperationError:
        return False
    if not _same(out, node.data, tolerance):
        return False
    return not _before(node) or all(  # where nothing was assigned, the partials need not be asked
        parent.is_constant or _same(operation.derivative(i, out, *operands), node.partials[i], tolerance)
        for i, parent in enumerate(node.parents)
    )


def _before(node: Value) -> dict[Value, float]:
    """The parents whose data was assigned at some time, with what it was before."""
    found = {parent: parent.previous for parent in node.parents if not parent.is_constant}
    return {parent: x for parent, x in found.items() if x is not None}


def _same(x: float, y: float, tolerance: float) -> bool:
    return x == y or x != x != y or math.isclose(x, y, rel_tol=tolerance)


def _earlier(node: Value) -> dict[Value, float]:
    """The parents, as few as possible, with the numbers that they had before, if the node fits those and no others.

    Where it fits others as well nothing can be told: relu is 0 for every negative number.
    """
    before = _before(node)
    for count in range(1, len(before) + 1):
        for changed in combinations(before, count):
            then = {parent: before[parent] for parent in changed}
            if _fits(node, then) and not any(
                _fits(node, {**then, parent: _beside(then[parent])}) for parent in changed
            ):
                return then
    return {}


def _beside(x: float) -> float:
    return x + 1e-3 * (abs(x) or 1.0)


def _concerned(node: Value) -> list[Value]:
    return [*(parent for parent in dict.fromkeys(node.parents) if not parent.is_constant), node]


def _listed(names: Iterable[str], word: str = "and") -> str:
    """Names in a sentence: "a, b and c", or "a, b, c and 5 more"."""
    *most, last = names
    if len(most) >= FEW + 1:
        most, last = most[:FEW], f"{len(most) + 1 - FEW} more"
    return f"{', '.join(most)} {word} {last}" if most else last
