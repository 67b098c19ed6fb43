"""Formulas as people write them: a text is read as a tree, which computes, and which shows how the text was read.

tokens (what stands there, by the tables of notation) → meaning, with names (by spelling, products and functions) and
operands (what is meant by it) → parsing, by the table of grammar.lark (how it hangs together) → building and nodes (the
tree). alternatives are the other ways to read it, conditions are split into comparisons; reader has all of it.
"""

from __future__ import annotations

import math
from typing import Final

LONGEST: Final = 10_000  # characters of a formula
DEEPEST: Final = 1_000  # nested operations, or brackets
CONSTANTS: Final[dict[str, float]] = {"pi": math.pi, "e": math.e}
