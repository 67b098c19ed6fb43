"""Exercises as they are read: the task, the worked solution, and sheets to print, with blanks to be filled in."""

from __future__ import annotations

from collections.abc import Iterable

from autograd.deriving.derivation import Derivation
from autograd.deriving.pages import Blank, Block, Line, Page, Section, Table, as_text
from autograd.exercises.answers import Evidence
from autograd.exercises.exercise import Exercise, Question
from autograd.formula import Formula
from autograd.notation import Expression, expression, name
from autograd.notation.tree import Equation, Name, Partial
from autograd.value import Value


def describe(exercise: Exercise) -> str:
    """The ``exercise`` as text, as a learner gets it: without the solution.

    >>> from autograd.exercises import EXERCISES
    >>> print(describe(EXERCISES[3])[:105])
    Exercise 4: a sum times a factor
    ================================
    <BLANKLINE>
    f = (x + y)·z
    at x = −2, y = 5, z = −4
    """
    return as_text(task(exercise))


def solution(exercise: Exercise) -> str:
    """The worked solution of an ``exercise`` as text: a derivation, and the answers with their evidence.

    >>> from autograd.exercises import Exercise
    >>> worked = solution(Exercise(1, "a square", "(x + 1)**2", {"x": "3"}, steps={"q": "x + 1", "f": "q**2"}))
    >>> print(worked.splitlines()[-1])
    ∂f/∂x   2(x + 1)     8      8             pass
    """
    return str(derivation(exercise))


def derivation(exercise: Exercise) -> Derivation:
    """The solution of an ``exercise`` as a derivation, whose steps have the names that the exercise gives them.

    >>> from autograd.exercises import Exercise
    >>> print(str(derivation(Exercise(1, "a square", "x**2", {"x": "3"}))).splitlines()[0])
    Solution of exercise 1: a square
    """
    leaves = {name: Value(value, label=name) for name, value in exercise.values.items()}
    steps = exercise.follow(leaves)
    for step, value in steps.items():
        if isinstance(value, Value) and value.operation is not None:
            value.label = step
    answers = zip(exercise.questions, exercise.evidence(), strict=True)
    blocks = [block for i, (question, found) in enumerate(answers, 1) for block in _answered(i, question, found)]
    more = (Section("Answers", tuple(blocks)),) if blocks else ()
    title = f"Solution of exercise {exercise.number}: {exercise.title}"
    return Derivation(steps["f"], exercise.by_steps, list(leaves.values()), title, more)


def task(exercise: Exercise) -> Page:
    """An ``exercise`` as a page, to be written as text, Markdown, LaTeX or HTML.

    >>> from autograd.exercises import Exercise
    >>> task(Exercise(1, "a square", "x**2", {"x": "3"})).title
    'Exercise 1: a square'
    """
    partials = [Partial("f", name) for name in exercise.at]
    words: Line = ("Compute f step by step, then by hand its partial derivatives ", *_listed(partials), ".")
    steps = tuple((_equation(step, text),) for step, text in exercise.steps.items())
    questions = tuple((f"{i}. {question.text}",) for i, question in enumerate(exercise.questions, 1))
    sections = [Section("Task", (words,)), Section("Steps", steps), Section("Questions", questions)]
    return Page(_title(exercise), _head(exercise), tuple(part for part in sections if part.blocks))


def sheet(exercise: Exercise) -> Page:
    """An ``exercise`` to be printed: every step, edge and question with a blank.

    >>> from autograd.exercises import Exercise
    >>> [section.title for section in sheet(Exercise(1, "a square", "x**2", {"x": "3"})).sections]
    ['Forward pass', 'Backward pass', 'The gradient']
    """
    solved = derivation(exercise).sheet
    questions = [line for i, question in enumerate(exercise.questions, 1) for line in _asked(i, question)]
    more = (Section("Questions", tuple(questions)),) if questions else ()
    return Page(_title(exercise), _head(exercise), (*solved.sections, *more))


def _title(exercise: Exercise) -> str:
    return f"Exercise {exercise.number}: {exercise.title}"


def _head(exercise: Exercise) -> tuple[Line, ...]:
    point = [Equation((Name(name), _typed(text))) for name, text in exercise.at.items()]
    domain = " and ".join(_condition(condition) for condition in exercise.domain)
    return ((_equation("f", exercise.formula),), ("at ", *_listed(point)), *(((f"for {domain}",),) if domain else ()))


def _condition(text: str) -> str:
    return Formula(text).mathematics.removeprefix("[").removesuffix("]")


def _equation(left: str, formula: str) -> Expression:
    return Equation((Name(left), _typed(formula)))


def _typed(formula: str) -> Expression:
    found = expression(Formula(formula).symbol)
    assert found is not None, "an exercise is short"
    return found


def _listed(parts: Iterable[Expression]) -> Line:
    line: list[str | Expression | Blank] = []
    for part in parts:
        line += [", ", part] if line else [part]
    return tuple(line)


def _answered(i: int, question: Question, found: Evidence) -> list[Block]:
    """An answer with its evidence: a table where it has one."""
    answer: Line = (f"{i}. {question.text} {question.words}",)
    if found.rows:
        return [answer, Table(tuple(map(name, found.header)), found.rows)]
    return [answer, (f"   {found.text}",)]


def _asked(i: int, question: Question) -> list[Line]:
    return [(f"{i}. {question.text}",), (Blank(),)]
