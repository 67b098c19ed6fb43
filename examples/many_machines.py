"""One training run on many machines, or on many processes of one.

Start this script once on each, with the same arguments but its own number; the first one's address is known to all:

    python examples/many_machines.py 10.0.0.1:1234 2 0     # on 10.0.0.1
    python examples/many_machines.py 10.0.0.1:1234 2 1     # on the other one

On a cluster that JAX knows, such as Slurm or Cloud TPU, it needs no arguments. Each process makes the same model of the
same data from the same seeds; ``fit`` then spreads the samples of each batch over the devices of all of them, and every
process ends up with the same parameters. The first prints the run; each saves the model, if a file name is the last
argument.

Needs JAX: pip install "chainrule[jax]"
"""

from __future__ import annotations

import sys

import jax

from nn import MLP, SGD, fit, losses
from nn.datasets import make_moons


def main(coordinator: str = "", processes: str = "", number: str = "", path: str = "") -> None:
    """Join the others, train, and report."""
    if coordinator:
        jax.distributed.initialize(coordinator, int(processes), int(number))
    else:
        jax.distributed.initialize()
    model = MLP(2, [16, 16, 1], activation="tanh", seed=0)
    data = make_moons(1000, noise=0.1, random_state=0)
    loss = losses.binary_cross_entropy_with_logits
    history = fit(model, data, loss, SGD(model, lr=0.1, momentum=0.9), epochs=20, batch_size=64, engine="jax")
    if jax.process_index() == 0:
        print(f"{jax.device_count()} devices of {jax.process_count()} processes")
        print(history)
    if path:
        model.save(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
