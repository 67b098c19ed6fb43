"""The stepper's page in a browser: every control, numbers that equal Python's, and nothing that keeps anyone out."""

from __future__ import annotations

import math
import random
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd import (
    OPERATIONS,
    Operation,
    Value,
    as_constant,
    detect_anomaly,
    dot,
    exp,
    greater,
    log,
    relu,
    sin,
    stepper,
    stop_gradient,
    tanh,
    verify,
)
from autograd.graph import edges, topological_order
from autograd.notation import number
from nn import MLP
from tests.browser import Opened, barriers, needs_browser
from tests.browser import opened as opened

pytestmark = needs_browser


def exercise() -> Value:
    x, y, z = Value(3.0, label="x"), Value(2.0, label="y"), Value(1.0, label="z")
    q = x + y
    q.label = "q"
    f: Value = q * q / z + x
    f.label = "f"
    f.backward()
    return f


def course() -> Value:
    x, y, z = Value(1.5, label="x"), Value(-1.0, label="y"), Value(math.pi / 2, label="z")
    f: Value = x * exp(y) + sin(z)
    f.label = "f"
    f.backward()
    return f


def network(samples: int = 0) -> tuple[Value, dict[str, Value]]:
    model = MLP(2, [16, 16, 1], seed=1)
    names = dict(model.named_parameters())
    if not samples:
        f = model([Value(0.5, label="x1"), Value(0.3, label="x2")])
    else:
        draw = random.Random(0)
        f = sum(relu(1.0 - model([draw.uniform(-1, 1), draw.uniform(-1, 1)])) for _ in range(samples)) / samples
    f.backward()
    return f, names


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(f: Value, names: Any = None) -> Path:
        return stepper(f, names).save(tmp_path / "f.html")

    return save


def texts(page: Any, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).all_text_contents()
    return found


def step_text(page: Any) -> str:
    return " ".join(page.locator("#step").inner_text().split())


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", [exercise, course])
def test_opens_with_pythons_numbers_and_without_barriers(
    saved: Callable[..., Path], opened: Opened, make: Callable[[], Value], width: int, scheme: str
) -> None:
    f = make()
    order = [node for node in topological_order(f) if not node.is_constant]
    with opened(saved(f), width, scheme) as page:
        assert texts(page, ".value") == [f"= {number(node.data, 4)}" for node in order]
        gradients = [text.split(" = ")[1] for text in texts(page, ".gradient")]
        assert gradients == [number(0.0 if abs(node.grad) < 1e-15 else node.grad, 4) for node in order]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert barriers(page) == []
        for step in (4, 9, 99):
            for _ in range(step):
                page.keyboard.press("ArrowRight")
        page.locator(".node").first.press("Enter")
        assert barriers(page) == []
        page.check("#predict")
        page.fill("#answer", "17")
        page.keyboard.press("Enter")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_exponents_in_boxes_are_raised(saved: Callable[..., Path], opened: Opened) -> None:
    with opened(saved(course())) as page:
        box = page.locator(".title", has_text="v₁ = e^y")
        assert box.evaluate("text => text.getNumberOfChars()") == len("v₁ = ey")  # the caret is not drawn
        e, y = box.evaluate("text => [5, 6].map((i) => text.getStartPositionOfChar(i).y)")
        assert y == pytest.approx(e - 4, abs=0.01)


def test_the_steps_are_those_of_backward(saved: Callable[..., Path], opened: Opened) -> None:
    f = exercise()
    order: list[Value] = topological_order(f)
    names = {order[i]: name for i, name in enumerate(["x", "y", "z", "q", "v₁", "v₂", "f"])}
    forward = [f"Forward: {names[node]}" for node in order if node.operation]
    backward = [f"Backward: from {names[n]} to {names[p]}" for n in reversed(order) for _, p in edges(n)]
    with opened(saved(f)) as page:
        titles = [page.inner_text("#step-title")]
        said, shown = step_text(page), page.inner_text("#count")
        while page.locator("#next").is_enabled():
            page.click("#next")
            titles.append(page.inner_text("#step-title"))
            assert page.inner_text("#announcer").startswith(titles[-1])
    start, end = ["Everything at once", "Forward: the inputs"], ["The gradient"]
    assert titles == [*start, *forward, "Backward: where it starts", *backward, *end]
    # What is said of them on the first page is what is counted.
    there, back = (sum(title.startswith(word) for title in titles) for word in ("Forward", "Backward"))
    assert shown == f"0 of {there + back + 1}"
    assert said.endswith(f"in {there + back + 1} steps: {there} forward, {back} back, and the gradient.")


