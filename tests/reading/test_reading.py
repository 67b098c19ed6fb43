"""How texts are read: what is known decides, Python keeps its meaning, and every other reading is offered."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Formula, FormulaError, Value
from autograd.errors import OperationError
from autograd.graph import topological_order
from autograd.reading.conditions import comparisons
from autograd.reading.functions import FUNCTIONS
from autograd.reading.table import compiled, table

NAMES = ("x", "y", "z", "w1", "x_1", "xy", "é")


@pytest.mark.parametrize(
    ("text", "variables", "reading"),
    [
        ("xy", "x y", "x·y"),
        ("x⁻½", "x", "x^(-½)"),
        ("1{,}5x", "x", "1.5·x"),
        ("½∥x − y∥²", "x y", "½·|x - y|^2"),
        ("Math.sin(x)", "x", "sin(x)"),
        ("w^T x", "w x", "w·x"),
        (r"w^{\top} x", "w x", "w·x"),
        ("w^T x", "w x T", "w^T·x"),
        ("xy", "", "xy"),
        ("xy", "xy x y", "xy"),
        ("xy + x", "x", "xy + x"),  # y is not known, so nothing says that it is a product
        ("wx₁ + b", "w x1 b", "w·x1 + b"),
        ("αx", "alpha x", "alpha·x"),
        (r"\alpha + α", "", "α + α"),
        ("x_1 + x1", "", "x_1 + x1"),  # as in Python
        ("x_1 + x₁ + x_{1}", "x1", "x1 + x1 + x1"),
        ("σ(x)", "x", "σ(x)"),
        ("σ(x)", "x σ", "σ·(x)"),
        ("σ x", "x", "σ(x)"),
        ("σ x", "", "σ·x"),
        ("1/(σ√(2π))", "σ", "1/(σ·sqrt(2·π))"),
        ("e^2x", "x", "e^2·x"),
        ("2e-3x", "x", "2e-3·x"),
        ("f(x, y) = xy", "", "x·y"),
        ("max(1,2)", "", "max(1, 2)"),
        ("ln(1,2)", "", "ln(1.2)"),
        ("x - mean", "", "x - mean"),
        ("mean(x, y)", "x y", "mean(x, y)"),
        ("sinx", "", "sinx"),
        ("sinx", "x", "sin(x)"),
        ("π r", "", "π·r"),
        ("πr", "", "π·r"),
        ("x ln y/z", "x y z", "x·ln(y)/z"),
        ("sin^-1 x", "x", "arcsin(x)"),
        ("sen x", "x", "sin(x)"),
        ("a(x + 1)", "", "a·(x + 1)"),
    ],
)
def test_what_is_known_decides(text: str, variables: str, reading: str) -> None:
    assert Formula(text, variables.split()).reading == reading


@pytest.mark.parametrize(
    ("text", "variables", "other"),
    [
        ("1/2x", "x", ["1/2x means 1/(2·x)"]),
        ("a/bc", "a b c", ["a/bc means a/(b·c)"]),
        ("e^2x", "x", ["e^2x means e^(2·x)"]),
        ("x^1/2", "x", ["x^1/2 means x^(1/2)"]),
        ("x^y^z", "x y z", ["x^y^z means (x^y)^z"]),
        ("sin x y", "x y", ["sin x y means sin(x)·y"]),
        ("sin x/2", "x", ["sin x/2 means sin(x/2)"]),
        ("2 sin x/2", "x", ["2 sin x/2 means 2·sin(x/2)"]),
        ("sin x²", "x", ["sin x² means sin(x)^2"]),
        ("√2x", "x", ["√2x means sqrt(2·x)"]),
        ("sin⁻¹ x", "x", ["sin⁻¹ x means 1/sin(x)"]),
        ("log x", "x", ["log x means log_10(x)"]),
        ("xy", "", ["xy means x·y"]),
        ("1/(2x) + e^{2x} + sin(x)·y + √(2x) + x^(y^z) + ln x", "x y z", []),
        ("-(x + y)/z**2 + x**y**2/3*x", "x y z", []),
    ],
)
def test_other_readings(text: str, variables: str, other: list[str]) -> None:
    formula = Formula(text, variables.split())
    assert [alternative.told for alternative in formula.alternatives] == other
    for alternative in formula.alternatives:
        assert alternative.formula.reading != formula.reading


def test_another_reading_has_another_value() -> None:
    (other,) = Formula("1/2x", ["x"]).alternatives
    assert (Formula("1/2x", ["x"])(x=4.0), other.formula(x=4.0)) == (2.0, 0.125)
    (other,) = Formula("xy").alternatives
    assert other.formula(x=2.0, y=3.0) == 6.0


def test_notes() -> None:
    assert Formula("x_1x_2").notes == ("x_1x_2 is one variable: nothing says that x_1 and x_2 are variables",)
    assert Formula("wᵀx", ["w", "x"]).notes == ("of a number the transpose is the number",)
    assert Formula("xy + 1").notes == ("xy is one variable: nothing says that x and y are variables",)
    assert Formula("x(y + 1)").notes == ("x(…) is a product: nothing says that x is a function",)
    assert Formula("2log x", ["x"]).notes == ("log is the natural logarithm, as in Python",)
    assert Formula("σ(x)").notes == ("σ(…) is the sigmoid",)
    assert Formula("log(x)").notes == ()
    assert Formula("mean(x²)").notes == (
        "a formula is about single numbers: the sum and the mean of one number are that number",
    )
    assert Formula("mean(x, y)")(1.0, 4.0) == 2.5


@pytest.mark.parametrize(
    ("text", "as_typed"),
    [
        ("x*exp(y) + sin(z)", True),
        ("x · exp(y)+sin(z)", True),
        ("-(x + y) / z ** 2", True),
        ("−(x + y)/z²", True),
        ("x**-1", True),
        ("2·π", True),
        ("2x", False),
        ("x e^y", False),
        ("sin x", False),
        (r"\frac{x}{y}", False),
        ("0,5", False),
        ("[x]", False),
    ],
)
def test_a_reading_is_shown_unless_it_is_what_was_typed(text: str, as_typed: bool) -> None:
    assert Formula(text, "xyz").as_typed is as_typed


def test_variables_may_be_called_like_functions_that_only_mathematics_has() -> None:
    assert Formula("max + ln*sec", ["max", "ln", "sec"])(1.0, 2.0, 3.0) == 7.0


def test_e_to_a_power_is_the_exponential_and_the_power_is_a_power() -> None:
    x = Value(0.7)
    assert [node.operation and node.operation.name for node in topological_order(Formula("e^x")(x))] == [None, "exp"]
    assert Formula("e**x")(x).operation.name == "power"


def expressions(depth: int = 4) -> st.SearchStrategy[str]:
    """Texts of Python, with blanks here and there."""
    atoms = st.sampled_from([*NAMES, "2", "3.0", ".5", "1e-2", "1_0", "0x1F", "pi", "e"])
    blank = st.sampled_from(["", " ", "  "])
    signs = st.sampled_from(["+", "-", "*", "/", "**", "<", ">="])
    one = st.sampled_from(["sin", "exp", "log1p", "tanh", "relu", "sigmoid", "abs", "square", "log_sigmoid"])
    two = st.sampled_from(["maximum", "atan2", "hypot", "leaky_relu"])

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("{}{}{}{}{}".format, inner, blank, signs, blank, inner),
            st.builds("{}{}{}".format, st.sampled_from("+-"), blank, inner),
            st.builds("({}{})".format, blank, inner),
            st.builds("{}{}({})".format, one, blank, inner),
            st.builds("{}({},{}{})".format, two, inner, blank, inner),
        )

    return st.recursive(atoms, extend, max_leaves=12)


@settings(max_examples=500)
@given(expressions(), st.lists(st.floats(-3.0, 3.0), min_size=len(NAMES), max_size=len(NAMES)))
def test_python_keeps_its_meaning_to_the_last_bit(text: str, numbers: list[float]) -> None:
    leaves = {name: Value(number, label=name) for name, number in zip(NAMES, numbers, strict=True)}
    functions = {name: getattr(autograd, name) for name in FUNCTIONS if hasattr(autograd, name)}
    functions |= {"pi": 3.141592653589793, "e": 2.718281828459045, "abs": autograd.OPERATIONS["abs"]}
    try:
        code = compile(text, "a text of ours", "eval")
    except SyntaxError:
        return
    if "<" in text or ">" in text:  # Python compares Values, and two of them at a time
        return
    try:
        expected = eval(code, {"__builtins__": {}}, {**functions, **leaves})
    except (OperationError, ArithmeticError, TypeError, AttributeError):  # among plain numbers, Python's own rules
        return
    if isinstance(expected, complex):  # a root of a negative plain number has no value here
        return
    for known in ((), NAMES):
        read = Formula(text, known).evaluate(leaves)
        if isinstance(expected, Value):
            assert shape(read) == shape(expected)
        else:
            assert float(read) == pytest.approx(float(expected), rel=1e-15)


def shape(output: Any) -> list[Any]:
    """The nodes of a graph: their operations and values in order."""
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    return [
        (node.operation and node.operation.name, node.data.hex(), [place[parent] for parent in node.parents])
        for node in order
    ]


def test_the_table_is_that_of_the_grammar() -> None:
    assert compiled() == table(), "the grammar has changed: python -m autograd.reading.table"


def test_formulas_are_read_without_the_library_that_compiled_the_grammar() -> None:
    program = "import sys, autograd; autograd.Formula('x'); print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_conditions() -> None:
    assert list(comparisons("0 < z ≤ 5 and (x ≠ 1), y = 2")) == ["0 < z", "z <= 5", "x != 1", "y == 2"]
    assert list(comparisons("x > 0 ∧ (y > 0 and z > 0)")) == ["x > 0", "y > 0", "z > 0"]
    assert list(comparisons("max(x, y) > 0")) == ["max(x, y) > 0"]
    with pytest.raises(FormulaError):
        list(comparisons(r"x > \foo"))
