"""Where a picture can be shown: in the notebook that runs this, else in a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def notebook_display() -> Callable[[object], object] | None:
    """The function that shows an object below the cell; None outside a notebook."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    # In a terminal IPython shows plain text only.
    return ipython.display.display if shell and "image/svg+xml" in shell.display_formatter.active_types else None


def open_page(page: str) -> None:
    """Open a page in a browser, from a temporary file: the browser reads it when it will, so the file stays."""
    import tempfile  # both take long to import
    import webbrowser

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="chainrule-", suffix=".html", delete=False) as file:
        file.write(page)
    path = Path(file.name)
    try:
        opened = webbrowser.open(path.as_uri())
    except webbrowser.Error:
        opened = False
    if not opened:
        print(f"no browser could be opened: the picture is in {path}")
