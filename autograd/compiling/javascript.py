"""JavaScript: a graph of numbers as one function, with its derivatives, that any browser runs.

A forward step is its operation, and a local derivative the rule of the table, run on Symbols: both are then written
by ``javascript``. The table's functions are JavaScript's own where its Math has them; how the others are computed
stands in HELPERS, once.
"""

from __future__ import annotations

import inspect
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autograd.compiling.recording import recording
from autograd.drawing.names import Naming
from autograd.graph import edges, rule_at, times, topological_order
from autograd.operation import FUNCTION, Node, Operation
from autograd.symbol import Symbol, symbolic
from autograd.value import Value, as_constant

__all__ = ["JavaScript"]  # for users; the rest is for the stepper, too

# How operations are written ------------------------------------------------------------------------------

# What JavaScript's Math has under the name that the table uses.
_MATH = [
    *("abs", "sign", "sqrt", "cbrt", "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin"),
    *("acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
]
_COMPARISONS = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "===",
    "not_equal": "!==",
}
_OTHERWISE = {
    "pos": "{}",
    "stop_gradient": "{}",
    "relu": "Math.max({}, 0)",
    "maximum": "Math.max({}, {})",
    "minimum": "Math.min({}, {})",
    **{name: f"Math.{name}({{}})" for name in _MATH},
    **{name: f"Math.{name}({{}}, {{}})" for name in ("atan2", "hypot")},
    **{name: f"Number({{}} {sign} {{}})" for name, sign in _COMPARISONS.items()},
}
HELPERS = {
    # The series of the error function, and the continued fraction of its complement (Abramowitz and Stegun, 1964,
    # 7.1.6 and 7.1.14): each where it needs few terms and none cancel.
    "erf": """function erf(x) {
  if (Math.abs(x) > 2) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= 2 * x * x / (2 * n + 1);
  return 2 * Math.exp(-x * x) * sum / Math.sqrt(Math.PI);
}""",
    "erfc": """function erfc(x) {
  if (Math.abs(x) <= 0.5) return 1 - erf(x);
  if (x < 0) return 2 - erfc(-x);
  if (x > 28) return 0;
  if (x <= 2) return 1 - erf(x);
  let fraction = 0;
  for (let n = 100; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}""",
    "exp2": """function exp2(x) {
  return 2 ** x;
}""",
    "sech": """function sech(x) {
  const small = Math.exp(-Math.abs(x));
  return 2 * small / (1 + small * small);
}""",
    "sigmoid": """function sigmoid(x) {
  return Math.exp(Math.min(x, 0)) / (1 + Math.exp(-Math.abs(x)));
}""",
    "softplus": """function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}""",
    "log_sigmoid": """function log_sigmoid(x) {
  return -softplus(-x);
}""",
    "silu": """function silu(x) {
  return x * sigmoid(x);
}""",
    "gelu": """function gelu(x) {
  return 0.5 * x * erfc(-x * Math.SQRT1_2);
}""",
    "leaky_relu": """function leaky_relu(x, slope) {
  return x > 0 ? x : slope * x;
}""",
    "elu": """function elu(x, alpha) {
  return x > 0 ? x : alpha * Math.expm1(x);
}""",
    "xlogy": """function xlogy(x, y) {
  return x === 0 && y >= 0 ? 0 : x * Math.log(y);
}""",
}
_NEEDS = {"erf": "erfc", "erfc": "erf", "log_sigmoid": "softplus", "silu": "sigmoid", "gelu": "erfc"}


def notation(operation: Operation) -> tuple[str, int]:
    """How an operation of the table is written in JavaScript, with its precedence.

    >>> from autograd import OPERATIONS
    >>> notation(OPERATIONS["tanh"]), notation(OPERATIONS["multiply"])
    (('Math.tanh({})', 9), ('{} * {}', 5))
    """
    if operation.name in HELPERS:
        return f"{operation.name}({', '.join(['{}'] * operation.arity)})", FUNCTION
    return _OTHERWISE.get(operation.name, operation.notation), (
        FUNCTION if operation.name in _OTHERWISE else operation.precedence
    )


def javascript(symbol: Symbol) -> str:
    """A formula as JavaScript.

    >>> x = Symbol("x")
    >>> javascript(-(x**2) / (x - 1))
    '-(x ** 2 / (x - 1))'
    """
    text: dict[Node, str] = {}
    precedence: dict[Node, int] = {}
    for node in topological_order(symbol):
        text[node], precedence[node] = _written(node, text, precedence)
    return text[symbol]


def _written(node: Symbol, text: Mapping[Node, str], precedence: Mapping[Node, int]) -> tuple[str, int]:
    if node.operation is None:
        if node.constant is None:
            return node.name, FUNCTION
        return literal(node.constant), FUNCTION if math.copysign(1.0, node.constant) > 0.0 else _MINUS
    written, tightness = notation(node.operation)
    operands = [text[parent] for parent in node.parents]
    if tightness == FUNCTION:
        if written == "{}":
            return operands[0], precedence[node.parents[0]]
        return written.format(*operands), FUNCTION
    for i, parent in enumerate(node.parents):
        if precedence[parent] < _needed(node.operation.name, tightness, i):
            operands[i] = f"({operands[i]})"
    return written.format(*operands), tightness


_MINUS = 6  # the precedence of a minus sign, which is lower than that of a power


def _needed(name: str, tightness: int, operand: int) -> int:
    """The precedence below which an operand is written in brackets: JavaScript takes no -x ** 2."""
    if name == "neg":
        return FUNCTION
    if name in ("power", "square"):
        return tightness + 1 if operand == 0 else _MINUS
    return tightness + operand  # so that nothing is added in another order


def literal(number: float) -> str:
    """A number as JavaScript writes it.

    >>> literal(2.0), literal(-1e-20), literal(math.inf)
    ('2', '-1e-20', 'Infinity')
    """
    if math.isfinite(number):
        return repr(number).removesuffix(".0")
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def helpers(text: str) -> list[str]:
    """The definitions of the functions that a text uses and JavaScript lacks."""
    used = {name for name in HELPERS if re.search(rf"\b{name}\(", text)}
    for name in sorted(used):
        while (name := _NEEDS.get(name, name)) not in used:
            used.add(name)
    return [HELPERS[name] for name in HELPERS if name in used]


# A graph as statements -----------------------------------------------------------------------------------

_RESERVED = set(HELPERS).union(
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
        if node.operation.expression is not None:
            return symbolic(node.operation.expression(*operands))
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


# What users meet -----------------------------------------------------------------------------------------


class JavaScript:
    """What ``compile`` makes for the target "javascript": the ``source`` of a function of numbers.

    It is one function, ``value_and_grad``, of the function's parameters or of a recorded output's leaves. It returns an
    array: the value, and the partial derivative by each of them. Where an operation has no value it throws a
    RangeError; a derivative that does not exist is NaN or infinite. Values that the function reads besides its
    parameters are the numbers that they are when it is recorded.

    >>> from autograd import compile
    >>> print(compile(lambda x, y: x * y + x, target="javascript").source)
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
        bound = inspect.signature(self._function).bind(*numbers)
        leaves = [Value(number, label=name) for name, number in zip(_names(bound), bound.args, strict=True)]
        with recording():
            output = as_constant(self._function(*leaves))
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


def _names(bound: inspect.BoundArguments) -> list[str]:
    """The name of each argument: xs_0, xs_1 and so on for those of *xs."""
    found = []
    for name, given in bound.arguments.items():
        variadic = bound.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        found += [f"{name}_{i}" for i in range(len(given))] if variadic else [name]
    return found
