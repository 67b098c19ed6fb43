"""Derivatives of functions: grad, value_and_grad, jacobian, hessian and jvp, to any order, nested.

A function may take numbers, or nested lists, tuples and NumPy arrays of them; a derivative has the
same structure. Plain numbers in give plain numbers out, unless the function depends on recorded
numbers of its own: then the derivative is a recorded number too, and can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograd import operations as table
from autograd.errors import DerivativeError, OperationError, RangeError
from autograd.graph import adjoints, rule_at, topological_order
from autograd.graph import tangents as swept_tangents
from autograd.number import Number
from autograd.operation import real_number
from autograd.sweep import gradient_apart, read_data, read_partial
from autograd.symbol import Symbol, symbolic
from autograd.value import Value, make_constants

Function = Callable[..., Any]
PLAIN = frozenset([float, int])


def grad(function: Function, argnums: int | Sequence[int] | None = None) -> Function:
    """The gradient of a function that returns one number: a function of the same arguments.

    It gives the partial derivative with respect to each argument: alone for one argument, in a tuple for several. The
    arguments are numbers, or lists, tuples and arrays of them, and each derivative has the structure of its argument.
    ``argnums``, a position or a sequence of them, picks the arguments to differentiate by, as in JAX.

    A call raises DerivativeError where a derivative does not exist, another OperationError where the function has no
    value, TypeError where it does not return one number, and ValueError for an argument that ``argnums`` names but
    the call does not have.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(lambda x, y, z: (x + y) / z)(3, 2, 1)
    (1.0, 1.0, -5.0)
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """

    def gradient(*arguments: Any) -> Any:
        return value_and_grad(function, argnums)(*arguments)[1]

    return gradient


def value_and_grad(function: Function, argnums: int | Sequence[int] | None = None) -> Function:
    """Like ``grad``, with the function's own result first; ``function``, ``argnums`` and the errors are as there.

    >>> value_and_grad(lambda x, y: x * y)(2.0, 5.0)
    (10.0, (5.0, 2.0))
    """

    def both(*arguments: Any) -> tuple[Any, Any]:
        inputs = _Inputs(function, arguments, argnums)
        try:
            return inputs.value_and_derivative(function(*inputs.arguments))
        finally:
            inputs.close()

    return both


def jacobian(function: Function, argnums: int | Sequence[int] | None = None) -> Function:
    """The gradient of every number that a function returns, in the structure of its result.

    ``function`` may return a number, or lists, tuples and arrays of them; of an array of shape m, differentiated by an
    array of shape n, the result is an array of shape m + n. ``argnums`` and the errors are those of ``grad``.

    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 5.0)
    [(5.0, 2.0), (1.0, 1.0)]
    """

    def rows(*arguments: Any) -> Any:
        inputs = _Inputs(function, arguments, argnums)
        try:
            output = function(*inputs.arguments)
            found = [inputs.derivative(number) for number in flatten(output)]
        finally:
            inputs.close()
        if _is_array(output) and found and _is_array(found[0]):
            return _stacked(found).reshape(output.shape + found[0].shape)
        return rebuild(output, iter(found))

    return rows


def hessian(function: Function, argnums: int | Sequence[int] | None = None) -> Function:
    """The second partial derivatives of a function that returns one number: the jacobian of its gradient.

    ``function``, ``argnums`` and the errors are those of ``grad``. Row i, column j is the derivative by argument i,
    then by argument j.

    >>> hessian(lambda x, y: x**2 * y)(2.0, 5.0)
    ((10.0, 4.0), (4.0, 0.0))
    """
    return jacobian(grad(function, argnums), argnums)


def jvp(function: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The function's result at the primals, and its derivative along the tangents, in forward mode.

    ``primals`` are the arguments, in a tuple or list, and ``tangents`` a number for each of theirs: the direction.
    Raises ValueError where the two differ in how many numbers they have, and OperationError as ``grad`` does.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.5))
    (10.0, 6.0)
    """
    if not isinstance(primals, list | tuple) or not isinstance(tangents, list | tuple):
        raise TypeError("jvp takes the primals and the tangents as two tuples, one entry for each argument")
    directions = [d if isinstance(d, Number) else real_number(d) for d in flatten(tuple(tangents))]
    if len(directions) != len(list(flatten(tuple(primals)))):
        raise ValueError("jvp takes as many numbers in tangents as in primals")
    inputs = _Inputs(function, primals, None)
    try:
        output = function(*inputs.arguments)
        along = dict(zip(inputs.nodes, directions, strict=True))
        results = [inputs.derivative_along(along, number) for number in flatten(output)]
        return inputs.plain(output), rebuild(output, iter(results))
    finally:
        inputs.close()


