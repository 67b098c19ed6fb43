"""Pictures of networks and of their training, by matplotlib, which is imported when the first one is drawn.

Every function takes ``ax``, the Axes to draw on (None: those of a new figure), returns the Axes, and never calls
``show``. ``ax.figure.savefig("picture.png")`` writes the picture to a file.
"""

from nn.plotting.animation import BoundaryAnimation
from nn.plotting.boundary import plot_decision_boundary
from nn.plotting.layers import plot_adjoints, plot_distributions, plot_norms
from nn.plotting.loss import plot_loss
from nn.plotting.network import plot_network

__all__ = [
    "BoundaryAnimation",
    "plot_adjoints",
    "plot_decision_boundary",
    "plot_distributions",
    "plot_loss",
    "plot_network",
    "plot_norms",
]
