"""The mistakes that verifying knows, at the shell."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.cli.arguments import Parser, print_table
from autograd.verifying.catalogue import HEADER, rows

DESCRIPTION = """\
The mistakes that 'chainrule verify' names, each with an answer in which it was made: f, what was claimed, and
what is right. The code stands in reports and in their JSON."""


def command(arguments: Sequence[str]) -> int:
    """Print every mistake with its example."""
    Parser(prog="chainrule mistakes", description=DESCRIPTION).read(arguments)
    print_table(HEADER, rows())
    return 0
