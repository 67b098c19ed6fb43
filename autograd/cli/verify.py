"""``chainrule verify``: one person's claims about one function, or a file of answer sheets."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograd.cli.arguments import NOTATIONS, Parser, Unusable, check_complete, read_formula, split
from autograd.cli.exercises import find
from autograd.formula import Formula
from autograd.verifying import Report, verify
from autograd.verifying.accuracy import Accuracy
from autograd.verifying.sheets import ACCURACY, Sheet, SheetError, read_sheets
from autograd.verifying.written import differentiated_by, is_gradient, listed

FORMULA = "a formula"  # a use of the command
FILE_NAME = re.compile(r"([^\W\d]\w*\.[^\W\d]\w*|\d\.[^\W\d]\w\w+)$")  # which no formula ends in; 2.x is 2·x
DESCRIPTION = """\
Check partial derivatives that a person derived. A claim for the variable x is dx=…: a number at the given
point, or a formula; q:=… names a step, dq=… claims the derivative with respect to it, q=… its value.

  chainrule verify "(x+y)/z" x=3 y=2 z=1 dx=1 dz="-(x+y)/z²"
  chainrule verify "(x+y)*z" x=-2 y=5 z=-4 q:=x+y q=3 dq=-4 dx=-4
  chainrule verify --exercise 2 dx=0.368 dz=0
  chainrule verify --exercise 3 --seed Ada dx=1  # of chainrule exercises --new --seed Ada
  chainrule verify answers.toml             # many students, many exercises

Exit status: 0 every claim is right, 1 one is not, 2 not understood."""
SHEETS = """\
A file of answer sheets is TOML; each sheet is a table:

  [[answers]]
  student = "Ada"
  exercise = 1                              # or: function = "(x+y)/z" and at = {x = 3, y = 2, z = 1}
  claimed = {x = 1, z = "-(x + y)/z²"}    # also: steps = {q = "x + y"}, values = {q = 5}, domain, seed, digits"""


def command(arguments: Sequence[str]) -> int:
    """Run the command; 0 is all right, 1 something wrong, 2 something not understood."""
    parser = Parser(prog="chainrule verify", description=DESCRIPTION, epilog=SHEETS)
    parser.add_argument("subject", nargs="?", help="a formula, or a file of answer sheets (.toml)")
    parser.add_argument("assignments", nargs="*", metavar="name=value", help="the point, and the claims")
    parser.add_option("--exercise", metavar="N", help="an exercise instead of a formula, at its own point")
    parser.add_option(
        "--seed", "--exercise", metavar="TEXT", help="the exercise is the one of 'chainrule exercises --new --seed'"
    )
    parser.add_option(
        "--domain",
        FORMULA,
        "--exercise",
        action="append",
        metavar="CONDITION",
        help="where formulas are tried: 'm > 0'",
    )
    parser.add_option("--digits", type=int, metavar="N", help="significant digits asked for of a rounded number (2)")
    parser.add_option(
        "--tolerance", type=float, metavar="PART", help="instead: how far off a number may be, 0.01 is 1 %%"
    )
    parser.add_option("--json", action="store_true", help="print JSON: one object a sheet, each on a line")
    parser.add_option("--details", action="store_true", help="every diagnosis, and what the point cannot show")
    parser.add_option("--notation", choices=NOTATIONS, help="write formulas as mathematics or as Python")
    parser.add_option("--no-reveal", action="store_true", help="grade without giving right answers or reasons away")
    options = parser.read(arguments)
    for name in ("details", "notation"):
        if getattr(options, name) and options.json:
            raise Unusable(f"--{name} and --json exclude each other: JSON has all of it, in Python's notation")
    _accuracy(options)
    if options.details and options.no_reveal:
        raise Unusable("--details and --no-reveal exclude each other")
    is_file = options.subject is not None and options.subject.lower().endswith(".toml")
    parser.check_use(*([] if is_file or options.subject is None else [FORMULA]))
    if options.exercise is not None:
        return _exercise(options)
    if options.subject is None:
        raise Unusable("what is to be verified? give a formula, a file of answers or --exercise N")
    if is_file and options.assignments:
        raise Unusable("a file of answers holds its own claims: leave the others out")
    if is_file:
        return _file(Path(options.subject), options)
    if not options.assignments:
        _check_no_file(options.subject)
    return _one(read_formula(options.subject, _values(options.assignments)), {}, options.assignments, options)


