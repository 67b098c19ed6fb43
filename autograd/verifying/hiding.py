"""What a point cannot show: common mistakes that give the right number there, and a point where they do not."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import combinations

from autograd.drawing.names import written
from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.verifying.claims import EXACT
from autograd.verifying.mistakes import Mistake, mistakes
from autograd.verifying.tracing import Function, Point, Seeds, Trace, probes

COMMON = 2.6  # the rank up to which a mistake is worth a warning
NICE = (0.5, 1.5, 2.0, 3.0, -0.5, -1.5, 0.2, -2.0, 0.8, 2.5, -3.0, 1.2, 4.0, 5.0)
CANDIDATES = 60  # readable points that are tried


def hidden_mistakes(trace: Trace, others: Sequence[Trace], seeds: Seeds) -> list[Mistake]:
    """The common mistakes that make no difference at one point, but do at another."""
    found = []
    for mistake in mistakes(trace, seeds):
        hidden = mistake.rank <= COMMON and not _shows(mistake, trace, seeds)
        if hidden and any(_shows(mistake, other, seeds) for other in others):
            found.append(mistake)
    return sorted(found, key=lambda mistake: mistake.rank)


def _shows(mistake: Mistake, trace: Trace, seeds: Seeds, by: float = 1e-3) -> bool:
    tangents, adjoints = trace.tangents(seeds), trace.adjoints(seeds)
    wrong = tangents[-1] + adjoints[mistake.node] * (mistake.tangent(trace, tangents) - tangents[mistake.node])
    scale = max(abs(wrong), abs(tangents[-1]))
    return not abs(wrong - tangents[-1]) <= by * scale + EXACT * max(map(abs, adjoints))


def revealing_point(function: Function, base: tuple[Point, Trace], found: Sequence[Mistake], seeds: Seeds) -> str:
    """A readable point at which every one of the mistakes shows."""
    draw = random.Random(0)
    for _ in range(CANDIDATES):
        point = {name: draw.choice(NICE) for name in base[0]}
        try:
            trace = function.trace(point)
        except (OperationError, ArithmeticError, ValueError):
            continue
        if trace.shape == base[1].shape and all(_shows(mistake, trace, seeds, 0.02) for mistake in found):
            return ", ".join(f"{name} = {written(x)}" for name, x in point.items())
    return ""


def hides_no_mistake(formula: Formula, at: Mapping[str, float]) -> bool:
    """Whether every common mistake, in the derivative with respect to every variable, shows at a point.

    >>> hides_no_mistake(Formula("x**2"), {"x": 1.0}), hides_no_mistake(Formula("x**2"), {"x": 3.0})
    (False, True)
    """
    function = Function(formula)
    trace = function.trace(at)
    others = [trace for _, trace in probes(function, at, trace)]
    inputs = [seed for seed in trace.inputs.values() if seed is not None]
    swapped = any(_mixed_up(trace, others, *pair) for pair in combinations(inputs, 2))
    return not swapped and not any(hidden_mistakes(trace, others, seed) for seed in inputs)


def _mixed_up(trace: Trace, others: Sequence[Trace], x: int, y: int) -> bool:
    """Whether two partial derivatives are the same at one point, though not at another."""

    def same(t: Trace) -> bool:
        return math.isclose(t.tangents(x)[-1], t.tangents(y)[-1], rel_tol=1e-3)

    return same(trace) and not all(map(same, others))
