"""Value: a recorded number, and the backward pass over the graph that it is part of."""

from __future__ import annotations

import math
import operator
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, final

from autograd import operations as table
from autograd.errors import DerivativeError
from autograd.graph import CONSTANT, LEAF, adjoints, edges, leaves_and_inner, topological_order
from autograd.number import Number, operate
from autograd.operation import Operand, Operation, Origin, real_number

_ADD: Final = table.add.origin
_SUBTRACT: Final = table.subtract.origin
_MULTIPLY: Final = table.multiply.origin
_DIVIDE: Final = table.divide.origin
_NEG: Final = table.neg.origin

# Concurrent backward passes over shared nodes take turns, so that no update of a gradient is lost.
_sweeping: Final = threading.Lock()


class _Recorder:
    """Whether recording notes the user's line: an attribute, since every operation reads it."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines = 0


# Whether this thread is writing the ancestors of a pickled node: then they need not write their own.
_state = threading.local()
_recorder: Final = _Recorder()


@final
class Value(Number):
    """A real number that remembers how it was computed.

    ``data`` is the number, ``grad`` the partial derivative of the last output swept with respect to it
    (summed over the calls of ``backward()`` for leaves), ``label`` a name for pictures and messages.
    Arithmetic on a Value records a new one.

    >>> x = Value(3.0, label="x")
    >>> f = x * x + 1
    >>> f.backward()
    >>> f.data, x.grad
    (10.0, 6.0)
    """

    __slots__ = ("_data", "_first_partial", "_grad", "_second_partial")
    _data: float
    _grad: float
    _first_partial: float
    _second_partial: float

    # The underscored parameters are the engine's own; one constructor is faster than two classes.
    def __init__(
        self,
        data: object,
        label: str = "",
        _origin: Origin = LEAF,
        _first: Value | None = None,
        _second: Value | None = None,
        _first_partial: float = 0.0,
        _second_partial: float = 0.0,
        _data: float = 0.0,
    ) -> None:
        if _origin is LEAF:
            _data = real_number(data)
            _first_partial = math.nan  # no earlier number
        self._data = _data
        self._grad = 0.0
        self.mark = 0.0
        self.origin = _origin
        self.first = _first
        self.second = _second
        self._first_partial = _first_partial
        self._second_partial = _second_partial
        if label:
            self.label = label

    @property
    def data(self) -> float:
        """The number itself. Changing it affects what is recorded from now on."""
        return self._data

    @data.setter
    def data(self, data: object) -> None:
        number = real_number(data)
        if self.first is None:
            self._first_partial = self._data
        self._data = number

    @property
    def grad(self) -> float:
        """The partial derivative of the output with respect to this number, after ``backward()``."""
        return self._grad

    @grad.setter
    def grad(self, grad: object) -> None:
        self._grad = real_number(grad)
        if self.first is None:
            self._second_partial = 0.0

    # A leaf has no local derivatives: it keeps what pictures say of its past in their place.

    @property
    def previous(self) -> float | None:
        """The number that a leaf was before its ``data`` was last assigned; None if it never was.

        >>> x = Value(2.0)
        >>> x.data = 5.0
        >>> x.previous
        2.0
        """
        return None if self.first is not None or math.isnan(self._first_partial) else self._first_partial

    @property
    def passes(self) -> int:
        """How many backward passes a leaf's ``grad`` is the sum of, since it was last assigned.

        >>> x = Value(2.0)
        >>> for _ in range(2):
        ...     (3 * x).backward()
        >>> x.grad, x.passes
        (6.0, 2)
        """
        return int(self._second_partial) if self.first is None else 0

    @property
    def label(self) -> str:
        """A name for pictures, formulas and messages; empty if there is none."""
        return self.origin.label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a str, not {type(label).__name__}")
        self.origin = Origin(self.origin.operation, label, self.origin.line)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local partial derivatives with respect to the parents, as they were when this was recorded.

        >>> (Value(2.0) * Value(5.0)).partials
        (5.0, 2.0)
        """
        return (self._first_partial, self._second_partial)[: len(self.parents)]

    def backward(self) -> None:
        """Sweep from this output to the leaves, and add its partial derivatives to their ``grad``.

        Inner nodes show this call's adjoint. Raises DerivativeError, leaving the leaves as they were,
        where a derivative that is needed does not exist.
        """
        with _sweeping:
            nodes: tuple[list[Value], list[Value]] = leaves_and_inner(self)
            leaves, inner = nodes
            before = [leaf._grad for leaf in leaves]
            error: BaseException | None = None
            try:
                _sweep(self, leaves, inner)
                if not _all_finite(leaves):
                    wanted = [leaf for leaf in leaves if leaf.origin is not CONSTANT]
                    error = _sweep_carefully(leaves + inner, wanted)
            except BaseException as interruption:  # ctrl-C: half a gradient must not stay behind
                error = interruption
            for leaf, grad in zip(leaves, before, strict=True):
                leaf._grad = 0.0 if leaf.origin is CONSTANT else grad if error else grad + leaf._grad
                leaf._second_partial += 0.0 if error else 1.0
        if error:
            raise error

    def apply(self, operation: Operation, x: object, y: object = None) -> Value:
        """Record an operation on one or two operands, with its local partial derivatives.

        A derivative that does not exist is recorded as NaN: it matters only to those who ask for it.
        """
        first = as_constant(x)
        a: Any = first._data
        if operation.arity == 1:
            out = operation.evaluate(a)
            return Value(None, "", _origin(operation), first, None, operation.derivative(0, out, a), 0.0, out)
        second = as_constant(y)
        b: Any = second._data
        out = operation.evaluate(a, b)
        first_partial = 0.0 if first.origin is CONSTANT else operation.derivative(0, out, a, b)
        second_partial = 0.0 if second.origin is CONSTANT else operation.derivative(1, out, a, b)
        return Value(None, "", _origin(operation), first, second, first_partial, second_partial, out)

    def as_number(self) -> float | None:
        """The number that this is, if it is a constant."""
        return self._data if self.origin is CONSTANT else None

    # The one repetition of the table: the commonest operations, with their partial derivatives inline.

    def __add__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            out = self._data + other._data
            if out - out == 0.0:
                return Value(None, "", _ADD, self, other, 1.0, 1.0, out)
        if type(other) is float or type(other) is int:
            return self.__add__(as_constant(other))
        return operate(table.add, self, other)

    def __sub__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            out = self._data - other._data
            if out - out == 0.0:
                return Value(None, "", _SUBTRACT, self, other, 1.0, -1.0, out)
        if type(other) is float or type(other) is int:
            return self.__sub__(as_constant(other))
        return operate(table.subtract, self, other)

    def __mul__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            out = self._data * other._data
            if out - out == 0.0:
                return Value(None, "", _MULTIPLY, self, other, other._data, self._data, out)
        if type(other) is float or type(other) is int:
            return self.__mul__(as_constant(other))
        return operate(table.multiply, self, other)

    def __truediv__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines and other._data != 0.0:
            out = self._data / other._data
            if out - out == 0.0:
                return Value(None, "", _DIVIDE, self, other, 1.0 / other._data, -out / other._data, out)
        if type(other) is float or type(other) is int:
            return self.__truediv__(as_constant(other))
        return operate(table.divide, self, other)

    def __neg__(self) -> Any:
        if not _recorder.lines:
            return Value(None, "", _NEG, self, None, -1.0, 0.0, -self._data)
        return self.apply(table.neg, self)

    # Comparisons are about the data; == and hash, being Python's own, about identity.

    def __lt__(self, other: object) -> Any:
        return _compare(operator.lt, self, other)

    def __le__(self, other: object) -> Any:
        return _compare(operator.le, self, other)

    def __gt__(self, other: object) -> Any:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: object) -> Any:
        return _compare(operator.ge, self, other)

    def __bool__(self) -> bool:
        raise TypeError(
            "a Value has no truth value: compare its .data, or record the choice with where(greater(x, y), a, b)"
        )

    def __float__(self) -> float:
        raise TypeError(
            "float() would cut the graph: use .data for the plain number, or a function that records, "
            "such as autograd.exp for math.exp"
        )

    def __int__(self) -> int:
        raise TypeError("int() would cut the graph: use int(v.data) for the plain number")

    def __format__(self, specification: str) -> str:
        return format(self._data, specification) if specification else repr(self)

    def __repr__(self) -> str:
        name = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self._grad}{name})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), **_display.rich(self)}

    def show(self) -> None:
        """Show the picture of the graph: in a notebook there, elsewhere in a browser."""
        _display.show(self)

    def __copy__(self) -> Value:
        return self._like(self.first, self.second)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in topological_order(self):
            if id(node) not in memo:
                memo[id(node)] = node._like(*(memo[id(parent)] for parent in node.parents))
        copy: Value = memo[id(self)]
        return copy

    def _like(self, first: Any = None, second: Any = None) -> Value:
        twin = Value(self._data, "", self.origin, first, second, self._first_partial, self._second_partial, self._data)
        twin._grad = self._grad
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        ancestors: list[Value] = []
        if self.first is not None and not getattr(_state, "pickling", False):
            # Written first, each ancestor finds its parents written already: the pickler never recurses.
            _state.pickling = True
            ancestors = topological_order(self)[:-1]
        origin = self.origin
        return _restore, (
            (ancestors, _EndOfAncestors()) if ancestors else None,
            None if origin is CONSTANT else (origin.operation, origin.label, origin.line),
            (self._data, self._grad, self._first_partial, self._second_partial),
            self.first,
            self.second,
        )


