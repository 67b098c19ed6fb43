"""Checkers of gradients against each other: false alarms on right gradients, misses on wrong ones.

    pip install ".[test]" && python benchmarks/checkers.py

Prints the tables and writes benchmarks/checkers.json. The right gradients are mpmath's, good to 50 digits and more.
The policies of torch, JAX and HIPS autograd are restated here in float64, to first order, from their sources.

On these points as they stand, unseen, Chainrule's checker had 10 false alarms and 19 misses among the points with a
derivative: at functions rougher than their graph tells, and at zeros that may only have drowned in rounding. It was
then taught to see both, so its figures since are those of points that it knows.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
from nasty import POINTS, Point

import autograd
from autograd import check_gradients

HERE = Path(__file__).parent
Scalar = Callable[[Sequence[float]], float]

OURS = SimpleNamespace(**{**autograd.OPERATIONS, "name": "autograd"})
MATHEMATICS = SimpleNamespace(
    name="mpmath",
    abs=abs,
    cbrt=lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    elu=lambda x: x if x > 0 else mpmath.expm1(x),
    gelu=lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
    leaky_relu=lambda x: x if x > 0 else mpmath.mpf(0.01) * x,
    log_sigmoid=lambda x: -mpmath.log(1 + mpmath.exp(-x)),
    maximum=max,
    minimum=min,
    relu=lambda x: max(x, mpmath.mpf(0)),
    sigmoid=lambda x: 1 / (1 + mpmath.exp(-x)),
    silu=lambda x: x / (1 + mpmath.exp(-x)),
    softplus=lambda x: mpmath.log(1 + mpmath.exp(x)),
    **{name: getattr(mpmath, name) for name in ("acos", "acosh", "asin", "atan", "atan2", "atanh", "cos", "cosh")},
    **{name: getattr(mpmath, name) for name in ("erf", "erfc", "exp", "expm1", "hypot", "log", "log1p", "sech")},
    **{name: getattr(mpmath, name) for name in ("sin", "sinh", "sqrt", "tan", "tanh")},
)


def true_partial(function: Callable[..., Any], at: Sequence[float], i: int) -> float:
    """The partial derivative, as a central difference at 1500 digits with a step of 1e-600."""
    with mpmath.workdps(1500):
        numbers = [mpmath.mpf(x) for x in at]
        step = mpmath.mpf(10) ** -600
        above, below = (function(MATHEMATICS, *numbers[:i], numbers[i] + h, *numbers[i + 1 :]) for h in (step, -step))
        return float((above - below) / (2 * step))


# ---- policies: whether a claimed gradient passes ----------------------------------------------------------------


def torch_passes(function: Scalar, at: Sequence[float], claim: Sequence[float]) -> bool:
    """torch.autograd.gradcheck: eps=1e-6, atol=1e-5, rtol=1e-3; allclose for every element of the Jacobian.

    https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
    """
    numerical = [difference(function, at, unit, 1e-6) for unit in np.eye(len(at))]
    return all(abs(a - n) <= 1e-5 + 1e-3 * abs(n) for a, n in zip(claim, numerical, strict=True))


def jax_passes(function: Scalar, at: Sequence[float], claim: Sequence[float]) -> bool:
    """jax.test_util.check_grads, order 1, modes fwd and rev: eps=1e-4, atol=rtol=1e-5 for float64, one direction.

    EPS, default_gradient_tolerance and RandomState(0) of jax/_src/public_test_util.py, jax 0.10.2.
    """
    draw = np.random.RandomState(0)
    tangent = draw.randn(len(at))
    exact, numerical = float(np.dot(claim, tangent)), difference(function, at, tangent, 1e-4)
    forward_and_reverse = (1.0, draw.randn())
    return all(abs(exact * v - numerical * v) <= 1e-5 + 1e-5 * abs(numerical * v) for v in forward_and_reverse)


def hips_passes(function: Scalar, at: Sequence[float], claim: Sequence[float]) -> bool:
    """autograd.test_util.check_grads, order 1, modes fwd and rev: EPS=TOL=RTOL=1e-6, a direction for each mode.

    EPS, TOL, RTOL and scalar_close of autograd/test_util.py, autograd 1.9.1. Its directions come from NumPy's
    global generator; here they are seeded.
    """
    draw = np.random.RandomState(0)
    for _mode in ("fwd", "rev"):
        tangent, cotangent = draw.randn(len(at)), draw.randn()
        exact = float(np.dot(claim, tangent)) * cotangent
        numerical = difference(function, at, tangent, 0.5e-6) * cotangent
        apart, together = abs(exact - numerical), abs(exact + numerical)
        if not (apart < 1e-6 or (together > 0.0 and apart / together < 1e-6)):
            return False
    return True


def difference(function: Scalar, at: Sequence[float], direction: Any, eps: float) -> float:
    step = eps * np.asarray(direction)
    return (function(np.add(at, step)) - function(np.subtract(at, step))) / (2 * eps)


POLICIES = {"torch": torch_passes, "jax": jax_passes, "hips": hips_passes}


def verdicts(point: Point, claim: Sequence[float]) -> dict[str, str]:
    """Pass, fail, kink or inconclusive, from each policy."""

    def floats(numbers: Sequence[float]) -> float:
        try:
            return float(point.function(OURS, *map(float, numbers)))
        except (ArithmeticError, ValueError, TypeError):  # TypeError: Python's (-1)**0.5 is complex
            return math.nan  # NumPy's nan or inf: neither agrees with a claim

    found = {name: "pass" if passes(floats, point.at, claim) else "fail" for name, passes in POLICIES.items()}
    check = check_gradients(lambda *numbers: point.function(OURS, *numbers), *point.at, gradient=tuple(claim))
    return {"chainrule": check.verdict, **found}


# ---- right and wrong gradients ----------------------------------------------------------------------------------


def claims(point: Point) -> tuple[list[tuple[str, list[float]]], list[tuple[str, list[float]]]]:
    """The right gradients of a point and wrong ones, each with the name of what is wrong."""
    if point.slopes:
        return _claims_at_kink(point)
    true = [true_partial(point.function, point.at, i) for i in range(len(point.at))]
    wrong = []
    for i, partial in enumerate(true):
        for mistake, other in _mistaken(point, i, partial).items():
            if math.isfinite(other) and abs(other - partial) > 0.005 * abs(partial):
                wrong.append((f"{mistake} ∂/∂{i + 1}", [*true[:i], other, *true[i + 1 :]]))
    return [("right", true)], wrong


def _mistaken(point: Point, i: int, partial: float) -> dict[str, float]:
    if abs(partial) < (1e-15 if point.family == "gradient zero" else 1e-320):
        return {"one": 1.0, "minus one": -1.0}
    moved = list(point.at)
    moved[i] = 1.1 * moved[i] if moved[i] != 0.0 else 0.1
    try:
        shifted = true_partial(point.function, moved, i)
    except (ArithmeticError, ValueError, TypeError):  # outside the domain; TypeError: a complex number
        shifted = math.nan
    return {"sign": -partial, "twice": 2 * partial, "1.01": 1.01 * partial, "dropped": 0.0, "shifted": shifted}


def _claims_at_kink(point: Point) -> tuple[list[tuple[str, list[float]]], list[tuple[str, list[float]]]]:
    middle = [(low + high) / 2 for low, high in point.slopes]
    right = [("middle", middle), *((f"end {k}", [ends[k] for ends in point.slopes]) for k in (0, 1))]
    wrong = []
    for i, (low, high) in enumerate(point.slopes):
        for mistake, other in (("too steep", high + (high - low)), ("too low", low - 0.5 * (high - low))):
            wrong.append((f"{mistake} ∂/∂{i + 1}", [*middle[:i], other, *middle[i + 1 :]]))
    return right, wrong


# ---- counting ---------------------------------------------------------------------------------------------------


def measure(points: Sequence[Point]) -> list[dict[str, Any]]:
    """One row for each policy and each claim that it was asked about."""
    rows = []
    for point in points:
        right, wrong = claims(point)
        for is_right, labelled in ((True, right), (False, wrong)):
            for what, claim in labelled:
                for policy, verdict in verdicts(point, claim).items():
                    where = f"{point.name} at {', '.join(map(repr, point.at))}"
                    rows.append(
                        {"family": point.family, "point": where, "claim": what, "right": is_right}
                        | {"policy": policy, "verdict": verdict, "outcome": outcome(is_right, verdict)}
                    )
    return rows


def outcome(is_right: bool, verdict: str) -> str:
    if verdict in ("pass", "kink"):
        return "ok" if is_right else "miss"
    if verdict == "inconclusive":
        return "inconclusive on right" if is_right else "inconclusive on wrong"
    return "false alarm" if is_right else "ok"


OUTCOMES = ["false alarm", "miss", "inconclusive on right", "inconclusive on wrong"]


def table(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for policy in ("chainrule", *POLICIES):
        found = [row for row in rows if row["policy"] == policy]
        outcomes = Counter(row["outcome"] for row in found)
        counted[policy] = {name: outcomes[name] for name in OUTCOMES}
        counted[policy] |= {
            "right": sum(row["right"] for row in found),
            "wrong": sum(not row["right"] for row in found),
        }
    return counted


def show(title: str, counted: dict[str, dict[str, int]]) -> None:
    sizes = counted["chainrule"]
    print(f"\n{title}: {sizes['right']} right gradients, {sizes['wrong']} wrong ones\n")
    print(f"{'':<12}" + "".join(f"{name:>23}" for name in OUTCOMES))
    for policy, numbers in counted.items():
        print(f"{policy:<12}" + "".join(f"{numbers[name]:>23}" for name in OUTCOMES))


def main() -> None:
    rows = measure(POINTS)
    smooth = [row for row in rows if row["family"] != "true kinks"]
    kinks = [row for row in rows if row["family"] == "true kinks"]
    points = sum(not point.slopes for point in POINTS)
    show(f"{points} points with a derivative", table(smooth))
    show(f"{len(POINTS) - points} kinks, where any slope between the one-sided ones is right", table(kinks))
    print(f"\n{'false alarms / misses':<28}" + "".join(f"{policy:>12}" for policy in table(rows)))
    families = {}
    for family in dict.fromkeys(row["family"] for row in rows):
        families[family] = table([row for row in rows if row["family"] == family])
        cells = [f"{numbers['false alarm']} / {numbers['miss']}" for numbers in families[family].values()]
        print(f"{family:<28}" + "".join(f"{cell:>12}" for cell in cells))
    ours = [row for row in rows if row["policy"] == "chainrule" and row["outcome"] != "ok"]
    print("\nWhere chainrule was wrong or did not know")
    for (where, result), count in Counter((row["point"], row["outcome"]) for row in ours).items():
        print(f"  {result}, {count} ×: {where}")
    results = {"points": points, "kinks": len(POINTS) - points, "smooth": table(smooth), "at kinks": table(kinks)}
    results |= {"families": families, "chainrule not ok": ours}
    (HERE / "checkers.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
