"""A text as it was read: as steps that compute it, as plain mathematics, and as what else it could mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from autograd.reading import LONGEST
from autograd.reading.alternatives import alternatives, told
from autograd.reading.errors import FormulaError, Misread
from autograd.reading.functions import FUNCTIONS
from autograd.reading.meaning import meant
from autograd.reading.names import Names
from autograd.reading.nodes import COMPARED, Node, Step, steps, ungrouped, written
from autograd.reading.notation import plain_signs
from autograd.reading.parsing import parse
from autograd.reading.tokens import scan

NATURAL = "log is the natural logarithm, as in Python"
ALONE = "a formula is about single numbers: the sum and the mean of one number are that number"
_ALONE = [(FUNCTIONS[name].compute, 1) for name in ("sum", "mean", "Σ")]


@dataclass(frozen=True)
class Reading:
    """A text as it was read: the tree, and what was to be said about names."""

    text: str
    tree: Node
    said: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()  # names of several letters that could be products of these

    @property
    def steps(self) -> list[Step]:
        """The steps that compute it on a stack."""
        return steps(self.tree)

    @property
    def written(self) -> str:
        """Plain mathematics with every sign and every bracket that decides."""
        return written(self.tree)

    @property
    def as_typed(self) -> bool:
        """Whether it is letter for letter what was typed, but for blanks and how its signs look."""
        return plain_signs(self.text) == plain_signs(self.written)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known about how the text was read, a sentence each."""
        natural = not self.as_typed and re.search(r"\blog\(", self.written)
        alone = any(what == "call" and argument in _ALONE for what, argument, _ in self.steps)
        return (*self.said, *([NATURAL] if natural else []), *([ALONE] if alone else []))

    @property
    def is_comparison(self) -> bool:
        """Whether it is a condition, such as x > 0."""
        tree = ungrouped(self.tree)
        return tree.kind == "binary" and tree.precedence == COMPARED

    @property
    def literal(self) -> str:
        """The digits of what is one number and perhaps a sign, with a point for the decimals; else empty."""
        tree = self.tree.operands[0] if self.tree.kind == "unary" else self.tree
        return tree.form if re.fullmatch(r"[\d.]+(e[-+]?\d+)?", tree.form, re.IGNORECASE | re.ASCII) else ""

    @property
    def alternatives(self) -> Iterator[tuple[str, Reading]]:
        """The other readings, each with what a part of the text means there."""
        for part, tree in alternatives(self.tree, self.words):
            yield told(self.text, part), replace(self, tree=tree, said=(), words=frozenset())


def read(text: str, variables: Iterable[str] = ()) -> Reading:
    """A text read as a formula, where these names are known to be variables; raises FormulaError."""
    if not text.strip():
        raise FormulaError("the formula is empty")
    if len(text) > LONGEST:
        raise FormulaError(f"the formula has {len(text)} characters; the limit is {LONGEST}")
    names = Names(variables)
    try:
        tokens = scan(text)
        if not tokens:
            raise FormulaError("the formula is empty")
        tree = parse(meant(tokens, names), len(text.rstrip()))
    except Misread as error:
        raise FormulaError(error.message, text, error.start, error.end) from None
    return Reading(text, tree, tuple(names.notes), frozenset(names.maybe_products))
