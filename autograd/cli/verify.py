"""``chainrule verify``: one person's claims about one function, or a file of answer sheets."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograd.cli.arguments import Parser, Unusable, split
from autograd.cli.exercises import find
from autograd.formula import Formula
from autograd.verifying import verify
from autograd.verifying.sheets import Sheet, SheetError, read_sheets

DESCRIPTION = """\
Check partial derivatives that a person derived. A claim for the variable x is dx=…: a number at the given
point, or a formula; q:=… names a step, dq=… claims the derivative with respect to it, q=… its value.

  chainrule verify "(x+y)/z" x=3 y=2 z=1 dx=1 dz="-(x+y)/z**2"
  chainrule verify "(x+y)*z" x=-2 y=5 z=-4 q:=x+y q=3 dq=-4 dx=-4
  chainrule verify --exercise 2 dx=0.368 dz=0
  chainrule verify answers.toml             # many students, many exercises

Exit status: 0 every claim is right, 1 one is not, 2 not understood."""
SHEETS = """\
A file of answer sheets is TOML; each sheet is a table:

  [[answers]]
  student = "Ada"
  exercise = 1                              # or: function = "(x+y)/z" and at = {x = 3, y = 2, z = 1}
  claimed = {x = 1, z = "-(x + y)/z**2"}    # also: steps = {q = "x + y"}, values = {q = 5}"""


def command(arguments: Sequence[str]) -> int:
    """Run the command; 0 is all right, 1 something wrong, 2 something not understood."""
    parser = Parser(prog="chainrule verify", description=DESCRIPTION, epilog=SHEETS)
    parser.add_argument("subject", nargs="?", help="a formula, or a file of answer sheets (.toml)")
    parser.add_argument("assignments", nargs="*", metavar="name=value", help="the point, and the claims")
    parser.add_argument("--exercise", metavar="N", help="an exercise instead of a formula, at its own point")
    parser.add_argument("--domain", action="append", metavar="CONDITION", help="where formulas are tried: 'm > 0'")
    parser.add_argument("--json", action="store_true", help="print JSON: one object a sheet, each on a line")
    parser.add_argument("--no-reveal", action="store_true", help="grade without giving right answers or reasons away")
    options = parser.read(arguments)
    if options.exercise is not None:
        claims = [argument for argument in (options.subject, *options.assignments) if argument]
        exercise = find(options.exercise)
        given = {"at": dict(exercise.at), "steps": exercise.named_steps, "domain": exercise.domain}
        return _one(exercise.formula, given, claims, options, f"exercise {exercise.number}")
    if options.subject is None:
        raise Unusable("what is to be verified? give a formula, a file of answers or --exercise N")
    if options.subject.endswith(".toml"):
        if options.assignments:
            raise Unusable("a file of answers holds its own claims: leave the others out")
        return _file(Path(options.subject), options)
    if Path(options.subject).is_file():
        raise Unusable(f"{options.subject} is a file, and a file of answers is TOML: its name ends with .toml")
    return _one(options.subject, {}, options.assignments, options)


def _one(
    text: str, known: Mapping[str, Any], assignments: Sequence[str], options: argparse.Namespace, title: str = ""
) -> int:
    formula = Formula(text)
    given: dict[str, Any] = {"at": {}, "steps": {}, "values": {}, "claimed": {}, **known}
    given["domain"] = (*given.get("domain", ()), *(options.domain or ()))
    seen: set[tuple[str, bool]] = set()
    for assignment in sorted(assignments, key=lambda assignment: ":=" not in assignment):  # the steps first
        step = ":=" in assignment
        name, value = split(assignment, ":=" if step else "=")
        if (name, step) in seen:
            raise Unusable(f"{name} is given twice")
        seen.add((name, step))
        kind = "steps" if step else _kind(name, formula.variables, given["steps"])
        given[kind][name.removeprefix("d") if kind == "claimed" else name] = value
    if not given["claimed"] and not given["values"]:
        example = f", as in d{formula.variables[0]}=1" if formula.variables else ""
        raise Unusable(f"nothing is claimed: add a claim{example}")
    try:
        report = verify(formula, **given, title=title, reveal=not options.no_reveal)
    except ValueError as error:
        raise Unusable(str(error)) from None
    print(json.dumps(report.as_json(), ensure_ascii=False) if options.json else report)
    return 0 if report.ok else 1


def _kind(name: str, variables: Sequence[str], steps: Collection[str]) -> str:
    """Whether name=… gives a variable's value, or claims a derivative, or the value of a step."""
    if name in variables:
        return "at"
    if name.startswith("d") and (name[1:] in variables or name[1:] in steps):
        return "claimed"
    if name in steps or name == "f":
        return "values"
    known = ", ".join((*variables, *steps)) or "none"
    raise Unusable(f"{name} is neither a variable nor a claim dx=… for one; the variables are: {known}")


def _file(path: Path, options: argparse.Namespace) -> int:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise Unusable(f"cannot read {path}: {reason}") from None
    status, right, graded, unread = 0, 0, 0, 0
    for sheet in _with_progress(read_sheets(text), text.count("[[answers]]")):
        try:
            if isinstance(sheet, SheetError):
                raise sheet
            report = sheet.grade(not options.no_reveal)
        except SheetError as error:
            status = 2
            unread += 1
            print(f"chainrule: {path}, {error}", file=sys.stderr)
            if options.json:
                print(json.dumps({"ok": False, **error.as_json()}, ensure_ascii=False))
            continue
        graded += 1
        right += report.ok
        status = max(status, 0 if report.ok else 1)
        print(json.dumps(report.as_json(), ensure_ascii=False) if options.json else f"{report}\n")
    if not options.json:
        rest = f"; {unread} could not be read" if unread else ""
        print(f"{graded} sheet{'s'[: graded != 1]} graded, {right} without a mistake{rest}")
    return status


def _with_progress(sheets: Iterator[Sheet | SheetError], count: int) -> Iterator[Sheet | SheetError]:
    """The same, with a bar on a terminal's standard error."""
    if not sys.stderr.isatty() or count < 20 or sys.stdout.isatty():
        yield from sheets
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(sheets, "grading", total=count, console=Console(stderr=True), transient=True)
