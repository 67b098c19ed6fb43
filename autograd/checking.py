"""Is a gradient right? A verdict that respects how far a numerical derivative can be trusted."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.calculus import flatten, partials_or_errors, rebuild
from autograd.errors import DerivativeError
from autograd.noise import rounding_noise
from autograd.numerical import SAFETY, Estimate, numerical_derivative
from autograd.operation import real_number
from autograd.recorded import Recorded
from autograd.value import Value

USELESS = 1e-3  # a numerical derivative with a relative error above this confirms nothing
DROWNED = 1e-5  # of the slope where the function starts to change: up to this error, zero means constant around here


@dataclass(frozen=True)
class PartialCheck:
    """The verdict on one partial derivative.

    ``name`` is the variable, ``value`` the derivative that was checked, ``numerical`` what differences give, known to
    within ``error_estimate``: NaN and infinite where they give nothing, as at a kink. ``verdict`` is one of those of
    ``GradientCheck``, and ``note`` says why, where need be.
    """

    name: str
    value: float
    numerical: float
    error_estimate: float
    verdict: str
    note: str = ""

    def __str__(self) -> str:
        value = "undefined" if math.isnan(self.value) else f"{self.value:.10g}"
        known = math.isfinite(self.error_estimate)
        numerical = f"{self.numerical:.10g} ± {self.error_estimate:.1g}" if known else "none"
        note = f" ({self.note})" if self.note else ""
        return f"{self.name}: {self.verdict}: {value}, numerically {numerical}{note}"


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """The verdict on a gradient, and on each partial derivative.

    A verdict is ``pass``; ``fail``; ``kink`` (the derivatives from the left and the right differ, so any
    value between is a matter of convention); ``inconclusive`` (the numerical derivative is too uncertain
    to tell); or ``nondeterministic`` (the function gives different results at one point). ``verdict`` is the worst
    of those in ``partials``, a list with a ``PartialCheck`` for each number of the point.

    >>> check = check_gradients(lambda x: x**2, 3.0)
    >>> check.ok, check.verdict, check.partials[0].value
    (True, 'pass', 6.0)
    """

    partials: list[PartialCheck] = field(default_factory=list)
    verdict: str = "pass"

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the gradient: every verdict is pass or kink."""
        return self.verdict in ("pass", "kink")

    def __bool__(self) -> bool:
        """As ``ok``, so that ``assert check_gradients(…)`` says what it seems to say."""
        return self.ok

    def __str__(self) -> str:
        return "\n".join([f"gradient check: {self.verdict}", *(f"  {partial}" for partial in self.partials)])

    __repr__ = __str__


_WORST_FIRST = ("nondeterministic", "fail", "inconclusive", "kink", "pass")


