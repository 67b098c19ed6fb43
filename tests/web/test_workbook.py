"""What the page asks Python: the answers are those of the package, and no text that is typed does any harm."""

from __future__ import annotations

import html.parser
import json
from collections.abc import Iterator
from typing import Any

import pytest
import workbook
from hypothesis import given
from hypothesis import strategies as st

from autograd import Formula, grad
from autograd.exercises import DIFFICULTIES, EXERCISES, fresh
from autograd.verifying.catalogue import entries
from autograd.verifying.sheets import Sheet, read_sheets

OWN = {"function": "x e^y + sin z", "at": {"x": "1.5", "y": "-1", "z": "pi/2"}}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</math><style>*{display:none}</style>",
    "{|}",
    "a\\nb",
    "שלום",
    "\u202ex\u202c",
    "x" * 10_000,
    "(" * 10_000,
    "-" * 9_000 + "x",
    "x^" * 4_000 + "x",
    "9" * 9_000,
    "\ud800",
    "\x00",
    "__import__('os').system('true')",
]


def ask(what: str, **about: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(workbook.answer(json.dumps({"what": what, "about": about})))
    return found


def exercise(number: int, seed: str = "") -> dict[str, str]:
    return {"exercise": str(number), **({"seed": seed} if seed else {})}


class Tags(html.parser.HTMLParser):
    """The elements of a piece of HTML, and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def texts(found: Any) -> Iterator[str]:
    """Every text of an answer."""
    if isinstance(found, str):
        yield found
    for part in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from texts(part)


def test_every_exercise_is_listed_and_shown() -> None:
    listed = ask("exercises")
    assert [one["number"] for one in listed["exercises"]] == [one.number for one in EXERCISES]
    assert [one["number"] for one in listed["exercises"] if one["course"]] == [1, 2, 3]
    assert listed["difficulties"] == list(DIFFICULTIES)
    for one in EXERCISES:
        shown = ask("task", task=exercise(one.number))
        assert shown["title"] == f"Exercise {one.number}: {one.title}"
        assert [variable["at"] for variable in shown["variables"]] == list(one.at.values())
        assert shown["steps"][-1]["name"] == "f"


@pytest.mark.parametrize("task", [*(exercise(one.number) for one in EXERCISES), exercise(4, "Ada"), OWN])
def test_the_gradient_is_that_of_the_package(task: dict[str, Any]) -> None:
    found = ask("gradient", task=task)
    subject = workbook.task_of(task)
    point = [Formula(subject.at[name]).evaluate({}) for name in subject.formula.variables]
    assert found["value"] == pytest.approx(subject.formula(*point), rel=1e-15)
    expected = grad(subject.formula)(*point)
    numbers = [partial["number"] for partial in found["partials"]]
    assert numbers == pytest.approx(expected if len(point) > 1 else [expected], rel=1e-14, abs=1e-16)
    for partial in found["partials"]:
        shown = partial["shown"].replace("−", "-")
        assert Formula(shown).evaluate({}) == pytest.approx(partial["number"], rel=1e-9, abs=1e-15)


def test_a_derivative_that_does_not_exist_is_undefined_and_says_why() -> None:
    x, y = ask("gradient", task={"function": "|x| + sqrt(y)", "at": {"x": "0", "y": "0"}})["partials"]
    assert (x["shown"], y["shown"]) == ("0", "undefined")
    assert "from the left" in x["note"]
    assert "no finite derivative" in y["note"]


def test_a_function_of_more_variables_than_are_checked() -> None:
    names = [f"x_{i}" for i in range(25)]
    function = " + ".join(f"{name}^2" for name in names)
    found = ask("gradient", task={"function": function, "at": dict.fromkeys(names, "3")})
    assert [partial["number"] for partial in found["partials"]] == [6.0] * 25


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ({"function": "1/x", "at": {"x": "0"}}, "1.0 / 0.0 has no value: it divides by zero"),
        ({"function": "x y", "at": {"x": "2", "y": " "}}, "y has no value: give it one"),
        ({"function": "x y", "at": {"x": "2", "y": "z"}}, "'z' is not a constant (there are pi and e)"),
        ({"exercise": "99"}, "there is no exercise 99; there are 1 to 17"),
        ({"exercise": "<b>"}, "there is no exercise <b>; there are 1 to 17"),
        ({"exercise": "6", "seed": "Ada"}, "there is no exercise 6; there are 1 to 5"),
    ],
)
def test_what_cannot_be_evaluated_is_a_sentence(task: dict[str, Any], error: str) -> None:
    for what in ("gradient", "graph", "derived"):
        assert ask(what, task=task)["error"] == error


def test_a_fault_of_its_own_is_said_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(workbook.QUESTIONS, "graph", lambda task: task["nothing"])
    assert ask("graph", task=OWN) == {"error": "the workbook fails at this (KeyError: 'nothing')"}


def test_what_cannot_be_read_is_marked() -> None:
    assert ask("task", task={"function": "x y + <b>", "at": {}}) == {
        "error": "an operand is missing before this <",
        "start": 6,
        "end": 7,
    }


def test_a_product_of_letters_is_read_as_the_shell_reads_it() -> None:
    names = [v["name"] for v in ask("task", task={"function": "xy", "at": {"x": "2", "y": "3"}})["variables"]]
    assert names == ["x", "y"]
    alone = ask("task", task={"function": "xy", "at": {}})
    assert [v["name"] for v in alone["variables"]] == ["xy"]
    assert alone["notes"] == ["xy is one variable: nothing says that x and y are variables"]


def test_hints_tell_more_and_more() -> None:
    (claim,) = ask("judged", task=exercise(1), claims={"z": "(x + y)/z^2"}, values={})["claims"]
    assert claim["verdict"] == "wrong"
    where, kind, should = claim["hints"]
    assert where == "Look at the step in which (x + y)/z is differentiated with respect to z."
    assert kind == "A sign is wrong."
    assert "−(x + y)/z²" in should
    assert "−" not in where + kind


def test_the_verdict_gives_nothing_away() -> None:
    found = ask("judged", task=exercise(1), claims={"z": "(x + y)/z^2"}, values={})
    assert found["verdict"] == "∂f/∂z is wrong. Not answered yet: ∂f/∂x, ∂f/∂y."
    assert not found["ok"]


def test_hints_for_what_no_common_mistake_explains() -> None:
    (claim,) = ask("judged", task=exercise(2), claims={"y": "0.4711"}, values={})["claims"]
    assert claim["hints"] == [
        "No common mistake gives this; 0.8537 times the right number.",
        "Multiply along the way from f to y: ∂f/∂b · ∂b/∂a · ∂a/∂y.",
        "It should be x e^y = 0.5518191618.",
    ]


def test_hints_for_a_value() -> None:
    (claim,) = ask("judged", task=exercise(2), claims={}, values={"b": "0.5"})["claims"]
    assert claim["hints"][1:] == ["b is xa.", "It should be x e^y = 0.5518191618."]


def test_right_answers_get_no_hints() -> None:
    found = ask("judged", task=OWN, claims={"x": "e^y", "y": "x e^y", "z": "cos z"}, values={"f": "1.5518"})
    assert found["ok"]
    assert found["verdict"] == "All four are right."
    assert not any(claim["hints"] for claim in found["claims"])


def test_nothing_typed_is_no_mistake() -> None:
    assert ask("judged", task=OWN, claims={"x": " "}, values={})["claims"] == []


def test_the_sheet_is_graded_as_the_page_graded() -> None:
    seed, student = 'the "other" one', 'Ada\\ "L" \x7f\ud800 <b>'
    at, step = fresh(seed, 2).at, next(iter(fresh(seed, 2).steps))
    work: list[dict[str, Any]] = [
        {"task": exercise(1), "claims": {"x": "1", "z": "(x+y)/z^2", "y": " "}, "values": {"f": "5", "q": "5"}},
        {"task": exercise(2, seed), "claims": dict.fromkeys(at, "1"), "values": {step: "2"}},
        {"task": {"function": "θ·y", "at": {"θ": "pi/2", "y": "-0.5"}}, "claims": {"θ": "y", "y": "π/2"}, "values": {}},
    ]
    sheets = list(read_sheets(ask("sheet", student=student, work=work)["text"]))
    assert len(sheets) == 3
    for sheet, done in zip(sheets, work, strict=True):
        assert isinstance(sheet, Sheet)
        assert sheet.entry["student"] == 'Ada\\ "L" ?? <b>'
        judged = ask("judged", **done)
        graded = {(claim.kind, claim.name): claim.verdict for claim in sheet.grade().claims}
        assert graded == {(claim["kind"], claim["name"]): claim["verdict"] for claim in judged["claims"]}
        assert graded


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    tasks: list[dict[str, Any]] = [
        {"function": text, "at": {}},
        {"function": "x y", "at": {"x": text, "y": "2"}},
        {"function": f"{text} x", "at": {text: "1", "x": "2"}},
        {"exercise": text},
        {"exercise": "2", "seed": text},
    ]
    answers = [ask(what, task=task) for task in tasks for what in ("task", "gradient", "graph")]
    answers += [ask("derived", task=task) for task in tasks[:3]]
    answers += [ask("judged", task=exercise(2), claims={"x": text, "y": "1"}, values={"a": text})]
    answers += [ask("judged", task=task, claims={"x": text}, values={}) for task in tasks]
    for found in answers:
        for shown in texts(found):
            for tag, attributes in Tags(shown).found if shown.lstrip().startswith(("<math", "<svg", "<h1")) else ():
                assert tag not in ("script", "img", "style", "iframe")
                assert not any(name.startswith("on") for name in attributes)


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=40))
def test_any_text_gets_an_answer(function: str, point: str, claim: str) -> None:
    task = {"function": function, "at": {"x": point}}
    for what in ("task", "gradient"):
        ask(what, task=task)
    ask("judged", task=task, claims={"x": claim}, values={"f": claim})
    text = ask("sheet", student=claim, work=[{"task": task, "claims": {"x": claim or "1"}, "values": {}}])["text"]
    assert all(isinstance(sheet, Sheet) for sheet in read_sheets(text))


def test_every_kind_of_mistake_has_a_hint() -> None:
    codes = {entry.code for entry in entries()}
    assert codes == set(workbook.KINDS)
