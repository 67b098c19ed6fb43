"""The page of the mistakes that verifying names, made from its tables: ``python docs/mistakes.py`` writes it anew."""

from pathlib import Path

from autograd.verifying.catalogue import HEADER, rows

PAGE = Path(__file__).with_suffix(".md")
TOP = """\
# The mistakes that Chainrule names

Each with an answer in which it was made. The code stands in reports and in their JSON; `chainrule mistakes` prints the
same table. This page is written by `python docs/mistakes.py`.
"""


def page() -> str:
    """The page as Markdown."""
    lines = (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows())
    head = (f"| {' | '.join(HEADER)} |", "|" + " --- |" * len(HEADER))
    return "\n".join([TOP, *head, *lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
