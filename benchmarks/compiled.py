"""Compiled programs against hand-written NumPy, and against the peers, in one run on one thread.

    pip install -e ".[benchmark,jax]" && python benchmarks/compiled.py

Everything is timed in turn, round after round, by the time of the processor; the ratios are medians over the rounds of
the ratio within one. PyTorch, micrograd and JAX are compared where they are installed. Where PyTorch and JAX can
compile a step with its update, they do; the time to compile is not counted, for anyone.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import inspect
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np
from programs import OTHERS, TOKENS, Program, gpt, gpt_by_hand, programs
from timing import interleaved, median_ratio
from workload import demo_loss

from autograd import Value, compile, exp, log, logsumexp, relu, sigmoid, sin, value_and_grad
from autograd.compiling.bound import Bound
from autograd.compiling.machine import check_finite
from autograd.engine import engine
from autograd.graph import topological_order

ROUNDS = int(os.environ.get("ROUNDS", 15))
SECONDS = 0.1  # of one measurement

Step = Callable[[], Any]


def moons(count: int, noise: float, seed: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that interlock, with labels 0 and 1."""
    draw = np.random.default_rng(seed)
    angle = np.pi * draw.random(count)
    label = draw.integers(0, 2, count)
    points = np.stack([np.cos(angle), np.sin(angle)], 1)
    points[label == 1] = np.array([1.0, 0.5]) - points[label == 1]
    return points + noise * draw.normal(size=points.shape), label.astype(float)


class Network:
    """Layers of ReLU neurons on Values, as micrograd writes them, and the same parameters as arrays."""

    def __init__(self, sizes: Sequence[int]) -> None:
        draw = np.random.default_rng(1)
        self.weights = [draw.normal(size=(m, n)) * np.sqrt(2.0 / n) for n, m in pairwise(sizes)]
        self.biases = [np.zeros(m) for m in sizes[1:]]
        self.layers = [[([Value(w) for w in row], Value(0.0)) for row in weights] for weights in self.weights]

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        found = list(values)
        for depth, layer in enumerate(self.layers):
            found = [sum((w * x for w, x in zip(row, found, strict=True)), bias) for row, bias in layer]
            if depth < len(self.layers) - 1:
                found = [relu(value) for value in found]
        return found

    @property
    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for row, bias in layer for p in (*row, bias)]


# The tutorial: 800 points, 2-10-1, binary cross-entropy ---------------------------------------------


def tutorial_by_hand() -> Step:
    points, label = moons(800, 0.2)
    network = Network([2, 10, 1])
    W1, W2 = network.weights
    b1, b2 = network.biases
    y, m = label[:, None], len(label)

    def epoch() -> float:
        nonlocal W1, b1, W2, b2
        z1 = points @ W1.T + b1
        a1 = np.maximum(z1, 0.0)
        z2 = a1 @ W2.T + b2
        a2 = 1.0 / (1.0 + np.exp(-z2))
        loss = -np.mean(y * np.log(a2 + 1e-8) + (1.0 - y) * np.log(1.0 - a2 + 1e-8))
        dz2 = a2 - y
        dW2 = dz2.T @ a1 / m
        db2 = np.sum(dz2, axis=0) / m
        dz1 = dz2 @ W2 * (z1 > 0.0)
        dW1 = dz1.T @ points / m
        db1 = np.sum(dz1, axis=0) / m
        W1 = W1 - 0.1 * dW1
        b1 = b1 - 0.1 * db1
        W2 = W2 - 0.1 * dW2
        b2 = b2 - 0.1 * db2
        return float(loss)

    return epoch


def tutorial_compiled() -> Step:
    points, label = moons(800, 0.2)
    network = Network([2, 10, 1])

    def loss(x: Any, y: Any) -> Any:
        p = sigmoid(network(x)[0])
        return -(y * log(p) + (1.0 - y) * log(1.0 - p))

    bound = compile(loss).bind(points, label)

    def epoch() -> float:
        value = float(np.mean(bound(points, label)))
        for p, d in zip(bound.parameters, bound.gradients, strict=True):
            p -= (0.1 / len(label)) * d
        return value

    return epoch


# micrograd's demo: 100 points, 2-16-16-1, hinge loss and penalty --------------------------------------


