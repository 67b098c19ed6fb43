"""One recorded graph, compiled: its source, and the ways to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from autograd.compiling.differentiate import differentiate
from autograd.compiling.emit import Source, emit
from autograd.compiling.lift import Lifted, lift
from autograd.compiling.machine import Machine, Troubled
from autograd.compiling.pool import Pool
from autograd.compiling.program import (
    Apply,
    Array,
    Broadcast,
    Constant,
    Input,
    Loop,
    Operand,
    Program,
    Store,
    numbers_in,
    statements,
)
from autograd.compiling.recent import Recent
from autograd.compiling.targets import JAX, NUMPY
from autograd.compiling.under_jax import jitted, traceable
from autograd.compiling.writer import Writer
from autograd.picking import Picked
from autograd.value import Value

PAGE = 100  # lines of a function that is lifted well
SIZES = 4  # of batches, whose buffers are kept


class Results(NamedTuple):
    """What a run gives: the value, the further numbers if there are any, and derivatives."""

    value: np.ndarray
    aux: np.ndarray | None
    gradients: list[np.ndarray]


Runner = Callable[[Sequence[Any]], list[np.ndarray]]


class Kernel:
    """The program of one output, whose inputs are the given arrays and then the stores of captured leaves.

    ``further`` numbers of the same graph are computed along, as one array. ``picked`` says which leaves stand for
    numbers that are picked by a whole one.
    """

    def __init__(
        self,
        name: str,
        output: Value,
        given: Sequence[tuple[Input, Sequence[Value]]],
        target: str,
        further: Sequence[Value] = (),
        picked: Mapping[Value, Picked] = MappingProxyType({}),
    ) -> None:
        self.name = name
        self.target = JAX if target == "jax" else NUMPY
        lifted = lift(output, given, further, picked)
        self._operations = lifted.operations
        self._limits = lifted.limits
        self.stores: list[Store] = lifted.stores
        self.given = [array for array, _ in given]
        self.inputs = [*self.given, *(store.array for store in self.stores)]
        self.program = _program(name, lifted, self.inputs, self.stores)
        self.gives_further = self.program.further is not None
        self._pools = Recent[Pool[Runner]](SIZES)

    @cached_property
    def source(self) -> Source:
        """The function that gives the value and the derivatives, as Python text."""
        return self._text("value_and_grad", self.program.gradients)

    @cached_property
    def value_source(self) -> Source:
        """The function that gives the value alone."""
        return self._text("value", ())

    def _text(self, function: str, gradients: Sequence[Operand]) -> Source:
        program = self.program
        results = list(zip((self.name, "aux"), program.values, strict=False))
        found = zip(self.inputs, gradients, strict=False)
        results += [(f"d{program.names[x]}", d) for x, d in found if not x.whole]
        source = emit(function, self.inputs, results, program.names, self.target, len(program.values))
        lines = source.text.count("\n    ")
        if lines <= PAGE:
            return source
        note = (
            f"# {lines} lines for {self._operations} operations: what repeats in them is not found to be arrays alone."
        )
        return replace(source, text=f"{note}\n{source.text}")

    def size(self, gradient: bool = True) -> int:
        """How many statements a run has, with the gradient or without: those of a loop count once for each step."""
        order = statements([*self.program.values, *(self.program.gradients if gradient else ())])
        loops = sum(array.steps * len(array.body) for array in order if isinstance(array, Loop))
        return loops + sum(not isinstance(array, Input) for array in order)

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether each number is computed from those of one sample alone, and NumPy notices all that leaves the floats.

        Then it can be run as it is printed.
        """
        order = statements([*self.program.values, *self.program.gradients])
        return self.target is NUMPY and all(
            isinstance(array, Input | Apply | Constant | Broadcast) and not array.shape for array in order
        )

    def function(self) -> Callable[..., Any]:
        """The program as a function of the inputs' arrays, then the stores' arrays, for JAX to trace.

        It gives the value, the further numbers if there are any, and the derivatives with respect to the stores.
        """
        return traceable(self.inputs, [*self.program.values, *self._of_stores], self.program.names)

    @property
    def _of_stores(self) -> Sequence[Operand]:
        return self.program.gradients[len(self.given) :]

    # Running ---------------------------------------------------------------------------------------

    def run(self, numbers: Sequence[np.ndarray], samples: int, gradient: bool) -> Results:
        """The value and, if asked for, all derivatives; raises Troubled where one of them cannot be trusted."""
        wanted = self.program.gradients if gradient else ()
        pool = self._pools.get((samples, gradient), lambda: Pool(lambda: self._runner([], samples, wanted)))
        run = pool.take()
        try:
            return self._named(list(map(np.array, run(numbers))))
        finally:
            pool.give(run)

    def runner(self, parameters: Sequence[np.ndarray], samples: int) -> Callable[[Sequence[Any]], Results]:
        """A function that computes the value and the derivatives with respect to the stores, held in ``parameters``."""
        run = self._runner(parameters, samples, self._of_stores)
        return lambda numbers: self._named(run(numbers))

    def _runner(self, parameters: Sequence[np.ndarray], samples: int, gradients: Sequence[Operand]) -> Runner:
        results = [*self.program.values, *gradients]
        if not _are_finite(results):
            return _refuse
        if self.target is JAX:
            function = jitted(traceable(self.inputs, results, self.program.names))
            return lambda numbers: function(*(self._checked(numbers) if self._limits else numbers), *parameters)
        given = self.inputs[: len(self.inputs) - len(parameters)]
        inputs = [
            np.empty(((samples,) if array.batched else ()) + array.shape, np.intp if array.whole else float)
            for array in given
        ]
        arrays = [*inputs, *parameters]
        machine = Machine(results, dict(zip(self.inputs, arrays, strict=True)), samples, doubtful=arrays)

        def run(numbers: Sequence[np.ndarray]) -> list[np.ndarray]:
            for buffer, number in zip(inputs, self._checked(numbers) if self._limits else numbers, strict=True):
                np.copyto(buffer, number)
            return machine.run()

        return run

    def _checked(self, numbers: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        """The numbers, the whole ones as such; raises Troubled where one of those is none of the places."""
        found = list(numbers)
        for k, array in enumerate(self.inputs):
            if array in self._limits:
                if not ((numbers[k] >= 0) & (numbers[k] < self._limits[array].reshape(array.shape))).all():
                    raise Troubled
                found[k] = numbers[k].astype(np.intp)
        return found

    def reader(
        self, parameters: Sequence[np.ndarray], batch: Sequence[np.ndarray], samples: int
    ) -> Callable[[], Results]:
        """As ``runner``, but each call reads the batch from these arrays, whose numbers have to be finite."""
        results = [*self.program.values, *self._of_stores]
        if self.target is JAX or self._limits or not _are_finite(results):
            return partial(self.runner(parameters, samples), batch)
        machine = Machine(results, dict(zip(self.inputs, [*batch, *parameters], strict=True)), samples)
        return lambda: self._named(machine.run())

    def _named(self, found: list[np.ndarray]) -> Results:
        if self.gives_further:
            return Results(found[0], found[1], found[2:])
        return Results(found[0], None, found[1:])


def _program(name: str, lifted: Lifted, inputs: Sequence[Input], stores: Sequence[Store]) -> Program:
    """The value, with the derivatives with respect to all inputs, and what is called how."""
    value = _for_each_sample(lifted.writer, lifted.output, inputs)
    found, adjoints = differentiate(lifted.writer, value, inputs)
    gradients = [
        lifted.writer.broadcast(d, array) if (array.batched or array.shape) and not array.whole else d
        for d, array in zip(found, inputs, strict=True)
    ]
    names: dict[Array, str] = {array: array.name for array in inputs if array.name}
    names |= {store.array: "pqrstuvw"[k] if k < 8 else "p" for k, store in enumerate(stores)} | lifted.names
    if isinstance(value, Array):
        names.setdefault(value, name)
    forward = statements([value] if lifted.further is None else [value, lifted.further])
    of_inputs = {d: names[array] for d, array in zip(gradients, inputs, strict=True) if isinstance(d, Array)}
    of_others = {d: name for array, name in names.items() if isinstance(d := adjoints.get(array), Array)}
    derivatives = {d: f"d{name}" for d, name in (of_inputs | of_others).items() if d not in forward}
    return Program(tuple(inputs), value, lifted.further, tuple(gradients), derivatives | names)


def _for_each_sample(writer: Writer, output: Operand, inputs: Sequence[Array]) -> Operand:
    """The output, repeated for the samples if none of them changes it: it counts once for each."""
    batch = next((array for array in inputs if array.batched), None)
    if batch is None or (isinstance(output, Array) and output.batched):
        return output
    return writer.broadcast(output, writer.take(batch, np.array(0)))


def _are_finite(results: Sequence[Operand]) -> bool:
    """Whether all numbers of a program are finite: NumPy raises nothing for operations on those that are not."""
    return all(np.isfinite(numbers).all() for numbers in numbers_in(results))


def _refuse(numbers: Sequence[Any]) -> list[np.ndarray]:
    raise Troubled
