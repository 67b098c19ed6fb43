"""Points at which a formula is tried: near the given one, and on other sides of the function's kinks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from autograd.errors import OperationError
from autograd.verifying.function import Function, Point
from autograd.verifying.tracing import Trace

Probe = tuple[Point, Trace]
ATTEMPTS = 120  # random points, of which those in the domain serve as probes
PROBES = 12
READABLE = 60  # points of few digits
NICE = (0.5, 1.5, 2.0, 3.0, -0.5, -1.5, 0.2, -2.0, 0.8, 2.5, -3.0, 1.2, 4.0, 5.0)
BRANCHES = 8  # further probes, each on another side of some kink


def probes(function: Function, base: Point) -> list[Probe]:
    """Random points at which the function has a value: near the given one, and on other sides of its kinks."""
    draw = random.Random(0)
    found: list[Probe] = []
    sides: set[Any] = set()
    smooth = function.is_fixed and not function.trace(base).branches
    for attempt in range(2 * ATTEMPTS):
        near = attempt < ATTEMPTS
        if near and len(found) >= PROBES:
            continue
        if not near and (len(found) >= PROBES + BRANCHES or (smooth and found)):
            break
        traced = _traced(
            function, {name: _moved(draw, x, attempt) if near else _far(draw, x) for name, x in base.items()}
        )
        if traced is not None:
            side = traced[1].shape, traced[1].branches
            if near or side not in sides:
                found.append(traced)
            sides.add(side)
    for attempt in range(ATTEMPTS if len(found) < PROBES // 2 else 0):  # a narrow domain
        width = 10.0 ** -(1 + attempt % 9)
        traced = _traced(function, {name: (x or 1.0) * (1.0 + draw.uniform(-width, width)) for name, x in base.items()})
        if traced is not None and len(found) < PROBES:
            found.append(traced)
    return found


def far_probes(function: Function, base: Point) -> list[Probe]:
    """Random points anywhere around the given one, for claims that have kinks of their own."""
    draw = random.Random(1)
    tried = (_traced(function, {name: _far(draw, x) for name, x in base.items()}) for _ in range(4 * PROBES))
    return [traced for traced in tried if traced is not None]


def readable_probes(function: Function, base: Point) -> Iterator[Probe]:
    """Points of few digits, first near the given one, then anywhere."""
    draw = random.Random(0)
    for attempt in range(READABLE):
        traced = _traced(function, {name: _readable(draw, x, attempt) for name, x in base.items()})
        if traced is not None:
            yield traced


def _traced(function: Function, point: dict[str, float]) -> Probe | None:
    try:
        if not function.contains(point):
            return None
        trace = function.trace(point)
    except (OperationError, ArithmeticError, ValueError):
        return None
    return (point, trace) if all(map(math.isfinite, trace.values)) else None


def _moved(draw: random.Random, x: float, attempt: int) -> float:
    """A number not far from another, by one of several moves: the same for all coordinates every second time."""
    way = attempt // 2 % 5 if attempt % 2 else draw.randrange(5)
    if way == 0:
        return x * (1.0 + draw.uniform(-0.4, 0.4)) + draw.uniform(-0.1, 0.1)
    if way == 1:
        return draw.uniform(0.2, 3.0)
    if way == 2:
        return x * (1.0 + draw.uniform(-0.5, 0.5))
    if way == 3:
        return x + draw.uniform(-1.0, 1.0)
    return draw.uniform(-2.5, 2.5)


def _readable(draw: random.Random, x: float, attempt: int) -> float:
    """A number of few digits: first near the given one, then anywhere."""
    if x == 0.0 or attempt % 3 == 2:
        return draw.choice(NICE)
    if attempt % 3 == 0:
        return float(f"{x * draw.choice((0.5, 0.8, 1.2, 1.5, 2.0)):.2g}")
    return float(f"{x + draw.choice((0.5, 1.0, 1.5, 2.5, -0.5)):.3g}")


def _far(draw: random.Random, x: float) -> float:
    """A number anywhere around another."""
    way = draw.randrange(4)
    if way == 0:
        return -x
    return x + draw.uniform(-1.0, 1.0) * (3.0, 20.0, 200.0)[way - 1]