def demo_by_hand() -> Step:
    points, label = moons(100, 0.1)
    y = 2.0 * label - 1.0
    network = Network([2, 16, 16, 1])
    W1, W2, W3 = network.weights
    b1, b2, b3 = network.biases
    parameters = [W1, b1, W2, b2, W3, b3]

    def step() -> float:
        z1 = points @ W1.T + b1
        a1 = np.maximum(z1, 0.0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0.0)
        margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
        loss = np.mean(np.maximum(margin, 0.0)) + 1e-4 * sum(np.sum(p * p) for p in parameters)
        dz3 = (-y * (margin > 0.0) / len(y))[:, None]
        dz2 = dz3 @ W3 * (z2 > 0.0)
        dz1 = dz2 @ W2 * (z1 > 0.0)
        gradients = [
            dz1.T @ points, dz1.sum(axis=0), dz2.T @ a1, dz2.sum(axis=0), dz3.T @ a2, dz3.sum(axis=0)
        ]  # fmt: skip
        for p, d in zip(parameters, gradients, strict=True):
            p -= 0.001 * (d + 2e-4 * p)
        return float(loss)

    return step


def demo_unrolled(samples: int) -> tuple[list[Value], Value]:
    parameters, loss = demo_loss(Value, Value.relu, samples)
    return parameters, loss()


def demo_on_values() -> Step:
    parameters, loss = demo_unrolled(100)
    step = compile(loss)

    def train() -> float:
        value = step()
        for p in parameters:
            p.data -= 0.001 * p.grad
        return value

    return train


def demo_step_alone() -> Step:
    return compile(demo_unrolled(100)[1])


def demo_bound() -> tuple[Bound, np.ndarray, np.ndarray]:
    points, label = moons(100, 0.1)
    y = 2.0 * label - 1.0
    network = Network([2, 16, 16, 1])

    def loss(x: Any, y: Any) -> Any:
        return relu(1.0 - y * network(x)[0]) + 1e-4 * sum(p * p for p in network.parameters)

    return compile(loss).bind(points, y), points, y


def demo_in_arrays() -> Step:
    bound, points, y = demo_bound()

    def step() -> float:
        value = float(np.mean(bound(points, y)))
        for p, d in zip(bound.parameters, bound.gradients, strict=True):
            p -= (0.001 / len(y)) * d
        return value

    return step


def demo_without_update() -> Step:
    """What ``fit`` runs for a step before the update: that looks at nothing either, unless NumPy raises."""
    bound, *batch = demo_bound()
    return bound.reader(*batch)


def demo_unchecked() -> Step:
    """The same calls of NumPy, without any look at what comes of them."""
    bound, *batch = demo_bound()
    read = bound._kernel.reader(bound.parameters, batch, len(batch[0]))
    machine = inspect.getclosurevars(read).nonlocals["machine"]
    calls = [call for call in machine.calls if call.func is not check_finite]

    def step() -> None:
        for call in calls:
            call()
        bound.keep(bound._kernel._named(machine.results))

    return step


def demo_micrograd() -> Step:
    from micrograd.engine import Value as Micro

    parameters, loss = demo_loss(Micro, Micro.relu, 100)

    def step() -> float:
        total = loss()
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= 0.001 * p.grad
        return float(total.data)

    return step


def demo_arrays() -> list[np.ndarray]:
    network = Network([2, 16, 16, 1])
    return [a for pair in zip(network.weights, network.biases, strict=True) for a in pair]


def demo_torch() -> Step:
    import torch

    torch.set_num_threads(1)
    points, label = moons(100, 0.1)
    x, y = torch.tensor(points), torch.tensor(2.0 * label - 1.0)
    parameters = [torch.tensor(a, requires_grad=True) for a in demo_arrays()]

    def step() -> float:
        loss = torch_loss(x, y, parameters)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, d in zip(parameters, gradients, strict=True):
                p -= 0.001 * d
        return float(loss.item())

    return step


def torch_loss(x: Any, y: Any, parameters: Any) -> Any:
    import torch

    W1, b1, W2, b2, W3, b3 = parameters
    a2 = torch.relu(torch.relu(x @ W1.T + b1) @ W2.T + b2)
    margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
    return torch.relu(margin).mean() + 1e-4 * sum((p * p).sum() for p in parameters)


