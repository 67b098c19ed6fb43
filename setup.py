"""Compile the engine with mypyc where a C compiler is at hand; everything else stands in pyproject.toml.

An editable install, or CHAINRULE_PLAIN=1, leaves it plain Python.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext

ENGINE = [f"autograd/{name}.py" for name in ("operation", "operations", "graph", "number", "value", "symbol")]


class BuildEngine(build_ext):
    """Compile all of the engine or, where that does not work, nothing."""

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:
            print(f"warning: the engine stays plain Python: {error}", file=sys.stderr)
            self.extensions.clear()
            return
        if self.extensions:
            # What was compiled, so that a change of the source can be noticed when the package is imported.
            hashes = {Path(path).name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in ENGINE}
            home = Path("autograd") if self.inplace else Path(self.build_lib) / "autograd"
            home.mkdir(parents=True, exist_ok=True)
            (home / "compiled.json").write_text(json.dumps(hashes))


def extensions() -> list:
    builds = {"bdist_wheel", "build", "build_ext", "install"} & set(sys.argv)  # an editable install is none of them
    if not builds or os.environ.get("CHAINRULE_PLAIN"):
        return []
    try:
        from mypyc.build import mypycify
    except ImportError:
        return []
    modules = mypycify(["--config-file=", "--ignore-missing-imports", *ENGINE])
    for source in {source for module in modules for source in module.sources}:
        hide_values_from_the_collector(Path(source))
    return modules


def hide_values_from_the_collector(source: Path) -> None:
    """Let the generated C take each new Value out of the garbage collector's lists.

    A Value's parents are older than itself, so it is never part of a cycle, and a third of the time of a
    training step went into looking for one. Its type keeps its place for the collector's links, which is
    what makes freeing a deep chain safe (mypyc's acyclic=True drops it, and recurses).
    """
    code = source.read_text()
    created = "self->vtable = value___Value_vtable;"
    if code.count(created) == 1:
        source.write_text(code.replace(created, f"{created} PyObject_GC_UnTrack(self);"))


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildEngine})
