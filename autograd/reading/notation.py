"""The signs of formulas as data: which characters and LaTeX commands stand for which token."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

# One character, or two: the kind of its token, and the sign as the grammar's rules know it.
SIGNS: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys("+", ("SIGN", "+")),
    **dict.fromkeys("-−–‒—﹣", ("SIGN", "-")),
    **dict.fromkeys("*·⋅∙•・×✕⨯∗⊙∘", ("TIMES", "*")),
    **dict.fromkeys("/÷∕⁄", ("TIMES", "/")),
    "**": ("POWER", "**"),
    "^": ("POWER", "^"),
    **{sign: ("COMPARISON", sign) for sign in ("<", "<=", ">", ">=", "==", "!=")},
    "≤": ("COMPARISON", "<="),
    "⩽": ("COMPARISON", "<="),
    "≥": ("COMPARISON", ">="),
    "⩾": ("COMPARISON", ">="),
    "≠": ("COMPARISON", "!="),
    **dict.fromkeys("=≈≃≅≐", ("EQUALS", "=")),
    ":=": ("EQUALS", ":="),
    "(": ("OPEN", ")"),
    "[": ("OPEN", "]"),
    "{": ("OPEN", "}"),
    **{bracket: ("CLOSE", bracket) for bracket in ")]}"},
    **dict.fromkeys("|∣", ("BAR", "|")),
    **dict.fromkeys("‖∥", ("BAR", "||")),
    **dict.fromkeys((",", "{,}"), ("COMMA", ",")),  # {,} is the decimal comma of LaTeX
    "√": ("ROOT", "sqrt"),
    "∛": ("ROOT", "cbrt"),
    "∑": ("NAME", "Σ"),
    "⊤": ("TRANSPOSED", "T"),
    "ᵀ": ("TRANSPOSED", "T"),
}

GREEK: Final[dict[str, str]] = {
    name: letter
    for names, letters in (
        ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron", "αβγδεζηθικλμνξο"),
        ("rho sigma tau upsilon phi chi psi omega", "ρστυφχψω"),
        ("Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega", "ΓΔΘΛΞΣΦΨΩ"),
    )
    for name, letter in zip(names.split(), letters, strict=True)
}
ACCENTS: Final[dict[str, str]] = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": ""}

_FUNCTIONS_OF_LATEX = (
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth exp ln lg log max min arsinh arcosh artanh"
)
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    **{name: ("NAME", name) for name in _FUNCTIONS_OF_LATEX.split()},
    **{name: ("NAME", letter) for name, letter in GREEK.items()},
    **{"var" + name: ("NAME", GREEK[name]) for name in ("epsilon", "theta", "phi", "rho", "sigma", "kappa")},
    **dict.fromkeys(("pi", "varpi"), ("NAME", "pi")),
    "ell": ("NAME", "l"),
    **dict.fromkeys(("cdot", "times", "ast", "odot", "circ", "bullet"), ("TIMES", "*")),
    **dict.fromkeys(("div",), ("TIMES", "/")),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), ("FRACTION", "/")),
    "sqrt": ("ROOT", "sqrt"),
    **dict.fromkeys(("le", "leq", "leqslant"), ("COMPARISON", "<=")),
    **dict.fromkeys(("ge", "geq", "geqslant"), ("COMPARISON", ">=")),
    **dict.fromkeys(("ne", "neq"), ("COMPARISON", "!=")),
    "lt": ("COMPARISON", "<"),
    "gt": ("COMPARISON", ">"),
    **dict.fromkeys(("approx", "simeq", "cong", "equiv"), ("EQUALS", "=")),
    "lvert": ("BAR_OPEN", "|"),
    "rvert": ("BAR_CLOSE", "|"),
    "lVert": ("BAR_OPEN", "||"),
    "rVert": ("BAR_CLOSE", "||"),
    **dict.fromkeys(("vert", "mid"), ("BAR", "|")),
    **dict.fromkeys(("|", "Vert"), ("BAR", "||")),
    **dict.fromkeys(("{", "lbrace"), ("OPEN", "}")),
    **dict.fromkeys(("}", "rbrace"), ("CLOSE", "}")),
    "lbrack": ("OPEN", "]"),
    "rbrack": ("CLOSE", "]"),
    **dict.fromkeys(("top", "intercal"), ("TRANSPOSED", "T")),
}
SPACING: Final = frozenset([*",;:! >", "quad", "qquad", "thinspace", "displaystyle", "textstyle", "limits", "nolimits"])
SIDES: Final[dict[str, str]] = {
    "left": "OPEN",
    "right": "CLOSE",
    "middle": "",
    **{
        size + letter: side
        for size in ("big", "Big", "bigg", "Bigg")
        for letter, side in {"": "", "l": "OPEN", "r": "CLOSE"}.items()
    },
}
DELIMITERS: Final = frozenset("()[]")  # \( … \) and \[ … \]
_WORDS = "operatorname mathrm text mathit mathbf mathsf mathtt mathop textrm textit boldsymbol bm mathcal"
WORDS_IN_BRACES: Final = frozenset(_WORDS.split())
_MODULES = "np numpy math Math torch jnp jax F tf nn sympy sp mpmath mp scipy tensorflow keras functional special"
MODULES: Final = frozenset(_MODULES.split())

# What people write that no formula of numbers can hold, with the sentence that says so.
REFUSED: Final[dict[str, str]] = {
    "!": "x! is a factorial, which has no derivative: a formula is made of functions that have one",
    "'": "' stands for a derivative, or a text, which is no real number: a formula holds neither",
    "′": "′ stands for a derivative: a formula holds none",
    "∂": "∂ stands for a derivative: a formula holds none",
    "∇": "∇ stands for a gradient: a formula holds none",
    "partial": "∂ stands for a derivative: a formula holds none",
    "nabla": "∇ stands for a gradient: a formula holds none",
    "prime": "′ stands for a derivative: a formula holds none",
    "∫": "an integral cannot be read: write what it comes to",
    "int": "an integral cannot be read: write what it comes to",
    "∏": "a product over an index cannot be read: write its factors",
    "prod": "a product over an index cannot be read: write its factors",
    "sum": "a sum over an index cannot be read: write its terms, as in x_1 + x_2",
    "lim": "a limit (lim) cannot be read: write what it comes to",
    "∞": "∞ is no number",
    "infty": "∞ is no number",
    "±": "± means two formulas: write one of them",
    "∓": "∓ means two formulas: write one of them",
    "pm": "± means two formulas: write one of them",
    "mp": "∓ means two formulas: write one of them",
    "%": "% is no operation here: a percentage is written /100",
    ".": "a formula has no attributes (no dots after names)",
    ";": "a formula has one result: ; cannot be part of it",
    "→": "→ cannot be part of a formula: give one side",
    "to": "→ cannot be part of a formula: give one side",
    "°": "° cannot be read: an angle is in radians, and 30° is 30·π/180",
    "…": "… cannot be read: write all of it",
    "dots": "… cannot be read: write all of it",
    "ldots": "… cannot be read: write all of it",
    "cdots": "… cannot be read: write all of it",
    "\\": "there is no LaTeX command here after the \\",
}


@lru_cache(maxsize=4096)
def plain(character: str) -> str:
    """A character as the one that it stands for: full-width signs and letters of mathematical alphabets are plain."""
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character


@lru_cache(maxsize=4096)
def raised_or_lowered(character: str) -> tuple[str, str]:
    """Whether a character is a superscript ("<super>") or subscript ("<sub>"), and of what; two empty texts if not."""
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    if kind not in ("<super>", "<sub>") or " " in code or character in SIGNS:
        return "", ""
    return kind, chr(int(code, 16))


@lru_cache(maxsize=4096)
def fraction(character: str) -> float | None:
    """The number of a character such as ½."""
    is_one = unicodedata.decomposition(character).startswith("<fraction>")
    return unicodedata.numeric(character, None) if is_one else None


@lru_cache(maxsize=4096)
def in_name(character: str) -> bool:
    """Whether a character can stand inside a name."""
    if character in SIGNS or character == "\u0387" or raised_or_lowered(character)[0]:
        return False
    return ("a" + character).isidentifier() and fraction(character) is None


@lru_cache(maxsize=4096)
def is_space(character: str) -> bool:
    """Whether a character is blank, or marks what is not seen, such as an invisible product sign."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def plain_signs(text: str) -> str:
    """A text without blanks, and with one sign for each operation: what two ways to type the same have in common."""
    plainer = "".join(_plainer(character) for character in text if not character.isspace())
    return plainer.replace("**", "^").replace("*", "·").replace("π", "pi")


def _plainer(character: str) -> str:
    kind, below = raised_or_lowered(character)
    if kind:
        return ("^" if kind == "<super>" else "") + below
    sign = SIGNS.get(character, ("", ""))
    return sign[1] if sign[0] in ("SIGN", "TIMES", "COMPARISON") else character
