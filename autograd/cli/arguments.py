"""What the commands share: reading assignments, printing tables, and the errors of a person's input."""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from typing import Any, NoReturn, TextIO

from autograd.formula import Formula, FormulaError, constant
from autograd.reading import CONSTANTS

NOTATIONS = ("mathematics", "python")  # how formulas are written


class Unusable(Exception):
    """The command line asks for something that cannot be done: one sentence says what."""


_AsWritten = argparse.RawDescriptionHelpFormatter


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, and to which a formula that starts with a minus is no option.

    Some options have an effect only beside others, or on some uses of a command: ``add_option`` says which, and
    ``check_use`` refuses those that were given and have none.
    """

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        # An option has one spelling, so that what was given can be told from what was not.
        super().__init__(prog, description=description, epilog=epilog, formatter_class=_AsWritten, allow_abbrev=False)
        self.goes_with: dict[str, tuple[str, ...]] = {}
        self.given: list[str] = []

    def add_option(self, name: str, *goes_with: str, **how: Any) -> None:
        """Add an option, as ``add_argument`` does, that has an effect with one of these options or uses alone."""
        self.add_argument(name, **how)
        self.goes_with[name] = goes_with

    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{message} ({self.prog} --help shows how it is used)")

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The options and arguments, in any order."""
        self.given = [name for name in map(_name, arguments) if name in self.goes_with]
        options = self.parse_intermixed_args([self._protected(argument) for argument in arguments if argument != "--"])
        for name in self.given:
            value = getattr(options, name.removeprefix("--").replace("-", "_"))
            if self.given.count(name) > 1 and not isinstance(value, list):
                raise Unusable(f"{name} is given twice")
            if value == "" or (isinstance(value, list) and "" in value):
                raise Unusable(f"{name} is given without a value: write one after it")
        return options

    def check_use(self, *uses: str) -> None:
        """Raise Unusable for an option that was given and has no effect on these uses of the command."""
        for name in self.given:
            needed = self.goes_with[name]
            if needed and not any(there in needed for there in (*uses, *self.given)):
                raise Unusable(f"{name} has no effect here: it goes with {' or '.join(needed)}")

    def _protected(self, argument: str) -> str:
        name = _name(argument)
        option = name in self._option_string_actions or re.match(r"--[A-Za-z]", name)
        return argument if option or not argument.startswith("-") else " " + argument


def _name(argument: str) -> str:
    """The option of --option=value."""
    return argument.partition("=")[0]


def split(assignment: str, sign: str = "=") -> tuple[str, str]:
    """The name and the text of name=text."""
    name, equals, text = assignment.partition(sign)
    name = unicodedata.normalize("NFKC", name.strip())  # as Python reads names
    if not equals or not name.isidentifier():
        raise Unusable(f"{assignment!r} is no assignment: write a name, = and a value, as in x=1.5")
    if not text.strip():
        raise Unusable(f"{name} has no value: write it after the {sign}, as in {name}{sign}1.5")
    return name, text


def read_formula(text: str, assignments: Iterable[str]) -> Formula:
    """A formula whose variables are those that are given a value."""
    return Formula(text, [name for name in map(_name_given, assignments) if name.isidentifier()])


def _name_given(assignment: str) -> str:
    return unicodedata.normalize("NFKC", assignment.partition("=")[0].strip())


def print_reading(formula: Formula, file: TextIO | None = None) -> None:
    """Say how a formula was read, where that is not how it was written."""
    lines = [] if formula.as_typed else [f"read as {formula.reading}"]
    for line in [*lines, *formula.notes]:
        print(line, file=file)


def assigned(formula: Formula, assignments: Iterable[str]) -> dict[str, float]:
    """A value for each variable of a formula, in its order."""
    from autograd.reading.functions import RESERVED  # loaded with the reader, when needed

    values: dict[str, float] = {}
    for assignment in assignments:
        name, text = split(assignment)
        if name in CONSTANTS or name in RESERVED:
            kind = "a constant" if name in CONSTANTS else "a function"
            raise Unusable(f"{name} is {kind} of the formula language: choose another name")
        if name in values:
            raise Unusable(f"{name} is given twice")
        if name not in formula.variables:
            raise Unusable(f"{name} is given a value, but the formula's variables are: {_listed(formula, assignments)}")
        values[name] = constant(text)
    check_complete(formula, values)
    return {name: values[name] for name in formula.variables}


def check_complete(formula: Formula, values: Container[str]) -> None:
    """Raise FormulaError for a variable that has no value."""
    for name in formula.variables:
        if name not in values:
            raise FormulaError(f"{name} has no value: add {name}=…", formula.text, *formula.place_of(name))


def _listed(formula: Formula, assignments: Iterable[str]) -> str:
    """The variables of a formula, and what would have to be given for one of them to be a product."""
    given = set(map(_name_given, assignments))
    for name in formula.variables:
        missing = [letter for letter in dict.fromkeys(name) if letter not in given]
        if name.isalpha() and 0 < len(missing) < len(set(name)):
            values = " ".join(f"{letter}=…" for letter in missing)
            return f"{', '.join(formula.variables)} ({name} is a product once {values} is given, too)"
    return ", ".join(formula.variables) or "none"


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output, as wide as the terminal, or as COLUMNS says; 80 characters where neither does."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False).print(table)
