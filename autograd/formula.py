"""Text to function, safely: a formula is read with Python's own grammar, and nothing in it is ever run.

Only numbers, names, arithmetic, comparisons and calls of the table's operations pass.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
import warnings
from collections.abc import Callable, Collection, Mapping
from inspect import Parameter, Signature
from typing import Any

from autograd import functions
from autograd.errors import OperationError, RangeError
from autograd.operation import real_number
from autograd.operations import OPERATIONS

LONGEST = 10_000  # characters
DEEPEST = 1_000  # nested operations

CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: operation for name, operation in OPERATIONS.items() if "(" in operation.notation},
    **{name: OPERATIONS[name] for name in ("square", "xlogy")},
    "where": functions.where,
    "clip": functions.clip,
}
_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
_UNARY: dict[type[ast.AST], str] = {ast.USub: "neg", ast.UAdd: "pos"}


class FormulaError(ValueError):
    """A text that is no formula, with the place that shows why. It is a ValueError, too.

    ``message`` is the sentence alone, ``start`` the index of the place in the text, None where there is none.

    >>> try:
    ...     Formula("2 * (x +")
    ... except FormulaError as error:
    ...     print(error)
    cannot read the formula: '(' was never closed
      2 * (x +
          ^
    """

    def __init__(self, message: str, text: str = "", start: int | None = None, end: int | None = None) -> None:
        super().__init__(message + ("" if start is None else "\n" + pointer(text, start, end)))
        self.message = message
        self.start = start


def pointer(text: str, start: int, end: int | None = None) -> str:
    """The text with carets under the characters from start to end, cut down to what fits a line."""
    left = max(0, start - 40)
    shown = "".join(" " if c.isspace() else c if c.isprintable() else "�" for c in text[left : left + 76])
    width = max(1, min((end or start + 1) - start, len(shown) - (start - left)))
    return f"  {shown}\n  {' ' * (start - left)}{'^' * width}"


class Formula:
    """A formula, read from ``text``, as a function of its ``variables``, in the order in which they first appear.

    Called with numbers of any kind, it computes with that kind. The text is made of numbers, names, ``pi`` and ``e``,
    arithmetic, comparisons and the functions that ``chainrule operations`` lists; nothing in it is ever run as code.
    Raises FormulaError, which shows the place, for any other text; a call raises OperationError where there is no
    value, with the part of the formula that it came from as a note.

    >>> area = Formula("pi * r**2")
    >>> area.variables
    ('r',)
    >>> area(r=1.0)
    3.141592653589793
    """

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a formula is a str, not {type(text).__name__}")
        self.text = text
        self._steps = _Reader(text).steps
        self.variables = tuple(dict.fromkeys(arg for what, arg, _ in self._steps if what == "variable"))
        self.__signature__ = Signature([Parameter(x, Parameter.POSITIONAL_OR_KEYWORD) for x in self.variables])

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

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


def constant(text: str) -> float:
    """The value of an expression over numbers, pi and e.

    >>> constant("pi/2")
    1.5707963267948966
    """
    formula = Formula(text)
    if formula.variables:
        name = formula.variables[0]
        raise FormulaError(f"{name!r} is not a constant (there are pi and e)", text, *formula.place_of(name))
    return real_number(formula.evaluate({}))


Step = tuple[str, Any, tuple[int, int]]


class _Reader:
    """The text as steps for a stack, in postfix order, so that evaluating does not recurse."""

    def __init__(self, text: str) -> None:
        self.text = text
        # One line, each character in its place: so a column of the grammar is a place in the text.
        self.line = re.sub(r"\s", " ", text)
        self.indent = len(self.line) - len(self.line.lstrip())
        self.steps: list[Step] = []
        self._write(self._parse())
        self._check_constants()

    def _parse(self) -> ast.expr:
        text = self.text
        if not text.strip():
            raise FormulaError("the formula is empty")
        if len(text) > LONGEST:
            raise FormulaError(f"the formula has {len(text)} characters; the limit is {LONGEST}")
        if unusable := re.search("[\0\ud800-\udfff#]", text):
            raise FormulaError(f"the character {unusable[0]!r} cannot be part of a formula", text, unusable.start())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about strings, which are refused below
                return ast.parse(self.line[self.indent :], mode="eval").body
        except SyntaxError as error:
            raise self._syntax_error(error) from None
        except (RecursionError, MemoryError):
            raise FormulaError(f"the formula is nested too deeply; the limit is {DEEPEST} levels") from None

    def _syntax_error(self, error: SyntaxError) -> FormulaError:
        if "too many nested" in error.msg:
            return FormulaError(f"the formula is nested too deeply: {error.msg}")
        if "integer string conversion" in error.msg:
            return FormulaError("a number in the formula is too large for a float")
        if not error.offset:
            return FormulaError("the formula breaks off here", self.text, len(self.line.rstrip()))
        if error.msg.startswith("invalid") and "literal" in error.msg:
            error.msg = "a product is written with *, as in 2*x"
        message = error.msg.split(". Perhaps")[0].replace("invalid syntax", "this is not a formula")
        return FormulaError(f"cannot read the formula: {message}", self.text, self.indent + error.offset - 1)

    def _place(self, node: Any) -> tuple[int, int]:
        """Where a node stands in the text; ast counts bytes of UTF-8, people count characters."""
        source = self.line[self.indent :].encode()
        start, end = (len(source[:offset].decode()) for offset in (node.col_offset, node.end_col_offset))
        return self.indent + start, self.indent + end

    def _fail(self, node: ast.AST, message: str) -> FormulaError:
        return FormulaError(message, self.text, *self._place(node))

    def _write(self, root: ast.expr) -> None:
        work: list[tuple[ast.expr, int, bool]] = [(root, 0, False)]
        while work:
            node, depth, operands_done = work.pop()
            if depth > DEEPEST:
                raise FormulaError(f"the formula is nested too deeply; the limit is {DEEPEST} levels")
            step, operands = self._step(node)
            if operands_done or not operands:
                self.steps.append(step)
            else:
                work.append((node, depth, True))
                work.extend((operand, depth + 1, False) for operand in reversed(operands))

    def _step(self, node: ast.expr) -> tuple[Step, list[ast.expr]]:
        match node:
            case ast.Constant(value=value):
                return ("number", self._literal(node, value), self._place(node)), []
            case ast.Name(id=name):
                if name in CONSTANTS:
                    return ("number", CONSTANTS[name], self._place(node)), []
                if name in FUNCTIONS:
                    raise self._fail(node, f"{name} is a function: give it an operand, as in {name}(x)")
                return ("variable", name, self._place(node)), []
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return self._call(node, OPERATIONS[_UNARY[type(op)]], [operand])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return self._call(node, OPERATIONS[_BINARY[type(op)]], [left, right])
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _BINARY:
                return self._call(node, OPERATIONS[_BINARY[type(op)]], [left, right])
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, self._function(node, name, len(arguments)), arguments)
        raise self._fail(node, self._refusal(node))

    def _call(self, node: ast.AST, function: Any, operands: list[ast.expr]) -> tuple[Step, list[ast.expr]]:
        return ("call", (function, len(operands)), self._place(node)), operands

    def _literal(self, node: ast.AST, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fail(node, f"{ast.unparse(node)} is no real number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            raise self._fail(node, "this number is too large for a float")
        return number

    def _function(self, node: ast.Call, name: str, count: int) -> Any:
        function = FUNCTIONS.get(name)
        if function is None:
            hint = _suggestion(name, FUNCTIONS) or "; a product is written with *"
            raise self._fail(node.func, f"there is no function {name!r}{hint}")
        operation = OPERATIONS.get(name)
        most = 3 if operation is None else operation.arity
        least = most - (operation is not None and operation.default is not None)
        if not least <= count <= most:
            raise self._fail(node, f"{name} takes {most} operand{'s'[: most - 1]}, got {count}")
        return function

    def _refusal(self, node: ast.expr) -> str:
        match node:
            case ast.BinOp(op=ast.BitXor()):
                return "^ is no power in Python: write x ** y"
            case ast.Compare():
                return "compare two numbers at a time, with < <= > >= == or !="
            case ast.IfExp() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return "a choice is written where(condition, x, y)"
            case ast.Call(keywords=[_, *_]):
                return "a function takes its operands by position, not by name"
            case ast.Tuple():
                return "a decimal is written with a point, and a formula has one result"
            case ast.Attribute():
                return "a formula has no attributes (no dots after names)"
            case ast.Call():
                return "only a function can be called, as in exp(x); a product is written with *"
        return "a formula is made of numbers, names, + - * / **, comparisons and functions, and this is none of them"

    def _check_constants(self) -> None:
        """A part without variables must fit a float, like a number that is written out."""
        known: list[float | None] = []
        for what, argument, place in self.steps:
            if what != "call":
                known.append(argument if what == "number" else None)
                continue
            function, count = argument
            operands = known[len(known) - count :]
            del known[len(known) - count :]
            try:
                known.append(None if None in operands else function(*operands))
            except RangeError as error:
                raise FormulaError(str(error), self.text, *place) from None
            except OperationError:  # no value: an error of the evaluation, which names it
                known.append(None)


def _suggestion(name: str, known: Collection[str]) -> str:
    if name == "pow":
        return "; a power is written x ** y"
    aliases = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "max": "maximum", "min": "minimum"}
    close = [aliases[name]] if name in aliases else difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]}?" if close else ""
