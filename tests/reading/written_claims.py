"""Claims as people write them: a function, a point, the claimed derivatives, and the verdict that each deserves.

Written before the reader, as the formulas beside it.
"""

from __future__ import annotations

from typing import Any

Subject = tuple[str, dict[str, Any]]

QUOTIENT: Subject = ("(x + y)/z", {"x": 3, "y": 2, "z": 2})
COURSE_2: Subject = ("x e^y + sin z", {"x": "1,5", "y": "−1", "z": "π/2"})
COURSE_3: Subject = ("ln(x² + y² + 1)", {"x": 2, "y": 1})
NEURON: Subject = ("σ(wx + b)", {"w": 2, "x": -1, "b": "½"})
SQUARE: Subject = ("x²", {"x": 3})
HALF: Subject = ("½ ln x", {"x": 2})  # derivative 1/(2x)
EXPONENTIAL: Subject = ("½ e^(2x)", {"x": "0,5"})  # derivative e^(2x)
WAVE: Subject = ("sin(xy)", {"x": 1, "y": "0.5"})
ABSOLUTE: Subject = ("|x|", {"x": 0})
RAMP: Subject = ("ReLU(x)", {"x": 0})
ROOT: Subject = ("√x", {"x": 0})
POLE: Subject = ("1/x", {"x": 0})

