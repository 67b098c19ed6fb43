"""What the workbook asks Python, answered as plain data. The page runs this file on Pyodide.

A task is an exercise, as in {"exercise": 2, "seed": "Ada"}, or a function with its point, as in {"function": "x y",
"at": {"x": "2", "y": "pi/2"}}. What a person typed is read as a formula, never run; inside HTML it is escaped.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from autograd import (
    DerivativeError,
    FormulaError,
    OperationError,
    Value,
    check_gradients,
    derive,
    draw,
    stepper,
    verify,
)
from autograd.calculus import derivative_formulas, partials_or_errors
from autograd.checking import PartialCheck
from autograd.deriving.derivation import Derivation
from autograd.deriving.pages import fragment
from autograd.deriving.paths import paths
from autograd.drawing import CannotRender
from autograd.exercises import COURSE, DIFFICULTIES, EXERCISES, Exercise, derivation, find
from autograd.formula import Formula, constant
from autograd.graph import topological_order
from autograd.notation import as_mathml, as_typed, expression, mathml, name, number, written
from autograd.notation.tree import Equation, Name, Partial
from autograd.verifying import ClaimReport, Diagnosis

MOST_CHECKED = 20  # variables whose derivatives are checked numerically
ROUNDING = 1e-15  # a derivative below this, and below the error of the check, is nought but for rounding
MOST_PATHS = 3  # are named in a hint
KINDS = {
    "sign": "A sign is wrong.",
    "missing-factor": "The chain rule multiplies the local derivatives, and a factor is missing.",
    "missing-path": "There is more than one path: the contributions of all of them add up, and one is missing.",
    "wrong-rule": "The rule for the derivative of this operation is another one.",
    "swapped": "It is a derivative, but not with respect to this variable.",
    "undifferentiated": "Something was written down as it is, and not differentiated.",
    "constant-factor": "All is right but for a constant factor.",
    "as-constant": "Something was held constant that varies.",
    "as-variable": "Something was differentiated that is constant here.",
    "algebra": "The rules are right; there is a slip in the algebra.",
    "arithmetic": "The formula seems right; there is a slip in the calculation.",
    "decimal": "Look at the decimal point.",
    "degrees": "Is the calculator set to radians?",
    "log-base": "Look at the base of the logarithm.",
}


@dataclass(frozen=True)
class Task:
    """A function to differentiate, its point as it was typed, and the steps that have names."""

    formula: Formula
    at: dict[str, str]
    text: str
    steps: dict[str, str] = field(default_factory=dict)
    domain: tuple[str, ...] = ()
    exercise: Exercise | None = None

    @property
    def point(self) -> dict[str, float]:
        """A number for each variable; raises ValueError where one has none yet."""
        if missing := [name for name in self.formula.variables if name not in self.at]:
            raise ValueError(f"{missing[0]} has no value: give it one")
        return {name: constant(text) for name, text in self.at.items()}

    def recorded(self) -> tuple[Value, dict[str, Value]]:
        """The function evaluated at its point, with its leaves."""
        leaves = {name: Value(value, label=name) for name, value in self.point.items()}
        numbers = self.exercise.follow(leaves) if self.exercise else {"f": self.formula.evaluate(leaves)}
        for step, found in numbers.items():
            if isinstance(found, Value) and found.operation is not None and step not in leaves:
                found.label = step
        output = numbers["f"]
        return (output if isinstance(output, Value) else Value(output)), leaves


def task_of(given: Mapping[str, Any]) -> Task:
    """The task that the page means."""
    if "exercise" in given:
        exercise = find(given["exercise"], given.get("seed") or None)
        at = dict(exercise.at)
        return Task(exercise.by_steps, at, exercise.formula, exercise.named_steps, exercise.domain, exercise)
    at = {name: text for name, text in given["at"].items() if text.strip()}
    formula = Formula(given["function"], given["at"])
    return Task(formula, {name: at[name] for name in formula.variables if name in at}, formula.text)


# Questions --------------------------------------------------------------------------------------------


def exercises() -> dict[str, Any]:
    """The exercises to choose from, and the difficulties of fresh ones."""
    listed = [
        {
            "number": exercise.number,
            "title": f"{exercise.title}: {exercise.function.mathematics}",
            "course": exercise in COURSE,
        }
        for exercise in EXERCISES
    ]
    return {"exercises": listed, "difficulties": list(DIFFICULTIES)}


def task(task: Mapping[str, Any]) -> dict[str, Any]:
    """How the function was read, its variables, and for an exercise everything that its task says."""
    found = task_of(task)
    formula, exercise = found.formula, found.exercise
    notes = [] if exercise else list(formula.notes)
    shown: dict[str, Any] = {
        "text": found.text,
        "math": _equation("f", formula),
        "notes": notes,
        "variables": [_variable(name, found) for name in formula.variables],
        "steps": [],
    }
    if exercise:
        seed = f" of seed {task['seed']}" if task.get("seed") else ""
        shown["title"] = f"Exercise {exercise.number}{seed}: {exercise.title}"
        shown["steps"] = _steps(exercise)
        shown["questions"] = [question.text for question in exercise.questions]
        shown["domain"] = " and ".join(map(_condition, exercise.domain))
    return shown


def gradient(task: Mapping[str, Any]) -> dict[str, Any]:
    """The value and every partial derivative: automatic, numerical, and as a formula."""
    found = task_of(task)
    output, leaves = found.recorded()
    inputs = list(leaves.values())
    checks: Sequence[PartialCheck] = ()
    if 0 < len(inputs) <= MOST_CHECKED:
        checks = check_gradients(found.formula, *(leaf.data for leaf in inputs)).partials
    rows = []
    found_partials, formulas = partials_or_errors(output, inputs), derivative_formulas(output, inputs)
    for leaf, partial, formula, check in zip_longest(inputs, found_partials, formulas, checks):
        row = {"name": leaf.label, "title": f"∂f/∂{name(leaf.label)}", "formula": as_mathml(formula)}
        if isinstance(partial, DerivativeError):
            row |= {"number": None, "shown": "undefined"}
        else:
            nought = check is not None and abs(partial) <= min(check.error_estimate, ROUNDING)
            row |= {"number": partial, "shown": "0" if nought else number(partial, 10)}
        note = str(partial) if isinstance(partial, DerivativeError) else ""
        rows.append({**row, "note": check.note if check else note})
    return {"value": output.data, "shown": number(output.data, 10), "partials": rows}


def graph(task: Mapping[str, Any]) -> dict[str, Any]:
    """The graph as SVG, after the backward pass; as text where nothing can draw it."""
    output, _ = task_of(task).recorded()
    note = ""
    try:
        output.backward()
    except DerivativeError as error:
        note = str(error)
    picture = draw(output)
    try:
        return {"svg": _unstyled(picture.svg[picture.svg.index("<svg") :]), "text": picture.text, "note": note}
    except CannotRender:
        return {"text": picture.text, "note": note}


def stepped(task: Mapping[str, Any]) -> dict[str, Any]:
    """The page that steps through both passes, with a script of its own."""
    return {"page": stepper(task_of(task).recorded()[0]).html}


def derived(task: Mapping[str, Any]) -> dict[str, Any]:
    """The whole derivation as HTML; that of an exercise is its worked solution."""
    return {"html": _unstyled(fragment(_derivation(task_of(task)).page))}


def judged(task: Mapping[str, Any], claims: Mapping[str, str], values: Mapping[str, str]) -> dict[str, Any]:
    """The verdict on each answer, with hints for those that are wrong."""
    found = task_of(task)
    claimed, valued = _filled(claims), _filled(values)
    if not claimed and not valued:
        return {"verdict": "", "ok": False, "claims": []}
    report = verify(found.formula, found.point, claimed, values=valued, steps=found.steps, domain=found.domain)
    known = (*found.formula.variables, *found.steps)
    missing = [f"Not answered yet: {', '.join(f'∂f/∂{name(x)}' for x in report.unanswered)}."] * bool(report.unanswered)
    return {
        "verdict": " ".join([replace(report, reveal=False).verdict, *missing]),
        "ok": report.ok,
        "claims": [_claim(claim, found, known) for claim in report.claims],
    }


def sheet(student: str, work: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answers as the TOML file that ``chainrule verify`` grades: a table for each task."""
    tables = []
    for done in work:
        entry: dict[str, Any] = {"student": student.strip()} if student.strip() else {}
        asked = done["task"]
        if "exercise" in asked:
            entry |= {"exercise": int(asked["exercise"]), **({"seed": asked["seed"]} if asked.get("seed") else {})}
        else:
            entry |= {"function": asked["function"], "at": _filled(asked["at"])}
        entry |= {"claimed": _filled(done["claims"]), "values": _filled(done["values"])}
        lines = [f"{key} = {_toml(value)}" for key, value in entry.items() if value != {}]
        tables.append("\n".join(["[[answers]]", *lines]))
    return {"text": "\n\n".join(tables) + "\n"}


