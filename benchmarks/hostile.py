"""Hostile texts against the reader of formulas: each is read or refused in one sentence, soon and in little memory.

    python benchmarks/hostile.py 1000000          # how many
    python benchmarks/hostile.py 100000 --seed 7  # others

The script fails at the first text that raises anything else, takes over a second, or after which the process has grown
by more than 256 MB.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from autograd import Formula, FormulaError
from autograd.reading.conditions import comparisons
from autograd.verifying.written import differentiated_by, is_gradient, listed, members, says_undefined

SECONDS = 1.0  # for one text
MEGABYTES = 256  # that the process may grow by
LONGEST = 11_000  # characters: over the limit, too
LONG = 0.003  # of the texts are long

VALID = [
    "x e^y + sin z",
    "−(x + y)/z²",
    "2x/(x² + y² + 1)",
    r"\frac{1}{\sigma\sqrt{2\pi}} e^{-\frac{(x-\mu)^2}{2\sigma^2}}",
    r"\left| x - y \right| + \sqrt[3]{x} \cdot \ln\left(x^2+1\right)",
    "σ(w₁x₁ + w₂x₂ + b)",
    "||x| − ln|y||",
    "sin² x cos y − tan⁻¹ x + log_2 x",
    "max(0, 1 − yz) + where(x > 0, x, −x)",
    "f(x, y) = xy + ½x³",
    "−y log ŷ − (1−y) log(1−ŷ)",
    "1,5x + 0,5 = 2 ≈ 2,0",
    "np.exp(-x**2) + math.pi",
    "0 < x ≤ 5 and y ≠ 0",
    r"\frac{\partial f}{\partial x} = 2x",
]
PIECES = [
    *"xyzeπσΣ0123456789.,+-−*·/÷^()[]{}|‖√∛½²³ⁿ⁻ˣ₁ₓ_=≈≤≠<>!'\"\\$&%#@~;:∞∫∂→ᵀ⁄\t\n\0\u200b\u0301\ud800𝑥٣Ⅻﬁ",
    *["sin", "ln", "log_", "max", "exp", "e^", "**", "==", ":=", "np.", "x_1", "x1", "xy", "sinx", "1e", "1e999", "0x"],
    *[r"\frac", r"\sqrt", r"\sqrt[", r"\left", r"\right", r"\left|", r"\right|", r"\cdot", r"\sin", r"\alpha", r"\hat"],
    *[
        r"\operatorname{",
        r"\mathrm{e}",
        r"\(",
        r"\)",
        r"_{",
        r"^{",
        r"\\",
        "lambda",
        "if",
        "and",
        "undefined",
        "__class__",
    ],
    *["__import__('os')", "(1).__class__", "{0.__class__}", "%s", "9^9^9^9", "9" * 40, " " * 20],
]
NESTED = [
    "(",
    "[",
    "{",
    "|",
    "-",
    "x^",
    "e^",
    "sin ",
    "sin(",
    "√",
    r"\frac{",
    r"\left(",
    "x_{",
    "2/",
    "x(",
    "ln|",
    "²",
    "f(x)=",
]


def hostile(draw: random.Random) -> str:
    """One text: noise, a mixture of pieces, a valid one that is spoilt, or one that is deep, long or huge."""
    kind = draw.randrange(6)
    length = draw.randrange(LONGEST) if draw.random() < LONG else draw.randrange(50)
    if kind == 0:
        return "".join(chr(draw.randrange(draw.choice((0x80, 0x3000, 0x110000)))) for _ in range(length))
    if kind == 1:
        return "".join(draw.choices(PIECES, k=length // 2))[:LONGEST]
    if kind in (2, 3):
        return _spoilt(draw, "+".join(draw.choices(VALID, k=1 + length // 60)))[:LONGEST]
    if kind == 4:
        pattern = "".join(draw.choices(NESTED, k=draw.randrange(1, 4)))
        closing = pattern[::-1].translate(str.maketrans("([{", ")]}"))
        count = length // len(pattern)
        return pattern * count + "x" + draw.choice(("", closing)) * count
    digits = "".join(draw.choices("0123456789", k=length))
    return draw.choice(
        (digits, f"x^{digits}", f"{digits}e{digits[:5]}", f"9^{digits}^9", f"{digits},{digits}", f"x_{digits}")
    )


def _spoilt(draw: random.Random, text: str) -> str:
    """A text with some of it left out, doubled, exchanged or put in."""
    for _ in range(draw.randrange(1, 4)):
        start = draw.randrange(len(text) + 1)
        end = min(len(text), start + draw.randrange(6))
        put = draw.choice(("", text[start:end] * 2, draw.choice(PIECES), text[start:end][::-1]))
        text = text[:start] + put + text[end:]
    return text


def read(text: str) -> str:
    """Read it as everything that it could be; "read" or "refused"."""
    differentiated_by(text), says_undefined(text), is_gradient(text), members(text)
    with suppress(ValueError):
        listed(text, "xy")
    with suppress(FormulaError):
        list(comparisons(text))
    try:
        Formula(text)
        formula = Formula(text, ["x", "y", "z", "x_1", "mu"])
        Formula(formula.reading[:LONGEST], formula.variables) if len(formula.reading) < 10_000 else None
        formula.as_typed, formula.notes, formula.literal, formula.is_comparison
        formula.alternatives
    except FormulaError as error:
        return "refused" if "\n" not in error.message else f"more than one sentence: {error.message}"
    return "read"


def main() -> int:
    """Run; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    signal.signal(signal.SIGALRM, _too_long)
    Formula("x")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: Counter[str] = Counter()
    slowest, slowest_text, start = 0.0, "", time.perf_counter()
    for i in range(options.count):
        text = hostile(draw)
        took, outcome = _timed(read, text)
        found[outcome] += 1
        if took > slowest:
            slowest, slowest_text = took, text
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        if outcome not in ("read", "refused") or took > SECONDS or grown > MEGABYTES:
            print(f"number {i}: {outcome}, {took:.3f} s, {grown:.0f} MB, of {text!r}")
            return 1
    print(f"{options.count} texts in {time.perf_counter() - start:.0f} s: {dict(found)}")
    print(
        f"slowest {slowest * 1e3:.0f} ms ({len(slowest_text)} characters: {slowest_text[:60]!r}), {grown:.0f} MB more"
    )
    return 0


def _timed(function: Callable[[str], str], text: str) -> tuple[float, str]:
    """How long the processor was at it, and the outcome, an error of any kind being one."""
    start = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, 10.0 * SECONDS)
    try:
        outcome = function(text)
    except BaseException as error:
        outcome = f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    return time.process_time() - start, outcome


def _too_long(*_: Any) -> None:
    raise TimeoutError("it hangs")


if __name__ == "__main__":
    sys.exit(main())