def test_a_gradient_fills_up(saved: Callable[..., Path], opened: Opened) -> None:
    with opened(saved(exercise())) as page:
        seen = []
        for _ in range(15):
            page.keyboard.press("ArrowRight")
            gradient: str = page.locator("#n3 .gradient").text_content()
            seen += [gradient] if gradient not in seen else []
            if page.inner_text("#step-title") == "Backward: from f to x":
                assert "The local derivative, by the sum rule, with v₂ held fixed:" in step_text(page)
            if page.inner_text("#step-title") == "Backward: from v₁ to q" and gradient.endswith("…"):
                assert "∂v₁/∂q = 5" in texts(page, ".homeward .local")
                assert texts(page, ".homeward .contribution") == ["1 × 5 = 5"]
                assert page.locator(".homeward").count() == page.locator("#n3.lit").count() == 1
        assert seen == ["∂f/∂q", "∂f/∂q = 5 + …", "∂f/∂q = 10"]
        page.keyboard.press("Home")
        assert page.locator("#e1.returned, #e2.returned").count() == 2


def test_why_the_order_is_topological_is_said_once(saved: Callable[..., Path], opened: Opened) -> None:
    x = Value(0.5, label="x")
    q = x * x  # used by two nodes, and x by one
    f = exp(q) * q
    said = {"Backward: from v₃ to v₁": "only when every contribution has arrived: from v₃ and v₂"}
    for graph, notes in (
        (f, said),
        (x * x, {}),
        (exercise(), {"Backward: from f to x": "complete only when all that use x have been visited, f and q"}),
    ):
        with opened(saved(graph)) as page:
            found = {}
            while page.locator("#next").is_enabled():
                page.click("#next")
                if page.locator(".note").count():
                    found[page.inner_text("#step-title")] = page.inner_text(".note")
            assert found.keys() == notes.keys()
            assert all(words in found[title] for title, words in notes.items())


def test_every_way_to_go(saved: Callable[..., Path], opened: Opened) -> None:
    with opened(saved(exercise())) as page:
        count = page.locator("#count")
        last = int(count.inner_text().split(" of ")[1])
        ways: list[tuple[Callable[[], Any], int]] = [
            (lambda: page.click("#next"), 1),
            (lambda: page.click("#next"), 2),
            (lambda: page.click("#previous"), 1),
            (lambda: page.keyboard.press("ArrowRight"), 2),
            (lambda: page.keyboard.press("End"), last),
            (lambda: page.keyboard.press("ArrowRight"), last),
            (lambda: page.keyboard.press("ArrowLeft"), last - 1),
            (lambda: page.keyboard.press("Home"), 0),
            (lambda: page.locator("#position").fill("7"), 7),
            (lambda: page.locator("#position").press("ArrowRight"), 8),
            (lambda: page.click("#first"), 1),
        ]
        for act, where in ways:
            act()
            assert count.inner_text() == f"{where} of {last}"
        page.select_option("#speed", "fast")
        page.click("#play")
        assert page.inner_text("#play") == "Stop"
        page.locator("#count", has_text=f"{last} of {last}").wait_for(timeout=20000)
        assert page.inner_text("#play") == "Play"
        page.click("#play")
        page.click("#play")
        assert count.inner_text() == f"1 of {last}"


def test_a_node_shows_its_paths_and_its_line(saved: Callable[..., Path], opened: Opened) -> None:
    with detect_anomaly():
        f = exercise()
    with opened(saved(f)) as page:
        page.click("#n0")
        words = " ".join(page.inner_text("#node").split())
        assert page.inner_text("#node-title") == "The leaf x"
        assert "because 3 paths lead there, whose products are added up" in words
        assert texts(page, "#node-body .equation")[-1].endswith("5+5+1 =11")
        page.locator("#n3").focus()
        page.keyboard.press(" ")
        assert re.search(r"Recorded at .*test_page\.py, line \d+\.", page.inner_text("#node"))
        assert "value 5. Gradient 10." in page.inner_text("#announcer")


def to_question(page: Any, title: str) -> None:
    page.check("#predict")
    while page.inner_text("#step-title") != title:
        page.click("#next")


def answer(page: Any, text: str) -> str:
    page.fill("#answer", text)
    page.press("#answer", "Enter")
    judged: str = page.inner_text("#judged") if page.locator("#question").is_visible() else "Right"
    return judged


