from __future__ import annotations

import math
import random

import numpy as np
import pytest

from nn import MLP, Layer
from nn.initializers import INITIALIZERS, Seed

NIN, NOUT = 50, 200
SPREAD = {  # the standard deviation that torch's formulas give
    "uniform": 1 / math.sqrt(3),
    "normal": 1.0,
    "he_uniform": math.sqrt(2 / NIN),
    "he_normal": math.sqrt(2 / NIN),
    "xavier_uniform": math.sqrt(2 / (NIN + NOUT)),
    "xavier_normal": math.sqrt(2 / (NIN + NOUT)),
}


def weights(layer: Layer) -> np.ndarray:
    return np.array([[w.data for w in neuron.w] for neuron in layer.neurons])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_spread_and_shape(name: str) -> None:
    drawn = weights(Layer(NIN, NOUT, initializer=name, seed=0))
    assert drawn.shape == (NOUT, NIN)
    assert drawn.std() == pytest.approx(SPREAD[name], rel=0.03)
    assert abs(drawn.mean()) < 0.03 * SPREAD[name] + 0.003
    if "uniform" in name:
        bound = math.sqrt(3) * SPREAD[name]
        assert 0.99 * bound < np.abs(drawn).max() <= bound
    else:
        assert np.abs(drawn).max() > 3 * SPREAD[name]


@pytest.mark.parametrize("name", INITIALIZERS)
def test_same_seed_same_bits(name: str) -> None:
    def network(seed: Seed) -> dict[str, float]:
        return MLP(3, [4, 2], initializer=name, seed=seed).state_dict()

    assert network(7) == network(7) == network(np.random.default_rng(7)) != network(8)
    random.seed(7)
    first = network(None)
    assert network(random.Random(7)) == first
    assert network(None) != first
    random.seed(7)
    assert network(None) == first


def test_a_generator_draws_on() -> None:
    rng = np.random.default_rng(0)
    assert weights(Layer(2, 2, seed=rng)).tolist() != weights(Layer(2, 2, seed=rng)).tolist()
    rng = np.random.default_rng(0)
    expected = np.random.default_rng(0).normal(0.0, math.sqrt(2 / 3), size=(4, 3))
    assert weights(Layer(3, 4, initializer="he_normal", seed=rng)).tolist() == expected.tolist()
