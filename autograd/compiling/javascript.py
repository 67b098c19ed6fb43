"""How operations and formulas are written in JavaScript, which any browser runs.

A rule of the table, run on Symbols, is a formula that ``javascript`` writes. The table's functions are JavaScript's
own where its Math has them, and else what the table says for arrays, in other operations. Only how the error function
is computed has to be stated here, in ERROR_FUNCTIONS.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence

from autograd.graph import topological_order
from autograd.operation import FUNCTION, OPERATIONS, Node, Operation
from autograd.symbol import Symbol, symbolic

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
    "exp2": "Math.pow(2, {})",
    "maximum": "Math.max({}, {})",
    "minimum": "Math.min({}, {})",
    **{name: f"Math.{name}({{}})" for name in _MATH},
    **{name: f"Math.{name}({{}}, {{}})" for name in ("atan2", "hypot")},
    **{name: f"Number({{}} {sign} {{}})" for name, sign in _COMPARISONS.items()},
}
ERROR_FUNCTIONS = {
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
}


def notation(operation: Operation) -> tuple[str, int]:
    """How an operation of the table is written in JavaScript, with its precedence.

    >>> from autograd import OPERATIONS
    >>> notation(OPERATIONS["tanh"]), notation(OPERATIONS["multiply"]), notation(OPERATIONS["sigmoid"])
    (('Math.tanh({})', 9), ('{} * {}', 5), ('sigmoid({})', 9))
    """
    if operation.name in _OTHERWISE:
        return _OTHERWISE[operation.name], FUNCTION
    if operation.numpy and operation.precedence < FUNCTION:
        return operation.notation, operation.precedence
    return f"{operation.name}({', '.join(['{}'] * operation.arity)})", FUNCTION


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
    operands = [text[parent] for parent in node.parents]
    if OPERATIONS.get(node.operation.name) is not node.operation:
        return f"({javascript(_in_others(node.operation, [f'({operand})' for operand in operands]))})", FUNCTION
    written, tightness = notation(node.operation)
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


def _in_others(operation: Operation, operands: Sequence[str]) -> Symbol:
    """An operation that JavaScript has no function for, written with others."""
    if operation.branchless is None:
        raise ValueError(
            f"the operation {operation.name} has no form in JavaScript: say with branchless= how other operations "
            "give it"
        )
    return symbolic(operation.branchless(*map(Symbol, operands)))


@functools.cache
def _definition(name: str) -> str:
    """A function of the table that JavaScript lacks."""
    if name in ERROR_FUNCTIONS:
        return ERROR_FUNCTIONS[name]
    operation = OPERATIONS[name]
    body = javascript(_in_others(operation, operation.variables))
    return f"function {name}({', '.join(operation.variables)}) {{\n  return {body};\n}}"


def helpers(text: str) -> list[str]:
    """The definitions of the functions that a text uses and JavaScript lacks, and of those that they use.

    >>> print("\\n".join(helpers("const v1 = log_sigmoid(x);")))
    function softplus(x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
    function log_sigmoid(x) {
      return -softplus(-x);
    }
    """
    used: set[str] = set()
    waiting = [text]
    while waiting:
        found = set(re.findall(r"(?<![\w.])([a-z]\w*)\(", waiting.pop())) & OPERATIONS.keys() - used
        used |= found
        waiting += map(_definition, found)
    return [_definition(name) for name in OPERATIONS if name in used]
