"""The compiled engine and the plain one: the same bits, the same help, and nothing that crashes the interpreter."""

from __future__ import annotations

import ast
import doctest
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd import Symbol, Value
from autograd.engine import HOME, RECORD, engine
from autograd.term import Term

NAMES = ("operation", "special", "operations", "graph", "number", "recorder", "sweep", "value")
both = pytest.mark.skipif(not RECORD.exists(), reason="there is no compiled engine here: no C compiler built one")


def run(program: str, path: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CHAINRULE_PLAIN"}
    return subprocess.run(
        [sys.executable, "-c", program],
        env=inherited | environment,
        cwd=path,
        capture_output=True,
        text=True,
        check=True,
    )


def compiled_and_plain(program: str) -> tuple[str, str]:
    """What a program prints with either engine; it must be the engine that was asked for."""
    program = f"from autograd.engine import engine\nprint(engine())\n{program}"
    (first, compiled), (second, plain) = (
        run(program, None, **environment).stdout.split("\n", 1) for environment in ({}, {"CHAINRULE_PLAIN": "1"})
    )
    assert (first, second) == ("compiled", "plain Python")
    assert compiled
    return compiled, plain


@both
def test_both_engines_give_the_same_bits() -> None:
    compiled, plain = compiled_and_plain(
        """
import random
from autograd import OPERATIONS, Value, partial_derivatives
draw = random.Random(3)
leaves = [Value(draw.uniform(0.1, 0.9)) for _ in range(20)]
nodes = list(leaves)
for operation in list(OPERATIONS.values()) * 3:
    operands = [draw.choice(leaves) for _ in range(operation.arity)]
    if operation.name == "acosh":
        operands = [operands[0] + 1.5]
    nodes.append(operation(*operands) * draw.choice(nodes) + draw.choice(leaves) / 3 - 2 ** draw.choice(leaves))
total = sum(nodes)
total.backward()
second = [d.data.hex() for d in partial_derivatives(partial_derivatives(total, leaves[:1])[0], leaves)]
print(total.data.hex(), [leaf.grad.hex() for leaf in leaves], [node.grad.hex() for node in nodes], second)
"""
    )
    assert compiled == plain


@both
def test_both_engines_agree_on_every_operation_at_the_edges() -> None:
    compiled, plain = compiled_and_plain(
        """
import itertools
from autograd import OPERATIONS, Value
from autograd.operation import INTERNAL
points = [0.0, -0.0, 5e-324, 1e-310, 1e-160, 0.3, -0.75, 1.0, -1.0, 2.0, 3.5, -40.0, 710.0, 1e160, 1.7e308, -1e308]
points += [float("inf"), float("nan")]
for name, operation in {**OPERATIONS, **INTERNAL}.items():
    for operands in itertools.product(points, repeat=operation.arity):
        values = [Value(x) for x in operands]
        try:
            out = operation(*values)
            print(name, operands, out.data.hex(), [partial.hex() for partial in out.partials])
        except ArithmeticError as error:
            print(name, operands, repr(error))
"""
    )
    assert compiled == plain


@both
def test_both_engines_show_the_same_help() -> None:
    compiled, plain = compiled_and_plain(
        """
import importlib, inspect
import autograd
def signature(part):
    if inspect.isclass(part):
        return inspect.signature(part) if part in (autograd.Value, autograd.Operation) else ""
    try:  # compiled, what is called from C does not keep the type of its result
        return [(p.name, p.kind, p.annotation, p.default) for p in inspect.signature(part).parameters.values()
                if not callable(p.default)]
    except (TypeError, ValueError):
        return None
for name in "operation special operations graph number recorder sweep value".split():
    module = importlib.import_module(f"autograd.{name}")
    for name, part in sorted(vars(module).items()):
        ours = getattr(part, "__module__", "") == module.__name__ and not name.startswith("_")
        if not ours or not (inspect.isclass(part) or inspect.isroutine(part)):
            continue
        print(name, signature(part), inspect.getdoc(part))
        for member, function in sorted(vars(part).items()) if inspect.isclass(part) else ():
            if not member.startswith("_") and function.__doc__:
                print(name, member, signature(function), inspect.getdoc(function))
print(inspect.signature(autograd.Value), inspect.signature(autograd.Operation), inspect.signature(autograd.exp))
"""
    )
    assert compiled == plain
    assert "Sweep from this output to the leaves" in compiled
    assert "(data: 'object', label: 'str' = '')" in compiled


def test_constructors_take_what_their_signatures_say() -> None:
    """Compiled, a class does not know its constructor: the signature is written a second time, for help()."""
    program = """
import inspect
from autograd import Operation, Value
for kind in Operation, Value:
    taken = list(inspect.signature(kind.__init__).parameters.values())[1:]
    public = [p.replace(annotation="") for p in taken if not p.name.startswith("_")]
    shown = [p.replace(annotation="") for p in inspect.signature(kind).parameters.values()]
    assert shown == public, (shown, public)
print("same")
"""
    assert run(program, CHAINRULE_PLAIN="1").stdout == "same\n"


@both
def test_tracebacks_are_as_short_in_both_engines() -> None:
    program = """
import traceback
from autograd import Value, log
try:
    log(Value(1.0) - 2)
except ValueError:
    print(traceback.format_exc())
"""
    compiled, plain = compiled_and_plain(program)
    assert "log(-1.0) has no value" in compiled
    assert "raise self.error(error, x, y) from None" in compiled  # the source is found, wherever it lies
    assert compiled.count("Traceback") == plain.count("Traceback") == 1
    assert compiled.count("  File") <= plain.count("  File")


@pytest.mark.parametrize("environment", [{}, {"CHAINRULE_PLAIN": "1"}], ids=["as installed", "plain"])
def test_nothing_crashes_the_interpreter(environment: dict[str, str]) -> None:
    program = f"import runpy; runpy.run_path({str(Path(__file__).with_name('attack.py'))!r}, run_name='__main__')"
    assert run(program, None, **environment).stdout.endswith("alive\n")


@pytest.mark.parametrize("kind", [Value, Symbol, Term, autograd.Operation], ids=lambda kind: kind.__name__)
def test_classes_cannot_be_subclassed(kind: type) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__} cannot be subclassed: write a function of Values"):
        type("Sub", (kind,), {})


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_the_engine(name: str) -> None:
    module = importlib.import_module(f"autograd.{name}")
    results = doctest.testmod(module)
    documented = [
        node
        for node in ast.walk(ast.parse((HOME / f"{name}.py").read_text()))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module) and ">>>" in (ast.get_docstring(node) or "")
    ]
    assert results.failed == 0
    assert results.attempted >= len(documented)


