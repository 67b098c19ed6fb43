"""Writing files so that they are whole or not there, and the endings of their names."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: bytes) -> Path:
    """Write beside the target, then rename: whatever interrupts it leaves the old file, or none, or the new one.

    Raises OSError, in one sentence, where the directory is missing or cannot be written.
    """
    # Named before it is there, so that there is no moment at which it could stay.
    beside = path.parent / f".{path.name[:50]}.{secrets.token_hex(8)}"
    try:
        try:
            with open(beside, "xb") as file:
                file.write(data)
            os.replace(beside, path)
        finally:
            with suppress(OSError):  # it has its new name, or never came to be
                os.unlink(beside)
    except FileNotFoundError:
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}") from None
    except OSError as error:
        raise OSError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def in_words(endings: Iterable[str]) -> str:
    """The endings that a file's name can have, within a sentence.

    >>> in_words([".md", ".tex", ".html"])
    '.md, .tex or .html'
    """
    *most, last = endings
    return f"{', '.join(most)} or {last}"
