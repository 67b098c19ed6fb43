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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.exercises import EXERCISES
from autograd.verifying import Report, verify

KEYS = ("student", "exercise", "function", "at", "claimed", "steps", "values")
HEADER = re.compile(r"^\s*\[\[\s*answers\s*\]\]", re.MULTILINE)


class SheetError(ValueError):
    """A sheet that cannot be graded; ``line`` is where it starts, or where the file breaks off."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True)
class Sheet:
    """One student's answers to one exercise, as they stand in the file."""

    line: int
    entry: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The student's name, or the place of the sheet in the file."""
        return str(self.entry.get("student", f"line {self.line}"))

    def grade(self, reveal: bool = True) -> Report:
        """The report on it; raises SheetError for what cannot be understood."""
        try:
            return self._graded(reveal)
        except SheetError:
            raise
        except (ValueError, TypeError, ArithmeticError) as error:
            raise SheetError(str(error), self.line) from error

    def _graded(self, reveal: bool) -> Report:
        entry = self.entry
        for key in entry:
            if key not in KEYS:
                raise SheetError(f"there is no key {key!r}; the keys are: {', '.join(KEYS)}", self.line)
        for key in ("at", "claimed", "steps", "values"):
            if not isinstance(entry.get(key, {}), dict):
                raise SheetError(f"{key} is a table, as in {key} = {{x = 1}}", self.line)
        function, at, steps = self._subject()
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
            title=self.title,
            reveal=reveal,
        )

    def _subject(self) -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
        entry = self.entry
        if ("exercise" in entry) == ("function" in entry):
            raise SheetError('a sheet has either exercise = 1 or function = "…"', self.line)
        if "function" in entry:
            if not isinstance(entry["function"], str):
                raise SheetError('the function is a formula in quotes, as in function = "x*y"', self.line)
            if "at" not in entry:
                raise SheetError("the function needs a point: add at = {x = …}", self.line)
            return entry["function"], entry["at"], {}
        for exercise in EXERCISES:
            if exercise.number == entry["exercise"]:
                return exercise.formula, {**exercise.at, **entry.get("at", {})}, exercise.named_steps
        known = f"{EXERCISES[0].number} to {EXERCISES[-1].number}"
        raise SheetError(f"there is no exercise {entry['exercise']!r}; there are {known}", self.line)


def read_sheets(text: str) -> Iterator[Sheet]:
    """The sheets of a file in order; raises SheetError when it comes to what is not TOML, after those before it."""
    starts = [match.start() for match in HEADER.finditer(text)]
    if not starts:
        raise SheetError("there is no table [[answers]] in the file", 1)
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True):
        first = starts[0] if start == 0 else start
        lines_before = text.count("\n", 0, start)
        try:
            # As many empty lines as stand before it, so that the parser's own line numbers are right.
            parsed = tomllib.loads("\n" * lines_before + text[start:end])
        except tomllib.TOMLDecodeError as error:
            line = int(found[1]) if (found := re.search(r"line (\d+)", str(error))) else text.count("\n", 0, end) + 1
            message = re.sub(r" \(at .*\)", "", str(error))
            raise SheetError(f"the file is not TOML here: {message}", line) from None
        line = text.count("\n", 0, first) + 1 + len(re.match(r"\s*", text[first:])[0].split("\n")) - 1  # type: ignore[index]
        others = [key for key in parsed if key != "answers"]
        if others or not isinstance(parsed["answers"], list):
            raise SheetError(f"{', '.join(others)}: keys stand inside a table [[answers]]", line)
        yield from (Sheet(line, entry) for entry in parsed["answers"])
