"""Every public name explains itself: what it means, its parameters, its errors, and an example that runs.

The examples are executed as doctests; docs/reference.py makes pages of all this.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import runpy
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd import OPERATIONS, Operation
from autograd.compiling.bound import Bound
from autograd.compiling.compiled import CompiledFunction
from autograd.compiling.graphs import CompiledGraph
from autograd.compiling.script import JavaScript

REFERENCE = runpy.run_path(str(Path(__file__).parent.parent / "docs" / "reference.py"))
MODULES: tuple[str, ...] = REFERENCE["MODULES"]


MADE = {
    Bound,
    CompiledFunction,
    CompiledGraph,
    JavaScript,
}  # by the library: what their constructors take is its own business


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """The functions, classes and operations of a module that are for users."""
    listed = getattr(module, "__all__", None)
    for name in listed or vars(module):
        thing = getattr(module, name)
        documented = inspect.isclass(thing) or callable(thing)
        if listed is None:
            documented = documented and not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
        if documented:
            yield name, thing


PUBLIC = {f"{module}.{name}": thing for module in MODULES for name, thing in public(importlib.import_module(module))}
OWN = {name: thing for name, thing in PUBLIC.items() if not isinstance(thing, Operation)}


def parameters(thing: Any) -> list[str]:
    if inspect.isclass(thing) and (issubclass(thing, BaseException) or thing in MADE):
        return []
    return [name for name in inspect.signature(thing).parameters if not name.startswith("_") and name != "self"]


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class defines itself."""
    for name, member in vars(kind).items():
        if not name.startswith("_") and (inspect.isroutine(member) or isinstance(member, property | classmethod)):
            yield name, member


def raised(thing: Any) -> set[str]:
    """The errors that a function, or the constructor of a class, raises itself, but for those of a wrong kind."""
    try:
        source = textwrap.dedent(inspect.getsource(thing.__init__ if inspect.isclass(thing) else thing))
    except (OSError, TypeError):
        return set()  # compiled, or inherited from Python
    names = {
        node.exc.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    return {name for name in names if name.endswith("Error") and name not in ("TypeError", "NotImplementedError")}


def doc(thing: Any) -> str:
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "")


def prose(thing: Any) -> str:
    """The docstring without its examples."""
    return "\n".join(line for line in doc(thing).splitlines() if not line.startswith((">>>", "...")))


@pytest.mark.parametrize("name", OWN)
def test_a_public_name_has_a_docstring_with_an_example(name: str) -> None:
    text = doc(OWN[name])
    assert text
    assert ">>>" in text, f"{name} has no example"


@pytest.mark.parametrize("name", OWN)
def test_a_docstring_names_every_parameter(name: str) -> None:
    text = prose(OWN[name])
    missing = [each for each in parameters(OWN[name]) if not re.search(rf"\b{re.escape(each)}\b", text)]
    assert not missing, f"{name} does not say what {', '.join(missing)} may be"


@pytest.mark.parametrize("name", OWN)
def test_a_docstring_names_the_errors_that_are_raised(name: str) -> None:
    missing = {error for error in raised(OWN[name]) if error not in doc(OWN[name])}
    assert not missing, f"{name} does not say when it raises {missing}"


@pytest.mark.parametrize("name", [name for name, thing in OWN.items() if inspect.isclass(thing)])
def test_public_methods_and_properties_have_docstrings(name: str) -> None:
    for member, thing in members(OWN[name]):
        assert doc(thing), f"{name}.{member}"


def test_public_tables_are_explained_below_their_definition() -> None:
    for module in map(importlib.import_module, MODULES):
        for name in getattr(module, "__all__", ()):
            table = getattr(module, name)
            if isinstance(table, dict | tuple):
                assert REFERENCE["explained"](name, table), name


def test_the_modules_have_docstrings() -> None:
    assert all(doc(importlib.import_module(name)) for name in MODULES)


def test_every_operation_is_described() -> None:
    described = {name for name, thing in PUBLIC.items() if isinstance(thing, Operation)}
    assert described >= {f"autograd.{name}" for name in OPERATIONS if name != "abs"}
    for operation in OPERATIONS.values():
        assert ">>>" in doc(operation)
        assert operation.meaning
