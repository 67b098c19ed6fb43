"""One process of the benchmark: an engine, a size, and what was measured, as a line of JSON.

python benchmarks/workload.py ENGINE SAMPLES      ns a node of micrograd's demo loss, forward and backward
python benchmarks/workload.py chain LENGTH        ns and bytes a node of one chain, in depth
python benchmarks/workload.py fan LENGTH          the same of one sum of independent products, in width
python benchmarks/workload.py functions REPEATS   ns of functions of the table, forward and backward
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

SIZES = [2, 16, 16, 1]
SECONDS = 2.0  # of measurement in one process


def demo_loss(
    scalar: Callable[[float], Any], relu: Callable[[Any], Any], samples: int
) -> tuple[Any, Callable[[], Any]]:
    """Karpathy's demo: MLP(2, [16, 16, 1]), hinge loss and penalty, as micrograd writes it."""
    draw = random.Random(1)
    layers = [
        [([scalar(draw.uniform(-1, 1)) for _ in range(inputs)], scalar(0.0)) for _ in range(outputs)]
        for inputs, outputs in pairwise(SIZES)
    ]
    rows = [([draw.uniform(-1, 1), draw.uniform(-1, 1)], draw.choice([-1.0, 1.0])) for _ in range(samples)]
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def loss() -> Any:
        total = None
        for row, label in rows:
            values = [scalar(number) for number in row]
            for depth, layer in enumerate(layers):
                outputs = []
                for weights, bias in layer:
                    activation = bias
                    for weight, value in zip(weights, values, strict=True):
                        activation = activation + weight * value
                    outputs.append(activation if depth == len(layers) - 1 else relu(activation))
                values = outputs
            hinge = relu(1.0 + -label * values[0])
            total = hinge if total is None else total + hinge
        penalty = None
        for p in parameters:
            penalty = p * p if penalty is None else penalty + p * p
        return total * (1.0 / samples) + penalty * 1e-4

    return parameters, loss


def chainrule_step(samples: int) -> Callable[[], None]:
    from autograd import Value

    _, loss = demo_loss(Value, Value.relu, samples)
    return lambda: loss().backward()


def micrograd_step(samples: int) -> Callable[[], None]:
    from micrograd.engine import Value

    _, loss = demo_loss(Value, Value.relu, samples)
    return lambda: loss().backward()


def torch_step(samples: int) -> Callable[[], None]:
    import torch

    torch.set_num_threads(1)

    def scalar(number: float) -> Any:
        return torch.tensor(number, dtype=torch.float64, requires_grad=True)

    _, loss = demo_loss(scalar, torch.relu, samples)
    return lambda: loss().backward()


def xad_step(samples: int) -> Callable[[], None]:
    import xad.adj_1st as adjoint
    import xad.math

    parameters, loss = demo_loss(adjoint.Real, lambda v: xad.math.max(v, 0.0), samples)

    def step() -> None:
        with adjoint.Tape() as tape:
            for parameter in parameters:
                tape.registerInput(parameter)
            tape.newRecording()
            output = loss()
            tape.registerOutput(output)
            output.setDerivative(1.0)
            tape.computeAdjoints()

    return step


STEPS = {
    "compiled": chainrule_step,
    "plain": chainrule_step,
    "micrograd": micrograd_step,
    "torch": torch_step,
    "xad": xad_step,
}


def node_count(samples: int) -> int:
    """How many nodes the loss has, counted once, in Chainrule's graph, for every engine."""
    from autograd import Value
    from autograd.graph import topological_order

    return len(topological_order(demo_loss(Value, Value.relu, samples)[1]()))


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def measure_step(engine: str, samples: int) -> dict[str, Any]:
    step = STEPS[engine](samples)
    step()
    times: list[float] = []
    while sum(times) < SECONDS or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return {"ns": statistics.median(times) * 1e9}


def measure_graph(shape: str, length: int) -> dict[str, Any]:
    from autograd import Value

    x, y = Value(0.5), Value(1.0)
    before = resident()
    start = time.perf_counter()
    if shape == "chain":
        output = x
        for _ in range(length):
            output = output + x
    else:
        output = y
        for _ in range(length // 2):
            output = output + x * y
    recorded, nodes = time.perf_counter() - start, length
    held = resident() - before
    output.backward()
    swept = time.perf_counter() - start
    del output
    return {"ns": swept / nodes * 1e9, "bytes": held / nodes, "forward ns": recorded / nodes * 1e9, "grad": x.grad}


def measure_functions(repeats: int) -> dict[str, Any]:
    """Recording alone; and recording, adding up and sweeping, which is what a term of a sum costs."""
    from autograd import OPERATIONS, Value

    x, y = Value(0.6), Value(0.7)
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(15):
        for name, operation in OPERATIONS.items():
            operands = (x + 1.0 if name == "acosh" else x, y)[: operation.arity]
            function: Callable[..., Any] = Value.__mul__ if name == "multiply" else operation
            start = time.perf_counter()
            nodes = [function(*operands) for _ in range(repeats)]
            recorded = time.perf_counter()
            sum(nodes[1:], nodes[0]).backward()
            swept = time.perf_counter()
            found.setdefault(name, []).append(((recorded - start) / repeats * 1e9, (swept - start) / repeats * 1e9))
    return {name: [statistics.median(column) for column in zip(*times, strict=True)] for name, times in found.items()}


def main() -> None:
    what, size = sys.argv[1], int(sys.argv[2])
    if what == "functions":
        result = measure_functions(size)
    elif what == "nodes":
        result = {"nodes": node_count(size)}
    elif what in ("chain", "fan"):
        result = measure_graph(what, size)
    else:
        result = measure_step(what, size)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
