"""Derivations: what stands in them is true, and each form of them holds together."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest

from autograd import DerivativeError, Value, derive, exp, grad, sin, tanh
from autograd.cli import main
from autograd.deriving.pages import BLANK, Table, as_html, as_latex, as_markdown, as_text
from autograd.deriving.paths import paths
from autograd.exercises import EXERCISES, derivation, fresh_exercises, sheet, solution, task
from autograd.graph import edges, topological_order
from autograd.notation import text

POINT = {"x": 1.5, "y": -1, "z": "pi/2"}
EXERCISE = "x*exp(y) + sin(z)"


def test_the_four_parts() -> None:
    written = str(derive(EXERCISE, POINT))
    titles = re.findall(r"^(.+)\n-+$", written, re.M)
    assert titles == ["Forward pass", "Backward pass", "Each input's gradient: the sum over its paths", "The result"]
    for line in (
        "f = x e^y + sin(z)",
        "at x = 1.5, y = −1, z = π/2",
        "v₁     e^y       0.367879",
        "v₁     y    chain: exp   ∂v₁/∂y = e^y = 0.367879   1.5 × 0.367879 = 0.551819",
        "∂f/∂x = 0.367879 because one path leads from f to x:",
        "∂f/∂v₂ · ∂v₂/∂v₁ · ∂v₁/∂y   x · e^y       1 × 1.5 × 0.367879 = 0.551819",
        "∂f/∂z   cos(z)       0          0, to rounding   pass",
    ):
        assert line in written.splitlines()


def test_paths_that_meet_are_added() -> None:
    written = str(derive("x**2*y - 3*x", x=4, y=-0.5))
    assert "because 2 paths lead from f to x:" in written
    assert "∂f/∂x = −4 − 3 = −7" in written
    assert "2xy − 3" in written


def test_the_largest_paths_are_found_and_their_shares_are_true() -> None:
    """Against all paths, listed one by one."""
    x = Value(0.7, label="x")
    f = x
    for _ in range(6):
        f = sin(f) * tanh(f + x)
    order = topological_order(f)

    def walk(node: Value, so_far: float) -> list[float]:
        if node is x:
            return [so_far]
        return [c for k, parent in edges(node) for c in walk(parent, so_far * node.partials[k])]

    every = sorted(walk(f, 1.0), key=abs, reverse=True)
    found = paths(order, x, 10)
    assert found.number == len(every) > 100
    assert [abs(path.contribution) for path in found.shown] == pytest.approx([abs(c) for c in every[:10]], rel=1e-12)
    total = math.fsum(map(abs, every))
    assert [path.share for path in found.shown] == pytest.approx([abs(c) / total for c in every[:10]], rel=1e-12)
    f.backward()
    assert math.fsum(every) == pytest.approx(x.grad, rel=1e-12)


def test_more_paths_than_can_be_counted_one_by_one() -> None:
    x = Value(0.5, label="x")
    f = x
    for _ in range(200):
        f = f * 0.5 + f * 0.4
    f.label = "f"
    assert paths(topological_order(f), x, 3).number == 2**200
    assert "of which these matter most" in str(derive(f))


def test_large_graphs_are_cut_to_what_can_be_read() -> None:
    leaves = [Value(0.1 * i + 0.3, label=f"w_{i}") for i in range(12)]
    f = leaves[0]
    for leaf in leaves[1:]:
        f = sin(f * leaf + 0.1)
    for _ in range(200):
        f = tanh(f) + leaves[1]
    written = str(derive(f))
    assert "more steps are not shown" in written
    assert "(These are the 10 largest of 12 partial derivatives.)" in written
    assert max(map(len, written.splitlines())) < 300


def test_what_cancels_is_0() -> None:
    assert "∂f/∂x = 0.3 − 0.3 = 0" in str(derive("x*y - y*x", x=0.7, y=0.3))
    assert "∂f/∂x = 10⁻²⁰" in str(derive("x*y", x=0.7, y=1e-20))  # small, and not nought


def test_whatever_a_person_records_or_types() -> None:
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    recorded = derive(x * exp(y) / y)
    assert "at x = 2, y = 3" in str(recorded)
    assert "at x = 1, y = 1" in str(derive(x * y, x=1, y=1))
    assert (x.data, x.grad) == (2.0, 0.0)
    assert "f = w·w + b" in str(derive(lambda w, b: w * w + b, w=2, b=1))
    assert "because f does not depend on it" in str(derive(lambda w, b: w * w, w=2, b=1))


def test_what_has_no_derivation_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DerivativeError, match="no finite derivative"):
        derive("sqrt(x)", x=0)
    with pytest.raises(ValueError, match="nothing to derive"):
        derive("x", x=0)
    with pytest.raises(ValueError, match="y has no value"):
        derive("x*y", x=0)
    assert main(["sqrt(x)", "x=0", "--derive"]) == 1
    assert main(["x*y", "x=1", "y=2", "--derive", "a.pdf"]) == 2
    assert main(["x*y", "x=1", "y=2", "--derive", "missing/a.md"]) == 2
    assert main(["x*y", "x=1", "y=2", "--derive", "--json"]) == 2
    assert [line.count("chainrule: ") for line in capsys.readouterr().err.splitlines()] == [1, 1, 1, 1]


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        assert self.open in ([], ["html"])

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("exercise", [*EXERCISES, *fresh_exercises("Ada")], ids=lambda exercise: exercise.formula)
def test_every_exercise_is_solved(exercise: object) -> None:
    from autograd.exercises import Exercise

    assert isinstance(exercise, Exercise)
    solved = derivation(exercise)
    (result,) = (section for section in solved.page.sections if section.title == "The result")
    (table,) = (block for block in result.blocks if isinstance(block, Table))
    names = exercise.function.variables
    true = grad(exercise.function, range(len(names)))(*(exercise.values[name] for name in names))
    here = dict(zip(names, true, strict=True))
    for name, row in zip(exercise.at, table.rows, strict=True):
        assert row[4] == "pass"
        assert not isinstance(row[2], str)
        shown = text(row[2]).replace("−", "-")  # type: ignore[arg-type]
        if "·" not in shown and "/" not in shown:
            assert float(shown) == pytest.approx(here[name], rel=1e-5, abs=1e-15)
    for page, write in product((solved.page, task(exercise), sheet(exercise)), (as_text, as_markdown, as_latex)):
        assert write(page).strip()
    Balanced(as_html(solved.page))
    in_latex = as_latex(solved.page)
    assert in_latex.isascii()
    assert in_latex.count("{") == in_latex.count("}")
    assert BLANK not in solution(exercise)
    assert BLANK in as_markdown(sheet(exercise))


def test_sheets_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in ("sheet.md", "sheet.tex"):
        assert main(["exercises", "2", "--sheet", str(tmp_path / file)]) == 0
    assert "0.367879" not in (tmp_path / "sheet.md").read_text()
    assert r"\underline{\hspace{4em}}" in (tmp_path / "sheet.tex").read_text()
    assert main(["exercises", "2", "--solution", "--sheet", str(tmp_path / "solution.md")]) == 0
    assert "0.367879" in (tmp_path / "solution.md").read_text()
    assert main(["exercises", "2", "--sheet", "sheet.doc"]) == 2
    assert main(["x*y", "x=1", "y=2", "--derive", str(tmp_path / "page.html")]) == 0
    assert "<math>" in (tmp_path / "page.html").read_text()
    assert "chainrule: a derivation is written as .md" in capsys.readouterr().err


def test_a_derivation_shows_itself_in_a_notebook() -> None:
    bundle = derive(EXERCISE, POINT)._repr_mimebundle_()
    assert "<svg" in bundle["text/html"]
    assert "<math>" in bundle["text/html"]
    assert bundle["text/plain"] == str(derive(EXERCISE, POINT))
