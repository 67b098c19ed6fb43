"""The picture of a large graph: a column for each layer, a box for each neuron, and lines between them."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autograd.drawing.described import Described
from autograd.notation import number
from autograd.stepping.layers import Cell, Column

WIDTH, HEIGHT, TITLE = 112.0, 38.0, 18.0  # of a box and of its first line, in points
ACROSS, DOWN = 110.0, 10.0  # between boxes
HEADER = 26.0
DIGITS = 4


def network(graph: Described, columns: Sequence[Column]) -> str:
    """The picture as an svg element, with everything shown."""
    tallest = max(_height(column) for column in columns)
    size = len(columns) * (WIDTH + ACROSS) - ACROSS, HEADER + tallest
    corners, headers = [], []
    for k, column in enumerate(columns):
        left, top = k * (WIDTH + ACROSS), HEADER + (tallest - _height(column)) / 2
        headers.append(f'<text class="column" x="{left + WIDTH / 2:g}" y="14">{html.escape(column.name)}</text>')
        corners += [(left, top + i * (HEIGHT + DOWN)) for i in range(len(column.cells))]
    cells = [cell for column in columns for cell in column.cells]
    lines = [_line(corners[used], corners[i], used, i) for i, cell in enumerate(cells) for used in cell.operands]
    boxes = [_box(graph, *corner, i, cell) for i, (corner, cell) in enumerate(zip(corners, cells, strict=True))]
    about = html.escape(
        f"The network of {graph.naming.name(graph.order[-1])}: {len(cells)} boxes in {len(columns)} columns"
    )
    head = (
        f'<svg id="graph" class="network" xmlns="http://www.w3.org/2000/svg" role="group" aria-label="{about}" '
        f'viewBox="-4 0 {size[0] + 8:g} {size[1] + 4:g}" style="min-width: {0.7 * size[0]:.0f}px">'
    )
    return "\n".join([head, *headers, *lines, *boxes, "</svg>"])


def _height(column: Column) -> float:
    return len(column.cells) * (HEIGHT + DOWN) - DOWN


def _line(used: tuple[float, float], user: tuple[float, float], i: int, k: int) -> str:
    x, y = used[0] + WIDTH, used[1] + HEIGHT / 2
    return f'<path class="link from{i} to{k}" d="M{x:g},{y:g}L{user[0]:g},{user[1] + HEIGHT / 2:g}"/>'


def _box(graph: Described, left: float, top: float, i: int, cell: Cell) -> str:
    half, low = WIDTH / 2, HEIGHT - TITLE
    row = f'y="{top + TITLE:g}" width="{half - 1:g}" height="{low - 1:g}"'
    value, gradient = _numbers(graph, cell)
    return (
        f'<g class="node cell" id="c{i}">'
        f'<rect class="box" x="{left:g}" y="{top:g}" width="{WIDTH:g}" height="{HEIGHT:g}" rx="5"/>'
        f'<rect class="value-row" x="{left + 1:g}" {row}/><rect class="gradient-row" x="{left + half:g}" {row}/>'
        f'<text class="title" x="{left + half:g}" y="{top + 13:g}">{html.escape(cell.name)}</text>'
        f'<text class="value" x="{left + half / 2:g}" y="{top + HEIGHT - 6:g}">{value}</text>'
        f'<text class="gradient" x="{left + 1.5 * half:g}" y="{top + HEIGHT - 6:g}">{gradient}</text></g>'
    )


def _numbers(graph: Described, cell: Cell) -> tuple[str, str]:
    """The value of a neuron and its gradient; on several samples, how many values it has."""
    if len(cell.results) > 1:
        return f"{len(cell.results)} values", ""
    (result,) = cell.results
    gradient = graph.numbers.adjoint.get(result)
    return number(result.data, DIGITS), "" if gradient is None else number(gradient, DIGITS)
