"""Which contractions are matrix products, and how their factors are to be rearranged for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal[0, 1]


@dataclass(frozen=True)
class Factor:
    """One factor of a matrix product: which operand of the contraction it is, and how that is rearranged.

    ``flat`` makes one axis of those that are added up, which come first; with it, ``kept`` is the axis that is left, if
    one is. Then it is transposed, if it is.
    """

    side: Side
    transposed: bool = False
    flat: bool = False
    kept: str = ""


def matrix_product(left: str, right: str, out: str) -> tuple[Factor, Factor] | None:
    """The factors of the matrix product that a contraction of these axes is, in order, if it is one.

    >>> matrix_product("jk", "ik", "ij")
    (Factor(side=1, transposed=False, flat=False, kept='i'), Factor(side=0, transposed=True, flat=False, kept='j'))
    """
    found = [_factors((0, left), (1, right), out), _factors((1, right), (0, left), out)]
    possible = [factors for factors in found if factors is not None]
    return min(possible, key=lambda factors: sum(factor.transposed for factor in factors), default=None)


def _factors(first: tuple[Side, str], second: tuple[Side, str], out: str) -> tuple[Factor, Factor] | None:
    (i, a), (k, b) = first, second
    summed = "".join(axis for axis in a if axis in b)
    kept = ["".join(axis for axis in axes if axis not in summed) for axes in (a, b)]
    if not summed or set(summed) & set(out) or "".join(kept) != out:
        return None
    if len(summed) > 1:
        if not (a.startswith(summed) and b.startswith(summed)) or max(map(len, kept)) > 1:
            return None
        return Factor(i, bool(kept[0]), True, kept[0]), Factor(k, False, True, kept[1])
    # A matrix can be transposed; of more axes, the last of the first factor and the first of the second are summed.
    if len(b) > 2 or not (a.endswith(summed) or len(a) == 2):
        return None
    return Factor(i, not a.endswith(summed), False, kept[0]), Factor(k, not b.startswith(summed), False, kept[1])


def stacked_product(left: str, right: str, out: str) -> tuple[list[int], list[int], list[int]] | None:
    """The orders of the axes in which a contraction multiplies matrices: the axes before those are all three's.

    >>> stacked_product("ihk", "jhk", "ihj")
    ([1, 0, 2], [1, 2, 0], [1, 0, 2])
    """
    stack = [axis for axis in out if axis in left and axis in right]
    summed = [axis for axis in left if axis in right and axis not in out]
    rows, columns = ([axis for axis in axes if axis not in (*stack, *summed)] for axes in (left, right))
    if not len(summed) == len(rows) == len(columns) == 1 or len(out) != len(stack) + 2:
        return None
    orders = (left, [*stack, *rows, *summed]), (right, [*stack, *summed, *columns]), (out, [*stack, *rows, *columns])
    first, second, third = ([axes.index(axis) for axis in order] for axes, order in orders)
    return first, second, third
