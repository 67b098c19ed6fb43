"""A derivation: both passes through a graph, the paths to each input, and the result, as written on a board."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as File
from typing import Any

from autograd.calculus import derivative_formulas
from autograd.checking import check_gradients
from autograd.deriving import pages
from autograd.deriving.named import DIGITS, MOST_PATHS, NamedGraph, number
from autograd.deriving.pages import Blank, Block, Cell, Line, Page, Section, Table
from autograd.deriving.paths import Edge, Path, Paths, paths
from autograd.deriving.rules import rule_name
from autograd.drawing import Picture, draw
from autograd.files import write_whole
from autograd.formula import Formula
from autograd.graph import edges, topological_order
from autograd.notation import Expression, expression, name, simplified
from autograd.notation.tree import ONE, Chain, Equation, Name, Partial, Sum
from autograd.recorded import as_written
from autograd.value import Value
from autograd.verifying.function import Function

MOST_STEPS = 60  # of a graph: the last ones
MOST_INPUTS = 10  # whose paths are written out
MOST_EDGES = 10  # of a path that is written out
SUFFIXES: dict[str, Callable[[Page], str]] = {
    ".md": pages.as_markdown,
    ".tex": pages.as_latex,
    ".html": pages.as_html,
    ".txt": pages.as_text,
}


class Derivation:
    """A derivation of the gradient of a recorded output, which shows itself as text, and typeset in a notebook.

    ``page`` holds its parts; ``sheet`` is the same with blanks in the place of what is to be computed. ``more`` are
    sections that follow, such as the questions of an exercise.
    """

    def __init__(
        self,
        output: Value,
        function: Callable[..., Any],
        leaves: Sequence[Value],
        title: str = "",
        more: tuple[Section, ...] = (),
    ) -> None:
        self.output = output
        self.function = function
        self.graph = NamedGraph(output, leaves)  # the leaves in the order of the function's operands
        self.title = title or f"The derivation of {name(self.graph.naming.name(output))}"
        self.more = more
        self._written = as_written(self.graph.order)

    @property
    def page(self) -> Page:
        """The whole derivation."""
        sections = [self._forward(), self._backward(), self._paths(), self._result()]
        return Page(self.title, self._head(), (*sections, *self.more))

    @property
    def sheet(self) -> Page:
        """The exercise: every step and every edge, with blanks for the numbers and the derivatives."""
        sections = [self._forward(blank=True), self._backward(blank=True)]
        blanks = tuple((self.graph.partial(leaf), " = ", Blank(), " = ", Blank()) for leaf in self.graph.leaves)
        return Page(self.title, self._head(), (*sections, Section("The gradient", blanks)))

    @property
    def latex(self) -> str:
        """The derivation as a document of LaTeX."""
        return pages.as_latex(self.page)

    @property
    def markdown(self) -> str:
        """The derivation as Markdown."""
        return pages.as_markdown(self.page)

    @property
    def html(self) -> str:
        """The derivation as a page of HTML."""
        return pages.as_html(self.page)

    def save(self, path: str | os.PathLike[str]) -> File:
        """Write the derivation to a file: .md, .tex, .html or .txt. The file appears whole or not at all."""
        return save(self.page, path)

    def __str__(self) -> str:
        return pages.as_text(self.page)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": pages.fragment(self.page)}

    # The parts ----------------------------------------------------------------------------------------

    def _head(self) -> tuple[Line, ...]:
        whole = expression(self._written[self.output])
        equation = (Equation((Name(self.graph.naming.name(self.output)), whole)),) if whole else ()
        point: list[Cell] = []
        for leaf in self.graph.leaves:
            point += [", " if point else "at ", Equation((self.graph.name(leaf), number(leaf.data)))]
        return (equation, tuple(point)) if equation else (tuple(point),)

    def _forward(self, blank: bool = False) -> Section:
        """The named steps with their values, and the graph."""
        steps = [node for node in self.graph.order if node.operation is not None]
        rows: list[tuple[Cell, ...]] = []
        for node in steps[-MOST_STEPS:]:
            shown: Cell = Blank() if blank else self.graph.value(node)
            rows.append((self.graph.name(node), self.graph.computed(node), shown))
        left = self._left_out(len(steps))
        picture = () if blank or len(steps) > MOST_STEPS else (self._picture(),)
        return Section("Forward pass", (*left, Table(("step", "is", "value"), tuple(rows)), *picture))

    def _backward(self, blank: bool = False) -> Section:
        """For every edge the rule, the local derivative, and upstream × local = contribution."""
        rows: list[tuple[Cell, ...]] = []
        steps = [
            node for node in reversed(self.graph.order) if node in self.graph.adjoints and node.operation is not None
        ]
        for node in steps[:MOST_STEPS]:
            for operand, parent in edges(node):
                if parent in self.graph.adjoints:
                    rows.append(self._edge(node, operand, parent, blank))
        header = ("from", "to", "rule", "local derivative", "upstream × local = contribution")
        return Section("Backward pass", (*self._left_out(len(steps)), Table(header, tuple(rows))))

    def _edge(self, node: Value, operand: int, parent: Value, blank: bool) -> tuple[Cell, ...]:
        ends = self.graph.name(node), self.graph.name(parent)
        if blank:
            return (*ends, Blank(), Blank(), Blank())
        partial = Partial(self.graph.naming.name(node), self.graph.naming.name(parent))
        local = self.graph.local_number(node, operand)
        upstream = number(self.graph.adjoints[node])
        contribution = number(self.graph.adjoints[node] * self.graph.local(node, operand))
        formula = self.graph.local_formula(node, operand)
        sides = (partial, local) if formula == local else (partial, formula, local)
        return (
            *ends,
            rule_name(node, operand),
            Equation(sides),
            Equation((Chain("×", (upstream, local)), contribution)),
        )

    def _paths(self) -> Section:
        """For each input the gradient as the sum over its paths."""
        blocks: list[Block] = []
        largest = sorted(self.graph.leaves, key=lambda leaf: -abs(self.graph.gradient(leaf)))[:MOST_INPUTS]
        for leaf in (leaf for leaf in self.graph.leaves if leaf in largest):
            blocks += self._paths_to(leaf)
        if len(self.graph.leaves) > MOST_INPUTS:
            blocks.append((f"(These are the {MOST_INPUTS} largest of {len(self.graph.leaves)} partial derivatives.)",))
        return Section("Each input's gradient: the sum over its paths", tuple(blocks))

    def _paths_to(self, leaf: Value) -> list[Block]:
        found = paths(self.graph.order, leaf, MOST_PATHS)
        partial, total = self.graph.partial(leaf), number(self.graph.gradient(leaf))
        output = name(self.graph.naming.name(self.output))
        if not found.shown:
            return [(Equation((partial, total)), f" because {output} does not depend on it.")]
        rows: list[tuple[Cell, ...]] = []
        for path in found.shown:
            shown = self._row(path)
            rows.append((*shown, f"{100 * path.share:.2g} %") if found.number > MOST_PATHS else shown)
        ends = f"from {output} to {name(self.graph.naming.name(leaf))}"
        if found.number == 1:
            words = f" because one path leads {ends}:"
        elif found.number <= MOST_PATHS:
            words = f" because {found.number} paths lead {ends}:"
        else:
            words = f" because {found.number} paths lead {ends}, of which these matter most:"
        header = ("path", "as formulas", "as numbers", *(["share"] if found.number > MOST_PATHS else []))
        return [(Equation((partial, total)), words), Table(header, tuple(rows)), *self._summed(leaf, found)]

    def _row(self, path: Path) -> tuple[Cell, ...]:
        """A path as its edges, as formulas and as numbers; of a long one what it comes to."""
        if len(path.edges) > MOST_EDGES:
            first, last = (self.graph.edge_partial(edge) for edge in (path.edges[0], path.edges[-1]))
            return Chain("·", (first, Name("…"), last)), f"{len(path.edges)} factors", self._contribution(path)
        formulas = [factor for factor in map(self._local_of, path.edges) if factor != ONE]
        partials = _chain("·", [self.graph.edge_partial(edge) for edge in path.edges])
        return partials, _chain("·", formulas or [ONE]), self._in_numbers(path)

    def _summed(self, leaf: Value, found: Paths) -> list[Line]:
        """The contributions added up, where there are several and all are shown."""
        if not 1 < found.number <= MOST_PATHS:
            return []
        terms = Sum(tuple(map(self._contribution, found.shown)))
        return [(Equation((self.graph.partial(leaf), terms, number(self.graph.gradient(leaf)))),)]

    def _contribution(self, path: Path) -> Expression:
        return number(0.0 if self.graph.is_nought(path) else path.contribution)

    def _in_numbers(self, path: Path) -> Expression:
        product = _chain("×", [self.graph.local_number(*edge) for edge in path.edges])
        contribution = self._contribution(path)
        return product if product == contribution else Equation((product, contribution))

    def _local_of(self, edge: Edge) -> Expression:
        return self.graph.local_formula(*edge)

    def _result(self) -> Section:
        """The simplified derivatives, checked numerically."""
        graph, leaves = self.graph, self.graph.leaves
        formulas = derivative_formulas(self.output, leaves)
        point = [leaf.data for leaf in leaves]
        checks = check_gradients(self.function, *point).partials
        rows: list[tuple[Cell, ...]] = []
        for leaf, formula, check in zip(leaves, formulas, checks, strict=True):
            tree = expression(formula)
            written: Cell = simplified(tree) if tree is not None else "(too long to be read)"
            numerical = f"{check.numerical:.{DIGITS}g}".replace("-", "−") if check.error_estimate < 1e-3 else "none"
            if check.verdict == "pass" and graph.gradient(leaf) == 0.0:
                numerical = "0, to rounding"
            rows.append((graph.partial(leaf), written, number(graph.gradient(leaf)), numerical, check.verdict))
        remarks = [(graph.partial(leaf), check.note) for leaf, check in zip(leaves, checks, strict=True)]
        notes = tuple((partial, f": {note}.") for partial, note in remarks if note)
        return Section("The result", (Table(("", "simplified", "here", "numerically", "check"), tuple(rows)), *notes))

    def _picture(self) -> Picture:
        shown = {node: name(self.graph.naming.name(node)) for node in self.graph.order if not node.is_constant}
        return draw(self.output, shown)

    def _left_out(self, steps: int) -> tuple[Line, ...]:
        return ((f"({steps - MOST_STEPS} more steps are not shown.)",),) if steps > MOST_STEPS else ()


def _chain(sign: str, factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else Chain(sign, tuple(factors))


def save(page: Page, path: str | os.PathLike[str]) -> File:
    """Write a page to a file, in the form that its name asks for; raises ValueError for another one."""
    target = File(path)
    write = SUFFIXES.get(target.suffix.lower())
    if write is None:
        raise ValueError(f"a derivation is written as {', '.join(SUFFIXES)}, not as {target.name!r}")
    return write_whole(target, write(page).encode())


def derived(function: str | Formula | Callable[..., Any] | Value, point: Mapping[str, Any]) -> Derivation:
    """The derivation of a function at a point, or of a recorded Value where its leaves are."""
    subject = Function(function, ())
    values = subject.point(point or None)
    if isinstance(function, Value) and not point:
        by_label = {node.label: node for node in topological_order(function) if node.operation is None}
        return Derivation(function, subject.call, [by_label[name] for name in subject.names])
    leaves = {name: Value(x, label=name) for name, x in values.items()}
    output = subject.call(*leaves.values())
    if not isinstance(output, Value) or output.operation is None:
        raise ValueError("there is nothing to derive: the function computes nothing from its variables")
    if "f" not in leaves and not output.label:
        output.label = "f"
    return Derivation(output, subject.call, list(leaves.values()))
