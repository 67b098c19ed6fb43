"""Is a gradient right? Numerical derivatives with an error estimate, and a verdict that respects it.

Differences at a shrinking sequence of steps are extrapolated to step 0 (Richardson's method, in the
tableau of Ridders, Advances in Engineering Software 4 (1982) 75); how far neighbouring entries of the
tableau disagree, and what rounding alone can do, is the error estimate.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.calculus import flatten, rebuild, value_and_grad
from autograd.graph import adjoints, topological_order
from autograd.operation import FUNCTION, DerivativeError
from autograd.value import Value

Scalar = Callable[[float], float]

SHRINK = 2.0  # from one step to the next
ROWS = 10  # steps of one tableau
SAFETY = 4.0  # a difference of this many error estimates is a failure
DIVERGES = (math.inf, math.inf)
USELESS = 1e-3  # a relative error above this decides nothing


@dataclass(frozen=True)
class Estimate:
    """A numerical derivative: its value, how far off it may be, and the derivatives from either side."""

    value: float
    error: float
    left: tuple[float, float] = (math.nan, math.inf)
    right: tuple[float, float] = (math.nan, math.inf)
    slope: float = 0.0  # the steepest difference quotient seen nearby: what counts as large here
    jump: bool = False  # whether the function jumps at the point

    @property
    def kink(self) -> bool:
        """Whether the derivatives from the left and from the right surely differ."""
        (left, left_error), (right, right_error) = self.left, self.right
        apart = abs(left - right)
        return apart > SAFETY * (left_error + right_error) and apart > USELESS * max(abs(left), abs(right))


@dataclass(frozen=True)
class PartialCheck:
    """The verdict on one partial derivative."""

    name: str
    value: float
    numerical: float
    error_estimate: float
    verdict: str
    note: str = ""

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        return (
            f"{self.name}: {self.verdict}: {self.value:.10g}, numerically "
            f"{self.numerical:.10g} ± {self.error_estimate:.1g}{note}"
        )


@dataclass(frozen=True)
class GradientCheck:
    """The verdict on a gradient, and on each partial derivative.

    A verdict is ``pass``; ``fail``; ``kink`` (the derivatives from the left and the right differ, so any
    value between is a matter of convention); ``inconclusive`` (the numerical derivative is too uncertain
    to tell); or ``nondeterministic`` (the function gives different results at one point).
    """

    partials: list[PartialCheck] = field(default_factory=list)
    verdict: str = "pass"

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the gradient: every verdict is pass or kink."""
        return self.verdict in ("pass", "kink")

    def __str__(self) -> str:
        return "\n".join([f"gradient check: {self.verdict}", *(f"  {partial}" for partial in self.partials)])


_WORST_FIRST = ("nondeterministic", "fail", "inconclusive", "kink", "pass")


def check_gradients(
    function: Callable[..., Any], *arguments: Any, gradient: Any = None, names: Sequence[str] | None = None
) -> GradientCheck:
    """Check the automatic gradient of a function at a point, or a given ``gradient`` of the same structure.

    The arguments are numbers or nested sequences of numbers; ``names`` names the numbers in the report.

    >>> check = check_gradients(lambda x, y: x * y, 2.0, 5.0)
    >>> check.verdict, [(partial.name, partial.value) for partial in check.partials]
    ('pass', [('x', 5.0), ('y', 2.0)])
    >>> check_gradients(abs, 0.0).verdict
    'kink'
    """
    point = [number.data if isinstance(number, Value) else float(number) for number in flatten(arguments)]
    labels = list(names or _names(function, arguments))

    def recorded(numbers: Sequence[float]) -> Any:
        # Recorded numbers rather than floats: the function may use their methods.
        return function(*rebuild(arguments, iter([Value(number) for number in numbers])))

    def at(numbers: Sequence[float]) -> float:
        result = recorded(numbers)
        return result.data if isinstance(result, Value) else float(result)

    if gradient is None:
        try:
            plain = rebuild(arguments, iter(point))
            gradient = value_and_grad(function, range(len(plain)))(*plain)[1]
        except DerivativeError as error:
            partials = [PartialCheck(name, math.nan, math.nan, math.inf, "inconclusive", str(error)) for name in labels]
            return GradientCheck(partials, "inconclusive")
    claims = [number.data if isinstance(number, Value) else float(number) for number in flatten(gradient)]
    if len(claims) != len(point):
        raise ValueError(f"the gradient has {len(claims)} numbers, the point {len(point)}")
    if len(labels) != len(point):
        raise ValueError(f"{len(labels)} names for {len(point)} numbers")
    values = [at(point) for _ in range(3)]
    if any(value != values[0] and not math.isnan(value) for value in values):
        note = f"the same point gave {values[0]!r} and {next(v for v in values if v != values[0])!r}"
        partials = [
            PartialCheck(name, claim, math.nan, math.inf, "nondeterministic", note)
            for name, claim in zip(labels, claims, strict=True)
        ]
        return GradientCheck(partials, "nondeterministic")
    noise = rounding_noise(recorded(point))
    partials = []
    for i, (name, claim) in enumerate(zip(labels, claims, strict=True)):

        def along(x: float, i: int = i) -> float:
            return at([*point[:i], x, *point[i + 1 :]])

        partials.append(_judged(name, claim, numerical_derivative(along, point[i], noise)))
    found = {partial.verdict for partial in partials}
    return GradientCheck(partials, next(verdict for verdict in _WORST_FIRST if verdict in found or verdict == "pass"))


