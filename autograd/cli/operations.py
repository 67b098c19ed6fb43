"""The table of operations at the shell."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.cli.arguments import Parser, print_table
from autograd.describing import derivatives
from autograd.operation import Operation
from autograd.operations import OPERATIONS
from autograd.reading import CONSTANTS


def command(arguments: Sequence[str]) -> int:
    """Print what a formula can be made of."""
    from autograd.reading.functions import COMPOSED, OTHER_NAMES  # loaded with the reader, when needed

    Parser(prog="chainrule operations", description="What a formula can be made of.").read(arguments)
    header = ["name", "reads", "meaning", "domain", "∂/∂x", "∂/∂y"]
    print_table(header, map(_described, OPERATIONS.values()))
    composed = ", ".join(f"{name}(…)" for name in COMPOSED)
    print(f"Composed of these: {composed}. Constants: {', '.join(CONSTANTS)}.")
    others = ", ".join(f"{name} ({meaning})" for name, meaning in OTHER_NAMES.items())
    print(f"Other names: {others}; log_2, log_b and the like are logarithms to a base.")
    print("Signs: 2x, x·y, x², √x, ½, |x|, sin² x, e^x and LaTeX are read as they are written.")
    return 0


def _described(operation: Operation) -> list[str]:
    default = "" if operation.default is None else f" (y: {operation.default:g})"
    reads = operation.format("x", "y") + default
    meaning = operation.meaning.partition(":")[0].removesuffix(".")
    row = [operation.name, reads, meaning, operation.domain or "all numbers", *derivatives(operation)]
    return row + [""] * (operation.arity == 1)
