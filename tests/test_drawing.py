"""Pictures: what they show, what they escape, how they are saved, and what happens without Graphviz."""

from __future__ import annotations

import builtins
import os
import re
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from autograd import (
    CannotRender,
    Value,
    draw,
    exp,
    forward,
    greater,
    leaky_relu,
    log,
    partial_derivatives,
    sin,
    steps,
    tanh,
    tree,
)
from autograd.drawing import render
from autograd.files import write_whole


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
    for text in ("x", "1.5", "grad 0.3679", "v1 = exp(y)", "v2 = x * v1", "f = v2 + v3", "1.031", "∂ 0.8776", "∂ 1.5"):
        assert text in shown, text


def test_gradients_appear_once_backward_has_run() -> None:
    assert "grad" not in draw(Value(2.0) * 3).source
    assert "grad" not in tree(Value(2.0) * 3)


def test_both_edges_of_a_square_are_drawn() -> None:
    x = Value(3.0)
    assert draw(x * x).source.count("->") == 2


def test_constants_stand_with_their_operation() -> None:
    x = Value(3.0, label="x")
    shown = texts(draw(2.0 / (x * 3 + 1) ** 2).svg)
    assert {"v1 = x * 3", "v2 = v1 + 1", "v3 = v2 ** 2", "v4 = 2 / v3"} <= set(shown)
    assert "v1 = leaky_relu(x, 0.01)" in texts(draw(leaky_relu(x)).svg)


def test_labels_are_taken_literally(tmp_path: Path) -> None:
    label = r'a\b {|} <i> "q" & ∂ \n %' + "\n\t\0"
    x = Value(1.0, label=label)
    shown = texts(draw(x * 2 + greater(x, 0.0)).svg)
    assert r'a\b {|} <i> "q" & ∂ \n %���' in shown
    assert "l" * 39 + "…" in texts(draw(Value(1.0, label="l" * 100) * 2).svg)
    assert "\0" not in tree(x * 2) + forward(x * 2) + steps(x * 2)
    draw(Value(1.0, label="\ud800") * 2).save(tmp_path / "surrogate.svg")


def test_names_are_given_either_way_round() -> None:
    x, y = Value(1.0, label="old"), Value(2.0)
    f = x * y
    for names in ({"new": x, "q": y, "out": f}, {x: "new", y: "q", f: "out"}):
        shown = texts(draw(f, names=names).svg)
        assert {"new", "q", "out = new * q"} <= set(shown)
        assert "old" not in shown
    assert tree(f, {"new": x}).startswith("v1 = new * 2 = 2")
    with pytest.raises(TypeError, match="names maps names to Values"):
        draw(f, names={"x": 3})  # type: ignore[arg-type]


def test_generated_names_avoid_those_given() -> None:
    x = Value(1.0, label="v1")
    assert "v2 = v1 * 2" in tree(x * 2)


def test_equal_labels_are_told_apart() -> None:
    xs = [Value(number, label="x") for number in (2.0, 5.0, 7.0)]
    f = xs[0] * xs[1] - Value(3.0, label="x₂") * xs[2] + xs[0]
    f.label = "x"
    assert steps(f).splitlines()[-4:] == ["∂x₅/∂x = 1 + 5 = 6", "∂x₅/∂x₃ = 2", "∂x₅/∂x₂ = -7", "∂x₅/∂x₄ = -3"]
    assert "v1 = x * x₃" in texts(draw(f).svg)
    long = Value(2.0, label="l" * 99 + "a") * Value(5.0, label="l" * 99 + "b")
    assert f"({'l' * 39}…) * ({'l' * 39}…₂) = 10" in tree(long)


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
    assert "rankdir=TB" in draw(exercise, direction="TB").source
    assert "rankdir=RL" in draw(exercise, direction="rl").source
    assert "0.37" in texts(draw(exercise, precision=2).svg)
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
    assert tree(y).count("\n") < 1100
    assert tree(_bushy(11)).endswith(" more nodes\n")
    assert forward(y).endswith("= 0.0540") or "v500" in forward(y)


def _bushy(depth: int) -> Value:
    return Value(1.0) if depth == 0 else _bushy(depth - 1) + _bushy(depth - 1)


def test_many_long_edges_do_not_take_forever() -> None:
    x, y = Value(1.0), Value(2.0)
    f = x
    for _ in range(60):
        f = f * y + x
    assert "splines=line" in draw(f).source
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
    assert "f = v2 + v3" in repr(draw(exercise))


def test_without_any_graphviz_there_is_text_and_a_hint(
    exercise: Value, no_dot: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without_wasmtime(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "wasmtime":
            raise ImportError("No module named 'wasmtime'")
        return original(name, *args, **kwargs)

    render._compiled.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without_wasmtime)
    bundle = draw(exercise)._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].startswith(tree(exercise))
    assert "install Graphviz" in bundle["text/plain"]
    assert set(exercise._repr_mimebundle_()) == {"text/plain"}
    with pytest.raises(CannotRender, match="no Graphviz here"):
        draw(exercise).save("never.svg")


def test_a_fresh_process_leaves_no_complaints_behind() -> None:
    program = "from autograd import Value, draw; x = Value(2.0); print(len(draw(x * x).svg))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert int(done.stdout) > 500


# Text ---------------------------------------------------------------------------------------------


def test_tree(exercise: Value) -> None:
    lines = tree(exercise).splitlines()
    assert re.match(r"f = v2 \+ v3 = 1\.031 +grad 1$", lines[0])
    assert re.match(r"│   ├── x = 1\.5 +grad 0\.3679 +∂v2/∂x = 0\.3679$", lines[2])
    assert tree(Value(2.0)) == "2"


def test_steps_add_up(exercise: Value) -> None:
    x = Value(2.0, label="x")
    text = steps(x * x + 3 * x)
    assert "∂v3/∂x = 3 + 2 + 2 = 7" in text
    for upstream, local, contribution in re.findall(r"(\S+) × (\S+) = (\S+)$", steps(exercise), re.M):
        assert float(upstream) * float(local) == pytest.approx(float(contribution), rel=1e-5)
    assert "with ∂f/∂v2 = 1 " in steps(exercise)


def test_steps_ask_for_no_derivative_that_does_not_matter() -> None:
    x = Value(-2.0, label="x")
    (slope,) = partial_derivatives(x**3, [x])
    assert "nan" not in steps(slope)
    assert steps(slope).endswith("∂v1/∂x = -12")


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
    assert "v1 = (w*x + b) * 2 = 2" in tree(x * 2)


def test_forward(exercise: Value) -> None:
    assert forward(exercise).splitlines()[-1].split() == ["f", "=", "v2", "+", "v3", "=", "1.03124"]
    for function in (forward, tree, steps):
        with pytest.raises(TypeError, match="takes a Value, not int"):
            function(3)  # type: ignore[arg-type]


def test_a_negative_constant_is_bracketed() -> None:
    assert "v1 = x - (-2)" in tree(Value(1.0, label="x") - -2.0)
    assert "log(5)" not in tree(log(Value(5.0, label="x")) * tanh(Value(1.0)))
