"""A graph as DOT, the language of Graphviz."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import wrap

from autograd.drawing.described import Described
from autograd.drawing.names import Naming, clean, shortened
from autograd.notation import text
from autograd.value import Value

# Ranks crossed by edges, over which the layout settles for fewer rounds, and for straight lines.
LONG, VERY_LONG = 400, 1500
# Graphviz knows how wide Arial is, and Helvetica is as wide; of a list it would take the widths of Times.
FONT = "Arial"
INK, QUIET, FRAME = "#1f2933", "#5f6b7a", "#7b8794"
FORWARD, BACKWARD, MARK = "#2f6fb0", "#c05a12", "#b3261e"
MOST_IN_ORDER = 12  # leaves that are made to stand in order: with many more the edges would cross
NOTE = 70  # characters of a line below the picture
BREAK = "\\n"  # between lines, as Graphviz reads it
FILL_LEAF, FILL_INNER, FILL_OUTPUT = "#fdf3d8", "#ffffff", "#e3eefb"


def source(graph: Described, direction: str, limit: int, marked: Mapping[tuple[Value, int], str]) -> tuple[str, int]:
    """The DOT source of a graph, and how many nodes over the limit it leaves out.

    The nodes nearest to the output stay; an edge from "…" stands for what is left out.
    """
    naming, values, gradients = graph.naming, graph.values, graph.gradients
    root = graph.order[-1]
    everything = [node for node in graph.order if node is root or not node.is_constant]
    kept = _nearest(root, limit)
    order = [node for node in everything if node in kept]
    key = {node: str(i) for i, node in enumerate(order)}
    lines = _defaults(direction, _total_length(order), gradients.swept)
    for node in order:
        numbers = [f"value {values.written(node)}", gradients.named(node)]
        lines.append(f"{key[node]} {_box(node, naming, numbers, node is root, direction in ('LR', 'RL'))}")
    lines += _in_order([key[leaf] for leaf in graph.leaves if leaf in key])
    for node in order:
        for operand, parent in enumerate(node.parents):
            if parent in key:
                partial = naming.number(graph.numbers.partial(node, operand))
                local = f"{text(naming.partial(node, parent))} = {partial}"
                lines.append(f"{key[parent]} -> {key[node]} {_arrow(local, marked.get((node, operand)))}")
            elif not parent.is_constant:
                lines += _stub(f"more{len(lines)}", key[node])
    left_out = len(everything) - len(order)
    legend = "→ forward: values"
    if gradients.swept:
        legend += "   ·   ← backward: gradients, times the local derivative on each arrow"
    if left_out:
        legend += f"   ·   {left_out} of {len(everything)} nodes left out (…)"
    notes = [line for sentence in values.sentences + gradients.sentences for line in wrap(sentence, NOTE)]
    lines.append(f"graph {_attributes(label=BREAK.join(map(_literal, [legend, *notes])))}")
    return "\n".join(["digraph {", *(f"\t{line}" for line in lines), "}", ""]), left_out


def _defaults(direction: str, length: int, swept: bool) -> list[str]:
    """The default look of graph, nodes and edges; the longer the edges, the less effort is spent on the layout.

    Once gradients have flowed back, an edge is two lines side by side, one in each direction.
    """
    flows = {"color": f"{FORWARD}:{BACKWARD}", "dir": "both", "arrowtail": "vee"} if swept else {"color": FORWARD}
    lines = [
        f"graph {_attributes(rankdir=direction, nodesep='0.25', ranksep='0.45', bgcolor='white')}",
        f"graph {_attributes(fontname=FONT, fontsize='10', fontcolor=QUIET, labelloc='b')}",
        f"node {_attributes(shape='record', style='rounded,filled', fontname=FONT, fontsize='12', penwidth='1')}",
        f"node {_attributes(color=FRAME, fontcolor=INK, margin='0.12,0.06')}",
        f"edge {_attributes(fontname=FONT, fontsize='10', fontcolor=INK, arrowsize='0.7', **flows)}",
    ]
    if length > LONG:
        lines.append(f"graph {_attributes(nslimit='1', nslimit1='1', mclimit='0.1')}")
    if length > VERY_LONG:
        lines.append(f"graph {_attributes(splines='line')}")
    return lines


def _in_order(leaves: list[str]) -> list[str]:
    """A line that makes the leaves stand at one side, in order."""
    if not 1 < len(leaves) <= MOST_IN_ORDER:
        return []
    return [f"{{rank=same; {' -> '.join(leaves)} [style=invis]}}"]


def _total_length(order: list[Value]) -> int:
    """How many ranks the edges cross together: what the layout's time grows with, far more than linearly."""
    rank: dict[Value, int] = {}
    total = 0
    for node in order:
        ranks = [rank[parent] for parent in node.parents if parent in rank]
        rank[node] = max(ranks, default=-1) + 1
        total += sum(rank[node] - r for r in ranks)
    return total


def _nearest(root: Value, limit: int) -> set[Value]:
    kept = {root}
    layer = [root]
    while layer:
        parents = dict.fromkeys(parent for node in layer for parent in node.parents if not parent.is_constant)
        layer = [parent for parent in parents if parent not in kept][: limit - len(kept)]
        kept.update(layer)
    return kept


def _box(node: Value, naming: Naming, numbers: list[str], is_root: bool, across: bool) -> str:
    formula = naming.formula(node)
    title = [shortened(f"{naming.name(node)} = {formula}" if formula else naming.name(node))]
    rows = [*(title if naming.is_named(node) else []), *filter(None, numbers)]
    label = "|".join(_literal(row, r"\{}|<> ") for row in rows)
    return _attributes(
        # Fields of a record follow the direction of the graph; braces turn them across it.
        label=label if across else "{" + label + "}",
        fillcolor=FILL_OUTPUT if is_root else FILL_INNER if formula else FILL_LEAF,
        penwidth="2" if is_root else "1",
        # Without one, the tooltip repeats the label with its record marks.
        tooltip=_literal(f"{naming.name(node)} = {formula or naming.number(node.data)}"),
    )


def _arrow(local: str, remark: str | None) -> str:
    if remark is None:
        return _attributes(label=_literal(f" {local} "))
    label = _literal(f" {local} ({shortened(remark)}) ")
    return _attributes(label=label, color=MARK, fontcolor=MARK, penwidth="2")


def _stub(key: str, child: str) -> list[str]:
    """An edge from what is left out."""
    return [
        f"{key} {_attributes(label='…', shape='plaintext', style='', fontcolor=QUIET)}",
        f"{key} -> {child} {_attributes(style='dashed')}",
    ]


def _attributes(**attributes: str) -> str:
    """Attributes in DOT; the language of their text is what Graphviz makes of it."""
    quoted = (f'{name}="{text}"' for name, text in attributes.items())
    return f"[{' '.join(quoted)}]"


def _literal(text: str, marks: str = "\\") -> str:
    """A text that shows as it is, in a label or tooltip; marks are the characters that would mean something else there.

    Graphviz reads entities of HTML, too: "&#1;" would become a character that XML cannot hold.
    """
    escaped = re.sub(f"[{re.escape(marks)}]", r"\\\g<0>", clean(text))
    return escaped.replace("&", "&amp;").replace('"', '\\"')
