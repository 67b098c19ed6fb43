from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import DerivativeError, DomainError, RangeError, Value, exp, log, sqrt
from nn import MLP, SGD, Adam, History, Module, early_stopping, evaluate, fit, losses
from nn.datasets import make_moons
from nn.engines import EagerEngine, Task
from tests.nn.engines import ENGINES

X, Y = make_moons(40, noise=0.1, random_state=0)
LINE = ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0])


def moons_model() -> MLP:
    return MLP(2, [4, 1], activation="tanh", output_activation="sigmoid", seed=0)


def train(model: MLP, epochs: int, **options: Any) -> History:
    options = {"batch_size": 7, "seed": 3, **options}
    return fit(model, (X, Y), losses.binary_cross_entropy, Adam(model, lr=0.05), epochs, **options)


def numpy_descent(w: float, b: float, lr: float, epochs: int, strength: float) -> tuple[float, float, list[float]]:
    x, y = np.array(LINE[0]), np.array(LINE[1])
    seen = []
    for _ in range(epochs):
        error = w * x + b - y
        seen.append(float((error**2).mean() + strength * (w**2 + b**2)))
        w, b = (w - lr * (2 * (error * x).mean() + 2 * strength * w), b - lr * (2 * error.mean() + 2 * strength * b))
    return w, b, seen


def test_full_batches_are_gradient_descent() -> None:
    model = MLP(1, [1], seed=0)
    w, b = (p.data for p in model.parameters())
    history = fit(
        model, LINE, losses.mse, SGD(model, lr=0.05), 30, penalty=lambda ps: losses.l2_penalty(ps, 0.01), progress=False
    )
    expected_w, expected_b, expected_loss = numpy_descent(w, b, 0.05, 30, 0.01)
    assert [p.data for p in model.parameters()] == pytest.approx([expected_w, expected_b], rel=1e-12)
    assert history.loss == pytest.approx(expected_loss, rel=1e-12)
    assert (history.accuracy, history.validation_loss, history.interrupted) == ([], [], False)


def test_batches_deal_out_every_sample_once() -> None:
    seen: list[list[int]] = []

    class Recording(EagerEngine):
        def epochs(self, coming: Any, advance: Any) -> Any:
            batches = next(coming)
            seen.append([index for batch in batches for index in batch])
            assert [len(batch) for batch in batches] == [7, 7, 7, 7, 7, 5]
            return super().epochs(iter([batches]), advance)

    train(moons_model(), 3, engine=Recording)
    assert [sorted(order) for order in seen] == [list(range(40))] * 3
    assert seen[0] != seen[1] != seen[2]


def test_it_learns() -> None:
    x = np.random.default_rng(1).uniform(-1.0, 1.0, size=(60, 2))
    y = (x[:, 0] * x[:, 1] < 0.0).astype(int)
    model = MLP(2, [8, 1], activation="tanh", seed=0)
    optimizer = Adam(model, lr=0.05)
    history = fit(model, (x, 2 * y - 1), losses.hinge, optimizer, 60, batch_size=10, validation=(x, 2 * y - 1))
    assert history.validation_accuracy[-1] > 0.95
    assert history.loss[-1] < 0.3 * history.loss[0]
    assert len(history.loss) == len(history.accuracy) == len(history.validation_loss) == history.epochs == 60
    assert evaluate(model, (x, 2 * y - 1), losses.hinge) == (
        history.validation_loss[-1],
        history.validation_accuracy[-1],
    )
    by_hand = [losses.hinge(model(point).data, 2 * label - 1) for point, label in zip(x, y.tolist(), strict=True)]
    assert history.validation_loss[-1] == pytest.approx(np.mean(by_hand))


def test_same_seed_same_bits() -> None:
    one, two, other = moons_model(), moons_model(), moons_model()
    assert train(one, 3) == train(two, 3) != train(other, 3, seed=4)
    assert one.state_dict() == two.state_dict() != other.state_dict()


