"""What verifying finds: one entry for each claim, as text, as JSON, and in a notebook as a table with the graph."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.drawing import CannotRender, Picture
from autograd.drawing.names import clean
from autograd.formula import Formula, FormulaError
from autograd.notation import as_latex, as_mathml, as_typed, escaped, latex_name, name, number, written
from autograd.symbol import Symbol
from autograd.verifying import sentences
from autograd.verifying.diagnosing import Diagnosis

ACCEPTED = ("right", "rounded")


DOES_NOT_EXIST = "does not exist"  # what a report says in place of a formula


@dataclass(frozen=True)
class ClaimReport:
    """The verdict on one claim: ``right``, ``rounded``, ``wrong``, ``undecided`` or ``unreadable``; ``note`` says why.

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
        if reveal or self.verdict == "unreadable":  # why it cannot be read gives nothing away
            lines += [f"  {clean(line)}" for line in self.note.splitlines()]
        if not reveal:
            return lines
        if self.verdict == "wrong" and self.kind != "step":
            equals = "" if math.isnan(self.true) else f" = {self._right_number(python)}"
            right = f" {_derivative(self.formula, python)}{equals}" if _is_formula(self.formula) else equals[2:]
            lines.append(f"  right:{right}")
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
            point = [f"a point that can: {self.revealing}"] if self.revealing else []
            return ["this point cannot show:", *(f"  {mistake}" for mistake in self.hidden), *point]
        many = "a common mistake" if len(self.hidden) == 1 else f"{len(self.hidden)} common mistakes"
        better = f"; one that can is {self.revealing.replace('-', '−')}" if self.revealing else ""
        return [f"this point cannot show {many}{better}"]

    def as_json(self, reveal: bool = True) -> dict[str, Any]:
        """The entry as plain data."""
        found: dict[str, Any] = {"name": self.name, "kind": self.kind, "claimed": self.claimed, "verdict": self.verdict}
        if self.reading:
            found["reading"] = self.reading
        if reveal or self.verdict == "unreadable":
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
        return f"{clean(text)}, read as {clean(reading)}"
    symbol = None if python else _symbol(text)
    if symbol is not None:
        return as_typed(symbol)
    return clean(text) if python else re.sub(r"^-(?=[\d.]+$)", "−", clean(text))


def _derivative(formula: str, python: bool) -> str:
    if python or formula == DOES_NOT_EXIST:
        return formula
    return written(Formula(formula).symbol)


def _is_formula(text: str) -> bool:
    return bool(re.search(r"[^\d.\-]", text))


def told(diagnosis: Diagnosis) -> list[str]:
    """A diagnosis in words."""
    lines = [f"{'or ' * bool(diagnosis.apart)}{diagnosis.code}: {diagnosis.message}"]
    if diagnosis.second is not None:
        lines.append(f"  and {told(diagnosis.second)[0]}")
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


