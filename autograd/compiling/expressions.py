"""How each statement of an array program is written as an expression."""

from __future__ import annotations

from collections.abc import Sequence

from autograd import operations as table
from autograd.compiling.indexing import gathered, may_be_plain, picked_from, where_there
from autograd.compiling.products import Factor, matrix_product
from autograd.compiling.program import (
    Apply,
    Array,
    Broadcast,
    Contract,
    Gather,
    Input,
    Mask,
    Operand,
    Part,
    Pick,
    Reduce,
    letters_of,
    reduced_axes,
)
from autograd.compiling.scope import Scope, Text
from autograd.compiling.targets import is_operator, rule_body
from autograd.compiling.text import view_text
from autograd.operation import FUNCTION, Operation
from autograd.symbol import needed_precedence


def expression(scope: Scope, array: Array) -> Text:
    """The text of a statement over those of its operands, and its precedence."""
    match array:
        case Apply(operation=operation, operands=operands):
            return _applied(scope, operation, operands, array in scope.bits)
        case Contract():
            return _contracted(scope, array)
    return _called(scope, array), FUNCTION


def _called(scope: Scope, array: Array) -> str:
    """The text of a statement that is a call, or stands behind its operand."""
    match array:
        case Reduce(operands=(operand,), operation=operation):
            function = "sum" if operation is table.add else "max"  # as the two that reduce are called there
            return f"{scope.np}.{function}({scope.argument(operand)}{_axis(array)})"
        case Part(operands=(Array() as operand,)) if may_be_plain(operand):
            return f"{scope.np}.reshape({scope.argument(operand)}, {array.shape})"
        case Part(operands=(Reduce() as operand,)) if _keeps_axes(scope, array, operand):
            return scope.argument(operand)[:-1] + ", keepdims=True)"
        case Part(operands=(Array() as operand,), view=view):
            return scope.operand(operand) + view_text(view, operand.shape, operand.batched)
        case Gather(operands=(Array() as operand,), positions=positions):
            return gathered(scope, operand, positions)
        case Pick(operands=(Array() as rows, _)):
            return f"{scope.operand(rows)}[{', '.join(picked_from(scope, rows.batched, array))}]"
        case Mask(operands=(operand,), there=there, number=number):
            where = f"{where_there(scope, there)}, {scope.argument(operand)}, {scope.argument(number)}"
            return f"{scope.np}.where({where})"
        case Broadcast(operands=(float() as number,)):
            shape = array.shape[0] if len(array.shape) == 1 else array.shape
            zeros = repr(number) == "0.0"  # which is not -0.0
            return f"{scope.np}.zeros({shape})" if zeros else f"{scope.np}.full({shape}, {scope.argument(number)})"
        case Broadcast(operands=(operand, *samples)):
            sizes = [f"len({scope.argument(sample)})" for sample in samples] + list(map(str, array.shape))
            text = f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"
            if any(isinstance(sample, Array) and sample.shape == array.shape for sample in samples):
                text = f"{scope.np}.shape({scope.argument(samples[0])})"
            return f"{scope.np}.broadcast_to({scope.argument(operand)}, {text})"
    raise NotImplementedError(type(array))


def _applied(scope: Scope, operation: Operation, operands: Sequence[Operand], as_bits: bool) -> Text:
    if operation in scope.heading.called:
        return f"{scope.heading.called[operation]}({', '.join(map(scope.argument, operands))})", FUNCTION
    if not is_operator(operation):
        places, result = rule_body(operation)
        given = dict(zip(places, operands, strict=False))
        if not isinstance(result, Apply):
            return scope.text(given.get(result, result) if isinstance(result, Input) else result)
        inner = [given[x] if isinstance(x, Input) else x for x in result.operands]
        return _applied(scope, result.operation, inner, False)
    text = operation.format(*(scope.operand(x, needed_precedence(operation, k)) for k, x in enumerate(operands)))
    if operation not in table.COMPARISONS:
        return text, operation.precedence
    return (f"({text})", FUNCTION) if as_bits else (f"1.0 * ({text})", table.multiply.precedence)  # for the 1.0 *


def _contracted(scope: Scope, array: Contract) -> Text:
    axes = letters_of(array)
    product = matrix_product(*axes)
    if product is None:
        left, right = map(scope.argument, array.operands)
        return f'{scope.np}.einsum("{axes[0]},{axes[1]}->{axes[2]}", {left}, {right})', FUNCTION
    first, second = (scope.operand(array.operands[factor.side]) + _rearranged(factor, array) for factor in product)
    return f"{first} @ {second}", table.multiply.precedence  # Python's for @, too


def _rearranged(factor: Factor, array: Contract) -> str:
    """What is written behind an operand of a contraction to make it a factor of a matrix product."""
    text = ".T" if factor.transposed else ""
    if not factor.flat:
        return text
    operand = array.arrays[factor.side]
    size = dict(zip(array.axes[factor.side], operand.shape, strict=True)).get(factor.kept)
    return (f".reshape(-1, {size})" if factor.kept else ".ravel()") + text


def _axis(array: Reduce) -> str:
    """The argument that says along which axes to reduce; nothing for all of them."""
    (operand,) = array.arrays
    over = reduced_axes(array)
    if len(over) == len(operand.shape) + operand.batched:
        return ""
    return f", axis={over[0] if len(over) == 1 else over}"


def _keeps_axes(scope: Scope, array: Part, operand: Reduce) -> bool:
    """Whether this only brings back, with length 1, the axes of a sum that stands here alone."""
    whole = operand.arrays[0].shape
    kept = tuple(1 if axis in operand.axes else size for axis, size in enumerate(whole))
    return array.shape == kept and not operand.samples and scope.argument(operand).startswith(f"{scope.np}.")
