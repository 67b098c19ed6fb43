"""What people write is read with the value that mathematics gives it, and what means nothing is refused."""

from __future__ import annotations

import re
from typing import Any

import mpmath
import pytest

from autograd import Formula, FormulaError, Value
from tests.reading.forms import FORMS, NONSENSE, POINT, Form

MATHEMATICS: dict[str, Any] = {"abs": abs, "max": max, "min": min}
_NAMES = "exp log sin cos tan asin acos atan atan2 sqrt cbrt sinh cosh tanh asinh pi e mpf"
MATHEMATICS |= {name: getattr(mpmath, name) for name in _NAMES.split()}


def value_of(meaning: str, names: list[str]) -> Any:
    """What a form means, at 50 digits; the meanings are our own text."""
    with mpmath.workdps(50):
        return +eval(meaning, dict(MATHEMATICS), {name: mpmath.mpf(POINT[name]) for name in names})


@pytest.mark.parametrize("form", FORMS, ids=[text for text, *_ in FORMS])
def test_forms_have_their_value(form: Form) -> None:
    text, variables, meaning = form
    names = variables.split()
    formula = Formula(text, names)
    assert set(formula.variables) <= set(names)
    expected = value_of(meaning, names)
    point = {name: POINT[name] for name in names}
    assert abs(formula.evaluate(point) - expected) <= 1e-13 * max(abs(expected), 0.01)
    recorded = formula.evaluate({name: Value(number) for name, number in point.items()})
    assert getattr(recorded, "data", recorded) == formula.evaluate(point)


@pytest.mark.parametrize("form", FORMS, ids=[text for text, *_ in FORMS])
def test_the_reading_is_a_formula_with_the_same_value(form: Form) -> None:
    text, variables, _ = form
    formula = Formula(text, variables.split())
    again = Formula(formula.reading, formula.variables)
    point = {name: POINT[name] for name in formula.variables}
    assert again.evaluate(point) == pytest.approx(formula.evaluate(point), rel=1e-14)
    assert again.reading == formula.reading
    assert again.as_typed


@pytest.mark.parametrize(("text", "variables", "word"), NONSENSE)
def test_nonsense_is_refused_in_one_sentence(text: str, variables: str, word: str) -> None:
    with pytest.raises(FormulaError) as caught:
        Formula(text, variables.split())
    assert word in caught.value.message
    assert "\n" not in caught.value.message
    assert not re.search(r"[.!?]\s+[A-Z].*[.!?]\s", caught.value.message), "one sentence"


def test_the_tables_are_large_enough() -> None:
    assert len({text for text, *_ in FORMS}) >= 250
    assert len(NONSENSE) >= 40