QUESTIONS: dict[str, Callable[..., dict[str, Any]]] = {
    question.__name__: question for question in (exercises, task, gradient, graph, stepped, derived, judged, sheet)
}


def answer(question: str) -> str:
    """The answer to a question, both as JSON; what cannot be understood is a sentence under "error"."""
    asked = json.loads(question)
    try:
        return json.dumps(QUESTIONS[asked["what"]](**asked["about"]), allow_nan=False)
    except FormulaError as error:
        return json.dumps({"error": error.message, "start": error.start, "end": error.end})
    except (ValueError, TypeError, ArithmeticError) as error:
        return json.dumps({"error": str(error)})
    except RecursionError:
        return json.dumps({"error": "the formula is nested too deeply"})
    except Exception as error:  # a fault of ours, which need not stop Python
        return json.dumps({"error": f"the workbook fails at this ({type(error).__name__}: {error})"})


# Hints ------------------------------------------------------------------------------------------------


def _claim(claim: ClaimReport, task: Task, known: Sequence[str]) -> dict[str, Any]:
    said = [line.strip() for line in claim.lines()[1:]] if claim.verdict != "wrong" else claim.note.splitlines()
    unreadable = claim.verdict == "unreadable"
    return {
        "name": claim.name,
        "kind": claim.kind,
        "verdict": claim.verdict,
        "math": _typeset(claim.claimed, known),
        "note": " ".join(map(_sentence, said[:1] if unreadable else said)),
        "place": "\n".join(claim.note.splitlines()[1:]) if unreadable else "",
        "hints": _hints(claim, task) if claim.verdict == "wrong" else [],
    }


