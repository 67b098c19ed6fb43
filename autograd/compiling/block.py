"""The lines of a printed function: one for each array that needs a name, the others where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from autograd.compiling.expressions import expression
from autograd.compiling.indexing import assembled, concatenated, scattered
from autograd.compiling.looping import looping
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


class Block:
    """Lines at one level of indentation that compute results in a scope, and what they need on the way.

    Some arrays are assigned to other ``places``, too.
    """

    def __init__(
        self, scope: Scope, results: Sequence[Operand], places: Mapping[Array, str] = MappingProxyType({})
    ) -> None:
        self.scope = scope
        self.lines: list[str] = []
        self._places = places
        self.order = statements(results)
        self._results = {result for result in results if isinstance(result, Array)}
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
            if array not in self.scope.texts:
                self.scope.texts[array] = self._written(array)
                if array in self._places:
                    self._assign(self._places[array], self.scope.argument(array))

    def _assign(self, place: str, text: str) -> None:
        """Assign what has this text to another place, on the line that gives it its name, if it is the last."""
        if self.lines and self.lines[-1].startswith(f"{text} = "):
            self.lines[-1] = f"{place} = {self.lines[-1]}"
        else:
            self.lines.append(f"{place} = {text}")

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
            case Loop():
                lines, text = self._loop(array), ""
            case _:
                return self._named_or_in_place(array, *expression(self.scope, array))
        self.lines += lines
        return text, FUNCTION

    def _loop(self, loop: Loop) -> list[str]:
        def body(results: Sequence[Operand], places: Mapping[Array, str]) -> list[str]:
            inner = Block(self.scope, results, places)
            inner.write(array for array in inner.order if array in loop.body)
            return inner.lines

        return looping(self.scope, loop, [array for array in self.order if loop in array.arrays], body)

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
