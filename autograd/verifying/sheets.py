"""Answer sheets: many students' claims in one TOML file, graded one after the other.

A sheet is a table ``[[answers]]``::

    [[answers]]
    student = "Ada"                        # any name; optional
    exercise = 1                           # or: function = "(x + y)/z" and at = {x = 3, y = 2, z = 1}
    seed = "Ada"                           # optional: the exercise is the fresh one of this seed
    claimed = {x = 1, z = "-(x + y)/z**2"} # derivatives: numbers at the point, or formulas
    steps = {q = "x + y"}                  # optional: named steps, whose derivatives may be claimed, too
    values = {q = 5}                       # optional: claimed values of steps, or of f
    domain = "z > 0"                       # optional: where formulas are tried; several in a list
    digits = 3                             # optional: as many are asked for of a rounded number; or tolerance = 0.01
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from autograd.drawing.names import clean
from autograd.exercises import Exercise, find
from autograd.verifying import Report, verify
from autograd.verifying.accuracy import Accuracy
from autograd.verifying.function import Function
from autograd.verifying.reading import as_text

Result = TypeVar("Result")

TABULAR = ("at", "claimed", "steps", "values")
KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "student": ((str, int), 'student is a name, as in student = "Ada"'),
    "exercise": ((int, str), "exercise is a number, as in exercise = 1"),
    "seed": ((str, int), 'seed is a name or a number, as in seed = "Ada"'),
    "function": (str, 'the function is a formula in quotes, as in function = "x*y"'),
    "domain": ((str, list), 'domain is a condition, as in domain = "x > 0", or a list of them'),
    "digits": (int, "digits is a whole number, as in digits = 3"),
    "tolerance": ((int, float), "tolerance is a number, as in tolerance = 0.01 for 1 %"),
    **{key: (dict, f"{key} is a table, as in {key} = {{x = 1}}") for key in TABULAR},
}
ACCURACY = ("digits", "tolerance")
IDENTIFYING = ("student", "exercise", "seed")
TABLE = re.compile(r"^[ \t]*\[(?!answers\.)", re.MULTILINE)  # where a table begins that is no part of a sheet
STANDS_IN = {"derivative": "claimed", "value": "values", "step": "steps"}  # the keys, by the kind of claim


class SheetError(ValueError):
    """A sheet that cannot be graded; ``line`` is where the reason stands, ``place`` whose sheet it is."""

    def __init__(self, message: str, line: int, title: str = "", place: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"line {line}{title and f' ({title})'}: {message}")
        self.message = message
        self.line = line
        self.title = title
        self.place = place or {}

    def as_json(self) -> dict[str, Any]:
        """The error as plain data."""
        return {**self.place, "ok": False, "title": self.title, "line": self.line, "error": self.message}


@dataclass(frozen=True)
class Sheet:
    """One student's answers to one exercise, as they stand in the file."""

    line: int
    entry: Mapping[str, Any]
    text: str = field(default="", repr=False)  # of the table

    @property
    def title(self) -> str:
        """The student's name, or the place of the sheet in the file, and the exercise."""
        place = self.place
        parts = [str(place.get("student", f"line {self.line}"))]
        if "exercise" in place:
            seed = f" of seed {place['seed']}" if "seed" in place else ""
            parts.append(f"exercise {place['exercise']}{seed}")
        return clean(", ".join(parts))

    @property
    def place(self) -> dict[str, Any]:
        """Whose sheet it is, where it stands and which exercise it answers, as plain data."""
        return {"line": self.line, **{key: _plain(self.entry[key]) for key in IDENTIFYING if key in self.entry}}

    def grade(self, reveal: bool = True, **accuracy: Any) -> Report:
        """The report on it; raises SheetError for what cannot be understood.

        ``digits`` or ``tolerance`` holds for a sheet that has neither.
        """
        self._check()
        exercise = self._of("exercise", self._exercise)
        formula = self._of("function", lambda: exercise.by_steps)
        given = self.entry.get("domain", [])
        domain = [*exercise.domain, *([given] if isinstance(given, str) else given)]
        subject = self._of("domain", Function, formula, domain)
        point = self._of("at", subject.point, {**exercise.at, **self.entry.get("at", {})})
        claimed, values = self.entry.get("claimed", {}), self.entry.get("values", {})
        steps = {**exercise.named_steps, **self.entry.get("steps", {})}
        own = {key: self.entry[key] for key in ACCURACY if key in self.entry}
        self._of(next(iter(own), "claimed"), lambda: Accuracy(**(own or accuracy)))
        options = {"values": values, "steps": steps, "domain": domain, "title": self.title, "reveal": reveal}
        options |= own or accuracy
        return self._of("claimed", lambda: verify(formula, point, claimed, **options))

    def errors(self, report: Report) -> list[SheetError]:
        """What could not be read in it, claim by claim."""
        lost = (claim for claim in report.claims if claim.verdict == "unreadable")
        return [
            self._error(STANDS_IN[claim.kind], f"{_cut(claim.lines()[0])}: {clean(claim.note.splitlines()[0])}")
            for claim in lost
        ]

    def _check(self) -> None:
        for key, value in self.entry.items():
            if key not in KINDS:
                raise self._error(key, f"there is no key {_cut(key)!r}; the keys are: {', '.join(KINDS)}")
            kind, message = KINDS[key]
            if not isinstance(value, kind) or _is_odd(value):
                raise self._error(key, message)
        if ("exercise" in self.entry) == ("function" in self.entry):
            raise self._error("function", 'a sheet has either exercise = 1 or function = "…"')
        if "function" in self.entry and "at" not in self.entry:
            raise self._error("function", "the function needs a point: add at = {x = …}")
        if "function" in self.entry and "seed" in self.entry:
            raise self._error("seed", "seed goes with the number of an exercise")
        if not self.entry.get("claimed") and not self.entry.get("values"):
            raise self._error("claimed", "the sheet claims nothing: add claimed = {x = …}")

    def _exercise(self) -> Exercise:
        """The exercise; a function of the sheet's own is one, too."""
        if "function" in self.entry:
            return Exercise(0, "", self.entry["function"], dict.fromkeys(self.entry["at"], ""))
        return find(self.place["exercise"], self.entry.get("seed"))

    def _of(self, key: str, call: Callable[..., Result], *arguments: Any) -> Result:
        """The result of a call; an error is one of this key."""
        try:
            return call(*arguments)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._error(key, str(error)) from error

    def _error(self, key: str, message: str) -> SheetError:
        found = re.search(rf"""^[ \t]*(\[answers\.)?["']?{re.escape(key)}["']?[ \t]*[=\]]""", self.text, re.MULTILINE)
        line = self.line + (self.text.count("\n", 0, found.start()) if found else 0)
        return SheetError(message, line, self.title if "student" in self.entry else "", self.place)


def _is_odd(value: object) -> bool:
    """Whether this is a whole number for Python but no name for a sheet: a bool, or one beyond 64 bits."""
    return isinstance(value, bool) or (isinstance(value, int) and abs(value) >= 2**63)


def _plain(value: object) -> str | int:
    """What names a sheet, as JSON has it: a date or another thing that is no name stands there as text."""
    if isinstance(value, int) and not _is_odd(value):
        return value
    return _cut(as_text(value))


def _cut(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}…"


def read_sheets(text: str) -> Iterator[Sheet | SheetError]:
    """The sheets of a file in order, with a SheetError in the place of one that cannot be read."""
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
    entries = parsed.pop("answers", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        parsed["answers"], entries = entries, []
    yield from (Sheet(line, entry, part) for entry in entries)
    if parsed:
        yield SheetError(f"{', '.join(parsed)}: everything stands inside a table [[answers]]", line)
