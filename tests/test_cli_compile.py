"""``chainrule compile``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd import Formula, value_and_grad
from autograd.cli import main


@pytest.mark.parametrize(
    "formula",
    [
        "log(x**2 + y**2 + 1)",
        "(x + y)/z",
        "x*exp(y) + sin(z)",
        "1/(x - 1)",
        "log(x - 5)",
        "where(x > 1, x, y)",
        "2*x + 3",
        "x**2 + (-2)**2",
    ],
)
def test_what_is_printed_runs(capsys: pytest.CaptureFixture[str], formula: str) -> None:
    assert main(["compile", formula]) == 0
    source = capsys.readouterr().out
    assert source.startswith("import numpy as np\n")
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    function = Formula(formula)
    samples = np.random.default_rng(0).uniform(6.0, 9.0, (len(function.variables), 5))
    value, *gradient = namespace["value_and_grad"](*samples)
    for i, point in enumerate(samples.T.tolist()):
        expected, partials = value_and_grad(function)(*point)
        partials = partials if isinstance(partials, tuple) else (partials,)
        assert value[i] == pytest.approx(expected, rel=1e-12)
        assert [d[i] for d in gradient] == pytest.approx(list(partials), rel=1e-12)


def test_a_formula_whose_derivative_exists_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """It has values: at even numbers, for one."""
    for arguments in (["(-2)**x"], ["(-2)**x", "x=2"], ["x**y", "x=-2", "y=2"]):
        assert main(["compile", *arguments]) == 0
        out = capsys.readouterr().out
        namespace: dict[str, Any] = {}
        exec(out, namespace)
        with np.errstate(invalid="ignore"):
            value, *gradient = namespace["value_and_grad"](
                *np.array([[2.0]] if "(-2)**x" in arguments else [[-2.0], [2.0]])
            )
        assert np.asarray(value).tolist() == [4.0]
        assert np.isnan(gradient[-1]).all()


def test_other_targets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "log(x**2 + y**2 + 1)", "--target", "jax"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("import jax.numpy as jnp\n")
    assert "jnp.log" in out


def test_a_point_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    formula = "log(1e9 - x) + log(x - 1e9 + 1e-3)"
    assert main(["compile", formula]) == 2
    assert "no point was found at which log(1e9 - x)" in capsys.readouterr().err
    assert main(["compile", formula, "x=1e9 - 5e-4"]) == 0
    assert "np.log" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 2, "which formula is to be compiled?"),
        (["3 +"], 2, "the formula breaks off here"),
        (["3"], 2, "3 has no variables: there is nothing to compile"),
        (["log(x)", "--target", "torch"], 2, 'the target is "numpy", "jax" or "javascript", not \'torch\''),
        (["log(x)", "x=-1"], 1, "log(-1.0) has no value: log needs x > 0"),
        (["log(x)", "x=1", "y=2"], 2, "y is given a value, but the formula's variables are: x"),
        (["log(x)", "x"], 2, "'x' is no assignment"),
        (["x*y", "x=1"], 2, "y has no value"),
        (["log(-abs(x) - 1)"], 2, "no point was found"),
        (["__import__('os')"], 2, "there is no function '__import__'"),
    ],
)
def test_bad_input(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, message: str) -> None:
    assert main(["compile", *arguments]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("chainrule: ")
    assert message in err
