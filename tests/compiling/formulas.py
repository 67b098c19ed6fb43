"""Random formulas over the whole table, and how what is compiled of one differs from the eager engine."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import OPERATIONS, Value, compile
from autograd.errors import OperationError

NAMES = ("x", "y", "z")
CONSTANTS = (0.0, 1.0, -1.0, 2.0, 0.5, -2.0, 3.0, 1e17, -1e17)
ARITHMETIC = ("add", "subtract", "multiply", "divide", "neg", "add", "multiply", "power", "square")
EXTREMES = (0.0, 1.0, -1.0, 0.5, 1e17, -1e17, 1e160, -1e-160, 40.0, -40.0, 800.0, -800.0)

Tree = tuple[Any, ...]  # an operation's name and its operands; a variable's name; or a number


class Formula:
    """The formula of a seed and a number, and points to try it at; the number goes through the operations in turn."""

    def __init__(self, seed: int, number: int) -> None:
        self.draw = random.Random(f"{seed} {number}")
        names = sorted(OPERATIONS)
        self.operations: list[str] = []
        self.tree = self._grown(names[number % len(names)], self.draw.randint(1, 5))
        if self.draw.random() < 0.5:
            self.tree = self._operation(self.draw.choice(ARITHMETIC), [self.tree, self._leaf()])
        self.points = [self._point() for _ in range(4)]

    def _grown(self, name: str, size: int) -> Tree | str | float:
        operands = [
            self._grown(self.draw.choice([*ARITHMETIC, *OPERATIONS]), size - 1 - self.draw.randint(0, 2))
            if size > 1
            else self._leaf()
            for _ in range(OPERATIONS[name].arity)
        ]
        return self._operation(name, operands)

    def _operation(self, name: str, operands: list[Any]) -> Tree:
        self.operations.append(name)
        return (name, *operands[: OPERATIONS[name].arity])

    def _leaf(self) -> str | float:
        return self.draw.choice(NAMES) if self.draw.random() < 0.75 else self.draw.choice(CONSTANTS)

    def _point(self) -> list[float]:
        kind = self.draw.random()
        return [
            self.draw.choice(EXTREMES) if self.draw.random() < kind / 2 else self.draw.gauss(0.0, 1.0 + 3.0 * kind)
            for _ in NAMES
        ]

    def __call__(self, *numbers: Any, passed: Callable[[Any], Any] = lambda x: x) -> Any:
        """The formula of numbers of any kind; ``passed`` is done to each operand on its way to its operation."""

        def of(tree: Any) -> Any:
            if isinstance(tree, tuple):
                name, *operands = tree
                return OPERATIONS[name](*(passed(of(operand)) for operand in operands))
            return numbers[NAMES.index(tree)] if isinstance(tree, str) else tree

        return of(self.tree) + 0.0 * numbers[0]

    def __str__(self) -> str:
        def text(tree: Any) -> str:
            if isinstance(tree, tuple):
                return f"{tree[0]}({', '.join(map(text, tree[1:]))})"
            return str(tree)

        return f"{text(self.tree)} at {self.points}"


def difference(formula: Formula, target: str) -> str:
    """How value, gradient or error of the compiled formula differ from the eager ones; empty where they do not."""
    try:
        f = compile(lambda x, y, z: formula(x, y, z), target=target)
        for point in formula.points:
            found = _outcome(lambda point=point: _row(*f.value_and_grad(*point)))  # type: ignore[misc]
            if text := _difference(f"at {point}: ", found, formula, point):
                return text
        good = [point for point in formula.points if isinstance(_eager(formula, point), np.ndarray)]
        if good:
            values, partials = f.value_and_grad(*np.array(good).T)
            for point, row in zip(good, np.array([values, *partials]).T, strict=True):
                if text := _difference(f"at {point} in an array: ", row, formula, point):
                    return text
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _row(value: float, partials: tuple[float, ...]) -> np.ndarray:
    return np.array([value, *partials])


def _outcome(run: Callable[[], np.ndarray]) -> np.ndarray | OperationError:
    try:
        return run()
    except OperationError as error:
        return error


def _eager(formula: Formula, point: list[float], passed: Callable[[Any], Any] = lambda x: x) -> Any:
    def run() -> np.ndarray:
        leaves = [Value(x, label=name) for x, name in zip(point, NAMES, strict=True)]
        out = formula(*leaves, passed=passed)
        out.backward()
        return np.array([out.data, *(leaf.grad for leaf in leaves)])

    return _outcome(run)


def _difference(where: str, found: Any, formula: Formula, point: list[float]) -> str:
    wanted = _eager(formula, point)
    if isinstance(wanted, OperationError) or isinstance(found, OperationError):
        same = type(found) is type(wanted) and str(found) == str(wanted)
        return "" if same else f"{where}{found!r} instead of {wanted!r}"
    nudged = [again for again in (_nudged(formula, point, k) for k in range(6)) if isinstance(again, np.ndarray)]
    if len(nudged) < 6:
        return ""  # at the edge of what has a value
    spread = np.max([np.abs(again - wanted) for again in nudged], axis=0)
    with np.errstate(all="ignore"):
        allowed = 1e-12 * np.abs(wanted) + 1e-15 * np.abs(wanted).max() + 100.0 * spread  # contributions may cancel
        close = (np.abs(found - wanted) <= allowed) | ~np.isfinite(spread)
    return "" if close.all() else f"{where}{found.tolist()} instead of {wanted.tolist()}"


def _nudged(formula: Formula, point: list[float], k: int) -> Any:
    """As the eager engine, with an error of a few units in the last place on every edge."""
    draw = random.Random(k)

    def passed(operand: Any) -> Any:
        return operand * (1.0 + draw.choice((-1.0, 1.0)) * 2.0**-51) if isinstance(operand, Value) else operand

    return _eager(formula, point, passed)
