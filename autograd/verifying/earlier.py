"""What a person's earlier steps say about a later claim: where its mistake cannot lie, and whether it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations, product

from autograd.errors import OperationError
from autograd.operation import Operation
from autograd.value import Value
from autograd.verifying.claim_report import ACCEPTED, read
from autograd.verifying.claims import LOOSE, Claim, agree
from autograd.verifying.function import Point
from autograd.verifying.judging import NEEDED, Case
from autograd.verifying.sentences import joined
from autograd.verifying.tracing import Seeds, Trace

BY_RESULT: dict[str, Callable[[float], float]] = {  # whose rules in the table are over the operand: it cancels less
    "sigmoid": lambda out: out * (1.0 - out),
    "tanh": lambda out: 1.0 - out * out,
}
MOST = 5  # steps of which every selection is tried


@dataclass(frozen=True)
class Earlier:
    """A claim that was judged before: the ``value`` of some nodes, or the derivative with respect to them."""

    title: str
    is_value: bool
    claim: Claim
    nodes: Seeds
    verdict: str

    @property
    def is_wrong(self) -> bool:
        """Whether it is wrong, or follows from what is, and more can follow from it."""
        return self.verdict in ("wrong", "follows") and not self.claim.undefined

    def __str__(self) -> str:
        return f"{self.title} = {read(self.claim.text)}"


def without_mistake(trace: Trace, seeds: Seeds, steps: Sequence[Earlier]) -> frozenset[int]:
    """The nodes at which a derivative with respect to seeds cannot have gone wrong, since a step is right.

    Who has the derivative with respect to q right has the rules right of all nodes from the output down to q. A node
    that the seeds also reach by another way than through q may still be one where something was left out.
    """
    found: set[int] = set()
    below = trace.depends(seeds)
    for step in (step for step in steps if step.verdict in ACCEPTED and not step.is_value):
        above = trace.depends(step.nodes)
        for node in (node for node in range(len(trace.nodes)) if above[node] and node not in step.nodes):
            operands = [trace.operands[node][edge] for edge in trace.edges[node]]
            if all(above[operand] for operand in operands if below[operand]):
                found.add(node)
    return frozenset(found)


def follows(
    claims: Sequence[Claim], is_value: bool, nodes: Seeds, steps: Sequence[Earlier], case: Case
) -> tuple[str, str]:
    """The verdict on claims that follow from some of the steps, and from which; both empty if they do not.

    The steps are wrong or rounded. What follows from rounded ones alone is right, as far as rounding goes; a formula is
    to hold at every point, and so does not follow from a rounded number.
    """
    numbers = all(claim.is_number for claim in claims)
    usable = [step for step in steps if step.is_wrong or (step.verdict == "rounded" and numbers)]
    for chosen in _selections(usable):
        if all(_follows(claim, is_value, nodes, chosen, case) for claim in claims):
            verdict = "follows" if any(step.is_wrong for step in chosen) else "rounded"
            return verdict, joined([str(step) for step in chosen])
    return "", ""


def _selections(steps: Sequence[Earlier]) -> Iterator[Sequence[Earlier]]:
    """The selections that are tried, the smallest first: of many steps each alone, and all of them."""
    named: dict[str, list[Earlier]] = {}
    for step in steps:
        named.setdefault(step.title, []).append(step)
    if len(named) > MOST:
        yield from ([step] for step in steps)
        yield [members[-1] for members in named.values()]
        return
    for size in range(1, len(named) + 1):
        for chosen in combinations(named.values(), size):
            yield from product(*chosen)


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
    recorded = trace.replayed(values)
    if is_value:
        return recorded[nodes[-1]].data
    found = _swept(trace, recorded, values, adjoints)
    return sum(found[node] for node in nodes)


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
            partial = _by_result(operation, edge, values[i], operands) if i in values else recorded[i].partials[edge]
            found[trace.operands[i][edge]] += found[i] * partial
    return found


def _by_result(operation: Operation, edge: int, out: float, operands: Sequence[float]) -> float:
    """A local derivative as people write it: over the result, where they can."""
    rule = BY_RESULT.get(operation.name)
    return rule(out) if rule else float(operation.derivative(edge, out, *operands))
