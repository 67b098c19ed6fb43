"""What a point cannot show: common mistakes that give the right number there, and a point where they do not."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import combinations

from autograd import notation
from autograd.errors import OperationError
from autograd.formula import Formula
from autograd.verifying.claims import EXACT
from autograd.verifying.function import Function, Point
from autograd.verifying.mistakes import Mistake, mistakes
from autograd.verifying.probing import probes
from autograd.verifying.tracing import Seeds, Trace, Wanted

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


def hidden_swaps(trace: Trace, others: Sequence[Trace], wanted: Sequence[Wanted]) -> list[str]:
    """The names of what has the same derivative as the first at one point, though not at another."""
    pairs = ((other.name, wanted[0].within(trace), other.within(trace)) for other in wanted[1:])
    return [name for name, x, y in pairs if x and y and _mixed_up(trace, others, x, y)]


def revealing_point(function: Function, base: tuple[Point, Trace], found: Sequence[Mistake], seeds: Seeds) -> str:
    """A readable point at which every one of the mistakes shows, or as many as can be found."""
    draw = random.Random(0)
    best, most = "", 0
    for attempt in range(CANDIDATES):
        point = {name: _readable(draw, x, attempt) for name, x in base[0].items()}
        try:
            trace = function.trace(point) if function.contains(point) else base[1]
        except (OperationError, ArithmeticError, ValueError):
            continue
        if trace is not base[1] and trace.shape == base[1].shape:
            shown = sum(_shows(mistake, trace, seeds, 0.02) for mistake in found)
            if shown > most:
                best, most = (
                    ", ".join(f"{notation.name(name)} = {notation.number(x, 4)}" for name, x in point.items()),
                    shown,
                )
            if most == len(found):
                break
    return best


def _readable(draw: random.Random, x: float, attempt: int) -> float:
    """A number of few digits: first near the given one, then anywhere."""
    if x == 0.0 or attempt % 3 == 2:
        return draw.choice(NICE)
    if attempt % 3 == 0:
        return float(f"{x * draw.choice((0.5, 0.8, 1.2, 1.5, 2.0)):.2g}")
    return float(f"{x + draw.choice((0.5, 1.0, 1.5, 2.5, -0.5)):.3g}")


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