def partial_derivatives(output: Value, inputs: Sequence[Value]) -> tuple[Value, ...]:
    """The partial derivatives of a recorded output, as recorded numbers: draw them, differentiate them again.

    ``inputs`` is a list of Values, leaves or inner nodes; one that the ``output`` does not depend on has derivative 0.
    Unlike ``backward()`` this leaves every ``grad`` alone. Raises DerivativeError where a derivative does not exist,
    and ValueError where the ``data`` of a leaf has changed since the output was recorded.

    >>> x = Value(2.0, label="x")
    >>> (first,) = partial_derivatives(x**3, [x])
    >>> (second,) = partial_derivatives(first, [x])
    >>> first.data, second.data
    (12.0, 12.0)
    """
    _require_values("partial_derivatives", output, inputs)
    found = adjoints(topological_order(output), inputs, _recorded_partial)
    return tuple(_as_value(found.get(node, 0.0)) for node in inputs)


def derivative_formulas(output: Value, inputs: Sequence[Value]) -> tuple[Symbol, ...]:
    """The partial derivatives of a recorded output as formulas over the labels of its leaves.

    ``inputs`` is a list of Values in the graph of the ``output``. A leaf without a label is written as its number.

    >>> x, y = Value(2.0, label="x"), Value(1.0, label="y")
    >>> print(*derivative_formulas((x + y) / y, [x, y]), sep=", ")
    1 / y, 1 / y - (x + y) / y ** 2
    """
    _require_values("derivative_formulas", output, inputs)
    order = topological_order(output)
    symbols: dict[Any, Any] = {}
    for node in order:
        operands = [symbols[parent] for parent in node.parents]
        leaf = Symbol(node.label) if node.label else symbolic(node.data)
        symbols[node] = leaf if node.operation is None else node.operation(*operands)
    found = adjoints(order, inputs, lambda node, operand: rule_at(node, operand, symbols.__getitem__))
    return tuple(symbolic(found.get(node, 0.0)) for node in inputs)


def partials_or_errors(output: Value, inputs: Sequence[Value]) -> list[float | DerivativeError]:
    """The partial derivatives of a recorded output, each as a number or as the reason why there is none."""
    order = topological_order(output)
    results: list[float | DerivativeError] = []
    for node in inputs:
        try:
            results.append(adjoints(order, [node], _stored_partial).get(node, 0.0))
        except DerivativeError as error:
            results.append(error)
    return results


def _require_values(name: str, output: object, inputs: object) -> None:
    if isinstance(inputs, Value) or not isinstance(inputs, Sequence):
        raise TypeError(f"{name} takes the inputs as a list, as in {name}(f, [x, y])")
    for node in (output, *inputs):
        if not isinstance(node, Value):
            raise TypeError(f"{name} takes recorded Values, got {type(node).__name__}")


def _as_value(number: Any) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _positions(argnums: int | Sequence[int] | None, count: int) -> list[int]:
    chosen = range(count) if argnums is None else [argnums] if isinstance(argnums, int) else list(argnums)
    for i in chosen:
        if not isinstance(i, int):
            raise TypeError(f"argnums is an int or a sequence of ints, not {argnums!r}")
        if not -count <= i < count:
            raise ValueError(f"argnums names argument {i}, but the function was called with {count}")
    positions = [i % count for i in chosen]
    if len(set(positions)) < len(positions):
        raise ValueError(f"argnums names an argument twice: {argnums!r}")
    return positions


