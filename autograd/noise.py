"""How inaccurate the values of a function are, estimated from its graph and from the values themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import median
from types import BuiltinFunctionType
from typing import Any

from autograd.graph import adjoints, topological_order
from autograd.operation import FUNCTION
from autograd.value import Value

Scalar = Callable[[float], float]


def rounding_noise(output: Any) -> float:
    """How far rounding may have taken a recorded output from its exact value, to first order.

    Each node is taken to be off by a unit in the last place. An operation that rounds inside, as those do that the math
    module does not have, is also off by the effect of such errors of its operands. The adjoint carries that
    to the output (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3).
    """
    if not isinstance(output, Value):
        return 0.0
    order = topological_order(output)
    adjoint = adjoints(order, order, lambda node, operand: node.partials[operand])
    terms = []
    for node in order:
        if node.operation is not None:
            inside = node.operation.precedence == FUNCTION and not isinstance(
                node.operation.compute, BuiltinFunctionType
            )
            carried = zip(node.parents, node.partials, strict=True) if inside else ()
            rounding = math.ulp(node.data) + sum(abs(partial) * math.ulp(parent.data) for parent, partial in carried)
            terms.append(abs(adjoint.get(node, 0.0)) * rounding)
    return math.fsum(term for term in terms if math.isfinite(term))


def roughness(function: Scalar, x: float, expected: float) -> float:
    """How far the values near x scatter, beyond what a smooth function would do.

    The scatter is the size of second differences, which a smooth function makes vanish (Moré and Wild,
    Estimating computational noise, SIAM Journal on Scientific Computing 33 (2011) 1292): those of the
    nearest floats and, where the function goes up in steps far higher than the expected noise, as one
    computed in another precision does, those across the steps.

    >>> roughness(math.sin, 1.0, 1e-16) < 1e-15
    True
    >>> 0.001 < roughness(lambda x: round(math.sin(x), 3), 1.0, 1e-16) < 0.005
    True
    """
    unit = math.ulp(x) if x != 0.0 else 2.0**-52
    widths = [_plateau(function, x, side * unit) for side in (1, -1)]
    spacing = max(map(abs, widths))  # of the nearest points at which the function differs
    nearest = [function(x + k * spacing) for k in range(-8, 9)] if spacing < 1024 * unit else []
    return max(_scatter(nearest, expected), *(_step_height(function, x, width, expected) for width in widths))


def _scatter(values: Sequence[float], expected: float) -> float:
    """The largest second difference, if most are larger than expected and they bend both ways, as no curve does."""
    found = [(a - b) - (b - c) for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    seen = [difference for difference in found if difference != 0.0 and math.isfinite(difference)]
    upward = sum(difference > 0.0 for difference in seen)
    if len(seen) < 5 or 4 * min(upward, len(seen) - upward) < len(seen):  # only two are not 0 at a jump or a kink
        return 0.0
    sizes = list(map(abs, seen))
    return max(sizes) if median(sizes) > 4.0 * expected else 0.0


def _step_height(function: Scalar, x: float, width: float, expected: float) -> float:
    """The height of the steps in which a function goes up or down from x on; 0 if it has none, or a single one."""
    edge = x + width
    height = abs(function(edge) - function(x))
    flat_again = function(edge) == function(edge + math.copysign(8.0 * math.ulp(edge), width))
    if not (flat_again and 100.0 * expected < height < math.inf):
        return 0.0
    values = [function(x + 4 * k * width) for k in range(17)]
    climbs = any(4.0 * height < abs(value - values[0]) < math.inf for value in values)
    return max(height, _scatter(values, expected)) if climbs else 0.0


def _plateau(function: Scalar, x: float, unit: float) -> float:
    """How far from x the function keeps its value, in the direction of unit: the step to the first float beyond."""
    centre = function(x)
    same, width = 0.0, unit
    while function(x + width) == centre and abs(width) < max(abs(x), 1.0):
        same, width = width, 2.0 * width
    while (middle := (same + width) / 2.0) not in (same, width) and x + middle not in (x + same, x + width):
        same, width = (middle, width) if function(x + middle) == centre else (same, middle)
    return width
