"""One recorded graph, compiled: its source, and the ways to run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograd.compiling.differentiate import differentiate
from autograd.compiling.emit import emit
from autograd.compiling.expose import expose
from autograd.compiling.lift import lift
from autograd.compiling.machine import Machine, Troubled
from autograd.compiling.pool import Pool
from autograd.compiling.program import Array, Operand, Store, Writer, statements
from autograd.value import Value

REMEMBERED = 4  # runners, for so many sizes of a batch
Runner = Callable[[Sequence[Any]], list[np.ndarray]]


class Kernel:
    """The program of one output, whose inputs are the given arrays and then the stores of captured leaves.

    ``further`` numbers of the same graph are computed along, as one array.
    """

    def __init__(
        self,
        name: str,
        output: Value,
        given: Sequence[tuple[Array, Sequence[Value]]],
        target: str,
        further: Sequence[Value] = (),
    ) -> None:
        self.name = name
        self.target = target
        lifted = lift(output, given, further)
        self.stores: list[Store] = lifted.stores
        self.inputs = [array for array, _ in given] + [store.array for store in self.stores]
        self.output = _for_each_sample(lifted.writer, lifted.output, self.inputs)
        self.gives_further = lifted.further is not None
        self.values: list[Operand] = [self.output, *([lifted.further] if lifted.further else [])]
        found, adjoints = differentiate(lifted.writer, self.output, self.inputs)
        self.first_derivative = len(self.values)  # among the results of a run
        self.gradients: list[Operand] = [
            lifted.writer.broadcast(d, array) if array.batched or array.shape else d
            for d, array in zip(found, self.inputs, strict=True)
        ]
        self.names = self._named(lifted.names, adjoints)
        self._pools: dict[tuple[int, bool], Pool[Runner]] = {}

    def _named(self, names: dict[int, str], adjoints: dict[int, Operand]) -> dict[int, str]:
        stores = {id(store.array): "pqrstuvw"[k] if k < 8 else "p" for k, store in enumerate(self.stores)}
        names = {id(array): array.name for array in self.inputs if array.name} | stores | names
        if isinstance(self.output, Array):
            names.setdefault(id(self.output), self.name)
        forward = {id(array) for array in statements(self.values)}
        found = {id(d): names[id(array)] for d, array in zip(self.gradients, self.inputs, strict=True)}
        found |= {id(adjoints[key]): name for key, name in names.items() if key in adjoints}
        return {key: f"d{name}" for key, name in found.items() if key not in forward} | names

    @cached_property
    def source(self) -> str:
        """The function that gives the value and the derivatives, as Python text."""
        return self._text("value_and_grad", self.gradients)

    @cached_property
    def value_source(self) -> str:
        """The function that gives the value alone."""
        return self._text("value", [])

    def _text(self, name: str, gradients: Sequence[Operand]) -> str:
        results = list(zip((self.name, "aux"), self.values, strict=False))
        results += [(f"d{self.names[id(array)]}", d) for array, d in zip(self.inputs, gradients, strict=False)]
        return emit(name, self.inputs, results, self.names, self._module, len(self.values))

    def size(self, gradient: bool = True) -> int:
        """How many statements the program has, with the gradient or without."""
        order = statements([*self.values, *(self.gradients if gradient else [])])
        return sum(array.how != "input" for array in order)

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether each number is computed from those of one sample alone, and NumPy notices all that leaves the floats.

        Then it can be run as it is printed.
        """
        order = statements([*self.values, *self.gradients])
        return self.target == "numpy" and all(
            array.how in ("input", "apply", "constant", "broadcast") and not array.shape for array in order
        )

    @property
    def _module(self) -> str:
        return "jnp" if self.target == "jax" else "np"

    def function(self) -> Callable[..., Any]:
        """The program as a function of the inputs' arrays, then the stores' arrays, for JAX to trace.

        It gives the value, the further numbers if there are any, and the derivatives with respect to the stores.
        """
        return self._traced([*self.values, *self._of_stores])

    @property
    def _of_stores(self) -> Sequence[Operand]:
        return self.gradients[len(self.inputs) - len(self.stores) :]

    # Running ---------------------------------------------------------------------------------------

    def run(self, numbers: Sequence[np.ndarray], samples: int, gradient: bool) -> list[np.ndarray]:
        """The value and, if asked for, all derivatives; raises Troubled where one of them cannot be trusted."""
        key = (samples, gradient)
        pool = self._pools.get(key)
        if pool is None:
            for old in list(self._pools)[: 1 - REMEMBERED]:
                self._pools.pop(old, None)
            make = partial(self._runner, [], samples, self.gradients if gradient else [])
            pool = self._pools[key] = Pool(make)
        run = pool.take()
        try:
            return [np.array(result) for result in run(numbers)]
        finally:
            pool.give(run)

    def runner(self, parameters: Sequence[np.ndarray], samples: int) -> Runner:
        """A function that computes the value and the derivatives with respect to the stores, held in ``parameters``."""
        return self._runner(parameters, samples, self._of_stores)

    def _runner(self, parameters: Sequence[np.ndarray], samples: int, gradients: Sequence[Operand]) -> Runner:
        given = self.inputs[: len(self.inputs) - len(parameters)]
        results = [*self.values, *gradients]
        if not _holds_finite_numbers(results):
            return _refuse
        if self.target == "jax":
            return self._jitted(results, parameters)
        inputs = [np.empty(((samples,) if array.batched else ()) + array.shape) for array in given]
        machine = self._machine(results, [*inputs, *parameters], samples, doubtful=[*inputs, *parameters])

        def run(numbers: Sequence[np.ndarray]) -> list[np.ndarray]:
            for buffer, number in zip(inputs, numbers, strict=True):
                np.copyto(buffer, number)
            return machine.run()

        return run

    def reader(
        self, parameters: Sequence[np.ndarray], batch: Sequence[np.ndarray], samples: int
    ) -> Callable[[], list[np.ndarray]]:
        """As ``runner``, but each call reads the batch from these arrays, whose numbers have to be finite."""
        if self.target == "jax":
            run = self.runner(parameters, samples)
            return lambda: run(batch)
        results = [*self.values, *self._of_stores]
        if not _holds_finite_numbers(results):
            return partial(_refuse, ())
        return self._machine(results, [*batch, *parameters], samples).run

    def _machine(
        self,
        results: Sequence[Operand],
        inputs: Sequence[np.ndarray],
        samples: int,
        doubtful: Sequence[np.ndarray] = (),
    ) -> Machine:
        return Machine(results, dict(zip(map(id, self.inputs), inputs, strict=True)), samples, doubtful)

    def _traced(self, results: Sequence[Operand]) -> Callable[..., Any]:
        try:
            import jax
        except ImportError:
            raise ImportError('target="jax" needs JAX: pip install "chainrule[jax]"') from None
        namespace: dict[str, Any] = {}
        text = emit("function", self.inputs, [("", result) for result in expose(results)], self.names, "jnp")
        with jax.enable_x64(True):  # here only: the user's own setting stays
            exec(text, namespace)  # generated text: names of the table, sanitised names, and numbers
        return namespace["function"]  # type: ignore[no-any-return]

    def _jitted(self, results: Sequence[Operand], parameters: Sequence[np.ndarray]) -> Runner:
        function = self._traced(results)
        import jax

        jitted = jax.jit(function)

        def run(numbers: Sequence[np.ndarray]) -> list[np.ndarray]:
            with jax.enable_x64(True):
                found = jitted(*numbers, *parameters)
            arrays = [np.asarray(array) for array in (found if isinstance(found, tuple) else (found,))]
            if not all(np.isfinite(array).all() for array in arrays):
                raise Troubled
            return arrays

        return run


def _for_each_sample(writer: Writer, output: Operand, inputs: Sequence[Array]) -> Operand:
    """The output, repeated for the samples if none of them changes it: it counts once for each."""
    batch = next((array for array in inputs if array.batched), None)
    if batch is None or (isinstance(output, Array) and output.batched):
        return output
    return writer.broadcast(output, writer.take(batch, np.array(0)))


def _holds_finite_numbers(results: Sequence[Operand]) -> bool:
    """Whether all constants of a program are finite: NumPy raises nothing for operations on those that are not."""
    order = statements(results)
    numbers = [*results, *(operand for array in order for operand in array.operands)]
    constants = [array.detail for array in order if array.how == "constant"]
    return all(np.isfinite(x).all() for x in (*constants, *(x for x in numbers if isinstance(x, float))))


def _refuse(numbers: Sequence[Any]) -> list[np.ndarray]:
    raise Troubled
