"""The README says what is true: its code runs, prints what stands beneath it, and its picture is current."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from autograd import OPERATIONS, Operation, Value, draw, exp, operations, sin
from autograd.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.M | re.S)
PROGRAMS = [(code, BLOCKS[i + 1][1]) for i, (language, code) in enumerate(BLOCKS) if language == "python"]
SHOWN = {  # what commands print that stand alone
    code.strip(): output
    for (language, code), (beneath, output) in pairwise(BLOCKS)
    if language == "sh" and code.count("\n") == 1 and beneath == "text"
}
COMMANDS = [
    line.split("#")[0].strip()
    for language, code in BLOCKS
    if language == "sh"
    for line in code.splitlines()
    if line.startswith("chainrule ")
]
WRONG = {  # the commands that show a wrong claim: their exit status is 1
    'chainrule verify "(x+y)/z" x=3 y=2 z=2 dx=0.5 dz="(x+y)/z²"',
    "chainrule verify docs/answers.toml",
    "chainrule verify --exercise 3 --seed Ada f=-0.2",
}


def test_there_is_something_to_test() -> None:
    assert len(PROGRAMS) == 10
    assert len(COMMANDS) == 18
    assert len(SHOWN) == 1


@pytest.mark.parametrize(("program", "output"), PROGRAMS)
def test_programs_print_what_stands_beneath_them(
    program: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    namespace: dict[str, Any] = {}
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "README.md", "exec"), namespace)
    assert printed.getvalue() == output


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    assert main(shlex.split(command)[1:]) == (command in WRONG)
    printed = capsys.readouterr().out
    assert _lines(SHOWN.get(command, printed)) == _lines(printed)


def _lines(text: str) -> list[str]:
    """The lines of a text, without empty ones and spaces at their ends: a table fills them up."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_operation_that_contributing_adds() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
    namespace = dict(vars(operations))
    try:
        exec(code, namespace)
        cube: Operation = namespace["cube"]
        x = Value(2.0)
        cube(x).backward()
        assert (cube(2.0), x.grad) == (8.0, 12.0)
        assert "The cube of x.\n\nDefinition: x ** 3\nDomain: all numbers\nDerivative: 3 * x ** 2" in str(cube.__doc__)
    finally:
        OPERATIONS.pop("cube", None)


def test_wrong_claims_stand_in_the_readme() -> None:
    assert set(COMMANDS) > WRONG


def test_the_picture_is_current() -> None:
    """Its numbers and names, that is: another Graphviz may place them elsewhere.

    ``python -m tests.test_readme`` draws it anew.
    """
    assert written((ROOT / "docs" / "graph.svg").read_text()) == written(readme_picture())


def written(svg: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg)]


def readme_picture() -> str:
    x, y, z = Value(1.5, label="x"), Value(-1.0, label="y"), Value(0.5, label="z")
    f = x * exp(y) + sin(z)
    f.label = "f"
    f.backward()
    return draw(f).svg


if __name__ == "__main__":
    (ROOT / "docs" / "graph.svg").write_text(readme_picture())
