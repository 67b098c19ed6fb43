"""Number: Python's operators, and the methods that NumPy's object loops call, each one line over the table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from autograd import operations as table
from autograd.operation import Node, Operation, real_number

try:
    import cython
except ImportError:
    from autograd import plain as cython


def operate(operation: Operation, x: Any, y: Any) -> Any:
    """A binary operator; NotImplemented for operands that know better, such as NumPy arrays."""
    other = y if isinstance(x, Number) else x
    if type(other) is not float and type(other) is not int and not isinstance(other, Node):
        try:
            real_number(other)
        except TypeError:
            # Python's own types would answer in words of their own: "can't multiply sequence ...".
            if type(other).__module__ == "builtins" or isinstance(other, Decimal):
                raise
            return NotImplemented
    return operation(x, y)


@cython.no_gc
@cython.cclass
class Number(Node):
    """A node with Python's arithmetic; its kinds differ in what applying an operation gives."""

    __slots__ = ()

    def __add__(self, other: object) -> Any:
        return operate(table.add, self, other)

    def __radd__(self, other: object) -> Any:
        return operate(table.add, other, self)

    def __sub__(self, other: object) -> Any:
        return operate(table.subtract, self, other)

    def __rsub__(self, other: object) -> Any:
        return operate(table.subtract, other, self)

    def __mul__(self, other: object) -> Any:
        return operate(table.multiply, self, other)

    def __rmul__(self, other: object) -> Any:
        return operate(table.multiply, other, self)

    def __truediv__(self, other: object) -> Any:
        return operate(table.divide, self, other)

    def __rtruediv__(self, other: object) -> Any:
        return operate(table.divide, other, self)

    def __pow__(self, other: object) -> Any:
        return operate(table.power, self, other)

    def __rpow__(self, other: object) -> Any:
        return operate(table.power, other, self)

    def __neg__(self) -> Any:
        return self.apply(table.neg, self)

    def __pos__(self) -> Any:
        return self.apply(table.pos, self)

    def __abs__(self) -> Any:
        return self.apply(table.abs, self)

    def square(self) -> Any:
        """The square."""
        return self.apply(table.square, self)

    def sqrt(self) -> Any:
        """The square root."""
        return self.apply(table.sqrt, self)

    def cbrt(self) -> Any:
        """The cube root."""
        return self.apply(table.cbrt, self)

    def exp(self) -> Any:
        """E to this power."""
        return self.apply(table.exp, self)

    def exp2(self) -> Any:
        """2 to this power."""
        return self.apply(table.exp2, self)

    def expm1(self) -> Any:
        """E to this power, less 1, accurate near 0."""
        return self.apply(table.expm1, self)

    def log(self) -> Any:
        """The natural logarithm."""
        return self.apply(table.log, self)

    def log2(self) -> Any:
        """The logarithm to base 2."""
        return self.apply(table.log2, self)

    def log10(self) -> Any:
        """The logarithm to base 10."""
        return self.apply(table.log10, self)

    def log1p(self) -> Any:
        """The natural logarithm of 1 plus this, accurate near 0."""
        return self.apply(table.log1p, self)

    def sin(self) -> Any:
        """The sine of this angle in radians."""
        return self.apply(table.sin, self)

    def cos(self) -> Any:
        """The cosine of this angle in radians."""
        return self.apply(table.cos, self)

    def tan(self) -> Any:
        """The tangent of this angle in radians."""
        return self.apply(table.tan, self)

    def arcsin(self) -> Any:
        """The angle in radians whose sine this is."""
        return self.apply(table.asin, self)

    def arccos(self) -> Any:
        """The angle in radians whose cosine this is."""
        return self.apply(table.acos, self)

    def arctan(self) -> Any:
        """The angle in radians whose tangent this is."""
        return self.apply(table.atan, self)

    def arctan2(self, other: object) -> Any:
        """The angle in radians of the point (other, self)."""
        return operate(table.atan2, self, other)

    def sinh(self) -> Any:
        """The hyperbolic sine."""
        return self.apply(table.sinh, self)

    def cosh(self) -> Any:
        """The hyperbolic cosine."""
        return self.apply(table.cosh, self)

    def tanh(self) -> Any:
        """The hyperbolic tangent."""
        return self.apply(table.tanh, self)

    def arcsinh(self) -> Any:
        """The inverse hyperbolic sine."""
        return self.apply(table.asinh, self)

    def arccosh(self) -> Any:
        """The inverse hyperbolic cosine."""
        return self.apply(table.acosh, self)

    def arctanh(self) -> Any:
        """The inverse hyperbolic tangent."""
        return self.apply(table.atanh, self)

    def hypot(self, other: object) -> Any:
        """The length of the vector (self, other)."""
        return operate(table.hypot, self, other)

    def relu(self) -> Any:
        """This, or 0 where it is negative."""
        return self.apply(table.relu, self)

    def sigmoid(self) -> Any:
        """The logistic function of this: between 0 and 1."""
        return self.apply(table.sigmoid, self)
