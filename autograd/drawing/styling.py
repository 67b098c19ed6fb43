"""What Graphviz cannot say of a picture: the colour of a line in a box, several fonts, a width that adapts."""

from __future__ import annotations

import re

from autograd.drawing import dot

FONTS = "Helvetica,Arial,sans-serif"
EDGE = re.compile(r'<g id="[^"]*" class="edge">.*?</g>', re.S)
NODE = re.compile(r'<g id="[^"]*" class="node">.*?</g>', re.S)
LABEL = re.compile(r'(<text [^>]*)\by="([^"]*)"')
SIZE = re.compile(r'<svg width="(\d+)pt" height="\d+pt"')
COLOURS = ("#174a7c", "#8a3c00")  # of the value and of the gradient: as their arrows, but darker


def styled(svg: str) -> str:
    """Graphviz's SVG with the value of each box in the colour of the forward pass, and the gradient in the other one.

    It is as wide as Graphviz made it where there is room, and else as wide as the room that there is.
    """
    svg = svg.replace(f'font-family="{dot.FONT}"', f'font-family="{FONTS}"')
    svg = SIZE.sub(r'<svg style="width:\1pt;max-width:100%;height:auto"', svg)
    svg = EDGE.sub(lambda found: LABEL.sub(_raised, found[0]), svg)
    return NODE.sub(lambda found: _coloured(found[0]), svg)


def _raised(label: re.Match[str]) -> str:
    """The label of an edge a little higher: of two lines side by side the upper one would touch it."""
    return f'{label[1]}y="{float(label[2]) - 2:g}"'


def _coloured(node: str) -> str:
    lines = node.split("<text ")
    values = [i for i, line in enumerate(lines) if re.search(r">value ", line)]
    for i, colour in zip(range(values[-1], len(lines)), COLOURS, strict=False) if values else ():
        lines[i] = re.sub(r'fill="[^"]*"', f'fill="{colour}"', lines[i])
    return "<text ".join(lines)
