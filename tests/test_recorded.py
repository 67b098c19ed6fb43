"""A recorded output as a function of its leaves: checked, verified, and computed again on every kind of number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    DerivativeError,
    Operation,
    Symbol,
    Value,
    assert_gradients,
    check_gradients,
    compile,
    exp,
    hessian,
    log,
    relu,
    sin,
    sqrt,
    verify,
)
from autograd.graph import topological_order
from autograd.recorded import Recorded, replayed
from nn import MLP


def _recorded() -> tuple[Value, Value, Value]:
    x, y = Value(1.5, label="x"), Value(-1.0, label="y")
    q = x + y
    q.label = "q"
    return x, y, q * exp(y) + sin(x) * 2.0


@given(x=st.floats(-3.0, 3.0), y=st.floats(-3.0, 3.0))
def test_it_computes_what_the_program_computed(x: float, y: float) -> None:
    f = Recorded(_recorded()[2])
    mpmath.mp.dps = 50
    exact = (mpmath.mpf(x) + y) * mpmath.exp(y) + 2 * mpmath.sin(x)
    assert f(x, y) == pytest.approx(float(exact), rel=1e-13, abs=1e-14)
    assert f(Value(x), Value(y)).data == f(x, y)


def test_it_runs_on_every_kind_of_number() -> None:
    x, y, output = _recorded()
    f = Recorded(output)
    assert (f.variables, f.point) == (("x", "y"), {"x": 1.5, "y": -1.0})
    assert f(1.5, -1.0) == output.data
    assert str(f(Symbol("a"), 0.0)) == "a + 2 * sin(a)"
    assert f.text == "(x + y) * exp(y) + sin(x) * 2"
    assert hessian(f)(1.5, -1.0)[0][1] == pytest.approx(math.exp(-1.0))
    x.data = 2.0
    assert f.point["x"] == 2.0
    assert f(2.0, -1.0) == (x + y).data * math.exp(-1.0) + 2.0 * math.sin(2.0)


def test_a_recorded_gradient_is_checked_where_its_leaves_are() -> None:
    x, _, f = _recorded()
    check = check_gradients(f)
    assert (check.verdict, [partial.name for partial in check.partials]) == ("pass", ["x", "y"])
    assert check.partials[0].value == pytest.approx(math.exp(-1.0) + 2.0 * math.cos(1.5))
    x.data = 0.5
    assert check_gradients(f).partials[0].value == pytest.approx(math.exp(-1.0) + 2.0 * math.cos(0.5))
    assert check_gradients(f, 0.0, 0.0).partials[0].value == pytest.approx(3.0)
    assert check_gradients(f, gradient=(1.0, 2.0)).verdict == "fail"
    x.data = 0.0
    assert check_gradients(relu(x)).verdict == "kink"
    assert check_gradients(x).verdict == "pass"


def test_a_wrong_rule_of_a_recorded_operation_fails() -> None:
    cube = Operation("cube", lambda x: x * x * x, lambda out, x: 2.0 * x * x)
    assert check_gradients(cube(Value(2.0, label="x"))).verdict == "fail"


def test_a_network_is_checked() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    for name, parameter in model.named_parameters():
        parameter.label = name
    output: Any = model([0.5, -1.0])
    check = check_gradients(output)
    assert (check.verdict, len(check.partials)) == ("pass", len(model.parameters()))


def test_verify_takes_a_recorded_output() -> None:
    x, y, f = _recorded()
    assert verify(f, claimed={"x": "exp(y) + 2*cos(x)", "y": "exp(y)*(1 + x + y)"}).ok
    wrong = verify(f, claimed={"y": "exp(y)"})
    assert [claim.verdict for claim in wrong.claims] == ["wrong"]
    assert wrong.claims[0].diagnoses[0].code == "missing-path"
    assert str(wrong).startswith("∂f/∂y is wrong: a path is missing.\nf = (x + y)e^y + sin(x)·2   at x = 1.5, y = −1\n")
    assert "q = x + y" in wrong._repr_mimebundle_()["text/html"]
    x.data, y.data = 0.0, 0.0
    assert verify(f, claimed={"x": 3}, values={"f": 0}).ok
    assert verify(f, {"x": 1, "y": 0}, {"x": 1 + 2 * math.cos(1.0)}).ok
    assert verify(f, claimed={"q": "exp(y)"}, steps={"q": "x + y"}).ok
    assert_gradients(f, claimed=lambda x, y: (math.exp(y) + 2 * math.cos(x), math.exp(y) * (1 + x + y)))
    with pytest.raises(AssertionError, match="wrong"):
        assert_gradients(f, claimed={"x": 4})


def test_labels_are_names_as_python_reads_them() -> None:
    keyboard, greek = Value(3.0, label="\u00b5"), Value(4.0, label="\u03bc")
    assert verify(keyboard * keyboard, claimed={"\u00b5": 6, "\u03bc": 6}).claims[0].ok
    with pytest.raises(ValueError, match="2 leaves have the label"):
        check_gradients(keyboard * greek)


x = Value(2.0, label="x")


@pytest.mark.parametrize(
    ("attempt", "error", "message"),
    [
        (lambda: check_gradients(x * Value(3.0)), ValueError, r"1 leaf has none: give the one that is 3\.0 a label"),
        (lambda: verify(x * Value(3.0), claimed={"x": 3}), ValueError, r"as in x\.label = 'x'"),
        (lambda: check_gradients(Value(1.0) + Value(2.0)), ValueError, "2 leaves have none"),
        (lambda: check_gradients(x * Value(1.0, label="x")), ValueError, "2 leaves have the label 'x'"),
        (lambda: check_gradients(x * 2, 1.0, 2.0), TypeError, "a function of x: it takes 1 numbers, not 2"),
        (lambda: verify(x * 2), ValueError, "nothing is claimed"),
        (lambda: verify("x*y", claimed={"x": 1}), TypeError, "at gives a number for each variable"),
        (lambda: check_gradients(3.0), TypeError, "takes a function or a recorded Value, not float"),  # type: ignore[arg-type]
        (lambda: verify(3, {}, {}), TypeError, "a formula, a Python function or a recorded Value, not int"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_done_is_said(attempt: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        attempt()


def test_where_the_recorded_output_has_no_value_any_more_nothing_is_decided() -> None:
    y = Value(2.0, label="y")
    f = log(y)
    y.data = -1.0
    assert verify(f, claimed={"y": -1}).claims[0].verdict == "undecided"


def test_at_a_kink_of_a_recorded_output_the_convention_is_right() -> None:
    x = Value(0.0, label="x")
    for claimed, verdict in ((0, "right"), (1, "wrong"), ("undefined", "right")):
        (claim,) = verify(abs(x) * 3, claimed={"x": claimed}).claims
        assert claim.verdict == verdict, str(claim)
    assert verify(relu(x), claimed={"x": 0}).ok


def test_a_graph_is_recorded_again_from_what_its_leaves_are_now() -> None:
    x, y, f = _recorded()
    order = topological_order(f)
    x.data, y.data = 0.5, 2.0
    again = replayed(order)
    assert topological_order(again[f]) == [again[node] for node in order]
    for node in order:
        twin = again[node]
        assert twin is not node
        assert (twin.label, twin.is_constant, twin.operation) == (node.label, node.is_constant, node.operation)
        assert list(twin.parents) == [again[parent] for parent in node.parents]
    assert again[f].data == pytest.approx(2.5 * math.exp(2.0) + 2.0 * math.sin(0.5))
    again[f].backward()
    assert again[x].grad == pytest.approx(math.exp(2.0) + 2.0 * math.cos(0.5))
    assert x.grad == 0.0
    assert again[y].grad == pytest.approx(3.5 * math.exp(2.0))


def test_a_compiled_graph_names_the_place_of_an_error_as_its_user_does() -> None:
    x = Value(2.0, label="x")
    q = x * x
    q.label = "q"
    step = compile(sqrt(q))
    x.data = 0.0
    with pytest.raises(DerivativeError, match=r"with respect to q, and the gradient of x needs it, on .* → q → x"):
        step()
