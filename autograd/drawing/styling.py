"""What Graphviz cannot say of a picture: exponents, the colour of a line in a box, several fonts, its width."""

from __future__ import annotations

import re

from autograd.drawing import dot

FONTS = "Helvetica,Arial,sans-serif"
EDGE = re.compile(r'<g id="[^"]*" class="edge">.*?</g>', re.S)
NODE = re.compile(r'<g id="[^"]*" class="node">.*?</g>', re.S)
LABEL = re.compile(r'(<text [^>]*)\by="([^"]*)"')
SIZE = re.compile(r'<svg width="(\d+)pt" height="\d+pt"')
TEXT = re.compile(r"(<text [^>]*>)([^<]*\^[^<]*)(?=</text>)")
EXPONENT = re.compile(r"\^(?:\(((?:[^()]|\([^()]*\))+)\)|([^\s()^,]+))")  # in brackets, or a word
UNSEEN = '<tspan display="none">{}</tspan>'
HIGH = 4  # points that an exponent is raised by
COLOURS = ("#174a7c", "#8a3c00")  # of the value and of the gradient: as their arrows, but darker


def styled(svg: str) -> str:
    """Graphviz's SVG with the value of each box in the colour of the forward pass, and the gradient in the other one.

    It is as wide as Graphviz made it where there is room, and else as wide as the room that there is.
    """
    svg = svg.replace(f'font-family="{dot.FONT}"', f'font-family="{FONTS}"')
    svg = SIZE.sub(r'<svg style="width:\1pt;max-width:100%;height:auto"', svg)
    svg = EDGE.sub(lambda found: LABEL.sub(_moved, found[0]), svg)
    svg = NODE.sub(lambda found: _coloured(found[0]), svg)
    return TEXT.sub(lambda found: found[1] + raised(found[2]), svg)


def raised(text: str) -> str:
    """The content of a text in SVG with its exponents raised; the caret stays, unseen, so that the text says it, too.

    >>> raised("e^y")
    'e<tspan display="none">^</tspan><tspan dy="-4" font-size="75%">y</tspan>'
    """
    found = EXPONENT.search(text)
    if found is None:
        return text
    opening, closing = ("^(", UNSEEN.format(")")) if found[1] else ("^", "")
    high = f'<tspan dy="{-HIGH}" font-size="75%">{found[1] or found[2]}</tspan>'
    rest = raised(text[found.end() :])
    after = f'<tspan dy="{HIGH}">{rest}</tspan>' if rest else ""
    return text[: found.start()] + UNSEEN.format(opening) + high + closing + after


def _moved(label: re.Match[str]) -> str:
    """The label of an edge a little higher: of two lines side by side the upper one would touch it."""
    return f'{label[1]}y="{float(label[2]) - 2:g}"'


def _coloured(node: str) -> str:
    lines = node.split("<text ")
    values = [i for i, line in enumerate(lines) if re.search(r">value ", line)]
    for i, colour in zip(range(values[-1], len(lines)), COLOURS, strict=False) if values else ():
        lines[i] = re.sub(r'fill="[^"]*"', f'fill="{colour}"', lines[i])
    return "<text ".join(lines)
