"""The house: imports run downward only, and the engine needs nothing but Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import autograd
import nn
from autograd.engine import engine

HOMES = [Path(package.__file__).parent for package in (autograd, nn) if package.__file__]

# From the ground up; a module imports only what stands before it.
FLOORS = [
    ["autograd.version", "autograd.collision", "autograd.engine", "autograd.files", "autograd.floats"],
    ["autograd.errors"],
    ["autograd.operation"],
    ["autograd.operations"],
    ["autograd.graph", "autograd.functions"],
    ["autograd.number"],
    ["autograd.value", "autograd.symbol", "autograd.term"],
    ["autograd.reading"],
    ["autograd.reading.errors", "autograd.reading.functions", "autograd.reading.notation", "autograd.reading.table"],
    ["autograd.reading.tokens", "autograd.reading.spelling", "autograd.reading.products"],
    ["autograd.reading.names", "autograd.reading.conditions"],
    ["autograd.reading.operands"],
    ["autograd.reading.meaning"],
    ["autograd.reading.nodes"],
    ["autograd.reading.building", "autograd.reading.alternatives"],
    ["autograd.reading.parsing"],
    ["autograd.reading.reader"],
    ["autograd.calculus", "autograd.noise", "autograd.formula"],
    ["autograd.numerical"],
    ["autograd.checking", "autograd.drawing.render", "autograd.drawing.names"],
    ["autograd.drawing.dot", "autograd.drawing.text"],
    ["autograd.drawing.picture"],
    ["autograd.drawing"],
    ["autograd.verifying.tracing", "autograd.verifying.neighbours", "autograd.verifying.domain"],
    ["autograd.verifying.written"],
    ["autograd.verifying.function", "autograd.verifying.mistakes"],
    ["autograd.verifying.claims", "autograd.verifying.probing"],
    ["autograd.verifying.diagnosing", "autograd.verifying.truth"],
    ["autograd.verifying.report"],
    ["autograd.verifying.hiding"],
    ["autograd.verifying.judging", "autograd.verifying.locating", "autograd.verifying.reading"],
    ["autograd.verifying.readings"],
    ["autograd.verifying"],
    ["autograd.exercises.answers"],
    ["autograd.exercises.exercise"],
    ["autograd.exercises.course", "autograd.exercises.fresh", "autograd.exercises.text"],
    ["autograd.exercises.catalogue"],
    ["autograd.exercises.finding"],
    ["autograd.exercises"],
    ["autograd.verifying.sheets"],
    ["autograd.compiling.views", "autograd.compiling.names", "autograd.compiling.scalars"],
    ["autograd.compiling.recording", "autograd.compiling.arguments", "autograd.compiling.program"],
    ["autograd.compiling.arrange", "autograd.compiling.naming", "autograd.compiling.text"],
    ["autograd.compiling.lift", "autograd.compiling.differentiate"],
    ["autograd.compiling.emit", "autograd.compiling.machine"],
    ["autograd.compiling.expose"],
    ["autograd.compiling.kernel"],
    ["autograd.compiling.bound"],
    ["autograd.compiling.compiled"],
    ["autograd.compiling"],
    ["autograd"],
    ["nn.modules", "nn.initializers", "nn.schedules", "nn.datasets", "nn.history"],
    ["nn.layers"],
    ["nn.prediction", "nn.losses", "nn.optimizers", "nn.progress"],
    ["nn.engines", "nn.checkpoints", "nn.plotting.canvas"],
    ["nn.compiled"],
    ["nn.scanned"],
    ["nn.plotting.loss", "nn.plotting.boundary", "nn.plotting.network", "nn.plotting.layers"],
    ["nn.plotting.animation"],
    ["nn.plotting"],
    ["nn.analysis"],
    ["nn.experiments"],
    ["nn.training"],
    ["nn.runs", "nn.sklearn"],
    ["nn"],
    ["autograd.cli.arguments"],
    ["autograd.cli.compile", "autograd.cli.formula", "autograd.cli.operations", "autograd.cli.train"],
    ["autograd.cli.exercises"],
    ["autograd.cli.verify"],
    ["autograd.cli"],
    ["autograd.__main__"],
]
ENGINE = [
    "autograd.errors",
    "autograd.operation",
    "autograd.operations",
    "autograd.graph",
    "autograd.number",
    "autograd.value",
    "autograd.symbol",
    "autograd.term",
]


def modules() -> dict[str, Path]:
    found = {}
    for home in HOMES:
        for path in sorted(home.rglob("*.py")):
            parts = path.relative_to(home.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> set[str]:
    """The modules that a file imports, our own ones to the module that holds the name."""
    found = set()
    tree = ast.parse(path.read_text())
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found.add(name if name in modules() else str(node.module))
    return found


def test_every_module_has_its_floor() -> None:
    assert sorted(name for floor in FLOORS for name in floor) == sorted(modules())


def test_imports_run_downward() -> None:
    height = {name: level for level, floor in enumerate(FLOORS) for name in floor}
    for name, path in modules().items():
        for imported in imports(path):
            if imported.split(".")[0] in ("autograd", "nn"):
                assert height[imported] < height[name], f"{name} imports {imported}"


def test_networks_use_public_names_only() -> None:
    for name, path in modules().items():
        for imported in imports(path):
            if name.split(".")[0] == "nn" and imported.split(".")[0] == "autograd":
                assert imported in ("autograd", "autograd.files", "autograd.floats"), f"{name} imports {imported}"


def test_the_engine_needs_nothing_but_python() -> None:
    for name in ENGINE:
        for imported in imports(modules()[name]):
            top = imported.split(".")[0]
            assert top == "autograd" or top in sys.stdlib_module_names, f"{name} imports {imported}"


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("numpy", "wasmtime", "rich", "matplotlib", "jax", "autograd.reading.reader")
    program = f"import sys, autograd; print(*set({heavy}) & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "\n"


def test_every_public_name_is_there_and_documented() -> None:
    for name in nn.__all__:
        assert getattr(nn, name).__doc__, name
    for name in autograd.__all__:
        public = getattr(autograd, name)
        # mypyc drops docstrings.
        compiled = engine() == "compiled" and getattr(public, "__module__", "") in ENGINE
        if name not in autograd.OPERATIONS and not isinstance(public, str | dict) and not compiled:
            assert public.__doc__, name


def test_a_mixed_installation_is_noticed(tmp_path: Path) -> None:
    """PyPI's autograd, installed over this package, leaves its files among ours."""
    for name, path in modules().items():
        if name.split(".")[0] == "autograd" and name.count(".") <= 1:
            target = tmp_path / path.relative_to(HOMES[0].parent)
            target.parent.mkdir(exist_ok=True)
            target.write_text(path.read_text())
    (tmp_path / "autograd" / "differential_operators.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", "import autograd"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "RuntimeWarning: PyPI's package 'autograd' and Chainrule" in done.stderr
    assert "pip uninstall -y autograd chainrule" in done.stderr
