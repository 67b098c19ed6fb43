"""How names, numbers and parts of arrays are written."""

from __future__ import annotations

import keyword
import re
import textwrap
from typing import Any

import numpy as np

from autograd.compiling.program import Array
from autograd.compiling.views import Shape, View


def identifier(name: str) -> str:
    """A name that is one in Python: of letters, digits and underscores; empty if nothing is left of it.

    >>> identifier("w[0]"), identifier("2 x"), identifier("def")
    ('w_0', 'x', '')
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_").lstrip("0123456789_")
    return "" if keyword.iskeyword(name) else name


def steps_text(view: View, operand: Array) -> str:
    text = ""
    lead = ":, " if operand.batched else ""
    current = operand.shape
    for kind, how in view.steps:
        if kind == "slice":
            text += f"[{lead}{', '.join(_slice_text(part) for part in _trimmed(how))}]"
            current = (
                tuple(
                    len(range(*p.indices(size))) for p, size in zip(how, current, strict=False) if isinstance(p, slice)
                )
                + current[len(how) :]
            )
        elif kind == "transpose":
            if len(how) == 2:
                text += ".swapaxes(1, 2)" if operand.batched else ".T"
            else:
                axes = (0, *(axis + 1 for axis in how)) if operand.batched else how
                text += f".transpose({', '.join(map(str, axes))})"
            current = tuple(current[axis] for axis in how)
        else:
            text += _reshape_text(current, how, operand.batched)
            current = how
    return text


def _reshape_text(current: Shape, shape: Shape, batched: bool) -> str:
    """A reshape; an index where it only takes axes of length 1 away, or brings them in with None."""
    if current == (1,) and not shape:
        return "[:, 0]" if batched else "[0]"
    if current and current == tuple(size for size in shape if size > 1) and shape[-1:] == (1,):
        return f"[{':, ' if batched else ''}{', '.join(':' if size > 1 else 'None' for size in shape)}]"
    if not current and batched:
        return f"[:, {', '.join(['None'] * len(shape))}]"
    sizes = ((-1,) if batched else ()) + shape
    return f".reshape({', '.join(map(str, sizes)) or '()'})"


def _trimmed(slices: tuple[Any, ...]) -> tuple[Any, ...]:
    while len(slices) > 1 and slices[-1] == slice(None):
        slices = slices[:-1]
    return slices


def _slice_text(part: Any) -> str:
    if not isinstance(part, slice):
        return str(part)
    start, stop = ("" if end is None else str(end) for end in (part.start, part.stop))
    return f"{start}:{stop}" + (f":{part.step}" if part.step else "")


def run_text(positions: np.ndarray) -> str:
    if (np.diff(positions) == 1).all():
        return f"{positions[0]}:{positions[-1] + 1}"
    return ""


def literal(numbers: np.ndarray, module: str) -> str:
    text = re.sub(r"\b(inf|nan)\b", rf"{module}.\1", repr(numbers.tolist()))
    return textwrap.fill(f"{module}.array({text})", 100, subsequent_indent="    ", break_long_words=False)
