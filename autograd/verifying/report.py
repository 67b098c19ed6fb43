"""What verifying finds about an answer sheet: as text, as JSON, as LaTeX, and in a notebook with the graph."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.drawing import CannotRender, Picture
from autograd.notation import name, number
from autograd.verifying import sentences
from autograd.verifying.claim_report import ClaimReport, read
from autograd.verifying.typeset import COLOURS, html_formula, html_table, latex, latex_title


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
        r"""The verdict, the function and the claims as LaTeX, for the mathematics of a page.

        >>> print(Report((ClaimReport("x", "right", "1/z"),), "x/z").latex)
        \begin{gathered}
        \text{$\frac{\partial f}{\partial x}$ is right.} \\
        \begin{aligned}
        f &= \frac{x}{z} \\
        \frac{\partial f}{\partial x} &= \frac{1}{z} && \text{right}
        \end{aligned}
        \end{gathered}
        """
        return latex(self.function, self.claims, sentences.verdict(self.claims, self.reveal, latex_title))

    def _missing(self) -> list[str]:
        missing = ", ".join(f"∂f/∂{name(x)}" for x in self.unanswered)
        return [sentences.NOT_ANSWERED.format(derivatives=missing)] if missing else []

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
        colour = COLOURS["right" if self.ok else "wrong" if self.first_wrong() else "undecided"]
        head = f"<p><b style='color:{colour}'>{html.escape(self.verdict)}</b></p>"
        if self.function:
            head += f"<p><math><mi>f</mi><mo>=</mo></math> {html_formula(self.function, self.reading)}</p>"
        missing = (f"<p>{html.escape(line)}</p>" for line in self._missing())
        table = f"{head}{html_table(self.claims, self.reveal)}{''.join(missing)}"
        if self.draw is None or not self.reveal:
            return table
        try:
            return table + self.draw().svg
        except CannotRender as error:
            return f"{table}<p>{html.escape(str(error))}</p>"
