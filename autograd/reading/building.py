"""What each rule of the grammar makes of its parts: a node of the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from autograd.operations import OPERATIONS, log
from autograd.reading.errors import Misread
from autograd.reading.functions import FUNCTIONS, Function, function_named
from autograd.reading.nodes import Node, binary, node, ungrouped
from autograd.reading.tokens import Token

_ABSOLUTE: Final = FUNCTIONS["abs"]
_ROOTS: Final = {"sqrt": FUNCTIONS["sqrt"], "cbrt": FUNCTIONS["cbrt"]}


def _number(parts: list[Any]) -> Node:
    token: Token = parts[0]
    return node("number", token.number, (), token.start, token.end, token.value)


def _name(parts: list[Any]) -> Node:
    token: Token = parts[0]
    return node("variable", token.value, (), token.start, token.end)


def _group(parts: list[Any]) -> Node:
    opening, inner, closing = parts
    shown = opening.value not in ("}", "^")
    return node("group", shown, (inner,), opening.start, closing.end)


def _unary(parts: list[Any]) -> Node:
    sign, operand = parts
    return node("unary", sign.value, (operand,), sign.start, operand.end)


def _binary(parts: list[Any]) -> Node:
    left, sign, right = parts
    return binary(sign.value, left, right)


def _product(parts: list[Any]) -> Node:
    return binary("", *parts)


def _fraction(parts: list[Any]) -> Node:
    command, above, below = parts
    inner = node("binary", "/", (above, below), command.start, below.end)
    return node("group", False, (inner,), command.start, below.end)


def _bars(parts: list[Any]) -> Node:
    opening, inner, closing = parts
    return node("call", _ABSOLUTE, (inner,), opening.start, closing.end, "bars")


def _root(parts: list[Any]) -> Node:
    sign, operand = parts
    return node("call", _ROOTS[sign.value], (operand,), sign.start, operand.end, "root")


def _nth_root(parts: list[Any]) -> Node:
    command, _, index, _, operand = parts
    degree = ungrouped(index)
    if degree.kind == "number" and degree.value in (2.0, 3.0):
        function = _ROOTS["sqrt" if degree.value == 2.0 else "cbrt"]
        return node("call", function, (operand,), command.start, operand.end, "root")
    one = node("number", 1.0, (), index.start, index.end, "1")
    exponent = node("group", False, (binary("/", one, index),), index.start, index.end)
    power = node("binary", "^", (operand, exponent), command.start, operand.end)
    return node("group", False, (power,), command.start, operand.end)


# Functions ---------------------------------------------------------------------------------------


def _operands(parts: list[Any]) -> list[Node]:
    first, *rest = parts
    return [first] if not rest else [*first, rest[1]]


def _raised(parts: list[Any]) -> Node:
    exponent: Node = parts[1]
    return exponent


def _call(parts: list[Any]) -> Node:
    name, *raised, _, operands, closing = parts
    return _applied(name, raised, operands, closing.end, "called")


def _call_of_bars(parts: list[Any]) -> Node:
    name, *raised, opening, operands, closing = parts
    inner = node("call", _ABSOLUTE, operands[:1], opening.start, closing.end, "bars")
    if len(operands) > 1:
        raise Misread("between bars stands one operand", opening.start, closing.end)
    return _applied(name, raised, [inner], closing.end, "called")


def _bare(parts: list[Any]) -> Node:
    name, *raised, operand = parts
    return _applied(name, raised, [operand], operand.end, "bare")


def _applied(name: Token, raised: list[Node], operands: list[Node], end: int, form: str) -> Node:
    """A function of its operands; with an exponent behind its name a power of it, or, for f⁻¹, its inverse."""
    function = name.function
    assert function, "a name in front of operands is a function"
    exponent = raised[0] if raised else None
    if exponent is not None and _is_minus_one(exponent) and (inverse := _inverse(function)):
        function, exponent, form = inverse, None, "inverse"
    if not function.least <= len(operands) <= function.most:
        message = f"{function.shown} takes {function.takes}, got {len(operands)}"
        raise Misread(message, name.start, end)
    if name.base:
        applied = _to_base(name.base, operands[0], name.start, end)
    else:
        applied = node("call", function, operands, name.start, end, form)
    if exponent is None:
        return applied
    return node("binary", "^", (applied, exponent), name.start, end, "raised")


def _inverse(function: Function) -> Function | None:
    return function_named(function.inverse, False) if function.inverse else None


def _is_minus_one(exponent: Node) -> bool:
    exponent = ungrouped(exponent)
    if exponent.kind != "unary" or exponent.value != "-":
        return False
    one = ungrouped(exponent.operands[0])
    return one.kind == "number" and one.value == 1.0


def _to_base(below: Token, operand: Node, start: int, end: int) -> Node:
    """The logarithm to a base other than 2, 10 and e."""
    kind, value = ("number", below.number) if below.kind == "NUMBER" else ("variable", below.value)
    base = node(kind, value, (), below.start, below.end, below.value)
    function = Function(f"log_{below.value}", _logarithm, 2, 2)
    return node("call", function, (base, operand), start, end, "base")


def _logarithm(base: Any, number: Any) -> Any:
    return OPERATIONS["divide"](log(number), log(base))


RULES: Final[Mapping[str, Callable[[list[Any]], Any]]] = {
    "number": _number,
    "name": _name,
    "group": _group,
    "unary": _unary,
    "binary": _binary,
    "product": _product,
    "fraction": _fraction,
    "bars": _bars,
    "root": _root,
    "nth_root": _nth_root,
    "operands": _operands,
    "raised": _raised,
    "call": _call,
    "call_of_bars": _call_of_bars,
    "bare": _bare,
}
