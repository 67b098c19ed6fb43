"""Answer sheets in files, and the command that grades them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograd.cli import main
from autograd.verifying.sheets import Sheet, read_sheets

GOOD = """\
# Two students.
[[answers]]
student = "Ada"
exercise = 1
claimed = {x = 1, y = 1, z = -5}

[[answers]]
student = "Bo"
function = "(x + y)*z"
at = {x = -2, y = 5, z = -4}
steps = {q = "x + y"}
values = {q = 3}
claimed = {q = -4, z = "x - y"}
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["verify", *arguments])
    return status, *capsys.readouterr()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.toml"


def test_sheets_know_their_lines() -> None:
    sheets = [sheet for sheet in read_sheets(GOOD) if isinstance(sheet, Sheet)]
    assert [(sheet.title, sheet.line) for sheet in sheets] == [("Ada", 2), ("Bo", 7)]


def test_a_file_is_graded(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(GOOD)
    status, out, err = run(capsys, str(file))
    assert (status, err) == (1, "")
    assert "Ada: f = (x + y)/z   at x = 3, y = 2, z = 1\n∂f/∂x = 1: right" in out
    assert "∂f/∂z = x - y: wrong" in out
    assert "2 sheets graded, 1 without a mistake" in out
    status, out, err = run(capsys, str(file), "--json", "--no-reveal")
    first, second = map(json.loads, out.splitlines())
    assert (first["ok"], second["ok"], second["title"]) == (True, False, "Bo")
    assert "diagnoses" not in second["claims"][0]


def test_a_malformed_file_names_the_line_and_loses_nothing(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(GOOD + '\n[[answers]]\nstudent = "Cy\nexercise = 1\n')
    status, out, err = run(capsys, str(file))
    assert status == 2
    assert "2 sheets graded" in out
    assert f"{file}, line 16: this is not TOML" in err


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("exercise = 99\nclaimed = {x = 1}", "there is no exercise 99"),
        ('function = "x*y"\nclaimed = {x = 1}', "needs a point"),
        ('function = "x*("\nat = {x = 1}\nclaimed = {x = 1}', "cannot read the formula"),
        ("function = 3\nat = {x = 1}\nclaimed = {x = 1}", "a formula in quotes"),
        ('function = "x*y"\nat = 3\nclaimed = {x = 1}', "at is a table"),
        ("exercise = 1", "claims nothing"),
        ("exercise = 1\nclaimed = {w = 1}", "w has a claim"),
        ("exercise = 1\nclaimed = {x = true}", "expected one real number"),
        ("exercise = 1\nclaimd = {x = 1}", "there is no key 'claimd'"),
        ('exercise = 1\nfunction = "x"\nclaimed = {x = 1}', "either exercise = 1 or function"),
        ("exercise = 1\nsteps = {q = 3}\nclaimed = {x = 1}", "in quotes"),
        ("exercise = true\nclaimed = {x = 1}", "there is no exercise True"),
        ("student = [1]\nexercise = 1\nclaimed = {x = 1}", "student is a name"),
        ("exercise = 1\nclaimed = {x = inf}", "is not a finite number"),
        ('exercise = 1\ndomain = "x > 0"\nclaimed = {x = 1}', "a list of conditions"),
        (f"exercise = {'9' * 5000}\nclaimed = {{x = 1}}", "this is not TOML"),
        (f"exercise = 1\nclaimed = {{x = {'[' * 5000}{']' * 5000}}}", "this is not TOML"),
        ("exercise = 1\nclaimed = {x = 1\n", "this is not TOML"),
    ],
)
def test_a_sheet_that_cannot_be_understood(
    capsys: pytest.CaptureFixture[str], file: Path, sheet: str, message: str
) -> None:
    file.write_text(f"[[answers]]\n{sheet}\n{GOOD}")
    status, out, err = run(capsys, str(file))
    assert status == 2
    assert message in err
    assert f"{file}, line " in err
    assert "2 sheets graded, 1 without a mistake; 1 could not be read" in out
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no table [[answers]] in the file"),
        ("x = 1\n", "x: everything stands inside a table [[answers]]"),
        ("[answers]\n", "answers: everything stands inside a table [[answers]]"),
        ("not toml", "this is not TOML"),
    ],
)
def test_a_file_without_sheets(capsys: pytest.CaptureFixture[str], file: Path, text: str, message: str) -> None:
    file.write_text(text)
    status, out, err = run(capsys, str(file))
    assert status == 2
    assert out.startswith("0 sheets graded, 0 without a mistake; ")
    assert err.startswith(f"chainrule: {file}, line 1: ")
    assert message in err