def demo_torch_compiled() -> Step:
    import torch

    torch.set_num_threads(1)
    points, label = moons(100, 0.1)
    x, y = torch.tensor(points), torch.tensor(2.0 * label - 1.0)
    parameters = tuple(map(torch.tensor, demo_arrays()))

    @torch.compile
    def update(parameters: Any) -> Any:
        gradients, loss = torch.func.grad_and_value(lambda parameters: torch_loss(x, y, parameters))(parameters)
        return loss, tuple(p - 0.001 * d for p, d in zip(parameters, gradients, strict=True))

    def step() -> float:
        nonlocal parameters
        loss, parameters = update(parameters)
        return float(loss.item())

    return step


def jax_update() -> tuple[Any, Any]:
    """A step of the demo, of the parameters alone, and the parameters that it begins with."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    points, label = moons(100, 0.1)
    x, y = jnp.array(points), jnp.array(2.0 * label - 1.0)

    def loss(parameters: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = parameters
        a2 = jax.nn.relu(jax.nn.relu(x @ W1.T + b1) @ W2.T + b2)
        margin = 1.0 - y * (a2 @ W3.T + b3)[:, 0]
        return jnp.mean(jax.nn.relu(margin)) + 1e-4 * sum(jnp.sum(p * p) for p in parameters)

    def update(parameters: Any, _: Any = None) -> Any:
        value, gradients = jax.value_and_grad(loss)(parameters)
        return [p - 0.001 * d for p, d in zip(parameters, gradients, strict=True)], value

    return update, list(map(jnp.array, demo_arrays()))


def demo_jax() -> Step:
    import jax

    update, parameters = jax_update()
    update = jax.jit(update)

    def step() -> float:
        nonlocal parameters
        parameters, value = update(parameters)
        return float(value)

    return step


# A hundred of these steps on JAX ------------------------------------------------------------------------


def hundred_by_hand() -> Step:
    import jax

    update, parameters = jax_update()
    steps = jax.jit(lambda parameters: jax.lax.scan(update, parameters, None, 100), donate_argnums=0)

    def run() -> float:
        nonlocal parameters
        parameters, values = steps(parameters)
        return float(np.asarray(values)[0])

    return run


def hundred_in_fit() -> Step:
    from nn import MLP, SGD, losses
    from nn.engines import Task, as_samples
    from nn.jax_engine import jax_engine

    points, label = moons(100, 0.1)
    model = MLP(2, [16, 16, 1])
    for layer, weights in zip(model.layers, Network([2, 16, 16, 1]).weights, strict=True):
        for neuron, row in zip(layer.neurons, weights.tolist(), strict=True):
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
    samples, penalty = as_samples((points, 2.0 * label - 1.0)), partial(losses.l2_penalty, strength=1e-4)
    engine: Any = jax_engine(Task(model, losses.hinge, SGD(model, lr=0.001), samples, penalty))
    epochs = [[range(100)]] * 100

    def run() -> float:
        engine.at_once = 100  # as many as fit would ask for after a while
        return float(engine.epochs(iter(epochs), lambda done: None)[0].loss)

    return run


# Digits: 64-32-10, minibatches of 32, softmax with cross-entropy ----------------------------------------


def digits() -> tuple[np.ndarray, np.ndarray]:
    """As many samples as scikit-learn's digits, of the same sizes."""
    draw = np.random.default_rng(0)
    return draw.random((1797, 64)), draw.integers(0, 10, 1797)