def test_a_wrong_answer_gets_the_diagnosis_of_verify(saved: Callable[..., Path], opened: Opened) -> None:
    report = verify("v1/z", {"v1": 25, "z": 1}, {"z": 25})
    message = report.claims[0].diagnoses[0].message
    with opened(saved(exercise())) as page:
        to_question(page, "Backward: from v₂ to z")
        assert page.locator("#n2 .gradient").text_content() == "∂f/∂z"
        assert "−25" not in page.inner_text("#step") + page.locator("#graph").text_content()
        assert answer(page, "25") == f"Not quite: {message.replace('v1', 'v₁')}."
        assert answer(page, "1") == "Not that: try again, or press Show me." or "Not quite" in page.inner_text(
            "#judged"
        )
        assert page.inner_text("#score") == "0 of 1 right at the first try"
        assert answer(page, "-v1/z^2") == "Right"
        assert page.inner_text("#judged") == "Right: −25."
        assert page.locator("#n2 .gradient").text_content() == "∂f/∂z = −25"
        page.keyboard.press("Enter")  # the focus is on Next
        assert page.inner_text("#step-title") == "Backward: from v₁ to q"
        assert page.inner_text("#judged") == ""
        assert answer(page, "5.00") == "Right"
        assert page.inner_text("#score") == "1 of 2 right at the first try"
        page.click("#next")
        assert (
            answer(page, "10") == "Not quite: this is the sum so far at q: what is asked is this edge's contribution."
        )
        page.click("#reveal")
        assert texts(page, "#step-body .equation")[-1].endswith("5+5 =10")
        page.keyboard.press("End")
        assert "1 of 3 right at the first try" in step_text(page)


ANSWERS = ["6", " 6.00 ", "2*3", "12/2", "2·3", "36^(1/2)", "√36", "2+2^2", "-(-6)", "−6+12", "sqrt 36", "3!x"]
ANSWERS += [
    "max(2, 6)",
    "x y",
    "x*y",
    "2x",
    "x+x",
    "(x)(y)",
    "x²-3",
    "ln(e^6)",
    "abs(-6)",
    "1e0*6",
    "pi*6/π",
    "relu(6)",
]
WRONG = [
    "",
    "x +",
    "(((",
    "1/0",
    "__proto__",
    "constructor",
    "alert(1)",
    "<b>6</b>",
    "6;6",
    "(" * 5000,
    "hypot(1)",
    "5",
    "6.5",
]


def test_answers_are_read_as_mathematics(saved: Callable[..., Path], opened: Opened) -> None:
    x, y = Value(3.0, label="x"), Value(2.0, label="y")
    f = x * y
    f.label = "f"
    with opened(saved(f)) as page:
        page.check("#predict")
        for text in WRONG:
            assert re.match("Not|Nearly|Th|It|Type|[^ ]+ (has no place|takes)", answer(page, text)), text
        for text in ANSWERS:
            page.uncheck("#predict")
            page.check("#predict")
            assert (answer(page, text) == "Right") == (text != "3!x"), text
        page.uncheck("#predict")
        page.check("#predict")
        assert answer(page, "w") == "There is no w here; there are x, y and f."
        assert answer(page, "5") == "Not quite: the operands were added, not multiplied."


def at(make: Callable[..., Any], point: dict[str, float]) -> dict[str, float]:
    leaves = {name: Value(x, label=name) for name, x in point.items()}
    f = make(**leaves)
    f.backward()
    return {"f": f.data, **{name: leaf.grad for name, leaf in leaves.items()}}


def shown(page: Any) -> dict[str, float]:
    """The value of f and the gradient, as the page shows them first."""
    lines = texts(page, "#step-body .equation")
    numbers = [float(line.split("=")[1].replace("−", "-")) for line in lines]
    return dict(zip(["f", *"xyz"], numbers, strict=False))


def test_values_and_gradients_follow_the_sliders(saved: Callable[..., Path], opened: Opened) -> None:
    def make(x: Any, y: Any) -> Any:
        return log(x) * y

    x, y = Value(2.0, label="x"), Value(5.0, label="y")
    f = make(x, y)
    f.label = "f"
    with opened(saved(f)) as page:
        page.locator("#leaf1").fill("-3.5")
        assert shown(page) == pytest.approx(at(make, {"x": 2.0, "y": -3.5}), rel=1e-5)
        field = page.get_by_label("x as a number")
        field.fill("0.25")
        field.press("Enter")
        assert shown(page) == pytest.approx(at(make, {"x": 0.25, "y": -3.5}), rel=1e-5)
        field.fill("-1")
        field.press("Enter")
        assert page.inner_text("#problem") == "v₁ = ln(x) has no value where x = −1."
        page.click("#reset")
        assert page.inner_text("#problem") == ""
        assert shown(page) == pytest.approx(at(make, {"x": 2.0, "y": 5.0}), rel=1e-5)
        assert page.locator("#leaf0").input_value() == "2"


