"""Where the steps that a person named stand in the graph of the function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.formula import Formula
from autograd.verifying.claims import LOOSE, SAFETY, Claim, agree
from autograd.verifying.function import Function
from autograd.verifying.probing import Probe
from autograd.verifying.tracing import Wanted


def located(
    steps: Mapping[str, Formula], function: Function, base: Probe, others: Sequence[Probe]
) -> dict[str, Wanted]:
    """The nodes of every step that is a part of the function: all parts that are always equal to it."""
    alike = [base, *(probe for probe in others if probe[1].shape == base[1].shape)]
    found = {}
    for name, step in steps.items():
        claim = Claim(step.text, function.names, steps)
        equal = [node for node in range(len(base[1].nodes)) if _always(claim, node, alike)]
        below = {node for node in equal if any(base[1].depends((other,))[node] for other in equal if other != node)}
        if equal:
            found[name] = Wanted(name, tuple(node for node in equal if node not in below), base[1].shape)
    return found


def _always(claim: Claim, node: int, probes: Sequence[Probe]) -> bool:
    if probes[0][1].nodes[node].is_constant:
        return False
    for point, trace in probes:
        try:
            if not agree(claim.at(point), (trace.values[node], LOOSE * abs(trace.values[node]) / SAFETY)):
                return False
        except (ArithmeticError, ValueError):
            continue
    return True
