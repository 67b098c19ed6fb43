"""Where operands begin and end: which bars open and close, which comma is decimal, what may stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from autograd.reading import DEEPEST
from autograd.reading.errors import Misread
from autograd.reading.functions import MANY
from autograd.reading.names import Names
from autograd.reading.tokens import Token

BEGINNING: Final = frozenset(("NUMBER", "NAME", "FUNCTION", "OPEN", "BAR", "BAR_OPEN", "ROOT", "NTH_ROOT", "FRACTION"))
_ENDING: Final = frozenset(("NUMBER", "NAME", "CLOSE", "BAR_CLOSE"))


@dataclass
class _Opened:
    """A bracket or bar that is open, and whether the commas in it have a blank behind them."""

    token: Token
    commas: set[bool] = field(default_factory=set)


class Operands:
    """One pass over the tokens that knows whether an operand has just ended, and what is open."""

    def __init__(self, tokens: Sequence[Token], names: Names) -> None:
        self.tokens = tokens
        self.names = names
        self.done: list[Token] = []
        self.open: list[_Opened] = []

    def read(self) -> list[Token]:
        """The tokens for the grammar; raises Misread for what cannot stand where it stands."""
        followers = iter([*self.tokens[1:], None])
        tokens = iter(self.tokens)
        for token, following in zip(tokens, followers, strict=True):
            if token.kind == "COMMA" and following and self._is_decimal(token, following):
                self._join(following)
                next(tokens), next(followers)
            else:
                self._take(token, following)
        if self.open:
            raise _never_closed(self.open[0].token)
        return self.done

    @property
    def _last(self) -> Token | None:
        return self.done[-1] if self.done else None

    @property
    def _ended(self) -> bool:
        return self._last is not None and self._last.kind in _ENDING

    def _take(self, token: Token, following: Token | None) -> None:
        if token.kind in ("BAR", "BAR_OPEN", "BAR_CLOSE"):
            self._bar(token)
        elif token.kind == "CLOSE":
            self._close(token)
        elif token.kind == "TRANSPOSED":
            self._transposed(token)
        else:
            if token.kind == "COMMA":
                self._check_comma(token, following)
            elif self._last and self._ended and (token.kind in BEGINNING or token.kind == "CALLED"):
                self._check_neighbours(self._last, token, following)
            if token.kind == "OPEN":
                self.open.append(_Opened(token))
            self.done.append(token)

    def _transposed(self, token: Token) -> None:
        if not self._ended:
            raise Misread("nothing stands here that could be transposed", token.start, token.end)
        self.names.notes["of a number the transpose is the number"] = None

    # Brackets and bars ---------------------------------------------------------------------------

    def _close(self, token: Token) -> None:
        opener = self.open.pop().token
        if opener.kind == "BAR_OPEN":
            raise _never_closed(opener)
        if self._last is opener:
            function = opener.function
            message = f"{function.shown} takes {function.takes}, got 0" if function else "the brackets are empty"
            raise Misread(message, opener.start, token.end)
        self.done.append(token)

    def _bar(self, token: Token) -> None:
        """A bar closes what a bar opened if an operand has just ended; else it opens."""
        top = self.open[-1].token if self.open else None
        closes = top is not None and top.kind == "BAR_OPEN" and top.value == token.value
        if token.kind == "BAR_CLOSE" and not closes:
            raise Misread("no bar is open that this one could close", token.start, token.end)
        if closes and token.kind != "BAR_OPEN" and (self._ended or token.kind == "BAR_CLOSE"):
            opener = self.open.pop().token
            if not self._ended:
                raise Misread("there is nothing between the bars", opener.start, token.end)
            self.done.append(replace(token, kind="BAR_CLOSE"))
            return
        self.done.append(replace(token, kind="BAR_OPEN"))
        self.open.append(_Opened(self.done[-1]))
        if len(self.open) > DEEPEST:
            raise Misread(f"the formula is nested too deeply; the limit is {DEEPEST} levels")

    # Side by side --------------------------------------------------------------------------------

    def _check_neighbours(self, last: Token, token: Token, following: Token | None) -> None:
        """Whether a product without a sign can be meant by two operands side by side."""
        if token.kind == "NUMBER" and not token.value.isidentifier() and not token.whole:
            _check_number_behind(last, token, following)
        if last.kind == "NUMBER" and last.end == token.start and token.value == "j" and "j" in self.names.seen:
            message = f"{last.value}j is no real number in Python, and nothing says that j is a variable"
            raise Misread(message, last.start, token.end)
        index = following.value if following and following.kind == "NUMBER" and following.value.isdecimal() else ""
        if last.kind == "NAME" and token.kind == "OPEN" and token.value == "]" and index:
            raise Misread(f"a formula has no index in brackets: {last.value}_{index} is a name", token.start)
        for word in (last, token):
            if word.kind == "NAME" and word.value in self.names.words and token.value != "^":
                message = f"nothing says what {word.value!r} is: beside another factor it needs the sign of the product"
                raise Misread(message + self.names.meant_by(word.value), word.start, word.end)

    # Commas --------------------------------------------------------------------------------------

    def _is_decimal(self, token: Token, following: Token) -> bool:
        """Whether a comma between digits is a decimal comma: it is, but between the operands of max(1,2)."""
        last = self._last
        if last is None or last.kind != "NUMBER" or following.kind != "NUMBER" or last.end != token.start:
            return False
        if following.start != token.end or not last.value.isdecimal() or not following.value[0].isdecimal():
            return False
        function = self.open[-1].token.function if self.open else None
        return function is None or function.most == 1

    def _join(self, following: Token) -> None:
        last = self.done.pop()
        whole, part = last.value, following.value
        written = f"{whole},{part}"
        if len(part) == 3 and part.isdecimal() and len(whole) <= 3 and whole[0] != "0":
            message = f"{written} can be {whole}{part} or {whole}.{part}: write the one that is meant"
            raise Misread(message, last.start, following.end)
        try:
            number = float(f"{whole}.{part}")
        except ValueError:
            raise Misread(f"{written} is no number", last.start, following.end) from None
        self.done.append(Token("NUMBER", f"{whole}.{part}", last.start, following.end, number))

    def _check_comma(self, token: Token, following: Token | None) -> None:
        """Whether a comma can stand between operands here, and does not look like a decimal one among others."""
        function = self.open[-1].token.function if self.open else None
        if function is None:
            message = "a formula has one result: a comma stands between the digits of a number, or between operands"
            raise Misread(message, token.start, token.end)
        digits = self._last and self._last.kind == "NUMBER" and following and following.kind == "NUMBER"
        commas = self.open[-1].commas
        commas.add(not digits or following is None or following.start > token.end)
        if function.most == MANY and len(commas) > 1:
            message = "this list has commas with a blank behind them and without: is one of them a decimal comma?"
            raise Misread(message, self.open[-1].token.start, token.end)


def _check_number_behind(last: Token, token: Token, following: Token | None) -> None:
    if last.kind == "NUMBER" and not last.value.isidentifier():
        raise Misread("two numbers stand side by side: what is between them?", last.start, token.end)
    is_base = following is not None and following.kind == "POWER" and token.start > last.end  # x 2^y
    if last.kind in ("NUMBER", "NAME") and not is_base:
        message = f"what does this number do behind {last.value}? A product is {token.value}·{last.value}"
        raise Misread(f"{message}, a power {last.value}^{token.value}", token.start, token.end)


def _never_closed(bar: Token) -> Misread:
    return Misread(f"cannot read the formula: the bar {bar.value!r} was never closed", bar.start, bar.end)
