"""The notebooks: every cell runs, without a warning, and prints what is committed with it.

``python -m tests.test_notebooks`` executes them anew and keeps what they show.
"""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograd.files import write_whole

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 1_000_000  # bytes


def test_there_are_seven() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["1-", "2-", "3-", "4-", "5-", "6-", "7-"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_current(path: Path, tmp_path: Path) -> None:
    """Text to the letter, pictures by their presence: another machine may draw them a little differently."""
    kept = nbformat.read(path, as_version=4)
    for was, now in zip(kept.cells, executed(path, tmp_path).cells, strict=True):
        assert shown(was) == shown(now), f"{path.name}, cell {was.id}: python -m tests.test_notebooks makes it anew"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_fit_to_be_committed(path: Path) -> None:
    assert path.stat().st_size < LARGEST
    text = path.read_text()
    assert "/home/" not in text
    assert "/tmp/" not in text
    assert '"stderr"' not in text  # where warnings go
    assert '"error"' not in text


def executed(path: Path, folder: Path) -> Any:
    """A notebook with the outputs of a run in a folder, and nothing that hangs on the machine."""
    import_module("matplotlib.font_manager")  # looks for fonts once, and says so: not in a notebook
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        iopub_timeout=60,  # on a busy machine outputs come late; after 4 seconds they would be left out
        raise_on_iopub_timeout=True,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    notebook.metadata.language_info = {"name": "python", "file_extension": ".py"}
    return notebook


def shown(cell: Any) -> list[Any]:
    """What a cell printed, and the kinds of picture that it shows."""
    return [_shown(output) for output in cell.get("outputs", [])]


def _shown(output: Any) -> Any:
    if output.output_type == "stream":
        return output.name, output.text
    return output.output_type, sorted(output.data), output.data.get("text/plain")


def main() -> None:
    for path in NOTEBOOKS:
        with tempfile.TemporaryDirectory() as folder:
            write_whole(path, (nbformat.writes(executed(path, Path(folder))) + "\n").encode())


if __name__ == "__main__":
    main()
