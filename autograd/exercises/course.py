"""The course's three exercises, and its two worked examples.

The functions and inputs are those of J. I. Padilla Buriticá, course on backpropagation, Universidad EAFIT, 2025.
"""

from __future__ import annotations

from autograd.exercises.answers import Dominating, Limit, Stable
from autograd.exercises.exercise import Exercise, Question

COURSE_AND_EXAMPLES = (
    Exercise(
        1,
        "a quotient",
        "(x + y)/z",
        {"x": "3", "y": "2", "z": "1"},
        domain=("z != 0",),
        steps={"q": "x + y", "f": "q/z"},
        questions=(
            Question(
                "How does ∂f/∂z behave as z shrinks to 0 from above, and what would a training step make of that?",
                "It falls without bound, as -(x + y)/z²: a step of any fixed learning rate overshoots.",
                Limit("∂f/∂z", "z", "0+", "-inf"),
            ),
            Question("And ∂f/∂x?", "It grows without bound too, but only as 1/z.", Limit("∂f/∂x", "z", "0+", "inf")),
            Question("Which input moves f most at this point?", "z, five times as much.", Dominating("z > x = y")),
        ),
    ),
    Exercise(
        2,
        "exponential and sine",
        "x*exp(y) + sin(z)",
        {"x": "1.5", "y": "-1", "z": "pi/2"},
        steps={"a": "exp(y)", "b": "x*a", "c": "sin(z)", "f": "b + c"},
        questions=(
            Question(
                "Order the inputs by how much they move f at this point.",
                "y, then x; z not at all, since the sine is at its top.",
                Dominating("y > x > z"),
            ),
            Question(
                "What becomes of ∂f/∂y as y grows?",
                "It explodes: the exponential is its own derivative.",
                Limit("∂f/∂y", "y", "inf", "inf"),
            ),
            Question(
                "And as y goes far below 0?", "It vanishes, and learning with it.", Limit("∂f/∂y", "y", "-inf", "0")
            ),
            Question(
                "What becomes of ∂f/∂z near z = π/2?",
                "It passes through 0. A cosine is never larger than 1, so the sine makes no gradient explode.",
                Limit("∂f/∂z", "z", "pi/2", "0"),
            ),
        ),
    ),
    Exercise(
        3,
        "a logarithm of squares",
        "log(x**2 + y**2 + 1)",
        {"x": "2", "y": "1"},
        steps={"a": "x**2", "b": "y**2", "s": "a + b + 1", "f": "log(s)"},
        questions=(
            Question("How large is ∂f/∂x for very large x?", "It fades, as 2/x.", Limit("∂f/∂x", "x", "inf", "0")),
            Question("And near x = 0?", "It fades as well, as 2·x/(y² + 1).", Limit("∂f/∂x", "x", "0", "0")),
            Question("Which input moves f most here?", "x, twice as much as y.", Dominating("x > y")),
            Question(
                "For inputs so large that their squares overflow, how is f computed?",
                "With the root of the sum of squares, which can be had without squaring.",
                Stable(
                    "log(x**2 + y**2 + 1)",
                    "2*log(hypot(hypot(x, y), 1))",
                    {"x": "1e200", "y": "1e199"},
                    "921.0439875284714417",
                ),
            ),
            Question(
                "And for inputs so small that they are lost beside the 1?",
                "With log1p, which is given what is added to 1.",
                Stable("log(x**2 + y**2 + 1)", "log1p(x**2 + y**2)", {"x": "1e-9", "y": "2e-9"}, "5e-18"),
            ),
        ),
    ),
    Exercise(
        4,
        "a sum times a factor",
        "(x + y)*z",
        {"x": "-2", "y": "5", "z": "-4"},
        steps={"q": "x + y", "f": "q*z"},
        questions=(
            Question("Which inputs move f most here?", "x and y, equally.", Dominating("x = y > z")),
            Question(
                "For which z do x and y stop mattering?",
                "For z = 0: a factor is the slope of the other factor.",
                Limit("∂f/∂x", "z", "0", "0"),
            ),
        ),
    ),
    Exercise(
        5,
        "a sigmoid neuron",
        "sigmoid(w0*x0 + w1*x1 + w2*x2)",
        {"w0": "2", "x0": "-1", "w1": "-3", "x1": "-2", "w2": "-3", "x2": "1"},
        steps={"a": "w0*x0", "b": "w1*x1", "c": "w2*x2", "s": "a + b + c", "f": "sigmoid(s)"},
        questions=(
            Question(
                "Order weights and inputs by how much they move f.",
                "Each weight counts with its input, each input with its weight; all with the same f·(1 − f).",
                Dominating("x1 = x2 > x0 = w1 > w0 = w2"),
            ),
            Question(
                "What becomes of ∂f/∂w0 as w2 grows?",
                "It vanishes: the neuron saturates.",
                Limit("∂f/∂w0", "w2", "inf", "0"),
            ),
            Question(
                "How is 1 − σ(s) computed where the neuron saturates?",
                "As σ(−s); the difference has lost every digit by then.",
                Stable("1 - sigmoid(s)", "sigmoid(-s)", {"s": "40"}, "4.248354255291588977e-18"),
            ),
        ),
    ),
)

COURSE = COURSE_AND_EXAMPLES[:3]
"""The three exercises of the course."""
