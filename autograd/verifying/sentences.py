"""What verifying says in words, all in one place: to be read together, and to be translated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

# The verdict on all claims.
ONE_RIGHT, BOTH_RIGHT, ALL_RIGHT = "{title} is right.", "Both are right.", "All {count} are right."
WRONG_BECAUSE = "{title} is wrong: {reason}."
NOT_RIGHT: Final = {  # by verdict: of one claim, and of several
    "wrong": ("{titles} is wrong.", "{titles} are wrong."),
    "follows": ("{titles} follows from an earlier mistake.", "{titles} follow from an earlier mistake."),
    "undecided": ("{titles} is not decided.", "{titles} are not decided."),
    "unreadable": ("{titles} cannot be read.", "{titles} cannot be read."),
}
AND = "{most} and {last}"
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
REASONS: Final = {
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

# Below a claim.
RIGHT = "right:"
READ_AS = "{text}, read as {reading}"
DOES_NOT_EXIST = "does not exist"  # in place of a formula
NOT_ANSWERED = "not answered: {derivatives}"
CANNOT_SHOW = "this point cannot show {mistakes}"
A_MISTAKE, MISTAKES = "a common mistake", "{count} common mistakes"
BETTER = "; one that can is {point}"
CANNOT_SHOW_THESE, BETTER_POINT = "this point cannot show:", "a point that can: {point}"
AND_SECOND = "and {diagnosis}"
OR = "or {diagnosis}"

# Notes: what decided.
HAS_VALUE = "it has a value"
NO_VALUE_HERE = "the claim has no value at the given point"
HAS_DERIVATIVE = "there is a derivative"
CONVENTION = "{reason}, so there is none; {claim} is the convention here"
THERE_IS_NONE = "{reason}, so there is none"
NOT_DECIDABLE = "not decidable here: {reason}"
DROWNED = "rounding drowns the right number"
JUMPS = "the function jumps"
KINK = "at a kink the derivative is {left} from the left and {right} from the right"
TOO_FEW_IN_DOMAIN = "too few points were found that satisfy the domain {domain}"
TOO_FEW_TELL = "there are too few points at which both the claim and the derivative have a value that tells"
DIFFERS = "at {point} it gives {claimed} and should give {true}"
WHILE_SIGNS = "it is right as long as every variable keeps the sign that it has here; say so with a domain: {differs}"
ONLY_HERE = "it agrees at the given point and nowhere else: {differs}"
AT_SOME = "it agrees at the given point and at {same} of {others} others: {differs}"
MORE_DIGITS = "to more digits it is {number}"
SHOULD_BE = "{stands} should be {should}"
ROUNDED_IN = "a number in it is rounded"
TOO_FEW_DIGITS = "too few digits: {given} right, but at least {wanted} are asked for"
ONE_GIVEN, SOME_GIVEN = "the one that is given is", "the {count} that are given are"
ALSO_A_MISTAKE = "to the digits given it is right, and so is a mistake: {mistake}; give more digits"
SWAPPED = "swapped: the derivative with respect to {name}"
OUT_OF_RANGE = "at the given point itself it leaves the range of floats"
ELSEWHERE = "it is right elsewhere, but has no value at the given point, where the derivative has one"
OTHERWISE = "it is right if {told}, and wrong as it is read here: write what is meant with brackets"
FIRST = "{wrong} is the first member that is {verdict}"
BETWEEN = "{right} is right, and {wrong} is not: the mistake lies between them"
GIVEN = "right, given your {steps}"
NO_PART = "no part of the function is always equal to it"
REGROUPED = "the function would have to be written with the step in it, such as -(x*y) for the step x*y"
OF_NO_PART = "the step that it is about does not stand in the function"
UNKNOWN = "no common mistake gives this; {facts}"
INSTEAD_OF_0, OFF_BY = "{claimed} instead of 0", "off by {off} of the right number"
RIGHT_HERE, TIMES = "right at the given point", "{factor} times the right number"
RIGHT_AT = "right at {same} of {points} points"


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
    def diagnoses(self) -> Sequence[Any]:
        """What went wrong, the likeliest first."""


def verdict(claims: Sequence[Judged], reveal: bool = True, titled: Callable[[Any], str] | None = None) -> str:
    """What came of the claims, each ``titled`` so; without reveal the reasons are kept back."""
    title = titled or (lambda claim: claim.title)
    if all(claim.ok for claim in claims):
        return _all_right([title(claim) for claim in claims])
    groups = ((kind, [claim for claim in claims if claim.verdict == kind]) for kind in NOT_RIGHT)
    return " ".join(_not_right(kind, group, [title(c) for c in group], reveal) for kind, group in groups if group)


def joined(parts: Sequence[str]) -> str:
    """The parts of an enumeration.

    >>> joined(["x", "y", "z"])
    'x, y and z'
    """
    return parts[0] if len(parts) == 1 else AND.format(most=", ".join(parts[:-1]), last=parts[-1])


def too_few_digits(given: int, wanted: int) -> str:
    """What to say of a number that is right as far as it goes.

    >>> too_few_digits(1, 2)
    'too few digits: the one that is given is right, but at least two are asked for'
    """
    said = ONE_GIVEN if given == 1 else SOME_GIVEN.format(count=_counted(given))
    return TOO_FEW_DIGITS.format(given=said, wanted=_counted(wanted))


def _counted(count: int) -> str:
    return COUNTS[count] if count < len(COUNTS) else str(count)


def _all_right(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return ONE_RIGHT.format(title=titles[0])
    return BOTH_RIGHT if len(titles) == 2 else ALL_RIGHT.format(count=_counted(len(titles)))


def _not_right(kind: str, claims: Sequence[Judged], titles: Sequence[str], reveal: bool) -> str:
    one, several = NOT_RIGHT[kind]
    if len(titles) > 1:
        return several.format(titles=joined(titles))
    reason = REASONS.get(claims[0].diagnoses[0].code, "") if reveal and claims[0].diagnoses else ""
    return WRONG_BECAUSE.format(title=titles[0], reason=reason) if reason else one.format(titles=titles[0])