@pytest.mark.parametrize("damage", ["title = 'x'\n", "[answers]\n", "[other]\nx = 1\n", "[[answers]\n", "\0\n"])
def test_damage_spoils_no_other_sheet(capsys: pytest.CaptureFixture[str], file: Path, damage: str) -> None:
    first, second = GOOD.split("\n\n")
    file.write_text(f"{first}\n\n{damage}\n{second}")
    status, out, err = run(capsys, str(file))
    assert status == 2
    assert "Bo: f" in out
    assert "Ada: f" in out or not damage.startswith("[")  # a key after a sheet belongs to it
    assert "line 7: " in err or not damage.startswith("[")


def test_a_byte_order_mark_and_a_name_with_two_codes(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text("\ufeff" + GOOD, encoding="utf-8")
    assert run(capsys, str(file))[0] == 1
    micro = chr(0xB5)  # of keyboards; Python reads the Greek letter
    assert run(capsys, f"{micro}*x", f"{micro}=2", "x=3", f"d{micro}=3")[0] == 0


def test_files_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("none.toml", "binary.toml"):
        status, out, err = run(capsys, str(tmp_path / name))
        assert (status, out) == (2, "")
        assert err.startswith("chainrule: cannot read")


@pytest.mark.parametrize(
    ("arguments", "status", "shown"),
    [
        (["(x+y)/z", "x=3", "y=2", "z=1", "dx=1", "dz=-(x+y)/z**2"], 0, "∂f/∂z = -(x+y)/z**2: right"),
        (["(x+y)/z", "x=3", "y=2", "z=2", "dz=(x+y)/z**2"], 1, "the minus is lost"),
        (["(x+y)*z", "x=-2", "y=5", "z=-4", "q:=x+y", "q=3", "dq=-4", "f=-12"], 0, "∂f/∂q = -4: right"),
        (["--exercise", "2", "dx=0.368", "dz=0"], 0, "rounded"),
        (["--exercise", "2", "z=1", "dz=cos(1)"], 0, "right"),
        (["-x*y", "x=3", "y=2", "dx=-2"], 0, "right"),
    ],
)
def test_one_function_at_the_shell(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, shown: str
) -> None:
    ran = run(capsys, *arguments)
    assert (ran[0], ran[2]) == (status, "")
    assert shown in ran[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x*y"],
        ["x*y", "x=1", "dx=2"],
        ["x*y", "x=1", "y=2"],
        ["x*y", "x=1", "y=2", "dw=2"],
        ["x*y", "x=1", "y=2", "dx=2", "dx=3"],
        ["x*y", "x=1", "y=2", "dx="],
        ["x*y", "x=1", "y=2", "dx=(("],
        ["x*y", "x=1", "y=2", "dx=1/0"],
        ["--exercise", "99", "dx=1"],
        ["--exercise", "1"],
        ["answers.toml", "x=1"],
        [__file__],
        ["x*y", "x=1", "y=2", "q:=a+b", "dq=1"],
        ["x*y", "x=1", "y=2", "dx=2", "--nonsense"],
    ],
)
def test_arguments_that_cannot_be_understood(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("chainrule: ")
    assert "Traceback" not in err
