"""Exercises: the course's figures, answers that hold, and fresh variants."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import Any

import mpmath
import pytest

from autograd import Formula, Value, check_gradients, verify
from autograd.exercises import (
    COURSE,
    EXERCISES,
    Dominating,
    Exercise,
    Limit,
    Stable,
    describe,
    find,
    fresh,
    fresh_exercises,
    solution,
)
from autograd.exercises.answers import Answer, gradient
from autograd.exercises.fresh import FAMILIES
from autograd.verifying.hiding import hides_no_mistake
from tests.strategies import MATHEMATICS

FRESH = [fresh(seed, difficulty) for seed in range(12) for difficulty in range(1, 6)]
ANSWERS = [(exercise, i) for exercise in EXERCISES for i in range(len(exercise.questions))]


def test_an_exercise_is_evaluated_without_reading_its_steps_again(monkeypatch: pytest.MonkeyPatch) -> None:
    by_steps = find(2).by_steps
    monkeypatch.setattr("autograd.exercises.exercise.Formula", None)
    assert by_steps(1.5, -1.0, math.pi / 2) == pytest.approx(1.551819161757163, rel=1e-15)


def test_the_figures_of_the_course() -> None:
    """Values and gradients as the course states them."""
    figures = [
        (5.0, [1.0, 1.0, -5.0]),
        (1.551819161757163, [0.36787944117144233, 0.5518191617571635, 0.0]),
        (1.791759469228055, [2 / 3, 1 / 3]),
        (-12.0, [-4.0, -4.0, 3.0]),
    ]
    for exercise, (value, partials) in zip(EXERCISES[:4], figures, strict=True):
        assert exercise.function.evaluate(exercise.values) == pytest.approx(value, rel=1e-15)
        assert list(gradient(exercise.function, exercise.values).values()) == pytest.approx(partials, abs=1e-16)
    neuron = EXERCISES[4]
    found = gradient(neuron.function, neuron.values)
    assert neuron.function.evaluate(neuron.values) == 0.7310585786300049
    assert [found[name] for name in ("w0", "w1", "w2")] == pytest.approx([-0.196612, -0.393224, 0.196612], abs=5e-7)


@pytest.mark.parametrize("exercise", [*EXERCISES, *FRESH], ids=lambda exercise: exercise.title)
def test_answers_about_the_steps_can_be_verified(exercise: Exercise) -> None:
    leaves = {name: Value(value) for name, value in exercise.values.items()}
    steps = exercise.follow(leaves)
    steps["f"].backward()
    values = {name: step.data for name, step in steps.items()}
    claimed = {name: node.grad for name, node in {**leaves, **steps}.items() if name != "f"}
    options: Any = {"values": values, "steps": exercise.named_steps, "domain": exercise.domain}
    report = verify(exercise.by_steps, exercise.at, claimed, **options)
    assert {claim.verdict for claim in report.claims} == {"right"}, str(report)
    assert len(report.claims) == len(values) + len(claimed)


def test_numbers() -> None:
    assert [exercise.number for exercise in EXERCISES] == list(range(1, 18))
    assert EXERCISES[:3] == COURSE


@pytest.mark.parametrize("exercise", [*EXERCISES, *FRESH], ids=lambda exercise: exercise.title)
def test_an_exercise_agrees_with_itself(exercise: Exercise) -> None:
    assert tuple(exercise.at) == exercise.function.variables
    assert exercise.contains(exercise.values)
    assert list(exercise.steps)[-1] == "f"
    assert not set(exercise.steps) & set(exercise.at)
    for values in (exercise.values, *(exercise.sample(seed) for seed in range(5))):
        assert exercise.contains(values)
        by_steps, at_once = exercise.follow(values)["f"], exercise.function.evaluate(values)
        assert by_steps == pytest.approx(at_once, rel=1e-12)
    assert check_gradients(exercise.function, *exercise.values.values()).verdict == "pass"


@pytest.mark.parametrize(("exercise", "i"), ANSWERS, ids=[f"{e.number}.{i + 1}" for e, i in ANSWERS])
def test_answers_hold(exercise: Exercise, i: int) -> None:
    evidence = exercise.evidence()[i]
    assert evidence.holds, evidence.text


@pytest.mark.parametrize("exercise", FRESH, ids=lambda exercise: exercise.title)
def test_answers_of_fresh_exercises_hold(exercise: Exercise) -> None:
    assert exercise.questions
    assert all(evidence.holds for evidence in exercise.evidence())


STABLE = [q.answer for exercise in EXERCISES for q in exercise.questions if isinstance(q.answer, Stable)]


@pytest.mark.parametrize("answer", STABLE, ids=[answer.stable for answer in STABLE])
def test_naive_and_stable_formula_are_the_same_mathematics(answer: Stable) -> None:
    more = {name: getattr(mpmath, name) for name in ("log1p", "sech")}
    more |= {"sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "softplus": lambda x: mpmath.log(1 + mpmath.exp(x))}
    with mpmath.workdps(1000):
        values = {name: mpmath.mpf(text) for name, text in answer.at.items()}
        names = {**MATHEMATICS, **more, "maximum": max, **values}
        for text in (answer.naive, answer.stable):  # our own text
            assert abs(eval(text, names) / mpmath.mpf(answer.exact) - 1) < 1e-15


WRONG: list[tuple[str, Answer]] = [
    ("1/x", Limit("f", "x", "0+", "-inf")),
    ("1/x", Limit("f", "x", "0", "inf")),
    ("1/x", Limit("f", "x", "0+", "0")),
    ("1/x", Limit("∂f/∂x", "x", "inf", "1")),
    ("exp(x)", Limit("f", "x", "inf", "0")),
    ("exp(x)", Limit("f", "x", "-inf", "inf")),
    ("sin(x)", Limit("f", "x", "inf", "inf")),
    ("tanh(x)", Limit("f", "x", "inf", "inf")),
    ("log(x)", Limit("f", "x", "-inf", "0")),
    ("x*y**2", Dominating("y > x")),
    ("x*y**2", Dominating("x = y")),
    ("x*y**2", Dominating("x")),
    ("x + y", Dominating("x > y")),
    ("x", Stable("log(1 + x)", "log1p(x)", {"x": "0.5"}, "0.4054651081081644")),
    ("x", Stable("log(1 + x)", "x - x**2", {"x": "1e-9"}, "9.999999995e-10")),
    ("x", Stable("log(x)", "log(x)", {"x": "-1"}, "1")),
]


@pytest.mark.parametrize(("formula", "answer"), WRONG)
def test_wrong_answers_do_not_hold(formula: str, answer: Answer) -> None:
    assert not answer.evidence(Formula(formula), {"x": 1.0, "y": 3.0}).holds


def test_evidence_shows_the_numbers() -> None:
    grows = Limit("∂f/∂x", "x", "inf", "inf").evidence(Formula("exp(x)"), {"x": 0.0})
    assert grows.holds
    assert grows.text == "∂f/∂x at x = 10, 100: 22026.5, 2.68812e+43, and there floats end"
    ranked = EXERCISES[0].evidence()[2]
    assert ranked.text == "∂f/∂z = -5, ∂f/∂x = 1, ∂f/∂y = 1"
    assert "overflows" in EXERCISES[2].evidence()[3].text


def test_the_ranking_that_holds_is_found() -> None:
    for exercise in EXERCISES[:5]:
        found = Dominating.found(exercise.function, exercise.values)
        assert found.evidence(exercise.function, exercise.values).holds


def test_domains() -> None:
    quotient, power = EXERCISES[0], EXERCISES[8]
    assert not quotient.contains({"x": 1.0, "y": 1.0, "z": 0.0})
    assert not power.contains({"x": -2.0, "y": 3.0})
    assert all(power.sample(seed)["x"] > 0.0 for seed in range(20))
    assert power.sample(3) == power.sample(3) != power.sample(4)
    assert not Exercise(1, "without a stated domain", "log(x)", {"x": "1"}).contains({"x": -1.0})
    with pytest.raises(ValueError, match="was found where x > 5"):
        Exercise(1, "", "x", {"x": "6"}, domain=("x > 5",)).sample(1)


def test_the_points_beyond_the_course_have_telling_coordinates() -> None:
    for exercise in EXERCISES[5:]:
        assert not set(exercise.values.values()) & {-1.0, 0.0, 1.0, 2.0}, exercise.title


def test_a_task_does_not_give_its_solution_away() -> None:
    for exercise in EXERCISES:
        task, solved = describe(exercise), solution(exercise)
        for shown in (f"Exercise {exercise.number}: ", exercise.function.mathematics):
            assert shown in task
        assert task.count("\nfor ") == bool(exercise.domain)
        for question, evidence in zip(exercise.questions, exercise.evidence(), strict=True):
            assert question.text in task
            assert question.words not in task
            assert question.words in solved
            assert evidence.rows[0][1] in solved


def test_an_exercise_is_found_by_number_and_seed() -> None:
    assert find(3) == find(" 3 ") == EXERCISES[2]
    assert [find(number, "Ada") for number in range(1, 6)] == list(fresh_exercises("Ada"))
    assert find("2", 7) == find(2, "7") == fresh(7, 2)
    for number, seed in ((0, None), (18, None), (True, None), ("x", None), (6, "Ada"), (0, 7)):
        with pytest.raises(ValueError, match=f"there is no exercise {number}; there are 1 to {5 if seed else 17}"):
            find(number, seed)


def test_the_worked_solution() -> None:
    worked = solution(EXERCISES[3])
    for line in ("f = (x + y)·z", "at x = −2, y = 5, z = −4", "q      x + y   3", "f      q · z   −12", "Answers"):
        assert line in worked.splitlines()
    assert "∂f/∂z   x + y        3      3             pass" in worked
    bare = Exercise(1, "without steps or questions", "x*y", {"x": "2", "y": "3"})
    assert solution(bare).endswith(
        "∂f/∂x   y            3      3             pass\n∂f/∂y   x            2      2             pass"
    )
    assert "Steps" not in describe(bare)
    assert "Questions" not in describe(bare)


@pytest.mark.parametrize("exercise", FRESH, ids=lambda exercise: exercise.title)
def test_fresh_points_are_readable_and_telling(exercise: Exercise) -> None:
    at, function = exercise.values, exercise.function
    assert all(len(text) <= 4 for text in exercise.at.values())
    assert hides_no_mistake(function, at)
    sizes = [abs(partial) for partial in gradient(function, at).values()]
    assert all(0.01 <= size <= 500.0 and size != 1.0 for size in (*sizes, abs(function.evaluate(at))))


def test_same_seed_same_exercises_in_every_process() -> None:
    program = "from autograd.exercises import fresh_exercises; print(fresh_exercises('a class, Ada'))"
    shown = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert shown == {f"{fresh_exercises('a class, Ada')}\n"}


def test_every_student_has_another_sheet() -> None:
    sheets = [fresh_exercises(seed) for seed in range(60)]
    assert [exercise.number for exercise in sheets[0]] == [1, 2, 3, 4, 5]
    for level in zip(*sheets, strict=True):
        assert len({(exercise.formula, *exercise.at.values()) for exercise in level}) == len(sheets)
    assert {exercise.title for sheet in sheets for exercise in sheet} == {family.title for family in FAMILIES}


def test_any_difficulty() -> None:
    assert len({fresh(seed).number for seed in range(30)}) == 5
    with pytest.raises(ValueError, match="the difficulty is one of 1, 2, 3, 4, 5, not 6"):
        fresh(1, difficulty=6)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x**2", {"x": 2.0}),
        ("x*y", {"x": 1.0, "y": 3.0}),
        ("x*y", {"x": 3.0, "y": 3.0}),
        ("x*sin(y)", {"x": 4.0, "y": math.pi / 2}),
    ],
)
def test_points_that_hide_mistakes(text: str, at: dict[str, float]) -> None:
    assert not hides_no_mistake(Formula(text), at)
