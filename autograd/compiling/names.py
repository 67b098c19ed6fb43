"""How the operations of the table are written over NumPy's arrays."""

from __future__ import annotations

from autograd.operation import FUNCTION, OPERATIONS

# Those that NumPy calls otherwise than the table does, or has not; helpers are defined below.
_OTHERWISE = {
    "power": "{} ** {}",
    "abs": "np.abs({})",
    "asin": "np.arcsin({})",
    "acos": "np.arccos({})",
    "atan": "np.arctan({})",
    "atan2": "np.arctan2({}, {})",
    "asinh": "np.arcsinh({})",
    "acosh": "np.arccosh({})",
    "atanh": "np.arctanh({})",
    "relu": "np.maximum({}, 0.0)",
    "xlogy": "xlogy({}, {})",
    "stop_gradient": "{}",
}

HELPERS = {
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "erfc": "erfc = np.vectorize(math.erfc, otypes=[float])",
    "sech": """def sech(x):
    small = np.exp(-np.abs(x))
    return 2.0 * small / (1.0 + small * small)""",
    "xlogy": """def xlogy(x, y):
    nothing = (x == 0.0) & (y >= 0.0)
    return np.where(nothing, 0.0, x * np.log(np.where(nothing, 1.0, y)))""",
    "leaky_relu": """def leaky_relu(x, slope):
    return np.where(x > 0.0, x, slope * x)""",
    "elu": """def elu(x, alpha):
    return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))""",
    "gelu": """def gelu(x):
    return 0.5 * x * erfc(-x * np.sqrt(0.5))""",
    "silu": """def silu(x):
    return x * sigmoid(x)""",
    "softplus": """def softplus(x):
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))""",
    "sigmoid": """def sigmoid(x):
    return np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))""",
    "log_sigmoid": """def log_sigmoid(x):
    return -softplus(-x)""",
}
_NEEDS = {"gelu": "erfc", "silu": "sigmoid", "log_sigmoid": "softplus"}
_JAX = {"erf": "from jax.scipy.special import erf", "erfc": "from jax.scipy.special import erfc"}


def notation(name: str) -> tuple[str, int]:
    """How an operation is written over arrays, with its precedence.

    >>> notation("tanh"), notation("multiply")
    (('np.tanh({})', 9), ('{} * {}', 5))
    """
    operation = OPERATIONS[name]
    if name in _OTHERWISE:
        return _OTHERWISE[name], operation.precedence if name == "power" else FUNCTION
    if operation.precedence < FUNCTION:
        return operation.notation, operation.precedence
    places = ", ".join(["{}"] * operation.arity)
    return f"{'' if name in HELPERS else 'np.'}{name}({places})", FUNCTION


def preamble(used: set[str], module: str) -> list[str]:
    """The imports and the definitions of helpers that a program needs, for ``np`` or ``jnp``."""
    used = used | {_NEEDS[name] for name in used if name in _NEEDS}
    jax = module == "jnp"
    lines = ["import jax.numpy as jnp" if jax else "import numpy as np"]
    if not jax and used & {"erf", "erfc"}:
        lines.insert(0, "import math\n")
    for name, definition in HELPERS.items():
        if name in used:
            text = _JAX[name] if jax and name in _JAX else definition.replace("np.", f"{module}.")
            lines.append(f"\n\n{text}" if text.startswith("def") else text)
    return lines
