"""What verifying finds, typeset: the claims as a table in HTML, and in LaTeX."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autograd.drawing.names import clean
from autograd.notation import as_latex, as_mathml, escaped, latex_name
from autograd.verifying import sentences
from autograd.verifying.claim_report import ClaimReport, symbol_of

COLOURS = {
    "right": "#1b7f3b",
    "rounded": "#1b7f3b",
    "wrong": "#b3261e",
    "follows": "#2b5c9e",
    "undecided": "#8a6d00",
    "unreadable": "#8a6d00",
}
HEADER = ("", "claimed", "verdict", "")
CELL = "text-align:left;vertical-align:top"


def html_table(claims: Sequence[ClaimReport], reveal: bool) -> str:
    """A row for each claim: what it is about, what was claimed, the verdict, and why."""
    header = "".join(f"<th style='text-align:left'>{name}</th>" for name in HEADER)
    return f"<table><tr>{header}</tr>{''.join(_row(claim, reveal) for claim in claims)}</table>"


def html_formula(text: str, reading: str = "") -> str:
    """What a person typed, as MathML; a number, and what cannot be read, as it was typed."""
    if reading:
        typed = f"<code>{html.escape(clean(text))}</code>"
        return sentences.READ_AS.format(text=typed, reading=html.escape(clean(reading)))
    symbol = symbol_of(text)
    return f"<code>{html.escape(clean(text))}</code>" if symbol is None else as_mathml(symbol, as_it_stands=True)


def latex(function: str, claims: Sequence[ClaimReport], verdict: str) -> str:
    """The verdict, then the function and the claims, aligned at their equal signs."""
    rows = [f"f &= {_latex(function)}"] if function else []
    rows += [f"{_title(claim)} &= {_latex(claim.claimed)} && \\text{{{claim.verdict}}}" for claim in claims]
    aligned = "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
    return f"\\begin{{gathered}}\n\\text{{{verdict}}} \\\\\n{aligned}\n\\end{{gathered}}"


def latex_title(claim: ClaimReport) -> str:
    """What is claimed, within a text of LaTeX."""
    return f"${_title(claim)}$"


def _row(claim: ClaimReport, reveal: bool) -> str:
    told_by = claim.lines(reveal)[1:]
    if claim.verdict == "unreadable":
        told_by = claim.note.splitlines()[:1]  # the place is marked below it, in letters of one width
    cells = (
        html.escape(claim.title),
        html_formula(claim.claimed, claim.reading),
        f"<b style='color:{COLOURS[claim.verdict]}'>{claim.verdict}</b>",
        "<br>".join(html.escape(line.strip()) for line in told_by),
    )
    return "<tr>" + "".join(f"<td style='{CELL}'>{cell}</td>" for cell in cells) + "</tr>"


def _latex(text: str) -> str:
    symbol = symbol_of(text)
    return rf"\text{{{escaped(clean(text))}}}" if symbol is None else as_latex(symbol, as_it_stands=True)


def _title(claim: ClaimReport) -> str:
    below = latex_name(clean(claim.name))
    return rf"\frac{{\partial f}}{{\partial {below}}}" if claim.kind == "derivative" else below
