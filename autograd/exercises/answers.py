"""Answers that can be checked: each shows in numbers that it holds, or that it does not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from autograd.calculus import grad
from autograd.errors import OperationError, RangeError
from autograd.formula import Formula, constant
from autograd.notation import number

PARTIAL = "∂f/∂"


@dataclass(frozen=True)
class Evidence:
    """Whether an answer ``holds``, and the numbers that show it: as ``text``, and as ``rows`` below a ``header``.

    >>> from autograd import Formula
    >>> found = Dominating("y > x").evidence(Formula("x*y"), {"x": 3.0, "y": 1.0})
    >>> found.holds, found.text
    (True, '∂f/∂y = 3, ∂f/∂x = 1')
    """

    holds: bool
    text: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()  # the same numbers as a table, true as printed


class Answer(Protocol):
    """An answer to a question about a function at a point."""

    def evidence(self, formula: Formula, at: Mapping[str, float]) -> Evidence:
        """The answer, tried in numbers."""


def gradient(formula: Formula, at: Mapping[str, float]) -> dict[str, float]:
    """The partial derivatives of a formula at a point, by the name of the variable.

    >>> gradient(Formula("x*y"), {"x": 2.0, "y": 5.0})
    {'x': 5.0, 'y': 2.0}
    """
    names = formula.variables
    partials = grad(formula, range(len(names)))(*(at[name] for name in names))
    return dict(zip(names, partials, strict=True))


def _table(parts: Sequence[Evidence]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The tables of several sides as one."""
    return parts[0].header, tuple(row for part in parts for row in part.rows)


@dataclass(frozen=True)
class Limit:
    """What an expression tends to as one variable moves, the others staying where they are.

    ``of`` is f, a partial derivative such as ∂f/∂x, or a formula; ``variable`` is the one that moves, and ``to`` where
    it goes: a number, with + or - after it for one side only, or inf or -inf; ``value`` is a number, inf or -inf.

    >>> print(Limit("∂f/∂x", "x", "inf", "0").evidence(Formula("log(x)"), {"x": 1.0}).text)
    ∂f/∂x at x = 10, 100, 10000, 1e+08, 1e+16, 1e+32: 0.1, 0.01, 0.0001, 1e-08, 1e-16, 1e-32
    """

    of: str
    variable: str
    to: str
    value: str

    def evidence(self, formula: Formula, at: Mapping[str, float]) -> Evidence:
        """The expression at points on the way to the limit, from each side."""
        found = [self._approach(formula, at, list(points)) for points in self._ways()]
        return Evidence(all(part.holds for part in found), "\n".join(part.text for part in found), *_table(found))

    def _ways(self) -> Iterator[Iterator[float]]:
        if self.to.endswith("inf"):
            yield (math.copysign(10.0**k, float(self.to)) for k in (1, 2, 4, 8, 16, 32))
            return
        end = constant(self.to.rstrip("+-"))
        for side, sign in (("+", 1.0), ("-", -1.0)):
            if self.to[-1] not in "+-" or self.to[-1] == side:
                yield (end + sign * 10.0**-k for k in range(1, 7))

    def _approach(self, formula: Formula, at: Mapping[str, float], points: list[float]) -> Evidence:
        values: list[float] = []
        ended, overflows = "", False
        try:
            for point in points:
                values.append(0.0 + self._value(formula, {**at, self.variable: point}))  # no -0.0
        except OperationError as error:
            ended, overflows = ", and there floats end", isinstance(error, RangeError)
        shown = [", ".join(f"{number:.6g}" for number in numbers) for numbers in (points[: len(values)], values)]
        text = f"{self.of} at {self.variable} = {shown[0]}: {shown[1]}{ended}"
        rows = [(number(x, 12), number(y, 6)) for x, y in zip(points, values, strict=False)]
        end = [(number(points[len(values)], 12), "floats end")] if ended else []
        holds = len(values) > 1 and self._tends(values, overflows)
        return Evidence(holds, text, (self.variable, self.of), (*rows, *end))

    def _value(self, formula: Formula, at: Mapping[str, float]) -> float:
        if self.of.startswith(PARTIAL):
            return gradient(formula, at)[self.of.removeprefix(PARTIAL)]
        expression = formula if self.of == "f" else Formula(self.of, at)
        return float(expression.evaluate(at))

    def _tends(self, values: list[float], overflows: bool) -> bool:
        if self.value.endswith("inf"):
            heights = [math.copysign(1.0, float(self.value)) * value for value in values]
            grows = all(low < high for low, high in pairwise(heights))
            return grows and (overflows or heights[-1] > max(1.0, 5.0 * heights[0]))
        limit = constant(self.value)
        first, last = abs(values[0] - limit), abs(values[-1] - limit)
        return last <= min(first, 1e-4 * max(1.0, abs(limit)))


