"""Answers as people write them, right ones in unusual forms and wrong ones with the mistake behind them.

The files with "fresh" in their name were written by somebody who had not seen the verifier, to measure it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from autograd.verifying import ClaimReport, Diagnosis, verify

HERE = Path(__file__).parent / "corpus"
ENOUGH = 0.95  # of the wrong answers are explained as their writer explains them
ENOUGH_PAIRS = 0.5  # of those with two mistakes, which often have a simpler explanation, too


def answers(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text())["answers"]
    return found


def judged(answer: dict[str, Any]) -> ClaimReport:
    (claim,) = verify(answer["function"], answer["at"], answer["claimed"]).claims
    return claim


@pytest.mark.parametrize("name", ["right.toml", "right-fresh.toml"])
def test_no_right_answer_is_called_wrong(name: str) -> None:
    verdicts = {(a["function"], str(a["claimed"])): judged(a).verdict for a in answers(name)}
    assert {key: verdict for key, verdict in verdicts.items() if verdict not in ("right", "rounded")} == {}
    assert len(verdicts) >= 80


@pytest.mark.parametrize("name", ["wrong.toml", "wrong-fresh.toml"])
def test_wrong_answers_are_called_wrong_and_explained(name: str) -> None:
    claims = [(answer, judged(answer)) for answer in answers(name)]
    assert [answer for answer, claim in claims if claim.verdict != "wrong"] == []
    single = [(answer, claim) for answer, claim in claims if "code" in answer]
    explained = [pair for pair in single if accepted(*pair)]
    assert len(explained) >= ENOUGH * len(single), [answer for answer, claim in single if not accepted(answer, claim)]
    located = [(answer, claim) for answer, claim in single if "edge" not in answer or names_edge(answer, claim)]
    assert len(located) >= ENOUGH * len(single)
    pairs = [(answer, claim) for answer, claim in claims if "codes" in answer]
    both = [1 for answer, claim in pairs if any(sorted(codes(d)) == sorted(answer["codes"]) for d in claim.diagnoses)]
    assert len(both) >= ENOUGH_PAIRS * len(pairs)


def accepted(answer: dict[str, Any], claim: ClaimReport) -> bool:
    """Whether the first diagnosis is what the writer of the answer says, or accepts."""
    return codes(claim.diagnoses[0]) in ([code] for code in (answer["code"], *answer.get("also", [])))


def names_edge(answer: dict[str, Any], claim: ClaimReport) -> bool:
    """Whether a diagnosis of that code names the edge, or the other operand of a rule for both."""
    node, operand = answer["edge"].split("->")
    found = [tuple(map(bare, d.edge.split("->"))) for d in claim.diagnoses if d.code == answer["code"]]
    whole_rule = [d for d in claim.diagnoses if "′" in d.should]
    return (bare(node), bare(operand)) in found or any(bare(d.edge.split("->")[0]) == bare(node) for d in whole_rule)


def codes(diagnosis: Diagnosis) -> list[str]:
    return [diagnosis.code, *(codes(diagnosis.second) if diagnosis.second else [])]


def bare(text: str) -> str:
    return re.sub(r"[\s()]", "", text)
