"""What verifying finds about one claim: as text, a line for each fact, and as JSON."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from autograd.drawing.names import clean
from autograd.formula import Formula, FormulaError
from autograd.notation import as_typed, name, number, written
from autograd.symbol import Symbol
from autograd.verifying import sentences
from autograd.verifying.diagnosing import Diagnosis

ACCEPTED = ("right", "rounded")
TOLD = ("follows", "unreadable")  # of these the note gives nothing away


@dataclass(frozen=True)
class ClaimReport:
    """The verdict on one claim; ``note`` says why.

    It is ``right``; ``rounded``, which is right; ``wrong``; ``follows``, which is right if an earlier step were that is
    wrong; ``undecided``; or ``unreadable``.

    ``name`` is what was claimed about and ``claimed`` the claim as text. ``kind`` is "derivative", "value" or, where a
    step is no part of the function, "step"; ``true`` the right number at the given point (NaN if there is none),
    ``formula`` the right derivative as a formula. ``diagnoses`` say what may have gone wrong, the most likely first;
    ``hidden`` lists the common mistakes that this point cannot show, and ``revealing`` is a point that can. ``reading``
    is how the claim was read, where that is not how it was written, and ``noise`` how far rounding may have taken the
    right number.

    >>> from autograd import verify
    >>> claim = verify("x*y", {"x": 2, "y": 3}, {"x": 3}).claims[0]
    >>> claim.name, claim.verdict, claim.ok, claim.true, claim.formula
    ('x', 'right', True, 3.0, 'y')
    """

    name: str
    verdict: str
    claimed: str
    true: float = math.nan
    formula: str = ""
    kind: str = "derivative"
    note: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    hidden: tuple[str, ...] = ()  # common mistakes that this point cannot show
    revealing: str = ""  # a point that can
    noise: float = 0.0  # how far rounding may have taken the right number
    reading: str = ""  # how the claim was read, where that is not how it was written

    @property
    def ok(self) -> bool:
        """Whether the claim is accepted."""
        return self.verdict in ACCEPTED

    @property
    def title(self) -> str:
        """What is claimed."""
        return f"∂f/∂{name(clean(self.name))}" if self.kind == "derivative" else name(clean(self.name))

    def lines(self, reveal: bool = True, details: bool = False, python: bool = False) -> list[str]:
        """The verdict in words, a line for each fact; with ``details``, all that may have gone wrong.

        With ``python``, formulas are in Python's notation.
        """
        lines = [f"{self.title} = {read(self.claimed, python, self.reading)}: {self.verdict}"]
        if reveal or self.verdict in TOLD:
            lines += [f"  {clean(line)}" for line in self.note.splitlines()]
        if not reveal:
            return lines
        if self.verdict == "wrong" and self.kind != "step":
            equals = "" if math.isnan(self.true) else f" = {self._right_number(python)}"
            right = f" {_derivative(self.formula, python)}{equals}" if _is_formula(self.formula) else equals[2:]
            lines.append(f"  {sentences.RIGHT}{right}")
        for i, diagnosis in enumerate(self.diagnoses):
            if details or i == 0 or diagnosis.apart:  # the likeliest, and those that fit as well
                lines += [f"  {line}" for line in told(diagnosis)]
        return lines + [f"  {line}" for line in self._hidden(details)]

    def _right_number(self, python: bool) -> str:
        """The right number; 0 where it is nought but for rounding."""
        if python:
            return f"{self.true:.10g}"
        return "0" if abs(self.true) <= self.noise else number(self.true, 10)

    def _hidden(self, details: bool) -> list[str]:
        """What the point cannot show: in one line, or in one for each mistake."""
        if not self.hidden:
            return []
        if details:
            point = [sentences.BETTER_POINT.format(point=self.revealing)] if self.revealing else []
            return [sentences.CANNOT_SHOW_THESE, *(f"  {mistake}" for mistake in self.hidden), *point]
        count = len(self.hidden)
        many = sentences.A_MISTAKE if count == 1 else sentences.MISTAKES.format(count=count)
        better = sentences.BETTER.format(point=self.revealing.replace("-", "−")) if self.revealing else ""
        return [sentences.CANNOT_SHOW.format(mistakes=many) + better]

    def as_json(self, reveal: bool = True) -> dict[str, Any]:
        """The entry as plain data."""
        found: dict[str, Any] = {"name": self.name, "kind": self.kind, "claimed": self.claimed, "verdict": self.verdict}
        if self.reading:
            found["reading"] = self.reading
        if reveal or self.verdict in TOLD:
            found["note"] = self.note
        if reveal:
            found["true"] = self.true if math.isfinite(self.true) else None
            found["formula"] = self.formula
            found["diagnoses"] = [_as_json(diagnosis) for diagnosis in self.diagnoses]
            found["hidden"] = list(self.hidden)
            found["revealing"] = self.revealing
        return found


def read(text: str, python: bool = False, reading: str = "") -> str:
    """What a person typed as mathematics; a number, and what cannot be read, as it was typed.

    Where the ``reading`` is not what was typed, both are shown.
    """
    if reading:
        return sentences.READ_AS.format(text=clean(text), reading=clean(reading))
    symbol = None if python else symbol_of(text)
    if symbol is not None:
        return as_typed(symbol)
    return clean(text) if python else re.sub(r"^-(?=[\d.]+$)", "−", clean(text))


def symbol_of(text: str) -> Symbol | None:
    """What a person typed, if it is a formula of some variable."""
    try:
        formula = Formula(text)
    except FormulaError:
        return None
    return formula.symbol if formula.variables else None


def _derivative(formula: str, python: bool) -> str:
    if python or formula == sentences.DOES_NOT_EXIST:
        return formula
    return written(Formula(formula).symbol)


def _is_formula(text: str) -> bool:
    return bool(re.search(r"[^\d.\-]", text))


def told(diagnosis: Diagnosis) -> list[str]:
    """A diagnosis in words."""
    first = f"{diagnosis.code}: {diagnosis.message}"
    lines = [sentences.OR.format(diagnosis=first) if diagnosis.apart else first]
    if diagnosis.second is not None:
        lines.append("  " + sentences.AND_SECOND.format(diagnosis=told(diagnosis.second)[0]))
    return [*lines, f"  {diagnosis.apart}"] if diagnosis.apart else lines


def _as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": diagnosis.code,
        "edge": diagnosis.edge or None,
        "message": diagnosis.message,
        "stands": diagnosis.stands or None,
        "should": diagnosis.should or None,
    }
    if diagnosis.apart:
        found["apart"] = diagnosis.apart
    return found if diagnosis.second is None else {**found, "second": _as_json(diagnosis.second)}
