"""A page of mathematics, and its four forms: text, Markdown, LaTeX and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from autograd.drawing import CannotRender, Picture
from autograd.drawing.text import Text
from autograd.notation import Expression, escaped, latex, mathml, text
from autograd.notation.names import COMMANDS

BLANK = "______"


@dataclass(frozen=True)
class Blank:
    """A place that is to be filled in."""


Cell = str | Expression | Blank
Line = tuple[Cell, ...]  # words and mathematics in one line


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Block = Line | Table | Picture


@dataclass(frozen=True)
class Section:
    """A part of a page under a title of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A title and its sections; ``blocks`` stand before them."""

    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = field(default=())


# Text -------------------------------------------------------------------------------------------------


def as_text(page: Page) -> Text:
    """The page for a terminal."""
    parts = [f"{page.title}\n{'=' * len(page.title)}", *_of_text(page.blocks)]
    for section in page.sections:
        parts += [f"{section.title}\n{'-' * len(section.title)}", *_of_text(section.blocks)]
    return Text("\n\n".join(parts))


def _of_text(blocks: Sequence[Block]) -> Iterator[str]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, tuple):
            lines.append(_line(block, text))
            continue
        if lines:
            yield "\n".join(lines)
            lines = []
        yield block.text if isinstance(block, Picture) else _aligned(block)
    if lines:
        yield "\n".join(lines)


def _line(line: Line, write: Callable[[Expression], str], words: Callable[[str], str] = str, blank: str = BLANK) -> str:
    """Words and mathematics in one line."""
    return "".join(_cell(cell, write, words, blank) for cell in line)


def _cell(cell: Cell, write: Callable[[Expression], str], words: Callable[[str], str], blank: str) -> str:
    if isinstance(cell, Blank):
        return blank
    return words(cell) if isinstance(cell, str) else write(cell)


def _aligned(table: Table) -> str:
    rows = [table.header, *([_cell(cell, text, str, BLANK) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "─" * len(max(lines, key=len)), *lines[1:]])


# Markdown ---------------------------------------------------------------------------------------------


def as_markdown(page: Page) -> str:
    """The page as Markdown, with its mathematics between dollar signs."""
    parts = [f"# {page.title}", *map(_of_markdown, page.blocks)]
    for section in page.sections:
        parts += [f"## {section.title}", *map(_of_markdown, section.blocks)]
    return "\n\n".join(parts) + "\n"


def _in_dollars(tree: Expression) -> str:
    return f"${latex(tree)}$"


def _of_markdown(block: Block) -> str:
    if isinstance(block, Picture):
        return f"```text\n{block.text}\n```"
    if isinstance(block, tuple):
        return _line(block, _in_dollars)
    cells = ([_cell(cell, _in_dollars, str, BLANK).replace("|", r"\|") for cell in row] for row in block.rows)
    lines = [block.header, ["---"] * len(block.header), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# LaTeX ------------------------------------------------------------------------------------------------

DOCUMENT = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,booktabs,longtable}
\begin{document}
"""
SIGNS = {
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": "$-$",
    "±": r"$\pm$",
    "≈": r"$\approx$",
    "≥": r"$\ge$",
    "≤": r"$\le$",
    "′": "$'$",
    "√": r"$\sqrt{}$",
    "½": r"$\frac12$",
    "∞": r"$\infty$",
    "…": r"\ldots{}",
    "∂": r"$\partial$",
    "→": r"$\to$",
    "─": "-",
    **{letter: rf"$\{command}$" for letter, command in COMMANDS.items() if command},
    **{letter: f"$_{digit}$" for digit, letter in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
PLAIN = {raised: plain for plain, raised in zip("0123456789n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", strict=True)}
RAISED = "⁻" + "".join(PLAIN)


def as_latex(page: Page) -> str:
    """The page as a document of LaTeX."""
    parts = [rf"\section*{{{_words(page.title)}}}", *map(_of_latex, page.blocks)]
    for section in page.sections:
        parts += [rf"\subsection*{{{_words(section.title)}}}", *map(_of_latex, section.blocks)]
    return DOCUMENT + "\n\n".join(parts) + "\n\\end{document}\n"


def _words(words: str) -> str:
    r"""Words with the signs of mathematics in them, in the letters that every LaTeX knows.

    >>> print(_words("10⁻⁵ of ∂f/∂x₁"))
    10$^{-5}$ of $\partial$f/$\partial$x$_1$
    """
    parts = re.split(f"([{RAISED}]+)", words)
    return "".join(_raised(part) if part and part[0] in RAISED else _signs(part) for part in parts)


def _raised(part: str) -> str:
    plain = "".join("-" if sign == "⁻" else PLAIN[sign] for sign in part)
    return f"$^{{{plain}}}$"


def _signs(words: str) -> str:
    return "".join(SIGNS.get(sign, escaped(sign)) for sign in words)


def _in_math(tree: Expression) -> str:
    return rf"$\displaystyle {latex(tree)}$"


def _of_latex(block: Block) -> str:
    blank = r"\underline{\hspace{4em}}"
    if isinstance(block, Picture):
        return _of_latex(_steps_table(block))
    if isinstance(block, tuple):
        return rf"\noindent {_line(block, _in_math, _words, blank)}\par"
    rows = [" & ".join(_cell(cell, _in_math, _words, blank) for cell in row) + r" \\[1ex]" for row in block.rows]
    head = " & ".join(map(_words, block.header)) + r" \\"
    columns = "l" * len(block.header)
    top, bottom = rf"\begin{{longtable}}{{{columns}}}", r"\end{longtable}"
    return "\n".join([top, r"\toprule", head, r"\midrule", *rows, r"\bottomrule", bottom])


def _steps_table(picture: Picture) -> Line:
    """LaTeX shows no SVG: the graph is one line there."""
    return (f"(The graph: {picture.title})",)


# HTML -------------------------------------------------------------------------------------------------

STYLE = """\
body { font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; background: white;
  color: #1a1a1a; line-height: 1.5 }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; padding: 0.3rem 1.2rem 0.3rem 0; border-bottom: 1px solid #ddd; vertical-align: middle }
math { font-size: 1.1em } svg { max-width: 100%; height: auto }"""


def as_html(page: Page) -> str:
    """The page as a file of HTML that needs nothing else: browsers typeset MathML."""
    title = html.escape(page.title)
    head = f'<meta charset="utf-8">\n<title>{title}</title>\n<style>\n{STYLE}\n</style>'
    return f'<!doctype html>\n<html lang="en">\n{head}\n<body>\n{fragment(page)}\n</body>\n</html>\n'


def fragment(page: Page) -> str:
    """The page without what is around it, for a notebook."""
    parts = [f"<h1>{html.escape(page.title)}</h1>", *map(_of_html, page.blocks)]
    for section in page.sections:
        parts += [f"<h2>{html.escape(section.title)}</h2>", *map(_of_html, section.blocks)]
    return "\n".join(parts)


def _of_html(block: Block) -> str:
    if isinstance(block, Picture):
        try:
            return block.svg[block.svg.index("<svg") :]
        except CannotRender:
            return f"<pre>{html.escape(block.text)}</pre>"
    if isinstance(block, tuple):
        return f"<p>{_line(block, mathml, html.escape)}</p>"
    head = "".join(f"<th>{html.escape(name)}</th>" for name in block.header)
    rows = ("".join(f"<td>{_cell(cell, mathml, html.escape, BLANK)}</td>" for cell in row) for row in block.rows)
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return f"<table>\n<tr>{head}</tr>\n{body}</table>"
