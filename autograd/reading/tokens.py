"""A text as tokens, each with its place. Which letters are variables, and which bars open, is for meaning.py to say."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from autograd.reading import notation
from autograd.reading.errors import Misread
from autograd.reading.functions import Function

_NUMBER: Final = re.compile(
    r"0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+−–]?\d[\d_]*)?", re.ASCII
)
_WORD: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_COMMAND: Final = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_BRACED: Final = re.compile(r"\s*\{([^{}]*)\}|\s*(\w)")
_LOWERED: Final = re.compile(r"_(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\d+|\w)|\\([A-Za-z]+))")
_INDEXED: Final = re.compile(r"\s*\[")
_INNER: Final = re.compile(r"\\(?:mathrm|text|mathit|textrm|operatorname)|[{}\s,\\]")
NONE_OF_THEM: Final = (
    "the character {} cannot be part of a formula: it is none of numbers, names, + - * / ^, brackets and comparisons"
)


@dataclass(slots=True)
class Token:
    """One sign, number or name, and where it stands.

    ``subscript`` is what stands below a name, if that is marked; the value of what is REFUSED is the reason.
    """

    kind: str
    value: str
    start: int
    end: int
    number: float = 0.0
    subscript: str = ""
    whole: bool = False  # marked as one, and not to be split or put together
    function: Function | None = None
    base: Token | None = None  # of a logarithm

    @property
    def type(self) -> str:
        """The kind, as lark calls it."""
        return self.kind


def scan(text: str) -> list[Token]:
    """The tokens of a text; raises Misread for what is no token."""
    return _Scanner(text, text if text.isascii() else "".join(map(_simplified, text))).scan()


def _simplified(character: str) -> str:
    """A character without what only its font says."""
    marks = character in notation.SIGNS or notation.raised_or_lowered(character)[0]
    return character if marks else notation.plain(character)


class _Scanner:
    """Reads one text from left to right; ``line`` is the text with simpler characters, each in its place."""

    def __init__(self, text: str, line: str) -> None:
        self.text = text
        self.line = line
        self.at = 0
        self.tokens: list[Token] = []
        self.single = 0  # operands of a LaTeX command to come, each one character unless in braces
        self.outer: list[int] = []  # the same, of what the open brackets stand in
        self.side = ""  # of \left and \right

    def scan(self) -> list[Token]:
        while self.at < len(self.line):
            character = self.line[self.at]
            if notation.is_space(character):
                self.at += 1
            elif character == "\\":
                self._command()
            elif character == "$":
                self._delimiter(1)
            elif character.isidentifier() and notation.in_name(character):
                self._name()
            elif found := _NUMBER.match(self.line, self.at):
                self._number(found)
            elif (part := notation.fraction(character)) is not None:
                self._add("NUMBER", character, self.at + 1, part)
            elif notation.raised_or_lowered(character)[0] == "<super>":
                self._raised()
            else:
                self._sign()
        if self.single:
            raise Misread(r"an operand is missing: a fraction is \frac{x}{y}, a root \sqrt{x}", len(self.line.rstrip()))
        return self.tokens

    def _add(self, kind: str, value: str, end: int, number: float = 0.0, start: int | None = None) -> Token:
        """One more token, which reaches from here to its end."""
        if kind.startswith("BAR") and self.side:
            kind = f"BAR_{self.side}"
        self.side = ""
        token = Token(kind, value, self.at if start is None else start, end, number, whole=self.single > 0)
        self._count(kind)
        self.tokens.append(token)
        self.at = end
        return token

    def _count(self, kind: str) -> None:
        """Keep count of the operands that a command of LaTeX still takes: \\frac12 is ½."""
        if kind == "OPEN":
            self.outer.append(max(self.single - 1, 0))
            self.single = 0
        elif kind == "CLOSE":
            self.single = self.outer.pop() if self.outer else 0
        else:
            self.single = max(self.single - 1, 0)

    # Each of these reads what begins here --------------------------------------------------------

    def _delimiter(self, length: int) -> None:
        """The $ or \\( around a formula."""
        end = self.at + length
        if self.tokens and re.sub(r"\\[)\]]|\$|\s", "", self.line[end:]):
            raise Misread(NONE_OF_THEM.format(repr(self.line[self.at : end])), self.at, end)
        self.at = len(self.line) if self.tokens else end

    def _sign(self) -> None:
        for length in (3, 2, 1):
            sign = self.line[self.at : self.at + length]
            if sign in notation.SIGNS and len(sign) == length:
                self._add(*notation.SIGNS[sign], self.at + length)
                return
        character = self.text[self.at]
        message = notation.REFUSED.get(sign, NONE_OF_THEM.format(repr(character)))
        self._add("REFUSED", message, self.at + 1)  # unless what stands before it says more

    def _number(self, found: re.Match[str]) -> None:
        written, end = found[0].replace("−", "-").replace("–", "-"), found.end()
        if self.single:
            written, end = written[0], self.at + 1
        try:
            number = float(int(written, 0) if written[:2].lower() in ("0x", "0b", "0o") else float(written))
        except (ValueError, OverflowError) as error:
            large = isinstance(error, OverflowError) or "limit" in str(error)
            message = "this number is too large for a float" if large else f"{written} is no real number"
            raise Misread(message, self.at, end) from None
        if math.isinf(number):
            raise Misread("this number is too large for a float", self.at, end)
        part = notation.fraction(self.line[end]) if end < len(self.line) and written.isdecimal() else None
        end += part is not None
        self._add("NUMBER", self.line[self.at : end] if part else written, end, number + (part or 0.0))

    def _raised(self) -> None:
        """A run of superscripts: an exponent."""
        end, inner = self.at, []
        while end < len(self.line) and (found := self._raised_at(end)):
            inner.append(found)
            end += 1
        if inner == ["−"] and end < len(self.line) and notation.fraction(self.line[end]):  # as in x⁻½
            inner.append(self.line[end])
            end += 1
        start = self.at
        self._add("POWER", "^", start)
        self._add("OPEN", "^", start)
        for token in scan("".join(inner)):
            token.start += start
            token.end += start
            self.tokens.append(token)
        self._add("CLOSE", "^", end, start=end)

    def _raised_at(self, place: int) -> str:
        kind, character = notation.raised_or_lowered(self.line[place])
        between = self.line[place] == "⁄" and notation.raised_or_lowered(self.line[place + 1 : place + 2] or " ")[0]
        return character if kind == "<super>" else "/" if between else ""

    def _name(self) -> None:
        start = self.at
        end = self._end_of_name(start)
        while self.line[start:end] in notation.MODULES and self.line[end : end + 1] == "." and end + 1 < len(self.line):
            if not self.line[end + 1].isidentifier():
                break
            start, end = end + 1, self._end_of_name(end + 1)
        if self.single:
            end = start + 1
        name = unicodedata.normalize("NFKC", self.line[start:end])
        if name.endswith("_") and len(name) > 1 and self.line[end : end + 1] in ("{", "\\"):
            name, end = name[:-1], end - 1
        self._named(name, end)

    def _named(self, name: str, end: int, whole: bool = False) -> None:
        """A name, with the subscript that may follow."""
        subscript, end = self._subscript(end)
        token = self._add("NAME", name, end)
        token.subscript, token.whole = subscript, whole or token.whole

    def _end_of_name(self, start: int) -> int:
        found = _WORD.match(self.line, start)
        end = found.end() if found else start + 1
        while end < len(self.line) and notation.in_name(self.line[end]):
            end += 1
        return end

    def _subscript(self, end: int) -> tuple[str, int]:
        """What stands below a name that ends here: after _, or in small letters."""
        start = end
        while end < len(self.line) and notation.raised_or_lowered(self.line[end])[0] == "<sub>":
            end += 1
        if end > start:
            return "".join(notation.raised_or_lowered(character)[1] for character in self.line[start:end]), end
        if not (found := _LOWERED.match(self.line, end)):
            return "", end
        subscript = _INNER.sub("", next(group for group in found.groups() if group is not None))
        if not ("x" + subscript).isidentifier() or not subscript:
            raise Misread("this subscript cannot be part of a name: it has letters and digits only", end, found.end())
        return subscript, found.end()

    def _command(self) -> None:
        """A command of LaTeX."""
        found = _COMMAND.match(self.line, self.at)
        name, end = (found[1], found.end()) if found else ("\\", self.at + 1)
        if name in notation.SPACING or name in notation.SIDES or name.isspace():
            self._spacing(name, end)
        elif name in notation.DELIMITERS:
            self._delimiter(2)
        elif name in notation.WORDS_IN_BRACES or name in notation.ACCENTS:
            self._word(name, end)
        elif name in notation.COMMANDS:
            self._of_table(name, end)
        else:
            message = notation.REFUSED.get(name, f"there is no LaTeX command \\{name} that a formula can hold")
            raise Misread(message, self.at, end)

    def _spacing(self, name: str, end: int) -> None:
        self.side = notation.SIDES.get(name, self.side)
        self.at = end + (name in notation.SIDES and self.line[end : end + 1] == ".")

    def _of_table(self, name: str, end: int) -> None:
        kind, value = notation.COMMANDS[name]
        if kind == "NAME":
            self._named(value, end, whole=True)
            return
        if kind == "ROOT" and _INDEXED.match(self.line, end):
            kind = "NTH_ROOT"
        self._add(kind, value, end)
        self.single += {"FRACTION": 2, "NTH_ROOT": 2, "ROOT": 1}.get(kind, 0)

    def _word(self, name: str, end: int) -> None:
        """A name in the braces of \\operatorname, \\mathrm or \\hat."""
        found = _BRACED.match(self.line, end)
        word = "".join((found[1] or found[2] or "").split()) if found else ""
        if not found or not word.isidentifier():
            raise Misread(f"\\{name} holds one name, as in \\{name}{{x}}", self.at, found.end() if found else end)
        marked = unicodedata.normalize("NFKC", word + notation.ACCENTS.get(name, ""))
        self._named(marked, found.end(), whole=True)
