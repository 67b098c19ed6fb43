"""Neural networks of scalars: modules, losses, optimizers, data and training, built on ``autograd``."""

from nn.layers import ACTIVATIONS, MLP, Layer, Neuron, Sequential
from nn.modules import Module
from nn.prediction import predict

__all__ = ["ACTIVATIONS", "MLP", "Layer", "Module", "Neuron", "Sequential", "predict"]
