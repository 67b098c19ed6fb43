"""The other ways to read a formula: where a text can be meant in two ways, the one that was not taken.

Each rule looks at one part of the tree and gives the part as it would be in the other reading, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from autograd.reading.functions import FUNCTIONS
from autograd.reading.nodes import Node, binary, folded, node, written
from autograd.reading.spelling import letters_of

Rule = Callable[[Node], Node | None]


def alternatives(tree: Node, words: frozenset[str]) -> Iterator[tuple[Node, Node]]:
    """The other readings, one for each rule that applies: the first part that differs, and the whole tree.

    ``words`` are names of several letters that could be products of these.
    """
    for rule in (*RULES, lambda part: _letters(part, words)):
        changed: list[Node] = []
        other = folded(tree, lambda part, below: _rebuilt(part, below, rule, changed))  # noqa: B023 - called at once
        if changed:
            yield changed[-1], other


def _rebuilt(part: Node, below: list[Node], rule: Rule, changed: list[Node]) -> Node:
    same = all(old is new for old, new in zip(part.operands, below, strict=True))
    part = part if same else node(part.kind, part.value, below, part.start, part.end, part.form)
    other = rule(part)
    if other is not None:
        changed.append(other)
    return part if other is None else other


def _is(part: Node, *signs: str) -> bool:
    return part.kind == "binary" and part.value in signs


def _is_bare(part: Node) -> bool:
    return part.kind == "call" and part.form == "bare"


def _with_operand(call: Node, operand: Node) -> Node:
    return node("call", call.value, (operand,), call.start, max(call.end, operand.end), call.form)


def _quotient(part: Node) -> Node | None:
    """1/2x as 1/(2x)."""
    if _is(part, "") and _is(part.operands[0], "/"):
        quotient, factor = part.operands
        return binary("/", quotient.operands[0], binary("", quotient.operands[1], factor))
    return None


def _exponent(part: Node) -> Node | None:
    """e^2x as e^(2x), and x^1/2 as x^(1/2)."""
    if _is(part, "", "/") and _is(part.operands[0], "^"):
        power, factor = part.operands
        if power.operands[1].kind != "group" and power.form != "raised":
            return binary("^", power.operands[0], binary(part.value, power.operands[1], factor))
    return None


def _tower(part: Node) -> Node | None:
    """x^y^z as (x^y)^z."""
    if _is(part, "^") and _is(part.operands[1], "^"):
        base, (middle, top) = part.operands[0], part.operands[1].operands
        return binary("^", binary("^", base, middle), top)
    return None


def _shorter_operand(part: Node) -> Node | None:
    """sin x y as sin(x)·y."""
    if _is_bare(part) and _is(part.operands[0], ""):
        first, last = part.operands[0].operands
        return binary("", _with_operand(part, first), last)
    return None


def _longer_operand(part: Node) -> Node | None:
    """sin x/y as sin(x/y)."""
    if not _is(part, "/", "*"):
        return None
    left, right = part.operands
    if _is_bare(left):
        return _with_operand(left, binary(part.value, left.operands[0], right))
    if _is(left, "", "*") and _is_bare(left.operands[1]):
        call = left.operands[1]
        return binary(left.value, left.operands[0], _with_operand(call, binary(part.value, call.operands[0], right)))
    return None


def _power_of_bare(part: Node) -> Node | None:
    """sin x² as sin²(x)."""
    if _is_bare(part) and _is(part.operands[0], "^"):
        base, exponent = part.operands[0].operands
        return node("binary", "^", (_with_operand(part, base), exponent), part.start, part.end, "raised")
    return None


def _longer_root(part: Node) -> Node | None:
    """√2x as √(2x), and √x² as √(x²)."""
    if _is(part, "", "^") and part.operands[0].kind == "call" and part.operands[0].form == "root":
        root, factor = part.operands
        if root.operands[0].kind != "group":
            return _with_operand(root, binary(part.value, root.operands[0], factor))
    return None


def _inverse(part: Node) -> Node | None:
    """sin⁻¹ x as 1/sin(x)."""
    if part.kind == "call" and part.form == "inverse":
        direct = next(function for function in FUNCTIONS.values() if function.inverse == part.value.shown)
        one = node("number", 1.0, (), part.start, part.start, "1")
        return binary("/", one, node("call", direct, part.operands, part.start, part.end, "called"))
    return None


def _decimal_logarithm(part: Node) -> Node | None:
    """log as the logarithm to base 10."""
    if part.kind == "call" and part.value is FUNCTIONS["log"] and part.form in ("called", "bare"):
        return replace(part, value=replace(FUNCTIONS["log10"], shown="log_10"))
    return None


def _letters(part: Node, words: frozenset[str]) -> Node | None:
    """The variable xy as the product of x and y."""
    if part.kind != "variable" or part.value not in words:
        return None
    letters = [node("variable", letter, (), part.start, part.end) for letter in letters_of(part.value)]
    product = letters[0]
    for letter in letters[1:]:
        product = binary("", product, letter)
    return node("group", False, (product,), part.start, part.end)


RULES: Final[tuple[Rule, ...]] = (
    _quotient,
    _exponent,
    _tower,
    _shorter_operand,
    _longer_operand,
    _power_of_bare,
    _longer_root,
    _inverse,
    _decimal_logarithm,
)


def told(text: str, part: Node) -> str:
    """What a part of the text means in the other reading."""
    return f"{text[part.start : part.end].strip()} means {written(part)}"
