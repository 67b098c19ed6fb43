"""Where a function is looked at: conditions on its variables, as a person writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autograd.errors import OperationError
from autograd.formula import Formula, FormulaError
from autograd.reading import LONGEST


def conditions(domain: str | Sequence[str], variables: Iterable[str] = ()) -> list[Formula]:
    """The single conditions of a domain on some variables, each a comparison.

    A domain is as long as a formula may be, at most. Raises ValueError or TypeError for anything else.

    >>> conditions("0 < z < 5 and x ≠ 1")
    [Formula('0 < z'), Formula('z < 5'), Formula('x != 1')]
    """
    texts = [domain] if isinstance(domain, str) else domain
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"a domain is a condition, such as 'z > 0', or a list of them, not {domain!r}")
    if (length := sum(map(len, texts))) > LONGEST:
        raise ValueError(f"the domain has {length} characters; the limit is {LONGEST}")
    known = tuple(variables)
    return [condition for text in texts for condition in _single(text, known)]


def holds(condition: Formula, point: Mapping[str, float]) -> bool:
    """Whether a point fulfils a condition; it does not where the condition has no value."""
    try:
        return bool(condition.evaluate(point))
    except OperationError:
        return False


def _single(text: str, variables: tuple[str, ...]) -> list[Formula]:
    from autograd.reading.conditions import comparisons  # loaded with the reader, when needed

    try:
        parts = list(comparisons(text))
        if "" in parts:
            raise ValueError(f"a condition, such as z > 0, is missing in the domain {_cut(text)!r}")
        found = [Formula(comparison, variables) for comparison in parts]
    except FormulaError as error:
        raise ValueError(f"a domain is a condition, such as z > 0, which cannot be read here: {error}") from None
    if not all(condition.is_comparison for condition in found):
        raise ValueError(f"a domain is a condition, such as z > 0, not {_cut(text)!r}")
    return found


def _cut(text: str) -> str:
    return text.strip() if len(text) <= 60 else f"{text.strip()[:60]}…"
