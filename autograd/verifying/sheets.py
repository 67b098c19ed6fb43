"""Answer sheets: many students' claims in one TOML file, graded one after the other.

A sheet is a table ``[[answers]]``::

    [[answers]]
    student = "Ada"                        # any name; optional
    exercise = 1                           # or: function = "(x + y)/z" and at = {x = 3, y = 2, z = 1}
    claimed = {x = 1, z = "-(x + y)/z**2"} # derivatives: numbers at the point, or formulas
    steps = {q = "x + y"}                  # optional: named steps, whose derivatives may be claimed, too
    values = {q = 5}                       # optional: claimed values of steps, or of f
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.drawing.names import clean
from autograd.exercises import EXERCISES
from autograd.verifying import Report, verify

KEYS = ("student", "exercise", "function", "at", "domain", "claimed", "steps", "values")
TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)  # where a table begins


class SheetError(ValueError):
    """A sheet that cannot be graded; ``line`` is where it starts, or where it is no TOML."""

    def __init__(self, message: str, line: int, title: str = "") -> None:
        super().__init__(f"line {line}{title and f' ({title})'}: {message}")
        self.message = message
        self.line = line
        self.title = title

    def as_json(self) -> dict[str, Any]:
        """The error as plain data."""
        return {"title": self.title, "line": self.line, "error": self.message}


@dataclass(frozen=True)
class Sheet:
    """One student's answers to one exercise, as they stand in the file."""

    line: int
    entry: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The student's name, or the place of the sheet in the file."""
        return clean(str(self.entry.get("student", f"line {self.line}")))

    def grade(self, reveal: bool = True) -> Report:
        """The report on it; raises SheetError for what cannot be understood."""
        try:
            return self._graded(reveal)
        except SheetError as error:
            raise SheetError(error.message, self.line, self.title) from None
        except (ValueError, TypeError, ArithmeticError) as error:
            raise SheetError(str(error), self.line, self.title) from error

    def _graded(self, reveal: bool) -> Report:
        entry = self.entry
        for key in entry:
            if key not in KEYS:
                raise SheetError(f"there is no key {key!r}; the keys are: {', '.join(KEYS)}", self.line)
        if not isinstance(entry.get("student", ""), str | int):
            raise SheetError('student is a name, as in student = "Ada"', self.line)
        if not isinstance(entry.get("domain", []), list) or not all(
            isinstance(c, str) for c in entry.get("domain", [])
        ):
            raise SheetError('domain is a list of conditions, as in domain = ["x > 0"]', self.line)
        for key in ("at", "claimed", "steps", "values"):
            if not isinstance(entry.get(key, {}), dict):
                raise SheetError(f"{key} is a table, as in {key} = {{x = 1}}", self.line)
        function, at, steps, domain = self._subject()
        if not entry.get("claimed") and not entry.get("values"):
            raise SheetError("the sheet claims nothing: add claimed = {x = …}", self.line)
        steps = {**steps, **entry.get("steps", {})}
        if unusable := next((name for name, text in steps.items() if not isinstance(text, str)), None):
            raise SheetError(f'the step {unusable} is a formula in quotes, as in {unusable} = "x + y"', self.line)
        return verify(
            function,
            at,
            entry.get("claimed", {}),
            values=entry.get("values", {}),
            steps=steps,
            domain=(*domain, *entry.get("domain", ())),
            title=self.title,
            reveal=reveal,
        )

    def _subject(self) -> tuple[str, Mapping[str, Any], Mapping[str, str], Sequence[str]]:
        entry = self.entry
        if ("exercise" in entry) == ("function" in entry):
            raise SheetError('a sheet has either exercise = 1 or function = "…"', self.line)
        if "function" in entry:
            if not isinstance(entry["function"], str):
                raise SheetError('the function is a formula in quotes, as in function = "x*y"', self.line)
            if "at" not in entry:
                raise SheetError("the function needs a point: add at = {x = …}", self.line)
            return entry["function"], entry["at"], {}, ()
        for exercise in EXERCISES:
            if exercise.number == entry["exercise"] and entry["exercise"] is not True:
                return exercise.formula, {**exercise.at, **entry.get("at", {})}, exercise.named_steps, exercise.domain
        known = f"{EXERCISES[0].number} to {EXERCISES[-1].number}"
        raise SheetError(f"there is no exercise {entry['exercise']!r}; there are {known}", self.line)


def read_sheets(text: str) -> Iterator[Sheet | SheetError]:
    """The sheets of a file in order, and in the place of what is none, why: one spoilt sheet spoils no other."""
    starts = [match.start() for match in TABLE.finditer(text)]
    parts = zip([0, *starts], [*starts, len(text)], strict=True)
    line, sheets = 1, 0
    for start, end in parts:
        part = text[start:end]
        for found in _read(part, line):
            sheets += 1
            yield found
        line += part.count("\n")
    if not sheets:
        yield SheetError("there is no table [[answers]] in the file", 1)


def _read(part: str, line: int) -> Iterator[Sheet | SheetError]:
    """What one table of a file holds; its first line has this number."""
    try:
        parsed = tomllib.loads(part)
    except (ValueError, RecursionError) as error:  # of TOML, of whole numbers with thousands of digits, of depth
        within = int(found[1]) if (found := re.search(r"\(at line (\d+)", str(error))) else 1
        message = re.sub(r" \(at .*\)", "", str(error))
        yield SheetError(f"this is not TOML: {message}", line + within - 1)
        return
    for key, entries in parsed.items():
        if key == "answers" and isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            yield from (Sheet(line, entry) for entry in entries)
        else:
            yield SheetError(f"{key}: everything stands inside a table [[answers]]", line)