@dataclass(frozen=True)
class Dominating:
    """Which variables move f most at the point: a ``ranking`` by the size of the derivative, as in ``z > x = y``.

    >>> Dominating("y > x").evidence(Formula("x*y**2"), {"x": 1.0, "y": 3.0}).holds
    False
    """

    ranking: str

    @classmethod
    def found(cls, formula: Formula, at: Mapping[str, float]) -> Dominating:
        """The ranking that holds at a point."""
        sizes = {name: abs(partial) for name, partial in gradient(formula, at).items()}
        names = sorted(sizes, key=lambda name: -sizes[name])
        marks = [" = " if math.isclose(sizes[a], sizes[b]) else " > " for a, b in pairwise(names)]
        return cls("".join(part for pair in zip(names, [*marks, ""], strict=True) for part in pair))

    def evidence(self, formula: Formula, at: Mapping[str, float]) -> Evidence:
        """The partial derivatives at the point; one that is 0 up to rounding counts as 0."""
        partials = gradient(formula, at)
        largest = max(map(abs, partials.values()))
        sizes = {name: abs(partial) if abs(partial) > 1e-15 * largest else 0.0 for name, partial in partials.items()}
        groups = [group.split(" = ") for group in self.ranking.split(" > ")]
        equal = all(math.isclose(sizes[name], sizes[group[0]]) for group in groups for name in group)
        falls = all(sizes[a[0]] > sizes[b[0]] * (1 + 1e-9) for a, b in pairwise(groups))
        complete = sorted(name for group in groups for name in group) == sorted(partials)
        text = ", ".join(f"{PARTIAL}{name} = {partials[name]:.6g}" for group in groups for name in group)
        ranked = [name for group in groups for name in group]
        rows = [(f"{PARTIAL}{name}", number(partials[name] if sizes[name] else 0.0)) for name in ranked]
        return Evidence(complete and equal and falls, text, ("", "here"), tuple(rows))


@dataclass(frozen=True)
class Stable:
    """Two formulas for one number: the ``naive`` one loses it in floats, the ``stable`` one does not.

    ``at`` gives each variable its value, as text; ``exact`` is the number in decimals, good to at least 16 digits.

    >>> lost = Stable("log(1 + x)", "log1p(x)", {"x": "1e-20"}, "1e-20")
    >>> print(lost.evidence(Formula("x"), {}).text)
    at x = 1e-20, exactly 1e-20: log(1 + x) gives 0.0, log1p(x) gives 1e-20
    """

    naive: str
    stable: str
    at: Mapping[str, str] = field(hash=False)
    exact: str

    def evidence(self, formula: Formula, at: Mapping[str, float]) -> Evidence:
        """Both formulas at the point of this answer, beside the exact number."""
        values = {name: constant(text) for name, text in self.at.items()}
        (lost, naive), (kept, stable) = (self._tried(text, values) for text in (self.naive, self.stable))
        point = ", ".join(f"{name} = {text}" for name, text in self.at.items())
        text = f"at {point}, exactly {self.exact}: {self.naive} {naive}, {self.stable} {stable}"
        rows = (("exactly", self.exact), (self._read(self.naive), naive), (self._read(self.stable), stable))
        return Evidence(lost > 1e-8 and kept < 1e-14, text, ("", f"at {point}"), rows)

    def _read(self, text: str) -> str:
        return Formula(text).mathematics

    def _tried(self, text: str, values: Mapping[str, float]) -> tuple[float, str]:
        """The relative error of a formula, infinite where it has no value; and what came of it."""
        try:
            found = float(Formula(text, values).evaluate(values))
        except OperationError as error:
            return math.inf, f"fails ({error})"
        exact = constant(self.exact)
        return abs(found - exact) / abs(exact), f"gives {found!r}"
