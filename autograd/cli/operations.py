"""The table of operations at the shell."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.cli.arguments import Parser, print_table
from autograd.formula import CONSTANTS, FUNCTIONS
from autograd.operation import Operation
from autograd.operations import OPERATIONS
from autograd.symbol import Symbol, symbolic


def command(arguments: Sequence[str]) -> int:
    """Print what a formula can be made of."""
    Parser(prog="chainrule operations", description="What a formula can be made of.").read(arguments)
    print_table(["name", "reads", "domain", "∂/∂x", "∂/∂y"], map(_described, OPERATIONS.values()))
    composed = ", ".join(sorted(f"{name}(…)" for name in FUNCTIONS.keys() - OPERATIONS.keys()))
    print(f"Composed of these: {composed}. Constants: {', '.join(CONSTANTS)}.")
    return 0


def _described(operation: Operation) -> list[str]:
    operands = [Symbol("x"), Symbol("y")][: operation.arity]
    out = operation(*operands)
    partials = [str(symbolic(rule(out, *operands))) for rule in operation.partials]
    default = "" if operation.default is None else f" (y: {operation.default:g})"
    reads = operation.format("x", "y") + default
    return [operation.name, reads, operation.domain or "all numbers", *partials, *[""][operation.arity - 1 :]]
