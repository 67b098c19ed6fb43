"""Answer sheets in files, and the command that grades them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograd.cli import main
from autograd.exercises import fresh
from autograd.exercises.answers import gradient
from autograd.formula import Formula
from autograd.verifying.domain import conditions
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
    assert [(sheet.title, sheet.line) for sheet in sheets] == [("Ada, exercise 1", 2), ("Bo", 7)]


def test_a_file_is_graded(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(GOOD)
    status, out, err = run(capsys, str(file))
    assert (status, err) == (1, "")
    assert "Ada, exercise 1: All three are right.\nf = (x + y)/z   at x = 3, y = 2, z = 1\n∂f/∂x = 1: right" in out
    assert "∂f/∂z = x − y: wrong" in out
    assert out.endswith("2 sheets graded, 1 without a mistake, 1 incomplete\n")
    status, out, err = run(capsys, str(file), "--json", "--no-reveal")
    first, second = map(json.loads, out.splitlines())
    assert (first["ok"], second["ok"], second["title"]) == (True, False, "Bo")
    assert (first["student"], first["exercise"], first["line"], first["unanswered"]) == ("Ada", 1, 2, [])
    assert (first["function"], first["at"]) == ("(x + y)/z", {"x": 3, "y": 2, "z": 1})
    assert (second["function"], second["line"], second["unanswered"]) == ("(x + y)*z", 7, ["x", "y"])
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
        ("exercise = 1\nclaimd = {x = 1}", "there is no key 'claimd'"),
        ('exercise = 1\nfunction = "x"\nclaimed = {x = 1}', "either exercise = 1 or function"),
        ("exercise = true\nclaimed = {x = 1}", "exercise is a number"),
        ("student = [1]\nexercise = 1\nclaimed = {x = 1}", "student is a name"),
        ("exercise = 1.5\nclaimed = {x = 1}", "exercise is a number"),
        ('exercise = "one"\nclaimed = {x = 1}', "there is no exercise one; there are 1 to 17"),
        ('exercise = 6\nseed = "Ada"\nclaimed = {x = 1}', "there is no exercise 6; there are 1 to 5"),
        ('seed = "Ada"\nfunction = "x*y"\nat = {x = 1, y = 2}\nclaimed = {x = 2}', "seed goes with"),
        ("exercise = 1\ndomain = 3\nclaimed = {x = 1}", "domain is a condition"),
        ("exercise = 1\ndomain = [3]\nclaimed = {x = 1}", "a domain is a condition"),
        ('exercise = 1\ndomain = "3"\nclaimed = {x = 1}', "a domain is a condition, such as z > 0, not '3'"),
        ('exercise = 1\ndomain = "z > 5"\nclaimed = {x = 1}', "the point does not satisfy the domain z > 5"),
        ("exercise = 1\nat = {w = 3}\nclaimed = {x = 1}", "w is given a value"),
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
    assert "2 sheets graded, 1 without a mistake, 1 incomplete; 1 could not be read" in out
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no table [[answers]] in the file"),
        ("x = 1\n", "x: everything stands inside a table [[answers]]"),
        ("exercise = 1\nclaimed = {x = 1}\n", "exercise, claimed: everything stands inside a table [[answers]]"),
        ("[answers]\n", "answers: everything stands inside a table [[answers]]"),
        ("not toml", "this is not TOML"),
    ],
)
def test_a_file_without_sheets(capsys: pytest.CaptureFixture[str], file: Path, text: str, message: str) -> None:
    file.write_text(text)
    status, out, err = run(capsys, str(file))
    assert status == 2
    assert out == ""  # nothing is added up where there is nothing
    assert err.startswith(f"chainrule: {file}, line 1: ")
    assert message in err


def test_a_file_of_sheets_that_are_all_lost(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text("[[answers]]\nexercise = 99\n" * 2)
    assert run(capsys, str(file))[:2] == (2, "0 sheets graded, 0 without a mistake; 2 could not be read\n")


@pytest.mark.parametrize("damage", ["title = 'x'\n", "[answers]\n", "[other]\nx = 1\n", "[[answers]\n", "\0\n"])
def test_damage_spoils_no_other_sheet(capsys: pytest.CaptureFixture[str], file: Path, damage: str) -> None:
    first, second = GOOD.split("\n\n")
    file.write_text(f"{first}\n\n{damage}\n{second}")
    status, out, err = run(capsys, str(file))
    assert status == 2
    assert "Bo: " in out
    assert "Ada, exercise 1: " in out or not damage.startswith("[")  # a key after a sheet belongs to it
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
        (["(x+y)/z", "x=3", "y=2", "z=1", "dx=1", "dz=-(x+y)/z**2"], 0, "∂f/∂z = −(x + y)/z²: right"),
        (["(x+y)/z", "x=3", "y=2", "z=2", "dz=(x+y)/z**2"], 1, "the minus is lost"),
        (["(x+y)*z", "x=-2", "y=5", "z=-4", "q:=x+y", "q=3", "dq=-4", "f=-12"], 0, "∂f/∂q = −4: right"),
        (["--exercise", "2", "dx=0.368", "dz=0"], 0, "rounded"),
        (["--exercise", "2", "z=1", "dz=cos(1)"], 0, "right"),
        (["-x*y", "x=3", "y=2", "dx=-2"], 0, "right"),
        (["x*y", "x=3", "y=2", "∂f/∂x=2", "df/dy=3"], 0, "∂f/∂y = 3: right"),
        (["x*y", "x=3", "y=2", "∂x=2"], 0, "∂f/∂x = 2: right\nnot answered: ∂f/∂y\n"),
        (["x*y", "x=3", "y=2", "dx=((", "dy=3"], 2, "∂f/∂y = 3: right\n∂f/∂x = ((: unreadable\n  cannot read"),
        (["x*y", "x=3", "y=2", "dx=1/0", "dy=2"], 2, "the claim has no value: 1.0 / 0.0 has no value"),
        (["x*y", "x=3", "y=2", "q:=a+b", "dq=1"], 2, "∂f/∂q = 1: unreadable\n  the step q cannot be read"),
        (["x*y", "x=3", "y=2", "q:=x-y", "dx=2"], 1, "q = x − y: wrong\n  no part of the function"),
        (["x/y", "x=3", "y=2", "dx=1/y", "--domain", "0 < y < 5"], 0, "right"),
        (["--exercise", "3", "--seed", "Ada", "f=1"], 1, "exercise 3 of seed Ada: f is wrong"),
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
        ["--exercise", "99", "dx=1"],
        ["--exercise", "1"],
        ["answers.toml", "x=1"],
        ["x*y", "--exercise", "2", "dx=1"],
        ["x*y", "x=1", "y=2", "dx=2", "--seed", "Ada"],
        ["--exercise", "6", "--seed", "Ada", "dx=1"],
        [str(Path(__file__).parent)],
        ["x*y", "x=1", "y=2", "dx=2", "--domain", "3"],
        ["x*y", "x=1", "y=2", "dx=2", "--domain", "x"],
        ["x*y", "x=1", "y=2", "dx=2", "--domain", "x > 2"],
        [__file__],
        ["x*y", "x=1", "y=2", "dx=2", "--nonsense"],
    ],
)
def test_arguments_that_cannot_be_understood(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("chainrule: ")
    assert "Traceback" not in err


def test_an_argument_that_cannot_be_understood_is_an_error_in_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "(x+y", "x=1", "--json")
    assert status == 2
    assert json.loads(out)["error"] == err.removeprefix("chainrule: ").rstrip("\n")


def test_an_unreadable_claim_spoils_no_sheet(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    sheet = '[[answers]]\nstudent = "Di"\nexercise = 1\nclaimed = {x = "((", y = true, df/dz = 2}\n'
    file.write_text(f"{GOOD}\n{sheet.replace('df/dz', 'dz')}")
    status, out, err = run(capsys, str(file))
    where = f"chainrule: {file}, line 18 (Di, exercise 1): "
    assert (status, err.count(where), err.count("\n")) == (2, 2, 2)
    assert f"{where}∂f/∂x = ((: unreadable: cannot read the formula: '(' was never closed\n" in err
    assert "∂f/∂z = 2: wrong" in out
    assert "∂f/∂x = ((: unreadable\n  cannot read the formula: '(' was never closed\n    ((\n" in out
    assert "∂f/∂y = True: unreadable\n  expected one real number" in out
    assert "3 sheets graded, 1 without a mistake, 1 incomplete, 1 with claims that could not be read\n" in out
    status, out, err = run(capsys, str(file), "--json")
    assert [claim["verdict"] for claim in json.loads(out.splitlines()[2])["claims"]] == ["wrong"] + ["unreadable"] * 2


def test_an_error_names_the_line_of_its_key(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    head = '# a comment\n[[answers]]\nstudent = "Ed"\n'
    for body, line in [
        ("exercise = 99\nclaimed = {x = 1}", 4),
        ('function = "x*("\nat = {x = 1}\nclaimed = {x = 1}', 4),
        ('function = "x*y"\nat = {x = 1}\nclaimed = {x = 1}', 5),
        ("exercise = 1\nclaimed = {x = 1}\nclaimd = {y = 1}", 6),
        ('exercise = 1\n\nclaimed = {x = 1}\ndomain = ["z > 0", "z"]', 7),
        ("exercise = 1\nclaimed = 3", 5),
        ("exercise = 1", 2),
    ]:
        file.write_text(f"{head}{body}\n")
        assert f"{file}, line {line} (Ed" in run(capsys, str(file))[2]
        error = json.loads(run(capsys, str(file), "--json")[1])
        assert (error["ok"], error["line"], error["student"]) == (False, line, "Ed")


def test_the_fresh_exercise_of_a_seed(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    exercise = fresh(7, difficulty=2)
    claims = gradient(exercise.function, exercise.values)
    table = ", ".join(f"{name} = {number!r}" for name, number in claims.items())
    for seed in ("7", '"7"'):
        file.write_text(f"[[answers]]\nexercise = 2\nseed = {seed}\nclaimed = {{{table}}}\n")
        status, out, err = run(capsys, str(file))
        assert (status, err) == (0, "")
        assert out.startswith(
            f"line 1, exercise 2 of seed 7: Both are right.\nf = {Formula(exercise.formula).mathematics}   at "
        )
    typed = [f"d{name}={number!r}" for name, number in claims.items()]
    status, out, err = run(capsys, "--seed", "7", "--exercise", "2", *typed)
    assert (status, err) == (0, "")
    assert "not answered" not in out


def test_other_spellings_of_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "ANSWERS.TOML").write_text(GOOD.replace("exercise = 1", 'exercise = "1"'))
    status, out, err = run(capsys, str(tmp_path / "ANSWERS.TOML"))
    assert (status, err) == (1, "")
    assert "2 sheets graded" in out
    assert "is a folder" in run(capsys, str(tmp_path))[2]


def test_a_sheet_may_have_tables_of_its_own(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(f"[[answers]]\nexercise = 1\n[answers.claimed]\nx = 1\ny = 1\nz = '(('\n{GOOD}")
    _, out, err = run(capsys, str(file))
    assert err.startswith(f"chainrule: {file}, line 3: ∂f/∂z = ((: unreadable: cannot read")
    assert "3 sheets graded, 1 without a mistake, 1 incomplete, 1 with claims that could not be read\n" in out


KINDS_OF_TOML = [
    '"x"', '"(("', '"\\u0000"', "3", "-1", f"0x{'f' * 5000}", "1.5", "nan", "-inf", "true", "1979-05-27", "07:32:00",
    "1979-05-27T07:32:00", "1979-05-27T07:32:00Z", "[]", "[1]", "[[]]", "[{}]", "{}", "{x = 1}", "{x = {y = 1}}",
    '{"" = 1}',
]  # fmt: skip
WHOLE = ["student", "exercise", "seed", "function", "domain", "at", "claimed", "steps", "values", "other"]
PLACES = [*WHOLE, "student.name", "at.x", "claimed.x", "claimed.f", "claimed.q", "steps.q", "values.f", '""']


@pytest.mark.parametrize("place", PLACES)
def test_no_kind_of_entry_stops_the_others(capsys: pytest.CaptureFixture[str], file: Path, place: str) -> None:
    bodies = (
        {"exercise": "1", "claimed": "{x = 1}"},
        {"function": '"x*y"', "at": "{x = 1, y = 2}", "steps": '{q = "x*y"}', "values": "{f = 2}"},
    )
    sheets = []
    for body in bodies:
        others = [f"{key} = {value}" for key, value in body.items() if key != place.split(".")[0]]
        sheets += ["\n".join(["[[answers]]", *others, f"{place} = {kind}"]) for kind in KINDS_OF_TOML]
    file.write_text("\n".join([*sheets, GOOD]))
    status, out, err = run(capsys, str(file), "--json")
    found = [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]
    assert len(found) == len(sheets) + 2
    assert (found[-2]["student"], found[-2]["ok"], found[-1]["student"]) == ("Ada", True, "Bo")
    assert all(len(line) < 300 for line in err.splitlines())
    assert status == 2
    status, out, err = run(capsys, str(file))
    assert "Ada, exercise 1: " in out
    assert status == 2


def test_who_is_named_by_no_name(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(f"[[answers]]\nstudent = 1979-05-27\nexercise = 1\nclaimed = {{x = 1}}\n{GOOD}")
    error = json.loads(run(capsys, str(file), "--json")[1].splitlines()[0])
    assert (error["student"], error["line"]) == ("1979-05-27", 2)
    assert error["error"] == 'student is a name, as in student = "Ada"'


def test_a_domain_is_as_long_as_a_formula_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "x*y", "x=1", "y=2", "dx=2", "--domain", " and ".join(["x > 0"] * 8000))
    assert (status, err) == (2, "chainrule: the domain has 79995 characters; the limit is 10000\n")
    parts = [f"é{i} > {i}" for i in range(600)]
    assert [condition.text for condition in conditions(" and ".join(parts))] == parts
    with pytest.raises(ValueError, match="the domain has 10001 characters"):
        conditions(["x > 0"] * 2000 + ["x"])
    with pytest.raises(ValueError, match="cannot be part of a formula"):
        conditions("x > 0 # and y > 0")
    with pytest.raises(ValueError, match=r"such as z > 0, not '(x\+){30}…'$"):
        conditions("+".join("x" * 1000))
    assert [condition.text for condition in conditions("x\n> 0\nand y < 1")] == ["x > 0", "y < 1"]


def test_a_long_formula_is_no_name_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "+".join(["x"] * 140), "x=1", "dx=140")
    assert (status, err) == (0, "")
    assert ": right" in out


def test_a_formula_may_be_called_as_a_file_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("")
    assert run(capsys, "x", "x=1", "dx=1")[0] == 0
    assert "x is a file, and answers stand in a TOML file" in run(capsys, "x")[2]


ROUNDED = """\
[[answers]]
student = "Ada"
exercise = 2
claimed = {x = 0.37, z = 0}