def digits_by_hand() -> Step:
    points, label = digits()
    network = Network([64, 32, 10])
    W1, W2 = network.weights
    b1, b2 = network.biases
    order = np.random.default_rng(0).permutation(len(points))
    hot = np.eye(10)[label]

    def epoch() -> float:
        nonlocal W1, b1, W2, b2
        total = 0.0
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            x, y = points[rows], hot[rows]
            z1 = x @ W1.T + b1
            a1 = np.maximum(z1, 0.0)
            z2 = a1 @ W2.T + b2
            e = np.exp(z2 - z2.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            total += -np.sum(y * np.log(p))
            dz2 = (p - y) / len(rows)
            dz1 = dz2 @ W2 * (z1 > 0.0)
            W2, b2 = W2 - 0.1 * (dz2.T @ a1), b2 - 0.1 * dz2.sum(axis=0)
            W1, b1 = W1 - 0.1 * (dz1.T @ x), b1 - 0.1 * dz1.sum(axis=0)
        return total / len(order)

    return epoch


def digits_compiled() -> Step:
    points, label = digits()
    network = Network([64, 32, 10])
    order = np.random.default_rng(0).permutation(len(points))
    hot = np.eye(10)[label]

    def loss(x: Any, y: Any) -> Any:
        logits = network(x)
        return logsumexp(logits) - sum(t * z for t, z in zip(y, logits, strict=True))

    bound = compile(loss).bind(points[:32], hot[:32])

    def epoch() -> float:
        total = 0.0
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            total += np.sum(bound(points[rows], hot[rows]))
            for p, d in zip(bound.parameters, bound.gradients, strict=True):
                p -= (0.1 / len(rows)) * d
        return total / len(order)

    return epoch


# Programs that are no network of layers -----------------------------------------------------------------


def compare_programs() -> None:
    """What is printed, how long it takes to compile, and how long a run takes against NumPy by hand."""
    print("\nOther programs; statements and milliseconds to compile: of the function, and of the recorded output")
    print(f"\n{'':<26}{'nodes':>7}{'statements':>14}{'compile':>12}{'by hand':>10}", end="")
    print(f"{'arguments':>12}{'in arrays':>11}{'step()':>9}")
    for program in programs():
        compare_program(program)


def compare_program(program: Program) -> None:
    function = compile(program.function, shared=list(inspect.signature(program.function).parameters))
    output, _ = program.recorded()
    start = time.process_time()
    function.record(*program.arguments)
    recorded = time.process_time()
    step = compile(output)
    step()
    compiling = [recorded - start, time.process_time() - recorded]
    arguments = program.arguments
    runs = {
        "by hand": partial(program.by_hand, *arguments),
        "arguments": partial(function.value_and_grad, *arguments),
        "in arrays": step.bind(),
        "step()": step,
    }
    by_hand, *others = interleaved({name: partial(seconds, run) for name, run in runs.items()}, ROUNDS).values()
    print(f"{program.name:<26}{len(topological_order(output)):>7}", end="")
    print(f"{statements(function.source):>7} {statements(step.source):>6}", end="")
    print("".join(f"{found * 1e3:>6.0f}" for found in compiling), end="")
    print(f"{statistics.median(by_hand) * 1e6:>7.0f} µs", end="")
    print("".join(f"{median_ratio(times, by_hand):>8.2f} ×" for times in others))


def compare_gpt() -> None:
    """The GPT as its example compiles it: with the tokens as an argument, once for each length."""
    weights = list(programs()[0].arguments)
    every = [list(tokens) for tokens in (TOKENS, *OTHERS)]
    compiled, times = compile(gpt.loss, shared=["weights"]), [time.process_time()]
    compiled.record(weights, every[0])
    times.append(time.process_time())
    for tokens in every:
        compiled.value_and_grad(weights, tokens)
        times.append(time.process_time())
    recording, first, *others = (f"{(after - before) * 1e3:.1f}" for before, after in pairwise(times))
    print("\nThe GPT with its tokens as an argument, in milliseconds")
    print(f"\nrecorded and compiled in {recording}; first call {first}; with other tokens {', '.join(others)}")

    def on_all(loss: Callable[..., Any]) -> Step:
        return lambda: [loss(weights, tokens) for tokens in every]

    by_hand = on_all(lambda weights, tokens: gpt_by_hand(*weights, tokens=tokens))
    ways = {"by hand": lambda: by_hand, "compiled": lambda: on_all(compiled.value_and_grad)}
    compare(f"Its loss and gradient for {len(every)} names", ways)


def statements(source: str) -> int:
    """How many lines the function has, without comments."""
    body = source.partition("def value_and_grad")[2].splitlines()[1:]
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in body)


# Formulas of three numbers and of two: a point, a hundred, a million -------------------------------------


def formula(x: Any, y: Any, z: Any) -> Any:
    return x * exp(y) + sin(z)


def logarithm(x: Any, y: Any) -> Any:
    return log(x**2 + y**2 + 1.0)


