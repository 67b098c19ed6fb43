"""The house: imports run downward only, and the engine needs nothing but Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import autograd
import nn

HOMES = [Path(package.__file__).parent for package in (autograd, nn) if package.__file__]

# From the ground up; a module imports only what stands before it.
FLOORS = [
    [
        "autograd.version",
        "autograd.collision",
        "autograd.engine",
        "autograd.files",
        "autograd.floats",
        "autograd.interrupts",
        "autograd.plain",
    ],
    ["autograd.errors", "autograd.special"],
    ["autograd.operation"],
    ["autograd.operations"],
    ["autograd.graph"],
    ["autograd.number", "autograd.recorder", "autograd.sweep", "autograd.undefined"],
    ["autograd.notation.names", "autograd.notation.tree"],
    ["autograd.notation.presenting", "autograd.notation.writer", "autograd.notation.parts"],
    ["autograd.notation.identities"],
    ["autograd.notation.latex", "autograd.notation.mathml", "autograd.notation.text", "autograd.notation.simplifying"],
    ["autograd.notation"],
    ["autograd.value", "autograd.symbol", "autograd.term"],
    ["autograd.picking"],
    ["autograd.functions"],
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
    ["autograd.calculus", "autograd.describing", "autograd.noise", "autograd.formula", "autograd.recorded"],
    ["autograd.numerical"],
    ["autograd.checking", "autograd.drawing.render", "autograd.drawing.showing", "autograd.drawing.names"],
    ["autograd.drawing.numbers"],
    ["autograd.drawing.remarks"],
    ["autograd.drawing.described"],
    ["autograd.drawing.dot", "autograd.drawing.text"],
    ["autograd.drawing.styling"],
    ["autograd.drawing.picture"],
    ["autograd.drawing"],
    ["autograd.verifying.tracing", "autograd.verifying.domain"],
    ["autograd.verifying.planting"],
    ["autograd.verifying.neighbours", "autograd.verifying.combined", "autograd.verifying.held"],
    ["autograd.verifying.written", "autograd.verifying.sentences"],
    ["autograd.verifying.function"],
    ["autograd.verifying.claims", "autograd.verifying.probing"],
    ["autograd.verifying.trees"],
    ["autograd.verifying.textbook"],
    [
        "autograd.verifying.suspects",
        "autograd.verifying.ranking",
        "autograd.verifying.agreeing",
        "autograd.verifying.slips",
    ],
    ["autograd.verifying.mistakes"],
    [
        "autograd.verifying.algebra",
        "autograd.verifying.calculation",
        "autograd.verifying.inside",
        "autograd.verifying.losses",
        "autograd.verifying.whole",
    ],
    ["autograd.verifying.choosing", "autograd.verifying.catalogue"],
    ["autograd.verifying.redefining"],
    ["autograd.verifying.accuracy", "autograd.verifying.diagnosing", "autograd.verifying.truth"],
    ["autograd.verifying.claim_report", "autograd.verifying.hiding"],
    ["autograd.verifying.judging", "autograd.verifying.locating", "autograd.verifying.reading"],
    ["autograd.verifying.typeset"],
    ["autograd.verifying.earlier", "autograd.verifying.readings", "autograd.verifying.report"],
    ["autograd.verifying.explaining"],
    ["autograd.verifying.grading"],
    ["autograd.verifying"],
    ["autograd.deriving.pages", "autograd.deriving.paths", "autograd.deriving.rules", "autograd.deriving.words"],
    ["autograd.deriving.derivation"],
    ["autograd.deriving"],
    ["autograd.exercises.answers"],
    ["autograd.exercises.exercise"],
    ["autograd.exercises.course", "autograd.exercises.fresh", "autograd.exercises.text"],
    ["autograd.exercises.catalogue"],
    ["autograd.exercises.finding"],
    ["autograd.exercises"],
    ["autograd.verifying.sheets"],
    ["autograd.compiling.pool", "autograd.compiling.recent", "autograd.compiling.views", "autograd.compiling.scalars"],
    ["autograd.compiling.recording", "autograd.compiling.program", "autograd.compiling.products"],
    ["autograd.compiling.javascript"],
    ["autograd.compiling.binding"],
    ["autograd.compiling.script"],
    ["autograd.compiling.arguments", "autograd.compiling.arrange", "autograd.compiling.layers"],
    ["autograd.compiling.chains"],
    ["autograd.compiling.ragged"],
    ["autograd.compiling.simplifying", "autograd.compiling.text"],
    ["autograd.compiling.writer"],
    ["autograd.compiling.at_once", "autograd.compiling.unrolled"],
    ["autograd.compiling.loops"],
    ["autograd.compiling.differentiate", "autograd.compiling.targets"],
    [
        "autograd.compiling.placement",
        "autograd.compiling.heading",
        "autograd.compiling.moving",
        "autograd.compiling.multiplying",
    ],
    ["autograd.compiling.holes", "autograd.compiling.scope"],
    ["autograd.compiling.sums", "autograd.compiling.repeating", "autograd.compiling.looping"],
    ["autograd.compiling.recurrences"],
    ["autograd.compiling.indexing"],
    ["autograd.compiling.expressions"],
    ["autograd.compiling.block"],
    ["autograd.compiling.lift", "autograd.compiling.emit", "autograd.compiling.machine", "autograd.compiling.expose"],
    ["autograd.compiling.under_jax", "autograd.compiling.elementwise"],
    ["autograd.compiling.kernel", "autograd.compiling.point"],
    ["autograd.compiling.bound", "autograd.compiling.calls"],
    ["autograd.compiling.graphs"],
    ["autograd.compiling.compiled"],
    ["autograd.compiling"],
    ["autograd.stepping.questions", "autograd.stepping.layers"],
    ["autograd.stepping.contents", "autograd.stepping.network"],
    ["autograd.stepping.picture"],
    ["autograd.stepping.page"],
    ["autograd.stepping"],
    ["autograd"],
    ["nn.modules", "nn.initializers", "nn.schedules", "nn.datasets", "nn.history"],
    ["nn.layers"],
    ["nn.prediction", "nn.losses", "nn.optimizers", "nn.progress"],
    ["nn.accuracy", "nn.checkpoints", "nn.plotting.canvas"],
    ["nn.engines"],
    ["nn.arrays", "nn.loop"],
    ["nn.numpy_engine"],
    ["nn.jax_engine"],
    ["nn.plotting.loss", "nn.plotting.boundary", "nn.plotting.network", "nn.plotting.layers"],
    ["nn.plotting.animation"],
    ["nn.plotting"],
    ["nn.analysis"],
    ["nn.experiments"],
    ["nn.training"],
    ["nn.runs", "nn.sklearn"],
    ["nn"],
    ["autograd.cli.arguments"],
    [
        "autograd.cli.compile",
        "autograd.cli.formula",
        "autograd.cli.mistakes",
        "autograd.cli.operations",
        "autograd.cli.train",
    ],
    ["autograd.cli.exercises"],
    ["autograd.cli.verify"],
    ["autograd.cli"],
    ["autograd.__main__"],
]
ENGINE = [
    "autograd.special",
    "autograd.errors",
    "autograd.operation",
    "autograd.operations",
    "autograd.graph",
    "autograd.number",
    "autograd.recorder",
    "autograd.sweep",
    "autograd.undefined",
    "autograd.value",
    "autograd.symbol",
    "autograd.term",
]


@cache
def modules() -> dict[str, Path]:
    found = {}
    for home in HOMES:
        for path in sorted(home.rglob("*.py")):
            parts = path.relative_to(home.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(path: Path) -> set[str]:
    """The modules that a file imports, our own ones to the module that holds the name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
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
                assert imported in ("autograd", "autograd.files", "autograd.floats", "autograd.interrupts"), (
                    f"{name} imports {imported}"
                )


