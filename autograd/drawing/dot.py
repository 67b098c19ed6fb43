"""A graph as DOT, the language of Graphviz."""

from __future__ import annotations

import re
from collections.abc import Mapping

import graphviz

from autograd.drawing.names import Naming, shortened, written, written_partial
from autograd.graph import topological_order
from autograd.value import Value

# Ranks crossed by edges, over which the layout settles for fewer rounds, and for straight lines.
LONG, VERY_LONG = 400, 1500
# Graphviz knows how wide Arial is, and Helvetica is as wide; of a list it would take the widths of Times.
FONT, FONTS = "Arial", "Helvetica,Arial,sans-serif"
INK, QUIET, FRAME = "#1f2933", "#5f6b7a", "#7b8794"
MARK = "#b3261e"
FILL_LEAF, FILL_INNER, FILL_OUTPUT = "#fdf3d8", "#ffffff", "#e3eefb"


def source(
    root: Value, naming: Naming, direction: str, limit: int, marked: Mapping[tuple[Value, int], str]
) -> tuple[str, int]:
    """The DOT source of the graph, and how many nodes over the limit it leaves out.

    The nodes nearest to the output stay; an edge from "…" stands for what is left out.
    """
    kept = _nearest(root, limit)
    everything = [node for node in topological_order(root) if node is root or not node.is_constant]
    order = [node for node in everything if node in kept]
    number = {node: i for i, node in enumerate(order)}
    graph = graphviz.Digraph()
    graph.attr("graph", rankdir=direction, nodesep="0.25", ranksep="0.45", bgcolor="transparent")
    graph.attr("graph", fontname=FONT, fontsize="10", fontcolor=QUIET, labelloc="b")
    graph.attr("node", shape="record", style="rounded,filled", fontname=FONT, fontsize="12", penwidth="1")
    graph.attr("node", color=FRAME, fontcolor=INK, margin="0.12,0.06")
    graph.attr("edge", fontname=FONT, fontsize="10", color=FRAME, fontcolor=QUIET, arrowsize="0.7")
    length = _total_length(order)
    if length > LONG:
        graph.attr("graph", nslimit="1", nslimit1="1", mclimit="0.1")
    if length > VERY_LONG:
        graph.attr("graph", splines="line")
    swept = root.grad != 0.0
    for node in order:
        _add_node(graph, node, str(number[node]), naming, swept, node is root, direction in ("LR", "RL"))
    more = 0
    for node in order:
        for operand, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            if parent in number:
                label = f" ∂ {written_partial(partial, naming.precision)} "
                remark = marked.get((node, operand))
                style = {} if remark is None else {"color": MARK, "fontcolor": MARK, "penwidth": "2"}
                text = label if remark is None else f"{label}({shortened(remark)}) "
                graph.edge(str(number[parent]), str(number[node]), label=graphviz.escape(text), **style)
            elif not parent.is_constant:
                more += 1
                graph.node(f"more{more}", "…", shape="plaintext", style="", fontcolor=QUIET)
                graph.edge(f"more{more}", str(number[node]), style="dashed")
    left_out = len(everything) - len(order)
    legend = "box: operation, value" + (", gradient" if swept else "") + "   ·   arrow: local derivative ∂"
    if left_out:
        legend += f"   ·   {left_out} of {left_out + len(order)} nodes left out (…)"
    graph.attr("graph", label=legend)
    return str(graph.source), left_out


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


def _add_node(
    graph: graphviz.Digraph, node: Value, key: str, naming: Naming, swept: bool, is_root: bool, across: bool
) -> None:
    formula = naming.formula(node)
    rows = (
        [shortened(f"{naming.name(node)} = {formula}" if formula else naming.name(node))]
        if naming.is_named(node)
        else []
    )
    rows.append(written(node.data, naming.precision))
    if swept:
        rows.append(f"grad {written(node.grad, naming.precision)}")
    label = "|".join(map(_escaped, rows))
    graph.node(
        key,
        # Fields of a record follow the direction of the graph; braces turn them across it.
        label if across else "{" + label + "}",
        fillcolor=FILL_OUTPUT if is_root else FILL_INNER if formula else FILL_LEAF,
        penwidth="2" if is_root else "1",
        # Without one, the tooltip repeats the label with its record marks.
        tooltip=graphviz.escape(f"{naming.name(node)} = {formula or repr(node.data)}"),
    )


def _escaped(text: str) -> str:
    """A text as a field of a record: what marks fields and escapes there, taken literally."""
    return re.sub(r"([\\{}|<> ])", r"\\\1", text)
