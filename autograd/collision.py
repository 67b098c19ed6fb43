"""PyPI's package autograd (HIPS) has the same import name: installed together, the files of the two mix."""

from pathlib import Path


def mixed_installation() -> str:
    """What is wrong and how to mend it, if files of the other package lie among these; else nothing."""
    if (Path(__file__).parent / "differential_operators.py").exists():
        return (
            "PyPI's package 'autograd' and Chainrule, whose import name is autograd too, are installed over each "
            "other: run `pip uninstall -y autograd chainrule`, then install chainrule again"
        )
    return ""
