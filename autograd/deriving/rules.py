"""What the rules of differentiation are called."""

from __future__ import annotations

from autograd.notation.names import FUNCTIONS
from autograd.value import Value

NAMES = {
    "add": "sum",
    "subtract": "difference",
    "multiply": "product",
    "divide": "quotient",
    "power": "power",
    "square": "power",
    "neg": "minus sign",
    "pos": "identity",
    "xlogy": "product",
}


def rule_name(node: Value, operand: int) -> str:
    """The rule that gives the local derivative of a node with respect to an operand.

    >>> x = Value(2.0)
    >>> rule_name(x * x, 0), rule_name(3 * x, 1), rule_name(x**3, 0), rule_name(2**x, 1)
    ('product', 'constant factor', 'power', 'exponential')
    """
    operation = node.operation
    assert operation is not None, "a leaf has no rule"
    constants = [parent.is_constant for parent in node.parents]
    scaled = operation.name == "multiply" or (operation.name == "divide" and operand == 0)
    if scaled and constants[1 - operand]:
        return "constant factor"
    if operation.name == "power" and operand == 1:
        return "exponential"
    if operation.name in NAMES:
        return NAMES[operation.name]
    return f"chain: {FUNCTIONS.get(operation.name, operation.name).replace('_', '')}"
