"""A scalar autograd engine for learning: build expressions, call ``backward()``, look, and check.

>>> from autograd import Value, exp, sin, tree
>>> x, y, z = Value(1.5, label="x"), Value(-1.0, label="y"), Value(0.0, label="z")
>>> f = x * exp(y) + sin(z)
>>> f.backward()
>>> x.grad == exp(-1.0), z.grad
(True, 1.0)
"""

import warnings

from autograd.collision import mixed_installation
from autograd.engine import choose_engine

choose_engine()
if mixed_installation():
    warnings.warn(mixed_installation(), RuntimeWarning, stacklevel=2)

# fmt: off
from autograd.calculus import derivative_formulas, grad, hessian, jacobian, jvp, partial_derivatives, value_and_grad
from autograd import describing as describing  # the docstring of each operation
from autograd.checking import GradientCheck, check_gradients
from autograd.numerical import numerical_derivative
from autograd.compiling import compile as compile
from autograd.deriving import derive
from autograd.drawing import CannotRender, Picture, draw, forward, steps, tree
from autograd.formula import Formula, FormulaError
from autograd.functions import clip, dot, logsumexp, softmax, take, where
from autograd.errors import DerivativeError, DivisionByZeroError, DomainError, OperationError, RangeError
from autograd.operation import Operation
from autograd.stepping import stepper
from autograd.symbol import Symbol
from autograd.recorder import detect_anomaly
from autograd.value import Value, as_constant
from autograd.verifying import assert_gradients, verify
from autograd.version import __version__
from autograd.operations import (
    OPERATIONS,
    add, subtract, multiply, divide, power, neg, pos, sign, square, sqrt, cbrt, exp, exp2,
    expm1, log, log2, log10, log1p, xlogy, sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, tanh, sech, asinh,
    acosh, atanh, hypot, erf, erfc, relu, leaky_relu, elu, gelu, silu, softplus, sigmoid, log_sigmoid, maximum,
    minimum, less, less_equal, greater, greater_equal, equal, not_equal, stop_gradient,
)

# Python's own abs() records, and so does its sum(). compile hides Python's after `from autograd import *`.
__all__ = [
    "derivative_formulas", "grad", "hessian", "jacobian", "jvp", "partial_derivatives", "value_and_grad",
    "compile",
    "GradientCheck", "check_gradients", "numerical_derivative",
    "derive",
    "CannotRender", "Picture", "draw", "forward", "steps", "tree",
    "Formula", "FormulaError",
    "clip", "dot", "logsumexp", "softmax", "take", "where",
    "stepper",
    "OPERATIONS", "DerivativeError", "DivisionByZeroError", "DomainError", "Operation", "OperationError",
    "RangeError",
    "Symbol",
    "Value", "as_constant", "detect_anomaly",
    "assert_gradients", "verify",
    "__version__",
    "add", "subtract", "multiply", "divide", "power", "neg", "pos", "sign", "square", "sqrt", "cbrt",
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "xlogy", "sin", "cos", "tan", "asin", "acos", "atan",
    "atan2", "sinh", "cosh", "tanh", "sech", "asinh", "acosh", "atanh", "hypot", "erf", "erfc", "relu",
    "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "log_sigmoid", "maximum", "minimum", "less",
    "less_equal", "greater", "greater_equal", "equal", "not_equal", "stop_gradient",
]
