"""Exercises as text: the task, and the worked solution."""

from __future__ import annotations

from collections.abc import Iterable

from autograd.calculus import derivative_formulas
from autograd.exercises.answers import PARTIAL
from autograd.exercises.exercise import Exercise
from autograd.value import Value


def describe(exercise: Exercise) -> str:
    """The ``exercise`` as text, as a learner gets it: without the solution.

    >>> from autograd.exercises import EXERCISES
    >>> print(describe(EXERCISES[3])[:105])
    Exercise 4: a sum times a factor
    ================================
    <BLANKLINE>
    f = (x + y)*z
    at x = -2, y = 5, z = -4
    """
    domain = f"\nfor {' and '.join(exercise.domain)}" if exercise.domain else ""
    parts = [f"{_headed('Exercise', exercise)}{domain}"]
    partials = ", ".join(PARTIAL + name for name in exercise.at)
    parts.append(f"Compute f step by step, then by hand its partial derivatives {partials}.")
    if exercise.steps:
        parts.append("Steps\n" + _indented(f"{name} = {text}" for name, text in exercise.steps.items()))
    if exercise.questions:
        numbered = (f"{i}. {question.text}" for i, question in enumerate(exercise.questions, 1))
        parts.append("Questions\n" + _indented(numbered))
    return "\n\n".join(parts)


def solution(exercise: Exercise) -> str:
    """The worked solution of an ``exercise`` as text.

    It has both passes in numbers, the derivatives as formulas, and the answers to the questions with the numbers that
    show them.

    >>> from autograd.exercises import Exercise
    >>> print(solution(Exercise(1, "a square", "(x + 1)**2", {"x": "3"}, steps={"q": "x + 1", "f": "q**2"})))
    Solution of exercise 1: a square
    ================================
    <BLANKLINE>
    f = (x + 1)**2
    at x = 3
    <BLANKLINE>
    Forward pass
      q = x + 1 = 4
      f = q**2 = 16
    <BLANKLINE>
    Backward pass
      ∂f/∂q = 8
      ∂f/∂x = 2 * (x + 1) = 8
    """
    leaves = {name: Value(value, label=name) for name, value in exercise.values.items()}
    steps = exercise.follow(leaves)
    output = steps["f"]
    formulas = derivative_formulas(output, list(leaves.values()))
    output.backward()
    texts = exercise.steps or {"f": exercise.formula}
    forward = (f"{name} = {text} = {steps[name].data:.6g}" for name, text in texts.items())
    adjoints = [f"{PARTIAL}{name} = {steps[name].grad:.6g}" for name in reversed(texts) if name != "f"]
    partials = [
        f"{PARTIAL}{name} = {formula} = {leaf.grad:.6g}"
        for (name, leaf), formula in zip(leaves.items(), formulas, strict=True)
    ]
    parts = [_headed("Solution of exercise", exercise), "Forward pass\n" + _indented(forward)]
    parts.append("Backward pass\n" + _indented([*adjoints, *partials]))
    if exercise.questions:
        answers = zip(exercise.questions, exercise.evidence(), strict=True)
        lines = (f"{i}. {question.words}\n{found.text}" for i, (question, found) in enumerate(answers, 1))
        parts.append("Answers\n" + _indented(lines))
    return "\n\n".join(parts)


def _headed(what: str, exercise: Exercise) -> str:
    title = f"{what} {exercise.number}: {exercise.title}"
    place = ", ".join(f"{name} = {text}" for name, text in exercise.at.items())
    return f"{title}\n{'=' * len(title)}\n\nf = {exercise.formula}\nat {place}"


def _indented(lines: Iterable[str]) -> str:
    return "\n".join("  " + line.replace("\n", "\n     ") for line in lines)
