"""A graph of numbers as one function of JavaScript, with its derivatives."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from autograd.compiling.binding import bound
from autograd.compiling.javascript import helpers, javascript
from autograd.compiling.recording import recorded
from autograd.drawing.names import Naming
from autograd.graph import edges, rule_at, times, topological_order
from autograd.operation import OPERATIONS
from autograd.symbol import Symbol, symbolic
from autograd.value import Value, as_constant

__all__ = ["JavaScript"]  # for users; the rest is for the stepper, too

_RESERVED = set(OPERATIONS).union(
    *map(
        str.split,
        (
            "arguments await break case catch class const continue debugger default delete do else enum eval export",
            "extends false finally for function if implements import in instanceof interface let new null of package",
            "private protected public return static super switch this throw true try typeof undefined var void while",
            "with yield Infinity Math NaN Number Object RangeError value_and_grad",
        ),
    )
)


def identifier(name: str) -> str:
    """A name that is one in JavaScript: of letters, digits and underscores; empty if nothing is left of it.

    >>> identifier("w[0]"), identifier("2 θ"), identifier("<b>")
    ('w_0', 'θ', 'b')
    """
    kept = "".join(c if c < "\u0400" and ("a" + c).isidentifier() else " " for c in name)
    return "_".join(kept.split()).strip("_").lstrip("0123456789_")


class Statements:
    """A graph in topological order as statements of JavaScript, over the leaves that are its ``parameters``.

    Every other leaf is the number that it is now.
    """

    def __init__(self, order: Sequence[Value], parameters: Sequence[Value]) -> None:
        self.order = order
        self.parameters = parameters
        given, among, names = set(parameters), set(order), _Names()
        naming = Naming([*order, *(leaf for leaf in parameters if leaf not in among)])
        self.numbers: dict[Value, Symbol] = {}
        for node in (*parameters, *order):
            if node in self.numbers:
                continue
            if node.operation is None and node not in given:
                self.numbers[node] = symbolic(node.data)
            else:
                self.numbers[node] = Symbol(names.untaken(identifier(naming.label(node)) or "v"))

    def name(self, node: Value) -> str:
        """What a node is called, or its number."""
        return javascript(self.numbers[node])

    def computed(self) -> list[Value]:
        """The nodes that have an operation, in order."""
        return [node for node in self.order if node.operation is not None]

    def forward(self) -> list[str]:
        """A statement for each node that is computed."""
        return [f"const {self.name(node)} = {javascript(self._applied(node))};" for node in self.computed()]

    def local(self, node: Value, operand: int) -> Symbol:
        """A local derivative as a formula over the names of the node and its operands."""
        return symbolic(rule_at(node, operand, self.numbers.__getitem__))

    def backward(self) -> list[str]:
        """A statement for each derivative on the way from the output to the parameters."""
        leading = set(self.parameters)
        leading.update(n for n in self.order if n.operation is not None and any(p in leading for _, p in edges(n)))
        adjoint: dict[Value, Any] = {self.order[-1]: symbolic(1.0)}
        statements = []
        for node in reversed(self.order):
            if node not in adjoint or node not in leading or node.operation is None:
                continue
            if adjoint[node].constant is None:
                statements.append(f"const d{self.name(node)} = {javascript(adjoint[node])};")
                adjoint[node] = Symbol(f"d{self.name(node)}")
            for operand, parent in edges(node):
                if parent in leading:
                    contribution = times(adjoint[node], self.local(node, operand))
                    adjoint[parent] = adjoint[parent] + contribution if parent in adjoint else contribution
        for leaf in self.parameters:
            statements.append(f"const d{self.name(leaf)} = {javascript(adjoint.get(leaf, symbolic(0.0)))};")
        return statements

    def _applied(self, node: Value) -> Symbol:
        """The operation of a node as it stands: nothing is simplified."""
        assert node.operation is not None, "a leaf is not computed"
        operands = [self.numbers[parent] for parent in node.parents]
        return Symbol("", None, node.origin, *operands)


class _Names:
    """The names that are taken, each with that of its derivative."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)
        self._counts: Counter[str] = Counter()

    def untaken(self, name: str) -> str:
        """This name, or the first with a number behind it that nothing has."""
        found = name
        while {found, f"d{found}"} & self._taken:
            self._counts[name] += 1
            found = f"{name}_{self._counts[name] + 1}"
        self._taken |= {found, f"d{found}"}
        return found


