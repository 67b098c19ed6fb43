"""Which variable, constant or function a name is, and whether it is a product: that depends on what is known."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from autograd.reading import CONSTANTS
from autograd.reading.errors import Misread
from autograd.reading.functions import (
    ALSO_LETTERS,
    FUNCTIONS,
    LIKE_WORDS,
    OF_SEVERAL,
    SIGNS_OF_CONSTANTS,
    function_named,
    logarithm,
)
from autograd.reading.notation import GREEK
from autograd.reading.products import Piece, cut, cut_at
from autograd.reading.spelling import can_be_variable, joined, letters_of, spellings
from autograd.reading.tokens import Token

_LIKE_F: Final = frozenset("fghFGH")  # letters that in front of brackets are functions, unless they are known
_UNAVAILABLE: Final = {"softmax": "softmax has several results: write one of them, as in e^x/(e^x + e^y)"}
_CHOICE: Final = frozenset(("if", "else", "and", "or", "not"))
# What a run of letters can be cut into, besides variables; a constant behind a function is none: sine is not sin(e).
_CONSTANTS: Final = dict.fromkeys((*CONSTANTS, *SIGNS_OF_CONSTANTS), "NUMBER")
_FUNCTIONS: Final = dict.fromkeys(FUNCTIONS.keys() - ALSO_LETTERS - OF_SEVERAL | {"Σ"}, "FUNCTION")


class Names:
    """What is known of the names of a formula: the variables, in all their spellings."""

    def __init__(self, variables: Iterable[str]) -> None:
        self.spelt: dict[str, str] = {}
        self.seen: dict[str, str] = {}  # the spellings of variables that only the text itself speaks for
        self.words: set[str] = set()  # names of several letters that nothing is known of
        self.maybe_products: set[str] = set()
        self.notes: dict[str, None] = {}
        self.know(variables)

    def know(self, variables: Iterable[str]) -> None:
        """These names are variables."""
        variables = tuple(filter(None, variables))
        self.spelt |= {name: name for name in variables}
        for name in variables:
            for spelling in spellings(name):
                self.spelt.setdefault(spelling, name)
        self._kinds = {**_FUNCTIONS, **dict.fromkeys(self.spelt, "NAME"), **_CONSTANTS}

    def read(self, token: Token, following: Token | None) -> list[Token]:
        """The tokens that a name is: one, or the factors that it is made of."""
        bracket = following is not None and following.kind == "OPEN" and following.value != "^"
        operand = following is not None and following.kind in ("NAME", "NUMBER", "BAR", "BAR_OPEN", "ROOT", "FRACTION")
        name = token.value
        if not token.subscript and (name in CONSTANTS or name in SIGNS_OF_CONSTANTS):
            return [_constant(token, name)]
        if known := self._known(name, token.subscript):
            return [replace(token, value=known, subscript="")]
        if found := self._function(token, bracket, operand):
            return [found]
        raised = following is not None and following.kind == "POWER"
        if not token.whole and (factors := self._product(token, bracket or operand or raised)):
            return factors
        return [self._unknown(token, bracket)]

    def _known(self, name: str, subscript: str) -> str:
        """The variable that is written so; empty if there is none."""
        return next((self.spelt[written] for written in joined(name, subscript) if written in self.spelt), "")

    def _function(self, token: Token, bracket: bool, operand: bool) -> Token | None:
        name, base = token.value, token.subscript
        if name.startswith("log_") and not base and name not in FUNCTIONS:
            name, _, base = name.partition("_")
        if base:
            return self._logarithm(token, base) if name == "log" else None
        if name in ALSO_LETTERS and not (bracket or (operand and self.spelt)):
            return None
        function = function_named(name, bracket)
        if function is None or (name in LIKE_WORDS and not bracket and not operand):
            return None
        if name in ALSO_LETTERS:
            self.notes["σ(…) is the sigmoid" if not name.startswith("Σ") else "Σ is the sum of what follows"] = None
        return replace(token, kind="FUNCTION", function=function)

    def _logarithm(self, token: Token, base: str) -> Token | None:
        """log with a base; None if the base is no number and no name, but several."""
        known = base in self.spelt or base in CONSTANTS or not self.spelt
        if not base.isdecimal() and not (known and can_be_variable(base)):
            return None
        is_number = base.isdecimal() or base in CONSTANTS
        number = float(base) if base.isdecimal() else CONSTANTS.get(base, 0.0)
        if is_number and (number in (0.0, 1.0) or math.isinf(number)):
            raise Misread(f"there is no logarithm to the base {base[:20]}", token.start, token.end)
        if is_number and (function := logarithm(number)):
            return replace(token, kind="FUNCTION", function=function, subscript="")
        below = replace(token, kind="NUMBER" if is_number else "NAME", value=self.spelt.get(base, base), number=number)
        return replace(token, kind="FUNCTION", function=FUNCTIONS["log"], base=below, subscript="")

    # Products of letters -------------------------------------------------------------------------

    def _product(self, token: Token, operand_follows: bool) -> list[Token]:
        """A run of letters as the known names that it is a product of; none if it is not."""
        run = token.value
        if self.spelt:
            is_last = (lambda part: self._known(part, token.subscript) != "") if token.subscript else None
            pieces = cut(run, self._kinds, is_last, operand_follows)
        else:  # π is never a part of a name
            pieces = cut_at(run, SIGNS_OF_CONSTANTS)
        if len(pieces) < 2 or all(piece.kind == "NUMBER" for piece in pieces):
            return []
        return [self._factor(token, piece) for piece in pieces]

    def _factor(self, token: Token, piece: Piece) -> Token:
        """One piece of a run as a token."""
        part, is_last = token.value[piece.start : piece.end], piece.end == len(token.value)
        end = token.end if is_last else token.start + piece.end
        made = Token(piece.kind, part, token.start + piece.start, end, subscript=token.subscript if is_last else "")
        if piece.kind == "FUNCTION":
            found = self._logarithm(made, part.partition("_")[2]) if part.startswith("log_") else None
            return found or replace(made, function=FUNCTIONS[part])
        if piece.kind == "NUMBER":
            return replace(made, number=float(part)) if part.isdecimal() else _constant(made, part)
        known = self._known(part, made.subscript)
        return replace(made, value=known, subscript="") if known else self._unknown(made, False)

    # Names that nothing is known of --------------------------------------------------------------

    def _unknown(self, token: Token, bracket: bool) -> Token:
        name = joined(token.value, token.subscript)[0]
        letters = name.rstrip("0123456789_")
        one = len(letters) == 1 or token.subscript != "" or letters in GREEK or name.partition("_")[0] in GREEK
        if token.whole or token.subscript:
            name = self.seen.get(name, name)
        if name == "lambda":
            name = "λ"
        if bracket and (not one or self.spelt or name in _LIKE_F):
            raise Misread(self._no_function(token.value), token.start, token.end)
        if not can_be_variable(name):
            raise Misread(_no_name(name), token.start, token.end)
        if name.startswith("d") and name[1:] in self.spelt and len(letters_of(name[1:])) == 1:
            message = f"{name} is a differential, and nothing says that it is a variable: a formula holds no derivative"
            raise Misread(message, token.start, token.end)
        if bracket:
            self.notes[f"{name}(…) is a product: nothing says that {name} is a function"] = None
        self.seen |= {spelling: name for spelling in (name, *spellings(name)) if spelling not in self.seen}
        if not one:
            self.words.add(name)
            self._say_that_it_is_one(name)
        return replace(token, value=name, subscript="")

    def _say_that_it_is_one(self, name: str) -> None:
        letters = letters_of(name)
        if not self.spelt and 2 <= len(letters) <= 3:
            self.maybe_products.add(name)
            listed = f"{', '.join(letters[:-1])} and {letters[-1]}"
            self.notes[f"{name} is one variable: nothing says that {listed} are variables"] = None

    def meant_by(self, word: str) -> str:
        """The function that a word looks like, as a question; empty where it is like none."""
        known = [each for each in FUNCTIONS if len(each) > 2]
        close = difflib.get_close_matches(word.lower(), known, 1, 0.75)
        return f"; did you mean {close[0]}?" if close else ""

    def _no_function(self, name: str) -> str:
        close = difflib.get_close_matches(name.lower(), [known for known in FUNCTIONS if len(known) > 1], 1)
        glued = max((known for known in FUNCTIONS if name.endswith(known) and len(known) > 1), key=len, default="")
        if name in _UNAVAILABLE:
            return _UNAVAILABLE[name]
        if close and not 0 < len(name) - len(glued) <= 2:
            hint = f"; did you mean {close[0]}?"
        elif glued:
            hint = f"; did you mean {name.removesuffix(glued)} {glued}?"
        else:
            hint = ", and nothing says that it is a variable; a product is written with its sign, as in x·(y + 1)"
        return f"there is no function {name!r}{hint}"


def _constant(token: Token, name: str) -> Token:
    name = SIGNS_OF_CONSTANTS.get(name, name)
    return replace(token, kind="NUMBER", value="π" if name == "pi" else name, number=CONSTANTS[name])


def _no_name(name: str) -> str:
    if name in _CHOICE:
        return "a choice is written where(condition, x, y)"
    if name in ("True", "False", "None"):
        return f"{name} is no real number"
    return f"{name!r} is a word of Python's, and none of them can be the name of a variable"
