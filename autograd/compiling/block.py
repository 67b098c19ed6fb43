"""The lines of a printed function: one for each array that needs a name, the others where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autograd.compiling.expressions import expression
from autograd.compiling.indexing import assembled, concatenated, scattered
from autograd.compiling.looping import Looping
from autograd.compiling.program import (
    Array,
    Assemble,
    Broadcast,
    Constant,
    Input,
    Loop,
    Operand,
    Part,
    Scatter,
    statements,
    used_as_bits,
    uses,
)
from autograd.compiling.scope import Scope, Text
from autograd.compiling.text import identifier
from autograd.operation import FUNCTION

LONGEST = 70  # characters of an expression that is written inside another one


def body_of(
    scope: Scope, inputs: Sequence[Input], results: Sequence[tuple[str, Operand]], values: int = 1
) -> tuple[list[str], list[str]]:
    """The parameters of a function that takes the inputs, and the lines that compute and return the named results."""
    block = Block(scope, [result for _, result in results])
    for array in inputs:
        scope.texts[array] = (scope.name(array, "x"), FUNCTION)
    block.write([*block.unpacked(inputs), *statements([result for _, result in results[:values]])])
    returned = [block.returned(*result) for result in results[:values]]
    forward = len(block.lines)
    block.write(block.order)
    returned += [block.returned(*result) for result in results[values:]]
    if len(block.lines) > forward:
        block.lines.insert(forward, "# backward")
    return list(map(scope.argument, inputs)), [*block.lines, f"return {', '.join(returned)}"]


def nested(head: str, lines: Iterable[str]) -> list[str]:
    """A line that ends in a colon, and under it these, one level deeper."""
    return [head, *(f"    {line}" for line in lines)]


class Block:
    """Lines at one level of indentation that compute results in a scope, and what they need on the way."""

    def __init__(self, scope: Scope, results: Sequence[Operand]) -> None:
        self.scope = scope
        self.lines: list[str] = []
        self.order = statements(results)
        self._results = {result for result in results if isinstance(result, Array)}
        self.kept: dict[Array, str] = {}  # what else arrays are assigned to
        self._uses = uses(self.order, results)
        for array in self.order:
            if isinstance(array, Loop):  # what a loop reads is computed before it
                self._uses.update(array.arrays)
        scope.bits |= used_as_bits(self.order, results)

    def unpacked(self, inputs: Sequence[Input]) -> list[Array]:
        """The named parts of the inputs, layer by layer."""
        given = self.scope.given
        parts = [
            array
            for array in self.order
            if isinstance(array, Part) and array in given and array not in self._results
            if array.operands[0] in inputs
        ]
        return sorted(parts, key=lambda part: (re.sub(r"\D", "", given[part]), given[part]))

    def write(self, arrays: Iterable[Array]) -> None:
        """See to it that something is written for each of these arrays; their operands come before them."""
        for array in arrays:
            if isinstance(array, Loop) and array not in self.scope.texts:
                self.scope.texts[array] = "", FUNCTION
                Looping(self, array).write()
            elif array not in self.scope.texts:
                self.scope.texts[array] = self._written(array)
                if array in self.kept:
                    self._keep(array, self.kept[array])

    def _keep(self, array: Array, place: str) -> None:
        """Assign an array to another place, too."""
        text = self.scope.argument(array)
        if self.lines and self.lines[-1].startswith(f"{text} = "):
            self.lines[-1] = f"{place} = {self.lines[-1]}"
        else:
            self.lines.append(f"{place} = {text}")

    def own(self, loop: Loop) -> set[Array]:
        """The statements of a loop's body."""
        return set(loop.body)

    def returned(self, name: str, result: Operand) -> str:
        """What is returned, under its name if that is free."""
        text, name = self.scope.argument(result), identifier(name)
        if not name or name in self.scope.taken:
            return text
        self.lines.append(f"{name} = {text}")
        self.scope.taken.add(name)
        return name

    def _written(self, array: Array) -> Text:
        """The text that stands for an array: its name, after the lines that give it, or its expression."""
        match array:
            case Constant(numbers=numbers):
                return self.scope.constant(numbers, self.scope.name(array, "c")), FUNCTION
            case Assemble():
                if joined := concatenated(self.scope, array):
                    return self._named_or_in_place(array, joined, FUNCTION)
                lines, text = assembled(self.scope, array)
            case Scatter():
                lines, text = scattered(self.scope, array)
            case _:
                return self._named_or_in_place(array, *expression(self.scope, array))
        self.lines += lines
        return text, FUNCTION

    def _named_or_in_place(self, array: Array, text: str, precedence: int) -> Text:
        """The expression, if it is short and used once or can as well be written again; else a name for it."""
        short = (isinstance(array, Part) and len(text) < 20) or _is_number(array)
        once = self._uses[array] == 1 or short or re.fullmatch(r"\w+", text)
        if once and array not in self.scope.given and len(text) <= LONGEST:
            return text, precedence
        name = self.scope.name(array, "v")
        self.lines.append(f"{name} = {text}")
        return name, FUNCTION


def _is_number(array: Array) -> bool:
    """Whether this is one number of the program, repeated."""
    return isinstance(array, Broadcast) and len(array.operands) == 1 and isinstance(array.operands[0], float)
