"""The stepper in Python: what it takes, what it refuses, and what it writes."""

from __future__ import annotations

import math
import webbrowser
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from autograd import (
    CannotRender,
    DerivativeError,
    DomainError,
    Value,
    as_constant,
    exp,
    log,
    sin,
    sqrt,
    stepper,
    verify,
)
from autograd.cli import main
from autograd.drawing import picture, render
from autograd.drawing.described import described
from autograd.stepping import questions
from autograd.stepping.layers import columns


def example() -> Value:
    x, y = Value(3.0, label="x"), Value(2.0, label="y")
    f: Value = x * y + x
    return f


def test_what_cannot_be_stepped_through_is_refused() -> None:
    with pytest.raises(TypeError, match="takes a Value, not int"):
        stepper(3)  # type: ignore[arg-type]
    for lonely in (Value(2.0, label="x"), as_constant(2.0) * 3.0):
        with pytest.raises(ValueError, match="nothing to step through"):
            stepper(lonely)
    with pytest.raises(DerivativeError):
        stepper(sqrt(Value(0.0, label="x")))
    with pytest.raises(ValueError, match="x is not finite"):
        stepper(Value(math.inf, label="x") * 2.0)
    with pytest.raises(TypeError, match="names maps names to Values"):
        stepper(example(), {"x": "y"})  # type: ignore[arg-type]


def test_it_is_computed_anew_and_changes_nothing() -> None:
    x = Value(3.0, label="x")
    f = log(x)
    x.data = 1.0
    assert stepper(f).contents.graph.order[-1].data == 0.0
    assert (f.grad, x.grad) == (0.0, 0.0)
    x.data = -1.0
    with pytest.raises(DomainError):
        stepper(f)


def test_saved_whole_and_by_name(tmp_path: Path) -> None:
    page = stepper(example())
    assert page.save(tmp_path / "f.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(ValueError, match=r"saved as \.html, not as 'f\.svg'"):
        page.save(tmp_path / "f.svg")
    with pytest.raises(FileNotFoundError):
        page.save(tmp_path / "missing" / "f.html")
    assert [path.name for path in tmp_path.iterdir()] == ["f.html"]


def test_show_opens_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    page = stepper(example())
    page.show()
    path = Path(url2pathname(urlparse(opened[0]).path))
    assert path.read_text(encoding="utf-8") == page.html
    path.unlink()


def test_without_graphviz_there_is_the_graph_as_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cannot(source: str) -> str:
        raise CannotRender("no Graphviz here")

    monkeypatch.setattr(render, "to_svg", cannot)
    monkeypatch.setattr(picture, "to_svg", cannot)
    page = stepper(example())
    assert "<pre>v₂ = v₁ + x" in page._repr_html_()
    page.show()
    assert "no Graphviz here" in capsys.readouterr().out


def test_twenty_nodes_fit_in_100_kilobytes() -> None:
    x, y, z = (Value(0.1 * i + 0.3, label=name) for i, name in enumerate("xyz"))
    f = x
    for i in range(3):
        f = f * exp(y) + sin(z * (i + 1.0)) / f
    graph = stepper(f).contents.graph
    assert 20 <= sum(not node.is_constant for node in graph.order) <= 25
    assert len(stepper(f).html.encode()) < 100_000


def test_nothing_is_fetched() -> None:
    html = stepper(example()).html
    assert "default-src 'none'" in html
    assert html.replace("http://www.w3.org/2000/svg", "").count("http") == html.count("http-equiv")


def test_mistakes_at_an_edge_are_those_of_verify() -> None:
    y, z = Value(-1.0, label="y"), Value(0.5, label="z")
    f = exp(y) * sin(z)
    graph = described(f, None, 4)
    node = f.parents[1]
    found = {message: number for number, message in questions.of_edge(graph.naming, node, 0)}
    for wrong, message in ((-0.8775825618903728, "without a minus"), (0.479425538604203, "the sine was kept")):
        diagnosed = verify("sin z", {"z": 0.5}, {"z": wrong}).claims[0].diagnoses[0].message
        assert message in diagnosed
        assert any(text == diagnosed and number == pytest.approx(wrong) for text, number in found.items())
    assert all(number != pytest.approx(0.8775825618903728) for number in found.values())


@pytest.mark.parametrize("value", [0.0, 1.0, -2.0, 37.0])
def test_no_mistake_gives_the_right_number(value: float) -> None:
    x = Value(value, label="x")
    for f in (x * x, x + x, sin(x), exp(x), x / 2.0, x - 3.0, x**3):
        graph = described(f, None, 4)
        assert all(number != f.data for number, _ in questions.of_node(f))
        for operand in range(len(f.parents)):
            if not f.parents[operand].is_constant:
                assert all(number != f.partials[operand] for number, _ in questions.of_edge(graph.naming, f, operand))


def test_a_deep_graph_has_few_columns() -> None:
    x = Value(0.5, label="x")
    f = x
    for _ in range(400):
        f = sin(f) * 0.5 + f * f * 0.1
    found = columns(described(f, None, 4))
    assert len(found) <= 11
    assert sum(len(cell.nodes) for column in found for cell in column.cells) == 1 + 5 * 400


def test_every_node_is_in_one_cell() -> None:
    xs = [Value(0.1 * i, label=f"x{i}") for i in range(50)]
    f = sum(sin(x) * x for x in xs) + xs[0] * xs[1] + log(xs[3] + 2.0)
    graph = described(f, None, 4)
    nodes = [node for column in columns(graph) for cell in column.cells for node in cell.nodes]
    assert sorted(map(id, nodes)) == sorted(id(node) for node in graph.order if not node.is_constant)


def test_the_command_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.html"
    assert main(["x e^y + sin z", "x=1.5", "y=-1", "z=pi/2", "--html", str(path)]) == 0
    assert f"steps: {path}" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x*y", "x=1", "y=2", "--html", "f.svg"], "a stepper is saved as .html, not as 'f.svg'"),
        (["3", "--html", "f.html"], "--html has no effect here"),
        (["x", "x=1", "--html", "f.html"], "there is nothing to step through"),
        (["x*y", "x=1", "y=2", "--html", "f.html", "--derive"], "--html and --derive exclude each other"),
        (["x*y", "x=1", "y=2", "--html", "missing/f.html"], "there is no folder missing"),
    ],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
