"""What is known where a line of a printed function stands: which names are taken, and what stands for each array."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np

from autograd import operations as table
from autograd.compiling.heading import Heading
from autograd.compiling.program import Array, Input, Operand
from autograd.compiling.text import identifier
from autograd.operation import FUNCTION

Text = tuple[str, int]  # with its precedence


class Scope:
    """The names and texts of one function. ``given`` says what some of the arrays are called."""

    def __init__(self, heading: Heading, given: Mapping[Array, str]) -> None:
        self.heading = heading
        self.np = heading.target.module
        self.given = given
        self.texts: dict[Array, Text] = {}
        self.bits: set[Array] = set()  # the comparisons that are written as booleans
        self.taken = set(heading.taken)
        self.step = ""  # what counts the steps of a loop
        self._counts: Counter[str] = Counter()  # of names with a number

    # Names -----------------------------------------------------------------------------------------

    def free(self, wanted: str, otherwise: str) -> str:
        """The name that is wanted, else one with a number."""
        name = wanted
        while not name or name in self.taken:
            self._counts[wanted or otherwise] += 1
            count = self._counts[wanted or otherwise] + bool(wanted)
            name = f"{wanted or otherwise}{'_' if wanted[-1:].isdigit() else ''}{count}"
        self.taken.add(name)
        return name

    def name(self, array: Array, otherwise: str) -> str:
        """A name for an array."""
        own = array.name if isinstance(array, Input) else ""
        return self.free(identifier(self.given.get(array, "") or own), otherwise)

    def constant(self, numbers: np.ndarray, name: str) -> str:
        """The name of numbers that stand above the function, or are given to it."""
        self.heading.constants[name] = numbers
        return name

    def index(self, positions: np.ndarray) -> str:
        """The name of an array of positions."""
        return self.constant(positions, self.free("", "i"))

    # Texts -----------------------------------------------------------------------------------------

    def text(self, operand: Operand) -> Text:
        """What is written for an operand."""
        if isinstance(operand, Array):
            return self.texts[operand]
        text = repr(operand) if math.isfinite(operand) else f"{operand}".replace("inf", f"{self.np}.inf")
        text = f"{self.np}.nan" if math.isnan(operand) else text
        return text, table.neg.precedence if math.copysign(1.0, operand) < 0.0 else FUNCTION  # its sign is an operator

    def argument(self, operand: Operand) -> str:
        """The text of an operand between brackets or commas."""
        return self.text(operand)[0]

    def operand(self, operand: Operand, least: int = FUNCTION) -> str:
        """The text of an operand, in brackets if it binds less than that."""
        text, precedence = self.text(operand)
        return f"({text})" if precedence < least else text
