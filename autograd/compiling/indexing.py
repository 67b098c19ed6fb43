"""How it is written that elements of arrays are gathered, masked, picked, and put into their places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.compiling.program import Apply, Array, Assemble, Broadcast, Input, Last, Pick, Scatter, positions_of
from autograd.compiling.scope import Scope
from autograd.compiling.targets import is_operator
from autograd.compiling.text import run_text
from autograd.compiling.views import is_run


def may_be_plain(array: Array) -> bool:
    """Whether this may be a plain number, which has no methods: given, or computed by operators from such numbers."""
    match array:
        case Input(shape=(), batched=False) | Last(shape=(), batched=False):
            return True
        case Apply(shape=(), batched=False, operation=operation):
            return is_operator(operation) and all(map(may_be_plain, array.arrays))
    return False


def gathered(scope: Scope, operand: Array, positions: np.ndarray) -> str:
    """The elements of an operand at these positions."""
    text = scope.operand(operand)
    if len(operand.shape) == 2 and positions.ndim == 1 and not operand.batched:
        rows, columns = np.divmod(positions, operand.shape[1])
        if np.array_equal(rows, np.arange(operand.shape[0])):
            return f"{text}[{scope.np}.arange({len(rows)}), {scope.index(columns)}]"
    if may_be_plain(operand):
        text = f"{scope.np}.reshape({scope.argument(operand)}, 1)"
    elif len(operand.shape) != 1:
        text += f".reshape({f'len({text}), ' * operand.batched}-1)"
    return f"{text}[{':, ' * operand.batched}{scope.index(positions)}]"


def where_there(scope: Scope, there: np.ndarray) -> str:
    """A mask: a triangle, or an array of its own."""
    rows = there.reshape([size for size in there.shape if size > 1])
    if rows.ndim == 2:
        offset = int(rows[0].sum()) - 1
        if np.array_equal(rows, np.tri(rows.shape[0], rows.shape[1], offset, dtype=bool)):
            size = ", ".join(map(str, rows.shape if rows.shape[0] != rows.shape[1] or offset else rows.shape[:1]))
            text = f"{scope.np}.tri({size}{f', {offset}' if offset else ''}, dtype=bool)"
            axes = [":" if size > 1 else "None" for size in there.shape]
            while axes[-1:] == [":"]:
                axes.pop()
            return f"{text}[{', '.join(axes)}]" if "None" in axes else text
    return scope.constant(there, scope.free("", "mask"))


def picked_from(scope: Scope, batched: bool, array: Pick | Scatter) -> list[str]:
    """The index, axis by axis, of the elements that are picked from rows, batched or not."""
    places = array.arrays[1]
    text = scope.argument(places)
    where = [f"{scope.np}.arange({places.shape[0]})"] if array.paired else []
    if batched:
        axes = f"[{', '.join([':', *['None'] * len(places.shape)])}]" if places.shape else ""
        where.insert(0, f"{scope.np}.arange(len({text})){axes}" if places.batched else ":")
    return [*where, text]


# Places that are filled ------------------------------------------------------------------------------


def scattered(scope: Scope, array: Scatter) -> tuple[list[str], str]:
    """Lines that add to zeros at places that are picked, and the name of what they come to."""
    added = scope.argument(array.operands[0])
    where = picked_from(scope, array.batched, array)
    size = [f"len({added})"] * array.batched + [str(size) for size in array.shape]
    name = scope.name(array, "v")
    return [f"{name} = {scope.np}.zeros({_tuple(size)})", _added(scope, name, where, added, False)], name


def assembled(scope: Scope, array: Assemble) -> tuple[list[str], str]:
    """Lines that add each part to zeros at its place, and the text of what they come to."""
    size = f"(len({scope.argument(array.operands[0])}), {array.size})" if array.batched else str(array.size)
    flat = scope.name(array, "v")
    lines = [f"{flat} = {scope.np}.zeros({size})"]
    for part, place in zip(array.arrays, array.places, strict=True):
        positions = positions_of(place)
        index = run_text(positions) or scope.index(positions)
        added, once = _flat(scope, part, array.batched), len(np.unique(positions)) == len(positions)
        lines.append(_added(scope, flat, [":"] * array.batched + [index], added, once))
    shape = ", ".join(map(str, ((-1,) if array.batched else ()) + array.shape))
    return lines, flat if len(array.shape) == 1 else f"{flat}.reshape({shape})" if shape else f"{flat}[0]"


def _added(scope: Scope, name: str, where: Sequence[str], added: str, once: bool) -> str:
    """The line that adds numbers at an index; ``once`` to each element that it names."""
    index = ", ".join(where)
    if scope.np == "jnp":
        return f"{name} = {name}.at[{index}].add({added})"
    if once:
        return f"{name}[{index}] += {added}"
    return f"np.add.at({name}, {_tuple(['slice(None)' if part == ':' else part for part in where])}, {added})"


def concatenated(scope: Scope, array: Assemble) -> str:
    """An assembled array as one concatenation, if its parts are unbroken runs that do not overlap; else nothing."""
    runs = [(positions_of(place), part) for place, part in zip(array.places, array.arrays, strict=True)]
    if len(array.shape) != 1 or array.batched or not all(is_run(positions) for positions, _ in runs):
        return ""
    texts, end = [], 0
    for positions, part in sorted(runs, key=lambda run: int(run[0][0])):
        start = int(positions[0])
        if start < end:
            return ""
        texts += [f"{scope.np}.zeros({start - end})"] * (start > end) + [_flat(scope, part, False)]
        end = start + len(positions)
    texts += [f"{scope.np}.zeros({array.size - end})"] * (array.size > end)
    return f"{scope.np}.concatenate([{', '.join(texts)}])"


def _flat(scope: Scope, part: Array, batched: bool) -> str:
    """A part with its elements in one row, or in one for each sample."""
    text = scope.operand(part)
    match part:
        case Array(shape=(_,)):
            return text
        case _ if batched:
            return f"{text}.reshape({f'len({text})' if part.batched else 1}, -1)"
        case Broadcast(operands=(float() as number,)):
            return f"{scope.np}.full({part.size}, {scope.argument(number)})"
        case _ if may_be_plain(part):
            return f"{scope.np}.reshape({text}, 1)"
        case Array(shape=()):
            return f"{text}.reshape(1)"
    return f"{text}.ravel()"


def _tuple(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
