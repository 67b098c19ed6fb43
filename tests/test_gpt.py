"""The GPT of examples/gpt.py: the published losses and names, on every engine; and what its command line refuses."""

from __future__ import annotations

import os
import sys
from functools import wraps
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from examples import gpt

# The names that come first once the 32,033 of makemore's names.txt are shuffled.
FIRST = """
yuheng diondre xavien jori juanluis erandi phia samatha phoenix emmelynn hollan hollis callalily adelayde josephyne
weldon kayle ragnar colbie taveon aki peyten kevari joella mecca egan justyce taliyah hayley alleah
""".split()  # noqa: SIM905
COUNT = 32_033


def in_order(names: list[str], count: int) -> list[str]:
    """So many names, of all letters, of which these come first once they are shuffled."""
    order = list(range(count))
    Random(42).shuffle(order)
    found = ["abcdefghijklmnopqrstuvwxyz"] * count
    for place, name in zip(order, names, strict=False):
        found[place] = name
    return found


def losses(names: list[str], engine: str, steps: int) -> list[float]:
    """The first losses of a training of 1000 steps."""
    return list(islice(gpt.Run(names, 1000, engine).losses, steps))


def test_the_published_losses() -> None:
    found = losses(in_order(FIRST, COUNT), "eager", 30)
    assert [round(found[step - 1], 4) for step in (1, 2, 3, 30)] == [3.3660, 3.4243, 3.1778, 2.2691]


@pytest.mark.skipif("CHAINRULE_NAMES" not in os.environ, reason="CHAINRULE_NAMES is the path of makemore's names.txt")
def test_all_steps_on_the_names_themselves() -> None:
    run = gpt.Run(gpt.names_of(os.environ["CHAINRULE_NAMES"]), 1000, "eager")
    assert run.alphabet.end == 26
    assert len(gpt.flat(run.weights)) == 4192
    found = list(run.losses)
    assert [round(found[step - 1], 4) for step in (1, 2, 3, 30, 1000)] == [3.3660, 3.4243, 3.1778, 2.2691, 2.6497]
    assert run.invented(5) == ["kamon", "ann", "karai", "jaire", "vialan"]


@pytest.mark.parametrize(("engine", "names"), [("numpy", ["ab", "b", "cab", "ba"]), ("jax", ["a", "b"])])
def test_compiled_losses_are_the_same(engine: str, names: list[str]) -> None:
    pytest.importorskip(engine)
    runs = {name: gpt.Run(names, len(names), name) for name in ("eager", engine)}
    expected, found = (list(run.losses) for run in runs.values())
    assert found == pytest.approx(expected, rel=1e-9)
    eager, compiled = (gpt.numbers_of(run.weights) for run in runs.values())
    assert gpt.flat(compiled) == pytest.approx(gpt.flat(eager), rel=1e-6, abs=1e-9)


def test_only_the_past_is_seen() -> None:
    """The logits at a position do not change with what follows, and the loss ends with the context."""
    weights = gpt.initial_weights(27, Random(1))
    tokens = [26, *range(20), 26]
    past: list[Any] = []
    first = [gpt.logits(weights, token, past) for token in tokens[:3]]
    assert first == [gpt.logits(weights, token, past[:k]) for k, token in enumerate(tokens[:3])]
    assert gpt.loss(weights, tokens) == gpt.loss(weights, tokens[: gpt.CONTEXT + 1])


def test_a_token_that_does_not_occur_has_no_gradient() -> None:
    weights = gpt.on_values(gpt.initial_weights(5, Random(1)))
    gpt.loss(weights, [4, 0, 4]).backward()
    embeddings, positions = weights[:2]
    assert [any(w.grad for w in row) for row in embeddings] == [True, False, False, False, True]
    assert [any(w.grad for w in row) for row in positions] == [True, True, *[False] * 14]


def test_python_s_modules_are_the_names_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpt.main(["--steps", "2"]) == 0
    first, second, empty, *names = capsys.readouterr().out.splitlines()
    assert first.startswith("step    1   loss 3.6")
    assert second.startswith("step    2   loss 3.")
    assert empty == ""
    assert len(names) == 20
    assert "tkinter" in gpt.names_of(None)


def test_a_file_of_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names").write_text("\n  Zoë \n\nEva\n", encoding="utf-8")
    assert gpt.names_of(str(tmp_path / "names")) == ["Zoë", "Eva"]
    assert gpt.main([str(tmp_path / "names"), "--steps", "1"]) == 0
    assert capsys.readouterr().out.startswith("step    1   loss ")


def test_what_is_known_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names").write_text("a")
    assert gpt.main([str(tmp_path / "names"), "--steps", "20"]) == 0
    assert "\na   (known)\n" in capsys.readouterr().out


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_ctrl_c_ends_the_training_only(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = gpt.loss, []

    @wraps(original)
    def interrupted(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments, **named)

    monkeypatch.setattr(gpt, "loss", interrupted)
    (tmp_path / "names").write_text("ab\nbab\na\n")  # each of a length of its own, for which the loss is compiled
    assert gpt.main([str(tmp_path / "names"), "--steps", "5", "--engine", engine]) == 130
    out = capsys.readouterr().out
    assert "step    2   loss" in out
    assert "interrupted after 2 of 5 steps\n" in out
    assert out.count("\n") > 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "cannot read nothing: No such file"),
        (["."], "cannot read .: Is a directory"),
        (["binary"], "cannot read binary: it is not a text in UTF-8"),
        (["empty"], "there is no name in empty: it has one on each line"),
        (["--steps", "0"], "steps is a whole number from 1, not 0"),
        (["--engine", "steam"], "invalid choice: 'steam'"),
    ],
)
def test_bad_input(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("binary").write_bytes(b"\xff\xfe")
    Path("empty").write_text(" \n\n")
    with pytest.raises(SystemExit) as stopped:
        gpt.main(arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_a_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert gpt.main(["--steps", "2"]) == 0
    shown = capsys.readouterr()
    assert "2/2" in shown.err
    assert "2/2" not in shown.out
