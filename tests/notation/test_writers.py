"""One tree, three writers: brackets where they are needed, and nothing that can be misread."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from autograd import Formula, Symbol
from autograd.notation import as_typed, number
from autograd.notation.latex import latex
from autograd.notation.mathml import mathml
from autograd.notation.tree import Expression, expression
from autograd.symbol import Verbatim, symbolic
from tests.notation.test_simplifying import expressions


def typed(formula: str) -> Symbol:
    """The formula as it was typed."""
    function = Formula(formula)
    return symbolic(function(*map(Verbatim, function.variables)))


def tree(formula: str) -> Expression:
    found = expression(typed(formula))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("x*exp(y) + sin(z)", "x e^y + sin(z)"),
        ("-(x + y)/z**2", "−(x + y)/z²"),
        ("x - (y - z)", "x − (y − z)"),
        ("x - (y + z)", "x − (y + z)"),
        ("x + (-y)", "x − y"),
        ("x*(-y)", "x(−y)"),
        ("-2*x*sin(2*x)", "−2x sin(2x)"),
        ("-0.5*x/y", "−0.5x/y"),
        ("exp(-2*x)", "e^(−2x)"),
        ("(-2*x)**2", "(−2x)²"),
        ("x + -2*y", "x − 2y"),
        ("x - -2*y", "x − (−2y)"),
        ("y/(-2*x)", "y/(−2x)"),
        ("y*(-2)*x", "y·(−2)x"),
        ("x*(y/z)", "x(y/z)"),
        ("x/y/z", "(x/y)/z"),
        ("x/(y*z)", "x/(yz)"),
        ("x/(y/z)", "x/(y/z)"),
        ("(x*y)**2", "(xy)²"),
        ("(-x)**2", "(−x)²"),
        ("-x**2", "−x²"),
        ("(x**y)**z", "(x^y)^z"),
        ("x**(y**z)", "x^(y^z)"),
        ("x**(n - 1)", "x^(n − 1)"),
        ("x**n", "xⁿ"),
        ("2*3*x", "6x"),
        ("x*2", "x·2"),
        ("2*x", "2x"),
        ("2*sin(x)", "2 sin(x)"),
        ("2*sigmoid(x)", "2σ(x)"),
        ("sin(x)**2", "sin²(x)"),
        ("sigmoid(x)**2", "σ(x)²"),
        ("sqrt(x)", "√x"),
        ("sqrt(x + 1)", "√(x + 1)"),
        ("sqrt(x)*y", "√x·y"),
        ("sqrt(x)**2", "(√x)²"),
        ("y*sqrt(x)", "y√x"),
        ("abs(x - y)", "|x − y|"),
        ("x*abs(y)", "x·|y|"),
        ("exp(x)*(y + 1)", "e^x·(y + 1)"),
        ("exp(-x)*(y + 1)", "e^(−x)(y + 1)"),
        ("(x + 1)*y", "(x + 1)·y"),
        ("(x + 1)*(y + 1)", "(x + 1)(y + 1)"),
        ("alpha*beta_1", "αβ₁"),
        ("w_1*x_1", "w₁x₁"),
        ("w1*x1", "w₁x₁"),
        ("rate*x", "rate·x"),
        ("x*y*loss", "x·y·loss"),
        ("cbrt(x)", "∛x"),
        ("log(x) + log2(x) + log10(x)", "ln(x) + log₂(x) + log₁₀(x)"),
        ("asin(x)", "arcsin(x)"),
        ("maximum(x, 0)", "max(x, 0)"),
        ("leaky_relu(x)", "LeakyReLU(x, 0.01)"),
        ("(x > 0)*y", "[x > 0]·y"),
        ("pi*x", "πx"),
        ("x + pi/2", "x + π/2"),
        ("x/3", "x/3"),
        ("x*1e-7", "x·10⁻⁷"),
        ("x + 2.5e20", "x + 2.5·10²⁰"),
        ("x + 0.1", "x + 0.1"),
        ("1/3*x", "(1/3)x"),
        ("2**x*3**y", "2^x·3^y"),
    ],
)
def test_text(formula: str, text: str) -> None:
    assert as_typed(typed(formula)) == text


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("-(x + y)/z**2", r"\frac{-\left(x + y\right)}{z^{2}}"),
        ("x*exp(y) + sin(z)", r"x \, e^{y} + \sin\left(z\right)"),
        ("sigmoid(w*x + b)", r"\sigma\left(w x + b\right)"),
        ("alpha_1*w_12", r"\alpha_{1} w_{12}"),
        ("sqrt(x**2 + y**2)", r"\sqrt{x^{2} + y^{2}}"),
        ("cbrt(x)", r"\sqrt[3]{x}"),
        ("abs(x)", r"\left|x\right|"),
        ("tanh(z)**2", r"\tanh^{2}\left(z\right)"),
        ("relu(x)", r"\operatorname{ReLU}\left(x\right)"),
        ("log10(x)", r"\log_{10}\left(x\right)"),
        ("my_loss*2", r"\mathrm{my}_{\mathrm{loss}} \cdot 2"),
        ("x >= 0", r"\left[x \ge 0\right]"),
        ("x*1e-7", r"x \cdot 10^{-7}"),
        ("-2*x*y", r"-2 x y"),
    ],
)
def test_latex(formula: str, written: str) -> None:
    assert latex(tree(formula)) == written


@settings(max_examples=300, deadline=None)
@given(expressions())
def test_every_tree_is_written_well_formed(formula: str) -> None:
    try:
        found = tree(formula)
    except (ArithmeticError, ValueError):
        return
    ElementTree.fromstring(mathml(found))
    in_latex = latex(found)
    assert in_latex.count("{") == in_latex.count("}")
    assert in_latex.count(r"\left") == in_latex.count(r"\right")


def test_mathml_says_what_is_meant() -> None:
    assert mathml(tree("x/y")) == "<math><mfrac><mrow><mi>x</mi></mrow><mrow><mi>y</mi></mrow></mfrac></math>"
    assert "&lt;" in mathml(tree("x < y"))


def test_a_formula_too_large_to_be_read_is_left_in_python() -> None:
    deep = Symbol("x")
    for _ in range(500):
        deep = deep.sin()
    assert deep.mathematics == str(deep)
    assert deep.latex.startswith(r"\mathtt{sin(")


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (1.5707963267948966, "π/2"),
        (-3.141592653589793, "−π"),
        (4.71238898038469, "3π/2"),
        (1.5708, "1.5708"),
        (2 / 3, "0.666667"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1e300, "10³⁰⁰"),
        (-5.0, "−5"),
        (float("inf"), "inf"),
    ],
)
def test_numbers(x: float, text: str) -> None:
    assert number(x) == text
