"""What an exercise is: a function, its domain, a point, its steps, and questions with answers that can be checked."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.errors import OperationError
from autograd.exercises.answers import Answer, Evidence
from autograd.formula import Formula, constant


@dataclass(frozen=True)
class Question:
    """A question about an exercise: its ``text``, the answer in ``words``, and the ``answer`` as something to try.

    >>> from autograd.exercises import COURSE
    >>> question = COURSE[0].questions[2]
    >>> question.text, question.words
    ('Which input moves f most at this point?', 'z, five times as much.')
    """

    text: str
    words: str
    answer: Answer


@dataclass(frozen=True)
class Exercise:
    """A formula to take through a forward and a backward pass, with a ``number`` and a ``title``.

    ``at`` gives each variable its value, as text; ``domain`` are conditions on the variables; ``steps`` are
    intermediate results, each a formula over the variables and the steps before it, the last one named f; ``questions``
    have answers that can be tried. A formula, number or condition that cannot be read is a FormulaError when it is
    used.

    >>> area = Exercise(1, "an area", "x*y", {"x": "2", "y": "pi"}, domain=("x > 0", "y > 0"))
    >>> area.values["y"], area.contains({"x": -1.0, "y": 1.0})
    (3.141592653589793, False)
    """

    number: int
    title: str
    formula: str
    at: dict[str, str] = field(hash=False)
    domain: tuple[str, ...] = ()
    steps: dict[str, str] = field(default_factory=dict, hash=False)
    questions: tuple[Question, ...] = ()

    @property
    def function(self) -> Formula:
        """The formula, to be called."""
        return Formula(self.formula, self.at)

    @property
    def by_steps(self) -> Formula:
        """The formula computed step by step, so that every step is a part of its graph."""
        return _BySteps(self) if self.steps else self.function

    @property
    def values(self) -> dict[str, float]:
        """The value of each variable at the point of the exercise."""
        return {name: constant(text) for name, text in self.at.items()}

    @property
    def named_steps(self) -> dict[str, str]:
        """The steps before f."""
        return {name: text for name, text in self.steps.items() if name != "f"}

    def evidence(self) -> list[Evidence]:
        """Each question's answer, tried in numbers."""
        return [question.answer.evidence(self.function, self.values) for question in self.questions]

    def follow(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The steps in order, computed from numbers of any kind; f alone where the exercise has no steps."""
        return follow(self.steps or {"f": self.formula}, values)

    def contains(self, values: Mapping[str, float]) -> bool:
        """Whether a point lies in the domain, and the formula has a value there."""
        try:
            inside = all(Formula(condition, values).evaluate(values) for condition in self.domain)
            return inside and bool(self.function.evaluate(values) is not None)
        except OperationError:
            return False

    def sample(self, seed: int | str) -> dict[str, float]:
        """A random point of the domain, with coordinates between -3 and 3; the same for the same ``seed``.

        Raises ValueError where 10,000 tries find none.
        """
        draw = random.Random(f"{seed} {self.formula}")
        for _ in range(10_000):
            point = {name: draw.uniform(-3.0, 3.0) for name in self.at}
            if self.contains(point):
                return point
        raise ValueError(f"no point with coordinates between -3 and 3 was found where {' and '.join(self.domain)}")


def follow(steps: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Each step computed from the variables and the steps before it.

    >>> follow({"q": "1 + x", "f": "x/q"}, {"x": 3.0})
    {'q': 4.0, 'f': 0.75}
    """
    return _followed(_read(steps, values), values)


def _followed(steps: Mapping[str, Formula], values: Mapping[str, Any]) -> dict[str, Any]:
    known = dict(values)
    for name, formula in steps.items():
        known[name] = formula.evaluate(known)
    return {name: known[name] for name in steps}


def _read(steps: Mapping[str, str], variables: Iterable[str]) -> dict[str, Formula]:
    """Each step as a formula over the variables and the steps before it."""
    names = [*variables, *steps]
    first = len(names) - len(steps)
    return {name: Formula(text, names[: first + i]) for i, (name, text) in enumerate(steps.items())}


class _BySteps(Formula):
    def __init__(self, exercise: Exercise) -> None:
        super().__init__(exercise.formula, exercise.at)
        self._exercise = exercise
        self._formulas = _read(exercise.steps, exercise.at)  # once: it is evaluated at hundreds of points

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        return _followed(self._formulas, values)["f"]

    def __reduce__(self) -> tuple[Any, ...]:
        return _BySteps, (self._exercise,)
