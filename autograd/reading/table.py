"""The grammar's LALR table: lark makes it from grammar.lark, and the program reads it without lark.

    python -m autograd.reading.table

writes it anew. So a formula is read without waiting for a grammar to be compiled, which takes longer than all the rest.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

GRAMMAR: Final = Path(__file__).with_name("grammar.lark")
COMPILED: Final = Path(__file__).with_name("table.json")
START: Final = "formula"
END: Final = "$END"


class Table(NamedTuple):
    """What to do in each state, by the symbol that comes: a state to go to, or ``~rule``, a rule that is complete.

    A rule is the symbol that it makes, of how many parts, and what builds it; empty for a part that stays as it is.
    """

    start: int
    end: int
    rules: list[tuple[str, int, str]]
    states: list[dict[str, int]]


@lru_cache(maxsize=1)
def table() -> Table:
    """The table, as it was compiled."""
    found = json.loads(COMPILED.read_text(encoding="utf-8"))
    return Table(found["start"], found["end"], [(*rule,) for rule in found["rules"]], found["states"])


def compiled() -> Table:
    """The table, compiled anew by lark."""
    from lark import Lark

    parser: Any = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="basic", start=START)
    made = parser.parser.parser._parse_table
    rules: dict[Any, int] = {}
    found = [made.start_states[START]]  # in the order in which they are met: lark's own numbers are no fixed ones
    places = {found[0]: 0}
    states: list[dict[str, int]] = []
    while len(states) < len(found):
        row: dict[str, int] = {}
        for symbol, (action, argument) in sorted(made.states[found[len(states)]].items()):
            if str(action) == "Shift":
                if argument not in places:
                    places[argument] = len(found)
                    found.append(argument)
                row[symbol] = places[argument]
            else:
                row[symbol] = ~rules.setdefault(argument, len(rules))
        states.append(row)
    listed = [(rule.origin.name, len(rule.expansion), _builder(rule)) for rule in rules]
    return Table(0, places[made.end_states[START]], listed, states)


def _builder(rule: Any) -> str:
    """What builds the node of a rule; nothing for one part that a rule with a question mark hands on."""
    handed_on = rule.options.expand1 and len(rule.expansion) == 1 and not rule.alias
    return "" if handed_on else str(rule.alias or rule.origin.name)


def write() -> None:
    """Write the table, a state on each line."""
    made = compiled()
    rules = ",\n".join(json.dumps(rule) for rule in made.rules)
    states = ",\n".join(json.dumps(state) for state in made.states)
    text = f'{{"start": {made.start}, "end": {made.end}, "rules": [\n{rules}\n], "states": [\n{states}\n]}}\n'
    COMPILED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
