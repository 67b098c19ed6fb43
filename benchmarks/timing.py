"""What the benchmarks share: rounds in which everything is timed in turn, and ratios within a round."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping


def interleaved(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """So many figures of each, one a round."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def median_ratio(times: list[float], base: list[float]) -> float:
    """The median over the rounds of the ratio within one round: what slows a round slows both."""
    return statistics.median(a / b for a, b in zip(times, base, strict=True))
