"""Formulas and claims at the shell, as people write them."""

from __future__ import annotations

import json

import pytest

from autograd.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    return status, *capsys.readouterr()


def test_a_formula_is_read_and_the_reading_shown_first(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "x e^y + sin z", "x=1,5", "y=−1", "z=π/2")
    assert (status, err) == (0, "")
    assert out.startswith("read as x·e^y + sin(z)\nvalue   1.5518191617571635\n")
    assert "x e^y" in out


def test_what_is_read_as_typed_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "x*exp(y) + log(z)", "x=1.5", "y=-1", "z=2")[1].startswith("value ")
    assert run(capsys, "x log z", "x=1.5", "z=2")[1].splitlines()[:2] == [
        "read as x·log(z)",
        "log is the natural logarithm, as in Python",
    ]


def test_the_values_given_say_what_is_a_product(capsys: pytest.CaptureFixture[str]) -> None:
    assert "read as x·y\n" in run(capsys, "xy", "x=2", "y=3")[1]
    assert run(capsys, "xy", "xy=3")[1].startswith("value   3.0")
    status, _, err = run(capsys, "wx + b", "x=1", "b=2")
    assert status == 2
    assert err == (
        "chainrule: x is given a value, but the formula's variables are: wx, b "
        "(wx is a product once w=… is given, too)\n"
    )


def test_json_has_the_reading(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(run(capsys, "2x", "x=3", "--json")[1])
    assert (data["reading"], data["value"]) == ("2·x", 6.0)


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["x²y", "x=2", "y=3", "∂f/∂x = 2xy = 12"], 0, "∂f/∂x = 2xy = 12, read as 2·x·y = 12: right"),
        (["x²y", "x=2", "y=3", "∇f = (2xy, 4,0)"], 0, "∂f/∂y = 4,0, read as 4.0: right"),
        (["x²y", "x=2", "y=3", "f_y=x²"], 0, "∂f/∂y = x²: right"),
        (["x²y", "x=2", "y=3", r"\frac{\partial f}{\partial y} = 4"], 0, "∂f/∂y = 4: right"),
        (["(wx + b)²", "w=2", "x=−1", "b=½", "q:=wx + b", "q=−1,5", "dq=2q"], 0, "∂f/∂q = 2q, read as 2·q: right"),
        ([r"\alpha x", "alpha=2", "x=3", "∂f/∂α = x"], 0, "∂f/∂α = x: right"),
        (["|x|", "x=0", "dx=does not exist"], 0, "∂f/∂x = does not exist: right"),
        (["½ ln x", "x=2", "dx=1/2x"], 1, "∂f/∂x = 1/2x, read as (1/2)·x: undecided"),
        (["x y", "x=2", "y=3", "dx=1,000"], 2, "∂f/∂x = 1,000: unreadable"),
        (["x/y", "x=3", "y=2", "dx=1/y", "--domain", "0 < y ≤ 5 and x ≠ 0"], 0, "∂f/∂x = 1/y: right"),
        (["--exercise", "2", "∂f/∂y = xe^y = 0,552"], 0, "∂f/∂y = xe^y = 0,552, read as x·e^y = 0.552: rounded"),
    ],
)
def test_claims(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, line: str) -> None:
    found, out, _ = run(capsys, "verify", *arguments)
    assert line in out.splitlines()
    assert found == status


def test_compile_reads_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "compile", "σ(wx + b)", "w=1", "x=2", "b=3")
    assert (status, err) == (0, "read as σ(w·x + b)\nσ(…) is the sigmoid\n")
    compile(out, "the source", "exec")


def test_a_greek_letter_is_given_by_name_or_sign(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("alpha", "α"):
        assert "value   6.0" in run(capsys, r"\alpha x", f"{name}=2", "x=3")[1]
    assert "value   6.0" in run(capsys, "σ x", "sigma=2", "x=3")[1]
