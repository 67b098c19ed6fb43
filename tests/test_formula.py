"""Reading formulas: what they can be made of, and one clear sentence for everything else."""

from __future__ import annotations

import copy
import math
import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import DomainError, Formula, FormulaError, Symbol, Value
from autograd.formula import constant


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x*exp(y) + sin(z)", 1.5 * math.exp(-1.0) + 1.0),
        ("-x ** 2", -2.25),
        ("2**-1**2", 0.5),
        ("+x - -y", 0.5),
        ("  x\n  + y ", 0.5),
        ("where(x > y, x, y) + (x >= y)", 2.5),
        ("clip(x, 0, 1) + leaky_relu(y) + leaky_relu(y, 0.5)", 1.0 - 0.01 - 0.5),
        ("1_000 + 0x10 + 1e3 + pi*0", 2016.0),
        ("xlogy(x, e)", 1.5),
        ("é*é", 2.25),
    ],
)
def test_values(text: str, value: float) -> None:
    numbers = {"x": 1.5, "y": -1.0, "z": math.pi / 2, "é": 1.5}
    assert Formula(text).evaluate(numbers) == pytest.approx(value, rel=1e-15)
    recorded = Formula(text).evaluate({name: Value(number) for name, number in numbers.items()})
    assert getattr(recorded, "data", recorded) == pytest.approx(value, rel=1e-15)


def test_variables_in_the_order_of_their_appearance() -> None:
    formula = Formula("z*x + exp(z)")
    assert formula.variables == ("z", "x")
    assert formula(2.0, 3.0) == formula(x=3.0, z=2.0) == formula(2.0, x=3.0) == 6.0 + math.exp(2.0)
    assert str(formula(Symbol("a"), Symbol("b"))) == "a * b + exp(a)"
    for wrong in ((1.0,), (1.0, 2.0, 3.0)):
        with pytest.raises(TypeError, match="takes z, x, each once"):
            formula(*wrong)


@pytest.mark.parametrize(
    ("text", "message", "caret"),
    [
        ("", "the formula is empty", ""),
        ("$ $", "the formula is empty", ""),
        ("x +", "breaks off here", "     ^"),
        ("x) + (y", "unmatched ')'", "   ^"),
        ("(x", "'(' was never closed", "  ^"),
        ("(x]", "the bracket ( is closed by ]", "    ^"),
        ("2·|x", "the bar '|' was never closed", "    ^"),
        ("|x| + ||", "the bar '|' was never closed", "        ^"),
        (r"\left| \right|", "nothing between the bars", "       ^^^^^^^^^"),
        ("2 3", "two numbers stand side by side", "  ^^^"),
        ("2x 3", "A product is 3·x, a power x^3", "     ^"),
        ("x!", "factorial", "   ^"),
        ("sin", "sin is a function: give it an operand, as in sin(x)", "  ^^^"),
        ("2 sin - 1", "give it an operand", "    ^^^"),
        ("max 2", "in brackets, as in max(x, y)", "  ^^^"),
        ("__import__('os')", "no function '__import__'", "  ^^^^^^^^^^"),
        ("x.real", "no attributes", "   ^"),
        ("(1).__class__", "no attributes", "     ^"),
        ("x[0]", "no index in brackets: x_0 is a name", "   ^"),
        ("sigmod(x)", "did you mean sigmoid?", "  ^^^^^^"),
        ("xsin(x)", "did you mean x sin?", "  ^^^^"),
        ("f(x)", "there is no function 'f', and nothing says that it is a variable", "  ^"),
        ("the slope", "nothing says what 'the' is", "  ^^^"),
        ("x e^y + sinn z", "the sign of the product; did you mean sin?", "          ^^^^"),
        ("x if y else z", "where(condition, x, y)", "    ^^"),
        ("1 + sin(x, y)", "sin takes 1 operand, got 2", "      ^^^^^^^^^"),
        ("sin()", "sin takes 1 operand, got 0", "     ^^"),
        ("atan2(x)", "atan2 takes 2 operands, got 1", "  ^^^^^^^^"),
        ("where(x, y)", "where takes 3 operands, got 2", "  ^^^^^^^^^^^"),
        ("max(x)", "max takes at least 2 operands, got 1", "  ^^^^^^"),
        ("x < y < z", "two numbers at a time", "        ^"),
        ("x = 3", "this is an equation", "    ^"),
        ("x, y", "one result", "   ^"),
        ("1,000", "1,000 can be 1000 or 1.000", "  ^^^^^"),
        ("1.5,5", "one result", "     ^"),
        ("max(1,5, x)", "is one of them a decimal comma?", "     ^^^^^"),
        ("softmax(x)", "several results", "  ^^^^^^^"),
        ("log_0(x)", "no logarithm to the base 0", "  ^^^^^"),
        ("x dx", "dx is a differential", "    ^^"),
        ("'a'", "no real number", "  ^"),
        ("1j", "no real number", "  ^^"),
        ("True", "no real number", "  ^^^^"),
        ("[x for x in y]", "word of Python's", "     ^^^"),
        ("lambda: 0", "cannot be part of", "        ^"),
        ("x // 2", "an operand is missing before this /", "     ^"),
        ("x # comment", "'#' cannot be part", "    ^"),
        (r"\frac{x}", "an operand is missing: a fraction is", "          ^"),
        (r"\sum_i x_i", "a sum over an index cannot be read", "  ^^^^"),
        (r"\nonsense{x}", r"no LaTeX command \nonsense", "  ^^^^^^^^^"),
        ("x_{a+b}", "letters and digits only", "   ^^^^^^"),
        ("x^", "breaks off here", "    ^"),
        ("x*^2", "an operand is missing before this ^", "    ^"),
        ("1e999", "too large for a float", "  ^^^^^"),
        ("1" + "0" * 400, "too large for a float", "  " + "^" * 76),
        ("(" * 1001 + "x" + ")" * 1001, "nested too deeply; the limit is 1000 levels", ""),
        ("-" * 1500 + "x", "nested too deeply; the limit is 1000 levels", ""),
        ("1 + 9**9**9**9", "overflows", "         ^^^^^^^"),
        ("é + ß.a", "no attributes", "       ^"),
        ("x\0", "cannot be part", "   ^"),
        ("x\ud800", "cannot be part", "   ^"),
    ],
)
def test_what_is_no_formula(text: str, message: str, caret: str) -> None:
    with pytest.raises(FormulaError) as caught:
        Formula(text, ["x"] if " dx" in text else ())
    assert message in caught.value.message
    lines = str(caught.value).split("\n")
    assert len(lines) == (3 if caret else 1)
    assert lines[-1] == caret or not caret
    assert "�" not in lines[0]


