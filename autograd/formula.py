"""A formula as a function: text that a person writes is read (in ``reading``), and nothing in it is ever run."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from autograd.errors import OperationError, RangeError
from autograd.operation import real_number
from autograd.reading.errors import FormulaError as FormulaError
from autograd.reading.errors import pointer
from autograd.symbol import Symbol, Verbatim, symbolic

if TYPE_CHECKING:
    from autograd.reading.nodes import Step
    from autograd.reading.reader import Reading


class Formula:
    """A formula, read from ``text``, as a function of its ``variables``, in the order in which they first appear.

    It is read as people write mathematics: with 2x, x e^y, sin² x, √x, LaTeX, and as Python. ``variables`` are names
    that are known to be variables, whether they occur or not: where x and y are known, xy is their product. ``reading``
    is the formula with every sign that was left out, and ``notes`` are what else is to be known about how it was read.

    Called with numbers of any kind, it computes with that kind; nothing in the text is ever run as code. Raises
    FormulaError, which shows the place, for a text that is no formula; a call raises OperationError where there is no
    value, with the part of the formula that it came from as a note.

    >>> area = Formula("πr²", variables=["r"])
    >>> area.variables, area.reading
    (('r',), 'π·r^2')
    >>> area(r=1.0)
    3.141592653589793
    """

    _known: tuple[str, ...] | None  # the variables that were known; None where the text has another reading

    def __init__(self, text: str, variables: Iterable[str] = ()) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a formula is a str, not {type(text).__name__}")
        from autograd.reading.reader import read  # with its library: loaded when the first formula is read

        self._known = tuple(variables)
        self._take(read(text, self._known))

    def _take(self, reading: Reading) -> None:
        self._read = reading
        self.text = reading.text
        self._steps = reading.steps
        _check_constants(self._steps, self.text)
        self.variables = tuple(dict.fromkeys(arg for what, arg, _ in self._steps if what == "variable"))
        names = (name + "_" * keyword.iskeyword(name) for name in self.variables)  # of lambda
        self.__signature__ = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names])

    @property
    def reading(self) -> str:
        """How the text was read: plain mathematics with every sign and every bracket that decides."""
        return self._read.written

    @property
    def as_typed(self) -> bool:
        """Whether the reading is letter for letter what was typed, but for blanks and how its signs look."""
        return self._read.as_typed

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known about how the text was read, a sentence each."""
        return self._read.notes

    @property
    def is_comparison(self) -> bool:
        """Whether it is a condition, such as x > 0."""
        return self._read.is_comparison

    @property
    def literal(self) -> str:
        """The digits of a formula that is one number and perhaps a sign, with a point for the decimals; else empty."""
        return self._read.literal

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The other readings of a text that can be meant in two ways.

        >>> [alternative.told for alternative in Formula("1/2x").alternatives]
        ['1/2x means 1/(2·x)']
        """
        found = []
        for told, reading in self._read.alternatives:
            other = Formula.__new__(Formula)
            other._known = None
            other._take(reading)
            found.append(Alternative(told, other))
        return tuple(found)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        given = [*self.variables[: len(arguments)], *named]
        if len(arguments) > len(self.variables) or sorted(given) != sorted(self.variables):
            raise TypeError(f"{self!r} takes {', '.join(self.variables) or 'no variables'}, each once")
        return self.evaluate({**dict(zip(self.variables, arguments, strict=False)), **named})

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The value of the formula, given one number for each variable."""
        stack: list[Any] = []
        for what, argument, (start, end) in self._steps:
            if what == "variable":
                stack.append(values[argument])
            elif what == "number":
                stack.append(argument)
            else:
                function, count = argument
                operands = stack[len(stack) - count :]
                del stack[len(stack) - count :]
                try:
                    stack.append(function(*operands))
                except OperationError as error:
                    error.add_note(pointer(self.text, start, end))
                    raise
        return stack[0]

    def place_of(self, variable: str) -> tuple[int, int]:
        """Where a variable first stands in the text: the indices of its start and of its end."""
        return next(place for what, argument, place in self._steps if (what, argument) == ("variable", variable))

    def __reduce__(self) -> tuple[Any, ...]:
        # By its text, since a tree may be deeper than what can be pickled; another reading by how it reads.
        return (Formula, (self.text, self._known)) if self._known is not None else (Formula, (self.reading, ()))

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    @property
    def symbol(self) -> Symbol:
        """The formula over Symbols as it stands: nothing is simplified."""
        return symbolic(self.evaluate({name: Verbatim(name) for name in self.variables}))

    @property
    def mathematics(self) -> str:
        """The formula as one line of mathematics.

        >>> print(Formula("x*exp(y) + sin(z)").mathematics)
        x e^y + sin(z)
        """
        from autograd.notation import as_typed  # for those who read

        return as_typed(self.symbol)

    @property
    def latex(self) -> str:
        r"""The formula as LaTeX.

        >>> print(Formula("(x + y)/z").latex)
        \frac{x + y}{z}
        """
        from autograd.notation import as_latex

        return as_latex(self.symbol, as_it_stands=True)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


@dataclass(frozen=True)
class Alternative:
    """Another reading of a formula's text: what a part of it would mean, and the formula that it would be."""

    told: str
    formula: Formula


def constant(text: str) -> float:
    """The value of an expression over numbers, pi and e.

    >>> constant("π/2")
    1.5707963267948966
    """
    formula = Formula(text)
    if formula.variables:
        name = formula.variables[0]
        raise FormulaError(f"{name!r} is not a constant (there are pi and e)", text, *formula.place_of(name))
    return real_number(formula.evaluate({}))


def _check_constants(found: list[Step], text: str) -> None:
    """A part without variables must fit a float, like a number that is written out."""
    known: list[float | None] = []
    for what, argument, place in found:
        if what != "call":
            known.append(argument if what == "number" else None)
            continue
        function, count = argument
        operands = known[len(known) - count :]
        del known[len(known) - count :]
        try:
            known.append(None if None in operands else function(*operands))
        except RangeError as error:
            raise FormulaError(str(error), text, *place) from None
        except OperationError:  # no value: an error of the evaluation, which names it
            known.append(None)
