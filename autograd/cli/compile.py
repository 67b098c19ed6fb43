"""``chainrule compile``: a formula and its derivatives as array code."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

from autograd import compiling
from autograd.cli.arguments import Parser, Unusable, assigned, print_reading, read_formula
from autograd.errors import OperationError
from autograd.formula import Formula

DESCRIPTION = """\
Print a function of Python or JavaScript that computes a formula and its partial derivatives.

  chainrule compile "ln(x² + y² + 1)"                 for NumPy
  chainrule compile "ln(x² + y² + 1)" --target jax    for JAX
  chainrule compile "ln(x² + y² + 1)" --target javascript

Each variable is an array with a number for each sample; in JavaScript it is a number. What is printed runs as it
stands in a file."""
TRIES = 1000


def command(arguments: Sequence[str]) -> int:
    """Print the source; 1 where the formula has no value at the given point."""
    parser = Parser(prog="chainrule compile", description=DESCRIPTION)
    parser.add_argument("formula", nargs="?", help="a formula, such as 'x e^y'")
    parser.add_argument("assignments", nargs="*", metavar="name=value", help="a point at which it has a value")
    parser.add_option("--target", metavar="NAME", default="numpy", help="numpy, the default, jax or javascript")
    options = parser.read(arguments)
    if options.formula is None:
        raise Unusable("which formula is to be compiled? give one, as in: chainrule compile 'x e^y'")
    import numpy as np

    formula = read_formula(options.formula, options.assignments)
    print_reading(formula, sys.stderr)
    if not formula.variables:
        raise Unusable(f"{options.formula} has no variables: there is nothing to compile")
    try:
        function = compiling.compile(formula, target=options.target)
        point = assigned(formula, options.assignments).values() if options.assignments else _point(formula)
        # For arrays of samples, where there are arrays.
        function.record(*(number if options.target == "javascript" else np.array([number]) for number in point))
        print(function.source, end="")
    except OperationError:
        raise
    except (ValueError, ImportError) as error:
        raise Unusable(str(error)) from None
    return 0


def _point(formula: Formula) -> list[float]:
    """Somewhere in the formula's domain: it is recorded there."""
    draw = random.Random(0)
    for k in range(TRIES):
        point = [draw.uniform(-1.0, 1.0) * 1.01**k for _ in formula.variables] if k else [1.0] * len(formula.variables)
        try:
            formula(*point)
        except OperationError:
            continue
        return point
    names = " ".join(f"{name}=…" for name in formula.variables)
    raise Unusable(f"no point was found at which {formula.text} has a value: add one, as in {names}")
