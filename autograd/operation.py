"""What an operation is: how it reads, what it means, computes and differentiates."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any, Final, TypeVar, overload

from autograd.errors import DivisionByZeroError, DomainError, OperationError, RangeError, settle

try:
    import cython
except ImportError:
    from autograd import plain as cython

Rule = Callable[..., Any]


def zero(*numbers: Any) -> float:
    """The rule of an operand that changes the result in jumps only, or not at all: no edge to it is ever followed."""
    return 0.0


FUNCTION = 9  # the precedence of what is written as a function: higher than that of any operator


class Shown:
    """An attribute for ``help()`` and ``inspect``: given for the class, made on request for each instance.

    Compiled, a class does not know what its constructor takes, and keeps no docstring for each instance.
    """

    def __init__(self, of_class: Any) -> None:
        self.of_class = of_class
        self.of_instance: Callable[[Any], Any] | None = None

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None:
            return self.of_class() if callable(self.of_class) else self.of_class
        if self.of_instance is None:
            raise AttributeError
        return self.of_instance(instance)


def constructor(example: Callable[..., None]) -> Shown:
    """The signature of a class whose constructor takes what this function takes."""

    def signature() -> Any:
        import inspect  # only for those who ask

        return inspect.signature(example)

    return Shown(signature)


def _refuse_subclass(cls: type, /, **options: Any) -> None:
    if cls.__module__ == cls.__mro__[1].__module__:
        return  # the engine's own
    raise TypeError(
        f"{cls.__mro__[1].__name__} cannot be subclassed: write a function of Values, or a class that holds some"
    )


refuse_subclass: Any = classmethod(_refuse_subclass)


@cython.freelist(100_000)  # the next training step will want as many again
@cython.no_gc  # a Value's parents are older than itself: it is never part of a cycle
@cython.cclass
class Node:
    """What an operation can be applied to besides plain numbers: it has an origin, and at most two parents.

    Slots rather than a tuple of parents, which costs 56 bytes.
    """

    __slots__ = ("first", "origin", "second")
    origin: Origin
    first: Node | None
    second: Node | None
    # Of the compiled engine: the number of the last sweep that visited it; and its place in a chain, counted so that a
    # node with the number 0 puts its parents into a queue when it is freed, where the others free them recursively.
    mark: float
    links: int

    def __init__(self, origin: Origin, first: Node | None = None, second: Node | None = None) -> None:
        self.origin = origin
        self.first = first
        self.second = second

    def __dealloc__(self) -> None:  # of the compiled engine; plain Python frees deep chains without help
        if self.links == 0 and self.first is not None:
            _free_parents(self)

    def apply(self, operation: Operation, x: object, y: object = None) -> Any:
        """The operation on one or two operands, one of which is this one."""
        raise NotImplementedError

    def as_number(self) -> float | None:
        """The number that this is, if it is a constant."""
        return None

    @property
    def operation(self) -> Operation | None:
        """The operation that made this number; None for a leaf."""
        return self.origin.operation

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands that this number was computed from, in order."""
        if self.first is None:
            return ()
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def is_constant(self) -> bool:
        """Whether this is a plain number that met a recorded one, rather than a leaf of its own."""
        return self.origin is CONSTANT


_waiting: list[Node | None] = []
_freeing = False


def _free_parents(node: Node) -> None:
    """Compiled: let the parents wait for their turn, so that a chain of any length is freed without deep recursion."""
    global _freeing
    _waiting.append(node.first)
    _waiting.append(node.second)
    node.first = None
    node.second = None
    if not _freeing:
        _freeing = True
        while _waiting:
            _waiting.pop()
        _freeing = False


class _Probe(Node):
    """Answers arithmetic and operations with itself, and every question with TypeError.

    So it shows whether something that is written for floats runs on every kind of number.
    """

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(LEAF)

    def apply(self, operation: Operation, x: object, y: object = None) -> Any:
        return self

    def _itself(self, *others: object) -> Any:
        return self

    def _refuse(self, *others: object) -> Any:
        raise TypeError("it compares numbers, or asks for one")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = _itself
    __bool__ = __float__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = Node.__hash__


N = TypeVar("N", bound=Node)


def real_number(constant: object) -> float:
    """The float that a constant stands for.

    Accepted are int, float, Fraction, NumPy's real scalars and its 0-d arrays; anything else,
    bool included, is a TypeError, and an int that does not fit a float an OverflowError.

    >>> real_number(2)
    2.0
    """
    if type(constant) is float or type(constant) is int:
        return float(constant)  # without the search through abstract base classes
    if isinstance(constant, numbers.Real) and not isinstance(constant, bool):
        return float(constant)
    if getattr(constant, "ndim", None) == 0 and hasattr(constant, "item"):
        return real_number(constant.item())
    shown = repr(constant) if len(repr(constant)) <= 40 else repr(constant)[:37] + "..."
    raise TypeError(
        f"expected one real number (int, float, Fraction or NumPy scalar), got {type(constant).__name__}: {shown}"
    )


