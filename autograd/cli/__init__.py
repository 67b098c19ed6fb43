"""The command line: ``chainrule`` and its commands, each in a module of its own."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from autograd.cli import compile as compile_command
from autograd.cli import exercises, mistakes, operations, train, verify
from autograd.cli.arguments import NOTATIONS, Parser, Unusable, read_formula
from autograd.cli.formula import PRINTED, evaluate
from autograd.collision import mixed_installation
from autograd.deriving.derivation import SUFFIXES
from autograd.drawing import CannotRender
from autograd.drawing.picture import FORMATS
from autograd.engine import engine
from autograd.errors import OperationError
from autograd.exercises import COURSE
from autograd.files import in_words
from autograd.formula import FormulaError
from autograd.version import __version__

FORMULA, VARIABLES, EXERCISES = "a formula", "a formula with variables", "the three exercises"  # uses of the command
COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "verify": (verify.command, "check gradients that a person derived, and say what went wrong"),
    "mistakes": (mistakes.command, "the mistakes that verify knows, each with an example"),
    "exercises": (exercises.command, "list the exercises, show one, or make new ones"),
    "train": (train.command, "train a network: the tutorial's, micrograd's demo, or digits"),
    "compile": (compile_command.command, "a formula and its derivatives as code for arrays"),
    "operations": (operations.command, "what a formula can be made of"),
}
DESCRIPTION = """\
With nothing else, work through the three exercises of the course. With a formula and a value for each
of its variables, show its value, its gradient, checked numerically, and its graph:

  chainrule "x e^y + sin z" x=1.5 y=-1 z=pi/2

Commands (chainrule COMMAND --help says more):

""" + "\n".join(f"  {name:<12}{about}" for name, (_, about) in COMMANDS.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 is success, 1 no value, no derivative or a wrong claim, 2 not understood."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            return _status(list(sys.argv[1:] if arguments is None else arguments))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # now, while an error can still be reported in a sentence
    except OSError as error:  # of the output: _status reports those of files
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader, such as head, has seen enough
            return 1
        print(f"chainrule: cannot write the output: {error.strerror}", file=sys.stderr)
        return 2


def _status(given: list[str]) -> int:
    """Run a command and print its errors; its exit status."""
    try:
        if mixed_installation():
            raise Unusable(mixed_installation())
        return _run(given)
    except (Unusable, FormulaError, CannotRender) as error:
        return _failed(str(error), 2, given)
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError)
        return _failed(f"{error.name} is not installed: pip install {error.name}" if missing else str(error), 2, given)
    except OperationError as error:
        hints = [note for note in getattr(error, "__notes__", ()) if note.startswith(" ")]
        return _failed("\n".join([str(error), *hints]), 1, given)
    except OSError as error:
        if error.errno is None:  # a sentence of ours
            return _failed(str(error), 2, given)
        if error.filename is None:
            raise
        return _failed(f"cannot use {error.filename}: {error.strerror}", 2, given)
    except KeyboardInterrupt:
        print("chainrule: interrupted", file=sys.stderr)
        return 130


def _failed(message: str, status: int, arguments: Sequence[str]) -> int:
    """Say what went wrong, to a program too."""
    print(f"chainrule: {message}", file=sys.stderr)
    if "--json" in arguments:
        print(json.dumps({"error": message}, ensure_ascii=False))
    return status


def _run(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        return COMMANDS[arguments[0]][0](arguments[1:])
    _check_spelling(arguments)
    parser = Parser(prog="chainrule", description=DESCRIPTION)
    parser.add_argument("formula", nargs="?", help="a formula, such as 'x e^y', or a command")
    parser.add_argument("assignments", nargs="*", metavar="name=value", help="a value for each variable")
    parser.add_option(
        "--draw", FORMULA, metavar="FILE", help=f"draw the graph ({in_words(FORMATS)}; .png and .pdf need Graphviz)"
    )
    parser.add_option("--html", VARIABLES, metavar="FILE", help="a page that steps through both passes (.html)")
    parser.add_option("--steps", VARIABLES, action="store_true", help="show the backward pass edge by edge")
    parser.add_option(
        "--derive",
        VARIABLES,
        nargs="?",
        const=PRINTED,
        metavar="FILE",
        help=f"the whole derivation: printed, or written to a file ({in_words(SUFFIXES)})",
    )
    parser.add_option("--notation", VARIABLES, choices=NOTATIONS, help="write formulas as mathematics or as Python")
    parser.add_option("--json", FORMULA, action="store_true", help="print the results as JSON")
    parser.add_option(
        "--pictures", EXERCISES, metavar="DIR", help="where the exercises' pictures go (./chainrule-pictures)"
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}, {engine()} engine")
    options = parser.read(arguments)
    if options.formula is None:
        parser.check_use(EXERCISES)
        return exercises.work_through(COURSE, Path(options.pictures or "chainrule-pictures"))
    _check_excluded(options)
    _check_file(options.derive)
    formula = read_formula(options.formula, options.assignments)
    parser.check_use(FORMULA, *[VARIABLES][: len(formula.variables)])
    return evaluate(formula, options)


def _check_spelling(arguments: Sequence[str]) -> None:
    """Raise Unusable for a command that is misspelt: a word like one, whose letters are given no values."""
    close = difflib.get_close_matches(arguments[0], COMMANDS, 1, 0.7) if arguments else []
    if close and not _is_computable(arguments[0], arguments[1:]):
        raise Unusable(f"{arguments[0]} is no command; did you mean chainrule {close[0]}?")


def _is_computable(word: str, assignments: Sequence[str]) -> bool:
    from autograd.reading.functions import RESERVED  # loaded with the reader, when needed

    if word in RESERVED:
        return True  # or so it is once it is given an operand
    try:
        formula = read_formula(word, assignments)
    except FormulaError:
        return False
    return set(formula.variables) <= {assignment.partition("=")[0].strip() for assignment in assignments}


def _check_excluded(options: argparse.Namespace) -> None:
    """Raise Unusable for two options of which one would have no effect beside the other."""
    shown = ("derive", "json", "steps", "draw", "html", "notation")
    pairs = {("derive", name) for name in shown[1:]} | {("json", "steps"), ("json", "notation")}
    for one, other in sorted(pairs):
        if getattr(options, one) and getattr(options, other):
            raise Unusable(f"--{other} and --{one} exclude each other")


def _check_file(derivation: str | None) -> None:
    """Raise Unusable where what stands behind --derive is no file's name: a formula, most likely."""
    if derivation not in (None, PRINTED) and Path(derivation).suffix.lower() not in SUFFIXES:
        raise Unusable(
            f"--derive writes to a file with the ending {in_words(SUFFIXES)}, and {derivation!r} has none of them: "
            f"write the formula before --derive"
        )


if __name__ == "__main__":
    sys.exit(main())
