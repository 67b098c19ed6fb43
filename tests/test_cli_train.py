"""``chainrule train``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograd.cli import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tutorials_first_epoch(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "tutorial", "--epochs", "1"]) == 0
    out, err = capsys.readouterr()
    assert "1  1.319591" in out
    assert "at (0.5, -0.5)" in out
    assert err == ""
    for name in ("loss", "boundary-training", "boundary-test"):
        picture = f"chainrule-pictures/tutorial-{name}.svg"
        assert f"picture: {picture}" in out
        assert "</svg>" in (here / picture).read_text()


def test_the_whole_table_of_the_tutorial(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "tutorial"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    losses = "1.319591 0.399662 0.338569 0.308881 0.293622 0.283006 0.275069 0.268586 0.263096 0.258087 0.253174"
    for epoch, loss in zip([1, *range(100, 1001, 100)], losses.split(), strict=True):
        assert f"\n{epoch:5}  {loss}    0." in out
    assert "training  accuracy 0.8850" in out
    assert "test      accuracy 0.8950" in out
    asked = {"(0.0, 0.0)": 0.726010, "(1.0, 1.0)": 0.035539, "(-1.0, 0.5)": 0.032518, "(0.5, -0.5)": 0.989726}
    for point, probability in asked.items():
        assert f"  at {point:<12} {probability:.6f}\n" in out


@pytest.mark.parametrize(("run", "engine"), [("moons", "auto"), ("moons", "eager"), ("digits", "numpy")])
def test_other_runs_and_engines(here: Path, capsys: pytest.CaptureFixture[str], run: str, engine: str) -> None:
    assert main(["train", run, "--epochs", "1", "--engine", engine]) == 0
    out, err = capsys.readouterr()
    assert "    1  1.554325    0.5706" in out if run == "digits" else "    1  0.895844    0.5000" in out
    assert err == ""


def test_a_run_goes_on_from_its_checkpoint(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = ["train", "moons", "--epochs", "3"]
    assert main(whole) == 0
    uninterrupted = capsys.readouterr().out
    assert main(["train", "moons", "--epochs", "2", "--checkpoint", "state.json"]) == 0
    assert main([*whole, "--checkpoint", "state.json", "--resume"]) == 0
    assert capsys.readouterr().out.endswith(uninterrupted)


def test_ctrl_c_shows_what_was_learnt(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nn.engines import EagerEngine

    epochs = EagerEngine.epochs
    calls = []

    def interrupted(self: EagerEngine, *arguments: object) -> object:
        calls.append(self)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return epochs(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(EagerEngine, "epochs", interrupted)
    assert main(["train", "moons", "--engine", "eager", "--epochs", "5"]) == 130
    assert "interrupted after 1 whole epochs" in capsys.readouterr().out


def test_without_matplotlib(here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["train", "moons", "--epochs", "1"]) == 0
    assert 'no pictures: pictures are drawn by matplotlib: pip install "chainrule[plot]"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: run"),
        (["nothing"], "there is no run 'nothing'; there are tutorial, moons, digits"),
        (["moons", "--engine", "steam"], "there is no engine 'steam'"),
        (["moons", "--epochs", "-3"], "epochs is a whole number from 0, not -3"),
        (["moons", "--epochs", "many"], "invalid int value: 'many'"),
        (["moons", "--resume"], "--resume has no effect here: it goes with --checkpoint"),
        (["moons", "--epochs", "1", "--checkpoint", "missing/state.json"], "cannot write missing/state.json"),
        (["moons", "--epochs", "1", "--pictures", "file/x"], "cannot write file/x/moons-loss.svg"),
    ],
)
def test_bad_input(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    (here / "file").write_text("no directory")
    assert main(["train", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("chainrule: ")
    assert message in err
    assert err.count("\n") == 1


def test_no_epochs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "moons", "--epochs", "0"]) == 0
    assert capsys.readouterr().out == "no epoch was run\n"
