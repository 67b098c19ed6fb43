"""What stands above a printed function: imports, the functions that the target has not, and constants."""

from __future__ import annotations

import keyword

import numpy as np

from autograd.compiling.targets import Target
from autograd.compiling.text import identifier, literal
from autograd.operation import Operation

PRINTED = 12  # numbers of a constant; a longer one is an argument
_RESERVED = {"np", "jnp", "jax", "math", "len", *keyword.kwlist}


class Heading:
    """Everything above the function, collected while that is written."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.taken = set(_RESERVED)
        self.called: dict[Operation, str] = {}  # how the operations are called that are neither operators nor in place
        self.constants: dict[str, np.ndarray] = {}
        self._imports = {f"import {target.package} as {target.module}"}
        self._assignments: list[str] = []
        self._functions: list[str] = []

    def name(self, wanted: str) -> str:
        """The name that is wanted, or one like it that is free."""
        first = identifier(wanted) or "f"
        name = next(name for name in (first, *(f"{first}_{i}" for i in range(2, 1000))) if name not in self.taken)
        self.taken.add(name)
        return name

    def call(self, operation: Operation, text: str) -> None:
        """Call an operation by the function that the target has for it: by its name, else by one given to it here."""
        if text.startswith(f"{self.target.module}.") and text.replace(".", "").isidentifier():
            self.called[operation] = text
        elif text.replace(".", "").isidentifier():
            package, _, function = text.rpartition(".")
            self.called[operation] = self.name(function)
            self._imports.add(f"from {package} import {function}")
        else:
            self.called[operation] = name = self.name(operation.name)
            self._assignments.append(f"{name} = {text}")
            if "math." in text:
                self._imports.add("import math\n")

    def import_(self, line: str) -> None:
        """Add an import."""
        self._imports.add(line)

    def define(self, lines: list[str]) -> None:
        """Add the lines of a function."""
        self._functions.append("\n".join(["", "", *lines]))

    def arguments(self) -> dict[str, np.ndarray]:
        """The constants that are not printed, but given to the function."""
        return {name: numbers for name, numbers in self.constants.items() if numbers.size > PRINTED}

    def text(self) -> str:
        """All of it."""
        short = [f"{k} = {literal(x, self.target.module)}" for k, x in self.constants.items() if x.size <= PRINTED]
        return "\n".join(
            [*sorted(self._imports), *self._assignments, *self._functions, *(["", *short] if short else [])]
        )
