"""The command line: the exercises, one formula, and the table of operations."""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from autograd.calculus import derivative_formulas
from autograd.checking import GradientCheck, check_gradients
from autograd.collision import mixed_installation
from autograd.drawing import CannotRender, draw, forward, steps, tree
from autograd.engine import engine
from autograd.errors import DerivativeError, OperationError
from autograd.exercises import COURSE, Exercise
from autograd.formula import CONSTANTS, FUNCTIONS, Formula, FormulaError, constant
from autograd.operation import Operation
from autograd.operations import OPERATIONS
from autograd.symbol import Symbol, symbolic
from autograd.value import Value
from autograd.version import __version__

LEARNING_RATE = 0.1
DESCRIPTION = """\
With nothing else, work through the three exercises of the course. With a formula and a value for each
of its variables, show its value, its gradient, checked numerically, and its graph:

  chainrule "x*exp(y) + sin(z)" x=1.5 y=-1 z=pi/2

`chainrule operations` lists what a formula can be made of."""


class Unusable(Exception):
    """The command line asks for something that cannot be done: one sentence says what."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{message} (chainrule --help shows how it is used)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 is success, 1 no value or no derivative at the point, 2 not understood."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        if mixed_installation():
            raise Unusable(mixed_installation())
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except (Unusable, FormulaError, CannotRender) as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 2
    except OperationError as error:
        hints = [note for note in getattr(error, "__notes__", ()) if note.startswith(" ")]
        print("\n".join([f"chainrule: {error}", *hints]), file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("chainrule: interrupted", file=sys.stderr)
        return 130


def _run(arguments: list[str]) -> int:
    parser = _Parser(prog="chainrule", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formula", nargs="?", help="a formula, such as 'x*exp(y)'; or the word operations")
    parser.add_argument("assignments", nargs="*", metavar="name=value", help="a value for each variable")
    parser.add_argument("--draw", metavar="FILE", help="draw the graph (.svg; .png or .pdf with Graphviz)")
    parser.add_argument("--steps", action="store_true", help="show the backward pass edge by edge")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--pictures",
        metavar="DIR",
        default="chainrule-pictures",
        help="where the exercises' pictures go (default: ./%(default)s)",
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}, {engine()} engine")
    options = parser.parse_intermixed_args([_protected(argument, parser) for argument in arguments if argument != "--"])
    if options.formula is None:
        for option in ("draw", "steps", "json"):
            if getattr(options, option):
                raise Unusable(f"--{option} goes with a formula, as in: chainrule 'x*y' x=2 y=3 --{option}")
        return _work_through(COURSE, Path(options.pictures))
    if options.formula.strip() == "operations" and not options.assignments:
        _print_table(["name", "reads", "domain", "∂/∂x", "∂/∂y"], map(_described, OPERATIONS.values()))
        composed = ", ".join(sorted(f"{name}(…)" for name in FUNCTIONS.keys() - OPERATIONS.keys()))
        print(f"Composed of these: {composed}. Constants: {', '.join(CONSTANTS)}.")
        return 0
    return _evaluate(options)


def _protected(argument: str, parser: argparse.ArgumentParser) -> str:
    """A formula that starts with a minus sign, marked so that it is not taken for an option."""
    name = argument.split("=")[0]
    option = name in parser._option_string_actions or re.match(r"--[A-Za-z]", name)
    return argument if option or not argument.startswith("-") else " " + argument


def _evaluate(options: argparse.Namespace) -> int:
    formula = Formula(options.formula)
    values = _assigned(formula, options.assignments)
    leaves = {name: Value(value, label=name) for name, value in values.items()}
    result = formula.evaluate(leaves)
    output = result if isinstance(result, Value) else Value(result)
    if "f" not in leaves and output.operation:
        output.label = "f"
    status = _backward(output)
    check = check_gradients(formula, *values.values())
    formulas = dict(zip(leaves, derivative_formulas(output, list(leaves.values())), strict=True))
    picture = _drawn(output, options.draw) if options.draw else None
    if options.json:
        print(json.dumps(_as_json(output, check, formulas), ensure_ascii=False))
        return status
    print(f"value   {output.data!r}\n")
    if leaves:
        _print_gradient(check, formulas)
        print(steps(output) if options.steps else tree(output))
    if picture:
        print(f"\npicture: {picture}")
    return status


def _backward(output: Value) -> int:
    """Sweep; a derivative that does not exist is said, and does not keep the others from being shown."""
    try:
        output.backward()
    except DerivativeError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 1
    return 0


def _drawn(output: Value, path: str) -> Path:
    try:
        return draw(output).save(path)
    except ValueError as error:
        raise Unusable(str(error)) from None


def _assigned(formula: Formula, assignments: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise Unusable(f"{assignment!r} is no assignment: write a name, = and a value, as in x=1.5")
        if name in CONSTANTS or name in FUNCTIONS:
            kind = "a constant" if name in CONSTANTS else "a function"
            raise Unusable(f"{name} is {kind} of the formula language: choose another name")
        if name in values:
            raise Unusable(f"{name} is given twice")
        if name not in formula.variables:
            known = ", ".join(formula.variables) or "none"
            raise Unusable(f"{name} is given a value, but the formula's variables are: {known}")
        if not text.strip():
            raise Unusable(f"{name} has no value: write it after the =, as in {name}=1.5")
        values[name] = constant(text)
    for name in formula.variables:
        if name not in values:
            raise FormulaError(f"{name} has no value: add {name}=…", formula.text, *formula.place_of(name))
    return {name: values[name] for name in formula.variables}


def _as_json(output: Value, check: GradientCheck, formulas: Mapping[str, Symbol]) -> dict[str, Any]:
    partials = {partial.name: partial for partial in check.partials}
    return {
        "value": output.data,
        "gradient": {name: _finite(partial.value) for name, partial in partials.items()},
        "numerical": {name: _finite(partial.numerical) for name, partial in partials.items()},
        "error_estimate": {name: _finite(partial.error_estimate) for name, partial in partials.items()},
        "verdict": {name: partial.verdict for name, partial in partials.items()},
        "note": {name: partial.note for name, partial in partials.items() if partial.note},
        "formula": {name: str(formula) for name, formula in formulas.items()},
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _work_through(exercises: Sequence[Exercise], directory: Path) -> int:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"cannot make the directory {directory}: {error.strerror}") from None
    for exercise in exercises:
        formula = Formula(exercise.formula)
        leaves = {name: Value(constant(text), label=name) for name, text in exercise.at.items()}
        output = formula.evaluate(leaves)
        output.label = "f"
        output.backward()
        point = ", ".join(f"{name} = {text}" for name, text in exercise.at.items())
        title = f"Exercise {exercise.number}, {exercise.title}: f = {exercise.formula}   at {point}"
        print(f"{title}\n{'=' * len(title)}\n\nForward pass\n\n{forward(output)}\n\nGradient\n")
        gradient = tuple(leaf.grad for leaf in leaves.values())
        check = check_gradients(formula, *(leaf.data for leaf in leaves.values()), gradient=gradient)
        _print_gradient(check, dict(zip(leaves, derivative_formulas(output, list(leaves.values())), strict=True)))
        print(f"One step of gradient descent, w ← w − {LEARNING_RATE} · ∂f/∂w\n")
        moved = {name: leaf.data - LEARNING_RATE * leaf.grad for name, leaf in leaves.items()}
        for name, leaf in leaves.items():
            print(f"{name}   {leaf.data:.6g} → {moved[name]:.6g}")
        print(f"f   {output.data:.6g} → {formula.evaluate(moved):.6g}\n")
        try:
            picture = draw(output).save(directory / f"exercise-{exercise.number}.svg")
            print(f"Picture: {picture}\n")
        except CannotRender as error:
            print(f"No picture: {error}\n\n{tree(output)}\n")
    return 0


def _print_gradient(check: GradientCheck, formulas: Mapping[str, Symbol]) -> None:
    rows = [
        [
            f"∂/∂{partial.name}",
            "none" if math.isnan(partial.value) else f"{partial.value:.10g}",
            f"{partial.numerical:.10g} ± {partial.error_estimate:.0e}"
            if math.isfinite(partial.error_estimate)
            else "none",
            partial.verdict,
            str(formulas[partial.name]),
        ]
        for partial in check.partials
    ]
    _print_table(["", "automatic", "numerical", "verdict", "formula"], rows)
    for partial in check.partials:
        if partial.note:
            print(f"∂/∂{partial.name}: {partial.note}.")
    print()


def _described(operation: Operation) -> list[str]:
    operands = [Symbol("x"), Symbol("y")][: operation.arity]
    out = operation(*operands)
    partials = [str(symbolic(rule(out, *operands))) for rule in operation.partials]
    default = "" if operation.default is None else f" (y: {operation.default:g})"
    reads = operation.format("x", "y") + default
    return [operation.name, reads, operation.domain or "all numbers", *partials, *[""][operation.arity - 1 :]]


def _print_table(header: Sequence[str], rows: Any) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
