"""What is said of a text that cannot be read: one sentence, and the place."""

from __future__ import annotations


class Misread(Exception):
    """What is wrong with a text, and where, for those who have only a part of it."""

    def __init__(self, message: str, start: int | None = None, end: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class FormulaError(ValueError):
    """A text that is no formula, with the place that shows why. It is a ValueError, too.

    ``message`` is the sentence alone, ``start`` and ``end`` the indices of the place in the text, None where there is
    none.

    >>> from autograd import Formula
    >>> try:
    ...     Formula("2 * (x +")
    ... except FormulaError as error:
    ...     print(error)
    cannot read the formula: '(' was never closed
      2 * (x +
          ^
    """

    def __init__(self, message: str, text: str = "", start: int | None = None, end: int | None = None) -> None:
        super().__init__(message + ("" if start is None else "\n" + pointer(text, start, end)))
        self.message = message
        self.start = start
        self.end = end


def pointer(text: str, start: int, end: int | None = None) -> str:
    """The text with carets under the characters from start to end, cut down to what fits a line."""
    left = max(0, start - 40)
    shown = "".join(" " if c.isspace() else c if c.isprintable() else "�" for c in text[left : left + 76])
    width = max(1, min((end or start + 1) - start, len(shown) - (start - left)))
    return f"  {shown}\n  {' ' * (start - left)}{'^' * width}"
