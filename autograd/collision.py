"""PyPI's package autograd (HIPS) has the same import name: installed together, the files of the two mix."""

import sys
from pathlib import Path

MIXED = (
    "PyPI's package 'autograd' and Chainrule, whose import name is autograd too, are installed over each "
    "other: run `pip uninstall -y autograd chainrule`, then install chainrule again"
)


def mixed_installation() -> str:
    """What is wrong and how to mend it, if another package lies among these files or is imported instead of them."""
    ours = Path(__file__).parent
    # None where the other one was uninstalled: it took the __init__.py along.
    imported = getattr(sys.modules.get("autograd"), "__file__", None)
    folder = Path(imported).parent if imported else ours
    if not imported or any((home / "differential_operators.py").exists() for home in (ours, folder)):
        return MIXED
    if folder != ours:
        return f"{imported} is imported in place of Chainrule's package autograd: give it another name"
    return ""