# Compiled, a class with comparisons loses the hash by identity that Python's own == goes with.
setattr(Value, "__hash__", object.__hash__)  # noqa: B010


class _EndOfAncestors:
    """Follows the ancestors in a pickle: when the pickler comes to it, they have been written."""

    def __reduce__(self) -> tuple[Any, ...]:
        _state.pickling = False
        return _EndOfAncestors, ()


def _restore(
    ancestors: object,
    made: tuple[Operation | None, str, str] | None,
    numbers: tuple[float, float, float, float],
    first: Value | None,
    second: Value | None,
) -> Value:
    """A Value from its pickle."""
    if made is None:
        origin = CONSTANT
    elif made[1] or made[2]:
        origin = Origin(*made)
    else:
        origin = LEAF if made[0] is None else made[0].origin
    node = Value(numbers[0], "", origin, first, second, numbers[2], numbers[3], numbers[0])
    node._grad = numbers[1]
    return node


class _Display:
    """How notebooks show a Value; the drawing package, which stands above this module, fills it in."""

    def __init__(self) -> None:
        self.rich: Callable[[Value], dict[str, str]] = lambda value: {}
        self.show: Callable[[Value], None] = print


_display = _Display()


def show_values_with(rich: Callable[[Value], dict[str, str]], show: Callable[[Value], None]) -> None:
    """Let notebooks show every Value as what ``rich`` returns, text by media type; ``show`` is what its method does."""
    _display.rich = rich
    _display.show = show


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Note the line that records each operation, so that an error of the backward pass can name it.

    It makes recording about ten times slower. The name is torch's.

    >>> with detect_anomaly():
    ...     f = table.sqrt(Value(0.0, label="x"))
    >>> f.origin.line
    '<doctest autograd.value.detect_anomaly[0]>, line 2'
    """
    _recorder.lines += 1
    try:
        yield
    finally:
        _recorder.lines -= 1


def _user_line() -> str:
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).split(".")[0] in ("autograd", "nn"):
        if frame.f_code.co_filename.startswith("<doctest"):
            break
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


def _origin(operation: Operation) -> Origin:
    return Origin(operation, "", _user_line()) if _recorder.lines else operation.origin


def as_constant(operand: object) -> Value:
    """A plain number as a node that collects no gradient; a Value as it is."""
    if isinstance(operand, Value):
        return operand
    if isinstance(operand, Operand):
        raise TypeError("a Symbol and a Value do not mix: compute with one kind of number")
    return Value(None, "", CONSTANT, None, None, 0.0, 0.0, real_number(operand))


def read_data(values: list[Value]) -> list[float]:
    """The data of many Values at once: compiled, a loop here is several times faster than one outside."""
    return [value._data for value in values]


def write_grads(values: list[Value], grads: list[float]) -> None:
    """Set the gradients of many Values at once."""
    for i in range(len(values)):
        values[i]._grad = grads[i]


def write_data(values: list[Value], data: list[float]) -> None:
    """Set the data of many Values at once."""
    for i in range(len(values)):
        values[i]._data = data[i]


def _compare(comparison: Callable[[float, float], bool], value: Value, other: object) -> Any:
    if isinstance(other, Value):
        return comparison(value._data, other._data)
    try:
        return comparison(value._data, real_number(other))
    except TypeError:
        return NotImplemented


def _sweep(output: Value, leaves: list[Value], inner: list[Value]) -> None:
    """The chain rule, from the last node to the first: each adds adjoint · local derivative to its parents."""
    for node in leaves:
        node._grad = 0.0
    for node in inner:
        node._grad = 0.0
    output._grad = 1.0
    for node in reversed(inner):
        # A Value's parents are Values; compiled, the declaration is a cast, which costs plain Python nothing.
        first: Value = node.first  # type: ignore[assignment]
        first._grad += node._grad * node._first_partial
        second: Value | None = node.second  # type: ignore[assignment]
        if second is not None:
            second._grad += node._grad * node._second_partial


def _all_finite(leaves: list[Value]) -> bool:
    nothing = 0.0
    for leaf in leaves:
        nothing += leaf._grad - leaf._grad  # NaN if it is infinite or NaN
    return nothing == 0.0


def _sweep_carefully(order: Sequence[Value], leaves: Sequence[Value]) -> DerivativeError | None:
    """The sweep again, along those edges only whose derivative matters: a NaN times the 0 of a comparison is none.

    Returns the error to raise if a leaf's adjoint is not finite even so: it names the first edge on the
    way to that leaf that spoilt a finite adjoint.
    """
    found = adjoints(order, leaves, lambda node, operand: node.partials[operand])
    for node in order:
        node._grad = found.get(node, 0.0)
    undefined = [leaf for leaf in leaves if not math.isfinite(leaf._grad)]
    if not undefined:
        return None
    leaf = undefined[0]
    below = {leaf: _name(leaf)}  # every node that leads to the leaf, with the path from it
    for node in order:
        for _, parent in edges(node):
            if parent in below and node not in below:
                below[node] = _shorten(f"{_name(node)} → {below[parent]}")
    for node in reversed(order):
        for operand, parent in edges(node):
            spoilt = math.isfinite(node._grad) and not math.isfinite(node._grad * node.partials[operand])
            if spoilt and parent in below:
                return _derivative_error(node, parent, leaf, f"on the path {below[order[-1]]}")
    return _derivative_error(order[-1], leaf, leaf, "where a sum of its paths overflows")


def _derivative_error(node: Value, parent: Value, leaf: Value, where: str) -> DerivativeError:
    operation = node.operation
    assert operation is not None, "only recorded nodes have edges"
    numbers = [operand._data for operand in node.parents]
    line = f", recorded at {node.origin.line}" if node.origin.line else ""
    error = DerivativeError(
        f"{operation.at(*numbers)}{line} has no finite derivative with respect to {_name(parent)}, and the gradient "
        f"of {_name(leaf)} needs it, {where}",
        operation,
        numbers,
    )
    if not line:
        error.add_note("To see the line that recorded it, record inside `with detect_anomaly():`.")
    return error


def _name(node: Value) -> str:
    if node.label:
        return node.label
    if node.operation is None:
        return f"the leaf {node._data!r}"
    return node.operation.at(*(parent._data for parent in node.parents))


def _shorten(path: str) -> str:
    return path if len(path) < 300 else f"{path[:140]} … {path[-140:]}"
