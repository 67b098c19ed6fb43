"""A derivation: both passes through a graph, the paths to each input, and the result, as written on a board."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path as File
from typing import Any

from autograd.calculus import derivative_formulas, partials_or_errors
from autograd.checking import check_gradients
from autograd.deriving import pages, words
from autograd.deriving.pages import Blank, Block, Cell, Line, Page, Section, Table
from autograd.deriving.paths import Edge, Path, Paths, paths
from autograd.deriving.rules import rule_name
from autograd.drawing import Picture, draw
from autograd.drawing.names import Naming
from autograd.drawing.numbers import Numbers
from autograd.errors import DerivativeError
from autograd.files import in_words, write_whole
from autograd.formula import Formula
from autograd.graph import edges, topological_order
from autograd.notation import Expression, expression, simplified
from autograd.notation.tree import ONE, Chain, Equation, Name, Negative, Number, Partial, Sum, exact
from autograd.recorded import as_written
from autograd.value import Value
from autograd.verifying.function import Function

MOST_PATHS = 6  # to one input
MOST_STEPS = 60  # of a graph: the last ones
MOST_INPUTS = 10  # whose paths are written out
MOST_EDGES = 10  # of a path that is written out
DIGITS = 6
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
        self._order: list[Value] = topological_order(output)
        self._leaves = list(leaves)  # in the order of the function's operands
        self._naming = Naming([*self._order, *(leaf for leaf in leaves if leaf not in self._order)])
        self._numbers = Numbers(self._order, self._leaves)
        self.title = title or words.TITLE.format(output=self._naming.name(output))
        self.more = more
        for found in partials_or_errors(output, self._leaves):
            if isinstance(found, DerivativeError):
                raise found
        self._written = as_written(self._order)
        self._adjoints = self._numbers.adjoint

    @property
    def page(self) -> Page:
        """The whole derivation."""
        sections = [self._forward(), self._backward(), self._paths(), self._result()]
        return Page(self.title, self._head(), (*sections, *self.more))

    @property
    def sheet(self) -> Page:
        """The exercise: every step and every edge, with blanks for the numbers and the derivatives."""
        sections = [self._forward(blank=True), self._backward(blank=True)]
        blanks = tuple((self._partial(leaf), " = ", Blank(), " = ", Blank()) for leaf in self._leaves)
        return Page(self.title, self._head(), (*sections, Section(words.GRADIENT, blanks)))

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
        equation = (Equation((self._name(self.output), whole)),) if whole else ()
        point: list[Cell] = []
        for leaf in self._leaves:
            point += [words.THEN if point else words.AT, Equation((self._name(leaf), _number(leaf.data)))]
        return (equation, tuple(point)) if equation else (tuple(point),)

    def _forward(self, blank: bool = False) -> Section:
        """The named steps with their values, and the graph."""
        steps = [node for node in self._order if node.operation is not None]
        rows: list[tuple[Cell, ...]] = []
        for node in steps[-MOST_STEPS:]:
            shown: Cell = Blank() if blank else _number(self._numbers.value(node))
            rows.append((self._name(node), self._naming.computed(node), shown))
        left = self._left_out(len(steps))
        picture = () if blank or len(steps) > MOST_STEPS else (self._picture(),)
        return Section(words.FORWARD, (*left, Table(words.STEPS, tuple(rows)), *picture))

    def _backward(self, blank: bool = False) -> Section:
        """For every edge the rule, the local derivative, and upstream × local = contribution."""
        rows: list[tuple[Cell, ...]] = []
        steps = [node for node in reversed(self._order) if node in self._adjoints and node.operation is not None]
        for node in steps[:MOST_STEPS]:
            for operand, parent in edges(node):
                if parent in self._adjoints:
                    rows.append(self._edge(node, operand, parent, blank))
        return Section(words.BACKWARD, (*self._left_out(len(steps)), Table(words.EDGES, tuple(rows))))

    def _edge(self, node: Value, operand: int, parent: Value, blank: bool) -> tuple[Cell, ...]:
        ends = self._name(node), self._name(parent)
        if blank:
            return (*ends, Blank(), Blank(), Blank())
        partial = self._naming.partial(node, parent)
        local = self._local(node, operand)
        upstream = _number(self._adjoints[node])
        contribution = _number(self._adjoints[node] * self._numbers.partial(node, operand))
        formula = self._naming.rule(node, operand)
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
        largest = sorted(self._leaves, key=lambda leaf: -abs(self._gradient(leaf)))[:MOST_INPUTS]
        for leaf in (leaf for leaf in self._leaves if leaf in largest):
            blocks += self._paths_to(leaf)
        if len(self._leaves) > MOST_INPUTS:
            blocks.append((words.LARGEST.format(shown=MOST_INPUTS, count=len(self._leaves)),))
        return Section(words.PATHS, tuple(blocks))

    def _paths_to(self, leaf: Value) -> list[Block]:
        found = paths(self._order, leaf, MOST_PATHS)
        partial, total = self._partial(leaf), _number(self._gradient(leaf))
        output = self._naming.name(self.output)
        if not found.shown:
            return [(Equation((partial, total)), words.INDEPENDENT.format(output=output))]
        rows: list[tuple[Cell, ...]] = []
        for path in found.shown:
            shown = self._row(path)
            rows.append((*shown, f"{100 * path.share:.2g} %") if found.number > MOST_PATHS else shown)
        many = found.number > MOST_PATHS
        because = words.ONE_PATH if found.number == 1 else words.MANY_PATHS if many else words.SOME_PATHS
        said = because.format(output=output, input=self._naming.name(leaf), count=found.number)
        header = (*words.PATH, words.SHARE) if many else words.PATH
        return [(Equation((partial, total)), said), Table(header, tuple(rows)), *self._summed(leaf, found)]

    def _row(self, path: Path) -> tuple[Cell, ...]:
        """A path as its edges, as formulas and as numbers; of a long one what it comes to."""
        if len(path.edges) > MOST_EDGES:
            first, last = (self._edge_partial(edge) for edge in (path.edges[0], path.edges[-1]))
            return (
                Chain("·", (first, Name("…"), last)),
                words.FACTORS.format(count=len(path.edges)),
                self._contribution(path),
            )
        formulas = [factor for factor in map(self._rule, path.edges) if factor != ONE]
        partials = _chain("·", [self._edge_partial(edge) for edge in path.edges])
        return partials, _chain("·", formulas or [ONE]), self._in_numbers(path)

    def _summed(self, leaf: Value, found: Paths) -> list[Line]:
        """The contributions added up, where there are several and all are shown."""
        if not 1 < found.number <= MOST_PATHS:
            return []
        terms = Sum(tuple(map(self._contribution, found.shown)))
        return [(Equation((self._partial(leaf), terms, _number(self._gradient(leaf)))),)]

    def _contribution(self, path: Path) -> Expression:
        return _number(0.0 if self._is_nought(path) else path.contribution)

    def _in_numbers(self, path: Path) -> Expression:
        product = _chain("×", [self._local(*edge) for edge in path.edges])
        contribution = self._contribution(path)
        return product if product == contribution else Equation((product, contribution))

    def _rule(self, edge: Edge) -> Expression:
        return self._naming.rule(*edge)

    def _result(self) -> Section:
        """The simplified derivatives, checked numerically."""
        formulas = derivative_formulas(self.output, self._leaves)
        point = [leaf.data for leaf in self._leaves]
        checks = check_gradients(self.function, *point).partials
        rows: list[tuple[Cell, ...]] = []
        for leaf, formula, check in zip(self._leaves, formulas, checks, strict=True):
            tree = expression(formula)
            written: Cell = simplified(tree) if tree is not None else words.TOO_LONG
            numerical = f"{check.numerical:.{DIGITS}g}".replace("-", "−") if check.error_estimate < 1e-3 else words.NONE
            if check.verdict == "pass" and self._gradient(leaf) == 0.0:
                numerical = words.NOUGHT
            rows.append((self._partial(leaf), written, _number(self._gradient(leaf)), numerical, check.verdict))
        remarks = [(self._partial(leaf), check.note) for leaf, check in zip(self._leaves, checks, strict=True)]
        notes = tuple((partial, f": {note}.") for partial, note in remarks if note)
        return Section(words.RESULT, (Table(words.RESULTS, tuple(rows)), *notes))

    # Names, numbers and formulas of the graph -----------------------------------------------------------

    def _name(self, node: Value) -> Expression:
        return self._naming.expression(node)

    def _partial(self, leaf: Value) -> Partial:
        return self._naming.partial(self.output, leaf)

    def _edge_partial(self, edge: Edge) -> Expression:
        node, operand = edge
        return self._naming.partial(node, node.parents[operand])

    def _local(self, node: Value, operand: int) -> Expression:
        return _number(self._numbers.partial(node, operand))

    def _gradient(self, leaf: Value) -> float:
        return self._adjoints.get(leaf, 0.0)

    def _is_nought(self, path: Path) -> bool:
        return path.contribution == 0.0 or any(self._numbers.partial(*edge) == 0.0 for edge in path.edges)

    def _picture(self) -> Picture:
        labels = {node: self._naming.label(node) for node in self._order if not node.is_constant}
        return draw(self.output, labels)

    def _left_out(self, steps: int) -> tuple[Line, ...]:
        return ((words.MORE_STEPS.format(count=steps - MOST_STEPS),),) if steps > MOST_STEPS else ()


def _chain(sign: str, factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else Chain(sign, tuple(factors))


def _number(x: float) -> Expression:
    """A number with the digits that say something; a part of π as such."""
    found = exact(x)
    if not isinstance(found, Number):
        return found
    size = Number(Fraction(f"{abs(x):.{DIGITS}g}"))
    return Negative(size) if x < 0.0 else size


def save(page: Page, path: str | os.PathLike[str]) -> File:
    """Write a page to a file, in the form that its name asks for; raises ValueError for another one."""
    target = File(path)
    write = SUFFIXES.get(target.suffix.lower())
    if write is None:
        raise ValueError(f"a derivation is written as {in_words(SUFFIXES)}, not as {target.name!r}")
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
