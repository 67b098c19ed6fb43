"""How claims are written: the names of derivatives, chains of equal signs, "does not exist", lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_EQUALS: Final = re.compile(r"(?<![=<>!:])[=≈≃≅≐](?!=)|\\(?:approx|simeq)(?![A-Za-z])")
_UNDEFINED: Final = frozenset(
    (
        *("undefined", "not defined", "does not exist", "doesn't exist", "doesn’t exist", "dne", "∄"),
        *("no derivative", "has no derivative", "there is no derivative", "not differentiable"),
        *("no existe", "no está definida", "indefinida", "indefinido"),
    )
)
_FRACTION: Final = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_NAME: Final = r"([^\W_]\w*?)"
_DERIVATIVE: Final = re.compile(
    rf"[d∂]/[d∂]{_NAME}(?:f|\(f\))|(?:[d∂]\w*(?:\([^()]*\))?/)?[d∂]{_NAME}|f_{_NAME}|f_\{{{_NAME}\}}|[∂D]_{_NAME}f"
    rf"|(?:f_{_NAME}|[d∂]f/[d∂]{_NAME})\([^()]*\)|[fy][′']\({_NAME}\)"
)
_COMMA: Final = re.compile(r";\s*|,\s+")
_GRADIENT: Final = re.compile(r"\s*(?:(?:∇|\\nabla\s*)\s*f?|grad(?:ient)?(?:\s*f)?)\s*(?:\([^()=]*\)\s*)?=")


def differentiated_by(text: str) -> str:
    """The name of the variable in dx, ∂x, df/dx, ∂f/∂x, ∂L/∂x, f_x or f′(x), as text or LaTeX; empty for anything else.

    >>> differentiated_by("∂f/∂x"), differentiated_by(r"\\frac{\\partial f}{\\partial x}"), differentiated_by("x")
    ('x', 'x', '')
    """
    plain = _FRACTION.sub(r"\1/\2", text.replace(r"\partial", "∂").replace(r"\mathrm{d}", "d"))
    found = _DERIVATIVE.fullmatch("".join(plain.split()).replace("\\", ""))
    return next(filter(None, found.groups())) if found else ""


def members(text: str) -> list[str]:
    """What stands between the equal signs: of = 2x = 6 it is 2x and 6."""
    parts = _EQUALS.split(text)
    return [part.strip() for part in (parts if parts[0].strip() else parts[1:])] or [""]


def says_undefined(text: str) -> bool:
    """Whether the claim is that there is no derivative."""
    words = " ".join(text.casefold().strip(" .!").split())
    return words in _UNDEFINED or re.sub("^(it |f |the derivative )?(is )?", "", words) in _UNDEFINED


def is_gradient(text: str) -> bool:
    """Whether the claim is about all derivatives at once: ∇f = …"""
    return bool(_GRADIENT.match(text))


def listed(text: str, names: Sequence[str]) -> dict[str, str]:
    """The numbers or formulas of a gradient, by the variables; raises ValueError if there are more or fewer.

    A comma between them has a space after it, since 1,5 is a number.

    >>> listed("∇f = (1, 1,5, −5)", ["x", "y", "z"])
    {'x': '1', 'y': '1,5', 'z': '−5'}
    """
    text = text.strip()
    if found := _GRADIENT.match(text):
        text = text[found.end() :].strip()
    if text[:1] + text[-1:] in ("()", "[]", "⟨⟩"):
        text = text[1:-1]
    parts = [part.strip() for part in _COMMA.split(text)]
    if len(parts) != len(names):
        hint = "a comma between two has a space after it"
        raise ValueError(f"{len(parts)} of the derivatives by {', '.join(names)} stand in {text!r}; {hint}")
    return dict(zip(names, parts, strict=True))
