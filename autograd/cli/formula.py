"""One formula: its value, its gradient, checked numerically, its formulas and its graph."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd.calculus import derivative_formulas
from autograd.checking import GradientCheck, check_gradients
from autograd.cli.arguments import Unusable, assigned, print_reading, print_table, read_formula
from autograd.drawing import draw, steps, tree
from autograd.errors import DerivativeError
from autograd.symbol import Symbol
from autograd.value import Value


def evaluate(options: argparse.Namespace) -> int:
    """Show one formula at one point; 1 where there is no derivative."""
    formula = read_formula(options.formula, options.assignments)
    if not options.json:
        print_reading(formula)
    values = assigned(formula, options.assignments)
    leaves = {name: Value(value, label=name) for name, value in values.items()}
    result = formula.evaluate(leaves)
    output = result if isinstance(result, Value) else Value(result)
    if "f" not in leaves and output.operation:
        output.label = "f"
    status = _backward(output)
    check = check_gradients(formula, *values.values())
    formulas = dict(zip(leaves, derivative_formulas(output, list(leaves.values())), strict=True))
    picture = _drawn(output, options.draw) if options.draw else None
    if options.json:
        print(json.dumps({"reading": formula.reading, **_as_json(output, check, formulas)}, ensure_ascii=False))
        return status
    print(f"value   {output.data!r}\n")
    if leaves:
        print_gradient(check, formulas)
        print(steps(output) if options.steps else tree(output))
    if picture:
        print(f"\npicture: {picture}")
    return status


def _backward(output: Value) -> int:
    """Sweep; a derivative that does not exist is said, and does not keep the others from being shown."""
    try:
        output.backward()
    except DerivativeError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 1
    return 0


def _drawn(output: Value, path: str) -> Path:
    try:
        return draw(output).save(path)
    except ValueError as error:
        raise Unusable(str(error)) from None


def _as_json(output: Value, check: GradientCheck, formulas: Mapping[str, Symbol]) -> dict[str, Any]:
    partials = {partial.name: partial for partial in check.partials}
    return {
        "value": output.data,
        "gradient": {name: _finite(partial.value) for name, partial in partials.items()},
        "numerical": {name: _finite(partial.numerical) for name, partial in partials.items()},
        "error_estimate": {name: _finite(partial.error_estimate) for name, partial in partials.items()},
        "verdict": {name: partial.verdict for name, partial in partials.items()},
        "note": {name: partial.note for name, partial in partials.items() if partial.note},
        "formula": {name: str(formula) for name, formula in formulas.items()},
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def print_gradient(check: GradientCheck, formulas: Mapping[str, Symbol]) -> None:
    """The partial derivatives as a table: automatic, numerical, and as formulas."""
    rows = [
        [
            f"∂/∂{partial.name}",
            "none" if math.isnan(partial.value) else f"{partial.value:.10g}",
            f"{partial.numerical:.10g} ± {partial.error_estimate:.0e}"
            if math.isfinite(partial.error_estimate)
            else "none",
            partial.verdict,
            str(formulas[partial.name]),
        ]
        for partial in check.partials
    ]
    print_table(["", "automatic", "numerical", "verdict", "formula"], rows)
    for partial in check.partials:
        if partial.note:
            print(f"∂/∂{partial.name}: {partial.note}.")
    print()
