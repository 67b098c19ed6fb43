"""The workbook in a real browser: every control, Python's numbers, nothing fetched, nothing typed is run."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import workbook

from autograd.cli import main
from tests.browser import barriers, needs_browser

pytestmark = needs_browser

READY = 120_000  # milliseconds: Python boots in two seconds, on a machine with nothing else to do
HOSTILE = [
    "<script>document.title = 'run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "\"'><svg onload=document.title='run'>",
    "{|}${document.title}",
    "שלום \u202e x",
    "x + " * 2_500 + "x",
]


class Page:
    """The workbook in a browser that is ready to answer, with all that went wrong, and all that was fetched."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))

    def load(self, fragment: str = "") -> Page:
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(self.address + fragment)
        self.page.locator("#status").wait_for(state="hidden", timeout=READY)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")  # what it needs offline is there, too
        self.loaded = len(self.requests)
        return self

    def go(self, fragment: str) -> None:
        """Another task, by its address."""
        self.page.evaluate("fragment => { location.hash = fragment }", fragment)
        self.page.locator(".row").first.wait_for()

    def type(self, field: str, text: str) -> None:
        self.page.locator(field).fill(text)

    def mark(self, field: str) -> Any:
        """What stands beside an answer, once it has been judged."""
        mark = self.page.locator(f".row:has({field}) .mark")
        mark.filter(has_text=re.compile(r"\w")).wait_for()
        return mark.inner_text()

    def panel(self, name: str) -> Any:
        """An opened part of what can be looked up."""
        panel = self.page.locator(f"#{name}")
        if not panel.evaluate("panel => panel.open"):
            panel.locator("summary").click()
        panel.locator(".panel > :not(:text('Working'))").first.wait_for(timeout=20_000)
        return panel.locator(".panel")

    def check(self) -> None:
        """Nothing went wrong, nothing was fetched since it was loaded, nothing that was typed is an element."""
        assert self.complaints == []
        assert self.requests[self.loaded :] == []
        assert all(url.removeprefix("blob:").startswith(self.address) for url in self.requests[: self.loaded])
        assert self.page.title() != "run"
        assert self.page.locator("main script, main img, main style, main object").count() == 0