def _check_no_file(subject: str) -> None:
    """Raise Unusable for what is meant to be a file of answers, and is none."""
    there = os.path.exists(subject)
    if there or FILE_NAME.search(subject):
        kind = "a folder" if os.path.isdir(subject) else "a file" if there else "no file and no formula"
        raise Unusable(f"{subject} is {kind}, and answers stand in a TOML file: its name ends with .toml")


def _exercise(options: argparse.Namespace) -> int:
    if options.subject and "=" not in options.subject:
        raise Unusable(f"give either a formula, such as {options.subject}, or --exercise {options.exercise}, not both")
    exercise = find(options.exercise, options.seed)
    given = {"at": dict(exercise.at), "steps": exercise.named_steps, "domain": exercise.domain}
    claims = [argument for argument in (options.subject, *options.assignments) if argument]
    seed = "" if options.seed is None else f" of seed {options.seed}"
    return _one(exercise.by_steps, given, claims, options, f"exercise {exercise.number}{seed}")


def _one(
    formula: Formula, known: Mapping[str, Any], assignments: Sequence[str], options: argparse.Namespace, title: str = ""
) -> int:
    given: dict[str, Any] = {"at": {}, "steps": {}, "values": {}, "claimed": {}, **known}
    given["domain"] = (*given.get("domain", ()), *(options.domain or ()))
    seen: set[tuple[str, bool]] = set()
    assignments = [claim for assignment in assignments for claim in _one_by_one(assignment, formula.variables)]
    for assignment in sorted(assignments, key=lambda assignment: ":=" not in assignment):  # the steps first
        step = ":=" in assignment
        name, value = split(_respelt(assignment), ":=" if step else "=")
        if (name, step) in seen:
            raise Unusable(f"{name} is given twice")
        seen.add((name, step))
        kind = "steps" if step else _kind(name, formula.variables, given["steps"])
        given[kind][name.removeprefix("d") if kind == "claimed" else name] = value
    if not given["claimed"] and not given["values"]:
        example = f", as in d{formula.variables[0]}=1" if formula.variables else ""
        raise Unusable(f"nothing is claimed: add a claim{example}")
    check_complete(formula, given["at"])
    try:
        report = verify(formula, **given, **_accuracy(options), title=title, reveal=not options.no_reveal)
    except ValueError as error:
        raise Unusable(str(error)) from None
    _print(report.as_json(), report, options)
    return _status(report)


def _accuracy(options: argparse.Namespace) -> dict[str, Any]:
    """The accuracy that is asked for, as keywords; raises Unusable for what is none."""
    try:
        Accuracy(options.digits, options.tolerance)
    except ValueError as error:
        raise Unusable(str(error)) from None
    return {name: getattr(options, name) for name in ACCURACY if getattr(options, name) is not None}


def _status(report: Report) -> int:
    return 0 if report.ok else 2 if report.unreadable else 1


def _one_by_one(assignment: str, variables: Sequence[str]) -> list[str]:
    """An assignment; of ∇f=(…, …) the claims that it is made of."""
    if not is_gradient(assignment):
        return [assignment]
    try:
        return [f"d{name}={text}" for name, text in listed(assignment, variables).items()]
    except ValueError as error:
        raise Unusable(str(error)) from None


def _respelt(assignment: str) -> str:
    """The same with the claim ∂x=…, df/dx=…, ∂f/∂x=… or f_x=… as dx=…"""
    name, equals, text = assignment.partition("=")
    variable = differentiated_by(name)
    return f"d{variable}{equals}{text}" if variable else assignment


