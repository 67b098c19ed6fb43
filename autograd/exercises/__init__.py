"""Exercises on backpropagation: the course's, more of rising difficulty, and fresh ones for each student."""

from autograd.exercises.answers import Dominating, Evidence, Limit, Stable
from autograd.exercises.catalogue import EXERCISES
from autograd.exercises.course import COURSE
from autograd.exercises.exercise import Exercise, Question
from autograd.exercises.finding import find
from autograd.exercises.fresh import DIFFICULTIES, fresh, fresh_exercises
from autograd.exercises.text import derivation, describe, sheet, solution, task

__all__ = [
    "COURSE",
    "DIFFICULTIES",
    "EXERCISES",
    "Dominating",
    "Evidence",
    "Exercise",
    "Limit",
    "Question",
    "Stable",
    "derivation",
    "describe",
    "find",
    "fresh",
    "fresh_exercises",
    "sheet",
    "solution",
    "task",
]