class Origin:
    """How a node came about: its operation (None for a leaf) and, where known, a label and the line.

    All unlabelled nodes of one operation share one origin, so that labels cost the others nothing.
    """

    __slots__ = ("label", "line", "operation")

    def __init__(self, operation: Operation | None, label: str = "", line: str = "") -> None:
        self.operation = operation
        self.label = label
        self.line = line


LEAF: Final = Origin(None)
CONSTANT: Final = Origin(None)


def _made_of(
    name: str,
    compute: Callable[..., Any],
    *partials: Rule,
    notation: str = "",
    precedence: int = FUNCTION,
    definition: str = "",
    domain: str = "",
    differentiable: str = "",
    meaning: str = "",
    edges: str = "",
    hint: str = "",
    default: float | None = None,
    expression: Rule | None = None,
    numpy: str = "",
    jax: str = "",
    branchless: Rule | None = None,
) -> None:
    """What an Operation is made of."""


_NOT_ARITHMETIC = (
    "its computation is more than arithmetic; say with numpy= which function of NumPy it is, or with branchless= how "
    "other operations give it"
)
_NOT_A_RULE = "a rule of it does not run on every kind of number; write it with operations of the table"
SIGNATURE: Final = constructor(_made_of)
DOCUMENTATION: Final = Shown("")