def _values(assignments: Sequence[str]) -> list[str]:
    """The assignments that may give a variable its value: no steps, no values of steps, no derivatives."""
    steps = {assignment.partition(":=")[0].strip() for assignment in assignments if ":=" in assignment}
    names = {assignment.partition("=")[0].strip() for assignment in assignments}
    claims = {name for name in names if differentiated_by(name) in names | steps} | steps | {"f"}
    return [assignment for assignment in assignments if assignment.partition("=")[0].strip(" :") not in claims]


def _kind(name: str, variables: Sequence[str], steps: Collection[str]) -> str:
    """Whether name=… gives a variable's value, or claims a derivative, or the value of a step."""
    if name in variables:
        return "at"
    from autograd.reading.spelling import spellings  # loaded with the reader, when needed

    spelt = {spelling for known in (*variables, *steps) for spelling in (known, *spellings(known))}
    if name.startswith("d") and name[1:] in spelt:
        return "claimed"
    if name in steps or name == "f":
        return "values"
    known = ", ".join((*variables, *steps)) or "none"
    hint = f"to name a step, write {name}:=… for {name}=…; the variables are: {known}"
    raise Unusable(f"{name} is neither a variable nor a claim dx=… for one; {hint}")


def _file(path: Path, options: argparse.Namespace) -> int:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise Unusable(f"cannot read {path}: {reason}") from None
    status = 0
    counts: Counter[str] = Counter()
    for sheet in _with_progress(read_sheets(text), text.count("[[answers]]")):
        status = max(status, _sheet(sheet, path, options, counts))
    if (counts["graded"] or counts["lost"] > 1) and not options.json:  # else the one error says it all
        print(_summary(counts))
    return status


def _sheet(sheet: Sheet | SheetError, path: Path, options: argparse.Namespace, counts: Counter[str]) -> int:
    """Grade one sheet of a file and count it."""
    try:
        if isinstance(sheet, SheetError):
            raise sheet
        report = sheet.grade(not options.no_reveal, **_accuracy(options))
    except SheetError as error:
        counts["lost"] += 1
        print(f"chainrule: {path}, {error}", file=sys.stderr)
        if options.json:
            print(json.dumps(error.as_json(), ensure_ascii=False))
        return 2
    counts["graded"] += 1
    counts["right"] += report.ok and not report.unanswered
    counts["incomplete"] += bool(report.unanswered)
    counts["unreadable"] += report.unreadable
    for unreadable in sheet.errors(report):
        print(f"chainrule: {path}, {unreadable}", file=sys.stderr)
    _print({**sheet.place, **report.as_json()}, report, options)
    if not options.json:
        print()
    return _status(report)


def _print(found: Mapping[str, Any], report: Report, options: argparse.Namespace) -> None:
    """The report, its verdict in colour on a terminal; or as JSON."""
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    text = report.text(options.details, options.notation == "python")
    if not sys.stdout.isatty():
        print(text)
        return
    from rich.console import Console
    from rich.text import Text

    verdict, rest = text.split("\n", 1)
    colour = "green" if report.ok else "red" if report.first_wrong() else "yellow"
    Console(highlight=False, soft_wrap=True).print(Text(verdict, f"bold {colour}"), Text(rest), sep="\n")


def _summary(counts: Mapping[str, int]) -> str:
    parts = [f"{counts['graded']} sheet{'s'[: counts['graded'] != 1]} graded, {counts['right']} without a mistake"]
    if counts["incomplete"]:
        parts.append(f", {counts['incomplete']} incomplete")
    if counts["unreadable"]:
        parts.append(f", {counts['unreadable']} with claims that could not be read")
    if counts["lost"]:
        parts.append(f"; {counts['lost']} could not be read")
    return "".join(parts)


def _with_progress(sheets: Iterator[Sheet | SheetError], count: int) -> Iterator[Sheet | SheetError]:
    """The same, with a bar on a terminal's standard error."""
    if not sys.stderr.isatty() or count < 20 or sys.stdout.isatty():
        yield from sheets
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(sheets, "grading", total=count, console=Console(stderr=True), transient=True)
