"""The array program: its statements, each of which is the array that it results in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from autograd import operations as table
from autograd.compiling.views import Shape, View
from autograd.operation import Operation
from autograd.value import Value


@dataclass(frozen=True, eq=False)
class Array:
    """The result of one statement, computed from its operands.

    The shape is that of one sample; a batched array has the samples as one more axis before it. Two arrays are equal
    if they are the same statement.
    """

    shape: Shape
    batched: bool
    operands: tuple[Operand, ...] = field(default=(), kw_only=True, repr=False)

    @property
    def size(self) -> int:
        """The number of elements of one sample."""
        return math.prod(self.shape)

    @property
    def arrays(self) -> list[Array]:
        """The operands that are no plain numbers."""
        return [operand for operand in self.operands if isinstance(operand, Array)]


Operand = Array | float
Place = View | np.ndarray  # where the elements of an array lie in another one: the latter are positions


@dataclass(frozen=True, eq=False)
class Input(Array):
    """Given from outside: real numbers, or whole ones that are places."""

    name: str = ""
    whole: bool = False


@dataclass(frozen=True, eq=False)
class Constant(Array):
    """Numbers of the program itself."""

    numbers: np.ndarray


@dataclass(frozen=True, eq=False)
class Apply(Array):
    """An operation of the table, element by element, broadcast as in NumPy."""

    operation: Operation


@dataclass(frozen=True, eq=False)
class Contract(Array):
    """Products of two arrays added up, as einsum does: a letter for each axis of both and of the result."""

    axes: tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Reduce(Array):
    """The sum over some axes, and over the samples if it says so; or, by the operation ``maximum``, the greatest."""

    operation: Operation
    axes: Shape
    samples: bool


@dataclass(frozen=True, eq=False)
class Part(Array):
    """A part of an array, without a copy."""

    view: View


@dataclass(frozen=True, eq=False)
class Gather(Array):
    """The elements at these positions of the flattened operand."""

    positions: np.ndarray


@dataclass(frozen=True, eq=False)
class Assemble(Array):
    """Zeros to which each operand is added at its place."""

    places: tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class Pick(Array):
    """The rows of the first operand at the places that the second one holds.

    Where they are ``paired``, both have the same first axis, and each place picks one element of its own row.
    """

    paired: bool


@dataclass(frozen=True, eq=False)
class Scatter(Array):
    """Zeros to which the first operand is added at the places that the second one holds, as ``Pick`` picks them."""

    paired: bool


@dataclass(frozen=True, eq=False)
class Mask(Array):
    """The operand where ``there`` is true, a number elsewhere."""

    there: np.ndarray
    number: float


@dataclass(frozen=True, eq=False)
class Broadcast(Array):
    """The operand repeated to the shape; a second operand shows the number of samples."""


@dataclass(frozen=True, eq=False)
class Loop(Array):
    """A body of statements that is computed step after step, or from the last step back to the first.

    ``carried`` inputs hold what ``following`` came to in the step before, at first ``starts``; ``sliced`` ones have the
    elements that their arrays hold for the step, along the first axis. ``Each`` and ``Last`` are its results. The
    operands are the starts, what is sliced, and what the body reads besides.
    """

    steps: int
    reverse: bool
    carried: tuple[Input, ...]
    following: tuple[Operand, ...]
    sliced: tuple[Input, ...]
    body: tuple[Array, ...]

    @property
    def starts(self) -> tuple[Operand, ...]:
        """What is carried into the first step."""
        return self.operands[: len(self.carried)]

    @property
    def wholes(self) -> tuple[Operand, ...]:
        """The arrays that the sliced inputs are slices of."""
        return self.operands[len(self.carried) : len(self.carried) + len(self.sliced)]


@dataclass(frozen=True, eq=False)
class Each(Array):
    """What a statement, or an input, of a loop's body is at each step, along the first axis."""

    inner: Array


