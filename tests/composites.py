"""Composite functions that every kind of number runs, each with a point inside its domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import (
    atan2,
    cbrt,
    clip,
    cos,
    dot,
    elu,
    erf,
    exp,
    gelu,
    greater,
    hypot,
    leaky_relu,
    less,
    log,
    log1p,
    log_sigmoid,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    silu,
    sin,
    softmax,
    softplus,
    sqrt,
    tanh,
    where,
)

COMPOSITES: list[tuple[Callable[..., Any], tuple[float, ...]]] = [
    (lambda x, y, z: (x + y) / z, (3.0, 2.0, 1.0)),
    (lambda x, y, z: x * exp(y) + sin(z), (1.5, -1.0, 1.25)),
    (lambda x, y: log(x**2 + y**2 + 1), (2.0, 1.0)),
    (lambda x, y, z: (x + y) * z, (-2.0, 5.0, -4.0)),
    (lambda w, x, b: sigmoid(w * x + b), (2.0, -1.0, -3.0)),
    (lambda x: x * x * x - 2 * x + 1, (1.5,)),
    (lambda x: x / (1 + abs(x)), (-0.75,)),
    (lambda x, y: x**y + y**x, (1.5, 2.5)),
    (lambda x: 2**x + x**-1.5, (0.75,)),
    (lambda x, y: hypot(x, y) * atan2(y, x), (3.0, 4.0)),
    (lambda x: exp(-x * x) * cos(3 * x), (0.4,)),
    (lambda x, y: where(greater(x, y), x * y, x / y), (2.0, 1.5)),
    (lambda x, y: where(less(x, y), x * y, x / y), (2.0, 1.5)),
    (lambda x, y, z: logsumexp([x, y, z]), (1.0, 2.0, 3.0)),
    (lambda x, y, z: softmax([x, y, z])[1], (1.0, 2.0, 3.0)),
    (lambda x, y, z: -log(softmax([x, y, z])[0]), (0.5, -1.0, 2.0)),
    (lambda x, y: dot([x, y, 1.0], [y, x, x]), (2.0, 3.0)),
    (lambda x, y: sum([x, y, x * y]), (2.0, 3.0)),
    (lambda x: clip(x * x, 0.5, 3.0), (1.2,)),
    (lambda x: relu(x) + leaky_relu(-x) + elu(-x, 0.5) + silu(x), (0.8,)),
    (lambda x, y: maximum(x * y, x + y) - minimum(x, y), (1.3, 2.1)),
    (lambda x: gelu(x) * softplus(-x) + log_sigmoid(x) + erf(x), (0.6,)),
    (lambda x: sqrt(1 + cbrt(x) ** 2) + log1p(x), (2.0,)),
    (lambda x, w, v: tanh(w * relu(v * x) + w), (0.7, 0.9, 1.1)),
]
