"""Neural networks of scalars: modules, losses, optimizers, data and training, built on ``autograd``.

>>> from nn import MLP, fit, losses, optimizers
>>> from nn.datasets import make_moons
>>> model = MLP(2, [8, 1], activation="tanh", seed=0)
>>> data = make_moons(60, noise=0.1, random_state=0)
>>> history = fit(model, data, losses.binary_cross_entropy_with_logits, optimizers.Adam(model, lr=0.1), epochs=40)
>>> history.accuracy[-1] > 0.9
True
"""

import runpy
from pathlib import Path

import autograd

if not hasattr(autograd, "Value"):  # another package of that name; so the file beside this one is not asked for by it
    _collision = runpy.run_path(str(Path(__file__).parent.parent / "autograd" / "collision.py"))
    raise ImportError(_collision["mixed_installation"]())

try:
    import numpy as _  # noqa: F401
except ModuleNotFoundError:
    raise ImportError("networks run on NumPy: pip install numpy") from None

from nn import datasets, initializers, losses, optimizers, plotting, schedules
from nn.analysis import GradientReport, gradient_report
from nn.engines import evaluate
from nn.experiments import GradientComparison, compare_gradients
from nn.history import History
from nn.layers import ACTIVATIONS, MLP, Layer, Neuron, Sequential
from nn.modules import Module
from nn.optimizers import SGD, Adam, AdamW, RMSprop, clip_grad_norm
from nn.prediction import predict
from nn.training import early_stopping, fit

# fmt: off
__all__ = [
    "ACTIVATIONS", "MLP", "Layer", "Module", "Neuron", "Sequential",
    "SGD", "Adam", "AdamW", "RMSprop", "clip_grad_norm",
    "History", "early_stopping", "evaluate", "fit", "predict",
    "GradientComparison", "GradientReport", "compare_gradients", "gradient_report",
    "datasets", "initializers", "losses", "optimizers", "plotting", "schedules",
]
