"""How exact a claimed number has to be: one rule for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.verifying.claims import FEWEST_DIGITS, MOST_DIGITS, Claim, rounds
from autograd.verifying.sentences import too_few_digits

USUAL_DIGITS = 2  # that are asked for, unless somebody says otherwise
NEAR = 0.1  # relative; 1 is no way to write 1.4


@dataclass(frozen=True)
class Accuracy:
    """How exact a number has to be that is not the right one itself.

    It is the right number rounded, or cut off, to its significant digits: two, or as many as ``digits`` asks for, or
    more. The zeros at the end of a whole number count among them if that makes it right. A number of three digits or
    more may come from rounded intermediate results: it agrees to three digits, or to as many as are asked for.

    A ``tolerance``, such as 0.01 for 1 %, stands in place of this: the number is no further off, relative to the right
    one.

    Raises ValueError for what is no number of digits, or no tolerance.
    """

    digits: int | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        if self.digits is not None and self.tolerance is not None:
            raise ValueError("digits and tolerance exclude each other: give one of them")
        if self.digits is not None and not (_is(self.digits, int) and 1 <= self.digits <= MOST_DIGITS):
            raise ValueError(f"digits is a whole number from 1 to {MOST_DIGITS}, as in digits=3, not {self.digits!r}")
        if self.tolerance is not None and not (_is(self.tolerance, int | float) and 0.0 <= self.tolerance < 1.0):
            hint = "as in tolerance=0.01 for 1 %"
            raise ValueError(f"tolerance is a number from 0 to below 1, {hint}, not {self.tolerance!r}")

    @property
    def fewest(self) -> int:
        """The significant digits that are asked for."""
        return USUAL_DIGITS if self.digits is None else self.digits

    def accepts(self, claim: Claim, true: float) -> bool:
        """Whether the number of a claim is near enough to the right one."""
        if self.tolerance is not None:
            return abs(claim.number - true) <= self.tolerance * abs(true)
        return self._own(claim, true) > 0 or rounds(claim.number, true, max(self.fewest, FEWEST_DIGITS))

    def is_coarse(self, claim: Claim) -> bool:
        """Whether a claim has so few digits that it may be another number as well as the right one."""
        return self.tolerance is not None or claim.digits < FEWEST_DIGITS

    def fits(self, claim: Claim, true: float, other: float) -> bool:
        """Whether a claim that is accepted is another number, too, to the digits to which it is the right one."""
        digits = self._own(claim, true) or int(min(max(claim.digits, FEWEST_DIGITS), MOST_DIGITS))
        cut = not rounds(claim.number, true, digits, cut=False)
        return rounds(claim.number, other, digits, cut)

    def too_few(self, claim: Claim, true: float) -> str:
        """What to say of a number that is right, but to fewer digits than are asked for; empty for any other."""
        near = abs(claim.number - true) <= NEAR * abs(true)
        digits = claim.digits
        if self.tolerance is not None or not near or digits >= self.fewest or not rounds(claim.number, true, digits):
            return ""
        return too_few_digits(int(digits), self.fewest)

    def _own(self, claim: Claim, true: float) -> int:
        """How many of the digits that a claim is written with are those of the right number; 0 if they are not."""
        fewest, longest = (int(min(digits, MOST_DIGITS)) for digits in (claim.digits, claim.longest))
        counts = range(longest, max(self.fewest, fewest) - 1, -1)
        return next((digits for digits in counts if rounds(claim.number, true, digits)), 0)


def _is(given: object, kind: Any) -> bool:
    return isinstance(given, kind) and not isinstance(given, bool)
