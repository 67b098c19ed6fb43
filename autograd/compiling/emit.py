"""From an array program to Python source that reads like a textbook."""

from __future__ import annotations

import keyword
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograd import operations as table
from autograd.compiling.functions import Target, body, is_operator
from autograd.compiling.products import Factor, matrix_product
from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Broadcast,
    Constant,
    Contract,
    Gather,
    Input,
    Mask,
    Operand,
    Part,
    Pick,
    Reduce,
    Scatter,
    positions_of,
    statements,
    used_as_bits,
)
from autograd.compiling.text import identifier, literal, run_text, view_text
from autograd.compiling.views import is_run
from autograd.operation import FUNCTION, Operation

LONGEST = 70  # characters of an expression that is written inside another one
PRINTED = 12  # numbers of a constant; a longer one is an argument
_RESERVED = {"np", "jnp", "jax", "math", "len", *keyword.kwlist}


@dataclass(frozen=True)
class Source:
    """The text of a function, and the constants that it takes as its last arguments, by name."""

    text: str
    constants: dict[str, np.ndarray]


def emit(
    name: str,
    inputs: Sequence[Input],
    results: Sequence[tuple[str, Operand]],
    names: Mapping[Array, str],
    target: Target,
    values: int = 1,
) -> Source:
    """The source of a function that takes the inputs, then the longer constants, and returns the named results.

    ``names`` says what some of the arrays are called; so many of the results are ``values``, and the others the
    backward pass.
    """
    module = _Module(target)
    function = _Function(module, inputs, results, names).lines(name, values)
    short = {name: numbers for name, numbers in module.constants.items() if not _is_long(numbers)}
    constants = [f"{name} = {literal(numbers, target.module)}" for name, numbers in short.items()]
    helpers = [*module.assignments, *module.functions]
    head = "\n".join([*sorted(module.imports), *helpers, *(["", *constants] if constants else [])])
    long = {name: numbers for name, numbers in module.constants.items() if name not in short}
    return Source("\n".join([head, "", "", *function, ""]), long)


def _is_long(numbers: np.ndarray) -> bool:
    return numbers.size > PRINTED


