"""An exercise by its number, of the catalogue or of a seed."""

from __future__ import annotations

from autograd.exercises.catalogue import EXERCISES
from autograd.exercises.exercise import Exercise
from autograd.exercises.fresh import DIFFICULTIES, fresh


def find(number: int | str, seed: int | str | None = None) -> Exercise:
    """The exercise of a ``number``: from the catalogue or, with a ``seed``, from the fresh ones of that seed.

    Raises ValueError if there is none.

    >>> find(1).formula, find("1", seed="Ada") == fresh("Ada", difficulty=1)
    ('(x + y)/z', True)
    """
    known = [exercise.number for exercise in EXERCISES] if seed is None else [*DIFFICULTIES]
    for i, known_number in enumerate(known):
        if str(number).strip() == str(known_number):
            return EXERCISES[i] if seed is None else fresh(seed, known_number)
    raise ValueError(f"there is no exercise {number}; there are {known[0]} to {known[-1]}")