def point_by_hand() -> Step:
    def step() -> Any:
        x, y, z = Value(1.5), Value(-1.0), Value(0.5)
        output = formula(x, y, z)
        output.backward()
        return output.data, (x.grad, y.grad, z.grad)

    return step


def point_eager() -> Step:
    return partial(value_and_grad(formula), 1.5, -1.0, 0.5)


def point_compiled() -> Step:
    return partial(compile(formula).value_and_grad, 1.5, -1.0, 0.5)


def columns(count: int, samples: int) -> list[np.ndarray]:
    draw = np.random.default_rng(0)
    return [draw.random(samples) for _ in range(count)]


def formula_by_hand(samples: int) -> Step:
    x, y, z = columns(3, samples)

    def step() -> Any:
        e = np.exp(y)
        dy = x * e
        return dy + np.sin(z), (e, dy, np.cos(z))

    return step


def formula_compiled(samples: int) -> Step:
    return partial(compile(formula).value_and_grad, *columns(3, samples))


def logarithm_by_hand(samples: int) -> Step:
    x, y = columns(2, samples)

    def step() -> Any:
        s = x**2 + y**2 + 1.0
        return np.log(s), (2.0 * x / s, 2.0 * y / s)

    return step


def logarithm_compiled(samples: int) -> Step:
    return partial(compile(logarithm).value_and_grad, *columns(2, samples))


def compare_formulas() -> None:
    point = {"recorded and swept by hand": point_by_hand, "eager value_and_grad": point_eager}
    compare("x e^y + sin z and its gradient at a point", {**point, "compiled": point_compiled})
    for samples in (100, 10**6):
        of_formula = {"by hand": partial(formula_by_hand, samples), "compiled": partial(formula_compiled, samples)}
        compare(f"The same at {samples} points", of_formula)
    of_logarithm = {"by hand": partial(logarithm_by_hand, 10**6), "compiled": partial(logarithm_compiled, 10**6)}
    compare(f"log(x^2 + y^2 + 1) and its gradient at {10**6} points", of_logarithm)


# Measuring -----------------------------------------------------------------------------------------------


def seconds(step: Step) -> float:
    """Of one step, over about SECONDS; the first is not counted."""
    step()
    count, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < SECONDS:
        step()
        count += 1
    return elapsed / count


def compare(title: str, steps: dict[str, Callable[[], Step]]) -> None:
    """Times and ratios to the first, which is written by hand."""
    times = interleaved({name: partial(seconds, make()) for name, make in steps.items()}, ROUNDS)
    base = next(iter(times.values()))
    print(f"\n{title}\n")
    for name, found in times.items():
        print(f"{name:<40}{statistics.median(found) * 1e6:>12.1f} µs{median_ratio(found, base):>10.2f}")


def main() -> None:
    print(f"eager engine: {engine()}; NumPy {np.__version__}; one thread")
    compare_formulas()
    compare("The tutorial's epoch: 800 points, 2-10-1", {"by hand": tutorial_by_hand, "compiled": tutorial_compiled})
    peers: dict[str, dict[str, Callable[[], Step]]] = {
        "torch": {"PyTorch, eager": demo_torch, "PyTorch, torch.compile": demo_torch_compiled},
        "jax": {"JAX, jit": demo_jax},
        "micrograd": {"micrograd": demo_micrograd},
    }
    there = {name: make for peer, steps in peers.items() if find_spec(peer) for name, make in steps.items()}
    compare(
        "A step of micrograd's demo: 100 points, 2-16-16-1",
        {
            "by hand": demo_by_hand,
            "compiled, in arrays": demo_in_arrays,
            "compiled, step() on Values": demo_step_alone,
            "compiled, step() and update of Values": demo_on_values,
            **there,
        },
    )
    looks = {"no look at what leaves the floats": demo_unchecked, "as fit runs it": demo_without_update}
    compare("The same step without its update", looks)
    if find_spec("jax"):
        hundred = {"lax.scan by hand": hundred_by_hand, "the JAX engine": hundred_in_fit}
        compare("A hundred of these steps on JAX", hundred)
    compare("An epoch of digits: 64-32-10, 57 minibatches", {"by hand": digits_by_hand, "compiled": digits_compiled})
    compare_programs()
    compare_gpt()


if __name__ == "__main__":
    main()
