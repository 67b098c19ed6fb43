"""Everything that Python code can do to an object of the engine: none of it may crash the interpreter.

python tests/attack.py, in a process of its own. What is asked raises, or not; the process must get to its last line.
"""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from array import array
from collections.abc import Callable
from typing import Any

from autograd import OPERATIONS, Operation, Symbol, Value, exp
from autograd.graph import leaves_and_inner, tabulated, topological_order
from autograd.number import Number
from autograd.operation import CONSTANT, LEAF, Node, Origin
from autograd.recorder import RECORDER, Recorder
from autograd.sweep import load_data, read_data, read_grads, store_grads, write_data, write_grads
from autograd.term import Term


def things() -> list[Any]:
    """One of each kind, made anew; some of them half made."""
    x = Value(2.0, label="x")
    return [
        x,
        x * x,
        exp(x),
        (x * 2.0).parents[1],
        *(kind.__new__(kind) for kind in (Value, Node, Number, Origin, Operation, Symbol, Term, Recorder)),
        Node(LEAF),
        Number(LEAF),
        Origin(None),
        Operation("cube", lambda x: x**3, lambda out, x: 3.0 * x**2),
        Symbol("x"),
        Symbol("x") * 2.0,
        Term("x", lambda operation, x, y: 1.0),
    ]


def wrong() -> list[Any]:
    """What nobody should give."""
    numbers: list[Any] = [None, True, 1, 2.5, float("nan"), 10**400, 1j]
    return [
        *numbers,
        "a",
        b"b",
        (),
        [],
        {},
        object(),
        type,
        len,
        Value(1.0),
        Symbol("z"),
        exp,
        LEAF,
        CONSTANT,
        RECORDER,
    ]


def attempt(action: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return action(*arguments)
    except Exception as error:
        return error


USES: list[Callable[[Any], Any]] = [
    repr, str, hash, bool, float, int, copy.copy, copy.deepcopy, pickle.dumps, weakref.ref,
    lambda thing: thing + thing,
    lambda thing: thing * 2.0,
    lambda thing: 2.0 ** thing,
    lambda thing: thing < 1.0,
    lambda thing: thing == 1.0,
    lambda thing: exp(thing),
    lambda thing: thing.relu(),
    lambda thing: thing.backward(),
    lambda thing: thing.parents,
    lambda thing: thing.label,
    lambda thing: thing(1.0),
    lambda thing: pickle.loads(pickle.dumps(thing)),
    lambda thing: object.__reduce_ex__(thing, 2),
    lambda thing: type("Sub", (type(thing),), {})(1.0),
]  # fmt: skip
LEFT_OUT = {"__class__", "__subclasshook__", "_repr_mimebundle_", "show"}  # the last two draw, slowly


def names(thing: Any) -> list[str]:
    return sorted((set(dir(thing)) | set(dir(type(thing)))) - LEFT_OUT)


def attack() -> int:
    count = 0
    for i, kind in enumerate(things()):
        for name in names(kind):
            for change in [delattr, *(lambda t, n, w=w: setattr(t, n, w) for w in wrong())]:
                thing = things()[i]
                attempt(change, thing, name)
                for use in USES:
                    attempt(use, thing)
                count += 1
            if not callable(attempt(getattr, kind, name)):
                continue
            for arguments in [(), *((w,) for w in wrong()), *((v, w) for v in wrong()[:9] for w in wrong()[:9])]:
                thing = things()[i]
                attempt(getattr(thing, name), *arguments)
                attempt(lambda thing: thing.backward(), thing)
                count += 1
    return count


def attack_with_lists() -> int:
    """What takes many Values at once, with other things among them, and with too few numbers or too many."""
    count = 0
    for thing in [*things(), *wrong()]:
        values = [Value(1.0), thing, Value(2.0)]
        for function in (topological_order, leaves_and_inner, tabulated, read_data, read_grads):
            attempt(function, values)
            attempt(function, thing)
            count += 2
        for of_numbers in (load_data, store_grads, write_data, write_grads):
            for numbers in (None, thing, *(array("d", [3.0] * size) for size in range(5))):
                attempt(of_numbers, values, numbers)
                attempt(of_numbers, thing, numbers)
                count += 2
    return count


if __name__ == "__main__":
    table = dict(OPERATIONS)
    print(attack() + attack_with_lists(), "attempts")
    gc.collect()
    assert table == OPERATIONS
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0
    print("alive")
