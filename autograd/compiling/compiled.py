"""Compiled functions, as their users meet them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.calculus import flatten
from autograd.compiling.arguments import AlreadyRecorded, Entry, Structure, signature, structure
from autograd.compiling.binding import bound
from autograd.compiling.bound import Bound
from autograd.compiling.calls import Call, Function, Recording
from autograd.compiling.emit import Source
from autograd.compiling.kernel import Kernel, Results
from autograd.compiling.machine import Troubled
from autograd.compiling.point import FAILED
from autograd.compiling.recent import Recent
from autograd.compiling.text import identifier
from autograd.interrupts import surely
from autograd.operation import Node

KERNELS = 32
"""How many recordings of one function are kept, each for arguments of other shapes."""


class CompiledFunction:
    """What ``compile`` makes of a function of numbers: it is recorded once and runs on arrays.

    An array is a batch, one sample for each entry along its first axis, and gives as many results; lists, numbers
    and the arguments named in ``shared`` are the same for every sample. So are recorded Values that the function reads
    besides its arguments: every call reads their current ``data``. Threads can share it, and signal handlers use it.
    Called with recorded Values it is the function itself, so that it can be part of another one.

    Raises ValueError where ``shared`` names no parameter of the function.

    >>> import numpy as np
    >>> from autograd import compile
    >>> f = compile(lambda x, w: w * x * x)
    >>> f(np.array([1.0, 2.0]), 3.0)
    array([ 3., 12.])
    >>> f.value_and_grad(np.array([1.0, 2.0]), 3.0)
    (array([ 3., 12.]), (array([ 6., 12.]), 5.0))
    """

    def __init__(self, function: Function, shared: Sequence[str], target: str, has_aux: bool = False) -> None:
        self.function = function
        self._shared = set(shared)
        self.target = target
        self.has_aux = has_aux
        self._recordings = Recent[Recording](KERNELS)
        self._direct: dict[Any, tuple[Kernel, Callable[..., Any]]] = {}
        self._latest: Kernel | None = None
        self.__name__ = identifier(getattr(function, "__name__", "")) or "f"
        self.__doc__ = function.__doc__
        self._signature = inspect.signature(function)
        kinds = {parameter.kind: name for name, parameter in self._signature.parameters.items()}
        self._variadic = kinds.get(inspect.Parameter.VAR_POSITIONAL)
        unknown = self._shared - set(self._signature.parameters)
        if unknown:
            raise ValueError(f"shared names {sorted(unknown)[0]!r}, which is no parameter of the function")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The value: an array with one for every sample, or a float if no argument is a batch."""
        try:
            return self._run(False, arguments, named)
        except AlreadyRecorded:
            if not any(isinstance(number, Node) for number in flatten([*arguments, *named.values()])):
                raise  # of a call inside
            return self.function(*arguments, **named)

    def value_and_grad(self, *arguments: Any, **named: Any) -> tuple[Any, Any]:
        """The value, and the partial derivative with respect to every argument, in its form.

        For an argument that is the same for every sample, it is the sum over the samples.
        """
        return self._run(True, arguments, named)  # type: ignore[no-any-return]

    def step(self, *arguments: Any, **named: Any) -> Any:
        """The value; sets ``grad`` of the Values that the function read to the derivative, summed over the samples.

        An interrupt finds all of them set, or none.
        """
        call = self._taken(arguments, named)
        results = call.results(gradient=True)
        surely(partial(call.write, results))
        return call.value(results)

    def bind(self, *arguments: Any) -> Bound:
        """The function for arguments like these, with the Values that it reads held in arrays, for this thread."""
        kernel = self._taken(arguments, {}).recording.kernel

        def eagerly(batch: Sequence[Any]) -> Results:
            again = self._taken(batch, {})
            found = again.eagerly(gradient=True)
            return Results(found.value, found.aux, again.of_stores(found))

        return Bound(kernel, eagerly)

    def record(self, *arguments: Any) -> None:
        """Record the function for arguments like these without running it: then ``source`` is the text for them."""
        self._taken(arguments, {})

    @property
    def source(self) -> str:
        """The Python text of the value and its derivatives, for arguments like those of the latest call.

        It is a function of the arguments, of the Values that the function reads, and of the ``constants``.

        Raises ValueError where there was no call yet and the function cannot be recorded with plain numbers.
        """
        return self._printed().text

    @property
    def constants(self) -> dict[str, np.ndarray]:
        """The constants of more than a dozen numbers, which the function in ``source`` takes as its last arguments.

        >>> from autograd import compile, dot
        >>> f = compile(lambda x: dot(x, [k * k for k in range(20)]), shared=["x"])
        >>> namespace = {}
        >>> f.record([1.0] * 20)
        >>> exec(f.source, namespace)
        >>> float(namespace["value_and_grad"](np.ones(20), **f.constants)[0])
        2470.0
        """
        return self._printed().constants

    def _printed(self) -> Source:
        if self._latest is None:
            try:
                self.record(*[1.0] * len(self._signature.parameters))
            except Exception as error:
                raise ValueError(
                    "the function has not been recorded yet: call it once, and ask for its source then"
                ) from error
        assert self._latest is not None
        return self._latest.source

    def _run(self, gradient: bool, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A direct way, if one was found for arguments of these types; else the way for all."""
        key = (gradient, *map(type, arguments))
        if not named and (known := self._direct.get(key)):
            self._latest, run = known
            try:
                return run(*arguments)
            except (Troubled, *FAILED):
                pass
        call = self._taken(arguments, named)
        results = call.results(gradient)
        if not named and key not in self._direct and (found := call.direct(gradient, arguments)):
            self._direct[key] = call.recording.kernel, found
        return call.value_and_grad(results) if gradient else call.value(results)

    def _taken(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> Call:
        """The arguments, taken apart, and what was recorded for others like them."""
        entries: list[Entry] = []
        parts: list[Structure] = []
        for name, given in bound(self._signature, arguments, named).arguments.items():
            shared = name in self._shared
            if name == self._variadic:
                parts += [structure(each, f"{name}_{i}", shared, entries) for i, each in enumerate(given)]
            else:
                parts.append(structure(given, name, shared, entries))
        call = Call(self, parts, entries)
        call.recording = self._recordings.get(tuple(map(signature, parts)), call.record)
        self._latest = call.recording.kernel
        call.check_places()
        return call