def _names(function: Callable[..., Any], arguments: Sequence[Any]) -> list[str]:
    parameters = list(getattr(function, "variables", ()))
    if not parameters:
        try:
            kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            parameters = [p.name for p in inspect.signature(function).parameters.values() if p.kind in kinds]
        except (TypeError, ValueError):
            parameters = []
    names: list[str] = []
    for i, argument in enumerate(arguments):
        name = parameters[i] if i < len(parameters) else f"argument {i + 1}"
        count = sum(1 for _ in flatten((argument,)))
        single = count == 1 and not isinstance(argument, list | tuple)
        names += [name] if single else [f"{name}[{k}]" for k in range(count)]
    return names


def _judged(name: str, claim: float, estimate: Estimate) -> PartialCheck:
    apart = abs(claim - estimate.value)
    scale = max(abs(claim), abs(estimate.value), estimate.slope)
    low, high = sorted((estimate.left[0], estimate.right[0]))
    slack = SAFETY * (estimate.left[1] + estimate.right[1])
    verdict, note = "pass", ""
    if estimate.jump:
        verdict, note = "kink", "the function jumps here, so it has no derivative"
    elif estimate.kink:
        sides = f"the derivative is {estimate.left[0]:.6g} from the left and {estimate.right[0]:.6g} from the right"
        inside = low - slack <= claim <= high + slack
        verdict, note = ("kink", sides) if inside else ("fail", sides)
    elif not math.isfinite(estimate.error) or not math.isfinite(claim):
        verdict, note = "inconclusive", "the function has no values around the point to difference"
    elif apart > SAFETY * estimate.error:
        verdict = "fail"
    elif estimate.error > USELESS * scale and not claim == estimate.value == 0.0:
        verdict, note = "inconclusive", "the numerical derivative is too uncertain to tell"
    return PartialCheck(name, claim, estimate.value, estimate.error, verdict, note)


def numerical_derivative(function: Scalar, x: float, noise: float = 0.0) -> Estimate:
    """The derivative of a function of one number at x, without its rules.

    ``noise`` is how far off a value of the function may be, beyond the rounding of the value itself.
    Where the function has values on one side of x only, the differences are one-sided.

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
    scale = abs(x) if x != 0.0 else 1.0
    steps = {scale * 10.0**-k for k in range(13)} | ({10.0**-k for k in range(1, 13)} if abs(x) < 0.1 else set())
    central, left, right = (
        _trusted([_extrapolated(cached, x, step, side, noise) for step in sorted(steps)]) for side in (0, -1, 1)
    )
    value, error = central if math.isfinite(central[1]) else min(left, right, key=lambda entry: entry[1])
    changes = {at - x: y - centre for at, y in known.items() if at != x and math.isfinite(y)}
    slope = max((abs(dy / dx) for dx, dy in changes.items() if abs(dx) <= 0.1 * scale), default=0.0)
    return Estimate(value, error, left, right, slope, _jumps(changes, noise + math.ulp(centre)))


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
    centre = function(x)
    for row in range(ROWS):
        high = x + first / SHRINK**row if side >= 0 else x
        low = x - first / SHRINK**row if side <= 0 else x
        above, below = function(high), function(low)
        if high == low or not (math.isfinite(above) and math.isfinite(below)):
            previous, moved = [], math.inf  # outside the domain: start again closer by
            continue
        width = high - low
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


def rounding_noise(output: Any) -> float:
    """How far rounding may have taken a recorded output from its exact value, to first order.

    Each node is off by a unit in the last place, a function also by what such an error of its operands
    makes of its result; the adjoint carries that to the output (Higham, Accuracy and Stability of
    Numerical Algorithms, 2002, section 3.3).
    """
    if not isinstance(output, Value):
        return 0.0
    order = topological_order(output)
    adjoint = adjoints(order, order, lambda node, operand: node.partials[operand])
    terms = []
    for node in order:
        if node.operation is not None:
            inside = node.operation.precedence == FUNCTION
            carried = zip(node.parents, node.partials, strict=True) if inside else ()
            rounding = math.ulp(node.data) + sum(abs(partial) * math.ulp(parent.data) for parent, partial in carried)
            terms.append(abs(adjoint.get(node, 0.0)) * rounding)
    return math.fsum(term for term in terms if math.isfinite(term))
