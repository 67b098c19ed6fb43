"""What the arrays of a network are called: z, W, b and a, layer by layer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograd.compiling.program import Array, Operand, Part, Store
from autograd.operation import Operation


class LayerNames:
    """Names of arrays, given as they are written; ``stores`` hold the parameters."""

    def __init__(self, stores: list[Store]) -> None:
        self.stores = stores
        self.names: dict[Array, str] = {}
        self.layers = 0

    def layer(self, out: Operand, products: list[Operand], added: list[Operand]) -> None:
        """z, W and b, numbered, for x @ W.T + b where W is kept in a store; the other leaves are x."""
        stores = {store.array for store in self.stores}
        biases = [term for term in added if _root(term) in stores]
        for product in products:
            leaves = [operand for operand in _operands(product) if _root(operand) in stores]
            if not leaves or not isinstance(out, Array) or out in self.names:
                continue
            near = [leaf for leaf in leaves if any(_root(leaf) == _root(bias) for bias in biases)] or leaves
            self.layers += 1
            self._name(out, f"z{self.layers}")
            for leaf in leaves:
                self._name(leaf, f"W{self.layers}" if leaf is near[0] else "x")
            for bias in biases:
                self._name(bias, f"b{self.layers}")

    def activation(self, out: Operand, operation: Operation, operands: Sequence[Operand]) -> None:
        """a for what becomes of z."""
        first = operands[0]
        name = self.names.get(first, "") if isinstance(first, Array) else ""
        if re.fullmatch(r"z\d+", name) and all(isinstance(operand, float) for operand in operands[1:]):
            self._name(out, f"a{name[1:]}")

    def _name(self, array: Operand, name: str) -> None:
        if isinstance(array, Array):
            self.names.setdefault(array, name)


def _operands(operand: Operand) -> list[Array]:
    """What the array is computed from that this is a view of."""
    root = _root(operand)
    return root.arrays if isinstance(root, Array) else []


def _root(operand: Operand) -> Operand:
    """The array that this is a view of."""
    while isinstance(operand, Part):
        operand = operand.operands[0]
    return operand
