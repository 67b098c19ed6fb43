"""A GPT on scalars: it reads names, letter by letter, and then invents new ones.

    python examples/gpt.py names.txt                  # one name a line; without a file, the modules of Python's library
    python examples/gpt.py names.txt --engine numpy   # the loss is compiled; or jax

Every weight is a number of its own, and the model is arithmetic on them. It is the model of A. Karpathy's microgpt
(2026), with the same initial weights and order of names, so the losses are the same, too. The characters are the
tokens, and one more token begins and ends a name. A layer of attention in four heads looks back at the tokens so far; a
small network of ReLU neurons follows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from functools import partial
from itertools import chain, cycle, islice, pairwise
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograd import Value, compile, dot, log, relu, softmax, take
from nn import Adam
from nn.schedules import linear

WIDTH = 16  # numbers that stand for a token
HEADS = 4
CONTEXT = 16  # tokens that the model sees at once
TEMPERATURE = 0.5  # below 1, likely letters become likelier
SHOWN = (1, 2, 3, 10, 30, 100, 300)  # steps, and the last one

Vector = Sequence[Any]
Matrix = Sequence[Vector]

# The model -----------------------------------------------------------------------------------------------


def initial_weights(vocabulary: int, draw: Random) -> list[Matrix]:
    """The matrices of the model: embeddings of tokens and positions, logits; query, key, value, output; up and down."""
    square, embedding = (WIDTH, WIDTH), (vocabulary, WIDTH)
    shapes = [embedding, (CONTEXT, WIDTH), embedding, *[square] * 4, (4 * WIDTH, WIDTH), (WIDTH, 4 * WIDTH)]
    return [[[draw.gauss(0.0, 0.08) for _ in range(columns)] for _ in range(rows)] for rows, columns in shapes]


def loss(weights: Sequence[Matrix], tokens: Sequence[int]) -> Any:
    """The mean, over the tokens but the first, of -log of the probability that the tokens before give it."""
    past: list[tuple[Matrix, Matrix]] = []
    surprises = [
        -log(take(softmax(logits(weights, token, past)), following))
        for token, following in pairwise(tokens[: CONTEXT + 1])
    ]
    return sum(surprises) / len(surprises)


def logits(weights: Sequence[Matrix], token: int, past: list[tuple[Matrix, Matrix]]) -> Vector:
    """A number for each token that can follow. ``past`` holds the keys and values of the tokens so far."""
    tokens, positions, output, query, key, value, joined, up, down = weights
    x = normed(plus(take(tokens, token), positions[len(past)]))

    looking = normed(x)
    past.append((heads(times(key, looking)), heads(times(value, looking))))
    attended = [
        attention(asked, [keys[head] for keys, _ in past], [values[head] for _, values in past])
        for head, asked in enumerate(heads(times(query, looking)))
    ]
    x = plus(x, times(joined, list(chain(*attended))))

    hidden = [relu(number) for number in times(up, normed(x))]
    x = plus(x, times(down, hidden))
    return times(output, x)


def attention(query: Vector, keys: Matrix, values: Matrix) -> Vector:
    """The mean of the values, in which each counts by how well its key fits the query."""
    shares = softmax([dot(query, key) / sqrt(len(query)) for key in keys])
    return [dot(shares, column) for column in zip(*values, strict=True)]


def normed(x: Vector) -> Vector:
    """The vector, scaled so that the mean of its squares is 1: the RMS norm."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [number * scale for number in x]


def times(matrix: Matrix, x: Vector) -> Vector:
    return [dot(row, x) for row in matrix]


def plus(x: Vector, y: Vector) -> Vector:
    return [a + b for a, b in zip(x, y, strict=True)]


def heads(x: Vector) -> Matrix:
    """The vector, cut into a part for each head."""
    size = len(x) // HEADS
    return [x[start : start + size] for start in range(0, len(x), size)]


# Training ------------------------------------------------------------------------------------------------


def eager(weights: Sequence[Matrix], optimizer: Adam, documents: Iterable[Sequence[int]]) -> Generator[float]:
    """A step for each document: its loss is recorded, and the graph swept. The weights are Values."""
    for tokens in documents:
        recorded = loss(weights, tokens)
        optimizer.zero_grad()
        recorded.backward()
        optimizer.step()
        yield recorded.data


def compiled(
    weights: Sequence[Matrix], optimizer: Adam, documents: Iterable[Sequence[int]], target: str
) -> Generator[float]:
    """The same steps on arrays, written to the Values in the end. The loss is compiled once for each length."""
    arrays: list[Any] = [np.array(matrix) for matrix in numbers_of(weights)]
    states: Sequence[Any] = [(0.0, 0.0)] * len(arrays)  # Adam's two means
    compiled_loss = compile(loss, shared=["weights"], target=target)
    try:
        for step, tokens in enumerate(documents):
            value, (gradients, _) = compiled_loss.value_and_grad(arrays, tokens)
            updated = [
                optimizer.update(array, gradient, state, optimizer.rate(step), step)
                for array, gradient, state in zip(arrays, gradients, states, strict=True)
            ]
            arrays, states = [array for array, _ in updated], [state for _, state in updated]
            yield value
    finally:
        for weight, number in zip(flat(weights), flat(arrays), strict=True):
            weight.data = number