class _Module:
    """What stands above the function: imports, the functions that the target has not, and constants."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.imports = {f"import {target.package} as {target.module}"}
        self.assignments: list[str] = []
        self.functions: list[str] = []
        self.constants: dict[str, np.ndarray] = {}
        self.called: dict[Operation, str] = {}  # how the operations are called that are neither operators nor in place
        self.taken = set(_RESERVED)

    def define(self, operation: Operation) -> None:
        """See to it that an operation can be called."""
        text = self.target.function(operation)
        if operation in self.called or is_operator(operation):
            return
        if text.startswith(f"{self.target.module}.") and text.replace(".", "").isidentifier():
            self.called[operation] = text
        elif text.replace(".", "").isidentifier():
            package, _, function = text.rpartition(".")
            self.called[operation] = self.name(function)
            self.imports.add(f"from {package} import {function}")
        elif text:
            self.called[operation] = name = self.name(operation.name)
            self.assignments.append(f"{name} = {text}")
            if "math." in text:
                self.imports.add("import math\n")
        else:
            self._define_by_rule(operation)

    def _define_by_rule(self, operation: Operation) -> None:
        operands, result = body(operation)
        for array in statements([result]):
            if isinstance(array, Apply):
                self.define(array.operation)
        if not is_in_place(result):
            self.called[operation] = name = self.name(operation.name)
            lines = _Function(self, operands, [("", result)], {}).lines(name, 1)
            self.functions.append("\n".join(["", "", *lines]))

    def name(self, wanted: str) -> str:
        """The name that is wanted, or one like it that is free."""
        first = identifier(wanted) or "f"
        name = next(name for name in (first, *(f"{first}_{i}" for i in range(2, 1000))) if name not in self.taken)
        self.taken.add(name)
        return name


def is_in_place(result: Operand) -> bool:
    """Whether what a rule gives is written in place: one operation on its operands, or one of these."""
    return not any(operand.operands for operand in result.arrays) if isinstance(result, Array) else True


class _Function:
    """One function: a line for each array that needs a name, the others where they are used."""

    def __init__(
        self,
        module: _Module,
        inputs: Sequence[Input],
        results: Sequence[tuple[str, Operand]],
        names: Mapping[Array, str],
    ) -> None:
        self.module = module
        self.np = module.target.module
        self.inputs = inputs
        self.results = results
        self.order = statements([result for _, result in results])
        for array in self.order:
            if isinstance(array, Apply):
                module.define(array.operation)
        self.given = names
        self.taken = set(module.taken)
        self.bits = used_as_bits(self.order, [result for _, result in results])
        self.uses = Counter(operand for array in self.order for operand in array.arrays)
        self.uses.update(result for _, result in results if isinstance(result, Array))
        self.texts: dict[Array, tuple[str, int]] = {}  # with the precedence
        self.body: list[str] = []
        self.counts: Counter[str] = Counter()  # of names with a number

    def lines(self, name: str, values: int) -> list[str]:
        for array in self.inputs:
            self.texts[array] = (self._named(array, "x"), FUNCTION)
        arguments = [self.texts[array][0] for array in self.inputs]
        forward = statements([result for _, result in self.results[:values]])
        self._write_all([*self._unpacked(), *forward])
        returned = [self._returned(*result) for result in self.results[:values]]
        length = len(self.body)
        self._write_all(self.order)
        returned += [self._returned(*result) for result in self.results[values:]]
        if len(self.body) > length:
            self.body.insert(length, "# backward")
        body = [*self.body, f"return {', '.join(returned)}"]
        arguments += [name for name, numbers in self.module.constants.items() if _is_long(numbers)]
        return [f"def {name}({', '.join(arguments)}):", *(f"    {line}" for line in body)]

    def _unpacked(self) -> list[Array]:
        """The named parts of the inputs, layer by layer."""
        results = {result for _, result in self.results}
        parts = [
            array
            for array in self.order
            if isinstance(array, Part) and array in self.given and array not in results
            if array.operands[0] in self.inputs
        ]
        return sorted(parts, key=lambda part: (re.sub(r"\D", "", self.given[part]), self.given[part]))

    # Names and lines -------------------------------------------------------------------------------

    def _named(self, array: Array, otherwise: str) -> str:
        return self._free(
            identifier(self.given.get(array, "") or (array.name if isinstance(array, Input) else "")), otherwise
        )

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
        text, name = self._text(result)[0], identifier(name)
        if not name or name in self.taken:
            return text
        self.body.append(f"{name} = {text}")
        self.taken.add(name)
        return name

    def _write_all(self, arrays: Iterable[Array]) -> None:
        for array in arrays:
            if array not in self.texts:
                self.texts[array] = self._written(array)

    def _written(self, array: Array) -> tuple[str, int]:
        """The text that stands for an array: its name, after the line that gives it, or its expression."""
        if isinstance(array, Constant):
            return self._constant(array.numbers, self._named(array, "c")), FUNCTION
        if isinstance(array, Assemble) and not (joined := self._joined(array)):
            return self._assembled(array), FUNCTION
        if isinstance(array, Scatter):
            return self._scattered(array), FUNCTION
        text, precedence = (joined, FUNCTION) if isinstance(array, Assemble) else self._expression(array)
        short = (isinstance(array, Part) and len(text) < 20) or _is_number(array)
        once = self.uses[array] == 1 or short or re.fullmatch(r"\w+", text)
        if once and array not in self.given and len(text) <= LONGEST:
            return text, precedence
        name = self._named(array, "v")
        self.body.append(f"{name} = {text}")
        return name, FUNCTION

    def _constant(self, numbers: np.ndarray, name: str) -> str:
        self.module.constants[name] = numbers
        return name

    def _index(self, positions: np.ndarray) -> str:
        return self._constant(positions, self._free("", "i"))

    # Expressions -----------------------------------------------------------------------------------

    def _text(self, operand: Operand) -> tuple[str, int]:
        if isinstance(operand, Array):
            return self.texts[operand]
        text = repr(operand) if math.isfinite(operand) else f"{operand}".replace("inf", f"{self.np}.inf")
        text = f"{self.np}.nan" if math.isnan(operand) else text
        return text, table.neg.precedence if math.copysign(1.0, operand) < 0.0 else FUNCTION

    def _operand(self, operand: Operand, least: int = FUNCTION) -> str:
        """The text of an operand, in brackets if it binds less than that."""
        text, precedence = self._text(operand)
        return f"({text})" if precedence < least else text

    def _expression(self, array: Array) -> tuple[str, int]:
        """The text of a statement, and its precedence."""
        match array:
            case Apply(operation=operation, operands=operands):
                return self._applied(operation, operands, array in self.bits)
            case Contract():
                return self._contracted(array)
            case Reduce(operands=(operand,), operation=operation):
                function = f"{self.np}.{'sum' if operation is table.add else 'max'}"  # as they are called there
                return f"{function}({self._text(operand)[0]}{self._axis(array)})", FUNCTION
            case Part(operands=(Input(shape=(), batched=False) as operand,)):  # it may be a plain number
                return f"{self.np}.reshape({self._text(operand)[0]}, {array.shape})", FUNCTION
            case Part(operands=(Reduce() as operand,)) if self._keeps_axes(array, operand):
                return self._text(operand)[0][:-1] + ", keepdims=True)", FUNCTION
            case Part(operands=(Array() as operand,), view=view):
                return self._operand(operand) + view_text(view, operand.shape, operand.batched), FUNCTION
            case Gather(operands=(Array() as operand,), positions=positions):
                return self._gathered(operand, positions), FUNCTION
            case Pick(operands=(Array() as rows, _)):
                return f"{self._operand(rows)}[{', '.join(self._picked_from(rows.batched, array))}]", FUNCTION
            case Mask(operands=(operand,), there=there, number=number):
                where = f"{self._there(there)}, {self._text(operand)[0]}, {self._text(number)[0]}"
                return f"{self.np}.where({where})", FUNCTION
            case Broadcast(operands=(operand, sample)):
                like = f"{self.np}.shape({self._text(sample)[0]})"
                return f"{self.np}.broadcast_to({self._text(operand)[0]}, {like})", FUNCTION
            case Broadcast(operands=(float() as number,)):
                return f"{self.np}.full({array.shape}, {self._text(number)[0]})", FUNCTION
            case Broadcast(operands=(operand,)):
                return f"{self.np}.broadcast_to({self._text(operand)[0]}, {array.shape})", FUNCTION
        raise NotImplementedError(type(array))

    def _applied(self, operation: Operation, operands: Sequence[Operand], as_bits: bool) -> tuple[str, int]:
        if operation in self.module.called:
            return f"{self.module.called[operation]}({', '.join(self._text(x)[0] for x in operands)})", FUNCTION
        if not is_operator(operation):
            places, result = body(operation)
            given = dict(zip(places, operands, strict=False))
            if not isinstance(result, Apply):
                return self._text(given.get(result, result) if isinstance(result, Input) else result)
            inner = [given[x] if isinstance(x, Input) else x for x in result.operands]
            return self._applied(result.operation, inner, False)
        text = operation.format(*(self._operand(x, _needed(operation, k)) for k, x in enumerate(operands)))
        if operation not in table.COMPARISONS:
            return text, operation.precedence
        return (f"({text})", FUNCTION) if as_bits else (f"1.0 * ({text})", table.multiply.precedence)

    def _contracted(self, array: Contract) -> tuple[str, int]:
        axes = ["n" * x.batched + letters for x, letters in zip((*array.arrays, array), array.axes, strict=True)]
        product = matrix_product(*axes)
        if product is None:
            left, right = (self._text(operand)[0] for operand in array.operands)
            return f'{self.np}.einsum("{axes[0]},{axes[1]}->{axes[2]}", {left}, {right})', FUNCTION
        first, second = (self._operand(array.operands[factor.side]) + _rearranged(factor, array) for factor in product)
        return f"{first} @ {second}", table.multiply.precedence

    def _axis(self, array: Reduce) -> str:
        """The argument that says along which axes to reduce; nothing for all of them."""
        (operand,) = array.arrays
        over = [0] * array.samples + [axis + operand.batched for axis in array.axes]
        if len(over) == len(operand.shape) + operand.batched:
            return ""
        return f", axis={over[0] if len(over) == 1 else tuple(sorted(over))}"

    def _keeps_axes(self, array: Part, operand: Reduce) -> bool:
        """Whether this only brings back, with length 1, the axes of a sum that stands here alone."""
        whole = operand.arrays[0].shape
        kept = tuple(1 if axis in operand.axes else size for axis, size in enumerate(whole))
        return array.shape == kept and not operand.samples and self._text(operand)[0].startswith(f"{self.np}.")

    def _gathered(self, operand: Array, positions: np.ndarray) -> str:
        text = self._operand(operand)
        if len(operand.shape) == 2 and positions.ndim == 1 and not operand.batched:
            rows, columns = np.divmod(positions, operand.shape[1])
            if np.array_equal(rows, np.arange(operand.shape[0])):
                return f"{text}[{self.np}.arange({len(rows)}), {self._index(columns)}]"
        if len(operand.shape) != 1:
            text += f".reshape({f'len({text}), ' * operand.batched}-1)"
        return f"{text}[{':, ' * operand.batched}{self._index(positions)}]"

    def _there(self, there: np.ndarray) -> str:
        """The mask: a triangle, or an array of its own."""
        rows = there.reshape([size for size in there.shape if size > 1])
        if rows.ndim == 2:
            offset = int(rows[0].sum()) - 1
            if np.array_equal(rows, np.tri(rows.shape[0], rows.shape[1], offset, dtype=bool)):
                size = ", ".join(map(str, rows.shape if rows.shape[0] != rows.shape[1] or offset else rows.shape[:1]))
                text = f"{self.np}.tri({size}{f', {offset}' if offset else ''}, dtype=bool)"
                axes = [":" if size > 1 else "None" for size in there.shape]
                while axes[-1:] == [":"]:
                    axes.pop()
                return f"{text}[{', '.join(axes)}]" if "None" in axes else text
        return self._constant(there, self._free("", "mask"))

    def _picked_from(self, batched: bool, array: Pick | Scatter) -> list[str]:
        """The index, axis by axis, of the elements that are picked from rows, batched or not."""
        places = array.arrays[1]
        text = self._text(places)[0]
        where = [f"{self.np}.arange({places.shape[0]})"] if array.paired else []
        if batched:
            axes = f"[{', '.join([':', *['None'] * len(places.shape)])}]" if places.shape else ""
            where.insert(0, f"{self.np}.arange(len({text})){axes}" if places.batched else ":")
        return [*where, text]

    def _scattered(self, array: Scatter) -> str:
        """Lines that fill zeros, and the name of what they come to."""
        added = self._text(array.operands[0])[0]
        where = self._picked_from(array.batched, array)
        size = [f"len({added})"] * array.batched + [str(size) for size in array.shape]
        name = self._named(array, "v")
        self.body.append(f"{name} = {self.np}.zeros({_tuple(size)})")
        if self.np == "jnp":
            self.body.append(f"{name} = {name}.at[{', '.join(where)}].add({added})")
        else:
            whole = ["slice(None)" if part == ":" else part for part in where]
            self.body.append(f"np.add.at({name}, {_tuple(whole)}, {added})")
        return name

    # Assembled arrays --------------------------------------------------------------------------------

    def _assembled(self, array: Assemble) -> str:
        """Lines that fill zeros, and the text of what they come to."""
        size = f"(len({self._text(array.operands[0])[0]}), {array.size})" if array.batched else str(array.size)
        flat = self._named(array, "v")
        self.body.append(f"{flat} = {self.np}.zeros({size})")
        for part, place in zip(array.arrays, array.places, strict=True):
            positions = positions_of(place)
            where = run_text(positions) or self._index(positions)
            index, added = f"{':, ' * array.batched}{where}", self._flat(part, array.batched)
            if self.np == "jnp":
                self.body.append(f"{flat} = {flat}.at[{index}].add({added})")
            elif len(np.unique(positions)) == len(positions):
                self.body.append(f"{flat}[{index}] += {added}")
            else:
                self.body.append(f"np.add.at({flat}, {f'(slice(None), {where})' if array.batched else where}, {added})")
        shape = ", ".join(map(str, ((-1,) if array.batched else ()) + array.shape))
        return flat if len(array.shape) == 1 else f"{flat}.reshape({shape})" if shape else f"{flat}[0]"

    def _joined(self, array: Assemble) -> str:
        """One concatenation, where the parts are unbroken runs that do not overlap; else nothing."""
        runs = [(positions_of(place), part) for place, part in zip(array.places, array.arrays, strict=True)]
        if len(array.shape) != 1 or array.batched or not all(is_run(positions) for positions, _ in runs):
            return ""
        texts, end = [], 0
        for positions, part in sorted(runs, key=lambda run: int(run[0][0])):
            start = int(positions[0])
            if start < end:
                return ""
            texts += [f"{self.np}.zeros({start - end})"] * (start > end) + [self._flat(part, False)]
            end = start + len(positions)
        texts += [f"{self.np}.zeros({array.size - end})"] * (array.size > end)
        return f"{self.np}.concatenate([{', '.join(texts)}])"

    def _flat(self, part: Array, batched: bool) -> str:
        """A part with its elements in one row, or in one for each sample."""
        text = self._operand(part)
        match part:
            case Array(shape=(_,)):
                return text
            case _ if batched:
                return f"{text}.reshape({f'len({text})' if part.batched else 1}, -1)"
            case Broadcast(operands=(float() as number,)):
                return f"{self.np}.full({part.size}, {self._text(number)[0]})"
            case Input(shape=()):  # it may be a plain number
                return f"{self.np}.reshape({text}, 1)"
            case Array(shape=()):
                return f"{text}.reshape(1)"
        return f"{text}.ravel()"


def _tuple(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _is_number(array: Array) -> bool:
    """Whether this is one number of the program, repeated."""
    return isinstance(array, Broadcast) and len(array.operands) == 1 and isinstance(array.operands[0], float)


def _needed(operation: Operation, k: int) -> int:
    """The precedence below which an operand is written in brackets, so that Python computes what is meant."""
    if operation is table.neg:  # -(x * y) and -x * y are the same number
        return table.multiply.precedence
    from_the_right = operation.precedence == table.power.precedence
    return operation.precedence + (1 - k if from_the_right else k)


def _rearranged(factor: Factor, array: Contract) -> str:
    """What is written behind an operand of a contraction to make it a factor of a matrix product."""
    text = ".T" if factor.transposed else ""
    if not factor.flat:
        return text
    operand = array.arrays[factor.side]
    size = dict(zip(array.axes[factor.side], operand.shape, strict=True)).get(factor.kept)
    return (f".reshape(-1, {size})" if factor.kept else ".ravel()") + text