class _Inputs:
    """The arguments of one call, each number replaced by a fresh node to differentiate by."""

    def __init__(self, function: Function, arguments: Sequence[Any], argnums: int | Sequence[int] | None) -> None:
        if not callable(function):
            raise TypeError(f"a function is differentiated, not {type(function).__name__} {function!r:.40}")
        self.outside = False  # whether an argument belongs to a graph already
        self.symbolic = False
        self.nodes: list[Any]
        self.structure: Sequence[Any] = arguments
        self.single = len(arguments) == 1
        self.plain_numbers = argnums is None and PLAIN.issuperset(map(type, arguments))
        if self.plain_numbers:
            self.nodes = self.arguments = list(map(Value, arguments))
        else:
            self._take_apart(arguments, argnums)

    def _take_apart(self, arguments: Sequence[Any], argnums: int | Sequence[int] | None) -> None:
        positions = _positions(argnums, len(arguments))
        self.structure = [arguments[i] for i in positions]
        self.single = isinstance(argnums, int) or (argnums is None and self.single)
        self.symbolic = any(isinstance(number, Symbol) for number in flatten(tuple(arguments)))
        numbers = list(flatten(self.structure))
        self.outside = any(isinstance(number, Number) for number in numbers) or (self.symbolic and bool(numbers))
        self.nodes = list(map(self._fresh, numbers))
        self.arguments = list(arguments)
        fresh = iter(self.nodes)
        for i in positions:
            self.arguments[i] = rebuild(arguments[i], fresh)

    def _fresh(self, number: Any) -> Number:
        # A node of its own even for the same number: nested derivatives must not mix their variables up.
        if self.symbolic:
            number = symbolic(number)
        node: Number = table.pos(number) if isinstance(number, Number) else Value(number)
        return node

    def close(self) -> None:
        """The call is over: to an outer derivative, what were plain numbers are constants."""
        make_constants(self.nodes)

    def recorded(self, order: Sequence[Any]) -> bool:
        """Whether a derivative over this graph is to be a recorded number."""
        if self.outside:
            return True
        own = set(self.nodes)
        return any(node.first is None and node not in own and not node.is_constant for node in order)

    def value_and_derivative(self, output: Any) -> tuple[Any, Any]:
        """The result of the function, and its partial derivatives in the structure of the arguments."""
        if self.plain_numbers and type(output) is Value:
            gradient = gradient_apart(output, self.nodes)
            if gradient is not None:  # all is said by plain numbers
                return read_data([output])[0], gradient[0] if self.single else tuple(gradient)
        return self.plain(output), self.derivative(output)

    def derivative(self, output: Any) -> Any:
        """The partial derivatives of one number of the result, in the structure of the arguments."""
        partials = self._partials(output)
        if self.symbolic:
            partials = map(symbolic, partials)
        numbers = iter(partials)
        parts = [rebuild(argument, numbers) for argument in self.structure]
        return parts[0] if self.single else tuple(parts)

    def _partials(self, output: Any) -> Iterable[Any]:
        if isinstance(output, bool) or not isinstance(output, int | float | Number):
            raise TypeError(f"a function to differentiate returns one number, not {type(output).__name__}")
        if not isinstance(output, Number):
            return [0.0] * len(self.nodes)
        gradient = None if self.outside else gradient_apart(output, self.nodes)
        if gradient is not None:
            return gradient
        order = topological_order(output)
        found = adjoints(order, self.nodes, _recorded_partial if self.recorded(order) else _stored_partial)
        return [found.get(node, 0.0) for node in self.nodes]

    def derivative_along(self, directions: dict[Any, Any], output: Any) -> Any:
        """The derivative of one number of the result along given directions of the arguments."""
        if not isinstance(output, Number):
            return 0.0
        order = topological_order(output)
        recorded = self.recorded(order) or any(isinstance(d, Number) for d in directions.values())
        return swept_tangents(order, directions, _recorded_partial if recorded else _stored_partial).get(output, 0.0)

    def plain(self, output: Any) -> Any:
        """The result of the function: as recorded, or its data where only plain numbers came in."""

        def number(node: Any) -> Any:
            if not isinstance(node, Value) or self.recorded(topological_order(node)):
                return node
            return read_data([node])[0]

        return rebuild(output, map(number, flatten(output)))


def _stored_partial(node: Value, operand: int) -> float:
    partial = read_partial(node, operand)
    if not math.isfinite(partial):
        raise _no_derivative(node, operand)
    return partial


def _recorded_partial(node: Any, operand: int) -> Any:
    try:
        partial = rule_at(node, operand)
    except RangeError:
        raise
    except OperationError:
        raise _no_derivative(node, operand) from None
    if isinstance(node, Value):
        stored = read_partial(node, operand)
        now = read_data([partial])[0] if isinstance(partial, Value) else partial
        if now != stored and not math.isnan(stored):
            raise ValueError(
                f"the data of a leaf has changed since {node.operation} was recorded "
                f"(its derivative was {stored!r} and would now be {now!r}): record the output again"
            )
    return partial


def _no_derivative(node: Any, operand: int) -> DerivativeError:
    numbers = read_data(list(node.parents))
    which = f"operand {operand + 1} ({numbers[operand]!r})"
    return DerivativeError(
        f"{node.operation.at(*numbers)} has no finite derivative with respect to {which}", node.operation, numbers
    )


def _is_array(structure: Any) -> bool:
    return hasattr(structure, "__array__") and getattr(structure, "ndim", 0) > 0


def _stacked(arrays: list[Any]) -> Any:
    import numpy as np

    return np.stack(arrays)


def flatten(structure: Any) -> Iterator[Any]:
    """The numbers of nested lists, tuples and arrays, from left to right."""
    if _is_array(structure):
        yield from structure.flat
    elif isinstance(structure, list | tuple):
        for part in structure:
            yield from flatten(part)
    else:
        yield structure


def rebuild(structure: Any, numbers: Iterator[Any]) -> Any:
    """The same nesting with other numbers."""
    if _is_array(structure):
        array = structure.astype(object)
        array.flat[:] = [next(numbers) for _ in range(array.size)]
        plain = all(isinstance(number, float) for number in array.flat)
        return array.astype(float) if plain else array
    if isinstance(structure, list | tuple):
        return type(structure)([rebuild(part, numbers) for part in structure])
    return next(numbers)
