"""The table of operations at the shell."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.cli.arguments import Parser, print_table
from autograd.describing import derivatives
from autograd.formula import CONSTANTS, FUNCTIONS
from autograd.operation import Operation
from autograd.operations import OPERATIONS


def command(arguments: Sequence[str]) -> int:
    """Print what a formula can be made of."""
    Parser(prog="chainrule operations", description="What a formula can be made of.").read(arguments)
    header = ["name", "reads", "meaning", "domain", "∂/∂x", "∂/∂y"]
    print_table(header, map(_described, OPERATIONS.values()))
    composed = ", ".join(sorted(f"{name}(…)" for name in FUNCTIONS.keys() - OPERATIONS.keys()))
    print(f"Composed of these: {composed}. Constants: {', '.join(CONSTANTS)}.")
    return 0


def _described(operation: Operation) -> list[str]:
    default = "" if operation.default is None else f" (y: {operation.default:g})"
    reads = operation.format("x", "y") + default
    meaning = operation.meaning.partition(":")[0].removesuffix(".")
    row = [operation.name, reads, meaning, operation.domain or "all numbers", *derivatives(operation)]
    return row + [""] * (operation.arity == 1)
