"""Fresh exercises from parameterised families: the same seed gives the same exercise, another seed another one."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from autograd.errors import OperationError
from autograd.exercises.answers import Dominating, gradient
from autograd.exercises.exercise import Exercise, Question, follow
from autograd.formula import Formula
from autograd.symbol import Symbol
from autograd.verifying.hiding import hides_no_mistake

NAMES = ("xyz", "abc", "uvw", "rst", "xyt", "kmn")
COEFFICIENTS = ("2", "3", "4", "5", "0.5", "1.5")
COORDINATES = ("-5", "-4", "-3", "-2.5", "-2", "-1.5", "-0.5", "-0.4", "0.3", "0.5", "0.6", "1.5", "2.5", "3", "4", "5")
READABLE = (0.01, 500.0)  # sizes of the value and of each partial derivative


@dataclass(frozen=True)
class Family:
    """Exercises of one shape: steps and domain over the variables x, y, z and the coefficients A and B."""

    difficulty: int
    title: str
    steps: dict[str, str]
    domain: tuple[str, ...] = ()


FAMILIES = (
    Family(1, "a quotient", {"q": "A*x + y", "f": "q/z"}, ("z != 0",)),
    Family(1, "a difference times a factor", {"q": "x - A*y", "f": "q*z"}),
    Family(1, "a square", {"q": "A*x - B*y", "f": "q**2"}),
    Family(1, "a product and a sum", {"p": "x*y", "f": "A*p + B*z"}),
    Family(2, "an exponential", {"p": "exp(y)", "q": "A*x*p", "f": "q - B*z"}),
    Family(2, "a logarithm of squares", {"p": "A*x**2", "q": "y**2", "h": "p + q + B", "f": "log(h)"}),
    Family(2, "a sine of a product", {"p": "x*y", "q": "sin(p)", "f": "A*q + z**2"}),
    Family(2, "a root", {"p": "A*x**2", "q": "B*y**2", "h": "p + q", "f": "sqrt(h)"}, ("x**2 + y**2 > 0",)),
    Family(3, "growth against decay", {"p": "y*x", "q": "exp(-p)", "f": "A*x*q"}),
    Family(3, "a sigmoid neuron", {"p": "x*y", "h": "p + z", "f": "A*sigmoid(h)"}),
    Family(3, "a fraction of products", {"p": "x + A*y", "q": "x*y + B", "f": "p/q"}, ("x*y + B != 0",)),
    Family(3, "a power", {"p": "x**y", "f": "p + A*y"}, ("x > 0",)),
    Family(4, "a bell curve", {"d": "x - A*y", "p": "d**2", "q": "B*z**2", "h": "p/q", "f": "exp(-h)"}, ("z != 0",)),
    Family(4, "a neuron with cross-entropy", {"p": "x*y", "h": "p + z", "q": "sigmoid(h)", "f": "-A*log(q)"}),
    Family(4, "a soft ramp", {"p": "x*y - z", "q": "exp(p)", "h": "1 + q", "f": "A*log(h)"}),
    Family(4, "a wave in an envelope", {"p": "x**2", "q": "cos(A*y)", "h": "1 + p", "f": "q*z/h"}),
    Family(
        5,
        "softmax with cross-entropy",
        {"p": "exp(A*x)", "q": "exp(y)", "h": "exp(z)", "d": "p + q + h", "g": "log(d)", "f": "g - y"},
    ),
    Family(5, "a network of two layers", {"h": "tanh(A*x + y)", "p": "z*h", "d": "p - B", "f": "d**2"}),
    Family(5, "two neurons", {"p": "sigmoid(A*x + y)", "q": "tanh(x*z)", "h": "p*q", "f": "B*h + y*z"}),
)
DIFFICULTIES = tuple(sorted({family.difficulty for family in FAMILIES}))
"""The difficulties of fresh exercises, from 1 to 5."""


def fresh(seed: int | str, difficulty: int | None = None) -> Exercise:
    """A random exercise of one difficulty from 1 to 5 or of any, at a readable point that hides no common mistake.

    The same ``seed`` gives the same exercise. The exercise's number is its difficulty.
    Raises ValueError for any other difficulty.

    >>> exercise = fresh(7, difficulty=1)
    >>> exercise == fresh(7, difficulty=1)
    True
    """
    draw = random.Random(f"{seed} {difficulty}")
    if difficulty is None:
        difficulty = draw.choice(DIFFICULTIES)
    families = [family for family in FAMILIES if family.difficulty == difficulty]
    if not families:
        raise ValueError(f"the difficulty is one of {', '.join(map(str, DIFFICULTIES))}, not {difficulty!r}")
    while True:
        exercise = _drawn(draw, draw.choice(families))
        if _readable(exercise) and hides_no_mistake(exercise.function, exercise.values):
            return replace(exercise, questions=_questions(exercise))


def fresh_exercises(seed: int | str) -> tuple[Exercise, ...]:
    """A fresh exercise of each difficulty: a sheet for one student, whose name may be the ``seed``.

    >>> [exercise.number for exercise in fresh_exercises("Ada")]
    [1, 2, 3, 4, 5]
    """
    return tuple(fresh(seed, difficulty) for difficulty in DIFFICULTIES)


def _drawn(draw: random.Random, family: Family) -> Exercise:
    words = dict(zip("xyz", draw.choice(NAMES), strict=True))
    variables = {name: Symbol(name) for name in words.values()}
    words |= dict(zip("AB", draw.sample(COEFFICIENTS, 2), strict=True))

    def filled(text: str) -> str:
        return re.sub(r"\b[xyzAB]\b", lambda found: words[found[0]], text)

    steps = {name: filled(text) for name, text in family.steps.items()}
    formula = re.sub(r" (\*\*?|/) ", r"\1", str(follow(steps, variables)["f"]))  # x*y + z, as the steps are written
    at = {name: draw.choice(COORDINATES) for name in Formula(formula).variables}
    return Exercise(family.difficulty, family.title, formula, at, tuple(map(filled, family.domain)), steps)


def _readable(exercise: Exercise) -> bool:
    """Whether the point lies in the domain, and neither f nor a partial derivative is very small or large there."""
    formula, at = exercise.function, exercise.values
    if not exercise.contains(at):
        return False
    try:
        sizes = [abs(number) for number in (formula.evaluate(at), *gradient(formula, at).values())]
    except OperationError:
        return False
    return all(READABLE[0] <= size <= READABLE[1] for size in sizes)


def _questions(exercise: Exercise) -> tuple[Question, ...]:
    answer = Dominating.found(exercise.function, exercise.values)
    if len(exercise.at) == 1:
        return ()
    return (Question("Order the inputs by how much they move f at this point.", f"{answer.ranking}.", answer),)
