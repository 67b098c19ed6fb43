"""A scalar autograd engine for learning."""
from autograd.operations import *
from autograd.value import Value
