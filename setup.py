"""Compile the engine with Cython where a C compiler is at hand; everything else stands in pyproject.toml.

The same files run as plain Python where none is, or where CHAINRULE_PLAIN=1 is set.
"""

import hashlib
import json
import os
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ENGINE = [f"autograd/{name}.py" for name in ("operation", "special", "operations", "graph", "number", "recorder", "sweep", "value")]


class BuildEngine(build_ext):
    """Note what was compiled, so that a change of the source can be noticed when the package is imported."""

    def run(self) -> None:
        super().run()
        home = Path("autograd") if self.inplace else Path(self.build_lib) / "autograd"
        built = [path for path in ENGINE if Path(self.get_ext_fullpath(module(path))).exists()]
        if len(built) == len(ENGINE):
            hashes = {Path(path).name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in ENGINE}
            (home / "compiled.json").write_text(json.dumps(hashes))


def module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def extensions() -> list:
    # Without the GIL nothing keeps two threads out of one sweep: such a Python takes the plain engine.
    if os.environ.get("CHAINRULE_PLAIN") or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return []
    from Cython.Build import cythonize

    extensions = [Extension(module(path), [path], optional=True) for path in ENGINE]
    return cythonize(extensions, compiler_directives={"language_level": "3", "boundscheck": False, "nonecheck": True})


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildEngine})
