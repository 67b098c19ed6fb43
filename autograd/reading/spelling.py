"""How one variable can be written: α and alpha, x1, x_1 and x₁, ŷ and y_hat; and whether a name can be a product."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import Final

from autograd.reading.notation import ACCENTS, GREEK

_NAMES_OF_GREEK: Final = {letter: name for name, letter in GREEK.items()}
_MARKS: Final = [(mark, word) for word, mark in ACCENTS.items() if mark]
_WORDS_FOR_MARKS: Final = dict(_MARKS)
_NUMBERED: Final = re.compile(r"(.*[^\d_])(\d+)", re.DOTALL)
_LETTER: Final = re.compile(r"[^\W\d_](?:_?\d+)?")


def can_be_variable(name: str) -> bool:
    """Whether Python can have a variable of that name."""
    return name.isidentifier() and not keyword.iskeyword(name)


def joined(name: str, subscript: str) -> list[str]:
    """A name and what stands below it, as programs write it: the likelier way first.

    >>> joined("x", "1"), joined("x", "max"), joined("x", "")
    (['x1', 'x_1'], ['x_max', 'xmax'], ['x'])
    """
    if not subscript:
        return [name]
    return sorted((name + subscript, f"{name}_{subscript}"), key=len, reverse=not subscript.isdecimal())


def spellings(name: str) -> list[str]:
    """The other ways to write the name of a variable.

    >>> spellings("x_1"), spellings("alpha"), spellings("y_hat")
    (['x1'], ['α'], ['yhat', 'ŷ'])
    """
    letters, _, below = name.partition("_")
    if numbered := _NUMBERED.fullmatch(name):
        letters, below = numbered[1].rstrip("_"), numbered[2]
    written = joined(letters, below)
    if other := GREEK.get(letters) or _NAMES_OF_GREEK.get(letters):
        written += joined(other, below)
    plain = unicodedata.normalize("NFD", name)
    if word := _WORDS_FOR_MARKS.get(plain[1:]):
        written += joined(plain[0], word)
    written += [unicodedata.normalize("NFC", name[0] + mark) for mark, word in _MARKS if name[1:] in (word, f"_{word}")]
    return [spelling for spelling in written if spelling != name]


def letters_of(name: str) -> list[str]:
    """The letters, each perhaps with a number, that a name could be a product of; none if it could not.

    >>> letters_of("xy"), letters_of("w_1x1"), letters_of("x_max")
    (['x', 'y'], ['w_1', 'x1'], [])
    """
    letters = _LETTER.findall(name)
    return letters if "".join(letters) == name else []
