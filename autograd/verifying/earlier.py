"""What a person's earlier steps say about a later claim: where its mistake cannot lie, and whether it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, combinations

from autograd.errors import OperationError
from autograd.value import Value
from autograd.verifying.claim_report import read
from autograd.verifying.claims import LOOSE, Chain, Claim, agree
from autograd.verifying.function import Point
from autograd.verifying.judging import NEEDED, Case
from autograd.verifying.sentences import joined
from autograd.verifying.tracing import Seeds, Trace

MOST = 4  # wrong steps of which every selection is tried


@dataclass(frozen=True)
class Earlier:
    """A claim that was judged before: the ``value`` of some nodes, or the derivative with respect to them."""

    title: str
    is_value: bool
    claim: Claim
    nodes: Seeds

    def __str__(self) -> str:
        return f"{self.title} = {read(self.claim.text)}"


def without_mistake(trace: Trace, seeds: Seeds, right: Sequence[Earlier]) -> frozenset[int]:
    """The nodes at which a derivative with respect to seeds cannot have gone wrong, since the same step is right.

    Who has the derivative with respect to q right has the rules right of all nodes from the output down to q. A node
    that the seeds also reach by another way than through q may still be one where something was left out.
    """
    found: set[int] = set()
    below = trace.depends(seeds)
    for step in (step for step in right if not step.is_value):
        above = trace.depends(step.nodes)
        for node in (node for node in range(len(trace.nodes)) if above[node] and node not in step.nodes):
            operands = [trace.operands[node][edge] for edge in trace.edges[node]]
            if all(above[operand] for operand in operands if below[operand]):
                found.add(node)
    return frozenset(found)


def follows(claim: Claim | Chain, is_value: bool, nodes: Seeds, wrong: Sequence[Earlier], case: Case) -> str:
    """The wrong steps, as they were written, from which a claim follows by right ones; empty if it does not."""
    tried = [[step] for step in wrong] if len(wrong) > MOST else _selections(wrong)
    for chosen in tried:
        if all(_follows(member, is_value, nodes, chosen, case) for member in claim.members):
            return joined([str(step) for step in chosen])
    return ""


def _selections(wrong: Sequence[Earlier]) -> Iterator[Sequence[Earlier]]:
    return chain.from_iterable(combinations(wrong, size) for size in range(1, len(wrong) + 1))


def _follows(claim: Claim, is_value: bool, nodes: Seeds, chosen: Sequence[Earlier], case: Case) -> bool:
    """Whether a claim is what comes out of the chosen steps: at the given point, and if it is a formula at others."""
    if claim.undefined:
        return False
    if claim.is_number:
        with suppress(OperationError, ArithmeticError, ValueError):
            expected = _expected(case.base[0], case.trace, is_value, nodes, chosen)
            return _agree(claim, case.base[0], expected) or case.accuracy.accepts(claim, expected)
        return False
    agreeing = 0
    for point, trace in case.alike:
        with suppress(OperationError, ArithmeticError, ValueError):
            if not _agree(claim, point, _expected(point, trace, is_value, nodes, chosen)):
                return False
            agreeing += 1
    return agreeing > NEEDED


def _agree(claim: Claim, point: Point, expected: float) -> bool:
    return agree(claim.at(point), (expected, LOOSE * abs(expected)))


def _expected(point: Point, trace: Trace, is_value: bool, nodes: Seeds, chosen: Sequence[Earlier]) -> float:
    """What comes out at some nodes if the chosen steps are what the person says that they are."""
    values: dict[int, float] = {}
    adjoints: dict[int, float] = {}
    for step in chosen:
        claimed = step.claim.at(point)[0]
        if step.is_value:
            values |= dict.fromkeys(step.nodes, claimed)
        else:  # a step that stands at several nodes has the same derivatives below at each of them
            adjoints |= {**dict.fromkeys(step.nodes, 0.0), step.nodes[0]: claimed}
    recorded = _recorded(trace, values)
    if is_value:
        return recorded[nodes[-1]].data
    found = _swept(trace, recorded, values, adjoints)
    return sum(found[node] for node in nodes)


def _recorded(trace: Trace, values: Mapping[int, float]) -> list[Value]:
    """The nodes, computed again with some of them replaced by other numbers."""
    found: list[Value] = []
    for i, node in enumerate(trace.nodes):
        if i in values:
            found.append(Value(values[i]))
        elif node.operation is None:
            found.append(node)
        else:
            found.append(node.operation(*(found[operand] for operand in trace.operands[i])))
    return found


def _swept(
    trace: Trace, recorded: Sequence[Value], values: Mapping[int, float], adjoints: Mapping[int, float]
) -> list[float]:
    """The derivative of the output with respect to every node, with some of them replaced by other numbers."""
    found = [0.0] * len(recorded)
    found[-1] = 1.0
    for i in reversed(range(len(recorded))):
        found[i] = adjoints.get(i, found[i])
        operation = trace.nodes[i].operation
        if operation is None or found[i] == 0.0:
            continue
        operands = [recorded[operand].data for operand in trace.operands[i]]
        for edge in trace.edges[i]:
            partial = operation.derivative(edge, values[i], *operands) if i in values else recorded[i].partials[edge]
            found[trace.operands[i][edge]] += found[i] * partial
    return found
