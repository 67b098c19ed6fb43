"""Numerical derivatives, with an estimate of their error.

Differences at a shrinking sequence of steps are extrapolated to step 0 (Richardson's method, in the
tableau of Ridders, Advances in Engineering Software 4 (1982) 75); how far neighbouring entries of the
tableau disagree, and what rounding alone can do, is the error estimate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograd.noise import roughness

Scalar = Callable[[float], float]

SHRINK = 2.0  # from one step to the next
ROWS = 10  # steps of one tableau
SAFETY = 4.0  # derivatives that are more error estimates apart than this are different
DIVERGES = (math.inf, math.inf)


@dataclass(frozen=True)
class Estimate:
    """A numerical derivative: its ``value``, how far off it may be (``error``), and the derivatives from either side,
    ``left`` and ``right``, each with its own error.
    """

    value: float
    error: float
    left: tuple[float, float] = (math.nan, math.inf)
    right: tuple[float, float] = (math.nan, math.inf)
    slope: float = 0.0  # the steepest difference quotient seen nearby: what counts as large here
    jump: bool = False  # whether the function jumps at the point
    range: float = math.inf  # how far apart the values seen lie
    onset: float = 0.0  # the difference quotient to the nearest point that shows a change: 0 for a constant

    @property
    def kink(self) -> bool:
        """Whether the derivatives from the left and from the right surely differ."""
        (left, left_error), (right, right_error) = self.left, self.right
        apart = abs(left - right)
        return apart > SAFETY * (left_error + right_error) and apart > 1e-3 * max(abs(left), abs(right))


def numerical_derivative(function: Scalar, x: float, noise: float = 0.0) -> Estimate:
    """The derivative of a ``function`` of one float at ``x``, from its values alone.

    ``noise`` is how far off a value of the function may be, beyond the rounding of the value itself.
    Where the function has values on one side of x only, the differences are one-sided. Without a value at x, the result
    is NaN with an infinite error. The method is that of Ridders, Advances in Engineering Software 4 (1982) 75.

    >>> estimate = numerical_derivative(math.exp, 0.0)
    >>> abs(estimate.value - 1.0) < estimate.error < 1e-9
    True
    """
    known: dict[float, float] = {}

    def cached(at: float) -> float:
        if at not in known:
            known[at] = _evaluated(function, at)
        return known[at]

    centre = cached(x)
    if not math.isfinite(centre):
        return Estimate(math.nan, math.inf)
    noise = max(noise, roughness(cached, x, noise + math.ulp(centre)))
    scale = abs(x) if x != 0.0 else 1.0
    steps = {scale * 10.0**-k for k in range(16)}
    while max(steps) < 0.01:  # up to ordinary steps without a gap, in which a kink could hide
        steps.add(100.0 * max(steps))
    central, left, right = (
        _trusted([_extrapolated(cached, x, step, side, noise) for step in sorted(steps)]) for side in (0, -1, 1)
    )
    value, error = central if math.isfinite(central[1]) else min(left, right, key=lambda entry: entry[1])
    changes = {at - x: y - centre for at, y in known.items() if at != x and math.isfinite(y)}
    near = ((dx, dy) for dx, dy in changes.items() if abs(dx) <= 0.1 * scale and abs(dy) > 4.0 * noise)
    slope = max((abs(dy / dx) for dx, dy in near), default=0.0)
    seen = [y for y in known.values() if math.isfinite(y)]
    jump = _jumps(changes, noise + math.ulp(centre))
    onset = slope or _onset(cached, x, scale, 4.0 * (noise + math.ulp(centre)))
    return Estimate(value, error, left, right, slope, jump, max(seen) - min(seen), onset)


def _evaluated(function: Scalar, x: float) -> float:
    try:
        return function(x)
    except (ArithmeticError, ValueError):
        return math.nan


def _trusted(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The best of the extrapolations from ever larger steps, as long as they tell the same story.

    Larger steps suffer less from rounding, but may reach across a pole, a kink or a period; where the
    quotients of small steps move apart, those of larger ones mean nothing.
    """
    best = (math.nan, math.inf)
    for value, error in found:
        if (value, error) == DIVERGES:
            break
        if math.isfinite(error):
            if math.isfinite(best[1]) and abs(value - best[0]) > 2.0 * (error + best[1]):
                break
            best = min(best, (value, error), key=lambda entry: entry[1])
    return best


def _onset(function: Scalar, x: float, scale: float, least: float) -> float:
    """The difference quotient to the nearest of ever farther points at which the function differs by over least."""
    for k in range(-3, 80):
        distance = scale * 2.0**k
        changes = [abs(function(x + side * distance) - function(x)) for side in (1.0, -1.0)]
        if visible := [change for change in changes if least < change < math.inf]:
            return max(visible) / distance
    return 0.0


def _jumps(changes: dict[float, float], noise: float) -> bool:
    """Whether the function changes as much over the nearest step, on either side, as over far larger ones."""
    for side in (-1.0, 1.0):
        near = sorted((abs(dx), abs(dy)) for dx, dy in changes.items() if dx * side > 0.0)
        if near and near[0][1] > 100.0 * noise:
            further = [dy for dx, dy in near if near[0][0] < dx < 1e4 * near[0][0]]
            if further and near[0][1] > 0.5 * max(further):
                return True
    return False


def _extrapolated(function: Scalar, x: float, first: float, side: int, noise: float) -> tuple[float, float]:
    """Ridders' tableau of difference quotients from one first step: its best entry, and the error of that.

    Central quotients (side 0) have errors in even powers of the step, one-sided ones in every power.
    """
    best, best_error = math.nan, math.inf
    previous: list[float] = []
    moved = math.inf  # by how much the last halving of the step changed the quotient
    diverges = False
    width = math.inf
    centre = function(x)
    for row in range(ROWS):
        high = x + first / SHRINK**row if side >= 0 else x
        low = x - first / SHRINK**row if side <= 0 else x
        above, below = function(high), function(low)
        halved, width = width / SHRINK, high - low
        if width == 0.0 or abs(width - halved) > 0.05 * halved < math.inf:
            break  # too near for floats to halve the step
        if not (math.isfinite(above) and math.isfinite(below)):
            previous, moved = [], math.inf  # outside the domain: start again closer by
            continue
        rounding = (noise + 4.0 * max(map(math.ulp, (above, below, centre)))) / width
        current = [above / width - below / width]
        before_moved, moved = moved, abs(current[0] - previous[0]) if previous else math.inf
        # Quotients that move apart do not converge, a singularity is near; by no more than rounding can
        # move them, the error is as large as that.
        slack = 0.0 if moved <= before_moved else 4.0 * rounding
        converges = moved <= max(before_moved, slack) and math.isfinite(before_moved)
        diverges = diverges or (math.isfinite(before_moved) and not converges)
        for column, before in enumerate(previous):
            factor = SHRINK ** ((2 if side == 0 else 1) * (column + 1))
            current.append((factor * current[column] - before) / (factor - 1.0))
            spread = max(abs(current[-1] - current[-2]), abs(current[-1] - before))
            error = spread + slack + rounding + math.ulp(current[-1])
            if converges and error < best_error:
                best, best_error = current[-1], error
        previous = current
    return DIVERGES if diverges and best_error == math.inf else (best, best_error)