def check_gradients(
    function: Callable[..., Any] | Value, *arguments: Any, gradient: Any = None, names: Sequence[str] | None = None
) -> GradientCheck:
    """Check the automatic gradient of a function at a point, or a given ``gradient`` of the same structure.

    The arguments are numbers or nested sequences of numbers; ``names`` names the numbers in the report. A recorded
    output is a function of its labelled leaves, in topological order, and checked where they are now if there are no
    arguments: its operations are computed again at the points around. So what left the graph through ``.data`` stays
    as it was there; give the function itself to have that checked.

    Raises ValueError where point, gradient and names differ in how many numbers they have, or where a leaf has no label
    of its own; TypeError for anything but a function of numbers; OperationError where the point has no value.

    >>> check = check_gradients(lambda x, y: x * y, 2.0, 5.0)
    >>> check.verdict, [(partial.name, partial.value) for partial in check.partials]
    ('pass', [('x', 5.0), ('y', 2.0)])
    >>> check_gradients(abs, 0.0).verdict
    'kink'
    >>> x = Value(3.0, label="x")
    >>> check_gradients(x * x).partials[0].value
    6.0
    """
    if isinstance(function, Value):
        function = Recorded(function)
        arguments = arguments or tuple(function.point.values())
    elif not callable(function):
        raise TypeError(f"check_gradients takes a function or a recorded Value, not {type(function).__name__}")
    point = list(map(_plain, flatten(arguments)))
    labels = list(names or _names(function, arguments))

    def recorded(numbers: Sequence[float]) -> Any:
        # Recorded numbers rather than floats: the function may use their methods.
        return function(*rebuild(arguments, iter([Value(number) for number in numbers])))

    def at(numbers: Sequence[float]) -> float:
        result = recorded(numbers)
        return result.data if isinstance(result, Value) else float(result)

    reasons: dict[int, str] = {}
    if gradient is None:
        claims, reasons = _automatic(function, rebuild(arguments, iter(point)))
    else:
        claims = list(map(_plain, flatten(gradient)))
    if len(claims) != len(point):
        raise ValueError(
            f"the gradient and the point differ in how many numbers they have: {len(claims)}, {len(point)}"
        )
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

        estimate = numerical_derivative(along, point[i], noise)
        if i in reasons:
            partials.append(PartialCheck(name, claim, estimate.value, estimate.error, "inconclusive", reasons[i]))
        else:
            partials.append(_judged(name, claim, estimate, abs(claim) * math.ulp(point[i])))
    found = {partial.verdict for partial in partials}
    return GradientCheck(partials, next(verdict for verdict in _WORST_FIRST if verdict in found or verdict == "pass"))


def _plain(number: Any) -> float:
    return number.data if isinstance(number, Value) else real_number(number)


def _automatic(function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[list[float], dict[int, str]]:
    """The automatic gradient, and for each partial derivative that does not exist, why."""
    leaves = [Value(number) for number in flatten(arguments)]
    output = function(*rebuild(arguments, iter(leaves)))
    if not isinstance(output, Value):
        real_number(output)  # a constant function, or a TypeError
        return [0.0] * len(leaves), {}
    found = partials_or_errors(output, leaves)
    claims = [math.nan if isinstance(partial, DerivativeError) else partial for partial in found]
    return claims, {i: str(partial) for i, partial in enumerate(found) if isinstance(partial, DerivativeError)}


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


def _judged(name: str, claim: float, estimate: Estimate, per_ulp: float) -> PartialCheck:
    """The verdict; per_ulp is by how much the claim lets the function change from one float to the next."""
    apart = abs(claim - estimate.value)
    scale = max(abs(claim), abs(estimate.value), estimate.slope)
    low, high = sorted((estimate.left[0], estimate.right[0]))
    slack = SAFETY * (estimate.left[1] + estimate.right[1])
    verdict, note = "pass", ""
    if per_ulp > 0.01 * estimate.range > 0.0 and estimate.range != math.inf:
        verdict, note = "inconclusive", "from one float to the next the function changes too much to tell"
    elif estimate.jump:
        verdict, note = "kink", "the function jumps here, so it has no derivative"
    elif estimate.kink:
        sides = f"the derivative is {estimate.left[0]:.6g} from the left and {estimate.right[0]:.6g} from the right"
        inside = low - slack <= claim <= high + slack
        verdict, note = ("kink", sides) if inside else ("fail", sides)
    elif not math.isfinite(estimate.error) or not math.isfinite(claim):
        verdict, note = "inconclusive", "the function has no values around the point to difference"
    elif apart > SAFETY * estimate.error:
        verdict = "fail"
    elif claim == estimate.value == 0.0:
        if estimate.error > DROWNED * estimate.onset > 0.0:
            verdict, note = "inconclusive", "a change that drowns in the rounding of the rest cannot be excluded"
    elif estimate.error > USELESS * scale:
        verdict, note = "inconclusive", "the numerical derivative is too uncertain to tell"
    one_slope = not (estimate.jump or estimate.kink)  # else what central differences give is no derivative
    numerical, error = (estimate.value, estimate.error) if one_slope else (math.nan, math.inf)
    return PartialCheck(name, claim, numerical, error, verdict, note)
