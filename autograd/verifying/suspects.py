"""What is to be explained: a claim and the truth at some points; and the suspects, mistakes that may explain it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autograd.formula import Formula
from autograd.notation import expression
from autograd.notation.tree import Expression
from autograd.verifying.claims import Claim, Measured
from autograd.verifying.textbook import forms
from autograd.verifying.tracing import Seeds, Trace, Wanted
from autograd.verifying.trees import differentiated_by, function_tree


@dataclass(frozen=True)
class Diagnosis:
    """What went wrong: ``code`` is the kind of mistake, such as "sign", and ``message`` says it in words.

    ``edge`` is the place in the graph, "node -> operand", and ``place`` the same as numbers of a node and an operand;
    ``stands`` and ``should`` are the local derivatives that the claim has there and that belong there. Two mistakes
    that were made together are one diagnosis, with the second in ``second``. Where a diagnosis fits as well as the
    first, ``apart`` says what would tell them apart.

    >>> from autograd import verify
    >>> found = verify("x*y", {"x": 2, "y": 3}, {"x": -3}).claims[0].diagnoses[0]
    >>> found.code, found.stands, found.should
    ('sign', '-y', 'y')
    """

    code: str
    message: str
    edge: str = ""
    stands: str = ""
    should: str = ""
    second: Diagnosis | None = None
    place: tuple[int, int] | None = field(default=None, repr=False)  # the edge in the graph: node and operand
    apart: str = ""


@dataclass(frozen=True)
class Compared:
    """The claim and the truth at one point: what a diagnosis has to explain."""

    trace: Trace
    claimed: Measured
    true: Measured
    scale: float = 1.0  # of what adds up to the derivative


@dataclass(frozen=True)
class Suspect:
    """A mistake that may explain a claim: ``wrong`` is the derivative that it gives, at the point of an evaluation.

    ``level`` is its place in the ranking, and ``node`` where in the graph it is made; ``describe`` says what it is,
    once that is asked.
    """

    level: str
    wrong: Callable[[Trace], float]
    describe: Callable[[], Diagnosis]
    node: int = -1
    likely: float = 0.0  # of a pair of mistakes, whose level says nothing


def _nowhere() -> Iterable[Trace]:
    return ()


@dataclass(frozen=True)
class Inquiry:
    """What is to be explained: a claim about the first of ``wanted``, with the truth at some points.

    ``elsewhere`` are evaluations at other points, and ``readable`` gives some at points of few digits. No mistake is
    sought at a node that is ``excluded``, because the person's own steps show that it is right there. If the derivative
    was ``derived`` rightly, since a member of a chain of equals before the claim is right, the mistake was made on the
    way from that; ``after`` is that member, if it is a formula. Where nothing is wanted, the claim is about the value
    of a ``node``: there are no rules that could be mistaken.
    """

    wanted: Sequence[Wanted]
    compared: Sequence[Compared]
    claim: Claim
    elsewhere: Sequence[Trace] = ()
    readable: Callable[[], Iterable[Trace]] = _nowhere
    excluded: Collection[int] = ()
    derived: bool = False
    after: Formula | None = None
    node: int = -1

    @property
    def trace(self) -> Trace:
        """The evaluation at the first point."""
        return self.compared[0].trace

    @property
    def traces(self) -> list[Trace]:
        """All evaluations that went the same way."""
        return [*(compared.trace for compared in self.compared), *self.elsewhere]

    @cached_property
    def seeds(self) -> Seeds:
        """The nodes by which one differentiates."""
        return (self.wanted[0].within(self.trace) or ()) if self.wanted else ()

    @property
    def is_derived(self) -> bool:
        """Whether nothing can have gone wrong in differentiating: it was done rightly, or there is nothing to do."""
        return self.derived or not self.wanted

    @cached_property
    def function(self) -> Expression | None:
        """The function as a tree, if it is not too large and depends on what one differentiates by."""
        return function_tree(self.trace, self.seeds) if self.seeds else None

    @cached_property
    def forms(self) -> list[Expression]:
        """What is right, in the forms in which people write it, or as this person wrote it last."""
        if self.derived:
            known = self.after is not None and set(self.after.variables) <= set(self.trace.point)
            tree = expression(self.after.symbol) if self.after and known else None
        elif self.wanted:
            return [] if self.function is None else forms(self.function, differentiated_by(self.trace, self.seeds))
        else:
            tree = function_tree(self.trace, (), self.node)
        return [] if tree is None else [tree]

    def right(self, trace: Trace) -> float:
        """The right answer at the point of an evaluation."""
        return self.derivative(trace, self.wanted[0]) if self.wanted else trace.values[self.node]

    def derivative(self, trace: Trace, wanted: Wanted) -> float:
        """The derivative by something at the point of an evaluation."""
        return trace.tangents(wanted.within(trace) or ())[-1]
