"""The API reference, made from the docstrings: ``python docs/reference.py FOLDER`` writes it as HTML pages.

It needs pdoc (``pip install -e ".[lint]"``). Its warnings are errors.
"""

import argparse
import os
import warnings
from pathlib import Path

MODULES = (
    "autograd",
    "autograd.exercises",
    "autograd.verifying",
    "autograd.compiling.compiled",
    "autograd.compiling.bound",
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
    import pdoc
    import pdoc.doc
    import pdoc.render

    from autograd import Operation

    modules = {name: pdoc.doc.Module.from_name(name) for name in MODULES}
    for module in modules.values():
        for member in module.members.values():
            if isinstance(member, pdoc.doc.Variable) and isinstance(member.default_value, Operation):
                member.docstring = page_of(member.default_value)
    pdoc.render.configure(show_source=False, footer_text="Chainrule", math=False)
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in modules.items():
        page = folder / (name.replace(".", "/") + ".html")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(pdoc.render.html_module(module, all_modules=modules), encoding="utf-8")
    (folder / "index.html").write_text(pdoc.render.html_index(modules), encoding="utf-8")
    (folder / "search.js").write_text(pdoc.render.search_index(modules), encoding="utf-8")


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
