"""How a loop is written: ``for t in range(T):`` with NumPy, and ``lax.scan`` with JAX."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autograd.compiling.program import Array, Each, Last, Loop, Operand
from autograd.compiling.scope import Scope
from autograd.operation import FUNCTION

Body = Callable[[Sequence[Operand], Mapping[Array, str]], list[str]]
"""Gives the lines of the body that compute some results, of which some are assigned to other places, too."""


def looping(scope: Scope, loop: Loop, results: Sequence[Array], body: Body) -> list[str]:
    """The lines of a loop; after them its results, ``Each`` and ``Last``, have texts."""
    each = [array for array in results if isinstance(array, Each)]
    for array in loop.carried:
        _name(scope, array, scope.name(array, "v"))
    for stacked in each:
        inner = scope.given.get(stacked.inner, "")
        _name(scope, stacked, scope.free(f"{inner}s" if inner else "", "v"))
    lines = (_scan if scope.np == "jnp" else _for)(scope, loop, each, body)
    for last in results:
        if isinstance(last, Last):
            scope.texts[last] = scope.texts[last.carried]
    return lines


def nested(head: str, lines: Sequence[str]) -> list[str]:
    """A line that ends in a colon, and under it these, one level deeper."""
    return [head, *(f"    {line}" for line in lines)]


def _for(scope: Scope, loop: Loop, each: Sequence[Each], body: Body) -> list[str]:
    names = list(map(scope.argument, loop.carried))
    before = [f"{name} = {scope.argument(start)}" for name, start in zip(names, loop.starts, strict=True)]
    before += [f"{scope.argument(stacked)} = {scope.np}.empty({_size(scope, loop, stacked)})" for stacked in each]
    t = scope.step = scope.step or scope.free("t", "t")
    for part, whole in zip(loop.sliced, loop.wholes, strict=True):
        _name(scope, part, f"{scope.operand(whole)}[{':, ' * part.batched}{t}]")
    kept = {stacked.inner: f"{scope.argument(stacked)}[{':, ' * stacked.batched}{t}]" for stacked in each}
    lines = [f"{kept[array]} = {scope.argument(array)}" for array in loop.carried if array in kept]
    lines += body([*loop.following, *kept], {inner: kept[inner] for inner in kept if inner not in loop.carried})
    following = list(map(scope.argument, loop.following))
    changed = [k for k, name in enumerate(names) if name != following[k]]
    if changed:
        lines.append(f"{', '.join(names[k] for k in changed)} = {', '.join(following[k] for k in changed)}")
    steps = f"range({loop.steps})"
    return [*before, *nested(f"for {t} in {f'reversed({steps})' if loop.reverse else steps}:", lines)]


def _scan(scope: Scope, loop: Loop, each: Sequence[Each], body: Body) -> list[str]:
    scope.heading.import_("import jax")
    step, carried, slices = scope.free("step", "step"), scope.free("carried", "v"), scope.free("slices", "v")
    names = list(map(scope.argument, loop.carried))
    for part in loop.sliced:
        _name(scope, part, scope.free("", "v"))
    lines = [f"{_tuple(names)} = {carried}"]
    if loop.sliced:
        lines.append(f"{_tuple(list(map(scope.argument, loop.sliced)))} = {slices}")
    lines += body([*loop.following, *(stacked.inner for stacked in each)], {})
    after = _tuple(list(map(scope.argument, loop.following)))
    lines.append(f"return {after}, {_tuple([scope.argument(stacked.inner) for stacked in each])}")
    starts = _tuple(list(map(scope.argument, loop.starts)))
    wholes = _tuple([scope.operand(x) + _swapped(x) for x in loop.wholes])
    arguments = f"{step}, {starts}, {wholes}, length={loop.steps}{', reverse=True' * loop.reverse}"
    found = list(map(scope.argument, each))
    swapped = [f"{name} = {name}{_swapped(x)}" for name, x in zip(found, each, strict=True) if _swapped(x)]
    scan = f"{_tuple(names)}, {_tuple(found) if found else '_'} = jax.lax.scan({arguments})"
    return [*nested(f"def {step}({carried}, {slices}):", lines), scan, *swapped]


def _name(scope: Scope, array: Array, text: str) -> None:
    scope.texts[array] = text, FUNCTION


def _swapped(whole: Operand) -> str:
    """What is written behind an array so that the steps come before the samples, or the other way round."""
    return ".swapaxes(0, 1)" if isinstance(whole, Array) and whole.batched else ""


def _size(scope: Scope, loop: Loop, each: Each) -> str:
    sizes = [f"len({scope.argument(x)})" for x in loop.arrays if x.batched][:1] * each.batched
    sizes += list(map(str, each.shape))
    return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
