"""The compiled engine and the plain one: the same bits, and no stale code without a warning."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograd.engine import HOME, engine

PROGRAM = """
import random
from autograd import OPERATIONS, Value, partial_derivatives
from autograd.engine import engine
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
print(total.data.hex(), [leaf.grad.hex() for leaf in leaves], second)
"""


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


def test_both_engines_give_the_same_bits() -> None:
    assert run(PROGRAM).stdout == run(PROGRAM, CHAINRULE_PLAIN="1").stdout != ""


def test_both_engines_show_the_same_help() -> None:
    program = """
import inspect, autograd.value, autograd.symbol, autograd.operation, autograd.graph
for module in autograd.value, autograd.symbol, autograd.operation, autograd.graph:
    for name, part in sorted(vars(module).items()):
        ours = getattr(part, "__module__", "") == module.__name__ and (inspect.isclass(part) or inspect.isroutine(part))
        if ours and not name.startswith("_"):
            print(name, inspect.getdoc(part))
            for member, function in sorted(vars(part).items()) if inspect.isclass(part) else ():
                if not member.startswith("_") and function.__doc__:
                    print(name, member, inspect.getdoc(function))
"""
    found, expected = run(program).stdout, run(program, CHAINRULE_PLAIN="1").stdout
    assert found == expected
    assert "Sweep from this output to the leaves" in found


def test_the_variable_selects_plain_python() -> None:
    program = "import autograd.engine; print(autograd.engine.engine())"
    assert run(program, CHAINRULE_PLAIN="1").stdout == "plain Python\n"
    assert run(program).stdout == f"{engine()}\n" if "CHAINRULE_PLAIN" not in os.environ else True


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
