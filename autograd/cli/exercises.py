"""The exercises at the shell: worked through, listed, shown, and made anew."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograd import exercises, notation
from autograd.calculus import derivative_formulas
from autograd.checking import check_gradients
from autograd.cli.arguments import Parser, Unusable, print_table
from autograd.cli.formula import print_gradient
from autograd.deriving.derivation import SUFFIXES, save
from autograd.drawing import CannotRender, draw, forward, tree
from autograd.exercises import (
    DIFFICULTIES,
    EXERCISES,
    Exercise,
    derivation,
    describe,
    fresh,
    fresh_exercises,
    sheet,
    solution,
)
from autograd.files import in_words
from autograd.formula import Formula, constant
from autograd.value import Value

DESCRIPTION = """\
List the exercises, show one with its questions, or make new ones.

  chainrule exercises
  chainrule exercises 2 --solution
  chainrule exercises --new --seed 7        # one of each difficulty, for student 7"""
LEARNING_RATE = 0.1
NUMBER = "the number of an exercise"  # a use of the command


def work_through(course: Sequence[Exercise], directory: Path) -> int:
    """Forward pass, gradient, check, one step of gradient descent, and a picture of each."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"cannot make the directory {directory}: {error.strerror}") from None
    for exercise in course:
        formula = Formula(exercise.formula)
        leaves = {name: Value(constant(text), label=name) for name, text in exercise.at.items()}
        output = formula.evaluate(leaves)
        output.label = "f"
        output.backward()
        title = f"Exercise {exercise.number}, {exercise.title}: f = {formula.mathematics}   at {point(exercise)}"
        print(f"{title}\n{'=' * len(title)}\n\nForward pass\n\n{forward(output)}\n\nGradient\n")
        gradient = tuple(leaf.grad for leaf in leaves.values())
        check = check_gradients(formula, *(leaf.data for leaf in leaves.values()), gradient=gradient)
        print_gradient(
            check.partials, dict(zip(leaves, derivative_formulas(output, list(leaves.values())), strict=True))
        )
        print(f"One step of gradient descent, w ← w − {LEARNING_RATE} · ∂f/∂w\n")
        moved = {name: leaf.data - LEARNING_RATE * leaf.grad for name, leaf in leaves.items()}
        for name, leaf in leaves.items():
            print(f"{name}   {notation.number(leaf.data)} → {notation.number(moved[name])}")
        print(f"f   {notation.number(output.data)} → {notation.number(formula.evaluate(moved))}\n")
        try:
            picture = draw(output).save(directory / f"exercise-{exercise.number}.svg")
            print(f"Picture: {picture}\n")
        except CannotRender as error:
            print(f"No picture: {error}\n\n{tree(output)}\n")
    return 0


def command(arguments: Sequence[str]) -> int:
    """Run the command."""
    parser = Parser(prog="chainrule exercises", description=DESCRIPTION)
    parser.add_argument("number", nargs="?", help="the exercise to show")
    parser.add_option("--solution", NUMBER, "--new", action="store_true", help="with the worked solution")
    parser.add_option(
        "--sheet",
        NUMBER,
        metavar="FILE",
        help=f"a sheet to print ({in_words(SUFFIXES)}), with blanks to be filled in; with --solution, the solution",
    )
    parser.add_option("--new", action="store_true", help="make new exercises, one of each difficulty")
    parser.add_option("--seed", "--new", metavar="TEXT", help="whose: a number or a name; the same seed, the same ones")
    parser.add_option("--difficulty", "--new", type=int, metavar="N", help="one exercise, of a difficulty from 1 to 5")
    options = parser.read(arguments)
    parser.check_use(*([] if options.number is None else [NUMBER]))
    if options.new:
        if options.number is not None:
            raise Unusable("--new makes new exercises: leave the number out")
        return _new(options)
    if options.number is not None:
        if options.sheet:
            return _sheet(find(options.number), options)
        _show([find(options.number)], options.solution)
        return 0
    rows = ([str(e.number), e.title, e.function.mathematics, point(e)] for e in EXERCISES)
    print_table(["", "exercise", "f", "at"], rows)
    return 0


def _new(options: argparse.Namespace) -> int:
    if options.difficulty is not None and options.difficulty not in DIFFICULTIES:
        raise Unusable(f"the difficulty is one of {', '.join(map(str, DIFFICULTIES))}, not {options.difficulty}")
    seed = secrets.token_hex(4) if options.seed is None else options.seed
    if options.seed is None:
        print(f"seed {seed}: with --seed {seed} the same ones come again\n")
    made = fresh_exercises(seed) if options.difficulty is None else [fresh(seed, options.difficulty)]
    _show(made, options.solution)
    return 0


def _sheet(exercise: Exercise, options: argparse.Namespace) -> int:
    try:
        print(f"sheet: {save(derivation(exercise).page if options.solution else sheet(exercise), options.sheet)}")
    except ValueError as error:
        raise Unusable(str(error)) from None
    return 0


def _show(shown: Iterable[Exercise], solved: bool) -> None:
    texts = ((describe(exercise), solution(exercise)) if solved else (describe(exercise),) for exercise in shown)
    print("\n\n\n".join("\n\n".join(parts) for parts in texts))


def find(number: str, seed: str | None = None) -> Exercise:
    """The exercise of a number, given as text."""
    try:
        return exercises.find(number, seed)
    except ValueError as error:
        raise Unusable(str(error)) from None


def point(exercise: Exercise) -> str:
    """The point of an exercise, as one writes it."""
    return ", ".join(f"{notation.name(name)} = {notation.number(value)}" for name, value in exercise.values.items())
