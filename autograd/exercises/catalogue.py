"""All exercises by number: the course's, and a dozen more of rising difficulty."""

from __future__ import annotations

from autograd.exercises.answers import Dominating, Limit, Stable
from autograd.exercises.course import COURSE_AND_EXAMPLES
from autograd.exercises.exercise import Exercise, Question

EXERCISES = (
    *COURSE_AND_EXAMPLES,
    Exercise(
        6,
        "a square",
        "(3*x - 2)**2",
        {"x": "4"},
        steps={"q": "3*x - 2", "f": "q**2"},
        questions=(
            Question(
                "Near which x is there nothing left to descend?",
                "Near x = 2/3, where the inner function is 0.",
                Limit("∂f/∂x", "x", "2/3", "0"),
            ),
        ),
    ),
    Exercise(
        7,
        "one input, two paths",
        "x**2*y - 3*x",
        {"x": "4", "y": "-0.5"},
        steps={"a": "x**2", "b": "a*y", "c": "3*x", "f": "b - c"},
        questions=(
            Question("Which input moves f most?", "y; along x two paths add up.", Dominating("y > x")),
            Question(
                "For which x, with this y, do the two paths cancel?",
                "For x = -3, where 2·x·y = 3.",
                Limit("∂f/∂x", "x", "-3", "0"),
            ),
        ),
    ),
    Exercise(
        8,
        "growth against decay",
        "x*exp(-x*y)",
        {"x": "1.5", "y": "0.4"},
        steps={"p": "x*y", "d": "exp(-p)", "f": "x*d"},
        questions=(
            Question("What wins as x grows, x or the decay?", "The decay.", Limit("f", "x", "inf", "0")),
            Question(
                "Near which x is f greatest, for this y?",
                "Near x = 1/y, where ∂f/∂x changes its sign.",
                Limit("∂f/∂x", "x", "2.5", "0"),
            ),
        ),
    ),
    Exercise(
        9,
        "a power with two variables",
        "x**y",
        {"x": "2.5", "y": "3"},
        domain=("x > 0",),
        steps={"f": "x**y"},
        questions=(
            Question("Which matters more here, base or exponent?", "The base, a little.", Dominating("x > y")),
            Question(
                "Near which x does the exponent not matter?",
                "Near x = 1: the derivative has the factor log(x).",
                Limit("∂f/∂y", "x", "1", "0"),
            ),
        ),
    ),
    Exercise(
        10,
        "a distance",
        "sqrt(x**2 + y**2)",
        {"x": "5", "y": "-12"},
        domain=("x**2 + y**2 > 0",),
        steps={"a": "x**2", "b": "y**2", "s": "a + b", "f": "sqrt(s)"},
        questions=(
            Question("How steep can f be along x?", "At most 1, far out.", Limit("∂f/∂x", "x", "inf", "1")),
            Question(
                "How is a distance computed whose square overflows?",
                "With hypot, which scales before it squares.",
                Stable("sqrt(x**2 + y**2)", "hypot(x, y)", {"x": "3e200", "y": "4e200"}, "5e200"),
            ),
        ),
    ),
    Exercise(
        11,
        "a difference that cancels",
        "(1 - cos(x))/x**2",
        {"x": "2.5"},
        domain=("x != 0",),
        steps={"c": "cos(x)", "d": "1 - c", "s": "x**2", "f": "d/s"},
        questions=(
            Question("What does f tend to at x = 0?", "To 1/2.", Limit("f", "x", "0", "1/2")),
            Question(
                "How is f computed near 0, where 1 − cos(x) cancels?",
                "With 1 − cos(x) = 2·sin²(x/2).",
                Stable("(1 - cos(x))/x**2", "2*(sin(x/2)/x)**2", {"x": "1e-8"}, "0.5"),
            ),
        ),
    ),
    Exercise(
        12,
        "two layers of one neuron",
        "tanh(v*tanh(w*x))",
        {"v": "1.5", "w": "-0.8", "x": "0.6"},
        steps={"s": "w*x", "h": "tanh(s)", "r": "v*h", "f": "tanh(r)"},
        questions=(
            Question(
                "What is left of ∂f/∂w as w grows?",
                "Nothing: the first layer saturates.",
                Limit("∂f/∂w", "w", "inf", "0"),
            ),
            Question(
                "Which variable moves f most here?",
                "x, then w: each counts with the other's size.",
                Dominating("x > w > v"),
            ),
            Question(
                "How is tanh′ = 1 − tanh² computed for large s?",
                "As sech², which does not cancel.",
                Stable("1 - tanh(s)**2", "sech(s)**2", {"s": "20"}, "1.6993417021166355e-17"),
            ),
        ),
    ),
    Exercise(
        13,
        "a bell curve",
        "exp(-(x - m)**2/(2*s**2))",
        {"x": "2.5", "m": "0.5", "s": "1.5"},
        domain=("s != 0",),
        steps={"d": "x - m", "a": "d**2", "b": "2*s**2", "u": "a/b", "f": "exp(-u)"},
        questions=(
            Question("How is ∂f/∂m far out?", "It vanishes faster than any power.", Limit("∂f/∂m", "x", "inf", "0")),
            Question("What does a very wide curve tend to?", "To 1 everywhere.", Limit("f", "s", "inf", "1")),
            Question(
                "Which variable moves f most here?", "s: x is more than one s away from m.", Dominating("s > x = m")
            ),
            Question(
                "How is the logarithm of f computed far out?",
                "By the exponent alone; exp has underflowed to 0 there.",
                Stable("log(exp(-x**2/2))", "-x**2/2", {"x": "50"}, "-1250"),
            ),
        ),
    ),
    Exercise(
        14,
        "a soft ramp",
        "log(1 + exp(x*y))",
        {"x": "0.5", "y": "-1.5"},
        steps={"p": "x*y", "a": "exp(p)", "s": "1 + a", "f": "log(s)"},
        questions=(
            Question(
                "What does ∂f/∂x tend to as y goes far below 0?",
                "To 0, as at a relu.",
                Limit("∂f/∂x", "y", "-inf", "0"),
            ),
            Question(
                "How is f computed where exp overflows?",
                "As the greater of p and 0, plus log1p(exp(−|p|)).",
                Stable("log(1 + exp(p))", "maximum(p, 0) + log1p(exp(-abs(p)))", {"p": "1000"}, "1000"),
            ),
            Question(
                "And where exp(p) is lost beside the 1?",
                "The same formula keeps it.",
                Stable(
                    "log(1 + exp(p))", "maximum(p, 0) + log1p(exp(-abs(p)))", {"p": "-40"}, "4.248354255291588977e-18"
                ),
            ),
        ),
    ),
    Exercise(
        15,
        "a neuron with cross-entropy",
        "-log(sigmoid(w*x + b))",
        {"w": "0.5", "x": "-3", "b": "0.8"},
        steps={"a": "w*x", "s": "a + b", "p": "sigmoid(s)", "g": "log(p)", "f": "-g"},
        questions=(
            Question(
                "What does ∂f/∂b tend to where the neuron is surely wrong, far below 0?",
                "To −1: the logarithm undoes the saturation, so it keeps learning.",
                Limit("∂f/∂b", "b", "-inf", "-1"),
            ),
            Question(
                "And where it is surely right?",
                "To 0: there is nothing left to learn.",
                Limit("∂f/∂b", "b", "inf", "0"),
            ),
            Question(
                "Which variable moves the loss most here?", "w, through the large input.", Dominating("w > b > x")
            ),
            Question(
                "How is the loss computed where σ(s) underflows to 0?",
                "As softplus(−s), in one piece.",
                Stable("-log(sigmoid(s))", "softplus(-s)", {"s": "-800"}, "800"),
            ),
        ),
    ),
    Exercise(
        16,
        "softmax with cross-entropy",
        "log(exp(a) + exp(b) + exp(c)) - b",
        {"a": "0.5", "b": "-0.4", "c": "1.5"},
        steps={"u": "exp(a)", "v": "exp(b)", "w": "exp(c)", "s": "u + v + w", "g": "log(s)", "f": "g - b"},
        questions=(
            Question(
                "b is the logit of the right class. What does ∂f/∂b tend to as b grows?",
                "To 0; it is the probability of the class minus 1.",
                Limit("∂f/∂b", "b", "inf", "0"),
            ),
            Question("And as b goes far below 0?", "To −1, not further.", Limit("∂f/∂b", "b", "-inf", "-1")),
            Question(
                "Which logit moves the loss most here?",
                "That of the right class: the three derivatives add up to 0, the others above it.",
                Dominating("b > c > a"),
            ),
            Question(
                "How is the loss computed for large logits?",
                "With the greatest logit taken out of the exponentials.",
                Stable(
                    "log(exp(a) + exp(b) + exp(c)) - b",
                    "(a - b) + log(1 + exp(b - a) + exp(c - a))",
                    {"a": "1002", "b": "1001", "c": "1000"},
                    "1.4076059644443803",
                ),
            ),
        ),
    ),
    Exercise(
        17,
        "a network of two layers",
        "(v0*tanh(0.5*w00 - 1.5*w01 + b0) + v1*tanh(0.5*w10 - 1.5*w11 + b1) + c - 0.8)**2",
        {
            "v0": "1.2",
            "w00": "0.3",
            "w01": "-0.6",
            "b0": "-0.4",
            "v1": "-0.7",
            "w10": "0.4",
            "w11": "0.2",
            "b1": "0.5",
            "c": "0.1",
        },
        steps={
            "s0": "0.5*w00 - 1.5*w01 + b0",
            "h0": "tanh(s0)",
            "s1": "0.5*w10 - 1.5*w11 + b1",
            "h1": "tanh(s1)",
            "y": "v0*h0 + v1*h1 + c",
            "d": "y - 0.8",
            "f": "d**2",
        },
        questions=(
            Question(
                "The inputs are 0.5 and −1.5, the target is 0.8. Which parameter moves the loss most?",
                "w01: its input is the larger one, and the first neuron counts for more.",
                Dominating("w01 > c > w11 > b0 > b1 > v0 > w00 > v1 > w10"),
            ),
            Question(
                "What becomes of ∂f/∂w00 as b0 grows?",
                "It vanishes: the first neuron saturates.",
                Limit("∂f/∂w00", "b0", "inf", "0"),
            ),
            Question(
                "And of ∂f/∂v0?",
                "It does not vanish: a saturated neuron still passes its ±1 on, and 2·(y − 0.8) is left.",
                Limit("∂f/∂v0", "b0", "inf", "2*(1.2 - 0.7*tanh(0.4) + 0.1 - 0.8)"),
            ),
        ),
    ),
)
"""All 17 exercises, in order: number n is ``EXERCISES[n - 1]``."""
