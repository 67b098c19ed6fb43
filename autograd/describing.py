"""What each operation is, in words and formulas made from the table; its docstring is made here."""

from __future__ import annotations

import re
from inspect import Parameter, Signature

from autograd.operation import DOCUMENTATION, FUNCTION, SIGNATURE, Operation
from autograd.operations import OPERATIONS
from autograd.symbol import Symbol, symbolic


def derivatives(operation: Operation) -> list[str]:
    """The partial derivatives as formulas over x and y.

    >>> derivatives(OPERATIONS["multiply"])
    ['y', 'x']
    """
    operands = list(map(Symbol, operation.variables))
    out = operation(*operands)
    return [str(symbolic(rule(out, *operands))) for rule in operation.partials]


def signature(operation: Operation) -> Signature:
    """The operands, which have no names of their own, and the default of the second.

    >>> signature(OPERATIONS["elu"])
    <Signature (x, y=1.0, /)>
    """
    defaults = [Parameter.empty, Parameter.empty if operation.default is None else operation.default]
    operands = zip(operation.variables, defaults, strict=False)
    return Signature([Parameter(x, Parameter.POSITIONAL_ONLY, default=default) for x, default in operands])


def documentation(operation: Operation) -> str:
    r"""The docstring of an operation, with an example that runs.

    >>> print(*documentation(OPERATIONS["sqrt"]).splitlines()[:7], sep="\n")
    sqrt(x, /)
    <BLANKLINE>
    The square root: the number, not negative, whose square is x.
    <BLANKLINE>
    Domain: x >= 0; elsewhere a DomainError
    Derivative: 0.5 / sqrt(x)
    Differentiable: x > 0; elsewhere asking for a derivative raises a DerivativeError
    """
    lines = [operation.meaning, "", *_facts(operation)]
    if operation.name in OPERATIONS:
        lines += ["", *_example(operation)]
    return "\n".join([f"{operation.name}{signature(operation)}", "", *lines])


def _facts(operation: Operation) -> list[str]:
    facts = []
    if operation.precedence < FUNCTION:
        facts.append(f"Written: {operation.format('x', 'y')}")
    definition = re.sub(r"mpf\(([^()]*)\)", r"\1", operation.definition)
    if definition != operation.format("x", "y"):
        facts.append(f"Definition: {definition}")
    error = "DivisionByZeroError" if operation.name == "divide" else "DomainError"
    facts.append(f"Domain: {operation.domain}; elsewhere a {error}" if operation.domain else "Domain: all numbers")
    partials = derivatives(operation)
    if operation.arity == 1:
        facts.append(f"Derivative: {partials[0]}")
    else:
        facts += [f"Derivative by {x}: {partial}" for x, partial in zip(operation.variables, partials, strict=True)]
    if operation.differentiable not in (operation.domain, "False"):
        elsewhere = "" if operation.edges else "; elsewhere asking for a derivative raises a DerivativeError"
        facts.append(f"Differentiable: {operation.differentiable}{elsewhere}")
    return [*facts, operation.edges] if operation.edges else facts


def _example(operation: Operation) -> list[str]:
    point = (1.5 if operation.domain.startswith("x >= 1") else 0.5, 0.75)[: operation.arity]
    results = [operation.evaluate(*point)]
    results += [operation.derivative(k, results[0], *point) for k in range(operation.arity)]
    names = operation.variables
    imported = "Value" if operation.name == "abs" else f"Value, {operation.name}"
    return [
        f">>> from autograd import {imported}",
        f">>> {', '.join(names)} = {', '.join(f'Value({number})' for number in point)}",
        f">>> out = {operation.name}({', '.join(names)})",
        ">>> out.backward()",
        f">>> {', '.join(['out.data', *(f'{name}.grad' for name in names)])}",
        str(tuple(results)),
    ]


DOCUMENTATION.of_instance = documentation
SIGNATURE.of_instance = signature
