"""The picture of a stepper: Graphviz lays it out, and its boxes and arrows are drawn so that a page can fill them.

A box says what the node is, what flowed forward to it, its value, and what flows back to it, its gradient. An arrow
has a head at either end: one for each pass.
"""

from __future__ import annotations

import html
import math
import re
from itertools import pairwise
from xml.etree import ElementTree

from autograd.deriving.paths import Edge
from autograd.drawing import render
from autograd.drawing.described import Described
from autograd.drawing.names import shortened
from autograd.drawing.styling import raised
from autograd.notation import number, text
from autograd.stepping.contents import Contents, title
from autograd.value import Value

DIGITS = 4
ROW, PADDING = 20.0, 10.0  # points
SIZE, SMALL = 13.0, 11.0  # of letters
LONGEST_NUMBER = "−1.234·10⁻¹²"
NARROW, WIDE = set("ijlt.,:;|!'()[]·1 f"), set("mwMWOQ@%∂−+=×")
# An arrowhead, of ten points as Graphviz's; from where the line ends.
MARKER = (
    '<marker id="{name}-head" viewBox="0 -4 10 8" markerWidth="10" markerHeight="8" markerUnits="userSpaceOnUse" '
    'orient="auto-start-reverse"><path d="M0,-3.5L10,0L0,3.5"/></marker>'
)
SVG = "{http://www.w3.org/2000/svg}"
POINTS = 72.0  # an inch
READABLE = 0.85  # pixels a point: below, the picture is scrolled
RAISED = 3.0  # points: of two edges side by side, the label of the upper one would touch the other
BESIDE = 5.0  # points from the arrow of the forward pass to that of the backward pass


def picture(contents: Contents) -> str:
    """The picture as an svg element, with everything shown. Raises CannotRender where nothing can lay it out."""
    laid_out = ElementTree.fromstring(_rounded(render.to_svg(_source(contents))).encode())
    canvas = laid_out.find(f"{SVG}g")
    assert canvas is not None, "Graphviz draws in one group"
    graph, box = contents.graph, laid_out.get("viewBox", "0 0 1 1")
    groups = {group.get("id", ""): group for group in canvas.findall(f"{SVG}g")}
    arrows = [_arrow(graph, edge, i, groups[f"e{i}"]) for i, edge in enumerate(contents.edges)]
    flat = [_line(group) for name, group in groups.items() if name.startswith("flat")]
    boxes = [_box(graph, node, i, groups[f"n{i}"]) for i, node in enumerate(graph.order) if f"n{i}" in groups]
    about = f"The graph of {graph.naming.name(graph.order[-1])}: {len(boxes)} nodes, {len(arrows)} edges"
    return "\n".join(
        [
            f'<svg id="graph" xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="group" '
            f'style="min-width: {READABLE * float(box.split()[2]):.0f}px" aria-label="{html.escape(about)}">',
            *(MARKER.format(name=name) for name in ("quiet", "forward", "backward")),
            f'<g transform="{canvas.get("transform")}">',
            *flat,
            *arrows,
            *boxes,
            "</g></svg>",
        ]
    )


def _rounded(svg: str) -> str:
    """Points to one decimal: more cannot be seen."""
    return re.sub(r"(\d\.\d)\d+", r"\1", svg)


def width(letters: str, size: float) -> float:
    """About how wide a text is, in points.

    >>> width("mm", 10.0) > width("ii", 10.0)
    True
    """
    return size * sum(0.36 if c in NARROW else 0.9 if c in WIDE or ord(c) > 0x2E80 else 0.6 for c in letters)


def _rows(graph: Described, node: Value) -> tuple[str, str, str]:
    """What a box says: the node, its value, its gradient."""
    gradient = graph.numbers.adjoint.get(node)
    back = (
        "" if gradient is None else f"{text(graph.naming.partial(graph.order[-1], node))} = {number(gradient, DIGITS)}"
    )
    return shortened(title(graph, node)), f"= {number(graph.numbers.value(node), DIGITS)}", back