class Operation:
    """One entry of the table.

    ``name`` is what it is called, and ``compute`` its value as a function of one or two floats. ``partials`` are the
    rules for its partial derivatives, one for each operand: functions of the result and the operands. ``notation`` is
    how it reads as Python, with ``{}`` for each operand, and ``precedence`` how tightly that binds; ``default`` is a
    second operand that may be left out, and ``hint`` what to write instead of a call with too many. ``meaning`` says in
    a sentence what it gives, and ``edges`` what happens where its domain ends or its derivative does not exist;
    ``definition`` is the mathematics, over ``x`` and ``y`` and the functions of mathematics (the tests evaluate it with
    mpmath). It has a value where ``domain`` holds, and the derivative of calculus where ``differentiable`` holds too;
    elsewhere it raises an OperationError, or gives the subgradient that its rule states. An internal operation, which
    only rules use, has an ``expression``: the same number, written with the table's other operations. On arrays it is
    the function that ``numpy`` and ``jax`` name, else what ``branchless`` makes of other operations, else ``compute``,
    which has to be arithmetic then. The command ``chainrule operations`` lists them all.

    >>> cube = Operation("cube", lambda x: x**3, lambda out, x: 3.0 * x**2)
    >>> cube(2.0), cube.partials[0](8.0, 2.0)
    (8.0, 12.0)
    """

    DOCUMENTATION.of_class = __doc__
    __doc__ = DOCUMENTATION
    __signature__ = SIGNATURE
    __init_subclass__ = refuse_subclass
    __slots__ = (
        "arity",
        "branchless",
        "compute",
        "default",
        "definition",
        "differentiable",
        "domain",
        "edges",
        "expression",
        "hint",
        "jax",
        "meaning",
        "name",
        "notation",
        "numpy",
        "origin",
        "partials",
        "precedence",
    )

    def __init__(
        self,
        name: str,
        compute: Callable[..., Any],
        *partials: Rule,
        notation: str = "",
        precedence: int = FUNCTION,
        definition: str = "",
        domain: str = "",
        differentiable: str = "",
        meaning: str = "",
        edges: str = "",
        hint: str = "",
        default: float | None = None,
        expression: Rule | None = None,
        numpy: str = "",
        jax: str = "",
        branchless: Rule | None = None,
    ) -> None:
        self.name = name
        self.arity = len(partials)  # 1 or 2
        self.compute = compute
        self.partials = partials
        self.notation = notation or f"{name}({', '.join(['{}'] * len(partials))})"
        self.precedence = precedence
        self.definition = definition or self.format("x", "y")
        self.domain = domain
        self.differentiable = differentiable or domain
        self.meaning = meaning
        self.edges = edges
        self.hint = hint
        self.default = default
        self.expression = expression
        self.numpy = numpy
        self.jax = jax or numpy.replace("np.", "jnp.")
        self.branchless = branchless or expression or (None if numpy else compute)
        self.origin = Origin(self)
        self._check()

    def _check(self) -> None:
        """Refuse what could not be compiled: rules, and a computation in place of one, that need plain numbers."""
        probe = _Probe()
        uses = [(self.branchless, [probe] * self.arity)]
        uses += [(partial, [probe] * (1 + self.arity)) for partial in self.partials]
        for rule, operands in uses:
            try:
                if rule is not None:
                    rule(*operands)
            except NameError:
                continue  # in the table, rules use operations that stand below them
            except Exception as error:
                reason = _NOT_ARITHMETIC if rule is self.compute else _NOT_A_RULE
                raise TypeError(f"the operation {self.name} could not be compiled: {reason} ({error})") from None

    def format(self, *operands: str) -> str:
        """How the operation reads with these operands."""
        return self.notation.format(*operands[: self.arity])

    # Node first: compiled, a call with operands of unknown kind is taken for the first that matches.
    @overload
    def __call__(self, x: N, y: N | float | None = None, /) -> N: ...
    @overload
    def __call__(self, x: float, y: float | None = None, /) -> float: ...
    @overload
    def __call__(self, x: float, y: N, /) -> N: ...
    def __call__(self, x: Any, y: Any = None, /) -> Any:
        if type(x) is float and (y is None if self.arity == 1 else type(y) is float):
            return self.evaluate(x, 0.0 if y is None else y)  # rules call rules: the common case first
        if y is None and self.arity == 2:
            y = self.default
        if (y is None) != (self.arity == 1):
            hint = f": {self.hint}" if self.hint else ""
            raise TypeError(
                f"{self.name} takes {self.arity} operand{'s'[: self.arity - 1]}, got {1 if y is None else 2}{hint}"
            )
        if isinstance(x, Node):
            node: Node = x
            return node.apply(self, x, y)
        if isinstance(y, Node):
            node = y
            return node.apply(self, x, y)
        return self.evaluate(real_number(x), 0.0 if y is None else real_number(y))

    # Any in these two: compiled, a declared float would be unboxed and boxed anew at every call.

    def evaluate(self, x: Any, y: Any = 0.0) -> Any:
        """The value in floats; raises a named error where there is none."""
        try:
            out = self.compute(x) if self.arity == 1 else self.compute(x, y)
        except (ValueError, ArithmeticError) as error:
            raise self.error(error, x, y) from None
        number: float = out
        if number - number != 0.0:
            self._check_not_finite(number, (x, y)[: self.arity])
        return out

    def derivative(self, operand: Any, out: Any, x: Any, y: Any = 0.0) -> Any:
        """The partial derivative in floats with respect to one operand; NaN where there is none."""
        rule = self.partials[1] if operand else self.partials[0]
        try:
            return rule(out, x) if self.arity == 1 else rule(out, x, y)
        except (ArithmeticError, ValueError) as error:
            settle(error)
            return math.nan

    def _check_not_finite(self, out: float, operands: tuple[float, ...]) -> None:
        # An infinity or NaN passes through, but does not come out of nothing.
        if math.isnan(out) and not any(map(math.isnan, operands)):
            raise self.error(ValueError(), *operands)
        if math.isinf(out) and all(map(math.isfinite, operands)):
            raise self.error(OverflowError(), *operands)

    def error(self, cause: Exception, x: float, y: float = 0.0) -> OperationError:
        """The named error for what Python's arithmetic raised at these operands."""
        operands = (x, y)[: self.arity]
        shown = self.at(*operands)
        if isinstance(cause, ZeroDivisionError):
            return DivisionByZeroError(f"{shown} has no value: it divides by zero", self, operands)
        if isinstance(cause, OverflowError):
            return RangeError(f"{shown} overflows: the result is too large for a float", self, operands)
        reason = f"{self.name} needs {self.domain}" if self.domain else "it is not a number"
        return DomainError(f"{shown} has no value: {reason}", self, operands)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its operands: x, and y if it has two."""
        return ("x", "y")[: self.arity]

    def at(self, *operands: float) -> str:
        """How the operation reads at these numbers.

        >>> OPERATIONS["divide"].at(1.0, -2.0)
        '1.0 / (-2.0)'
        """
        bracket = "({})" if self.precedence < FUNCTION else "{}"
        return self.format(*(bracket.format(x) if x < 0 else repr(x) for x in operands))

    def __repr__(self) -> str:
        return f"<operation {self.format('x', 'y')}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self not in (OPERATIONS.get(self.name), INTERNAL.get(self.name)):
            raise TypeError(f"{self!r} is not in the table of operations, so it cannot be pickled")
        return _from_table, (self.name,)

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Operation:
        return self


OPERATIONS: dict[str, Operation] = {}  # both filled by operations.py
"""The table: every operation by its name."""
INTERNAL: dict[str, Operation] = {}


def _from_table(name: str) -> Operation:
    return OPERATIONS.get(name) or INTERNAL[name]
