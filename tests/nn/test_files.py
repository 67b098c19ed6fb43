"""Files of models and of runs, with every entry replaced by everything that JSON can say."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nn import MLP, Adam, History, Module, fit, losses
from nn.datasets import make_moons
from nn.optimizers import Optimizer

DATA = make_moons(8, noise=0.1, random_state=0)
REPLACEMENTS: list[Any] = [
    None, True, False, 0, 1, -1, 3, 10**400, 0.5, -0.5, math.nan, math.inf, -math.inf, "", "no", "\n" * 9, "x" * 10**4,
    [], [1.0], [0.5, 0.5], [[]], [None], {}, {"a": 1.0}, {"\n" * 9: 1.0},
]  # fmt: skip
LEFT_OUT = object()


def places(entry: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every entry of nested tables and lists, to the whole first."""
    yield path
    parts = entry.items() if isinstance(entry, dict) else enumerate(entry) if isinstance(entry, list) else ()
    for name, part in parts:
        yield from places(part, (*path, name))


def replaced(whole: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    again = copy.deepcopy(whole)
    entry = again
    for name in path[:-1]:
        entry = entry[name]
    if by is LEFT_OUT:
        del entry[path[-1]]
    else:
        entry[path[-1]] = by
    return again


def mutants(whole: Any) -> Iterator[tuple[str, Any]]:
    for path in places(whole):
        for by in [*REPLACEMENTS, *([LEFT_OUT] if path else [])]:
            yield f"{path} replaced by {'nothing' if by is LEFT_OUT else repr(by)[:40]}", replaced(whole, path, by)


def start(**options: Any) -> tuple[Module, Optimizer]:
    model = MLP(2, [1], output_activation="sigmoid", **options)
    return model, Adam(model, lr=0.1)


def resumed(model: Module, optimizer: Optimizer, path: Path, epochs: int, **options: Any) -> History:
    return fit(
        model, DATA, losses.binary_cross_entropy, optimizer, epochs,
        validation=DATA, engine="eager", progress=False, checkpoint=path, **options,
    )  # fmt: skip


def is_one_sentence(error: ValueError, path: Path) -> None:
    message = str(error)
    assert message.startswith(f"{path}")
    assert "\n" not in message
    assert len(message) < len(str(path)) + 300


def test_every_entry_of_a_model(tmp_path: Path) -> None:
    path = MLP(2, [1], seed=1).save(tmp_path / "model.json")
    for what, state in mutants(json.loads(path.read_text())):
        path.write_text(json.dumps(state))
        model = MLP(2, [1], seed=0)
        before = model.state_dict()
        try:
            model.load(path)
        except ValueError as error:
            is_one_sentence(error, path)
            assert model.state_dict() == before, what
        else:
            assert all(map(math.isfinite, model.state_dict().values())), what


def test_every_entry_of_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    resumed(*start(seed=1), path, 2)
    for what, state in mutants(json.loads(path.read_text())):
        path.write_text(json.dumps(state))
        text = path.read_text()
        model, optimizer = start(seed=0)
        before = model.state_dict(), optimizer.state_dict()
        try:
            history = resumed(model, optimizer, path, 2, resume=True)
        except ValueError as error:
            is_one_sentence(error, path)
            assert (model.state_dict(), optimizer.state_dict()) == before, what
            assert path.read_text() == text, what
        else:
            kept = [*model.state_dict().values(), *(x for slots in optimizer.state for x in slots)]
            assert all(map(math.isfinite, kept)), what
            columns = history.loss, history.accuracy, history.validation_loss, history.validation_accuracy
            assert {len(column) for column in columns} == {2}, what
            assert str(history), what
        try:
            MLP(2, [1], output_activation="sigmoid").load(path)
        except ValueError as error:
            is_one_sentence(error, path)


@pytest.mark.parametrize(
    ("place", "by", "message"),
    [
        (("parameters",), 3, "this is no checkpoint: it has no table parameters"),
        (("parameters", "layers.0.neurons.0.b"), 10**400, r"the state's layers.0.neurons.0.b is no number but 1000"),
        (
            ("parameters", "layers.0.neurons.0.b"),
            math.nan,
            r"the state's layers.0.neurons.0.b is nan, which is not fin",
        ),
        (("optimizer", "steps"), -1, "the steps of an optimizer are a whole number from 0, not -1"),
        (("optimizer", "state", 0, 1), math.inf, "the state of a parameter is inf, which is not finite"),
        (("history", "accuracy", 0), -0.5, r"the history's accuracy is a share, from 0 to 1, and goes from -0\.5"),
        (("history", "loss"), [0.5], "the history's accuracy has 2 numbers, and 1 are due: one for each epoch"),
        (("history", "validation_loss"), [], "the history's validation_loss has 0 numbers, and 2 are due"),
        (("settings", "seed"), LEFT_OUT, "this is no checkpoint: its settings lack seed"),
    ],
)
def test_the_sentence_names_file_and_place(tmp_path: Path, place: tuple[Any, ...], by: Any, message: str) -> None:
    path = tmp_path / "run.json"
    resumed(*start(seed=1), path, 2)
    path.write_text(json.dumps(replaced(json.loads(path.read_text()), place, by)))
    with pytest.raises(ValueError, match=rf"run\.json: {message}"):
        resumed(*start(seed=0), path, 3, resume=True)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_model_that_could_not_be_loaded_is_not_saved(tmp_path: Path, suffix: str) -> None:
    model, path = MLP(1, [1], seed=0), tmp_path / f"model{suffix}"
    model.layers[0].neurons[0].b.data = math.nan
    with pytest.raises(ValueError, match=r"the parameter layers\.0\.neurons\.0\.b of this MLP is nan"):
        model.save(path)
    assert not path.exists()


def test_a_run_with_accuracy_does_not_go_on_without(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    for correct, epochs in ((None, 1), (lambda p, y: True, 2)):
        model, optimizer = start(seed=0)
        options: dict[str, Any] = {"checkpoint": path, "resume": epochs > 1, "correct": correct, "engine": "eager"}
        if epochs == 1:
            fit(model, DATA, losses.mse, optimizer, epochs, **options)
        else:
            with pytest.raises(ValueError, match="a run with accuracy False, not True"):
                fit(model, DATA, losses.mse, optimizer, epochs, **options)
