"""How names, numbers and parts of arrays are written."""

from __future__ import annotations

import keyword
import re
import textwrap

import numpy as np

from autograd.compiling.views import Reshape, Shape, Slice, Transpose, View


def identifier(name: str) -> str:
    """A name that is one in Python: of letters, digits and underscores; empty if nothing is left of it.

    >>> identifier("w[0]"), identifier("2 x"), identifier("def")
    ('w_0', 'x', '')
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_").lstrip("0123456789_")
    return "" if keyword.iskeyword(name) else name


def view_text(view: View, shape: Shape, batched: bool) -> str:
    """What is written behind an array of this shape to have a part of it.

    >>> from autograd.compiling.views import find_view
    >>> view_text(find_view(np.array([[0, 3], [1, 4], [2, 5]]), (2, 3)), (2, 3), False)
    '.T'
    """
    text = ""
    for step in view.steps:
        match step:
            case Slice(parts):
                text += f"[{':, ' * batched}{', '.join(_slice_text(part) for part in _trimmed(parts))}]"
                slices = [(part, size) for part, size in zip(parts, shape, strict=False) if isinstance(part, slice)]
                shape = (*(len(range(*part.indices(size))) for part, size in slices), *shape[len(parts) :])
            case Transpose((_, _)) if not batched:
                text += ".T"
                shape = shape[::-1]
            case Transpose(axes):
                every = (0, *(axis + 1 for axis in axes)) if batched else axes
                text += ".swapaxes(1, 2)" if every == (0, 2, 1) else f".transpose({', '.join(map(str, every))})"
                shape = tuple(shape[axis] for axis in axes)
            case Reshape(new):
                text += _reshape_text(shape, new, batched)
                shape = new
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


def _trimmed(parts: tuple[slice | int, ...]) -> tuple[slice | int, ...]:
    while len(parts) > 1 and parts[-1] == slice(None):
        parts = parts[:-1]
    return parts


def _slice_text(part: slice | int) -> str:
    if isinstance(part, int):
        return str(part)
    start, stop = ("" if end is None else str(end) for end in (part.start, part.stop))
    return f"{start}:{stop}" + (f":{part.step}" if part.step else "")


def run_text(positions: np.ndarray) -> str:
    """Positions that grow evenly, as a slice; empty for others."""
    steps = np.unique(np.diff(positions))
    if len(steps) > 1 or (len(steps) and steps[0] <= 0):
        return ""
    return _slice_text(slice(positions[0], positions[-1] + 1, steps[0] if len(steps) and steps[0] > 1 else None))


def literal(numbers: np.ndarray, module: str) -> str:
    """An array of numbers."""
    text = re.sub(r"\b(inf|nan)\b", rf"{module}.\1", repr(numbers.tolist()))
    return textwrap.fill(f"{module}.array({text})", 100, subsequent_indent="    ", break_long_words=False)
