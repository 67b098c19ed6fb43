"""Pictures of a graph: drawn by Graphviz, as a text tree, and as the steps of the backward pass."""

from autograd.drawing.picture import Picture, draw
from autograd.drawing.render import CannotRender
from autograd.drawing.text import forward, steps, tree

__all__ = ["CannotRender", "Picture", "draw", "forward", "steps", "tree"]
