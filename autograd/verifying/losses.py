"""The gradient of another loss: a part of the function is one loss, and the answer has the derivative of another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograd.errors import OperationError
from autograd.operations import log
from autograd.verifying.claims import EXACT
from autograd.verifying.planting import Example
from autograd.verifying.suspects import Diagnosis, Inquiry, Suspect
from autograd.verifying.tracing import Trace

Rule = Callable[[float, float], float]  # of the prediction and the target


@dataclass(frozen=True)
class Loss:
    """A loss of a prediction p and a target t, with its derivative by p."""

    name: str
    value: Rule
    derivative: Rule


LOSSES = (
    Loss("the squared error", lambda p, t: (p - t) * (p - t), lambda p, t: 2.0 * (p - t)),
    Loss("half the squared error", lambda p, t: 0.5 * (p - t) * (p - t), lambda p, t: p - t),
    Loss("the absolute error", lambda p, t: abs(p - t), lambda p, t: math.copysign(1.0, p - t)),
    Loss(
        "the cross-entropy",
        lambda p, t: -(t * log(p) + (1.0 - t) * log(1.0 - p)),
        lambda p, t: (1.0 - t) / (1.0 - p) - t / p,
    ),
    Loss("the logarithmic loss", lambda p, t: -t * log(p), lambda p, t: -t / p),
)
EXAMPLE = Example("-(t*log(p) + (1 - t)*log(1 - p))", "p", "2*(p - t)")


def suspects(inquiry: Inquiry) -> Iterator[Suspect]:
    """Every part that is a loss, with the derivatives of the others in its place."""
    depends = inquiry.trace.depends(inquiry.seeds)
    for node in range(len(inquiry.trace.nodes)):
        if not depends[node] or inquiry.trace.nodes[node].operation is None:
            continue
        for loss, prediction, target in _losses_at(inquiry, node, depends):
            for other in LOSSES:
                if other is not loss:
                    yield _suspect(inquiry, node, prediction, target, loss, other)


def _losses_at(inquiry: Inquiry, node: int, depends: list[bool]) -> Iterator[tuple[Loss, int, int]]:
    trace = inquiry.trace
    predictions = [i for i in range(node) if depends[i] and not trace.nodes[i].is_constant]
    targets = [i for i in range(node) if not depends[i] and trace.nodes[i].operation is None]
    for loss in LOSSES:
        for p in predictions:
            for t in targets:
                if all(_is(loss, trace, node, p, t) for trace in inquiry.traces):
                    yield loss, p, t


def _is(loss: Loss, trace: Trace, node: int, p: int, t: int) -> bool:
    return math.isclose(_at(loss.value, trace, p, t), trace.values[node], rel_tol=1e-9, abs_tol=EXACT)


def _at(rule: Rule, trace: Trace, p: int, t: int) -> float:
    try:
        return rule(trace.values[p], trace.values[t])
    except (OperationError, ArithmeticError, ValueError):
        return math.nan


def _suspect(inquiry: Inquiry, node: int, prediction: int, target: int, loss: Loss, other: Loss) -> Suspect:
    def wrong(t: Trace) -> float:
        return (
            t.adjoints(inquiry.seeds)[node]
            * _at(other.derivative, t, prediction, target)
            * t.tangents(inquiry.seeds)[prediction]
        )

    message = f"this is the derivative of {other.name}: {inquiry.trace.shown[node]} is {loss.name}"
    return Suspect("rule", wrong, lambda: Diagnosis("wrong-rule", message), node)