def _hints(claim: ClaimReport, task: Task) -> list[str]:
    """What helps with a wrong answer, each telling more: where it went wrong, what kind it is, what it should be."""
    found = claim.diagnoses[0] if claim.diagnoses else Diagnosis("unknown", "")
    if claim.kind == "value":
        return [_sentence(found.message), _computed(claim.name, task), _right(claim)]
    if found.code == "unknown":
        return [text for text in (_sentence(found.message), _along_paths(claim.name, task), _right(claim)) if text]
    both = [found] if found.second is None else [found, found.second]
    where = " And: ".join(map(_where, both))
    kind = " And: ".join(KINDS.get(diagnosis.code, "") for diagnosis in both)
    return [text for text in (where, kind, " And: ".join(_sentence(d.message) for d in both)) if text]


def _where(diagnosis: Diagnosis) -> str:
    node, _, operand = diagnosis.edge.partition(" -> ")
    if not operand:
        return "No single step went wrong: look at the answer as a whole."
    return f"Look at the step in which {_mathematics(node)} is differentiated with respect to {_mathematics(operand)}."


def _right(claim: ClaimReport) -> str:
    if math.isnan(claim.true):
        return ""
    with suppress(FormulaError):
        formula = Formula(claim.formula)
        if formula.variables:
            return f"It should be {written(formula.symbol)} = {number(claim.true, 10)}."
    return f"It should be {number(claim.true, 10)}."


