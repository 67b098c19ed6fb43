"""The command line, as a person at the shell sees it."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autograd import OPERATIONS, Formula, Value, calculus, draw
from autograd.cli import main
from autograd.drawing import CannotRender, picture
from autograd.operation import INTERNAL


class Ran:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        try:
            status = main(arguments)
        except SystemExit as leaving:  # --help and --version
            status = int(leaving.code or 0)
        return Ran(status, *capsys.readouterr())

    return run


def test_the_three_exercises(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ran = run()
    assert (ran.status, ran.err) == (0, "")
    for text in (
        "v₁   =  x + y   =  5",
        "−(x + y)/z²",
        "x   3 → 2.9",
        "z   1 → 1.5",
        "f   5 → 3.2",
        "0.3678794412",
        "0.5518191618",
        "0, to rounding",
        "f   1.55182 → 1.50939",
        "2x/(x² + y² + 1)",
        "0.6666666667",
        "f   1.79176 → 1.73558",
    ):
        assert text in ran.out, text
    assert ran.out.count("   pass   ") == 8
    for number in (1, 2, 3):
        path = tmp_path / "chainrule-pictures" / f"exercise-{number}.svg"
        assert str(path.relative_to(tmp_path)) in ran.out
        assert "grad" in path.read_text()


def test_the_directory_of_the_pictures(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("--pictures", "a/b").status == 0
    assert (tmp_path / "a/b/exercise-3.svg").exists()
    (tmp_path / "file").write_text("")
    ran = run("--pictures", "file")
    assert (ran.status, ran.err) == (2, "chainrule: cannot make the directory file: File exists\n")


def test_without_graphviz_the_exercises_show_trees(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def no_svg(source: str) -> str:
        raise CannotRender("no Graphviz here")

    monkeypatch.setattr(picture, "to_svg", no_svg)
    ran = run()
    assert ran.status == 0
    assert ran.out.count("No picture: no Graphviz here") == 3
    assert "└── z = 1" in ran.out


def test_a_formula(run) -> None:  # type: ignore[no-untyped-def]
    ran = run("x*exp(y) + sin(z)", "x=1.5", "y=-1", "z=pi/2")
    assert (ran.status, ran.err) == (0, "")
    assert "value   1.5518191617571635" in ran.out
    assert "x e^y" in ran.out
    assert "0, to rounding" in ran.out
    ran = run("x*exp(y) + sin(z)", "x=1.5", "y=-1", "z=pi/2", "--notation", "python")
    assert "x * exp(y)" in ran.out
    assert "└── v₃ = sin(z) = 1" in ran.out


@pytest.mark.parametrize(
    "formula",
    ["(x**2+y**2)**2", "(x**2-1)**2+y", "(2*x)*(3*y)", "(1-x)**2+100*(y-x**2)**2", "(x**2+y-11)**2+(x+y**2-7)**2"],
)
def test_formulas_of_products_with_numbers_in_front(run, formula: str) -> None:  # type: ignore[no-untyped-def]
    ran = run(formula, "x=1", "y=2")
    assert (ran.status, ran.err) == (0, "")


def test_a_derivative_that_does_not_exist_does_not_hide_the_others(run) -> None:  # type: ignore[no-untyped-def]
    ran = run("x**y", "x=-2", "y=3")
    assert ran.status == 1
    assert ran.err.startswith("chainrule: (-2.0) ** 3.0 has no finite derivative with respect to y")
    assert ran.err.count("\n") == 1
    assert "value   -8.0" in ran.out
    assert "12 ± " in ran.out
    found = json.loads(run("x**y", "x=-2", "y=3", "--json").out)
    assert found["gradient"] == {"x": 12.0, "y": None}
    assert run("sqrt(x)", "x=0").out.startswith("value   0.0")


def test_a_kink_is_explained(run) -> None:  # type: ignore[no-untyped-def]
    assert "∂/∂x: the derivative is 0 from the left and 1 from the right." in run("relu(x)", "x=0").out
    assert "from the left" in json.loads(run("relu(x)", "x=0", "--json").out)["note"]["x"]


def test_steps(run) -> None:  # type: ignore[no-untyped-def]
    ran = run("x*y", "x=2", "y=3", "--steps")
    assert "to x:   ∂f/∂f × ∂f/∂x   with ∂f/∂x = y   1 × 3 = 3" in ran.out


def test_json(run) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(run("--json", "x*exp(y) + sin(z)", "x=1.5", "y=-1", "z=pi/2").out)
    assert found["value"] == 1.5518191617571635
    assert found["gradient"] == {"x": 0.36787944117144233, "y": 0.5518191617571635, "z": 6.123233995736766e-17}
    assert found["formula"] == {"x": "exp(y)", "y": "x * exp(y)", "z": "cos(z)"}
    for name, numerical in found["numerical"].items():
        assert abs(numerical - found["gradient"][name]) <= 4 * found["error_estimate"][name] < 1e-10
    assert set(found["verdict"].values()) == {"pass"}
    assert json.loads(run("2+3", "--json").out)["value"] == 5.0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["(x+y", "x=3"], 2),
        (["(x+y)/z", "x=3", "y=2", "z=0"], 1),
        (["x*y", "x=3", "w=2"], 2),
        (["x*y", "x=3", "y=2", "--draw", "no/such/folder.svg"], 2),
    ],
)
def test_an_error_in_json(run, arguments: list[str], status: int) -> None:  # type: ignore[no-untyped-def]
    ran = run(*arguments, "--json")
    assert ran.status == status
    assert json.loads(ran.out) == {"error": ran.err.removeprefix("chainrule: ").rstrip("\n")}
    assert run(*arguments).out == ""


def many(count: int, term: str) -> list[str]:
    """A sum over many variables, and their values."""
    return ["+".join(term.replace("x", f"x{i}") for i in range(count)), *(f"x{i}={i / 100 + 1}" for i in range(count))]


def test_many_variables_are_checked_together(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    calls = []
    evaluate = Formula.evaluate

    def counted(formula: Formula, values: Mapping[str, Any]) -> Any:
        calls.append(values)
        return evaluate(formula, values)

    monkeypatch.setattr(Formula, "evaluate", counted)
    few = json.loads(run(*many(20, "x*x"), "--json").out)
    assert few["verdict"] == {f"x{i}": "pass" for i in range(20)}
    calls.clear()
    found = json.loads(run(*many(300, "x*x"), "--json").out)
    assert len(calls) < 1000  # as many as for one variable
    assert found["gradient"] == {f"x{i}": pytest.approx(2 * (i / 100 + 1)) for i in range(300)}
    assert found["verdict"] == {"along one random direction": "pass"}
    out = run(*many(21, "sin(x)")).out
    assert "∂/∂x₂₀   0.3623577545   cos(x₂₀)" in out
    assert "\nalong one random direction: pass: " in out


def test_a_wrong_gradient_of_many_variables_shows(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def wrong(output: Value, leaves: list[Value]) -> list[float]:
        return [partial * (1 + 1e-6 * (i == 3)) for i, partial in enumerate(true(output, leaves))]  # type: ignore[operator]

    true = calculus.partials_or_errors
    monkeypatch.setattr("autograd.cli.formula.partials_or_errors", wrong)
    assert json.loads(run(*many(30, "x*x"), "--json").out)["verdict"] == {"along one random direction": "fail"}


def test_a_derivative_that_many_variables_lack(run) -> None:  # type: ignore[no-untyped-def]
    formula, *values = many(30, "x*x")
    ran = run(f"{formula} + sqrt(x0 - 1)", *values, "--json")
    found = json.loads(ran.out)
    assert (ran.status, found["gradient"]["x0"], found["gradient"]["x1"]) == (1, None, 2.02)
    assert found["verdict"] == {"along one random direction": "pass"}
    assert found["note"]["x0"].startswith("sqrt(0.0) has no finite derivative")
    formula, *values = many(30, "relu(x - 1)")
    assert "from the left" in run(formula, *values).out


def test_draw(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ran = run("x*y", "x=2", "y=3", "--draw", "graph.svg")
    assert "picture: graph.svg" in ran.out
    assert "<svg" in (tmp_path / "graph.svg").read_text()


def test_a_formula_may_start_with_a_minus_sign(run) -> None:  # type: ignore[no-untyped-def]
    assert json.loads(run("-x**2", "x=2", "--json").out)["value"] == -4.0
    assert json.loads(run("--json", "--", "-x", "x=2").out)["value"] == -2.0
    assert json.loads(run("-2", "--json").out)["value"] == -2.0


def test_operations(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "160")
    out = run("operations").out
    for operation in OPERATIONS.values():
        assert f" {operation.name} " in out
        assert operation.format("x", "y") in out
    assert "The hyperbolic cosine" in out
    assert not any(f" {name} " in out for name in INTERNAL)
    assert "abs(x) < 1" in out
    assert "clip(…), " in out
    assert "where(…), Σ(…). Constants: pi, e." in out
    assert "ln (log)" in out
    assert "sech(x) ** 2" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x*q", "x=1"], "q has no value: add q=…\n  x*q\n    ^"),
        (["x", "x=1", "y=2"], "y is given a value, but the formula's variables are: x"),
        (["2", "y=2"], "the formula's variables are: none"),
        (["x", "x=1", "x=2"], "x is given twice"),
        (["x", "1"], "'1' is no assignment: write a name, = and a value, as in x=1.5"),
        (["x", "1x=3"], "'1x=3' is no assignment"),
        (["x", "x="], "x has no value: write it after the ="),
        (["x", "x=y"], "'y' is not a constant (there are pi and e)"),
        (["x", "pi=3"], "pi is a constant of the formula language: choose another name"),
        (["x", "x=9**9**9**9"], "overflows"),
        (["9**9**9**9"], "overflows"),
        (["("], "'(' was never closed\n  (\n  ^"),
        (["(" * 100_000], "the formula has 100000 characters; the limit is 10000"),
        (["__import__('os').system('echo hi')"], "there is no function '__import__'"),
        (["x\0", "x=1"], "cannot be part of a formula"),
        (["x\udcff", "x=1"], "cannot be part of a formula"),
        (["x", "x=1", "--draw", "a.jpg"], "not as 'a.jpg'"),
        (["x", "x=1", "--draw", "no/where.svg"], "cannot write no/where.svg: there is no folder no"),
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["--draw", "graph.svg"], "--draw has no effect here: it goes with a formula"),
        (["x*y", "x=1", "y=2", "--draw", ""], "--draw is given without a value: write one after it"),
        (["x*y", "x=1", "y=2", "--draw", "a.svg", "--draw=b.svg"], "--draw is given twice"),
        ([""], "the formula is empty"),
        (["exercises", "--new", "--difficulty", "6"], "the difficulty is one of 1, 2, 3, 4, 5, not 6"),
    ],
)
def test_what_is_not_understood(run, arguments: list[str], message: str) -> None:  # type: ignore[no-untyped-def]
    ran = run(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("chainrule: ")
    assert message in ran.err
    assert "Traceback" not in ran.err
    first, *place = ran.err.splitlines()
    assert first
    assert len(place) in (0, 2)
    assert not place or set(place[1].strip()) == {"^"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["1 + log(x)", "x=-1"], "log(-1.0) has no value: log needs x > 0\n  1 + log(x)\n      ^^^^^^\n"),
        (["log(-1)"], "log(-1.0) has no value: log needs x > 0\n  log(-1)\n  ^^^^^^^\n"),
        (["1/x", "x=0"], "1.0 / 0.0 has no value: it divides by zero\n  1/x\n  ^^^\n"),
        (["exp(x)", "x=1000"], "exp(1000.0) overflows"),
        (["x", "x=log(-1)"], "log(-1.0) has no value"),
    ],
)
def test_what_has_no_value_or_derivative(run, arguments: list[str], message: str) -> None:  # type: ignore[no-untyped-def]
    ran = run(*arguments)
    assert (ran.status, ran.out) == (1, "")
    assert message in ran.err
    assert "detect_anomaly" not in ran.err


def test_help_and_version(run) -> None:  # type: ignore[no-untyped-def]
    for command in ("verify", "exercises", "train", "compile", "operations"):
        assert f"  {command} " in run("--help").out
        assert run(command, "--help").out.startswith(f"usage: chainrule {command}")
    assert run("--version").out.startswith("chainrule ")


def test_table_and_tree_agree_on_a_derivative_that_does_not_exist(run) -> None:  # type: ignore[no-untyped-def]
    ran = run("sqrt(x)+3y", "x=0", "y=2")
    assert ran.status == 1
    assert re.search(r"∂/∂x +undefined +none +inconclusive", ran.out)
    assert re.search(r"x = 0 +grad undefined +∂v₁/∂x = undefined", ran.out)
    assert re.search(r"∂/∂y +3 +3 ± \S+ +pass", ran.out)
    assert re.search(r"y = 2 +grad 3 +∂v₂/∂y = 3$", ran.out.rstrip())  # and no remark on it below


def test_a_kink_has_no_numerical_derivative(run) -> None:  # type: ignore[no-untyped-def]
    ran = run("|x|", "x=0")
    assert re.search(r"∂/∂x +0 +none +kink +sgn\(x\)", ran.out)
    assert "∂/∂x: the derivative is -1 from the left and 1 from the right." in ran.out
    found = json.loads(run("|x|", "x=0", "--json").out)
    assert (found["numerical"], found["error_estimate"]) == ({"x": None}, {"x": None})


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("60", 60), ("120", 120)])
@pytest.mark.parametrize("command", ["operations", "mistakes", "exercises"])
def test_a_table_in_a_pipe_is_as_wide_as_others(command: str, columns: str, width: int, tmp_path: Path) -> None:
    line, env = [sys.executable, "-m", "autograd", command], {**os.environ, "COLUMNS": columns}
    with open(os.devnull) as nothing:  # for rich asks all three streams for a terminal
        done = subprocess.run(line, stdin=nothing, capture_output=True, text=True, cwd=tmp_path, env=env, check=True)
    table = [row for row in done.stdout.splitlines() if row.startswith(" ")]
    assert width - 20 < max(map(len, table)) <= width


def test_python_m_autograd_is_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autograd", "x**2", "x=3", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert json.loads(done.stdout)["gradient"] == {"x": 6.0}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", ["operations", "compile x", "exercises 1", "verify none.toml --json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("output", "status", "message"),
    [
        ("| true", 0, ""),
        ("| head -1", 0, ""),
        (">/dev/full", 2, "chainrule: cannot write the output: No space left on device\n"),
        (">&-", 0, ""),
    ],
)
def test_an_output_that_takes_no_more(
    arguments: str, unbuffered: str, output: str, status: int, message: str, tmp_path: Path
) -> None:
    command = f"{sys.executable} -m autograd {arguments} {output}"
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, check=False, env=env)
    missing = "chainrule: cannot read none.toml: No such file or directory\n" * ("none" in arguments)
    assert done.stderr == missing + message
    assert done.returncode == (2 if missing and "|" not in output else status)


def test_a_reader_that_has_seen_enough_of_the_help(tmp_path: Path) -> None:
    command = f"{sys.executable} -m autograd --help | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ""


def test_a_terminal_that_cannot_show_every_character(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autograd", "x**2", "x=3"]
    env = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path, check=True)
    assert "value   9.0" in done.stdout


def test_infinite_error_estimates_are_null_in_json(run) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(run("acos(x) + asin(x)", f"x={math.nextafter(1, 0)!r}", "--json").out)
    assert found["value"] == pytest.approx(math.pi / 2)
    assert all(error is None or error > 0 for error in found["error_estimate"].values())


def test_draw_is_what_the_command_uses() -> None:
    assert picture.draw is draw


def test_a_mixed_installation_is_one_sentence(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(Path, "exists", lambda path: True)
    ran = run("operations")
    assert (ran.status, ran.out) == (2, "")
    assert "pip uninstall -y autograd chainrule" in ran.err


USES = [
    (),
    ("x*y", "x=1", "y=2"),
    ("2 + 3",),
    ("operations",),
    ("compile", "x*y"),
    ("exercises",),
    ("exercises", "2"),
    ("exercises", "--new", "--seed", "Ada"),
    ("verify", "x*y", "x=1", "y=2", "dx=1"),
    ("verify", "--exercise", "1", "dx=3"),
    ("verify", "answers.toml"),
    ("train", "moons", "--epochs", "1"),
]
OPTIONS = {
    "--draw": ["graph.svg"],
    "--html": ["f.html"],
    "--steps": [],
    "--json": [],
    "--pictures": ["elsewhere"],
    "--target": ["jax"],
    "--solution": [],
    "--new": [],
    "--seed": ["Bo"],
    "--difficulty": ["3"],
    "--exercise": ["3"],
    "--domain": ["x > 5"],
    "--digits": ["99"],
    "--tolerance": ["7"],
    "--no-reveal": [],
    "--details": [],
    "--notation": ["python"],
    "--derive": ["derivation.md"],
    "--sheet": ["sheet.md"],
    "--epochs": ["2"],
    "--engine": ["steam"],
    "--checkpoint": ["state.json"],
    "--resume": [],
}


def test_the_options_are_all_of_them(run) -> None:  # type: ignore[no-untyped-def]
    shown = "".join(run(*use[:1], "--help").out for use in USES if not use or use[0].isidentifier())
    assert set(re.findall(r"--[a-z-]+", shown)) - {"--help", "--version"} == OPTIONS.keys()


@pytest.mark.parametrize("use", USES)
def test_an_option_has_an_effect_or_is_an_error(run, use: tuple[str, ...], tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "answers.toml").write_text("[[answers]]\nexercise = 1\nclaimed = {x = 3}\n")

    def outcome(*arguments: str) -> object:
        there = set(tmp_path.rglob("*"))
        ran = run(*arguments)
        return ran.status, ran.out, ran.err, set(tmp_path.rglob("*")) - there

    outcome(*use)  # makes the folder of the pictures
    before = outcome(*use)
    for option, value in OPTIONS.items():
        if option not in use:
            after = outcome(*use, option, *value)
            assert after != before, f"chainrule {' '.join(use)} ignores {option}"


def test_options_that_do_not_go_together(run) -> None:  # type: ignore[no-untyped-def]
    missing, name = "has no effect here: it goes with", "x*y x=1 y=2"
    for arguments, message in {
        f"{name} --pictures here": f"--pictures {missing} the three exercises",
        f"{name} --steps --json": "--steps and --json exclude each other",
        "--derive x*y x=1 y=2": "--derive writes to a file with the ending .md, .tex, .html or .txt, "
        "and 'x*y' has none of them: write the formula before --derive",
        "2+3 --steps": f"--steps {missing} a formula with variables",
        "--json": f"--json {missing} a formula",
        "exercises --solution": f"--solution {missing} the number of an exercise or --new",
        "exercises 2 --seed Ada": f"--seed {missing} --new",
        "exercises 2 --new": "--new makes new exercises: leave the number out",
        "verify answers.toml --domain x>0": f"--domain {missing} a formula or --exercise",
        f"verify {name} dx=2 --digits 2 --tolerance 0.1": "digits and tolerance exclude each other: give one of them",
        f"verify {name} dx=2 --seed Ada": f"--seed {missing} --exercise",
        f"verify {name} dx=2 --json --json": "--json is given twice",
        "train moons --resume": f"--resume {missing} --checkpoint",
    }.items():
        ran = run(*arguments.split())
        assert (ran.status, ran.err) == (2, f"chainrule: {message}\n")
        assert bool(ran.out) == ("--json" in arguments)


def test_ctrl_c(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def interrupted(formula: Formula, values: Mapping[str, Any]) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Formula, "evaluate", interrupted)
    ran = run("x", "x=1")
    assert (ran.status, ran.out, ran.err) == (130, "", "chainrule: interrupted\n")


def test_a_mistyped_command(run) -> None:  # type: ignore[no-untyped-def]
    assert run("verfy").err == "chainrule: verfy is no command; did you mean chainrule verify?\n"
    assert run("verfy", "--exercise", "1").err == "chainrule: verfy is no command; did you mean chainrule verify?\n"
    for arguments in (["verfy", "(x+y)/z", "x=3", "y=2", "z=2", "dx=0.5"], ["Verify", "answers.toml", "dx=1"]):
        assert run(*arguments).err == f"chainrule: {arguments[0]} is no command; did you mean chainrule verify?\n"
    assert "did you mean chainrule compile?" in run("complie", "x e^y", "x=1", "y=2").err


def test_a_formula_that_looks_like_a_command(run) -> None:  # type: ignore[no-untyped-def]
    assert run("tran", "t=1", "r=2", "a=3", "n=4").out.startswith("read as t·r·a·n\nvalue   24.0")
    assert run("operation", "operation=3").out.startswith("value   3.0")
    assert "tan is a function: give it an operand" in run("tan", "x=1").err
    assert "tan is a function: give it an operand" in run("tan").err


def test_the_endings_of_files_are_those_of_the_help(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    def told(pattern: str, text: str) -> list[str]:
        (found,) = re.findall(pattern, " ".join(text.split()))
        return re.findall(r"\.[a-z]+", found)

    help_, exercises = run("--help").out, run("exercises", "--help").out
    pictures = told(r"as (\.\S.*), not as", run("x", "x=1", "--draw", "f.bmp").err)
    pages = told(r"as (\.\S.*), not as", run("exercises", "2", "--sheet", "f.bmp").err)
    assert told(r"draw the graph \((.*?);", help_) == pictures
    assert told(r"written to a file \((.*?)\)", help_) == told(r"a sheet to print \((.*?)\)", exercises) == pages
    for ending in pages:
        assert run("exercises", "2", "--sheet", f"sheet{ending}").status == 0
        assert run("x*y", "x=1", "y=2", "--derive", f"derivation{ending}").status == 0
    for ending in set(pictures) - ({".png", ".pdf"} if not shutil.which("dot") else set()):
        assert run("x*y", "x=1", "y=2", "--draw", f"graph{ending}").status == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["answers.txt"],
            "answers.txt is no file and no formula, and answers stand in a TOML file: its name ends with",
        ),
        (["class/hw-2.csv"], "class/hw-2.csv is no file and no formula, and answers stand in a TOML file"),
        (["there.txt"], "there.txt is a file, and answers stand in a TOML file: its name ends with .toml"),
        (["answers.toml"], "cannot read answers.toml: No such file or directory"),
        (["2.x"], "nothing is claimed: add a claim, as in dx=1"),
        (["x y", "dx=2"], "x has no value: add x=…\n  x y\n  ^"),
        (["x y", "x=1", "dx=2"], "y has no value: add y=…\n  x y\n    ^"),
    ],
)
def test_what_verify_does_not_understand(run, arguments: list[str], message: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "there.txt").write_text("x")
    ran = run("verify", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"chainrule: {message}")
