"""What a person wrote, read piece by piece: a claim that cannot be read spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from autograd.formula import Formula, FormulaError
from autograd.reading import CONSTANTS
from autograd.verifying.claim_report import ClaimReport
from autograd.verifying.claims import Chain, Claim
from autograd.verifying.function import Function, Point, by_name
from autograd.verifying.written import differentiated_by, listed, members


class Answers:
    """The steps, the claimed derivatives and the claimed values by name, with a report on each that cannot be read.

    Raises ValueError or TypeError if nothing is claimed, or not by name.
    """

    def __init__(
        self, function: Function, point: Point, claimed: Any, values: Mapping[str, Any], steps: Mapping[str, Any]
    ) -> None:
        self.function = function
        self.named = by_name(steps)  # the steps, whether they can be read or not
        self.steps: dict[str, Formula] = {}
        self.claims: dict[str, Claim | Chain] = {}
        self.values: dict[str, Claim | Chain] = {}
        self.unreadable: list[ClaimReport] = []
        derivatives = by_name(_by_name(claimed, function, point))
        if not derivatives and not values:
            raise ValueError("nothing is claimed")
        known = (*function.names, *self.named)
        self._read("step", self.steps, self.named.items(), self._step)
        pairs = [(_variable(name, known), written) for name, written in derivatives.items()]
        self._read("derivative", self.claims, pairs, self._derivative)
        self._read("value", self.values, by_name(values).items(), self._value)

    def _read(
        self, kind: str, found: dict[str, Any], given: Iterable[tuple[str, Any]], read: Callable[[str, Any], Any]
    ) -> None:
        for name, written in given:
            try:
                if name in found:
                    raise ValueError(f"{name} is claimed twice")
                found[name] = read(name, written)
            except (ValueError, TypeError, ArithmeticError) as error:
                self.unreadable.append(ClaimReport(name, "unreadable", as_text(written), kind=kind, note=str(error)))

    def _step(self, name: str, text: Any) -> Formula:
        """A named step as a formula over the variables and earlier steps."""
        if not name.isidentifier() or name in self.function.names or name in CONSTANTS or name == "f":
            raise ValueError(f"{name} cannot name a step: it is a variable, a constant, f itself or no name")
        if not isinstance(text, str):
            raise TypeError(f'the step {name} is a formula in quotes, as in {name} = "x + y"')
        formula = Formula(text, (*self.function.names, *self.steps))
        for variable in formula.variables:
            if variable not in self.function.names and variable not in self.steps:
                message = f"the step {name} uses {variable}, which is neither a variable nor an earlier step"
                raise FormulaError(message, text, *formula.place_of(variable))
        if not formula.variables:
            raise ValueError(f"the step {name} = {text} is a number: there is no derivative with respect to it")
        return formula

    def _derivative(self, name: str, written: Any) -> Claim | Chain:
        self._check(name, self.function.names, "has a claim, but the function's variables are")
        parts = _members(written)
        if len(parts) > 1 and (about := differentiated_by(parts[0])):
            if _variable(f"∂{about}", (*self.function.names, *self.named)) != name:
                raise ValueError(f"the derivative {parts[0]} is claimed, and stands under {name}")
            parts = parts[1:]
        return self._chain(written, parts)

    def _value(self, name: str, written: Any) -> Claim | Chain:
        self._check(name, ("f",), "is no step whose value could be claimed; known are")
        parts = _members(written)
        return self._chain(written, parts[1:] if len(parts) > 1 and parts[0] == name else parts)

    def _chain(self, written: Any, parts: Sequence[Any]) -> Claim | Chain:
        claims = [Claim(part, self.function.names, self.steps) for part in parts]
        return claims[0] if len(claims) == 1 else Chain(written, claims)

    def _check(self, name: str, names: tuple[str, ...], otherwise: str) -> None:
        known = (*names, *self.steps)
        if name in self.named and name not in known:
            raise ValueError(f"the step {name} cannot be read")
        if name not in known:
            raise ValueError(f"{name} {otherwise}: {', '.join(known)}")


def _members(written: Any) -> Sequence[Any]:
    return members(written) if isinstance(written, str) else [written]


def as_text(written: object) -> str:
    """What was written, for a message."""
    try:
        return str(written).strip()
    except ValueError:  # Python does not write out whole numbers of thousands of digits
        return "…"


def _variable(name: str, known: Collection[str]) -> str:
    """The variable or step that a claim is about, by its name or by that of the derivative."""
    if name in known:
        return name
    from autograd.reading.spelling import spellings  # loaded with the reader, when needed

    spelt = {spelling: variable for variable in known for spelling in (*spellings(variable), variable)}
    about = differentiated_by(name)
    return spelt.get(name) or spelt.get(about) or (about if about and not name.isidentifier() else name)


def _by_name(claimed: Any, function: Function, point: Point) -> Mapping[str, Any]:
    """The claims by name; one function that returns all of them becomes one function for each."""
    if isinstance(claimed, Mapping):
        return claimed
    if isinstance(claimed, str):
        return listed(claimed, function.names)
    if not callable(claimed):
        raise TypeError("the claims are given by name, as in claimed={'x': 1.0}, or as one function that returns them")
    result = claimed(*point.values())
    if isinstance(result, Mapping):
        if missing := [name for name in function.names if name not in result]:
            raise ValueError(f"the function returns no partial derivative with respect to {', '.join(missing)}")
        return {name: _component(claimed, name) for name in result}
    found = list(result) if isinstance(result, list | tuple) or hasattr(result, "__array__") else [result]
    if len(found) != len(function.names):
        raise ValueError(
            f"the function returns {len(found)} partial derivatives for {len(function.names)} variables: "
            + ", ".join(function.names)
        )
    return {name: _component(claimed, i) for i, name in enumerate(function.names)}


def _component(claimed: Callable[..., Any], key: Any) -> Callable[..., Any]:
    def component(*numbers: Any) -> Any:
        result = claimed(*numbers)
        return result[key] if isinstance(result, Mapping | list | tuple) or hasattr(result, "__array__") else result

    component.__name__ = getattr(claimed, "__name__", "a function")
    return component