@pytest.mark.parametrize(
    "text",
    ["(" * 100_000, "-" * 100_000 + "x", "x+" * 100_000 + "x", "-" * 9_000 + "x", "x+" * 4_000 + "x", "9" * 9_000],
)
def test_what_is_too_long_or_too_deep(text: str) -> None:
    with pytest.raises(FormulaError, match=r"limit|deeply|too large"):
        Formula(text)


def test_nine_hundred_terms_are_not_too_many() -> None:
    assert Formula("x+" * 900 + "x")(1.0) == 901.0


def test_a_domain_error_shows_the_part_that_it_came_from() -> None:
    with pytest.raises(DomainError, match=r"log\(-0\.5\) has no value") as caught:
        Formula("x*log(y - 1)")(1.0, 0.5)
    assert caught.value.__notes__ == ["  x*log(y - 1)\n    ^^^^^^^^^^"]


def test_a_pointer_into_a_long_formula_is_cut_to_its_place() -> None:
    with pytest.raises(FormulaError) as caught:
        Formula("x+" * 200 + "qq(a)" + "+x" * 200)
    _, shown, carets = str(caught.value).split("\n")
    assert len(shown) < 80
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "qq"


def test_constants() -> None:
    assert constant("pi/2") == math.pi / 2
    with pytest.raises(FormulaError, match="'y' is not a constant"):
        constant("2*y")


@pytest.mark.parametrize("text", ["xy + max(x, 1) + sec y", "x*" * 800 + "y"])
def test_copies_and_pickles(text: str) -> None:
    formula = Formula(text, ["x", "y"])
    for again in (pickle.loads(pickle.dumps(formula)), copy.deepcopy(formula)):
        assert (again.text, again.reading, again(1.0, 0.5)) == (text, formula.reading, formula(1.0, 0.5))
    (other,) = Formula("1/2x").alternatives
    assert pickle.loads(pickle.dumps(other.formula))(4.0) == 0.125


def check_that_it_is_read_or_refused(text: str) -> None:
    try:
        formula = Formula(text, ["x", "y"])
        assert Formula(formula.reading, formula.variables).reading == formula.reading, "how it is read is a formula"
    except FormulaError:
        pass  # any other error fails the test


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    check_that_it_is_read_or_refused(text)


def test_any_shuffled_formula_is_read_or_refused() -> None:
    pieces = ["x", "sin", "(", ")", "**", "1e3", "+", "-", ",", " ", "<", "if", "lambda", "[", "]", ".", ":=", "*", "'"]
    pieces += ["²", "ⁿ", "|", "√", "½", "^", "{", "}", "\\frac", "\\left", "\\sqrt", "$", "_", "σ", "₁", "log_", "="]
    draw = random.Random(5)
    for _ in range(3000):
        check_that_it_is_read_or_refused("".join(draw.choices(pieces, k=draw.randrange(12))))
