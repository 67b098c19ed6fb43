"""An array program bound to buffers: NumPy calls that allocate nothing, run one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd import operations as table
from autograd.compiling.moving import gathered, masked, picked, placed, scattered
from autograd.compiling.multiplying import contracted, outer, reduced
from autograd.compiling.program import (
    Apply,
    Array,
    Assemble,
    Broadcast,
    Constant,
    Contract,
    Gather,
    Mask,
    Operand,
    Part,
    Pick,
    Reduce,
    Scatter,
    is_whole,
    positions_of,
    statements,
    used_as_bits,
    uses,
)
from autograd.compiling.targets import NumpyCall, in_numpys_functions, numpy_function
from autograd.compiling.unrolled import unrolled
from autograd.compiling.views import is_run, part_of
from autograd.floats import Troubled as Troubled
from autograd.floats import check_finite as check_finite
from autograd.floats import floating_point
from autograd.operation import Operation

# Statements whose results are written to buffers of their own.
OWN_MEMORY = Apply | Contract | Reduce | Assemble | Pick | Scatter | Mask


class Machine:
    """The results of a program for so many samples, in buffers that every run fills anew.

    ``inputs`` holds, for each input, the array that is read; its contents may change between runs. Those that are
    ``doubtful`` are checked before each run; the others are known to be finite.
    """

    def __init__(
        self,
        results: Sequence[Operand],
        inputs: Mapping[Array, np.ndarray],
        samples: int = 1,
        doubtful: Sequence[np.ndarray] = (),
    ) -> None:
        self.calls: list[NumpyCall] = [partial(check_finite, numbers) for numbers in doubtful]
        self.samples = samples
        self.buffers: dict[Array, np.ndarray] = dict(inputs)
        results = in_numpys_functions(unrolled(results))
        order = statements(results)
        self._uses = uses(order, results)
        self._targets: dict[Array, np.ndarray] = {}
        self._bits = used_as_bits(order, results)
        for array in order:
            if isinstance(array, Assemble):
                self._aim(array)
        for array in order:
            if array not in self.buffers:
                self.buffers[array] = self._bound(array)
        self.results = [np.asarray(self._operand(result)) for result in results]
        self._run: NumpyCall = partial(floating_point("raise").run, self._all)

    def run(self) -> list[np.ndarray]:
        """Fill the buffers; raises Troubled where a number overflows or an operation has no value."""
        try:
            self._run()
        except FloatingPointError:
            raise Troubled from None
        return self.results

    def _all(self) -> None:
        for call in self.calls:
            call()

    # Buffers ---------------------------------------------------------------------------------------

    def _full_shape(self, array: Array) -> tuple[int, ...]:
        return (self.samples, *array.shape) if array.batched else array.shape

    def _buffer(self, array: Array) -> np.ndarray:
        """Where the result of a statement goes: into an operand that nothing else needs, or memory of its own."""
        if array in self._targets:
            return self._targets[array]
        if isinstance(array, Apply) and array not in self._bits:
            for operand in array.arrays:
                mine = isinstance(operand, OWN_MEMORY) and operand not in self._bits and self._uses[operand] == 1
                if mine and self._full_shape(operand) == self._full_shape(array):
                    return self.buffers[operand]
        dtype = bool if array in self._bits else np.intp if is_whole(array) else float
        return np.empty(self._full_shape(array), dtype)

    def _aim(self, array: Assemble) -> None:
        """Let the parts of an assembled array be computed in their places."""
        positions = np.concatenate([positions_of(place) for place in array.places])
        if array.batched or not array.size == len(positions) == len(np.unique(positions)):
            return
        whole = np.empty(array.shape)
        flat = whole.reshape(-1)
        for part, place in zip(array.arrays, array.places, strict=True):
            run = positions_of(place)
            alone = isinstance(part, Apply | Contract | Reduce) and part not in self._bits and self._uses[part] == 1
            if alone and is_run(run):
                self._targets[part] = flat[run[0] : run[-1] + 1].reshape(part.shape)
        self._targets[array] = whole

    def _operand(self, operand: Operand) -> Any:
        return operand if isinstance(operand, float) else self.buffers[operand]

    # Statements ------------------------------------------------------------------------------------

    def _bound(self, array: Array) -> np.ndarray:
        """The buffer of a statement's result; what fills it is added to the calls."""
        operands = [self._operand(operand) for operand in array.operands]
        match array:
            case Constant(numbers=numbers):
                return numbers
            case Broadcast():
                return np.broadcast_to(operands[0], self._full_shape(array))
            case Part(view=view, batched=batched):
                part = part_of(operands[0], view, batched)
                if np.may_share_memory(operands[0], part):
                    return part
        out = self._buffer(array)
        self.calls += self._filling(array, operands, out)
        return out

    def _filling(self, array: Array, operands: list[Any], out: np.ndarray) -> list[NumpyCall]:
        """The calls that fill the buffer of a statement from those of its operands."""
        match array:
            case Apply(operation=operation):
                return _applied(operation, operands, out)
            case Contract():
                return contracted(array, operands, out)
            case Reduce():
                return reduced(array, operands[0], out)
            case Part(view=view, batched=batched):
                return [lambda: np.copyto(out, part_of(operands[0], view, batched))]
            case Gather():
                return gathered(array, operands[0], out)
            case Assemble():
                return self._assembled(array, out)
            case Pick():
                return picked(array, operands[0], operands[1], out)
            case Scatter():
                return scattered(array, operands[0], operands[1], out)
            case Mask():
                return masked(array, operands[0], out)
        raise NotImplementedError(type(array))

    def _assembled(self, array: Assemble, out: np.ndarray) -> list[NumpyCall]:
        flat = out.reshape(self.samples, -1) if array.batched else out.reshape(-1)
        covered = array in self._targets
        calls: list[NumpyCall] = [] if covered else [partial(flat.fill, 0.0)]
        for part, place in zip(array.arrays, array.places, strict=True):
            if not (part in self._targets and np.may_share_memory(self._targets[part], out)):
                source = np.broadcast_to(self.buffers[part], (*flat.shape[:-1], *part.shape))
                calls.append(placed(flat, positions_of(place), source, covered))
        return calls


def _applied(operation: Operation, operands: list[Any], out: np.ndarray) -> list[NumpyCall]:
    if operation is table.multiply and (calls := outer(operands, out)):  # a product of arrays can be one of matrices
        return calls
    function = numpy_function(operation)
    if isinstance(function, np.ufunc):
        return [partial(function, *operands, out=out)]
    return [lambda: np.copyto(out, function(*operands))]