def test_the_engine_needs_nothing_but_python() -> None:
    for name in ENGINE:
        for imported in imports(modules()[name]):
            top = imported.split(".")[0]
            # Cython's names have a stand-in, autograd.plain, where it is not installed.
            assert top in ("autograd", "cython") or top in sys.stdlib_module_names, f"{name} imports {imported}"


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("numpy", "wasmtime", "rich", "matplotlib", "jax", "autograd.reading.reader")
    program = f"import sys, autograd; print(*set({heavy}) & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "\n"


def test_every_public_name_is_there_and_documented() -> None:
    for name in nn.__all__:
        assert getattr(nn, name).__doc__, name
    for name in autograd.__all__:
        public = getattr(autograd, name)
        if not isinstance(public, str | dict):
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


def test_public_are_the_names_in_all() -> None:
    """Python's own abs() and sum() record on Values, so there are none of ours beside them."""
    assert "compile" in autograd.__all__
    assert not {"abs", "sum", "lowered"} & set(dir(autograd))
    assert {name for name in dir(autograd) if callable(getattr(autograd, name))} - set(autograd.__all__) == {
        "choose_engine",
        "mixed_installation",
    }
    total = sum([autograd.Value(-1.0), autograd.Value(3.0)])
    assert isinstance(total, autograd.Value)
    assert abs(total - 5.0).data == 3.0
