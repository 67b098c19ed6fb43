"""The arguments of a call, bound to the parameters of the function that was compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import BoundArguments, Signature
from typing import Any


def bound(signature: Signature, arguments: Sequence[Any], named: Mapping[str, Any]) -> BoundArguments:
    """The arguments by parameter; raises a TypeError that says what the function takes, and what it was given."""
    try:
        return signature.bind(*arguments, **named)
    except TypeError as error:
        bare = [parameter.replace(annotation=Signature.empty) for parameter in signature.parameters.values()]
        takes = signature.replace(parameters=bare, return_annotation=Signature.empty)
        count = len(arguments) + len(named)
        given = f"{count} argument{'s'[: count != 1]}"
        raise TypeError(f"{error}; the function takes {takes}, and was given {given}") from None