def test_descending_is_gradient_descent(saved: Callable[..., Path], opened: Opened) -> None:
    def make(x: Any, y: Any) -> Any:
        return (x - 1.0) ** 2 + x * y + y * y

    point = {"x": 2.0, "y": 5.0}
    f = make(Value(2.0, label="x"), Value(5.0, label="y"))
    f.label = "f"
    with opened(saved(f)) as page:
        page.fill("#rate", "0.2")
        for _ in range(3):
            gradient = at(make, point)
            point = {name: x - 0.2 * gradient[name] for name, x in point.items()}
            page.click("#descend")
        want = at(make, point)
        assert shown(page) == pytest.approx(want, rel=1e-5)
        label = page.locator("#curve svg").get_attribute("aria-label")
        assert label == f"f over 3 steps of gradient descent: from {number(36.0)} to {number(want['f'])}"
        page.click("#descend-play")
        page.get_by_label(re.compile(" [5-9] steps")).wait_for()
        page.click("#descend-play")
        assert page.inner_text("#descend-play") == "Play"
        page.fill("#rate", "1e300")
        page.click("#descend")
        page.click("#descend")
        assert "value" in page.inner_text("#problem") or "gradient" in page.inner_text("#problem")
        page.click("#reset")
        assert page.locator("#curve svg").count() == 0


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{|}",
    "'",
    "`${alert(1)}`",
    "\u202eabc",
    "</script>",
]
HOSTILE += ["x" * 10_000, "ĸĸ", "{{data}}", "<!--", "&amp;", "\\u003c", "", "a\nb", "$1"]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(saved: Callable[..., Path], opened: Opened, label: str) -> None:
    x, y = Value(3.0, label=label), Value(2.0, label=label + "y")
    f = x * y + x
    f.label = label + "f"
    with opened(saved(f)) as page:
        assert page.locator("script").count() == 3
        assert page.locator("img").count() == 0
        for _ in range(9):
            page.keyboard.press("ArrowRight")
        page.locator("#n0").press("Enter")
        page.check("#predict")
        answer(page, label[:100] or "?")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert texts(page, "#n2 .value") in (["= 6"], ["= ?"])


def test_looks(saved: Callable[..., Path], opened: Opened) -> None:
    path = saved(exercise())
    with opened(path, motion="no-preference") as page:
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        page.click("#theme")
        assert page.evaluate(background) != light
        page.click("#theme")
        assert page.evaluate(background) == light
        page.click("#next")
        page.click("#next")
        assert page.evaluate("document.getAnimations().length") > 0
    with opened(path, scheme="dark") as page:
        assert page.inner_text("#theme") == "Light"
        assert page.evaluate(background) != light
        page.click("#next")
        page.click("#next")
        assert page.evaluate("document.getAnimations().length") == 0


def test_all_of_it_by_keyboard(saved: Callable[..., Path], opened: Opened) -> None:
    with opened(saved(exercise())) as page:
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        controls = {"theme", "play", "next", "speed", "position", "predict", "leaf0", "rate", "descend", "descend-play"}
        assert controls | {f"n{i}" for i in range(7)} <= reached


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("samples", [0, 5])
def test_a_network_unfolds(saved: Callable[..., Path], opened: Opened, samples: int, width: int) -> None:
    f, names = network(samples)
    with opened(saved(f, names), width) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".cell").last.locator(".value").text_content() == number(f.data, 4)
        columns = texts(page, ".column")
        assert columns == (
            ["layer 1", "layer 2", "layer 3", "output"] if samples else ["inputs", "layer 1", "layer 2", "output"]
        )
        page.locator(".cell", has_text="neuron 3").first.press("Enter")
        rows = {row.split()[0]: row.split()[-2:] for row in page.locator("#node tbody tr").all_inner_texts()}
        for name in ("w.0", "w.1", "b"):
            weight = names[f"layers.0.neurons.2.{name}"]
            assert rows[name] == [number(weight.data), number(weight.grad)]
        assert barriers(page) == []
        page.locator("#node tbody button", has_text="w.0").first.click()
        assert f"{number(names['layers.0.neurons.2.w.0'].grad)}" in page.inner_text("#node-body")
        page.locator("#sliders input[type=number]").first.fill("0.75")
        page.keyboard.press("Enter")
        while page.locator("#next").is_enabled():
            page.click("#next")
        assert barriers(page) == []
        page.fill("#rate", "0.001")
        page.click("#descend")


