"""What verifying finds: one entry for each claim, as text, as JSON, and in a notebook as a table with the graph."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.drawing import CannotRender, Picture
from autograd.drawing.names import clean, written
from autograd.verifying.diagnosing import Diagnosis

ACCEPTED = ("right", "rounded")


@dataclass(frozen=True)
class ClaimReport:
    """The verdict on one claim: ``right``, ``rounded``, ``wrong``, ``undecided`` or ``unreadable``; ``note`` says why.

    ``name`` is what was claimed about and ``claimed`` the claim as text. ``kind`` is "derivative", "value" or, where a
    step is no part of the function, "step"; ``true`` the right number at the given point (NaN if there is none),
    ``formula`` the right derivative as a formula. ``diagnoses`` say what may have gone wrong, the most likely first;
    ``hidden`` lists the common mistakes that this point cannot show, and ``revealing`` is a point that can. ``reading``
    is how the claim was read, where that is not how it was written.

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
    reading: str = ""  # how the claim was read, where that is not how it was written

    @property
    def ok(self) -> bool:
        """Whether the claim is accepted."""
        return self.verdict in ACCEPTED

    @property
    def title(self) -> str:
        """What is claimed."""
        return f"∂f/∂{clean(self.name)}" if self.kind == "derivative" else clean(self.name)

    def lines(self, reveal: bool = True) -> list[str]:
        """The verdict in words, a line for each fact."""
        lines = [f"{self.title} = {clean(self.claimed)}{_read_as(self.reading)}: {self.verdict}"]
        if reveal or self.verdict == "unreadable":  # why it cannot be read gives nothing away
            lines += [f"  {clean(line)}" for line in self.note.splitlines()]
        if not reveal:
            return lines
        if self.verdict == "wrong" and self.kind != "step":
            number = "" if math.isnan(self.true) else f" = {self.true:.10g}"
            lines.append(f"  right: {self.formula}{number}" if _is_formula(self.formula) else f"  right:{number[2:]}")
        for diagnosis in self.diagnoses:
            lines += [f"  {line}" for line in told(diagnosis)]
        if self.hidden:
            lines.append("  this point cannot show:")
            lines += [f"    {mistake}" for mistake in self.hidden]
            if self.revealing:
                lines.append(f"  a point that can: {self.revealing}")
        return lines

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


def _read_as(reading: str) -> str:
    return f", read as {clean(reading)}" if reading else ""


def _is_formula(text: str) -> bool:
    return bool(re.search(r"[^\d.\-]", text))


def told(diagnosis: Diagnosis) -> list[str]:
    """A diagnosis in words."""
    lines = [f"{diagnosis.code}: {diagnosis.message}"]
    return lines if diagnosis.second is None else [*lines, f"  and {told(diagnosis.second)[0]}"]


def _as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": diagnosis.code,
        "edge": diagnosis.edge or None,
        "message": diagnosis.message,
        "stands": diagnosis.stands or None,
        "should": diagnosis.should or None,
    }
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

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {written(x, 6)}" for name, x in self.at.items())
        head = [
            (f"{self.title}: " if self.title else "")
            + f"f = {self.function}{_read_as(self.reading)}"
            + (f"   at {place}" if place else "")
        ]
        lines = [line for claim in self.claims for line in claim.lines(self.reveal)]
        lines += self._missing()
        first = self.first_wrong()
        several = sum(claim.verdict == "wrong" for claim in self.claims) > 1
        return "\n".join(head + lines + ([f"the first wrong one: {first.title}"] if first and several else []))

    __repr__ = __str__

    def _missing(self) -> list[str]:
        return ["not answered: " + ", ".join(f"∂f/∂{name}" for name in self.unanswered)] if self.unanswered else []

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
        table = f"<table><tr>{header}</tr>{rows}</table>{''.join(missing)}"
        if self.draw is None or not self.reveal:
            return table
        try:
            return table + self.draw().svg
        except CannotRender as error:
            return f"{table}<p>{html.escape(str(error))}</p>"


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
        f"<code>{html.escape(claim.claimed)}</code>{html.escape(_read_as(claim.reading))}",
        f"<b style='color:{COLOURS[claim.verdict]}'>{claim.verdict}</b>",
        "<br>".join(html.escape(line.strip()) for line in told_by),
    )
    return "<tr>" + "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells) + "</tr>"