@pytest.mark.parametrize(
    ("loss", "targets", "outputs"),
    [
        (losses.cross_entropy, [0, 1, 2], 3),
        (losses.cross_entropy, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 3),
        (losses.mse, [[0.0, 1.0], [1.0, 1.0], [0.5, 0.0]], 2),
        (losses.binary_cross_entropy_with_logits, [[0, 1], [1, 1], [1, 0]], 2),
        (losses.huber, [0.5, 1.0, 2.0], 1),
        (losses.mae, [[0.5], [1.0], [2.0]], 1),
        (lambda p, y: abs(p - y), [0.5, 1.0, 2.0], 1),
    ],
)
def test_targets_of_every_kind(loss: Any, targets: Any, outputs: int) -> None:
    model = MLP(2, [outputs], seed=0)
    inputs: list[Any] = [[0.0, 1.0], (1.0, Value(0.0)), np.array([1.0, 1.0])]
    history = fit(model, (inputs, targets), loss, SGD(model, lr=0.05), 60)
    assert history.loss[-1] < history.loss[0]
    classes = loss in (losses.cross_entropy, losses.binary_cross_entropy_with_logits)
    assert bool(history.accuracy) == classes


def test_accuracy_of_ones_own() -> None:
    model = MLP(1, [1], seed=0)
    history = fit(model, LINE, losses.mse, SGD(model, lr=0.1), 200, correct=lambda p, y: abs(p - y) < 0.1)
    assert (history.accuracy[0], history.accuracy[-1]) == (0.0, 1.0)


def test_a_callback_sees_every_epoch_and_stops() -> None:
    seen: list[int] = []

    def callback(model: Module, history: History) -> bool:
        seen.append(history.epochs)
        return history.epochs == 3

    history = train(moons_model(), 10, callbacks=[callback, lambda model, history: seen.append(-history.epochs)])
    assert (history.epochs, seen) == (3, [1, -1, 2, -2, 3, -3])


@pytest.mark.parametrize("answer", [None, 1, "True", [False]])
def test_only_true_stops(answer: object) -> None:
    """What a function written for something else returns is no answer."""
    assert train(moons_model(), 3, callbacks=[lambda model, history: answer]).epochs == 3


def test_numpys_true_stops_too() -> None:
    assert train(moons_model(), 3, callbacks=[lambda model, history: np.mean(history.loss) < 10.0]).epochs == 1


def test_early_stopping() -> None:
    def stops_after(patience: int, validation: list[float]) -> int:
        stop = early_stopping(patience)
        ends = [n for n in range(1, len(validation) + 1) if stop(Module(), History(validation_loss=validation[:n]))]
        return ends[0] if ends else 0

    assert stops_after(2, [3.0, 2.0, 2.5, 2.5, 1.0]) == 4
    assert stops_after(3, [3.0, 2.0, 2.5, 2.5, 1.0]) == 0
    assert stops_after(3, [3.0, 3.0, 3.0, 3.0]) == 4  # the first of equal ones is the lowest
    assert not early_stopping(0)(Module(), History())
    model = MLP(1, [1], seed=0)
    history = fit(model, LINE, losses.mse, SGD(model, lr=0.0), 50, callbacks=[early_stopping(patience=4)])
    assert history.epochs == 5


class Interrupting:
    """Ctrl-C when some sample is judged."""

    def __init__(self, call: int) -> None:
        self.left = call

    def __call__(self, prediction: float, y: float) -> bool:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return (prediction > 0.5) == y


@pytest.mark.parametrize("engine", ["eager", "numpy"])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_an_interrupted_run_resumes_to_the_same_bits(tmp_path: Path, batch_size: int | None, engine: str) -> None:
    path = tmp_path / "run.json"
    whole = moons_model()
    options: dict[str, Any] = {"batch_size": batch_size, "engine": engine}
    expected = train(whole, 6, correct=lambda p, y: (p > 0.5) == y, **options)
    options |= {"checkpoint": path}
    model = moons_model()
    optimizer = Adam(model, lr=0.05)
    correct = Interrupting(2 * 40 + 20)  # in the third epoch
    history = fit(model, (X, Y), losses.binary_cross_entropy, optimizer, 6, seed=3, correct=correct, **options)
    assert (history.interrupted, history.epochs) == (True, 2)
    assert str(history).endswith("interrupted after 2 whole epochs")
    resumed = MLP(2, [4, 1], activation="tanh", output_activation="sigmoid", seed=99)
    options |= {"correct": Interrupting(-1)}
    assert train(resumed, 6, resume=True, **options) == expected
    assert resumed.state_dict() == whole.state_dict()
    assert train(resumed, 6, resume=True, **options) == expected
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]


