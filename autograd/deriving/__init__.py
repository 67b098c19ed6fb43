"""Derivations as on a board: both passes, the paths to each input, and the result."""

from autograd.deriving.derivation import Derivation, derive, save
from autograd.deriving.pages import Page, Section, Table

__all__ = ["Derivation", "Page", "Section", "Table", "derive", "save"]