@dataclass(frozen=True, eq=False)
class Last(Array):
    """What a carried input of a loop would be after the last step."""

    carried: Input


@dataclass
class Store:
    """Leaves kept in one array: recorded numbers that were not among the arguments."""

    array: Input
    leaves: list[Value]


@dataclass(frozen=True)
class Program:
    """What is computed from which inputs: the value, further numbers if there are any, and a derivative by each input.

    ``names`` says what some of the arrays are called.
    """

    inputs: tuple[Input, ...]
    value: Operand
    further: Operand | None
    gradients: tuple[Operand, ...]
    names: dict[Array, str]

    @property
    def values(self) -> list[Operand]:
        """The value, and the further numbers."""
        return [self.value] if self.further is None else [self.value, self.further]


def positions_of(place: Place) -> np.ndarray:
    """The positions that a place stands for, in one row."""
    return (place.positions if isinstance(place, View) else place).reshape(-1)


def letters_of(array: Contract) -> tuple[str, str, str]:
    """A letter for each axis of both operands and of the result, with n for the samples."""
    left, right, out = ("n" * x.batched + axes for x, axes in zip((*array.arrays, array), array.axes, strict=True))
    return left, right, out


def reduced_axes(array: Reduce) -> Shape:
    """The axes that are reduced, where the samples, if there are any, are the first."""
    (operand,) = array.arrays
    return tuple(sorted([axis + operand.batched for axis in array.axes] + [0] * array.samples))


def statements(results: Sequence[Operand]) -> list[Array]:
    """Every array that the results depend on, operands first."""
    order: dict[Array, None] = {}
    waiting: list[Operand] = list(reversed(results))
    while waiting:
        array = waiting.pop()
        if isinstance(array, float) or array in order:
            continue
        missing = [operand for operand in array.arrays if operand not in order]
        if missing:
            waiting.append(array)
            waiting.extend(reversed(missing))
        else:
            order[array] = None
    return list(order)


def uses(order: Sequence[Array], results: Sequence[Operand]) -> Counter[Array]:
    """How often each array is an operand or a result."""
    found = Counter(operand for array in order for operand in array.arrays)
    found.update(result for result in results if isinstance(result, Array))
    return found


def with_operands(array: Array, operands: Sequence[Operand]) -> Array:
    """The statement with other operands; itself, where they are its own."""
    same = all(new is old for new, old in zip(operands, array.operands, strict=True))
    return array if same else replace(array, operands=tuple(operands))


def is_truth(operand: Operand) -> bool:
    """Whether this is the result of a comparison."""
    return isinstance(operand, Apply) and operand.operation in table.COMPARISONS


def is_whole(operand: Operand) -> bool:
    """Whether this holds places, which are whole numbers."""
    while isinstance(operand, Part | Gather):
        operand = operand.operands[0]
    return isinstance(operand, Input) and operand.whole


def used_as_bits(order: Sequence[Array], results: Sequence[Operand]) -> set[Array]:
    """The comparisons whose results are only multiplied with numbers: they can stay booleans."""
    found = {array for array in order if is_truth(array)}
    for array in order:
        match array:
            case Apply(operation=table.multiply, operands=(first, _)) if not is_truth(first):
                pass  # by a boolean, as by 0 or 1
            case _:
                found.difference_update(array.arrays)
    return found.difference(result for result in results if isinstance(result, Array))


def with_bodies(order: Sequence[Array]) -> Iterator[Array]:
    """The statements, and those of the bodies of loops among them."""
    for array in order:
        if isinstance(array, Loop):
            yield from array.body
        yield array


def numbers_in(results: Sequence[Operand]) -> Iterator[np.ndarray | float]:
    """The numbers of the program itself."""
    for array in with_bodies(statements(results)):
        if isinstance(array, Constant):
            yield array.numbers
        yield from (operand for operand in array.operands if isinstance(operand, float))
    yield from (result for result in results if isinstance(result, float))
