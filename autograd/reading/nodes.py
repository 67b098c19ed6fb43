"""The tree of a formula: how it was read, as text, and as steps that compute it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from autograd.operations import OPERATIONS, exp
from autograd.reading import DEEPEST
from autograd.reading.errors import Misread
from autograd.reading.functions import Function

Found = TypeVar("Found")
Step = tuple[str, Any, tuple[int, int]]

_OPERATIONS: Final = {
    "+": OPERATIONS["add"],
    "-": OPERATIONS["subtract"],
    "*": OPERATIONS["multiply"],
    "": OPERATIONS["multiply"],  # a product whose sign is not written
    "/": OPERATIONS["divide"],
    "^": OPERATIONS["power"],
    "**": OPERATIONS["power"],
    "<": OPERATIONS["less"],
    "<=": OPERATIONS["less_equal"],
    ">": OPERATIONS["greater"],
    ">=": OPERATIONS["greater_equal"],
    "==": OPERATIONS["equal"],
    "!=": OPERATIONS["not_equal"],
}
_SIGNED: Final = {"+": OPERATIONS["pos"], "-": OPERATIONS["neg"]}

COMPARED, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)  # how tightly a part of a formula holds together
_PRECEDENCE: Final = {"+": SUM, "-": SUM, "*": PRODUCT, "": PRODUCT, "/": PRODUCT, "^": POWER, "**": POWER}
_SHOWN: Final = {"*": "·", "": "·", "/": "/", "^": "^", "**": "^"}


@dataclass(slots=True, frozen=True)
class Node:
    """A part of a formula, and where it stands.

    ``kind`` is number, variable, group (brackets), unary, binary or call; ``value`` the number, the name, whether the
    brackets are shown, the sign or the Function; ``form`` how it is written: the text of a number; of a call whether
    it has brackets ("called") or not ("bare"), or is a sign, such as a root ("sign").
    """

    kind: str
    value: Any
    operands: tuple[Node, ...]
    start: int
    end: int
    form: str = ""
    depth: int = 0

    @property
    def precedence(self) -> int:
        """How tightly it holds together."""
        if self.kind == "binary":
            return _PRECEDENCE.get(self.value, COMPARED)
        if self.kind == "group" and not self.value:
            return self.operands[0].precedence
        return UNARY if self.kind == "unary" else ATOM


def node(kind: str, value: Any, operands: Sequence[Node], start: int, end: int, form: str = "") -> Node:
    """A node, one level above its operands."""
    depth = 1 + max((operand.depth for operand in operands), default=-1)
    if depth > DEEPEST:
        raise Misread(f"the formula is nested too deeply; the limit is {DEEPEST} levels")
    return Node(kind, value, tuple(operands), start, end, form, depth)


def binary(sign: str, left: Node, right: Node) -> Node:
    """Two operands and the sign between them; a product whose sign is not written has none."""
    return node("binary", sign, (left, right), left.start, right.end)


def ungrouped(root: Node) -> Node:
    """What stands in the brackets, if there are any."""
    while root.kind == "group":
        root = root.operands[0]
    return root


def folded(root: Node, visit: Callable[[Node, list[Found]], Found]) -> Found:
    """What visit makes of the root, given what it made of its operands; without recursion."""
    results: list[Found] = []
    work = [(root, False)]
    while work:
        part, operands_done = work.pop()
        if operands_done or not part.operands:
            count = len(part.operands)
            below = results[len(results) - count :]
            del results[len(results) - count :]
            results.append(visit(part, below))
        else:
            work.append((part, True))
            work.extend((operand, False) for operand in reversed(part.operands))
    return results[0]


# As steps ----------------------------------------------------------------------------------------


def steps(root: Node) -> list[Step]:
    """The steps that compute a formula on a stack, in postfix order."""
    found: list[Step] = []
    folded(root, lambda part, _: _write(part, found))
    return found


def _write(part: Node, found: list[Step]) -> None:
    place = part.start, part.end
    if part.kind in ("number", "variable"):
        found.append((part.kind, part.value, place))
    elif part.kind == "unary":
        found.append(("call", (_SIGNED[part.value], 1), place))
    elif part.kind == "call":
        found.append(("call", (part.value.compute, len(part.operands)), place))
    elif part.kind == "binary":
        if is_exponential(part):
            found.append(("call", (_exponential, 2), place))
        else:
            found.append(("call", (_OPERATIONS[part.value], 2), place))


def _exponential(base: float, exponent: Any) -> Any:
    return exp(exponent)


def is_exponential(part: Node) -> bool:
    """Whether it is e^x, which is exp(x); e**x is what Python computes."""
    base = part.operands[0]
    return part.value == "^" and base.kind == "number" and base.form == "e"


# As text -----------------------------------------------------------------------------------------


def written(root: Node) -> str:
    """A formula as plain mathematics, in which every sign and every bracket that decides is written.

    >>> from autograd.reading.reader import read
    >>> written(read("1/2x e^-y + sin 2z", "xyz").tree)
    '(1/2)·x·e^-y + sin(2·z)'
    """
    return folded(root, _text)


def _text(part: Node, below: list[str]) -> str:
    if part.kind == "number":
        return part.form
    if part.kind == "variable":
        return str(part.value)
    if part.kind == "group":
        return f"({below[0]})" if part.value else below[0]
    if part.kind == "unary":
        return str(part.value) + _bracketed(below[0], part.operands[0].precedence < UNARY)
    if part.kind == "call":
        return _call(part, below)
    return _binary(part, below)


def _call(part: Node, below: list[str]) -> str:
    function: Function = part.value
    if part.form == "bars":
        return f"|{below[0]}|"
    if part.form == "base":
        return f"log_{below[0]}({below[1]})"
    inner = [text[1:-1] if _shown_group(operand) else text for text, operand in zip(below, part.operands, strict=True)]
    return f"{function.shown}({', '.join(inner)})"


def _binary(part: Node, below: list[str]) -> str:
    sign, (left, right), precedence = part.value, part.operands, part.precedence
    first = left.precedence < precedence + (precedence in (COMPARED, POWER))
    second = right.precedence <= precedence
    if precedence == POWER and right.kind == "unary" and right.operands[0].precedence == ATOM:
        second = False  # x^-1
    if sign == "" and left.kind == "binary" and left.value == "/":
        first = True
    texts = _bracketed(below[0], first), _bracketed(below[1], second)
    return texts[0] + _SHOWN.get(sign, f" {sign} ") + texts[1]


def _shown_group(part: Node) -> bool:
    return part.kind == "group" and bool(part.value)


def _bracketed(text: str, needed: bool) -> str:
    return f"({text})" if needed else text