def flat(matrices: Sequence[Matrix]) -> list[Any]:
    return [number for matrix in matrices for row in matrix for number in row]


def on_values(weights: Sequence[Matrix]) -> list[Matrix]:
    """A Value for every number."""
    return [[[Value(number) for number in row] for row in matrix] for matrix in weights]


def numbers_of(weights: Sequence[Matrix]) -> list[Matrix]:
    """The plain numbers of weights that are Values."""
    return [[[weight.data for weight in row] for row in matrix] for matrix in weights]


# Names ---------------------------------------------------------------------------------------------------


class Alphabet:
    """The characters of some names. Each is a token, and one more stands at both ends of a name."""

    def __init__(self, names: Iterable[str]) -> None:
        self.characters = sorted(set("".join(names)))
        self.end = len(self.characters)

    def tokens(self, name: str) -> list[int]:
        return [self.end, *map(self.characters.index, name), self.end]

    def invented(self, weights: Sequence[Matrix], draw: Random) -> str:
        """A new name, drawn letter by letter. It ends where the model ends it, or with the context."""
        token, name = self.end, ""
        past: list[tuple[Matrix, Matrix]] = []
        while len(past) < CONTEXT:
            chances = softmax([number / TEMPERATURE for number in logits(weights, token, past)])
            (token,) = draw.choices(range(len(chances)), chances)
            if token == self.end:
                break
            name += self.characters[token]
        return name


def names_of(path: str | None) -> list[str]:
    """The lines of a file, or the names of Python's modules."""
    if path is None:
        return sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"cannot read {path}: it is not a text in UTF-8") from None
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise ValueError(f"there is no name in {path}: it has one on each line")
    return names


# A run ---------------------------------------------------------------------------------------------------


class Run:
    """A model, and ``losses``, which trains it by one name after the other. ``engine``: eager, numpy or jax."""

    def __init__(self, names: Sequence[str], steps: int, engine: str) -> None:
        self.draw = Random(42)
        shuffled = list(names)
        self.draw.shuffle(shuffled)
        self.alphabet = Alphabet(names)
        self.weights = on_values(initial_weights(self.alphabet.end + 1, self.draw))
        optimizer = Adam(flat(self.weights), linear(0.01, 0.0, steps), betas=(0.85, 0.99))
        documents = map(self.alphabet.tokens, islice(cycle(shuffled), steps))
        train = eager if engine == "eager" else partial(compiled, target=engine)
        self.losses = train(self.weights, optimizer, documents)

    def invented(self, count: int) -> list[str]:
        """New names from the model as it is now."""
        learnt = numbers_of(self.weights)
        return [self.alphabet.invented(learnt, self.draw) for _ in range(count)]


def watched(losses: Generator[float], steps: int) -> tuple[list[float], bool]:
    """All losses, and whether ctrl-C ended the training early; on a terminal, a bar shows how far it is."""
    found: list[float] = []
    columns = TextColumn("step"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}")
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty())
    with closing(losses), bar:
        task = bar.add_task("", total=steps)
        try:
            for step_loss in losses:
                found.append(step_loss)
                bar.update(task, completed=len(found), description=f"loss {step_loss:.4f}")
        except KeyboardInterrupt:
            return found, True
    return found, False


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and invent names; 130 if ctrl-C ended the training early."""
    parser = argparse.ArgumentParser(description="A GPT on scalars learns names, and invents new ones.")
    parser.add_argument("file", nargs="?", help="one name a line (otherwise the modules of Python's library)")
    parser.add_argument("--steps", type=int, default=1000, help="how many names it learns from (1000)")
    parser.add_argument("--engine", choices=["eager", "numpy", "jax"], default="eager", help="what computes (eager)")
    options = parser.parse_args(arguments)
    try:
        names = names_of(options.file)
        run = Run(names, options.steps, options.engine)
    except ValueError as error:
        parser.error(str(error))
    losses, interrupted = watched(run.losses, options.steps)
    for step in sorted({*SHOWN, len(losses)} & {*range(1, len(losses) + 1)}):
        print(f"step {step:4}   loss {losses[step - 1]:.4f}")
    if interrupted:
        print(f"interrupted after {len(losses)} of {options.steps} steps")
    print()
    for name in run.invented(20):
        print(name + "   (known)" * (name in names))
    return 130 if interrupted else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
