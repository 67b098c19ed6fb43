"""What a report says in words: the verdict on all claims in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autograd.verifying.diagnosing import Diagnosis

ONE_RIGHT, BOTH_RIGHT, ALL_RIGHT = "{title} is right.", "Both are right.", "All {count} are right."
WRONG, WRONG_BECAUSE, ARE_WRONG = "{titles} is wrong.", "{titles} is wrong: {reason}.", "{titles} are wrong."
UNDECIDED, ARE_UNDECIDED = "{titles} is not decided.", "{titles} are not decided."
UNREADABLE, ARE_UNREADABLE = "{titles} cannot be read.", "{titles} cannot be read."
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
REASONS = {
    "sign": "the sign",
    "missing-factor": "a factor is missing",
    "missing-path": "a path is missing",
    "wrong-rule": "the rule",
    "algebra": "a slip of algebra",
    "as-constant": "something was held constant",
    "as-variable": "a constant was differentiated",
    "swapped": "it is another derivative",
    "undifferentiated": "something was not differentiated",
    "constant-factor": "a constant factor",
}
NOT_RIGHT = {"wrong": (WRONG, ARE_WRONG), "undecided": (UNDECIDED, ARE_UNDECIDED)}
NOT_RIGHT["unreadable"] = UNREADABLE, ARE_UNREADABLE


class Judged(Protocol):
    """What is said of one claim."""

    @property
    def title(self) -> str:
        """What is claimed."""

    @property
    def verdict(self) -> str:
        """The verdict, as one word."""

    @property
    def ok(self) -> bool:
        """Whether it is accepted."""

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What went wrong, the likeliest first."""


def verdict(claims: Sequence[Judged], reveal: bool = True) -> str:
    """What came of the claims; without reveal the reasons are kept back."""
    if all(claim.ok for claim in claims):
        return _all_right(claims)
    groups = ((kind, [claim for claim in claims if claim.verdict == kind]) for kind in NOT_RIGHT)
    return " ".join(_not_right(kind, group, reveal) for kind, group in groups if group)


def _all_right(claims: Sequence[Judged]) -> str:
    if len(claims) == 1:
        return ONE_RIGHT.format(title=claims[0].title)
    count = COUNTS[len(claims)] if len(claims) < len(COUNTS) else str(len(claims))
    return BOTH_RIGHT if len(claims) == 2 else ALL_RIGHT.format(count=count)


def _not_right(kind: str, claims: Sequence[Judged], reveal: bool) -> str:
    titles = [claim.title for claim in claims]
    if len(titles) > 1:
        return NOT_RIGHT[kind][1].format(titles=f"{', '.join(titles[:-1])} and {titles[-1]}")
    reason = REASONS.get(claims[0].diagnoses[0].code, "") if reveal and claims[0].diagnoses else ""
    return (WRONG_BECAUSE if reason else NOT_RIGHT[kind][0]).format(titles=titles[0], reason=reason)
