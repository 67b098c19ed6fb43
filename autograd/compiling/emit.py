"""From an array program to Python source that reads like a textbook."""

from __future__ import annotations

import keyword
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from autograd import operations as table
from autograd.compiling.names import HELPERS, notation, preamble
from autograd.compiling.program import COMPARISONS, Array, Operand, matrix_product, statements, used_as_bits
from autograd.compiling.text import identifier, literal, run_text, steps_text
from autograd.compiling.views import View
from autograd.operation import FUNCTION

LONGEST = 70  # characters of an expression that is written inside another one
_RESERVED = {"np", "jnp", "math", "len", "erf", "erfc", *HELPERS, *keyword.kwlist}


def emit(
    name: str,
    inputs: Sequence[Array],
    results: Sequence[tuple[str, Operand]],
    names: Mapping[int, str],
    module: str = "np",
    values: int = 1,
) -> str:
    """The source of a function that takes the inputs and returns the named results, for ``np`` or ``jnp``.

    ``names`` says what some of the arrays are called, by id; so many of the results are ``values``, and the others
    the backward pass.
    """
    emitter = _Emitter(inputs, [result for _, result in results], names, module)
    return emitter.run(name, [name for name, _ in results], values)


class _Emitter:
    def __init__(
        self, inputs: Sequence[Array], results: Sequence[Operand], names: Mapping[int, str], module: str
    ) -> None:
        self.inputs = inputs
        self.results = results
        self.module = module
        self.order = statements(results)
        self.given = names
        self.names: dict[int, str] = {}
        self.taken: set[str] = set(_RESERVED)
        self.bits = used_as_bits(self.order, results)
        self.uses = Counter(id(operand) for array in self.order for operand in array.arrays)
        self.uses.update(id(result) for result in results)
        self.texts: dict[int, tuple[str, int]] = {}
        self.constants: dict[str, np.ndarray] = {}
        self.body: list[str] = []
        self.counts: Counter[str] = Counter()  # of names with a number

    def run(self, name: str, returned: Sequence[str], values: int) -> str:
        for array in self.inputs:
            self.texts[id(array)] = (self._named(array, "x"), FUNCTION)
        forward = statements(self.results[:values])
        self._write_all([*self._unpacked(), *forward])
        last = list(map(self._returned, returned[:values], self.results))
        length = len(self.body)
        self._write_all(self.order)
        last += map(self._returned, returned[values:], self.results[values:])
        if len(self.body) > length:
            self.body.insert(length, "# backward")
        arguments = ", ".join(self.names[id(array)] for array in self.inputs)
        head = f"def {name}({arguments}):"
        body = [*self.body, f"return {', '.join(last)}"]
        used = {array.detail.name for array in self.order if array.how == "apply"}
        lines = preamble(used, self.module)
        written = [f"{key} = {literal(numbers, self.module)}" for key, numbers in self.constants.items()]
        text = "\n".join(
            [*lines, *(["", *written] if written else []), "", "", head, *(f"    {line}" for line in body)]
        )
        return text + "\n"

    def _unpacked(self) -> list[Array]:
        """The named parts of the inputs, layer by layer."""
        inputs, results = ({id(array) for array in arrays} for arrays in (self.inputs, self.results))
        named = [a for a in self.order if a.how == "view" and id(a) in self.given and id(a) not in results]
        parts = [a for a in named if id(a.operands[0]) in inputs]
        return sorted(parts, key=lambda a: (re.sub(r"\D", "", self.given[id(a)]), self.given[id(a)]))

    # Names and lines -------------------------------------------------------------------------------

    def _named(self, array: Array, otherwise: str) -> str:
        name = self._free(identifier(self.given.get(id(array), "")), otherwise)
        self.names[id(array)] = name
        return name

    def _free(self, wanted: str, otherwise: str) -> str:
        """The name that is wanted, else one with a number."""
        name = wanted
        while not name or name in self.taken:
            self.counts[wanted or otherwise] += 1
            count = self.counts[wanted or otherwise] + bool(wanted)
            name = f"{wanted or otherwise}{'_' if wanted[-1:].isdigit() else ''}{count}"
        self.taken.add(name)
        return name

    def _returned(self, name: str, result: Operand) -> str:
        """What is returned, under its name if that is free."""
        text = self._text(result)[0]
        if identifier(name) not in self.taken and identifier(name):
            self.body.append(f"{identifier(name)} = {text}")
            self.taken.add(identifier(name))
            return identifier(name)
        return text

    def _write_all(self, arrays: Sequence[Array]) -> None:
        for array in arrays:
            if id(array) not in self.texts:
                self._write(array)

    def _write(self, array: Array) -> None:
        if array.how == "constant":
            self._constant(array, "c")
            return
        if array.how == "assemble":
            self._assemble(array)
            return
        text, precedence = self._expression(array)
        alone = self.uses[id(array)] == 1 or (array.how == "view" and len(text) < 20) or re.fullmatch(r"\w+", text)
        if alone and id(array) not in self.given and len(text) <= LONGEST:
            self.texts[id(array)] = (text, precedence)
            return
        self._line(array, text)

    def _line(self, array: Array, text: str) -> None:
        name = self._named(array, "v")
        self.body.append(f"{name} = {text}")
        self.texts[id(array)] = (name, FUNCTION)

    def _constant(self, array: Array, otherwise: str) -> str:
        name = self._named(array, otherwise)
        self.constants[name] = array.detail
        self.texts[id(array)] = (name, FUNCTION)
        return name

    def _index(self, positions: np.ndarray) -> str:
        name = self._free("", "i")
        self.constants[name] = positions
        return name

    # Expressions -----------------------------------------------------------------------------------

    def _text(self, operand: Operand) -> tuple[str, int]:
        if isinstance(operand, float):
            text = repr(operand) if math.isfinite(operand) else f"float('{operand}')"
            return text, FUNCTION if operand >= 0 else table.neg.precedence
        return self.texts[id(operand)]

    def _operand(self, operand: Operand, needed: int = FUNCTION) -> str:
        """The text of an operand, in brackets if it binds less than needed."""
        text, precedence = self._text(operand)
        return f"({text})" if precedence < needed else text

    def _expression(self, array: Array) -> tuple[str, int]:
        written: tuple[str, int] = getattr(self, f"_{array.how}")(array)
        return written

    def _apply(self, array: Array) -> tuple[str, int]:
        operation = array.detail
        if operation is table.stop_gradient:
            return self._text(array.operands[0])
        form, precedence = notation(operation.name)
        form = form.replace("np.", f"{self.module}.")
        if precedence == FUNCTION:
            return form.format(*(self._text(operand)[0] for operand in array.operands)), FUNCTION
        operands = []
        for k, operand in enumerate(array.operands):
            operands.append(self._operand(operand, _needed(operation.name, precedence, k)))
        if operation.name in COMPARISONS:
            text = f"({form.format(*operands)})"
            return (text, FUNCTION) if id(array) in self.bits else (f"1.0 * {text}", table.multiply.precedence)
        return form.format(*operands), precedence

    def _contract(self, array: Array) -> tuple[str, int]:
        left, right = array.arrays
        axes = [
            "n" * operand.batched + letters for operand, letters in zip((left, right, array), array.detail, strict=True)
        ]
        product = matrix_product(axes[0], axes[1], axes[2])
        if product is not None:
            letters = array.detail[0] + array.detail[1]
            sizes = dict(zip(letters, left.shape + right.shape, strict=True))
            texts = [self._operand(array.arrays[k]) + _rearranged(how, sizes) for k, how in product]
            return f"{texts[0]} @ {texts[1]}", table.multiply.precedence
        form = f"{axes[0]},{axes[1]}->{axes[2]}"
        return f'{self.module}.einsum("{form}", {self._text(left)[0]}, {self._text(right)[0]})', FUNCTION

    def _sum(self, array: Array) -> tuple[str, int]:
        operand = array.arrays[0]
        axes, samples = array.detail
        shift = int(operand.batched)
        over = [axis + shift for axis in axes] + [0] * samples
        function = f"{self.module}.{array.how}"
        if len(over) == len(operand.shape) + shift:
            return f"{function}({self._text(operand)[0]})", FUNCTION
        axis = over[0] if len(over) == 1 else tuple(sorted(over))
        return f"{function}({self._text(operand)[0]}, axis={axis})", FUNCTION

    _max = _sum

    def _view(self, array: Array) -> tuple[str, int]:
        operand = array.arrays[0]
        if operand.how == "input" and not operand.shape and not operand.batched:  # it may be a plain number
            return f"{self.module}.reshape({self._text(operand)[0]}, {array.shape})", FUNCTION
        return self._operand(operand) + steps_text(array.detail, operand), FUNCTION

    def _gather(self, array: Array) -> tuple[str, int]:
        operand, positions = array.arrays[0], array.detail
        text = self._operand(operand)
        if len(operand.shape) == 2 and positions.ndim == 1 and not operand.batched:
            rows, columns = np.divmod(positions, operand.shape[1])
            if np.array_equal(rows, np.arange(operand.shape[0])):
                return f"{text}[{self.module}.arange({len(rows)}), {self._index(columns)}]", FUNCTION
        flat = (
            text if len(operand.shape) == 1 else f"{text}.reshape({'len(' + text + '), ' if operand.batched else ''}-1)"
        )
        return f"{flat}[{':, ' if operand.batched else ''}{self._index(positions)}]", FUNCTION

    def _broadcast(self, array: Array) -> tuple[str, int]:
        text = self._text(array.operands[0])[0]
        if array.batched:
            like = array.operands[1]
            return f"{self.module}.broadcast_to({text}, {self.module}.shape({self._text(like)[0]}))", FUNCTION
        if isinstance(array.operands[0], float):
            return f"{self.module}.full({array.shape}, {text})", FUNCTION
        return f"{self.module}.broadcast_to({text}, {array.shape})", FUNCTION

    def _assemble(self, array: Array) -> None:
        joined = self._joined(array)
        if joined:
            if self.uses[id(array)] == 1 and id(array) not in self.given and len(joined) <= LONGEST:
                self.texts[id(array)] = (joined, FUNCTION)
            else:
                self._line(array, joined)
            return
        size = f"(len({self._text(array.arrays[0])[0]}), {array.size})" if array.batched else str(array.size)
        flat = self._fresh(array)
        self.body.append(f"{flat} = {self.module}.zeros({size})")
        at = ":, " if array.batched else ""
        for part, place in zip(array.arrays, array.detail, strict=True):
            positions = (place.positions if isinstance(place, View) else place).reshape(-1)
            where = run_text(positions) or self._index(positions)
            added = self._flat(part, array.batched)
            if self.module == "jnp":
                self.body.append(f"{flat} = {flat}.at[{at}{where}].add({added})")
            elif len(np.unique(positions)) == len(positions):
                self.body.append(f"{flat}[{at}{where}] += {added}")
            else:
                index = f"(slice(None), {where})" if array.batched else where
                self.body.append(f"np.add.at({flat}, {index}, {added})")
        shape = ", ".join(map(str, ((-1,) if array.batched else ()) + array.shape))
        text = flat if len(array.shape) == 1 else f"{flat}.reshape({shape})" if shape else f"{flat}[0]"
        self.texts[id(array)] = (text, FUNCTION)

    def _fresh(self, array: Array) -> str:
        return self._named(array, "v")

    def _flat(self, part: Array, batched: bool) -> str:
        text = self._operand(part)
        if len(part.shape) == 1:
            return text
        if batched:
            return f"{text}.reshape({f'len({text})' if part.batched else 1}, -1)"
        if part.how == "broadcast" and isinstance(part.operands[0], float) and not batched:
            return f"{self.module}.full({part.size}, {self._text(part.operands[0])[0]})"
        if not part.shape:  # an input may be a plain number
            return f"{self.module}.reshape({text}, 1)" if part.how == "input" else f"{text}.reshape(1)"
        return f"{text}.ravel()"

    def _joined(self, array: Array) -> str:
        """One concatenation, where the parts are unbroken runs that do not overlap."""
        if len(array.shape) != 1 or array.batched:
            return ""
        runs = []
        for part, place in zip(array.arrays, array.detail, strict=True):
            positions = (place.positions if isinstance(place, View) else place).reshape(-1)
            if not (np.diff(positions) == 1).all():
                return ""
            runs.append((int(positions[0]), len(positions), self._flat(part, False)))
        texts, end = [], 0
        for start, length, text in [*sorted(runs), (array.size, 0, "")]:
            if start < end:
                return ""
            texts.extend([f"{self.module}.zeros({start - end})"] if start > end else [])
            texts.extend([text] if text else [])
            end = start + length
        return f"{self.module}.concatenate([{', '.join(texts)}])"


def _needed(name: str, precedence: int, operand: int) -> int:
    if name in COMPARISONS:
        return precedence + 1
    if name == "neg":
        return table.multiply.precedence
    if name in ("power", "square"):
        return precedence + 1 - operand
    return precedence + (operand if name in ("subtract", "divide", "multiply") else 0)


def _rearranged(how: tuple[str, str], sizes: dict[str, int]) -> str:
    kind, letter = how
    flat = f".reshape(-1, {sizes.get(letter)})" if letter else ".ravel()"
    return {"": "", "T": ".T", "flat": flat, "flat T": f"{flat}.T"}[kind]
