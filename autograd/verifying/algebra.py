"""Slips of algebra: what people write for something that is not equal to it, one at a time, anywhere in a formula.

Another one is a function in ``slips`` and an entry in ``SLIPS``, with the example that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograd.notation import text
from autograd.notation.tree import Expression, parts, rebuilt
from autograd.verifying import slips
from autograd.verifying.planting import Example
from autograd.verifying.suspects import Diagnosis, Inquiry, Suspect
from autograd.verifying.textbook import derivative
from autograd.verifying.trees import differentiated_by, python, value_at


@dataclass(frozen=True)
class Slip:
    """One kind of slip; ``before`` says that it is also made in the function, before that is differentiated."""

    says: str
    instead: Callable[[Expression], Iterator[Expression]]
    example: Example
    level: str = "algebra"
    before: bool = False


def slipped(tree: Expression, before: bool = False) -> Iterator[tuple[Slip, Expression, Expression, Expression]]:
    """Every formula with one slip in it: the slip, the part where it is made, what stands there, and the whole."""
    for slip in SLIPS:
        if slip.before or not before:
            for wrong in slip.instead(tree):
                yield slip, tree, wrong, wrong
    inner = parts(tree)
    for i, part in enumerate(inner):
        for slip, where, wrong, whole in slipped(part, before):
            yield slip, where, wrong, rebuilt(tree, (*inner[:i], whole, *inner[i + 1 :]))


SLIPS: tuple[Slip, ...] = (
    Slip(
        "a function of a sum was taken for a sum of functions",
        slips.of_each_term,
        Example("1/(x + y)", "x", "-1/(x**2 + y**2)"),
        "linearity",
        before=True,
    ),
    Slip(
        "a power of e of a product, or a logarithm of one, was taken for a product of such",
        slips.of_each_factor,
        Example("exp(x*y)", "x", "y*exp(x)*exp(y)"),
        "linearity",
        before=True,
    ),
    Slip(
        "a bracket is forgotten", slips.bracket_lost, Example("z*(x - y)**2", "x", "2*z*x - y"), "bracket", before=True
    ),
    Slip("a sign is lost", slips.sign_lost, Example("(x**2 + 1)*(x + 2)", "x", "3*x**2 + 4*x - 1")),
    Slip("a sign is lost in opening a bracket", slips.bracket_opened, Example("z*(x - y)**2", "x", "2*z*(x + y)")),
    Slip("multiplied, where it should be added", slips.multiplied, Example("x*exp(x)", "x", "exp(x)*x*exp(x)")),
    Slip("added, where it should be multiplied", slips.added, Example("y*exp(3*x)", "y", "exp(3 + x)"), "rare slip"),
    Slip("what is no factor was cancelled", slips.cancelled, Example("log(x**2 + 1)", "x", "2/(x + 1)")),
    Slip(
        "fractions were added or divided wrongly",
        slips.fractions_added,
        Example("x/(y/z)", "x", "1/(y*z)"),
        "rare slip",
    ),
    Slip(
        "the number in front of a term is lost",
        slips.number_lost,
        Example("(x - y)**2*x", "x", "3*x**2 - x*y + y**2"),
        "rare slip",
    ),
    Slip(
        "a factor was pulled out of a function",
        slips.pulled_out,
        Example("sin(3*x)", "x", "9*cos(x)"),
        "rare slip",
        before=True,
    ),
    Slip(
        "a power was moved in or out of a function",
        slips.power_moved,
        Example("tan(x)", "x", "1/cos(x**2)"),
        "rare slip",
        before=True,
    ),
    Slip("powers were combined wrongly", slips.exponents, Example("x**-2", "x", "2*x**3"), "rare slip", before=True),
)


def suspects(inquiry: Inquiry) -> Iterator[Suspect]:
    """Every slip in the derivative, in any of its forms, and in the function before it is differentiated."""
    for form in inquiry.forms:
        for slip, where, wrong, whole in slipped(form):
            yield _suspect(inquiry, slip, where, wrong, whole)
    if inquiry.function is not None and not inquiry.is_derived:
        by = differentiated_by(inquiry.trace, inquiry.seeds)
        for slip, where, wrong, whole in slipped(inquiry.function, before=True):
            yield _suspect(inquiry, slip, where, wrong, derivative(whole, by))


def _suspect(inquiry: Inquiry, slip: Slip, where: Expression, wrong: Expression, whole: Expression) -> Suspect:
    def describe() -> Diagnosis:
        message = f"{slip.says}: {text(where)} is not {text(wrong)}"
        return Diagnosis("algebra", message, stands=python(wrong), should=python(where))

    return Suspect(slip.level, lambda t: value_at(whole, t, inquiry.seeds), describe)