def _source(contents: Contents) -> str:
    """The DOT source: boxes and labels of the right size, without a word in them."""
    graph = contents.graph
    lines = ["rankdir=LR; nodesep=0.3; ranksep=0.35;", 'node [shape=box, fixedsize=true, label=""]; edge [dir=both];']
    leaves = []
    for i, node in enumerate(graph.order):
        if not node.is_constant:
            size = f"width={_width(graph, node) / POINTS:.3f}, height={3 * ROW / POINTS:.3f}"
            lines.append(f'n{i} [id="n{i}", {size}];')
            leaves += [f"n{i}"] if node.operation is None else []
    # The inputs stand in one column, in their order.
    lines.append(f"{{ rank=same; {'; '.join(leaves)}; }}")
    lines += [f"{above} -> {below} [style=invis];" for above, below in pairwise(leaves)]
    drawn = {edge: i for i, edge in enumerate(contents.edges)}
    for node in graph.order:
        for operand, parent in enumerate(node.parents):
            if not parent.is_constant:
                ends = f"n{contents.place[parent]} -> n{contents.place[node]}"
                edge = node, operand
                how = _labelled(graph, edge, drawn[edge]) if edge in drawn else f'id="flat{len(lines)}", dir=forward'
                lines.append(f"{ends} [{how}];")
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


def _width(graph: Described, node: Value) -> float:
    """How wide a box is, for any numbers."""
    what, _, gradient = _rows(graph, node)
    longest = f"{gradient.split(' = ')[0]} = {LONGEST_NUMBER}"
    return max(width(what, SIZE), width(longest, SIZE)) + PADDING


def _labelled(graph: Described, edge: Edge, i: int) -> str:
    """An edge with room for two lines: zeros, since Graphviz knows how wide they are."""
    zeros = "0" * math.ceil(width(f"{_local_name(graph, edge)} = −1.2345", SMALL) / (0.556 * SIZE))
    return f'id="e{i}", fontname="Arial", fontsize={SIZE:g}, label="{zeros}\\n{zeros}"'


def _local_name(graph: Described, edge: Edge) -> str:
    node, operand = edge
    return shortened(text(graph.naming.partial(node, node.parents[operand])))


def _line(group: ElementTree.Element) -> str:
    """An arrow that brings nothing back."""
    line = group.find(f"{SVG}path")
    assert line is not None, "an edge has a line"
    return f'<g class="edge flat"><path class="on" d="{line.get("d")}"/></g>'


def _arrow(graph: Described, edge: Edge, i: int, group: ElementTree.Element) -> str:
    """An edge as two arrows: one forward, and one back beside it."""
    line = group.find(f"{SVG}path")
    tail, head = map(_tip, group.findall(f"{SVG}polygon"))
    label = group.find(f"{SVG}text")
    assert line is not None, "an edge has a line"
    assert label is not None, "and a label"
    path = line.get("d", "")
    node, operand = edge
    local = f"{_local_name(graph, edge)} = {number(graph.numbers.partial(node, operand), DIGITS)}"
    x, y = label.get("x"), float(label.get("y", "0")) - RAISED
    return (
        f'<g class="edge" id="e{i}"><path class="on" d="M{tail}L{path[1:]}"/>'
        f'<path class="back" transform="translate(0 {BESIDE:g})" d="{path}L{head}"/>'
        f'<text class="local" x="{x}" y="{y:.1f}">{html.escape(local)}</text></g>'
    )


def _tip(arrowhead: ElementTree.Element) -> str:
    """The point of an arrowhead, whose corners are given from one side to the other."""
    return arrowhead.get("points", "").split()[1]


def _box(graph: Described, node: Value, i: int, group: ElementTree.Element) -> str:
    polygon = group.find(f"{SVG}polygon")
    assert polygon is not None, "a node is a box"
    corners = [tuple(map(float, point.split(","))) for point in polygon.get("points", "").split()]
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    across = max(x for x, _ in corners) - left
    kind = "output" if node is graph.order[-1] else "leaf" if node.operation is None else "step"
    parts = [f'<rect class="box" x="{left:.1f}" y="{top:.1f}" width="{across:.1f}" height="{3 * ROW:g}" rx="6"/>']
    for row, (name, words) in enumerate(zip(("title", "value", "gradient"), _rows(graph, node), strict=True)):
        x, y = left + 1.0, top + row * ROW
        if row:
            size = f'width="{across - 2.0:.1f}" height="{ROW - 1.0:g}"'
            parts.append(f'<rect class="{name}-row" x="{x:.1f}" y="{y:.1f}" {size}/>')
        middle = f'x="{left + across / 2:.1f}" y="{y + 0.72 * ROW:.1f}"'
        parts.append(f'<text class="{name}" {middle}>{raised(html.escape(words))}</text>')
    return f'<g class="node {kind}" id="n{i}">{"".join(parts)}</g>'
