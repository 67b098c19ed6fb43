"""The API reference, made from the docstrings: ``python docs/reference.py FOLDER`` writes it as HTML pages.

It needs pdoc (``pip install -e ".[lint]"``). Its warnings are errors.
"""

import argparse
import ast
import inspect
import os
import sys
import warnings
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

LONGEST = 80  # characters of a default value that is shown

MODULES = (
    "autograd",
    "autograd.exercises",
    "autograd.verifying",
    "autograd.compiling.compiled",
    "autograd.compiling.bound",
    "autograd.compiling.script",
    "autograd.stepping.page",
    "nn",
    "nn.datasets",
    "nn.initializers",
    "nn.losses",
    "nn.optimizers",
    "nn.plotting",
    "nn.schedules",
    "nn.sklearn",
)


def write(folder: Path) -> None:
    os.environ["CHAINRULE_PLAIN"] = "1"  # pdoc reads annotations and defaults from Python source
    import pdoc.doc
    import pdoc.render

    modules = {name: pdoc.doc.Module.from_name(name) for name in MODULES}
    for module in modules.values():
        describe_variables(module)
    pdoc.render.configure(show_source=False, footer_text="Chainrule", math=False)
    pages = {f"{name.replace('.', '/')}.html": pdoc.render.html_module(modules[name], modules) for name in MODULES}
    pages |= {"index.html": pdoc.render.html_index(modules), "search.js": pdoc.render.search_index(modules)}
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def describe_variables(module: Any) -> None:
    """Give the variables of a module, whose docstrings pdoc does not find, theirs; warn of what has none."""
    from autograd import Operation

    for member in module.members.values():
        if member.kind == "variable":
            value = member.default_value
            member.docstring = page_of(value) if isinstance(value, Operation) else explained(member.name, value)
            if len(member.default_value_str) > LONGEST:
                member.default_value_str = "…"
        if not member.docstring and not member.name.startswith("_") and member.kind != "module":
            warnings.warn(f"{member.fullname} has no docstring", stacklevel=2)


def explained(name: str, value: object) -> str:
    """The text below the assignment of a variable, in the module that defines it."""
    for full_name, module in list(sys.modules.items()):
        if full_name.split(".")[0] in ("autograd", "nn") and vars(module).get(name) is value:
            for statement, below in pairwise(ast.parse(source_of(module)).body):
                targets = [*getattr(statement, "targets", ()), getattr(statement, "target", None)]
                assigned = any(isinstance(target, ast.Name) and target.id == name for target in targets)
                match below:
                    case ast.Expr(value=ast.Constant(value=str(text))) if assigned:
                        return inspect.cleandoc(text)
    return ""


def source_of(module: ModuleType) -> str:
    """The Python text of a module; of a compiled one it lies beside it."""
    name = "__init__" if hasattr(module, "__path__") else module.__name__.rpartition(".")[2]
    return Path(str(module.__file__)).with_name(f"{name}.py").read_text(encoding="utf-8")


def page_of(operation: object) -> str:
    """An operation's docstring as Markdown: its formulas keep their stars and their lines."""
    signature, meaning, facts, *example = str(operation.__doc__).split("\n\n")
    return "\n\n".join([f"`{signature}`", meaning, f"```text\n{facts}\n```", *example])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the API reference as HTML pages.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("reference"))
    warnings.simplefilter("error")
    target = parser.parse_args().folder
    write(target)
    print(f"{target / 'index.html'} leads to {len(MODULES)} modules")
