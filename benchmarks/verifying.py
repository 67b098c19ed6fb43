"""How long a verdict with its diagnosis takes, a file of a thousand answers, and a class's sheets of fresh exercises.

pip install . && python benchmarks/verifying.py
"""

from __future__ import annotations

import statistics
import tempfile
import time
import tomllib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from autograd import Formula, Value
from autograd.cli import main as chainrule
from autograd.engine import engine
from autograd.exercises import fresh_exercises
from autograd.exercises.answers import gradient
from autograd.graph import topological_order
from autograd.verifying import verify

CORPUS = Path(__file__).parent.parent / "tests" / "verifying" / "corpus"
# A network of two inputs, two hidden neurons and one output, with its squared error.
LARGE = "0.5*(v1*tanh(w11*x1 + w12*x2 + b1) + v2*tanh(w21*x1 + w22*x2 + b2) + c - t)**2"
AT = {"v1": 0.7, "w11": 0.3, "x1": 1.2, "w12": -0.4, "x2": 0.9, "b1": 0.1, "v2": -1.1, "w21": 0.8, "w22": 0.25}
POINT = {**AT, "b2": -0.2, "c": 0.05, "t": 1.0}
CLAIMS = {
    "one mistake": "(v1*tanh(w11*x1 + w12*x2 + b1) + v2*tanh(w21*x1 + w22*x2 + b2) + c - t)*v1*x1",
    "two mistakes": "-(v1*tanh(w11*x1 + w12*x2 + b1) + v2*tanh(w21*x1 + w22*x2 + b2) + c - t)*v1*x1",
    "none of them": "v1*w11 + 3*x1**2",
}


def milliseconds(claim: str) -> float:
    start = time.perf_counter()
    verify(LARGE, POINT, {"w11": claim})
    return (time.perf_counter() - start) * 1e3


def thousand_answers() -> str:
    """The corpora of the tests again and again, as a file of sheets."""
    sheets = []
    for name in ("wrong.toml", "right.toml"):
        for answer in tomllib.loads((CORPUS / name).read_text())["answers"]:
            at = ", ".join(f"{key} = {value!r}" for key, value in answer["at"].items())
            claimed = ", ".join(f"{key} = {value!r}" for key, value in answer["claimed"].items())
            sheets.append(f"[[answers]]\nfunction = {answer['function']!r}\nat = {{{at}}}\nclaimed = {{{claimed}}}\n")
    return "\n".join((sheets * 3)[:1000])


def seeded_sheets(students: int = 400) -> str:
    """Five fresh exercises for each student, a file of sheets: every seventh answer has the wrong sign."""
    sheets = []
    for student in range(students):
        for exercise in fresh_exercises(student):
            slopes = gradient(exercise.function, exercise.values).items()
            given = [(name, slope if (student + i) % 7 else -slope) for i, (name, slope) in enumerate(slopes)]
            claimed = ", ".join(f"{name} = {slope:.4g}" for name, slope in given)
            sheets.append(f"[[answers]]\nexercise = {exercise.number}\nseed = {student}\nclaimed = {{{claimed}}}\n")
    return "\n".join(sheets)


def graded(text: str) -> float:
    """The seconds that it takes to grade a file of sheets."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.toml"
        file.write_text(text)
        start = time.perf_counter()
        with redirect_stdout(StringIO()):
            chainrule(["verify", str(file)])
        return time.perf_counter() - start


def main() -> None:
    formula = Formula(LARGE)
    leaves = {name: Value(x, label=name) for name, x in POINT.items()}
    nodes = len(topological_order(formula.evaluate(leaves)))
    print(f"{engine()} engine; a function of {nodes} nodes, 12 variables; medians of 15, warm")
    for name, claim in CLAIMS.items():
        milliseconds(claim)
        print(f"  {name:<14}{statistics.median(milliseconds(claim) for _ in range(15)):>8.1f} ms")
    print(f"a file of 1000 answers {graded(thousand_answers()):>5.1f} s")
    print(f"2000 sheets of fresh exercises {graded(seeded_sheets()):>5.1f} s")


if __name__ == "__main__":
    main()
