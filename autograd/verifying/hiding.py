"""What a point cannot show: common mistakes that give the right number there, and a point where they do not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from autograd import notation
from autograd.formula import Formula
from autograd.verifying.claims import EXACT
from autograd.verifying.function import Function, Point
from autograd.verifying.mistakes import mistakes
from autograd.verifying.planting import Mistake
from autograd.verifying.probing import probes, readable_probes
from autograd.verifying.ranking import LIKELY
from autograd.verifying.tracing import Seeds, Trace, Wanted

COMMON = LIKELY["copy"]  # from which likelihood on a mistake is worth a warning


def hidden_mistakes(trace: Trace, others: Sequence[Trace], seeds: Seeds) -> list[Mistake]:
    """The common mistakes that make no difference at one point, but do at another."""
    found = []
    for mistake in mistakes(trace, seeds):
        hidden = LIKELY[mistake.level] >= COMMON and not _shows(mistake, trace, seeds)
        if hidden and any(_shows(mistake, other, seeds) for other in others):
            found.append(mistake)
    return sorted(found, key=lambda mistake: -LIKELY[mistake.level])


def _shows(mistake: Mistake, trace: Trace, seeds: Seeds, by: float = 1e-3) -> bool:
    tangents, adjoints = trace.tangents(seeds), trace.adjoints(seeds)
    wrong = tangents[-1] + adjoints[mistake.node] * (mistake.tangent(trace, tangents) - tangents[mistake.node])
    scale = max(abs(wrong), abs(tangents[-1]))
    return not abs(wrong - tangents[-1]) <= by * scale + EXACT * max(map(abs, adjoints))


def hidden_swaps(trace: Trace, others: Sequence[Trace], wanted: Sequence[Wanted]) -> list[str]:
    """The names of what has the same derivative as the first at one point, though not at another."""
    pairs = ((other.name, wanted[0].within(trace), other.within(trace)) for other in wanted[1:])
    return [name for name, x, y in pairs if x and y and _mixed_up(trace, others, x, y)]


def revealing_point(function: Function, base: tuple[Point, Trace], found: Sequence[Mistake], seeds: Seeds) -> str:
    """A readable point at which every one of the mistakes shows, or as many as can be found."""
    best, most = "", 0
    for point, trace in readable_probes(function, base[0]):
        if trace.shape == base[1].shape:
            shown = sum(_shows(mistake, trace, seeds, 0.02) for mistake in found)
            if shown > most:
                best, most = (
                    ", ".join(f"{notation.name(name)} = {notation.number(x, 4)}" for name, x in point.items()),
                    shown,
                )
            if most == len(found):
                break
    return best


def hides_no_mistake(formula: Formula, at: Mapping[str, float]) -> bool:
    """Whether every common mistake, in the derivative with respect to every variable, shows at a point.

    >>> hides_no_mistake(Formula("x**2"), {"x": 1.0}), hides_no_mistake(Formula("x**2"), {"x": 3.0})
    (False, True)
    """
    function = Function(formula)
    trace = function.trace(at)
    others = [other for _, other in probes(function, at) if other.shape == trace.shape]
    inputs = [(place,) for place in trace.inputs.values() if place is not None]
    swapped = any(_mixed_up(trace, others, *pair) for pair in combinations(inputs, 2))
    return not swapped and not any(hidden_mistakes(trace, others, seeds) for seeds in inputs)


def _mixed_up(trace: Trace, others: Sequence[Trace], x: Seeds, y: Seeds) -> bool:
    """Whether two partial derivatives are the same at one point, though not at another."""

    def same(t: Trace) -> bool:
        return math.isclose(t.tangents(x)[-1], t.tangents(y)[-1], rel_tol=1e-3)

    return same(trace) and not all(map(same, others))
