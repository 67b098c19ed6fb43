"""All the mistakes that are known, each with the example that shows it: made from the tables that find them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autograd.formula import Formula
from autograd.notation import expression, name, simplified, text
from autograd.notation.tree import Expression, Name
from autograd.operations import OPERATIONS
from autograd.symbol import Symbol, symbolic
from autograd.verifying.algebra import SLIPS
from autograd.verifying.calculation import CALCULATION
from autograd.verifying.inside import REPLACEMENTS
from autograd.verifying.losses import EXAMPLE, LOSSES
from autograd.verifying.mistakes import PLANTED
from autograd.verifying.neighbours import NEIGHBOURS, Neighbour
from autograd.verifying.planting import Example
from autograd.verifying.textbook import derivative
from autograd.verifying.whole import WHOLE

HEADER = ("code", "mistake", "f", "claimed", "right")
POINT = {"x": 1.3, "y": 0.7, "z": 2.1, "w": 0.8, "b": 0.3, "t": 0.4, "p": 0.6}  # where the examples are


class Entry(NamedTuple):
    """A mistake: its code in reports, what it is in words, and an answer in which it was made."""

    code: str
    what: str
    example: Example


def entries() -> Iterator[Entry]:
    """Every mistake that is looked for.

    >>> next(entries())
    Entry(code='sign', what='a minus is lost, or a sign flipped', example=Example(function='(x + y)/z', variable='z', \
claimed='(x + y)/z**2'))
    """
    yield from (Entry(kind.code, kind.what, kind.example) for kind in PLANTED)
    for operation, neighbours in NEIGHBOURS.items():
        yield from (_of_neighbour(operation, neighbour) for neighbour in neighbours)
    yield from (Entry(code, what, example) for code, what, _, example in WHOLE)
    yield from (Entry(found.code, found.what, found.example) for found in REPLACEMENTS)
    yield Entry("wrong-rule", f"the derivative of another loss: {', '.join(loss.name for loss in LOSSES)}", EXAMPLE)
    yield from (Entry("algebra", slip.says, slip.example) for slip in SLIPS)
    yield from (Entry(found.code, found.what, found.example) for found in CALCULATION)


def _of_neighbour(name: str, neighbour: Neighbour) -> Entry:
    """The rule of another operation: the example is the operation itself."""
    operation = OPERATIONS[name]
    operands = [Symbol("x"), Symbol("y")][: operation.arity]
    claimed = str(symbolic(neighbour.rule(operation(*operands), *operands)))
    example = neighbour.example or Example(operation.format("x", "y"), "xy"[neighbour.operand], claimed)
    return Entry(neighbour.code, neighbour.message, example)


def point(example: Example) -> dict[str, float]:
    """Where an example is."""
    return {variable: POINT[variable] for variable in Formula(example.function).variables}


def rows() -> Iterator[tuple[str, ...]]:
    """The mistakes as a table below the ``HEADER``: the formulas as mathematics."""
    for code, what, example in entries():
        function, by = _tree(example.function), Name(example.variable)
        claimed = f"∂f/∂{name(by.text)} = {text(_tree(example.claimed))}"
        if not Formula(example.claimed).variables:
            claimed += " at " + ", ".join(f"{name(variable)} = {x}" for variable, x in point(example).items())
        yield code, what, text(function), claimed, text(simplified(derivative(function, by)))


def _tree(formula: str) -> Expression:
    found = expression(Formula(formula).symbol)
    assert found is not None, "an example is short"
    return found
