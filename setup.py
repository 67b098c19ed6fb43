"""Compile the engine with mypyc where a C compiler is at hand; everything else stands in pyproject.toml.

An editable install, or CHAINRULE_PLAIN=1, leaves it plain Python.
"""

import ast
import hashlib
import json
import os
import re
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext

ENGINE = [f"autograd/{name}.py" for name in ("operation", "operations", "graph", "number", "value", "symbol", "term")]


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
    try:  # the engine imports nothing, but its package does, and what that needs is not there when wheels are built
        modules = mypycify(["--config-file=", "--ignore-missing-imports", "--follow-imports=silent", *ENGINE])
    except SystemExit:
        print("warning: the engine stays plain Python: mypyc refused it", file=sys.stderr)
        return []
    for source in {source for module in modules for source in module.sources}:
        make_values_light(Path(source))
        write_docstrings(Path(source))
    return modules


def make_values_light(source: Path) -> None:
    """Change, in the generated C, how Values are allocated and freed; what they compute stays mypyc's.

    The garbage collector does not follow them: a Value's parents are older than itself, so it is never part of a
    cycle, and looking for one took a third of the time of a training step. mypyc's own acyclic=True is not enough: it
    keeps CPython's trashcan, which writes to the collector's links where there are none (that is why it crashes).
    """
    code = source.read_text()
    if "value___Value_dealloc" not in code:
        return
    for name in ("operation___Operand", "graph___Node", "number___Number", "value___Value"):
        code = replaced(code, rf" *\.tp_traverse = \(traverseproc\){name}_traverse,\n", "")
        code = replaced(code, rf" *\.tp_clear = \(inquiry\)CPyDef_{name}_clear,\n", "")
        code = replaced(code, rf"(sizeof\(autograd___{name}Object\),\n[^\n]*) \| Py_TPFLAGS_HAVE_GC", r"\1")
        freeing = FREE_VALUE if name == "value___Value" else FREE
        code = replaced(code, rf"static void\s+{name}_dealloc\([^)]*\)\s*\{{[^}}]*\}}", freeing.replace("NAME", name))
    allocation = r"self = \(autograd___value___ValueObject \*\)type->tp_alloc\(type, 0\);"
    source.write_text(replaced(code, allocation, ALLOCATE_VALUE))


def write_docstrings(source: Path) -> None:
    """Bring what help() shows into the generated C: mypyc leaves docstrings out, and many signatures."""
    code = source.read_text()
    row, written = r"CPyPy_{},\s*METH_\w+ \| METH_\w+, ", r'(PyDoc_STR\((?:NULL|"(?:[^"\\]|\\.)*")\))'
    for path in ENGINE:
        module = Path(path).stem
        for node in ast.parse(Path(path).read_text()).body:
            name = f"{module}___{getattr(node, 'name', '')}"
            if isinstance(node, ast.FunctionDef):
                code = documented(code, row.format(name) + written, node, node)
            if not isinstance(node, ast.ClassDef):
                continue
            methods = [member for member in node.body if isinstance(member, ast.FunctionDef)]
            made = [method for method in methods if method.name == "__init__"]
            code = documented(code, rf"CPyType_{name}_template_ = \{{[^;]*?\.tp_doc = {written}", node, *made)
            for method in methods:
                code = documented(code, row.format(f"{name}___{method.name}") + written, method, method)
                getter = rf"\(getter\){name}_get_{method.name},\s*(?:NULL|\(setter\)\w+),\s*(NULL), NULL"
                code = documented(code, getter, method)
    source.write_text(code)


def documented(code: str, place: str, node: ast.ClassDef | ast.FunctionDef, *called: ast.FunctionDef) -> str:
    """The C with a node's docstring, after the signature of what is called, where the pattern's group stands."""
    found, text = re.search(place, code), ast.get_docstring(node)
    if found is None or text is None:
        return code
    for function in called:
        given = function.args
        defaults = dict(zip(reversed(given.args), reversed(given.defaults), strict=False))
        defaults |= dict(zip(given.kwonlyargs, given.kw_defaults, strict=True))
        star = [f"*{given.vararg.arg if given.vararg else ''}"] if given.vararg or given.kwonlyargs else []
        parts = []
        for arg in (*given.args, *star, *given.kwonlyargs):
            name = arg if isinstance(arg, str) else arg.arg
            default = defaults.get(arg)
            if not name.startswith("_"):  # those are the engine's own
                parts.append(name if default is None else f"{name}={ast.unparse(default)}")
        parts = ["$self" if part == "self" else part for part in parts if node is function or part != "self"]
        text = f"{node.name}({', '.join(parts)})\n--\n\n{text}"
    literal = "".join(
        f"\\{byte:03o}" if byte < 32 or byte > 126 or chr(byte) in '"\\?' else chr(byte) for byte in text.encode()
    )
    return code[: found.start(1)] + f'PyDoc_STR("{literal}")' + code[found.end(1) :]


def replaced(code: str, pattern: str, by: str) -> str:
    code, count = re.subn(pattern, by, code)
    if count != 1:
        raise RuntimeError(f"mypyc's C is not what setup.py expects: {count} matches of {pattern}")
    return code


FREE = """static void NAME_dealloc(autograd___NAMEObject *self)
{
    CPyDef_NAME_clear((PyObject *)self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}"""

# While one Value is freed, those that this frees wait for their turn, so a chain of any depth needs no recursion.
# The next training step will want as many again: some are kept, as CPython keeps floats. Both lists go through the
# vtable field, which a freed Value does not need.
FREE_VALUE = """static autograd___NAMEObject *spare_values = NULL;
static int spare_count = 0;
static void NAME_dealloc(autograd___NAMEObject *self)
{
    static autograd___NAMEObject *waiting = NULL;
    static int freeing = 0;
    if (freeing) {
        self->vtable = (CPyVTableItem *)waiting;
        waiting = self;
        return;
    }
    freeing = 1;
    while (self != NULL) {
        CPyDef_NAME_clear((PyObject *)self);
        if (spare_count < 100000) {
            self->vtable = (CPyVTableItem *)spare_values;
            spare_values = self;
            spare_count++;
        } else
            Py_TYPE(self)->tp_free((PyObject *)self);
        self = waiting;
        if (self != NULL)
            waiting = (autograd___NAMEObject *)self->vtable;
    }
    freeing = 0;
}"""

ALLOCATE_VALUE = """if (spare_values != NULL) {
        self = spare_values;
        spare_values = (autograd___value___ValueObject *)self->vtable;
        spare_count--;
        _Py_NewReference((PyObject *)self);
    } else
        self = (autograd___value___ValueObject *)type->tp_alloc(type, 0);"""

setup(ext_modules=extensions(), cmdclass={"build_ext": BuildEngine})