# function and point, {name: claim}, verdict
CLAIMS: list[tuple[Subject, dict[str, str], str]] = [
    # numbers
    (QUOTIENT, {"x": "0,5"}, "right"),
    (QUOTIENT, {"x": "0.5"}, "right"),
    (QUOTIENT, {"x": "½"}, "right"),
    (QUOTIENT, {"x": "1/2"}, "right"),
    (QUOTIENT, {"x": "≈ 0.5"}, "right"),
    (QUOTIENT, {"x": "≈0,500"}, "right"),
    (QUOTIENT, {"x": "= 0.5"}, "right"),
    (QUOTIENT, {"x": "−0.5"}, "wrong"),
    (QUOTIENT, {"z": "−1,25"}, "right"),
    (QUOTIENT, {"z": "–1.25"}, "right"),
    (QUOTIENT, {"z": "−5/4"}, "right"),
    (QUOTIENT, {"z": r"-\frac{5}{4}"}, "right"),
    (QUOTIENT, {"z": "1,25"}, "wrong"),
    (QUOTIENT, {"z": "−1¼"}, "right"),
    (QUOTIENT, {"z": "-125·10⁻²"}, "right"),
    (QUOTIENT, {"z": "1,250"}, "unreadable"),
    (QUOTIENT, {"x": "0.5!"}, "unreadable"),
    (QUOTIENT, {"x": "0 5"}, "unreadable"),
    (QUOTIENT, {"x": "a half"}, "unreadable"),
    (QUOTIENT, {"x": ""}, "unreadable"),
    (COURSE_2, {"x": "e⁻¹"}, "right"),
    (COURSE_2, {"x": "1/e"}, "right"),
    (COURSE_2, {"x": "0,3679"}, "rounded"),
    (COURSE_2, {"x": "≈ 0.368"}, "rounded"),
    (COURSE_2, {"z": "0"}, "right"),
    (COURSE_2, {"z": "cos(π/2)"}, "right"),
    (COURSE_3, {"x": "⅔"}, "right"),
    (COURSE_3, {"x": "2/3 ≈ 0.667"}, "rounded"),
    (COURSE_3, {"x": "0,67"}, "rounded"),
    # formulas
    (QUOTIENT, {"z": "−(x + y)/z²"}, "right"),
    (QUOTIENT, {"z": r"-\frac{x+y}{z^2}"}, "right"),
    (QUOTIENT, {"z": "(x + y)/z²"}, "wrong"),
    (QUOTIENT, {"z": "−(x+y)z⁻²"}, "right"),
    (COURSE_2, {"y": "xe^y"}, "right"),
    (COURSE_2, {"y": "x e^y"}, "right"),
    (COURSE_2, {"z": "cos z"}, "right"),
    (COURSE_2, {"z": "−cos z"}, "wrong"),
    (COURSE_3, {"x": "2x/(x²+y²+1)"}, "right"),
    (COURSE_3, {"x": "$\\frac{2x}{x^2+y^2+1}$"}, "right"),
    (COURSE_3, {"x": "1/(x²+y²+1)"}, "wrong"),
    (NEURON, {"w": "σ(wx+b)(1 − σ(wx+b))x"}, "right"),
    (NEURON, {"w": "σ(wx+b)(1 − σ(wx+b))"}, "wrong"),
    (NEURON, {"b": "σ(wx+b)σ(−(wx+b))"}, "right"),
    (WAVE, {"x": "y cos xy"}, "right"),
    (WAVE, {"x": "cos(xy)y"}, "right"),
    (WAVE, {"x": "cos xy"}, "wrong"),
    (SQUARE, {"x": "2x"}, "right"),
    (SQUARE, {"x": "2q"}, "unreadable"),
    # the names of derivatives
    (SQUARE, {"x": "df/dx = 2x"}, "right"),
    (SQUARE, {"x": "∂f/∂x = 2x"}, "right"),
    (SQUARE, {"x": "f_x = 2x"}, "right"),
    (SQUARE, {"x": "f'(x) = 2x"}, "right"),
    (SQUARE, {"x": r"\frac{\partial f}{\partial x} = 2x"}, "right"),
    (SQUARE, {"∂f/∂x": "2x"}, "right"),
    (SQUARE, {"df/dx": "6"}, "right"),
    (SQUARE, {"f_x": "6"}, "right"),
    (QUOTIENT, {"x": "∂f/∂y = 1/z"}, "unreadable"),
    # chains and derivations
    (SQUARE, {"x": "2x = 6"}, "right"),
    (SQUARE, {"x": "2x = 2·3 = 6"}, "right"),
    (SQUARE, {"x": "2x = 5"}, "wrong"),
    (SQUARE, {"x": "x = 6"}, "wrong"),
    (SQUARE, {"x": "df/dx = 2x = 6"}, "right"),
    (QUOTIENT, {"x": "1/2 = 0.5"}, "right"),
    (QUOTIENT, {"x": "1/z = 1/2 = 0,5"}, "right"),
    (QUOTIENT, {"z": "-(x+y)/z² = -5/4 = -1.25"}, "right"),
    (QUOTIENT, {"z": "-(x+y)/z² = -5/2 = -2.5"}, "wrong"),
    (COURSE_3, {"x": "2x/(x²+y²+1) = 4/6 = 2/3 ≈ 0.6667"}, "rounded"),
    (COURSE_2, {"x": "e^y = e⁻¹ ≈ 0,368"}, "rounded"),
    # the other reading
    (HALF, {"x": "1/2x"}, "undecided"),
    (HALF, {"x": "1/(2x)"}, "right"),
    (EXPONENTIAL, {"x": "e^2x"}, "undecided"),
    (EXPONENTIAL, {"x": "e^{2x}"}, "right"),
    (("log(x)", {"x": 2}), {"x": "1/(x ln 10)"}, "undecided"),
    (("1/2x", {"x": 3}), {"x": "−1/(2x²)"}, "undecided"),
    (("1/2x", {"x": 3}), {"x": "½"}, "right"),
    (("sin x y", {"x": 1, "y": 2}), {"y": "sin x"}, "undecided"),
    # where there is no derivative
    (ABSOLUTE, {"x": "undefined"}, "right"),
    (ABSOLUTE, {"x": "does not exist"}, "right"),
    (ABSOLUTE, {"x": "Does not exist."}, "right"),
    (ABSOLUTE, {"x": "0"}, "right"),
    (ABSOLUTE, {"x": "1"}, "wrong"),
    (RAMP, {"x": "undefined"}, "right"),
    (RAMP, {"x": "0"}, "right"),
    (ROOT, {"x": "undefined"}, "right"),
    (POLE, {"x": "undefined"}, "right"),
    (POLE, {"x": "does not exist"}, "right"),
    (SQUARE, {"x": "undefined"}, "wrong"),
    (QUOTIENT, {"x": "does not exist"}, "wrong"),
]
