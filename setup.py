"""Compile the engine with Cython where a C compiler is at hand; everything else stands in pyproject.toml.

The same files run as plain Python where there is none, or where CHAINRULE_PLAIN=1 is set.
"""

import hashlib
import json
import os
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

NAMES = ("operation", "special", "operations", "graph", "number", "recorder", "sweep", "value")
ENGINE = {f"autograd.{name}": Path("autograd", f"{name}.py") for name in NAMES}


class BuildEngine(build_ext):
    """All of the engine or nothing; a note of what was compiled tells whether the source has changed since."""

    def run(self) -> None:
        super().run()  # an extension that cannot be built is a warning: it is optional
        built = [Path(self.get_ext_fullpath(name)) for name in ENGINE]
        if all(path.exists() for path in built):
            hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ENGINE.values()}
            built[0].with_name("compiled.json").write_text(json.dumps(hashes))
        else:
            for path in built:
                path.unlink(missing_ok=True)


def extensions() -> list:
    # Without the GIL nothing would keep two threads out of one sweep: such a Python takes the plain engine.
    if os.environ.get("CHAINRULE_PLAIN") or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return []
    from Cython.Build import cythonize

    found = cythonize(
        [Extension(name, [str(path)]) for name, path in ENGINE.items()],
        build_dir="build",
        compiler_directives={"language_level": "3", "nonecheck": True, "auto_pickle": False},
    )
    for extension in found:
        extension.optional = True  # cythonize does not pass it on
    return found


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildEngine})