@dataclass(frozen=True, repr=False)
class Report:
    """The verdicts on an answer sheet: text when printed, a table with the graph in a notebook, data by ``as_json``.

    ``claims`` has a ``ClaimReport`` for each claim; ``ok`` is whether every one is right, or right but rounded.
    ``function`` is the function as text, ``at`` the point, ``title`` a heading. ``unanswered`` names the variables by
    which no derivative is claimed: it is no mistake to leave some out. ``draw`` makes the picture of the graph, with
    the wrong edges in red. Without ``reveal`` the right answers and the diagnoses are not shown. ``reading`` is how the
    function was read, where that is not how it was written.

    >>> from autograd import verify
    >>> report = verify("x*y", {"x": 2, "y": 3}, {"x": 3, "y": 3})
    >>> report.ok, report.first_wrong().name
    (False, 'y')
    """

    claims: tuple[ClaimReport, ...]
    function: str = ""
    at: Mapping[str, float] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    title: str = ""
    draw: Callable[[], Picture] | None = field(default=None, compare=False, repr=False)  # with wrong edges marked
    reveal: bool = True
    reading: str = ""  # how the function was read, where that is not how it was written

    @property
    def ok(self) -> bool:
        """Whether every claim is accepted."""
        return all(claim.ok for claim in self.claims)

    @property
    def unreadable(self) -> bool:
        """Whether some claim could not be read."""
        return any(claim.verdict == "unreadable" for claim in self.claims)

    def __bool__(self) -> bool:
        """As ``ok``, so that ``assert verify(…)`` says what it seems to say."""
        return self.ok

    def first_wrong(self) -> ClaimReport | None:
        """The first claim that is wrong, in the order in which one would have computed."""
        return next((claim for claim in self.claims if claim.verdict == "wrong"), None)

    @property
    def verdict(self) -> str:
        """What came of it, in a sentence.

        >>> Report((ClaimReport("x", "right", "1"), ClaimReport("y", "right", "2"))).verdict
        'Both are right.'
        """
        return sentences.verdict(self.claims, self.reveal)

    def text(self, details: bool = False, python: bool = False) -> str:
        """The report: its verdict, then every claim; in mathematics, or in Python's notation.

        With details it has every diagnosis that fits, and lists what the point cannot show.
        """
        place = ", ".join(f"{name(x)} = {number(at)}" for x, at in self.at.items())
        if python:
            place = ", ".join(f"{x} = {at:.6g}" for x, at in self.at.items())
        head = f"f = {read(self.function, python, self.reading)}" + (f"   at {place}" if place else "")
        lines = [line for claim in self.claims for line in claim.lines(self.reveal, details, python)]
        first = (f"{self.title}: " if self.title else "") + self.verdict
        return "\n".join([first, head, *lines, *self._missing()])

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    @property
    def details(self) -> str:
        """The report with everything that there is to say."""
        return self.text(details=True)

    @property
    def latex(self) -> str:
        r"""The function and the claims as a table of LaTeX.

        >>> print(Report((ClaimReport("x", "right", "1/z"),), "x/z").latex.splitlines()[1])
        \frac{\partial f}{\partial x} &= \frac{1}{z} && \text{right} \\
        """
        rows = (
            f"{_partial_latex(claim)} &= {_latex(claim.claimed)} && \\text{{{claim.verdict}}}" for claim in self.claims
        )
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + " \\\\\n\\end{aligned}"

    def _missing(self) -> list[str]:
        missing = ", ".join(f"∂f/∂{name(x)}" for x in self.unanswered)
        return [f"not answered: {missing}"] if missing else []

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "ok": self.ok,
            **({"title": self.title} if self.title else {}),
            "function": self.function,
            **({"reading": self.reading} if self.reading else {}),
            "at": dict(self.at),
            "claims": [claim.as_json(self.reveal) for claim in self.claims],
            "unanswered": list(self.unanswered),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._html()}

    def _html(self) -> str:
        rows = "".join(_row(claim, self.reveal) for claim in self.claims)
        header = "".join(f"<th style='text-align:left'>{name}</th>" for name in ("", "claimed", "verdict", ""))
        missing = (f"<p>{html.escape(line)}</p>" for line in self._missing())
        colour = COLOURS["right" if self.ok else "wrong" if self.first_wrong() else "undecided"]
        head = f"<p><b style='color:{colour}'>{html.escape(self.verdict)}</b></p>"
        if self.function:
            head += f"<p><math><mi>f</mi><mo>=</mo></math> {_typeset(self.function, self.reading)}</p>"
        table = f"{head}<table><tr>{header}</tr>{rows}</table>{''.join(missing)}"
        if self.draw is None or not self.reveal:
            return table
        try:
            return table + self.draw().svg
        except CannotRender as error:
            return f"{table}<p>{html.escape(str(error))}</p>"


def _symbol(text: str) -> Symbol | None:
    """What a person typed, if it is a formula of some variable."""
    try:
        formula = Formula(text)
    except FormulaError:
        return None
    return formula.symbol if formula.variables else None


def _typeset(text: str, reading: str = "") -> str:
    if reading:
        return f"<code>{html.escape(clean(text))}</code>, read as {html.escape(clean(reading))}"
    symbol = _symbol(text)
    return f"<code>{html.escape(clean(text))}</code>" if symbol is None else as_mathml(symbol, as_it_stands=True)


def _latex(text: str) -> str:
    symbol = _symbol(text)
    return rf"\text{{{escaped(clean(text))}}}" if symbol is None else as_latex(symbol, as_it_stands=True)


def _partial_latex(claim: ClaimReport) -> str:
    below = latex_name(clean(claim.name))
    return rf"\frac{{\partial f}}{{\partial {below}}}" if claim.kind == "derivative" else below


COLOURS = {
    "right": "#1b7f3b",
    "rounded": "#1b7f3b",
    "wrong": "#b3261e",
    "undecided": "#8a6d00",
    "unreadable": "#8a6d00",
}


def _row(claim: ClaimReport, reveal: bool) -> str:
    told_by = claim.lines(reveal)[1:]
    if claim.verdict == "unreadable":
        told_by = claim.note.splitlines()[:1]  # the place is marked below it, in letters of one width
    cells: Sequence[str] = (
        html.escape(claim.title),
        _typeset(claim.claimed, claim.reading),
        f"<b style='color:{COLOURS[claim.verdict]}'>{claim.verdict}</b>",
        "<br>".join(html.escape(line.strip()) for line in told_by),
    )
    return "<tr>" + "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells) + "</tr>"
