"""Every mistake in the tables is found in its own example, and listed."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from autograd.cli import main
from autograd.verifying import verify
from autograd.verifying.catalogue import Entry, entries, point

OTHER_POINTS = ({"x": 0.4}, {"x": -0.6})  # for functions that have no value at the usual point, or are right there
TYPED_MINUS = re.compile(r"(?<![a-z])-|-(?![a-z])")  # any but the one in "cross-entropy"
PAGE = Path(__file__).parents[2] / "docs" / "mistakes.py"


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: f"{entry.example.function}: {entry.what}"[:60])
def test_the_example_yields_exactly_that_mistake_first(entry: Entry) -> None:
    function, variable, claimed = entry.example
    usual = point(entry.example)
    for at in (usual, *({**usual, **other} for other in OTHER_POINTS if "x" in usual)):
        (claim,) = verify(function, at, {variable: claimed}).claims
        if claim.verdict == "wrong":
            assert claim.diagnoses[0].code == entry.code
            assert claim.diagnoses[0].second is None
            assert not TYPED_MINUS.search(claim.diagnoses[0].message)
            return
    pytest.fail("the example is wrong at none of the points")


def test_what_is_said_is_written_as_mathematics() -> None:
    assert [entry.what for entry in entries() if TYPED_MINUS.search(entry.what)] == []


def test_there_are_many_kinds() -> None:
    codes = {entry.code for entry in entries()}
    assert codes == {
        *("sign", "missing-factor", "missing-path", "wrong-rule", "swapped", "undifferentiated", "constant-factor"),
        *("algebra", "arithmetic", "decimal", "degrees", "log-base", "as-constant", "as-variable"),
    }


def test_they_are_listed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["mistakes"]) == 0
    printed = capsys.readouterr().out
    assert "a bracket is forgotten" in printed
    assert printed.count("∂f/∂") >= len(list(entries()))


def test_the_page_is_that_of_the_tables() -> None:
    page = runpy.run_path(str(PAGE))
    assert page["PAGE"].read_text(encoding="utf-8") == page["page"]()
