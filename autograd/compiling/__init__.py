"""compile: a scalar graph at the speed of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from autograd.operation import Operation
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.compiling.compiled import CompiledFunction
    from autograd.compiling.graphs import CompiledGraph
    from autograd.compiling.script import JavaScript


@overload
def compile(  # type: ignore[overload-overlap]  # the others take any str
    function: Value | Callable[..., Any], *, target: Literal["javascript"]
) -> JavaScript: ...
@overload
def compile(function: Value, *, shared: Sequence[str] = (), target: str = "numpy") -> CompiledGraph: ...
@overload
def compile(
    function: Callable[..., Any], *, shared: Sequence[str] = (), target: str = "numpy", has_aux: bool = False
) -> CompiledFunction: ...
def compile(
    function: Any, *, shared: Sequence[str] = (), target: str = "numpy", has_aux: bool = False
) -> CompiledFunction | CompiledGraph | JavaScript:
    """Compile a function of numbers, or a recorded output, to array code, or to JavaScript.

    A function is recorded once, at its first call, and then runs on numbers or on arrays of samples, with its
    derivatives and its source:

    >>> from autograd import exp, sin
    >>> f = compile(lambda x, y, z: x * exp(y) + sin(z))
    >>> f(2.0, 0.0, 0.0)
    2.0
    >>> f.value_and_grad(2.0, 0.0, 0.0)
    (2.0, (1.0, 2.0, 1.0))

    Of a recorded output it makes a step: each call evaluates it anew from the leaves' ``data`` and sets their ``grad``.

    >>> w = Value(3.0, label="w")
    >>> step = compile((w * 2.0 - 1.0) ** 2)
    >>> w.data = 1.0
    >>> step(), w.grad
    (1.0, 4.0)

    An array argument is a batch, with a sample in each row, unless ``shared`` names its parameter: the derivatives with
    respect to shared arguments are summed over the samples. ``target`` is "numpy" or "jax". With ``has_aux``, as in
    JAX, the function returns a pair: its value, and a number or a list of them that come back beside it. The target
    "javascript" is for numbers, one for each parameter: the result has the ``source`` of a function for browsers.

    Sums that become a reduction or a product of arrays may be added up in another order than they are written in, so
    their last digits may differ from the eager engine's. All others keep their brackets.

    Raises ValueError for another target or a parameter that the function lacks, and ImportError where NumPy is not
    installed. The first call records the function, and raises TypeError where it asks for the number of a Value, as in
    ``if x > 0``: the answer would hold for every later number. A call raises the named OperationError, with the sample,
    where an operation has no value.

    >>> compile(lambda x, w: ((w * x) ** 2, [w * x]), has_aux=True)(2.0, 3.0)
    (36.0, array([6.]))
    """
    if target not in ("numpy", "jax", "javascript"):
        raise ValueError(f'the target is "numpy", "jax" or "javascript", not {target!r}')
    if isinstance(function, Operation):
        function = _as_function(function)
    if not isinstance(function, Value) and not callable(function):
        raise TypeError(f"compile takes a function or a recorded Value, not {type(function).__name__}")
    if target == "javascript":
        if shared or has_aux:
            raise TypeError("shared and has_aux go with arrays: a function in JavaScript is one of numbers")
        from autograd.compiling.script import JavaScript

        return JavaScript(function)
    try:
        from autograd.compiling.compiled import CompiledFunction
        from autograd.compiling.graphs import CompiledGraph
    except ModuleNotFoundError:
        raise ImportError("compiled functions run on NumPy: pip install numpy") from None

    if isinstance(function, Value):
        if shared or has_aux:
            raise TypeError("shared and has_aux go with a function, not with a recorded Value")
        return CompiledGraph(function, target)
    return CompiledFunction(function, shared, target, has_aux)


def _as_function(operation: Operation) -> Any:
    """An operation of the table as a function of its operands, by name."""
    if operation.arity == 1:
        return lambda x: operation(x)
    return lambda x, y=operation.default: operation(x, y)
