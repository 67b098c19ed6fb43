"""One formula: its value, its gradient, checked numerically, its formulas and its graph."""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd import notation
from autograd.calculus import derivative_formulas, partials_or_errors
from autograd.checking import PartialCheck, check_gradients
from autograd.cli.arguments import Unusable, assigned, print_reading, print_table
from autograd.deriving import derive
from autograd.deriving.derivation import Derivation
from autograd.drawing import Picture, draw, steps, tree
from autograd.errors import DerivativeError
from autograd.formula import Formula
from autograd.graph import adjoints, topological_order
from autograd.stepping import stepper
from autograd.symbol import Symbol
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.stepping.page import Stepper

MOST_CHECKED = 20  # variables one by one: each takes some 300 evaluations of the whole formula
ROUNDING = 1e-15  # a derivative below this, and below the error of the check, is nought but for rounding
PRINTED = "-"  # where a derivation goes that is not written to a file
TOGETHER = "along one random direction"  # how the partial derivatives of more variables are checked


def evaluate(formula: Formula, options: argparse.Namespace) -> int:
    """Show one formula at one point; 1 where there is no derivative."""
    if not options.json:
        print_reading(formula)
    values = assigned(formula, options.assignments)
    if options.derive:
        return show(derive(formula, values), options.derive)
    leaves = {name: Value(value, label=name) for name, value in values.items()}
    result = formula.evaluate(leaves)
    output = result if isinstance(result, Value) else Value(result)
    if "f" not in leaves and output.operation:
        output.label = "f"
    status = _backward(output, list(leaves.values()))
    partials, together = _checked(formula, list(leaves.values()), output)
    formulas = dict(zip(leaves, derivative_formulas(output, list(leaves.values())), strict=True))
    picture = _saved(draw, output, options.draw) if options.draw is not None else None
    page = _saved(stepper, output, options.html) if options.html is not None else None
    if options.json:
        result = _as_json(output, partials, together, formulas)
        print(json.dumps({"reading": formula.reading, **result}, ensure_ascii=False))
        return status
    print(f"value   {output.data!r}\n")
    if leaves:
        print_gradient(partials, formulas, options.notation == "python")
        if together:
            print(f"{together}\n")
        print(steps(output) if options.steps else tree(output))
    if picture:
        print(f"\npicture: {picture}")
    if page:
        print(f"\nsteps: {page}")
    return status


def _backward(output: Value, leaves: Sequence[Value]) -> int:
    """Run the backward pass; where a derivative does not exist, print why, and set all others all the same."""
    try:
        output.backward()
    except DerivativeError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        found = adjoints(topological_order(output), leaves, lambda node, operand: node.partials[operand])
        for node, adjoint in found.items():
            if node.operation is not None or math.isfinite(adjoint):
                node.grad = adjoint
        return 1
    return 0


def _saved(show: Callable[[Value], Picture | Stepper], output: Value, path: str) -> Path:
    try:
        return show(output).save(path)
    except ValueError as error:
        raise Unusable(str(error)) from None


def _checked(
    formula: Formula, leaves: Sequence[Value], output: Value
) -> tuple[Sequence[PartialCheck], PartialCheck | None]:
    """The partial derivatives, each checked; those of many variables without, and the check of all together.

    Together means the derivative along one random direction, which is the inner product of the direction with the
    gradient: a wrong partial derivative shows there, too.
    """
    point = [leaf.data for leaf in leaves]
    if len(leaves) <= MOST_CHECKED:
        return check_gradients(formula, *point).partials, None
    found = partials_or_errors(output, leaves)
    gradient = [math.nan if isinstance(partial, DerivativeError) else partial for partial in found]
    draw = random.Random(0)
    # As long as the point is in each variable, and at rest in those that have no derivative.
    direction = [
        0.0 if math.isnan(partial) else draw.choice((-1, 1)) * draw.uniform(0.5, 1.0) * (abs(x) or 1.0)
        for x, partial in zip(point, gradient, strict=True)
    ]
    slope = math.fsum(v * partial for v, partial in zip(direction, gradient, strict=True) if v)

    def along(t: Any) -> Any:
        return formula(*(x + t * v if v else x for x, v in zip(point, direction, strict=True)))

    (together,) = check_gradients(along, 0.0, gradient=[slope], names=[TOGETHER]).partials
    notes = [str(partial) if isinstance(partial, DerivativeError) else "" for partial in found]
    named = zip(formula.variables, gradient, notes, strict=True)
    return [PartialCheck(name, partial, math.nan, math.inf, "", note) for name, partial, note in named], together


def _as_json(
    output: Value, partials: Sequence[PartialCheck], together: PartialCheck | None, formulas: Mapping[str, Symbol]
) -> dict[str, Any]:
    checked = [together] if together else partials
    return {
        "value": output.data,
        "gradient": {partial.name: _finite(partial.value) for partial in partials},
        "numerical": {partial.name: _finite(partial.numerical) for partial in checked},
        "error_estimate": {partial.name: _finite(partial.error_estimate) for partial in checked},
        "verdict": {partial.name: partial.verdict for partial in checked},
        "note": {
            partial.name: partial.note for partial in (*partials, *([together] if together else ())) if partial.note
        },
        "formula": {name: str(formula) for name, formula in formulas.items()},
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def show(derivation: Derivation, where: str) -> int:
    """Print a derivation, or write it to a file."""
    if where == PRINTED:
        print(derivation)
        return 0
    try:
        print(f"derivation: {derivation.save(where)}")
    except ValueError as error:
        raise Unusable(str(error)) from None
    return 0


def print_gradient(partials: Sequence[PartialCheck], formulas: Mapping[str, Symbol], python: bool = False) -> None:
    """The partial derivatives as a table: automatic, numerical where they were checked, and as formulas."""
    checked = any(partial.verdict for partial in partials)
    header = ["", "automatic", *(["numerical", "verdict"] if checked else []), "formula"]
    print_table(header, [_row(partial, checked, formulas[partial.name], python) for partial in partials])
    for partial in partials:
        if partial.note:
            print(f"∂/∂{partial.name}: {partial.note}.")
    print()


def _row(partial: PartialCheck, checked: bool, formula: Symbol, python: bool) -> list[str]:
    automatic = "undefined" if math.isnan(partial.value) else f"{partial.value:.10g}"
    certain = math.isfinite(partial.error_estimate)
    numerical = f"{partial.numerical:.10g} ± {partial.error_estimate:.0e}" if certain else "none"
    if python:
        name, written = partial.name, str(formula)
    else:
        name, written = notation.name(partial.name), formula.mathematics
        automatic, numerical = automatic.replace("-", "−"), numerical.replace("-", "−")
        if 0.0 < abs(partial.value) <= min(partial.error_estimate, ROUNDING):
            automatic = "0, to rounding"
    return [f"∂/∂{name}", automatic, *([numerical, partial.verdict] if checked else []), written]