[[answers]]
student = "Bo"
exercise = 2
digits = 3
claimed = {x = 0.37}

[[answers]]
student = "Cy"
exercise = 2
tolerance = 0.05
claimed = {x = 0.38}
"""


def test_a_sheet_may_ask_for_other_digits(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(ROUNDED)
    for options, verdicts in {
        (): ["rounded", "right", "wrong", "rounded"],
        ("--digits", "4"): ["wrong", "right", "wrong", "rounded"],
        ("--tolerance", "0.001"): ["wrong", "right", "wrong", "rounded"],
    }.items():
        status, out, err = run(capsys, str(file), "--json", *options)
        assert [claim["verdict"] for line in out.splitlines() for claim in json.loads(line)["claims"]] == verdicts
        assert (status, err) == (1, "")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("digits = 0", "digits is a whole number from 1 to 15, as in digits=3, not 0"),
        ("digits = true", "digits is a whole number, as in digits = 3"),
        ("tolerance = 2", "tolerance is a number from 0 to below 1"),
        ('tolerance = "1%"', "tolerance is a number, as in tolerance = 0.01 for 1 %"),
        ("tolerance = 0.1\ndigits = 2", "digits and tolerance exclude each other"),
    ],
)
def test_what_is_no_accuracy_of_a_sheet(
    capsys: pytest.CaptureFixture[str], file: Path, entry: str, message: str
) -> None:
    file.write_text(f"[[answers]]\nexercise = 2\nclaimed = {{x = 0.37}}\n{entry}\n")
    status, _, err = run(capsys, str(file))
    assert (status, "line 4" in err or "line 5" in err) == (2, True)
    assert message in err


def test_a_sheet_with_what_follows_is_not_without_a_mistake(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(GOOD.replace("values = {q = 3}", "values = {q = 7, f = -28}").replace('"x - y"', "7"))
    status, out, err = run(capsys, str(file))
    assert (status, err) == (1, "")
    assert "Bo: q is wrong. f and ∂f/∂z follow from an earlier mistake.\n" in out
    assert out.endswith("2 sheets graded, 1 without a mistake, 1 incomplete\n")
    status, out, err = run(capsys, "(x+y)*z", "x=-2", "y=5", "z=-4", "q:=x+y", "q=7", "dz=7", "--no-reveal")
    assert status == 1
    assert "∂f/∂z = 7: follows\n  right, given your q = 7\n" in out


@pytest.mark.parametrize("domain", ["x>0 and", ", x>0", "x>0 and and y>0", " ", "x>0 ∧"])
def test_a_condition_that_is_missing_is_said(capsys: pytest.CaptureFixture[str], domain: str) -> None:
    status, _, err = run(capsys, "x*y", "x=1", "y=2", "dx=2", "--domain", domain)
    assert (status, err) == (2, f"chainrule: a condition, such as z > 0, is missing in the domain {domain.strip()!r}\n")
