"""What a point cannot show: common mistakes that give the right number there, and a point where they do not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from autograd import notation
from autograd.formula import Formula
from autograd.verifying.claims import EXACT
from autograd.verifying.function import Function, Point
from autograd.verifying.mistakes import mistakes
from autograd.verifying.planting import Mistake
from autograd.verifying.probing import probes, readable_probes
from autograd.verifying.ranking import LIKELY
from autograd.verifying.sentences import SWAPPED
from autograd.verifying.tracing import Seeds, Trace, Wanted

COMMON = LIKELY["copy"]  # from which likelihood on a mistake is worth a warning
VISIBLE = 1e-3  # relative; a smaller difference does not show


def common_mistakes(trace: Trace, seeds: Seeds) -> list[Mistake]:
    """The mistakes that are worth a warning, the most common first."""
    common = (mistake for mistake in mistakes(trace, seeds) if LIKELY[mistake.level] >= COMMON)
    return sorted(common, key=lambda mistake: -LIKELY[mistake.level])


def hidden_mistakes(
    common: Sequence[Mistake], trace: Trace, others: Sequence[Trace], seeds: Seeds
) -> Iterator[Mistake]:
    """Those that make no difference at one point, but do at another."""
    for mistake in common:
        if not _shows(mistake, trace, seeds) and any(_shows(mistake, other, seeds) for other in others):
            yield mistake


def confused(common: Sequence[Mistake], trace: Trace, wanted: Sequence[Wanted], fits: Callable[[float], bool]) -> str:
    """A mistake that makes another number at this point, one that fits a claim, too; empty if there is none."""
    seeds = wanted[0].within(trace) or ()
    for mistake in common:
        if _shows(mistake, trace, seeds) and fits(_wrong(mistake, trace, seeds)):
            return f"{mistake.code}: {mistake.message}"
    right = trace.tangents(seeds)[-1]
    for other in wanted[1:]:
        swapped = trace.tangents(other.within(trace) or ())[-1]
        if not math.isclose(swapped, right, rel_tol=VISIBLE) and fits(swapped):
            return SWAPPED.format(name=other.name)
    return ""


def _shows(mistake: Mistake, trace: Trace, seeds: Seeds, by: float = VISIBLE) -> bool:
    wrong, right = _wrong(mistake, trace, seeds), trace.tangents(seeds)[-1]
    scale = max(abs(wrong), abs(right))
    return not abs(wrong - right) <= by * scale + EXACT * max(map(abs, trace.adjoints(seeds)))


def _wrong(mistake: Mistake, trace: Trace, seeds: Seeds) -> float:
    """The derivative that comes out with a mistake."""
    tangents = trace.tangents(seeds)
    changed = mistake.tangent(trace, tangents) - tangents[mistake.node]
    return tangents[-1] + trace.adjoints(seeds)[mistake.node] * changed


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
    return not swapped and not any(
        mistake for seeds in inputs for mistake in hidden_mistakes(common_mistakes(trace, seeds), trace, others, seeds)
    )


def _mixed_up(trace: Trace, others: Sequence[Trace], x: Seeds, y: Seeds) -> bool:
    """Whether two partial derivatives are the same at one point, though not at another."""

    def same(t: Trace) -> bool:
        return math.isclose(t.tangents(x)[-1], t.tangents(y)[-1], rel_tol=VISIBLE)

    return same(trace) and not all(map(same, others))