def value_and_grad(order: Sequence[Value], parameters: Sequence[Value]) -> str:
    """The source of the function that gives the last node and its partial derivatives as an array."""
    statements = Statements(order, parameters)
    names = [statements.name(leaf) for leaf in parameters]
    forward, backward = statements.forward(), statements.backward()
    steps = ", ".join(statements.name(node) for node in statements.computed())
    check = [
        f"for (const [name, number] of Object.entries({{ {steps} }}))",
        "  if (!Number.isFinite(number)) throw new RangeError(`${name} has no value at these numbers`);",
    ]
    result = ", ".join([statements.name(order[-1]), *(f"d{name}" for name in names)])
    return function_source(
        "value_and_grad", ", ".join(names), [*forward, *(check if steps else []), *backward], f"[{result}]"
    )


def function_source(name: str, parameters: str, statements: Iterable[str], result: str) -> str:
    """A function of JavaScript, with the functions that it needs inside."""
    body = [*statements, f"return {result};"]
    lines = [line for text in (*helpers("\n".join(body)), *body) for line in text.splitlines()]
    return "\n".join([f"function {name}({parameters}) {{", *(f"  {line}" for line in lines), "}", ""])


class JavaScript:
    """What ``compile`` makes for the target "javascript": the ``source`` of a function of numbers.

    It is one function, ``value_and_grad``, of the function's parameters or of a recorded output's leaves. It returns an
    array: the value, and the partial derivative by each of them. Where an operation has no value it throws a
    RangeError; a derivative that does not exist is NaN or infinite. Values that the function reads besides its
    parameters are the numbers that they are when it is recorded.

    >>> from autograd import compile
    >>> print(compile(lambda x, y: x * y + x, target="javascript"))
    function value_and_grad(x, y) {
      const v1 = x * y;
      const v2 = v1 + x;
      for (const [name, number] of Object.entries({ v1, v2 }))
        if (!Number.isFinite(number)) throw new RangeError(`${name} has no value at these numbers`);
      const dx = 1 + y;
      const dy = x;
      return [v2, dx, dy];
    }
    <BLANKLINE>
    """

    def __init__(self, function: Callable[..., Any] | Value) -> None:
        self._function = function
        self._source = ""
        if isinstance(function, Value):
            order: list[Value] = topological_order(function)
            self._source = value_and_grad(order, [n for n in order if n.operation is None and not n.is_constant])

    def record(self, *numbers: float) -> None:
        """Record a function at these numbers, one for each parameter, at which it has a value.

        Raises TypeError where the number of a Value is asked for, as in ``if x > 0``, or another number of them is
        given; OperationError where the function has no value at them; ValueError for a recorded output.
        """
        if isinstance(self._function, Value):
            raise ValueError("an output that was recorded is not recorded again: compile another one")
        found = bound(inspect.signature(self._function), numbers, {})
        leaves = [Value(number, label=name) for name, number in zip(_names(found), found.args, strict=True)]
        function = self._function
        output = as_constant(recorded(lambda: function(*leaves)))
        self._source = value_and_grad(topological_order(output), leaves)

    @property
    def source(self) -> str:
        """The text of the function in JavaScript.

        Raises ValueError where a function has not been recorded and has no value where all its parameters are 1.
        """
        if not self._source:
            assert not isinstance(self._function, Value), "whose source was written at once"
            try:
                self.record(*[1.0] * len(inspect.signature(self._function).parameters))
            except ArithmeticError as error:
                raise ValueError(
                    "the function cannot be recorded where all its parameters are 1: call record() with numbers at "
                    "which it has a value, one for each parameter, and ask for the source then"
                ) from error
        return self._source

    def __call__(self, *numbers: Any, **named: Any) -> NoReturn:
        """Raise a TypeError: this is text, for a browser to run."""
        raise TypeError(
            "this is the source of a function in JavaScript, which Python cannot run: print it for a page, or compile "
            "without a target to call it here"
        )

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        head = self._source.partition(" {")[0] or "of a function that is recorded when its source is asked for"
        return f"<JavaScript {head}; print() shows it, .source is its text>"


def _names(arguments: inspect.BoundArguments) -> list[str]:
    """The name of each argument: xs_0, xs_1 and so on for those of *xs."""
    found = []
    for name, given in arguments.arguments.items():
        variadic = arguments.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        found += [f"{name}_{i}" for i in range(len(given))] if variadic else [name]
    return found