def test_an_error_leaves_the_last_whole_epoch_in_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    model = MLP(1, [1], seed=0)
    falling = iter([0.05] * 5)
    optimizer = SGD(model, lr=lambda step: next(falling, 1e200))
    with pytest.raises(RangeError, match=r"training stopped in epoch 7, .* The model is as it was before epoch 6"):
        fit(model, LINE, losses.mse, optimizer, 10, checkpoint=path, engine="eager")
    state = json.loads(path.read_text())
    assert len(state["history"]["loss"]) == optimizer.steps == 5
    assert state["parameters"] == model.state_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 4}, "the checkpoint is of a run with seed 3, not 4"),
        ({"batch_size": None}, "the checkpoint is of a run with batch_size 7, not None"),
        ({"data": (X[:20], Y[:20])}, "the checkpoint is of a run with samples 40, not 20"),
        ({"model": MLP(2, [5, 1])}, "the checkpoint is of a run with another model"),
        ({"optimizer": SGD}, "the state is of the optimizer 'Adam', not 'SGD'"),
        ({"loss": losses.mse}, "a run with loss 'binary_cross_entropy', not 'mse'"),
        ({"validation": (X, Y)}, "a run with validation False, not True"),
        ({"data": (X[::-1], Y)}, "the checkpoint is of a run with another data set"),
        ({"content": "{"}, r"run\.json: this is no checkpoint"),
        ({"content": "[]"}, r"run\.json: this is no checkpoint"),
        ({"content": "{}"}, r"run\.json: this is no checkpoint"),
        (
            {"break": ("history", {"loss": ["no"]})},
            r"run\.json: the history's loss after epoch 1 is no number but 'no'",
        ),
        ({"break": ("optimizer", {"optimizer": "Adam", "state": None})}, r"run\.json: the state of an optimizer has"),
        ({"break": ("parameters", [1])}, r"run\.json: this is no checkpoint"),
    ],
)
def test_a_checkpoint_that_does_not_fit_changes_nothing(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "run.json"
    train(moons_model(), 1, checkpoint=path)
    name, value = change.pop("break", ("format", 1))
    path.write_text(change.pop("content", json.dumps(json.loads(path.read_text()) | {name: value})))
    before = path.read_text()
    given = {"model": moons_model(), "data": (X, Y), "optimizer": Adam, "loss": losses.binary_cross_entropy}
    settings = {"seed": 3, "batch_size": 7, **given, **change}
    model, data, optimizer, loss = (settings.pop(name) for name in ("model", "data", "optimizer", "loss"))
    parameters = model.state_dict()
    with pytest.raises(ValueError, match=message):
        fit(model, data, loss, optimizer(model), 3, checkpoint=path, resume=True, **settings)
    assert model.state_dict() == parameters
    assert path.read_text() == before


def test_where_no_checkpoint_can_be() -> None:
    model, seen = moons_model(), moons_model().state_dict()
    with pytest.raises(OSError, match="cannot write"):
        train(model, 1, checkpoint="/nowhere/run.json")
    assert model.state_dict() == seen
    with pytest.raises(ValueError, match="to resume, say from which checkpoint"):
        train(model, 1, resume=True)
    with pytest.raises(FileNotFoundError, match=r"there is no checkpoint /nowhere/run\.json to resume from"):
        train(model, 1, checkpoint="/nowhere/run.json", resume=True)


class Scale(Module):
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.scale = Value(1.0)
        self.function = function

    def __call__(self, x: Any) -> Any:
        return self.function(self.scale * x[0])


@pytest.mark.parametrize(
    ("function", "inputs", "error", "message"),
    [
        (log, [1.0, 2.0, -1.0], DomainError, r"log\(-1\.0\) has no value.*, at sample 2, counted from 0, in epoch 1$"),
        (exp, [1.0, 1000.0], RangeError, r"exp\(1000\.0\) overflows.*, at sample 1, counted from 0, in epoch 1$"),
        (sqrt, [1.0, 0.0], DerivativeError, r"sqrt\(0\.0\) has no finite derivative.*, at sample 1.*, in epoch 1\n"),
    ],
)
def test_what_has_no_value_names_epoch_and_sample(
    function: Callable[[Any], Any], inputs: list[float], error: type[Exception], message: str
) -> None:
    model = Scale(function)
    with pytest.raises(error, match=message):
        fit(model, (inputs, inputs), losses.mse, SGD(model, lr=1e-3), 5)


def test_a_run_that_diverges_names_the_epoch() -> None:
    model = MLP(1, [1], seed=0)
    with pytest.raises(
        RangeError, match=r"^training stopped in epoch \d+, where a learning rate of 10 may be"
    ) as caught:
        fit(model, LINE, losses.mse, SGD(model, lr=10.0), 1000)
    assert caught.value.operation.name in ("add", "multiply", "subtract")


def test_the_validation_data_are_named_too() -> None:
    model = Scale(lambda x: x)
    three = MLP(1, [3], seed=0)
    with pytest.raises(ValueError, match=r"label 7 is out of range.*, at sample 1, counted from 0, of the validation"):
        fit(three, ([1.0], [0]), losses.cross_entropy, SGD(three), 1, validation=([1.0, 2.0], [0, 7]))
    with pytest.raises(ValueError, match="the validation data have 1 samples and 2 targets"):
        fit(model, LINE, losses.mse, SGD(model), 1, validation=([1.0], [0.0, 1.0]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": ([], [])}, "the training data are empty"),
        ({"data": 3.0}, "the training data are a pair"),
        ({"data": ([[1.0, 2.0]], [0, 1])}, "the training data have 1 samples and 2 targets"),
        ({"data": ([[1.0, 2.0], [1.0]], [0, 1])}, "sample 0 has 2 numbers, and sample 1 has 1"),
        ({"data": ([[1.0, 2.0], [1.0, np.nan]], [0, 1])}, "sample 1, counted from 0, holds nan, which is not finite"),
        ({"data": ([[1.0, 2.0]], [np.inf])}, "sample 0, counted from 0, holds inf"),
        ({"data": (np.ones((2, 2, 2)), [0, 1])}, "a sample is one row of numbers"),
        ({"data": ([[1.0]], [0])}, r"a sample of 1 number went into Layer\(2, 1\), which takes 2, at sample 0"),
        ({"data": ([[1.0, 2.0]], [[1.0, 2.0]])}, "predictions and targets differ in number: 1 and 2, at sample 0"),
        ({"epochs": -1}, "epochs is a whole number from 0, not -1"),
        ({"epochs": 1.5}, "epochs is a whole number from 0, not 1.5"),
        ({"batch_size": 0}, "batch_size is a whole number from 1, not 0"),
        ({"seed": None}, "seed is a whole number from 0, not None"),
        ({"engine": "cuda"}, "there is no engine 'cuda': there are auto, eager, numpy, jax"),
        ({"optimizer": SGD(MLP(2, [1]))}, "parameters that are not the model's"),
    ],
)
def test_what_does_not_fit_is_said(change: dict[str, Any], message: str) -> None:
    model = MLP(2, [1], seed=0)
    given = {"data": ([[1.0, 2.0]], [0.5]), "loss": losses.mse, "optimizer": SGD(model), "epochs": 1, **change}
    with pytest.raises(ValueError, match=message):
        fit(model, **given)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": len}, "the model is an nn.Module, not builtin_function_or_method"),
        ({"loss": "mse"}, r"the loss is a function, such as nn\.losses\.mse, not str"),
        ({"optimizer": SGD}, r"one of nn\.optimizers, such as nn\.SGD\(model\), not type"),
        ({"data": (["a"], [1.0])}, "the training data: expected one real number.* got str: 'a'"),
        ({"callbacks": early_stopping}, r"early_stopping makes a callback: write early_stopping\(\)"),
    ],
)
def test_what_is_of_another_kind_is_said(change: dict[str, Any], message: str) -> None:
    model = MLP(1, [1], seed=0)
    given = {"model": model, "data": LINE, "loss": losses.mse, "optimizer": SGD(model), "epochs": 1, **change}
    with pytest.raises(TypeError, match=message):
        fit(**given)