def _computed(step: str, task: Task) -> str:
    """How a step is computed from those before it."""
    text = task.exercise.steps.get(step, task.text) if task.exercise else task.text
    return f"{name(step)} is {as_typed(Formula(text, (*task.formula.variables, *task.steps)).symbol)}."


def _along_paths(variable: str, task: Task) -> str:
    """The paths on which f depends on a variable, for an exercise, whose steps have names."""
    if not task.exercise:
        return ""
    output, leaves = task.recorded()
    order = topological_order(output)
    ends = [node for node in order if node.label == variable] or [leaves[variable]]
    found = paths(order, ends[0], MOST_PATHS)
    ways = [
        " · ".join(f"∂{name(node.label)}/∂{name(node.parents[operand].label)}" for node, operand in path.edges)
        for path in found.shown
        if all(node.label and node.parents[operand].label for node, operand in path.edges)
    ]
    if not ways or found.number > len(ways):
        return ""
    return f"Multiply along the way from f to {name(variable)}: {' + '.join(ways)}."


def _sentence(message: str) -> str:
    """A message as a sentence; a letter or a function at its beginning stays as it is."""
    first = message.split(" ")[0]
    start = first.capitalize() if first.isalpha() and len(first) > 1 else first
    return f"{start}{message[len(first) :]}." if message else ""


# Mathematics and data ---------------------------------------------------------------------------------


def _unstyled(html: str) -> str:
    """Pictures without a style of their own, which the policy of the page forbids: its style sheet says how wide."""
    return re.sub(r'<svg style="[^"]*"', "<svg", html)


def _equation(left: str, formula: Formula) -> str:
    tree = expression(formula.symbol)
    return mathml(Equation((Name(left), tree))) if tree is not None else as_mathml(formula.symbol)


def _partial(variable: str) -> str:
    return mathml(Partial("f", variable))


def _variable(variable: str, task: Task) -> dict[str, str]:
    at = task.at.get(variable, "")
    shown = _equation(variable, Formula(at)) if task.exercise else mathml(Name(variable))
    return {"name": variable, "math": shown, "at": at, "partial": _partial(variable)}


def _steps(exercise: Exercise) -> list[dict[str, str]]:
    """The steps in order; the last one is f, also where the exercise names none."""
    found = []
    known = [*exercise.at]
    for step, text in (exercise.steps or {"f": exercise.formula}).items():
        found.append({"name": step, "math": _equation(step, Formula(text, known)), "partial": _partial(step)})
        known.append(step)
    return found


def _condition(text: str) -> str:
    return Formula(text).mathematics.removeprefix("[").removesuffix("]")


def _typeset(text: str, known: Sequence[str]) -> str:
    """What a person typed as it was understood; empty for a number as it was typed, and for what is no formula."""
    try:
        formula = Formula(text, known)
        return "" if formula.literal else as_mathml(formula.symbol, as_it_stands=True)
    except (FormulaError, OperationError):
        return ""


def _mathematics(text: str) -> str:
    try:
        return as_typed(Formula(text).symbol)
    except FormulaError:
        return text


def _derivation(task: Task) -> Derivation:
    return derivation(task.exercise) if task.exercise else derive(task.formula, task.point)


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in texts.items() if text.strip()}


def _toml(value: Any) -> str:
    """A text, a number or a table of TOML, in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(text)}" for key, text in value.items()) + "}"
    if isinstance(value, int):
        return str(value)
    printable = str(value).encode(errors="replace").decode().replace("\x7f", "?")
    return json.dumps(printable, ensure_ascii=False)
