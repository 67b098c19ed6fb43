"""Value: a recorded number, and the backward pass over the graph that it is part of."""

from __future__ import annotations

import math
import operator
import threading
import weakref
from collections.abc import Callable
from typing import Any, Final

from autograd import operations as table
from autograd.graph import leaves_and_inner, topological_order
from autograd.number import Number, operate
from autograd.operation import (
    CONSTANT,
    FUNCTION,
    LEAF,
    Node,
    Operation,
    Origin,
    constructor,
    real_number,
    refuse_subclass,
)
from autograd.recorder import RECORDER, asked, origin_here
from autograd.sweep import show_adjoints, swept_apart, swept_in_place
from autograd.undefined import defined_adjoints

try:
    import cython
except ImportError:
    from autograd import plain as cython

LONGEST = 250  # links of a chain that are freed by recursion
# These have types where they are compiled, which names that are imported have not.
_recorder: Final = RECORDER
_CONSTANT: Final = CONSTANT
_ADD: Final = table.add.origin
_SUBTRACT: Final = table.subtract.origin
_MULTIPLY: Final = table.multiply.origin
_DIVIDE: Final = table.divide.origin
_NEG: Final = table.neg.origin


def _made_of(data: object, label: str = "") -> None:
    """What a Value is made of."""


@cython.no_gc
@cython.cclass
class Value(Number):
    """A real number that remembers how it was computed.

    ``data`` is the number, ``grad`` the partial derivative with respect to it of the output that ``backward()`` was
    called on (for a leaf, the sum over all such calls), ``label`` a name for pictures and messages. Arithmetic on a
    Value records a new one. ``data`` may be an int, a float, a Fraction or a scalar of NumPy; anything else is a
    TypeError.

    >>> x = Value(3.0, label="x")
    >>> f = x * x + 1
    >>> f.backward()
    >>> f.data, x.grad
    (10.0, 6.0)
    """

    __slots__ = ("_data", "_first_partial", "_grad", "_second_partial")
    _data: float
    _grad: float
    # A leaf has no local derivatives: it keeps what pictures say of its past in their place.
    _first_partial: float
    _second_partial: float

    __signature__ = constructor(_made_of)
    __init_subclass__ = refuse_subclass

    # Any, not str: compiled, a parameter that is a str takes no subclass, and has no sentence for what is none.
    def __init__(self, data: object, label: Any = "", _op: object = None, _children: object = None) -> None:
        if type(label) is not str or _op is not None or _children is not None:
            label = _checked_label(label, _op, _children)
        self.origin = Origin(None, label, "") if label else LEAF
        self.first = None
        self.second = None
        self._data = real_number(data)
        self._grad = 0.0
        self._first_partial = math.nan  # no earlier number
        self._second_partial = 0.0

    @property
    def data(self) -> float:
        """The number itself. Changing it affects what is recorded from now on."""
        if _recorder.watches:
            asked("data")
        return self._data

    @data.setter
    def data(self, data: object) -> None:
        if isinstance(data, Value):
            raise TypeError(
                "data is a plain number, not a Value: update with numbers, as in p.data -= 0.1 * p.grad, or take the "
                "number of a Value, v.data"
            )
        number = real_number(data)
        if self.first is None:
            self._first_partial = self._data
        self._data = number

    @property
    def grad(self) -> float:
        """The partial derivative of the output with respect to this number, after ``backward()``."""
        if _recorder.watches:
            asked("grad")
        return self._grad

    @grad.setter
    def grad(self, grad: object) -> None:
        self._grad = real_number(grad)
        if self.first is None:
            self._second_partial = 0.0

    @property
    def label(self) -> str:
        """A name for pictures, formulas and messages; empty if there is none."""
        return self.origin.label

    @label.setter
    def label(self, label: Any) -> None:
        self.origin = Origin(self.origin.operation, _checked_label(label), self.origin.line)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local partial derivatives with respect to the parents, as they were when this was recorded.

        >>> (Value(2.0) * Value(5.0)).partials
        (5.0, 2.0)
        """
        if _recorder.watches:
            asked("partials")
        return (self._first_partial, self._second_partial)[: len(self.parents)]

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

    def backward(self) -> None:
        """Sweep from this output to the leaves, and add its partial derivatives to their ``grad``.

        Inner nodes show this call's adjoint. Raises DerivativeError, leaving the leaves as they were,
        where a derivative that is needed does not exist. An interrupt leaves all gradients or none.
        """
        if cython.compiled and swept_in_place(self):
            return
        leaves, inner, zeros = leaves_and_inner(self)
        wanted = [leaf for leaf in leaves if leaf.origin is not _CONSTANT]
        found = None if cython.compiled else swept_apart(self, inner, zeros)
        if found is None or not all(map(math.isfinite, map(found.__getitem__, wanted))):
            found = defined_adjoints(leaves + inner, wanted)
        show_adjoints(inner, wanted, found)

    def apply(self, operation: Operation, x: object, y: object = None) -> Any:
        """Record an operation on one or two operands, with its local partial derivatives.

        A derivative that does not exist is recorded as NaN: it matters only to those who ask for it.
        """
        origin = origin_here(operation) if _recorder.lines else operation.origin
        first: Value = as_constant(x)
        a: Any = first._data
        if operation.arity == 1:
            out = operation.evaluate(a)
            return _node(origin, first, None, operation.derivative(False, out, a), 0.0, out)
        second: Value = as_constant(y)
        b: Any = second._data
        out = operation.evaluate(a, b)
        first_partial = 0.0 if first.origin is _CONSTANT else operation.derivative(False, out, a, b)
        second_partial = 0.0 if second.origin is _CONSTANT else operation.derivative(True, out, a, b)
        return _node(origin, first, second, first_partial, second_partial, out)

    def as_number(self) -> float | None:
        """The number that this is, if it is a constant."""
        return self._data if self.origin is _CONSTANT else None

    def item(self) -> float:
        """The plain number, as NumPy and torch call it: the same as ``data``."""
        return self.data

    def detach(self) -> Value:
        """A constant of the same number: nothing that is computed from it has a derivative with respect to this.

        >>> x = Value(3.0)
        >>> (x * x.detach()).backward()
        >>> x.grad
        3.0
        """
        return as_constant(self.data)

    # What programs written for micrograd read.

    @property
    def _prev(self) -> set[Value]:
        return set(self.parents)

    @property
    def _children(self) -> tuple[Value, ...]:
        return self.parents

    @property
    def _op(self) -> str:
        operation = self.origin.operation
        if operation is None:
            return ""
        return operation.name if operation.precedence == FUNCTION else operation.notation.replace("{}", "").strip()

    # The one repetition of the table: the commonest operations, with their partial derivatives inline.

    def __add__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            right: Value = other
            out = self._data + right._data
            if out - out == 0.0:
                return _node(_ADD, self, right, 1.0, 1.0, out)
        if type(other) is float or type(other) is int:
            return self + as_constant(other)
        return operate(table.add, self, other)

    def __sub__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            right: Value = other
            out = self._data - right._data
            if out - out == 0.0:
                return _node(_SUBTRACT, self, right, 1.0, -1.0, out)
        if type(other) is float or type(other) is int:
            return self - as_constant(other)
        return operate(table.subtract, self, other)

    def __mul__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            right: Value = other
            out = self._data * right._data
            if out - out == 0.0:
                return _node(_MULTIPLY, self, right, right._data, self._data, out)
        if type(other) is float or type(other) is int:
            return self * as_constant(other)
        return operate(table.multiply, self, other)

    def __truediv__(self, other: object) -> Any:
        if isinstance(other, Value) and not _recorder.lines:
            right: Value = other
            if right._data != 0.0:
                out = self._data / right._data
                if out - out == 0.0:
                    return _node(_DIVIDE, self, right, 1.0 / right._data, -out / right._data, out)
        if type(other) is float or type(other) is int:
            return self / as_constant(other)
        return operate(table.divide, self, other)

    def __neg__(self) -> Any:
        if not _recorder.lines:
            return _node(_NEG, self, None, -1.0, 0.0, -self._data)
        return self.apply(table.neg, self)

    # Comparisons are about the data; == and hash about identity, as Python's own.

    def __lt__(self, other: object) -> Any:
        return _compare(operator.lt, self, other)

    def __le__(self, other: object) -> Any:
        return _compare(operator.le, self, other)

    def __gt__(self, other: object) -> Any:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: object) -> Any:
        return _compare(operator.ge, self, other)

    def __eq__(self, other: object) -> bool:
        if _recorder.watches:
            asked("comparison")
        return True if self is other else NotImplemented

    def __hash__(self) -> int:
        return id(self) >> 4  # as object.__hash__, which takes longer from here

    def __bool__(self) -> bool:
        if _recorder.watches:
            asked("__bool__")
        raise TypeError(
            "a Value has no truth value: compare its .data, or record the choice with where(greater(x, y), a, b)"
        )

    def __float__(self) -> float:
        if _recorder.watches:
            asked("__float__")
        raise TypeError(
            "float() would cut the graph: use .data for the plain number, or a function that records, "
            "such as autograd.exp for math.exp"
        )

    def __int__(self) -> int:
        if _recorder.watches:
            asked("__int__")
        raise TypeError("int() would cut the graph: use int(v.data) for the plain number")

    def __format__(self, specification: str) -> str:
        if not specification:
            return repr(self)
        if _recorder.watches:
            asked("__format__")
        return format(self._data, specification)

    def __repr__(self) -> str:
        name = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self._grad}{name})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), **_display.rich(self)}

    def show(self) -> None:
        """Show the picture of the graph: in a notebook there, elsewhere in a browser."""
        _display.show(self)

    def __copy__(self) -> Value:
        return _twin(self, self.first, self.second)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in topological_order(self):
            if id(node) not in memo:
                parents = [memo[id(parent)] for parent in node.parents]
                memo[id(node)] = _twin(node, *parents)
        copy: Value = memo[id(self)]
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        ancestors: list[Value] = []
        end = _EndOfAncestors()
        if self.first is not None and _pickling() is None:
            # Written first, each ancestor finds its parents written already: the pickler never recurses.
            ancestors = topological_order(self)[:-1]
            _thread.pickling = weakref.ref(end)
        origin = self.origin
        return _restore, (
            (ancestors, end) if ancestors else None,
            None if origin is _CONSTANT else (origin.operation, origin.label, origin.line),
            (self._data, self._grad, self._first_partial, self._second_partial),
            self.first,
            self.second,
        )


if not cython.compiled:  # plain, a __hash__ in Python would make every dictionary of nodes five times slower
    setattr(Value, "__hash__", object.__hash__)  # noqa: B010


def _node(
    origin: Origin, first: Value | None, second: Value | None, first_partial: float, second_partial: float, data: float
) -> Value:
    """A node with everything that it has."""
    node: Value = Value.__new__(Value)
    node.origin = origin
    node.first = first
    node.second = second
    node._data = data
    node._grad = 0.0
    node._first_partial = first_partial
    node._second_partial = second_partial
    if cython.compiled and first is not None:
        links = 1 + (first.links if second is None or first.links > second.links else second.links)
        node.links = 0 if links == LONGEST else links  # type: ignore[misc]
    return node


def as_constant(operand: object) -> Value:
    """The ``operand`` as a node: a plain number becomes one that collects no gradient, a Value stays as it is.

    Raises TypeError for what is no real number.

    >>> two = as_constant(2)
    >>> two.data, two.is_constant
    (2.0, True)
    """
    if isinstance(operand, Value):
        return operand
    if isinstance(operand, Node):
        raise TypeError("a Symbol and a Value do not mix: compute with one kind of number")
    return _node(_CONSTANT, None, None, math.nan, 0.0, real_number(operand))


def make_constants(nodes: list[Any]) -> None:
    """Let the Values among them that are leaves collect no gradient from now on."""
    for node in nodes:
        if isinstance(node, Value):
            leaf: Value = node
            if leaf.first is None:
                leaf.origin = _CONSTANT


def _twin(node: Value, first: Any = None, second: Any = None) -> Value:
    twin: Value = _node(node.origin, first, second, node._first_partial, node._second_partial, node._data)
    twin._grad = node._grad
    return twin


def _checked_label(label: object, *of_micrograd: object) -> str:
    """The label as a plain str, whatever a subclass of it holds."""
    if isinstance(label, tuple | list | set | frozenset) or any(part is not None for part in of_micrograd):
        raise TypeError(
            "a Value takes a number and a label: arithmetic itself records which operands it was computed from; for "
            "a function of your own, compute with Values, or make an Operation with its partial derivatives"
        )
    if not isinstance(label, str):
        raise TypeError(f"a label is a str, not {type(label).__name__}")
    return str.__str__(label)


def _compare(comparison: Callable[[float, float], bool], value: Value, other: object) -> Any:
    if _recorder.watches:
        asked("comparison")
    if isinstance(other, Value):
        right: Value = other
        return comparison(value._data, right._data)
    try:
        return comparison(value._data, real_number(other))
    except TypeError:
        return NotImplemented


# Pickling and showing --------------------------------------------------------------------


class _EndOfAncestors:
    """Follows the ancestors in a pickle: when the pickler comes to it, they have been written."""

    __slots__ = ("__weakref__",)

    def __reduce__(self) -> tuple[Any, ...]:
        _thread.pickling = None
        return _EndOfAncestors, ()


_thread = threading.local()


def _pickling() -> object:
    """What ends the ancestors that this thread is writing; None too if it failed to, and let go of them."""
    reference = getattr(_thread, "pickling", None)
    return None if reference is None else reference()


def _restore(
    ancestors: object,
    made: tuple[Operation | None, str, str] | None,
    numbers: tuple[float, ...],
    first: Value | None,
    second: Value | None,
) -> Value:
    """A Value from its pickle."""
    if made is None:
        origin = _CONSTANT
    elif made[1] or made[2]:
        origin = Origin(*made)
    else:
        origin = LEAF if made[0] is None else made[0].origin
    node: Value = _node(origin, first, second, numbers[2], numbers[3], numbers[0])
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