@pytest.fixture(scope="module")
def opened(browser: Any, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(20_000)
    yield Page(context.new_page(), address).load()
    context.close()


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    """The same page for all tests, each on a task of its own."""
    opened.complaints.clear()
    yield opened
    opened.check()


def ask(what: str, **about: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(workbook.answer(json.dumps({"what": what, "about": about})))
    return found


def test_opens_with_the_first_exercise_of_the_course(page: Page) -> None:
    assert page.page.locator("#choice").input_value() == "1"
    assert page.page.title() == "Exercise 1: a quotient – Chainrule workbook"
    assert page.page.locator("#read math").count() == 1
    assert page.page.locator("#point").inner_text().replace("\n", "").startswith("at")
    assert page.page.locator("#questions li").count() == 3
    assert page.page.locator("#choice option").count() == 17 + 5 + 1


@pytest.mark.parametrize("number", ["2", "7"])
def test_the_gradient_is_pythons(page: Page, number: str) -> None:
    page.page.locator("#choice").select_option(number)
    found = ask("gradient", task={"exercise": number})
    panel = page.panel("gradient")
    assert panel.locator("p").first.inner_text().split()[-1] == found["shown"]
    shown = [row.locator("td").first.inner_text() for row in panel.locator("tbody tr").all()]
    assert shown == [partial["shown"] for partial in found["partials"]]


def test_graph_and_derivation_are_pythons(page: Page) -> None:
    page.go("#exercise=3&seed=Grace")
    svg = page.panel("graph").locator("svg")
    expected = ask("graph", task={"exercise": "3", "seed": "Grace"})
    assert svg.get_attribute("aria-label") == expected["text"]
    labels = svg.locator("text").all_text_contents()
    written = (re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", expected["svg"]))
    assert sorted(labels) == sorted(map(html.unescape, written))
    derivation = page.panel("derived")
    found = ask("derived", task={"exercise": "3", "seed": "Grace"})["html"]
    derivation.locator("table").first.wait_for()
    assert derivation.locator("table").count() == found.count("<table>")
    assert derivation.locator("tr").count() == found.count("<tr>")
    plain = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<svg.*?</svg>", "", found)))
    there = derivation.evaluate(
        """panel => {
            const copy = panel.cloneNode(true);
            for (const picture of copy.querySelectorAll("svg")) picture.remove();
            return copy.textContent;
        }"""
    )
    assert re.sub(r"\s", "", there) == re.sub(r"\s", "", plain)
    page.page.locator("#choice").select_option("1")
    assert page.page.locator("details[open]").count() == 0  # the next solution is not shown before it is asked for


def test_steps_through_both_passes(page: Page) -> None:
    page.go("#exercise=2")
    page.page.locator("#stepped summary").click()
    stepper = page.page.frame_locator("#frame").frame_locator("iframe")
    stepper.locator("#step-body", has_text="0.551819").wait_for()
    shown = stepper.locator("#count").inner_text()
    stepper.locator("#next").click()
    assert stepper.locator("#count").inner_text() != shown
    page.go("#function=1/x&at=x=0")
    page.page.locator("#stepped summary").click()
    page.page.locator("#stepped", has_text="has no value: it divides by zero").wait_for()
    assert not page.page.locator("#frame").is_visible()


def test_judges_as_one_stops_typing_and_hints_one_at_a_time(page: Page) -> None:
    page.go("#exercise=1")
    page.type("#claims-x", "1/z")
    page.type("#claims-z", "(x+y)/z^2")
    assert page.mark("#claims-z") == "✗ wrong"
    assert page.mark("#claims-x") == "✓ right"
    expected = ask("judged", task={"exercise": "1"}, claims={"x": "1/z", "z": "(x+y)/z^2"}, values={})
    assert page.page.locator("#verdict").inner_text() == expected["verdict"]
    row = page.page.locator(".row:has(#claims-z)")
    hints = expected["claims"][1]["hints"]
    assert row.locator("li").count() == 0
    for i in range(len(hints)):
        row.get_by_role("button").click()
        assert row.locator("li").all_inner_texts() == hints[: i + 1]
    assert row.get_by_role("button").count() == 0
    page.type("#claims-z", "-(x+y)/z^2")
    assert row.locator("li").count() == 0  # the old verdict does not stand beside a new answer
    assert page.mark("#claims-z") == "✓ right"
    page.type("#claims-y", "0.1 +")
    assert page.mark("#claims-y") == "? unreadable"
    assert "breaks off here" in page.page.locator(".row:has(#claims-y)").inner_text()
    page.type("#claims-y", "1/z")
    page.type("#values-q", "5")
    page.type("#values-f", "x + y")
    assert page.mark("#values-f") == "✗ wrong"
    page.type("#values-f", "5")
    page.page.locator("#verdict.right").wait_for()
    assert page.page.locator("#verdict").inner_text() == "All five are right."


def test_ones_own_function_as_on_paper(page: Page) -> None:
    page.page.locator("#choice").select_option("own")
    page.type("#function", "u e^v + sin w")
    page.page.locator("#point input").nth(2).wait_for()
    assert "msup" in page.page.locator("#read").inner_html()
    for name, value in {"u": "1,5", "v": "-1", "w": "π/2"}.items():
        page.type(f"#point input[data-name={name}]", value)
    expected = ask("gradient", task={"function": "u e^v + sin w", "at": {"u": "1.5", "v": "-1", "w": "pi/2"}})
    panel = page.panel("gradient")
    last = expected["partials"][1]["shown"]
    panel.locator("td", has_text=last).first.wait_for()
    assert [row.locator("td").first.inner_text() for row in panel.locator("tbody tr").all()] == [
        partial["shown"] for partial in expected["partials"]
    ]
    page.type("#claims-v", "u e^v")
    assert page.mark("#claims-v") == "✓ right"
    page.type("#point input[data-name=w]", "")
    page.page.locator("#verdict", has_text="w has no value: give it one.").wait_for()
    page.type("#function", "u e^v + sin(")
    page.page.locator("#read mark").wait_for()
    assert page.page.locator("#read mark").inner_text() == "("
    page.type("#function", "u e^v + w^2")  # what was typed for the names that stay, stays
    page.page.locator("#read msup").nth(1).wait_for()
    assert page.page.locator("#point input[data-name=u]").input_value() == "1,5"
    assert page.page.locator("#claims-v").input_value() == "u e^v"
    page.type("#function", "")
    page.page.locator("#read:empty").wait_for(state="attached")


def test_each_function_keeps_its_answers(page: Page) -> None:
    for text, claim in (("x^3", "3x^2"), ("x^4", "4x^2")):
        page.go(f"#function={text}&at=x=2")
        page.page.wait_for_timeout(100)
        assert page.page.locator("#claims-x").input_value() == ""
        page.type("#claims-x", claim)
        page.mark("#claims-x")
    page.type("#function", "x^4 + x")
    page.page.locator("#verdict", has_text="∂f/∂x is wrong.").wait_for()
    page.go("#function=x^3&at=x=2")
    assert page.mark("#claims-x") == "✓ right"
    page.page.evaluate("location.hash = '#function=x^4 + x&at=x=2'")
    assert page.mark("#claims-x") == "✗ wrong"


def test_an_exercise_can_be_changed(page: Page) -> None:
    page.go("#exercise=3")
    page.page.locator("#edit").click()
    page.page.locator("#point input").nth(1).wait_for()
    assert page.page.locator("#function").input_value() == "log(x**2 + y**2 + 1)"
    page.type("#point input[data-name=y]", "2")
    page.panel("gradient").locator("td", has_text="0.4444444444").first.wait_for()


def test_fresh_exercises_by_name(page: Page) -> None:
    page.page.locator("#choice").select_option("fresh 2")
    page.page.locator("#another").click()
    assert re.fullmatch(r"#exercise=2&seed=\w{4}", page.page.evaluate("location.hash"))
    page.type("#seed", "Ada Lovelace")
    page.page.locator("#seed").press("Enter")
    title = ask("task", task={"exercise": "2", "seed": "Ada Lovelace"})["title"]
    page.page.locator(".row").first.wait_for()
    assert page.page.title() == f"{title} – Chainrule workbook"
    assert page.page.evaluate("location.hash") == "#exercise=2&seed=Ada%20Lovelace"
    page.page.locator("#another").click()
    page.page.locator(".row").first.wait_for()
    assert page.page.locator("#seed").input_value() != "Ada Lovelace"


def test_a_link_leads_to_the_task(page: Page) -> None:
    page.go("#function=(a+b)/c&at=a=0,5,b=pi/2,c=-1")  # as a teacher types it: a plus is a plus
    page.page.locator("#point input").nth(2).wait_for()
    assert page.page.locator("#function").input_value() == "(a+b)/c"
    assert [field.input_value() for field in page.page.locator("#point input").all()] == ["0,5", "pi/2", "-1"]
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.page.locator("#copy").click()
    page.page.locator("#copy", has_text="The link is copied").wait_for()
    link = page.page.evaluate("navigator.clipboard.readText()")
    assert link == page.address + "#function=(a+b)/c&at=a=0,5,b=pi/2,c=-1"


def test_the_address_says_every_task(page: Page) -> None:
    tasks: list[dict[str, Any]] = [
        {"exercise": "2"},
        {"exercise": "5", "seed": "100% <Ada> & #1 = +"},
        {"function": "θ^2 + |x|·e^−y % & # = '", "at": {"θ": "pi/2", "x": "1+1", "y": "0,5"}},
    ]
    program = """async tasks => {
        const { hashOf, taskOf } = await import("./address.js");
        return tasks.map(task => taskOf(hashOf(task)));
    }"""
    assert page.page.evaluate(program, tasks) == tasks
    broken = ["", "#", "#%", "#exercise", "#nonsense=1", "#at=x=1"]
    program = "async broken => { const { taskOf } = await import('./address.js'); return broken.map(taskOf) }"
    assert page.page.evaluate(program, broken) == [None] * len(broken)


def test_an_address_that_names_no_exercise_says_so(page: Page) -> None:
    page.page.evaluate("location.hash = '#exercise=banana'")
    page.page.locator("#read", has_text="there is no exercise banana; there are 1 to 17.").wait_for()
    assert page.page.locator(".row").count() == 0


def test_signs_are_a_tap_away(page: Page) -> None:
    page.go("#function=θ y&at=θ=2,y=3")
    page.type("#claims-y", "()")
    page.page.locator("#claims-y").press("ArrowLeft")
    keys = page.page.locator("#keys button")
    for sign in ("√(", "θ", ")", "²"):
        keys.get_by_text(sign, exact=True).click()
    assert page.page.locator("#claims-y").input_value() == "(√(θ)²)"
    assert page.page.evaluate("document.activeElement.id") == "claims-y"
    assert page.mark("#claims-y") == "✓ right"
    every = keys.all_inner_texts()
    assert len(set(every)) == len(every) > 10
    for sign in every:
        keys.get_by_text(sign, exact=True).click()
    assert page.page.locator("#claims-y").input_value() == f"(√(θ)²{''.join(every)})"


def test_the_saved_answers_are_graded_by_the_command(
    page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page.load("#exercise=4")
    page.page.evaluate("sessionStorage.clear()")
    page.load("#exercise=4")
    page.page.locator("#save").click()
    page.page.locator("#saved", has_text="There is nothing to save yet.").wait_for()
    page.type("#claims-x", "-4")
    page.type("#claims-z", "7")
    page.go("#exercise=2&seed=Ada")
    name = workbook.task_of({"exercise": "2", "seed": "Ada"}).formula.variables[0]
    page.type(f"#claims-{name}", '"<1>"')
    page.type("#student", 'Ada "L"')
    with page.page.expect_download() as download:
        page.page.locator("#save").click()
    page.page.locator("#saved", has_text="Your answers to 2 tasks are in answers.toml").wait_for()
    assert download.value.suggested_filename == "answers.toml"
    download.value.save_as(tmp_path / "answers.toml")
    assert main(["verify", str(tmp_path / "answers.toml")]) == 2  # the last claim cannot be read
    told = capsys.readouterr()
    assert 'Ada "L", exercise 4: ∂f/∂z is wrong' in told.out
    assert "∂f/∂x = −4: right" in told.out
    assert "exercise 2 of seed Ada" in told.err
    page.complaints.clear()  # a download is no request, but a navigation that was aborted


def test_opens_without_a_network(page: Page) -> None:
    page.page.context.set_offline(True)
    try:
        page.load("#exercise=2")
        page.type("#claims-x", "e^y")
        assert page.mark("#claims-x") == "✓ right"
    finally:
        page.page.context.set_offline(False)


def test_what_was_typed_outlives_a_reload(page: Page) -> None:
    page.go("#exercise=5")
    name = workbook.task_of({"exercise": "5"}).formula.variables[0]
    page.type(f"#claims-{name}", "0.123")
    page.type("#student", "Ada")
    page.load("#exercise=5")
    assert page.page.locator(f"#claims-{name}").input_value() == "0.123"
    assert page.page.locator("#student").input_value() == "Ada"
    assert page.mark(f"#claims-{name}")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(page: Page, text: str) -> None:
    page.go("#exercise=3")
    page.type("#claims-x", text)
    page.type("#student", text[:100])
    assert page.mark("#claims-x") in ("? unreadable", "✗ wrong")
    assert page.page.locator("#claims-x").input_value() == text
    page.type("#claims-x", "")
    page.page.evaluate("task => { location.hash = task }", f"#function={text.replace('%', '')}&at={text[:200]}=1,x=2")
    page.page.locator("#read :first-child").first.wait_for()
    page.page.evaluate("task => { location.hash = task }", f"#exercise=2&seed={text[:300]}")
    page.page.locator(".row").first.wait_for()
    page.check()


def test_html_is_built_anew_from_harmless_elements(page: Page) -> None:
    program = """async html => {
        const { safe } = await import("./safe.js");
        const box = document.createElement("div");
        box.append(...safe(html));
        return box.innerHTML;
    }"""
    for given, safe in {
        "<p onclick=alert(1) id=rows>a<script>alert(1)</script>b</p>": "<p>ab</p>",
        "<h1>A</h1><h2>B</h2>": "<h3>A</h3><h4>B</h4>",
        "<svg viewBox='0 0 1 1' onload=alert(1)><a xlink:href='javascript:alert(1)'><text x='1'>t</text></a>"
        "<foreignObject><b>x</b></foreignObject><use href='#x'/></svg>": (
            '<svg viewBox="0 0 1 1"><text x="1">t</text></svg>'
        ),
        "<math href='javascript:alert(1)'><mi>x</mi><maction>y</maction></math>": "<math><mi>x</mi></math>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe><img src=x onerror=alert(1)><!-- c -->": "",
    }.items():
        assert page.page.evaluate(program, given) == safe


def test_python_that_stops_is_started_again(page: Page) -> None:
    page.load("#exercise=6")
    name = workbook.task_of({"exercise": "6"}).formula.variables[0]
    page.page.workers[0].evaluate("() => { self.onmessage = () => { throw new Error('broken') } }")
    page.type(f"#claims-{name}", "0")
    page.page.locator("#verdict", has_text="Python stopped at this.").wait_for()
    page.type(f"#claims-{name}", "0.5")
    page.page.locator("#status").wait_for(state="hidden", timeout=READY)
    assert page.mark(f"#claims-{name}")
    page.complaints.clear()  # of what broke
    page.requests.clear()  # Python was loaded again
    page.loaded = 0


def test_python_reaches_nothing_outside(page: Page) -> None:
    """The policy of the page holds for the worker in which Python runs: it may fetch from its own server only."""
    program = """async () => {
        const text = `fetch("https://example.org/").then(() => postMessage("fetched"), () => postMessage("refused"))`;
        const blob = new Blob([text], { type: "text/javascript" });
        const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
        const said = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
        worker.terminate();
        return said;
    }"""
    assert page.page.evaluate(program) == "refused"
    policy = page.page.locator("meta[http-equiv]").get_attribute("content")
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy
    page.complaints.clear()  # the refusal
    page.requests.clear()  # those of the worker of this test
    page.loaded = 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_anyone_can_use_it(page: Page, width: int, scheme: str) -> None:
    page.page.set_viewport_size({"width": width, "height": 900})
    page.page.emulate_media(color_scheme=scheme)
    page.go("#function=x e^y + xz&at=x=1,y=0,xz=3")
    page.type("#function", "x e^y + xz + (")
    page.page.locator("#read mark").wait_for()
    assert barriers(page.page) == []
    page.go("#exercise=2")
    for field, text in {"x": "e^y", "y": "0.3", "z": "cos(", "a": "0.4"}.items():
        page.type(f"#claims-{field}", text)
    page.mark("#claims-z")
    page.page.get_by_role("button", name="Give me a hint").first.click()
    for name in ("gradient", "graph", "derived"):
        page.panel(name)
    page.page.locator("#derived table").first.wait_for()
    assert barriers(page.page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    page.go(f"#function=sin({'w' * 60}) + {'+'.join(f'x_{i} y' for i in range(30))}")
    page.page.locator("#point input").nth(31).wait_for()
    page.type("#claims-x_0", "+".join("x_0 y" for _ in range(40)))
    page.mark("#claims-x_0")
    assert barriers(page.page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_all_by_keyboard(page: Page) -> None:
    page.go("#exercise=1")
    page.type("#claims-x", "")
    seen = []
    page.page.locator("#choice").focus()
    for _ in range(25):
        page.page.keyboard.press("Tab")
        seen.append(page.page.evaluate("document.activeElement.id || document.activeElement.localName"))
    fields = ["edit", "copy", "values-q", "values-f", "claims-q", "claims-x", "claims-y", "claims-z", "student", "save"]
    assert [name for name in seen if name in fields][: len(fields)] == fields
    page.page.locator("#gradient summary").focus()
    page.page.keyboard.press("Enter")
    assert page.page.locator("#gradient").evaluate("panel => panel.open")