def test_the_variable_selects_plain_python() -> None:
    program = "import autograd.engine; print(autograd.engine.engine())"
    assert run(program, CHAINRULE_PLAIN="1").stdout == "plain Python\n"
    if RECORD.exists():
        assert run(program).stdout == "compiled\n"
    assert engine() == ("compiled" if RECORD.exists() and not os.environ.get("CHAINRULE_PLAIN") else "plain Python")


def test_plain_python_captures_nobody_elses_modules(tmp_path: Path) -> None:
    (tmp_path / "graph.py").write_text("mine = True\n")
    program = "import autograd, graph; print(graph.mine)"
    assert run(program, tmp_path, CHAINRULE_PLAIN="1").stdout == "True\n"


def test_plain_python_needs_no_cython() -> None:
    program = """
import sys
sys.modules["cython"] = None
import autograd
x = autograd.Value(3.0)
(x * x).backward()
print(x.grad)
"""
    assert run(program, CHAINRULE_PLAIN="1").stdout == "6.0\n"


def test_changed_source_of_compiled_code_is_said(tmp_path: Path) -> None:
    shutil.copytree(HOME, tmp_path / "autograd", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    source = tmp_path / "autograd" / "value.py"
    record = tmp_path / "autograd" / "compiled.json"
    record.write_text(json.dumps({"value.py": hashlib.sha256(source.read_bytes()).hexdigest()}))
    assert run("import autograd", tmp_path).stderr == ""
    source.write_text(source.read_text() + "# edited\n")
    warning = run("import autograd", tmp_path).stderr
    assert "autograd/value.py has changed since the engine was compiled" in warning
    assert "install again, or set CHAINRULE_PLAIN=1" in warning
    assert run("import autograd", tmp_path, CHAINRULE_PLAIN="1").stderr == ""
