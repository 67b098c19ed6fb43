"""Which engine runs: the one that Cython compiled, or the plain Python that it was compiled from."""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import linecache
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

HOME = Path(__file__).parent
RECORD = HOME / "compiled.json"  # written by setup.py: the hash of every source that it compiled
VARIABLE = "CHAINRULE_PLAIN"


class _SourceFinder(importlib.abc.MetaPathFinder):
    """Finds the source of the engine's modules, which Python would pass over for the compiled ones."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package, _, module = name.rpartition(".")
        if package != "autograd" or f"{module}.py" not in _compiled_sources():
            return None
        return importlib.util.spec_from_file_location(name, HOME / f"{module}.py")


def choose_engine() -> None:
    """Take the plain source if CHAINRULE_PLAIN is set; warn if the compiled code is out of date."""
    if os.environ.get(VARIABLE):
        sys.meta_path.insert(0, _SourceFinder())
        return
    for name, digest in _compiled_sources().items():
        if hashlib.sha256((HOME / name).read_bytes()).hexdigest() != digest:
            warnings.warn(
                f"autograd/{name} has changed since the engine was compiled, and the compiled code runs: "
                f"install again, or set {VARIABLE}=1 to run the source",
                RuntimeWarning,
                stacklevel=3,
            )
        # Compiled code knows its source by this name: so tracebacks find it, wherever the package is.
        module = f"autograd.{name.removesuffix('.py')}"
        loader = importlib.machinery.SourceFileLoader(module, str(HOME / name))
        linecache.lazycache(f"autograd/{name}", {"__name__": module, "__loader__": loader})


def engine() -> str:
    """The engine that is running: "compiled" or "plain Python"."""
    origin = sys.modules["autograd.value"].__file__ or ""
    return "compiled" if origin.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)) else "plain Python"


def _compiled_sources() -> dict[str, str]:
    if not RECORD.exists():
        return {}
    sources: dict[str, str] = json.loads(RECORD.read_text())
    return sources
