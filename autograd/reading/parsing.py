"""From the tokens of meaning.py to the tree, by the grammar; or what is wrong, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.reading.building import RULES
from autograd.reading.errors import Misread
from autograd.reading.nodes import Node
from autograd.reading.table import END, table
from autograd.reading.tokens import Token


def parse(tokens: Sequence[Token], end: int) -> Node:
    """The tree of a formula that ends at a place; raises Misread.

    An LALR parser: states and the parts that are built so far are two stacks, so that nothing recurses.
    """
    start, final, rules, steps = table()
    states, parts = [start], list[Any]()
    for token in [*tokens, Token(END, "", end, end)]:
        while (step := steps[states[-1]].get(token.kind)) is not None and step < 0:
            symbol, count, builder = rules[~step]
            below = parts[len(parts) - count :]
            del parts[len(parts) - count :], states[len(states) - count :]
            parts.append(RULES[builder](below) if builder else below[0])
            states.append(steps[states[-1]][symbol])
            if token.kind == END and states[-1] == final:
                tree: Node = parts[0]
                return tree
        if step is None:
            raise _unexpected(token, parts[-1] if parts else None)
        states.append(step)
        parts.append(token)
    raise AssertionError("the end of a text ends a formula, or is unexpected")


def _unexpected(token: Token, last: Any) -> Misread:
    if token.kind == END:
        return Misread("the formula breaks off here: an operand is missing", token.start)
    if token.kind == "COMPARISON" and isinstance(last, Node):
        return Misread("compare two numbers at a time, with < <= > >= == or !=", token.start, token.end)
    if token.kind == "COMMA" and isinstance(last, Node):
        return Misread("a comma stands between two operands, as in max(x, y)", token.start, token.end)
    if not isinstance(last, Node):
        return Misread(f"an operand is missing before this {token.value}", token.start, token.end)
    return Misread(f"this {token.value} cannot stand here", token.start, token.end)