def test_ten_thousand_nodes_open(saved: Callable[..., Path], opened: Opened) -> None:
    f, names = network(15)
    order = topological_order(f)
    assert len(order) > 10_000
    with opened(saved(f, names)) as page:
        assert page.locator(".cell").last.locator(".value").text_content() == number(f.data, 4)
        page.keyboard.press("ArrowRight")
        assert page.inner_text("#step-title") == "Forward: the inputs"


def test_a_long_row_is_not_drawn_as_one(saved: Callable[..., Path], opened: Opened) -> None:
    xs = [Value(float(i), label=f"x{i}") for i in range(300)]
    f = tanh(dot(xs, xs) * 1e-9)
    for i in range(100):
        f = sin(f) * 1.01 + exp(f) * i * 1e-3
    with opened(saved(f), 360) as page:
        assert 2 <= page.locator(".column").count() <= 10
        assert page.locator(".cell").count() <= 160
        assert page.evaluate("document.querySelector('#graph').viewBox.baseVal.width") < 3000


def test_in_a_notebook_it_is_a_frame_over_the_still_picture(tmp_path: Path, opened: Opened) -> None:
    page_file = tmp_path / "notebook.html"
    content = stepper(exercise())._repr_html_()
    page_file.write_text(f"<!doctype html><html lang=en><title>notebook</title>{content}", encoding="utf-8")
    with opened(page_file) as page:
        frame = page.frame_locator("iframe")
        frame.locator("#next").click()
        assert frame.locator("#step-title").inner_text() == "Forward: the inputs"
        assert page.locator("body > div > div > svg").count() == 1


def point_of(operation: Operation) -> tuple[float, ...]:
    return (1.25, 0.75) if operation.domain.startswith("x >= 1") else (0.6, 0.75)


# All steps, each with a wrong answer first. In the page itself, since every call from here takes its time.
PREDICTED_WRONGLY = """() => {
  const found = (id) => document.getElementById(id);
  const judged = [];
  while (!found("next").disabled) {
    if (!found("question").hidden) {
      found("answer").value = "98765.4";
      found("question").requestSubmit();
      judged.push(found("judged").innerText);
      found("reveal").click();
    }
    found("next").click();
  }
  return judged;
}"""


def test_every_operation_is_shown(saved: Callable[..., Path], opened: Opened) -> None:
    for operation in OPERATIONS.values():
        leaves = [Value(x, label=name) for x, name in zip(point_of(operation), "xy"[: operation.arity], strict=False)]
        f = operation(*leaves) * 2.0 + leaves[0]
        f.label = "f"
        f.backward()
        with opened(saved(f)) as page:
            want = [f.data, *(leaf.grad for leaf in leaves)]
            assert list(shown(page).values()) == pytest.approx(want, rel=1e-5), operation.name
            page.check("#predict")
            judged = page.evaluate(PREDICTED_WRONGLY)
            assert set(judged) == {"Not that: try again, or press Show me."}, operation.name
            assert len(judged) >= 4
            texts_shown = page.locator("body").inner_text()
            assert not re.search("undefined|NaN|\\[object|ĸ|ŋ", texts_shown), operation.name


def test_what_carries_no_derivative_is_shown_as_such(saved: Callable[..., Path], opened: Opened) -> None:
    x, y = Value(0.5, label="x"), Value(2.0, label="y")
    constant = as_constant(2.0) * 3.0
    f = greater(x, y) * x + stop_gradient(y) * constant
    f.label = "f"
    f.backward()
    with opened(saved(f)) as page:
        assert list(shown(page).values()) == pytest.approx([12.0, x.grad, y.grad])
        page.locator(".node", has_text="y").first.press("Enter")
        assert "No derivative flows back to it." in page.inner_text("#node")
        while page.locator("#next").is_enabled():
            page.click("#next")
        assert barriers(page) == []


@pytest.mark.parametrize("size", [1e-200, 1e-5, 1e15, 1e150])
def test_numbers_of_any_size(saved: Callable[..., Path], opened: Opened, size: float) -> None:
    x, y = Value(size, label="x"), Value(-2.0, label="y")
    f = x * y
    f.backward()
    with opened(saved(f)) as page:
        assert texts(page, ".value") == [f"= {number(node.data, 4)}" for node in (x, y, f)]
        assert texts(page, ".gradient")[1].endswith(number(size, 4))
        page.locator("#leaf0").fill("0")


def test_the_readmes_picture_can_be_made(tmp_path: Path) -> None:
    script, target = Path(__file__).parents[2] / "docs" / "stepper.py", tmp_path / "stepper.png"
    subprocess.run([sys.executable, str(script), str(target)], check=True)
    header = target.read_bytes()[:24]
    assert header[1:4] == b"PNG"
    assert struct.unpack(">II", header[16:]) == (1280, 800)
