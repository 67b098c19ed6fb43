"""A recorded graph as Python code for one point: for floats, so few that every call of NumPy would be a detour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from autograd import operations as table
from autograd.compiling.recording import data_of
from autograd.compiling.scalars import below
from autograd.graph import adjoints, rule_at, topological_order
from autograd.operation import Operation, real_number
from autograd.sweep import read_data
from autograd.term import Term
from autograd.value import Value

FAILED = ArithmeticError, ValueError
"""What a call raises where the eager engine has to compute: an operation has no value, or a number is not finite."""
MOST = 3000  # nodes, of which Python compiles 10,000 lines in a tenth of a second
# What Python's own operators compute needs no call.
_OPERATORS = {table.add, table.subtract, table.multiply, table.divide, table.neg}


class Point:
    """The value and the derivatives of an output as functions of the numbers of its ``arguments``, in their order.

    ``captured`` are the other leaves, whose data each call reads. The functions are text of our own making: of numbered
    names, numbers, and operators. They call what the operations compute with.

    >>> x, y = Value(2.0), Value(3.0)
    >>> at = Point(x * y, [x])
    >>> at.value(5.0), at.value_and_grad(5.0), at.everything(5.0)
    (15.0, (15.0, 3.0), (15.0, (), (3.0, 5.0)))
    """

    def __init__(self, output: Value, arguments: Sequence[Value], further: Sequence[Value] = ()) -> None:
        self._code = _Code()
        self._count = len(arguments)
        order = below([output, *further])
        own = set(arguments)
        self.captured = [node for node in order if node.first is None and not node.is_constant and node not in own]
        numbers: dict[Any, Any] = {leaf: self._code.term(f"x{i}") for i, leaf in enumerate(arguments)}
        numbers |= {leaf: self._code.term(f"p{i}") for i, leaf in enumerate(self.captured)}
        for node in order:
            if node not in numbers:
                operands = [numbers[parent] for parent in node.parents]
                numbers[node] = node.operation(*operands) if node.operation else read_data([node])[0]
        self._value = _text(numbers[output])
        self._further = [_text(numbers[node]) for node in further]
        self._forward = len(self._code.lines)
        wanted = [*arguments, *self.captured]
        found = adjoints(topological_order(output), wanted, lambda node, i: rule_at(node, i, numbers.__getitem__))
        self._derivatives = [_text(found.get(leaf, 0.0)) for leaf in wanted]

    @cached_property
    def value(self) -> Callable[..., float]:
        """The value."""
        return self._function(self._value, self._forward)

    @cached_property
    def value_and_grad(self) -> Callable[..., tuple[float, Any]]:
        """The value, and the derivative with respect to the argument, or a tuple for several."""
        of_arguments = self._derivatives[: self._count]
        return self._function(f"{self._value}, {of_arguments[0] if self._count == 1 else _tuple(of_arguments)}")

    @cached_property
    def everything(self) -> Callable[..., tuple[float, tuple[float, ...], tuple[float, ...]]]:
        """The value, the further numbers, and the derivatives with respect to the arguments and what is captured."""
        return self._function(f"{self._value}, {_tuple(self._further)}, {_tuple(self._derivatives)}")

    def _function(self, result: str, count: int | None = None) -> Callable[..., Any]:
        lines, names = self._code.lines[:count], self._code.names[:count]
        if self.captured:
            lines = [f"{_tuple([f'p{i}' for i in range(len(self.captured))])} = captured()", *lines]
        if names:
            lines += [f"total = sum({_tuple(names)})", "if total - total != 0.0: raise OverflowError"]
        arguments = ", ".join(f"x{i}" for i in range(self._count))
        text = "\n    ".join([f"def function({arguments}):", *lines, f"return {result}"])
        namespace = {**self._code.functions, "captured": partial(data_of, self.captured), "sum": sum}
        exec(compile(text, "<chainrule>", "exec"), namespace)
        return namespace["function"]  # type: ignore[no-any-return]


def point_of(output: Value, arguments: Sequence[Value], further: Sequence[Value], statements: int) -> Point | None:
    """The graph at one point; None where arrays are faster, or a number of it is no finite one.

    An operation takes about a sixth of the time of a ``statement`` of the array program, forward and backward.
    """
    nodes = len(below([output, *further]))
    if nodes > min(MOST, 60 + 6 * statements):
        return None
    try:
        return Point(output, arguments, further)
    except FAILED:
        return None


class _Code:
    """Lines of code, one for each operation on terms; what is computed twice is written once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: list[str] = []  # of what each line computes
        self.functions: dict[str, Any] = {}
        self._known: dict[str, Term] = {}
        self._numbers: dict[Operation, int] = {}

    def term(self, text: str) -> Term:
        """The number of this name."""
        return Term(text, self._write)

    def _write(self, operation: Operation, x: Any, y: Any) -> Term:
        text = self._call(operation, *map(_text, (x, y)[: operation.arity]))
        if text not in self._known:
            name = f"v{len(self.names)}"
            self.names.append(name)
            self.lines.append(f"{name} = {text}")
            self._known[text] = self.term(name)
        return self._known[text]

    def _call(self, operation: Operation, *operands: str) -> str:
        if operation in _OPERATORS:
            return operation.format(*operands)
        name = f"f{self._numbers.setdefault(operation, len(self._numbers))}"
        self.functions[name] = operation.compute
        return f"{name}({', '.join(operands)})"


def _text(number: Any) -> str:
    if isinstance(number, Term):
        return str(number.meaning)
    number = real_number(number)
    if not math.isfinite(number):
        raise OverflowError("a constant that is not finite")
    return repr(number)


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
