"""Many samples of a formula of numbers: its printed source, run in blocks that stay in the processor's cache."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from autograd.compiling.machine import Troubled
from autograd.floats import floating_point, is_finite

BLOCK = 2**13  # samples; for longer arrays malloc asks the operating system each time
# Written out for the number of columns, since a loop over three takes as long as two calls of NumPy. A sum of products
# is finite only if all numbers are.
_CHECKED = """
def checked({names}):
    if not ({first}.ndim == 1 and {alike}):
        raise Troubled
    results = function({names})
    total = {total}
    if not isfinite(total) and not all(map(is_finite, {looked_at})):
        raise Troubled
    return results
"""


def elementwise(
    source: str, examples: Sequence[np.ndarray], gradient: bool, statements: int, hidden: Sequence[int]
) -> Callable[..., Any]:
    """A function of columns like these, a float for each sample: the value that ``source`` gives, or the gradient too.

    Of so many ``statements``: only where most of their results are temporary do blocks pay for copying the others.
    ``hidden`` are the columns whose infinities and NaN may not show in the value. It raises Troubled or ArithmeticError
    where a number is not finite, an operation has no value, or an argument is no column of floats.
    """
    checked = _checked(source, len(examples), gradient, hidden)
    in_blocks = partial(_in_blocks, checked)
    context = floating_point("raise")
    results = 1 + len(examples) * gradient
    most = BLOCK if statements > 2 * results else sys.maxsize

    def run(*columns: np.ndarray) -> Any:
        compute = checked if 0 < columns[0].size <= most else in_blocks
        try:
            found = context.run(compute, *columns)
        except RuntimeError:  # another thread is in this context, or the call that a signal handler has interrupted
            found = floating_point("raise").run(compute, *columns)
        if shared and compute is checked:
            found = _copied(found, shared, len(columns[0]))
        if not gradient:
            return found[0]
        return found if len(columns) == 1 else (found[0], found[1:])

    shared = _sharing(examples, context.run(checked, *examples))
    return run


def _checked(source: str, columns: int, gradient: bool, hidden: Sequence[int]) -> Callable[..., tuple[Any, ...]]:
    """The function of ``source``, with a look at what it is given; it returns a tuple."""
    given: dict[str, Any] = {}
    exec(compile(source, "<chainrule>", "exec"), given)  # text of our own: of sanitised names, and numbers
    function = given["value_and_grad" if gradient else "value"]
    names = [f"x{i}" for i in range(columns)]
    alike = [f"{name}.dtype is FLOAT" for name in names]
    pairs = min(_pairs(names), _pairs(["results[0]", *[names[i] for i in hidden]]), key=len)
    text = _CHECKED.format(
        names=", ".join(names),
        first=names[0],
        alike=" and ".join([*alike, *([" == ".join(f"{name}.shape" for name in names)] if columns > 1 else [])]),
        looked_at=f"({', '.join(chain(*pairs))})",
        total=" + ".join(f"{left}.dot({right})" for left, right in pairs),
    )
    namespace: dict[str, Any] = {"Troubled": Troubled, "FLOAT": np.dtype(float)}
    namespace |= {"isfinite": math.isfinite, "is_finite": is_finite}
    namespace["function"] = function if gradient else lambda *columns: (function(*columns),)
    exec(compile(text, "<chainrule>", "exec"), namespace)
    return namespace["checked"]  # type: ignore[no-any-return]


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(names[::2], [*names[1::2], names[-1]], strict=False))


def _sharing(columns: Sequence[np.ndarray], results: Sequence[Any]) -> list[int]:
    """Which results are an argument, another result, a view, or one number for all samples: the same at every call."""
    before = [set(map(id, (*columns, *results[:i]))) for i in range(len(results))]
    return [
        i
        for i, result in enumerate(results)
        if id(result) in before[i] or not isinstance(result, np.ndarray) or result.base is not None or not result.ndim
    ]


def _copied(results: Sequence[Any], shared: Sequence[int], samples: int) -> tuple[np.ndarray, ...]:
    found = list(results)
    for i in shared:
        found[i] = np.array(np.broadcast_to(found[i], samples), dtype=float)
    return tuple(found)


def _in_blocks(function: Callable[..., tuple[Any, ...]], *columns: np.ndarray) -> tuple[np.ndarray, ...]:
    results: tuple[np.ndarray, ...] = ()
    if not columns[0].size:
        raise Troubled
    for start in range(0, len(columns[0]), BLOCK):
        block = slice(start, start + BLOCK)
        found = function(*[column[block] for column in columns])
        results = results or tuple(np.empty(len(columns[0])) for _ in found)
        for result, part in zip(results, found, strict=True):
            result[block] = part
    return results
