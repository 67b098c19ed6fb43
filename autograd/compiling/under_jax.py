"""An array program under JAX: its source, traced and compiled by XLA, in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiling.emit import emit
from autograd.compiling.expose import expose
from autograd.compiling.machine import Troubled
from autograd.compiling.program import Array, Input, Operand
from autograd.compiling.targets import JAX


def _jax() -> Any:
    try:
        import jax
    except ImportError:
        raise ImportError('target="jax" needs JAX: pip install "chainrule[jax]"') from None
    return jax


def traceable(inputs: Sequence[Input], results: Sequence[Operand], names: Mapping[Array, str]) -> Callable[..., Any]:
    """The results as a function of the inputs, for JAX to trace; NaN where a number on the way is not finite."""
    source = emit("function", inputs, [("", result) for result in expose(results)], names, JAX)
    namespace: dict[str, Any] = {}
    with _jax().enable_x64(True):  # here only: the user's own setting stays
        exec(source.text, namespace)  # generated text: names of the table, sanitised names, and numbers
    return partial(namespace["function"], **source.constants)


def jitted(function: Callable[..., Any]) -> Callable[..., list[np.ndarray]]:
    """A traceable function as one of NumPy's arrays; raises Troubled where a result is not finite."""
    jax = _jax()
    compiled = jax.jit(function)

    def run(*numbers: Any) -> list[np.ndarray]:
        with jax.enable_x64(True):
            found = compiled(*numbers)
        arrays = [np.asarray(array) for array in (found if isinstance(found, tuple) else (found,))]
        if not all(np.isfinite(array).all() for array in arrays):
            raise Troubled
        return arrays

    return run
