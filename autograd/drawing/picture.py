"""draw(): the picture of a graph, which shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import functools
import html
import os
from collections.abc import Mapping
from pathlib import Path

from autograd.drawing import dot
from autograd.drawing.described import described
from autograd.drawing.names import Names
from autograd.drawing.render import CannotRender, to_format, to_svg
from autograd.drawing.showing import notebook_display, open_page
from autograd.drawing.styling import styled
from autograd.drawing.text import tree_of
from autograd.files import in_words, write_whole
from autograd.value import Value, show_values_with

DIRECTIONS = ("LR", "TB", "RL", "BT")
FORMATS = (".svg", ".png", ".pdf", ".dot", ".gv")
PAGE = (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
    '<body style="background: white">\n{svg}\n</body>\n</html>\n'
)


class Picture:
    """The picture of a graph. In a notebook it shows itself; ``show`` opens it elsewhere, ``save`` writes it to a file.

    ``draw`` makes it. ``source`` is its DOT text, ``text`` the same graph as a tree, ``left_out`` how many nodes are
    over the limit and not drawn.

    >>> from autograd import Value, draw
    >>> x = Value(2.0, label="x")
    >>> draw(x * x)
    <Picture of v₁ = x · x = 4; .show() opens it, .save('graph.svg') writes it to a file>
    """

    def __init__(self, source: str, text: str, left_out: int) -> None:
        self.source = source
        self.text = text
        self.left_out = left_out

    @functools.cached_property
    def svg(self) -> str:
        """The picture as SVG text. Raises CannotRender where nothing is installed that can draw it."""
        return styled(to_svg(self.source))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file: .svg, .dot or .gv, and .png or .pdf where Graphviz is installed.

        The file appears whole or not at all. Returns its path. Raises ValueError for another suffix, CannotRender where
        nothing can draw it, and OSError where the file cannot be written.
        """
        target = Path(path)
        suffix = target.suffix.lower().removeprefix(".")
        if suffix == "svg":
            data = self.svg.encode()
        elif suffix in ("dot", "gv"):
            data = self.source.encode()
        elif suffix in ("png", "pdf"):
            data = to_format(self.source, suffix)
        else:
            raise ValueError(f"a picture is saved as {in_words(FORMATS)}, not as {target.name!r}")
        return write_whole(target, data)

    def show(self) -> None:
        """Show the picture: in a notebook there, elsewhere in a browser, from a temporary file.

        Where no browser can be opened it says where the file is; where nothing can draw, it prints the graph as text.
        """
        if display := notebook_display():
            display(self)
            return
        try:
            page = PAGE.format(title=html.escape(self.title), svg=self.svg[self.svg.index("<svg") :])
        except CannotRender as error:
            print(f"{self.text}\n\n({error})")
            return
        open_page(page)

    @property
    def title(self) -> str:
        """The output with its formula and value, in one line."""
        return " ".join(self.text.splitlines()[0].split())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        try:
            return {"text/plain": self.text, "image/svg+xml": self.svg}
        except CannotRender as error:
            return {"text/plain": f"{self.text}\n\n({error})"}

    def __repr__(self) -> str:
        return f"<Picture of {self.title}; .show() opens it, .save('graph.svg') writes it to a file>"


def draw(
    root: Value,
    names: Names | None = None,
    *,
    direction: str = "LR",
    precision: int = 4,
    limit: int = 300,
    marked: Mapping[tuple[Value, int], str] | None = None,
) -> Picture:
    """The picture of the graph that ends at the Value ``root``.

    Boxes show operation, value and, once ``backward()`` has run, the gradient; arrows show local
    derivatives. ``names`` names leaves and other nodes, as in ``{"x": x}``, or the weights of a network:
    ``draw(model(x), names=dict(model.named_parameters()))``. ``direction`` is LR, TB, RL or BT (left to
    right, top to bottom, and reverse); numbers get ``precision`` significant digits; of more than
    ``limit`` nodes the nearest to the output are drawn. ``marked`` writes a remark in red at edges, each
    given as a node and the place of the operand. Raises ValueError for another direction or limit.

    >>> x = Value(2.0, label="x")
    >>> picture = draw(x * x)
    >>> "digraph" in picture.source, "<svg" in picture.svg
    (True, True)
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw takes a Value, not {type(root).__name__}")
    if str(direction).upper() not in DIRECTIONS:
        raise ValueError(f"direction is one of {', '.join(DIRECTIONS)}, not {direction!r}")
    if not isinstance(limit, int) or limit < 1:
        raise ValueError(f"limit is a number of nodes, at least 1, not {limit!r}")
    graph = described(root, names, precision)
    source, left_out = dot.source(graph, direction.upper(), limit, marked or {})
    return Picture(source, tree_of(graph), left_out)


def _rich(value: Value) -> dict[str, str]:
    bundle = draw(value)._repr_mimebundle_()
    return {kind: content for kind, content in bundle.items() if kind != "text/plain"}


show_values_with(_rich, lambda value: draw(value).show())
