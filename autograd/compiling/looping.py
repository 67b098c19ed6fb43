"""How a loop is written: ``for t in range(T):`` with NumPy, and ``lax.scan`` with JAX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd.compiling.program import Array, Each, Input, Last, Loop, Operand
from autograd.compiling.scope import Scope
from autograd.operation import FUNCTION

if TYPE_CHECKING:
    from autograd.compiling.block import Block


class Looping:
    """The lines of one loop, of which some arrays are needed as they are at each step."""

    def __init__(self, block: Block, loop: Loop) -> None:
        self.block = block
        self.scope: Scope = block.scope
        self.loop = loop
        results = [array for array in block.order if loop in array.arrays]
        self.each = [array for array in results if isinstance(array, Each)]
        self.last = [array for array in results if isinstance(array, Last)]

    def write(self) -> None:
        """Write the loop, and see to it that its results can be read."""
        if self.scope.np == "jnp":
            self._scan()
        else:
            self._for()

    def _for(self) -> None:
        scope, loop, lines = self.scope, self.loop, self.block.lines
        for array, start in zip(loop.carried, loop.starts, strict=True):
            name = self._name(array)
            lines.append(f"{name} = {scope.argument(start)}")
        for each in self.each:
            scope.texts[each] = (scope.free(self._plural(each.inner), "v"), FUNCTION)
            lines.append(f"{scope.argument(each)} = {scope.np}.empty({self._size(each)})")
        t = scope.step = scope.step or scope.free("t", "t")
        for part, whole in zip(loop.sliced, loop.wholes, strict=True):
            scope.texts[part] = (f"{scope.operand(whole)}[{':, ' * part.batched}{t}]", FUNCTION)
        kept = {each.inner: f"{scope.argument(each)}[{':, ' * each.batched}{t}]" for each in self.each}
        steps = f"range({loop.steps})"
        body = self._body([*loop.following, *kept], kept)
        before = [f"{kept[x]} = {scope.argument(x)}" for x in loop.carried if x in kept]
        after = self._assignment(loop.carried, loop.following)
        lines.append(f"for {t} in {f'reversed({steps})' if loop.reverse else steps}:")
        lines += [f"    {line}" for line in [*before, *body, *after]]
        self._read_last()

    def _scan(self) -> None:
        scope, loop, lines = self.scope, self.loop, self.block.lines
        scope.heading.import_("import jax")
        step = scope.free("step", "step")
        names = [self._name(array) for array in loop.carried]
        parts = [scope.free("", "v") for _ in loop.sliced]
        scope.texts.update((part, (name, FUNCTION)) for part, name in zip(loop.sliced, parts, strict=True))
        for each in self.each:
            scope.texts[each] = (scope.free(self._plural(each.inner), "v"), FUNCTION)
        body = self._body([*loop.following, *(each.inner for each in self.each)], {})
        carried, slices = scope.free("carried", "v"), scope.free("slices", "v")
        unpack = [f"{_tuple(names)} = {carried}"] + [f"{_tuple(parts)} = {slices}"] * bool(parts)
        after = _tuple(list(map(scope.argument, loop.following)))
        stacked = _tuple([scope.argument(each.inner) for each in self.each])
        lines.append(f"def {step}({carried}, {slices}):")
        lines += [f"    {line}" for line in [*unpack, *body, f"return {after}, {stacked}"]]
        starts = _tuple(list(map(scope.argument, loop.starts)))
        wholes = _tuple([self._steps_first(whole) for whole in loop.wholes])
        found = _tuple([scope.argument(each) for each in self.each])
        arguments = f"{step}, {starts}, {wholes}, length={loop.steps}{', reverse=True' * loop.reverse}"
        lines.append(f"{_tuple(names)}, {found if self.each else '_'} = jax.lax.scan({arguments})")
        for each in self.each:
            if each.batched:
                name = scope.argument(each)
                lines.append(f"{name} = {name}.swapaxes(0, 1)")
        self._read_last()

    def _body(self, results: Sequence[Operand], kept: dict[Array, str]) -> list[str]:
        inner = type(self.block)(self.scope, results)
        inner.kept = {array: text for array, text in kept.items() if array not in self.loop.carried}
        inner.write(array for array in inner.order if array in inner.own(self.loop))
        return inner.lines

    def _assignment(self, carried: Sequence[Input], following: Sequence[Operand]) -> list[str]:
        pairs = [(self.scope.argument(x), self.scope.argument(y)) for x, y in zip(carried, following, strict=True)]
        pairs = [(x, y) for x, y in pairs if x != y]
        return [f"{', '.join(x for x, _ in pairs)} = {', '.join(y for _, y in pairs)}"] if pairs else []

    def _read_last(self) -> None:
        for array in self.last:
            self.scope.texts[array] = self.scope.texts[array.carried]

    def _name(self, array: Input) -> str:
        name = self.scope.name(array, "v")
        self.scope.texts[array] = (name, FUNCTION)
        return name

    def _plural(self, array: Array) -> str:
        name = self.scope.given.get(array, "")
        return f"{name}s" if name else ""

    def _size(self, each: Each) -> str:
        sizes = list(map(str, each.shape))
        if each.batched:
            sample = next(x for x in self.loop.arrays if x.batched)
            sizes.insert(0, f"len({self.scope.argument(sample)})")
        return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"

    def _steps_first(self, whole: Operand) -> str:
        text = self.scope.operand(whole)
        return f"{text}.swapaxes(0, 1)" if isinstance(whole, Array) and whole.batched else text


def _tuple(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
