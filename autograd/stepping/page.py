"""The page of a stepper: one file with the picture, the data, the program, the script and the style inside."""

from __future__ import annotations

import functools
import html
import json
import math
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from autograd.calculus import partials_or_errors
from autograd.drawing import CannotRender, Picture, draw
from autograd.drawing.described import Described, described
from autograd.drawing.names import Names, Naming
from autograd.drawing.showing import notebook_display, open_page
from autograd.errors import DerivativeError
from autograd.files import write_whole
from autograd.graph import topological_order
from autograd.notation import Expression, expression, mathml, number, text
from autograd.notation.tree import Equation
from autograd.recorded import as_written, replayed
from autograd.stepping.contents import MOST_BOXES, Contents, functions, title
from autograd.stepping.network import network
from autograd.stepping.picture import picture
from autograd.value import Value

__all__ = ["Stepper"]

DIGITS = 4  # of a number in a box
HEIGHT = 860  # of the frame in a notebook, in pixels
LARGE = 40  # nodes; a larger function is not written out
MOST = 12  # leaves; the numbers of more do not stand in the heading


class Stepper:
    """A page that steps through a recorded ``output``; ``stepper`` makes it, and says what ``names`` are.

    ``html`` is its text, ``contents`` what it shows, as data. On the last line of a notebook's cell it shows itself.
    Raises TypeError for what is no Value, and ValueError for an output that was not computed from leaves, or not from
    finite numbers.

    >>> from autograd import stepper
    >>> x = Value(3.0, label="x")
    >>> page = stepper(x * x)
    >>> page.html.startswith("<!doctype html>")
    True
    """

    def __init__(self, output: Value, names: Names | None = None) -> None:
        if not isinstance(output, Value):
            raise TypeError(f"stepper takes a Value, not {type(output).__name__}")
        recorded: list[Value] = topological_order(output)
        naming = Naming(recorded, names)
        again = replayed(recorded)
        order = [again[node] for node in recorded]
        leaves = [node for node in order if node.operation is None and not node.is_constant]
        if order[-1].operation is None or not leaves:
            raise ValueError("there is nothing to step through: the output was not computed from leaves")
        self.labels = {again[node]: naming.label(node) for node in recorded if not node.is_constant}
        graph = described(order[-1], self.labels, DIGITS)
        for node in order:
            if not math.isfinite(node.data):
                raise ValueError(f"{graph.naming.name(node)} is not finite: there are no steps from such a number")
        for found in partials_or_errors(order[-1], _without_derivative(graph)):
            if isinstance(found, DerivativeError):
                raise found
        self.contents = Contents(graph, [node.origin.line for node in recorded])

    @functools.cached_property
    def html(self) -> str:
        """The page. Raises CannotRender where nothing is installed that can lay out the graph."""
        graph, heading = self.contents.graph, _heading(self.contents.graph)
        parts = {
            "title": html.escape(graph.naming.name(graph.order[-1])),
            "heading": mathml(heading),
            "spoken": html.escape(text(heading)),
            "point": html.escape(_point(graph)),
            "style": _asset("stepper.css"),
            "picture": self._picture(),
            "data": _in_script(self.contents.data),
            "program": functions() + self.contents.program,
            "script": _asset("stepper.js"),
        }
        return _filled(_asset("page.html"), parts)

    def _picture(self) -> str:
        contents, graph = self.contents, self.contents.graph
        return network(graph, contents.columns) if contents.columns else picture(contents)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whole or not at all; returns its path.

        Raises ValueError where its name does not end in .html, OSError where it cannot be written.
        """
        target = Path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a stepper is saved as .html, not as {target.name!r}")
        return write_whole(target, self.html.encode())

    def show(self) -> None:
        """Show the page: in a notebook there, elsewhere in a browser, from a temporary file.

        Where nothing can lay out the graph, it prints the graph as text.
        """
        if display := notebook_display():
            display(self)
            return
        try:
            open_page(self.html)
        except CannotRender as error:
            print(f"{self._still.text}\n\n({error})")

    @property
    def _still(self) -> Picture:
        return draw(self.contents.graph.order[-1], self.labels, limit=MOST_BOXES)

    def _repr_html_(self) -> str:
        """A frame with the page; a viewer that takes frames out leaves the still picture, which lies below it."""
        graph = self.contents.graph
        cell = 'style="grid-area: 1 / 1'
        try:
            still = self._still.svg
        except CannotRender as error:
            return f"<pre>{html.escape(self._still.text)}</pre><p>{html.escape(str(error))}</p>"
        return (
            f'<div style="display: grid"><div {cell}">{still[still.index("<svg") :]}</div>'
            f'<iframe {cell}; width: 100%; height: {HEIGHT}px; border: 0; background: white" '
            f'title="{html.escape(title(graph, graph.order[-1]))}, step by step" sandbox="allow-scripts" '
            f'srcdoc="{html.escape(self.html)}"></iframe></div>'
        )

    def __repr__(self) -> str:
        graph = self.contents.graph
        return f"<Stepper of {title(graph, graph.order[-1])}; .show() opens it, .save('f.html') writes it to a file>"


def _without_derivative(graph: Described) -> list[Value]:
    return [leaf for leaf in graph.leaves if not math.isfinite(graph.numbers.adjoint.get(leaf, 0.0))]


def _heading(graph: Described) -> Expression:
    """The output as a formula of its leaves, if it is one to be read."""
    tree = expression(as_written(graph.order)[graph.order[-1]]) if len(graph.order) <= LARGE else None
    name = graph.naming.expression(graph.order[-1])
    return name if tree is None else Equation((name, tree))


def _point(graph: Described) -> str:
    """Where the leaves are, if they are few; else how many there are."""
    if len(graph.leaves) > MOST:
        return f"{len(graph.order)} nodes, {len(graph.leaves)} of them leaves"
    return "at " + ", ".join(f"{graph.naming.name(leaf)} = {number(leaf.data)}" for leaf in graph.leaves)


def _asset(name: str) -> str:
    return (files("autograd.stepping") / name).read_text(encoding="utf-8")


def _in_script(data: dict[str, Any]) -> str:
    """Data as JSON that nothing in it can end: no tag, and no comment of HTML."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _filled(template: str, parts: dict[str, str]) -> str:
    """A template with its {{holes}} filled; what fills them is not looked at again."""
    pieces = re.split(r"\{\{(\w+)\}\}", template)
    return "".join(parts[piece] if i % 2 else piece for i, piece in enumerate(pieces))
