"""``chainrule train``: the tutorial's run, micrograd's demo, or handwritten digits."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.cli.arguments import Parser, Unusable
from autograd.errors import OperationError
from autograd.files import write_whole

if TYPE_CHECKING:
    from nn.runs import Run

EPOCHS = {"tutorial": 1000, "moons": 100, "digits": 20}
# The points at which the tutorial asks its network.
ASKED = [(0.0, 0.0), (1.0, 1.0), (-1.0, 0.5), (0.5, -0.5)]
DESCRIPTION = """\
Train a network of scalars and show how it went.

  chainrule train tutorial   two moons, 2-10-1, as in the tutorial from which this project grew
  chainrule train moons      two moons, 2-16-16-1, the demo of micrograd
  chainrule train digits     handwritten digits, 64-32-10 (needs scikit-learn for the data)

Pictures of the loss and of the decision boundary go to ./chainrule-pictures (needs matplotlib). ctrl-C shows what was
learnt so far."""


def command(arguments: Sequence[str]) -> int:
    """Run the command; 130 if ctrl-C ended the run early."""
    from nn.runs import RUNS
    from nn.training import ENGINES

    parser = Parser(prog="chainrule train", description=DESCRIPTION)
    parser.add_argument("run", metavar="run", help=f"one of: {', '.join(RUNS)}")
    parser.add_option("--epochs", type=int, metavar="N", help="how long (tutorial 1000, moons 100, digits 20)")
    parser.add_option("--engine", metavar="NAME", help=f"what computes: one of {', '.join(ENGINES)}")
    parser.add_option("--checkpoint", metavar="FILE", help="write the state there now and then, and at the end")
    parser.add_option("--resume", "--checkpoint", action="store_true", help="go on from the checkpoint")
    parser.add_option("--pictures", metavar="DIR", default="chainrule-pictures", help="where the pictures go")
    options = parser.read(arguments)
    parser.check_use()
    if options.run not in RUNS:
        raise Unusable(f"there is no run {options.run!r}; there are {', '.join(RUNS)}")
    given = {"checkpoint": options.checkpoint, "resume": options.resume}
    if options.engine is not None:
        given["engine"] = options.engine
    try:
        run = RUNS[options.run](options.epochs if options.epochs is not None else EPOCHS[options.run], **given)
    except OperationError:
        raise
    except (ValueError, ImportError) as error:
        raise Unusable(str(error)) from None
    _report(options, run)
    return 130 if run.history.interrupted else 0


def _report(options: argparse.Namespace, run: Run) -> None:
    if not run.history.epochs:
        print("no epoch was run")
        return
    print(f"{run.history}\n")
    for name, score in (("training", run.training_score()), ("test", run.test_score())):
        if score is not None:
            print(f"{name:<9} accuracy {score.accuracy:.4f}   loss {score.loss:.6f}")
    if options.run == "tutorial":
        from nn import predict

        print("\nprobability of class 1")
        for point, probability in zip(ASKED, predict(run.model, ASKED).tolist(), strict=True):
            print(f"  at {point!s:<12} {probability:.6f}")
    try:
        for picture in _pictures(run, options):
            print(f"\npicture: {picture}", end="")
        print()
    except ImportError as error:
        print(f"\nno pictures: {error}")


def _pictures(run: Run, options: argparse.Namespace) -> Iterator[Path]:
    from nn import plotting

    yield _saved(options, "loss", lambda ax: plotting.plot_loss(run.history, ax))
    if len(run.training[0][0]) == 2:
        for name, data in (("training", run.training), ("test", run.test)):
            if data is not None:
                yield _saved(
                    options,
                    f"boundary-{name}",
                    lambda ax, data=data: plotting.plot_decision_boundary(run.model, *data, ax),  # type: ignore[misc]
                )


def _saved(options: argparse.Namespace, name: str, draw: Callable[[Any], Any]) -> Path:
    import io

    from nn.plotting.canvas import matplotlib

    figure = matplotlib("figure").Figure(figsize=(6.4, 4.8), layout="constrained")  # no window, whatever the backend
    draw(figure.add_subplot())
    target = Path(options.pictures) / f"{options.run}-{name}.svg"
    picture = io.BytesIO()
    figure.savefig(picture, format="svg")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return write_whole(target, picture.getvalue())
    except OSError as error:
        raise Unusable(f"cannot write {target}: {error.strerror or error}") from None