def test_a_loss_that_is_no_value_is_said() -> None:
    model = MLP(1, [1], seed=0)
    with pytest.raises(TypeError, match="the loss of a sample is to be one recorded Value, not float"):
        fit(model, LINE, lambda p, y: 1.0, SGD(model), 1)
    with pytest.raises(TypeError, match="the penalty is to be one recorded Value, not float"):
        fit(model, LINE, losses.mse, SGD(model), 1, penalty=lambda ps: 0.0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train(moons_model(), 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    train(moons_model(), 2, progress=False)
    assert terminal.getvalue() == ""
    history = train(moons_model(), 2)
    shown = terminal.getvalue()
    assert "2/2" in shown
    assert f"loss {history.loss[-1]:.4f} accuracy {100 * history.accuracy[-1]:.1f} %" in shown
    assert capsys.readouterr().out == ""


def test_a_history_prints_a_table() -> None:
    history = History(loss=[1 / n for n in range(1, 1001)], validation_accuracy=[0.5] * 1000)
    lines = str(history).splitlines()
    assert lines[0].split("  ")[-1].strip() == "validation accuracy"
    assert [int(line.split()[0]) for line in lines[1:]] == [1, *range(100, 1001, 100)]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert str(History()) == "epoch"


def test_an_engine_gets_the_task() -> None:
    tasks: list[Task] = []

    class Nothing:
        def __init__(self, task: Task) -> None:
            tasks.append(task)

        def epochs(self, coming: Any, advance: Any) -> Any:
            from nn.engines import Score

            return [Score(0.0, None)]

        def write_back(self) -> None:
            tasks[0].model.parameters()[0].data = 7.0

        def keep(self) -> Callable[[], None]:
            return lambda: None

    model = MLP(1, [1], seed=0)
    seen: list[float] = []
    fit(
        model,
        LINE,
        losses.mse,
        SGD(model),
        1,
        engine=Nothing,
        callbacks=[lambda model, history: seen.append(model.parameters()[0].data)],
    )
    assert seen == [7.0]
    loss, prediction = tasks[0].sample_loss([2.0], 5.0)
    assert loss.data == (prediction.data - 5.0) ** 2


def test_truth_values_and_numpys_whole_numbers() -> None:
    def trained(targets: Any, size: Any) -> list[float]:
        model = moons_model()
        return fit(model, (X, targets), losses.binary_cross_entropy, Adam(model), 2, batch_size=size).loss

    positive = np.array(Y) > 0
    assert trained(positive, np.int64(7)) == trained(positive.tolist(), 7) == trained(positive.astype(float), 7)


def test_a_model_takes_its_parameters_from_a_checkpoint(tmp_path: Path) -> None:
    model, path = moons_model(), tmp_path / "run.json"
    train(model, 2, checkpoint=path)
    assert moons_model().load(path).state_dict() == model.state_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"callbacks": 3}, "a callback is a function of the model and the history, not int"),
        ({"callbacks": [None]}, "a callback is a function of the model and the history, not NoneType"),
        ({"penalty": 0.1}, r"the penalty is a function of the parameters, such as nn\.losses\.l2_penalty, not float"),
        ({"correct": True}, "correct is a function of a prediction and a target, not bool"),
    ],
)
def test_what_is_to_be_a_function_is_said_before_anything_runs(change: dict[str, Any], message: str) -> None:
    model = MLP(1, [1], seed=0)
    before = model.state_dict()
    with pytest.raises(TypeError, match=message):
        fit(model, LINE, losses.mse, SGD(model), 1, **change)
    with pytest.raises(TypeError, match=r"the loss is a function, such as nn\.losses\.mse, not str"):
        evaluate(model, LINE, "mse")  # type: ignore[arg-type]
    assert model.state_dict() == before


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf, "fast"])
def test_a_schedule_that_gives_no_rate_is_said(rate: Any) -> None:
    for engine in ENGINES:
        model = MLP(1, [1], seed=0)
        with pytest.raises(ValueError, match=r"the learning rate of step 2 is a number 0 or more, not .*, in epoch 3"):
            fit(model, LINE, losses.mse, SGD(model, lr=lambda step: 0.01 if step < 2 else rate), 9, engine=engine)
