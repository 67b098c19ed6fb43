"""The exercises of the course: a function, and the point at which to work through it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """One exercise: its formula, and the value of each variable."""

    number: int
    title: str
    formula: str
    at: dict[str, str]


# J. I. Padilla Buriticá, course on backpropagation, Universidad EAFIT, 2025.
EXERCISES = (
    Exercise(1, "a quotient", "(x + y)/z", {"x": "3", "y": "2", "z": "1"}),
    Exercise(2, "exponential and sine", "x*exp(y) + sin(z)", {"x": "1.5", "y": "-1", "z": "pi/2"}),
    Exercise(3, "a logarithm of squares", "log(x**2 + y**2 + 1)", {"x": "2", "y": "1"}),
)
COURSE = EXERCISES
